"""Hidden markers: how matric finds its own comment or issue again, and keeps exactly one of it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matric.forge import MARKER_ROOM
from matric.secret import redact

__all__ = ("Board", "Note", "issue_mark", "keep", "marked", "part_of", "same_text")

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._:/#@+-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Note:
    """A comment by our own user."""

    id: int
    body: str
    url: str


class Board(Protocol):
    """Where comments stand: one change, as one forge has it."""

    def ours(self) -> Sequence[Note]:
        """Every comment by our own user, oldest first; complete."""
        ...

    def add(self, body: str, find: Callable[[], Note | None]) -> tuple[Note, bool]:
        """A new comment; True where an answer was lost on the way."""
        ...

    def change(self, note: Note, body: str) -> None: ...

    def remove(self, note: Note) -> None: ...


def checked(marker: str) -> str:
    """*marker*, if nothing in it can end the HTML comment it stands in."""
    if not NAME.fullmatch(marker) or "--" in marker or len(marker) > MARKER_ROOM - 50:
        raise ValueError(f"{marker!r} cannot be a marker: letters, digits and single . _ : / # @ + - between them")
    return marker


def issue_mark(marker: str) -> str:
    """The first line of an issue."""
    return f"<!-- matric:{checked(marker)} -->"


def marked(marker: str, number: int, text: str) -> str:
    """Part *number* of a comment, from 1."""
    return f"<!-- matric:{checked(marker)} part {number} -->\n{text}"


def part_of(marker: str, body: str) -> int | None:
    """Which part *body* is, or None where it does not begin with this marker."""
    found = re.match(rf"<!-- matric:{re.escape(marker)} part ([1-9][0-9]{{0,3}}) -->", body)
    return int(found[1]) if found else None


def same_text(one: str, other: str) -> bool:
    """Equal but for what a forge does to line ends and the ends of a text."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def keep(board: Board, marker: str, parts: Sequence[str], room: int, shown: Callable[[str], str]) -> tuple[str, ...]:
    """Bring the comment up to date in place; the addresses of its parts, in order.

    *shown* is the forge's own way with text. ValueError where a part is longer than *room* characters.
    """
    bodies = [marked(marker, number, shown(redact(part))) for number, part in enumerate(parts, start=1)]
    for number, body in enumerate(bodies, start=1):
        if len(body) - MARKER_ROOM > room:
            raise ValueError(f"part {number} of the comment has {len(body)} characters, {room} are allowed")
    if not bodies:
        raise ValueError("a comment has at least one part")
    notes = list(board.ours())
    urls: list[str] = []
    unsure = False
    for number, body in enumerate(bodies, start=1):
        held = _first(marker, number, notes)
        if held is None:
            held, lost = board.add(body, lambda number=number: _first(marker, number, board.ours()))  # type: ignore[misc]
            unsure |= lost
        if not same_text(held.body, body):
            board.change(held, body)
        urls.append(held.url)
    # A request whose answer was lost may have been carried out late, beside the one sent in its place.
    for note in _superfluous(marker, len(bodies), board.ours() if unsure else notes):
        board.remove(note)
    return tuple(urls)


def _first(marker: str, number: int, notes: Iterable[Note]) -> Note | None:
    return next((note for note in notes if part_of(marker, note.body) == number), None)


def _superfluous(marker: str, parts: int, notes: Iterable[Note]) -> list[Note]:
    """What there is more than one of, or more of than there are parts."""
    seen: set[int] = set()
    more: list[Note] = []
    for note in notes:
        number = part_of(marker, note.body)
        if number is None:
            continue
        if number in seen or number > parts:
            more.append(note)
        seen.add(number)
    return more
