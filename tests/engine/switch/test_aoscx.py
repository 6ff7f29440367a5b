"""What an AOS-CX configuration says, read from the text such a switch shows."""

from ipaddress import IPv4Interface, IPv4Network

import pytest

from matric.config import parse
from matric.platform.aoscx_rules import RULES
from matric.switch import Route, Switch, reading

SHOWN = """\
Current configuration:
!
!Version ArubaOS-CX FL.10.13.1040
hostname core-1
user matric group administrators password ciphertext AQBapxyz
user old group operators
ssh server vrf default
access-list ip ZONE-PUPIL-IN
    20 deny any any 10.48.0.0/255.255.0.0
    10 permit udp any eq dhcp-client any eq dhcp-server
    30 permit tcp 10.0.0.1 any established count
apply access-list ip MGMT-ACCESS control-plane vrf default
vlan 1,30
vlan 20
    name Pupils
vlan 31
    name Voice
    voice
spanning-tree
spanning-tree mode mstp
interface lag 1
    no shutdown
    no routing
    vlan trunk native 999
    vlan trunk allowed 20,30-31
    lacp mode active
    dhcpv4-snooping trust
interface lag 2
    no routing
    vlan access 20
interface 1/1/1
    no shutdown
    lag 1
interface 1/1/2
    no shutdown
    lag 2
interface 1/1/3
    no shutdown
    no routing
    vlan trunk native 20
    vlan trunk allowed 20,31
    spanning-tree bpdu-guard
    spanning-tree port-type admin-edge trunk
interface 1/1/4
    no shutdown
    no routing
    vlan trunk native 20
    vlan trunk allowed all
interface 1/1/5
    shutdown
    no routing
    vlan access 998
interface 1/1/6
    no shutdown
    ip address 10.48.127.2/30
interface vlan 20
    ip address 10.48.80.1/21
    apply access-list ip ZONE-PUPIL-IN routed-in
ip route 0.0.0.0/0 10.48.127.1
https-server vrf mgmt
"""


@pytest.fixture
def switch() -> Switch:
    return reading.read("aoscx", parse(SHOWN, RULES))


def test_vlans_are_read_with_their_names_also_where_neighbours_share_a_line(switch: Switch) -> None:
    assert dict(switch.vlans) == {1: "DEFAULT_VLAN_1", 30: "", 20: "Pupils", 31: "Voice"}


def test_a_lag_and_its_members_are_read(switch: Switch) -> None:
    lag, member, static = (switch.interfaces[name] for name in ("lag1", "1/1/1", "1/1/2"))

    assert (lag.mode, lag.native, lag.allowed, lag.trusted) == ("trunk", 999, frozenset({20, 30, 31}), True)
    assert (member.mode, member.lag, member.lacp) == ("member", 1, True)
    assert switch.carrier("1/1/1") is lag
    assert not static.lacp
    assert not switch.interfaces["lag2"].enabled, "a LAG is shut until it says otherwise"


def test_an_edge_port_with_a_voice_vlan_is_the_access_port_of_a_phone(switch: Switch) -> None:
    port = switch.interfaces["1/1/3"]

    assert (port.mode, port.access, port.voice) == ("access", 20, 31)
    assert port.edge
    assert port.bpdu_guard


def test_a_trunk_without_a_list_carries_every_vlan(switch: Switch) -> None:
    assert (switch.interfaces["1/1/4"].mode, switch.interfaces["1/1/4"].allowed) == ("trunk", None)


def test_what_is_shut_is_read_as_shut(switch: Switch) -> None:
    assert (switch.interfaces["1/1/5"].enabled, switch.interfaces["1/1/5"].access) == (False, 998)


def test_addresses_and_the_filters_on_them_are_read(switch: Switch) -> None:
    svi = switch.interfaces["vlan20"]

    assert switch.interfaces["1/1/6"].mode == "routed"
    assert switch.interfaces["1/1/6"].address == IPv4Interface("10.48.127.2/30")
    assert (svi.vid, svi.address, svi.access_list) == (20, IPv4Interface("10.48.80.1/21"), "ZONE-PUPIL-IN")


def test_entries_of_an_access_list_are_read_in_the_order_of_their_numbers(switch: Switch) -> None:
    first, second, third = switch.access_lists["ZONE-PUPIL-IN"]

    assert (first.permits, first.protocol, first.rest, first.source_ports) == (
        True,
        "udp",
        "eq dhcp-client eq dhcp-server",
        "eq dhcp-client",
    )
    assert (second.permits, second.protocol, second.destination) == (False, "ip", IPv4Network("10.48.0.0/16"))
    assert (third.source, third.rest) == (IPv4Network("10.0.0.1/32"), "established")


def test_an_entry_that_nobody_can_read_may_let_anything_through() -> None:
    (entry,) = reading.read("aoscx", parse("access-list ip X\n    10 permit tcp group A any\n", RULES)).access_lists[
        "X"
    ]

    assert entry.permits
    assert entry.rest == "permit tcp group A any"


def test_the_ways_in_and_out_are_read(switch: Switch) -> None:
    assert (switch.ssh, switch.api, switch.http, switch.telnet) == (True, True, False, False)
    assert switch.doors == ("MGMT-ACCESS",)
    assert switch.defaults == (Route(IPv4Network("0.0.0.0/0"), "10.48.127.1"),)


def test_an_account_without_a_password_is_an_open_one(switch: Switch) -> None:
    assert {one.name: one.hash for one in switch.accounts} == {"matric": "sealed", "old": "plain"}


def test_spanning_tree_runs_where_it_is_written_alone(switch: Switch) -> None:
    assert switch.spanning_tree == "mst"
    assert reading.read("aoscx", parse("spanning-tree mode rpvst\n", RULES)).spanning_tree == "none"
    assert (
        reading.read("aoscx", parse("spanning-tree\nspanning-tree mode rpvst\n", RULES)).spanning_tree == "rapid-pvst"
    )
