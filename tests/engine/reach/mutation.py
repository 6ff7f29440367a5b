"""Break one thing in a good school, in every way of a class, and see whether the proof notices.

    .venv/bin/python -m tests.engine.reach.mutation            print the table
    .venv/bin/python -m tests.engine.reach.mutation --write    and put it into docs/how-to/ask-who-reaches-whom.md

A mutant that changes nothing (an entry that a later one repeats) is counted apart: what an access list lets through is
compared packet set by packet set, what a trunk carries place by place.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any

from matric import site
from matric.intent.school import School
from matric.platform import get as platform
from matric.policy.subject import configuration
from matric.reach.access_list import judged
from matric.reach.header import Headers, everything, total
from matric.reach.matrix import zone_matrix
from matric.reach.model import Model
from matric.reach.way_out import only_ways_out
from matric.render import Renderer
from matric.switch import ANYWHERE, Entry, Interface, Route, Switch, reading
from tests import estate

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/how-to/ask-who-reaches-whom.md"
BEGIN, END = "<!-- mutation table: begin -->\n", "<!-- mutation table: end -->\n"

Held = Mapping[str, Switch]
Mutant = tuple[str, Held]
Breaker = Callable[[School, Held], Iterator[Mutant]]


@cache
def good(slug: str) -> tuple[School, Held]:
    """A school of the reference trust and what its devices are to hold."""
    trust = site.load(estate.standing())
    school = trust.school(slug)
    renderer = Renderer(trust.templates)
    held: dict[str, Switch] = {}
    for device in school.configured:
        slug_ = device.platform or ""
        text = renderer.render(school, device).text
        held[device.name] = reading.read(slug_, configuration(text, platform(slug_).rules).tree)
    return school, held


def caught(school: School, held: Held) -> bool:
    """True where the matrix or the ways out are not as the standard wants them."""
    model = Model(school, held)
    return bool(zone_matrix(model).breaches) or bool(only_ways_out(model))


# ---- one thing otherwise ----


def core(school: School) -> str:
    """The device that routes."""
    return max(school.configured, key=lambda device: len(device.svis)).name


def interface(held: Held, name: str, port: str, **what: Any) -> Held:
    one = replace(held[name].interfaces[port], **what)
    return {**held, name: replace(held[name], interfaces={**held[name].interfaces, port: one})}


def listed(held: Held, name: str, called: str, entries: tuple[Entry, ...]) -> Held:
    return {**held, name: replace(held[name], access_lists={**held[name].access_lists, called: entries})}


def zone_lists(school: School, held: Held) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    used = {one.access_list for one in held[core(school)].interfaces.values()}
    for name, entries in held[core(school)].access_lists.items():
        if name in used:
            yield name, entries


def svis(school: School, held: Held) -> list[Interface]:
    return [one for one in held[core(school)].interfaces.values() if one.vid and one.address is not None]


def entry_removed(school: School, held: Held) -> Iterator[Mutant]:
    for name, entries in zone_lists(school, held):
        for at in range(len(entries)):
            yield f"{name} {at}", listed(held, core(school), name, entries[:at] + entries[at + 1 :])


def entry_turned(school: School, held: Held) -> Iterator[Mutant]:
    for name, entries in zone_lists(school, held):
        for at, one in enumerate(entries):
            other = replace(one, permits=not one.permits)
            yield f"{name} {at}", listed(held, core(school), name, (*entries[:at], other, *entries[at + 1 :]))


def entries_swapped(school: School, held: Held) -> Iterator[Mutant]:
    for name, entries in zone_lists(school, held):
        for at in range(len(entries) - 1):
            other = (*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :])
            yield f"{name} {at}", listed(held, core(school), name, other)


def entry_widened(school: School, held: Held) -> Iterator[Mutant]:
    """A prefix one bit too short, as a mistyped mask makes it."""
    for name, entries in zone_lists(school, held):
        for at, one in enumerate(entries):
            if one.destination.prefixlen:
                other = replace(one, destination=one.destination.supernet())
                yield f"{name} {at}", listed(held, core(school), name, (*entries[:at], other, *entries[at + 1 :]))


def ports_forgotten(school: School, held: Held) -> Iterator[Mutant]:
    for name, entries in zone_lists(school, held):
        for at, one in enumerate(entries):
            if one.rest:
                other = replace(one, rest="", source_ports="")
                yield f"{name} {at}", listed(held, core(school), name, (*entries[:at], other, *entries[at + 1 :]))


def everything_permitted(school: School, held: Held) -> Iterator[Mutant]:
    permit = Entry(permits=True, protocol="ip", source=ANYWHERE, destination=ANYWHERE)
    for name, entries in zone_lists(school, held):
        yield name, listed(held, core(school), name, (permit, *entries))


def list_not_applied(school: School, held: Held) -> Iterator[Mutant]:
    for one in svis(school, held):
        yield one.name, interface(held, core(school), one.name, access_list="")


def list_of_another_zone(school: School, held: Held) -> Iterator[Mutant]:
    every = svis(school, held)
    for one, other in zip(every, (*every[1:], every[0]), strict=True):
        yield one.name, interface(held, core(school), one.name, access_list=other.access_list)


def list_never_written(school: School, held: Held) -> Iterator[Mutant]:
    for one in svis(school, held):
        yield one.name, interface(held, core(school), one.name, access_list="ZONE-OF-NOBODY")


def route_added(school: School, held: Held) -> Iterator[Mutant]:
    """Another way out: by a host in some network, for everything or for a part."""
    name = core(school)
    for network in school.networks:
        if network.prefix is None:
            continue
        for prefix in (ANYWHERE, IPv4Network("198.51.100.0/24")):
            route = Route(prefix, str(network.prefix[-3]))
            yield f"{prefix} {route.next_hop}", {**held, name: replace(held[name], routes=(*held[name].routes, route))}


def route_missing(school: School, held: Held) -> Iterator[Mutant]:
    for device in school.configured:
        yield device.name, {**held, device.name: replace(held[device.name], routes=())}


def route_to_a_neighbour(school: School, held: Held) -> Iterator[Mutant]:
    """A network that is routed into the void, more precisely than it is connected."""
    name = core(school)
    for network in school.networks:
        if network.prefix is not None:
            half = next(network.prefix.subnets())
            route = Route(half, "Null0")
            yield str(half), {**held, name: replace(held[name], routes=(*held[name].routes, route))}


def gateway_moved(school: School, held: Held) -> Iterator[Mutant]:
    """Two SVIs have each other's address."""
    every = svis(school, held)
    for one, other in zip(every, (*every[1:], every[0]), strict=True):
        swapped = interface(held, core(school), one.name, address=other.address)
        yield f"{one.name} {other.name}", interface(swapped, core(school), other.name, address=one.address)


