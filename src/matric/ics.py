"""What an iCalendar file says, as days with names: a term calendar, an examinations timetable, a list of INSET days.

Needs the extra ``matric[calendar]``. What an event means is not guessed: one whose dates contradict themselves, or
whose time zone nobody defines, is refused with its line.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from matric.errors import BadInput, Problem, UsageError

try:
    import icalendar
    import recurring_ical_events
except ImportError as _error:
    raise UsageError("iCalendar files need the extra calendar. Do: pip install 'matric[calendar]'") from _error

__all__ = ("MAX_BYTES", "Entry", "Found", "read")

MAX_BYTES = 5_000_000
"""Largest file read, in bytes: a whole local authority's calendar has some hundred kilobytes."""
TIMES_A_DAY = 24
"""More occurrences of one event in a day than this are no school's."""
_SERIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """Days with a name, the last one included."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a file held."""

    entries: tuple[Entry, ...]
    """In order, each once; days of one name that follow each other are one entry."""
    others: int
    """Events that were not asked for by name."""
    over: int
    """Events without a day from today to the horizon."""
    cancelled: int


def read(data: bytes, name: str, zone: ZoneInfo, span: tuple[date, date], match: str = "") -> Found:
    """The events in *data*, a file called *name*, that have a day from the first to the last of *span*.

    A time of day counts as its whole day in *zone*. With *match*, only events that have it in their names, whatever
    their capitals. BadInput lists every event that cannot be read, those of other names included.
    """
    events = tuple(_events(data, name))
    problems = [problem for event in events for problem in event.problems()]
    if problems:
        raise BadInput(problems)
    asked = [one for one in _series(events) if any(_named(event.name, match) for event in one)]
    days: set[Entry] = set()
    cancelled = over = 0
    for series in asked:
        if all(event.cancelled for event in series):
            cancelled += len(series)
            continue
        here = {entry for entry in _expanded(series, zone, span, problems) if _named(entry.name, match)}
        over += 0 if here else len(series)
        days |= here
    if problems:
        raise BadInput(problems)
    return Found(tuple(_joined(days)), len(events) - sum(map(len, asked)), over, cancelled)


def _named(name: str, match: str) -> bool:
    return match.casefold() in name.casefold()


