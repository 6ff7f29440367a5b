"""From a configuration to ports of Open vSwitch and rules of nftables: values, for which no root is needed."""

from ipaddress import IPv4Interface, IPv4Network
from typing import Any

import pytest

from matric.errors import UsageError
from matric.lab.packets.fabric import read
from matric.lab.packets.filters import ruleset
from matric.lab.packets.layout import Bundle, Membership, Svi, laid_out
from matric.switch import ANYWHERE, Entry

IOS = """\
hostname core-1
vlan 10
 name Staff
vlan 20
 name Pupils
vlan 99
 name Management
interface Port-channel1
 switchport mode trunk
 switchport trunk native vlan 999
 switchport trunk allowed vlan 10,20,77,99
interface TenGigabitEthernet1/1/1
 channel-group 1 mode active
interface TenGigabitEthernet1/1/2
 channel-group 1 mode active
interface GigabitEthernet1/0/1
 switchport access vlan 20
 switchport mode access
interface GigabitEthernet1/0/2
 switchport access vlan 10
 switchport voice vlan 20
 switchport mode access
interface GigabitEthernet1/0/3
 switchport access vlan 66
 switchport mode access
interface GigabitEthernet1/0/4
 switchport access vlan 20
 switchport mode access
 shutdown
interface GigabitEthernet1/0/24
 no switchport
 ip address 10.48.67.1 255.255.255.252
interface Vlan99
 ip address 10.48.64.1 255.255.255.0
 ip access-group MANAGEMENT-IN in
interface Vlan20
 ip address 10.48.80.1 255.255.248.0
 shutdown
interface Vlan66
 ip address 10.48.90.1 255.255.255.0
end
"""
PLUGGED = (
    "TenGigabitEthernet1/1/1", "TenGigabitEthernet1/1/2",
    *(f"GigabitEthernet1/0/{number}" for number in (1, 2, 3, 4, 5, 24)),
)  # fmt: skip


def test_ports_lags_and_addresses_are_what_the_configuration_says() -> None:
    found = laid_out(read("ios", IOS), dict.fromkeys(PLUGGED))

    bundles = {one.name: one for one in found.bundles}
    assert bundles["Port-channel1"] == Bundle(
        "Port-channel1", PLUGGED[:2], Membership("trunk", None, (10, 20, 99)), lag=True, lacp=True
    )
    assert bundles["GigabitEthernet1/0/1"].member == Membership("access", 20)
    assert bundles["GigabitEthernet1/0/2"].member == Membership("native-untagged", 10, (20,))
    assert bundles["GigabitEthernet1/0/5"].member == Membership("access", 1)
    assert "GigabitEthernet1/0/3" not in bundles  # its VLAN does not exist
    assert "GigabitEthernet1/0/4" not in bundles
    assert found.up == set(PLUGGED) - {"GigabitEthernet1/0/4"}


def test_a_routed_port_has_a_vlan_of_its_own_and_an_svi_needs_a_vlan_that_exists() -> None:
    found = laid_out(read("ios", IOS), dict.fromkeys(PLUGGED))

    inside = next(one for one in found.bundles if one.name == "GigabitEthernet1/0/24").member
    assert inside == Membership("access", 4094)
    assert {one.name: one for one in found.svis} == {
        "Vlan99": Svi("Vlan99", 99, IPv4Interface("10.48.64.1/24"), "MANAGEMENT-IN"),
        "GigabitEthernet1/0/24": Svi("GigabitEthernet1/0/24", 4094, IPv4Interface("10.48.67.1/30")),
    }


def test_a_trunk_that_carries_nothing_is_not_a_trunk_that_carries_all() -> None:
    text = "vlan 10\n name Staff\ninterface Ethernet1\n switchport mode trunk\n switchport trunk allowed vlan none\n"

    (bundle,) = laid_out(read("eos", text), {"Ethernet1": None}).bundles

    assert bundle.member == Membership("trunk", None, (4095,))


def entry(permits: bool = True, protocol: str = "ip", rest: str = "", **more: Any) -> Entry:  # noqa: FBT001, FBT002 - a column
    return Entry(permits, protocol, more.pop("source", ANYWHERE), more.pop("to", ANYWHERE), rest, **more)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (entry(permits=False), "drop"),
        (entry(to=IPv4Network("10.48.64.0/24")), "ip daddr 10.48.64.0/24 accept"),
        (entry(source=IPv4Network("10.0.0.1/32")), "ip saddr 10.0.0.1 accept"),
        (entry(protocol="tcp", rest="eq domain"), "ip protocol tcp tcp dport 53 accept"),
        (entry(protocol="udp", rest="eq 53", source_ports="eq 53"), "ip protocol udp udp sport 53 accept"),
        (
            entry(protocol="udp", rest="range 1 1023 gt 1023", source_ports="range 1 1023"),
            "ip protocol udp udp sport 1-1023 udp dport > 1023 accept",
        ),
        (entry(protocol="tcp", rest="established"), "ip protocol tcp tcp flags & (ack | rst) != 0 accept"),
        (entry(protocol="icmp", rest="icmp-type echo"), "ip protocol icmp icmp type echo-request accept"),
        (entry(protocol="icmp", rest="0"), "ip protocol icmp icmp type 0 accept"),
    ],
)
def test_an_entry_becomes_a_rule(given: Entry, rule: str) -> None:
    assert f"\n{rule}\ndrop\n}}" in ruleset({"X": (given,)}, [("vlan20", "X")])


@pytest.mark.parametrize(
    "given",
    [
        entry(rest="permit ip any group SERVERS"),
        entry(protocol="tcp", rest="eq nameless"),
        entry(protocol="icmp", rest="eq 8"),
        entry(protocol="udp", rest="eq 1 eq 2 eq 3"),
        entry(protocol="eigrp"),
        entry(protocol="tcp", rest="fragments"),
    ],
)
def test_an_entry_that_cannot_be_said_is_refused_and_never_left_out(given: Entry) -> None:
    with pytest.raises(UsageError, match="cannot put into packets"):
        ruleset({"X": (given,)}, [("vlan20", "X")])


def test_a_list_that_is_not_defined_filters_nothing() -> None:
    assert "jump" not in ruleset({}, [("vlan20", "GONE")])
    assert 'oifname "vlan20" jump list0' in ruleset({"X": ()}, [], [("vlan20", "X")])