def svi_in_another_vlan(school: School, held: Held) -> Iterator[Mutant]:
    every = svis(school, held)
    for one, other in zip(every, (*every[1:], every[0]), strict=True):
        yield one.name, interface(held, core(school), one.name, vid=other.vid)


def svi_shut(school: School, held: Held) -> Iterator[Mutant]:
    for one in svis(school, held):
        yield one.name, interface(held, core(school), one.name, enabled=False)


def way_round_the_core(school: School, held: Held) -> Iterator[Mutant]:
    """A switch at the edge routes, without lists, between two networks it has."""
    gate = core(school)
    for device in school.configured:
        switch = held[device.name]
        nets = [net for net in device.vlans if net.prefix is not None and net.role != "management"][:1]
        if device.name == gate or not nets:
            continue
        prefix = nets[0].prefix
        assert prefix is not None
        svi = Interface("Vlan-x", mode="routed", vid=nets[0].vid, address=_host(prefix))
        more = {**switch.interfaces, "Vlan-x": svi}
        yield device.name, {**held, device.name: replace(switch, interfaces=more, forwards=True)}


def _host(prefix: IPv4Network) -> IPv4Interface:
    return IPv4Interface((prefix[-2], prefix.prefixlen))


def trunks(school: School, held: Held) -> Iterator[tuple[str, Interface]]:
    """The trunks between switches, at the end away from the core."""
    for device in school.configured:
        if device.name == core(school):
            continue
        for one in held[device.name].interfaces.values():
            ports = [port for port in device.ports if held[device.name].carrier(port.name) == one]
            if one.mode == "trunk" and any(port.peer is not None for port in ports):
                yield device.name, one


def vlan_taken_off_a_trunk(school: School, held: Held) -> Iterator[Mutant]:
    for name, one in trunks(school, held):
        for vid in sorted(one.allowed or ()):
            yield (
                f"{name} {one.name} {vid}",
                interface(held, name, one.name, allowed=(one.allowed or frozenset()) - {vid}),
            )


def native_mismatch(school: School, held: Held) -> Iterator[Mutant]:
    for name, one in trunks(school, held):
        for vid in sorted(one.allowed or ()):
            yield f"{name} {one.name} {vid}", interface(held, name, one.name, native=vid)


