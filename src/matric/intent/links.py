"""Links between a school's switches and controllers, cables of one LAG taken together."""

from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property

from matric.intent.record import CableRow, DeviceRow, InterfaceRow
from matric.intent.rows import SchoolRows

__all__ = ("Link", "Links", "Side")

CORE_ROLES = ("collapsed-core", "core")
REDUNDANT = "stp-redundant"
"""Tag of a cable that closes a loop on purpose: spanning tree keeps it in reserve."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a link: the LAG, or the port where there is none."""

    device: DeviceRow
    interface: InterfaceRow

    @property
    def text(self) -> str:
        return f"{self.device.name}:{self.interface.name}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link, as spanning tree sees it."""

    a: Side
    b: Side
    cables: tuple[CableRow, ...]

    @property
    def redundant(self) -> bool:
        return any(REDUNDANT in cable.tags for cable in self.cables)

    def seen_from(self, device: int) -> tuple[Side, Side]:
        """(near, far) seen from the device with this id."""
        return (self.a, self.b) if self.a.device.id == device else (self.b, self.a)


class Links:
    """Every link of a school between devices matric configures."""

    def __init__(self, rows: SchoolRows) -> None:
        self.rows = rows
        self.devices = {row.id: row for row in rows.configured}
        self.all = self._links()
        self.of: dict[int, list[Link]] = defaultdict(list)
        for link in self.all:
            self.of[link.a.device.id].append(link)
            if link.b.device.id != link.a.device.id:
                self.of[link.b.device.id].append(link)

    def _links(self) -> list[Link]:
        found: dict[tuple[int, int], tuple[Side, Side, list[CableRow]]] = {}
        for device in self.rows.configured:
            for port in self.rows.interfaces(device):
                end = self.rows.trust.far_end.get(port.id)
                if end is None or end.device.id not in self.devices:
                    continue
                near, far = Side(device, self.logical(port)), Side(end.device, self.logical(end.interface))
                if near.interface.id > far.interface.id:
                    near, far = far, near
                key = (near.interface.id, far.interface.id)
                cables = found.setdefault(key, (near, far, []))[2]
                if end.cable not in cables:
                    cables.append(end.cable)
        return [Link(a, b, tuple(cables)) for _, (a, b, cables) in sorted(found.items())]

    def logical(self, port: InterfaceRow) -> InterfaceRow:
        """The LAG of a member port, else the port."""
        return self.rows.trust.interfaces.get(port.lag_id or 0, port)

    @cached_property
    def core(self) -> DeviceRow | None:
        """Where paths start: the core cabled to the router, else the first core."""
        cores = [row for row in self.rows.configured if row.role in CORE_ROLES]
        for device in cores:
            ends = (self.rows.trust.far_end.get(port.id) for port in self.rows.interfaces(device))
            if any(end is not None and end.device.role == "router" for end in ends):
                return device
        return cores[0] if cores else None

    @cached_property
    def paths(self) -> dict[int, tuple[Link, ...]]:
        """Device id -> the shortest path of links from the core."""
        if self.core is None:
            return {}
        found: dict[int, tuple[Link, ...]] = {self.core.id: ()}
        queue = deque([self.core.id])
        while queue:
            here = queue.popleft()
            for link in self.of[here]:
                _, far = link.seen_from(here)
                if far.device.id not in found:
                    found[far.device.id] = (*found[here], link)
                    queue.append(far.device.id)
        return found
