"""Merged changes are deployed: planned anew, held against what was reviewed, and carried out when a window is open.

Nothing is taken from the change but what people reviewed and approved. One school after the other; after the first
that does not end as planned no further school begins.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from matric import execution, onboarding
from matric.change import bound, proposal
from matric.change.proposal import Proposal
from matric.cutover.outcome import Outcome
from matric.errors import ExitCode, GateBlocked, MatricError, StalePlan
from matric.plan import Plan, timestamp

if TYPE_CHECKING:
    from matric.execution import Bench

__all__ = ("Deployed", "Result", "deploy", "deployed", "merged", "replanned")

Result = Literal["carried-out", "as-intended", "due", "refused", "broken-off", "not-begun"]

Lacking = Callable[[Proposal], tuple[str, ...]]
"""What speaks against a proposal's approval, in sentences; empty where it is approved."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What became of one proposal."""

    change: str
    school: str
    result: Result
    reason: str
    exit_code: ExitCode
    due: str = ""
    """When the next window opens that it fits into, UTC."""
    run: str = ""
    outcome: Outcome | None = None

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "change": self.change,
            "school": self.school,
            "result": self.result,
            "reason": self.reason,
            "exit_code": int(self.exit_code),
            "due": self.due,
            "run": self.run,
            "outcome": self.outcome.record() if self.outcome is not None else None,
        }


def merged(shelf: Any, change: str, commit: str) -> tuple[Proposal, ...]:
    """Mark the open proposals of *change* as merged by *commit*; those it has marked already are given back as well."""
    found: list[Proposal] = []
    for one in proposal.of(shelf, change=change, states=("open", "merged")):
        now = one.model_copy(update={"state": "merged", "merged": one.merged or commit})
        proposal.put(shelf, now)
        found.append(now)
    return tuple(found)


def deployed(benches: Callable[[str], "Bench"], proposals: Iterable[Proposal], lacking: Lacking) -> Iterator[Deployed]:
    """What becomes of each of *proposals*, in their order. A failure at one school stops those after it."""
    stopped = ""
    for one in proposals:
        if stopped:
            reason = f"{stopped} did not end as planned. Do: look there first; this one stays due"
            yield Deployed(one.change, one.school, "not-begun", reason, ExitCode.ERROR)
            continue
        found = _told(benches, one, lacking)
        ended_badly = found.result == "carried-out" and found.exit_code not in {ExitCode.DONE, ExitCode.STALE}
        if ended_badly or found.result == "broken-off":
            stopped = one.school
        yield found


def _told(benches: Callable[[str], "Bench"], one: Proposal, lacking: Lacking) -> Deployed:
    try:
        bench = benches(one.school)
        try:
            return deploy(bench, one, lacking)
        except MatricError as error:
            if not bench.journal.unfinished(one.school):
                raise
            reason = f"{error} Its timers run on. Do: 'matric recover {one.school}', now"
            return Deployed(one.change, one.school, "broken-off", reason, error.exit_code)
    except MatricError as error:
        # Refused before a run began: the school is as it was, and the next one may begin.
        return Deployed(one.change, one.school, "refused", str(error), error.exit_code)


def deploy(bench: "Bench", one: Proposal, lacking: Lacking) -> Deployed:
    """Carry out *one*, or say when it is due. StalePlan, GateBlocked and BadInput where it must not be carried out."""
    reviewed, now = one.plan, bench.clock.now()
    if (run := bench.journal.spent(reviewed.digest)) is not None:
        return _spent_before(bench, one, run)
    if one.state != "merged":
        raise GateBlocked(
            f"{one.change} at {one.school} is {one.state}: only what was merged is deployed. Do: merge it"
        )
    if not reviewed.applicable:
        raise StalePlan(
            f"plan {reviewed.digest} was made from files: it is for reading only. Do: plan from the devices"
        )
    if forbidden := lacking(one):
        raise GateBlocked("; ".join(forbidden))
    if (later := _due(bench, one, now)) is not None:
        return later

    fresh = replanned(bench, one, now)
    if fresh.empty:
        _settled(bench, one)
        return Deployed(one.change, one.school, "as-intended", "every device is as intended already", ExitCode.DONE)
    applied = bound.to_apply(reviewed, fresh)
    # What people approved is the reviewed plan; the run asks again and again whether it may go on.
    bench = replace(bench, approvals=partial(_lacking_of, one, lacking))
    execution.refuse_unless_allowed(bench, applied)
    run, outcome = execution.carry_out(bench, applied)
    begun = bench.journal.spent(reviewed.digest) is not None
    if begun:
        _settled(bench, one)
    # What preflight refused was never begun: it stays due.
    result: Result = "carried-out" if begun else "refused"
    return Deployed(one.change, one.school, result, _reason(outcome), outcome.exit_code, run=run, outcome=outcome)


def _lacking_of(one: Proposal, lacking: Lacking, _applied: Plan) -> tuple[str, ...]:
    return lacking(one)


def replanned(bench: "Bench", one: Proposal, now: datetime) -> Plan:
    """The plan of the merged content for the devices as they are now. A device that gives no answer is an error."""
    from matric import fleet, intake  # noqa: PLC0415 - loaded on use

    reviewed = one.plan
    vault = fleet.vault_of(next(iter(bench.nornir.inventory.hosts.values())))
    wanted = intake.school(bench.site, one.school, vault, now.date(), contacting=True)
    return onboarding.planned(
        wanted,
        onboarding.looked(bench.site, bench.nornir),
        bench.nornir,
        now=now,
        author=reviewed.author,
        unit=reviewed.unit,
        ask_s=reviewed.budget.pace.ask_s,
        # What the reviewers accepted is accepted, and nothing else.
        consents={key: net.kind for key, net in reviewed.nets.items() if net.consented},
    )


def _due(bench: "Bench", one: Proposal, now: datetime) -> Deployed | None:
    """When *one* may begin, where that is not now; GateBlocked where no window is near."""
    calendar, worst_case_s = bench.site.calendar, one.plan.budget.worst_case_s
    closed = calendar.forbidden(one.school, now, worst_case_s)
    if not closed:
        return None
    fit = calendar.next_fit(one.school, now, worst_case_s)
    if fit is None:
        raise GateBlocked("; ".join(closed))
    due = timestamp(fit[0])
    return Deployed(one.change, one.school, "due", f"due at {due}: {closed[0]}", ExitCode.DONE, due=due)


def _spent_before(bench: "Bench", one: Proposal, run: str) -> Deployed:
    """A plan runs once: what that run came to is what this deployment comes to."""
    _settled(bench, one)
    record = bench.journal.run(run)
    if record.outcome is None:
        reason = f"run {run} has carried it out and never ended. Do: 'matric recover {one.school}'"
        return Deployed(one.change, one.school, "refused", reason, ExitCode.ERROR, run=run)
    word, code = str(record.outcome["word"]), ExitCode(record.outcome["exit_code"])
    reason = f"run {run} has carried it out, and ended {word}; a plan runs once"
    return Deployed(one.change, one.school, "carried-out", reason, code, run=run)


def _settled(bench: "Bench", one: Proposal) -> None:
    proposal.put(bench.journal.shelf(proposal.KIND), one.model_copy(update={"state": "carried-out"}))


def _reason(outcome: Outcome) -> str:
    left = f"; left out: {', '.join(end.device for end in outcome.refused)}" if outcome.refused else ""
    return f"{outcome.word.value}: {outcome.reason}{left}"
