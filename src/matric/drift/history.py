"""The history of what the devices hold: a git repository of its own, one file per device, one commit per run.

    <folder>/<school>/<device>/running.conf and startup.conf, and history.json, which says what the folder is.

What is kept is what a device showed, in its own order, less what changes by itself and less every secret
(``matric.secret.sealed``): one that is known is its reference, any other a keyed digest, so that its change shows and
its value does not. The key is never in the folder. A device that was silent keeps its file.

The working tree is matric's: what is found changed in it was left by a run that ended in the middle, or by a hand, and
is put back to the last commit first. Errors: UsageError for a folder that must not be it, Locked, GitError.
"""

import fcntl
import hashlib
import hmac
import json
import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matric import canonical, secret
from matric.change import repository
from matric.config import Config, parse, without
from matric.errors import GitError, Locked, UsageError
from matric.journal import file

if TYPE_CHECKING:
    from matric.platform.base import ConfigRules
    from matric.secret import Vault

__all__ = ("FILES", "Kept", "Recorded", "kept", "keyed", "record", "refuse")

FORMAT_VERSION = 1
MARK = "history.json"
FILES = ("running.conf", "startup.conf")
SHORTEST_KEY = 16
"""Characters: a shorter key could be found by trying."""

_OURS = re.compile(r"[^/]+/[^/]+/\.?(?:running|startup)\.conf(?:\.\d+\.partial)?|\.?history\.json(?:\.\d+\.partial)?")


