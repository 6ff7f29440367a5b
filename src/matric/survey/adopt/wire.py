"""Which port of which device leads to which: from LLDP and CDP, and where they are silent, from MAC tables."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matric.survey.adopt.kit import Kit
from matric.survey.model import Neighbour

__all__ = ("Cable", "Point", "Wiring", "wiring")

Seen = Literal["both ends", "one end", "MAC tables"]
_POINT = re.compile(
    r"\b(access point|wlan-access-point|aironet|unifi|uap|u6|ap\d{3}|ap-\d{3}|air-[acl]|c91\d\d|mr\d\d)", re.IGNORECASE
)
_ROUTER = re.compile(
    r"\b(router|firewall|gateway|internet|broadband|wan|isp|draytek|vigor|fortigate|sonicwall|smoothwall|rtr)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cable:
    """A cable between two surveyed devices, the one nearer the core first."""

    upper: str
    upper_port: str
    lower: str
    lower_port: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Point:
    """An access point at a port of a switch."""

    device: str
    port: str
    neighbour: Neighbour


@dataclass(frozen=True)
class Wiring:
    """All that is known of a school's cables. Devices go by their name in NetBox."""

    cables: tuple[Cable, ...]
    points: tuple[Point, ...]
    strangers: tuple[Point, ...]
    """A switch that was not read, at a port of one that was."""
    router: tuple[str, Neighbour | None] | None
    """Port of the core to the school's router, and what says so; None where nothing does."""
    parent: Mapping[str, str]
    """Device -> the next one towards the core; the core and what leads nowhere are not in it."""

    def children(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(child for child, parent in self.parent.items() if parent == name))


def wiring(kits: Sequence[Kit]) -> Wiring:
    """The cables between *kits*, of which the first is the core."""
    if not kits:
        return Wiring((), (), (), None, {})
    pairs = _told(kits)
    parent = _parents(kits, pairs)
    pairs |= _learned(kits, pairs, parent)
    parent = _parents(kits, pairs)
    order = {name: number for number, name in enumerate(_order(kits[0].name, parent))}
    cables = [_cable(key, seen, order) for key, seen in pairs.items()]
    taken = {(one.upper, one.upper_port) for one in cables} | {(one.lower, one.lower_port) for one in cables}
    router = _router(kits[0], taken)
    return Wiring(
        cables=tuple(sorted(cables, key=lambda one: (one.upper, one.lower, _natural(one.upper_port)))),
        points=tuple(_points(kits, taken)),
        strangers=tuple(_strangers(kits, taken, (kits[0].name, router[0]) if router else None)),
        router=router,
        parent=parent,
    )


End = tuple[str, str]
Pairs = dict[tuple[End, End], Seen]


def _told(kits: Sequence[Kit]) -> Pairs:
    """The cables that LLDP or CDP tells of."""
    told: dict[frozenset[End], set[str]] = defaultdict(set)
    for kit in kits:
        for one in kit.seen.neighbours or ():
            port = kit.port(one.port)
            other = _meant(kits, one, kit, port) if port else None
            if other is None:
                continue
            far = other.port(one.remote_port) or _back(kit, other, port)
            if far:
                told[frozenset(((kit.name, port), (other.name, far)))].add(kit.name)
    found: Pairs = {}
    used: set[End] = set()
    for ends, said in sorted(told.items(), key=lambda item: (-len(item[1]), sorted(item[0]))):
        near, far_end = sorted(ends)
        if not {near, far_end} & used:  # two tellings of one port: the one both ends agree on came first
            found[near, far_end] = "both ends" if len(said) > 1 else "one end"
            used |= {near, far_end}
    return found


def _who(kits: Iterable[Kit], told: Neighbour) -> list[Kit]:
    """Every device that a neighbour may be: by its address, else by its name, which several may have."""
    kits = tuple(kits)
    for one in kits:
        if (told.mac and told.mac == one.seen.mac) or (told.address and told.address == one.seen.management):
            return [one]
    name = told.name.casefold().partition(".")[0]
    return [one for one in kits if name and name in (one.hostname.casefold(), one.name.casefold())]


def _meant(kits: Iterable[Kit], told: Neighbour, kit: Kit, port: str) -> Kit | None:
    """The device meant by what *kit* was told on *port*: of several of one name the one that names this port too."""
    found = [one for one in _who(kits, told) if one is not kit]
    if len(found) > 1:
        found = [one for one in found if _points_at(one, kit, port)]
    return found[0] if len(found) == 1 else None


def _points_at(other: Kit, kit: Kit, port: str) -> bool:
    """Whether *other* was told of *kit*'s *port*."""
    return any(kit in _who((kit,), one) and kit.port(one.remote_port) == port for one in other.seen.neighbours or ())


