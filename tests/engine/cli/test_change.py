"""Plan, gate, approval and cut-over as typed, on one lab of Oakfield: what each ending's exit code is."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from matric.journal import open_state
from matric.journal.backups import newest
from matric.lab.client import Lab

KEYS = [f"oakfield/{name}" for name in ("core-1", "sw-01", "sw-02", "sw-03", "sw-04", "wlc-1")]


def held(estate: Any) -> dict[str, str]:
    """Device -> digest of its running configuration, asked of the lab and never of matric."""
    lab = Lab(Path(estate.environment["MATRIC_LAB"]))
    return {key: str(lab.device_state(key)["running"]) for key in KEYS}


def edited(path: Path, **fields: Any) -> Path:
    """The saved plan at *path* with fields of it changed by hand."""
    document = json.loads(path.read_text(encoding="utf-8"))
    document["plan"].update(fields)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_plan_says_what_it_holds_and_its_gate_is_open(estate: Any, planned: Path) -> None:
    made = estate("show", planned, "--json").value

    assert made["digest"].startswith("sha256:")
    assert sorted(made["plan"]["order"]) == KEYS
    assert estate("gate", planned, "--json").code == 0


def test_show_refuses_a_device_the_plan_does_not_have(estate: Any, planned: Path) -> None:
    assert "--- running" in estate("show", planned, "--device", "sw-01", "--steps").out
    assert estate("show", planned, "--device", "sw-77").code == 7


def test_the_author_never_approves_and_nobody_cuts_over_unapproved(estate: Any, planned: Path) -> None:
    before = held(estate)

    assert estate("approve", planned, "--by", "a.mensah").code == 3
    ended = estate("cutover", planned)

    assert ended.code == 3
    assert "approv" in ended.err
    assert held(estate) == before


def test_a_plan_edited_by_hand_is_not_the_plan_that_was_approved(estate: Any, planned: Path) -> None:
    edited(planned, author="somebody else")

    for command in ("show", "gate", "cutover"):
        ended = estate(command, planned)
        assert ended.code == 4, (command, ended)
        assert "digest" in ended.err or "edited" in ended.err


def test_a_plan_whose_standard_moved_is_stale(estate: Any, planned: Path) -> None:
    path = estate.folder / "inventory" / "standard.yaml"
    text = path.read_text(encoding="utf-8")
    before = held(estate)
    path.write_text(text.replace("10.63.1.30", "10.63.1.31"), encoding="utf-8")
    try:
        ended = estate("cutover", planned)
    finally:
        path.write_text(text, encoding="utf-8")

    assert ended.code == 4
    assert "standard" in ended.err
    assert held(estate) == before


def test_a_waiver_that_has_expired_closes_the_gate(estate: Any, planned: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(estate.folder, tmp_path / "trust"))
    waivers = folder / "policies" / "waivers.yaml"
    text = waivers.read_text(encoding="utf-8")
    stale = (
        "waivers:\n  - {rule: SAF-01, object: oakfield vlan 40, owner: P. Adeyemi, "
        'reason: "Was to be mended", expiry: "2026-01-01"}\n'
    )
    shell = type(estate)(folder, estate.environment)
    waivers.write_text(text.replace("waivers: []\n", stale), encoding="utf-8")

    ended = shell("gate", planned)

    assert ended.code == 3
    assert "SAF-01" in ended.out


def test_reading_commands_speak_json_of_every_device(estate: Any, tmp_path: Path) -> None:
    found = estate("drift", "oakfield", "--json", "--detailed-exitcode")
    assert found.code == 2
    assert [one["key"] for one in found.value["devices"]] == KEYS
    kept = estate("backup", "oakfield", "--out", tmp_path / "kept", "--json")
    assert sorted(kept.value["kept"]) == KEYS
    state = open_state(Path(estate.environment["MATRIC_LAB"]) / "state")
    try:
        assert all(one.at is not None for one in newest(state, "oakfield", KEYS)), "the gate tells their age"
    finally:
        state.close()
    assert (tmp_path / "kept" / "sw-01.conf").stat().st_mode & 0o077 == 0
    shown = estate("enrol", "oakfield", "--json").value
    assert sorted(shown["offers"]) == KEYS
    assert estate("lab", "status", "oakfield", "--json").value["reach"]
    assert estate("task", "no_such_task", "oakfield").code == 7


def test_a_lab_of_one_school_is_not_taken_for_another(estate: Any) -> None:
    for command in ("plan", "drift", "backup", "enrol"):
        ended = estate(command, "fernhill")
        assert ended.code == 7, command
        assert "is of oakfield" in ended.err


def test_what_a_fault_cannot_be_is_refused(estate: Any) -> None:
    for wrong in (("nope", "hang"), ("sw-01", "nope"), ("sw-01", "hang", "--on", "("), ("sw-01", "drop", "at")):
        assert estate("lab", "fault", "oakfield", *wrong).code == 7, wrong
    assert estate("lab", "up", "oakfield").code == 1


def test_a_check_of_live_devices_finds_what_they_do_not_hold_yet(estate: Any) -> None:
    ended = estate("check", "oakfield", "--live", "--json")

    failed = {one["rule"] for one in ended.value["schools"]["oakfield"] if one["findings"]}
    assert ended.code == 3
    assert {"CUT-03", "MGT-07", "SEG-15"} <= failed
    assert "oakfield/sw-01 running" in ended.out
    assert estate("check", "oakfield").code == 0


def test_a_check_of_a_device_that_cannot_be_read_decides_nothing_about_it(estate: Any) -> None:
    assert estate("lab", "fault", "oakfield", "sw-02", "unreachable").code == 0
    try:
        ended = estate("check", "oakfield", "--live")
    finally:
        assert estate("lab", "fault", "oakfield", "sw-02", "clear").code == 0

    assert ended.code == 3
    assert "CUT-07 oakfield/sw-02: it did not answer" in ended.out
    assert "could not be decided: oakfield/sw-02: it was not read" in ended.out


def test_a_check_of_live_devices_names_its_school(estate: Any) -> None:
    assert estate("check", "--live").code == 7


def test_a_device_that_cannot_be_read_is_an_error_and_not_an_absence_of_drift(estate: Any) -> None:
    assert estate("lab", "fault", "oakfield", "sw-02", "unreachable").code == 0
    try:
        ended = estate("drift", "oakfield", "--json")
    finally:
        assert estate("lab", "fault", "oakfield", "sw-02", "clear").code == 0

    assert ended.code == 1
    assert "oakfield/sw-02" in ended.err
    assert next(one for one in ended.value["devices"] if one["key"] == "oakfield/sw-02")["unread"]


def test_ctrl_c_in_the_middle_is_ended_in_all_old_by_recover(estate: Any, approved: Path) -> None:
    before = held(estate)

    stopped = estate.interrupted_at("arm ", "cutover", approved)

    assert stopped.code == 1
    assert "matric recover oakfield" in stopped.err
    assert "Traceback" not in stopped.err
    assert "unfinished" in estate("status").out
    assert estate("cutover", approved).code in {1, 4}
    ended = estate("recover", "oakfield", "--json")
    assert ended.code == 5
    assert [one["outcome"]["word"] for one in ended.value["recovered"]] == ["all-old"]
    assert held(estate) == before
    assert estate("recover").code == 0


@pytest.mark.slow
def test_a_killed_run_is_recovered_too_and_its_plan_is_spent(estate: Any, approved: Path) -> None:
    before = held(estate)

    killed = estate.interrupted_at("arm ", "cutover", approved, by=signal.SIGKILL)

    assert killed.code == -signal.SIGKILL
    assert estate("recover", "oakfield").code == 5
    assert held(estate) == before
    ended = estate("cutover", approved)
    assert ended.code == 4
    assert "once" in ended.err


@pytest.mark.slow
def test_a_change_that_cuts_a_switch_off_rolls_back_with_5(estate: Any, approved: Path) -> None:
    before = held(estate)
    assert estate("lab", "fault", "oakfield", "sw-04", "cut-vlan").code == 0

    ended = estate("cutover", approved, "--json")

    assert ended.code == 5
    assert ended.value["outcome"]["word"] == "all-old"
    assert Path(estate.folder / ended.value["report"]).exists()
    assert held(estate) == before


@pytest.mark.slow
def test_a_school_is_cut_over_has_nothing_left_to_do_and_goes_back(estate: Any, approved: Path, tmp_path: Path) -> None:
    ended = estate("cutover", approved, "--json")

    assert ended.code == 0, ended.err
    assert ended.value["outcome"]["word"] == "all-new"
    assert estate("plan", "oakfield", "--out", tmp_path / "after.json", "--detailed-exitcode").code == 0
    assert estate("drift", "oakfield", "--detailed-exitcode").code == 0
    live = estate("check", "oakfield", "--live")
    assert live.code == 0, live.out
    assert "0 rules fail" in live.out
    assert "0 could not be decided, 4 need an answer (matric attest oakfield --after)" in live.out
    page = estate("report", "--out", tmp_path / "run.html", "--json").value["report"]
    assert Path(page).read_text(encoding="utf-8").startswith("<!doctype html>")

    back = tmp_path / "back.json"
    assert estate("revert", ended.value["run"], "--out", back).code == 0
    assert estate("approve", back, "--by", "j.okafor").code == 0
    assert estate("cutover", back).code == 0
    assert estate("plan", "oakfield", "--out", tmp_path / "plan.json", "--detailed-exitcode").code == 2
