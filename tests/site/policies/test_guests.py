"""SEG-03: what the standard's matrix lets guests reach is not enough for them to reach it."""

from dataclasses import replace

import pytest

from matric.policy import Outcome, Policy
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject


def letting(healthy: Healthy, zone: str, *reaches: str) -> Subject:
    """Fernhill, as it is rendered by a standard that lets *zone* reach *reaches*."""
    school = healthy.school("fernhill").school
    zones = {**school.standard.zones, zone: school.standard.zones[zone].model_copy(update={"reaches": reaches})}
    standard = school.standard.model_copy(update={"zones": zones})
    return healthy.of(replace(school, standard=standard), healthy.trust.snapshot.records)


@pytest.fixture
def two(rules: tuple[Policy, ...]) -> tuple[Policy, Policy]:
    """SEG-51 and SEG-03."""
    by_id = {rule.id: rule for rule in rules}
    return by_id["SEG-51"], by_id["SEG-03"]


def test_guests_who_may_print_by_the_standard_are_found_though_the_matrix_holds(
    healthy: Healthy, two: tuple[Policy, Policy]
) -> None:
    subject = letting(healthy, "guest", "printer")
    matrix, guests = (rule.judge(subject) for rule in two)

    assert matrix.outcome is Outcome.PASS
    assert [finding.object for finding in guests.findings] == ["fernhill guest to printer"]


def test_people_who_log_in_with_their_own_devices_may_print_where_the_standard_says_so(
    healthy: Healthy, two: tuple[Policy, Policy]
) -> None:
    subject = letting(healthy, "byod", "printer")

    assert [rule.judge(subject).outcome for rule in two] == [Outcome.PASS, Outcome.PASS]
