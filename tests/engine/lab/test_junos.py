"""A Junos switch on the wire: NAPALM's own driver goes through its cycle, and the traps of the platform are there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from napalm import get_network_driver

from matric.lab.client import Lab
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from tests.raised import Raised

PASSWORD = "of-the-lab"
KEY = "oakfield/sw-02"

JUNOS_ACCESS = """\
system {
    host-name sw-02;
    root-authentication { encrypted-password "$6$root"; }
    login { user matric { class super-user; } }
    services { netconf { ssh; } }
}
interfaces {
    ge-0/0/0 {
        description desk;
        unit 0 { family ethernet-switching { vlan { members Pupils; } } }
    }
    xe-0/1/0 {
        unit 0 { family ethernet-switching { interface-mode trunk; vlan { members [ Pupils Management ]; } } }
    }
    irb { unit 99 { family inet { address 10.48.65.12/24; } } }
}
vlans {
    Management { vlan-id 99; l3-interface irb.99; }
    Pupils { vlan-id 20; }
}
routing-options { static { route 0.0.0.0/0 next-hop 10.48.65.1; } }
protocols { lldp { interface all; } }
"""

JUNOS = DeviceSpec(
    KEY,
    "sw-02",
    "junos",
    "access",
    "EX3400-24P",
    "NW0001",
    "22.4R3",
    "10.48.65.12",
    ("ge-0/0/0", "xe-0/1/0"),
    JUNOS_ACCESS,
)

Login = Callable[[], Any]


@pytest.fixture
def oakfield(raised: Raised, spec: LabSpec) -> Lab:
    """The core as it is, and behind it a Junos switch; whatever a test before has done to them."""
    cables = (spec.cables[0], replace(spec.cables[1], b_device="sw-02", b_port="xe-0/1/0"))
    assert isinstance(cables[1], CableSpec)
    return raised(replace(spec, devices=(spec.devices[0], JUNOS), cables=cables))


@pytest.fixture
def login(oakfield: Lab) -> Iterator[Login]:
    """A login of NAPALM's driver each time it is called; all are closed afterwards."""
    opened: list[Any] = []

    def login() -> Any:
        port = oakfield.devices[KEY]["port"]
        found = get_network_driver("junos")("127.0.0.1", "matric", PASSWORD, optional_args={"port": port})
        found.open()
        opened.append(found)
        return found

    yield login
    for one in opened:
        if one.device.connected:
            one.close()


def events(lab: Lab) -> list[str]:
    return [str(event["event"]) for event in lab.event_log(KEY)]


def test_it_says_who_it_is(login: Login) -> None:
    facts = login().get_facts()

    assert facts["hostname"] == "sw-02"
    assert facts["serial_number"] == "NW0001"
    assert facts["model"] == "EX3400-24P"


def test_a_replacement_is_compared_armed_and_goes_back_when_its_timer_ends(login: Login, oakfield: Lab) -> None:
    device = login()
    before = oakfield.device_state(KEY)
    device.load_replace_candidate(config=device.get_config(retrieve="running")["running"].replace("desk", "lectern"))

    assert "+  description lectern;" in device.compare_config()
    device.commit_config(message="ours", revert_in=60)
    assert device.has_pending_commit()
    assert "lectern" in device.get_config(retrieve="running")["running"]
    oakfield.sleep(61)

    assert not device.has_pending_commit()
    assert oakfield.device_state(KEY)["running"] == before["running"]
    assert events(oakfield).count("expire") == 1


def test_a_plain_commit_confirms(login: Login, oakfield: Lab) -> None:
    device = login()
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config(revert_in=60)
    device.confirm_commit()
    oakfield.sleep(120)

    assert not device.has_pending_commit()
    assert "Voice" in oakfield.device_state(KEY)["startup_text"]


def test_the_candidate_is_one_for_all_and_a_confirm_commits_what_somebody_left_in_it(
    login: Login, oakfield: Lab
) -> None:
    device = login()
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config(revert_in=60)
    oakfield.fault(KEY, "foreign-session", owner="jo", text="set vlans Games vlan-id 31\n")

    device.confirm_commit()

    assert "Games" in oakfield.device_state(KEY)["running_text"]


def test_a_commit_check_confirms_too(login: Login, oakfield: Lab) -> None:
    device = login()
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config(revert_in=60)

    device.device.cu.commit_check()
    oakfield.sleep(120)

    assert "Voice" in oakfield.device_state(KEY)["running_text"]


def test_a_lock_is_one_sessions_and_what_was_not_committed_goes_with_it(login: Login, oakfield: Lab) -> None:
    first, second = login(), login()
    first.load_merge_candidate(config="set vlans Voice vlan-id 30\n")

    with pytest.raises(Exception, match="locked by: matric"):
        second.load_merge_candidate(config="set vlans Games vlan-id 31\n")
    first.close()

    assert oakfield.device_state(KEY)["locked_by"] == ""
    assert second.compare_config() == ""


