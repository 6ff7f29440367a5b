"""What was answered to a runbook is asked again when it no longer holds, and never before."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from matric.followed import Followed
from matric.runbook import Ask, Runbook

TODAY = date(2026, 11, 26)
ASKED = Ask(ask="May the trust look at the school's network?", topic="permission", valid_days=30)


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    book = Runbook("join-a-school", "Join a school", (ASKED,))
    return Followed(book, "ashby", tmp_path / "inventory", tmp_path / "state", TODAY)


@pytest.mark.parametrize(("days", "held"), [(0, True), (30, True), (31, False), (-1, False)])
def test_a_yes_holds_for_its_days(followed: Followed, days: int, *, held: bool) -> None:
    followed.record(ASKED, "a.patel", yes=True)

    one = replace(followed, today=TODAY + timedelta(days=days)).answer(ASKED)

    assert (one is not None) is held
    assert one is None or (one.by, one.at, one.until) == ("a.patel", TODAY, TODAY + timedelta(days=30))


def test_a_no_is_asked_again_and_the_yes_after_it_counts(followed: Followed) -> None:
    followed.record(ASKED, "a.patel", yes=False)
    assert followed.answer(ASKED) is None

    followed.record(ASKED, "a.patel", yes=True)
    assert followed.answer(ASKED) is not None


def test_another_wording_another_school_and_fewer_days_are_other_questions(followed: Followed) -> None:
    followed.record(ASKED, "a.patel", yes=True)
    later = replace(followed, today=TODAY + timedelta(days=10))

    assert followed.answer(ASKED.model_copy(update={"ask": "May the trust look at all of it?"})) is None
    assert replace(followed, school="birch").answer(ASKED) is None
    assert later.answer(ASKED.model_copy(update={"valid_days": 7})) is None
    assert later.answer(ASKED) is not None


def test_what_is_asked_each_time_is_not_kept(followed: Followed) -> None:
    followed.record(ASKED.model_copy(update={"valid_days": 0}), "a.patel", yes=True)

    assert not followed.path.exists()


def test_answers_keep_what_people_wrote_beside_them(followed: Followed) -> None:
    followed.record(ASKED, "a.patel", yes=True)
    followed.path.write_text(followed.path.read_text("utf-8") + "  # the letter is in the office\n", "utf-8")
    other = ASKED.model_copy(update={"topic": "stages"})

    followed.record(other, "b.singh", yes=True)

    assert "# the letter is in the office" in followed.path.read_text("utf-8")
    assert [followed.answer(step) is not None for step in (ASKED, other)] == [True, True]


def test_a_step_is_done_since_the_first_look_that_found_it_so_and_no_longer_once_one_did_not(
    followed: Followed,
) -> None:
    later = replace(followed, today=TODAY + timedelta(days=3))
    assert followed.since("ledger") is None

    followed.looked("ledger", done=True)
    later.looked("ledger", done=True)
    assert later.since("ledger") == TODAY

    later.looked("ledger", done=False)
    assert later.since("ledger") is None


@pytest.mark.parametrize("text", ["", "[]", '{"ledger": 7}', "{"])
def test_a_note_that_cannot_be_read_says_nothing_is_done(followed: Followed, text: str) -> None:
    path = followed.state / "answers" / "ashby-join-a-school-done.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")

    assert followed.since("ledger") is None
