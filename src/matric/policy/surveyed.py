"""What the kept survey of a joining school says of its endpoints, as rules see it.

``matric.survey.endpoint`` makes it; a school of which no survey is kept has none.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ("Hanging", "State", "Surveyed", "Word")

Word = Literal["stays", "changes", "at-risk", "lost"]
State = Literal["", "back", "elsewhere", "missing", "could-not-look"]


@dataclass(frozen=True, slots=True)
class Hanging:
    """One thing that hangs on a port, and what becomes of it."""

    key: str
    """Its MAC address; ``device port`` where it shows none."""
    label: str
    """What it is: ``door controller``, ``could be: fire panel``."""
    where: str
    """``device port`` today; empty where that is not known."""
    word: Word
    reason: str = ""
    """Why it does not stay as it is."""
    remedy: str = ""
    critical: bool = False
    """People depend on it for safety or for their day."""
    ported: bool = True
    """False where the intended school has no open port for it."""
    acknowledged: str = ""
    """Who said that what will happen is provided for: ``A. Patel on 2026-11-20``."""
    lapsed: str = ""
    """Who said so of something else than what will happen now."""
    state: State = ""
    """How it was found after the cut-over; empty where nobody has looked."""
    found: str = ""
    """Where, or why not."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The endpoints of a school, by its kept survey."""

    taken_at: str
    endpoints: tuple[Hanging, ...]
    unseen: tuple[str, ...] = ()
    """Devices whose table of addresses was not read: nobody knows what hangs on them."""
    after: str = ""
    """When it was looked for after the cut-over; empty: not yet."""
