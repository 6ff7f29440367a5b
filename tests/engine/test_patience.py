"""A rule that never comes to its end, says nonsense or leaves the process: an outcome, and never the end of the run."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, cast

import pytest

from matric import yaml_file
from matric.intent.school import Device, School
from matric.intent.standard import Standard
from matric.policy import MOST_ANSWERS, Finding, Outcome, Policy, Result, Said, checked, patience, policy
from matric.policy.subject import Subject

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
SOON_S = 0.2


def device(name: str) -> Device:
    return Device(1, name, "oakfield", "access", "ios", "C9200L", "FOC1", "active", "", None, None)


@pytest.fixture(scope="module")
def subject() -> Subject:
    standard = yaml_file.model(ROOT / "inventory" / "standard.yaml", Standard)
    school = School(
        1, "Oakfield", "oakfield", IPv4Network("10.48.64.0/18"), standard, (device("sw-01"), device("sw-02")), (), ()
    )
    return Subject(school=school, now=NOW)


def local(function: Callable[..., Any]) -> Policy:
    """*function* as one of the trust's own rules."""
    return policy("TST-01", title="A rule", severity="blocker", sources=("the test",))(function)


def for_ever(school: School) -> Iterator[Said]:
    yield checked(school.devices)
    while True:
        pass


def test_a_rule_that_loops_for_ever_is_stopped_and_cannot_be_evaluated(subject: Subject) -> None:
    result = local(for_ever).judge(subject, seconds=SOON_S)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert result.missing[0].startswith("oakfield: the rule had taken 0.2 s and was stopped (engine/test_patience.py:")


def test_what_it_found_before_it_was_stopped_is_told_with_the_device_it_was_at(subject: Subject) -> None:
    def half(device: Device) -> Iterator[Said]:
        yield Finding(device.key, "it is wrong", "right it")
        while device.name == "sw-02":
            pass

    result = local(half).judge(subject, seconds=SOON_S)

    assert result.outcome is Outcome.FAIL
    assert [finding.object for finding in result.findings] == ["oakfield/sw-01", "oakfield/sw-02"]
    assert result.missing[0].startswith("oakfield/sw-02: the rule had taken")


def test_a_rule_that_catches_whatever_goes_wrong_does_not_catch_that_its_time_is_over(subject: Subject) -> None:
    def stubborn(school: School) -> Iterator[Said]:
        while True:
            try:
                yield from ()
                sum(range(1000))
            except Exception:  # noqa: BLE001 - as an author may write it
                yield checked(school.devices)

    assert local(stubborn).judge(subject, seconds=SOON_S).outcome is Outcome.CANNOT_EVALUATE


def test_a_rule_that_never_stops_yielding_does_not_fill_the_memory(subject: Subject) -> None:
    def endless(school: School) -> Iterator[Said]:
        while True:
            yield checked(school.devices)

    result = local(endless).judge(subject)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert f"more than {MOST_ANSWERS} answers" in result.missing[0]


def test_a_rule_is_stopped_in_any_thread_and_nothing_arrives_after_it(subject: Subject) -> None:
    found: list[Result] = []

    def judge() -> None:
        found.append(local(for_ever).judge(subject, seconds=SOON_S))
        found.append(local(lasting).judge(subject))

    def lasting(school: School) -> Iterator[Said]:
        sum(range(2_000_000))
        yield checked(school.devices)

    thread = threading.Thread(target=judge)
    thread.start()
    thread.join()

    assert [result.outcome for result in found] == [Outcome.CANNOT_EVALUATE, Outcome.PASS]


ALONE = """
import re, signal
from matric.policy import patience

def looking():
    re.match("(a+)+$", "a" * 64 + "b")

assert not patience.within(0.2, looking)
assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
assert patience.within(5, lambda: None)
"""


def test_a_regular_expression_that_never_comes_back_is_stopped_in_the_main_thread() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr


def test_somebody_else_s_alarm_clock_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_arguments: object) -> None:
        raise AssertionError("the alarm was set")

    def theirs(_number: int) -> object:
        return touched

    monkeypatch.setattr(signal, "getsignal", theirs)
    monkeypatch.setattr(signal, "setitimer", touched)

    assert patience.within(5, lambda: None)


NONSENSE: dict[str, tuple[Any, str]] = {
    "a text": ("wrong", "str 'wrong', which is no answer"),
    "a number": (3, "int 3, which is no answer"),
    "nothing": (None, "None, which is no answer"),
    "a finding on no text": (Finding(cast("Any", 7), "it is wrong", "right it"), "a Finding whose object is int 7"),
    "a finding of no severity": (Finding("a", "b", "c", cast("Any", "fatal")), "severity is str 'fatal'"),
    "a count below nothing": (checked(-1), "a count of int -1"),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_a_rule_that_yields_nonsense_cannot_be_evaluated_and_is_told_what_it_yielded(
    subject: Subject, what: str
) -> None:
    said, words = NONSENSE[what]

    def rule(device: Device) -> Iterator[Any]:
        if device.name == "sw-02":
            yield said

    result = local(rule).judge(subject)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert result.missing[0].startswith("oakfield/sw-02: the rule yielded ")
    assert words in result.missing[0]


@pytest.mark.parametrize("given", [None, "all is well", 3, True])
def test_a_rule_that_forgot_its_yield_has_not_passed(subject: Subject, given: object) -> None:
    def rule(school: School) -> object:  # noqa: ARG001 - the annotation is what is asked for
        return given

    assert local(rule).judge(subject).outcome is Outcome.CANNOT_EVALUATE


def test_a_rule_that_leaves_the_process_leaves_only_itself(subject: Subject) -> None:
    def leaves(school: School) -> Iterator[Said]:
        yield checked(school.devices)
        sys.exit("I am done")

    result = local(leaves).judge(subject)

    assert result.outcome is Outcome.CANNOT_EVALUATE
    assert "SystemExit: I am done" in result.missing[0]


def test_a_rule_whose_error_cannot_be_put_into_words_is_told_too(subject: Subject) -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    def rule(school: School) -> Iterator[Said]:
        yield checked(school.devices)
        raise Silent

    assert "Silent: it cannot be put into words" in local(rule).judge(subject).missing[0]


def test_ctrl_c_is_the_person_s_and_no_outcome(subject: Subject) -> None:
    def pressed(school: School) -> Iterator[Said]:
        yield checked(school.devices)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        local(pressed).judge(replace(subject))