@dataclass(frozen=True, slots=True)
class _Event:
    """One event as the file has it."""

    component: Any
    calendar: Any
    """The VCALENDAR it stands in."""
    where: str
    """File and line, ``terms.ics line 12``."""

    @property
    def name(self) -> str:
        text = " ".join(str(self.component.get("SUMMARY", "")).split())
        return "".join(sign for sign in text if sign.isprintable()) or "Without a name"

    @property
    def uid(self) -> str:
        return str(self.component.get("UID", "")) or self.where

    @property
    def cancelled(self) -> bool:
        return str(self.component.get("STATUS", "")).upper() == "CANCELLED"

    def problems(self) -> Iterator[Problem]:
        """Why it cannot be read, if it cannot."""
        broken = [(str(field), str(why)) for field, why in self.component.errors]
        for field, why in broken:
            yield self.problem(field, why)
        if broken:
            return
        if "DTSTART" not in self.component:
            yield self.problem("DTSTART", "an event begins on a day")
            return
        wrong = [self.problem(field, rule) for field in ("DTSTART", "DTEND") if (rule := self._no_day(field))]
        yield from wrong or (*self._backwards(), *self._too_often())

    def _no_day(self, field: str) -> str:
        """Why nobody can say on which day *field* is; empty where it can be said."""
        given = self.component.get(field)
        if given is None:
            return ""
        if isinstance(given, list):
            return "it is given more than once"
        if not isinstance(given.dt, date):
            return "it is no day"
        if "TZID" in given.params and getattr(given.dt, "tzinfo", None) is None:
            return f"the time zone {given.params['TZID']} is defined nowhere"
        return ""

    def _backwards(self) -> Iterator[Problem]:
        start, end = self.component.get("DTSTART"), self.component.get("DTEND")
        if end is None:
            return
        if isinstance(start.dt, datetime) != isinstance(end.dt, datetime):
            yield self.problem("DTEND", "it begins on a day and ends at a time, or the other way round")
        elif _aware(start.dt) == _aware(end.dt) and end.dt < start.dt:
            yield self.problem("DTEND", "it ends before it begins")

    def _too_often(self) -> Iterator[Problem]:
        """A series that no school has: expanded, it would never end."""
        given: Any = self.component.get("RRULE") or []
        rules: list[Any] = [given] if hasattr(given, "items") else list(given)
        for rule in rules:
            frequency = [str(one).upper() for one in rule.get("FREQ", ())]
            times = math.prod(len(rule.get(part, ())) or 1 for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
            if len(frequency) != 1 or frequency[0] not in _SERIES or times > TIMES_A_DAY:
                yield self.problem("RRULE", "it does not repeat by days, weeks, months or years")
            elif any(int(one) < 1 for one in rule.get("INTERVAL", ())):
                yield self.problem("RRULE", "its interval is no number of days, weeks, months or years")

    def problem(self, field: str, rule: str) -> Problem:
        remedy = "correct it in the calendar it comes from, or take the event out of the file"
        given: Any = self.component.get(field)
        held: bytes | str = given.to_ical() if hasattr(given, "to_ical") else ""
        value = held.decode(errors="replace") if isinstance(held, bytes) else held
        return Problem("ICS-EVENT", f"{self.where} {self.name}", rule, remedy, field, value)


def _aware(moment: date) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is not None


def _events(data: bytes, name: str) -> Iterator[_Event]:
    """Every event of the file with its line; BadInput where it is no iCalendar file at all."""
    if len(data) > MAX_BYTES:
        raise BadInput([_unreadable(name, f"it is larger than {MAX_BYTES} bytes")])
    try:
        text = data.decode("utf-8-sig")
        calendars: list[Any] = cast("list[Any]", icalendar.Calendar.from_ical(text, multiple=True))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput([_unreadable(f"{name} line {line}", "not UTF-8")]) from error
    except Exception as error:  # the library raises what the text makes it raise: KeyError, IndexError, its own
        raise BadInput([_unreadable(name, " ".join(str(error).split())[:200] or type(error).__name__)]) from error
    lines = [line for line, said in enumerate(text.splitlines(), 1) if said.strip().upper() == "BEGIN:VEVENT"]
    events = [(calendar, event) for calendar in calendars for event in calendar.walk("VEVENT")]
    if not events or len(events) != len(lines) or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise BadInput([_unreadable(name, "it holds no calendar with events, or is cut off")])
    for (calendar, event), line in zip(events, lines, strict=True):
        yield _Event(event, calendar, f"{name} line {line}")


def _unreadable(thing: str, rule: str) -> Problem:
    return Problem("ICS-FILE", thing, rule, "save the calendar anew as an iCalendar file (.ics)")


def _series(events: Iterable[_Event]) -> list[list[_Event]]:
    """Events that are one: a series with the occurrences that were moved."""
    found: dict[tuple[int, str], list[_Event]] = {}
    for event in events:
        found.setdefault((id(event.calendar), event.uid), []).append(event)
    return list(found.values())


def _expanded(
    series: list[_Event], zone: ZoneInfo, span: tuple[date, date], problems: list[Problem]
) -> Iterator[Entry]:
    """The days of every occurrence in *span*; what the library cannot expand becomes a problem."""
    first, last = span
    alone: Any = icalendar.Calendar()
    if "X-WR-TIMEZONE" in series[0].calendar:
        alone.add("X-WR-TIMEZONE", str(series[0].calendar["X-WR-TIMEZONE"]))
    for event in series:
        # A cancelled occurrence must be known, or its series would still have it.
        if not event.cancelled or "RECURRENCE-ID" in event.component:
            alone.add_component(event.component)
    try:
        # A day more on each side: another zone's day is not ours.
        found = recurring_ical_events.of(alone).between(first - timedelta(days=1), last + timedelta(days=2))
        for one in found:
            days = _days(one, zone)
            if days is not None and days[0] <= last and first <= days[1]:
                yield Entry(*days, _Event(one, alone, "").name)
    except Exception as error:  # noqa: BLE001 - ditto
        why = " ".join(str(error).split())[:200] or type(error).__name__
        problems.append(series[0].problem("RRULE", f"its occurrences cannot be told: {why}"))


def _days(event: Any, zone: ZoneInfo) -> tuple[date, date] | None:
    """First and last day of one occurrence; None of one that was cancelled."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    if not isinstance(start, datetime):
        # A day's end is the day after it.
        return start, max(start, end - timedelta(days=1))
    start, end = (one.astimezone(zone) if _aware(one) else one.replace(tzinfo=zone) for one in (start, end))
    return start.date(), max(start.date(), (end - timedelta(microseconds=1)).date())


def _joined(days: Iterable[Entry]) -> Iterator[Entry]:
    """Days of one name that touch or overlap, as one entry; in the order of their first days."""
    joined: list[Entry] = []
    for entry in sorted(days, key=lambda one: (one.name, one.first, one.last)):
        if joined and joined[-1].name == entry.name and entry.first <= joined[-1].last + timedelta(days=1):
            joined[-1] = Entry(joined[-1].first, max(joined[-1].last, entry.last), entry.name)
        else:
            joined.append(entry)
    yield from sorted(joined)
