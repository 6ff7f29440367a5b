"""What rules say of cables and devices that NetBox's own checks would not let a case describe."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matric.intent.school import Device, Peer, Port
from matric.platform.base import Neighbour
from matric.policy import Policy, Result
from matric.policy.subject import Subject

Make = Callable[[str, tuple[Any, ...]], Subject]


def with_device(subject: Subject, name: str, change: Callable[[Device], Device]) -> Subject:
    school = subject.school
    devices = tuple(change(device) if device.name == name else device for device in school.devices)
    return replace(subject, school=replace(school, devices=devices))


def cabled(subject: Subject, name: str, port: str, far: str, far_port: str) -> Subject:
    """*subject* with one more cable, seen from *name*."""
    other = subject.school.by_name[far]
    peer = Peer(other.name, other.id, other.role, far_port, 9999)

    def plug(one: Port) -> Port:
        return replace(one, peer=peer) if one.name == port else one

    return with_device(subject, name, lambda device: replace(device, ports=tuple(map(plug, device.ports))))


def judged(rules: tuple[Policy, ...], name: str, subject: Subject) -> Result:
    return next(rule for rule in rules if rule.id == name).judge(subject)


def test_a_second_path_to_the_dhcp_server_must_be_trusted_at_both_ends_that_may_use_it(
    rules: tuple[Policy, ...], subject: Make
) -> None:
    port = "TenGigabitEthernet1/1/3"
    ring = cabled(cabled(subject("oakfield", ()), "sw-02", port, "sw-04", port), "sw-04", port, "sw-02", port)

    result = judged(rules, "L2-10", ring)

    # Behind sw-03 and sw-01 nothing changes; core-1 leads to itself by no other switch.
    untrusted = {finding.object for finding in result.findings if "does not trust" in finding.message}
    assert {f"oakfield/sw-02 {port}", f"oakfield/sw-04 {port}"} <= untrusted
    assert not any(name.startswith(("oakfield/core-1", "oakfield/sw-01")) for name in untrusted)


def test_a_member_of_a_lag_without_a_cable_is_named(rules: tuple[Policy, ...], subject: Make) -> None:
    def unplug(one: Port) -> Port:
        return replace(one, peer=None) if one.name == "TenGigabitEthernet1/1/2" else one

    given = with_device(
        subject("oakfield", ()), "sw-02", lambda device: replace(device, ports=tuple(map(unplug, device.ports)))
    )

    result = judged(rules, "L2-25", given)

    assert [finding.object for finding in result.findings] == ["oakfield/sw-02 TenGigabitEthernet1/1/2"]


def test_two_cores_of_one_priority_leave_the_root_to_an_address(rules: tuple[Policy, ...], subject: Make) -> None:
    changes = ({"rendered": "sw-01", "replace": "^spanning-tree mst 0 priority .*$", "by": _PRIORITY},)
    two = with_device(subject("oakfield", changes), "sw-01", lambda device: replace(device, role="core"))

    result = judged(rules, "L2-07", two)

    assert [(finding.object, "core-1" in finding.message) for finding in result.findings] == [("oakfield/sw-01", True)]


_PRIORITY = "spanning-tree mst 0 priority 4096"


def test_more_power_promised_than_there_is_closes_the_gate(rules: tuple[Policy, ...], subject: Make) -> None:
    weak = with_device(subject("oakfield", ()), "sw-02", lambda device: replace(device, poe_budget_w=60.0))

    result = judged(rules, "HW-10", weak)

    assert [(finding.object, finding.severity or result.severity) for finding in result.findings] == [
        ("oakfield/sw-02", "blocker")
    ]


def test_what_is_plugged_into_an_unused_port_is_said_before_the_port_is_shut(
    rules: tuple[Policy, ...], subject: Make
) -> None:
    given = subject("oakfield", ())
    look = given.looks["oakfield/sw-02"]
    assert look is not None
    heard = (*(look.neighbours or ()), Neighbour("Gi1/0/19", "ap-99", "GigabitEthernet0"))
    told = replace(given, looks={**given.looks, "oakfield/sw-02": replace(look, neighbours=heard)})

    result = judged(rules, "L2-14", told)

    assert [(finding.object, "ap-99" in finding.message) for finding in result.findings] == [
        ("oakfield/sw-02 GigabitEthernet1/0/19", True)
    ]
