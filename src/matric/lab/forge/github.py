"""GitHub's REST API as far as matric and a demonstration's people use it, held to its OpenAPI description by tests."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from matric.lab.forge.answer import Asked, Denied, Reply, page
from matric.lab.forge.github_shape import Shapes
from matric.lab.forge.state import WRITERS, Issue, Merge, State

__all__ = ("GitHub",)

HELD = 250
"""Commits of a pull request that GitHub lists, and no more."""
EVENTS = {"APPROVE": "approved", "REQUEST_CHANGES": "changes_requested", "COMMENT": "commented"}
NO_INTEGRATION = "Resource not accessible by integration"


class GitHub:
    """A repository's part of GitHub."""

    name = "github"
    base = ""

    def __init__(self, state: State) -> None:
        self.state, self.git = state, state.repository
        state.shared_numbers = True

    def token(self, headers: Mapping[str, str]) -> str:
        """``Authorization: token ...`` or ``Bearer ...``."""
        return headers.get("authorization", "").partition(" ")[2]

    def denied(self, status: int, said: str) -> Reply:
        """``message``, as GitHub writes it."""
        return Reply(
            status, {"message": said, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        )

    def answer(self, asked: Asked) -> Reply:
        """The answer to a request."""
        shapes = Shapes(self.state, asked)
        match (asked.method, *asked.parts):
            case ("GET", "user"):
                if asked.person.bot:
                    raise Denied(403, NO_INTEGRATION)
                return Reply(200, shapes.myself(asked.person))
            case ("POST", "graphql"):
                viewer = {"login": asked.person.login, "databaseId": asked.person.id}
                return Reply(200, {"data": {"viewer": viewer}})
            case (_, "repos", owner, name, *rest) if f"{owner}/{name}".lower() == self.state.project.lower():
                if asked.person.role == "none":
                    raise Denied(404, "Not Found")
                return self._project(asked, shapes, tuple(rest))
            case _:
                raise Denied(404, "Not Found")

    def _project(self, asked: Asked, shapes: Shapes, rest: tuple[str, ...]) -> Reply:  # noqa: PLR0911 - one line each
        match (asked.method, *rest):
            case ("GET",):
                return Reply(200, shapes.repository())
            case ("GET", "collaborators", login, "permission"):
                return self._permission(shapes, login)
            case ("GET", "commits", sha, "pulls"):
                return self._pulls_of(asked, shapes, sha)
            case ("GET", "compare", *names):
                return self._compare(asked, shapes, "/".join(names))
            case (_, "pulls", *deeper):
                return self._pulls(asked, shapes, tuple(deeper))
            case ("POST", "actions", "workflows", name, "dispatches"):
                return self._dispatch(asked, name)
            case (_, "issues", *deeper):
                return self._issues(asked, shapes, tuple(deeper))
            case (_, "git", *deeper):
                return self._git(asked, shapes, tuple(deeper))
            case _:
                raise Denied(404, "Not Found")

    def _permission(self, shapes: Shapes, login: str) -> Reply:
        person = self.state.people.get(login)
        if person is None:
            raise Denied(404, f"{login} is not a user")
        usual = {"maintain": "write", "triage": "read"}.get(person.role, person.role)
        may = {name: person.role in names for name, names in
               (("admin", ("admin",)), ("push", WRITERS), ("pull", ("read", *WRITERS)))}  # fmt: skip
        user = {**shapes.user(person), "permissions": may, "role_name": person.role}
        return Reply(200, {"permission": usual, "role_name": person.role, "user": user})

    def _pulls_of(self, asked: Asked, shapes: Shapes, sha: str) -> Reply:
        found = self.git.resolve(sha)
        if found is None:
            raise Denied(422, f"No commit found for SHA: {sha}")
        return self._listed(asked, [shapes.pull(one) for one in self.state.of_commit(found)])

    def _compare(self, asked: Asked, shapes: Shapes, names: str) -> Reply:
        base, _, head = names.partition("...")
        one, other = self.git.resolve(base), self.git.resolve(head)
        if one is None or other is None:
            raise Denied(404, "Not Found")
        common = self.git.merge_base(one, other)
        commits = [shapes.commit(commit) for commit in reversed(self.git.between(common, other))]
        number, length = page(asked, 250)
        behind = len(self.git.between(other, one))
        status = "identical" if one == other else "diverged" if behind and commits else "behind" if behind else "ahead"
        html = f"{shapes.html}/compare/{names}"
        listed = self._listed(asked, commits, 250)
        return Reply(200, {
            "url": asked.url, "html_url": html, "permalink_url": html, "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch", "base_commit": shapes.commit(self.git.commit(one)),
            "merge_base_commit": shapes.commit(self.git.commit(common)), "status": status, "ahead_by": len(commits),
            "behind_by": behind, "total_commits": len(commits),
            "commits": commits[(number - 1) * length : number * length], "files": [],
        }, listed.headers)  # fmt: skip

    # Pull requests.

    def _pulls(self, asked: Asked, shapes: Shapes, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                return self._listed(asked, [shapes.pull(one) for one in self._wanted(asked)])
            case ("POST",):
                return self._open(asked, shapes)
            case (_, number, *deeper):
                merge = self.state.merges.get(int(number)) if number.isdecimal() else None
                if merge is None:
                    raise Denied(404, "Not Found")
                return self._one(asked, shapes, merge, tuple(deeper))
            case _:
                raise Denied(404, "Not Found")

    def _wanted(self, asked: Asked) -> list[Merge]:
        state, head, base = asked.query.get("state", "open"), asked.query.get("head", ""), asked.query.get("base", "")
        owner = self.state.project.partition("/")[0]
        found = sorted(self.state.merges.values(), key=lambda one: -one.number)
        if state != "all":
            found = [one for one in found if (one.state == "open") == (state == "open")]
        if head:
            found = [one for one in found if f"{'stranger' if one.fork else owner}:{one.source}" == head]
        return [one for one in found if one.target == base] if base else found

    def _open(self, asked: Asked, shapes: Shapes) -> Reply:
        self._writer(asked)
        source, target = asked.text("head").rpartition(":")[2], asked.text("base")
        head, onto = self.git.head(source), self.git.head(target)
        if self.state.open_with(source, target):
            raise Denied(422, "Validation Failed: A pull request already exists for "
                              f"{self.state.project.partition('/')[0]}:{source}.")  # fmt: skip
        if head is None or onto is None:
            raise Denied(422, "Validation Failed")
        if self.git.holds(head, onto):
            raise Denied(422, f"Validation Failed: No commits between {target} and {source}")
        made = self.state.open_merge(asked.person, source, target, asked.text("title"), asked.text("body"))
        return Reply(201, shapes.pull(made, whole=True))

    def _one(self, asked: Asked, shapes: Shapes, merge: Merge, rest: tuple[str, ...]) -> Reply:  # noqa: PLR0911 - ditto
        match (asked.method, *rest):
            case ("GET",):
                return Reply(200, shapes.pull(merge, whole=True))
            case ("PATCH",):
                self._changed(asked, merge)
                return Reply(200, shapes.pull(merge, whole=True))
            case ("GET", "commits"):
                commits = list(reversed(self.state.commits(merge)))[:HELD]
                return self._listed(asked, [shapes.commit(one) for one in commits])
            case ("GET", "reviews"):
                return self._listed(asked, [shapes.review(merge, one) for one in merge.reviews])
            case ("POST", "reviews"):
                return self._review(asked, shapes, merge)
            case ("PUT", "reviews", number, "dismissals"):
                self._writer(asked)
                review = next((one for one in merge.reviews if str(one.id) == number), None)
                if review is None:
                    raise Denied(404, "Not Found")
                review.state = "dismissed"
                return Reply(200, shapes.review(merge, review))
            case ("PUT", "merge"):
                return self._accept(asked, merge)
            case _:
                raise Denied(404, "Not Found")

    def _review(self, asked: Asked, shapes: Shapes, merge: Merge) -> Reply:
        event = EVENTS.get(asked.text("event"))
        if event is None:
            raise Denied(422, "Validation Failed")
        if event == "approved" and asked.person is merge.by:
            raise Denied(422, "Unprocessable Entity: Can not approve your own pull request")
        made = self.state.review(merge, asked.person, event, asked.text("body"), asked.text("commit_id"))
        return Reply(200, shapes.review(merge, made))

    def _accept(self, asked: Asked, merge: Merge) -> Reply:
        self._writer(asked)
        if merge.state != "open":
            raise Denied(405, "Pull Request is not mergeable")
        if asked.text("sha") and asked.text("sha") != merge.head:
            raise Denied(409, "Head branch was modified. Review and try the merge again.")
        said = f"Merge pull request #{merge.number} from {merge.source}\n\n{merge.title}\n"
        sha = self.state.merge(merge, asked.person, asked.text("merge_method", "merge"),
                               asked.text("commit_message") or said)  # fmt: skip
        return Reply(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})

    def _changed(self, asked: Asked, issue: Issue) -> None:
        if asked.person is not issue.by:
            self._writer(asked)
        if "title" in asked.body:
            issue.title = asked.text("title")
        if "body" in asked.body:
            issue.body = asked.text("body")
        if asked.text("state") in ("open", "closed"):
            issue.state = asked.text("state")
        issue.changed = self.state.now()

    # Workflows.

    def _dispatch(self, asked: Asked, name: str) -> Reply:
        """A run that is asked for; GitHub says nothing of it."""
        self._writer(asked)
        ref = asked.text("ref")
        if self.git.head(ref) is None:
            raise Denied(422, f"No ref found for: {ref}")
        text = self.git.text(ref, f".github/workflows/{name}")
        if text is None:
            raise Denied(404, "Not Found")
        if "workflow_dispatch" not in text:
            raise Denied(422, "Workflow does not have 'workflow_dispatch' trigger")
        self.state.pipelines.append((ref, {key: str(value) for key, value in asked.body.get("inputs", {}).items()}))
        return Reply(204)

    # Issues and comments.

    def _issues(self, asked: Asked, shapes: Shapes, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                return self._listed(asked, [shapes.issue(one) for one in self._all_issues(asked)])
            case ("POST",):
                if not asked.text("title"):
                    raise Denied(422, "Validation Failed")
                return Reply(201, shapes.issue(self.state.issue(asked.person, asked.text("title"), asked.text("body"))))
            case (_, "comments", number):
                return self._comment(asked, shapes, number)
            case (_, number, *deeper):
                both: dict[int, Issue] = {**self.state.issues, **self.state.merges}
                issue = both.get(int(number)) if number.isdecimal() else None
                if issue is None:
                    raise Denied(404, "Not Found")
                return self._issue(asked, shapes, issue, tuple(deeper))
            case _:
                raise Denied(404, "Not Found")

    def _issue(self, asked: Asked, shapes: Shapes, issue: Issue, rest: tuple[str, ...]) -> Reply:
        match (asked.method, *rest):
            case ("GET",):
                return Reply(200, shapes.issue(issue))
            case ("PATCH",):
                self._changed(asked, issue)
                return Reply(200, shapes.issue(issue))
            case ("GET", "comments"):
                return self._listed(asked, [shapes.comment(issue, one) for one in issue.comments])
            case ("POST", "comments"):
                if not asked.text("body") or len(asked.text("body")) > 65_536:  # noqa: PLR2004 - GitHub's
                    raise Denied(422, "Validation Failed: body is too long (maximum is 65536 characters)")
                made = self.state.comment(issue, asked.person, asked.text("body"))
                return Reply(201, shapes.comment(issue, made))
            case _:
                raise Denied(404, "Not Found")

    def _all_issues(self, asked: Asked) -> list[Issue]:
        both = sorted([*self.state.issues.values(), *self.state.merges.values()], key=lambda one: -one.number)
        state = asked.query.get("state", "open")
        return [one for one in both if state == "all" or (one.state == "open") == (state == "open")]

    def _comment(self, asked: Asked, shapes: Shapes, number: str) -> Reply:
        for issue in (*self.state.issues.values(), *self.state.merges.values()):
            for comment in issue.comments:
                if str(comment.id) != number:
                    continue
                if asked.method != "GET" and comment.by is not asked.person:
                    self._writer(asked)
                if asked.method == "DELETE":
                    issue.comments.remove(comment)
                    return Reply(204)
                if asked.method == "PATCH":
                    comment.body, comment.changed = asked.text("body"), self.state.now()
                return Reply(200, shapes.comment(issue, comment))
        raise Denied(404, "Not Found")

    # git.

    def _git(self, asked: Asked, shapes: Shapes, rest: tuple[str, ...]) -> Reply:  # noqa: C901, PLR0911 - ditto
        match (asked.method, *rest):
            case ("GET", "ref", "heads", *names):
                branch = "/".join(names)
                head = self.git.head(branch)
                if head is None:
                    raise Denied(404, "Not Found")
                return Reply(200, shapes.ref(branch, head))
            case ("POST", "refs"):
                branch = self._branch(asked, asked.text("ref"))
                if self.git.head(branch):
                    raise Denied(422, "Reference already exists")
                return self._point(asked, shapes, branch, 201)
            case ("PATCH", "refs", "heads", *names):
                branch = self._branch(asked, f"refs/heads/{'/'.join(names)}")
                before = self.git.head(branch)
                if before is None:
                    raise Denied(422, "Reference does not exist")
                if not asked.body.get("force") and not self.git.holds(before, asked.text("sha")):
                    raise Denied(422, "Update is not a fast forward")
                return self._point(asked, shapes, branch, 200)
            case ("GET", "commits", sha):
                return Reply(200, shapes.git_commit(self.git.commit(self._known(sha))))
            case ("POST", "commits"):
                self._writer(asked)
                parents = tuple(self._known(str(sha)) for sha in cast("Sequence[Any]", asked.body.get("parents", [])))
                made = self.git.commit_tree(asked.text("tree"), parents, asked.text("message"), asked.person.who)
                return Reply(201, shapes.git_commit(self.git.commit(made)))
            case ("GET", "trees", *names):
                return self._tree(shapes, "/".join(names), recursive=bool(asked.query.get("recursive")))
            case ("POST", "trees"):
                self._writer(asked)
                made = self.git.tree_with(asked.text("base_tree"), self._changes(asked))
                return Reply(201, self._tree(shapes, made, recursive=False).body)
            case _:
                raise Denied(404, "Not Found")

    def _branch(self, asked: Asked, ref: str) -> str:
        self._writer(asked)
        if not re.fullmatch(r"refs/heads/[^\s~^:?*\\]+", ref):
            raise Denied(422, "Reference name is not valid")
        branch = ref.removeprefix("refs/heads/")
        if branch == "main" and asked.person.role != "admin":
            raise Denied(422, "Changes must be made through a pull request.")
        return branch

    def _point(self, asked: Asked, shapes: Shapes, branch: str, status: int) -> Reply:
        sha = self._known(asked.text("sha"))
        self.git.point(f"refs/heads/{branch}", sha)
        return Reply(status, shapes.ref(branch, sha))

    def _known(self, sha: str) -> str:
        found = self.git.resolve(sha)
        if found is None:
            raise Denied(422 if sha else 404, "Object does not exist")
        return found

    def _changes(self, asked: Asked) -> dict[str, tuple[str, str] | None]:
        changes: dict[str, tuple[str, str] | None] = {}
        for row in cast("Sequence[Mapping[str, Any]]", asked.body.get("tree", [])):
            if "content" in row:
                changes[str(row["path"])] = (str(row["mode"]), self.git.blob(str(row["content"])))
            elif row.get("sha") is None:
                changes[str(row["path"])] = None
            else:
                changes[str(row["path"])] = (str(row["mode"]), str(row["sha"]))
        return changes

    def _tree(self, shapes: Shapes, sha: str, *, recursive: bool) -> Reply:
        rows = self.git.tree(sha, recursive=recursive)
        if rows is None:
            raise Denied(404, "Not Found")
        tree = [{"path": row.path, "mode": row.mode, "type": row.type, "sha": row.sha,
                 "url": f"{shapes.repo_url}/git/{row.type}s/{row.sha}", **({"size": 1} if row.type == "blob" else {})}
                for row in rows]  # fmt: skip
        return Reply(200, {"sha": self.git.git("rev-parse", f"{sha}^{{tree}}").strip(),
                           "url": f"{shapes.repo_url}/git/trees/{sha}", "tree": tree, "truncated": False})  # fmt: skip

    # Lists and people.

    def _listed(self, asked: Asked, rows: list[Any], usual: int = 30) -> Reply:
        number, length = page(asked, usual)
        pages = max(1, -(-len(rows) // length))
        links = [
            f'<{asked.url}?{urlencode({**asked.query, "page": at})}>; rel="{name}"'
            for at, name in ((number + 1, "next"), (pages, "last"))
            if number < pages
        ]
        return Reply(200, rows[(number - 1) * length : number * length], {"Link": ", ".join(links)} if links else {})

    @staticmethod
    def _writer(asked: Asked) -> None:
        if asked.person.role not in WRITERS:
            raise Denied(403, "Resource not accessible by personal access token")
