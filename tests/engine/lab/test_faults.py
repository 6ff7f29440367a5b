"""Each fault of the lab does to a connection and to a configuration what its name says, on both platforms."""

from collections.abc import Callable
from typing import Any

import pytest
from netmiko.exceptions import NetmikoAuthenticationException, ReadTimeout

from matric.errors import UsageError
from matric.lab.client import Lab

SWITCH, CORE = "oakfield/sw-01", "oakfield/core-1"
Eapi = Callable[..., Any]
LOSE = ("interface Ethernet25", "switchport trunk allowed vlan 20")


def events(lab: Lab, key: str) -> list[str]:
    return [event["event"] for event in lab.event_log(key)]


def test_a_session_that_loses_the_management_vlan_cuts_the_switch_off_until_its_timer_ends(
    running_lab: Lab, eapi: Eapi
) -> None:
    ask = eapi(running_lab)
    before = running_lab.device_state(SWITCH)
    ask("enable", "configure session work", *LOSE, "end")
    ask("enable", "configure session work commit timer 00:05:00")
    running_lab.sleep(1)
    assert not running_lab.device_state(SWITCH)["reachable"]
    with pytest.raises(OSError):  # noqa: PT011 - a reset, whatever its words
        ask("show version")
    running_lab.sleep(300)
    after = running_lab.device_state(SWITCH)
    assert after["reachable"]
    assert after["running"] == before["running"]
    assert ask("show version")[0]["serialNumber"] == "JPE0001"


def test_a_terminal_is_dropped_when_the_core_loses_its_way_back(running_lab: Lab, terminal: Eapi) -> None:
    login = terminal(running_lab)
    login.send_config_set(["interface GigabitEthernet1/0/1", "shutdown"], exit_config_mode=False)
    running_lab.sleep(1)
    with pytest.raises(OSError):  # noqa: PT011 - netmiko says it in several ways
        login.send_command("show version", read_timeout=5)
    assert "cut-off" in events(running_lab, CORE)


def test_a_cut_off_switch_is_silent_where_the_lab_says_so(lab_of: Callable[..., Lab], eapi: Eapi) -> None:
    lab = lab_of(cut="hang")
    lab.fault(SWITCH, "unreachable")
    with pytest.raises(TimeoutError):
        eapi(lab)("show version", timeout=1)
    lab.clear()
    lab.sleep(1)
    assert eapi(lab)("show version")


def test_the_uplink_loses_the_management_vlan_after_a_commit(running_lab: Lab, eapi: Eapi) -> None:
    running_lab.fault(SWITCH, "cut-vlan")
    ask = eapi(running_lab)
    ask("enable", "configure session work", "vlan 30", "end")
    ask("enable", "configure session work commit timer 00:01:00")
    running_lab.sleep(1)
    state = running_lab.device_state(SWITCH)
    assert not state["reachable"]
    assert "switchport trunk allowed vlan 20\n" in state["running_text"]
    running_lab.sleep(61)
    assert running_lab.device_state(SWITCH)["reachable"]


@pytest.mark.parametrize("at", [0, 7])
def test_an_answer_of_eapi_is_cut_at_a_byte_and_the_command_is_done(running_lab: Lab, eapi: Eapi, at: int) -> None:
    running_lab.fault(SWITCH, "drop", on="commit timer", at=at)
    ask = eapi(running_lab)
    ask("enable", "configure session work", "vlan 30", "end")
    with pytest.raises((OSError, Exception)):
        ask("enable", "configure session work commit timer 00:05:00")
    assert running_lab.device_state(SWITCH)["pending"]["name"] == "work"


def test_an_answer_of_eapi_is_cut_before_the_command_is_done(running_lab: Lab, eapi: Eapi) -> None:
    running_lab.fault(SWITCH, "drop", on="write memory", execute=False)
    with pytest.raises(OSError):  # noqa: PT011
        eapi(running_lab)("enable", "write memory")
    assert "save" not in events(running_lab, SWITCH)


