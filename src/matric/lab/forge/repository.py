"""A bare git repository, read and written as a forge does it: with git itself, and no work tree."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ("Commit", "Entry", "Repository", "UnmergeableError")


SHAPE = "%x01%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"


class UnmergeableError(Exception):
    """git cannot bring the two together; its words."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as git holds it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]
    """Name, e-mail, time in ISO 8601."""
    committer: tuple[str, str, str]
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree."""

    mode: str
    type: str
    sha: str
    path: str


class Repository:
    """The bare repository in *path*; made, with an empty first commit on main, where there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / "HEAD").exists():
            path.mkdir(parents=True, exist_ok=True)
            subprocess.run(("git", "init", "-q", "--bare", "-b", "main", str(path)), check=True, capture_output=True)

    def git(self, *arguments: str, given: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """What git prints; UnmergeableError with its words where it fails."""
        ran = subprocess.run(
            ("git", "--git-dir", str(self.path), *arguments),
            input=given,
            capture_output=True,
            check=False,
            env={**_environment(), **(env or {})},
        )
        if ran.returncode:
            said = (ran.stderr or ran.stdout).decode(errors="replace").strip()
            raise UnmergeableError(f"git {arguments[0]}: {said}")
        return ran.stdout.decode()

    # Reading.

    def head(self, branch: str) -> str | None:
        """The commit at the tip of *branch*, or None."""
        return self.resolve(f"refs/heads/{branch}")

    def resolve(self, name: str) -> str | None:
        """The commit that *name* leads to, or None."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
        except UnmergeableError:
            return None

    def commit(self, sha: str) -> Commit:
        """One commit."""
        return self._log("--max-count=1", sha)[0]

    def between(self, base: str, head: str) -> tuple[Commit, ...]:
        """What *head* has and *base* has not, newest first."""
        return self._log(f"{base}..{head}")

    def _log(self, *of: str) -> tuple[Commit, ...]:
        found: list[Commit] = []
        for record in self.git("log", f"--format={SHAPE}", *of).split("\x01")[1:]:
            parts = record.split("\0", 9)
            found.append(Commit(
                parts[0], parts[1], tuple(parts[2].split()), (parts[3], parts[4], parts[5]),
                (parts[6], parts[7], parts[8]), parts[9].rstrip("\n"),
            ))  # fmt: skip
        return tuple(found)

    def merge_base(self, one: str, other: str) -> str:
        """The best common ancestor."""
        return self.git("merge-base", one, other).strip()

    def holds(self, ancestor: str, descendant: str) -> bool:
        """Whether *ancestor* is in the history of *descendant*."""
        try:
            self.git("merge-base", "--is-ancestor", ancestor, descendant)
        except UnmergeableError:
            return False
        return True

    def tree(self, ref: str, *, recursive: bool = False) -> tuple[Entry, ...] | None:
        """The lines of the tree *ref* (``SHA`` or ``SHA:folder``), or None where there is none."""
        options = ("-r", "-t") if recursive else ()
        try:
            lines = self.git("ls-tree", "-z", *options, ref).split("\0")
        except UnmergeableError:
            return None
        found: list[Entry] = []
        for line in lines:
            if line:
                meta, _, path = line.partition("\t")
                mode, kind, sha = meta.split()
                found.append(Entry(mode, kind, sha, path))
        return tuple(found)

    def text(self, ref: str, path: str) -> str | None:
        """A file's text at *ref*, or None."""
        try:
            return self.git("cat-file", "blob", f"{ref}:{path}")
        except UnmergeableError:
            return None

    # Writing.

    def blob(self, content: str) -> str:
        """The id of a blob holding *content*."""
        return self.git("hash-object", "-w", "--stdin", given=content.encode()).strip()

    def tree_with(self, base: str, changes: Mapping[str, tuple[str, str] | None]) -> str:
        """The id of the tree *base* with each path at (mode, blob), or without it."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git("read-tree", base, env=index)
            lines = [
                f"0 {'0' * 40}\t{path}" if change is None else f"{change[0]} {change[1]}\t{path}"
                for path, change in changes.items()
            ]
            self.git("update-index", "-z", "--index-info", given="\0".join([*lines, ""]).encode(), env=index)
            return self.git("write-tree", env=index).strip()

    def commit_tree(
        self, tree: str, parents: tuple[str, ...], message: str, author: tuple[str, str], by: tuple[str, str] = ("", "")
    ) -> str:
        """The id of a new commit; *author* and committer (*by*, else the author) as name and e-mail."""
        committer = by if by[0] else author
        env = {
            "GIT_AUTHOR_NAME": author[0],
            "GIT_AUTHOR_EMAIL": author[1],
            "GIT_COMMITTER_NAME": committer[0],
            "GIT_COMMITTER_EMAIL": committer[1],
        }
        options = [part for parent in parents for part in ("-p", parent)]
        return self.git("commit-tree", tree, *options, given=message.encode(), env=env).strip()

    def point(self, ref: str, sha: str) -> None:
        """Move *ref* (in full) to *sha*."""
        self.git("update-ref", ref, sha)

    def drop(self, ref: str) -> None:
        """Remove *ref*."""
        self.git("update-ref", "-d", ref)

    def merged(self, target: str, head: str, method: str, message: str, who: tuple[str, str]) -> str:
        """The commit that *target*'s branch is to point at once *head* is merged: merge, squash or rebase."""
        if method == "rebase":
            return self._rebased(target, head, who)
        tree = self.git("merge-tree", "--write-tree", target, head).splitlines()[0]
        parents = (target,) if method == "squash" else (target, head)
        return self.commit_tree(tree, parents, message, who)

    def _rebased(self, target: str, head: str, who: tuple[str, str]) -> str:
        """Only where nothing else has come to *target*: each commit is made again by *who*, as GitHub does it."""
        if self.merge_base(target, head) != target:
            raise UnmergeableError("the branch has to be rebased first")
        tip = target
        for commit in reversed(self.between(target, head)):
            tip = self.commit_tree(commit.tree, (tip,), commit.message, commit.author[:2], who)
        return tip


def _environment() -> dict[str, str]:
    """The process's own, less whatever would lead git to another repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
