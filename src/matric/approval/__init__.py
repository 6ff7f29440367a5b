"""Four eyes: an approval is a record bound to one plan, by somebody other than everyone whose change it is.

Three kinds: ``named`` (somebody typed a name: a record, no proof), ``ssh`` (a signature over the plan's digest, held
against the signers that the protected branch lists, each time anew) and ``forge`` (the forge's own approval of one head
commit of a change, as its API told it). Records lie on the journal's shelf ``approval``.

An approval of one plan is one of another exactly where both have the same commands, byte for byte: then the approved
plan itself is looked up and compared, since a record could claim anything. A plan that differs in one line has none.
Once its commands were carried out an approval is used up, however the run ended.
Whatever cannot be read, verified or looked up is no approval, and is named.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import Field, ValidationError

from matric import canonical
from matric.approval import person
from matric.approval.signature import Signers, text_of
from matric.change import proposal
from matric.errors import GateBlocked, MatricError, StalePlan, escaped
from matric.intent.base import Model
from matric.plan import Digest, Instant, Plan, instant, timestamp

if TYPE_CHECKING:
    from matric.forge import Change, Forge, ForgeApproval
    from matric.journal import Journal

__all__ = (
    "ANY",
    "KIND",
    "PROVEN",
    "Approval",
    "Kind",
    "approvals",
    "approve",
    "approve_signed",
    "authors_of",
    "from_forge",
    "missing",
    "told",
)

KIND = "approval"
"""The shelf's kind."""
PLANS = "approved-plan"
"""The shelf of the plans that were approved, by digest: what an approval carries over from."""

Kind = Literal["named", "ssh", "forge"]

ANY: frozenset[Kind] = frozenset(get_args(Kind))
"""What counts where people cut over by hand."""
PROVEN: frozenset[Kind] = frozenset({"ssh", "forge"})
"""What counts where a merge deploys: anybody can type a name."""

_NOT_ASKED = Signers.none("the protected branch was not looked at")
_SHOWN_AUTHORS = 6


@dataclass(frozen=True, slots=True)
class _Terms:
    """When an approval counts; see ``missing``."""

    now: datetime
    authors: tuple[str, ...]
    kinds: frozenset[Kind]
    signers: Signers
    head: str


class Approval(Model):
    """One person's word on one plan."""

    format_version: Literal[2] = 2
    kind: Kind
    plan_digest: Digest
    commands: Digest
    """``Plan.commands`` of that plan."""
    school: str
    author: str
    """Who made the plan."""
    approver: str = Field(min_length=1)
    at: Instant
    note: str = ""
    signature: str = ""
    """Of kind ``ssh``: armoured, by the key of ``approver``."""
    change: str = ""
    """Of kind ``forge``: the change that was approved,"""
    head: str = ""
    """at this commit of it,"""
    evidence: dict[str, str] = Field(default_factory=dict[str, str])
    """as the forge told it."""

    @property
    def key(self) -> str:
        """Its name on the shelf: one of each kind per person, plan and change."""
        who = canonical.digest_of_text(" ".join(sorted(person.traits(self.approver))))[7:23]
        return " ".join(one for one in (self.plan_digest, self.school, self.kind, who, self.change) if one)


# -- giving one


def approve(  # noqa: PLR0913 - each is a fact of the record
    journal: "Journal",
    plan: Plan,
    approver: str,
    now: datetime,
    note: str = "",
    *,
    signers: Signers = _NOT_ASKED,
    authors: Collection[str] = (),
) -> Approval:
    """Record that *approver* says to approve *plan*; GateBlocked where that person may not."""
    _refuse_unapprovable(plan, now)
    _refuse_author(plan, approver, authors, signers)
    given = _record(plan, "named", approver.strip(), now, note=note)
    return _kept(journal, plan, given)


def approve_signed(  # noqa: PLR0913 - each is a fact of the record
    journal: "Journal",
    plan: Plan,
    signature: str,
    principal: str,
    now: datetime,
    *,
    signers: Signers,
    note: str = "",
    authors: Collection[str] = (),
) -> Approval:
    """Record *signature* of *plan* by *principal*; GateBlocked where it does not hold, or that person may not."""
    _refuse_unapprovable(plan, now)
    _refuse_author(plan, principal, authors, signers)
    refusal = signers.refusal(text_of(plan), signature, principal, now)
    if refusal:
        raise GateBlocked(
            f"plan {plan.digest} is not approved: {refusal}. Do: let somebody whom the list names sign this plan; "
            "'matric approve PLAN --how' shows with which command"
        )
    return _kept(journal, plan, _record(plan, "ssh", principal.strip(), now, note=note, signature=signature))


