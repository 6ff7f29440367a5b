"""GitHub, through PyGithub. Needs ``contents: write``, ``pull-requests: write`` and ``issues: write``."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from matric import clock as clocks
from matric import secret
from matric.errors import ForgeRefused, ForgeUnavailable, UsageError
from matric.forge import COMMENT_LIMIT, MARKER_ROOM, Change, ForgeApproval
from matric.forge.asking import (
    Answer,
    Asker,
    Patience,
    cut,
    known,
    part,
    safe_address,
    token_of,
    whole,
)
from matric.forge.branch import bring, refuse_secrets, refuse_stranger
from matric.forge.github_repository import Branches
from matric.forge.marker import Note, issue_mark, keep, same_text

__all__ = ("GitHub", "from_environment")

HELD = 250
"""Commits of a pull request that GitHub lists; more are read by comparison."""
LOOKS = (2.0, 5.0, 0.0)
"""Seconds between looks for a merge's change: GitHub starts a workflow before every address knows of the merge."""
WORKFLOW = "matric-schedule.yml"
"""The workflow that can be asked for; GitHub does not say which run came of it."""
WRITERS = ("write", "admin")
"""``permission`` of those who may push; ``maintain`` is told as write."""
WORDS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
"""States of a review that take the place of the same person's earlier one."""


def from_environment(env: Mapping[str, str]) -> "GitHub":
    """The GitHub of a workflow: GITHUB_API_URL, GITHUB_REPOSITORY, MATRIC_FORGE_TOKEN or GITHUB_TOKEN."""
    address, project = env.get("GITHUB_API_URL") or "https://api.github.com", env.get("GITHUB_REPOSITORY", "")
    _, token = token_of(env, "MATRIC_FORGE_TOKEN", "GITHUB_TOKEN")
    lacking = [name for name, given in (("GITHUB_REPOSITORY", project), ("GITHUB_TOKEN", token)) if not given]
    if lacking:
        raise UsageError(f"GitHub cannot be asked: {', '.join(lacking)} is not set. Do: see docs/reference/forge.md")
    ca = env.get("REQUESTS_CA_BUNDLE") or env.get("SSL_CERT_FILE") or ""
    return GitHub(address, project, token, ca=ca)


