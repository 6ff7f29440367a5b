"""What git knows of a site's folder: whose commits, which paths, what a file said at a commit. The only caller of git.

Every path is relative to *folder*, the site; ``../`` leads out of it where the site is a part of its repository. The
program runs without the user's settings, hooks, prompts or the network, and an error of it is an error here: never
"nothing changed", never "not diverged". Times are seconds.

Errors: GitError, in words that say what to do.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from matric.errors import GitError, escaped

__all__ = ("Person", "changed", "commit", "git", "is_ancestor", "merge_base", "people", "show", "worktree")

TIMEOUT_S = 60
CHECKOUT_TIMEOUT_S = 300

_NOWHERE = os.devnull
_ENVIRONMENT = {
    # Nothing of the user's or the machine's settings; what a repository's own settings could run is switched off below.
    "GIT_CONFIG_GLOBAL": _NOWHERE,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": _NOWHERE,
    "GIT_ATTR_NOSYSTEM": "1",
    # A commit is what its name says: no stand-in, no grafted parent.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": _NOWHERE,
    # Nothing is fetched behind our back, nobody is asked.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    # Its words are read below.
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_MATRIC = {"NAME": "matric", "EMAIL": "matric@localhost"}
_SETTINGS = (
    "commit.gpgSign=false",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.warnAmbiguousRefs=true",
    # A link in a change could lead to any file of the machine: it becomes a file that holds its target's name.
    "core.symlinks=false",
    "advice.detachedHead=false",
    "gc.auto=0",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    # Checked-out folders belong to other users in containers. What that check holds off (programs named by the
    # repository's own settings) is off already, and whoever names the site's folder lets its Python run.
    "safe.directory=*",
)
_CO_AUTHOR = re.compile(r"^[ \t]*co-authored-by[ \t]*:[ \t]*(.*?)[ \t]*<([^<>\n]*)>", re.IGNORECASE | re.MULTILINE)
_FETCH_MORE = "Do: fetch more, e.g. 'git fetch --unshallow' (GitLab: GIT_DEPTH: 0; GitHub: fetch-depth: 0)"


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """Somebody as a commit names them; either part may be empty, never both."""

    name: str
    email: str


def commit(folder: Path, rev: str) -> str:
    """The full name of the commit that *rev* names; a name that means two things is an error."""
    if not rev.strip() or rev.startswith(("-", ":")) or not rev.isprintable():
        raise GitError(f"{escaped(rev)!r} names no commit. Do: give a branch, a tag or a commit")
    done = _run(folder, "rev-parse", "--verify", f"{rev}^{{commit}}", expected=(0, 128))
    if b"is ambiguous" in done.stderr:
        # A tag may be called 'origin/main' and would be taken for the branch.
        raise GitError(f"{escaped(rev)!r} names more than one thing. Do: give its full name, e.g. refs/remotes/{rev}")
    name = _text(done.stdout).strip()
    if b"Needed a single revision" in done.stderr:
        raise GitError(f"{escaped(rev)!r} names no commit in {folder}. Do: fetch it, or mend the name")
    if done.returncode:
        raise _failed(folder, "rev-parse", done)
    return name


def merge_base(folder: Path, a: str, b: str) -> str:
    """The commit in which the histories of *a* and *b* part; GitError where there is none, or it was not fetched."""
    one, other = commit(folder, a), commit(folder, b)
    done = _run(folder, "merge-base", one, other, expected=(0, 1))
    base = _text(done.stdout).split("\n")[0].strip()
    if done.returncode or not base:
        if _cut_off(folder):
            raise GitError(f"the commit in which {a} and {b} part was not fetched: the clone is shallow. {_FETCH_MORE}")
        raise GitError(f"{a} and {b} have no commit in common. Do: compare with the branch it was made from")
    _refuse_cut_off(folder, base, one, other)
    return base


def is_ancestor(folder: Path, older: str, newer: str) -> bool:
    """True where *newer*'s history holds *older* (or they are one)."""
    one, other = commit(folder, older), commit(folder, newer)
    if _run(folder, "merge-base", "--is-ancestor", one, other, expected=(0, 1)).returncode == 0:
        return True
    if _cut_off(folder):
        raise GitError(f"whether {newer} holds {older} cannot be told: the clone is shallow. {_FETCH_MORE}")
    return False


