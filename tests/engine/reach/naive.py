"""One packet through a school, step by step, as a switch would take it: shares nothing with the model but the values.

For schools without doubt: no two routes to one prefix, no entry that cannot be read, links that come back as they go.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from matric.reach.header import ESTABLISHED, ICMP, TCP, UDP, Packet
from matric.switch import Entry, Interface, Route, Switch

Cable = tuple[str, str, str, str]
ROUTER = "router"
NUMBERS = {"ip": None, "tcp": TCP, "udp": UDP, "icmp": ICMP, "gre": 47}
PORTS = {"bootpc": 68, "bootps": 67, "domain": 53, "www": 80}


class Naive:
    def __init__(self, held: Mapping[str, Switch], cables: tuple[Cable, ...], router: IPv4Address) -> None:
        self.held, self.router = held, router
        self.cables = [*cables, *((c, d, a, b) for a, b, c, d in cables)]

    # ---- frames ----

    def flooded(self, name: str, vid: int) -> set[tuple[str, int]]:
        """Where a frame of VLAN *vid* comes to, hop by hop."""
        seen: set[tuple[str, int]] = set()
        wave = [(name, vid)]
        while wave:
            here, tag = wave.pop()
            if (here, tag) in seen or tag not in self.held[here].vlans:
                continue
            seen.add((here, tag))
            for near, port, far, other in self.cables:
                if near != here:
                    continue
                out, into = self.held[near].interfaces[port], self.held[far].interfaces[other]
                if not (out.enabled and into.enabled) or not self.carries(out, tag):
                    continue
                wire = 0 if (out.mode == "access" or out.native == tag) else tag
                arrived = (into.access if into.mode == "access" else into.native) if wire == 0 else wire
                if (into.mode == "access" and wire) or not self.carries(into, arrived):
                    continue
                wave.append((far, arrived))
        return seen

    @staticmethod
    def carries(port: Interface, vid: int) -> bool:
        if port.mode == "access":
            return port.access == vid
        return port.mode == "trunk" and (port.allowed is None or vid in port.allowed)

    # ---- packets ----

    def from_host(self, device: str, port: str, prefix: IPv4Network, packet: Packet) -> str:
        """``there DEVICE VID``, ``itself DEVICE``, ``out HOP`` or ``dropped``."""
        vid = self.held[device].interfaces[port].access
        domain = self.flooded(device, vid)
        if IPv4Address(packet[1]) in prefix:
            return self.into_vlan(device, vid, packet)
        for name, there in sorted(domain):
            for one in self.held[name].interfaces.values():
                if one.vid == there and one.address is not None and one.address.ip == prefix[1]:
                    return self.enter(name, one, packet, 16)
        return "dropped"

    def enter(self, name: str, port: Interface, packet: Packet, ttl: int) -> str:
        entries = self.held[name].access_lists.get(port.access_list, ()) if port.access_list else ()
        if entries and not next((one.permits for one in entries if matches(one, packet)), False):
            return "dropped"
        destination = IPv4Address(packet[1])
        up = [
            one for one in self.held[name].interfaces.values()
            if one.address is not None and one.enabled and (one.vid is None or one.vid in self.held[name].vlans)
        ]  # fmt: skip
        if any(one.address is not None and one.address.ip == destination for one in up):
            return f"itself {name}"
        if not self.held[name].forwards or ttl == 0:
            return "dropped"
        best: tuple[int, int, Interface | Route] | None = None
        options: list[Interface | Route] = [*up, *self.held[name].routes]
        for one in options:
            prefix = one.prefix if isinstance(one, Route) else one.address.network if one.address else None
            rank = 0 if isinstance(one, Route) else 1
            if prefix is not None and destination in prefix and (best is None or (prefix.prefixlen, rank) > best[:2]):
                best = prefix.prefixlen, rank, one
        if best is None:
            return "dropped"
        if isinstance(best[2], Interface):
            return self.into_vlan(name, best[2].vid, packet) if best[2].vid is not None else "link"
        return self.hand_on(name, IPv4Address(best[2].next_hop), up, packet, ttl)

    def into_vlan(self, name: str, vid: int, packet: Packet) -> str:
        """A switch takes what is for its own address by its own interface, list included."""
        for other, there in sorted(self.flooded(name, vid)):
            for one in self.held[other].interfaces.values():
                if one.vid == there and one.address is not None and int(one.address.ip) == packet[1]:
                    return self.enter(other, one, packet, 0)
        return f"there {name} {vid}"

    def hand_on(self, name: str, hop: IPv4Address, up: list[Interface], packet: Packet, ttl: int) -> str:
        ways = [one for one in up if one.address is not None and hop in one.address.network]
        if not ways:
            return "dropped"
        if hop == self.router:
            return f"out {hop}"
        vid = ways[0].vid
        for other, there in sorted(self.flooded(name, vid)) if vid is not None else ():
            for one in self.held[other].interfaces.values():
                if other != name and one.vid == there and one.address is not None and one.address.ip == hop:
                    return self.enter(other, one, packet, ttl - 1)
        held = {one.address.ip for switch in self.held.values() for one in switch.interfaces.values() if one.address}
        return "dropped" if hop in held else f"out {hop}"


def matches(entry: Entry, packet: Packet) -> bool:
    """An entry against one packet, by the words of it."""
    source, destination, protocol, port, other, kind = packet
    wanted = NUMBERS[entry.protocol]
    if wanted is not None and wanted != protocol:
        return False
    if IPv4Address(source) not in entry.source or IPv4Address(destination) not in entry.destination:
        return False
    words = entry.rest.removeprefix(entry.source_ports)
    if "established" in words and (protocol != TCP or kind != ESTABLISHED):
        return False
    if protocol == ICMP and re.search(r"\becho-reply\b", words) and kind != 0:
        return False
    if protocol == ICMP and re.search(r"\becho$", words) and kind != 8:
        return False
    return fits(entry.source_ports, port) and fits(words, other)


def fits(words: str, port: int) -> bool:
    found = re.search(r"(eq|neq|gt|lt|range) (\S+)(?: (\d+))?", words)
    if found is None:
        return True
    number = PORTS[found[2]] if found[2] in PORTS else int(found[2])
    return {
        "eq": port == number, "neq": port != number, "gt": port > number, "lt": port < number,
        "range": number <= port <= int(found[3] or 0),
    }[found[1]]  # fmt: skip
