"""Whether the engineer reaches a switch follows from the running configurations along the path, from nothing else."""

from dataclasses import dataclass
from typing import Any

import pytest

from matric.lab.cabling import Cabling, Reach
from matric.lab.spec import DeviceSpec, LabSpec
from matric.lab.text import DIALECTS, loaded
from matric.lab.tree import Position, Section

CORE, ACCESS = "core-1", "sw-01"


@dataclass
class Box:
    """A device as far as the cabling looks at it."""

    spec: DeviceSpec
    running: Section
    away: bool = False


def reach(spec: LabSpec, edits: dict[str, str], away: str = "") -> dict[str, Reach]:
    boxes: dict[str, Any] = {}
    for device in spec.devices:
        dialect = DIALECTS[device.platform]
        tree = Section("top")
        loaded(dialect, device.boot, Position(dialect.grammar, tree))
        refused = loaded(dialect, edits.get(device.name, ""), Position(dialect.grammar, tree))
        assert not refused
        boxes[device.name] = Box(device, tree, away=device.name == away)
    return Cabling(spec, boxes).reach()


def test_both_devices_are_reached_over_a_good_path(spec: LabSpec) -> None:
    found = reach(spec, {})
    assert found[CORE] == Reach(reachable=True)
    assert found[ACCESS] == Reach(reachable=True, uplinks=("Ethernet25",))


@pytest.mark.parametrize(
    ("device", "edit"),
    [
        (ACCESS, "interface Ethernet25\n switchport trunk allowed vlan 20\n"),
        (CORE, "interface TenGigabitEthernet1/1/1\n switchport trunk allowed vlan 20\n"),
        (ACCESS, "interface Ethernet25\n switchport trunk native vlan 99\n"),
        (ACCESS, "interface Ethernet25\n shutdown\n"),
        (CORE, "interface TenGigabitEthernet1/1/1\n shutdown\n"),
        (ACCESS, "interface Ethernet25\n switchport mode access\n switchport access vlan 20\n"),
        (ACCESS, "no vlan 99\n"),
        (CORE, "no vlan 99\n"),
        (ACCESS, "interface Vlan99\n shutdown\n"),
        (ACCESS, "interface Vlan99\n no ip address\n"),
        (ACCESS, "interface Vlan99\n ip address 10.48.65.12/24\n"),
        (ACCESS, "no ip route 0.0.0.0/0 10.48.65.1\n"),
        (CORE, "interface TenGigabitEthernet1/1/1\n channel-group 1 mode active\n"),
        (CORE, "interface Vlan99\n shutdown\n"),
        (ACCESS, "no management api http-commands\n"),
        (ACCESS, "management api http-commands\n shutdown\n"),
        (ACCESS, "management api http-commands\n no protocol https\n"),
    ],
)
def test_a_broken_path_cuts_the_switch_off(spec: LabSpec, device: str, edit: str) -> None:
    found = reach(spec, {device: edit})[ACCESS]
    assert not found.reachable
    assert found.why


@pytest.mark.parametrize(
    "edit",
    [
        "interface GigabitEthernet1/0/1\n shutdown\n",
        "no ip route 0.0.0.0 0.0.0.0 10.48.64.1\n",
        "interface GigabitEthernet1/0/1\n no ip address\n",
        "line vty 0 15\n transport input telnet\n",
    ],
)
def test_a_core_without_its_router_takes_the_school_with_it_without_ssh_only_itself(spec: LabSpec, edit: str) -> None:
    found = reach(spec, {CORE: edit})
    assert not found[CORE].reachable
    assert found[ACCESS].reachable is edit.startswith("line vty")


def test_natives_that_do_not_match_leave_a_tagged_management_vlan_alone(spec: LabSpec) -> None:
    found = reach(spec, {ACCESS: "interface Ethernet25\n switchport trunk native vlan 20\n"})
    assert found[ACCESS].reachable


def test_an_untagged_management_vlan_works_where_both_ends_agree(spec: LabSpec) -> None:
    edits = {
        ACCESS: "interface Ethernet25\n switchport trunk native vlan 99\n",
        CORE: "interface TenGigabitEthernet1/1/1\n switchport trunk native vlan 99\n",
    }
    assert reach(spec, edits)[ACCESS].reachable


def test_a_lag_works_with_members_on_both_ends_and_dies_with_its_last_one(spec: LabSpec) -> None:
    trunk = " switchport mode trunk\n switchport trunk native vlan 999\n switchport trunk allowed vlan 20,99\n"
    edits = {
        CORE: f"interface TenGigabitEthernet1/1/1\n channel-group 1 mode active\ninterface Port-channel1\n{trunk}",
        ACCESS: f"interface Ethernet25\n channel-group 1 mode active\ninterface Port-Channel1\n{trunk}",
    }
    assert reach(spec, edits)[ACCESS] == Reach(reachable=True, uplinks=("Port-Channel1",))
    edits[ACCESS] += "interface Ethernet25\n shutdown\n"
    assert not reach(spec, edits)[ACCESS].reachable


def test_a_lag_that_speaks_lacp_does_not_come_up_against_one_that_is_silent(spec: LabSpec) -> None:
    trunk = " switchport mode trunk\n switchport trunk native vlan 999\n switchport trunk allowed vlan 20,99\n"
    edits = {
        CORE: f"interface TenGigabitEthernet1/1/1\n channel-group 1 mode active\ninterface Port-channel1\n{trunk}",
        ACCESS: f"interface Ethernet25\n channel-group 1 mode on\ninterface Port-Channel1\n{trunk}",
    }
    assert not reach(spec, edits)[ACCESS].reachable
    edits[CORE] = edits[CORE].replace("mode active", "mode on")
    assert reach(spec, edits)[ACCESS].reachable


def test_a_core_without_power_takes_the_school_with_it(spec: LabSpec) -> None:
    found = reach(spec, {}, away=CORE)
    assert not found[CORE].reachable
    assert CORE in found[ACCESS].why
