"""What must stay open on the device itself while it changes: its log-in, its accounts, what its access lists let in.

Lists are compared by what they do, packet by packet: one packet for every way in which the lists' entries overlap.
Ports are compared as written (``eq 22``); ranges that overlap are not seen to.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from matric.switch import Entry, Switch

__all__ = ("Door", "shut")

List = tuple[Entry, ...]
EVERY = 4093
"""A trunk that carries as many VLANs carries them all."""


class Door:
    """What stood before and is to stand after a change of one device."""

    def __init__(self, before: Switch, after: Switch) -> None:
        self.before = before
        self.after = after
        self._kept = {one.name for one in before.accounts} & {one.name for one in after.accounts}
        self._all = _carrying_all(before) | _carrying_all(after)

    def cuts(self, now: Switch) -> tuple[str, ...]:
        """What does not stand in *now*: each by a name, and why after a colon."""
        return tuple(self._cuts(now))

    def _cuts(self, now: Switch) -> Iterator[str]:
        if self.before.ssh and not now.ssh:
            yield "SSH to the device: it is off"
        if self.before.api and not now.api:
            yield "the log-in of matric: it is off"
        for name in sorted(self._kept - {one.name for one in now.accounts}):
            yield f"the account {name}: it is not there"
        for name in sorted(_carrying_all(now) - self._all):
            yield f"VLANs kept off {name}: the trunk would carry them all"
        if flow := self._door_shut(now):
            yield f"the access list on the log-in: {flow} would be refused"
        for name, port in now.interfaces.items():
            if port.access_list and (flow := self._port_shut(now, name)):
                yield f"what comes in at {name}: {flow} would be refused"

    def _door_shut(self, now: Switch) -> str:
        sides = [_lists(one) for one in (self.before, self.after)]
        kept = tuple(found for side in sides for found in side)
        return next(
            (
                flow
                for found in _lists(now)
                if found is not None and not _grows(kept, found) and (flow := shut(kept, found))
            ),
            "",
        )

    def _port_shut(self, now: Switch, name: str) -> str:
        found = _at(now, name)
        kept = (_at(self.before, name), _at(self.after, name))
        return "" if found is None or found in kept else shut(kept, found)


def _grows(kept: tuple[List | None, ...], now: List) -> bool:
    """True for a list of who may come in that is on its way to, or from, none: it has no way but entry by entry.

    Whoever is in stays in, and it is whole within a second.
    """
    known = {entry for found in kept if found is not None for entry in found}
    return bool(now) and None in kept and known >= set(now) and all(entry.permits for entry in now)


def _lists(switch: Switch) -> tuple[List | None, ...]:
    """The lists on the ways in; None, which lets everything pass, where there is none."""
    return tuple(switch.access_lists.get(name, ()) for name in switch.doors) or (None,)


def _at(switch: Switch, name: str) -> List | None:
    port = switch.interfaces.get(name)
    return None if port is None or not port.access_list else switch.access_lists.get(port.access_list, ())


def _carrying_all(switch: Switch) -> frozenset[str]:
    return frozenset(
        name
        for name, port in switch.interfaces.items()
        if port.mode == "trunk" and (port.allowed is None or len(port.allowed) >= EVERY)
    )


@lru_cache(maxsize=4096)
def shut(kept: tuple[List | None, ...], now: List) -> str:
    """A packet that every list of *kept* lets pass and *now* does not, in words; empty where there is none."""
    entries = [entry for found in (*kept, now) for entry in found or ()]
    sources = _apart(entry.source for entry in entries)
    targets = _apart(entry.destination for entry in entries)
    kinds = sorted({(entry.protocol, entry.rest) for entry in entries} | {("ip", "")})
    for source, target, (protocol, rest) in product(sources, targets, kinds):
        packet = (source, target, protocol, rest)
        if all(found is None or _passes(found, packet) for found in kept) and not _passes(now, packet):
            return f"{protocol} from {source} to {target} {rest}".rstrip()
    return ""


Packet = tuple[IPv4Address, IPv4Address, str, str]


def _passes(entries: List, packet: Packet) -> bool:
    """What the first entry that fits says; the end of a list refuses."""
    source, target, protocol, rest = packet
    for entry in entries:
        fits = entry.protocol in ("ip", "any", protocol) and entry.rest in ("", rest)
        if fits and source in entry.source and target in entry.destination:
            return entry.permits
    return False


def _apart(networks: Iterable[IPv4Network]) -> tuple[IPv4Address, ...]:
    """One address for every way in which *networks* overlap."""
    known = sorted(set(networks))
    edges = {0}
    for network in known:
        edges |= {int(network.network_address), min(int(network.broadcast_address) + 1, 0xFFFFFFFF)}
    seen: dict[tuple[bool, ...], IPv4Address] = {}
    for edge in sorted(edges, reverse=True):
        address = IPv4Address(edge)
        seen.setdefault(tuple(address in network for network in known), address)
    return tuple(seen.values())
