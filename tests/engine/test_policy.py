"""What a rule is: its four ends, what counts as looked at, and how rules are collected."""

import json
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network
from pathlib import Path

import pytest

import matric
from matric import gate, yaml_file
from matric.config import Config
from matric.errors import BadInput
from matric.gate import Allowed
from matric.intent.school import Device, School
from matric.intent.standard import Standard
from matric.policy import (
    Finding,
    Outcome,
    Policy,
    Result,
    Said,
    cannot_evaluate,
    check,
    checked,
    collect,
    controls,
    not_applicable,
    policy,
)
from matric.policy.subject import Answer, Answers, Configuration, Subject

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


def device(name: str) -> Device:
    return Device(1, name, "oakfield", "access", "ios", "C9200L", "FOC1", "active", "", None, None)


@pytest.fixture(scope="module")
def school() -> School:
    standard = yaml_file.model(ROOT / "inventory" / "standard.yaml", Standard)
    devices = (device("sw-01"), device("sw-02"), replace(device("ap-01"), platform=None, role="access-point"))
    return School(1, "Oakfield", "oakfield", IPv4Network("10.48.64.0/18"), standard, devices, (), ())


@pytest.fixture
def subject(school: School) -> Subject:
    return Subject(school=school, now=NOW)


def local(function: Callable[..., Iterator[Said]]) -> Policy:
    """*function* as one of the trust's own rules."""
    return policy("TST-01", title="A rule", severity="blocker", sources=("the test",))(function)


def test_a_rule_on_a_device_runs_for_every_device_that_is_configured_and_counts_them(subject: Subject) -> None:
    def finds_one(device: Device) -> Iterator[Said]:
        if device.name == "sw-02":
            yield Finding(device.key, "it is the second", "remove it")

    result = local(finds_one).judge(subject)

    assert (result.outcome, result.checked) == (Outcome.FAIL, 2)
    assert [finding.object for finding in result.findings] == ["oakfield/sw-02"]


def test_a_rule_that_looked_at_nothing_and_says_nothing_has_not_passed(subject: Subject) -> None:
    def finds_nothing(school: School) -> Iterator[Said]:
        yield from (Finding(one.name, "", "") for one in school.networks)

    result = local(finds_nothing).judge(subject)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert "looked at nothing" in result.missing[0]


def test_a_school_without_a_device_to_look_at_passes_no_rule_on_devices(subject: Subject) -> None:
    def silent(device: Device) -> Iterator[Said]:  # noqa: ARG001 - the annotation is what is asked for
        yield from ()

    result = local(silent).judge(replace(subject, school=replace(subject.school, devices=())))

    assert result.outcome is Outcome.CANNOT_EVALUATE


def test_what_was_looked_at_is_counted_by_the_rule_itself_on_a_school(subject: Subject) -> None:
    def counts(school: School) -> Iterator[Said]:
        yield checked(school.devices)
        yield checked(2)

    assert local(counts).judge(subject).checked == 5


@pytest.mark.parametrize("how", ["yielded", "raised"])
def test_a_gap_in_one_device_keeps_the_whole_rule_from_passing(subject: Subject, how: str) -> None:
    def blind(device: Device) -> Iterator[Said]:
        if device.name == "sw-02" and how == "raised":
            raise cannot_evaluate("its accounts")
        if device.name == "sw-02":
            yield cannot_evaluate("its accounts")

    result = local(blind).judge(subject)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert result.missing == ("oakfield/sw-02: its accounts",)
    assert result.checked == 1


def test_a_finding_weighs_more_than_a_gap_and_the_gap_is_still_told(subject: Subject) -> None:
    def both(device: Device) -> Iterator[Said]:
        if device.name == "sw-01":
            raise cannot_evaluate("its accounts")
        yield Finding(device.key, "it is wrong", "right it")

    result = local(both).judge(subject)

    assert result.outcome is Outcome.FAIL
    assert result.missing == ("oakfield/sw-01: its accounts",)


def test_a_rule_that_raises_cannot_be_evaluated_and_says_why_and_where(subject: Subject) -> None:
    def broken(device: Device) -> Iterator[Said]:
        ports: dict[str, int] = {}
        yield checked(ports[device.name])

    result = local(broken).judge(subject)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert "oakfield/sw-01: the rule failed: KeyError: 'sw-01' (engine/test_policy.py:" in result.missing[0]