def people(folder: Path, base: str, head: str) -> tuple[Person, ...]:
    """Everyone in the commits of base..head: authors, committers and whoever a 'Co-authored-by' names; sorted."""
    start, end = commit(folder, base), commit(folder, head)
    _refuse_cut_off(folder, start, end)
    form = "--format=tformat:%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B%x00"
    shown = _run(folder, "log", "--no-mailmap", "--no-notes", "--no-color", form, f"{start}..{end}", "--")
    fields = _text(shown.stdout).split("\0")
    width = 6
    if len(fields) % width != 1:
        raise GitError(f"the commits {start}..{end} cannot be read. Do: look at them with 'git log'")
    found: set[Person] = set()
    for at in range(0, len(fields) - 1, width):
        name, author, author_mail, committer, committer_mail, message = fields[at : at + width]
        named = [Person(author.strip(), author_mail.strip()), Person(committer.strip(), committer_mail.strip())]
        if any(one == Person("", "") for one in named):
            raise GitError(f"commit {name.strip()} does not say whose it is. Do: make it again with a name")
        found.update(named)
        found.update(Person(who.strip(), mail.strip()) for who, mail in _CO_AUTHOR.findall(message) if who or mail)
    return tuple(sorted(found))


def changed(folder: Path, base: str, head: str) -> tuple[str, ...]:
    """Every path that differs between the two commits, sorted; what was renamed under both its names."""
    start, end = commit(folder, base), commit(folder, head)
    options = ("-r", "-z", "--name-only", "--no-renames", "--ignore-submodules=none", "--no-ext-diff")
    raw = _run(folder, "diff-tree", *options, start, end, "--").stdout
    prefix = _prefix(folder)
    found: set[str] = set()
    for path in raw.split(b"\0"):
        if path:
            found.add(_relative(_path(path), prefix))
    return tuple(sorted(found))


