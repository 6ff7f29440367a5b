"""A school as it is found: each of its habits is seen by itself, and all of them together are found exactly.

``MATRIC_UPDATE=1`` rewrites tests/cases/mess/findings.txt; review it as what a joining school would be told.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from matric import site, yaml_file
from matric.config import natural
from matric.policy import Policy, Result, case
from matric.policy.healthy import Healthy

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "cases" / "mess"
FOUND = FOLDER / "findings.txt"
MESS = cast("Mapping[str, Any]", yaml_file.load(FOLDER / "mess.yaml"))
HABITS: tuple[Mapping[str, Any], ...] = tuple(MESS["mess"])


@cache
def reference() -> Healthy:
    """The reference trust as it is: its Oakfield has switches of three makes."""
    return Healthy(site.load(ROOT))


@cache
def rules() -> Mapping[str, Policy]:
    return {rule.id: rule for rule in reference().trust.rules}


@cache
def before(name: str) -> Result:
    """What a rule says of Oakfield while nothing is wrong with it."""
    return rules()[name].judge(reference().school(MESS["school"]))


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: str(habit["what"]))
def test_each_habit_is_seen_when_it_is_the_only_thing_wrong(habit: Mapping[str, Any]) -> None:
    subject = case.given(reference(), MESS["school"], tuple(habit["given"]))

    silent = [
        name for name in habit["rules"] if set(rules()[name].judge(subject).findings) <= set(before(name).findings)
    ]

    assert silent == []


def test_what_is_found_at_the_whole_school_is_what_was_reviewed() -> None:
    everything = tuple(change for habit in HABITS for change in habit["given"])
    subject = case.given(reference(), MESS["school"], everything)

    text = "\n".join(shown(rule.judge(subject) for rule in reference().trust.rules)) + "\n"

    if os.environ.get("MATRIC_UPDATE"):
        FOUND.write_text(text, encoding="utf-8")
    assert text == FOUND.read_text(encoding="utf-8")


def shown(results: Iterator[Result]) -> Iterator[str]:
    """One line for each object that a rule finds: the worst that it says of it; then what could not be decided."""
    for result in results:
        objects = sorted({finding.object for finding in result.findings}, key=natural)
        for name in objects:
            worst = min(
                (finding.severity or result.severity for finding in result.findings if finding.object == name),
                key=("blocker", "warning", "info").index,
            )
            yield f"{worst:8} {result.rule:7} {name}"
        yield from (f"{'unknown':8} {result.rule:7} {missing}" for missing in result.missing)
