"""Quality of service: what a telephone or an uplink marks as urgent is still urgent on the way."""

from collections.abc import Iterator

from matric import Device, Finding, Said, Subject, not_applicable
from matric.policy import policy
from matric.switch.guard import Guard
from matric.switch.guarding import guards
from matric.switch.link import SWITCHES, name_of
from matric.switch.reading import intended


@policy("SEG-19")
def priorities_count_on_voice_ports_and_uplinks(device: Device, subject: Subject) -> Iterator[Said]:
    if device.role not in SWITCHES:
        raise not_applicable("it is no switch")
    switch, guard = intended(subject, device), guards(subject, device)
    carriers = {
        one.name: "a telephone" if port.voice is not None else "an uplink"
        for port in device.ports
        if port.enabled and (one := switch.carrier(port.name)) is not None
        if port.voice is not None or one.mode == "trunk"
    }
    if not carriers:
        raise not_applicable("no telephone and no uplink on it")
    for name, what in carriers.items():
        if not guard.ports.get(name, Guard()).heeds:
            yield Finding(
                name_of(device, name),
                f"it takes the priority away from what {what} sends, so calls break up when the link is busy",
                "trust DSCP on the port, or give its frames a class",
            )
