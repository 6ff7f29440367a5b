"""What lies in an archive: zip, tar and gzip, also inside each other, read in memory within bounds.

Bounds hold for the whole archive: a "zip bomb" of a few kilobytes unpacks to terabytes.
"""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

from matric.survey.source import LARGEST_FILE, Raw

__all__ = ("LARGEST_ARCHIVE", "MOST_ENTRIES", "entries", "is_archive")

LARGEST_ARCHIVE = 512 * 2**20
"""Bytes that come out of one archive, all its entries and the archives in it together."""
MOST_ENTRIES = 20_000
DEEPEST = 4
"""Archives in archives."""
BLOCK = 2**20
DAMAGE = (
    zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, gzip.BadGzipFile, ValueError, NotImplementedError,
    OSError, KeyError, IndexError, OverflowError,
)  # fmt: skip
TAR = 257


@dataclass(slots=True)
class _Allowance:
    """What may still be unpacked of one outer archive."""

    size: int
    entries: int


def is_archive(path: Path) -> bool:
    """Whether it begins as one, whatever it is called."""
    with path.open("rb") as file:
        return bool(_kind(file.read(TAR + 8)))


def _kind(head: bytes) -> str:
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    return "tar" if head[TAR : TAR + 5] == b"ustar" else ""


def entries(path: Path, name: str) -> Iterator[Raw]:
    """Every file in the archive *path*, called ``<name>!<entry>``, in the order of their names."""
    with path.open("rb") as file:
        yield from _opened(file, name, _Allowance(LARGEST_ARCHIVE, MOST_ENTRIES), 1)


def _opened(file: IO[bytes], name: str, left: _Allowance, depth: int) -> Iterator[Raw]:
    file.seek(0)
    kind = _kind(file.read(TAR + 8))
    file.seek(0)
    try:
        if kind == "zip":
            yield from _zip(file, name, left, depth)
        elif kind == "gzip":
            yield from _gzip(file, name, left, depth)
        else:
            yield from _tar(file, name, left, depth)
    except DAMAGE as error:
        yield Raw(name, fault=f"a damaged {kind}: {_said(error)}. Do: have it made again")


def _said(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__


def _zip(file: IO[bytes], name: str, left: _Allowance, depth: int) -> Iterator[Raw]:
    with zipfile.ZipFile(file) as opened:
        for info in sorted(opened.infolist(), key=lambda one: (one.filename, one.header_offset)):
            inner = f"{name}!{_clean(info.filename)}"
            if info.is_dir() or _is_noise(info.filename):
                continue
            if info.flag_bits & 1:
                yield Raw(inner, fault="encrypted: it needs a password. Do: unpack it with the password first")
            else:
                year, month, day, hour, minute, second = info.date_time
                dated = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}" if year > FIRST_YEAR else ""
                yield from _entry(partial(opened.open, info), inner, dated, left, depth)


FIRST_YEAR = 1980
"""Where a zip begins to count: an entry of 1980 has no date."""


def _tar(file: IO[bytes], name: str, left: _Allowance, depth: int) -> Iterator[Raw]:
    with tarfile.open(fileobj=file, mode="r:") as opened:
        for info in opened:
            inner = f"{name}!{_clean(info.name)}"
            if info.issym() or info.islnk():
                yield Raw(inner, fault="a link; links are not followed")
            elif info.isfile() and not _is_noise(info.name):
                yield from _entry(partial(_taken, opened, info), inner, "", left, depth)


def _taken(opened: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    found = opened.extractfile(info)
    if found is None:
        raise KeyError("an entry that is not there")
    return found


def _gzip(file: IO[bytes], name: str, left: _Allowance, depth: int) -> Iterator[Raw]:
    plain = name.replace("!", "/").rsplit("/", 1)[-1]
    inner = plain[:-3] if plain.endswith(".gz") else f"{plain[:-4]}.tar" if plain.endswith(".tgz") else plain
    yield from _entry(lambda: cast("IO[bytes]", gzip.GzipFile(fileobj=file)), f"{name}!{inner}", "", left, depth)


def _entry(opener: Callable[[], IO[bytes]], name: str, dated: str, left: _Allowance, depth: int) -> Iterator[Raw]:
    left.entries -= 1
    if left.entries < 0:
        if left.entries == -1:
            yield Raw(name, fault=f"this and what follows: more than {MOST_ENTRIES} entries. Do: unpack it in parts")
        return
    data = io.BytesIO()
    fault = ""
    try:
        with opener() as stream:
            while block := stream.read(BLOCK):
                data.write(block)
                left.size -= len(block)
                if left.size < 0:
                    yield Raw(name, fault=f"unpacks to more than {LARGEST_ARCHIVE // 2**20} MiB in all. Do: unpack it")
                    return
    except (*DAMAGE, RuntimeError) as error:
        fault = f"damaged: {_said(error)}"
    head = data.getbuffer()[: TAR + 8].tobytes()
    if _kind(head) and not fault:
        if depth >= DEEPEST:
            yield Raw(name, fault=f"an archive in {DEEPEST} others. Do: unpack it")
            return
        yield from _opened(data, name, left, depth + 1)
    elif data.tell() > LARGEST_FILE:
        yield Raw(name, fault=f"{data.tell() // 2**20} MiB: over {LARGEST_FILE // 2**20}. Do: cut it in parts")
    else:
        yield Raw(name, data.getvalue(), fault, dated)


def _clean(name: str) -> str:
    """The entry's name on one line, as UTF-8 can hold it; it is only ever shown."""
    return "".join(one if one.isprintable() else "?" for one in name.encode("utf-8", "replace").decode("utf-8"))


def _is_noise(name: str) -> bool:
    parts = name.split("/")
    return bool({".git", ".svn", "CVS", "__MACOSX"} & set(parts)) or parts[-1] in (".DS_Store", "Thumbs.db")
