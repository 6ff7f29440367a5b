"""Endpoints as they are shown: room by room, what was just said of some, and who has come back."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matric.cli.line import line

if TYPE_CHECKING:
    from rich.console import Console

    from matric.survey.endpoint.after import Back, Returned
    from matric.survey.endpoint.model import Fated

__all__ = ("as_json", "show", "show_after", "show_said")

_COLOURS = {"stays": "green", "changes": "cyan", "at-risk": "yellow", "lost": "red"}
_COUNTED = {"stays": "stay", "changes": "change", "at-risk": "at risk", "lost": "lost"}
_STATES = {"back": "green", "elsewhere": "yellow", "missing": "red", "could-not-look": "magenta"}


def as_json(found: "Sequence[Fated]") -> list[dict[str, Any]]:
    """Each endpoint with its fate, and whose word is owed."""
    from matric.survey.endpoint.after import label  # noqa: PLC0415 - loaded on use

    return [
        {
            **each.endpoint.model_dump(mode="json"),
            "label": label(each.endpoint),
            "fate": {**each.fate.model_dump(mode="json"), "word": each.fate.word, "digest": each.fate.digest},
            "acknowledged": each.acknowledged or None,
            "lapsed": each.lapsed or None,
            "owed": each.owed,
        }
        for each in found
    ]


def show(
    console: "Console",
    school: str,
    taken_at: str,
    found: "Sequence[Fated]",
    unseen: Mapping[str, str],
    *,
    whole: bool,
) -> None:
    """Endpoints room by room; with every sign of what they are where *whole*."""
    from matric.survey.endpoint.model import ORDER  # noqa: PLC0415 - only for people

    for room in _rooms(each.endpoint.room for each in found):
        console.print(f"[bold]{_safe(room or 'room not known')}[/]")
        here = [each for each in found if each.endpoint.room == room]
        for each in sorted(here, key=lambda each: (not each.endpoint.critical, -ORDER.index(each.fate.word))):
            _show_one(console, each, whole=whole)
    counted = {word: sum(each.fate.word == word for each in found) for word in ORDER}
    told = ", ".join(f"{count} {_COUNTED[word]}" for word, count in counted.items() if count)
    line(console, f"{school}, surveyed {taken_at}: {_many(found)}: {told or 'none'}")
    if any(each.endpoint.critical for each in found):
        line(console, "[red]![/] its owner's word is owed, [bold]*[/] people depend on it", 2)
    _show_owed(console, school, found)
    for name, why in unseen.items():
        line(console, f"[magenta]not seen[/]  {_safe(name)}: {_safe(why)}", 10)


def _show_owed(console: "Console", school: str, found: "Sequence[Fated]") -> None:
    owed = sum(each.owed for each in found)
    if owed:
        verb = "changes" if owed == 1 else "change"
        text = (
            f"[red]{owed}[/] that people depend on {verb} without their owner's word. Do: agree with each owner "
            f"what is done, then 'matric endpoints {school} ENDPOINT --acknowledge --by NAME --owner NAME'"
        )
        line(console, text, 4)


def _rooms(rooms: "Any") -> list[str]:
    from matric.config import natural  # noqa: PLC0415 - only for people

    return sorted({*rooms}, key=lambda room: (not room, natural(room)))


def _head(each: "Fated") -> str:
    """What it is, its address, and where it is."""
    from matric.survey.endpoint.after import label  # noqa: PLC0415 - only for people

    point = each.endpoint
    place = f"{point.place.device} {point.place.port}".strip() or "place unknown"
    behind = f", behind {point.place.behind}" if point.place.behind else ""
    name = f" {point.host}" if point.host else ""
    return (
        f"{_safe(label(point))}{_safe(name)}  "
        f"[dim]{_safe(point.mac or 'no address seen')}  {_safe(place)}{_safe(behind)}[/]"
    )


def _show_one(console: "Console", each: "Fated", *, whole: bool) -> None:
    from matric.survey.endpoint.model import WORDS  # noqa: PLC0415 - only for people

    word = each.fate.word
    mark = "[red]![/]" if each.owed else "[bold]*[/]" if each.endpoint.critical else " "
    line(console, f" {mark} [{_COLOURS[word]}]{WORDS[word]:<8}[/] {_head(each)}", 12)
    for change in each.fate.changes:
        if change.weight != "stays" or whole:
            do = f". Do: {change.do}" if change.do else ""
            line(console, f"     {_safe(change.reason)}{_safe(do)}", 7)
    if each.acknowledged:
        line(console, f"     [green]acknowledged[/] by {_safe(each.acknowledged)}", 7)
    if each.lapsed:
        line(console, f"     [red]{_safe(each.lapsed)}[/] agreed to something else: ask again", 7)
    if whole:
        _show_signs(console, each)


def _show_signs(console: "Console", each: "Fated") -> None:
    from matric.survey.endpoint import kind  # noqa: PLC0415 - only for people

    point = each.endpoint
    told = [("maker", point.maker), ("addresses", ", ".join(point.ips)), ("given by", point.addressing)]
    told += [("owner", point.owner), ("note", point.note), ("room by", point.room_from), ("place", point.place.why)]
    for name, text in told:
        if text:
            line(console, f"     [dim]{name}: {_safe(text)}[/]", 7)
    for sign in point.evidence:
        line(console, f"     [dim]{kind.label(sign.kind)} by {sign.source} ({sign.points}): {_safe(sign.text)}[/]", 7)


# ---- what was just said ----


def show_said(
    console: "Console",
    school: str,
    said: "Sequence[Fated]",
    facts: Mapping[str, str],
    left: "Sequence[Fated]",
    *,
    acknowledged: bool,
) -> None:
    """What was written down of the endpoints *said*, how long it holds, and what of *left* nobody has agreed to yet."""
    for each in said:
        line(console, f"[green]{'acknowledged' if acknowledged else 'written':<13}[/] {_head(each)}", 14)
        if facts:
            line(console, f"              {_safe('; '.join(f'{name}: {text}' for name, text in facts.items()))}", 14)
        grave = [change.reason for change in each.fate.changes if change.weight != "stays"]
        line(console, f"              {_safe('; '.join(grave) or 'it stays as it is')}", 14)
        if acknowledged:
            owner = f"; {_safe(each.endpoint.owner)} answers for it" if each.endpoint.owner else ""
            line(console, f"              by {_safe(each.acknowledged)}{owner}", 14)
        elif each.lapsed:
            text = f"[red]{_safe(each.lapsed)}[/] agreed to something else, so that word has lapsed: ask again"
            line(console, f"              {text}", 14)
    if acknowledged:
        line(console, "It holds until something else will happen to it: then it lapses, and is owed again")
    if left:
        text = f"[red]{len(left)}[/] that people depend on still without their owner's word"
        line(console, f"{text}. Do: 'matric endpoints {school} --critical' names them", 4)
    else:
        line(console, "[green]nobody's word is owed any more[/]")


# ---- who has come back ----


_REMEDIES = {
    "missing": ". Do: go there; see whether it has power, a lit port and the right socket; then look again",
    "elsewhere": ". Do: plug it in where it was to be; where it may stay, say so: --to 'DEVICE PORT', then look again",
    "could-not-look": ": neither back nor missing. Do: see why the switch does not answer, then look again",
}


def show_after(console: "Console", found: "Returned", shown: "Sequence[Back]", path: Path) -> None:
    """Who has not come back, room by room, rooms with something that people depend on first; then the counts."""
    rooms = _rooms(each.room for each in shown)
    away = {room: [each for each in shown if each.room == room and each.state != "back"] for room in rooms}
    for room in sorted(filter(away.get, rooms), key=lambda room: not any(each.critical for each in away[room])):
        here = sum(each.room == room for each in shown)
        console.print(f"[bold]{_safe(room or 'room not known')}[/]: {here - len(away[room])} of {here} back")
        for each in sorted(away[room], key=lambda each: not each.critical):
            _show_back(console, each)
    whole = [
        f"{room or 'room not known'} ({sum(each.room == room for each in shown)})" for room in rooms if not away[room]
    ]
    if whole:
        line(console, f"[green]all back[/]  {_safe(', '.join(whole))}", 10)
    counted = {state: sum(each.state == state for each in shown) for state in _STATES}
    line(console, f"{found.school} after the cut-over: {counted['back']} of {_many(shown)} back")
    for state, remedy in _REMEDIES.items():
        if counted[state]:
            line(console, f"[{_STATES[state]}]{counted[state]} {state.replace('-', ' ')}[/]{remedy}", 4)
    line(console, f"{path}: commit it for review")


def _show_back(console: "Console", back: "Back") -> None:
    where = f" {back.where}" if back.where else ""
    why = f": {back.why}" if back.why else ""
    mark = "[red]![/]" if back.critical else " "
    word = f"[{_STATES[back.state]}]{back.state.replace('-', ' '):<14}[/]"
    line(console, f" {mark} {word} {_safe(back.label)} [dim]{_safe(back.endpoint)}{_safe(where)}[/]{_safe(why)}", 18)


def _safe(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    from matric.errors import on_one_line  # noqa: PLC0415 - ditto

    return escape(on_one_line(text))


def _many(found: "Sequence[object]") -> str:
    return f"{len(found)} endpoint{'' if len(found) == 1 else 's'}"
