"""How a surveyed school's kit hangs together: who is cabled to whom, and what everything depends on."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matric.survey.model import Device, Neighbour, Survey
from matric.survey.naming import host_of
from matric.survey.recognise_name import key_of

__all__ = ("Graph", "Join", "graph", "meant")

_BRIDGES = frozenset({"bridge", "router", "switch"})


@dataclass(frozen=True, slots=True)
class Join:
    """Two pieces of kit with one cable or more between them."""

    a: str
    b: str
    ports: tuple[tuple[str, str], ...]
    """(port of a, port of b) of each cable; an end that nobody told is empty."""
    both: bool
    """Both ends name each other."""


@dataclass(frozen=True)
class Graph:
    """The kit that forwards: surveyed devices, and neighbours that say they are a bridge or router."""

    surveyed: frozenset[str]
    told: frozenset[str]
    """Named by a neighbour, not looked at."""
    joins: tuple[Join, ...]
    root: str
    """Where the way to the world is: a router, else what most others hang on. Empty where there is no kit."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.surveyed | self.told))

    @property
    def beside(self) -> Mapping[str, tuple[str, ...]]:
        """Name -> the names it has a cable to."""
        found: dict[str, set[str]] = {name: set() for name in self.names}
        for join in self.joins:
            found[join.a].add(join.b)
            found[join.b].add(join.a)
        return {name: tuple(sorted(others)) for name, others in found.items()}

    @property
    def depths(self) -> dict[str, int]:
        """Name -> cables between it and the root; what cannot be got to is left out."""
        if not self.root:
            return {}
        beside, found, queue = self.beside, {self.root: 0}, deque([self.root])
        while queue:
            name = queue.popleft()
            for other in beside[name]:
                if other not in found:
                    found[other] = found[name] + 1
                    queue.append(other)
        return found

    def below(self, name: str) -> tuple[str, ...]:
        """What loses its way to the root when *name* fails."""
        if name == self.root:
            return tuple(one for one in self.depths if one != name)
        beside, reached, queue = self.beside, {self.root}, deque([self.root])
        while queue:
            for other in beside[queue.popleft()]:
                if other != name and other not in reached:
                    reached.add(other)
                    queue.append(other)
        return tuple(sorted(self.depths.keys() - reached - {name}))


def graph(survey: Survey) -> Graph:
    """The graph that LLDP and CDP tell of, as seen from what could be read."""
    surveyed = frozenset(device.name for device in survey.devices)
    cables: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    told: set[str] = set()
    for a, b, port, far in _told(survey):
        told |= {b} - surveyed
        pair, ends = ((a, b), (port, far)) if a < b else ((b, a), (far, port))
        seen = cables.setdefault(pair, {})
        same = next((one for one in seen if one == ends), None) or ends
        seen[same] = seen.get(same, 0) + 1
    joins = tuple(
        Join(a, b, tuple(sorted(ends)), both={a, b} <= surveyed and all(count > 1 for count in ends.values()))
        for (a, b), ends in sorted(cables.items())
    )
    return Graph(surveyed, frozenset(told), joins, _root(survey, joins))


def _told(survey: Survey) -> Iterator[tuple[str, str, str, str]]:
    """(device, neighbour, port, its port) once for each protocol's word about a cable."""
    surveyed = {device.name for device in survey.devices}
    for device in survey.devices:
        ports: dict[str, tuple[str, str]] = {}
        trunks = {port.name for port in device.ports or () if port.mode in {"trunk", "member", "routed"}}
        for one in device.neighbours or ():
            # What says nothing of itself is taken for a switch where the port is one towards switches.
            silent = not one.capabilities and (one.port in trunks or device.ports is None)
            name = meant(one, survey.devices)
            forwards = name in surveyed or silent or _BRIDGES & set(one.capabilities)
            phone = {"telephone", "station"} & set(one.capabilities)
            if name and forwards and not phone and "wlan-access-point" not in one.capabilities:
                ports.setdefault(one.port, (name, one.remote_port))
        for port, (name, far) in sorted(ports.items()):
            if name != device.name:
                yield device.name, name, port, far


def meant(near: Neighbour, devices: tuple[Device, ...]) -> str:
    """The survey's name of *near*: of several that call themselves so, the one of its address or MAC address."""
    alike = [one for one in devices if key_of(host_of(one.name)) == key_of(near.name)]
    if len(alike) > 1:
        for one in alike:
            own = {one.management, *(found.address.partition("/")[0] for found in one.addresses or ())}
            if (near.mac and near.mac == one.mac) or (near.address and near.address in own):
                return one.name
    return alike[0].name if len(alike) == 1 else near.name


def _root(survey: Survey, joins: tuple[Join, ...]) -> str:
    names = {device.name for device in survey.devices} | {name for join in joins for name in (join.a, join.b)}
    if not names:
        return ""
    count = {name: sum(name in {join.a, join.b} for join in joins) for name in names}
    routes = {device.name: len(device.addresses or ()) for device in survey.devices}
    return min(names, key=lambda name: (-count[name], -routes.get(name, 0), name))
