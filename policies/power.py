"""Power over Ethernet: a switch promises no more than it has, and no device asks a port for more than it gives."""

from collections.abc import Iterator

from matric import Device, Finding, Port, Said, Subject, cannot_evaluate, not_applicable
from matric.intent.check_wireless import WATTS
from matric.intent.record import InterfaceRow
from matric.policy import policy
from matric.switch.guard import Guard
from matric.switch.guarding import guards
from matric.switch.link import name_of


@policy("HW-10")
def demand_for_power_fits_the_port_and_the_budget(device: Device, subject: Subject) -> Iterator[Said]:
    if not device.poe_budget_w:
        raise not_applicable("it gives no power")
    guard = guards(subject, device)
    if subject.records is None:
        raise cannot_evaluate(f"{device.key}: poe_mode and poe_type of its interfaces in NetBox")
    rows = {row.id: row for row in subject.records.interfaces}
    giving = [port for port in device.ports if port.enabled and guard.ports.get(port.name, Guard()).power]
    promised = 0.0
    for port in giving:
        row = rows.get(port.id)
        promised += _watts(row, "pse")
        yield from _port(subject, device, port, row)
    if promised > device.poe_budget_w:
        yield Finding(
            device.key,
            f"its ports promise {promised:g} W, and it has {device.poe_budget_w:g} W",
            "move devices to another switch, or switch power off where none is needed",
        )


def _watts(row: InterfaceRow | None, mode: str) -> float:
    return WATTS.get(row.poe_type or "", 0.0) if row is not None and row.poe_mode == mode else 0.0


def _port(subject: Subject, device: Device, port: Port, row: InterfaceRow | None) -> Iterator[Said]:
    """What is wrong between a port that may give power and the device at its other end."""
    if row is not None and row.poe_mode == "pse" and row.poe_type not in WATTS:
        yield cannot_evaluate(f"{name_of(device, port.name)}: its poe_type in NetBox")
    if "base-t" in port.type and (row is None or row.poe_mode != "pse"):
        yield Finding(
            name_of(device, port.name),
            "it gives power, and NetBox counts none for it",
            "set poe_mode and poe_type of the interface in NetBox, or give the port a profile without power",
            "warning",
        )
    peer = port.peer
    if peer is None or subject.records is None:
        return
    far = next((one for one in subject.records.interfaces
                if one.device_id == peer.device_id and one.name == peer.port), None)  # fmt: skip
    wanted = _watts(far, "pd")
    if wanted > _watts(row, "pse"):
        yield Finding(
            name_of(device, port.name),
            f"{peer.device} asks for {wanted:g} W, and the port gives {_watts(row, 'pse'):g} W",
            "move it to a port of its class, or put an injector in front of it",
            "warning",
        )
