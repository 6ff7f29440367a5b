"""The engineer's way to each device, computed from what the devices hold: frames along cables, VLAN by VLAN.

Spanning tree is not simulated: a way that exists is taken to be open.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address

from matric.intent.school import Device, School
from matric.switch import Interface, Switch
from matric.switch.link import egress, links

__all__ = ("Cables", "Ways", "cables", "crossed", "joined")

Place = tuple[str, int]
"""Device and VLAN."""
Cables = Mapping[str, tuple[tuple[str, str, str], ...]]
"""Device -> (its port, device at the other end, port there)."""


def cables(school: School) -> Cables:
    """The cables that frames may take."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for link in links(school):
        for (here, port), (there, far_port) in (link.ends, link.ends[::-1]):
            found.setdefault(here.name, []).append((port.name, there.name, far_port.name))
    return {name: tuple(ends) for name, ends in found.items()}


class Ways:
    """The ways into a school while its devices hold *held* (by name)."""

    def __init__(self, school: School, held: Mapping[str, Switch], cabling: Cables) -> None:
        self.school = school
        self.held = held
        self.cabling = cabling
        self.flooded: dict[int, frozenset[Place]] = {}

    def cut(self, device: Device) -> str:
        """Why *device* cannot be reached; empty where it can."""
        entry = self.held.get(self.school.entry)
        if entry is None or device.management is None:
            return "nothing says how it is reached"
        if reason := _entry_cut(self.school, entry):
            return f"{self.school.entry} {reason}"
        own = self.held[device.name].holder(device.management.ip)
        if own is None or not own.enabled:
            return f"no interface holds its management address {device.management.ip}"
        return "" if device.name == self.school.entry else self._way_cut(entry, device, own, device.management.ip)

    def _way_cut(self, entry: Switch, device: Device, own: Interface, address: IPv4Address) -> str:
        """Why nobody comes from the entry to *own*, the interface with the device's address, or back."""
        near = entry.beside(address)
        vid = near.vid if near is not None and near.enabled else None
        if vid is None:
            return f"{self.school.entry} has no interface in the network of {address}"
        if reason := _no_way_back(entry, self.held[device.name], address):
            return reason
        if vid not in self.flooded:
            self.flooded[vid] = _flooded(self.school.entry, vid, self.held, self.cabling)
        own_vid = own.vid
        if (device.name, own_vid) in self.flooded[vid]:
            return ""
        there = sorted(str(other) for name, other in self.flooded[vid] if name == device.name)
        if there:
            return f"VLAN {vid} arrives in VLAN {', '.join(there)}, and its address is in VLAN {own_vid}"
        return f"VLAN {vid} of {self.school.entry} does not arrive"


def _entry_cut(school: School, gate: Switch) -> str:
    """Why nobody gets into the school at all: the link to the router, or the route back."""
    for router in egress(school):
        link = gate.beside(router)
        if link is not None and link.enabled:
            leads = any(route.next_hop == str(router) for route in gate.defaults)
            return "" if leads else "has no default route to the router"
    return "has no interface towards the school's router"


def _no_way_back(gate: Switch, switch: Switch, address: IPv4Address) -> str:
    ways = {str(one.address.ip) for one in gate.interfaces.values() if one.address is not None and one.enabled}
    hops = {route.next_hop for route in switch.defaults}
    return "" if hops & ways else f"its way back from {address} leads to {', '.join(sorted(hops)) or 'nowhere'}"


def _flooded(entry: str, vid: int, held: Mapping[str, Switch], cabling: Cables) -> frozenset[Place]:
    """Every (device, VLAN) that a frame in VLAN *vid* of the entry comes to."""
    reached: set[Place] = {(entry, vid)}
    todo: list[Place] = [(entry, vid)]
    while todo:
        name, here = todo.pop()
        for port, other, other_port in cabling.get(name, ()):
            there = crossed(held[name], port, held[other], other_port, here)
            # A native VLAN that differs lets frames through one way and loses the answers.
            back = there is not None and crossed(held[other], other_port, held[name], port, there) == here
            if there is not None and back and (other, there) not in reached:
                reached.add((other, there))
                todo.append((other, there))
    return frozenset(reached)


def crossed(near: Switch, near_port: str, far: Switch, far_port: str, vid: int) -> int | None:
    """The VLAN at the far end of a cable that a frame of *vid* comes out in; None where it does not pass."""
    ends = joined(near, near_port, far, far_port)
    if ends is None:
        return None
    sent = _sent(ends[0], vid) if _known(near, vid) else None
    taken = _taken(ends[1], sent) if sent is not None else None
    return taken if taken is not None and _known(far, taken) else None


def joined(near: Switch, near_port: str, far: Switch, far_port: str) -> tuple[Interface, Interface] | None:
    """The interfaces that govern the two ends of a cable, where the link comes up; else None."""
    ends = near.interfaces.get(near_port), far.interfaces.get(far_port)
    a, b = near.carrier(near_port), far.carrier(far_port)
    if a is None or b is None or None in ends or not all(one.enabled for one in (a, b, *ends) if one is not None):
        return None
    # A LAG that only one end speaks does not come up.
    if (a.name != near_port) != (b.name != far_port) or len({one.lacp for one in ends if one is not None}) > 1:
        return None
    return a, b


def _known(switch: Switch, vid: int) -> bool:
    """True where the VLAN exists; a switch that names none keeps them elsewhere (VTP), and nothing is known."""
    return vid in switch.vlans or set(switch.vlans) == {1}


UNTAGGED = 0


def _sent(end: Interface, vid: int) -> int | None:
    """The tag a frame of *vid* leaves with, ``UNTAGGED``, or None where it does not leave."""
    if end.mode == "access":
        return UNTAGGED if vid == end.access else None
    if end.mode != "trunk" or (end.allowed is not None and vid not in end.allowed):
        return None
    return UNTAGGED if vid == end.native else vid


def _taken(end: Interface, tag: int) -> int | None:
    """The VLAN that a frame with *tag* is put into."""
    if end.mode == "access":
        return end.access if tag == UNTAGGED else None
    if end.mode != "trunk":
        return None
    vid = end.native if tag == UNTAGGED else tag
    return vid if end.allowed is None or vid in end.allowed else None
