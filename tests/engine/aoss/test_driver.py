"""The NAPALM driver for AOS-S against the lab's switch, over a real socket: changes, the dead-man, refusals, losses."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from napalm import get_network_driver
from napalm.base.exceptions import (
    CommitError,
    ConnectAuthError,
    ConnectionException,
    MergeConfigException,
    NapalmException,
    ReplaceConfigException,
)

from matric.lab import Lab

PASSWORD, SWITCH = "of-the-lab", "oakfield/sw-01"
Options = Callable[[Lab, str], dict[str, Any]]
Open = Callable[..., Any]
VOICE = 'vlan 30\n   name "Voice"\n   tagged Trk1\n   untagged 3\n   exit\n'
CUT = "vlan 99\n   no tagged Trk1\n"


@pytest.fixture
def opened(options: Options) -> Iterator[Open]:
    """A driver that has logged in to the access switch."""
    made: list[Any] = []

    def to(lab: Lab, password: str = PASSWORD, timeout: int = 15, **more: Any) -> Any:
        args = {**options(lab, SWITCH), **more}
        device = get_network_driver("aruba_osswitch")("127.0.0.1", "matric", password, timeout, args)
        device.open()
        made.append(device)
        return device

    yield to
    for device in made:
        if device.is_alive()["is_alive"]:
            device.close()


def lines(lab: Lab) -> list[str]:
    return [str(event["command"]) for event in lab.event_log(SWITCH) if event["event"] == "command"]


def running(lab: Lab) -> str:
    return str(lab.device_state(SWITCH)["running_text"])


# ---- logging in ----


def test_napalms_loader_finds_the_driver() -> None:
    assert get_network_driver("aruba_osswitch").__name__ == "ArubaOSSwitchDriver"


def test_a_host_key_that_is_not_known_is_refused_before_the_password(switches: Lab, tmp_path: Path) -> None:
    (tmp_path / "none").touch()
    port = switches.devices[SWITCH]["port"]
    for args in ({"port": port}, {"port": port, "alt_host_keys": True, "alt_key_file": str(tmp_path / "none")}):
        device = get_network_driver("aruba_osswitch")("127.0.0.1", "matric", PASSWORD, 10, args)
        with pytest.raises(ConnectionException):
            device.open()
    assert "login" not in [event["event"] for event in switches.event_log(SWITCH)]


def test_a_wrong_password_is_said(switches: Lab, opened: Open) -> None:
    with pytest.raises(ConnectAuthError):
        opened(switches, password="wrong")


# ---- reading ----


def test_every_getter_answers_of_a_live_switch(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    assert device.is_alive() == {"is_alive": True}
    facts = device.get_facts()
    assert (facts["hostname"], facts["serial_number"], facts["model"]) == ("sw-01", "CN90FP0002", "J9773A")
    assert device.get_interfaces()["1"]["description"] == "Room 1"
    assert device.get_lldp_neighbors()["23"] == [{"hostname": "core-1", "port": "23"}]
    assert device.get_vlans()["20"]["interfaces"][-1] == "Trk1"
    assert {row["interface"] for row in device.get_mac_address_table()} == {"Trk1"}
    assert device.get_arp_table()[0]["ip"] == "10.48.65.1"
    assert device.get_environment()["power"]["PoE"]["capacity"] == 195.0
    assert device.get_interfaces_ip()["VLAN99"]["ipv4"] == {"10.48.65.11": {"prefix_length": 24}}
    assert device.cli(["show time"])["show time"].strip()


def test_load_compare_and_discard_send_show_commands_only(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before, sent = switches.device_state(SWITCH), len(lines(switches))
    device.load_merge_candidate(config=VOICE)
    assert "+vlan 30" in device.compare_config()
    device.discard_config()
    assert device.compare_config() == ""
    device.load_replace_candidate(config=device.get_config()["running"].replace("Pupils", "Learners"))
    assert "-   name Pupils\n+   name Learners" in device.compare_config()
    assert all(line.startswith("show ") for line in lines(switches)[sent:])
    after = switches.device_state(SWITCH)
    assert {key: after[key] for key in ("running", "startup", "flash")} == {
        key: before[key] for key in ("running", "startup", "flash")
    }


def test_equal_configurations_give_an_empty_diff(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_replace_candidate(config=device.get_config()["running"])
    assert device.compare_config() == ""


# ---- changing ----


def test_a_merge_without_a_timer_is_saved(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    device.commit_config()
    state = switches.device_state(SWITCH)
    assert 'name "Voice"' in state["startup_text"]
    assert state["running"] == state["startup"]
    device.rollback()
    assert "vlan 30" not in switches.device_state(SWITCH)["startup_text"]


@pytest.mark.parametrize("how", ["merge", "replace"])
def test_the_dead_man_is_armed_before_the_first_line_and_fires(switches: Lab, opened: Open, how: str) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    if how == "merge":
        device.load_merge_candidate(config=VOICE)
    else:
        device.load_replace_candidate(config=device.get_config()["running"].replace("Pupils", "Learners"))
    device.commit_config(revert_in=120)
    sent = lines(switches)
    armed = next(at for at, line in enumerate(sent) if line.startswith("job napalm-deadman delay 2 "))
    first = next(at for at, line in enumerate(sent) if line.startswith(("vlan 30", "cfg-restore flash napalm-new")))
    assert sent.index("cfg-backup running-config config napalm-old") < armed < sent.index("show job", armed) < first
    assert device.has_pending_commit()
    assert switches.device_state(SWITCH)["running"] != before["running"]
    assert "napalm-deadman" not in device.get_config()["running"]
    device.close()
    switches.sleep(125)
    after = switches.device_state(SWITCH)
    assert (after["running"], after["startup"], after["pending"]) == (before["running"], before["startup"], None)


@pytest.mark.parametrize("how", ["merge", "replace"])
def test_a_change_that_cuts_the_switch_off_comes_back_by_itself(switches: Lab, opened: Open, how: str) -> None:
    device = opened(switches, timeout=5)
    before = switches.device_state(SWITCH)
    text = device.get_config()["running"]
    if how == "merge":
        device.load_merge_candidate(config=f"vlan 1\n   tagged Trk1\n{CUT}")
    else:
        device.load_replace_candidate(config=text.replace("10.48.65.11 ", "10.48.65.12 "))
    try:
        device.commit_config(revert_in=60)
    except CommitError as error:
        assert "dead-man is armed" in str(error)  # noqa: PT017 - it may come back before the line is cut
    switches.sleep(1)
    assert not switches.device_state(SWITCH)["reachable"]
    switches.sleep(65)
    after = switches.device_state(SWITCH)
    assert after["reachable"]
    assert after["running"] == before["running"]
    assert not opened(switches).has_pending_commit()


def test_another_login_confirms_and_saves(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=120)
    device.close()
    other = opened(switches)
    assert other.has_pending_commit()
    other.confirm_commit()
    assert not other.has_pending_commit()
    switches.sleep(300)
    state = switches.device_state(SWITCH)
    assert "vlan 30" in state["startup_text"]
    assert state["running"] == state["startup"]
    assert "napalm-deadman" not in state["startup_text"]


def test_a_confirm_that_comes_too_late_is_no_success(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=60)
    switches.sleep(65)
    with pytest.raises(CommitError, match="No pending"):
        device.confirm_commit()
    assert "vlan 30" not in switches.device_state(SWITCH)["startup_text"]


def test_a_pending_commit_is_rolled_back_from_another_login(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=120)
    device.close()
    opened(switches).rollback()
    after = switches.device_state(SWITCH)
    assert (after["running"], after["startup"], after["pending"]) == (before["running"], before["startup"], None)


def test_a_file_of_an_older_commit_is_not_rolled_back_to(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    device.commit_config()
    with pytest.raises(CommitError, match="nothing to go back to"):
        opened(switches).rollback()
    assert "vlan 30" in running(switches)


def test_a_vlan_goes_and_the_question_about_its_ports_is_answered(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config="no vlan 20\n")
    assert "+   untagged 1-22" in device.compare_config()
    device.commit_config(revert_in=60)
    assert "vlan 20" not in running(switches)
    device.confirm_commit()
    assert "vlan 20" not in switches.device_state(SWITCH)["startup_text"]


def test_a_second_address_stands_beside_the_first(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config="vlan 99\n   ip address 10.48.66.11 255.255.255.0\n")
    device.commit_config()
    assert set(device.get_interfaces_ip()["VLAN99"]["ipv4"]) == {"10.48.65.11", "10.48.66.11"}


# ---- refusals ----


@pytest.mark.parametrize("revert_in", [None, 120])
@pytest.mark.parametrize("bad", ["untagged 99", "frobnicate", "ip address 10.1", "no untagged 11"])
def test_a_line_that_is_refused_raises_and_everything_is_as_it_was(
    switches: Lab, opened: Open, bad: str, revert_in: int | None
) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=f'vlan 30\n   name "Voice"\n   exit\nvlan 1\n   {bad}\n   exit\nvlan 31\n')
    with pytest.raises(MergeConfigException, match=bad):
        device.commit_config(revert_in=revert_in)
    after = switches.device_state(SWITCH)
    assert (after["running"], after["startup"], after["pending"]) == (before["running"], before["startup"], None)
    assert "vlan 31" not in lines(switches)


def test_a_line_that_is_ignored_in_silence_is_found_by_reading_back(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    switches.fault(SWITCH, "ignore-line", line="^tagged Trk1")
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(MergeConfigException, match=r"does not hold what was sent: - vlan 30 tagged Trk1"):
        device.commit_config(revert_in=120)
    assert switches.device_state(SWITCH)["running"] == before["running"]


def test_a_file_with_a_bad_line_changes_nothing(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    device.load_replace_candidate(config=device.get_config()["running"] + "frobnicate\n")
    with pytest.raises(ReplaceConfigException, match="frobnicate"):
        device.commit_config(revert_in=120)
    after = switches.device_state(SWITCH)
    assert (after["running"], after["pending"]) == (before["running"], None)


def test_without_cfg_restore_a_timer_and_a_replace_are_refused_with_words(
    lab_of: Callable[..., Lab], opened: Open
) -> None:
    lab = lab_of(release="YA.16.02.0012")
    device = opened(lab)
    with pytest.raises(ReplaceConfigException, match="no cfg-restore"):
        device.load_replace_candidate(config=device.get_config()["running"])
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(CommitError, match="nothing can take a change back"):
        device.commit_config(revert_in=120)
    assert "vlan 30" not in running(lab)
    device.commit_config()
    assert "vlan 30" in lab.device_state(SWITCH)["startup_text"]


def test_a_job_that_is_refused_stops_before_the_first_line(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    for kind in ("refuse-line", "ignore-line"):
        switches.fault(SWITCH, kind, line="^job ")
        with pytest.raises(CommitError, match="nothing was changed"):
            device.commit_config(revert_in=120)
    assert switches.device_state(SWITCH)["running"] == before["running"]


@pytest.mark.parametrize("revert_in", [59, 90, 0, -60, 86400])
def test_a_time_that_no_job_can_keep_is_refused(switches: Lab, opened: Open, revert_in: int) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(CommitError, match="whole minutes"):
        device.commit_config(revert_in=revert_in)
    assert "vlan 30" not in running(switches)


def test_what_cannot_be_done_is_said(switches: Lab, opened: Open, tmp_path: Path) -> None:
    device = opened(switches)
    with pytest.raises(CommitError, match="nothing is loaded"):
        device.commit_config()
    with pytest.raises(MergeConfigException, match="cannot be read"):
        device.load_merge_candidate(filename=str(tmp_path / "none"))
    with pytest.raises(ReplaceConfigException, match="empty"):
        device.load_replace_candidate(config=" \n")
    with pytest.raises(CommitError, match="No pending"):
        device.confirm_commit()
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(NotImplementedError):
        device.commit_config(message="why")
    with pytest.raises(ReplaceConfigException, match="other kind"):
        device.load_replace_candidate(config=VOICE)


def test_an_edit_between_load_and_commit_is_not_overwritten(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    switches.fault(SWITCH, "edit", text="vlan 40\n   name Cameras\n")
    with pytest.raises(CommitError, match="has changed since"):
        device.commit_config(revert_in=60)
    assert "vlan 30" not in running(switches)


def test_a_pending_commit_is_not_committed_over(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=60)
    device.load_merge_candidate(config="vlan 31\n")
    with pytest.raises(CommitError, match="is pending"):
        device.commit_config()


def test_a_save_that_fails_is_no_success(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=120)
    switches.fault(SWITCH, "full-flash", on="save")
    with pytest.raises(CommitError, match=r"(?i)no space|not saved"):
        device.confirm_commit()
    assert "vlan 30" not in switches.device_state(SWITCH)["startup_text"]


def test_files_need_sftp(switches: Lab, opened: Open) -> None:
    switches.fault(SWITCH, "edit", text="no ip ssh filetransfer\n")
    device = opened(switches)
    before = switches.device_state(SWITCH)["running"]
    device.load_replace_candidate(config=device.get_config()["running"].replace("Pupils", "Learners"))
    with pytest.raises(ReplaceConfigException, match="ip ssh filetransfer"):
        device.commit_config(revert_in=60)
    assert switches.device_state(SWITCH)["running"] == before


# ---- the connection goes ----


@pytest.mark.parametrize("at", ["^vlan 30", "^tagged Trk1", "^end"])
def test_a_connection_lost_at_a_line_is_said_and_the_dead_man_takes_it_back(
    switches: Lab, opened: Open, at: str
) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    if at == "^end":
        switches.fault(SWITCH, "drop", on="^untagged 3")
    else:
        switches.fault(SWITCH, "drop", on=at, execute=False)
    with pytest.raises(CommitError, match="dead-man is armed"):
        device.commit_config(revert_in=60)
    assert not device.is_alive()["is_alive"]
    assert opened(switches).has_pending_commit()
    switches.sleep(65)
    after = switches.device_state(SWITCH)
    assert (after["running"], after["pending"]) == (before["running"], None)


def test_a_candidate_cut_on_its_way_is_never_restored(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    switches.fault(SWITCH, "drop", on="^sftp$", at=40)
    device.load_replace_candidate(config=device.get_config()["running"].replace("Pupils", "Learners"))
    with pytest.raises(NapalmException):
        device.commit_config(revert_in=60)
    switches.sleep(65)
    after = switches.device_state(SWITCH)
    assert (after["running"], after["pending"]) == (before["running"], None)


def test_a_power_cut_inside_the_window_boots_what_was_saved(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=120)
    switches.fault(SWITCH, "power-cut", seconds=30)
    switches.sleep(200)
    assert switches.device_state(SWITCH)["running"] == before["startup"]
    assert not opened(switches).has_pending_commit()


def test_a_dead_man_that_never_fires_leaves_the_change_pending(switches: Lab, opened: Open) -> None:
    device = opened(switches)
    switches.fault(SWITCH, "timer-never")
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=60)
    switches.sleep(600)
    assert device.has_pending_commit()
    device.rollback()
    assert "vlan 30" not in running(switches)


def test_a_switch_whose_name_has_blanks_is_changed_and_given_another_name(switches: Lab, opened: Open) -> None:
    for name in ("Sports Hall 2", "sw-01"):
        device = opened(switches)
        device.load_merge_candidate(config=f'hostname "{name}"\nvlan 20\n   name "{name}"\n   exit\n')
        device.commit_config()
        device.close()

        assert f'hostname "{name}"' in running(switches)
        assert f'name "{name}"' in running(switches)
