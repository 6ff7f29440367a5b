"""What each port between two of the school's switches carries while old networks run beside: no more than is needed."""

from collections.abc import Mapping
from dataclasses import dataclass

from matric.intent.record import InterfaceRow, Records

__all__ = ("Load", "loads", "used")

End = tuple[str, str]
"""Device and port, or the LAG that the port is a member of."""


@dataclass(frozen=True, slots=True)
class Load:
    """How a port between switches differs from what it carries in the end; ids of VLANs."""

    more: frozenset[int]
    less: frozenset[int]

    def of(self, tagged: tuple[int, ...]) -> tuple[int, ...]:
        """*tagged*, what it carries in the end, as it is now."""
        return (*(one for one in tagged if one not in self.less), *sorted(self.more - set(tagged)))


def loads(
    records: Records, devices: Mapping[int, str], core: str, here: Mapping[str, set[int]], late: Mapping[str, set[int]]
) -> dict[End, Load]:
    """Every port or LAG between two of *devices* (id -> name): what it carries now besides, and what not yet.

    *here* is what each device has in use now, *late* what its ports go to at a later stage.
    """
    lags = {row.id: row.name for row in records.interfaces}
    ends = {
        row.id: (devices[row.device_id], lags[row.lag_id] if row.lag_id else row.name)
        for row in records.interfaces
        if row.device_id in devices
    }
    joins = [
        (ends[row.a[0].object_id], ends[row.b[0].object_id])
        for row in records.cables
        if row.a[0].object_id in ends and row.b[0].object_id in ends and "stp-redundant" not in row.tags
    ]
    parent, order = _towards(joins, core)
    now: dict[str, set[int]] = {}
    later: dict[str, set[int]] = {}
    for name in reversed(order):
        below = [child for child in order if parent.get(child) == name]
        now[name] = here.get(name, set()).union(*(now[child] for child in below))
        later[name] = late.get(name, set()).union(*(later[child] for child in below))
    found: dict[End, Load] = {}
    for near, far in joins:
        lower = near[0] if parent.get(near[0]) == far[0] else far[0] if parent.get(far[0]) == near[0] else ""
        for end in (near, far):
            held = found.get(end, Load(frozenset(), frozenset()))
            more, less = now.get(lower, set()), later.get(lower, set()) - now.get(lower, set())
            found[end] = Load(held.more | more, held.less | less)
    return found


def _towards(joins: list[tuple[End, End]], core: str) -> tuple[dict[str, str], list[str]]:
    """Device -> the next one towards the core; and all of them, the core first."""
    beside: dict[str, set[str]] = {}
    for (a, _), (b, _) in joins:
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    order = [core] if core else []
    parent: dict[str, str] = {}
    for name in order:
        for other in sorted(beside.get(name, set())):
            if other not in parent and other != order[0]:
                parent[other] = name
                order.append(other)
    return parent, order


def used(row: InterfaceRow, home: int | None, voice: int | None) -> set[int]:
    """The VLANs of an access port: *home* and *voice* are those of its profile."""
    phones = row.tagged_vlan_ids or (voice,)
    return {one for one in (row.untagged_vlan_id or home, *phones) if one is not None}
