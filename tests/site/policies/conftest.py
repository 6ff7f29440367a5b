"""The reference trust as rules see it, healthy in every way, and what a case changes about it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from ipaddress import IPv4Network
from typing import Any, TypeVar, cast

import pytest

from matric import policy, site
from matric.intent import build
from matric.intent.school import Device, School
from matric.plan import Step
from matric.plan.path import tree
from matric.platform import get as platform
from matric.platform.base import Facts, Look, Neighbour
from matric.policy.subject import Answer, Answers, Configuration, Subject, configuration
from matric.render import Renderer
from matric.window import Freeze
from tests import estate
from tests.engine.mixed import as_model

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)

Change = Mapping[str, Any]
Thing = TypeVar("Thing")


@cache
def trust() -> site.Site:
    return site.load(estate.standing())


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
    if any("netbox" in change or "model" in change for change in changes):
        records = trust().snapshot.records
        for change in changes:
            if "model" in change:
                records = as_model(records, f"{slug}/{change['model']}", change["is"])
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
    return getattr(row, name) if hasattr(row, name) else row.custom_fields.get(name)


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
        calendar=trust().calendar,
        window=(NOW, NOW + timedelta(hours=2)),
        capabilities={
            slug: platform(slug).capability for slug in {device.platform or "" for device in school.configured}
        },
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
    keys = [f"{school.slug}/{name}" for name in order]
    return (
        *(Step(device=key, action="back-up", detail="") for key in keys),
        *(Step(device=key, action="arm", detail="", net="commit-timer") for key in keys),
        *(Step(device=key, action="confirm", detail="") for key in reversed(keys)),
    )


# ---- what a case changes ----


def _changed(subject: Subject, change: Change) -> Subject:
    return CHANGES[next(iter(change))](subject, change)


def _with(thing: Thing, given: Change) -> Thing:
    """*thing* with some fields replaced; which ones is the case's business."""
    return cast("Thing", replace(cast("Any", thing), **given))


def _promised(subject: Subject, change: Change) -> Subject:
    slug = change["capability"]
    capability = _with(subject.capabilities[slug], change["set"])
    return replace(subject, capabilities={**subject.capabilities, slug: capability})


def _frozen(subject: Subject, change: Change) -> Subject:
    """Nothing but these freezes stands in the calendar."""
    freezes = tuple(Freeze.model_validate_json(json.dumps(one)) for one in change["freezes"])
    return replace(subject, calendar=trust().calendar.model_copy(update={"freezes": freezes}))


def _foreign(subject: Subject, change: Change) -> Subject:
    others = tuple((name, IPv4Network(prefix)) for name, prefix in change["foreign"].items())
    return replace(subject, school=replace(subject.school, foreign=others))


def _landed(subject: Subject, change: Change) -> Subject:
    """A wireless LAN's clients land on another network."""
    school = subject.school
    network = next(one for one in school.networks if one.role == change["network"])
    wlans = tuple(replace(one, network=network) if one.profile_name == change["wlan"] else one for one in school.wlans)
    return replace(subject, school=replace(school, wlans=wlans))


def _text(subject: Subject, change: Change) -> Subject:
    """Lines are written otherwise, on one device or on all: *replace* is a regular expression over the whole text."""
    side = next(iter(change))
    texts: dict[str, Configuration] = dict(getattr(subject, side))
    hits = 0
    for device in subject.school.configured:
        if change[side] in {device.name, "all"}:
            text, count = re.subn(str(change["replace"]), str(change["by"]), texts[device.key].text, flags=re.MULTILINE)
            texts[device.key] = configuration(text, platform(device.platform or "").rules)
            hits += count
    assert hits, f"{change['replace']} is not in {side} of {change[side]}"
    return _with(subject, {side: texts})


def _seen(subject: Subject, change: Change) -> Subject:
    """A device shows something else, hears somebody else (``hears``), or says nothing (``silent``)."""
    key = f"{subject.school.slug}/{change['look']}"
    look = subject.looks[key]
    assert look is not None
    if change.get("silent"):
        return replace(subject, looks={**subject.looks, key: None})
    shown: dict[str, Any] = change.get("set", {})
    given = {name: one if one is None or isinstance(one, str) else tuple(one) for name, one in shown.items()}
    facts: dict[str, Any] = {name: given.pop(name) for name in ("serial", "model") if name in given}
    heard = tuple(_heard(one, change.get("hears", {})) for one in look.neighbours or ())
    told = _with(look, {"facts": _with(look.facts, facts), "neighbours": heard, **given})
    return replace(subject, looks={**subject.looks, key: told})


def _heard(neighbour: Neighbour, hears: Mapping[str, str]) -> Neighbour:
    if neighbour.port not in hears:
        return neighbour
    device, port = hears[neighbour.port].split()
    return replace(neighbour, device=device, remote_port=port)


def _answered(subject: Subject, change: Change) -> Subject:
    assert subject.answers is not None
    hit = [answer for answer in subject.answers.answers if answer.question == change["answer"]]
    assert hit, f"nobody asked {change['answer']}"
    others = tuple(answer for answer in subject.answers.answers if answer not in hit)
    told = tuple(answer.model_copy(update=change["set"]) for answer in hit) if change.get("set") else ()
    return replace(subject, answers=Answers(answers=(*others, *told)))


def _reordered(subject: Subject, change: Change) -> Subject:
    steps = tuple(subject.steps or ())
    match change["steps"]:
        case "none":
            steps = ()
        case "drop":
            key = f"{subject.school.slug}/{change['device']}"
            steps = tuple(one for one in steps if one.device != key or one.action != change.get("action", one.action))
        case "confirm-at-once":
            confirm = {one.device: one for one in steps if one.action == "confirm"}
            others = [one for one in steps if one.action != "confirm"]
            steps = tuple(
                one for step in others for one in ((step, confirm[step.device]) if step.action == "arm" else (step,))
            )
        case "net":
            key = f"{subject.school.slug}/{change['device']}"
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
            raise AssertionError(f"no way to change steps by {other}")
    return replace(subject, steps=steps)


CHANGES: Mapping[str, Callable[[Subject, Change], Subject]] = {
    "answer": _answered,
    "block": lambda subject, change: replace(
        subject, school=replace(subject.school, block=IPv4Network(change["block"]))
    ),
    "capability": _promised,
    "foreign": _foreign,
    "freezes": _frozen,
    "look": _seen,
    "model": lambda subject, _: subject,  # was read when the school was built
    "netbox": lambda subject, _: subject,  # ditto
    "rendered": _text,
    "running": _text,
    "steps": _reordered,
    "unread": lambda subject, change: _with(subject, {change["unread"]: None}),
    "wlan": _landed,
}
