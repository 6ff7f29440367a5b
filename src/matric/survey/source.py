"""The texts somebody has: every file of a folder, and of the archives in it, as bytes with a name.

Nothing is written to disk, no link is followed, and nothing is left out in silence: what cannot be read comes as a
``Raw`` with its fault. Folders in which a tool keeps its own history (``.git``, ``CVS``) are that tool's, not sources.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matric.errors import UsageError

__all__ = ("LARGEST_FILE", "Raw", "raws")

LARGEST_FILE = 64 * 2**20
"""Bytes: a "show tech" of a full chassis has some 20 MiB."""
HISTORY = frozenset({".git", ".hg", ".svn", "CVS", "__MACOSX"})
NOISE = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".gitignore", ".gitkeep"})


@dataclass(frozen=True, slots=True)
class Raw:
    """One file as it came."""

    name: str
    """As in ``matric.survey.model.Source.name``."""
    data: bytes = field(default=b"", repr=False)
    fault: str = ""
    """Why there are no bytes, or not all."""
    dated: str = ""
    """ISO 8601: what an archive says of its entry. A file's own time says only when it was copied: it is not asked."""


def raws(paths: Sequence[Path]) -> Iterator[Raw]:
    """Every file below *paths* (folders, archives, files), sorted by name, each name once.

    Raises UsageError for a path that is not there.
    """
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"{', '.join(missing)} is not there. Do: name a folder, an archive or a file that is")
    taken: dict[str, int] = {}
    for path in paths:
        front = f"{path.resolve().name}/" if len(paths) > 1 and path.is_dir() else ""
        for raw in _below(path, front) if path.is_dir() else _file(path, path.name):
            count = taken[raw.name] = taken.get(raw.name, 0) + 1
            yield raw if count == 1 else Raw(f"{raw.name} ({count})", raw.data, raw.fault, raw.dated)


def _below(root: Path, front: str) -> Iterator[Raw]:
    for folder, folders, files in os.walk(root, onerror=None):
        here = Path(folder)
        place = here.relative_to(root).as_posix()
        inside = front if place == "." else f"{front}{place}/"
        if {"HEAD", "objects", "refs"} <= {*folders, *files}:
            folders.clear()
            yield Raw(f"{inside or './'}", fault="a bare git repository: its texts are packed. Do: clone it first")
            continue
        for name in sorted(folders):
            if name not in HISTORY and (here / name).is_symlink():
                yield Raw(_plain(f"{inside}{name}"), fault="a link to a folder; links are not followed")
            elif name not in HISTORY and not os.access(here / name, os.R_OK | os.X_OK):
                yield Raw(_plain(f"{inside}{name}/"), fault="this folder may not be read. Do: let it be read")
        folders[:] = sorted(name for name in folders if name not in HISTORY)
        for name in sorted(files):
            if name not in NOISE:
                yield from _file(here / name, f"{inside}{name}")


def _plain(name: str) -> str:
    """A name that any file can hold: undecodable bytes of the disk's become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _file(path: Path, name: str) -> Iterator[Raw]:
    from matric.survey import source_archive  # noqa: PLC0415 - zipfile and tarfile only where there is a file

    name = _plain(name)
    try:
        if path.is_symlink():
            there = path.exists()  # of a link to itself, it is not
            yield Raw(name, fault="a link; links are not followed" if there else "a link to nothing")
            return
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield Raw(name, fault="no plain file")
            return
        if source_archive.is_archive(path):
            yield from source_archive.entries(path, name)
            return
        if status.st_size > LARGEST_FILE:
            yield Raw(name, fault=f"{status.st_size // 2**20} MiB: over {LARGEST_FILE // 2**20}. Do: cut it in parts")
            return
        yield Raw(name, path.read_bytes())
    except OSError as error:
        yield Raw(name, fault=f"cannot be opened: {error.strerror or error}")