def from_forge(  # noqa: PLR0913 - each is asked for
    journal: "Journal",
    plan: Plan,
    change: str,
    forge: "Forge",
    now: datetime,
    *,
    signers: Signers = _NOT_ASKED,
    authors: Collection[str] = (),
) -> tuple[Approval, ...]:
    """Record the approvals of *change* that the forge tells of now, and take back those it tells of no more.

    GateBlocked where none of them is one of *plan*, which must be what was planned of the change's present head.
    """
    _refuse_unapprovable(plan, now)
    seen = forge.change(change)
    given, uncounted = forge.approvals(change), forge.uncounted(change)
    by = (*authors, *forge.people(change), seen.author)
    _refuse_other_head(journal, plan, seen)
    found: list[Approval] = []
    reasons: list[str] = list(uncounted)
    for one in given:
        reason = _not_of(plan, seen, one, now) or _is_author(plan, one.by, by, signers)
        if reason:
            reasons.append(reason)
        else:
            told = {"forge": forge.name, "by": one.by, "at": one.at, "head": one.head, "page": seen.web_url}
            evidence = {**told, "asked": timestamp(now)}
            at = _moment(one.at) or now
            found.append(_record(plan, "forge", one.by, at, change=change, head=one.head, evidence=evidence))
    _take_back(journal, plan, change, {one.key for one in found})
    if not found:
        why = "".join(f"\n  {reason}" for reason in reasons)
        raise GateBlocked(f"{change}: the forge has no approval that counts. Do: ask somebody else to approve it{why}")
    return tuple(_kept(journal, plan, one) for one in found)


def authors_of(journal: "Journal", plan: Plan) -> tuple[str, ...]:
    """Everyone whose change *plan* is of, as far as a proposal says so."""
    held = proposal.of(journal.shelf(proposal.KIND), school=plan.school, states=get_args(proposal.State))
    return tuple(sorted({name for one in held if one.plan.commands == plan.commands for name in one.authors}))


def _refuse_unapprovable(plan: Plan, now: datetime) -> None:
    if plan.empty or not plan.applicable:
        raise GateBlocked(f"plan {plan.digest} cannot be carried out, so there is nothing to approve")
    if now > instant(plan.expires_at):
        raise StalePlan(f"plan {plan.digest} expired {plan.expires_at}. Do: plan again")


def _refuse_author(plan: Plan, approver: str, authors: Collection[str], signers: Signers) -> None:
    if not person.traits(approver) or not approver.isprintable():
        raise GateBlocked("an approver has a name. Do: give it with --by")
    if reason := _is_author(plan, approver, authors, signers):
        raise GateBlocked(f"{reason} and cannot approve it. Do: ask somebody else to")


def _refuse_other_head(journal: "Journal", plan: Plan, seen: "Change") -> None:
    """The forge knows commits, not plans: what was approved is *plan* only where *plan* was made of that commit."""
    held = proposal.of(
        journal.shelf(proposal.KIND), change=seen.id, school=plan.school, states=get_args(proposal.State)
    )
    of_plan = [one for one in held if one.plan.commands == plan.commands]
    if not of_plan:
        raise GateBlocked(
            f"no plan of {seen.id} for {plan.school} with these commands is in the state, so an approval of the change "
            "is none of this plan. Do: run its plan job, or name the plan it made"
        )
    if not any(one.head == seen.head for one in of_plan):
        raise GateBlocked(f"{seen.id} has new commits since this plan was made. Do: plan again, and approve that")


def _not_of(plan: Plan, seen: "Change", given: "ForgeApproval", now: datetime) -> str:
    """Why the forge's approval is none of *plan*, or empty."""
    at = _moment(given.at)
    if given.head != seen.head:
        return f"{given.by} approved {given.head[:12]}, and the change is at {seen.head[:12]} now"
    if at is None or at > now:
        return f"when {given.by} approved cannot be told from '{escaped(given.at)}'"
    if at < instant(plan.made_at):
        return f"{given.by} approved {timestamp(at)}, before the plan was made ({plan.made_at}): it was not seen"
    return ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo is not None else None


def _take_back(journal: "Journal", plan: Plan, change: str, kept: set[str]) -> None:
    """Drop what was recorded of *change* for this school and does not stand any more."""
    shelf = journal.shelf(KIND)
    for key, one in _records(journal):
        if one.kind == "forge" and one.change == change and one.school == plan.school and key not in kept:
            shelf.drop(key)


