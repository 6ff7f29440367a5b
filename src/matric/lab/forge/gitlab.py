"""GitLab's REST API, version 4, as far as matric and a demonstration's people use it. Shapes: docs.gitlab.com/api."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from matric.lab.forge.answer import Asked, Denied, Reply, page
from matric.lab.forge.repository import Commit
from matric.lab.forge.state import Comment, Issue, Merge, Person, State, moment

__all__ = ("GitLab",)

LEVEL = {"none": 0, "read": 20, "write": 30, "maintain": 40, "admin": 50}
STATE = {"open": "opened", "closed": "closed", "merged": "merged"}
DEVELOPER = 30
REPORTER = 20
TAKEN = "Another open merge request already exists for this source branch: !{}"


class GitLab:
    """A project's part of a GitLab."""

    name = "gitlab"
    base = "/api/v4"

    def __init__(self, state: State) -> None:
        self.state, self.git = state, state.repository
        self.tells_approved_at = True
        """GitLab says when an approval was given since its merge request 204605, of 2025."""

    def token(self, headers: Mapping[str, str]) -> str:
        """PRIVATE-TOKEN, or a bearer's; a job's token is nobody's here."""
        return headers.get("private-token") or headers.get("authorization", "").removeprefix("Bearer ")

    def denied(self, status: int, said: str) -> Reply:
        """``message``, as GitLab writes it."""
        return Reply(status, {"message": said})

    def answer(self, asked: Asked) -> Reply:
        """The answer to a request."""
        match (asked.method, *asked.parts):
            case ("GET", "user"):
                return Reply(200, self._user(asked, asked.person))
            case (_, "projects", project, *rest) if project.lower() == self.state.project.lower():
                if LEVEL[asked.person.role] < REPORTER:
                    raise Denied(404, "404 Project Not Found")
                return self._project(asked, tuple(rest))
            case (_, "projects", *_):
                raise Denied(404, "404 Project Not Found")
            case _:
                raise Denied(404, "404 Not Found")

    def _project(self, asked: Asked, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                return Reply(200, {"id": 1, "path_with_namespace": self.state.project, "default_branch": "main",
                                   "web_url": f"{asked.root}/{self.state.project}"})  # fmt: skip
            case ("GET", "members", "all", number):
                return self._member(asked, number)
            case (_, "merge_requests", *deeper):
                return self._merges(asked, tuple(deeper))
            case ("POST", "pipeline"):
                return self._pipeline(asked)
            case (_, "issues", *deeper):
                return self._issues(asked, tuple(deeper))
            case (_, "repository", *deeper):
                return self._repository(asked, tuple(deeper))
            case _:
                raise Denied(404, "404 Not Found")

    def _member(self, asked: Asked, number: str) -> Reply:
        found = next((one for one in self.state.people.values() if str(one.id) == number), None)
        if found is None or not LEVEL[found.role]:
            raise Denied(404, "404 Not found")
        return Reply(200, {**self._user(asked, found), "access_level": LEVEL[found.role], "expires_at": None})

    def _pipeline(self, asked: Asked) -> Reply:
        """One that is asked for by itself, and not by a push."""
        self._writer(asked)
        ref = asked.text("ref")
        tip = self.git.head(ref)
        if tip is None:
            raise Denied(400, "{'base': ['Reference not found']}")
        told = {str(one["key"]): str(one["value"]) for one in asked.body.get("variables", ())}
        self.state.pipelines.append((ref, told))
        number = len(self.state.pipelines)
        return Reply(201, {"id": number, "iid": number, "project_id": 1, "ref": ref, "sha": tip, "status": "created",
                           "source": "api",
                           "web_url": f"{asked.root}/{self.state.project}/-/pipelines/{number}"})  # fmt: skip

    # Merge requests.

    def _merges(self, asked: Asked, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                return self._listed(asked, [self._merge(asked, one) for one in self._wanted(asked)])
            case ("POST",):
                self._writer(asked)
                source, target = asked.text("source_branch"), asked.text("target_branch")
                taken = self.state.open_with(source, target)
                if taken:
                    raise Denied(409, f"['{TAKEN.format(taken.number)}']")
                made = self.state.open_merge(asked.person, source, target, asked.text("title"),
                                             asked.text("description"))  # fmt: skip
                made.remove_source = bool(asked.body.get("remove_source_branch"))
                return Reply(201, self._merge(asked, made))
            case (_, number, *deeper):
                merge = self.state.merges.get(int(number)) if number.isdecimal() else None
                if merge is None:
                    raise Denied(404, "404 Not found")
                return self._one(asked, merge, tuple(deeper))
            case _:
                raise Denied(405, "405 Method Not Allowed")

    def _wanted(self, asked: Asked) -> list[Merge]:
        asks = {"source_branch": "source", "target_branch": "target"}
        found = sorted(self.state.merges.values(), key=lambda one: -one.number)
        if asked.query.get("state", "all") != "all":
            found = [one for one in found if STATE[one.state] == asked.query["state"]]
        for name, attribute in asks.items():
            if name in asked.query:
                found = [one for one in found if getattr(one, attribute) == asked.query[name]]
        return found

    def _one(self, asked: Asked, merge: Merge, rest: tuple[str, ...]) -> Reply:  # noqa: PLR0911 - one line each
        match (asked.method, *rest):
            case ("GET",):
                return Reply(200, self._merge(asked, merge))
            case ("PUT",):
                return self._changed(asked, merge)
            case ("GET", "commits"):
                return self._listed(asked, [self._commit(asked, one) for one in self.state.commits(merge)])
            case ("GET", "versions"):
                return self._listed(asked, [self._version(merge, at) for at in reversed(range(len(merge.versions)))])
            case ("GET", "approvals"):
                return Reply(200, self._approvals(asked, merge))
            case ("POST", "approve"):
                return self._approve(asked, merge)
            case ("POST", "unapprove"):
                merge.reviews = [one for one in merge.reviews if one.by is not asked.person]
                return Reply(201, {})
            case ("PUT", "merge"):
                return self._accept(asked, merge)
            case (_, "notes", *deeper):
                return self._notes(asked, merge, tuple(deeper))
            case _:
                raise Denied(404, "404 Not Found")

    def _changed(self, asked: Asked, merge: Issue) -> Reply:
        if asked.person is not merge.by:
            self._writer(asked)
        if "title" in asked.body:
            merge.title = asked.text("title")
        if "description" in asked.body:
            merge.body = asked.text("description")
        if asked.text("state_event") in ("close", "reopen"):
            merge.state = "closed" if asked.text("state_event") == "close" else "open"
        merge.changed = self.state.now()
        return Reply(200, self._merge(asked, merge) if isinstance(merge, Merge) else self._issue(asked, merge))

    def _approve(self, asked: Asked, merge: Merge) -> Reply:
        if LEVEL[asked.person.role] < REPORTER:
            raise Denied(401, "401 Unauthorized")
        if asked.text("sha") and asked.text("sha") != merge.head:
            raise Denied(409, "SHA does not match HEAD of source branch: " + merge.head)
        if any(one.by is asked.person for one in merge.reviews):
            raise Denied(401, "401 Unauthorized")
        self.state.review(merge, asked.person, "approved")
        return Reply(201, self._approvals(asked, merge))

    def _accept(self, asked: Asked, merge: Merge) -> Reply:
        self._writer(asked)
        if merge.state != "open":
            raise Denied(405, "405 Method Not Allowed")
        if asked.text("sha") and asked.text("sha") != merge.head:
            raise Denied(409, "SHA does not match HEAD of source branch: " + merge.head)
        method = "squash" if asked.body.get("squash") else asked.text("method", "merge")
        drop = bool(asked.body.get("should_remove_source_branch"))
        self.state.merge(merge, asked.person, method, asked.text("merge_commit_message"), drop=drop)
        return Reply(200, self._merge(asked, merge))

    # Notes and issues.

    def _notes(self, asked: Asked, merge: Issue, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                rows = sorted(merge.comments, key=lambda one: one.at, reverse=asked.query.get("sort", "desc") == "desc")
                return self._listed(asked, [self._note(asked, merge, one) for one in rows])
            case ("POST",):
                if not asked.text("body").strip():
                    raise Denied(400, '400 Bad request - Note {:note=>["can\'t be blank"]}')
                made = self.state.comment(merge, asked.person, asked.text("body"))
                return Reply(201, self._note(asked, merge, made))
            case (("GET" | "PUT" | "DELETE") as method, number):
                note = next((one for one in merge.comments if str(one.id) == number), None)
                if note is None:
                    raise Denied(404, "404 Note Not Found")
                if method != "GET" and note.by is not asked.person and LEVEL[asked.person.role] < LEVEL["maintain"]:
                    raise Denied(403, "403 Forbidden")
                if method == "DELETE":
                    merge.comments.remove(note)
                    return Reply(204)
                if method == "PUT":
                    note.body, note.changed = asked.text("body"), self.state.now()
                return Reply(200, self._note(asked, merge, note))
            case _:
                raise Denied(404, "404 Not Found")

    def _issues(self, asked: Asked, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                rows = sorted(self.state.issues.values(), key=lambda one: -one.number)
                if asked.query.get("state", "all") != "all":
                    rows = [one for one in rows if STATE[one.state] == asked.query["state"]]
                return self._listed(asked, [self._issue(asked, one) for one in rows])
            case ("POST",):
                if not asked.text("title"):
                    raise Denied(400, "400 Bad request - title is missing")
                made = self.state.issue(asked.person, asked.text("title"), asked.text("description"))
                return Reply(201, self._issue(asked, made))
            case (("GET" | "PUT") as method, number):
                found = self.state.issues.get(int(number)) if number.isdecimal() else None
                if found is None:
                    raise Denied(404, "404 Not found")
                return self._changed(asked, found) if method == "PUT" else Reply(200, self._issue(asked, found))
            case _:
                raise Denied(404, "404 Not Found")

    # The repository.

    def _repository(self, asked: Asked, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET", "branches", branch):
                head = self.git.head(branch)
                if head is None:
                    raise Denied(404, "404 Branch Not Found")
                return Reply(200, {"name": branch, "protected": branch == "main", "default": branch == "main",
                                   "merged": False, "commit": self._commit(asked, self.git.commit(head))})  # fmt: skip
            case ("GET", "tree"):
                return self._tree(asked)
            case ("POST", "commits"):
                return self._new_commit(asked)
            case ("GET", "commits", sha, *deeper):
                found = self.git.resolve(sha)
                if found is None:
                    raise Denied(404, "404 Commit Not Found")
                if not deeper:
                    return Reply(200, self._commit(asked, self.git.commit(found)))
                return self._listed(asked, [self._merge(asked, one) for one in self.state.of_commit(found)])
            case _:
                raise Denied(404, "404 Not Found")

    def _tree(self, asked: Asked) -> Reply:
        ref, folder = self.git.resolve(asked.query.get("ref", "main")), asked.query.get("path", "").strip("/")
        if ref is None:
            raise Denied(404, "404 Tree Not Found")
        rows = self.git.tree(f"{ref}:{folder}", recursive=asked.query.get("recursive") == "true")
        if rows is None:
            raise Denied(404, "404 invalid revision or path Not Found")
        prefix = f"{folder}/" if folder else ""
        return self._listed(asked, [
            {"id": row.sha, "name": row.path.rpartition("/")[2], "type": row.type, "path": f"{prefix}{row.path}",
             "mode": row.mode} for row in rows])  # fmt: skip

    def _new_commit(self, asked: Asked) -> Reply:
        self._writer(asked)
        branch, start = asked.text("branch"), asked.text("start_sha") or asked.text("start_branch")
        before = self.git.head(branch)
        if before is not None and start and not asked.body.get("force"):
            raise Denied(
                400, f"A branch called '{branch}' already exists. Switch to that branch in order to make changes"
            )
        base = self.git.resolve(start or branch)
        if base is None:
            raise Denied(400, "You can only create or edit files when you are on a branch")
        if branch == "main" and LEVEL[asked.person.role] < LEVEL["maintain"]:
            raise Denied(403, "403 Forbidden - You are not allowed to push into this branch")
        tree = self.git.tree_with(base, self._changes(base, cast("Sequence[Mapping[str, Any]]", asked.body["actions"])))
        made = self.git.commit_tree(tree, (base,), asked.text("commit_message"), asked.person.who)
        self.git.point(f"refs/heads/{branch}", made)
        return Reply(201, self._commit(asked, self.git.commit(made)))

    def _changes(self, base: str, actions: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str] | None]:
        modes = {row.path: row.mode for row in self.git.tree(base, recursive=True) or ()}
        changes: dict[str, tuple[str, str] | None] = {}
        for action in actions:
            path = str(action["file_path"])
            if action["action"] == "create" and path in modes:
                raise Denied(400, "A file with this name already exists")
            if action["action"] in ("update", "delete") and path not in modes:
                raise Denied(400, "A file with this name doesn't exist")
            gone = action["action"] == "delete"
            changes[path] = None if gone else (modes.get(path, "100644"), self.git.blob(str(action["content"])))
        return changes

    # Shapes.

    def _listed(self, asked: Asked, rows: list[Any]) -> Reply:
        number, length = page(asked, 20)
        pages = max(1, -(-len(rows) // length))
        follow = str(number + 1) if number < pages else ""
        link = f"{asked.url}?{urlencode({**asked.query, 'page': number + 1, 'per_page': length})}"
        return Reply(
            200,
            rows[(number - 1) * length : number * length],
            {
                "X-Page": str(number),
                "X-Per-Page": str(length),
                "X-Next-Page": follow,
                "X-Prev-Page": str(number - 1) if number > 1 else "",
                "X-Total": str(len(rows)),
                "X-Total-Pages": str(pages),
                **({"Link": f'<{link}>; rel="next"'} if follow else {}),
            },
        )

    def _writer(self, asked: Asked) -> None:
        if LEVEL[asked.person.role] < DEVELOPER:
            raise Denied(403, "403 Forbidden")

    def _user(self, asked: Asked, person: Person) -> dict[str, Any]:
        return {"id": person.id, "username": person.login, "name": person.who[0], "state": "active", "locked": False,
                "avatar_url": None, "web_url": f"{asked.root}/{person.login}"}  # fmt: skip

    def _web(self, asked: Asked) -> str:
        return f"{asked.root}/{self.state.project}/-"

    def _merge(self, asked: Asked, merge: Merge) -> dict[str, Any]:
        version = merge.versions[-1]
        return {
            "id": merge.id,
            "iid": merge.number,
            "project_id": 1,
            "title": merge.title,
            "description": merge.body,
            "state": STATE[merge.state],
            "created_at": moment(merge.at),
            "updated_at": moment(merge.changed),
            "merged_by": self._user(asked, merge.merged_by) if merge.merged_by else None,
            "merged_at": moment(merge.merged_at) if merge.merged_at else None,
            "target_branch": merge.target,
            "source_branch": merge.source,
            "author": self._user(asked, merge.by),
            "source_project_id": 2 if merge.fork else 1,
            "target_project_id": 1,
            "draft": merge.title.startswith("Draft:"),
            "sha": version.head,
            "merge_commit_sha": merge.merge_commit if merge.method == "merge" else None,
            "squash_commit_sha": merge.squash_commit or None,
            "squash": merge.method == "squash",
            "has_conflicts": False,
            "web_url": f"{self._web(asked)}/merge_requests/{merge.number}",
            "diff_refs": {"base_sha": version.base, "head_sha": version.head, "start_sha": version.base},
        }

    @staticmethod
    def _version(merge: Merge, at: int) -> dict[str, Any]:
        version = merge.versions[at]
        return {
            "id": version.id,
            "head_commit_sha": version.head,
            "base_commit_sha": version.base,
            "start_commit_sha": version.base,
            "created_at": moment(version.at),
            "merge_request_id": merge.id,
            "state": "collected",
            "real_size": "1",
        }

    def _approvals(self, asked: Asked, merge: Merge) -> dict[str, Any]:
        given: list[dict[str, Any]] = []
        for one in merge.reviews:
            when = {"approved_at": moment(one.at)} if self.tells_approved_at else {}
            given.append({"user": self._user(asked, one.by), **when})
        return {
            "id": merge.id,
            "iid": merge.number,
            "project_id": 1,
            "title": merge.title,
            "state": STATE[merge.state],
            "approved": bool(given),
            "approved_by": given,
            "user_has_approved": any(one.by is asked.person for one in merge.reviews),
            "user_can_approve": LEVEL[asked.person.role] >= DEVELOPER,
        }

    def _commit(self, asked: Asked, commit: Commit) -> dict[str, Any]:
        return {
            "id": commit.sha,
            "short_id": commit.sha[:8],
            "title": commit.message.partition("\n")[0],
            "message": commit.message,
            "parent_ids": list(commit.parents),
            "created_at": commit.committer[2],
            "author_name": commit.author[0],
            "author_email": commit.author[1],
            "authored_date": commit.author[2],
            "committer_name": commit.committer[0],
            "committer_email": commit.committer[1],
            "committed_date": commit.committer[2],
            "trailers": dict(re.findall(r"^([A-Za-z-]+): (.*)$", commit.message, re.MULTILINE)),
            "web_url": f"{self._web(asked)}/commit/{commit.sha}",
        }

    def _note(self, asked: Asked, merge: Issue, note: Comment) -> dict[str, Any]:
        return {
            "id": note.id,
            "body": note.body,
            "author": self._user(asked, note.by),
            "created_at": moment(note.at),
            "updated_at": moment(note.changed),
            "system": note.system,
            "noteable_id": merge.id,
            "noteable_iid": merge.number,
            "noteable_type": "MergeRequest",
            "project_id": 1,
            "resolvable": False,
            "confidential": False,
            "internal": False,
        }

    def _issue(self, asked: Asked, issue: Issue) -> dict[str, Any]:
        return {
            "id": issue.id,
            "iid": issue.number,
            "project_id": 1,
            "title": issue.title,
            "description": issue.body,
            "state": STATE[issue.state],
            "created_at": moment(issue.at),
            "updated_at": moment(issue.changed),
            "author": self._user(asked, issue.by),
            "labels": [],
            "web_url": f"{self._web(asked)}/issues/{issue.number}",
        }
