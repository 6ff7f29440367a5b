"""How a cut-over can end: the site's word, and what each device was read to be."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from matric.errors import ExitCode

__all__ = ("End", "Outcome", "Word")


class Word(StrEnum):
    """The site's outcome. Every run ends in exactly one of them."""

    NOTHING = "nothing-to-do"
    """Every device was as intended; nothing was sent."""
    REFUSED = "refused"
    """Nothing was sent to any device."""
    UNSTAGED = "unstaged"
    """Candidates were loaded and removed again; nothing was ever active."""
    ALL_NEW = "all-new"
    """Every device was read to be new, running and startup."""
    ALL_OLD = "all-old"
    """Every device was read to be old, running and startup."""
    SPLIT = "split"
    """Some were read to be new and some old: each is named."""
    HANDS = "hands"
    """At least one device could not be read, or is neither old nor new: each is named."""


@dataclass(frozen=True, slots=True)
class End:
    """What one device was last read to be."""

    device: str
    running: str
    """``old``, ``new``, ``other`` or ``unread``."""
    startup: str
    reason: str = ""
    """Why it is not as it was to be, or empty."""
    next: str = ""
    """What to type or do next, where hands are needed."""
    left: tuple[str, ...] = ()
    """Leftovers of the run that could not be removed."""

    @property
    def settled(self) -> bool:
        """True where running and startup agree, and are old or new."""
        return self.running == self.startup and self.running in {"old", "new"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run."""

    word: Word
    reason: str
    """What decided it, in one sentence."""
    exit_code: ExitCode
    devices: tuple[End, ...] = ()
    """Every device that was staged."""
    refused: tuple[End, ...] = ()
    """Devices that were left out because they had moved (unit ``device``)."""
    next: tuple[str, ...] = field(default=())
    """The commands that lead on; for a split first the one to all-old, then the one to all-new."""

    def record(self) -> dict[str, Any]:
        """As the journal and ``--json`` have it."""
        value = asdict(self)
        value["word"], value["exit_code"] = self.word.value, int(self.exit_code)
        return value