def _record(  # noqa: PLR0913 - one column each
    plan: Plan,
    kind: Kind,
    approver: str,
    at: datetime,
    *,
    note: str = "",
    signature: str = "",
    change: str = "",
    head: str = "",
    evidence: dict[str, str] | None = None,
) -> Approval:
    return Approval(
        kind=kind,
        plan_digest=plan.digest,
        commands=plan.commands,
        school=plan.school,
        author=plan.author,
        approver=approver,
        at=timestamp(at),
        note=note,
        signature=signature,
        change=change,
        head=head,
        evidence=evidence or {},
    )


def _kept(journal: "Journal", plan: Plan, given: Approval) -> Approval:
    """*given*, on disk, after the plan that it is of."""
    plans = journal.shelf(PLANS)
    if plans.get(plan.digest) is None:
        plans.put(plan.digest, plan.model_dump(mode="json"))
    journal.shelf(KIND).put(given.key, given.model_dump(mode="json"))
    return given


# -- counting them


def missing(  # noqa: PLR0913 - each is a rule of its own
    journal: "Journal",
    plan: Plan,
    now: datetime,
    *,
    needed: int = 1,
    authors: Collection[str] = (),
    kinds: Collection[Kind] = ANY,
    signers: Signers = _NOT_ASKED,
    head: str = "",
) -> tuple[str, ...]:
    """What speaks against the plan's approval at *now*, in sentences; empty where it is approved.

    *authors*: everyone whose change it is, beside the plan's own author. *head*: the change's head commit; without it,
    that of the change's present plan in the state.
    """
    terms = _Terms(now, tuple(authors), frozenset(kinds), signers, head)
    given, reasons = _counted(journal, plan, terms)
    if len(given) >= max(1, needed):
        return ()
    count = f"{len(given)} of {needed} approvals" if needed > 1 else "no approval"
    others = tuple(name for name in dict.fromkeys(authors) if name != plan.author)
    shown = ", ".join((plan.author, *others)[:_SHOWN_AUTHORS])
    more = f" and {len(others) + 1 - _SHOWN_AUTHORS} more" if len(others) >= _SHOWN_AUTHORS else ""
    lack = f"plan {plan.digest} has {count} by somebody other than {escaped(shown, 400)}{more}. Do: 'matric approve'"
    return (lack, *reasons)


def approvals(  # noqa: PLR0913 - as ``missing``
    journal: "Journal",
    plan: Plan,
    now: datetime,
    *,
    authors: Collection[str] = (),
    kinds: Collection[Kind] = ANY,
    signers: Signers = _NOT_ASKED,
    head: str = "",
) -> tuple[Approval, ...]:
    """The approvals of *plan* that count at *now*, one for each person, oldest first."""
    return _counted(journal, plan, _Terms(now, tuple(authors), frozenset(kinds), signers, head))[0]


def told(journal: "Journal", plan: Plan) -> tuple[str, ...]:
    """The approvals recorded of *plan* (or of the reviewed one it was made from), in words, for a report."""
    how = {"named": "", "ssh": ", signed", "forge": ", through the forge"}
    of = {plan.digest, plan.reviewed}
    found = sorted(
        (one.at, one.approver, how[one.kind], f": {one.note}" if one.note else "")
        for _, one in _records(journal)
        if one.school == plan.school and (one.plan_digest in of or one.commands == plan.commands)
    )
    return tuple(f"{who}, {at}{kind}{note}" for at, who, kind, note in found)


def _counted(journal: "Journal", plan: Plan, terms: _Terms) -> tuple[tuple[Approval, ...], tuple[str, ...]]:
    """The approvals that count, and of the others why they do not."""
    counted: list[tuple[frozenset[str], Approval]] = []
    reasons: list[str] = []
    for one in _of(journal, plan):
        reason = _not_counted(journal, plan, one, terms)
        traits = _traits(one.approver, terms.signers)
        if reason:
            reasons.append(f"the approval by {escaped(one.approver)} ({one.kind}) does not count: {reason}")
        elif not any(traits & before for before, _ in counted):
            counted.append((traits, one))
    return tuple(one for _, one in counted), tuple(dict.fromkeys(reasons))


