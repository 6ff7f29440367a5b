"""A trust asks people what matric does not know to ask, by a rule of its own; asked and answered like the others."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import pytest

from matric import Said, Subject, site, vouched
from matric.errors import BadInput
from matric.policy import Outcome, Policy, Question, asked, collect, policy
from matric.policy.subject import Answer, Answers
from tests import estate

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
KEYS = Question(
    id="keyholder-named",
    ask="Is a keyholder named who comes within the hour?",
    valid_days=120,
    why="Who has the keys is in no record that matric reads.",
)
OWN: dict[str, Any] = {"title": "Somebody has the keys", "severity": "warning", "sources": ("the trust's standard",)}


def rule(question: Question = KEYS, **more: Any) -> Policy:
    given: Any = {**OWN, **more}

    @policy("FLT-20", **given, question=question)
    def somebody_has_the_keys(subject: Subject) -> Iterator[Said]:
        yield from vouched(subject, question)

    return somebody_has_the_keys


def school(*given: Answer, **more: Any) -> Subject:
    trust = site.load(estate.standing())
    return Subject(school=trust.school("oakfield"), now=NOW, answers=Answers(answers=given), **more)


def answer(*, yes: bool) -> Answer:
    return Answer(question=KEYS.id, school="oakfield", by="R. Bello", at=date(2026, 11, 20), answer=yes, valid_days=120)


def test_a_trust_s_own_question_is_asked_beside_matric_s_and_stands_open_until_somebody_answers() -> None:
    mine = rule()
    found = asked.questions(school().school, [mine])

    assert [(one.id, [control.id for control in one.controls]) for one in found] == [(KEYS.id, ["FLT-20"])]
    assert asked.waiting(school(), [mine]) == {"FLT-20"}
    assert asked.waiting(school(answer(yes=False)), [mine]) == frozenset()


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ((), Outcome.CANNOT_EVALUATE),
        ((answer(yes=True),), Outcome.PASS),
        ((answer(yes=False),), Outcome.FAIL),
    ],
    ids=["nobody said", "yes", "no"],
)
def test_it_holds_where_somebody_says_so_and_only_there(given: tuple[Answer, ...], outcome: Outcome) -> None:
    assert rule().judge(school(*given)).outcome is outcome


def test_what_is_asked_after_a_cut_over_keeps_none_from_beginning() -> None:
    later = replace(KEYS, when="after")

    class Armed:
        device, action, detail, net = "oakfield/sw-01", "arm", "", "commit"

    assert rule(later).judge(school(answer(yes=True), steps=(Armed(),))).outcome is Outcome.NOT_APPLICABLE
    assert rule(later).judge(school(answer(yes=True), steps=())).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: rule(replace(KEYS, id="restore-tried")), "is matric's question"),
        (lambda: rule(replace(KEYS, id="Key holder")), "no name"),
        (lambda: rule(replace(KEYS, ask="Name the keyholder")), "no question that can be asked"),
        (lambda: rule(replace(KEYS, why=" ")), "no question that can be asked"),
        (lambda: rule(replace(KEYS, valid_days=4000)), "no question that can be asked"),
        (lambda: rule(replace(KEYS, only="guest")), "asks only sometimes"),
        (lambda: rule(about="way"), "waits for nobody's answer"),
        (lambda: policy("SAF-01", question=KEYS), "the catalogue says what is asked|matric's catalogue says"),
    ],
    ids=[
        "of matric",
        "no name",
        "no question",
        "no reason",
        "for years",
        "only sometimes",
        "of a way back",
        "a control",
    ],
)
def test_a_question_that_could_not_be_asked_is_refused_where_it_is_written(
    make: Callable[[], object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        make()


def test_two_rules_that_ask_the_same_are_refused() -> None:
    module = ModuleType("twice")
    other = replace(rule(), id="FLT-21")
    for name, one in (("one", rule()), ("other", other)):
        one.function.__module__ = module.__name__
        setattr(module, name, one)

    with pytest.raises(BadInput, match="two rules ask keyholder-named"):
        collect(module)


def test_a_rule_of_the_trust_s_own_about_the_way_is_asked_of_a_way_back_too() -> None:
    def somebody_stands_by(subject: Subject) -> Iterator[Said]:
        yield from vouched(subject, KEYS)

    assert policy("FLT-22", **OWN, about="way")(somebody_stands_by).of_the_way
    assert not policy("FLT-22", **OWN)(somebody_stands_by).of_the_way
