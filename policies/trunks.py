"""Trunks: nothing is on them by default, by negotiation or by mistake, and each says where it leads."""

from collections.abc import Iterator

from matric import Device, Finding, Network, Port, Said, Subject, not_applicable
from matric.policy import policy
from matric.switch import Interface, Switch
from matric.switch.guard import Guard
from matric.switch.guarding import guards
from matric.switch.link import SWITCHES, name_of
from matric.switch.reading import intended, was

from ._left_alone import left_alone
from ._ports import BETWEEN, trunks

NOTHING = Guard()


@policy("SEG-10")
def vlan_1_is_on_no_trunk(device: Device, subject: Subject) -> Iterator[Said]:
    for name, one in _trunks(device, intended(subject, device)).items():
        if one.allowed is None or 1 in one.allowed:
            yield Finding(
                name_of(device, name),
                "VLAN 1 is among what the trunk carries",
                "list the tagged VLANs of the trunk in NetBox, without VLAN 1",
            )


@policy("SEG-12")
def no_access_port_is_in_a_native_vlan(device: Device, subject: Subject) -> Iterator[Said]:
    standard = subject.school.standard
    switch = intended(subject, device)
    natives = {standard.networks[standard.native].vid, *(one.native for one in trunks(device, switch).values())}
    for port in device.ports:
        one = switch.interfaces.get(port.name)
        if one is not None and one.mode == "access" and one.enabled and one.access in natives - {1}:
            yield Finding(
                name_of(device, port.name),
                f"it is an access port in VLAN {one.access}, which trunks leave untagged",
                "give the port another network in its profile",
            )


@policy("SEG-13")
def the_parking_vlan_is_inert(device: Device, subject: Subject) -> Iterator[Said]:
    standard = subject.school.standard
    parking = standard.networks[standard.parking].vid
    switch = intended(subject, device)
    parked = [port for port in device.ports if port.profile.mode == "shutdown"]
    if not parked and parking not in switch.vlans:
        raise not_applicable("no port is parked")
    name = f"{device.key} vlan {parking}"
    if parking not in switch.vlans:
        yield Finding(name, "ports are parked in it, and it does not exist", "create it on the switch")
    for one in switch.interfaces.values():
        if one.vid == parking:
            yield Finding(name, f"{one.name} routes for it", "take the address off")
    if guards(subject, device).relays.get(parking):
        yield Finding(name, "whoever is parked gets an address", "take the DHCP relay off")
    for trunk, one in trunks(device, switch).items():
        if one.allowed is None or parking in one.allowed or one.native == parking:
            yield Finding(
                name_of(device, trunk), f"the trunk carries the parking VLAN {parking}", "take it off the trunk"
            )


@policy("SEG-15")
def vlans_are_those_of_netbox_by_id_and_name(device: Device, subject: Subject) -> Iterator[Said]:
    known = {network.vid: network for network in subject.school.networks}
    yield from _compared(device, intended(subject, device), known)
    if left_alone(subject, device):
        # The plan leaves it alone, so what it holds today is what it will hold.
        yield from _compared(device, was(subject, device), known)


def _compared(device: Device, switch: Switch, known: dict[int, Network]) -> Iterator[Finding]:
    for network in device.vlans:
        if network.vid not in switch.vlans:
            yield Finding(
                f"{device.key} vlan {network.vid}",
                f"NetBox has {network.name} on it, and the switch has no such VLAN",
                "create it on the switch, or take it off the device's ports in NetBox",
            )
    for vid, name in switch.vlans.items():
        recorded = known.get(vid)
        if vid == 1 or _one_port_s_own(device, switch, vid):
            continue
        if recorded is None:
            yield Finding(
                f"{device.key} vlan {vid}",
                f"the switch has it as {name or 'a VLAN without a name'}, and NetBox does not know it",
                "add it to NetBox with the network role it has in the standard, or remove it",
            )
        elif name != recorded.name:
            yield Finding(
                f"{device.key} vlan {vid}",
                f"the switch calls it {name or 'nothing'}, and NetBox {recorded.name}",
                "name it alike in both",
            )


def _one_port_s_own(device: Device, switch: Switch, vid: int) -> bool:
    """True for the VLAN a routed port has where the hardware routes between VLANs only."""
    addresses = {port.address for port in device.ports if port.address is not None}
    return any(one.vid == vid and one.address in addresses for one in switch.interfaces.values())


@policy("L2-02")
def trunks_are_static_and_negotiate_nothing(device: Device, subject: Subject) -> Iterator[Said]:
    ports = {name: one for name, one in guards(subject, device).ports.items() if one.negotiates is not None}
    if not ports:
        raise not_applicable("the platform has no protocol that negotiates trunks")
    for name, one in ports.items():
        if one.negotiates:
            yield Finding(
                name_of(device, name),
                "it negotiates whether it is a trunk with whoever is plugged in",
                "write its mode and switch negotiation off",
            )


@policy("L2-18")
def no_other_switch_may_change_the_vlans(device: Device, subject: Subject) -> Iterator[Said]:
    protocols = guards(subject, device).propagation
    if protocols is None:
        raise not_applicable("the platform takes no VLANs from other switches")
    for protocol in protocols:
        yield Finding(
            device.key,
            f"{protocol} is on, by which another switch may create and remove VLANs here",
            f"switch {protocol} off" + (", or make the switch transparent" if protocol == "VTP" else ""),
        )


@policy("L2-22")
def routed_interfaces_answer_for_nobody_else(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    if not any(one.address for one in switch.interfaces.values()):
        raise not_applicable("it has no routed interface")
    for name, what in guards(subject, device).answering:
        yield Finding(name_of(device, name), f"{what} is on", f"switch {what} off on the interface")


@policy("L2-24")
def ports_towards_infrastructure_say_where_they_lead(device: Device, subject: Subject) -> Iterator[Said]:
    ports = [port for port in device.ports if _leads_to_infrastructure(port)]
    if not ports or device.role not in SWITCHES:
        raise not_applicable("no port leads to another device of the school")
    guard = guards(subject, device)
    for port in ports:
        peer = port.peer.device if port.peer is not None else ""
        said = guard.ports.get(port.name, NOTHING).described
        if peer.lower() not in said.lower():
            yield Finding(
                name_of(device, port.name),
                f"it leads to {peer}, and its description says {said or 'nothing'}",
                f"name {peer} in the port's description, or leave it empty in NetBox: then the far end is written",
            )


@policy("L2-20")
def fibre_between_switches_notices_a_one_way_fault(device: Device, subject: Subject) -> Iterator[Said]:
    ports = [
        port
        for port in device.ports
        if port.enabled and port.peer is not None and port.peer.device_role in SWITCHES and "base-x" in port.type
    ]
    if not ports or device.role not in SWITCHES:
        raise not_applicable("no fibre to another switch")
    switch, guard = intended(subject, device), guards(subject, device)
    for port in ports:
        # LACP keeps a member only while each end hears the other.
        written = switch.interfaces.get(port.name)
        if not (written is not None and written.lacp) and not guard.ports.get(port.name, NOTHING).one_way:
            yield Finding(
                name_of(device, port.name),
                "where frames pass in one direction only, nothing notices: it is in no LACP LAG, and runs no UDLD",
                "make both ends a LAG, of one member where there is one cable",
            )


def _leads_to_infrastructure(port: Port) -> bool:
    return port.enabled and port.peer is not None and port.peer.device_role in BETWEEN | {"access-point"}


def _trunks(device: Device, switch: Switch) -> dict[str, Interface]:
    found = trunks(device, switch)
    if not found:
        raise not_applicable("it has no trunk")
    return found
