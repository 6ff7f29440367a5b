"""What changes at a school, folded, as blocks of a comment: every changed line is in one of them."""

from collections import Counter
from collections.abc import Iterator, Mapping

from matric.config import natural
from matric.plan import DevicePlan, Plan
from matric.report.folding import Group, Place, Section, compact, folded, kinds
from matric.report.markdown import code, details, fenced, prose, size
from matric.report.parts import Block

__all__ = ("blocks", "devices_told")

_SWITCHES = frozenset({"access", "collapsed-core", "core", "distribution"})
_RISKS = ("high", "medium", "low")
_EACH = "interface <each of these>"
_SHOWN_IN_SUMMARY = 70


def blocks(plan: Plan, heading: str, room: int) -> Iterator[Block]:
    """The changes of *plan* in blocks of at most *room* bytes where that can be.

    The riskiest come first, and of one risk those that happen at most places.
    """
    changing = {device.key: device for device in plan.devices if device.changes}
    known = {key: kinds(device.target) for key, device in changing.items()}
    groups = folded({key: device.diff for key, device in changing.items()})
    for group in sorted(groups, key=lambda group: _RISKS.index(_risk(group, changing))):
        summary = _summary(group, changing, known)
        for number, piece in enumerate(_pieces(group, room - size(summary) - 200)):
            more = " (continued)" if number else ""
            yield Block(
                text=details(summary + more, _body(piece)),
                school=plan.school,
                heading=heading,
                changed=piece.changed,
                devices=piece.devices,
            )


def _risk(group: Group, changing: Mapping[str, DevicePlan]) -> str:
    """The highest of its devices."""
    return min((changing[key].risk for key in group.devices), key=_RISKS.index)


def _pieces(group: Group, room: int) -> Iterator[Group]:
    """*group* cut where sections, lines or places end, until each piece has room; one line at one place stays whole."""
    if size(_body(group)) <= room:
        yield group
        return
    count = len(group.sections)
    if count > 1:
        half = count // 2
        halves = (group.sections[:half], group.sections[half:])
        for sections in halves:
            yield from _pieces(Group(group.places, sections), room)
    elif len(group.places) > 1 and size("\n".join(_where(group))) > room // 2:
        half = len(group.places) // 2
        for places in (group.places[:half], group.places[half:]):
            yield from _pieces(Group(places, group.sections), room)
    elif len(group.sections[0].lines) > 1:
        section = group.sections[0]
        half = len(section.lines) // 2
        # Only the first half brings or takes the head itself.
        first = Section(section.heads, section.sign, section.lines[:half])
        second = Section(section.heads, " ", section.lines[half:])
        for some in (first, second):
            yield from _pieces(Group(group.places, (some,)), room)
    else:
        yield group


def _body(group: Group) -> str:
    rows: list[str] = []
    for section in group.sections:
        heads = (_EACH, *section.heads[1:]) if group.ports else section.heads
        rows += Section(heads, section.sign, section.lines).text
    return "\n\n".join(("\n".join(_where(group)), fenced(tuple(_drawn_together(rows)), "diff")))


def _drawn_together(rows: list[str]) -> Iterator[str]:
    """*rows* without a head that is the same as the one just above it."""
    above: list[str] = []
    for row in rows:
        if row[:1] != " ":
            above = above if row[1:2] == " " else []
            yield row
            continue
        depth = len(row) - 1 - len(row[1:].lstrip(" "))
        if above[depth : depth + 1] == [row]:
            continue
        above = [*above[:depth], row]
        yield row


def _where(group: Group) -> Iterator[str]:
    """The devices in one line, or one line for each different set of interfaces."""
    if not group.ports:
        yield f"On {', '.join(code(_name(key)) for key in group.devices)}:"
        return
    names: dict[str, list[str]] = {}
    for place in group.places:
        names.setdefault(place.device, []).append(place.interface)
    same: dict[tuple[str, ...], list[str]] = {}
    for device, interfaces in names.items():
        same.setdefault(compact(interfaces), []).append(device)
    for runs, devices in same.items():
        yield f"- {', '.join(code(_name(key)) for key in devices)}: {', '.join(code(run) for run in runs)}"


def _name(key: str) -> str:
    return key.partition("/")[2] or key


def _summary(group: Group, changing: Mapping[str, DevicePlan], known: Mapping[str, Mapping[str, str]]) -> str:
    """``48 access ports on 12 switches: added spanning-tree bpduguard enable``, as HTML."""
    devices = devices_told(group.devices, changing)
    where = f"{_ports_told(group.places, known)} on {devices}" if group.ports else devices
    same = len({device.risk for device in changing.values()}) == 1
    risk = "" if same or _risk(group, changing) != "high" else " (high risk)"
    return f"<b>{where}</b>{risk}: {_what(group.sections, ports=group.ports)}"


def devices_told(keys: tuple[str, ...], changing: Mapping[str, DevicePlan]) -> str:
    """The devices by name where they are few, else their number and kind."""
    if len(keys) <= 2:  # noqa: PLR2004 - two names are read as fast as a number
        return " and ".join(prose(_name(key)) for key in keys)
    roles = {changing[key].role for key in keys}
    if roles == {"access"}:
        return f"{len(keys)} access switches"
    return f"{len(keys)} {'switches' if roles <= _SWITCHES else 'devices'}"


def _ports_told(places: tuple[Place, ...], known: Mapping[str, Mapping[str, str]]) -> str:
    counts = Counter(known.get(place.device, {}).get(place.interface, "interface") for place in places)
    told = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(counts.items(), key=_most)]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _most(counted: tuple[str, int]) -> tuple[object, ...]:
    return -counted[1], natural(counted[0])


def _what(sections: tuple[Section, ...], *, ports: bool) -> str:
    """What comes and goes, in a phrase: the line itself where there is only one, else the first and the counts."""
    # The head of a new or removed section is its first line; that of interfaces is said by their count already.
    rows = [
        row
        for section in sections
        for row in (
            *((f"{section.sign}{section.heads[-1]}",) if section.sign != " " and not ports else ()),
            *(f"{line[0]}{line[1:].strip() or '(an empty line)'}" for line in section.lines),
        )
    ]
    if ports and sections[0].sign != " ":
        word = "new" if sections[0].sign == "+" else "removed"
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        return f"{word}, with {_shown(rows[0])}{more}"
    added = sum(row[0] == "+" for row in rows)
    removed = len(rows) - added
    if (added, removed) == (1, 1):
        goes, comes = sorted(rows, key=lambda row: row[0], reverse=True)
        return f"{_shown(goes)} becomes {_shown(comes)}"
    first = rows[0]
    verb = "added" if first[0] == "+" else "removed"
    if len(rows) == 1:
        under = sections[0].heads and not ports and sections[0].sign == " "
        return f"{verb} {_shown(first)}" + (f" under {_shown(f' {sections[0].heads[-1]}')}" if under else "")
    return f"{verb} {_shown(first)} and {len(rows) - 1} more (+{added} -{removed})"


def _shown(row: str) -> str:
    text = row[1:]
    return code(text if len(text) <= _SHOWN_IN_SUMMARY else f"{text[: _SHOWN_IN_SUMMARY - 3]}...")
