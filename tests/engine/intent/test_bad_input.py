"""Every case of tests/cases/bad-input gets its problem, in one pass, without a traceback."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from matric import yaml_file
from matric.errors import BadInput, Problem
from matric.intent import build, check
from matric.intent.record import Records
from matric.intent.standard import Standard

CASES = Path(__file__).parents[2] / "cases" / "bad-input"
SCHOOL = "oakfield"

Variant = dict[str, Any]


def _variants() -> Iterator[Any]:
    for path in sorted(CASES.glob("*/*.yaml")):
        case = cast("Variant", yaml_file.load(path))
        assert path.stem == case["id"]
        for variant in case["variants"]:
            merged = {"code": case["code"], "severity": case["severity"], **variant}
            yield pytest.param(merged, id=f"{case['id']} {variant['name']}")


VARIANTS = list(_variants())
FIRST = {param.id.split()[0]: param for param in reversed(VARIANTS) if "changes" in param.values[0]}


@pytest.fixture
def problems(
    changed: Callable[[list[Variant]], Records], trust: Records, standard: Standard, standard_text: str
) -> Callable[[Variant], tuple[Problem, ...]]:
    """What is said about a variant: of its rows, of its standard, or of its text."""

    def judge(variant: Variant) -> tuple[Problem, ...]:
        try:
            if "text" in variant:
                yaml_file.read(variant["text"], "case.yaml")
                return ()
            if "replace" in variant:
                old, new = variant["replace"]
                assert standard_text.count(old) == 1, "the case is out of date"
                text = standard_text.replace(old, new)
                return check.problems(trust, yaml_file.read_model(text, "standard.yaml", Standard), SCHOOL)
        except BadInput as error:
            return error.problems
        return check.problems(changed(variant["changes"]), standard, SCHOOL)

    return judge


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_case_of_bad_input_gets_its_problem(
    variant: Variant, problems: Callable[[Variant], tuple[Problem, ...]]
) -> None:
    found = problems(variant)

    if variant["severity"] == "A":
        assert found == ()
        return
    warns = variant["severity"] == "W"
    named = [problem for problem in found if problem.code == variant["code"] and problem.warning == warns]
    assert named, f"expected {variant['code']}, found: {[str(problem) for problem in found]}"
    assert all(problem.rule and problem.remedy and problem.thing for problem in found)
    assert all(len(str(problem).splitlines()) == 1 for problem in found), "no input may forge a line of a message"
    if "line" in variant:
        assert any(f"line {variant['line']}" in problem.thing for problem in named)


@pytest.mark.parametrize("variant", list(FIRST.values()))
def test_a_school_is_built_exactly_when_nothing_refuses_it(
    variant: Variant, changed: Callable[[list[Variant]], Records], standard: Standard
) -> None:
    records = changed(variant["changes"])
    errors = {problem for problem in check.problems(records, standard, SCHOOL) if not problem.warning}

    if not errors:
        assert build.school(records, standard, SCHOOL).slug == SCHOOL
        return
    with pytest.raises(BadInput) as refused:
        build.school(records, standard, SCHOOL)

    assert set(refused.value.problems) == errors


def test_the_catalogue_is_whole() -> None:
    elsewhere = {"BI-038", "BI-039", "BI-040", "BI-074"}  # keys of SSIDs, and what is rendered against what runs

    have = {path.stem for path in CASES.glob("*/*.yaml")}

    assert have >= {f"BI-{number:03d}" for number in range(1, 77)} - elsewhere


def test_two_flaws_are_both_named_in_one_pass(changed: Callable[[list[Variant]], Records], standard: Standard) -> None:
    records = changed(
        [
            {"table": "devices", "where": {"name": "sw-01"}, "set": {"serial": ""}},
            {"table": "devices", "where": {"name": "sw-02"}, "set": {"platform": None}},
            {"table": "vlans", "where": {"vid": 60}, "set": {"vid": 4095}},
        ]
    )

    codes = {problem.code for problem in check.problems(records, standard, SCHOOL)}

    assert {"DEV-SERIAL", "DEV-PLATFORM", "VLAN-RANGE"} <= codes


@pytest.mark.parametrize("school", ["fernhill", "oakfield"])
def test_the_reference_trust_has_no_problem_at_all(trust: Records, standard: Standard, school: str) -> None:
    assert check.problems(trust, standard, school) == ()


def test_a_school_that_is_no_site_of_the_snapshot_is_named_with_those_that_are(
    trust: Records, standard: Standard
) -> None:
    (problem,) = check.problems(trust, standard, "elmtree")

    assert problem.code == "SCHOOL-UNKNOWN"
    assert "fernhill, oakfield" in problem.remedy
