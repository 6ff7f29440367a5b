"""What `matric init` lays out, and how a repository that was laid out is brought along with what matric ships now.

The manifest, ``.matric/starter.json``, is committed beside the files: it names each as it was laid out, by SHA-256 and
by git's own name for that text, so that the text can be had back from the trust's history and merged with. The trust's
data (``inventory/``) is laid out once, and never looked at again.

Errors: UsageError for a folder, wheel or manifest that cannot be used; GitError from git.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from matric import canonical
from matric.change import repository
from matric.errors import GitError, UsageError

__all__ = ("FORGES", "MANIFEST", "Forges", "Move", "Pin", "Step", "lay_out", "pieces", "pin", "steps", "take")

Forges = Literal["gitlab", "github", "both"]
FORGES: tuple[Forges, ...] = get_args(Forges)

MANIFEST = ".matric/starter.json"
"""Where a repository says what it was laid out from."""

Move = Literal["add", "replace", "merge", "beside", "remove", "leave"]
"""What happens to a file; ``beside`` is the new text in ``NAME.new``, ``leave`` is nothing, and why."""

_ONCE = "inventory/"
_REQUIREMENTS = "requirements.txt"
_VENDOR = "vendor/"
_GITLAB = {
    "gitlab/ci.yml": ".gitlab-ci.yml",
    "gitlab/component.yml": "ci/matric.yml",
    "gitlab/local-env": ".gitlab-ci-local-env",
    "gitlab/package.json": "package.json",
    "gitlab/package-lock.json": "package-lock.json",
}
_GITHUB = {
    f"github/{name}.yml": f".github/workflows/matric-{name}.yml" for name in ("review", "plan", "deploy", "schedule")
}
_LOCK = {"requirements.lock": "requirements.lock"}
_PINNED = """\
# How the pipeline gets matric: this very file, and everything it needs by version and hash. No address stands in it.
# To take another matric: 'matric init --update --from WHEEL --write'.
./{path} --hash=sha256:{digest}
-r requirements.lock
"""
_UNPINNED = """\
# The pipeline has no matric to run yet. Do: matric init --update --from WHEEL --write
-r requirements.lock
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """The wheel that the pipeline installs matric from; it is kept in the repository."""

    path: str
    """Where in the repository, e.g. ``vendor/matric-0.1.0-py3-none-any.whl``."""
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """What bringing a repository along does to one file."""

    move: Move
    path: str
    """From the repository's folder on; of the file itself, also where the new text goes beside it."""
    why: str
    content: bytes | None = None
    """What is written, or None where nothing is."""

    @property
    def target(self) -> str:
        """The file that is written or removed."""
        return f"{self.path}.new" if self.move == "beside" else self.path


def pin(wheel: Path) -> Pin:
    """*wheel*, read and looked into: it must be one of matric."""
    try:
        content = wheel.read_bytes()
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{wheel} cannot be read as a wheel: {error}. Do: name a wheel of matric") from error
    if wheel.suffix != ".whl" or not wheel.name.startswith("matric-") or "matric/__init__.py" not in names:
        raise UsageError(f"{wheel} is no wheel of matric. Do: name a file like matric-0.1.0-py3-none-any.whl")
    return Pin(f"{_VENDOR}{wheel.name}", content)


def pieces(forges: Forges, pinned: Pin | None) -> dict[str, bytes]:
    """Every file of a new repository, by its path from the top on."""
    package = files("matric")
    found = {
        ".gitignore" if path == "gitignore" else path: one.read_bytes()
        for path, one in sorted(_walked(package / "starter"))
    }
    chosen = _LOCK | (_GITLAB if forges != "github" else {}) | (_GITHUB if forges != "gitlab" else {})
    found.update({target: (package / "pipeline" / source).read_bytes() for source, target in chosen.items()})
    if pinned is None:
        found[_REQUIREMENTS] = _UNPINNED.encode()
    else:
        found[_REQUIREMENTS] = _PINNED.format(path=pinned.path, digest=pinned.digest).encode()
        found[pinned.path] = pinned.content
    return found


