"""Answers as they are written into answers.yaml: nobody else's is touched, and no comment is lost."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from matric import attestation, site, yaml_file
from matric.errors import BadInput, UsageError
from matric.policy import asked
from matric.policy.asked import Asked, Standing
from matric.policy.subject import Answer, Answers
from tests import estate

TODAY = date(2026, 11, 26)
NEW = Answer(
    question="safesearch", school="oakfield", by="P. Adeyemi", at=date(2026, 11, 25), answer=False, valid_days=120
)
HELD = """\
# What people vouch for.
answers:
  # Tried on the spare switch.
  - question: restore-tried
    school: oakfield
    by: P. Adeyemi
    at: "2026-11-17"
    answer: true
    valid_days: 120
  - question: safesearch  # as a pupil
    school: oakfield
    by: P. Adeyemi
    at: "2026-11-18"  # a Wednesday
    answer: true
    valid_days: 120
    note: |
      Searched on
      each network
  - {question: safesearch, school: fernhill, by: J. Whitcombe, at: "2026-11-19", answer: true, valid_days: 120}
# The end.
"""


def answers(text: str) -> tuple[Answer, ...]:
    return yaml_file.read_model(text, "answers.yaml", Answers).answers


def lines_gone(before: str, after: str) -> list[str]:
    return [line for line in before.splitlines() if line not in after.splitlines()]


def test_without_the_file_it_is_said_how_it_begins(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="begin it with the line 'answers"):
        attestation.record(tmp_path / "answers.yaml", NEW)


def test_an_answer_given_before_is_changed_where_it_stands_and_its_comments_stay() -> None:
    after = attestation.amended(HELD, NEW)

    assert answers(after) == (answers(HELD)[0], NEW, answers(HELD)[2])
    assert "# a Wednesday" in after
    assert lines_gone(HELD, after) == [
        '    at: "2026-11-18"  # a Wednesday',
        "    note: |",
        "      Searched on",
        "      each network",
    ]
    assert after.splitlines()[-1] == "# The end."


def test_a_first_answer_is_put_behind_the_others_and_changes_no_line() -> None:
    first = NEW.model_copy(update={"question": "certificates", "note": "Refused: passwords"})

    after = attestation.amended(HELD, first)

    assert answers(after) == (*answers(HELD), first)
    assert lines_gone(HELD, after) == []
    assert after.endswith('    note: "Refused: passwords"\n# The end.\n')


def test_an_entry_on_one_line_stays_on_one_line() -> None:
    there = NEW.model_copy(update={"school": "fernhill", "note": "Seen again"})

    after = attestation.amended(HELD, there)

    assert answers(after)[2] == there
    assert len(after.splitlines()) == len(HELD.splitlines())


@pytest.mark.parametrize("empty", ["answers: []\n", "# none yet\nanswers: []  # by anybody\n", "answers: []"])
def test_the_first_answer_of_all_needs_no_list_to_be_there(empty: str) -> None:
    after = attestation.amended(empty, NEW)

    assert answers(after) == (NEW,)
    assert "#" not in empty or "# by anybody" in after


@pytest.mark.parametrize("text", [HELD.rstrip("\n"), HELD.replace("# The end.\n", ""), HELD.replace("\n", "\r\n")])
def test_the_file_may_end_as_it_likes(text: str) -> None:
    first = NEW.model_copy(update={"question": "certificates"})

    assert answers(attestation.amended(text, first)) == (*answers(text), first)
    assert ("\r\n" in text) == ("\r\n" in attestation.amended(text, first))


def test_of_two_answers_to_one_question_the_newest_is_changed() -> None:
    older = HELD.replace("  - question: restore-tried", "  - question: safesearch").replace("2026-11-17", "2026-09-01")

    after = answers(attestation.amended(older, NEW))

    assert [one.at for one in after] == [date(2026, 9, 1), NEW.at, date(2026, 11, 19)]


def test_an_answer_older_than_what_stands_there_is_refused() -> None:
    with pytest.raises(UsageError, match="answered safesearch on 2026-11-18, which is later"):
        attestation.amended(HELD, NEW.model_copy(update={"at": date(2026, 11, 1)}))


@pytest.mark.parametrize("text", ["answers: [{question: x}]\n", "answers:\n\t- x\n", "", "what: []\n"])
def test_a_file_that_cannot_be_read_is_not_written_either(text: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(BadInput):
        attestation.record(path, NEW)

    assert path.read_text("utf-8") == text
    assert [one.name for one in tmp_path.iterdir()] == ["answers.yaml"]


def test_the_file_keeps_its_mode_and_stays_the_file_that_a_link_names(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text(HELD, "utf-8")
    real.chmod(0o664)
    link = tmp_path / "answers.yaml"
    link.symlink_to(real)

    attestation.record(link, NEW)

    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o664
    assert NEW in answers(real.read_text("utf-8"))


PRINTED = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=60)


@given(by=PRINTED.filter(str.strip), note=PRINTED)
def test_whatever_a_name_or_a_note_holds_is_read_back_as_it_was_written(by: str, note: str) -> None:
    told = NEW.model_copy(update={"by": by.strip(), "note": note.strip()})
    for text in (HELD, "answers: []\n"):
        after = attestation.amended(text, told)
        assert told in answers(after)
        assert told.by in {one["by"] for one in yaml.safe_load(after)["answers"]}


# ---- what may be answered ----


@pytest.fixture(scope="module")
def questions() -> dict[str, Asked]:
    return {one.id: one for one in asked.questions(site.load(estate.standing()).school("oakfield"))}


@pytest.mark.parametrize(
    ("by", "at", "note", "words"),
    [
        ("", TODAY, "", "nobody is named"),
        (" \t", TODAY, "", "nobody is named"),
        ("Ada\nyes", TODAY, "", "the name is not one line"),
        ("Ada", TODAY, "seen\x1b[31m", "the note is not one line"),
        ("A" * 301, TODAY, "", "the name is not one line"),
        ("Ada", date(2026, 11, 27), "", "in the future"),
        ("Ada", date(2026, 7, 1), "", "longer ago"),
    ],
)
def test_an_answer_that_could_not_count_is_refused(
    by: str, at: date, note: str, words: str, questions: dict[str, Asked]
) -> None:
    with pytest.raises(UsageError, match=words):
        attestation.answer_to(
            questions["safesearch"], "oakfield", by=by, at=at, today=TODAY, yes=True, note=note
        )  # fmt: skip


def stands(questions: dict[str, Asked], *given: Answer) -> dict[str, Standing]:
    return {one.asked.id: one for one in asked.standings(questions.values(), given, "oakfield", TODAY)}


def told(question: str, at: date, *, yes: bool = True, days: int = 120) -> Answer:
    return Answer(question=question, school="oakfield", by="Ada", at=at, answer=yes, valid_days=days)


def test_a_question_is_open_until_answered_and_again_once_the_answer_has_run_out(questions: dict[str, Asked]) -> None:
    assert stands(questions)["safesearch"].word == "open"
    assert stands(questions, told("safesearch", date(2026, 6, 1)))["safesearch"].word == "open"
    assert stands(questions, told("safesearch", date(2026, 11, 27)))["safesearch"].word == "open"
    assert stands(questions, told("safesearch", date(2026, 11, 20)))["safesearch"].word == "answered"


def test_an_answer_that_soon_runs_out_is_to_be_given_again(questions: dict[str, Asked]) -> None:
    found = stands(questions, told("safesearch", date(2026, 11, 20), days=19))["safesearch"]

    assert (found.word, found.until) == ("expiring", date(2026, 12, 9))


def test_the_newest_answer_counts_and_of_two_of_one_day_the_no(questions: dict[str, Asked]) -> None:
    day = date(2026, 11, 20)

    assert stands(questions, told("safesearch", day), told("safesearch", date(2026, 11, 19), yes=False))[
        "safesearch"
    ].word == "answered"  # fmt: skip
    for pair in ((True, False), (False, True)):
        found = stands(questions, *(told("safesearch", day, yes=yes) for yes in pair))
        assert found["safesearch"].word == "no"


def test_what_hangs_on_a_condition_is_not_asked_where_that_is_no(questions: dict[str, Asked]) -> None:
    day = date(2026, 11, 20)

    no = stands(questions, told("rpa-member", day, yes=False))
    assert (no["rpa-member"].word, no["rpa-evidence"].word) == ("answered", "not-asked")
    assert stands(questions, told("rpa-member", day))["rpa-evidence"].word == "open"
    assert stands(questions)["rpa-evidence"].word == "open"
