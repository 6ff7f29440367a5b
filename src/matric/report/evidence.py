"""An evidence pack: what is known of every control at one school, and what that rests on, for whoever assesses it.

A control without a rule and without an answer is not decided; a rule that could not look has not passed. Everything
is a value: the same input at the same time gives the same pack. No secret is in one: every text that came from NetBox,
a device or a person is redacted when the pack is made, before any page sees it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from matric import canonical, gate, yaml_file
from matric.config import natural
from matric.errors import StalePlan, UsageError
from matric.plan import Digests, Plan, timestamp
from matric.policy import Outcome, Policy, Result, asked, controls
from matric.policy.controls import Control
from matric.policy.subject import Answer, Answers, Subject, newest
from matric.policy.waiver import Waiver, faults, school_of
from matric.report.pack import OWN, Attested, Bound, Broken, Evidence, Held, Judged, Stand
from matric.secret import guarded

if TYPE_CHECKING:
    from matric.journal import Event
    from matric.site import Site

__all__ = ("assembled", "backups", "heard", "of_school")

_SOON = timedelta(days=30)

Value = TypeVar("Value")


# ---- what rules rest on ----


@dataclass(frozen=True)
class _Listening(Subject):
    """The subject, which remembers what rules ask people."""

    asked: list[str] = field(default_factory=list[str])

    def answer(self, question: str) -> Answer:
        self.asked.append(question)
        return super().answer(question)


def heard(rules: Iterable[Policy], subject: Subject) -> tuple[tuple[Result, tuple[str, ...]], ...]:
    """What each rule says of *subject*, and the questions to people it asked on the way."""
    given: dict[str, Any] = {one.name: getattr(subject, one.name) for one in fields(subject)}
    listening = _Listening(**given)
    found: list[tuple[Result, tuple[str, ...]]] = []
    for rule in rules:
        listening.asked.clear()
        result = rule.judge(listening)
        found.append((result, tuple(dict.fromkeys(listening.asked))))
    return tuple(found)


# ---- the pack ----


def assembled(  # noqa: PLR0913 - a pack rests on all of it
    trust: "Site",
    subject: Subject,
    digests: Digests,
    now: datetime,
    *,
    plan: Plan | None = None,
    kept: Iterable[Bound] = (),
) -> Evidence:
    """The pack of the subject's school, made *now*; of a *plan*, with what the rules said when the devices were read.

    StalePlan where the plan rests on anything else than the site holds today: a pack has one estate in it.
    """
    said = heard(trust.rules, subject)
    if plan is not None:
        _refuse_other(plan, subject.school.slug, digests)
        questions = {result.rule: names for result, names in said}
        said = tuple((result, questions.get(result.rule, ())) for result in plan.results)
    answers = yaml_file.model(trust.inventory / "answers.yaml", Answers)
    stand = Stand(
        school=subject.school.name,
        slug=subject.school.slug,
        trust=trust.standard.trust.name,
        made_at=timestamp(now),
        judged_at=timestamp(subject.now),
        versions=_versions(trust),
        basis=_basis(plan),
    )
    return of_school(
        stand,
        trust.rules,
        said,
        answers=answers,
        waivers=trust.waivers,
        today=now.date(),
        judged=subject.now,
        bound=(*_bound(trust, subject, digests), *_bound_to(plan), *kept),
        words={
            one.id: one.question.ask
            for one in (*asked.questions(subject.school), *asked.questions(subject.school, trust.rules))
        },
    )


def _refuse_other(plan: Plan, slug: str, digests: Digests) -> None:
    if plan.school != slug:
        raise UsageError(f"the plan is of {plan.school}, and the pack of {slug}. Do: name a plan of {slug}")
    if plan.reverts:
        raise UsageError("a plan that leads back is judged by the rules of the way alone. Do: plan the school anew")
    held, today = plan.digests.model_dump(), digests.model_dump()
    moved = sorted(name for name in held if held[name] != today[name])
    if moved:
        raise StalePlan(
            f"the plan rests on something else than the site holds: {', '.join(moved)}. Do: plan {slug} again; "
            "of a run that is over, check out the commit it was planned from"
        )


def _versions(trust: "Site") -> tuple[tuple[str, str], ...]:
    manifest = trust.snapshot.manifest
    told = (
        ("matric", version("matric")),
        ("NetBox", manifest.netbox_version),
        ("snapshot of", manifest.source),
        ("snapshot taken", manifest.taken_at),
    )
    return tuple((name, value) for name, value in told if value)


def _basis(plan: Plan | None) -> str:
    if plan is None:
        return "Judged from the school's data and the configurations made from it. No device was asked."
    if not plan.applicable:
        return f"Judged with the plan of {plan.made_at}, whose running configurations came from files."
    return f"Judged with the plan of {plan.made_at}, for which every device was read. Plan {plan.digest}."


def _bound(trust: "Site", subject: Subject, digests: Digests) -> Iterator[Bound]:
    for name, digest in digests.model_dump().items():
        yield Bound("input", name, digest)
    for path in (trust.inventory / "answers.yaml", trust.inventory / "calendar.yaml", trust.policies / "waivers.yaml"):
        yield Bound("input", path.name, canonical.digest_of_text(path.read_text(encoding="utf-8")))
    catalogue = files("matric.policy").joinpath("controls.yaml").read_text(encoding="utf-8")
    yield Bound("input", "controls", canonical.digest_of_text(catalogue))
    for key, one in subject.rendered.items():
        yield Bound("intended configuration", key, canonical.digest_of_text(one.text))


def _bound_to(plan: Plan | None) -> Iterator[Bound]:
    if plan is None:
        return
    yield Bound("plan", "", plan.digest)
    for device in plan.devices:
        yield Bound("plan: running as read", device.key, device.base_digest)
        yield Bound("plan: startup as read", device.key, device.startup_digest)
        yield Bound("plan: target", device.key, device.target_digest)


def backups(events: Iterable["Event"]) -> tuple[Bound, ...]:
    """The digests of what a run kept of each device before it changed anything."""
    return tuple(
        Bound(f"backup: {event.effect}", event.device, str(event.data["digest"]))
        for event in events
        if event.kind == "keep"
    )


def of_school(  # noqa: PLR0913 - a pack rests on all of it
    stand: Stand,
    rules: Collection[Policy],
    said: Iterable[tuple[Result, tuple[str, ...]]],
    *,
    answers: Answers,
    waivers: Iterable[Waiver],
    today: date,
    judged: datetime,
    bound: Iterable[Bound],
    words: Mapping[str, str] = MappingProxyType({}),
) -> Evidence:
    """The pack of one school. *said* is what the rules said and the questions they asked, *words* those in full."""
    said = tuple(said)
    waivers = tuple(waivers)
    known = {rule.id: rule for rule in rules}
    results = {result.rule: (result, names) for result, names in said}
    own = tuple(answer for answer in answers.answers if answer.school == stand.slug)
    held = tuple(_held(waiver, known, today) for waiver in sorted(waivers) if school_of(waiver) in {stand.slug, ""})
    catalogue = controls.catalogue()
    verdict = gate.verdict((result for result, _ in said), waivers, today, school=stand.slug, rules=known)
    decided = tuple(
        _by_gate(_blank(control, None), verdict, held)
        if control.decided_by == "gate"
        else _judged(control, known.get(control.id), results.get(control.id), own, held, judged.date())
        for control in (catalogue[name] for name in sorted(catalogue, key=natural))
    )
    others = tuple(
        _judged(rule.control, rule, results.get(rule.id), own, held, judged.date())
        for rule in sorted(known.values(), key=lambda rule: natural(rule.id))
        if rule.id not in catalogue
    )
    # The texts of a rule of the trust's own are the trust's: they are redacted like all that people wrote.
    others = tuple(
        replace(
            one,
            title=guarded(one.title),
            sources=tuple(guarded(source) for source in one.sources),
        )
        for one in others
    )
    pack = Evidence(
        stand=stand,
        controls=tuple(_worded(one, words) for one in decided),
        own=others,
        waivers=held,
        bound=tuple(sorted(bound, key=lambda one: (one.kind, natural(one.name)))),
        soon=tuple(_soon((*decided, *others), held, today)),
    )
    return _clean(pack)


def _held(waiver: Waiver, known: Mapping[str, Policy], today: date) -> Held:
    severities = {name: rule.severity for name, rule in known.items()}
    wrong = "; ".join(fault for fault, _ in faults(waiver, severities, today))
    return Held(
        waiver.rule,
        waiver.object,
        waiver.owner,
        waiver.reason,
        waiver.expiry.isoformat(),
        wrong,
        waiver.approver,
        waiver.ends_when,
    )


def _worded(judged: Judged, words: Mapping[str, str]) -> Judged:
    """The same, with the questions it rests on in words."""
    return replace(judged, attested=tuple(replace(one, asks=words.get(one.question, "")) for one in judged.attested))


def _by_gate(blank: Judged, verdict: gate.Verdict, held: tuple[Held, ...]) -> Judged:
    """What the gate says of the waivers, which no rule sees."""
    if not held:
        return replace(blank, outcome="not-applicable", rule="the gate", reason="no waiver concerns this school")
    wrong = [one for one in getattr(verdict, "reasons", ()) if one.rule == "POLICY-WAIVER"]
    findings = tuple(Broken(one.object, one.message, one.remedy, one.severity) for one in wrong)
    outcome = "fail" if findings else "pass"
    return replace(blank, outcome=outcome, rule="the gate", checked=len(held), findings=findings)


def _blank(control: Control, rule: Policy | None) -> Judged:
    """The control before anybody has spoken of it."""
    return Judged(
        id=control.id,
        title=control.title,
        area=control.area or OWN,
        # A rule may weigh what the catalogue does not know: the gate counts what the rule says.
        severity=control.severity if rule is None else rule.severity,
        applies=control.applies,
        requirement=control.requirement,
        sources=control.sources,
        cited=control.cited,
        needs=control.needs,
        outcome="not-decided",
        rule=rule.where.rpartition(":")[0] if rule is not None else "",
    )


def _judged(  # noqa: PLR0913, PLR0917 - ditto
    control: Control,
    rule: Policy | None,
    said: tuple[Result, tuple[str, ...]] | None,
    answers: tuple[Answer, ...],
    held: tuple[Held, ...],
    today: date,
) -> Judged:
    blank = _blank(control, rule)
    if said is None:
        why = "its rule has not run: plan again with the policies as they are now" if rule else "no rule checks it here"
        return replace(blank, reason=why)
    result, names = said
    attested = tuple(_attested(one) for name in names if (one := _newest(name, answers, today)))
    valid = {(one.rule, one.object): one for one in held if not one.fault}
    passes = "answered" if any(one.until >= today.isoformat() for one in attested) else "pass"
    return replace(
        blank,
        outcome=passes if result.outcome is Outcome.PASS else str(result.outcome),
        checked=result.checked,
        findings=tuple(
            Broken(
                one.object,
                one.message,
                one.remedy,
                one.severity or result.severity,
                valid.get((result.rule, one.object)),
            )
            for one in result.findings
        ),
        missing=result.missing,
        reason=result.reason,
        attested=attested,
    )


def _newest(question: str, answers: Iterable[Answer], today: date) -> Answer | None:
    """The answer that holds, or else the last one that did: an assessor is told of either."""
    found = [one for one in answers if one.question == question and one.at <= today]
    return newest(one for one in found if one.valid(today)) or newest(found)


def _until(answer: Answer) -> str:
    return (answer.at + timedelta(days=answer.valid_days)).isoformat()


def _attested(answer: Answer) -> Attested:
    return Attested(answer.question, answer.answer, answer.by, answer.at.isoformat(), _until(answer), answer.note)


def _soon(judged: Iterable[Judged], held: Iterable[Held], today: date) -> Iterator[str]:
    """What an assessor should ask for anew before long."""
    limit = (today + _SOON).isoformat()
    answers = {one for control in judged for one in control.attested}
    for answer in sorted(answers, key=lambda one: (one.until, one.question)):
        if answer.until <= limit:
            ends = "ran out" if answer.until < today.isoformat() else "runs out"
            yield f"the answer of {answer.by} to {answer.question} {ends} on {answer.until}"
    for waiver in sorted(held, key=lambda one: (one.until, one.rule, one.object)):
        if waiver.fault:
            yield f"the waiver of {waiver.rule} for {waiver.object} ({waiver.owner}) does not hold: {waiver.fault}"
        elif waiver.until <= limit:
            yield f"the waiver of {waiver.rule} for {waiver.object} ({waiver.owner}) runs out on {waiver.until}"


def _clean(value: Value) -> Value:
    """*value* with every text in it redacted, but for what is marked as public."""
    cleaned: Any = value
    if isinstance(value, str):
        cleaned = guarded(value)
    elif isinstance(value, tuple):
        cleaned = tuple(_clean(one) for one in cast("tuple[Any, ...]", value))
    elif is_dataclass(value) and not isinstance(value, type):
        held = {one.name: getattr(value, one.name) for one in fields(value) if not one.metadata.get("public")}
        cleaned = replace(cast("Any", value), **{name: _clean(one) for name, one in held.items()})
    return cast("Value", cleaned)
