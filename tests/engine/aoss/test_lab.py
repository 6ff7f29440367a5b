"""The lab's AOS-S switch, by a netmiko login of its own and by SFTP."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import ReadTimeout

from matric.lab import Lab
from matric.lab.aoss_port import collapsed, expanded
from matric.lab.aoss_tree import DIALECT, AossPosition, factory, load
from matric.lab.tree import Invalid

PASSWORD, SWITCH = "of-the-lab", "oakfield/sw-01"
paramiko: Any = importlib.import_module("paramiko")  # it has no types
Options = Callable[[Lab, str], dict[str, Any]]


def said(terminal: Any, *lines: str) -> str:
    return str(terminal.send_config_set(list(lines)))


def events(lab: Lab, key: str = SWITCH) -> list[str]:
    return [event["event"] for event in lab.event_log(key)]


def asked(terminal: Any, command: str) -> str:
    """A command that asks; the answer is yes."""
    terminal.send_command(command, expect_string=r"y/n")
    return str(terminal.send_command("y", expect_string=r"# $"))


@pytest.mark.parametrize("text", ["1-24", "1,3,5-7,Trk1", "A1-A4,B2", "1/1-1/3,2/A1"])
def test_a_port_list_is_read_and_written_the_same(text: str) -> None:
    assert collapsed(expanded(text)) == text


@pytest.mark.parametrize("text", ["1-", "x", "1-A4", "1-99999", ""])
def test_what_is_no_port_list_gives_no_ports(text: str) -> None:
    assert expanded(text) == ()


def test_a_configuration_is_shown_as_it_was_read(core_text: str) -> None:
    tree = factory(str(number) for number in range(1, 25))
    position = AossPosition(tree, [str(number) for number in range(1, 25)], orphans=True)
    assert load(core_text, position) == []
    again = factory(str(number) for number in range(1, 25))
    shown = DIALECT.show(tree)
    assert load(shown, AossPosition(again, orphans=True)) == []
    assert DIALECT.show(again) == shown
    assert sorted(shown.split("\n")) == sorted(core_text.split("\n"))


def test_an_untagged_port_leaves_the_vlan_it_was_in() -> None:
    tree = factory(("1", "2"))
    position = AossPosition(tree, ("1", "2"))
    for line in ("vlan 20", "untagged 1"):
        position.apply(line)
    assert "   no untagged 1\n   untagged 2\n" in DIALECT.show(tree)
    with pytest.raises(Invalid, match="member of no VLAN"):
        position.apply("no untagged 1")
    position.apply("no vlan 20")
    assert "   untagged 1-2\n" in DIALECT.show(tree)


def test_lines_are_taken_in_every_form_and_refusals_are_said(terminal: Any) -> None:
    output = said(
        terminal, "vlan 30 name Voice", "vlan 30", "tagged 3", "tagged 99", "exit", "interface 4-5", "disable", "foo",
        "exit", "no vlan 1", "vlan 5000", "hostname",
    )  # fmt: skip
    for refusal in ("invalid port: 99", "Invalid input: foo", "cannot be deleted", "input: 5000", "Incomplete input"):
        assert refusal in output
    running = terminal.send_command("show running-config")
    assert 'vlan 30\n   name "Voice"\n   tagged 3\n' in running
    assert "interface 5\n   disable\n   exit" in running


def test_the_pager_waits_for_a_key(switches: Lab, options: Options) -> None:
    client = paramiko.SSHClient()
    row = options(switches, SWITCH)
    client.load_host_keys(row["alt_key_file"])
    client.connect("127.0.0.1", row["port"], "matric", PASSWORD, allow_agent=False, look_for_keys=False)
    channel = client.invoke_shell()

    def until(mark: str) -> str:
        text = ""
        while mark not in text:
            text += channel.recv(4096).decode()
        return text

    assert "\x1b[24;1H" in until("Press any key to continue")
    channel.send(b" ")
    until("sw-01# ")
    channel.send(b"show running-config\r")
    until("-- MORE --, next page: Space, next line: Enter, quit: Control-C")
    channel.send(b" ")
    assert "10.48.65.11" in until("sw-01# ")
    client.close()


def test_a_job_restores_a_saved_file_and_is_gone(switches: Lab, terminal: Any) -> None:
    before = switches.device_state(SWITCH)
    terminal.send_command("cfg-backup running-config config before")
    said(terminal, 'job back delay 5 count 1 "cfg-restore flash before"', "vlan 99 no tagged trk1", "vlan 30 name X")
    switches.sleep(1)
    assert not switches.device_state(SWITCH)["reachable"]
    assert switches.device_state(SWITCH)["pending"]["name"] == "back"
    switches.sleep(300)
    after = switches.device_state(SWITCH)
    assert after["reachable"]
    assert after["running"] == before["running"]
    assert after["pending"] is None


def test_a_restore_is_whole_or_nothing_in_recovery_mode(switches: Lab, terminal: Any) -> None:
    terminal.send_command("cfg-backup running-config config before")
    said(terminal, "vlan 30 name Voice")
    assert "vlan 30" in terminal.send_command("cfg-restore flash before diff")
    switches.fault(SWITCH, "refuse-line", line="^tagged Trk1")
    assert "failed" in asked(terminal, "cfg-restore flash before")
    assert "Failed" in terminal.send_command("show cfg-restore status")
    assert "vlan 30" in switches.device_state(SWITCH)["running_text"]
    assert "Successfully applied" in asked(terminal, "cfg-restore flash before recovery-mode enable")
    assert "vlan 30" not in switches.device_state(SWITCH)["running_text"]
    assert "Success" in terminal.send_command("show cfg-restore status")


def test_a_scheduled_reload_boots_what_was_saved(switches: Lab, terminal: Any) -> None:
    asked(terminal, "reload after 5")
    assert "scheduled in" in terminal.send_command("show reload after")
    said(terminal, "vlan 30 name Voice")
    switches.sleep(301)
    assert not switches.device_state(SWITCH)["reachable"]
    switches.sleep(120)
    assert "vlan 30" not in switches.device_state(SWITCH)["running_text"]
    assert events(switches).count("power-cut") == 1


def test_a_scheduled_reload_is_taken_back(switches: Lab, terminal: Any) -> None:
    asked(terminal, "reload after 5")
    terminal.send_command("no reload")
    said(terminal, "vlan 30 name Voice")
    terminal.send_command("write memory")
    switches.sleep(600)
    assert "power-cut" not in events(switches)
    assert "vlan 30" in switches.device_state(SWITCH)["startup_text"]


def test_a_firmware_without_restore_says_so(lab_of: Callable[..., Lab], options: Options) -> None:
    lab = lab_of(release="YA.16.02.0012")
    login = ConnectHandler(
        device_type="aruba_osswitch", host="127.0.0.1", username="matric", password=PASSWORD,
        **options(lab, SWITCH),
    )  # fmt: skip
    assert "Invalid input" in login.send_command("show cfg-restore status")
    assert "Invalid input" in login.send_command("cfg-restore flash before")
    login.disconnect()


@pytest.fixture
def files(switches: Lab, options: Options) -> Callable[[], Any]:
    def opened() -> Any:
        client = paramiko.SSHClient()
        row = options(switches, SWITCH)
        client.load_host_keys(row["alt_key_file"])
        client.connect("127.0.0.1", row["port"], "matric", PASSWORD, allow_agent=False, look_for_keys=False)
        return client.open_sftp()

    return opened


def test_configuration_files_come_and_go_over_sftp(
    switches: Lab, terminal: Any, files: Callable[[], Any], tmp_path: Path
) -> None:
    sftp = files()
    with sftp.open("/cfg/running-config") as source:
        text = source.read().decode()
    assert 'hostname "sw-01"' in text
    path = tmp_path / "candidate"
    path.write_text(text.replace("Pupils", "Learners"))
    sftp.put(str(path), "/cfg/candidate")
    with pytest.raises(OSError, match=r"(?i)permission|cannot"):
        sftp.put(str(path), "/cfg/running-config")
    assert "candidate" in terminal.send_command("show config files")
    assert "Learners" in terminal.send_command("show config candidate")
    assert "Successfully" in asked(terminal, "cfg-restore flash candidate")
    assert "Learners" in switches.device_state(SWITCH)["running_text"]
    sftp.put(str(path), "/cfg/startup-config", confirm=False)
    switches.sleep(100)
    assert "Learners" in switches.device_state(SWITCH)["startup_text"]
    assert "power-cut" in events(switches)


def test_sftp_is_refused_where_the_configuration_does_not_enable_it(switches: Lab, files: Callable[[], Any]) -> None:
    switches.fault(SWITCH, "edit", text="no ip ssh filetransfer\n")
    with pytest.raises(OSError, match=r"(?i)permission|disabled"):
        files().open("/cfg/running-config")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no ip default-gateway", "default gateway"),
        ("interface 23-24 disable", "no path"),
        ("vlan 99 no tagged trk1", "no path"),
        ("vlan 99 no ip address", "no interface"),
        ("no ip ssh", "SSH"),
    ],
)
def test_a_line_that_cuts_the_path_cuts_the_switch_off(switches: Lab, terminal: Any, line: str, why: str) -> None:
    if line.startswith("vlan 99 no tagged"):
        terminal.send_config_set(["vlan 1 tagged trk1"])
    with_it = terminal.send_config_set([line], exit_config_mode=False)
    assert "Invalid" not in with_it
    switches.sleep(1)
    state = switches.device_state(SWITCH)
    assert not state["reachable"]
    assert why in state["why"]


def test_one_member_of_a_lag_may_go(switches: Lab, terminal: Any) -> None:
    terminal.send_config_set(["interface 23 disable"])
    switches.sleep(1)
    assert switches.device_state(SWITCH)["reachable"]


def test_faults_of_lines_and_answers_act(switches: Lab, terminal: Any) -> None:
    switches.fault(SWITCH, "refuse-line", line="^vlan 30")
    assert "Invalid input: vlan 30" in said(terminal, "vlan 30")
    switches.fault(SWITCH, "ignore-line", line="^vlan 31")
    assert "Invalid" not in said(terminal, "vlan 31")
    assert "vlan 31" not in switches.device_state(SWITCH)["running_text"]
    switches.fault(SWITCH, "full-flash", on="save")
    assert "no space" in terminal.send_command("write memory")
    switches.fault(SWITCH, "drop", on="show version", at=10)
    with pytest.raises((OSError, ReadTimeout)):
        terminal.send_command("show version", read_timeout=2)


def test_a_power_cut_loses_what_was_not_saved_and_the_job_with_it(switches: Lab, terminal: Any) -> None:
    terminal.send_command("cfg-backup running-config config before")
    said(terminal, 'job back delay 5 count 1 "cfg-restore flash before"', "vlan 30 name Voice")
    switches.fault(SWITCH, "power-cut", seconds=60)
    switches.sleep(61)
    state = switches.device_state(SWITCH)
    assert state["reachable"]
    assert state["pending"] is None
    assert "vlan 30" not in state["running_text"]
