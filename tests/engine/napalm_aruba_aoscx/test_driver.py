"""The driver against the lab's AOS-CX switch over a real socket: commit, confirm, go back, and all in between."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from napalm import get_network_driver
from napalm.base.exceptions import (
    CommandErrorException,
    CommitError,
    ConnectAuthError,
    ConnectionClosedException,
    ConnectionException,
    MergeConfigException,
    ReplaceConfigException,
)

from matric import lab
from matric.lab.client import Lab
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from napalm_aruba_aoscx import AOSCXDriver

PASSWORD = "of-the-lab"
SWITCH, CORE = "oakfield/cx-02", "oakfield/cx-01"

CORE_BOOT = """\
hostname cx-01
ssh server vrf default
vlan 20
    name Pupils
vlan 99
    name Management
interface 1/1/1
    no shutdown
    ip address 10.48.64.2/30
interface 1/1/25
    no shutdown
    no routing
    vlan trunk native 1
    vlan trunk allowed 20,99
interface vlan 99
    ip address 10.48.65.1/24
ip route 0.0.0.0/0 10.48.64.1
"""

ACCESS_BOOT = """\
hostname cx-02
user kim group administrators password plaintext pencil
ssh server vrf default
vlan 20
    name Pupils
vlan 99
    name Management
interface 1/1/1
    no shutdown
    no routing
    vlan access 20
interface 1/1/25
    no shutdown
    no routing
    vlan trunk native 1
    vlan trunk allowed 20,99
interface vlan 99
    ip address 10.48.65.11/24
