"""When a school may be changed: windows, freezes, and the nights on which the clocks change. Pure: ``now`` is given.

Times in ``calendar.yaml`` are local. A time that a night has twice, or not at all, opens nothing and is refused.
A freeze wins over every window, and a change must end inside its window in the worst case, rollback included.
A window of the week yields to the school day. One on a date is somebody's word on that very date: it opens, and a rule
of the gate says what it overlaps.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from matric.errors import BadInput, Problem
from matric.intent.base import Model
from matric.term import DAYS, Closure, DateText, Day, Days, Hours, SchoolDay, Slug, Term, Year

__all__ = ("Calendar", "Freeze", "Impossible", "Opening", "Window", "load", "problems")

BUILT = date(2026, 11, 1)
"""No clock that is right stands before this version was made."""
HORIZON = timedelta(days=400)
_CLOCK = re.compile(r"^(?P<clock>\d\d:\d\d)(?P<offset>[+-]\d\d:\d\d)?$")

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d([+-]\d\d:\d\d)?$")]


class Window(Model):
    """Hours in which a school may be changed: on days of the week, or on one date."""

    school: Slug
    """Slug, or ``all``."""
    days: tuple[Day, ...] = ()
    date: DateText | None = None
    start: Clock
    """Local time, ``17:00``. On a date whose clocks change it may carry its offset, ``01:30+01:00``."""
    end: Clock


class Freeze(Days):
    """Days on which nothing is changed, whatever window is open."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One time a window is open."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Impossible:
    """A local time that a night has twice, or not at all."""

    text: str
    why: Literal["ambiguous, the clocks go back", "nonexistent, the clocks go forward"]


