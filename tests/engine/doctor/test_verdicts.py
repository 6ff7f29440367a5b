"""A device that does otherwise disproves the point; one that says nothing proves nothing. Either way it is put back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest

from matric.doctor.examination import Examination, Permission
from matric.doctor.outcome import Record, Verdict
from matric.errors import ExitCode, Refused, Unreachable
from matric.platform.base import Address, Candidate, Driver, Look, Platform
from tests.engine.doctor.conftest import Bed, found

CHANGED = Permission(change=True)


class Truth:
    """What the true driver does."""

    def __init__(self, plain: Callable[[str], Any]) -> None:
        self._plain = plain

    def __getattr__(self, name: str) -> Any:
        return self._plain(name)


def lying(platform: Platform, **methods: Callable[..., Any]) -> Platform:
    """*platform* with a device that does otherwise: each method is given the true driver first."""

    def driver(address: Address) -> Driver:
        true = platform.driver(address)

        class Liar:
            def __getattr__(self, name: str) -> Any:
                found = getattr(true, name)
                return partial(methods[name], Truth(partial(getattr, true))) if name in methods else found

        return cast("Driver", Liar())

    return replace(platform, driver=driver)


def nothing(_truth: Any, *_given: Any) -> None:
    """A method that does nothing."""


def as_found(bed: Bed, before: dict[str, Any]) -> bool:
    now = bed.truth
    return (now["running"], now["startup"], now["pending"]) == (before["running"], before["startup"], None)


def disproves(record: Record, point: str, words: str) -> bool:
    outcome = found(record, point)
    assert words in outcome.words, outcome.words
    assert record.exit_code is ExitCode.ERROR
    assert not record.left
    return outcome.verdict is Verdict.DISPROVEN


def test_a_timer_that_never_fires_disproves_that_it_goes_back_and_is_cancelled(bed: Bed) -> None:
    before = bed.truth
    bed.lab.fault(bed.key, "timer-never")

    record = bed.examined()

    assert disproves(record, "revert", "had not gone back")
    assert found(record, "confirm").verdict is Verdict.PROVEN
    assert as_found(bed, before)


def test_a_timer_that_fires_too_early_disproves_it(bed: Bed) -> None:
    bed.lab.fault(bed.key, "timer-early", seconds=4)

    assert disproves(bed.examined(), "revert", "its timer was 10 s")


def test_a_timer_that_fires_at_once_is_no_timer_either(bed: Bed) -> None:
    bed.lab.fault(bed.key, "timer-early", seconds=0)

    assert disproves(bed.examined(), "revert", "it had gone back")


def test_a_refusal_that_is_hidden_disproves_that_it_is_heard(bed: Bed) -> None:
    before = bed.truth
    bed.lab.fault(bed.key, "ignore-line", line="^matric-doctor", sticky=True)

    record = bed.examined()

    assert disproves(record, "refusal", "without a word")
    assert as_found(bed, before)


def test_startup_written_by_arming_disproves_that_it_is_not_and_is_written_back(bed: Bed) -> None:
    before = bed.truth

    def arm(truth: Any, session: str, seconds: int, candidate: Candidate) -> str:
        held = str(truth.arm(session, seconds, candidate))
        truth.save()
        return held

    record = bed.examined(other=lying(bed.platform, arm=arm))

    assert disproves(record, "revert", "startup was written by arming")
    assert as_found(bed, before)


def test_a_confirm_that_writes_startup_disproves_that_only_a_save_does(bed: Bed) -> None:
    before = bed.truth

    def confirm(truth: Any, session: str) -> None:
        truth.confirm(session)
        truth.save()

    record = bed.examined(other=lying(bed.platform, confirm=confirm))

    assert disproves(record, "confirm", "startup was written by the confirm")
    assert as_found(bed, before)


def test_a_confirm_that_does_not_hold_disproves_it(bed: Bed) -> None:
    before = bed.truth

    record = bed.examined(other=lying(bed.platform, confirm=nothing))

    assert disproves(record, "confirm", "its timer still runs after the confirm")
    assert as_found(bed, before)


def test_a_confirm_in_another_run_s_name_that_is_taken_disproves_whose_timer_it_is(bed: Bed) -> None:
    before = bed.truth

    def confirm(truth: Any, session: str) -> None:
        truth.confirm(session.removesuffix("-other"))

    record = bed.examined(other=lying(bed.platform, confirm=confirm))

    assert disproves(record, "owner", "another run's name was taken")
    assert as_found(bed, before)


def test_a_save_that_writes_nothing_disproves_that_a_confirm_lasts(bed: Bed) -> None:
    before = bed.truth

    record = bed.examined(other=lying(bed.platform, save=nothing))

    assert disproves(record, "confirm", "after a save startup is not what runs")
    assert as_found(bed, before)


def test_a_cancel_that_does_nothing_disproves_it_and_the_timer_brings_it_back(bed: Bed) -> None:
    before = bed.truth

    record = bed.examined(other=lying(bed.platform, cancel=nothing))

    assert disproves(record, "cancel", "its timer still runs")
    assert as_found(bed, before)


def test_staging_that_is_active_at_once_disproves_it(bed: Bed) -> None:
    before = bed.truth

    def stage(truth: Any, session: str, candidate: Candidate) -> str:
        held = str(truth.stage(session, candidate))
        truth.arm(session, 3600, candidate)
        return held

    record = bed.examined(other=lying(bed.platform, stage=stage))

    assert disproves(record, "stage", "staging alone changed running")
    assert as_found(bed, before)


def test_a_driver_that_trusts_anybody_disproves_the_strict_identity_and_nothing_is_changed(bed: Bed) -> None:
    right = bed.address().pin

    def trusting(truth: Any) -> None:
        opened = bed.platform.driver(replace(truth.address, pin=right))
        opened.open()  # another pin was asked for: the password goes out

    before = bed.truth
    record = bed.examined(other=lying(bed.platform, open=trusting))

    assert disproves(record, "identity", "the made-up account was sent")
    assert not [one for one in record.outcomes if one.point == "stage" and one.verdict is not Verdict.UNKNOWN]
    assert bed.truth["revision"] == before["revision"]


def test_a_look_that_changes_something_disproves_it_and_nothing_more_is_done(bed: Bed) -> None:
    def look(truth: Any) -> Look:
        seen: Look = truth.look()
        bed.lab.fault(bed.key, "edit", text="vlan 30\n   name Staff\n")
        return seen

    record = bed.examined(other=lying(bed.platform, look=look))

    assert disproves(record, "reads", "running")
    assert not found(record, "stage").calls


def test_two_reads_that_differ_disprove_that_running_is_read_whole_without_showing_what_is_in_it(bed: Bed) -> None:
    turns: list[int] = []

    def running(truth: Any) -> str:
        turns.append(1)
        odd = "username matric privilege 15 secret sha512 $6$salt$unheard-of\n" if len(turns) == 4 else ""
        return str(truth.running()).replace("end\n", f"{odd}end\n")

    record = bed.examined(other=lying(bed.platform, running=running))

    assert disproves(record, "whole", "two reads differ")
    assert "unheard-of" not in found(record, "whole").words


def test_a_silent_device_proves_nothing(bed: Bed) -> None:
    bed.lab.fault(bed.key, "unreachable")
    bed.lab.sleep(1)

    record = bed.examined()

    assert {one.verdict for one in record.outcomes} == {Verdict.UNKNOWN}
    assert record.exit_code is ExitCode.ERROR
    assert (record.model, record.os_version) == ("", "")


def test_a_device_that_falls_silent_between_two_points_has_nothing_left_on_it(bed: Bed) -> None:
    before = bed.truth

    def silent(point: str) -> None:
        if point == "cancel":
            bed.lab.fault(bed.key, "unreachable")
            bed.lab.sleep(1)

    record = bed.examined(before=silent)

    assert found(record, "cancel").verdict is Verdict.UNKNOWN
    assert found(record, "leftovers").verdict is Verdict.UNKNOWN
    assert (record.left, record.exit_code) == ((), ExitCode.ERROR)
    assert as_found(bed, before)


def test_a_device_that_falls_silent_while_armed_is_named_for_hands_with_what_to_type(bed: Bed) -> None:
    def arm(truth: Any, session: str, seconds: int, candidate: Candidate) -> str:
        truth.arm(session, seconds, candidate)
        bed.lab.fault(bed.key, "unreachable")
        bed.lab.sleep(1)
        raise Unreachable("no answer came. Do: ask its state")

    record = bed.examined(other=lying(bed.platform, arm=arm))

    assert record.exit_code is ExitCode.SPLIT
    (left,) = record.left
    assert "not known" in left.what
    assert "abort" in left.remedy
    assert "no vlan 4050" in left.remedy
    assert found(record, "revert").verdict is Verdict.UNKNOWN
    assert found(record, "confirm").verdict is Verdict.UNKNOWN
    assert not found(record, "confirm").calls


def test_a_change_of_somebody_else_is_not_overwritten_when_the_device_is_put_back(bed: Bed) -> None:
    def confirm(truth: Any, session: str) -> None:
        truth.confirm(session)
        bed.lab.fault(bed.key, "edit", text="vlan 30\n   name Staff\n")

    record = bed.examined(other=lying(bed.platform, confirm=confirm))

    assert "name Staff" in bed.truth["running_text"]
    (left,) = record.left
    assert "running is not as it was found" in left.what
    assert "no vlan 4050" in left.remedy


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("foreign-pending", "somebody's timed change is pending"),
        ("foreign-session", "somebody else's configuration session"),
    ],
)
def test_what_somebody_else_has_open_on_it_keeps_the_doctor_out(bed: Bed, kind: str, words: str) -> None:
    bed.lab.fault(bed.key, kind)

    record = bed.examined()

    assert words in found(record, "stage").words
    assert not found(record, "stage").calls
    assert record.exit_code is ExitCode.ERROR


def test_a_startup_that_is_not_what_runs_keeps_the_doctor_out(bed: Bed) -> None:
    bed.lab.fault(bed.key, "edit", text="vlan 30\n   name Staff\n")

    assert "startup is not what runs" in found(bed.examined(), "stage").words


def test_a_refusal_to_log_in_is_no_proof_of_anything_but_the_identity(bed: Bed) -> None:
    def opened(truth: Any) -> None:
        if truth.address.user == "matric":
            raise Refused("it refused the login. Do: check the account")
        truth.open()

    record = bed.examined(other=lying(bed.platform, open=opened))

    assert found(record, "identity").verdict is Verdict.PROVEN
    assert {one.verdict for one in record.outcomes[1:]} == {Verdict.UNKNOWN}


def test_ctrl_c_while_a_timer_runs_leaves_the_device_as_it_was_found_and_says_where_it_stopped(bed: Bed) -> None:
    before = bed.truth
    kept: list[Record] = []
    pressed: list[bool] = []

    def confirm(truth: Any, session: str) -> None:
        if not pressed:
            pressed.append(True)
            raise KeyboardInterrupt
        truth.confirm(session)

    examination = Examination(bed.patient(lying(bed.platform, confirm=confirm)), keep=kept.append)
    look = examination.read()

    with pytest.raises(KeyboardInterrupt):
        examination.change(CHANGED, look)

    assert as_found(bed, before)
    record = examination.record()
    assert (record.left, record.stopped) == ((), "KeyboardInterrupt")
    assert "not reached" in found(record, "confirm").words
    assert found(record, "revert").verdict is Verdict.PROVEN
    assert record.exit_code is ExitCode.ERROR


def test_what_may_be_left_on_it_is_put_down_before_it_is_changed(bed: Bed) -> None:
    kept: list[tuple[Record, int]] = []
    examination = Examination(bed.patient(), keep=lambda record: kept.append((record, bed.truth["revision"])))
    look = examination.read()
    revision = bed.truth["revision"]

    examination.change(CHANGED, look)

    first, then = kept[0]
    assert then == revision
    assert first.exit_code is ExitCode.SPLIT
    assert f"matric-doctor-{examination.id}" in first.left[0].remedy


def test_what_an_earlier_examination_left_staged_does_not_keep_the_doctor_out(bed: Bed) -> None:
    with bed.patient().login() as device:
        device.stage("matric-doctor-0a1b2c", Candidate(device.running()))

    record = bed.examined()

    assert found(record, "stage").verdict is Verdict.PROVEN
    with bed.patient().login() as device:
        assert not device.sessions()


def test_a_restart_that_keeps_what_was_not_confirmed_disproves_it_and_it_is_put_back(bed: Bed) -> None:
    before = bed.truth

    def pulled(words: str) -> bool:
        with bed.patient().login() as device:  # startup is written behind matric's back, by whoever pulls the plug
            device.save()
        return bed.power_cut(words)

    record = bed.examined(Permission(change=True, power=pulled))

    assert disproves(record, "power", "a restart keeps what was not confirmed")
    assert as_found(bed, before)


def test_a_power_cut_that_nobody_made_is_no_proof(bed: Bed) -> None:
    before = bed.truth

    refused = bed.examined(Permission(change=True, power=lambda _words: False))
    claimed = bed.examined(Permission(change=True, power=lambda _words: True))

    assert found(refused, "power").words == "nobody took its power away"
    assert "did not restart" in found(claimed, "power").words
    assert found(claimed, "power").verdict is Verdict.UNKNOWN
    assert as_found(bed, before)
