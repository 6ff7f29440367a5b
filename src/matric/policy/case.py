"""A case of a policy: a school, what is different about it, and what the rule is to say.

A folder of plain text: ``<ID>/<fires-...|silent-...>/case.yaml``. Unless the case changes it, the school is healthy in
every way (``matric.policy.healthy``).
"""

import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, cast

from matric import yaml_file
from matric.errors import BadInput, Problem
from matric.intent import build
from matric.intent.base import Model
from matric.intent.record import Records
from matric.intent.standard import AgreementTerms
from matric.intent.swap import as_model
from matric.platform import get as platform
from matric.platform.base import Neighbour
from matric.policy import Outcome, Policy, Result, Severity
from matric.policy.agreement import Agreement, Agreements
from matric.policy.altered import MissedError, altered, hit, known, rows, understood
from matric.policy.healthy import Healthy
from matric.policy.inherited import Inherited, Line
from matric.policy.subject import Answer, Answers, Configuration, Subject, configuration
from matric.policy.surveyed import Hanging, Surveyed
from matric.window import Calendar, Freeze

__all__ = ("CASES", "KINDS", "Case", "Wanted", "cases", "given", "judged", "lacking", "read", "unlike")

CASES = "cases"
"""The folder below policies/ that holds a trust's own cases."""
CODE = "POLICY-CASE"
KINDS = ("fires", "silent")
"""What a case's folder begins with: both are owed for every rule."""

Change = Mapping[str, Any]


class Wanted(Model):
    """The whole of ``case.yaml``."""

    school: str
    outcome: Outcome
    objects: tuple[str, ...] = ()
    """What the findings are about, all of them."""
    severity: Severity | None = None
    """Of every finding, where the case is about that."""
    words: tuple[str, ...] = ()
    """Each stands in a finding's message, or in what is missing."""
    given: tuple[dict[str, Any], ...] = ()
    """What is different about the school, in order."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case, and where it was found."""

    rule: str
    name: str
    path: Path
    wanted: Wanted

    @property
    def kind(self) -> str:
        """fires, silent, or whatever else the folder's name begins with."""
        return self.name.partition("-")[0]

    def __str__(self) -> str:
        return f"{self.rule}/{self.name}"


