"""What an iCalendar file says, as days: ends, zones, series, and what is refused with its line."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from matric import ics
from matric.errors import BadInput, Problem
from matric.ics import Entry

LONDON = ZoneInfo("Europe/London")
SPAN = (date(2026, 11, 24), date(2027, 12, 29))


def event(*lines: str, uid: str = "1") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


def file(*events: tuple[str, ...], head: tuple[str, ...] = ()) -> bytes:
    lines = [line for one in events for line in one]
    text = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests", *head, *lines, "END:VCALENDAR", ""))
    return text.encode()


def days(*events: tuple[str, ...], match: str = "", head: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    found = ics.read(file(*events, head=head), "year.ics", LONDON, SPAN, match)
    return [(one.name, one.first.isoformat(), one.last.isoformat()) for one in found.entries]


def refused(data: bytes) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as told:
        ics.read(data, "year.ics", LONDON, SPAN)
    return tuple(told.value.problems)


def test_the_end_of_days_is_the_day_after_them() -> None:
    half_term = event("SUMMARY:Half term", "DTSTART;VALUE=DATE:20270215", "DTEND;VALUE=DATE:20270220")

    assert days(half_term) == [("Half term", "2027-02-15", "2027-02-19")]


def test_a_day_without_an_end_is_that_day() -> None:
    assert days(event("SUMMARY:INSET day", "DTSTART;VALUE=DATE:20270628")) == [
        ("INSET day", "2027-06-28", "2027-06-28")
    ]


def test_a_time_of_day_counts_as_its_whole_day_where_the_school_is() -> None:
    late = event("SUMMARY:Late", "DTSTART:20270615T233000Z", "DTEND:20270616T003000Z")
    until_midnight = event(
        "SUMMARY:Even",
        "DTSTART;TZID=Europe/London:20270615T180000",
        "DTEND;TZID=Europe/London:20270616T000000",
        uid="2",
    )

    assert days(late, until_midnight) == [("Even", "2027-06-15", "2027-06-15"), ("Late", "2027-06-16", "2027-06-16")]


def test_a_name_of_a_time_zone_that_only_windows_uses_is_known() -> None:
    exam = event(
        "SUMMARY:Exam", "DTSTART;TZID=GMT Standard Time:20270615T090000", "DTEND;TZID=GMT Standard Time:20270615T110000"
    )

    assert days(exam) == [("Exam", "2027-06-15", "2027-06-15")]


def test_a_series_is_followed_to_the_horizon_without_its_exceptions() -> None:
    yearly = event("SUMMARY:Founders", "DTSTART;VALUE=DATE:20200301", "RRULE:FREQ=YEARLY")
    weekly = event(
        "SUMMARY:Tests",
        "DTSTART;VALUE=DATE:20270104",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;VALUE=DATE:20270111",
        uid="2",
    )

    assert days(yearly, weekly) == [
        ("Tests", "2027-01-04", "2027-01-04"),
        ("Tests", "2027-01-18", "2027-01-18"),
        ("Founders", "2027-03-01", "2027-03-01"),
    ]


def test_a_moved_occurrence_is_where_it_was_moved_to() -> None:
    weekly = event("SUMMARY:Tests", "DTSTART;VALUE=DATE:20270104", "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = event("SUMMARY:Tests", "DTSTART;VALUE=DATE:20270113", "RECURRENCE-ID;VALUE=DATE:20270111")

    assert [first for _, first, _ in days(weekly, moved)] == ["2027-01-04", "2027-01-13"]


def test_what_was_cancelled_is_no_day() -> None:
    whole = event("SUMMARY:Fair", "DTSTART;VALUE=DATE:20270104", "STATUS:CANCELLED", uid="2")
    weekly = event("SUMMARY:Tests", "DTSTART;VALUE=DATE:20270104", "RRULE:FREQ=WEEKLY;COUNT=2")
    one = event("SUMMARY:Tests", "DTSTART;VALUE=DATE:20270111", "RECURRENCE-ID;VALUE=DATE:20270111", "STATUS:CANCELLED")

    assert days(whole, weekly, one) == [("Tests", "2027-01-04", "2027-01-04")]


def test_days_of_one_name_that_follow_each_other_are_one_entry() -> None:
    daily = event("SUMMARY:GCSE", "DTSTART;VALUE=DATE:20270510", "RRULE:FREQ=DAILY;COUNT=5")

    assert days(daily) == [("GCSE", "2027-05-10", "2027-05-14")]


def test_only_what_is_asked_for_by_name_is_taken_and_the_rest_is_counted() -> None:
    data = file(
        event("SUMMARY:Half term", "DTSTART;VALUE=DATE:20270215"),
        event("SUMMARY:Parents' evening", "DTSTART;VALUE=DATE:20270216", uid="2"),
        event("SUMMARY:Half term", "DTSTART;VALUE=DATE:20200217", uid="3"),
    )

    found = ics.read(data, "year.ics", LONDON, SPAN, "half TERM")

    assert found.entries == (Entry(date(2027, 2, 15), date(2027, 2, 15), "Half term"),)
    assert (found.others, found.over, found.cancelled) == (1, 1, 0)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        (("SUMMARY:Exam", "DTSTART;VALUE=DATE:20271315"), "DTSTART"),
        (("SUMMARY:Exam",), "DTSTART"),
        (("SUMMARY:Exam", "DTSTART;VALUE=DATE:20270215", "DTEND;VALUE=DATE:202702"), "DTEND"),
        (("SUMMARY:Exam", "DTSTART;TZID=Nowhere:20270615T090000"), "DTSTART"),
        (("SUMMARY:Exam", "DTSTART;VALUE=DATE:20270220", "DTEND;VALUE=DATE:20270215"), "DTEND"),
        (("SUMMARY:Exam", "DTSTART;VALUE=DATE:20270220", "DTEND:20270222T100000Z"), "DTEND"),
        (("SUMMARY:Exam", "DTSTART;VALUE=DATE:20270220", "DTSTART;VALUE=DATE:20270221"), "DTSTART"),
        (("SUMMARY:Exam", "DTSTART;VALUE=DATE:20270220", "RRULE:FREQ=DAILY;COUNT=x"), "RRULE"),
        (("SUMMARY:Exam", "DTSTART:20270220T090000Z", "RRULE:FREQ=SECONDLY"), "RRULE"),
        (("SUMMARY:Exam", "DTSTART:20270220T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0"), "RRULE"),
    ],
)
def test_an_event_that_cannot_be_is_refused_by_line_and_name(lines: tuple[str, ...], field: str) -> None:
    good = event("SUMMARY:Half term", "DTSTART;VALUE=DATE:20270215", uid="2")

    (problem, *_) = refused(file(good, event(*lines)))

    assert (problem.code, problem.field) == ("ICS-EVENT", field)
    assert problem.thing == "year.ics line 10 Exam"


def test_a_field_that_is_refused_is_shown_as_it_stands_in_the_file() -> None:
    given = event("SUMMARY:Exam", "DTSTART;VALUE=DATE:20270220", "DTEND;VALUE=DATE:20270215")

    (problem,) = refused(file(given))

    assert "DTEND='20270215'" in str(problem)


def test_every_bad_event_is_told_in_one_pass() -> None:
    bad = (event("SUMMARY:Exam", "DTSTART;VALUE=DATE:20271315", uid=str(number)) for number in range(3))

    assert len(refused(file(*bad))) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello\n",
        b"\xff\xfe\x00",
        b"PK\x03\x04",
        file(),
        file(event("SUMMARY:x", "DTSTART;VALUE=DATE:20270215"))[:-40],
        b"BEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART;VALUE=DATE:20270215\r\nEND:VEVENT\r\n",
        b" " * (ics.MAX_BYTES + 1),
    ],
)
def test_what_is_no_icalendar_file_is_refused(data: bytes) -> None:
    (problem,) = refused(data)

    assert problem.code == "ICS-FILE"
    assert problem.thing.startswith("year.ics")


def test_a_name_holds_no_control_character() -> None:
    assert days(event("SUMMARY:Half\\nterm\x07 ", "DTSTART;VALUE=DATE:20270215"))[0][0] == "Half term"
