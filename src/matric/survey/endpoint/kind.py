"""What a thing is, by the signs of ``kinds.yaml``: each sign told, and nothing named that no sign speaks for."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from matric.intent.base import Model
from matric.survey.endpoint.model import Confidence, Evidence

__all__ = ("Kind", "Source", "critical", "kinds", "label", "named", "room_in", "signs_of")

Source = Literal["maker", "lldp", "system", "name", "description", "vlan", "power"]
SURE, LIKELY, NAMED = 90, 50, 20
NEAR = 20
"""Kinds that are so many points apart are told together: the signs do not decide between them."""


class Kind(Model):
    """What is known of everything of a kind."""

    label: str
    critical: str = ""
    """Why people depend on it; empty: not so."""
    login: bool = False
    """It can usually log in by 802.1X."""
    needs_power: bool = False
    networks: tuple[str, ...] = ()
    """Roles of the standard that it belongs in; empty: no opinion."""


class _Sign(Model):
    kind: str
    source: Source
    pattern: str
    points: Annotated[int, Field(ge=5, le=100)]


class _Rules(Model):
    format_version: Literal[1]
    kinds: dict[str, Kind]
    carries: dict[str, tuple[str, ...]]
    signs: tuple[_Sign, ...]
    rooms: str


@cache
def _rules() -> _Rules:
    from matric import yaml_file  # noqa: PLC0415 - read on use

    return yaml_file.model(Path(__file__).with_name("kinds.yaml"), _Rules)


@cache
def _signs() -> tuple[tuple[_Sign, re.Pattern[str]], ...]:
    return tuple((one, re.compile(one.pattern, re.IGNORECASE)) for one in _rules().signs)


def kinds() -> Mapping[str, Kind]:
    """Every kind by its name."""
    return _rules().kinds


def label(kind: str) -> str:
    """How people call it."""
    return kinds()[kind].label if kind in kinds() else kind


def critical(kind: str) -> bool:
    """True where people depend on things of the kind."""
    return kind in kinds() and bool(kinds()[kind].critical)


def signs_of(seen: Mapping[Source, str]) -> tuple[Evidence, ...]:
    """The signs in what was *seen*, the strongest first. Of one kind each source counts once, by its strongest sign."""
    found: dict[tuple[str, str], Evidence] = {}
    for sign, pattern in _signs():
        text = seen.get(sign.source, "")
        if not text or not pattern.search(text):
            continue
        held = found.get((sign.kind, sign.source))
        if held is None or held.points < sign.points:
            found[sign.kind, sign.source] = Evidence(kind=sign.kind, source=sign.source, text=text, points=sign.points)
    return tuple(sorted(found.values(), key=lambda one: (-one.points, one.kind, one.source)))


def named(signs: tuple[Evidence, ...]) -> tuple[str, Confidence, tuple[str, ...]]:
    """Kind, confidence, and the other kinds that the signs fit about as well."""
    points: dict[str, int] = {}
    for one in signs:
        points[one.kind] = points.get(one.kind, 0) + one.points
    for carrier, carried in _rules().carries.items():
        behind = max((one for one in carried if points.get(one, 0) >= NAMED), key=lambda one: points[one], default="")
        if behind and points.get(carrier, 0) >= LIKELY:
            # A telephone in a lift is the lift's line, not half of each.
            points[behind] += points.pop(carrier)
    ranked = sorted(((most, kind) for kind, most in points.items() if most >= NAMED), key=lambda one: (-one[0], one[1]))
    if not ranked:
        return "unknown", "unknown", ()
    most, kind = ranked[0]
    also = tuple(other for points_of, other in ranked[1:] if most - points_of < NEAR)
    if also:
        return kind, "could-be", also
    return kind, "sure" if most >= SURE else "likely" if most >= LIKELY else "could-be", ()


@cache
def _room() -> re.Pattern[str]:
    return re.compile(_rules().rooms, re.IGNORECASE)


def room_in(description: str) -> str:
    """The room that the description of a port names; empty where it names none."""
    found = _room().search(description)
    room = found[0].strip() if found else ""
    return room[:1].upper() + room[1:]  # hall and Hall are one