@dataclass(frozen=True, slots=True)
class Kept:
    """One device's configurations, fit to be kept."""

    running: str
    startup: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one run did to the history."""

    commit: str
    """Its commit; empty where nothing had changed."""
    changed: tuple[str, ...]
    """Keys of the devices whose files changed, sorted."""
    left: tuple[str, ...]
    """Keys in the history that are no device of these schools any more: their files stay."""
    rekeyed: bool = False
    """True where the key is another than before: every secret nobody knows shows as changed."""


def kept(  # noqa: PLR0913 - each is another part of the estate
    running: str, intended: str, rules: "ConfigRules", vault: "Vault", *, key: bytes, device: str
) -> str:
    """What is kept of *running*, as *device* (its key) showed it.

    *intended* is the rendered text with references, or empty where there is none.
    """

    def seal(value: str, place: str) -> str:
        return keyed(value, key, f"{device} {place}")

    shown = without(parse(running, rules), rules.volatile)
    return secret.sealed(shown, parse(intended, rules) if intended else Config(), rules, vault, seal)


def keyed(value: str, key: bytes, place: str) -> str:
    """What stands for the secret *value* at *place*: another for another value, and the value is not to be had from it.

    The same value at another place is another: two devices with one password do not show it.
    """
    digest = hmac.new(key, f"{place}\0{value}".encode(), hashlib.sha256).hexdigest()
    return f"<secret-keyed-{digest[:16]}>"


def record(  # noqa: PLR0913 - ditto
    folder: Path,
    trust: Path,
    found: Mapping[str, Kept],
    devices: Mapping[str, tuple[str, ...]],
    *,
    key: bytes,
    now: datetime,
) -> Recorded:
    """Write *found* (by device key) into the history in *folder*, made if it is not there, and commit what changed.

    *trust* is the site's folder; *devices* the keys of every device of each school that was asked, the silent included.
    """
    refuse(folder, trust)
    with _locked(folder):
        _settle(folder)
        if not found:
            return Recorded("", (), _left(folder, devices))
        rekeyed = _mark(folder, key)
        for device, one in sorted(found.items()):
            place = folder / device
            file.private(place.parent)
            file.private(place)
            for name, text in zip(FILES, (one.running, one.startup), strict=True):
                if _text(place / name) != text:
                    file.write_durably(place / name, text)
        files = (f"{device}/{name}" for device in sorted(found) for name in FILES)
        repository.git(folder, "add", "--force", "--", MARK, *files)
        paths = repository.git(folder, "diff", "--cached", "--name-only", "-z", "--no-renames", *_against(folder))
        moved = [path for path in paths.split("\0") if path]
        changed = tuple(sorted({path.rpartition("/")[0] for path in moved if path != MARK}))
        name = ""
        if moved:
            repository.git(folder, "commit", "--quiet", "--no-verify", "-m", _message(moved, rekeyed=rekeyed), at=now)
            name = repository.commit(folder, "HEAD")
        return Recorded(name, changed, _left(folder, devices), rekeyed)


def _message(moved: list[str], *, rekeyed: bool) -> str:
    """Schools and devices, and never a line of what changed."""
    files: dict[str, list[str]] = {}
    for path in sorted(moved):
        device, _, name = path.rpartition("/")
        if device:
            files.setdefault(device, []).append(name.removesuffix(".conf"))
    schools: dict[str, list[str]] = {}
    for device in files:
        school, _, name = device.partition("/")
        schools.setdefault(school, []).append(name)
    again = "\nThe key is a new one: every secret that nobody knows shows as changed.\n" if rekeyed else ""
    if not schools:
        return f"No device changed\n{again}"
    most = 3
    told = [
        f"{school}: {', '.join(names) if len(names) <= most else f'{len(names)} devices'}"
        for school, names in schools.items()
    ]
    head = "; ".join(told) if len(told) <= most else f"{len(told)} schools, {len(files)} devices"
    lines = [f"{device}: {' and '.join(names)}" for device, names in files.items()]
    return f"{head}\n\n" + "\n".join(lines) + f"\n{again}"


# ---- a folder that may be it ----


def refuse(folder: Path, trust: Path) -> None:
    """UsageError where *folder* is, or would be mixed up with, the trust's own repository; else it is made."""
    here, site = folder.resolve(), trust.resolve()
    theirs = _top(site)
    for place in (site, theirs or site):
        if here == place or here.is_relative_to(place) or place.is_relative_to(here):
            raise UsageError(
                f"{folder} lies in the trust's own folder {place}, or holds it: configurations of devices do not go "
                "there. Do: name a folder of its own"
            )
    if here.is_dir() and any(here.iterdir()):
        if not (here / ".git").exists():
            raise UsageError(f"{folder} is not empty, and no git repository. Do: name a new folder, or a history")
        if (here / ".git").is_file() or (theirs is not None and _common(here) == _common(theirs)):
            raise UsageError(f"{folder} is a part of another repository. Do: name a folder of its own")
    file.private(here)
    if not (here / ".git").is_dir() or _top(here) != here:
        repository.git(here, "init", "--quiet", "-b", "main", "--template=")
    here.chmod(0o700)
    (here / ".git").chmod(0o700)
    if theirs is not None and (shared := sorted(_remotes(here) & _remotes(theirs))):
        raise UsageError(
            f"{folder} has the trust's own remote {secret.redact(shared[0])}: a push would put configurations there. "
            "Do: give it a remote of its own"
        )
    _refuse_stranger(folder, here)


def _refuse_stranger(folder: Path, here: Path) -> None:
    """A repository with commits that is no history of ours is somebody's, and not written to."""
    if not _begun(here):
        strangers = [path.name for path in here.iterdir() if path.name not in {".git", MARK} and not path.is_dir()]
        if strangers:
            raise UsageError(f"{folder} holds {strangers[0]}, which no history has. Do: name a folder of its own")
        return
    raw = repository.show(here, "HEAD", MARK)
    try:
        version = json.loads(raw or b"{}").get("format_version")
    except (ValueError, AttributeError):
        version = None
    if version != FORMAT_VERSION:
        why = "is a git repository, and no history of matric's" if version is None else f"has format version {version}"
        raise UsageError(f"{folder} {why}. Do: name a new folder, or use the matric it is of")


