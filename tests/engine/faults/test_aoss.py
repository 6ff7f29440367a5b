"""A school with one AOS-S switch, cut over on the lab by the whole protocol: what is told apart from other platforms.

The switch has no timer: a job that restores the kept file takes the change back.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from matric import execution
from matric.cutover.outcome import Outcome
from tests.engine.faults.bed import OTHER, Bed, Injector, unfinished, words, wrong

PLATFORM = "aoss"
pytestmark = pytest.mark.slow
Carry = Callable[..., Outcome]


@pytest.fixture
def carry(bed: Bed, tmp_path: Path) -> Carry:
    """Carries the plan out; with *act* done before an effect on the AOS-S switch, or after its answer."""

    def carried(effect: str = "", act: Callable[[], None] = lambda: None, *, after: bool = False) -> Outcome:
        told = Injector(effect, OTHER, act, after=after)
        _, outcome = execution.carry_out(bed.bench(tmp_path / "state", told=told), bed.again())
        return outcome

    return carried


def events(bed: Bed) -> list[str]:
    return [event["event"] for event in bed.lab.event_log(OTHER)]


def test_the_plan_says_which_net_the_switch_has(bed: Bed) -> None:
    net = bed.plan.by_key[OTHER].net

    assert net is not None
    assert net.kind == "restore-job"
    assert "cfg-restore" in net.words


def test_the_school_is_new_and_no_job_and_no_file_is_left(bed: Bed, carry: Carry) -> None:
    outcome = carry()

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-new", []), words(outcome)
    state = bed.lab.device_state(OTHER)
    assert (state["pending"], [name for name in state["flash"] if "matric" in name]) == (None, [])
    assert "job matric" not in state["running_text"]


def test_a_switch_that_cuts_its_own_branch_comes_back_by_its_job(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "cut-vlan"))

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-old", []), words(outcome)
    assert events(bed).count("expire") == 1
    assert "job" in events(bed)


def test_a_restart_inside_the_window_takes_the_change_back(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "power-cut", seconds=5), after=True)

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-old", []), words(outcome)


def test_somebody_elses_job_is_refused_before_anything_is_sent(bed: Bed, carry: Carry) -> None:
    bed.lab.fault(OTHER, "foreign-pending", seconds=3600, owner="jo")

    outcome = carry()

    assert outcome.word.value == "refused", words(outcome)
    assert "job weekend" in outcome.reason


class Killed(BaseException):
    """The process is gone: nothing that is written for errors takes it."""


@pytest.mark.parametrize("effect", ["Stage", "Arm", "Confirm"])
def test_a_run_that_died_is_recovered_and_nothing_is_left(bed: Bed, carry: Carry, tmp_path: Path, effect: str) -> None:
    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        carry(effect, die, after=True)
    bed.lab.sleep(1200)
    bench = bed.bench(tmp_path / "state")
    record = unfinished(bench.journal)
    assert record is not None

    _, outcome = execution.recover(bench, record)

    assert wrong(outcome, bed.truth()) == [], words(outcome)
    assert bed.truth()[OTHER].flash == ()