def _back(kit: Kit, other: Kit, port: str) -> str:
    """The port of *other* whose own neighbour is *kit*'s *port*, or the only one that names *kit*."""
    names = [one for one in other.seen.neighbours or () if _who((kit,), one)]
    exact = [one for one in names if kit.port(one.remote_port) == port]
    only = exact or (names if len(names) == 1 else [])
    return other.port(only[0].port) if only else ""


def _learned(kits: Sequence[Kit], pairs: Pairs, parent: Mapping[str, str]) -> Pairs:
    """For each device that nothing tells of: the port on which a joined one learns its address, and the one back."""
    found: Pairs = {}
    used = {end for pair in pairs for end in pair}
    joined = [kit for kit in kits if kit is kits[0] or kit.name in parent]
    for kit in kits:
        if kit in joined or not kit.seen.mac:
            continue
        best: tuple[int, Kit, str] | None = None
        for other in joined:
            counts = Counter(other.port(one.port) for one in other.seen.macs or ())
            for one in other.seen.macs or ():
                port = other.port(one.port)
                if one.mac == kit.seen.mac and port and (other.name, port) not in used:
                    best = min(filter(None, (best, (counts[port], other, port))), key=lambda item: item[0])
        if best is None:
            continue
        back = _way_up(kit, best[1], used)
        if back:
            found[(best[1].name, best[2]), (kit.name, back)] = "MAC tables"
            used |= {(best[1].name, best[2]), (kit.name, back)}
            joined.append(kit)
    return found


def _way_up(kit: Kit, upper: Kit, used: set[End]) -> str:
    """The port of *kit* on which it learns *upper*'s address, else the one on which it learns most."""
    counts = Counter(own for one in kit.seen.macs or () if (own := kit.port(one.port)) and (kit.name, own) not in used)
    told = [own for one in kit.seen.macs or () if one.mac == upper.seen.mac and (own := kit.port(one.port)) in counts]
    if told:
        return told[0]
    return counts.most_common(1)[0][0] if counts else ""


def _parents(kits: Sequence[Kit], pairs: Pairs) -> dict[str, str]:
    near: dict[str, set[str]] = defaultdict(set)
    for one, two in pairs:
        near[one[0]].add(two[0])
        near[two[0]].add(one[0])
    found: dict[str, str] = {}
    seen, queue = {kits[0].name}, deque([kits[0].name])
    while queue:
        here = queue.popleft()
        for other in sorted(near[here] - seen):
            found[other] = here
            seen.add(other)
            queue.append(other)
    return found


def _order(core: str, parent: Mapping[str, str]) -> Iterator[str]:
    yield core
    level = [core]
    while level:
        level = sorted(child for child, upper in parent.items() if upper in level)
        yield from level


def _cable(key: tuple[End, End], seen: Seen, order: Mapping[str, int]) -> Cable:
    one, two = sorted(key, key=lambda end: (order.get(end[0], len(order)), end))
    return Cable(*one, *two, seen)


def _points(kits: Sequence[Kit], taken: set[End]) -> Iterator[Point]:
    for kit in kits:
        seen: set[str] = set()
        for one in kit.seen.neighbours or ():
            port = kit.port(one.port)
            if not port or port in seen or (kit.name, port) in taken or _who(kits, one):
                continue
            if "wlan-access-point" in one.capabilities or _POINT.search(one.platform):
                seen.add(port)
                yield Point(kit.name, port, one)


def _strangers(kits: Sequence[Kit], taken: set[End], router: End | None) -> Iterator[Point]:
    for kit in kits:
        seen: set[str] = set()
        for one in kit.seen.neighbours or ():
            port = kit.port(one.port)
            if not port or port in seen or (kit.name, port) in taken or (kit.name, port) == router:
                continue
            passes = "bridge" in one.capabilities and not {"telephone", "wlan-access-point"} & set(one.capabilities)
            if passes and _POINT.search(one.platform) is None and not _who(kits, one):
                seen.add(port)
                yield Point(kit.name, port, one)


def _router(core: Kit, taken: set[End]) -> tuple[str, Neighbour | None] | None:
    """The port of the core that leads to the router: a neighbour, a routed port, an address, or a description."""
    free = {own: port for own, port in core.seen_ports.items() if (core.name, own) not in taken}
    for one in core.seen.neighbours or ():
        own = core.port(one.port)
        routes = "router" in one.capabilities and "bridge" not in one.capabilities  # a switch that routes says both
        if (
            own in free
            and "wlan-access-point" not in one.capabilities
            and (routes or _ROUTER.search(f"{one.name} {one.platform}"))
        ):
            return own, one
    for own, port in free.items():
        if port.mode == "routed" and port.enabled is not False:
            return own, None
    gateway = {one.mac for one in core.seen.arps or () if one.ip == core.seen.gateway}
    for learned in core.seen.macs or ():
        if learned.mac in gateway and (own := core.port(learned.port)) in free:
            return own, None
    return next(((own, None) for own, port in free.items() if _ROUTER.search(port.description)), None)


def _natural(text: str) -> list[tuple[bool, int, str]]:
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"([0-9]+)", text)]