def lay_out(folder: Path, forges: Forges, pinned: Pin | None) -> tuple[str, ...]:
    """Write a new repository into *folder*, which is empty or not there yet; the paths written, sorted."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; nothing was written. Do: name a new folder, or give --update")
    whole = pieces(forges, pinned)
    for path, content in whole.items():
        _write(folder / path, content)
    _write(folder / MANIFEST, _manifest(forges, {path: _named(content) for path, content in _kept(whole).items()}))
    return tuple(sorted([*whole, MANIFEST]))


def steps(folder: Path, forges: Forges | None, pinned: Pin | None) -> tuple[Step, ...]:
    """What brings the repository in *folder* along, sorted by path; nothing is written.

    Without *forges* the pipelines of the forges it was laid out for; without *pinned* the matric it is pinned to stays.
    """
    before = _read(folder)
    laid = before["files"]
    ships = _kept(pieces(forges or before["forges"], pinned))
    if pinned is None:
        ships.pop(_REQUIREMENTS)
    found = [_step(folder, path, content, laid.get(path)) for path, content in ships.items()]
    stays = {_REQUIREMENTS} if pinned is None else set[str]()
    for path in sorted(set(laid) - set(ships) - stays):
        if pinned is None and path.startswith(_VENDOR):
            continue
        found.extend(_dropped(folder, path, laid[path]))
    todo = sorted((one for one in found if one is not None), key=lambda one: one.path)
    names = {path: _named(content) for path, content in ships.items()} | {
        path: one for path, one in laid.items() if pinned is None and (path in stays or path.startswith(_VENDOR))
    }
    manifest = _manifest(forges or before["forges"], names)
    if not (folder / MANIFEST).exists() or (folder / MANIFEST).read_bytes() != manifest:
        todo.append(Step("replace", MANIFEST, "what the files were brought along to", manifest))
    return tuple(todo)


def take(folder: Path, todo: Collection[Step]) -> None:
    """Carry out *todo*. Refused where that would lose text that git does not have."""
    paths = sorted({one.target for one in todo if one.move != "leave"})
    if not paths:
        return
    try:
        unkept = repository.git(folder, "status", "--porcelain", "--ignored", "--untracked-files=all", "--", *paths)
    except GitError as error:
        raise UsageError(f"nothing was written: {error} What is replaced must be had back from git") from error
    # The manifest is made anew from the files each time: nothing is lost with it.
    names = [line[3:] for line in unkept.splitlines() if line[3:].removesuffix("/") not in {".matric", MANIFEST}]
    if names:
        raise UsageError(f"nothing was written: git does not have {', '.join(names)} as it is. Do: commit it first")
    for one in todo:
        if one.move == "remove":
            (folder / one.target).unlink()
        elif one.content is not None:
            _write(folder / one.target, one.content)


def _step(  # noqa: PLR0911 - one line for each of the ways two texts can differ
    folder: Path, path: str, new: bytes, laid: Mapping[str, str] | None
) -> Step | None:
    """What happens to *path*, for which *new* ships, and which was laid out as *laid* (None: never)."""
    place = folder / path
    if not place.is_file():
        if laid is None:
            return Step("add", path, "new in matric", new)
        return None if laid == _named(new) else Step("leave", path, "you removed it; it stays removed")
    mine = place.read_bytes()
    if mine == new or laid == _named(new):
        return None
    if laid is not None and laid == _named(mine):
        return Step("replace", path, "untouched by you", new)
    merged = _merged(folder, laid["blob"], mine, new) if laid is not None else None
    if merged is None:
        why = "changed by you and in matric" if laid is not None else "yours, and new in matric"
        there = folder / f"{path}.new"
        if there.is_file() and there.read_bytes() == new:
            return None
        return Step("beside", path, f"{why}: the new text stands beside it; merge it by hand", new)
    return None if merged == mine else Step("merge", path, "changed by you and in matric, in different places", merged)


def _dropped(folder: Path, path: str, laid: Mapping[str, str]) -> Iterator[Step]:
    """What happens to *path*, which ships no more."""
    place = folder / path
    if not place.is_file():
        return
    if laid == _named(place.read_bytes()):
        yield Step("remove", path, "ships no more, and untouched by you")
    else:
        yield Step("leave", path, "ships no more; changed by you, so it is yours now")


def _merged(folder: Path, blob: str, mine: bytes, new: bytes) -> bytes | None:
    """*mine* with what changed from the text git calls *blob* to *new*; None where they meet, or git has none."""
    try:
        before = repository.git(folder, "cat-file", "blob", blob).encode()
        if _blob(before) != blob:
            return None
        with tempfile.TemporaryDirectory(prefix="matric-") as above:
            place = Path(above)
            for name, content in (("mine", mine), ("before", before), ("new", new)):
                (place / name).write_bytes(content)
            names = [str(place / name) for name in ("mine", "before", "new")]
            text = repository.git(folder, "merge-file", "-p", *names, expected=(0,)).encode()
    except GitError:
        return None
    return None if b"\xef\xbf\xbd" in text else text


def _kept(whole: Mapping[str, bytes]) -> dict[str, bytes]:
    """What is looked after: all but the trust's own data."""
    return {path: content for path, content in whole.items() if not path.startswith(_ONCE)}


def _named(content: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "blob": _blob(content)}


def _blob(content: bytes) -> str:
    """Git's own name for a file that holds *content*."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _manifest(forges: Forges, names: Mapping[str, Mapping[str, str]]) -> bytes:
    body = {"format_version": 1, "matric": version("matric"), "forges": forges, "files": names}
    return canonical.pretty_text(body).encode()


def _read(folder: Path) -> dict[str, Any]:
    """The manifest; of a repository older than manifests, one that knows no file."""
    place = folder / MANIFEST
    if not place.is_file():
        if not (folder / "pyproject.toml").is_file():
            raise UsageError(f"{folder} was not laid out by matric. Do: name a trust's repository")
        return {"forges": "both", "files": {}}
    try:
        body = json.loads(place.read_bytes())
        if body["format_version"] != 1 or body["forges"] not in FORGES:
            raise ValueError("it is of another format")  # noqa: TRY301 - one message for all that is wrong with it
        for path, one in body["files"].items():
            pure = PurePosixPath(path)
            if pure.is_absolute() or ".." in pure.parts or set(one) != {"sha256", "blob"}:
                raise ValueError(f"{path!r} is no file it could have laid out")  # noqa: TRY301 - ditto
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{place} cannot be read: {error}. Do: take it back from git") from error
    found: dict[str, Any] = body
    return found


def _walked(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file under *folder* but what Python leaves behind."""
    inner: Iterable[Traversable] = folder.iterdir()
    for one in inner:
        if one.name == "__pycache__":
            continue
        if one.is_dir():
            yield from _walked(one, f"{prefix}{one.name}/")
        else:
            yield f"{prefix}{one.name}", one


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
