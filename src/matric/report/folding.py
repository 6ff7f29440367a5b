"""Identical changes are shown once, with everywhere they happen: 48 ports on 12 switches are one thing to review.

The unified view of a plan (``matric.diff.Change.text``) is read back into sections. A section under an interface is
folded with the same section under other interfaces, on the same device or another; what else is the same on the same
devices stands together. Every changed line is in exactly one group for each place it happens at.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from matric.config import natural
from matric.diff import HEADER

__all__ = ("Group", "Place", "Section", "compact", "folded", "kinds", "sections")

_INTERFACE = re.compile(r"^interface (?P<name>\S.*)$")
_BANNER = re.compile(r"^[+-]banner \S+(?: (?P<mark>\^.|\S)(?P<rest>.*))?$")
_NUMBERED = re.compile(r"^(?P<stem>.*?)(?P<number>0|[1-9]\d*)$")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a change happens: a device, and the interface where the change is one of interfaces."""

    device: str
    """Key, school/name."""
    interface: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Section:
    """Changed lines under one head."""

    heads: tuple[str, ...]
    """The lines above, outermost first; empty for a line that stands by itself."""
    sign: str
    """``+`` or ``-`` where the last head comes or goes as well, else a space."""
    lines: tuple[str, ...]
    """Signed, indented as below the last head."""

    @property
    def changed(self) -> int:
        """How many lines it changes."""
        return len(self.lines) + (self.sign != " ")

    @property
    def text(self) -> tuple[str, ...]:
        """The lines of a unified view, heads included."""
        depth = len(self.heads)
        signs = (*" " * (depth - 1), self.sign) if depth else ()
        above = (f"{sign}{' ' * at}{head}" for at, (sign, head) in enumerate(zip(signs, self.heads, strict=True)))
        return (*above, *(f"{line[0]}{' ' * depth}{line[1:]}" for line in self.lines))


@dataclass(frozen=True, slots=True)
class Group:
    """The same sections at every one of these places."""

    places: tuple[Place, ...]
    sections: tuple[Section, ...]

    @property
    def devices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.device for place in self.places))

    @property
    def changed(self) -> int:
        """How many lines it changes, over all its places."""
        return len(self.places) * sum(section.changed for section in self.sections)

    @property
    def ports(self) -> bool:
        """True where the places are interfaces: the sections' outermost head is then left out."""
        return bool(self.places[0].interface)


# ---- the unified view, read back ----


@dataclass(slots=True)
class _Block:
    """One line that comes or goes, with all below it."""

    heads: tuple[str, ...]
    depth: int
    rows: list[str]
    """Signed, indented as below the heads."""
    whole: bool = False
    """True for a text with a mark at its end: its lines belong together, and their indentation is their own."""


def sections(diff: str) -> tuple[Section, ...]:
    """The sections of a unified view, in its order."""
    found: list[Section] = []
    for block in _blocks(diff.removeprefix(HEADER)):
        first = block.rows[0]
        if block.whole:
            found.append(Section(block.heads, " ", tuple(block.rows)))
        elif len(block.rows) > 1 and not block.heads:
            sign, head = first[0], first[1:]
            found.append(Section((head,), sign, tuple(f"{row[0]}{row[2:]}" for row in block.rows[1:])))
        elif block.heads and found and (found[-1].heads, found[-1].sign) == (block.heads, " "):
            found[-1] = Section(block.heads, " ", (*found[-1].lines, *block.rows))
        else:
            found.append(Section(block.heads, " ", tuple(block.rows)))
    return tuple(found)


def _blocks(text: str) -> Iterator[_Block]:
    rows = text.removesuffix("\n").split("\n") if text else []
    above: tuple[str, ...] = ()
    block: _Block | None = None
    after = 0
    for at, row in enumerate(rows):
        if at < after:
            continue
        sign, line = row[:1], row[1:]
        depth = len(line) - len(line.lstrip(" "))
        if block is not None and sign == block.rows[0][0] and depth > block.depth:
            block.rows.append(f"{sign}{line[len(block.heads) :]}")
            continue
        if block is not None:
            yield block
            block = None
        if sign == " ":
            above = (*above[:depth], line[depth:])
        elif (after := _banner_end(rows, at)) > at:
            yield _Block((), 0, rows[at:after], whole=True)
        else:
            heads = above[:depth]
            block = _Block(heads, depth, [f"{sign}{line[len(heads) :]}"])
    if block is not None:
        yield block


