import re
from itertools import pairwise
from pathlib import Path

import pytest

from matric import runbook
from matric.errors import BadInput
from matric.runbook import PROTOCOL

SITE = Path(__file__).parents[2] / "runbooks"


def written(*verbs: str) -> str:
    return "# A runbook\n\n" + "\n\n".join(f"## {verb}\n\n```step\ndo: {verb}\n```" for verb in verbs)


WHOLE = ("plan", "gate", *PROTOCOL)
SWAPS = (*pairwise(WHOLE), ("probe", "confirm"), ("back-up", "arm"))


@pytest.mark.parametrize("path", sorted(SITE.glob("*.md")), ids=lambda path: path.stem)
def test_every_runbook_of_the_trust_is_in_a_safe_order(path: Path) -> None:
    book = runbook.load(path)

    assert book.title
    assert book.steps


@pytest.mark.parametrize(("first", "second"), SWAPS)
def test_a_runbook_with_two_steps_of_the_protocol_the_wrong_way_round_is_refused(first: str, second: str) -> None:
    verbs: list[str] = list(WHOLE)
    one, other = verbs.index(first), verbs.index(second)
    verbs[one], verbs[other] = verbs[other], verbs[one]

    with pytest.raises(BadInput, match="stands before"):
        runbook.read(written(*verbs), "wrong", "wrong.md")


@pytest.mark.parametrize("left_out", WHOLE)
def test_a_cut_over_without_one_of_its_steps_is_refused(left_out: str) -> None:
    verbs = [verb for verb in WHOLE if verb != left_out]

    with pytest.raises(BadInput, match=re.escape(f"'{left_out}' is missing")):
        runbook.read(written(*verbs), "short", "short.md")


def test_the_right_order_is_accepted() -> None:
    book = runbook.read(written(*WHOLE), "right", "right.md")

    assert book.carries_out


def test_only_questions_asked_while_the_timers_run_are_vetoes() -> None:
    book = runbook.load(SITE / "cut-over.md")

    assert [ask.topic for ask in book.vetoes] == ["phones", "tills", "filtering", "doors"]


def test_people_are_asked_before_the_cut_over_and_what_they_saw_of_it_after_the_whole_of_it() -> None:
    book = runbook.load(SITE / "cut-over.md")

    asks = [step for step in book.steps if isinstance(step, runbook.Do) and step.do == "attest"]

    assert [book.after_the_change(step) for step in asks] == [False, True]


def test_a_runbook_that_changes_nothing_asks_for_what_comes_before_a_change() -> None:
    book = runbook.load(SITE / "join-a-school.md")

    assert not any(book.after_the_change(step) for step in book.steps)


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("do: push-and-pray", "do"),
        ("ask: Is it on?\n", "topic"),
        ("ask: It is on and working\ntopic: power", "ends with"),
        ("do: plan\nask: Is it on, really?", "either"),
        ("- do", "either"),
        ("do: [", "not YAML"),
        ("do: plan\nspeed: fast", "speed"),
    ],
)
def test_a_step_that_cannot_be_understood_names_file_and_line(block: str, says: str) -> None:
    with pytest.raises(BadInput, match=r"RUNBOOK odd\.md line 5") as caught:
        runbook.read(f"# Odd\n\nText.\n\n```step\n{block}\n```\n", "odd", "odd.md")

    assert says in str(caught.value)


def test_a_runbook_without_a_step_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one step"):
        runbook.read("# Only prose\n\nNothing to do.\n", "prose", "prose.md")


@pytest.mark.parametrize("before", [(), ("survey", "plan", "gate", *PROTOCOL)])
def test_no_answer_is_remembered_that_lies_beside_no_survey_or_follows_a_change(before: tuple[str, ...]) -> None:
    ask = "\n\n```step\nask: May we go on with it?\ntopic: go-on\nvalid_days: 30\n```\n\n"

    with pytest.raises(BadInput, match="Do: take valid_days out"):
        runbook.read(written(*before) + ask, "wrong", "wrong.md")
    assert runbook.read(ask + written("survey", "plan", "gate", *PROTOCOL), "right", "right.md").steps