def cases(folder: Path) -> tuple[Case, ...]:
    """Every case below *folder*; BadInput lists each that cannot be read, or that its name belies."""
    found: list[Case] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/*/case.yaml")):
        try:
            found.append(read(path))
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(problems)
    return tuple(found)


def read(path: Path) -> Case:
    """The case in *path*, a ``case.yaml``."""
    rule, name = path.parent.parent.name, path.parent.name
    try:
        case = Case(rule, name, path, yaml_file.model(path, Wanted))
    except BadInput as error:
        raise BadInput(
            [replace(problem, thing=f"{rule}/{name}/{problem.thing}") for problem in error.problems]
        ) from error
    wrong = [Problem(CODE, str(case), rule, remedy) for rule, remedy in _belied(case)]
    if wrong:
        raise BadInput(wrong)
    return case


def _belied(case: Case) -> Iterator[tuple[str, str]]:
    """What is wrong with a case by itself, and what to do."""
    if case.kind not in KINDS:
        yield "its name begins neither with fires- nor with silent-", "rename the folder"
    elif (case.kind == "fires") != (case.wanted.outcome is Outcome.FAIL):
        yield f"its name says {case.kind} and its outcome is {case.wanted.outcome}", "correct one of the two"
    if case.kind == "fires" and not case.wanted.objects:
        yield "it fires, and does not say on what", "list the findings' objects"


def lacking(rules: tuple[Policy, ...], held: tuple[Case, ...]) -> tuple[tuple[str, str], ...]:
    """(id of a rule, kind of case it lacks): a rule is proven where it fires and where it is silent."""
    there = {(case.rule, case.kind) for case in held}
    return tuple((rule.id, kind) for rule in rules for kind in KINDS if (rule.id, kind) not in there)


def judged(healthy: Healthy, rule: Policy, case: Case) -> Result:
    """What *rule* says of the case's school."""
    return rule.judge(given(healthy, case.wanted.school, case.wanted.given))


def unlike(rule: Policy, wanted: Wanted, result: Result) -> Iterator[str]:
    """How *result* differs from what the case wants; nothing where it is that."""
    if result.outcome is not wanted.outcome:
        yield f"it says {result.outcome}, and is to say {wanted.outcome}"
        yield from (f"cannot evaluate: {missing}" for missing in result.missing)
        if result.reason:
            yield f"does not apply: {result.reason}"
    objects = {finding.object for finding in result.findings}
    for name in sorted(objects - set(wanted.objects)):
        said = "; ".join(finding.message for finding in result.findings if finding.object == name)
        yield f"it finds {name} ({said}), which the case does not name"
    for name in sorted(set(wanted.objects) - objects):
        yield f"it does not find {name}"
    told = " ".join((*(finding.message for finding in result.findings), *result.missing))
    for words in wanted.words:
        if words not in told:
            yield f"it does not say {words!r}"
    severities = {finding.severity or rule.severity for finding in result.findings}
    if wanted.severity is not None and severities != {wanted.severity}:
        yield f"its findings are {', '.join(sorted(severities)) or 'none'}, and are to be {wanted.severity}"


# ---------------------------------------------------------------------------------------------------------------------
# What a case changes


def given(healthy: Healthy, slug: str, changes: tuple[Change, ...] = ()) -> Subject:
    """What the rules see of the school *slug* once *changes* were made to it; BadInput where one cannot be made."""
    for change in changes:
        if next(iter(change), "") not in CHANGES:
            raise _unmade(change, "no change begins so", f"begin it with one of {', '.join(CHANGES)}")
        with _making(change):
            understood(change)
    subject = healthy.school(slug)
    if any("netbox" in change or "model" in change for change in changes):
        records = healthy.trust.snapshot.records
        for change in changes:
            with _making(change):
                records = _recorded(records, slug, change)
        subject = healthy.of(build.school(records, healthy.trust.standard, slug), records)
    for change in changes:
        with _making(change):
            subject = CHANGES[next(iter(change))](healthy, subject, change)
    return subject


def _recorded(records: Records, slug: str, change: Change) -> Records:
    """What NetBox says once *change* is made, if it is about NetBox at all."""
    if "model" in change:
        records = as_model(records, f"{slug}/{change['model']}", change["is"])
    return rows(records, change) if "netbox" in change else records


@contextmanager
def _making(change: Change) -> Generator[None]:
    """A change that cannot be made is a fault of the case, and never silence."""
    try:
        yield
    except KeyError as error:
        raise _unmade(change, f"there is no {error}") from error
    except (MissedError, AttributeError, IndexError, TypeError, ValueError, re.error) as error:
        raise _unmade(change, str(error)) from error


def _unmade(change: Change, why: str, remedy: str = "correct the case") -> BadInput:
    return BadInput([Problem(CODE, f"given {dict(change)}", why, remedy)])


def _promised(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    slug = change["capability"]
    capability = altered(subject.capabilities[slug], change["set"])
    return replace(subject, capabilities={**subject.capabilities, slug: capability})


def _frozen(healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """Nothing but these freezes stands in the calendar."""
    freezes = tuple(Freeze.model_validate_json(json.dumps(one)) for one in change["freezes"])
    return replace(subject, calendar=healthy.trust.calendar.model_copy(update={"freezes": freezes}))


def _entered(healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """Some lists of the calendar hold something else."""
    before = json.loads(healthy.trust.calendar.model_dump_json())
    calendar = Calendar.model_validate_json(json.dumps({**before, **change["calendar"]}))
    return replace(subject, calendar=calendar)


def _moved(healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """The change is to be made at another time, local to the trust."""
    zone = healthy.trust.calendar.zone
    start, end = (datetime.fromisoformat(one).replace(tzinfo=zone) for one in change["window"])
    return replace(subject, window=(start, end))


def _foreign(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    others = tuple((name, IPv4Network(prefix)) for name, prefix in change["foreign"].items())
    return replace(subject, school=replace(subject.school, foreign=others))


def _blocked(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    return replace(subject, school=replace(subject.school, block=IPv4Network(change["block"])))


def _landed(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """A wireless LAN's clients land on another network."""
    school = subject.school
    network = next((one for one in school.networks if one.role == change["network"]), None)
    if network is None:
        raise MissedError(f"the school has no network {change['network']}")
    wlans = tuple(replace(one, network=network) if one.profile_name == change["wlan"] else one for one in school.wlans)
    return replace(subject, school=replace(school, wlans=wlans))


def _kept(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """A network is another one than the standard's."""
    school = subject.school
    if all(one.role != change["network"] for one in school.networks):
        raise MissedError(f"the school has no network {change['network']}")
    told = {name: IPv4Network(one) if name == "prefix" else one for name, one in change["set"].items()}
    networks = tuple(altered(one, told) if one.role == change["network"] else one for one in school.networks)
    return replace(subject, school=replace(school, networks=networks))


def _agreed(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """One thing more is agreed, and the standard lets these areas be agreed (``may``)."""
    held = subject.agreements.agreements if subject.agreements is not None else ()
    agreement = Agreement.model_validate_json(json.dumps(change["agreement"]))
    terms = AgreementTerms.model_validate_json(json.dumps({"may": change.get("may", [])}))
    school = subject.school
    standard = school.standard.model_copy(update={"agreements": terms})
    return replace(
        subject,
        agreements=Agreements(agreements=(*held, agreement)),
        school=replace(school, standard=standard),
    )


def _text(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """Lines are written otherwise, on one device or on all: *replace* is a regular expression over the whole text."""
    side = next(iter(change))
    known([change[side]], ("all", *(device.name for device in subject.school.configured)), f"in {subject.school.slug}")
    texts: dict[str, Configuration] = dict(getattr(subject, side))
    hits = 0
    for device in subject.school.configured:
        if change[side] in {device.name, "all"}:
            text, count = re.subn(str(change["replace"]), str(change["by"]), texts[device.key].text, flags=re.MULTILINE)
            texts[device.key] = configuration(text, platform(device.platform or "").rules)
            hits += count
    hit(hits, f"{change['replace']} is not in {side} of {change[side]}")
    return altered(subject, {side: texts})


def _seen(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """A device shows something else, hears somebody else (``hears``), or says nothing (``silent``)."""
    key = f"{subject.school.slug}/{change['look']}"
    look = subject.looks[key]
    if look is None or change.get("silent"):
        return replace(subject, looks={**subject.looks, key: None})
    shown: dict[str, Any] = change.get("set", {})
    values = {name: one if one is None or isinstance(one, str) else tuple(one) for name, one in shown.items()}
    facts: dict[str, Any] = {
        name: values.pop(name) for name in ("serial", "model", "hostname", "os_version") if name in values
    }
    hears: Mapping[str, str | list[str]] = change.get("hears", {})
    heard = tuple(one for one in look.neighbours or () if one.port not in hears)
    heard += tuple(one for port, told in hears.items() for one in _heard(port, told))
    told = altered(look, {"facts": altered(look.facts, facts), "neighbours": heard, **values})
    return replace(subject, looks={**subject.looks, key: told})


def _heard(port: str, told: str | list[str]) -> Iterator[Neighbour]:
    """Who is heard on *port* now: ``name port``, or several of them."""
    for one in (told,) if isinstance(told, str) else told:
        device, remote = one.split()
        yield Neighbour(port, device, remote)


def _answered(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    there = subject.answers.answers if subject.answers is not None else ()
    asked = [answer for answer in there if answer.question == change["answer"]]
    hit(asked, f"nobody asked {change['answer']}")
    others = tuple(answer for answer in there if answer not in asked)
    known(change.get("set") or (), Answer.model_fields, "in an answer")
    told = tuple(one.model_copy(update=change["set"]) for one in asked) if change.get("set") else ()
    return replace(subject, answers=Answers(answers=(*others, *told)))


def _reordered(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    steps = tuple(subject.steps or ())
    key = f"{subject.school.slug}/{change.get('device', '')}"
    match change["steps"]:
        case "none":
            steps = ()
        case "drop":
            steps = tuple(one for one in steps if one.device != key or one.action != change.get("action", one.action))
        case "confirm-at-once":
            confirm = {one.device: one for one in steps if one.action == "confirm"}
            others = [one for one in steps if one.action != "confirm"]
            steps = tuple(
                one for step in others for one in ((step, confirm[step.device]) if step.action == "arm" else (step,))
            )
        case "net":
            steps = tuple(
                cast("Any", one).model_copy(update={"net": change["net"]})
                if one.device == key and one.action == "arm"
                else one
                for one in steps
            )
        case "nearest-first":
            arms = [one for one in steps if one.action == "arm"]
            before = tuple(one for one in steps if one.action == "back-up")
            steps = (*before, *reversed(arms), *(one for one in steps if one.action == "confirm"))
        case other:
            raise MissedError(f"steps are changed by none, drop, confirm-at-once, net or nearest-first, not {other}")
    return replace(subject, steps=steps)


def _hanging(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """A survey of the school is kept, and these endpoints are in it; each stays where it is unless a case says else."""
    names = [one.name for one in fields(Hanging)]
    for one in change["surveyed"]:
        known(one, names, "in an endpoint of a survey")
    otherwise: dict[str, Any] = {"label": "unknown", "where": "", "word": "stays"}
    hanging = tuple(Hanging(**(otherwise | one)) for one in change["surveyed"])
    seen = Surveyed("2026-11-10T10:00:00Z", hanging, tuple(change.get("unseen", ())), str(change.get("after", "")))
    return replace(subject, surveyed=seen)


def _brought(_healthy: Healthy, subject: Subject, change: Change) -> Subject:
    """A survey of the school is kept, and this is its ledger: every line accounted for unless a case says else."""
    told: dict[str, Any] = {"lines": 700, **change["inherited"]}
    known(told, [one.name for one in fields(Inherited)], "of inherited lines")
    for name in ("unknown", "lost"):
        if name in told:
            told[name] = tuple(Line(**one) for one in told[name])
    told |= {name: tuple(told[name]) for name in ("unread",) if name in told}
    told |= {name: tuple(tuple(one) for one in told[name]) for name in ("faults",) if name in told}
    return replace(subject, inherited=Inherited(**told))


def _before(_healthy: Healthy, subject: Subject, _change: Change) -> Subject:
    """What was read when the school was built."""
    return subject


CHANGES: Mapping[str, Callable[[Healthy, Subject, Change], Subject]] = {
    "agreement": _agreed,
    "answer": _answered,
    "block": _blocked,
    "calendar": _entered,
    "capability": _promised,
    "foreign": _foreign,
    "freezes": _frozen,
    "inherited": _brought,
    "look": _seen,
    "model": _before,
    "netbox": _before,
    "network": _kept,
    "rendered": _text,
    "running": _text,
    "steps": _reordered,
    "surveyed": _hanging,
    "unread": lambda _healthy, subject, change: altered(subject, {change["unread"]: None}),
    "window": _moved,
    "wlan": _landed,
}
"""What a change begins with -> what it does."""