def _banner_end(rows: list[str], at: int) -> int:
    """The row after the banner that begins at *at*, where one does and its end mark comes; else *at*."""
    found = _BANNER.match(rows[at])
    if found is None:
        return at
    mark = found["mark"]
    if mark is not None and mark in found["rest"]:
        return at
    for end in range(at + 1, len(rows)):
        if rows[end][:1] != rows[at][:1]:
            break
        if rows[end][1:] == "EOF" if mark is None else mark in rows[end][1:]:
            return end + 1
    return at


# ---- the same in several places ----


def folded(diffs: Mapping[str, str]) -> tuple[Group, ...]:
    """Every change of *diffs* (unified view by device key), folded; what happens at most places comes first."""
    ports: dict[tuple[Section, int], list[Place]] = {}
    others: dict[tuple[Section, int], list[Place]] = {}
    for device in sorted(diffs, key=natural):
        seen: Counter[tuple[Section, str]] = Counter()
        for section in sections(diffs[device]):
            bare, name = _apart(section)
            # The same twice on one device is two changes: the second one is folded with the others' second one.
            nth = seen[bare, name]
            seen[bare, name] += 1
            ports.setdefault((bare, nth), []).append(Place(device, name))
    for (bare, nth), places in tuple(ports.items()):
        names = {place.interface for place in places}
        if len(names) == 1:
            del ports[bare, nth]
            whole = _together(bare, names.pop())
            others.setdefault((whole, nth), []).extend(Place(place.device) for place in places)
    groups = (*_merged(ports), *_merged(others))
    return tuple(sorted(groups, key=_rank))


def _merged(found: Mapping[tuple[Section, int], list[Place]]) -> Iterable[Group]:
    """What happens at exactly the same places stands together."""
    groups: dict[tuple[Place, ...], list[Section]] = {}
    for (section, _), places in found.items():
        groups.setdefault(tuple(sorted(places, key=_order)), []).append(section)
    return (Group(places, tuple(inside)) for places, inside in groups.items())


def _apart(section: Section) -> tuple[Section, str]:
    """The section without the interface it is under, and that interface; empty where it is under none."""
    found = _INTERFACE.match(section.heads[0]) if section.heads else None
    if found is None:
        return section, ""
    return Section(("", *section.heads[1:]), section.sign, section.lines), found["name"]


def _together(section: Section, interface: str) -> Section:
    if not interface:
        return section
    return Section((f"interface {interface}", *section.heads[1:]), section.sign, section.lines)


def _order(place: Place) -> tuple[object, ...]:
    return natural(place.device), natural(place.interface)


def _rank(group: Group) -> tuple[object, ...]:
    return -len(group.places), tuple(_order(place) for place in group.places), group.sections


# ---- how places read ----


def compact(names: Iterable[str]) -> tuple[str, ...]:
    """Interface names with runs of numbers drawn together: Ethernet1-4, Ethernet7."""
    runs: list[tuple[str, int, int]] = []
    for name in sorted(set(names), key=natural):
        found = _NUMBERED.match(name)
        if found is None:
            runs.append((name, -1, -1))
            continue
        stem, number = found["stem"], int(found["number"])
        if runs and runs[-1][0] == stem and runs[-1][2] == number - 1 >= 0:
            runs[-1] = (stem, runs[-1][1], number)
        else:
            runs.append((stem, number, number))
    return tuple(_run(*run) for run in runs)


def _run(stem: str, first: int, last: int) -> str:
    if first < 0:
        return stem
    return f"{stem}{first}" if first == last else f"{stem}{first}-{last}"


def kinds(target: str) -> dict[str, str]:
    """What each interface of a configuration is, by name: access port, trunk port, SVI, LAG, port or interface."""
    found: dict[str, str] = {}
    name = ""
    for row in target.split("\n"):
        head = _INTERFACE.match(row)
        if head is not None:
            name = head["name"]
            found[name] = _kind(name)
        elif not row.startswith(" "):
            name = ""
        elif name and found[name] == "port":
            line = row.strip()
            if line.startswith("switchport mode trunk"):
                found[name] = "trunk port"
            elif line.startswith(("switchport mode access", "switchport access vlan")):
                found[name] = "access port"
    return found


def _kind(name: str) -> str:
    plain = name.casefold()
    if plain.startswith("vlan"):
        return "SVI"
    if plain.startswith("port-channel"):
        return "LAG"
    if "ethernet" in plain or plain.startswith(("gigabit", "tengig", "twogig", "fivegig")):
        return "port"
    return "interface"
