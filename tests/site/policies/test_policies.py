"""Each rule fires where it should and is silent where it should: plain text cases over the reference trust."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from matric import yaml_file
from matric.policy import Outcome, Policy
from matric.policy.subject import Subject

CASES = Path(__file__).parents[2] / "cases" / "policies"
EVERY = sorted(CASES.glob("*/*/case.yaml"))

Make = Callable[[str, tuple[Mapping[str, Any], ...]], Subject]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.parent.parent.name}/{case.parent.name}")
def test_a_rule_says_what_the_case_says(case: Path, rules: tuple[Policy, ...], subject: Make) -> None:
    given = cast("dict[str, Any]", yaml_file.load(case))
    rule = next(rule for rule in rules if rule.id == case.parent.parent.name)

    result = rule.judge(subject(given["school"], tuple(given.get("given", ()))))

    assert str(result.outcome) == given["outcome"], result
    assert sorted({finding.object for finding in result.findings}) == sorted(given.get("objects", ()))
    for words in given.get("words", ()):
        assert any(words in finding.message for finding in result.findings) or words in " ".join(result.missing)
    if "severity" in given:
        assert {finding.severity or rule.severity for finding in result.findings} == {given["severity"]}


def test_every_rule_has_a_case_where_it_fires_and_one_where_it_is_silent(rules: tuple[Policy, ...]) -> None:
    outcomes = {
        (case.parent.parent.name, case.parent.name.partition("-")[0]): cast("dict[str, Any]", yaml_file.load(case))
        for case in EVERY
    }

    lacking = [(rule.id, kind) for rule in rules for kind in ("fires", "silent") if (rule.id, kind) not in outcomes]

    assert not lacking
    assert all(given["outcome"] == "fail" for (_, kind), given in outcomes.items() if kind == "fires")
    assert all(given["outcome"] != "fail" for (_, kind), given in outcomes.items() if kind != "fires")


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

    # SEG-06 alone needs nothing but NetBox.
    assert passed == {"SEG-06"}
