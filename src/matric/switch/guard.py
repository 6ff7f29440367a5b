"""What protects a switch and its ports at layer 2, without how a vendor says it.

``Switch`` says where frames go; this says what stops the wrong ones. It is read apart, because proving an order of
lines reads every ``Switch`` thousands of times and asks for nothing here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from matric.config import Config, Line

__all__ = ("LOWEST", "Guard", "Guards", "last", "megabits", "words")

LOWEST = 32768
"""The bridge priority of a switch that was told none: it stands behind all that were."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One port, or LAG. What the configuration does not say has the value the device falls back to."""

    described: str = ""
    fixed: bool = True
    """Its mode is written where the platform would otherwise agree one with whoever is plugged in."""
    negotiates: bool | None = None
    """It may become a trunk by what it hears; None where the platform has no protocol for that."""
    authenticates: bool = False
    """802.1X, MAC authentication or both decide who gets in."""
    dot1x: bool = False
    """It speaks 802.1X: an address that somebody copied does not do."""
    lets_in: frozenset[int] = frozenset()
    """VLANs in which it puts devices that did not log in: because no server answers, or as guests."""
    max_macs: int | None = None
    """Addresses it learns without anybody logging in; None where nothing limits them."""
    storm: bool = False
    """Broadcasts above a stated threshold are dropped."""
    loop: bool | None = False
    """Loop guard or loop detection; None where the platform has neither for a port of this kind."""
    root: bool = False
    """Root guard: a better root that is heard of here blocks the port, and moves no tree."""
    arp_trusted: bool | None = False
    """ARP inspection believes what comes in; None where it believes whom DHCP snooping does."""
    spanning_tree: bool = True
    """False where it neither sends nor heeds BPDUs."""
    speed: int | None = None
    """Mbit/s it is held to; None where both ends agree one."""
    one_way: bool = False
    """A protocol of its own notices that frames pass in one direction only."""
    heeds: bool = True
    """The priority that a frame brings along (DSCP or 802.1p) counts."""
    power: bool = True
    """It may give PoE."""


@dataclass(frozen=True, slots=True)
class Guards:
    """A whole switch."""

    ports: Mapping[str, Guard]
    """By the name ``Switch`` knows the interface by."""
    priority: int | None = None
    """Bridge priority of the one tree (RSTP, or MST's instance 0); None where none is written."""
    priorities: tuple[tuple[frozenset[int], int], ...] = ()
    """Bridge priority of the trees of some VLANs, a later entry before an earlier one."""
    propagation: tuple[str, ...] | None = ()
    """Protocols by which another switch may change the VLANs here; None where the platform has none."""
    snooped: frozenset[int] = frozenset()
    """VLANs with DHCP snooping."""
    inspected: frozenset[int] = frozenset()
    """VLANs with ARP inspection."""
    radius: int = 0
    """Servers that port authentication asks."""
    relays: Mapping[int, frozenset[str]] = field(default_factory=dict[int, frozenset[str]])
    """VLAN -> DHCP servers its gateway sends requests on to."""
    answering: tuple[tuple[str, str], ...] = ()
    """(layer-3 interface, ``proxy ARP`` or ``directed broadcast``) where it is on."""

    def priority_in(self, vid: int | None) -> int | None:
        """The priority written for the tree of VLAN *vid*, or for the one tree (None)."""
        if vid is None:
            return self.priority
        return next((number for vids, number in reversed(self.priorities) if vid in vids), None)


def words(tree: Config | Line, pattern: str) -> Iterator[str]:
    """Group 1 of *pattern* in every line of the top that it finds."""
    return (found[1] for line in tree.find(pattern) if (found := re.search(pattern, line.text)))


def last(tree: Config | Line, pattern: str, otherwise: str = "") -> str:
    """The last of those: a later line replaces an earlier one."""
    return ([otherwise, *words(tree, pattern)])[-1]


def megabits(text: str) -> int | None:
    """``100``, ``100-full``, ``1g``, ``10gfull`` in Mbit/s; None for ``auto`` and the like."""
    found = re.match(r"(\d+)(g?)", text)
    return int(found[1]) * (1000 if found[2] else 1) if found else None
