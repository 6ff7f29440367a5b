"""What becomes of packets in a school: domains, then gateways, access lists and routes, until they are there or not.

Wherever the configurations leave something open (two equal routes, an entry nobody can read, a link spanning tree may
block) both ways are followed: what arrives on one of them arrives perhaps, what is refused on none arrives for certain.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from matric.intent.school import School
from matric.reach.access_list import entry_words, judged
from matric.reach.attachment import attachments, routers
from matric.reach.domain import Domains, Place
from matric.reach.fate import Fate, Hop
from matric.reach.header import Box, Headers
from matric.reach.span import UNICAST, Spans, addresses, holds, less, shared
from matric.reach.wanted import inside
from matric.switch import Interface, Route, Switch
from matric.switch.link import egress
from matric.switch.ways import cables, joined

__all__ = ("Model",)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A layer-3 interface in a VLAN."""

    device: str
    interface: Interface
    address: IPv4Interface
    place: Place


@dataclass(frozen=True, slots=True)
class _Way:
    """What led here."""

    hops: tuple[Hop, ...] = ()
    own: bool = False
    """True for what a device sends itself: no list of its own stands in its way."""
    seen: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])

    def by(self, *hops: Hop) -> "_Way":
        return replace(self, hops=(*self.hops, *hops))


