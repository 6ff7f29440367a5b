"""GitLab, through python-gitlab. Needs a token with the scope ``api`` and the role Developer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from matric import clock as clocks
from matric import secret
from matric.errors import ForgeRefused, ForgeUnavailable, UsageError
from matric.forge import COMMENT_LIMIT, MARKER_ROOM, Change, ForgeApproval
from matric.forge.asking import Answer, Asker, Patience, cut, known, rows_of, safe_address, token_of, whole
from matric.forge.branch import bring, refuse_secrets, refuse_stranger
from matric.forge.gitlab_repository import Branches
from matric.forge.marker import Note, issue_mark, keep, same_text

__all__ = ("GitLab", "from_environment")

DEVELOPER = 30
"""The least access level that may push: an approval by somebody with less does not count."""
STATES: Mapping[str, Any] = {"opened": "open", "locked": "open", "merged": "merged", "closed": "closed"}
LOOKS = (2.0, 5.0, 0.0)
"""Seconds between looks for a merge's change: GitLab starts a pipeline before it has written down the merge."""
ACTION = re.compile(r"^([ \t>]*)/(?=[A-Za-z])", re.MULTILINE)


def from_environment(env: Mapping[str, str]) -> "GitLab":
    """The GitLab of a pipeline: CI_API_V4_URL or CI_SERVER_URL, CI_PROJECT_PATH, MATRIC_FORGE_TOKEN or CI_JOB_TOKEN."""
    address = env.get("CI_API_V4_URL", "").rstrip("/").removesuffix("/api/v4") or env.get("CI_SERVER_URL", "")
    project = env.get("CI_PROJECT_PATH", "")
    name, token = token_of(env, "MATRIC_FORGE_TOKEN", "CI_JOB_TOKEN")
    lacking = [what for what, given in (("CI_SERVER_URL", address), ("CI_PROJECT_PATH", project)) if not given]
    if lacking or not token:
        missing = ", ".join([*lacking, *([] if token else ["MATRIC_FORGE_TOKEN"])])
        raise UsageError(f"GitLab cannot be asked: {missing} is not set. Do: see docs/reference/forge.md")
    ca = env.get("REQUESTS_CA_BUNDLE") or env.get("SSL_CERT_FILE") or env.get("CI_SERVER_TLS_CA_FILE") or ""
    return GitLab(address, project, token, job=name == "CI_JOB_TOKEN", ca=ca)