def _top(folder: Path) -> Path | None:
    """The top of the work tree *folder* is in; None where it is in none."""
    try:
        return Path(repository.git(folder, "rev-parse", "--show-toplevel").removesuffix("\n")).resolve()
    except GitError as error:
        if "in no git repository" in str(error):
            return None
        raise


def _common(folder: Path) -> Path:
    """Where the repository of *folder* keeps its commits: one for all its work trees."""
    return Path(
        repository.git(folder, "rev-parse", "--path-format=absolute", "--git-common-dir").removesuffix("\n")
    ).resolve()


def _remotes(folder: Path) -> frozenset[str]:
    """Addresses fetched from or pushed to, without what two ways of writing one may differ in."""
    said = repository.git(folder, "config", "--get-regexp", r"^remote\..*\.(push)?url$", expected=(0, 1))
    return frozenset(_address(line.partition(" ")[2], folder) for line in said.splitlines())


def _address(url: str, folder: Path) -> str:
    bare = url.strip().rstrip("/").removesuffix(".git").rstrip("/")
    # user@host:path and ssh://user@host/path are one place; a user, a port or a scheme makes no other repository.
    if found := re.match(r"(?:[a-z+]+://)(?:[^/@]*@)?([^/:]+)(?::\d+)?/(.*)", bare, re.IGNORECASE):
        return f"{found[1].lower()}/{found[2].lstrip('/').lower()}"
    if found := re.match(r"(?:[^/@]+@)?([^/:]+):(?!//)(.+)", bare):
        return f"{found[1].lower()}/{found[2].lstrip('/').lower()}"
    return str((folder / bare.removeprefix("file://")).resolve())


# ---- one run at a time, and nothing left over ----


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    """The lock goes with the process, whatever ends it."""
    handle = os.open(folder / ".git" / "matric.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Locked(f"{folder}: another backup writes this history. Do: wait for it, then run again") from None
        yield
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """Back to the last commit, whatever a run left that ended in the middle. The lock is ours."""
    inner = folder / ".git"
    for name in ("index.lock", "HEAD.lock", "config.lock", "refs/heads/main.lock"):
        (inner / name).unlink(missing_ok=True)
    if _begun(folder):
        repository.git(folder, "reset", "--quiet", "--hard", "HEAD")
    else:
        repository.git(folder, "read-tree", "--empty")
    listed = repository.git(folder, "ls-files", "--others", "-z")
    for path in listed.split("\0"):
        if _OURS.fullmatch(path):
            (folder / path).unlink(missing_ok=True)
    for path in repository.git(folder, "ls-files", "-z").split("\0"):
        if path and (folder / path).is_file():
            (folder / path).chmod(0o600)


def _mark(folder: Path, key: bytes) -> bool:
    """Write what the folder is; True where it was written under another key."""
    body = {"format_version": FORMAT_VERSION, "key": hmac.new(key, b"history", hashlib.sha256).hexdigest()[:16]}
    before = _text(folder / MARK)
    text = canonical.pretty_text(body)
    if before != text:
        file.write_durably(folder / MARK, text)
    old: dict[str, Any] = json.loads(before) if before else body
    return bool(old.get("key") != body["key"])


def _left(folder: Path, devices: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    names = repository.git(folder, "ls-files", "-z").split("\0")
    there = {path.rpartition("/")[0] for path in names if path.count("/") == 2}  # noqa: PLR2004 - school/device/file
    gone = (key for key in there if (of := devices.get(key.partition("/")[0])) is not None and key not in of)
    return tuple(sorted(gone))


def _begun(folder: Path) -> bool:
    """True where there is a commit."""
    return bool(repository.git(folder, "rev-parse", "--verify", "--quiet", "HEAD", expected=(0, 1)).strip())


def _against(folder: Path) -> tuple[str, ...]:
    """What the index is compared with: the last commit; git's own empty tree where there is none."""
    return ("HEAD",) if _begun(folder) else ()


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
