"""When pupils are in: terms, the days within them on which a school is closed, and the hours of its day. Pure.

What ``calendar.yaml`` does not say is unknown here, never free: a day after the last term it names, or long before the
next, may be one of a term that nobody wrote.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from matric.intent.base import Model

__all__ = ("DAYS", "Closure", "DateText", "Day", "Days", "Hours", "SchoolDay", "Slug", "Term", "Year")

LONGEST_HOLIDAY = timedelta(weeks=8)
"""England's summer is six weeks or seven: a day further before the next known term is of a term that nobody wrote."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DateText = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Slug = Annotated[str, Field(min_length=1)]
WallClock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Schools(Model):
    schools: tuple[Slug, ...] | Literal["all"]
    """Slugs, or ``all``."""

    def concerns(self, school: str) -> bool:
        """True where it is said of *school*."""
        return self.schools == "all" or school in self.schools or "all" in self.schools


class Days(_Schools):
    """Days with a name, from the first to the last of them."""

    name: Annotated[str, Field(min_length=1)]
    first: DateText
    last: DateText
    """Inclusive."""

    def holds(self, day: date) -> bool:
        """True where *day* is one of them."""
        return self.first <= day.isoformat() <= self.last


class Term(Days):
    """A term: days on which pupils are in, but for its closures."""


class Closure(Days):
    """Days within a term on which no pupil is in: a half term, an INSET day, a bank holiday."""


class SchoolDay(_Schools):
    """Hours of a day of term in which nothing that people work with may be touched, clubs included."""

    days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    start: WallClock
    """Local time, ``08:00``."""
    end: WallClock


@dataclass(frozen=True, slots=True)
class Hours:
    """The school day of one date."""

    start: datetime
    end: datetime
    name: str
    """The term's, ``Autumn term``; empty where no term is known for the date."""

    def __str__(self) -> str:
        term = f" ({self.name})" if self.name else ""
        return f"the school day of {self.start:%Y-%m-%d}, {self.start:%H:%M} to {self.end:%H:%M}{term}"


@dataclass(frozen=True, slots=True)
class Year:
    """What is said of one school: the parts of a calendar that concern it."""

    school: str
    zone: ZoneInfo
    terms: tuple[Term, ...]
    closed: tuple[Closure, ...]
    school_day: tuple[SchoolDay, ...]

    @classmethod
    def of(
        cls,
        school: str,
        zone: ZoneInfo,
        terms: Iterable[Term],
        closed: Iterable[Closure],
        school_day: Iterable[SchoolDay],
    ) -> "Year":
        """What is said of *school*, of all that a calendar says."""
        return cls(
            school,
            zone,
            tuple(one for one in terms if one.concerns(school)),
            tuple(one for one in closed if one.concerns(school)),
            tuple(one for one in school_day if one.concerns(school)),
        )

    def in_term(self, day: date) -> bool | None:
        """Whether *day* is a day of term; None where the calendar does not say."""
        if any(one.holds(day) for one in self.closed):
            return False
        if self._term(day):
            return True
        coming = (day + LONGEST_HOLIDAY).isoformat()
        return False if any(day.isoformat() < one.first <= coming for one in self.terms) else None

    def hours(self, day: date) -> tuple[Hours, ...]:
        """The school day of *day*, were it one of term: empty on a weekday that is none."""
        found = [one for one in self.school_day if DAYS[day.weekday()] in one.days]
        return tuple(Hours(self._at(day, one.start), self._at(day, one.end), self._term(day)) for one in found)

    def taught(self, start: datetime, end: datetime) -> Iterator[Hours]:
        """The school days of term that the time from *start* to *end* overlaps."""
        for day in self._days(start, end):
            if self.in_term(day):
                yield from _overlapping(self.hours(day), start, end)

    def untold(self, start: datetime, end: datetime) -> Iterator[str]:
        """What ``calendar.yaml`` would have to say before anyone knows whether that time is free of pupils."""
        for day in self._days(start, end):
            term = self.in_term(day)
            if term is False:
                continue
            if not self.school_day:
                yield f"calendar.yaml school_day of {self.school}"
            if term is None and (not self.school_day or any(_overlapping(self.hours(day), start, end))):
                yield f"calendar.yaml terms of {self.school}, as far as {day}"

    def perhaps_taught(self, day: date) -> tuple[Hours, ...]:
        """The school day of *day*, unless it is known to be free."""
        return () if self.in_term(day) is False else self.hours(day)

    def _term(self, day: date) -> str:
        return next((one.name for one in self.terms if one.holds(day)), "")

    def _at(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), self.zone)

    def _days(self, start: datetime, end: datetime) -> Iterator[date]:
        """The dates that the time touches; an end at midnight does not touch the date that it begins."""
        day = start.astimezone(self.zone).date()
        last = max(day, (end - timedelta(microseconds=1)).astimezone(self.zone).date())
        while day <= last:
            yield day
            day += timedelta(days=1)


def _overlapping(hours: Iterable[Hours], start: datetime, end: datetime) -> Iterator[Hours]:
    return (one for one in hours if one.start < end and start < one.end)
