"""The catalogue of controls, and what of it is asked of people."""

import re
from collections import Counter
from functools import cache

import pytest

from matric import site
from matric.policy import asked, controls
from matric.site import Site
from tests import estate


@cache
def shipped() -> Site:
    return site.load(estate.ROOT)


def test_every_control_is_decided_by_a_rule_by_people_or_by_the_gate() -> None:
    ruled = {rule.id for rule in shipped().rules}
    by_the_gate = {one.id for one in controls.catalogue().values() if one.decided_by == "gate"}

    assert set(controls.catalogue()) == (ruled | by_the_gate) & set(controls.catalogue())


def test_every_question_is_asked_by_the_rule_of_its_control() -> None:
    asking = {one.id for one in controls.catalogue().values() if one.question is not None}

    assert asking <= {rule.id for rule in shipped().rules}


def test_a_control_that_people_vouch_for_has_a_question_and_no_other_rule() -> None:
    vouched = [rule for rule in shipped().rules if "attested.py" in rule.where]

    assert len({rule.where for rule in vouched}) == len(vouched) > 0
    assert all(controls.catalogue()[rule.id].question is not None for rule in vouched)


def test_nobody_is_asked_about_the_school_before_it_may_go_back() -> None:
    vouched = {rule.id for rule in shipped().rules if "attested.py" in rule.where}

    of_the_way = {rule.id for rule in shipped().rules if rule.of_the_way}

    assert of_the_way == {"CUT-01", "CUT-02", "CUT-04", "CUT-05", "CUT-07", "CUT-08", "CUT-09", "MAT-01", "MAT-02"}
    assert not of_the_way & vouched


def test_no_two_questions_have_one_name() -> None:
    every = [one.question for one in controls.catalogue().values() if one.question is not None]
    names = Counter(one.id for one in (*every, *controls.conditions().values()))

    assert [name for name, count in names.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_a_question_is_one_sentence_that_is_answered_by_yes_or_no_and_says_why_it_is_asked() -> None:
    every = [one.question for one in controls.catalogue().values() if one.question is not None]
    for one in (*every, *controls.conditions().values()):
        assert one.ask.count("?") == 1
        assert one.ask.endswith("?")
        assert one.ask.split()[0] in {"Are", "Can", "Did", "Do", "Does", "Has", "Have", "Is", "Was"}
        assert one.why.endswith(".")
        assert 1 <= one.valid_days <= 366


def test_a_condition_is_known_by_the_name_that_controls_apply_on_it() -> None:
    used = {one.applies.removeprefix("if-") for one in controls.catalogue().values()}

    for name, condition in controls.conditions().items():
        assert condition.id == name
        assert name in used


@pytest.mark.parametrize("school", ["fernhill", "oakfield"])
def test_a_condition_is_asked_before_what_hangs_on_it(school: str) -> None:
    order = [one.id for one in asked.questions(shipped().school(school))]

    for one in asked.questions(shipped().school(school)):
        if one.condition:
            assert order.index(one.condition) < order.index(one.id)


def test_a_trust_is_not_asked_for_rules_that_it_has_not_got() -> None:
    rules = [rule for rule in shipped().rules if rule.id in {"CUT-01", "CUT-16"}]

    found = asked.questions(shipped().school("oakfield"), rules)

    assert [one.id for one in found] == ["restore-tried", "exams-or-mtc", "exam-contingency"]