def test_an_answer_of_a_terminal_is_cut_at_a_byte(running_lab: Lab, terminal: Eapi) -> None:
    login = terminal(running_lab)
    running_lab.fault(CORE, "drop", on="show version", at=20)
    with pytest.raises((OSError, ReadTimeout)):
        login.send_command("show version", read_timeout=2)
    assert not login.is_alive()


def test_a_hang_ends_with_the_clients_patience(running_lab: Lab, eapi: Eapi) -> None:
    running_lab.fault(SWITCH, "hang", on="show version")
    with pytest.raises(TimeoutError):
        eapi(running_lab)("show version", timeout=1)
    assert eapi(running_lab)("show version")


def test_a_line_is_refused_and_named(running_lab: Lab, eapi: Eapi) -> None:
    running_lab.fault(SWITCH, "refuse-line", line="^name Voice")
    with pytest.raises(ValueError, match="name Voice"):
        eapi(running_lab)("enable", "configure session work", "vlan 30", "name Voice", "end")


def test_a_line_is_ignored_without_a_word(running_lab: Lab, eapi: Eapi) -> None:
    running_lab.fault(SWITCH, "ignore-line", line="^name Voice")
    ask = eapi(running_lab)
    ask("enable", "configure session work", "vlan 30", "name Voice", "end")
    ask("enable", "configure session work commit")
    text = running_lab.device_state(SWITCH)["running_text"]
    assert "vlan 30" in text
    assert "name Voice" not in text


def test_a_login_is_rejected_on_both_platforms(running_lab: Lab, eapi: Eapi, terminal: Eapi) -> None:
    running_lab.fault(SWITCH, "reject-login")
    running_lab.fault(CORE, "reject-login")
    with pytest.raises(PermissionError):
        eapi(running_lab)("show version")
    with pytest.raises(NetmikoAuthenticationException):
        terminal(running_lab)
    assert eapi(running_lab)("show version")


def test_a_wrong_password_is_never_let_in(running_lab: Lab, eapi: Eapi, terminal: Eapi) -> None:
    with pytest.raises(PermissionError):
        eapi(running_lab, password="guess")("show version")
    with pytest.raises(NetmikoAuthenticationException):
        terminal(running_lab, password="guess")


@pytest.mark.parametrize("key", [SWITCH, CORE])
def test_somebody_else_edits_the_running_configuration(running_lab: Lab, key: str) -> None:
    before = running_lab.device_state(key)
    running_lab.fault(key, "edit", text="vlan 77\n name Theirs\n")
    after = running_lab.device_state(key)
    assert "name Theirs" in after["running_text"]
    assert after["startup"] == before["startup"]


def test_an_edit_waits_for_its_command(running_lab: Lab, eapi: Eapi) -> None:
    running_lab.fault(SWITCH, "edit", on="write memory", text="vlan 77\n name Theirs\n")
    assert "Theirs" not in running_lab.device_state(SWITCH)["running_text"]
    eapi(running_lab)("enable", "write memory")
    assert "Theirs" in running_lab.device_state(SWITCH)["startup_text"]


def test_a_power_cut_brings_startup_back_and_takes_the_timer_with_it(running_lab: Lab, eapi: Eapi) -> None:
    ask = eapi(running_lab)
    before = running_lab.device_state(SWITCH)
    ask("enable", "configure session work", "vlan 30", "end")
    ask("enable", "configure session work commit timer 00:05:00")
    running_lab.fault(SWITCH, "power-cut", seconds=60)
    with pytest.raises(OSError):  # noqa: PT011
        ask("show version")
    running_lab.sleep(62)
    state = running_lab.device_state(SWITCH)
    assert state["running"] == before["startup"]
    assert state["pending"] is None
    assert ask("show version")[0]["uptime"] < 60


