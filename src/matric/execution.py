"""A plan carried out, a run recovered, a way back planned: the protocol joined to journal, devices and people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from matric import gate, onboarding
from matric.cutover.drive import Host, drive
from matric.cutover.effects import Ask, Said
from matric.cutover.outcome import Outcome
from matric.cutover.protocol import cut_over
from matric.cutover.recover import facts
from matric.cutover.recover import recover as recovering
from matric.errors import GateBlocked, MatricError, StalePlan
from matric.perform import Performer
from matric.plan import Plan, instant

if TYPE_CHECKING:
    from matric.clock import Clock
    from matric.cutover.effects import Answer, Effect
    from matric.fleet import Nornir
    from matric.journal import Journal, RunRecord
    from matric.site import Site

__all__ = ("Bench", "carry_out", "plan_back", "recover", "refuse_unless_allowed")

Told = Callable[["Effect", "Answer | None"], None]


def _nobody(_effect: Ask) -> Said:
    return Said(yes=False, words="nobody was there to answer")


def _untold(_effect: "Effect", _answer: "Answer | None") -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Bench:
    """Everything a run stands on."""

    site: "Site"
    nornir: "Nornir"
    journal: "Journal"
    clock: "Clock"
    approvals: Callable[[Plan], tuple[str, ...]]
    """What speaks against the plan's approval today, in sentences; empty where it is approved."""
    told: Told = field(default=_untold)
    ask: Callable[[Ask], Said] = field(default=_nobody)

    def forbidden(self, plan: Plan, worst_case_s: float) -> tuple[str, ...]:
        """What forbids to start (one more device) now: window, freeze, approval."""
        now = self.clock.now()
        return (*self.site.calendar.forbidden(plan.school, now, worst_case_s), *self.approvals(plan))

    def performer(self) -> Performer:
        return Performer(self.site, self.nornir, self.journal.backup)


def refuse_unless_allowed(bench: Bench, plan: Plan) -> None:
    """StalePlan where what the plan rests on has moved, GateBlocked where gate, window or approval forbid it."""
    now = bench.clock.now()
    if now > instant(plan.expires_at):
        raise StalePlan(f"plan {plan.digest} expired {plan.expires_at}. Do: plan again")
    if now < instant(plan.made_at):
        raise StalePlan(
            f"CLOCK-WINDOW plan {plan.digest} was made {plan.made_at}, which is yet to come. Do: check the clock"
        )
    spent = bench.journal.spent(plan.digest)
    if spent is not None:
        raise StalePlan(f"plan {plan.digest}: run {spent} has carried it out; a plan runs once. Do: plan again")
    if not plan.reverts:
        _refuse_moved(bench.site, plan)
    verdict = onboarding.verdict(bench.site, plan, now)
    if not isinstance(verdict, gate.Allowed):
        raise GateBlocked("\n  ".join(verdict.explain()))
    forbidden = bench.forbidden(plan, plan.budget.worst_case_s)
    if forbidden:
        raise GateBlocked("; ".join(forbidden))


def _refuse_moved(site: "Site", plan: Plan) -> None:
    """Snapshot, standard, templates and policies must be those the plan was made from."""
    now = onboarding.digests(onboarding.intended(site, plan.school)).model_dump()
    moved = sorted(what for what, digest in plan.digests.model_dump().items() if now[what] != digest)
    if moved:
        raise StalePlan(f"plan {plan.digest}: since it was made, {', '.join(moved)} moved. Do: plan again")


def carry_out(bench: Bench, plan: Plan, questions: tuple[str, ...] = ()) -> tuple[str, Outcome]:
    """S6 to S13 for *plan*: (run id, outcome). The journal has every step before it is taken."""
    run = bench.journal.start(plan, "revert" if plan.reverts else "cutover")
    host = Host(
        journal=bench.journal,
        run=run,
        clock=bench.clock,
        permit=lambda worst_case_s: bench.forbidden(plan, worst_case_s),
        ask=bench.ask,
        told=bench.told,
    )
    return run.id, drive(cut_over(plan, run.session, questions), bench.performer(), host)


def recover(bench: Bench, record: "RunRecord") -> tuple[str, Outcome]:
    """Bring a run that died to a known end: (id of the recovery, outcome). May itself be killed and begun again."""
    plan = bench.journal.plan(record.id)
    before = [one.id for one in bench.journal.runs(record.school) if record.id in {one.id, one.of}]
    known = facts(event for run in before for event in bench.journal.events(run))
    run = bench.journal.start(plan, "recover", of=record.id)
    host = Host(journal=bench.journal, run=run, clock=bench.clock, told=bench.told, ask=bench.ask)
    return run.id, drive(recovering(plan, known, f"matric-{record.id}"), bench.performer(), host)


def plan_back(
    bench: Bench, record: "RunRecord", *, author: str, now: datetime, consents: Mapping[str, str] | None = None
) -> Plan:
    """The plan from what *record*'s devices hold now to the backups that run kept, by the same protocol.

    *consents* (device key: net) are given for the way back. What was agreed to for the run itself holds for it too
    where a device can hold nothing better: else the school could be led on, and never back.
    """
    wanted = onboarding.intended(bench.site, record.school)
    backups = dict(_backups(bench.journal, record))
    if not backups:
        raise MatricError(f"run {record.id} kept no backup: it never came that far. Do: nothing; nothing was changed")
    seen = onboarding.looked(bench.site, bench.nornir)
    nets = {one.key: one.net for one in bench.journal.plan(record.id).devices}
    agreed = {key: net.kind for key, net in nets.items() if net is not None and net.consented}
    return onboarding.planned_back(
        wanted, backups, seen, bench.nornir, now=now, author=author, run=record.id, agreed=agreed, consents=consents
    )


def _backups(journal: "Journal", record: "RunRecord") -> Iterable[tuple[str, tuple[str, str]]]:
    for event in journal.events(record.id):
        if event.kind == "keep" and event.effect == "running":
            digest = str(event.data["digest"])
            yield event.device, (digest, journal.backup(digest))
