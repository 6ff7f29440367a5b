"""Days are added to calendar.yaml, and nothing of what stood there moves."""

import pytest

from matric import calendar_file
from matric.calendar_file import Kind
from matric.errors import BadInput
from matric.term import Closure
from matric.window import Calendar

NEW = Closure(name="Half term", first="2027-10-25", last="2027-10-29", schools=("oakfield",))
ENTRY = '- {name: Half term, first: "2027-10-25", last: "2027-10-29", schools: [oakfield]}'
HELD = """\
# The trust's own words.
format_version: 1

closed:  # agreed in May
  - {name: INSET day, first: "2026-09-01", last: "2026-09-01", schools: all}  # teachers only
  # The bank holidays are missing.

terms: []
"""


def test_an_entry_goes_behind_the_last_one_and_every_comment_stays() -> None:
    after = calendar_file.added(HELD, "closed", [NEW])

    assert after == HELD.replace("# teachers only\n", f"# teachers only\n  {ENTRY}\n")


def test_an_empty_list_is_filled() -> None:
    assert calendar_file.added("format_version: 1\nclosed: []  # none yet\n", "closed", [NEW]) == (
        f"format_version: 1\nclosed:  # none yet\n  {ENTRY}\n"
    )


def test_a_list_that_is_not_there_is_begun_at_the_end() -> None:
    assert calendar_file.added("format_version: 1", "closed", [NEW]) == f"format_version: 1\n\nclosed:\n  {ENTRY}\n"


def test_the_indent_and_the_line_ends_of_the_file_are_kept() -> None:
    lines = (
        "format_version: 1",
        "closed:",
        "- name: x",
        '  first: "2027-01-01"',
        '  last: "2027-01-01"',
        "  schools: all",
    )
    text = "".join(f"{line}\r\n" for line in lines)

    assert calendar_file.added(text, "closed", [NEW]) == f"{text}{ENTRY}\r\n"


@pytest.mark.parametrize("name", ['Half: "term" #1', "yes", "null", "- x", "{", "Été", "a" * 200, "2027-01-01", "it's"])
def test_a_name_reads_back_as_it_was(name: str) -> None:
    after = calendar_file.added(HELD, "closed", [NEW.model_copy(update={"name": name})])

    assert name in [one.name for one in _read(after).closed]


def test_a_list_in_brackets_is_left_to_its_author() -> None:
    text = 'format_version: 1\nclosed: [{name: x, first: "2027-01-01", last: "2027-01-01", schools: all}]\n'

    with pytest.raises(BadInput, match="in brackets"):
        calendar_file.added(text, "closed", [NEW])


@pytest.mark.parametrize("kind", ["freeze", "term", "closed"])
def test_what_was_added_is_not_missing_any_more(kind: Kind) -> None:
    days = [calendar_file.OF[kind](**NEW.model_dump())]
    before = _read(HELD)

    assert calendar_file.missing(before, kind, days) == tuple(days)
    assert calendar_file.missing(_read(calendar_file.added(HELD, kind, days)), kind, days) == ()


def test_what_is_held_for_every_school_is_not_missing_at_one() -> None:
    inset = Closure(name="INSET day", first="2026-09-01", last="2026-09-01", schools=("oakfield",))

    assert calendar_file.missing(_read(HELD), "closed", [inset]) == ()


def _read(text: str) -> Calendar:
    from matric import yaml_file  # noqa: PLC0415 - only here

    return yaml_file.read_model(text, "calendar.yaml", Calendar)
