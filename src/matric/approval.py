"""Four eyes: an approval is a record bound to one plan's digest, by somebody other than who made the plan.

Records lie in the state folder, apart from the plan; a plan that changes in one bit is another plan, without approval.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from matric import canonical
from matric.errors import GateBlocked, StalePlan
from matric.intent.base import Model
from matric.journal.file import private, write_durably
from matric.plan import Digest, Instant, Plan, instant, timestamp

__all__ = ("Approval", "approvals", "approve", "missing", "told")


class Approval(Model):
    """One person's word on one plan."""

    format_version: Literal[1] = 1
    plan_digest: Digest
    school: str
    author: str
    """Who made the plan."""
    approver: Annotated[str, Field(min_length=1)]
    at: Instant
    note: str = ""


def approve(state: Path, plan: Plan, approver: str, now: datetime, note: str = "") -> Approval:
    """Record that *approver* approves *plan*; GateBlocked where that person may not."""
    if plan.empty or not plan.applicable:
        raise GateBlocked(f"plan {plan.digest} cannot be carried out, so there is nothing to approve")
    if now > instant(plan.expires_at):
        raise StalePlan(f"plan {plan.digest} expired {plan.expires_at}. Do: plan again")
    if not approver.strip() or not approver.isprintable():
        raise GateBlocked("an approver has a name. Do: give it with --by")
    if _same(approver, plan.author):
        raise GateBlocked(f"{approver} made the plan and cannot approve it. Do: ask somebody else to")
    given = Approval(
        plan_digest=plan.digest,
        school=plan.school,
        author=plan.author,
        approver=approver.strip(),
        at=timestamp(now),
        note=note,
    )
    path = _folder(state, plan.digest) / f"{canonical.digest_of_text(_bare(approver))[7:23]}.json"
    private(path.parent)
    write_durably(path, canonical.pretty_text(given.model_dump(mode="json")))
    return given


def approvals(state: Path, plan: Plan, now: datetime) -> tuple[Approval, ...]:
    """The approvals of *plan* that count at *now*: bound to its digest, by others than its author."""
    found: dict[str, Approval] = {}
    for path in sorted(_folder(state, plan.digest).glob("*.json")):
        try:
            given = Approval.model_validate_json(path.read_bytes())
        except (ValidationError, OSError):
            # A record that cannot be read is no approval.
            continue
        bound = given.plan_digest == plan.digest and given.school == plan.school
        in_time = instant(plan.made_at) <= instant(given.at) <= now
        if bound and in_time and not _same(given.approver, plan.author):
            found[_bare(given.approver)] = given
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.approver)))


def missing(state: Path, plan: Plan, now: datetime, *, needed: int = 1) -> tuple[str, ...]:
    """What speaks against the plan's approval at *now*, in sentences; empty where it is approved."""
    given = approvals(state, plan, now)
    if len(given) >= max(1, needed):
        return ()
    count = f"{len(given)} of {needed} approvals" if needed > 1 else "no approval"
    return (f"plan {plan.digest} has {count} by somebody other than {plan.author}. Do: 'matric approve'",)


def told(state: Path, plan: Plan) -> tuple[str, ...]:
    """The approvals of *plan*, in words, for a report."""
    every = approvals(state, plan, instant("9999-12-31T23:59:59Z"))
    return tuple(f"{one.approver}, {one.at}{f': {one.note}' if one.note else ''}" for one in every)


def _folder(state: Path, plan_digest: str) -> Path:
    return state / "approvals" / plan_digest.rpartition(":")[2]


def _bare(name: str) -> str:
    """*name* as people would call it the same: case, white space and mail domain do not make another person."""
    return "".join(name.casefold().partition("@")[0].split())


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)
