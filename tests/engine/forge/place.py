"""A stand-in forge with people, a bare repository, and matric's own client of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from matric.forge import Forge
from matric.forge.asking import Patience
from matric.forge.github import GitHub
from matric.forge.gitlab import GitLab
from matric.lab.forge import Stand, stand

TOKEN = "canary-3f1c0ffee-token"  # a canary: it must turn up nowhere


class Waits:
    """A clock whose time passes only by waiting."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Place:
    """One forge, its people, and matric's client."""

    def __init__(self, served: Stand, forge: Forge, waits: Waits) -> None:
        self.served, self.forge, self.waits = served, forge, waits
        self.git = served.state.repository
        self.ada, self.ben = served.person("ada"), served.person("ben")

    @property
    def gitlab(self) -> bool:
        return self.forge.name == "gitlab"

    def id(self, number: int) -> str:
        return f"{self.forge.name}:trust/network{'!' if self.gitlab else '#'}{number}"

    def head(self, branch: str) -> str:
        """The commit at the tip of a branch; empty where there is none."""
        return self.git.head(branch) or ""

    def push(self, branch: str, files: Mapping[str, str | None], *, by: str = "ada", message: str = "work") -> str:
        """A commit on *branch*, pushed; the branch begins at main."""
        base = self.git.head(branch) or self.git.head("main") or ""
        changes = {path: None if text is None else ("100644", self.git.blob(text)) for path, text in files.items()}
        tree = self.git.tree_with(base, changes)
        sha = self.git.commit_tree(tree, (base,), message, self.served.person(by).who)
        self.git.point(f"refs/heads/{branch}", sha)
        return sha

    def opened(self, files: Mapping[str, str | None], branch: str = "edge-ports") -> str:
        """A change of ada's; its id."""
        self.push(branch, files)
        with self.served.lock:
            made = self.served.state.open_merge(self.ada, branch, "main", "Edge ports", "")
        return self.id(made.number)

    def approve(self, by: str, number: int = 1, state: str = "approved") -> None:
        with self.served.lock:
            self.served.state.refresh()
            self.served.state.review(self.served.state.merges[number], self.served.person(by), state)

    def merge(self, number: int = 1, method: str = "merge") -> str:
        with self.served.lock:
            self.served.state.refresh()
            return self.served.state.merge(self.served.state.merges[number], self.ben, method)

    def comments(self, number: int = 1) -> list[str]:
        return [one.body for one in self.served.state.merges[number].comments]

    def writes(self) -> list[tuple[str, str]]:
        return [(one.method, one.path) for one in self.served.seen if one.method not in ("GET", "HEAD")]


def client(served: Stand, waits: Waits, **more: Any) -> Forge:
    given: dict[str, Any] = {"patience": Patience(timeout_s=5), "clock": waits, **more}
    if served.api.name == "gitlab":
        return GitLab(served.url, "trust/network", TOKEN, **given)
    return GitHub(served.url, "trust/network", TOKEN, **given)


def prepared(name: str, folder: Path, **more: Any) -> Stand:
    served = stand(name, folder / "network.git", token=TOKEN, **more)
    git = served.state.repository
    blob = git.blob("vlan 10\n")
    empty = git.git("mktree", given=b"").strip()
    tree = git.tree_with(empty, {"inventory/snapshot/vlans.json": ("100644", blob), "README": ("100644", blob)})
    git.point("refs/heads/main", git.commit_tree(tree, (), "The trust's standard", ("Ada", "ada@trust.example")))
    return served
