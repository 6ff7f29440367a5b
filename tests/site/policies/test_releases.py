"""Which release is approved: what a plus means, how vendors number, and what a standard that names none leaves open."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from matric.policy import Outcome, Policy, Result
from matric.policy.subject import Subject

Make = Callable[[str, tuple[Mapping[str, Any], ...]], Subject]


def judged(rules: tuple[Policy, ...], subject: Subject, approved: Mapping[str, tuple[str, ...]], runs: str) -> Result:
    """HW-02 at a school where nothing but sw-02 is configured, which runs *runs*."""
    school = subject.school
    alone = tuple(one for one in school.devices if one.name == "sw-02" or not one.configured)
    standard = school.standard.model_copy(update={"approved_versions": dict(approved)})
    key = f"{school.slug}/sw-02"
    look = subject.looks[key]
    assert look is not None
    told = replace(look, facts=replace(look.facts, os_version=runs))
    whole = replace(subject, school=replace(school, devices=alone, standard=standard), looks={key: told})
    return next(rule for rule in rules if rule.id == "HW-02").judge(whole)


@pytest.mark.parametrize(
    ("approved", "runs"),
    [
        ("17.9.4a", "17.09.04a"),
        ("17.9.4+", "17.9.4a"),
        ("17.9.4a+", "17.12.3"),
        ("4.31.2F+", "4.31.10M"),
        ("22.4R3+", "22.4R3-S2"),
        ("10.10.1110+", "FL.10.13.1040"),
        ("16.11.0012+", "WC.16.11.0012"),
    ],
)
def test_a_release_is_approved(approved: str, runs: str, rules: tuple[Policy, ...], subject: Make) -> None:
    assert judged(rules, subject("oakfield", ()), {"ios": (approved,)}, runs).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("approved", "runs"),
    [
        ("17.9.4a", "17.9.5"),
        ("17.9.4a+", "17.9.4"),
        ("17.12.3+", "17.9.5"),
        ("22.4R3+", "22.4R2-S9"),
        ("10.10.1110+", "FL.10.9.1060"),
    ],
)
def test_a_release_is_not_approved(approved: str, runs: str, rules: tuple[Policy, ...], subject: Make) -> None:
    assert judged(rules, subject("oakfield", ()), {"ios": (approved,)}, runs).outcome is Outcome.FAIL


def test_one_of_several_releases_will_do(rules: tuple[Policy, ...], subject: Make) -> None:
    several = {"ios": ("17.6.8", "17.9.4a+")}

    assert judged(rules, subject("oakfield", ()), several, "17.6.8").outcome is Outcome.PASS


def test_a_standard_that_approves_nothing_for_a_platform_leaves_it_open(
    rules: tuple[Policy, ...], subject: Make
) -> None:
    result = judged(rules, subject("oakfield", ()), {"eos": ("4.31.2F+",)}, "17.9.4a")

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert result.missing == ("oakfield/sw-02: approved_versions of ios in standard.yaml",)
