"""The engineer's path into a school: a tree over the cabling, rooted where the router's link is.

Every device hangs below the one it is reached through. Commits go up this tree, farthest first; confirms go down it.
"""

from collections import deque
from dataclasses import dataclass

from matric.config import natural
from matric.intent.school import School

__all__ = ("PathTree", "tree")


@dataclass(frozen=True, slots=True)
class PathTree:
    """How each device is reached. Names are device names in the school."""

    entry: str
    parents: dict[str, str | None]
    """Device -> the device it is reached through; None for the entry. Devices without a path are not in it."""
    depths: dict[str, int]

    def above(self, name: str) -> tuple[str, ...]:
        """The devices *name* is reached through, nearest to it first."""
        found: list[str] = []
        parent = self.parents.get(name)
        while parent is not None:
            found.append(parent)
            parent = self.parents[parent]
        return tuple(found)

    def farthest_first(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """*names* so that each comes before every device it is reached through."""
        return tuple(sorted(names, key=lambda name: (-self.depths[name], natural(name))))


def tree(school: School) -> PathTree:
    """Breadth first from the school's entry, over every cable between devices that switch frames."""
    beside = _adjacent(school)
    parents: dict[str, str | None] = {school.entry: None} if school.entry in school.by_name else {}
    depths = dict.fromkeys(parents, 0)
    queue = deque(parents)
    while queue:
        here = queue.popleft()
        for name in sorted(beside.get(here, ()), key=natural):
            if name not in parents:
                parents[name] = here
                depths[name] = depths[here] + 1
                queue.append(name)

    return PathTree(entry=school.entry, parents=parents, depths=depths)


def _adjacent(school: School) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = {}
    for device in school.devices:
        # Frames do not pass through an access point to another switch, and the router is the provider's.
        if device.role in {"access-point", "router"}:
            continue
        peers = [port.peer for port in device.ports] + [lag.peer for lag in device.lags]
        for peer in peers:
            other = school.by_name.get(peer.device) if peer is not None else None
            if other is not None and other.role not in {"access-point", "router"}:
                beside.setdefault(device.name, set()).add(other.name)
                beside.setdefault(other.name, set()).add(device.name)
    return beside
