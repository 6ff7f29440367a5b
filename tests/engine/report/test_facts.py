"""The facts of a school as JSON: the shape that its schema says, whatever the school runs, and no secret."""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import jsonschema  # type: ignore[import-untyped]
import pytest

from matric import canonical, onboarding, site
from matric.policy.subject import Subject
from matric.report import facts
from matric.secret import Vault
from matric.site import Site

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
VALUE = "kAn4ry-F4cts"


def schema() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(facts.schema_text()))


def faults(document: dict[str, Any]) -> list[str]:
    """Where *document* has not the shape."""
    checker: Any = jsonschema.Draft202012Validator(schema())
    return [str(error.message) for error in checker.iter_errors(document)]


@pytest.fixture(scope="module")
def subjects(trust: Site) -> dict[str, Subject]:
    """Both schools on Cisco and Arista, and the reference trust's, which hold every other platform."""
    found = {
        f"{name} {slug}": onboarding.subject(onboarding.intended(one, slug), now=NOW)
        for name, one in (("frozen", trust), ("reference", site.load(ROOT)))
        for slug in ("oakfield", "fernhill")
    }
    platforms = {device.platform for one in found.values() for device in one.school.configured}
    assert platforms == {"aoscx", "aoss", "eos", "ios", "junos"}
    return found


@pytest.fixture
def one(subjects: dict[str, Subject]) -> dict[str, Any]:
    """A document that the test may change."""
    return copy.deepcopy(facts.of_subject(subjects["frozen oakfield"]))


def configured(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [device for device in document["devices"] if device["configured"]]


def test_every_school_on_every_platform_keeps_the_schema(subjects: dict[str, Subject]) -> None:
    for name, subject in subjects.items():
        document = json.loads(canonical.json_bytes(facts.of_subject(subject)))

        assert faults(document) == [], name
        assert all(device["configuration"] for device in configured(document))


def test_the_schema_is_one_and_names_its_version() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())

    assert schema()["properties"]["format_version"]["const"] == facts.FORMAT_VERSION


def test_the_same_school_gives_the_same_document(subjects: dict[str, Subject]) -> None:
    subject = subjects["reference oakfield"]

    assert canonical.json_bytes(facts.of_subject(subject)) == canonical.json_bytes(facts.of_subject(subject))


@pytest.mark.parametrize("where", ["school", "device", "interface"])
def test_a_field_that_the_schema_does_not_know_is_no_part_of_it(one: dict[str, Any], where: str) -> None:
    device = configured(one)[0]
    interfaces = device["configuration"]["interfaces"]
    {"school": one["school"], "device": device, "interface": interfaces[next(iter(interfaces))]}[where]["more"] = 1

    assert faults(one)


def test_a_configuration_that_was_not_rendered_says_why_it_is_not_there(subjects: dict[str, Subject]) -> None:
    subject = replace(subjects["frozen oakfield"], rendered={})

    document = facts.of_subject(subject)

    assert faults(document) == []
    assert {device["configuration"] for device in document["devices"]} == {None}
    assert all("intended configuration" in device["unread"] for device in configured(document))


def test_what_the_facts_say_is_what_the_rules_read(one: dict[str, Any]) -> None:
    core = next(device for device in one["devices"] if device["name"] == "core-1")

    assert core["configuration"]["ssh"]
    assert not core["configuration"]["telnet"]
    assert {row["vid"] for row in core["configuration"]["vlans"]} >= set(core["vlans"])
    assert one["school"]["slug"] == "oakfield"


def test_no_secret_gets_into_the_facts(subjects: dict[str, Subject]) -> None:
    Vault({"env": lambda name: VALUE if name == "CANARY" else None}).get("env:CANARY")
    subject = subjects["frozen oakfield"]
    first = subject.school.configured[0]
    port = replace(first.ports[0], description=f"{VALUE} password Uns33n-7")
    device = replace(
        first, serial=VALUE, custom={VALUE: VALUE}, model_custom={VALUE: VALUE}, ports=(port, *first.ports[1:])
    )
    others = tuple(each for each in subject.school.devices if each.key != first.key)
    school = replace(subject.school, name=VALUE, devices=(device, *others))

    text = json.dumps(facts.of_subject(replace(subject, school=school)))

    assert VALUE not in text
    assert "Uns33n-7" not in text
    assert "env:CANARY" in text


def names(shape: object) -> Iterator[str]:
    """Every field that a schema knows."""
    if isinstance(shape, dict):
        given = cast("dict[str, Any]", shape)
        yield from given.get("properties", {})
        for part in given.values():
            yield from names(part)
    elif isinstance(shape, list):
        for part in cast("list[object]", shape):
            yield from names(part)


def test_the_rule_in_the_manual_asks_only_for_fields_there_are() -> None:
    manual = (ROOT / "docs" / "how-to" / "use-opa.md").read_text(encoding="utf-8")
    rule = re.search(r"```rego\n(.*?)```", manual, re.DOTALL)
    assert rule is not None

    paths = re.findall(r"\b(?:device|port|input)((?:\.\w+)+)", rule[1])
    asked = {name for path in paths for name in path.strip(".").split(".")}

    assert asked >= {"configured", "unread", "telnet", "edge", "bpdu_guard"}
    assert asked <= set(names(schema()))
