"""The controls a school lives under: ids, titles, severities and citations, as data beside this file.

What decides one, a rule or a person, is said elsewhere, so that a citation moves without touching code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

__all__ = ("Control", "catalogue", "find")


@dataclass(frozen=True, slots=True)
class Control:
    """One checkable control."""

    id: str
    """Stable; never reused."""
    title: str
    severity: Literal["blocker", "warning", "info"]
    applies: str
    """always, on-replacement, or if-<condition>."""
    needs: tuple[str, ...]
    """Kinds of data the whole control draws on: netbox, rendered, live, calendar, other."""
    requirement: str
    """What must hold, in a sentence or two."""
    sources: tuple[str, ...]
    """``document, section``."""


@cache
def catalogue() -> Mapping[str, Control]:
    """Every control by its id."""
    import yaml  # noqa: PLC0415 - heavy, and not needed to name a rule

    text = files("matric.policy").joinpath("controls.yaml").read_text("utf-8")
    # libyaml where the wheel has it: ten times as quick, and every command that knows a rule reads this file.
    rows: list[dict[str, Any]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["controls"]  # noqa: S506 - both are safe
    return MappingProxyType(
        {
            row["id"]: Control(
                id=row["id"],
                title=row["title"],
                severity=row["severity"],
                applies=row["applies"],
                needs=tuple(row["needs"]),
                requirement=row["requirement"],
                sources=tuple(f"{source['document']}, {source['section']}" for source in row["sources"]),
            )
            for row in rows
        }
    )


def find(name: str) -> Control | None:
    """The control *name*, or None where it is none of matric's."""
    return catalogue().get(name)
