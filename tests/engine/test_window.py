from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from matric import window
from matric.errors import BadInput
from matric.term import Closure, SchoolDay, Term
from matric.window import Calendar, Freeze, Impossible, Window

LONDON = ZoneInfo("Europe/London")
EVENINGS = Window(school="all", days=("mon", "tue", "wed"), start="17:00", end="22:00")
A_QUARTER = 900.0


def calendar(*windows: Window, freezes: tuple[Freeze, ...] = ()) -> Calendar:
    return Calendar(format_version=1, windows=windows, freezes=freezes)


def at(text: str) -> datetime:
    """A moment, from what London's clocks show."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def test_a_change_may_begin_inside_a_window_it_fits_into() -> None:
    assert calendar(EVENINGS).forbidden("oakfield", at("2026-11-25T18:00"), A_QUARTER) == ()


def test_a_change_whose_rollback_would_outlast_the_window_does_not_begin() -> None:
    said = calendar(EVENINGS).forbidden("oakfield", at("2026-11-25T21:50"), A_QUARTER)

    assert said[0] == "the worst case, rollback included, ends 2026-11-25 22:05; the window ends 2026-11-25 22:00"


def test_a_change_that_just_fits_begins() -> None:
    assert calendar(EVENINGS).forbidden("oakfield", at("2026-11-25T21:45"), A_QUARTER) == ()


def test_outside_every_window_nothing_begins_and_the_next_start_is_named() -> None:
    said = calendar(EVENINGS).forbidden("oakfield", at("2026-11-26T18:00"), A_QUARTER)

    assert said == (
        "no window is open for oakfield at 2026-11-26 18:00",
        "no start is possible before 2026-11-30 17:00",
    )


def test_a_window_of_another_school_is_not_ours() -> None:
    theirs = Window(school="fernhill", days=("wed",), start="17:00", end="22:00")

    assert calendar(theirs).forbidden("oakfield", at("2026-11-25T18:00"), A_QUARTER)


def test_a_freeze_wins_over_a_window() -> None:
    exams = Freeze(name="Mock examinations", first="2026-11-20", last="2026-11-25", schools=("oakfield",))

    said = calendar(EVENINGS, freezes=(exams,)).forbidden("oakfield", at("2026-11-25T18:00"), A_QUARTER)

    assert said == (
        "frozen from 2026-11-20 to 2026-11-25: Mock examinations",
        "no start is possible before 2026-11-30 17:00",
    )


def test_a_freeze_of_one_school_leaves_the_other_free() -> None:
    exams = Freeze(name="Mock examinations", first="2026-11-20", last="2026-11-25", schools=("fernhill",))

    assert not calendar(EVENINGS, freezes=(exams,)).forbidden("oakfield", at("2026-11-25T18:00"), A_QUARTER)


def test_a_freeze_over_every_window_says_that_no_start_is_possible() -> None:
    for_ever = Freeze(name="Closure", first="2026-01-01", last="2030-01-01", schools="all")

    said = calendar(EVENINGS, freezes=(for_ever,)).forbidden("oakfield", at("2026-11-25T18:00"), A_QUARTER)

    assert "no start is possible in the next 400 days" in said[-1]


def test_a_change_that_runs_into_a_freeze_at_midnight_is_frozen() -> None:
    late = Window(school="all", days=("wed",), start="20:00", end="23:59")
    tomorrow = Freeze(name="Census", first="2026-11-26", last="2026-11-26", schools="all")

    assert calendar(late, freezes=(tomorrow,)).frozen("oakfield", at("2026-11-25T23:50"), at("2026-11-26T00:05"))


def test_summer_time_moves_a_window_with_the_clocks_on_the_wall() -> None:
    summer = calendar(EVENINGS)

    assert summer.forbidden("oakfield", datetime(2026, 7, 1, 16, 30, tzinfo=UTC), A_QUARTER)  # before it was built
    assert not summer.forbidden("oakfield", datetime(2027, 6, 30, 16, 30, tzinfo=UTC), A_QUARTER)
    assert summer.forbidden("oakfield", datetime(2027, 6, 30, 21, 30, tzinfo=UTC), A_QUARTER)


def test_half_past_one_is_ambiguous_on_the_night_the_clocks_go_back() -> None:
    night = date(2027, 10, 31)

    assert window.instant(LONDON, night, "01:30") == Impossible("2027-10-31 01:30", "ambiguous, the clocks go back")
    assert window.instant(LONDON, night, "01:30+01:00") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert window.instant(LONDON, night, "01:30+00:00") == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_half_past_one_does_not_exist_on_the_night_the_clocks_go_forward() -> None:
    assert window.instant(LONDON, date(2027, 3, 28), "01:30") == Impossible(
        "2027-03-28 01:30", "nonexistent, the clocks go forward"
    )


def test_a_weekly_window_at_a_time_the_night_has_twice_stays_shut_and_says_why() -> None:
    nightly = Window(school="all", days=("sun",), start="01:30", end="05:00")

    said = calendar(nightly).forbidden("oakfield", at("2027-10-31T03:00"), A_QUARTER)

    assert said[0] == "CLOCK-WINDOW start='2027-10-31 01:30' Europe/London: ambiguous, the clocks go back"


@pytest.mark.parametrize(
    ("window_", "says"),
    [
        (Window(school="all", date="2026-10-25", start="01:30", end="04:00"), "ambiguous, the clocks go back"),
        (Window(school="all", date="2027-03-28", start="01:30", end="04:00"), "nonexistent, the clocks go forward"),
        (Window(school="all", days=("mon",), start="22:00", end="17:00"), "a window ends after it starts"),
        (Window(school="all", date="2026-11-25", start="22:00", end="17:00"), "a window ends after it starts"),
        (Window(school="all", date="2026-02-30", start="17:00", end="18:00"), "no day of the calendar"),
        (Window(school="all", start="17:00", end="18:00"), "days of the week or one date"),
    ],
)
def test_a_window_that_cannot_be_is_refused_by_name(window_: Window, says: str) -> None:
    (problem,) = window.problems(calendar(window_))

    assert problem.code == "CLOCK-WINDOW"
    assert says in str(problem)


def test_an_unknown_time_zone_is_refused() -> None:
    (problem,) = window.problems(Calendar(format_version=1, time_zone="Europe/Lundon"))

    assert problem.value == "Europe/Lundon"


def test_a_freeze_that_ends_before_it_begins_is_refused() -> None:
    backwards = Freeze(name="x", first="2027-02-02", last="2027-02-01", schools="all")

    assert [one.code for one in window.problems(calendar(freezes=(backwards,)))] == ["CLOCK-WINDOW"]


def test_a_clock_from_before_this_version_was_made_is_not_believed() -> None:
    (said,) = calendar(EVENINGS).forbidden("oakfield", datetime(2020, 1, 1, 18, 0, tzinfo=UTC), A_QUARTER)

    assert said.startswith("CLOCK-WINDOW now='2020-01-01 18:00'")


def test_every_problem_of_a_file_is_told_in_one_pass(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(
        "format_version: 1\nwindows:\n"
        '  - {school: all, date: "2026-10-25", start: "01:30", end: "04:00"}\n'
        '  - {school: all, days: [mon], start: "05:00", end: "04:00"}\n',
        encoding="utf-8",
    )

    with pytest.raises(BadInput) as refused:
        window.load(path)

    assert len(refused.value.problems) == 2


AUTUMN = Term(name="Autumn term", first="2026-09-01", last="2026-12-18", schools="all")
HALF_TERM = Closure(name="Half term", first="2026-11-23", last="2026-11-24", schools=("oakfield",))
LESSONS = SchoolDay(schools="all", start="08:00", end="16:00")
TAUGHT = "the school day of 2026-11-25, 08:00 to 16:00 (Autumn term)"
ALL_DAY = Window(school="all", days=("mon", "tue", "wed", "thu", "fri", "sat"), start="06:00", end="20:00")


def school_year(*windows: Window) -> Calendar:
    return Calendar(format_version=1, windows=windows, terms=(AUTUMN,), closed=(HALF_TERM,), school_day=(LESSONS,))


def test_a_time_on_a_morning_of_term_overlaps_the_school_day() -> None:
    said = school_year().taught("oakfield", at("2026-11-25T15:59"), at("2026-11-25T17:00"))

    assert said == (TAUGHT,)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-25T16:00", "2026-11-25T20:00"),  # after school
        ("2026-11-25T06:00", "2026-11-25T08:00"),  # before school
        ("2026-11-24T09:00", "2026-11-24T15:00"),  # half term
        ("2026-11-28T09:00", "2026-11-28T15:00"),  # Saturday
        ("2026-08-28T09:00", "2026-08-28T15:00"),  # before the first term
    ],
)
def test_outside_the_school_day_pupils_are_not_disturbed(start: str, end: str) -> None:
    assert school_year().taught("oakfield", at(start), at(end)) == ()
    assert school_year().untold("oakfield", at(start), at(end)) == ()


def test_a_change_over_night_that_would_last_into_the_morning_overlaps_it() -> None:
    assert school_year().taught("oakfield", at("2026-11-25T22:00"), at("2026-11-26T08:30"))


def test_a_closure_of_one_school_is_a_day_of_term_at_another() -> None:
    assert school_year().taught("fernhill", at("2026-11-24T09:00"), at("2026-11-24T10:00"))


def test_what_follows_the_last_known_term_is_unknown_in_school_hours_only() -> None:
    year = school_year()

    assert year.untold("oakfield", at("2027-01-12T09:00"), at("2027-01-12T10:00")) == (
        "calendar.yaml terms of oakfield, as far as 2027-01-12",
    )
    assert year.untold("oakfield", at("2027-01-12T18:00"), at("2027-01-12T19:00")) == ()


def test_a_day_long_before_the_first_known_term_is_no_holiday() -> None:
    year = school_year()

    assert year.untold("oakfield", at("2026-06-10T09:00"), at("2026-06-10T10:00")) == (
        "calendar.yaml terms of oakfield, as far as 2026-06-10",
    )
    assert year.untold("oakfield", at("2026-07-28T09:00"), at("2026-07-28T10:00")) == ()


def test_a_calendar_that_says_nothing_of_pupils_names_both_fields_it_lacks() -> None:
    assert calendar().untold("oakfield", at("2026-11-25T18:00"), at("2026-11-25T19:00")) == (
        "calendar.yaml school_day of oakfield",
        "calendar.yaml terms of oakfield, as far as 2026-11-25",
    )


def test_a_window_of_the_week_yields_to_the_school_day() -> None:
    year = school_year(ALL_DAY)

    assert [(one.start, one.end) for one in year.openings("oakfield", date(2026, 11, 25))] == [
        (at("2026-11-25T06:00"), at("2026-11-25T08:00")),
        (at("2026-11-25T16:00"), at("2026-11-25T20:00")),
    ]
    assert year.forbidden("oakfield", at("2026-11-25T10:00"), A_QUARTER) == (
        f"no window is open for oakfield at 2026-11-25 10:00; it is {TAUGHT}",
        "no start is possible before 2026-11-25 16:00",
    )


def test_it_is_open_all_day_where_no_pupil_is_in() -> None:
    half_term, saturday = (
        school_year(ALL_DAY).openings("oakfield", day) for day in (date(2026, 11, 24), date(2026, 11, 28))
    )

    assert [len(half_term), len(saturday)] == [1, 1]


def test_it_yields_where_nobody_knows_whether_it_is_term() -> None:
    assert len(school_year(ALL_DAY).openings("oakfield", date(2027, 1, 12))) == 2


def test_a_window_on_a_date_is_somebodys_word_on_that_date() -> None:
    agreed = Window(school="oakfield", date="2026-11-25", start="10:00", end="12:00")

    assert school_year(agreed).forbidden("oakfield", at("2026-11-25T10:00"), A_QUARTER) == ()


@pytest.mark.parametrize(
    "given",
    [
        Calendar(format_version=1, terms=(Term(name="x", first="2027-02-02", last="2027-02-01", schools="all"),)),
        Calendar(format_version=1, closed=(Closure(name="x", first="2027-02-30", last="2027-03-01", schools="all"),)),
        Calendar(format_version=1, school_day=(SchoolDay(schools="all", start="16:00", end="08:00"),)),
        Calendar(format_version=1, school_day=(SchoolDay(schools="all", days=(), start="08:00", end="16:00"),)),
    ],
)
def test_terms_closures_and_school_days_that_cannot_be_are_refused(given: Calendar) -> None:
    assert [one.code for one in window.problems(given)] == ["CLOCK-WINDOW"]
