"""A network whose gateway stands on a device that nobody reads: what filters it is not known, and nothing passes."""

from dataclasses import replace

import pytest

from matric.policy import Outcome, Policy
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject

GUESTS = 40


def elsewhere(healthy: Healthy) -> Subject:
    """Oakfield, and its guests' gateway is the provider's."""
    subject = healthy.school("oakfield")
    devices = tuple(
        replace(device, svis=tuple(svi for svi in device.svis if svi.network.vid != GUESTS))
        for device in subject.school.devices
    )
    return replace(subject, school=replace(subject.school, devices=devices))


@pytest.mark.parametrize("name", ["SEG-02", "SEG-03", "SAF-51"])
def test_a_network_that_no_device_of_ours_routes_is_not_known_to_be_kept_apart(
    healthy: Healthy, rules: tuple[Policy, ...], name: str
) -> None:
    rule = next(one for one in rules if one.id == name)

    said = rule.judge(elsewhere(healthy))

    assert said.outcome is Outcome.CANNOT_EVALUATE
    assert said.missing == (f"oakfield vlan {GUESTS}: its gateway is on no device that matric configures",)


def test_a_network_of_people_that_leaves_by_a_box_of_its_own_leaves_past_the_filter(
    healthy: Healthy, rules: tuple[Policy, ...]
) -> None:
    """As an old network beside the new ones does, whose gateway the old provider left."""
    subject = elsewhere(healthy)
    networks = tuple(
        replace(one, prefix=None, filter_policy="") if one.vid == GUESTS else one for one in subject.school.networks
    )
    rule = next(one for one in rules if one.id == "SAF-01")

    said = rule.judge(replace(subject, school=replace(subject.school, networks=networks)))

    assert said.outcome is Outcome.FAIL
    assert [one.object for one in said.findings] == [f"oakfield vlan {GUESTS}"]
    assert "past the filtered egress" in said.findings[0].message
