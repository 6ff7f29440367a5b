"""How GitHub writes things: the shapes of its published OpenAPI description."""

import base64
from typing import Any

from matric.lab.forge.answer import Asked
from matric.lab.forge.repository import Commit
from matric.lab.forge.state import Comment, Issue, Merge, Person, Review, State

__all__ = ("Shapes",)

PLACES = (
    "archive assignees blobs branches collaborators comments commits compare contents contributors deployments "
    "downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels "
    "languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams "
    "trees"
)
PERSONAL = "events followers following gists organizations received_events repos starred subscriptions"
COUNTS = "forks forks_count network_count open_issues open_issues_count size stargazers_count subscribers_count"
HAS = "has_discussions has_downloads has_issues has_pages has_projects has_wiki archived disabled fork private"
REVIEW = {"approved": "APPROVED", "changes_requested": "CHANGES_REQUESTED", "commented": "COMMENTED",
          "dismissed": "DISMISSED"}  # fmt: skip


def _second(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _node(kind: str, number: object) -> str:
    return base64.b64encode(f"{kind}{number}".encode()).decode()


class Shapes:
    """One project's objects, as GitHub answers them to one request."""

    def __init__(self, state: State, asked: Asked) -> None:
        self.state, self.asked = state, asked
        self.root = asked.root
        self.owner, self.name = state.project.split("/", 1)
        self.repo_url = f"{self.root}/repos/{state.project}"
        self.html = f"{self.root}/{state.project}"

    def user(self, person: Person) -> dict[str, Any]:
        """Somebody."""
        url = f"{self.root}/users/{person.login}"
        return {
            "login": person.login,
            "id": person.id,
            "node_id": _node("U", person.id),
            "avatar_url": f"{self.root}/avatars/{person.id}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.root}/{person.login}",
            **{f"{name}_url": f"{url}/{name}" for name in PERSONAL.split()},
            "type": "Bot" if person.bot else "User",
            "site_admin": False,
        }

    def myself(self, person: Person) -> dict[str, Any]:
        """Somebody, to themselves."""
        at = "2020-01-01T00:00:00Z"
        return {
            **self.user(person),
            "name": person.who[0],
            **dict.fromkeys(("company", "location", "email", "hireable", "bio")),
            "blog": "",
            **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
            **dict.fromkeys(("private_gists", "total_private_repos", "owned_private_repos", "disk_usage"), 0),
            "collaborators": 0,
            "two_factor_authentication": True,
            "created_at": at,
            "updated_at": at,
        }

    def repository(self, *, fork: bool = False) -> dict[str, Any]:
        """The project; a stranger's copy of it with *fork*."""
        owner = Person(2 if fork else 1, "stranger" if fork else self.owner, "")
        full = f"{owner.login}/{self.name}"
        url, html = f"{self.root}/repos/{full}", f"{self.root}/{full}"
        return {
            "id": 2 if fork else 1,
            "node_id": _node("R", full),
            "name": self.name,
            "full_name": full,
            "owner": self.user(owner),
            "html_url": html,
            "url": url,
            **{f"{name}_url": f"{url}/{name}" for name in PLACES.split()},
            **{f"{name}_url": f"{html}.git" for name in ("clone", "git", "ssh", "svn")},
            **dict.fromkeys(COUNTS.split(), 0),
            **dict.fromkeys(("watchers", "watchers_count"), 0),
            **dict.fromkeys(HAS.split(), False),
            "fork": fork,
            **dict.fromkeys(("description", "homepage", "language", "license", "mirror_url")),
            "default_branch": "main",
            **dict.fromkeys(("created_at", "updated_at", "pushed_at"), "2020-01-01T00:00:00Z"),
        }

    def pull(self, merge: Merge, *, whole: bool = False) -> dict[str, Any]:
        """A pull request; as one alone with *whole*, else as in a list."""
        url, html = f"{self.repo_url}/pulls/{merge.number}", f"{self.html}/pull/{merge.number}"
        issue = f"{self.repo_url}/issues/{merge.number}"
        source = "stranger" if merge.fork else self.owner
        links = {"self": url, "html": html, "issue": issue, "comments": f"{issue}/comments",
                 "review_comments": f"{url}/comments", "review_comment": f"{self.repo_url}/pulls/comments{{/number}}",
                 "commits": f"{url}/commits", "statuses": f"{self.repo_url}/statuses/{merge.head}"}  # fmt: skip
        addresses = {f"{name}_url": links[name] for name in links if name not in ("self", "html")}
        shape: dict[str, Any] = {
            "id": merge.id,
            "node_id": _node("PR", merge.id),
            "number": merge.number,
            "url": url,
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            **addresses,
            "state": "open" if merge.state == "open" else "closed",
            "locked": False,
            "draft": False,
            "title": merge.title,
            "user": self.user(merge.by),
            "body": merge.body or None,
            "created_at": _second(merge.at),
            "updated_at": _second(merge.changed),
            "closed_at": _second(merge.merged_at) if merge.merged_at else None,
            "merged_at": _second(merge.merged_at) if merge.merged_at else None,
            "merge_commit_sha": merge.merge_commit or None,
            **dict.fromkeys(("assignee", "milestone", "auto_merge", "active_lock_reason")),
            **{name: [] for name in ("assignees", "requested_reviewers", "requested_teams", "labels")},
            "head": self._end(source, merge.source, merge.head, fork=merge.fork),
            "base": self._end(self.owner, merge.target, merge.versions[-1].base),
            "author_association": "CONTRIBUTOR" if merge.fork else "MEMBER",
            "_links": {name: {"href": link} for name, link in links.items()},
        }
        if whole:
            shape |= {
                "merged": merge.state == "merged",
                "mergeable": None if merge.state == "merged" else True,
                "mergeable_state": "unknown" if merge.state == "merged" else "clean",
                "merged_by": self.user(merge.merged_by) if merge.merged_by else None,
                "comments": len(merge.comments),
                "review_comments": 0,
                "maintainer_can_modify": False,
                "commits": len(self.state.commits(merge)),
                **dict.fromkeys(("additions", "deletions", "changed_files"), 1),
            }
        return shape

    def _end(self, owner: str, branch: str, sha: str, *, fork: bool = False) -> dict[str, Any]:
        repository = self.repository(fork=fork)
        return {"label": f"{owner}:{branch}", "ref": branch, "sha": sha, "user": repository["owner"],
                "repo": repository}  # fmt: skip

    def commit(self, commit: Commit) -> dict[str, Any]:
        """A commit, as lists and comparisons hold it; its people are linked where an address is known."""
        url = f"{self.repo_url}/commits/{commit.sha}"
        known = {one.who[1]: self.user(one) for one in self.state.people.values()}
        return {
            "sha": commit.sha,
            "node_id": _node("C", commit.sha),
            "url": url,
            "html_url": f"{self.html}/commit/{commit.sha}",
            "comments_url": f"{url}/comments",
            "commit": {
                "url": f"{self.repo_url}/git/commits/{commit.sha}",
                "author": self._signed(commit.author),
                "committer": self._signed(commit.committer),
                "message": commit.message,
                "tree": {"sha": commit.tree, "url": f"{self.repo_url}/git/trees/{commit.tree}"},
                "comment_count": 0,
            },
            "author": known.get(commit.author[1]),
            "committer": known.get(commit.committer[1]),
            "parents": [{"sha": sha, "url": f"{self.repo_url}/commits/{sha}"} for sha in commit.parents],
        }

    @staticmethod
    def _signed(who: tuple[str, str, str]) -> dict[str, str]:
        return {"name": who[0], "email": who[1], "date": who[2]}

    def git_commit(self, commit: Commit) -> dict[str, Any]:
        """A commit, as git holds it."""
        return {
            "sha": commit.sha,
            "node_id": _node("C", commit.sha),
            "url": f"{self.repo_url}/git/commits/{commit.sha}",
            "html_url": f"{self.html}/commit/{commit.sha}",
            "author": self._signed(commit.author),
            "committer": self._signed(commit.committer),
            "tree": {"sha": commit.tree, "url": f"{self.repo_url}/git/trees/{commit.tree}"},
            "message": commit.message,
            "parents": [
                {"sha": sha, "url": f"{self.repo_url}/git/commits/{sha}", "html_url": f"{self.html}/commit/{sha}"}
                for sha in commit.parents
            ],
            "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None,
                             "verified_at": None},
        }  # fmt: skip

    def ref(self, branch: str, sha: str) -> dict[str, Any]:
        """A branch, as git holds it."""
        return {"ref": f"refs/heads/{branch}", "node_id": _node("REF", branch),
                "url": f"{self.repo_url}/git/refs/heads/{branch}",
                "object": {"type": "commit", "sha": sha, "url": f"{self.repo_url}/git/commits/{sha}"}}  # fmt: skip

    def review(self, merge: Merge, review: Review) -> dict[str, Any]:
        """A review."""
        html = f"{self.html}/pull/{merge.number}#pullrequestreview-{review.id}"
        pull = f"{self.repo_url}/pulls/{merge.number}"
        return {
            "id": review.id,
            "node_id": _node("PRR", review.id),
            "user": self.user(review.by),
            "body": review.body,
            "state": REVIEW[review.state],
            "html_url": html,
            "pull_request_url": pull,
            "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
            "submitted_at": _second(review.at),
            "commit_id": review.head,
            "author_association": "MEMBER" if review.by.role != "read" else "NONE",
        }

    def comment(self, issue: Issue, comment: Comment) -> dict[str, Any]:
        """A comment."""
        page = "pull" if isinstance(issue, Merge) else "issues"
        return {
            "id": comment.id,
            "node_id": _node("IC", comment.id),
            "url": f"{self.repo_url}/issues/comments/{comment.id}",
            "html_url": f"{self.html}/{page}/{issue.number}#issuecomment-{comment.id}",
            "issue_url": f"{self.repo_url}/issues/{issue.number}",
            "body": comment.body,
            "user": self.user(comment.by),
            "created_at": _second(comment.at),
            "updated_at": _second(comment.changed),
            "author_association": "MEMBER",
        }

    def issue(self, issue: Issue) -> dict[str, Any]:
        """An issue; a pull request is one too."""
        url = f"{self.repo_url}/issues/{issue.number}"
        pull = isinstance(issue, Merge)
        html = f"{self.html}/{'pull' if pull else 'issues'}/{issue.number}"
        address = f"{self.repo_url}/pulls/{issue.number}"
        linked = {"url": address, "html_url": html, "diff_url": f"{html}.diff", "patch_url": f"{html}.patch"}
        return {
            "id": issue.id,
            "node_id": _node("I", issue.id),
            "number": issue.number,
            "url": url,
            "html_url": html,
            "repository_url": self.repo_url,
            **{f"{name}_url": f"{url}/{name}" for name in ("comments", "events", "labels")},
            "state": "open" if issue.state == "open" else "closed",
            "state_reason": None,
            "locked": False,
            "title": issue.title,
            "body": issue.body or None,
            "user": self.user(issue.by),
            "labels": [],
            "assignees": [],
            **dict.fromkeys(("assignee", "milestone", "closed_at")),
            "comments": len(issue.comments),
            "created_at": _second(issue.at),
            "updated_at": _second(issue.changed),
            "author_association": "MEMBER",
            **({"pull_request": linked} if pull else {}),
        }