class GitHub:
    """One repository on GitHub."""

    name = "github"

    def __init__(  # noqa: PLR0913 - each is a choice of its own
        self,
        address: str,
        project: str,
        token: str,
        *,
        ca: str = "",
        patience: Patience | None = None,
        clock: clocks.Clock | None = None,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]*[A-Za-z0-9_-]", project):
            raise UsageError(f"{project!r} is no repository. Do: write OWNER/REPOSITORY")
        self.project = project
        self.patience = patience or Patience()
        self.clock = clock or clocks.system()
        send = _line(safe_address(address, "the address of GitHub"), known(token), self.patience, ca)
        self.asker = Asker("github", send, self._remedy, _onward, self.patience, self.clock)
        self.home = f"/repos/{project}"
        self._me: int | None = None

    @property
    def room(self) -> int:
        """Characters one part of a comment may hold."""
        return COMMENT_LIMIT[self.name] - MARKER_ROOM

    # What is asked.

    def change(self, change: str) -> Change:
        """The change now."""
        row = self._pull(self._number(change))
        source = part(row["head"], "repo")  # none where the fork is deleted
        return Change(
            id=change,
            title=str(row["title"]),
            author=_login(row["user"]),
            source_branch=str(row["head"]["ref"]),
            target_branch=str(row["base"]["ref"]),
            head=str(row["head"]["sha"]),
            state="merged" if row["merged"] else "open" if row["state"] == "open" else "closed",
            web_url=str(row["html_url"]),
            is_fork=source.get("id") != row["base"]["repo"]["id"],
        )

    def people(self, change: str) -> tuple[str, ...]:
        """Who opened it, and the author and committer of each of its commits."""
        number = self._number(change)
        pull = self._pull(number)
        found = {_login(pull["user"])}
        commits = self._commits(number, pull)
        for row in commits:
            for role in ("author", "committer"):
                signed = part(row["commit"], role)
                account = part(row, role)
                found |= {str(signed.get(key) or "") for key in ("name", "email")} | {str(account.get("login") or "")}
        return tuple(sorted(found - {""}))

    def _commits(self, number: int, pull: Mapping[str, Any]) -> list[dict[str, Any]]:
        count = int(pull["commits"])
        if count <= HELD:
            found = self.asker.pages(f"{self.home}/pulls/{number}/commits", key="sha")
        else:
            ends = f"{pull['base']['sha']}...{pull['head']['sha']}"
            found = self.asker.pages(f"{self.home}/compare/{ends}", key="sha", within="commits")
        if not found or len(found) != count:
            raise ForgeUnavailable(f"github: {len(found)} commits of #{number} came, GitHub counts {count}. "
                                   "Do: run again")  # fmt: skip
        return found

    def approvals(self, change: str) -> tuple[ForgeApproval, ...]:
        """The approvals that count for the current head."""
        return self._judged(change)[0]

    def uncounted(self, change: str) -> tuple[str, ...]:
        """The approvals that do not count, and why."""
        return self._judged(change)[1]

    def _judged(self, change: str) -> tuple[tuple[ForgeApproval, ...], tuple[str, ...]]:
        number = self._number(change)
        head = str(self._pull(number)["head"]["sha"])
        last: dict[str, dict[str, Any]] = {}
        approved: set[str] = set()
        for row in self.asker.pages(f"{self.home}/pulls/{number}/reviews"):  # in the order in which they were given
            if row["state"] in WORDS and row.get("user"):
                last[_login(row["user"])] = row
            if row["state"] in ("APPROVED", "DISMISSED") and row.get("user"):
                approved.add(_login(row["user"]))
        counted: list[ForgeApproval] = []
        against: list[str] = []
        for login in sorted(approved):
            row = last[login]
            why = self._weightless(login, row, head)
            if why:
                against.append(f"the approval of {change} by {login} does not count: {why}")
            else:
                counted.append(ForgeApproval(login, str(row.get("submitted_at") or ""), head))
        return tuple(counted), tuple(against)

    def _weightless(self, login: str, review: Mapping[str, Any], head: str) -> str:
        """Why a person's last word is no approval of *head* by one who may write; empty where it is."""
        if review["state"] == "DISMISSED":
            return "it was dismissed"
        if review["state"] != "APPROVED":
            return "changes were requested since"
        if review.get("commit_id") != head:
            return f"it is of commit {str(review.get('commit_id') or 'unknown')[:12]}, and the head is {head[:12]}"
        try:
            held = self.asker.row(f"{self.home}/collaborators/{quote(login, safe='')}/permission", "permission")
        except ForgeRefused as error:
            if error.status == 404:  # noqa: PLR2004 - not found: the repository itself was read with this token just now
                return "no collaborator of the repository"
            raise
        return "" if held["permission"] in WRITERS else "not allowed to write to the repository"

    def change_of(self, merge_commit: str) -> str | None:
        """The change whose merge made *merge_commit*; None only where GitHub says, again and again, there is none."""
        if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", merge_commit):
            raise UsageError(f"{merge_commit!r} is no commit in full. Do: give what git rev-parse prints")
        for wait in LOOKS:
            rows = self.asker.pages(f"{self.home}/commits/{merge_commit}/pulls")
            came = [row for row in rows if row.get("merged_at") and row.get("merge_commit_sha") == merge_commit]
            if len(came) > 1:
                main = self.asker.row(self.home, "default_branch")["default_branch"]
                came = [row for row in came if row["base"]["ref"] == main]
                if len(came) != 1:
                    raise ForgeRefused(f"commit {merge_commit[:12]} came by more than one pull request. "
                                       "Do: name the change")  # fmt: skip
            if came:
                return f"{self.name}:{self.project}#{came[0]['number']}"
            self.clock.sleep(wait)
        return None

    # What is written.

    def comment(self, change: str, marker: str, parts: Sequence[str]) -> tuple[str, ...]:
        """One comment kept up to date in place."""
        return keep(_Comments(self, self._number(change)), marker, parts, self.room, str)

    def propose(  # noqa: PLR0913, PLR0917 - a change has that many parts
        self, branch: str, target: str, title: str, body: str, files: Mapping[str, str | None], message: str
    ) -> str:
        """A change that brings *files* to *target*, made or updated; its id."""
        refuse_stranger(branch)
        refuse_secrets(files)
        said = {"title": secret.redact(title), "body": secret.redact(body)}
        pull = self._open_pull(branch, target)
        bring(Branches(self.asker, self.home), branch, target, files, message, reuse=pull is not None)
        if pull is None:
            pull = self._opened({"head": branch, "base": target, **said}, branch, target)
        if pull["user"]["id"] == self.me and not all(same_text(str(pull.get(key) or ""), said[key]) for key in said):
            self.asker.ask("PATCH", f"{self.home}/pulls/{pull['number']}", body=said)
        return f"{self.name}:{self.project}#{pull['number']}"

    def _open_pull(self, branch: str, target: str) -> dict[str, Any] | None:
        owner = self.project.partition("/")[0]
        rows = self.asker.pages(f"{self.home}/pulls", state="open", head=f"{owner}:{branch}", base=target)
        ours = (row for row in rows if part(row["head"], "repo").get("id") == row["base"]["repo"]["id"])
        return next((row for row in ours if row["head"]["ref"] == branch and row["base"]["ref"] == target), None)

    def _opened(self, wanted: Mapping[str, Any], branch: str, target: str) -> dict[str, Any]:
        def create() -> dict[str, Any]:
            try:
                return whole("the new pull request", self.asker.post(f"{self.home}/pulls", wanted), "number", "user")
            except ForgeRefused as error:
                held = self._open_pull(branch, target) if error.status == 422 else None  # noqa: PLR2004 - invalid
                if held is None:
                    raise
                return held

        return self.asker.surely(create, lambda: self._open_pull(branch, target))[0]

    def raise_issue(self, marker: str, title: str, body: str) -> str:
        """One open issue with this marker, made or updated; its address."""
        mark = issue_mark(marker)
        said = {"title": secret.redact(title), "body": f"{mark}\n{secret.redact(body)}"}

        def ours() -> list[dict[str, Any]]:
            rows = self.asker.pages(f"{self.home}/issues", state="open", sort="created", direction="asc")
            held = [row for row in rows if "pull_request" not in row and part(row, "user").get("id") == self.me]
            return sorted((row for row in held if str(row.get("body") or "").startswith(mark)),
                          key=lambda row: int(row["number"]))  # fmt: skip

        found = ours()
        if not found:
            made, lost = self.asker.surely(
                lambda: whole("the new issue", self.asker.post(f"{self.home}/issues", said), "number", "html_url"),
                lambda: next(iter(ours()), None),
            )
            found = ours() if lost else [made]
        for late in found[1:]:
            closed = {"state": "closed", "state_reason": "not_planned"}
            self.asker.ask("PATCH", f"{self.home}/issues/{late['number']}", body=closed)
        issue = found[0]
        if not all(same_text(str(issue.get(key) or ""), said[key]) for key in said):
            self.asker.ask("PATCH", f"{self.home}/issues/{issue['number']}", body=said)
        return str(issue["html_url"])

    def start_pipeline(self, ref: str, variables: Mapping[str, str]) -> str:
        """Ask for a run of the workflow for snapshots on *ref*, told *variables* as inputs; where its runs are seen."""
        self.asker.post(f"{self.home}/actions/workflows/{WORKFLOW}/dispatches", {"ref": ref, "inputs": dict(variables)})
        return f"a run of {WORKFLOW} on {ref}"

    # How it is asked.

    @property
    def me(self) -> int:
        """The id of the token's own user; a workflow's token may not ask /user, and asks GraphQL who it is."""
        if self._me is None:
            try:
                self._me = int(self.asker.row("/user", "id")["id"])
            except ForgeRefused as error:
                if error.status != 403:  # noqa: PLR2004 - forbidden
                    raise
                query = {"query": "query { viewer { databaseId login } }"}
                answer = whole("github: who this token is", self.asker.ask("POST", "/graphql", body=query)[0], "data")
                viewer = whole("github: who this token is", part(answer, "data").get("viewer"), "databaseId")
                self._me = int(viewer["databaseId"])
        return self._me

    def _number(self, change: str) -> int:
        found = re.fullmatch(rf"github:{re.escape(self.project)}#([1-9][0-9]*)", change, re.IGNORECASE)
        if not found:
            raise UsageError(f"{change!r} is no change here. Do: write github:{self.project}#NUMBER")
        return int(found[1])

    def _pull(self, number: int) -> dict[str, Any]:
        wanted = ("title", "user", "head", "base", "merged", "state", "html_url", "commits")
        return self.asker.row(f"{self.home}/pulls/{number}", *wanted)

    def _remedy(self, status: int, where: str) -> str:
        writes = " GET " not in where
        match status:
            case 401:
                return "give a valid token in GITHUB_TOKEN or MATRIC_FORGE_TOKEN (it may have expired)"
            case 403:
                return f"give the token {_scope(where)}: {'write' if writes else 'read'} (permissions: of the job)"
            case 404:
                return f"check that {self.project} and what is asked exist; the token has to see the repository"
            case 409 | 422:
                return "read what GitHub says; run again if somebody else changed it meanwhile"
            case _:
                return f"report this with what was asked ({where.partition(': ')[2]})"


