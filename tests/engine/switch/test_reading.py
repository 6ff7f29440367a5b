"""What the policies read out of configurations, written by hand or by a template."""

from ipaddress import IPv4Network

import pytest

from matric.config import parse
from matric.platform import get as platform
from matric.switch import Switch, reading
from tests import estate

ANYWHERE = IPv4Network("0.0.0.0/0")


def read(slug: str, text: str) -> Switch:
    return reading.read(slug, parse(text, platform(slug).rules))


def test_a_port_about_which_nothing_is_written_is_an_access_port_in_vlan_1() -> None:
    port = read("ios", "interface GigabitEthernet1/0/1\n description x\n").interfaces["GigabitEthernet1/0/1"]

    assert (port.mode, port.access, port.enabled, port.allowed) == ("access", 1, True, None)


def test_allowed_vlans_are_added_and_taken_away_in_order() -> None:
    text = (
        "interface Port-channel1\n switchport mode trunk\n switchport trunk allowed vlan 10,20-22\n"
        " switchport trunk allowed vlan add 99\n switchport trunk allowed vlan remove 21\n"
    )

    assert read("ios", text).interfaces["Port-channel1"].allowed == frozenset({10, 20, 22, 99})


def test_a_member_of_a_lag_is_governed_by_the_lag() -> None:
    text = (
        "interface Port-Channel7\n   switchport mode trunk\n   switchport trunk native vlan 999\n"
        "interface Ethernet1\n   channel-group 7 mode on\n"
    )

    switch = read("eos", text)

    assert (switch.interfaces["Ethernet1"].mode, switch.interfaces["Ethernet1"].lacp) == ("member", False)
    carrier = switch.carrier("Ethernet1")
    assert carrier is not None
    assert carrier.native == 999


def test_a_telephone_s_port_of_eos_is_an_access_port() -> None:
    text = (
        "interface Ethernet2\n   switchport trunk native vlan 10\n   switchport phone vlan 30\n"
        "   switchport mode trunk phone\n"
    )

    port = read("eos", text).interfaces["Ethernet2"]

    assert (port.mode, port.access, port.voice) == ("access", 10, 30)


@pytest.mark.parametrize(
    ("line", "source", "destination", "rest"),
    [
        ("permit ip any 10.1.0.0 0.0.255.255", "0.0.0.0/0", "10.1.0.0/16", ""),
        ("10 deny tcp host 10.1.1.1 any eq 22", "10.1.1.1/32", "0.0.0.0/0", "eq 22"),
        ("permit udp any eq bootpc any eq bootps", "0.0.0.0/0", "0.0.0.0/0", "eq bootpc eq bootps"),
        ("permit ip 10.1.1.1 0.0.0.0 any log", "10.1.1.1/32", "0.0.0.0/0", ""),
        ("permit ip 10.1.2.0/24 host 10.9.9.9", "10.1.2.0/24", "10.9.9.9/32", ""),
    ],
)
def test_an_entry_of_an_access_list_is_read(line: str, source: str, destination: str, rest: str) -> None:
    (entry,) = read("ios", f"ip access-list extended X\n {line}\n").access_lists["X"]

    assert (entry.source, entry.destination, entry.rest) == (IPv4Network(source), IPv4Network(destination), rest)


@pytest.mark.parametrize("line", ["permit ip any 10.0.1.0 0.255.0.255", "permit tcp object-group A any", "deny"])
def test_an_entry_that_nobody_can_read_may_let_anything_through_and_refuses_nothing(line: str) -> None:
    lists = read("ios", f"ip access-list extended X\n {line} \n").access_lists["X"]

    assert all((entry.source, entry.destination) == (ANYWHERE, ANYWHERE) and entry.rest for entry in lists)


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        ("username a privilege 15 secret 9 $9$x", "scrypt"),
        ("username a privilege 15 secret 8 <secret:lab:break-glass|type8>", "sha256"),
        ("username a secret 5 $1$x", "md5"),
        ("username a password 7 0205", "reversible"),
        ("username a password hunter2", "plain"),
        ("username a secret 4 xyz", "broken"),
        ("username a nopassword", "plain"),
        ("username a privilege 15 role network-admin secret sha512 $6$x", "sha512"),
        ("enable password letmein", "plain"),
    ],
)
def test_how_a_secret_is_stored_is_read(line: str, stored: str) -> None:
    (account,) = read("ios", f"{line}\n").accounts

    assert account.hash == stored


@pytest.mark.parametrize(
    ("slug", "text", "telnet", "http"),
    [
        ("ios", "no ip http server\nline vty 0 4\n transport input ssh\n", False, False),
        ("ios", "ip http server\nline vty 0 4\n login\n", True, True),
        ("ios", "line vty 0 4\n transport input ssh\nline vty 5 15\n transport input telnet\n", True, True),
        ("eos", "management telnet\n   no shutdown\n", True, False),
        ("eos", "management api http-commands\n   no shutdown\n   protocol http\n", False, True),
        ("eos", "management api http-commands\n   no shutdown\n", False, False),
    ],
)
def test_the_ways_in_are_read(slug: str, text: str, *, telnet: bool, http: bool) -> None:
    switch = read(slug, text)

    assert (switch.telnet, switch.http) == (telnet, http)


@pytest.mark.parametrize(
    ("slug", "line", "hop"),
    [
        ("ios", "ip route 0.0.0.0 0.0.0.0 10.1.1.2 name out", "10.1.1.2"),
        ("ios", "ip default-gateway 10.1.1.3", "10.1.1.3"),
        ("eos", "ip route 0.0.0.0/0 10.1.1.4", "10.1.1.4"),
        ("ios", "ip route 0.0.0.0 0.0.0.0 Vlan5 10.1.1.5", "10.1.1.5"),
    ],
)
def test_the_way_out_is_read(slug: str, line: str, hop: str) -> None:
    assert [route.next_hop for route in read(slug, f"{line}\n").defaults] == [hop]


def test_the_joining_school_s_old_configurations_are_read_without_a_fault() -> None:
    folder = estate.ESTATE / "lab/oakfield"
    for name in ("core-1", "sw-02", "sw-04"):
        with open(f"{folder}/{name}.conf", encoding="utf-8") as file:  # noqa: PTH123 - one line
            switch = read("ios", file.read())

        assert switch.interfaces
        assert switch.accounts
