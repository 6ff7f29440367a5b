"""Whether the engineer still reaches a device, computed from the running configurations along the path.

The engineer sits behind the router at the school's entry. A management frame is followed hop by hop: access VLAN,
native and allowed VLANs on both ends of each cable, shut ports, VLANs that do not exist, LAGs without a working
member; then the address must be on an SVI that is up, and the way back must exist (default
gateway, default route), and the service matric speaks to must be on (eAPI over HTTPS; SSH on the vty lines).
Not modelled: spanning tree, access lists, speed, optics.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from matric.lab.facts import gateway, interfaces, listed, seen, shut, svis, unanswered, vlans
from matric.lab.spec import CableSpec, LabSpec
from matric.lab.tree import Section

if TYPE_CHECKING:
    from matric.lab.device import Device

__all__ = ("Cabling", "Frames", "Reach")

EVERY = "1-4094"


@dataclass(frozen=True, slots=True)
class Reach:
    """What the computation found for one device."""

    reachable: bool
    why: str = ""
    uplinks: tuple[str, ...] = ()
    """Interfaces (LAG or port) through which the path leaves the device towards the entry."""


@dataclass(frozen=True, slots=True)
class _Link:
    """How a port takes part in switching: nothing here means it does not."""

    name: str
    native: int
    allowed: frozenset[int]
    tagged: bool
    lag: str = ""
    """How it forms a LAG: lacp, static, or empty where it is none. Both ends must do alike."""

    def tag(self, vid: int) -> int | None:
        """The tag a frame of VLAN *vid* leaves with: 0 for none; None where it does not leave."""
        if vid not in self.allowed:
            return None
        return 0 if vid == self.native else vid if self.tagged else None

    def vlan(self, tag: int) -> int | None:
        """The VLAN a frame with *tag* arrives in."""
        vid = tag or self.native
        if tag and (not self.tagged or tag == self.native):
            return None
        return vid if vid in self.allowed else None


class Cabling:
    """The cables of a lab and the running configurations at their ends."""

    def __init__(self, spec: LabSpec, devices: Mapping[str, "Device"]) -> None:
        self.spec = spec
        self.devices = devices
        self._ends: dict[tuple[str, str], tuple[str, str]] = {}
        for cable in spec.cables:
            for one, other in _both(cable):
                self._ends[one] = other

    def neighbours(self, name: str) -> tuple[tuple[str, str, str], ...]:
        """(port, device at the other end, its port) for every live cable of *name*."""
        found = [
            (port, other, remote)
            for (device, port), (other, remote) in self._ends.items()
            if device == name and self._up(device, port) and self._up(other, remote)
        ]
        return tuple(sorted(found))

    def reach(self) -> dict[str, Reach]:
        """Every device that answers, with whether the engineer reaches it and by what."""
        if not self.spec.entry:
            return {name: Reach(reachable=True) for name in self.devices}
        return _Search(self).all()

    def _up(self, name: str, port: str) -> bool:
        device = self.devices.get(name)
        if device is None:
            return True
        if device.away:
            return False
        section = interfaces(seen(device)).get(port.lower())
        return section is None or not shut(section)

    def ends(self, name: str) -> Iterator[tuple[str, str, str]]:
        for (device, port), (other, remote) in self._ends.items():
            if device == name:
                yield port, other, remote


def _both(cable: CableSpec) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    a, b = (cable.a_device, cable.a_port), (cable.b_device, cable.b_port)
    yield a, b
    yield b, a


class Frames:
    """Where frames go, by one moment's configurations."""

    def __init__(self, cabling: Cabling) -> None:
        self.cabling = cabling
        self.trees = {name: seen(device) for name, device in cabling.devices.items() if not device.away}
        self.ports = {name: interfaces(tree) for name, tree in self.trees.items()}
        self.vlans = {name: frozenset(vlans(tree)) for name, tree in self.trees.items()}
        self._walks: dict[tuple[str, int], dict[tuple[str, int], str]] = {}

    def walk(self, start: str, vid: int) -> dict[tuple[str, int], str]:
        """Every (device, VLAN) a frame of VLAN *vid* on *start* gets to, with the interface it came in by."""
        if (start, vid) not in self._walks:
            self._walks[start, vid] = self._walk(start, vid)
        return self._walks[start, vid]

    def untagged(self, name: str, port: str) -> int | None:
        """The VLAN a frame without tag that arrives at *port* is in; None where it is not taken."""
        link = self._link(name, port)
        return link.vlan(0) if link is not None else None

    def carrier(self, name: str, port: str) -> str:
        """The LAG *port* is in, or the port itself."""
        link = self._link(name, port)
        return link.name if link is not None else port

    def _walk(self, start: str, vid: int) -> dict[tuple[str, int], str]:
        """Every (device, VLAN) a frame gets to, with the interface it came in by."""
        seen: dict[tuple[str, int], str] = {(start, vid): ""}
        queue = deque(seen)
        while queue:
            name, here = queue.popleft()
            for port, other, remote in self.cabling.ends(name):
                if other not in self.trees:
                    continue
                ours, theirs = self._link(name, port), self._link(other, remote)
                if ours is None or theirs is None or ours.lag != theirs.lag:
                    continue
                tag = ours.tag(here)
                there = None if tag is None else theirs.vlan(tag)
                if there is None or there not in self.vlans[other] or (other, there) in seen:
                    continue
                seen[other, there] = theirs.name
                queue.append((other, there))
        return seen

    def _section(self, name: str, port: str) -> Section:
        return self.ports[name].get(port.lower()) or Section("interface")

    def _link(self, name: str, port: str) -> _Link | None:
        member = self._section(name, port)
        if shut(member):
            return None
        if self.cabling.devices[name].spec.platform == "aoscx":
            return self._aoscx(name, port, member)
        group, mode = next((entry.text.split()[1::2] for entry in member.find("channel-group")), (None, ""))
        lag = "" if group is None else "static" if mode == "on" else "lacp"
        shown, section = port, member
        if group is not None:
            shown = "Port-Channel" if self.cabling.devices[name].spec.platform == "eos" else "Port-channel"
            shown = f"{shown}{group}"
            section = self.ports[name].get(shown.lower()) or Section("interface")
            if shut(section):
                return None
        texts = {entry.text for entry in section.entries.values()}
        if "no switchport" in texts or any(text.startswith("ip address ") for text in texts):
            return None
        if section.value("switchport mode") == "trunk":
            native = int(section.value("switchport trunk native vlan") or 1)
            allowed = listed(section.value("switchport trunk allowed vlan") or EVERY)
            return _Link(shown, native, allowed, tagged=True, lag=lag)
        vid = int(section.value("switchport access vlan") or 1)
        return _Link(shown, vid, frozenset({vid}), tagged=False, lag=lag)

    def _aoscx(self, name: str, port: str, member: Section) -> _Link | None:
        """AOS-CX: a trunk carries what ``vlan trunk allowed`` lists, its native VLAN only if that is listed too."""
        group = member.value("lag")
        shown, section = port, member
        if group is not None:
            shown = f"lag{group}"
            section = self.ports[name].get(shown) or Section("interface")
            if shut(section):
                return None
        lag = "" if group is None else "lacp" if section.value("lacp mode") else "static"
        if section.find("ip address") and not section.find("no routing"):
            return None
        allowed, native = section.value("vlan trunk allowed"), section.value("vlan trunk native")
        if allowed is not None or native is not None:
            carried = listed(allowed or "none")
            return _Link(shown, int((native or "1").split()[0]), carried, tagged=True, lag=lag)
        vid = int(section.value("vlan access") or 1)
        return _Link(shown, vid, frozenset({vid}), tagged=False, lag=lag)