def _onward(number: int, headers: Mapping[str, str]) -> str:
    return str(number + 1) if 'rel="next"' in headers.get("link", "") else ""


def _login(user: Any) -> str:
    """A person's login; a deleted account is GitHub's own ``ghost``."""
    return str(user["login"]) if user else "ghost"


def _scope(where: str) -> str:
    """The permission that an address needs."""
    if "/git/" in where or "/compare/" in where or "/commits/" in where:
        return "contents"
    if "/actions/" in where:
        return "actions"
    return "issues" if where.endswith("/issues") else "pull-requests" if "/collaborators/" not in where else "metadata"


@dataclass(frozen=True, slots=True)
class _Comments:
    """The comments of one pull request."""

    forge: GitHub
    number: int

    @staticmethod
    def _note(row: Mapping[str, Any]) -> Note:
        return Note(int(row["id"]), str(row.get("body") or ""), str(row["html_url"]))

    def ours(self) -> list[Note]:
        me, issue = self.forge.me, f"{self.forge.home}/issues/{self.number}"
        rows = self.forge.asker.pages(
            f"{issue}/comments", count=lambda: int(self.forge.asker.row(issue, "comments")["comments"])
        )
        return [self._note(row) for row in rows if part(row, "user").get("id") == me]

    def add(self, body: str, find: Callable[[], Note | None]) -> tuple[Note, bool]:
        path = f"{self.forge.home}/issues/{self.number}/comments"
        return self.forge.asker.surely(lambda: self._note(self.forge.asker.post(path, {"body": body})), find)

    def change(self, note: Note, body: str) -> None:
        self.forge.asker.ask("PATCH", f"{self.forge.home}/issues/comments/{note.id}", body={"body": body})

    def remove(self, note: Note) -> None:
        try:
            self.forge.asker.ask("DELETE", f"{self.forge.home}/issues/comments/{note.id}")
        except ForgeRefused as error:
            if error.status != 404:  # noqa: PLR2004 - gone already is as good
                raise


def _line(address: str, token: str, patience: Patience, ca: str) -> Callable[..., Answer]:
    """What carries one request by PyGithub: no tries and no waits of its own, TLS always verified."""
    try:
        import github  # noqa: PLC0415 - an extra
        import requests  # noqa: PLC0415 - heavy
    except ImportError as error:
        raise UsageError("GitHub needs PyGithub. Do: pip install 'matric[forge]'") from error

    requester = github.Github(
        auth=github.Auth.Token(token),
        base_url=address,
        timeout=int(patience.timeout_s),
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        verify=ca or True,
        user_agent="matric",
    ).requester

    def send(method: str, path: str, query: Mapping[str, Any], body: Any) -> Answer:
        url = requester.graphql_url if path == "/graphql" else path
        try:
            status, headers, text = requester.requestJson(method, url, dict(query), {}, body)
        except requests.RequestException as error:
            raise cut(error) from None
        except RuntimeError:  # a redirect to another host or for ever
            return Answer(301, {}, json.dumps({"message": "redirected"}))
        return Answer(status, {name.lower(): str(value) for name, value in headers.items()}, text)

    return send
