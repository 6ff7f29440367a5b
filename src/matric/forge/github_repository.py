"""The branches and files of a repository on GitHub, through its git objects."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from matric.errors import ForgeRefused, ForgeUnavailable
from matric.forge.asking import Asker, rows_of, whole
from matric.forge.branch import Tip

__all__ = ("Branches",)


@dataclass(frozen=True, slots=True)
class Branches:
    """The repository's git objects."""

    asker: Asker
    home: str
    """The address of the repository: ``/repos/OWNER/NAME``."""

    def tip(self, branch: str) -> Tip | None:
        # The repository itself is known to be readable: its pull requests were listed with this token just before.
        try:
            ref = self.asker.row(f"{self.home}/git/ref/heads/{quote(branch)}", "object")
        except ForgeRefused as error:
            if error.status == 404:  # noqa: PLR2004 - not found
                return None
            raise
        commit = self._commit(str(ref["object"]["sha"]))
        return Tip(str(commit["sha"]), tuple(str(row["sha"]) for row in commit["parents"]), str(commit["message"]))

    def _commit(self, sha: str) -> dict[str, Any]:
        return self.asker.row(f"{self.home}/git/commits/{sha}", "sha", "parents", "message", "tree")

    def _entries(self, sha: str, paths: Collection[str]) -> dict[str, tuple[str, str]]:
        """Path -> mode and blob, folder by folder: a whole tree may be more than one answer holds."""
        found: dict[str, tuple[str, str]] = {}
        trees = {"": str(self._commit(sha)["tree"]["sha"])}
        wanted = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1)}
        for folder in sorted({"", *wanted}):
            if folder not in trees:
                continue
            tree = self.asker.row(f"{self.home}/git/trees/{trees[folder]}", "tree", "truncated")
            if tree["truncated"]:
                raise ForgeUnavailable(f"github: folder {folder or '/'} is too large to be listed whole. Do: divide it")
            for row in rows_of(f"folder {folder}", tree["tree"]):
                path = f"{folder}/{row['path']}" if folder else str(row["path"])
                if row["type"] == "tree":
                    trees[path] = str(row["sha"])
                elif row["type"] == "blob":
                    found[path] = (str(row["mode"]), str(row["sha"]))
        return found

    def blobs(self, sha: str, paths: Collection[str]) -> dict[str, str | None]:
        found = self._entries(sha, paths)
        return {path: found[path][1] if path in found else None for path in paths}

    def put(self, branch: str, before: Tip | None, onto: Tip, changes: Mapping[str, str | None], message: str) -> None:
        there = self._entries(onto.sha, changes)
        rows: list[dict[str, Any]] = []
        for path, content in changes.items():
            mode = there[path][0] if path in there else "100644"
            row = {"path": path, "mode": mode, "type": "blob"}
            rows.append({**row, "sha": None} if content is None else {**row, "content": content})
        home, ask = f"{self.home}/git", self.asker.ask
        # A tree is named by its content, and a commit that no branch points at is nothing: both may be made twice.
        tree = whole("the new tree", ask("POST", f"{home}/trees", body={
            "base_tree": str(self._commit(onto.sha)["tree"]["sha"]), "tree": rows})[0], "sha")  # fmt: skip
        made = whole("the new commit", ask("POST", f"{home}/commits", body={
            "message": message, "tree": tree["sha"], "parents": [onto.sha]})[0], "sha")  # fmt: skip
        sha = str(made["sha"])
        if before is not None:
            ask("PATCH", f"{home}/refs/heads/{quote(branch)}", body={"sha": sha, "force": True})
            return

        def find() -> bool | None:
            now = self.tip(branch)
            return True if now and now.sha == sha else None

        def create() -> bool:
            self.asker.post(f"{home}/refs", {"ref": f"refs/heads/{branch}", "sha": sha})
            return True

        self.asker.surely(create, find)
