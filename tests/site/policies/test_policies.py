"""Each rule fires where it should and is silent where it should: plain text cases over the reference trust."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from matric.policy import Outcome, Policy, case
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject

CASES = Path(__file__).parents[2] / "cases" / "policies"
EVERY = sorted(CASES.glob("*/*/case.yaml"))

Make = Callable[[str, tuple[Mapping[str, Any], ...]], Subject]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_a_rule_says_what_the_case_says(path: Path, rules: tuple[Policy, ...], healthy: Healthy) -> None:
    one = case.read(path)
    rule = next(rule for rule in rules if rule.id == one.rule)

    result = case.judged(healthy, rule, one)

    assert list(case.unlike(rule, one.wanted, result)) == [], result


def test_every_rule_has_a_case_where_it_fires_and_one_where_it_is_silent(rules: tuple[Policy, ...]) -> None:
    assert case.lacking(rules, case.cases(CASES)) == ()


def test_no_case_belongs_to_a_rule_that_is_gone(rules: tuple[Policy, ...]) -> None:
    strays = {folder.name for folder in CASES.iterdir()} - {rule.id for rule in rules}

    assert not strays


@pytest.mark.parametrize("school", ["fernhill"])
def test_a_healthy_school_breaks_no_rule(school: str, rules: tuple[Policy, ...], subject: Make) -> None:
    judged = [rule.judge(subject(school, ())) for rule in rules]

    assert [
        (result.rule, result.findings, result.missing) for result in judged if result.findings or result.missing
    ] == []
    assert {result.outcome for result in judged} <= {Outcome.PASS, Outcome.NOT_APPLICABLE}


def test_what_was_not_read_is_never_a_pass_for_a_rule_that_needs_it(rules: tuple[Policy, ...], subject: Make) -> None:
    whole = subject("oakfield", ())
    blind = Subject(school=whole.school, now=whole.now)

    passed = {rule.id for rule in rules if rule.judge(blind).outcome is Outcome.PASS}

    # These need nothing but NetBox.
    assert passed == {"HW-01", "HW-04", "HW-05", "HW-06", "SAF-02", "SEG-01", "SEG-06", "WIF-14"}
