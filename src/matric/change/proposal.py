"""A reviewed plan that waits to be deployed: what a change of the trust's repository would do to one school.

A proposal lives on the journal's shelf ``proposal``, one per change and school. A newer plan of the same change and
school takes its place; the old one is kept under its own digest, superseded: what was once reviewed stays known.
"""

from collections.abc import Collection
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from matric import canonical
from matric.errors import JournalError
from matric.intent.base import Model
from matric.plan import Instant, Plan

__all__ = ("KIND", "OPEN", "Proposal", "State", "of", "put", "withdrawn")

KIND = "proposal"
"""The shelf's kind."""

State = Literal["open", "merged", "superseded", "withdrawn", "carried-out"]

OPEN: tuple[State, ...] = ("open",)
"""Not merged yet, and not taken back."""


class Proposal(Model):
    """One school's plan, as one state of a change would have it."""

    format_version: Literal[1] = 1
    change: str
    """``gitlab:group/project!12``, ``github:owner/repo#12`` or, without a forge, ``git:BRANCH``."""
    base: str
    """Commit the change branched off at."""
    head: str
    """The change's own last commit when it was planned."""
    school: str
    plan: Plan
    authors: tuple[str, ...]
    """Everyone who authored or committed a commit of the change, and who opened it: none of them approves."""
    state: State
    merged: str = ""
    """The merge commit, or empty."""
    at: Instant

    @property
    def key(self) -> str:
        """Its name on the shelf."""
        return f"{self.change} {self.school}"

    @property
    def kept_as(self) -> str:
        """Its name on the shelf once a newer plan has taken its place."""
        return f"{self.key} {self.plan.digest}"


class _Shelf(Protocol):
    """What a shelf of the journal can do, of which only this is needed here."""

    def put(self, key: str, body: dict[str, Any]) -> None: ...

    def get(self, key: str) -> dict[str, Any] | None: ...

    def items(self) -> tuple[tuple[str, dict[str, Any]], ...]: ...


def put(shelf: _Shelf, proposal: Proposal) -> None:
    """Write *proposal*; an open one of the same change and school with another plan is kept as superseded.

    The kept record is written first: whatever happens between the two writes, no reviewed plan is forgotten. One that
    was kept already is written where it is kept, so that news of it never takes the place of a newer plan.
    """
    there = shelf.get(proposal.key)
    before = _read(proposal.key, there) if there is not None else None
    if before is None or before.plan.digest == proposal.plan.digest:
        shelf.put(proposal.key, _body(proposal))
    elif shelf.get(proposal.kept_as) is not None:
        shelf.put(proposal.kept_as, _body(proposal))
    else:
        state: State = "superseded" if before.state == "open" else before.state
        shelf.put(before.kept_as, _body(before.model_copy(update={"state": state})))
        shelf.put(proposal.key, _body(proposal))


def withdrawn(shelf: _Shelf, proposal: Proposal) -> Proposal:
    """*proposal* taken back: nobody deploys it any more."""
    back = proposal.model_copy(update={"state": "withdrawn"})
    put(shelf, back)
    return back


def of(
    shelf: _Shelf,
    change: str | None = None,
    school: str | None = None,
    states: Collection[State] = OPEN,
) -> tuple[Proposal, ...]:
    """The proposals in one of *states*, of one change and one school where they are named, by key."""
    found = (_read(key, body) for key, body in shelf.items())
    return tuple(
        one for one in found if one.state in states and change in {None, one.change} and school in {None, one.school}
    )


def _body(proposal: Proposal) -> dict[str, Any]:
    return proposal.model_dump(mode="json")


def _read(key: str, body: dict[str, Any]) -> Proposal:
    """The record called *key*; one that cannot be read is an error, never an absence."""
    try:
        # JSON mode: lists become the tuples they were.
        return Proposal.model_validate_json(canonical.json_bytes(body))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise JournalError(
            f"proposal '{key}' cannot be read: {where}: {first['msg']}. Do: propose the change again"
        ) from error