def test_nobody_locks_a_candidate_somebody_has_changed(login: Login, oakfield: Lab) -> None:
    oakfield.fault(KEY, "foreign-session", owner="jo", text="set vlans Games vlan-id 31\n")

    with pytest.raises(Exception, match="configuration database modified"):
        login().load_merge_candidate(config="set vlans Voice vlan-id 30\n")


def test_after_a_power_cut_inside_the_window_the_change_stays(login: Login, oakfield: Lab) -> None:
    device = login()
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config(revert_in=60)

    oakfield.fault(KEY, "power-cut", seconds=5)
    oakfield.sleep(200)

    state = oakfield.device_state(KEY)
    assert state["pending"] is None
    assert "Voice" in state["running_text"]


def test_the_history_names_user_and_comment_and_a_rollback_brings_a_commit_back(login: Login, oakfield: Lab) -> None:
    device = login()
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config(message="a telephone")
    entry = device.device.rpc.get_commit_information().find("commit-history")

    device.rollback()

    assert (entry.findtext("user"), entry.findtext("log")) == ("matric", "a telephone")
    assert "Voice" not in oakfield.device_state(KEY)["running_text"]


def test_a_vlan_that_does_not_exist_is_refused_at_the_commit(login: Login, oakfield: Lab) -> None:
    device = login()
    path = "interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members"
    device.load_merge_candidate(config=f"set {path} Nowhere\n")

    with pytest.raises(Exception, match="no such"):
        device.commit_config()
    assert "Nowhere" not in oakfield.device_state(KEY)["running_text"]


def test_configuration_goes_in_and_out_as_xml_and_set_too(login: Login) -> None:
    device = login()
    voice = "<vlan><name>Voice</name><vlan-id>30</vlan-id></vlan>"
    device.load_merge_candidate(config=f"<configuration><vlans>{voice}</vlans></configuration>")
    device.commit_config()

    root = device.device.rpc.get_config(options={"database": "committed"})
    lines = device.device.rpc.get_config(options={"database": "committed", "format": "set"}).text

    assert [one.text for one in root.iterfind("vlans/vlan/name")] == ["Management", "Pupils", "Voice"]
    assert "set vlans Voice vlan-id 30\n" in lines


def test_what_a_rollback_holds_is_shown_without_loading_it(login: Login, oakfield: Lab) -> None:
    device = login()
    before = oakfield.device_state(KEY)["running_text"]
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config()

    shown = device.device.rpc.get_rollback_information(rollback="1", format="text")

    assert before in shown.findtext(".//configuration-output")
    with pytest.raises(Exception, match="rollback 7 does not exist"):
        device.device.rpc.get_rollback_information(rollback="7", format="text")


def test_vlans_and_their_ports_are_shown(login: Login) -> None:
    answer = login().device.rpc.get_vlan_information()
    rows = {
        row.findtext("l2ng-l2rtb-vlan-name"): [one.text for one in row.iter("l2ng-l2rtb-vlan-member-interface")]
        for row in answer.iter("l2ng-l2ald-vlan-instance-group")
    }

    assert rows["Pupils"] == ["ge-0/0/0.0*", "xe-0/1/0.0*"]
    assert rows["Management"] == ["xe-0/1/0.0*"]


def test_what_the_lab_does_not_know_is_refused_with_words(login: Login) -> None:
    device = login()

    for ask in (device.device.rpc.get_environment_information, device.device.rpc.request_reboot):
        with pytest.raises(Exception, match="syntax error"):
            ask()


def test_neighbours_are_those_of_the_cabling(login: Login) -> None:
    assert login().get_lldp_neighbors() == {
        "xe-0/1/0": [{"hostname": "core-1", "port": "TenGigabitEthernet1/1/1"}],
    }


def test_the_engineer_reaches_it_until_its_uplink_loses_the_management_vlan(login: Login, oakfield: Lab) -> None:
    device = login()
    assert oakfield.reach()["sw-02"] == {"reachable": True, "why": ""}
    path = "interfaces xe-0/1/0 unit 0 family ethernet-switching vlan members Management"
    device.load_merge_candidate(config=f"set vlans Voice vlan-id 30\ndelete {path}\n")
    device.commit_config(revert_in=60)
    oakfield.sleep(1)

    assert not oakfield.reach()["sw-02"]["reachable"]
    oakfield.sleep(61)

    assert oakfield.reach()["sw-02"]["reachable"]


def test_a_fault_cuts_the_management_vlan_from_the_uplink(login: Login, oakfield: Lab) -> None:
    device = login()
    oakfield.fault(KEY, "cut-vlan")
    device.load_merge_candidate(config="set vlans Voice vlan-id 30\n")
    device.commit_config(revert_in=60)
    oakfield.sleep(1)

    assert "no path for VLAN 99" in oakfield.device_state(KEY)["why"]
    oakfield.sleep(61)
    assert oakfield.device_state(KEY)["reachable"]


def test_without_netconf_it_is_not_reached(oakfield: Lab) -> None:
    oakfield.fault(KEY, "edit", text="delete system services netconf\n")
    oakfield.sleep(1)

    assert oakfield.device_state(KEY)["why"] == "NETCONF over SSH is not configured"