def _records(journal: "Journal") -> Iterator[tuple[str, Approval]]:
    for key, body in journal.shelf(KIND).items():
        try:
            # JSON mode: lists become the tuples they were.
            found = Approval.model_validate_json(canonical.json_bytes(body))
            instant(found.at)
        except ValueError:
            # A record that cannot be read is no approval.
            continue
        yield key, found


def _of(journal: "Journal", plan: Plan) -> tuple[Approval, ...]:
    """The records that claim to be of *plan* or of one with its commands, oldest first."""
    commands = plan.commands
    found = (one for _, one in _records(journal) if one.plan_digest == plan.digest or one.commands == commands)
    return tuple(sorted(found, key=lambda one: (one.at, one.approver, one.kind)))


def _not_counted(journal: "Journal", plan: Plan, one: Approval, terms: _Terms) -> str:  # noqa: PLR0911 - one reason each
    """Why *one* is no approval of *plan*, or empty."""
    if one.kind not in terms.kinds:
        return "a typed name is no proof" if one.kind == "named" else "this kind is not asked for here"
    if one.school != plan.school:
        return f"it is of {escaped(one.school)}"
    approved = _approved_plan(journal, plan, one)
    if approved is None:
        return "the plan it is of is not kept, or is another than this"
    if run := _used_up(journal, plan, one):
        return f"run {run} has carried out what it is of, and an approval is used up with that"
    if not instant(approved.made_at) <= instant(one.at) <= terms.now:
        return f"it was given at {one.at}, which is before its plan was made ({approved.made_at}) or yet to come"
    if reason := _is_author(plan, one.approver, (*terms.authors, approved.author), terms.signers):
        return reason
    match one.kind:
        case "ssh":
            return _unsigned(approved, one, terms)
        case "forge":
            return _of_other_head(journal, one, terms.head)
        case "named":
            return ""


def _approved_plan(journal: "Journal", plan: Plan, one: Approval) -> Plan | None:
    """The plan that *one* is of, where it does what *plan* does."""
    if one.plan_digest == plan.digest:
        return plan if one.commands == plan.commands else None
    body = journal.shelf(PLANS).get(one.plan_digest)
    try:
        found = Plan.model_validate_json(canonical.json_bytes(body)) if body is not None else None
    except ValidationError:
        return None
    return found if found and found.digest == one.plan_digest and found.commands == plan.commands else None


def _used_up(journal: "Journal", plan: Plan, one: Approval) -> str:
    """The run that has carried out the commands of *plan* under another plan's name since *one* was given, or empty."""
    if one.plan_digest != plan.digest and (run := journal.spent(one.plan_digest)) is not None:
        return run
    for record in journal.runs(plan.school):
        if record.kind == "recover" or record.began < one.at or record.plan_digest == plan.digest:
            continue
        if journal.spent(record.plan_digest) is not None:
            ran = journal.plan(record.id)
            # A deployment of *plan* itself runs under a name of its own, and asks while it runs.
            if ran.commands == plan.commands and ran.reviewed != plan.digest:
                return record.id
    return ""


def _unsigned(approved: Plan, one: Approval, terms: _Terms) -> str:
    """Why the signature does not hold: the key must have been good then, and be good now."""
    try:
        return terms.signers.refusal(text_of(approved), one.signature, one.approver, instant(one.at), terms.now)
    except MatricError as error:
        return f"it cannot be verified: {error}"


def _of_other_head(journal: "Journal", one: Approval, head: str) -> str:
    """Why the change is not at the commit that was approved."""
    held: dict[str, Any] | None = None
    if not head:
        held = journal.shelf(proposal.KIND).get(f"{one.change} {one.school}")
    now_at = head or (str(held.get("head", "")) if held is not None else "")
    if not now_at:
        return f"where {escaped(one.change)} is now is not known"
    return "" if one.head == now_at else f"it is of {one.head[:12]}, and the change is at {now_at[:12]} now"


def _is_author(plan: Plan, approver: str, authors: Collection[str], signers: Signers) -> str:
    """In words, whom of those whose plan it is *approver* is taken for; empty where for none."""
    traits = _traits(approver, signers)
    if traits & person.traits(plan.author):
        return f"{approver} made the plan"
    taken = next((name for name in authors if traits & person.traits(name)), None)
    if taken is None:
        return ""
    return f"{approver} is an author of the change" + (f" (as {escaped(taken)})" if taken != approver else "")


def _traits(approver: str, signers: Signers) -> frozenset[str]:
    """What tells the person, under every name that the list of signers has for them."""
    return frozenset[str]().union(*(person.traits(name) for name in (approver, *signers.names_of(approver))))