def show(folder: Path, rev: str, path: str) -> bytes | None:
    """The file *path* as *rev* has it, or None where *rev* has none; a folder or a link there is an error."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or not path.strip("./") or ".." in pure.parts or "\0" in path:
        raise GitError(f"{escaped(path)!r} is no path inside the site. Do: give it from the site's folder on")
    name = commit(folder, rev)
    whole = f"{_prefix(folder)}{pure.as_posix()}"
    listed = _run(folder, "ls-tree", "-z", "--full-tree", name, "--", whole).stdout
    if not listed:
        return None
    mode, kind, thing = _text(listed.partition(b"\t")[0]).split()
    if kind != "blob" or mode == "120000":
        raise GitError(f"{path} is no plain file at {rev}. Do: put a file there")
    return _run(folder, "cat-file", "blob", thing).stdout


@contextmanager
def worktree(folder: Path, rev: str) -> Generator[Path, None, None]:
    """The site as *rev* has it, in a temporary folder that is removed whatever happens. Links come as plain files."""
    name = commit(folder, rev)
    prefix = _prefix(folder)
    with tempfile.TemporaryDirectory(prefix="matric-") as above:
        place = Path(above) / "tree"
        try:
            _run(folder, "worktree", "add", "--quiet", "--detach", str(place), name, timeout_s=CHECKOUT_TIMEOUT_S)
            yield place / prefix if prefix else place
        finally:
            # The record of it in the repository goes with the folder: git forgets a work tree that is not there.
            shutil.rmtree(place, ignore_errors=True)
            _run(folder, "worktree", "prune", "--expire=now", expected=None)


def git(folder: Path, *arguments: str, expected: tuple[int, ...] = (0,), at: datetime | None = None) -> str:
    """What git says to *arguments* in a repository that is matric's own to write; GitError where it says no.

    What it makes is for its owner only, and by matric, *at* that moment.
    """
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in _MATRIC.items()}
    when = {f"GIT_{role}_DATE": at.isoformat() for role in ("AUTHOR", "COMMITTER")} if at is not None else {}
    done = _run(folder, *arguments, expected=expected, timeout_s=CHECKOUT_TIMEOUT_S, more={**who, **when})
    return _text(done.stdout)


def _prefix(folder: Path) -> str:
    """Where *folder* lies in its repository: ``trust/``, or empty at its top."""
    return _path(_run(folder, "rev-parse", "--show-prefix").stdout.removesuffix(b"\n"))


def _relative(path: str, prefix: str) -> str:
    return os.path.relpath(f"/{path}", f"/{prefix}") if prefix else path


def _cut_off(folder: Path) -> frozenset[str]:
    """The commits whose parents were not fetched; empty in a whole clone."""
    if _text(_run(folder, "rev-parse", "--is-shallow-repository").stdout).strip() != "true":
        return frozenset()
    named = _text(_run(folder, "rev-parse", "--path-format=absolute", "--git-path", "shallow").stdout).strip()
    try:
        return frozenset(Path(named).read_text(encoding="ascii").split())
    except (OSError, ValueError) as error:
        raise GitError(f"{named} cannot be read: {error}. {_FETCH_MORE}") from error


def _refuse_cut_off(folder: Path, base: str, *heads: str) -> None:
    """GitError where a commit between *base* and *heads* has parents that were not fetched: others may be missing."""
    edge = _cut_off(folder)
    if edge:
        between = set(_text(_run(folder, "rev-list", *heads, f"^{base}", "--").stdout).split())
        if between & edge:
            raise GitError(f"the history since {base} was not fetched whole: the clone is shallow. {_FETCH_MORE}")


def _run(
    folder: Path,
    *arguments: str,
    expected: tuple[int, ...] | None = (0,),
    timeout_s: float | None = None,
    more: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """Run git in *folder*; GitError where it ends with none of the *expected* codes (None: with any)."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    program = ["git", "--no-pager", "--literal-pathspecs", *settings, "-C", str(folder), *arguments]
    within_s = timeout_s or TIMEOUT_S
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a rev is looked at before it is given
            program,
            env={**kept, **_ENVIRONMENT, **(more or {})},
            # What is made with a name of ours is ours alone to read; -1 leaves the mask as it is.
            umask=-1 if more is None else 0o077,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed, or not on PATH. Do: install git") from None
    except subprocess.TimeoutExpired:
        raise GitError(
            f"git {arguments[0]} did not end within {within_s:.0f} s: nothing is known. Do: run it again"
        ) from None
    except (OSError, ValueError) as error:
        raise GitError(f"git cannot be run: {error}. Do: mend that") from error
    if expected is not None and done.returncode not in expected:
        raise _failed(folder, arguments[0], done)
    return done


def _failed(folder: Path, command: str, done: "subprocess.CompletedProcess[bytes]") -> GitError:
    said = _said(done)
    if "not a git repository" in said:
        return GitError(f"{folder} is in no git repository. Do: name the site's folder in its clone")
    if "cannot change to" in said:
        return GitError(f"{folder} is not there. Do: name the site's folder")
    return GitError(f"git {command} in {folder} ended with {done.returncode}: {said}. Do: mend that and run it again")


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    """The last line git wrote about its failure, fit for a message."""
    lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return escaped(lines[-1].removeprefix("fatal: ").rstrip("."), 240) if lines else ""


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _path(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        shown = raw.decode("utf-8", "backslashreplace")
        raise GitError(f"the path {escaped(shown)!r} is not UTF-8. Do: rename it") from None
