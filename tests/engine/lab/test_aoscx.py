"""The lab's AOS-CX switch, over a real login: what it shows, takes, refuses, and gives back by itself."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from matric.lab.aoscx_text import AoscxPosition, show, take
from matric.lab.client import Lab
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from matric.lab.tree import Invalid, Section
from tests.raised import Raised

PASSWORD = "of-the-lab"
SWITCH = "oakfield/cx-01"

CX_ACCESS = """\
!Version ArubaOS-CX FL.10.13.1040
hostname cx-01
user admin group administrators password plaintext pencil
ssh server vrf default
vlan 1,30,998-999
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
    vlan trunk native 999
    vlan trunk allowed 20,99,999
interface vlan 99
    ip address 10.48.65.11/24
ip route 0.0.0.0/0 10.48.65.1
"""

FAR = DeviceSpec(
    SWITCH,
    "cx-01",
    "aoscx",
    "access",
    "JL661A 6300M",
    "SG00001",
    "FL.10.13.1040",
    "10.48.65.11",
    ("1/1/1", "1/1/2", "1/1/25"),
    CX_ACCESS,
)


@pytest.fixture
def cx_lab(spec: LabSpec, raised: Raised) -> Lab:
    """A core and, behind it, an AOS-CX switch; whatever a test before has done to them."""
    cables = (spec.cables[0], CableSpec("core-1", "TenGigabitEthernet1/1/1", "cx-01", "1/1/25"))
    return raised(replace(spec, devices=(spec.devices[0], FAR), cables=cables))


Login = Callable[..., Any]


@pytest.fixture
def login(cx_lab: Lab, tmp_path: Path) -> Iterator[Login]:
    """Netmiko's own driver, with the pinned host key."""
    opened: list[Any] = []

    def to(password: str = PASSWORD) -> Any:
        row = cx_lab.devices[SWITCH]
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{row['port']} {row['pin']}\n")
        found = ConnectHandler(
            device_type="aruba_aoscx",
            host="127.0.0.1",
            port=row["port"],
            username="matric",
            password=password,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=str(known),
        )
        opened.append(found)
        return found

    yield to
    for one in opened:
        with contextlib.suppress(Exception):
            one.disconnect()


def held(*lines: str) -> str:
    tree = Section("top")
    assert not take(tree, CX_ACCESS)
    position = AoscxPosition(tree)
    for line in lines:
        position.apply(line)
    return show(tree)


def events(now: Lab) -> list[str]:
    return [event["event"] for event in now.event_log(SWITCH)]


def test_what_it_boots_with_it_shows_in_its_own_order_and_indentation(cx_lab: Lab, login: Login) -> None:
    text = login().send_command("show running-config")
    assert text.startswith("Current configuration:\n!\n!Version ArubaOS-CX FL.10.13.1040\n")
    assert "\nvlan 1\nvlan 20\n    name Pupils\nvlan 30\nvlan 99\n    name Management\nvlan 998-999\n" in text
    assert "\n    vlan trunk native 999\n    vlan trunk allowed 20,99,999\ninterface vlan 99\n" in text
    assert "pencil" not in text
    assert "password ciphertext AQBap" in text
    assert "boot-refused-line" not in events(cx_lab)


def test_a_configuration_it_shows_is_one_it_takes() -> None:
    shown = held()
    tree = Section("top")
    assert not take(tree, shown)
    assert show(tree) == shown


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (("vlan trunk allowed 30",), "vlan trunk allowed 20,30,99,999"),
        (("no vlan trunk allowed 20",), "vlan trunk allowed 99,999"),
        (("vlan trunk allowed all", "vlan trunk allowed 20-30"), None),
        (("vlan trunk allowed all", "vlan trunk allowed 20,30"), "vlan trunk allowed 20,30"),
        (("no vlan trunk allowed", "vlan trunk native 30"), "vlan trunk allowed all"),
        (("vlan access 30",), "vlan access 30"),
    ],
)
def test_a_list_of_vlans_is_added_to_and_taken_from(lines: tuple[str, ...], shown: str | None) -> None:
    if shown is None:
        with pytest.raises(Invalid, match="VLAN 21 is not configured"):
            held("interface 1/1/25", *lines)
        return
    port = held("interface 1/1/25", *lines).partition("interface 1/1/25\n")[2].partition("interface vlan")[0]
    assert f"    {shown}\n" in port
    assert ("vlan access" in port) == ("vlan trunk" not in port)


