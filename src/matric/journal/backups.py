"""When a copy of each device was last taken, by whichever command: a run keeps its own, ``matric backup`` notes its."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from matric.journal.book import Journal
from matric.plan import instant, timestamp

__all__ = ("KIND", "Copy", "newest", "note")

KIND = "backup"
"""Shelf of what was copied outside of runs: device key -> when."""


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """The newest copy of one device that is on record."""

    device: str
    at: datetime | None
    """None where none is on record."""

    def days(self, now: datetime) -> int | None:
        """Whole days since it was taken; None where there is none."""
        return max((now - self.at).days, 0) if self.at is not None else None

    def is_old(self, now: datetime, most_days: int) -> bool:
        """True where it is older than *most_days*, or where there is none."""
        days = self.days(now)
        return days is None or days > most_days


def note(journal: Journal, devices: Iterable[str], now: datetime) -> None:
    """Note that a copy of *devices* (keys) was taken *now*."""
    shelf = journal.shelf(KIND)
    for device in devices:
        shelf.put(device, {"at": timestamp(now)})


def newest(journal: Journal, school: str, devices: Iterable[str]) -> tuple[Copy, ...]:
    """The newest copy of each of *devices* (keys) of *school*."""
    shelf = journal.shelf(KIND)
    kept = _kept(journal, school)
    found: list[Copy] = []
    for device in devices:
        noted = shelf.get(device)
        times = (*((instant(noted["at"]),) if noted is not None else ()), *((kept[device],) if device in kept else ()))
        found.append(Copy(device, max(times, default=None)))
    return tuple(found)


def _kept(journal: Journal, school: str) -> Mapping[str, datetime]:
    """What the runs of *school* kept of each device before they changed it; the last of them counts."""
    events = (event for run in journal.runs(school) for event in journal.events(run.id) if event.kind == "keep")
    return {event.device: instant(event.at) for event in events}