ip route 0.0.0.0/0 10.48.65.1
"""

MODEL = "JL661A 6300M 48G CL4 PoE 4SFP56 Sw"
PORTS = ("1/1/1", "1/1/25")
SPEC = LabSpec(
    school="oakfield",
    seed="seed",
    entry="cx-01",
    routers=("rtr-1",),
    devices=(
        DeviceSpec(CORE, "cx-01", "aoscx", "core", MODEL, "SG01", "FL.10.13.1040", "10.48.65.1", PORTS, CORE_BOOT),
        DeviceSpec(
            SWITCH,
            "cx-02",
            "aoscx",
            "access",
            MODEL,
            "SG02",
            "FL.10.13.1040",
            "10.48.65.11",
            PORTS,
            ACCESS_BOOT,
            poe_w=370.0,
        ),
    ),
    cables=(CableSpec("rtr-1", "Gi0", "cx-01", "1/1/1"), CableSpec("cx-01", "1/1/25", "cx-02", "1/1/25")),
    users={"matric": PASSWORD},
)

VOICE = "vlan 30\n    name Voice\ninterface 1/1/25\n    vlan trunk allowed 30\n"
CUT = "interface 1/1/25\n    no vlan trunk allowed 99\n"

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    state = tmp_path_factory.mktemp("lab") / "lab"
    yield lab.launch(SPEC, state)
    lab.stop(state)


@pytest.fixture
def switches(shared_lab: Lab) -> Lab:
    """A core and an access switch, as new."""
    shared_lab.renew()
    return shared_lab


@pytest.fixture
def opened(switches: Lab, tmp_path: Path) -> Iterator[Open]:
    """Logs in to the access switch; every login is closed at the end."""
    found: list[Any] = []

    def login(password: str = PASSWORD, timeout: int = 10, **options: Any) -> Any:
        row = switches.devices[SWITCH]
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{row['port']} {row['pin']}\n")
        given = {"port": row["port"], "alt_host_keys": True, "alt_key_file": str(known), "use_keys": False, **options}
        device = get_network_driver("aruba_aoscx")("127.0.0.1", "matric", password, timeout, given)
        device.open()
        found.append(device)
        return device

    yield login
    for device in found:
        device.close()


def events(now: Lab) -> list[str]:
    return [event["event"] for event in now.event_log(SWITCH)]


def commands(now: Lab, since: int = 0) -> list[str]:
    return [event["command"] for event in now.event_log(SWITCH)[since:] if event["event"] == "command"]


# ---- login ----


def test_napalm_s_own_loader_finds_the_driver() -> None:
    assert get_network_driver("aruba_aoscx") is AOSCXDriver


def test_another_host_key_is_refused_before_a_password_is_sent(switches: Lab, opened: Open) -> None:
    before = len(switches.event_log(SWITCH))
    switches.fault(SWITCH, "new-host-key")
    with pytest.raises(ConnectionException):
        opened()
    assert not [one for one in switches.event_log(SWITCH)[before:] if one["event"].startswith("login")]


def test_a_host_key_nobody_knows_is_refused(switches: Lab, opened: Open, tmp_path: Path) -> None:
    before = len(switches.event_log(SWITCH))
    with pytest.raises(ConnectionException):
        opened(alt_key_file=str(tmp_path / "none"))
    assert not [one for one in switches.event_log(SWITCH)[before:] if one["event"].startswith("login")]


def test_a_wrong_password_is_said_to_be_one(opened: Open) -> None:
    with pytest.raises(ConnectAuthError):
        opened(password="guess")


def test_a_login_is_alive_until_it_is_cut(switches: Lab, opened: Open) -> None:
    device = opened()
    assert device.is_alive() == {"is_alive": True}
    switches.fault(SWITCH, "power-cut", seconds=5)
    with pytest.raises(ConnectionClosedException):
        device.get_facts()
    assert device.is_alive() == {"is_alive": False}
    switches.sleep(10)


# ---- reading ----


def test_what_it_reads_of_the_switch(opened: Open) -> None:
    device = opened()
    facts = device.get_facts()
    assert (facts["hostname"], facts["serial_number"], facts["os_version"]) == ("cx-02", "SG02", "FL.10.13.1040")
    assert facts["interface_list"] == ["1/1/1", "1/1/25", "vlan99"]
    assert facts["uptime"] >= 0.0
    assert device.get_lldp_neighbors() == {"1/1/25": [{"hostname": "cx-01", "port": "1/1/25"}]}
    assert device.get_lldp_neighbors_detail("1/1/1") == {}
    assert device.get_vlans()["20"] == {"name": "Pupils", "interfaces": ["1/1/1", "1/1/25"]}
    assert device.get_interfaces()["1/1/25"]["is_up"]
    assert device.get_mac_address_table()[0]["interface"] == "1/1/25"
    assert device.get_arp_table()[0]["ip"] == "10.48.65.1"
    assert device.get_environment()["power"]["PoE member 1"]["capacity"] == 370.0
    assert "Pupils" in device.cli(["show vlan"])["show vlan"]
    with pytest.raises(CommandErrorException, match="Invalid input"):
        device.get_arp_table(vrf="nowhere")


def test_a_configuration_is_read_whole_and_its_secrets_left_out_on_request(opened: Open) -> None:
    device = opened()
    found = device.get_config()
    assert found["running"].splitlines()[1:] == found["startup"].splitlines()[1:]
    assert "ciphertext AQBap" in found["running"]
    assert "AQBap" not in device.get_config(sanitized=True)["running"]
    assert device.get_config(retrieve="startup")["running"] == ""


# ---- a commit that is confirmed ----


def test_loading_and_comparing_send_show_commands_only(switches: Lab, opened: Open) -> None:
    device = opened()
    since = len(switches.event_log(SWITCH))
    device.load_merge_candidate(config=VOICE)
    diff = device.compare_config()
    assert "+vlan 30" in diff
    assert "+    vlan trunk allowed 20,30,99" in diff
    assert device.get_config()["candidate"] == VOICE
    device.discard_config()
    assert device.compare_config() == ""
    assert all(command.startswith("show ") for command in commands(switches, since))


def test_the_timer_is_armed_before_the_first_line_and_startup_waits_for_the_confirmation(
    switches: Lab, opened: Open
) -> None:
    device = opened(checkpoint="run-1")
    before = switches.device_state(SWITCH)
    since = len(switches.event_log(SWITCH))
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=300)
    sent = [command for command in commands(switches, since) if not command.startswith("show ")]
    assert sent == [
        "copy running-config checkpoint run-1",
        "checkpoint auto 5",
        "configure terminal",
        "vlan 30",
        "name Voice",
        "exit",
        "interface 1/1/25",
        "vlan trunk allowed 30",
        "end",
    ]
    assert device.has_pending_commit()
    assert switches.device_state(SWITCH)["startup"] == before["startup"]
    device.confirm_commit()
    assert not device.has_pending_commit()
    state = switches.device_state(SWITCH)
    assert state["pending"] is None
    assert state["running"] == state["startup"] != before["running"]
    switches.sleep(600)
    assert switches.device_state(SWITCH)["running"] == state["running"]


def test_a_replacement_leads_to_the_candidate(switches: Lab, opened: Open) -> None:
    device = opened()
    wanted = device.get_config(retrieve="running")["running"].replace("vlan access 20", "vlan access 99")
    wanted = wanted.replace("    name Pupils", "    name Learners").replace("allowed 20,99", "allowed 99")
    device.load_replace_candidate(config=wanted)
    assert "-    name Pupils" in device.compare_config()
    device.commit_config(revert_in=60)
    device.confirm_commit()
    assert switches.device_state(SWITCH)["startup_text"] == wanted.partition("export-password: default\n")[2] + "\n"
    device.load_replace_candidate(config=wanted)
    assert device.compare_config() == ""
    since = len(switches.event_log(SWITCH))
    device.commit_config(revert_in=60)
    assert all(command.startswith("show ") for command in commands(switches, since))


def test_a_commit_without_a_timer_writes_startup_and_can_be_rolled_back(switches: Lab, opened: Open) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    device.commit_config()
    state = switches.device_state(SWITCH)
    assert state["running"] == state["startup"] != before["running"]
    device.rollback()
    assert switches.device_state(SWITCH)["running"] == before["running"]
    assert switches.device_state(SWITCH)["startup"] == before["startup"]


def test_a_clear_password_is_sent_and_not_looked_for_in_the_clear(switches: Lab, opened: Open) -> None:
    device = opened()
    device.load_merge_candidate(config="user lee group administrators password plaintext crayon\n")
    device.commit_config()
    assert "user lee group administrators password ciphertext" in switches.device_state(SWITCH)["running_text"]


# ---- a commit that goes back ----


def test_what_is_not_confirmed_goes_back_and_is_then_known_not_to_be_pending(switches: Lab, opened: Open) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    since = len(events(switches))
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=120)
    switches.sleep(121)
    assert not device.has_pending_commit()
    assert switches.device_state(SWITCH)["running"] == before["running"]
    with pytest.raises(CommitError, match="gone back"):
        device.confirm_commit()
    assert not {"confirm", "save"} & set(events(switches)[since:])


def test_a_pending_commit_is_rolled_back_at_once_and_its_timer_ended(switches: Lab, opened: Open) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=300)
    device.rollback()
    state = switches.device_state(SWITCH)
    assert state["running"] == before["running"]
    assert state["startup"] == before["startup"]
    assert state["pending"] is None
    assert not device.has_pending_commit()


def test_a_change_that_cuts_its_own_path_is_taken_back_by_the_switch(switches: Lab, opened: Open) -> None:
    device = opened(timeout=5)
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=CUT + "vlan 40\n")
    switches.fault(SWITCH, "slow", on="^exit", seconds=2)  # the cut is there before the next line
    with pytest.raises(ConnectionClosedException, match="outcome is not known"):
        device.commit_config(revert_in=120)
    assert not switches.device_state(SWITCH)["reachable"]
    switches.sleep(121)
    after = switches.device_state(SWITCH)
    assert after["reachable"]
    assert after["running"] == before["running"] == after["startup"]


def test_another_login_confirms_what_the_lost_one_armed(switches: Lab, opened: Open) -> None:
    first = opened()
    first.load_merge_candidate(config=VOICE)
    first.commit_config(revert_in=300)
    first.close()
    second = opened()
    with pytest.raises(CommitError, match="no command that shows"):
        second.has_pending_commit()
    with pytest.raises(CommitError, match="as far as this driver knows"):
        second.confirm_commit()
    second.pending = first.pending
    assert second.has_pending_commit()
    second.confirm_commit()
    assert "name Voice" in switches.device_state(SWITCH)["startup_text"]


@pytest.mark.parametrize("timer", [None, 300])
def test_a_refused_line_stops_the_change_and_is_undone(switches: Lab, opened: Open, timer: int | None) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config="vlan 30\n    name Voice\nhotsname other\nvlan 31\n")
    since = len(switches.event_log(SWITCH))
    with pytest.raises(CommitError, match="refused 'hotsname other': Invalid input"):
        device.commit_config(revert_in=timer)
    state = switches.device_state(SWITCH)
    assert state["running"] == before["running"]
    assert state["startup"] == before["startup"]
    assert state["pending"] is None
    assert "vlan 31" not in commands(switches, since)


def test_a_line_ignored_without_a_word_is_noticed_and_undone(switches: Lab, opened: Open) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    switches.fault(SWITCH, "ignore-line", line="^name Voice")
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(CommitError, match="missing: vlan 30 > name Voice"):
        device.commit_config(revert_in=300)
    assert switches.device_state(SWITCH)["running"] == before["running"]


def test_an_edit_between_load_and_commit_stops_it(switches: Lab, opened: Open) -> None:
    device = opened()
    device.load_merge_candidate(config=VOICE)
    switches.fault(SWITCH, "edit", text="vlan 77\n    name Theirs\n")
    with pytest.raises(CommitError, match="somebody changed"):
        device.commit_config(revert_in=300)
    assert switches.device_state(SWITCH)["pending"] is None


def test_an_edit_before_the_confirmation_is_not_confirmed_with_it(switches: Lab, opened: Open) -> None:
    device = opened()
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=300)
    switches.fault(SWITCH, "edit", text="vlan 77\n    name Theirs\n")
    with pytest.raises(CommitError, match="not what was committed"):
        device.confirm_commit()
    assert switches.device_state(SWITCH)["pending"] is not None


def test_a_timer_of_somebody_else_stops_the_commit_before_the_first_line(switches: Lab, opened: Open) -> None:
    switches.fault(SWITCH, "foreign-pending", seconds=600, owner="kim")
    device = opened()
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(CommitError, match="did not arm its timer"):
        device.commit_config(revert_in=300)
    assert switches.device_state(SWITCH)["running"] == before["running"]


def test_a_full_flash_is_no_success(switches: Lab, opened: Open) -> None:
    device = opened()
    device.load_merge_candidate(config=VOICE)
    switches.fault(SWITCH, "full-flash", on="checkpoint")
    with pytest.raises(CommitError, match="does not hold what runs"):
        device.commit_config(revert_in=300)
    device.commit_config(revert_in=300)
    switches.fault(SWITCH, "full-flash", on="save")
    with pytest.raises(CommitError, match="startup does not hold"):
        device.confirm_commit()


@pytest.mark.parametrize("on", ["^checkpoint auto 5", "^name Voice", "^exit", "^end", "^show running-config"])
@pytest.mark.parametrize("at", [0, 9])
def test_a_connection_lost_anywhere_in_a_commit_ends_old(switches: Lab, opened: Open, on: str, at: int) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    switches.fault(SWITCH, "drop", on=on, at=at)
    with pytest.raises(ConnectionClosedException):
        device.commit_config(revert_in=300)
    switches.sleep(301)
    after = switches.device_state(SWITCH)
    assert after["running"] == before["running"]
    assert after["startup"] == before["startup"]


def test_a_switch_that_hangs_is_given_up_within_the_time_out(switches: Lab, opened: Open) -> None:
    device = opened(timeout=2)
    device.load_merge_candidate(config=VOICE)
    switches.fault(SWITCH, "hang", on="^name Voice")
    with pytest.raises(ConnectionClosedException, match="name Voice"):
        device.commit_config(revert_in=60)
    switches.sleep(61)
    assert "Voice" not in switches.device_state(SWITCH)["running_text"]


def test_a_power_cut_while_it_waits_boots_what_was_there(switches: Lab, opened: Open) -> None:
    device = opened()
    before = switches.device_state(SWITCH)
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=300)
    switches.fault(SWITCH, "power-cut", seconds=30)
    switches.sleep(31)
    again = opened()
    again.pending = device.pending
    assert not again.has_pending_commit()
    assert switches.device_state(SWITCH)["running"] == before["running"]


def test_what_the_switch_says_unasked_is_not_taken_for_an_answer(switches: Lab, opened: Open) -> None:
    device = opened()
    device.load_merge_candidate(config=VOICE)
    device.commit_config(revert_in=180)
    switches.sleep(61)  # the warning of two minutes is on the wire now
    assert device.get_facts()["hostname"] == "cx-02"
    assert device.has_pending_commit()
    device.confirm_commit()


# ---- lines in an order ----

BANNER = "banner motd ^\nOnly people the trust has authorised.\n\n  Indented, and !not a comment\n^"


def test_a_banner_is_set_shown_and_taken_away_again(switches: Lab, opened: Open) -> None:
    device = opened()
    before = device.get_config()["running"]

    device.load_merge_candidate(config=f"{BANNER}\nvlan 30\n    name Voice\n")
    assert "+Only people" in device.compare_config().replace("\n", "\n+")
    device.commit_config()

    assert BANNER in device.get_config()["running"]
    assert "vlan 30\n    name Voice\n" in switches.device_state(SWITCH)["running_text"]
    device.load_replace_candidate(config=device.get_config()["running"])
    assert not device.compare_config()
    device.load_replace_candidate(config=before)
    device.commit_config()
    assert device.get_config()["running"] == before


def test_a_section_may_be_opened_twice_in_one_row_of_lines(switches: Lab, opened: Open) -> None:
    """Make before break: what is reached through the port comes between."""
    row = (
        "vlan 30",
        " name Voice",
        "interface 1/1/25",
        " vlan trunk allowed 30",
        "interface 1/1/1",
        " vlan access 30",
        " aaa authentication port-access mac-auth",
        "  reauth",
        " description after it",
        "interface 1/1/25",
        " no vlan trunk allowed 20",
    )

    device = opened()
    since = len(switches.event_log(SWITCH))

    device.wire.send(row)

    text = switches.device_state(SWITCH)["running_text"]
    assert "    vlan trunk allowed 30,99\n" in text
    assert "    aaa authentication port-access mac-auth\n        reauth\n" in text
    assert "    description after it\n" in text
    assert commands(switches, since).count("interface 1/1/25") == 2


# ---- what it does not do ----


@pytest.mark.parametrize("seconds", [0, 30, 61, 3660, 86400])
def test_a_time_the_switch_does_not_count_in_is_refused(switches: Lab, opened: Open, seconds: int) -> None:
    device = opened()
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(CommitError, match="whole minutes"):
        device.commit_config(revert_in=seconds)
    assert switches.device_state(SWITCH)["pending"] is None


def test_what_it_cannot_do_it_says(opened: Open) -> None:
    device = opened()
    with pytest.raises(CommitError, match="nothing is loaded"):
        device.commit_config()
    with pytest.raises(CommitError, match="no commit of this driver"):
        device.rollback()
    with pytest.raises(MergeConfigException, match="banner has no end"):
        device.load_merge_candidate(config="banner motd ^\n")
    with pytest.raises(ReplaceConfigException, match="interface 1/1/25"):
        device.load_replace_candidate(config="hostname cx-02\n")
    with pytest.raises(NotImplementedError):
        device.get_config(format="json")
    device.load_merge_candidate(config=VOICE)
    with pytest.raises(NotImplementedError):
        device.commit_config(message="why")
    with pytest.raises(ValueError, match="either"):
        device.load_merge_candidate()