class GitLab:
    """One project on one GitLab."""

    name = "gitlab"

    def __init__(  # noqa: PLR0913 - each is a choice of its own
        self,
        address: str,
        project: str,
        token: str,
        *,
        job: bool = False,
        ca: str = "",
        patience: Patience | None = None,
        clock: clocks.Clock | None = None,
    ) -> None:
        self.project, self.job = project, job
        self.patience = patience or Patience()
        self.clock = clock or clocks.system()
        send = _line(safe_address(address, "the address of GitLab"), known(token), self.patience, job=job, ca=ca)
        self.asker = Asker("gitlab", send, self._remedy, _onward, self.patience, self.clock)
        self.home = f"/projects/{quote(project, safe='')}"
        self._me: int | None = None

    @property
    def room(self) -> int:
        """Characters one part of a comment may hold."""
        return COMMENT_LIMIT[self.name] - MARKER_ROOM

    # What is asked.

    def change(self, change: str) -> Change:
        """The change now."""
        row = self._merge(self._number(change))
        return Change(
            id=change,
            title=str(row["title"]),
            author=str(row["author"]["username"]),
            source_branch=str(row["source_branch"]),
            target_branch=str(row["target_branch"]),
            head=str(row["sha"]),
            state=STATES[str(row["state"])],
            web_url=str(row["web_url"]),
            is_fork=row["source_project_id"] != row["target_project_id"],
        )

    def people(self, change: str) -> tuple[str, ...]:
        """Who opened it, and the author and committer of each of its commits."""
        number = self._number(change)
        author = self._merge(number)["author"]
        found = {str(author.get("username") or ""), str(author.get("name") or "")}
        commits = self.asker.pages(f"{self.home}/merge_requests/{number}/commits")
        if not commits:
            raise ForgeUnavailable(f"{change}: GitLab names no commit of it. Do: run again")
        for commit in commits:
            found |= {str(commit.get(f"{role}_{what}") or "") for role in ("author", "committer")
                      for what in ("name", "email")}  # fmt: skip
        return tuple(sorted(found - {""}))

    def approvals(self, change: str) -> tuple[ForgeApproval, ...]:
        """The approvals that count for the current head."""
        return self._judged(change)[0]

    def uncounted(self, change: str) -> tuple[str, ...]:
        """The approvals that do not count, and why."""
        return self._judged(change)[1]

    def _judged(self, change: str) -> tuple[tuple[ForgeApproval, ...], tuple[str, ...]]:
        number = self._number(change)
        head = str(self._merge(number)["sha"])
        versions = self.asker.pages(f"{self.home}/merge_requests/{number}/versions")
        given = self.asker.row(f"{self.home}/merge_requests/{number}/approvals", "approved_by")
        rows = rows_of(f"{change}: approvals", given["approved_by"])
        newest = max(versions, key=lambda row: int(row["id"]), default=None)
        counted: list[ForgeApproval] = []
        against: list[str] = []
        for row in rows:
            login, at = str(row["user"]["username"]), str(row.get("approved_at") or "")
            why = self._stale(head, newest, at) or self._powerless(row["user"])
            if why:
                against.append(f"the approval of {change} by {login} does not count: {why}")
            else:
                counted.append(ForgeApproval(login, at, head))
        return tuple(sorted(counted, key=lambda one: one.by)), tuple(sorted(against))

    @staticmethod
    def _stale(head: str, newest: Mapping[str, Any] | None, at: str) -> str:
        """Why an approval given *at* is not known to be of *head*; empty where it is."""
        if newest is None or newest.get("head_commit_sha") != head:
            return "GitLab's newest version is not of its head, so what was approved cannot be told"
        if not at:
            return "this GitLab does not say when it was given (newer ones do), so what was approved cannot be told"
        try:
            later = datetime.fromisoformat(at) > datetime.fromisoformat(str(newest["created_at"]))
        except (TypeError, ValueError):
            return "its time cannot be read, so what was approved cannot be told"
        return "" if later else f"it was given at {at}, before the head {head[:12]} was pushed"

    def _powerless(self, user: Mapping[str, Any]) -> str:
        """Why *user*'s approval has no weight; empty where it has."""
        if user.get("state", "active") != "active":
            return "the account is not active"
        try:
            member = self.asker.row(f"{self.home}/members/all/{int(user['id'])}", "access_level")
        except ForgeRefused as error:
            if error.status == 404:  # noqa: PLR2004 - not found: the project itself was read with this token just now
                return "no member of the project"
            raise
        level = member["access_level"]
        return "" if isinstance(level, int) and level >= DEVELOPER else "not allowed to push to the project"

    def change_of(self, merge_commit: str) -> str | None:
        """The change whose merge made *merge_commit*; None only where GitLab says, again and again, there is none."""
        for wait in LOOKS:
            rows = self.asker.pages(f"{self.home}/repository/commits/{_sha(merge_commit)}/merge_requests")
            came = [row for row in rows if row["state"] == "merged" and _brought(row, merge_commit)]
            if len(came) > 1:
                main = self.asker.row(self.home, "default_branch")["default_branch"]
                came = [row for row in came if row["target_branch"] == main]
                if len(came) != 1:
                    raise ForgeRefused(f"commit {merge_commit[:12]} came by more than one merge request. "
                                       "Do: name the change")  # fmt: skip
            if came:
                return f"{self.name}:{self.project}!{came[0]['iid']}"
            self.clock.sleep(wait)
        return None

    # What is written.

    def comment(self, change: str, marker: str, parts: Sequence[str]) -> tuple[str, ...]:
        """One comment kept up to date in place."""
        number = self._number(change)
        board = _Notes(self, f"{self.home}/merge_requests/{number}", str(self._merge(number)["web_url"]))
        return keep(board, marker, parts, self.room, without_actions)

    def propose(  # noqa: PLR0913, PLR0917 - a change has that many parts
        self, branch: str, target: str, title: str, body: str, files: Mapping[str, str | None], message: str
    ) -> str:
        """A change that brings *files* to *target*, made or updated; its id."""
        refuse_stranger(branch)
        refuse_secrets(files)
        said = {"title": secret.redact(title), "description": without_actions(secret.redact(body))}
        merge = self._open_merge(branch, target)
        bring(Branches(self.asker, self.home), branch, target, files, message, reuse=merge is not None)
        if merge is None:
            ends = {"source_branch": branch, "target_branch": target, "remove_source_branch": True}
            merge = self._opened({**ends, **said}, branch, target)
        if merge["author"]["id"] == self.me and not all(
            same_text(str(merge.get(key) or ""), said[key]) for key in said
        ):
            self.asker.ask("PUT", f"{self.home}/merge_requests/{merge['iid']}", body=said)
        return f"{self.name}:{self.project}!{merge['iid']}"

    def _open_merge(self, branch: str, target: str) -> dict[str, Any] | None:
        rows = self.asker.pages(
            f"{self.home}/merge_requests", state="opened", source_branch=branch, target_branch=target
        )
        return next((row for row in rows if row["source_project_id"] == row["target_project_id"]), None)

    def _opened(self, wanted: Mapping[str, Any], branch: str, target: str) -> dict[str, Any]:
        def create() -> dict[str, Any]:
            try:
                made: dict[str, Any] = self.asker.post(f"{self.home}/merge_requests", wanted)
            except ForgeRefused as error:
                held = self._open_merge(branch, target) if error.status == 409 else None  # noqa: PLR2004 - conflict
                if held is None:
                    raise
                return held
            return made

        return self.asker.surely(create, lambda: self._open_merge(branch, target))[0]

    def raise_issue(self, marker: str, title: str, body: str) -> str:
        """One open issue with this marker, made or updated; its address."""
        mark = issue_mark(marker)
        said = {"title": secret.redact(title), "description": f"{mark}\n{without_actions(secret.redact(body))}"}

        def ours() -> list[dict[str, Any]]:
            rows = self.asker.pages(f"{self.home}/issues", state="opened", scope="all")
            held = [row for row in rows if row["author"]["id"] == self.me]
            return sorted((row for row in held if str(row["description"] or "").startswith(mark)),
                          key=lambda row: int(row["iid"]))  # fmt: skip

        found = ours()
        if not found:
            _, lost = self.asker.surely(
                lambda: self.asker.post(f"{self.home}/issues", said), lambda: next(iter(ours()), None)
            )
            found = ours() if lost else [_]
        for late in found[1:]:
            self.asker.ask("PUT", f"{self.home}/issues/{late['iid']}", body={"state_event": "close"})
        issue = found[0]
        if not all(same_text(str(issue.get(key) or ""), said[key]) for key in said):
            self.asker.ask("PUT", f"{self.home}/issues/{issue['iid']}", body=said)
        return str(issue["web_url"])

    def start_pipeline(self, ref: str, variables: Mapping[str, str]) -> str:
        """Ask for a pipeline on *ref* that is told *variables*; its address."""
        told = [{"key": key, "value": value} for key, value in sorted(variables.items())]
        row = whole("gitlab: POST pipeline", self.asker.post(f"{self.home}/pipeline", {"ref": ref, "variables": told}),
                    "web_url")  # fmt: skip
        return str(row["web_url"])

    # How it is asked.

    @property
    def me(self) -> int:
        """The id of the token's own user."""
        if self._me is None:
            self._me = int(self.asker.row("/user", "id")["id"])
        return self._me

    def _number(self, change: str) -> int:
        found = re.fullmatch(rf"gitlab:{re.escape(self.project)}!([1-9][0-9]*)", change, re.IGNORECASE)
        if not found:
            raise UsageError(f"{change!r} is no change here. Do: write gitlab:{self.project}!NUMBER")
        return int(found[1])

    def _merge(self, number: int) -> dict[str, Any]:
        wanted = ("title", "author", "source_branch", "target_branch", "sha", "state", "web_url", "source_project_id")
        return self.asker.row(f"{self.home}/merge_requests/{number}", *wanted, "target_project_id")

    def _remedy(self, status: int, where: str) -> str:
        if status in (401, 403) and self.job:
            return "set MATRIC_FORGE_TOKEN: a job's own token (CI_JOB_TOKEN) may not do this"
        match status:
            case 401:
                return "give MATRIC_FORGE_TOKEN a valid token of GitLab with the scope api (it may have expired)"
            case 403:
                return "give the token the scope api, and its user at least the role Developer in the project"
            case 404:
                return f"check that {self.project} and what is asked exist; the token's user must be a member"
            case 400 | 409 | 422:
                return "read what GitLab says; run again if somebody else changed it meanwhile"
            case _:
                return f"report this with what was asked ({where.partition(': ')[2]})"


