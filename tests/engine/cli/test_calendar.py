"""matric calendar: what it comes to, and days taken over from a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

SOON = datetime.now(UTC).date() + timedelta(days=30)
TERMS = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//tests
BEGIN:VEVENT
UID:1
SUMMARY:Polling day
DTSTART;VALUE=DATE:{SOON:%Y%m%d}
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Parents' evening
DTSTART;VALUE=DATE:{SOON:%Y%m%d}
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def year(tmp_path: Path) -> Path:
    path = tmp_path / "year.ics"
    path.write_text(TERMS, encoding="utf-8")
    return path


def test_what_a_file_would_add_is_shown_and_not_written(own: Any, year: Path) -> None:
    held = own.folder / "inventory" / "calendar.yaml"
    before = held.read_bytes()

    ended = own("calendar", "import", year, "--school", "oakfield", "--as", "closed", "--match", "polling")

    assert ended.code == 0
    line = f'+  - {{name: Polling day, first: "{SOON}", last: "{SOON}", schools: [oakfield]}}'
    assert line in ended.out.splitlines()
    assert "1 would be added to closed of calendar.yaml, 1 of other names" in ended.out
    assert held.read_bytes() == before


def test_it_is_written_once_however_often_it_is_asked_for(own: Any, year: Path) -> None:
    held = own.folder / "inventory" / "calendar.yaml"
    arguments = ("calendar", "import", year, "--school", "all", "--as", "freeze", "--write", "--json")

    first = own(*arguments).value
    once = held.read_bytes()
    second = own(*arguments).value

    assert ([one["name"] for one in first["added"]], first["written"]) == (["Parents' evening", "Polling day"], True)
    assert (second["added"], second["held"], second["written"]) == ([], 2, False)
    assert held.read_bytes() == once
    assert b"# The day of the school census" in once
    assert own("check", "fernhill").code == 0


@pytest.mark.parametrize("text", ["hello", TERMS.replace("DTSTART;VALUE=DATE:2", "DTSTART;VALUE=DATE:9999")])
def test_a_bad_file_is_told_and_nothing_is_written(own: Any, year: Path, text: str) -> None:
    held = own.folder / "inventory" / "calendar.yaml"
    before = held.read_bytes()
    year.write_text(text, encoding="utf-8")

    ended = own("calendar", "import", year, "--school", "all", "--as", "term", "--write")

    assert ended.code == 7
    assert "year.ics" in ended.err
    assert held.read_bytes() == before


def test_a_school_that_is_not_the_trusts_is_refused(own: Any, year: Path) -> None:
    assert own("calendar", "import", year, "--school", "ashby", "--as", "term").code == 7
    assert own("calendar", "show", "ashby").code == 7


def test_the_calendar_of_a_school_is_shown(here: Any) -> None:
    value = here("calendar", "show", "oakfield", "--days", "400", "--minutes", "90", "--json").value

    assert {"INSET day", "Half term"} <= {one["name"] for one in value["closed"]}
    assert all("fernhill" not in one["schools"] or "oakfield" in one["schools"] for one in value["freezes"])
    assert value["openings"]
    start, end = (datetime.fromisoformat(one) for one in value["next_fit"])
    assert end - start == timedelta(minutes=90)


def test_people_are_told_when_a_change_next_fits(here: Any) -> None:
    ended = here("calendar", "show", "fernhill", "--days", "14", "--minutes", "45")

    assert "school day mon, tue, wed, thu, fri 08:00 to 16:30" in ended.out
    assert "a change of 45 minutes, rollback included, next fits at " in ended.out