def test_a_rule_that_concerns_no_device_does_not_apply(subject: Subject) -> None:
    def elsewhere(device: Device) -> Iterator[Said]:  # noqa: ARG001 - ditto
        yield not_applicable("no LAG")

    result = local(elsewhere).judge(subject)

    assert (result.outcome, result.reason, result.checked) == (Outcome.NOT_APPLICABLE, "no LAG", 0)


def test_a_rule_that_concerns_one_device_of_two_has_looked_at_one(subject: Subject) -> None:
    def half(device: Device) -> Iterator[Said]:
        if device.name == "sw-01":
            raise not_applicable("no LAG")
        yield from ()

    result = local(half).judge(subject)

    assert (result.outcome, result.checked) == (Outcome.PASS, 1)


def test_findings_come_in_natural_order_and_once(subject: Subject) -> None:
    def many(school: School) -> Iterator[Said]:
        for number in (10, 2, 10, 1):
            yield Finding(f"{school.slug}/sw-{number}", "it is wrong", "right it")

    result = local(many).judge(subject)

    assert [finding.object for finding in result.findings] == ["oakfield/sw-1", "oakfield/sw-2", "oakfield/sw-10"]


@pytest.mark.parametrize(
    ("outcome", "count", "findings", "missing"),
    [
        (Outcome.PASS, 0, (), ()),
        (Outcome.PASS, 1, (), ("something",)),
        (Outcome.PASS, 1, (Finding("a", "b", "c"),), ()),
        (Outcome.FAIL, 1, (), ()),
    ],
)
def test_a_result_that_contradicts_itself_cannot_be_made(
    outcome: Outcome, count: int, findings: tuple[Finding, ...], missing: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="SEG-06"):
        Result("SEG-06", "", "blocker", outcome, count, findings, missing)


def test_a_result_survives_json(subject: Subject) -> None:
    def finds(school: School) -> Iterator[Said]:
        yield Finding(school.slug, "it is wrong", "right it", "warning")
        yield cannot_evaluate("the rest")

    result = local(finds).judge(subject)

    assert Result.from_json(json.loads(json.dumps(result.as_json))) == result


# ---- naming and collecting ----


def test_a_control_brings_its_title_severity_and_sources() -> None:
    @policy("SEG-06")
    def rule(school: School) -> Iterator[Said]:
        yield checked(school.devices)

    assert rule.title == "Every site prefix is inside the school's block and overlaps no other"
    assert rule.severity == "blocker"
    assert "DfE Cyber security (core standard), documentation of IP addressing" in rule.sources


def test_what_binds_on_replacement_is_reported_and_closes_no_gate(subject: Subject) -> None:
    @policy("HW-06")
    def rule(school: School) -> Iterator[Said]:
        yield Finding(school.slug, "one uplink is slow", "replace it", "blocker")
        yield cannot_evaluate("the other uplink")

    result = rule.judge(subject)

    assert controls.catalogue()["HW-06"].severity == "warning"
    assert (rule.severity, result.findings[0].severity) == ("info", None)
    assert isinstance(gate.verdict([result, local(looks).judge(subject)], [], NOW.date(), school="oakfield"), Allowed)


def looks(school: School) -> Iterator[Said]:
    yield checked(school.devices)


def test_a_trust_may_weigh_what_binds_on_replacement_for_itself(subject: Subject) -> None:
    @policy("HW-06", severity="warning")
    def rule(school: School) -> Iterator[Said]:
        yield Finding(school.slug, "one uplink is slow", "replace it", "blocker")

    result = rule.judge(subject)

    assert (rule.severity, result.findings[0].severity) == ("warning", "blocker")


def test_every_control_has_a_source_and_a_known_severity() -> None:
    every = controls.catalogue().values()

    assert len(every) == 141
    assert all(control.sources and control.severity in {"blocker", "warning", "info"} for control in every)


def test_an_unknown_id_needs_title_severity_and_sources_of_its_own() -> None:
    with pytest.raises(BadInput, match="POLICY-FILE SEG-99"):
        policy("SEG-99", title="Mine")


def wants_nothing() -> Iterator[Said]:
    yield checked(1)


def wants_a_number(number: int) -> Iterator[Said]:
    yield checked(number)


@pytest.mark.parametrize("function", [wants_nothing, wants_a_number])
def test_a_rule_that_asks_for_what_nobody_gives_is_refused(function: Callable[..., Iterator[Said]]) -> None:
    with pytest.raises(BadInput, match="annotate"):
        local(function)