def _onward(_number: int, headers: Mapping[str, str]) -> str:
    return headers.get("x-next-page", "")


def without_actions(text: str) -> str:
    """*text* in which no line is one of GitLab's quick actions: ``/merge`` in a description would merge."""
    return ACTION.sub(r"\1\\/", text)


def _brought(row: Mapping[str, Any], sha: str) -> bool:
    """Whether the merge of *row* put *sha* at the tip of its target: by merge, by squash, or as its own head."""
    by = {row.get("merge_commit_sha"), row.get("squash_commit_sha")} - {None, ""}
    return sha in by if by else row.get("sha") == sha


def _sha(given: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", given):
        raise UsageError(f"{given!r} is no commit in full. Do: give 40 hexadecimal digits, as git rev-parse does")
    return given


@dataclass(frozen=True, slots=True)
class _Notes:
    """The comments of one merge request."""

    forge: GitLab
    path: str
    web: str

    def _note(self, row: Mapping[str, Any]) -> Note:
        return Note(int(row["id"]), str(row["body"] or ""), f"{self.web}#note_{row['id']}")

    def ours(self) -> list[Note]:
        me = self.forge.me
        rows = self.forge.asker.pages(f"{self.path}/notes", sort="asc", order_by="created_at")
        return [self._note(row) for row in rows if not row.get("system") and row["author"]["id"] == me]

    def add(self, body: str, find: Callable[[], Note | None]) -> tuple[Note, bool]:
        create = lambda: self._note(self.forge.asker.post(f"{self.path}/notes", {"body": body}))  # noqa: E731 - one line
        return self.forge.asker.surely(create, find)

    def change(self, note: Note, body: str) -> None:
        self.forge.asker.ask("PUT", f"{self.path}/notes/{note.id}", body={"body": body})

    def remove(self, note: Note) -> None:
        _gone(lambda: self.forge.asker.ask("DELETE", f"{self.path}/notes/{note.id}"))


def _gone(remove: Callable[[], object]) -> None:
    """Remove, where gone already is as good."""
    try:
        remove()
    except ForgeRefused as error:
        if error.status != 404:  # noqa: PLR2004 - not found
            raise


def _line(address: str, token: str, patience: Patience, *, job: bool, ca: str) -> Callable[..., Answer]:
    """What carries one request by python-gitlab: no tries of its own, no redirects, TLS always verified."""
    try:
        import gitlab  # noqa: PLC0415 - an extra
        import requests  # noqa: PLC0415 - heavy
        from gitlab.exceptions import GitlabError  # noqa: PLC0415 - ditto
    except ImportError as error:
        raise UsageError("GitLab needs python-gitlab. Do: pip install 'matric[forge]'") from error

    session = requests.Session()
    session.max_redirects = 0  # a token goes to the address that was given, and to no other
    came: list[requests.Response] = []

    def keep_answer(response: requests.Response, **_more: Any) -> None:
        came.append(response)  # the library's errors hold no headers, and those say how long to wait

    session.hooks["response"].append(keep_answer)
    client = gitlab.Gitlab(
        address,
        private_token=None if job else token,
        job_token=token if job else None,
        ssl_verify=ca or True,
        timeout=patience.timeout_s,
        session=session,
    )
    quiet: dict[str, Any] = {"obey_rate_limit": False, "retry_transient_errors": False, "max_retries": 0}

    def send(method: str, path: str, query: Mapping[str, Any], body: Any) -> Answer:
        came.clear()
        try:
            response = client.http_request(method.lower(), path, dict(query), body, **quiet)
        except GitlabError:
            response = came[-1]
        except requests.TooManyRedirects:
            response = came[-1]
        except requests.RequestException as error:
            raise cut(error) from None
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.text)

    return send