class _Search(Frames):
    """Whether the engineer reaches each device."""

    def __init__(self, cabling: Cabling) -> None:
        super().__init__(cabling)
        self.entry = cabling.spec.entry

    def all(self) -> dict[str, Reach]:
        return {name: self._any(name, device.spec.management) for name, device in self.cabling.devices.items()}

    def _any(self, name: str, management: str) -> Reach:
        """At its management address; where the school moves, at any address it holds."""
        first = self._one(name, management)
        if first.reachable or not self.cabling.spec.moving or name not in self.trees:
            return first
        others = [str(one.ip) for one in svis(self.trees[name]).values() if str(one.ip) != management]
        return next((found for other in others if (found := self._one(name, other)).reachable), first)

    def _one(self, name: str, management: str) -> Reach:
        device = self.cabling.devices[name]
        why = unanswered(device.spec.platform, device.running) if name in self.trees else "it is off"
        if why:
            return Reach(reachable=False, why=why)
        vid = self._holder(name, management)
        if vid is None:
            return Reach(reachable=False, why=f"no interface that is up has {management or 'a management address'}")
        why = self._router()
        if name == self.entry or why:
            where = "" if name == self.entry else f"{self.entry}: "
            return Reach(reachable=not why, why=f"{where}{why}" if why else "")
        start = self._routed_into(IPv4Address(management))
        if start is None:
            why = f"{self.entry} has no interface that is up in the network of {management}"
            return Reach(reachable=False, why=why)
        uplink = self.walk(self.entry, start[0]).get((name, vid))
        if uplink is None:
            return Reach(reachable=False, why=f"no path for VLAN {start[0]} from {self.entry} to VLAN {vid}")
        back = gateway(self.trees[name])
        good = back == str(start[1]) or (back is not None and back == self._beside(start[0]))
        why = "" if good else f"its default gateway is {back}, not {start[1]}"
        return Reach(reachable=not why, why=why, uplinks=(uplink,))

    def _beside(self, vid: int) -> str | None:
        """The router's address, where the router itself stands in VLAN *vid* of the entry."""
        hop = gateway(self.trees[self.entry])
        if hop is None or hop.count(".") != 3:  # noqa: PLR2004 - an IPv4 address
            return None
        start = self._routed_into(IPv4Address(hop))
        return hop if start is not None and start[0] == vid else None

    def _holder(self, name: str, management: str) -> int | None:
        """The VLAN whose SVI on *name* has the address *management*; 0 for a routed port."""
        for port, interface in svis(self.trees[name]).items():
            if str(interface.ip) == management:
                if not port.lower().startswith("vlan"):
                    return 0
                vid = int(port[4:])
                return vid if vid in self.vlans[name] else None
        return None

    def _router(self) -> str:
        """Why the engineer does not get to the entry; empty if they do."""
        if self.entry not in self.trees:
            return "it is off"
        tree = self.trees[self.entry]
        live = [
            port
            for port, other, _ in self.cabling.ends(self.entry)
            if other in self.cabling.spec.routers and not shut(self._section(self.entry, port))
        ]
        if not live:
            return "its port to the router is shut or missing"
        hop = gateway(tree)
        if hop is None:
            return "it has no default route"
        for port, interface in svis(tree).items():
            if IPv4Address(hop) in interface.network and self._carries(port, live):
                return ""
        return f"nothing of it leads to its next hop {hop}"

    def _carries(self, port: str, live: list[str]) -> bool:
        """True where *port* is a live routed port, or an SVI whose VLAN a live port to the router carries."""
        if not port.lower().startswith("vlan"):
            return port.lower() in {name.lower() for name in live}
        vid = int(port[4:])
        links = (self._link(self.entry, name) for name in live)
        return vid in self.vlans[self.entry] and any(link is not None and link.tag(vid) is not None for link in links)

    def _routed_into(self, address: IPv4Address) -> tuple[int, IPv4Address] | None:
        """The VLAN and gateway address by which the entry reaches *address*."""
        for port, interface in svis(self.trees[self.entry]).items():
            if address in interface.network and port.lower().startswith("vlan"):
                vid = int(port[4:])
                if vid in self.vlans[self.entry]:
                    return vid, interface.ip
        return None
