"""A request and an answer, without HTTP; both forges speak in these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matric.lab.forge.state import Person

__all__ = ("Asked", "Denied", "Reply", "page")


class Denied(Exception):
    """An answer that is no; *said* in the forge's shape is made by whoever catches it."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path in decoded parts below the API's root."""

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    person: Person
    root: str
    """The server's address, without a path."""
    url: str
    """The address asked for, without its query."""

    def text(self, name: str, default: str = "") -> str:
        """A text of the body."""
        value = self.body.get(name)
        return default if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; *body* None has none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def page(asked: Asked, usual: int) -> tuple[int, int]:
    """Which page is asked for and how long it is."""

    def number(name: str, default: int) -> int:
        given = asked.query.get(name, "")
        return max(1, int(given)) if given.isdecimal() else default

    return number("page", 1), min(100, number("per_page", usual))
