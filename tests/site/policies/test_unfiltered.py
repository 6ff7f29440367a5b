"""What the standard calls unfiltered is for infrastructure: nobody's own device gets there by a word in a file."""

from dataclasses import replace

import pytest

from matric.policy import Outcome, Policy
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject


def without_filter(healthy: Healthy, slug: str, zone: str) -> Subject:
    subject = healthy.school(slug)
    standard = subject.school.standard
    zones = {**standard.zones, zone: standard.zones[zone].model_copy(update={"internet": "unfiltered"})}
    school = replace(subject.school, standard=standard.model_copy(update={"zones": zones}))
    return replace(subject, school=school)


@pytest.mark.parametrize(("zone", "vid"), [("pupil", 20), ("guest", 40)])
def test_a_zone_of_people_cannot_be_called_unfiltered(
    healthy: Healthy, rules: tuple[Policy, ...], zone: str, vid: int
) -> None:
    rule = next(one for one in rules if one.id == "SAF-01")

    said = rule.judge(without_filter(healthy, "oakfield", zone))

    assert said.outcome is Outcome.FAIL
    assert f"oakfield vlan {vid}" in {finding.object for finding in said.findings}


def test_infrastructure_may_be_unfiltered(healthy: Healthy, rules: tuple[Policy, ...]) -> None:
    rule = next(one for one in rules if one.id == "SAF-01")

    assert rule.judge(without_filter(healthy, "fernhill", "infrastructure")).outcome is Outcome.PASS
