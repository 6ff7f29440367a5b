"""What both forges remember: people, merge requests with their versions and approvals, comments, issues."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from matric.lab.forge.repository import Commit, Repository, UnmergeableError

__all__ = ("Comment", "Issue", "Merge", "Person", "Review", "State", "Version", "moment")

WRITERS = ("write", "maintain", "admin")


def moment(at: datetime) -> str:
    """A time as both forges write it: UTC, milliseconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


@dataclass
class Person:
    """Somebody with an account."""

    id: int
    login: str
    token: str
    role: str = "write"
    """none, read, write, maintain or admin."""
    bot: bool = False

    @property
    def who(self) -> tuple[str, str]:
        """Name and e-mail, as commits carry them."""
        return self.login.replace(".", " ").title(), f"{self.login}@trust.example"


@dataclass
class Version:
    """One head of a merge request."""

    id: int
    head: str
    base: str
    at: datetime


@dataclass
class Review:
    """A word on a merge request: approved, changes_requested, commented, dismissed."""

    id: int
    by: Person
    state: str
    head: str
    at: datetime
    body: str = ""


@dataclass
class Comment:
    """A comment on a merge request or an issue."""

    id: int
    by: Person
    body: str
    at: datetime
    changed: datetime
    system: bool = False


@dataclass
class Issue:
    """An issue."""

    id: int
    number: int
    by: Person
    title: str
    body: str
    at: datetime
    changed: datetime
    state: str = "open"
    comments: list[Comment] = field(default_factory=list[Comment])


@dataclass
class Merge(Issue):
    """A merge request or pull request."""

    source: str = ""
    target: str = "main"
    fork: bool = False
    versions: list[Version] = field(default_factory=list[Version])
    reviews: list[Review] = field(default_factory=list[Review])
    merge_commit: str = ""
    squash_commit: str = ""
    method: str = ""
    merged_by: Person | None = None
    merged_at: datetime | None = None
    remove_source: bool = False

    @property
    def head(self) -> str:
        """The commit it proposes."""
        return self.versions[-1].head


class State:
    """All of it, beside the bare repository. Times never repeat, so their order tells the order of events."""

    def __init__(self, repository: Repository, project: str) -> None:
        self.repository, self.project = repository, project
        self.people: dict[str, Person] = {}
        self.merges: dict[int, Merge] = {}
        self.issues: dict[int, Issue] = {}
        self.pipelines: list[tuple[str, dict[str, str]]] = []
        """Those that were asked for: on which branch or tag, told what."""
        self.shared_numbers = False
        self._ids = itertools.count(101)
        self._last = datetime(2020, 1, 1, tzinfo=UTC)

    # Time, numbers, people.

    def now(self) -> datetime:
        """Later than every time given before, in whole milliseconds."""
        read = datetime.now(UTC)
        read = read.replace(microsecond=read.microsecond // 1000 * 1000)
        self._last = max(read, self._last + timedelta(milliseconds=1))
        return self._last

    def next_id(self) -> int:
        """A number nothing else has."""
        return next(self._ids)

    def number(self, kind: str) -> int:
        """The next number of a ``merge`` or an ``issue``; GitHub counts both together."""
        used = (
            [*self.merges, *self.issues]
            if self.shared_numbers
            else [*(self.merges if kind == "merge" else self.issues)]
        )
        return max(used, default=0) + 1

    def admit(self, login: str, token: str, role: str = "write", *, bot: bool = False) -> Person:
        """Give somebody an account, or another role or token."""
        known = self.people.get(login)
        if known:
            known.token, known.role = token or known.token, role
            return known
        person = Person(self.next_id(), login, token, role, bot)
        self.people[login] = person
        return person

    def by_token(self, token: str) -> Person | None:
        """Who holds *token*."""
        return next((one for one in self.people.values() if token and one.token == token), None)

    # Merge requests.

    def refresh(self) -> None:
        """See what was pushed since: a moved source branch is a new version of its merge request."""
        for merge in self.merges.values():
            if merge.state != "open":
                continue
            head = self.repository.head(merge.source)
            if head and head != merge.head:
                self._version(merge, head)

    def _version(self, merge: Merge, head: str) -> None:
        target = self.repository.head(merge.target) or head
        base = self.repository.merge_base(target, head)
        merge.versions.append(Version(self.next_id(), head, base, self.now()))
        merge.changed = self.now()
        self.repository.point(self.ref(merge.number), head)

    def ref(self, number: int) -> str:
        """Where the forge keeps a merge request's head."""
        return f"refs/pull/{number}/head" if self.shared_numbers else f"refs/merge-requests/{number}/head"

    def open_merge(self, by: Person, source: str, target: str, title: str, body: str) -> Merge:
        """A new merge request; UnmergeableError where a branch is missing or there is nothing to merge."""
        head, onto = self.repository.head(source), self.repository.head(target)
        if head is None or onto is None:
            raise UnmergeableError("source or target branch does not exist")
        at = self.now()
        merge = Merge(self.next_id(), self.number("merge"), by, title, body, at, at, source=source, target=target)
        self._version(merge, head)
        self.merges[merge.number] = merge
        return merge

    def open_with(self, source: str, target: str) -> Merge | None:
        """The open merge request from *source* to *target*."""
        found = (one for one in self.merges.values() if one.state == "open" and not one.fork)
        return next((one for one in found if (one.source, one.target) == (source, target)), None)

    def merge(self, merge: Merge, by: Person, method: str = "merge", message: str = "", *, drop: bool = False) -> str:
        """Merge it; the commit the target branch points at then."""
        onto = self.repository.head(merge.target)
        if onto is None:
            raise UnmergeableError("the target branch is gone")
        head = merge.head
        said = message or f"Merge branch '{merge.source}' into '{merge.target}'\n\n{merge.title}\n"
        if method == "ff":
            if not self.repository.holds(onto, head):
                raise UnmergeableError("the branch has to be rebased first")
            tip = head
        else:
            tip = self.repository.merged(onto, head, method, said, by.who)
        self.repository.point(f"refs/heads/{merge.target}", tip)
        merge.state, merge.method, merge.merged_by, merge.merged_at = "merged", method, by, self.now()
        merge.merge_commit = "" if method == "ff" else tip
        merge.squash_commit = tip if method == "squash" else ""
        if drop or merge.remove_source:
            self.repository.drop(f"refs/heads/{merge.source}")
        return tip

    def commits(self, merge: Merge) -> tuple[Commit, ...]:
        """Its commits, newest first."""
        version = merge.versions[-1]
        return self.repository.between(version.base, version.head)

    def of_commit(self, sha: str) -> Iterator[Merge]:
        """The merge requests a commit belongs to: by which it came to the target, or which hold it."""
        for merge in self.merges.values():
            held = {one.sha for one in self.repository.between(merge.versions[-1].base, merge.head)}
            if sha in {merge.merge_commit, merge.squash_commit} | held:
                yield merge

    def comment(self, merge: Issue, by: Person, body: str) -> Comment:
        """A new comment."""
        at = self.now()
        made = Comment(self.next_id(), by, body, at, at)
        merge.comments.append(made)
        return made

    def review(self, merge: Merge, by: Person, state: str, body: str = "", head: str = "") -> Review:
        """Somebody's word on the head it has now (or on *head*)."""
        made = Review(self.next_id(), by, state, head or merge.head, self.now(), body)
        merge.reviews.append(made)
        return made

    def issue(self, by: Person, title: str, body: str) -> Issue:
        """A new issue."""
        at = self.now()
        made = Issue(self.next_id(), self.number("issue"), by, title, body, at, at)
        self.issues[made.number] = made
        return made
