"""The reference trust as rules see it, healthy in every way, and what a case changes about it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from matric import policy, site
from matric.intent import build
from matric.intent.school import Device, School
from matric.path import tree
from matric.plan import Step
from matric.platform import get as platform
from matric.platform.base import Facts, Look, Neighbour
from matric.render import Renderer
from matric.subject import Answer, Answers, Configuration, Subject, configuration

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)

Change = Mapping[str, Any]


@dataclass(frozen=True)
class Freezes:
    """A calendar with nothing but these freezes in it."""

    names: tuple[str, ...] = ()

    def frozen(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:  # noqa: ARG002 - the Protocol's
        return self.names


@cache
def trust() -> site.Site:
    return site.load(ROOT)


@cache
def renderer() -> Renderer:
    return Renderer(trust().templates)


@pytest.fixture
def rules() -> tuple[policy.Policy, ...]:
    return trust().rules


@pytest.fixture
def subject() -> Callable[[str, tuple[Change, ...]], Subject]:
    """What the rules see of a school once *changes* were made to it."""
    return _subject


def _subject(slug: str, changes: tuple[Change, ...] = ()) -> Subject:
    subject = _reference(slug)
    if any("netbox" in change for change in changes):
        records = trust().snapshot.records
        for change in changes:
            records = _rows(records, change) if "netbox" in change else records
        subject = _healthy(build.school(records, trust().standard, slug))
    for change in changes:
        subject = _changed(subject, change)
    return subject


def _rows(records: Any, change: Change) -> Any:
    """NetBox says something else of the rows that match."""
    hit = False
    rows: list[Any] = []
    for row in getattr(records, change["netbox"]):
        if all(_value(row, name) == value for name, value in change["where"].items()):
            hit = True
            custom = {**row.custom_fields, **change.get("custom_fields", {})}
            rows.append(row.model_copy(update={**change.get("set", {}), "custom_fields": custom}))
        else:
            rows.append(row)
    assert hit, f"nothing in {change['netbox']} matches {change['where']}"
    return records.model_copy(update={change["netbox"]: tuple(rows)})


def _value(row: Any, name: str) -> Any:
    return row.custom_fields.get(name) if name not in type(row).model_fields else getattr(row, name)


@cache
def _reference(slug: str) -> Subject:
    return _healthy(trust().school(slug))


def _healthy(school: School) -> Subject:
    """A school whose devices answered, hold what is intended, and are all going to be written."""
    rendered = {
        device.key: configuration(renderer().render(school, device).text, platform(device.platform or "").rules)
        for device in school.configured
    }
    questions = ["restore-tried", "local-hands", *(f"radius-login-{wlan.profile_name}" for wlan in school.wlans)]
    return Subject(
        school=school,
        now=NOW,
        rendered=rendered,
        running=rendered,
        looks={device.key: _look(school, device, rendered[device.key]) for device in school.configured},
        steps=_steps(school),
        answers=Answers(answers=tuple(_answer(school, question) for question in questions)),
        calendar=Freezes(),
        window=(NOW, NOW + timedelta(hours=2)),
        capabilities={slug: platform(slug).capability for slug in ("eos", "ios")},
        records=trust().snapshot.records,
    )


def _look(school: School, device: Device, held: Configuration) -> Look:
    management = school.standard.management
    return Look(
        facts=Facts(device.name, device.model, device.serial, "1", 3600.0),
        running=held.text,
        startup=held.text,
        neighbours=tuple(
            Neighbour(port.name, port.peer.device, port.peer.port) for port in device.ports if port.peer is not None
        ),
        users=(management.break_glass_user, management.service_user),
        snmp_communities=(),
        routes=(),
    )


def _answer(school: School, question: str) -> Answer:
    return Answer(
        question=question, school=school.slug, by="P. Adeyemi", at=date(2026, 11, 17), answer=True, valid_days=60
    )


def _steps(school: School) -> tuple[Step, ...]:
    path = tree(school)
    order = path.farthest_first(tuple(device.name for device in school.configured))
    every = (
        *(("back-up", name) for name in order),
        *(("arm", name) for name in order),
        *(("confirm", name) for name in reversed(order)),
    )
    return tuple(Step(device=f"{school.slug}/{name}", action=action, detail="") for action, name in every)


# ---- what a case changes ----


def _changed(subject: Subject, change: Change) -> Subject:
    match next(iter(change)):
        case "rendered" | "running" as side:
            return _text(subject, side, change)
        case "look":
            return _seen(subject, change)
        case "answer":
            return _answered(subject, change)
        case "steps":
            return replace(subject, steps=_reordered(subject, change))
        case "freezes":
            return replace(subject, calendar=Freezes(tuple(change["freezes"])))
        case "capability":
            slug = change["capability"]
            capability = replace(subject.capabilities[slug], **change["set"])
            return replace(subject, capabilities={**subject.capabilities, slug: capability})
        case "unread":
            return replace(subject, **{change["unread"]: None})
        case "block":
            return replace(subject, school=replace(subject.school, block=IPv4Network(change["block"])))
        case "foreign":
            others = tuple((name, IPv4Network(prefix)) for name, prefix in change["foreign"].items())
            return replace(subject, school=replace(subject.school, foreign=others))
        case "wlan":
            return replace(subject, school=_landed(subject.school, change["wlan"], change["network"]))
        case "netbox":
            return subject
        case other:
            raise AssertionError(f"a case cannot change {other}")


def _landed(school: School, profile: str, role: str) -> School:
    network = next(one for one in school.networks if one.role == role)
    wlans = tuple(replace(one, network=network) if one.profile_name == profile else one for one in school.wlans)
    return replace(school, wlans=wlans)


def _text(subject: Subject, side: str, change: Change) -> Subject:
    """Lines are written otherwise, on one device or on all: *replace* is a regular expression over the whole text."""
    texts = dict(getattr(subject, side))
    hits = 0
    for device in subject.school.configured:
        if change[side] in {device.name, "all"}:
            text, count = re.subn(change["replace"], change["by"], texts[device.key].text, flags=re.MULTILINE)
            texts[device.key] = configuration(text, platform(device.platform or "").rules)
            hits += count
    assert hits, f"{change['replace']} is not in {side} of {change[side]}"
    return replace(subject, **{side: texts})


def _seen(subject: Subject, change: Change) -> Subject:
    key = f"{subject.school.slug}/{change['look']}"
    look = subject.looks[key]
    assert look is not None
    if change.get("silent"):
        return replace(subject, looks={**subject.looks, key: None})
    given = dict(change.get("set", {}))
    facts = {field.name: given.pop(field.name) for field in fields(Facts) if field.name in given}
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    hears = change.get("hears", {})
    neighbours = tuple(
        replace(one, device=hears[one.port].split()[0], remote_port=hears[one.port].split()[1])
        if one.port in hears
        else one
        for one in look.neighbours or ()
    )
    changed = replace(look, facts=replace(look.facts, **facts), **{"neighbours": neighbours, **told})
    return replace(subject, looks={**subject.looks, key: changed})


def _answered(subject: Subject, change: Change) -> Subject:
    assert subject.answers is not None
    hit = [answer for answer in subject.answers.answers if answer.question == change["answer"]]
    assert hit, f"nobody asked {change['answer']}"
    others = tuple(answer for answer in subject.answers.answers if answer not in hit)
    told = tuple(answer.model_copy(update=change["set"]) for answer in hit) if change.get("set") else ()
    return replace(subject, answers=Answers(answers=(*others, *told)))


def _reordered(subject: Subject, change: Change) -> tuple[Step, ...]:
    """``drop``: steps with this action go; ``order``: device names in the order they are armed in; ``none``: no step."""
    steps = tuple(Step(device=one.device, action=one.action, detail="") for one in subject.steps or ())  # type: ignore[arg-type]
    match change["steps"]:
        case "none":
            return ()
        case "drop":
            return tuple(
                step
                for step in steps
                if step.action != change.get("action", step.action)
                or ("device" in change and step.device != f"{subject.school.slug}/{change['device']}")
            )
        case "confirm-at-once":
            rest = [step for step in steps if step.action != "confirm"]
            confirm = {step.device: step for step in steps if step.action == "confirm"}
            return tuple(
                one for step in rest for one in ((step, confirm[step.device]) if step.action == "arm" else (step,))
            )
        case "nearest-first":
            others = tuple(step for step in steps if step.action != "arm")
            arms = tuple(reversed([step for step in steps if step.action == "arm"]))
            at = next(place for place, step in enumerate(others) if step.action == "confirm")
            return (*others[:at], *arms, *others[at:])
        case other:
            raise AssertionError(f"no way to change steps by {other}")
