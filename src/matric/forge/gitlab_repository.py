"""The branches and files of a project on GitLab, through its repository's API."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from matric.errors import ForgeRefused
from matric.forge.asking import Asker, whole
from matric.forge.branch import Tip

__all__ = ("Branches",)


@dataclass(frozen=True, slots=True)
class Branches:
    """The project's repository."""

    asker: Asker
    home: str
    """The address of the project: ``/projects/ID``."""

    def tip(self, branch: str) -> Tip | None:
        # The project itself is known to be readable: its merge requests were listed with this token just before.
        try:
            row = self.asker.row(f"{self.home}/repository/branches/{quote(branch, safe='')}", "commit")
        except ForgeRefused as error:
            if error.status == 404:  # noqa: PLR2004 - not found
                return None
            raise
        commit = whole(f"branch {branch}", row["commit"], "id", "message")
        return Tip(str(commit["id"]), tuple(map(str, commit.get("parent_ids") or ())), str(commit["message"]))

    def blobs(self, sha: str, paths: Collection[str]) -> dict[str, str | None]:
        found: dict[str, str] = {}
        for folder in sorted({path.rpartition("/")[0] for path in paths}):
            where: dict[str, Any] = {"path": folder} if folder else {}
            try:
                rows = self.asker.pages(f"{self.home}/repository/tree", key="path", ref=sha, **where)
            except ForgeRefused as error:
                if error.status != 404:  # noqa: PLR2004 - no such folder in this commit
                    raise
                rows = []
            found |= {str(row["path"]): str(row["id"]) for row in rows if row["type"] == "blob"}
        return {path: found.get(path) for path in paths}

    def put(self, branch: str, before: Tip | None, onto: Tip, changes: Mapping[str, str | None], message: str) -> None:
        del before
        there = self.blobs(onto.sha, changes)
        body = {
            "branch": branch,
            "start_sha": onto.sha,
            "force": True,
            "commit_message": message,
            "actions": [
                {"action": "delete", "file_path": path}
                if content is None
                else {"action": "update" if there[path] else "create", "file_path": path, "content": content}
                for path, content in changes.items()
            ],
        }

        def find() -> bool | None:
            now = self.tip(branch)
            return True if now and now.parents == (onto.sha,) and now.message.strip() == message.strip() else None

        def create() -> bool:
            self.asker.post(f"{self.home}/repository/commits", body)
            return True

        self.asker.surely(create, find)
