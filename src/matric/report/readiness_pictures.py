"""The pictures of a readiness report: how the kit hangs together, its ports, its addresses before and after."""

from collections.abc import Mapping

from matric.report.drawing import Box, Drawing, Label, Stroke, Tone
from matric.survey.model import Device, Port, Survey
from matric.survey.readiness.graph import Graph
from matric.survey.readiness.model import Move

__all__ = ("addresses", "cabling", "ports")

_WIDTH, _HEIGHT, _GAP, _DROP, _PER_ROW = 132, 46, 18, 44, 6
_SHEET = 900
_LONG = 16
"""Letters of a name that fit into a box; of a longer one they are smaller."""
_SIDE = 16


def cabling(survey: Survey, graph: Graph, replaced: frozenset[str]) -> Drawing | None:
    """Each device under the one it hangs on; dashed where only one end names the other. None where nothing is known."""
    if not graph.root:
        return None
    depths = graph.depths
    deepest = max(depths.values(), default=0)
    levels: dict[int, list[str]] = {}
    for name in graph.names:
        levels.setdefault(depths.get(name, deepest + 1), []).append(name)
    rows = [names[at : at + _PER_ROW] for _, names in sorted(levels.items()) for at in range(0, len(names), _PER_ROW)]
    width = max(len(row) for row in rows) * (_WIDTH + _GAP) + _GAP
    at: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP) + _GAP) / 2
        for place, name in enumerate(row):
            at[name] = (left + place * (_WIDTH + _GAP), 8 + level * (_HEIGHT + _DROP))
    shapes: list[Box | Stroke | Label] = [
        Stroke(
            at[join.a][0] + _WIDTH / 2, at[join.a][1] + _HEIGHT / 2,
            at[join.b][0] + _WIDTH / 2, at[join.b][1] + _HEIGHT / 2,
            width=1.5 * min(len(join.ports), 3), dashed=not join.both,
        )
        for join in graph.joins
    ]  # fmt: skip
    for name, (x, y) in at.items():
        device = survey.device(name)
        tone: Tone = "bad" if name in replaced else "warn" if device is None else "good"
        said = "not looked at" if device is None else device.model or "model unknown"
        size = 10 if len(name) > _LONG else 13
        shapes += [
            Box(x, y, _WIDTH, _HEIGHT, edge=tone, round=7, title=f"{name}: {said}"),
            Label(x + _WIDTH / 2, y + 20, _short(name, 23), size, anchor="middle", bold=True),
            Label(x + _WIDTH / 2, y + 36, _short(said, 24), 10, "dim", "middle"),
        ]
    foot = len(rows) * (_HEIGHT + _DROP) - _DROP + 34.0
    legend: tuple[tuple[Tone, str], ...] = (("good", "read"), ("warn", "not looked at"), ("bad", "to be replaced"))
    for place, (tone, word) in enumerate(legend):
        shapes += [
            Box(place * 130, foot - 11, 12, 12, edge=tone),
            Label(place * 130 + 18, foot, word, 11, "dim"),
        ]
    shapes += [
        Stroke(390, foot - 5, 420, foot - 5, dashed=True),
        Label(428, foot, "a cable that one end alone tells of", 11, "dim"),
    ]
    words = f"Cabling of {len(graph.surveyed)} devices that were looked at and {len(graph.told)} that were not"
    return Drawing(max(width, 640), foot + 8, tuple(shapes), words)


