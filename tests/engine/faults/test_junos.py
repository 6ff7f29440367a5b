"""A school with one Junos switch, cut over on the lab by the whole protocol: what is told apart from other platforms.

Any commit there confirms, and a restart inside the window keeps the change: neither may end without a word.
"""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from matric import execution
from matric.cutover.outcome import Outcome
from tests.engine.faults.bed import CORE, IOS, OTHER, Bed, Injector, unfinished, words, wrong
from tests.engine.faults.cells import in_process

PLATFORM = "junos"
pytestmark = pytest.mark.slow
Carry = Callable[..., Outcome]


@pytest.fixture
def carry(bed: Bed, tmp_path: Path) -> Carry:
    """Carries the plan out; with *act* done before an effect on the Junos switch, or after its answer."""

    def carried(effect: str = "", act: Callable[[], None] = lambda: None, *, after: bool = False) -> Outcome:
        told = Injector(effect, OTHER, act, after=after)
        _, outcome = execution.carry_out(bed.bench(tmp_path / "state", told=told), bed.again())
        return outcome

    return carried


def reason(outcome: Outcome, key: str = OTHER) -> str:
    return next(end.reason for end in outcome.devices if end.device == key)


def test_the_school_is_new_and_nothing_waits_or_is_locked(bed: Bed, carry: Carry) -> None:
    outcome = carry()

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-new", []), words(outcome)
    state = bed.lab.device_state(OTHER)
    assert (state["pending"], state["locked_by"]) == (None, "")
    assert state["candidate"] == state["running"]


def test_a_switch_that_cuts_its_own_branch_comes_back_by_itself(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "cut-vlan"))

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-old", []), words(outcome)
    assert [event["event"] for event in bed.lab.event_log(OTHER)].count("expire") == 1


def test_a_restart_inside_the_window_is_named_and_left_to_people(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "power-cut", seconds=5), after=True)

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("hands", []), words(outcome)
    assert "or it restarted and kept it" in reason(outcome)
    truth = bed.truth()
    assert (truth[OTHER].running, truth[CORE].running, truth[IOS].running) == ("new", "old", "old")


def test_a_switch_that_restarts_and_is_away_longer_than_its_timer_is_taken_back(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "power-cut", seconds=190), after=True)

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-old", []), words(outcome)
    assert "its timer did not take the change back" in reason(outcome)


def test_a_restart_before_the_confirm_is_named_and_keeps_what_is_below_it(bed: Bed, carry: Carry) -> None:
    outcome = carry("Confirm", lambda: bed.lab.fault(OTHER, "power-cut", seconds=5))

    assert wrong(outcome, bed.truth()) == [], words(outcome)
    assert {key: one.running for key, one in bed.truth().items()} == dict.fromkeys(bed.truth(), "new")


def test_somebody_elses_commit_confirms_and_is_named(bed: Bed, carry: Carry) -> None:
    act = lambda: bed.lab.fault(OTHER, "edit", text="set vlans Games vlan-id 31\n")  # noqa: E731
    outcome = carry("Arm", act, after=True)

    assert outcome.word.value == "hands", words(outcome)
    assert wrong(outcome, bed.truth(), edited=(OTHER,)) == []
    assert "Games" in bed.lab.device_state(OTHER)["running_text"]


def test_somebody_elses_waiting_commit_is_refused_before_anything_is_sent(bed: Bed, carry: Carry) -> None:
    bed.lab.fault(OTHER, "foreign-pending", seconds=3600, owner="jo")

    outcome = carry()

    assert outcome.word.value == "refused", words(outcome)
    assert "a timed commit of jo is pending (weekend)" in outcome.reason


def test_somebody_elses_commit_that_comes_to_wait_meanwhile_is_never_confirmed_by_ours(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "foreign-pending", seconds=3600, owner="jo"))

    assert wrong(outcome, bed.truth()) == [], words(outcome)
    assert bed.truth()[OTHER].owner == "jo"
    assert bed.truth()[OTHER].running == "old"


def test_somebody_elses_changes_in_the_candidate_are_named_and_never_committed(bed: Bed, carry: Carry) -> None:
    act = lambda: bed.lab.fault(OTHER, "foreign-session", owner="jo", text="set vlans Games vlan-id 31\n")  # noqa: E731
    outcome = carry("Confirm", act)

    assert wrong(outcome, bed.truth()) == [], words(outcome)
    assert "jo" in words(outcome)
    assert "Games" not in bed.lab.device_state(OTHER)["running_text"]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_run_that_died_is_recovered_to_all_old(bed: Bed, tmp_path: Path, *, restarted: bool) -> None:
    at = {"effect": "Arm", "device": OTHER, "nth": 1, "after": True}
    assert in_process(bed, tmp_path / "state", "cutover", at, bed.again()).returncode == -signal.SIGKILL
    if restarted:
        bed.lab.fault(OTHER, "power-cut", seconds=5)
    bed.lab.sleep(600)
    bench = bed.bench(tmp_path / "state")
    record = unfinished(bench.journal)
    assert record is not None
    assert bed.truth()[OTHER].running == ("new" if restarted else "old")

    _, outcome = execution.recover(bench, record)

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-old", []), words(outcome)
