"""What the ledger of a joining school says of its inherited lines, as rules see it.

``matric.survey.ledger`` makes it; a school of which no survey is kept has none.
"""

from dataclasses import dataclass

__all__ = ("Inherited", "Line")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not accounted for, or that is to be kept and gets lost."""

    device: str
    """Name in the survey."""
    number: int
    path: str
    """The line with the heads above it."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Inherited:
    """A school's inherited lines, by its kept survey and what was decided."""

    lines: int
    """All of them."""
    unknown: tuple[Line, ...] = ()
    lost: tuple[Line, ...] = ()
    """To be kept, and no template renders them."""
    unread: tuple[str, ...] = ()
    """Devices whose configuration was not seen: nobody knows their lines."""
    faults: tuple[tuple[str, str, str], ...] = ()
    """(decision, what is wrong with it, what to do)."""
    age_days: int = 0
    max_age_days: int = 90
    joined: str = ""
    """The day the school had joined, after which all this is history; empty: not yet."""