def trunk_shut(school: School, held: Held) -> Iterator[Mutant]:
    for name, one in trunks(school, held):
        yield f"{name} {one.name}", interface(held, name, one.name, enabled=False)


def lag_of_one_end(school: School, held: Held) -> Iterator[Mutant]:
    for device in school.configured:
        members = {port.name: held[device.name].interfaces[port.name] for port in device.ports if port.lag is not None}
        if device.name != core(school) and members:
            more = {name: replace(one, lacp=False) for name, one in members.items()}
            switch = held[device.name]
            yield device.name, {**held, device.name: replace(switch, interfaces={**switch.interfaces, **more})}


def vlan_missing(school: School, held: Held) -> Iterator[Mutant]:
    for name, switch in held.items():
        for network in school.networks:
            if network.prefix is not None and network.vid in switch.vlans:
                vlans = {vid: text for vid, text in switch.vlans.items() if vid != network.vid}
                yield f"{name} {network.vid}", {**held, name: replace(switch, vlans=vlans)}


def edges(school: School, held: Held, mode: str) -> Iterator[tuple[str, Interface]]:
    """Ports of people's things (``access``), or those nobody is to use (``shutdown``)."""
    for device in school.configured:
        for port in device.ports:
            if port.profile.mode == mode and port.name in held[device.name].interfaces:
                yield device.name, held[device.name].interfaces[port.name]


def port_in_another_vlan(school: School, held: Held) -> Iterator[Mutant]:
    vids = sorted(network.vid for network in school.networks if network.prefix is not None)
    for at, (name, one) in enumerate(edges(school, held, "access")):
        other = next(vid for vid in vids[at % len(vids) :] + vids if vid != one.access and vid in held[name].vlans)
        yield f"{name} {one.name}", interface(held, name, one.name, access=other)


def port_is_a_trunk(school: School, held: Held) -> Iterator[Mutant]:
    for name, one in edges(school, held, "access"):
        yield f"{name} {one.name}", interface(held, name, one.name, mode="trunk", native=one.access)


def telephone_vlan_wrong(school: School, held: Held) -> Iterator[Mutant]:
    for name, one in edges(school, held, "access"):
        if one.voice is not None:
            yield f"{name} {one.name}", interface(held, name, one.name, voice=99)


def unused_port_opened(school: School, held: Held) -> Iterator[Mutant]:
    for name, one in edges(school, held, "shutdown"):
        vid = next(iter(sorted(set(held[name].vlans) & {10, 20, 60, 95})))
        yield f"{name} {one.name}", interface(held, name, one.name, enabled=True, access=vid)


def ssid_on_another_vlan(_school: School, held: Held) -> Iterator[Mutant]:
    for name, switch in held.items():
        for wlan, lands in switch.wireless.wlans.items():
            for other in dict.fromkeys((*switch.wireless.wlans.values(), "99")):
                if other != lands:
                    wireless = replace(switch.wireless, wlans={**switch.wireless.wlans, wlan: other})
                    yield f"{name} {wlan} {other}", {**held, name: replace(switch, wireless=wireless)}


def ssid_of_nobody(_school: School, held: Held) -> Iterator[Mutant]:
    for name, switch in held.items():
        for lands in dict.fromkeys(switch.wireless.wlans.values()):
            wireless = replace(switch.wireless, wlans={**switch.wireless.wlans, "rogue": lands})
            yield f"{name} {lands}", {**held, name: replace(switch, wireless=wireless)}


def router_in_a_vlan(school: School, held: Held) -> Iterator[Mutant]:
    """The router's port is a port of a user network: whoever is there goes past every list."""
    for device in school.configured:
        for port in device.ports:
            if port.peer is None or port.peer.device_role != "router":
                continue
            address = held[device.name].interfaces[port.name].address
            for one in svis(school, held):
                moved = interface(held, device.name, port.name, mode="access", access=one.vid, address=None)
                more = {**moved[device.name].interfaces, "Vlan-r": Interface("Vlan-r", vid=one.vid, address=address)}
                yield one.name, {**moved, device.name: replace(moved[device.name], interfaces=more)}


def core_does_not_route(school: School, held: Held) -> Iterator[Mutant]:
    yield core(school), {**held, core(school): replace(held[core(school)], forwards=False)}