def test_a_page_at_a_time_until_told_otherwise(login: Login) -> None:
    wire = login()
    wire.send_command("page")
    wire.write_channel("show running-config\r")
    time.sleep(0.5)
    assert wire.read_channel().endswith("-- MORE --, next page: Space, next line: Enter, quit: q")
    wire.write_channel("q")
    assert wire.find_prompt() == "cx-01#"


def test_a_line_acts_at_once_and_startup_stays_until_it_is_written(cx_lab: Lab, login: Login) -> None:
    wire = login()
    before = cx_lab.device_state(SWITCH)
    assert not wire.send_command("configure terminal", expect_string=r"config\)#")
    assert not wire.send_command("vlan 40", expect_string=r"config-vlan-40\)#")
    assert not wire.send_command("name Guests", expect_string=r"config-vlan-40\)#")
    wire.send_command("end", expect_string=r"cx-01# $")
    after = cx_lab.device_state(SWITCH)
    assert "vlan 40\n    name Guests\n" in after["running_text"]
    assert after["startup"] == before["startup"]
    assert wire.send_command("write memory") == "Success"
    assert "Guests" in wire.send_command("show startup-config")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hotsname sw-01", "Invalid input: hotsname sw-01"),
        ("interface 1/1/99", "Invalid input: interface 1/1/99"),
        ("vlan 5000", "Invalid input: vlan 5000"),
    ],
)
def test_a_line_it_does_not_know_is_refused_and_changes_nothing(
    cx_lab: Lab, login: Login, line: str, said: str
) -> None:
    wire = login()
    before = cx_lab.device_state(SWITCH)["running"]
    wire.send_command("configure terminal", expect_string=r"config\)#")
    assert wire.send_command(line, expect_string=r"config\)#") == said
    assert cx_lab.device_state(SWITCH)["running"] == before


def test_what_is_not_confirmed_goes_back_with_the_login_gone(cx_lab: Lab, login: Login) -> None:
    wire = login()
    before = cx_lab.device_state(SWITCH)
    assert wire.send_command("checkpoint auto 5") == "Auto checkpoint mode expires in 5 minute(s)"
    assert "already active" in wire.send_command("checkpoint auto 5")
    wire.send_command("configure terminal", expect_string=r"config\)#")
    wire.send_command("interface 1/1/25", expect_string=r"config-if\)#")
    wire.write_channel("no vlan trunk allowed 99\r")
    cx_lab.sleep(1)
    state = cx_lab.device_state(SWITCH)
    assert not state["reachable"]
    assert state["pending"]["owner"] == "matric"
    cx_lab.sleep(300)
    after = cx_lab.device_state(SWITCH)
    assert after["reachable"]
    assert after["running"] == before["running"]
    assert events(cx_lab).count("expire") == 1


def test_what_is_confirmed_stays_under_a_name_and_is_not_yet_startup(cx_lab: Lab, login: Login) -> None:
    wire = login()
    wire.send_command("checkpoint auto 5")
    wire.send_command("configure terminal", expect_string=r"config\)#")
    wire.send_command("vlan 40", expect_string=r"config-vlan-40\)#")
    wire.send_command("end", expect_string=r"cx-01# $")
    assert wire.send_command("checkpoint auto confirm").startswith("checkpoint AUTO2")
    assert "not active" in wire.send_command("checkpoint auto confirm")
    cx_lab.sleep(600)
    state = cx_lab.device_state(SWITCH)
    assert "vlan 30,40\n" in state["running_text"]
    assert "vlan 30\n" in state["startup_text"]
    assert "AUTO2" in wire.send_command("show checkpoint list")


def test_a_login_is_warned_two_minutes_before_the_end(cx_lab: Lab, login: Login) -> None:
    wire = login()
    wire.send_command("checkpoint auto 3")
    cx_lab.sleep(61)
    time.sleep(0.3)
    assert "within 2 minutes" in wire.read_channel()


def test_a_checkpoint_is_named_compared_and_gone_back_to(cx_lab: Lab, login: Login) -> None:
    wire = login()
    before = cx_lab.device_state(SWITCH)["running"]
    assert wire.send_command("copy running-config checkpoint before") == "Success"
    assert "already exists" in wire.send_command("copy running-config checkpoint before")
    cx_lab.fault(SWITCH, "edit", text="vlan 77\n    name Theirs\n")
    assert "+    name Theirs" in wire.send_command("checkpoint diff before running-config")
    assert wire.send_command("checkpoint rollback before") == "Success"
    assert cx_lab.device_state(SWITCH)["running"] == before
    assert wire.send_command("copy checkpoint before running-config") == "Success"
    assert "does not exist" in wire.send_command("checkpoint rollback nowhere")
    assert "    name Pupils" in wire.send_command("show checkpoint before")
    assert "|before " in wire.send_command("show checkpoint")