class Calendar(Model):
    """The whole of ``calendar.yaml``."""

    format_version: Literal[1]
    time_zone: str = "Europe/London"
    windows: tuple[Window, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    terms: tuple[Term, ...] = ()
    """When pupils are in."""
    closed: tuple[Closure, ...] = ()
    """When they are not, though it is term: half terms, INSET days, bank holidays."""
    school_day: tuple[SchoolDay, ...] = ()
    """The hours of a day of term; several where schools or weekdays differ."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def forbidden(self, school: str, now: datetime, worst_case_s: float) -> tuple[str, ...]:
        """What forbids to begin a change of *worst_case_s* at *now* (aware), in sentences; empty where it may begin."""
        if now.date() < BUILT:
            return (
                f"CLOCK-WINDOW now='{now:%Y-%m-%d %H:%M}': the clock stands before this matric was made. Do: set it",
            )
        end = now + timedelta(seconds=worst_case_s)
        if found := self.frozen(school, now, end):
            return (*found, self._next(school, now, worst_case_s))
        today = tuple(self._on(school, now.astimezone(self.zone).date()))
        impossible = tuple(self._said(one) for one in today if isinstance(one, Impossible))
        around = [one for one in today if isinstance(one, Opening) and one.start <= now < one.end]
        if any(end <= one.end for one in around):
            return ()
        if around:
            closes = max(one.end for one in around)
            reason = (
                f"the worst case, rollback included, ends {self._local(end)}; the window ends {self._local(closes)}"
            )
        else:
            reason = f"no window is open for {school} at {self._local(now)}"
            reason += "".join(f"; it is {hours}" for hours in self.year(school).taught(now, end))
        return (*impossible, reason, self._next(school, now, worst_case_s))

    def frozen(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """The freezes that the time from *start* to *end* touches, in words."""
        first, last = (moment.astimezone(self.zone).date().isoformat() for moment in (start, end))
        return tuple(
            f"frozen from {freeze.first} to {freeze.last}: {freeze.name}"
            for freeze in self.freezes
            if freeze.concerns(school) and freeze.first <= last and first <= freeze.last
        )

    def year(self, school: str) -> Year:
        """When pupils of *school* are in, as far as it is known."""
        return Year.of(school, self.zone, self.terms, self.closed, self.school_day)

    def taught(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """The school days that the time from *start* to *end* overlaps, in words."""
        return tuple(str(hours) for hours in self.year(school).taught(start, end))

    def untold(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """What the calendar would have to say before that can be told, by field."""
        return tuple(dict.fromkeys(self.year(school).untold(start, end)))

    def openings(self, school: str, day: date) -> tuple[Opening, ...]:
        """The times at which *school* may be changed on *day*, freezes aside, in order."""
        found = [one for one in self._on(school, day) if isinstance(one, Opening)]
        return tuple(sorted(found, key=lambda one: one.start))

    def next_fit(self, school: str, now: datetime, worst_case_s: float) -> tuple[datetime, datetime] | None:
        """The first time from *now* that a change of *worst_case_s* fits into: its begin, and its worst end."""
        needs = timedelta(seconds=worst_case_s)
        day = now.astimezone(self.zone).date()
        for ahead in range(HORIZON.days):
            for opening in self.openings(school, day + timedelta(days=ahead)):
                start = max(now, opening.start)
                if start + needs <= opening.end and not self.frozen(school, start, start + needs):
                    return start, start + needs
        return None

    def _next(self, school: str, now: datetime, worst_case_s: float) -> str:
        fit = self.next_fit(school, now, worst_case_s)
        if fit is None:
            return f"no start is possible in the next {HORIZON.days} days. Do: add a window to calendar.yaml"
        return f"no start is possible before {self._local(fit[0])}"

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def _said(self, one: Impossible) -> str:
        return f"CLOCK-WINDOW start='{one.text}' {self.time_zone}: {one.why}"

    def _on(self, school: str, day: date) -> Iterator[Opening | Impossible]:
        for window in self.windows:
            on_day = window.date == day.isoformat() if window.date is not None else DAYS[day.weekday()] in window.days
            if on_day and window.school in {school, "all"}:
                start, end = instant(self.zone, day, window.start), instant(self.zone, day, window.end)
                if isinstance(start, Impossible):
                    yield start
                elif isinstance(end, Impossible):
                    yield end
                elif window.date is not None:
                    yield Opening(start, end)
                else:
                    yield from _around(Opening(start, end), self.year(school).perhaps_taught(day))


def _around(opening: Opening, lessons: Iterable[Hours]) -> Iterator[Opening]:
    """What is left of *opening* before, between and after *lessons*."""
    start = opening.start
    for hours in sorted(lessons, key=lambda one: one.start):
        if start < min(hours.start, opening.end):
            yield Opening(start, min(hours.start, opening.end).astimezone(UTC))
        start = max(start, hours.end.astimezone(UTC))
    if start < opening.end:
        yield Opening(start, opening.end)


def instant(zone: ZoneInfo, day: date, clock: str) -> datetime | Impossible:
    """The moment at which clocks in *zone* show *clock* on *day*, in UTC."""
    found = _CLOCK.match(clock)
    if found is None:
        raise ValueError(f"{clock!r} is no time of day")
    local = datetime.combine(day, time.fromisoformat(found["clock"]))
    text = f"{local:%Y-%m-%d %H:%M}"
    moments = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = {moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == local}
    if not real:
        return Impossible(text, "nonexistent, the clocks go forward")
    if found["offset"]:
        real &= {local.replace(tzinfo=_offset(found["offset"])).astimezone(UTC)}
    if len(real) != 1:
        return Impossible(text, "ambiguous, the clocks go back")
    return real.pop()


def _offset(text: str) -> timezone:
    hours, minutes = (int(part) for part in text[1:].split(":"))
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size)


def load(path: Path) -> Calendar:
    """The calendar in *path*; BadInput with every problem of it."""
    from matric import yaml_file  # noqa: PLC0415 - only who reads the file pays for YAML

    calendar = yaml_file.model(path, Calendar)
    found = problems(calendar, path.name)
    if found:
        raise BadInput(found)
    return calendar


def problems(calendar: Calendar, source: str = "calendar.yaml") -> tuple[Problem, ...]:
    """What is wrong with a calendar whose shape is right."""
    try:
        zone = calendar.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = "name one of the IANA time zones, as Europe/London"
        return (_problem(source, "time_zone", calendar.time_zone, "is no time zone this machine knows", remedy),)
    found: list[Problem] = []
    for window in calendar.windows:
        found.extend(_window_problems(zone, window, source))
    for what, dates in (("a freeze", calendar.freezes), ("a term", calendar.terms), ("a closure", calendar.closed)):
        for one in dates:
            if None in (_real_date(one.first), _real_date(one.last)) or one.last < one.first:
                value = f"{one.first} to {one.last}"
                rule = f"{what} begins before it ends, on real days"
                found.append(_problem(source, "first", value, rule, "correct it"))
    for hours in calendar.school_day:
        if hours.end <= hours.start or not hours.days:
            value = f"{hours.start}-{hours.end}"
            rule = "a school day has days of the week, and ends after it starts"
            found.append(_problem(source, "school_day", value, rule, "correct it"))
    return tuple(found)


def _window_problems(zone: ZoneInfo, window: Window, source: str) -> Iterator[Problem]:
    if bool(window.days) == (window.date is not None):
        yield _problem(source, "days", "", "a window has days of the week or one date", "give one of them")
    if window.date is None:
        if window.end[:5] <= window.start[:5]:
            value = f"{window.start}-{window.end}"
            yield _problem(
                source, "end", value, "a window ends after it starts, on the same day", "make it two windows"
            )
        return
    day = _real_date(window.date)
    if day is None:
        yield _problem(source, "date", window.date, "is no day of the calendar", "correct it")
        return
    moments = {name: instant(zone, day, clock) for name, clock in (("start", window.start), ("end", window.end))}
    for name, moment in moments.items():
        if isinstance(moment, Impossible):
            remedy = "give the offset, as in 01:30+01:00" if "back" in moment.why else "name a time that the night has"
            yield _problem(source, name, moment.text, f"in {zone.key}: {moment.why}", remedy)
    start, end = moments["start"], moments["end"]
    if isinstance(start, datetime) and isinstance(end, datetime) and end <= start:
        value = f"{window.date} {window.start}-{window.end}"
        yield _problem(source, "end", value, "a window ends after it starts, on the same day", "make it two windows")


def _real_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _problem(source: str, field: str, value: str, rule: str, remedy: str) -> Problem:
    return Problem(code="CLOCK-WINDOW", thing=source, rule=rule, remedy=remedy, field=field, value=value)