CLASSES: dict[str, Breaker] = {
    "access list: an entry is missing": entry_removed,
    "access list: permit for deny, or deny for permit": entry_turned,
    "access list: two entries in the wrong order": entries_swapped,
    "access list: a prefix one bit too short": entry_widened,
    "access list: ports or `established` forgotten": ports_forgotten,
    "access list: everything permitted first": everything_permitted,
    "access list not applied": list_not_applied,
    "access list of another zone applied": list_of_another_zone,
    "access list applied and never written": list_never_written,
    "route to the internet by another next hop added": route_added,
    "default route missing": route_missing,
    "half a network routed into the void": route_to_a_neighbour,
    "two gateways with each other's address": gateway_moved,
    "SVI in another VLAN": svi_in_another_vlan,
    "SVI shut": svi_shut,
    "the core does not route": core_does_not_route,
    "an edge switch routes, without a list": way_round_the_core,
    "router's port in a VLAN": router_in_a_vlan,
    "VLAN taken off a trunk": vlan_taken_off_a_trunk,
    "native VLAN differs at one end": native_mismatch,
    "trunk shut": trunk_shut,
    "LAG without LACP at one end": lag_of_one_end,
    "VLAN missing on a switch": vlan_missing,
    "port in another VLAN": port_in_another_vlan,
    "port is a trunk": port_is_a_trunk,
    "telephone VLAN is management": telephone_vlan_wrong,
    "unused port opened": unused_port_opened,
    "SSID on another VLAN": ssid_on_another_vlan,
    "SSID nobody knows": ssid_of_nobody,
}


# ---- what changes nothing ----


def same(school: School, before: Held, after: Held) -> bool:
    """True where every list lets through what it did, and every frame goes where it went, to the same interfaces."""
    if {name: replace(one, access_lists={}) for name, one in before.items()} == {
        name: replace(one, access_lists={}) for name, one in after.items()
    }:
        name = core(school)
        return all(
            _permitted(entries).same(_permitted(after[name].access_lists[called]))
            for called, entries in before[name].access_lists.items()
            if after[name].access_lists[called] != entries
        )
    if {name: (x.routes, x.forwards) for name, x in before.items()} != {
        name: (x.routes, x.forwards) for name, x in after.items()
    }:
        return False
    one, other = Model(school, before), Model(school, after)
    if one.attachments != other.attachments or set(_up(one)) != set(_up(other)):
        return False
    places = {at.place for at in one.attachments} | {(name, port.vid or 0) for name, port in _up(one)}
    return all(set(one.domains.spread(place)) == set(other.domains.spread(place)) for place in places)


def _up(model: Model) -> Iterator[tuple[str, Interface]]:
    for name, switch in model.held.items():
        yield from ((name, port) for port in switch.interfaces.values() if model.up(name, port))


@cache
def _permitted(entries: tuple[Entry, ...]) -> Headers:
    return total(one.headers for one in judged(entries, everything()) if one.permits)


# ---- the table ----


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    injected: int
    idle: int
    caught: int
    missed: tuple[str, ...]


def row(name: str, slugs: tuple[str, ...], most: int) -> Row:
    """What becomes of the mutants of one class, at most *most* for each school, evenly chosen."""
    injected = idle = hits = 0
    missed: list[str] = []
    for slug in slugs:
        school, held = good(slug)
        mutants = list(CLASSES[name](school, held))
        step = max(1, -(-len(mutants) // most))
        for what, mutant in mutants[::step]:
            injected += 1
            if caught(school, mutant):
                hits += 1
            elif same(school, held, mutant):
                idle += 1
            else:
                missed.append(f"{slug} {what}")
    return Row(name, injected, idle, hits, tuple(missed))


def table(rows: list[Row]) -> str:
    lines = ["| What is broken | Injected | Changes nothing | Caught | Missed |", "|---|---:|---:|---:|---:|"]
    lines += [f"| {one.name} | {one.injected} | {one.idle} | {one.caught} | {len(one.missed)} |" for one in rows]
    sums = [
        sum(numbers) for numbers in zip(*((o.injected, o.idle, o.caught, len(o.missed)) for o in rows), strict=True)
    ]
    lines.append(f"| **All** | **{sums[0]}** | **{sums[1]}** | **{sums[2]}** | **{sums[3]}** |")
    return "\n".join(lines) + "\n"


SCHOOLS, MOST = ("oakfield", "fernhill"), 6

if __name__ == "__main__":
    found = [row(name, SCHOOLS, MOST) for name in CLASSES]
    missed = "".join(f"missed: {one.name}: {what}\n" for one in found for what in one.missed)
    sys.stdout.write(table(found) + missed)
    if "--write" in sys.argv:
        text = PAGE.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        PAGE.write_text(before + BEGIN + table(found) + END + rest.split(END)[1], encoding="utf-8")