class Model:
    """A school while its devices hold *held* (by name). Every configured device must be in it."""

    def __init__(self, school: School, held: Mapping[str, Switch]) -> None:
        self.school = school
        self.held = held
        self.cabling = cables(school)
        self.domains = Domains(held, self.cabling, {device.name: device.role for device in school.configured})
        self.attachments = attachments(school, held)
        self.routers = tuple(routers(school, held))
        self.egress = egress(school)
        self._tables: dict[str, tuple[tuple[IPv4Network, tuple[Interface | Route, ...]], ...]] = {}
        self._entered: dict[tuple[str, str, tuple[Box, ...]], tuple[Fate, ...]] = {}

    @cached_property
    def holders(self) -> Mapping[IPv4Address, tuple[tuple[str, Interface], ...]]:
        """Address -> the devices that hold it, and where."""
        found: dict[IPv4Address, tuple[tuple[str, Interface], ...]] = {}
        for name, switch in self.held.items():
            for one in switch.interfaces.values():
                if one.address is not None and self.up(name, one):
                    found[one.address.ip] = (*found.get(one.address.ip, ()), (name, one))
        return found

    @property
    def internet(self) -> Spans:
        """Every public address: neither private nor of the trust."""
        return less(UNICAST, inside(self.school))

    # ---- frames ----

    def gateways(self, place: Place) -> tuple[Gateway, ...]:
        """The routing interfaces in the broadcast domain of *place*."""
        return tuple(
            Gateway(name, one, one.address, (name, vid))
            for name, vid in self.domains.spread(place)
            if self.held[name].forwards
            for one in self.held[name].interfaces.values()
            if one.vid == vid and one.address is not None and self.up(name, one)
        )

    def on_link(self, place: Place, gateway: IPv4Address | None) -> Spans:
        """The addresses a host at *place* takes to be beside it: the network of its gateway, or of every one."""
        return addresses(*(one.address.network for one in self._given(place, gateway)))

    def _given(self, place: Place, gateway: IPv4Address | None) -> tuple[Gateway, ...]:
        """The routers a host takes."""
        every = self.gateways(place)
        return every if gateway is None else tuple(one for one in every if one.address.ip == gateway)

    def frames(self, start: Place, end: Place) -> tuple[Hop, ...]:
        """The way of a frame, cable by cable."""
        hops: list[Hop] = []
        for wire, before, after in self.domains.way(start, end):
            near, far = self.held[wire.near].carrier(wire.near_port), self.held[wire.far].carrier(wire.far_port)
            tag = "untagged" if near is not None and (near.mode == "access" or near.native == before) else "tagged"
            into = f", where it is VLAN {after}" if after != before else ""
            other = far.name if far is not None else wire.far_port
            where = near.name if near is not None else wire.near_port
            hops.append(Hop(wire.near, where, f"VLAN {before}, {tag}, to {wire.far} {other}{into}"))
        return tuple(hops)

    # ---- packets ----

    def from_place(
        self, place: Place, given: Headers, gateway: IPv4Address | None, *, hops: tuple[Hop, ...] = ()
    ) -> Iterator[Fate]:
        """What becomes of packets that a host at *place* gives to *gateway*; where it is None, to any there is."""
        chosen = self._given(place, gateway)
        if not chosen:
            what = "nothing routes" if gateway is None else f"there is no gateway {gateway}"
            yield Fate("dropped", given, hops, f"{what} in VLAN {place[1]} of {place[0]}")
        for one in chosen:
            way = _Way((*hops, *self.frames(place, one.place)))
            if doubt := self.domains.doubt(place, one.place):
                yield Fate("dropped", given, way.hops, doubt)
            for fate in self._enter_once(one.device, one.interface, given):
                yield replace(fate, hops=(*way.hops, *fate.hops))
        if gateway is None:
            yield from self._to_routers(place, given, hops)

    def _to_routers(self, place: Place, given: Headers, hops: tuple[Hop, ...]) -> Iterator[Fate]:
        """A host may give its packets to a router in its own VLAN, past every access list."""
        for there, port, router in self.routers:
            if there in self.domains.spread(place):
                way = (*hops, *self.frames(place, there), Hop(there[0], port, f"VLAN {there[1]}, to {router}"))
                yield Fate("out", given, way, f"{router} stands in the VLAN itself", next_hop=router, filtered=True)

    def beside(self, place: Place, given: Headers, hops: tuple[Hop, ...]) -> Iterator[Fate]:
        """What becomes of packets that a host at *place* gives to its neighbours itself."""
        yield from self._into_vlan(place, given, _Way(hops))

    def from_device(self, name: str, given: Headers) -> Iterator[Fate]:
        """What becomes of packets that device *name* sends itself."""
        yield from self._forward(name, given, _Way(own=True))

    def from_outside(self, given: Headers) -> Iterator[Fate]:
        """What becomes of packets that the school's router brings."""
        entries = [
            (name, one)
            for name, switch in self.held.items()
            for one in switch.interfaces.values()
            if one.address is not None and self.up(name, one) and any(hop in one.address.network for hop in self.egress)
        ]
        if not entries:
            yield Fate("dropped", given, (), "no device has an interface towards the school's router")
        for name, one in entries:
            yield from self._enter_once(name, one, given)

    def _enter_once(self, device: str, interface: Interface, given: Headers) -> tuple[Fate, ...]:
        """As ``_enter``, kept: many attachments share a gateway and give it the same."""
        key = (device, interface.name, given.boxes)
        if key not in self._entered:
            self._entered[key] = tuple(self._enter(device, interface, given, _Way()))
        return self._entered[key]

    def up(self, device: str, interface: Interface) -> bool:
        """True where *interface* has an address and lives: an SVI without its VLAN does not."""
        vlans = self.held[device].vlans
        # A switch that names no VLAN keeps them elsewhere (VTP).
        known = interface.vid is None or interface.vid in vlans or set(vlans) == {1}
        return interface.address is not None and interface.enabled and known

    def _enter(self, device: str, interface: Interface, given: Headers, way: _Way) -> Iterator[Fate]:
        """Packets come in on a layer-3 interface."""
        if (device, interface.name) in way.seen:
            yield Fate("dropped", given, way.hops, f"they go round in circles through {device} {interface.name}")
            return
        here = replace(way, own=False, seen=way.seen | {(device, interface.name)})
        for part, on in self._filtered(device, interface, interface.access_list, "in", given, here):
            if isinstance(part, Fate):
                yield part
            elif not self.held[device].forwards:
                yield from self._own(device, part, on)
            else:
                yield from self._forward(device, part, on)

    def _filtered(  # noqa: PLR0913, PLR0917 - the list, where it stands, and what led there
        self, device: str, interface: Interface, name: str, side: str, given: Headers, way: _Way
    ) -> Iterator[tuple[Headers | Fate, _Way]]:
        """What an access list lets through, and what it drops as fates."""
        where = interface.name
        entries = self.held[device].access_lists.get(name) if name else None
        if not entries:
            # A list that is named and not written filters nothing (IOS, EOS); vendors differ on one without entries.
            does = f"{name} is applied and holds nothing, so nothing is filtered" if name else "nothing is filtered"
            on = way.by(Hop(device, where, f"{side}, {does}", name))
            yield given, on
            if entries is not None and name:
                yield (
                    Fate("dropped", given, on.hops, f"{device} {name}: some platforms refuse all by an empty list"),
                    on,
                )
            return
        for one in judged(entries, given):
            text = entry_words(entries[one.at]) if one.at is not None else ""
            does = ("lets through" if one.permits else "refuses") if one.certain else "cannot be read, and may match"
            said = f"{side}, {name} {does}: {text}" if text else f"{side}, the end of {name} {does}"
            on = way.by(Hop(device, where, said, name, text))
            if one.permits:
                yield one.headers, on
            else:
                yield Fate("dropped", one.headers, on.hops, f"{device} {name}: {text or 'nothing permits it'}"), on

    def _own(self, device: str, given: Headers, way: _Way) -> Iterator[Fate]:
        """Packets at a device that does not route: its own, or nobody's."""
        mine = given.to(self._addresses_of(device))
        if mine:
            yield Fate("there", mine, way.by(Hop(device, "itself", "its own address")).hops, "", device=device)
        if rest := given - mine:
            yield Fate("dropped", rest, way.hops, f"{device} does not route")

    def _addresses_of(self, device: str) -> Spans:
        held = self.held[device].interfaces.values()
        return addresses(*(one.address.ip for one in held if one.address is not None and self.up(device, one)))

    def _forward(self, device: str, given: Headers, way: _Way) -> Iterator[Fate]:
        """Longest prefix first."""
        mine = given.to(self._addresses_of(device))
        if mine:
            yield Fate("there", mine, way.by(Hop(device, "itself", "its own address")).hops, "", device=device)
        left = given - mine
        for prefix, options in self._table(device):
            if not left:
                return
            hit = left.to(addresses(prefix))
            if not hit:
                continue
            left -= hit
            for option in options:
                if isinstance(option, Interface):
                    yield from self._deliver(device, option, hit, way, f"connected, {prefix}")
                else:
                    yield from self._hand_on(device, option, hit, way)
        if left:
            yield Fate("dropped", left, way.hops, f"{device} has no route there")

    def _table(self, device: str) -> tuple[tuple[IPv4Network, tuple[Interface | Route, ...]], ...]:
        """Prefix -> what leads there; what is connected counts before what is written."""
        if device not in self._tables:
            switch = self.held[device]
            found: dict[IPv4Network, tuple[Interface | Route, ...]] = {}
            for route in switch.routes:
                found[route.prefix] = (*found.get(route.prefix, ()), route)
            connected: dict[IPv4Network, tuple[Interface | Route, ...]] = {}
            for one in switch.interfaces.values():
                if one.address is not None and self.up(device, one):
                    connected[one.address.network] = (*connected.get(one.address.network, ()), one)
            found |= connected
            self._tables[device] = tuple(sorted(found.items(), key=lambda row: (-row[0].prefixlen, row[0])))
        return self._tables[device]

    def _deliver(self, device: str, interface: Interface, given: Headers, way: _Way, why: str) -> Iterator[Fate]:
        """Packets go out to a network that *device* is in."""
        on = way.by(Hop(device, f"route to {interface.name}", why))
        for part, after in self._outwards(device, interface, given, on):
            if isinstance(part, Fate):
                yield part
            elif interface.vid is not None:
                yield from self._into_vlan((device, interface.vid), part, after)
            else:
                yield Fate("there", part, after.hops, "", device=f"{device} {interface.name}")

    def _into_vlan(self, place: Place, given: Headers, way: _Way) -> Iterator[Fate]:
        """Packets are for whoever has their address in the VLAN of *place*; a device of ours filters what it takes."""
        left = given
        taken = shared(given.destinations, addresses(*self.holders))
        spread = self.domains.spread(place)
        for address, holders in self.holders.items() if taken else ():
            for name, one in holders:
                if not holds(taken, int(address)) or one.vid is None or (name, one.vid) not in spread:
                    continue
                part = given.to(addresses(address))
                left -= part
                end = (name, one.vid)
                if doubt := self.domains.doubt(place, end):
                    yield Fate("dropped", part, way.hops, doubt)
                yield from self._enter(name, one, part, way.by(*self.frames(place, end)))
        if left:
            yield Fate("there", left, way.hops, "", place=place)

    def _outwards(
        self, device: str, interface: Interface, given: Headers, way: _Way
    ) -> Iterator[tuple[Headers | Fate, _Way]]:
        if interface.access_list_out and not way.own:
            yield from self._filtered(device, interface, interface.access_list_out, "out", given, way)
        else:
            yield given, way

    def _hand_on(self, device: str, route: Route, given: Headers, way: _Way) -> Iterator[Fate]:
        """Packets go on to the next hop of a static route."""
        text = f"route {route.prefix} via {route.next_hop}"
        on = way.by(Hop(device, text, "static"))
        try:
            hop = IPv4Address(route.next_hop)
        except ValueError:
            if route.next_hop.lower().startswith(("null", "discard", "reject")):
                yield Fate("dropped", given, on.hops, f"{device} {text} throws it away")
            else:
                yield Fate("out", given, on.hops, "", next_hop=route.next_hop)
            return
        beside = self.held[device].beside(hop)
        if beside is None or not self.up(device, beside):
            yield Fate("dropped", given, on.hops, f"{device} {text}: no interface of it is in the network of {hop}")
            return
        for part, after in self._outwards(device, beside, given, on):
            if isinstance(part, Fate):
                yield part
            else:
                yield from self._received(device, beside, hop, part, after)

    def _received(self, device: str, beside: Interface, hop: IPv4Address, given: Headers, way: _Way) -> Iterator[Fate]:
        """Whoever has the address *hop* takes the packets."""
        if hop in self.egress:
            yield Fate("out", given, way.hops, "", next_hop=str(hop), filtered=True)
            return
        holders = [(name, one) for name, one in self.holders.get(hop, ()) if name != device]
        if not holders:
            yield Fate("out", given, way.hops, f"nobody knows what {hop} is", next_hop=str(hop))
        for name, one in holders:
            if beside.vid is not None and one.vid is not None:
                start, end = (device, beside.vid), (name, one.vid)
                if end not in self.domains.spread(start):
                    yield Fate("dropped", given, way.hops, f"VLAN {beside.vid} of {device} does not arrive at {hop}")
                    continue
                if doubt := self.domains.doubt(start, end):
                    yield Fate("dropped", given, way.hops, doubt)
                yield from self._enter(name, one, given, way.by(*self.frames(start, end)))
            else:
                if not self._linked(device, beside, name, one):
                    why = f"nothing says that {device} {beside.name} and {name} {one.name} are one link"
                    yield Fate("dropped", given, way.hops, why)
                yield from self._enter(name, one, given, way)

    def _linked(self, device: str, near: Interface, other: str, far: Interface) -> bool:
        """True where a cable joins the two ports, or the LAGs they are."""
        for port, name, there in self.cabling.get(device, ()):
            if name == other and joined(self.held[device], port, self.held[other], there) == (near, far):
                return True
        return False