@pytest.mark.parametrize(
    ("kind", "args", "gone_at_100", "gone_at_1000"),
    [
        ("timer-early", {"seconds": 5}, True, True),
        ("timer-late", {"seconds": 300}, False, True),
        ("timer-never", {}, False, False),
    ],
)
def test_a_timer_fires_early_late_or_never(
    running_lab: Lab, eapi: Eapi, kind: str, args: dict[str, Any], *, gone_at_100: bool, gone_at_1000: bool
) -> None:
    running_lab.fault(SWITCH, kind, **args)
    ask = eapi(running_lab)
    ask("enable", "configure session work", "vlan 30", "end")
    ask("enable", "configure session work commit timer 00:10:00")
    running_lab.sleep(100)
    assert (running_lab.device_state(SWITCH)["pending"] is None) is gone_at_100
    running_lab.sleep(900)
    assert (running_lab.device_state(SWITCH)["pending"] is None) is gone_at_1000


def test_a_full_flash_refuses_startup_and_shows_no_byte_free(running_lab: Lab, eapi: Eapi, terminal: Eapi) -> None:
    for key in (SWITCH, CORE):
        running_lab.fault(key, "full-flash", sticky=True)
    with pytest.raises(ValueError, match="write memory"):
        eapi(running_lab)("enable", "write memory")
    login = terminal(running_lab)
    assert "(0 bytes free)" in login.send_command("dir flash:")
    assert "[OK]" not in login.send_command("write memory")
    assert "save" not in events(running_lab, CORE) + events(running_lab, SWITCH)


def test_without_its_archive_ios_takes_no_timer(running_lab: Lab, terminal: Eapi) -> None:
    running_lab.fault(CORE, "archive-off")
    login = terminal(running_lab)
    assert "Archive feature not enabled" in login.send_command("show archive")
    assert "config archive on" in login.send_command("configure terminal revert timer 5")


def test_another_host_key_is_another_box(running_lab: Lab, eapi: Eapi, terminal: Eapi) -> None:
    for key in (SWITCH, CORE):
        running_lab.fault(key, "new-host-key")
    with pytest.raises(OSError, match="certificate"):
        eapi(running_lab)("show version")
    with pytest.raises(Exception, match=r"(?i)host ?key|known_hosts"):
        terminal(running_lab)


def test_a_foreign_session_and_a_foreign_commit_are_seen(running_lab: Lab, eapi: Eapi, terminal: Eapi) -> None:
    running_lab.fault(SWITCH, "foreign-session", name="theirs", owner="kim")
    running_lab.fault(CORE, "foreign-pending", seconds=600, owner="kim")
    sessions = eapi(running_lab)("enable", "show configuration sessions detail")[1]["sessions"]
    assert sessions["theirs"]["state"] == "pending"
    assert "User: kim" in terminal(running_lab).send_command("show archive config rollback timer")


def test_a_fault_the_lab_does_not_know_is_refused(running_lab: Lab) -> None:
    with pytest.raises(UsageError, match="gremlins"):
        running_lab.fault(SWITCH, "gremlins")
    with pytest.raises(UsageError, match="sw-99"):
        running_lab.fault("oakfield/sw-99", "hang")


def test_no_secret_is_in_the_log(running_lab: Lab, eapi: Eapi) -> None:
    ask = eapi(running_lab)
    ask("enable", "configure session work", "username kim secret 0 chalkdust", "end")
    assert "chalkdust" not in str(running_lab.event_log())


@pytest.mark.parametrize("key", [SWITCH, CORE])
def test_a_lab_is_renewed_as_if_nothing_had_happened(running_lab: Lab, key: str) -> None:
    before = running_lab.device_state(key)
    running_lab.fault(key, "edit", text="ntp server 10.9.9.9")
    running_lab.fault(key, "foreign-pending", seconds=600)
    running_lab.fault(key, "unreachable", sticky=True)

    running_lab.renew()

    after = running_lab.device_state(key)
    assert {**after, "revision": 0} == {**before, "revision": 0}
    assert after["reachable"]


def test_a_clock_that_is_off_shows(running_lab: Lab, eapi: Eapi, terminal: Eapi) -> None:
    for key in (SWITCH, CORE):
        running_lab.fault(key, "clock-skew", seconds=7200)

    (shown,) = eapi(running_lab)("show clock")
    now = running_lab.time()

    assert shown["utcTime"] - now.timestamp() > 7000
    assert f"{now:%H:%M}" not in terminal(running_lab).send_command("show clock")
