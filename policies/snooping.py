"""What the switch learns of who has which address, and refuses by it."""

from collections.abc import Iterator

from matric import Device, Finding, Network, Said, School, Subject, not_applicable
from matric.policy import policy
from matric.switch import Switch
from matric.switch.guard import Guards
from matric.switch.guarding import guards
from matric.switch.link import SWITCHES, name_of
from matric.switch.reading import intended

from ._agreed import agreed_until
from ._ports import logs_in


@policy("L2-09")
def dhcp_snooping_covers_every_network_of_users(device: Device, subject: Subject) -> Iterator[Said]:
    snooped = guards(subject, device).snooped
    for network in _wanted(subject.school, device):
        if network.vid not in snooped:
            yield Finding(
                f"{device.key} vlan {network.vid}",
                f"DHCP snooping is not on in {network.name}, so anybody may hand out addresses",
                "switch DHCP snooping on for the switch and for the VLAN",
                # The server of an old network without a relay stands in it, where nothing may be trusted to answer.
                "info" if not network.dhcp_relay and agreed_until(subject.school, subject, network) else None,
            )


@policy("L2-11")
def arp_inspection_covers_every_network_of_users(device: Device, subject: Subject) -> Iterator[Said]:
    guard = guards(subject, device)
    for network in _wanted(subject.school, device):
        if network.vid not in guard.inspected:
            yield Finding(
                f"{device.key} vlan {network.vid}",
                f"ARP inspection is not on in {network.name}, so anybody may answer for the gateway",
                "switch ARP inspection on for the VLAN",
                # No switch has heard the leases of an old network: inspection would cut off every host in it.
                "info" if agreed_until(subject.school, subject, network) else None,
            )
        elif network.vid not in guard.snooped:
            yield Finding(
                f"{device.key} vlan {network.vid}",
                f"ARP inspection is on in {network.name} without DHCP snooping, so it knows no device and refuses all",
                "switch DHCP snooping on for the VLAN first",
            )
    yield from _believed(device, intended(subject, device), guard)


def _believed(device: Device, switch: Switch, guard: Guards) -> Iterator[Finding]:
    """Ports that ARP inspection believes are those that DHCP snooping believes: where the gateway is."""
    for port in device.ports:
        held = switch.carrier(port.name)
        believed = guard.ports[held.name].arp_trusted if held is not None and held.name in guard.ports else None
        if held is None or held.mode == "routed" or believed is None or not guard.inspected:
            continue
        if held.trusted and not believed:
            yield Finding(
                name_of(device, port.name),
                "ARP inspection does not trust the uplink, so nobody behind it hears the gateway's answers",
                "trust it on the ports that DHCP snooping trusts",
            )
        elif believed and not held.trusted:
            yield Finding(
                name_of(device, port.name),
                "ARP inspection trusts it and DHCP snooping does not, so whoever is on it may answer for the gateway",
                "take its trust away",
            )


def _wanted(school: School, device: Device) -> tuple[Network, ...]:
    """The device's VLANs in which users get addresses."""
    found = tuple(one for one in device.vlans if one.dhcp_relay or logs_in(school, one))
    if not found or device.role not in SWITCHES:
        raise not_applicable("no network of users on it")
    return found