def ports(devices: tuple[Device, ...], rooms: Mapping[str, str]) -> Drawing | None:
    """A faceplate for each device, room by room: in use, free, towards another switch, shut, not known.

    *rooms*: name of a device -> where it says it stands. None without any port.
    """
    shapes: list[Box | Stroke | Label] = []
    y = 24.0
    counts: dict[Tone, int] = {}
    room: str | None = None
    for device in sorted(devices, key=lambda one: (not rooms.get(one.name), rooms.get(one.name, ""), one.name)):
        found = [port for port in device.ports or () if not _logical(port)]
        if not found:
            continue
        if (where := rooms.get(device.name, "")) != room:
            room = where
            shapes.append(Label(0, y, room or "where the switch does not say in which room it stands", 13, "blue"))
            y += 22
        shapes.append(Label(0, y, f"{device.name}  {device.model}".rstrip(), 13, bold=True))
        uplinks = {one.port for one in device.neighbours or ()}
        for place, port in enumerate(found):
            tone = _tone(port, uplinks)
            counts[tone] = counts.get(tone, 0) + 1
            left, row = (place // 2) % 48 * (_SIDE + 2), place % 2 + place // 96 * 2
            fill: Tone = "card" if tone in {"good", "dim"} else tone
            shapes.append(
                Box(left, y + 8 + row * (_SIDE + 2), _SIDE, _SIDE, fill=fill, edge=tone, title=_told(port))
            )  # fmt: skip
        y += 8 + (2 + (len(found) - 1) // 96 * 2) * (_SIDE + 2) + 26
    if not shapes:
        return None
    legend: tuple[tuple[Tone, str], ...] = (
        ("blue", "in use"), ("good", "free"), ("ink", "to another switch"), ("dim", "shut"), ("warn", "not known"),
    )  # fmt: skip
    x = 0.0
    for tone, word in legend:
        fill = "card" if tone in {"good", "dim"} else tone
        shapes += [
            Box(x, y, 12, 12, fill=fill, edge=tone),
            Label(x + 17, y + 11, f"{word} ({counts.get(tone, 0)})", 12),
        ]
        x += 175
    words = "Ports: " + ", ".join(f"{counts.get(tone, 0)} {word}" for tone, word in legend)
    return Drawing(_SHEET, y + 20, tuple(shapes), words)


def _logical(port: Port) -> bool:
    name = port.name.lower()
    return name.startswith(
        ("vlan", "lo", "tunnel", "po", "trk", "ae", "lag", "bridge-agg", "null", "irb", "mgmt", "me0", "oobm")
    )


def _tone(port: Port, uplinks: set[str]) -> Tone:
    if port.name in uplinks and port.mode in {"trunk", "member", "routed"}:
        return "ink"
    if port.enabled is False:
        return "dim"
    if port.up is None:
        return "warn"
    return "blue" if port.up else "good"


def _told(port: Port) -> str:
    vlan = port.access if port.mode == "access" else port.native
    parts = (port.name, port.description, port.mode, f"VLAN {vlan}" if vlan is not None else "")
    return ", ".join(part for part in parts if part)


def addresses(moves: tuple[Move, ...]) -> Drawing | None:
    """Each network before and after; red where the old one is used elsewhere in the trust. None without any."""
    if not moves:
        return None
    shapes: list[Box | Stroke | Label] = [
        Label(0, 16, "before", 13, "dim"), Label(560, 16, "after", 13, "dim"),
    ]  # fmt: skip
    y = 28.0
    for move in moves:
        tone: Tone = "bad" if move.overlaps else "line"
        before = ", ".join(move.before) or ("no addresses seen" if move.vid_before is not None else "not there")
        number = f"VLAN {move.vid_before}" if move.vid_before is not None else ""
        shapes += [
            Box(0, y, 330, 34, edge=tone, round=6, title="; ".join(move.overlaps)),
            Label(10, y + 22, _short(before, 34), 13, "bad" if move.overlaps else "ink"),
            Label(320, y + 22, number, 11, "dim", "end"),
        ]
        if move.after or move.vid_after is not None:
            shapes += [
                Stroke(330, y + 17, 560, y + 17, "bad" if move.overlaps else "dim", dashed=not move.before),
                Box(560, y, 330, 34, edge="good", round=6),
                Label(570, y + 22, move.after or "no range allocated yet", 13, "ink" if move.after else "warn"),
                Label(880, y + 22, f"VLAN {move.vid_after}" if move.vid_after is not None else "", 11, "dim", "end"),
            ]
        shapes.append(Label(445, y + 12, _short(move.name, 34), 11, "dim", "middle"))
        y += 44
    clash = sum(bool(move.overlaps) for move in moves)
    words = f"{len(moves)} networks before and after; {clash} of them use addresses that the trust uses elsewhere"
    return Drawing(_SHEET, y, tuple(shapes), words)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "\u2026"