def test_what_it_shows_of_itself(login: Login) -> None:
    wire = login()
    assert "Chassis Serial Nbr : SG00001" in wire.send_command("show system")
    assert "FL.10.13.1040" in wire.send_command("show version")
    assert "core-1" in wire.send_command("show lldp neighbor-info")
    assert "Neighbor System-Name           : core-1" in wire.send_command("show lldp neighbor-info detail")
    assert "1/1/25       999     trunk" in wire.send_command("show interface brief")
    assert "20    Pupils" in wire.send_command("show vlan")
    assert "1/1/25" in wire.send_command("show mac-address-table")
    assert "10.48.65.1 " in wire.send_command("show arp")
    assert wire.send_command("show nonsense") == "Invalid input: nonsense"


def test_a_power_cut_brings_startup_back_and_takes_the_timer_but_no_checkpoint(cx_lab: Lab, login: Login) -> None:
    wire = login()
    wire.send_command("copy running-config checkpoint before")
    wire.send_command("checkpoint auto 5")
    cx_lab.fault(SWITCH, "edit", text="vlan 77\n")
    cx_lab.fault(SWITCH, "power-cut", seconds=60)
    cx_lab.sleep(62)
    state = cx_lab.device_state(SWITCH)
    assert state["running"] == state["startup"]
    assert state["pending"] is None
    assert "before" in login().send_command("show checkpoint list")


@pytest.mark.parametrize("kind", ["timer-early", "timer-late", "timer-never"])
def test_its_timer_fires_early_late_or_never(cx_lab: Lab, login: Login, kind: str) -> None:
    cx_lab.fault(SWITCH, kind, seconds=30)
    login().send_command("checkpoint auto 5")
    cx_lab.sleep(100)
    assert (cx_lab.device_state(SWITCH)["pending"] is None) == (kind == "timer-early")
    cx_lab.sleep(220)
    assert (cx_lab.device_state(SWITCH)["pending"] is None) == (kind == "timer-early")
    cx_lab.sleep(30)
    assert (cx_lab.device_state(SWITCH)["pending"] is None) == (kind != "timer-never")


def test_a_line_is_refused_ignored_or_cuts_the_connection(cx_lab: Lab, login: Login) -> None:
    wire = login()
    cx_lab.fault(SWITCH, "refuse-line", line="^name Voice")
    cx_lab.fault(SWITCH, "ignore-line", line="^description")
    cx_lab.fault(SWITCH, "drop", on="^voice")
    wire.send_command("configure terminal", expect_string=r"config\)#")
    wire.send_command("vlan 40", expect_string=r"config-vlan-40\)#")
    assert wire.send_command("name Voice", expect_string=r"config-vlan-40\)#") == "Invalid input: name Voice"
    assert not wire.send_command("description here", expect_string=r"config-vlan-40\)#")
    wire.write_channel("voice\r")
    time.sleep(0.5)
    assert not wire.is_alive()
    text = cx_lab.device_state(SWITCH)["running_text"]
    assert "vlan 40\n    voice\n" in text


def test_a_login_is_rejected_and_a_full_flash_keeps_nothing(cx_lab: Lab, login: Login) -> None:
    cx_lab.fault(SWITCH, "reject-login")
    with pytest.raises(Exception, match="Authentication"):
        login()
    wire = login()
    cx_lab.fault(SWITCH, "full-flash", sticky=True)
    assert "no space" in wire.send_command("write memory")
    assert "no space" in wire.send_command("copy running-config checkpoint before")
    assert "save" not in events(cx_lab)


def test_the_uplink_loses_the_management_vlan(cx_lab: Lab, login: Login) -> None:
    login().send_command("copy running-config checkpoint before")
    cx_lab.fault(SWITCH, "cut-vlan")
    login().write_channel("checkpoint rollback before\r")
    cx_lab.sleep(1)
    state = cx_lab.device_state(SWITCH)
    assert not state["reachable"]
    assert "vlan trunk allowed 20,999\n" in state["running_text"]


