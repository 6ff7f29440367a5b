"""HW-08 counts the cables to the core, whatever people say of its power supplies."""

from collections.abc import Callable
from dataclasses import replace

from matric.policy import Policy
from matric.policy.subject import Subject


def test_a_switch_on_one_cable_is_named_and_is_told_without_closing_the_gate(
    rules: tuple[Policy, ...], subject: Callable[..., Subject]
) -> None:
    whole = subject("oakfield", ())
    cut = next(port.peer for device in whole.school.devices for port in device.ports if device.name == "sw-03" and
               port.peer is not None and port.peer.device == "core-1").cable_id  # fmt: skip
    devices = tuple(
        replace(
            device,
            ports=tuple(
                replace(port, peer=None) if port.peer is not None and port.peer.cable_id == cut else port
                for port in device.ports
            ),
        )
        for device in whole.school.devices
    )
    rule = next(rule for rule in rules if rule.id == "HW-08")

    result = rule.judge(replace(whole, school=replace(whole.school, devices=devices)))

    assert [(finding.object, finding.message) for finding in result.findings] == [
        ("oakfield/sw-03", "one cable is all that leads to the core")
    ]
    assert result.severity == "info"
