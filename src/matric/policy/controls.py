"""The controls matric's rules carry out: ids, titles, severities and citations, as data beside this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

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
    sources: tuple[str, ...]
    """``document, section``."""


@cache
def catalogue() -> Mapping[str, Control]:
    """Every control by its id."""
    import yaml  # noqa: PLC0415 - heavy, and not needed to name a rule

    text = files("matric.policy").joinpath("controls.yaml").read_text("utf-8")
    rows = yaml.safe_load(text)["controls"]
    return MappingProxyType(
        {
            row["id"]: Control(
                id=row["id"],
                title=row["title"],
                severity=row["severity"],
                applies=row["applies"],
                sources=tuple(f"{source['document']}, {source['section']}" for source in row["sources"]),
            )
            for row in rows
        }
    )


def find(name: str) -> Control | None:
    """The control *name*, or None where it is none of matric's."""
    return catalogue().get(name)
