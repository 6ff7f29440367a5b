from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from matric import window
from matric.errors import BadInput
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
