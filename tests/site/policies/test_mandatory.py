"""A school may do without a VLAN that the standard does not call mandatory; one that has it has the standard's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from matric.intent.school import School
from matric.policy import Outcome, Policy
from matric.policy.subject import Subject


@pytest.fixture
def rule(rules: tuple[Policy, ...]) -> Policy:
    return next(rule for rule in rules if rule.id == "SEG-01")


def _tills(school: School, *, mandatory: bool) -> School:
    """*school* without tills."""
    networks = school.standard.networks
    tills = networks["till"].model_copy(update={"mandatory": mandatory})
    standard = school.standard.model_copy(update={"networks": {**networks, "till": tills}})
    left = tuple(network for network in school.networks if network.role != "till")
    return replace(school, standard=standard, networks=left)


@pytest.mark.parametrize(("mandatory", "outcome"), [(True, Outcome.FAIL), (False, Outcome.PASS)])
def test_only_a_mandatory_vlan_is_missed(
    *, mandatory: bool, outcome: Outcome, rule: Policy, subject: Callable[..., Subject]
) -> None:
    whole = subject("oakfield", ())

    assert rule.judge(replace(whole, school=_tills(whole.school, mandatory=mandatory))).outcome is outcome