def module(name: str, **rules: Policy) -> types.ModuleType:
    made = types.ModuleType(name)
    for key, rule in rules.items():
        object.__getattribute__(rule, "function").__module__ = name
        setattr(made, key, rule)
    return made


def named(name: str) -> Policy:
    def rule(school: School) -> Iterator[Said]:
        yield checked(school.devices)

    return policy(name, title="A rule", severity="info", sources=("the test",))(rule)


def test_rules_are_collected_in_natural_order_and_an_alias_counts_once() -> None:
    ten, two = named("TST-10"), named("TST-2")

    found = collect([module("a", first=ten, alias=ten), module("b", rule=two)])

    assert [rule.id for rule in found] == ["TST-2", "TST-10"]


def test_a_rule_that_is_imported_belongs_to_the_file_that_defines_it() -> None:
    shared = named("TST-1")
    home = module("home", rule=shared)
    guest = module("guest", rule=named("TST-2"))
    guest.__dict__["borrowed"] = shared

    assert [rule.id for rule in collect([home, guest])] == ["TST-1", "TST-2"]


def test_every_problem_of_the_policy_files_is_told_at_once() -> None:
    with pytest.raises(BadInput) as told:
        collect([module("empty"), module("a", rule=named("TST-1")), module("b", rule=named("TST-1"))])

    assert [(problem.code, problem.thing) for problem in told.value.problems] == [
        ("POLICY-FILE", "empty"),
        ("POLICY-FILE", "TST-1"),
    ]


def test_no_policy_file_at_all_is_an_error() -> None:
    with pytest.raises(BadInput, match="there is no policy file"):
        collect([])


def test_rules_are_judged_in_the_order_given(subject: Subject) -> None:
    results = check([named("TST-2"), named("TST-1")], subject)

    assert [result.rule for result in results] == ["TST-2", "TST-1"]


# ---- answers ----


def test_an_answer_that_runs_out_before_the_change_begins_is_none(subject: Subject) -> None:
    told = Answers(answers=(answered(date(2026, 11, 20)),))
    for days, outcome in ((26, Outcome.PASS), (27, Outcome.CANNOT_EVALUATE)):
        begins = NOW + timedelta(days=days)
        planned = replace(subject, answers=told, window=(begins, begins + timedelta(hours=2)))

        assert local(asks).judge(planned).outcome is outcome


def answered(at: date, *, yes: bool = True, school: str = "oakfield") -> Answer:
    return Answer(question="restore-tried", school=school, by="P. Adeyemi", at=at, answer=yes, valid_days=30)


def asks(subject: Subject) -> Iterator[Said]:
    yield checked(1)
    if not subject.answer("restore-tried").answer:
        yield Finding("oakfield restore", "it failed", "try again")


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ((), Outcome.CANNOT_EVALUATE),
        ((answered(date(2026, 10, 1)),), Outcome.CANNOT_EVALUATE),
        ((answered(date(2026, 12, 1)),), Outcome.CANNOT_EVALUATE),
        ((answered(date(2026, 11, 20), school="fernhill"),), Outcome.CANNOT_EVALUATE),
        ((answered(date(2026, 11, 20)),), Outcome.PASS),
        ((answered(date(2026, 11, 20)), answered(date(2026, 11, 23), yes=False)), Outcome.FAIL),
    ],
    ids=["none", "too old", "from the future", "of another school", "yes", "the newest is no"],
)
def test_only_the_newest_answer_of_the_school_that_still_holds_counts(
    subject: Subject, answers: tuple[Answer, ...], outcome: Outcome
) -> None:
    result = local(asks).judge(replace(subject, answers=Answers(answers=answers)))

    assert result.outcome is outcome


def test_a_configuration_that_was_not_rendered_cannot_be_judged(subject: Subject) -> None:
    def reads(device: Device, subject: Subject) -> Iterator[Said]:
        assert subject.intended(device).text
        yield from ()

    result = local(reads).judge(replace(subject, rendered={"oakfield/sw-01": Configuration("x", Config())}))

    assert result.missing == ("oakfield/sw-02: intended configuration",)


# ---- the vocabulary ----


def test_every_name_of_the_vocabulary_exists_and_asking_for_the_package_loads_nothing_else() -> None:
    code = (
        "import sys, matric; print('pydantic' in sys.modules); print([n for n in matric.__all__ if getattr(matric, n)])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy, names = ran.stdout.splitlines()
    assert heavy == "False"
    assert "'Finding'" in names


def test_a_name_that_is_not_in_the_vocabulary_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Findings'"):
        _ = matric.Findings  # type: ignore[attr-defined]