def test_the_uplink_loses_the_management_vlan_at_a_typed_line_too(cx_lab: Lab, login: Login) -> None:
    wire = login()
    wire.send_command("configure terminal", expect_string=r"\(config\)#")
    cx_lab.fault(SWITCH, "cut-vlan")
    wire.write_channel("ntp server 10.63.1.22\r")
    cx_lab.sleep(1)
    state = cx_lab.device_state(SWITCH)
    assert not state["reachable"]
    assert "vlan trunk allowed 20,999\n" in state["running_text"]


# ---- banners, access lists, and what is a default ----


def shown(text: str) -> str:
    tree = Section("top")
    assert [error.line for error in take(tree, text)] == []
    return show(tree)


def test_a_banner_is_taken_line_by_line_up_to_its_delimiter(cx_lab: Lab, login: Login) -> None:
    wire = login()
    wire.send_command("configure terminal", expect_string=r"config\)#")
    for line in ("banner motd ^", "Only the trust's people.", "", "  !indented"):
        wire.send_command(line, expect_string=r"config-banner-motd\)#", cmd_verify=False)
    assert not wire.send_command("^", expect_string=r"config\)#")

    text = cx_lab.device_state(SWITCH)["running_text"]
    assert "\nbanner motd ^\nOnly the trust's people.\n\n  !indented\n^\n" in text
    assert shown(text) == text

    wire.send_command("no banner motd", expect_string=r"config\)#")
    assert "banner" not in cx_lab.device_state(SWITCH)["running_text"]


def test_a_banner_without_an_end_is_refused() -> None:
    assert [error.line for error in take(Section("top"), "hostname a\nbanner motd ^\nfor ever\n")] == ["banner motd ^"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("10 permit tcp 10.0.0.0/24 any eq 22", "10 permit tcp 10.0.0.0/255.255.255.0 any eq ssh"),
        ("permit ip any 10.0.0.1/32 count", "10 permit any any 10.0.0.1 count"),
        ("20 permit udp any eq 68 any eq 67", "20 permit udp any eq 68 any eq 67"),
        ("30 permit udp any range 1 1023 any gt 1023", "30 permit udp any range 1 1023 any gt 1023"),
        ("40 permit icmp any any icmp-type echo-reply", "40 permit icmp any any icmp-type echo-reply"),
        ("50 permit tcp any any established", "50 permit tcp any any established"),
        ("60 comment who may log in", "60 comment who may log in"),
    ],
)
def test_an_entry_of_an_access_list_is_shown_in_the_switch_s_own_form(given: str, kept: str) -> None:
    assert shown(f"access-list ip X\n    {given}\n") == f"access-list ip X\n    {kept}\n"


@pytest.mark.parametrize(
    "given",
    [
        "10 permit tcp host 10.0.0.1 any",
        "10 permit tcp any any eq domain",
        "10 permit icmp any any echo",
        "10 permit udp any any established",
        "10 allow tcp any any",
        "10 permit tcp any",
        "10 permit tcp any any eq 70000",
        "10 permit tcp 10.0.0.0 0.0.0.255 any",
    ],
)
def test_an_entry_in_another_vendor_s_form_is_refused(given: str) -> None:
    assert len(take(Section("top"), f"access-list ip X\n    {given}\n")) == 1


def test_an_entry_takes_the_place_of_the_one_with_its_number() -> None:
    text = (
        "access-list ip X\n    10 permit any any any\n    20 deny any any any\n"
        "    10 comment first\n    10 deny tcp any any\n"
    )

    assert shown(text) == "access-list ip X\n    10 comment first\n    10 deny tcp any any\n    20 deny any any any\n"


def test_one_list_filters_a_direction() -> None:
    text = shown(
        "vlan 20\ninterface vlan 20\n    apply access-list ip A routed-in\n    apply access-list ip B routed-in\n"
        "apply access-list ip A control-plane vrf default\napply access-list ip B control-plane vrf default\n"
    )

    assert "access-list ip A" not in text
    assert text.count("access-list ip B") == 2


def test_a_port_that_routes_says_nothing_and_has_no_vlan() -> None:
    port = "vlan 20\ninterface 1/1/1\n    no shutdown\n    no routing\n    vlan access 20\n    routing\n"

    assert shown(port) == "vlan 20\ninterface 1/1/1\n    no shutdown\n"


def test_what_is_a_default_is_not_shown() -> None:
    assert shown("spanning-tree\nspanning-tree mode mstp\nspanning-tree priority 8\n") == "spanning-tree\n"
    assert shown("no dhcpv4-snooping option 82\n") == "no dhcpv4-snooping option 82\n"
    assert shown("no dhcpv4-snooping option 82\ndhcpv4-snooping option 82\n") == ""
