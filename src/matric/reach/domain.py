"""Where frames go: broadcast domains, out of trunks, native VLANs, LAGs, the state of ports and spanning tree.

A *place* is a VLAN on a device. Frames spread from place to place along cables. Which redundant link spanning tree
blocks depends on bridge addresses, which no configuration holds; so nothing is assumed of it but that it leaves no
loop and cuts nothing off: where frames pass whatever it blocks, they pass *for certain*, else perhaps.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from matric.switch import Switch
from matric.switch.link import SWITCHES
from matric.switch.ways import Cables, crossed, joined

__all__ = ("Domains", "Place", "Wire")

Place = tuple[str, int]
"""Device and VLAN."""

PER_VLAN = {"rapid-pvst", "pvst"}
SPEAKS = {"mst", "rstp", *PER_VLAN}


@dataclass(frozen=True, slots=True)
class Wire:
    """A cable or a LAG between two devices, in one direction. Ports are those of one cable of it that is up."""

    near: str
    near_port: str
    far: str
    far_port: str
    bundle: frozenset[tuple[str, str]]
    """Device and interface that govern each end: the same for every cable of a LAG, in both directions."""


class Domains:
    """The broadcast domains while the devices hold *held* (by name). *roles*: device name -> its role."""

    def __init__(self, held: Mapping[str, Switch], cabling: Cables, roles: Mapping[str, str]) -> None:
        self.held = held
        self.roles = roles
        self.wires = tuple(self._wires(cabling))
        self._leaving: dict[str, list[Wire]] = {}
        for wire in self.wires:
            self._leaving.setdefault(wire.near, []).append(wire)
        self._spread: dict[Place, dict[Place, Wire | None]] = {}
        self._doubts: dict[tuple[Place, Place], str] = {}

    def _wires(self, cabling: Cables) -> Iterator[Wire]:
        seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
        for name, ends in cabling.items():
            for port, other, other_port in ends:
                if name not in self.held or other not in self.held:
                    continue
                up = joined(self.held[name], port, self.held[other], other_port)
                if up is None:
                    continue
                bundle = frozenset({(name, up[0].name), (other, up[1].name)})
                if (name, bundle) not in seen:
                    seen.add((name, bundle))
                    yield Wire(name, port, other, other_port, bundle)

    def across(self, wire: Wire, vid: int) -> int | None:
        """The VLAN at the far end that a frame of *vid* comes out in."""
        return crossed(self.held[wire.near], wire.near_port, self.held[wire.far], wire.far_port, vid)

    def back(self, wire: Wire) -> Wire:
        """The same wire in the other direction."""
        return Wire(wire.far, wire.far_port, wire.near, wire.near_port, wire.bundle)

    def spread(self, place: Place) -> Mapping[Place, Wire | None]:
        """Every place that frames from *place* come to, if spanning tree lets them; with the wire they come in by."""
        if place not in self._spread:
            found: dict[Place, Wire | None] = {place: None}
            todo = deque((place,))
            while todo:
                name, vid = todo.popleft()
                for wire in self._leaving.get(name, ()):
                    there = self.across(wire, vid)
                    if there is not None and (wire.far, there) not in found:
                        found[wire.far, there] = wire
                        todo.append((wire.far, there))
            self._spread[place] = found
        return self._spread[place]

    def way(self, start: Place, end: Place) -> tuple[tuple[Wire, int, int], ...]:
        """The wires from *start* to *end*, each with the VLAN before and after it."""
        came = self.spread(start)
        found: list[tuple[Wire, int, int]] = []
        here = end
        while (wire := came[here]) is not None:
            before = self._before(wire, here, came)
            found.append((wire, before[1], here[1]))
            here = before
        return tuple(reversed(found))

    def _before(self, wire: Wire, here: Place, came: Mapping[Place, Wire | None]) -> Place:
        return next(place for place in came if place[0] == wire.near and self.across(wire, place[1]) == here[1])

    def doubt(self, start: Place, end: Place) -> str:
        """Why it is not certain that frames get from *start* to *end*; empty where it is. They do perhaps."""
        if (start, end) not in self._doubts:
            self._doubts[start, end] = self._doubt(start, end)
        return self._doubts[start, end]

    def _doubt(self, start: Place, end: Place) -> str:
        for wire, before, after in self.way(start, end):
            if self.across(self.back(wire), after) != before:
                return f"frames go from {wire.near} to {wire.far} in VLAN {before} and do not come back in it"
            if guarded := self._guarded(wire):
                return guarded
            block = self._blocks[wire.bundle]
            if len(block) > 1 and not self._whatever_is_blocked(block, before, after):
                others = sorted({name for bundle in block for name, _ in bundle})
                return f"it depends on which link spanning tree blocks between {', '.join(others)}"
        return ""

    def _guarded(self, wire: Wire) -> str:
        """Why BPDU guard takes the link down: the other end is a switch that speaks spanning tree."""
        for one in (wire, self.back(wire)):
            port = self.held[one.near].carrier(one.near_port)
            speaks = self.roles.get(one.far) in SWITCHES and self.held[one.far].spanning_tree in SPEAKS
            if port is not None and port.bpdu_guard and speaks:
                return f"{one.near} {port.name} has BPDU guard and {one.far} sends BPDUs, which takes the link down"
        return ""

    def _whatever_is_blocked(self, block: frozenset[frozenset[tuple[str, str]]], before: int, after: int) -> bool:
        """True where a VLAN's frames pass a block of redundant links whichever of them is blocked."""
        inside = [wire for wire in self.wires if wire.bundle in block]
        if before != after:
            return False
        if {self.held[wire.near].spanning_tree for wire in inside} <= PER_VLAN:
            # One tree for each VLAN, over the links that carry it.
            return True
        return all(self.across(wire, before) == before for wire in inside)

    @cached_property
    def _blocks(self) -> dict[frozenset[tuple[str, str]], frozenset[frozenset[tuple[str, str]]]]:
        """Bundle -> the bundles that lie on a common loop with it (biconnected components); alone where none does."""
        return {bundle: block for block in _biconnected(self._leaving) for bundle in block}

    @property
    def loops(self) -> Iterator[str]:
        """Loops that nothing breaks, and devices in a loop that do not speak the same spanning tree."""
        for block in dict.fromkeys(self._blocks.values()):
            names = sorted({name for bundle in block for name, _ in bundle})
            modes = {self.held[name].spanning_tree for name in names}
            if len(block) > 1 and len(modes) > 1:
                yield f"{', '.join(names)} lie on a loop and speak different spanning trees: {', '.join(sorted(modes))}"
            if len(block) > 1 and modes <= {"none"}:
                yield f"{', '.join(names)} lie on a loop that no spanning tree breaks"


Bundle = frozenset[tuple[str, str]]


def _biconnected(leaving: Mapping[str, Iterable[Wire]]) -> Iterator[frozenset[Bundle]]:
    """Blocks of the graph (Hopcroft and Tarjan, CACM 16(6), 1973), without recursion."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    edges: list[Bundle] = []
    for root in leaving:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        stack: list[tuple[str, Bundle | None, Iterator[Wire]]] = [(root, None, iter(leaving[root]))]
        while stack:
            name, came, rest = stack[-1]
            wire = next(rest, None)
            if wire is None:
                stack.pop()
                if came is not None:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[name])
                    if low[name] >= number[above]:
                        at = edges.index(came)
                        yield frozenset(edges[at:])
                        del edges[at:]
            elif wire.bundle == came:
                continue
            elif wire.far not in number:
                number[wire.far] = low[wire.far] = len(number)
                edges.append(wire.bundle)
                stack.append((wire.far, wire.bundle, iter(leaving.get(wire.far, ()))))
            elif number[wire.far] < number[name]:
                edges.append(wire.bundle)
                low[name] = min(low[name], number[wire.far])
