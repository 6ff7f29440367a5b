"""What protects a switch and its ports, read from the text each platform shows."""

import pytest

from matric.config import parse
from matric.platform import get as platform
from matric.switch.guard import Guard, Guards
from matric.switch.guarding import READERS

SERVERS = frozenset({"10.63.1.10", "10.63.1.11"})

IOS = """\
vtp mode off
mvrp global
dot1x system-auth-control
ip dhcp snooping vlan 10,20-22
ip dhcp snooping
ip arp inspection vlan 20
spanning-tree mode rapid-pvst
spanning-tree loopguard default
spanning-tree vlan 1-4094 priority 8192
spanning-tree vlan 20 priority 0
radius server one
 address ipv4 10.63.1.40 auth-port 1812 acct-port 1813
interface GigabitEthernet1/0/1
 description Office
 switchport access vlan 10
 switchport mode access
 switchport nonegotiate
 switchport port-security maximum 3
 switchport port-security
 authentication event server dead action authorize vlan 40
 authentication event fail action authorize vlan 998
 authentication open
 authentication port-control auto
 storm-control broadcast level 1.00
 power inline never
 speed 100
interface GigabitEthernet1/0/2
 switchport access vlan 10
 authentication event server dead action authorize vlan 40
 spanning-tree bpdufilter enable
 spanning-tree guard none
interface Vlan10
 ip address 10.48.76.1 255.255.252.0
 ip helper-address 10.63.1.10
 ip helper-address 10.63.1.11
 no ip proxy-arp
 ip directed-broadcast
interface Vlan20
 ip address 10.48.80.1 255.255.248.0
"""

EOS = """\
dot1x system-auth-control
dot1x
   aaa unresponsive action traffic allow vlan 40
ip dhcp snooping
ip dhcp snooping vlan 10,20-22
ip arp inspection vlan 20
spanning-tree mode mstp
spanning-tree mst 0 priority 4096
radius-server host 10.63.1.40 timeout 3 retransmit 2 key 7 00
interface Ethernet1
   description Office
   switchport access vlan 10
   switchport port-security violation protect
   switchport port-security mac-address maximum 3
   dot1x port-control auto
   storm-control all level 1
   speed forced 1000full
   poe disabled
interface Ethernet2
   spanning-tree bpdufilter enable
   spanning-tree guard loop
interface Vlan10
   ip address 10.48.76.1/22
   ip helper-address 10.63.1.10
   ip helper-address 10.63.1.11
   ip proxy-arp
"""

AOSCX = """\
port-access role OPEN
    vlan access 40
radius-server host 10.63.1.40 key plaintext x
aaa authentication port-access dot1x authenticator
    enable
aaa authentication port-access mac-auth
vlan 1
vlan 10,20-22
    dhcpv4-snooping
vlan 20
    arp inspection
mvrp
dhcpv4-snooping
spanning-tree
spanning-tree mode rpvst
spanning-tree vlan 1-4094 priority 2
spanning-tree vlan 20 priority 0
spanning-tree priority 1
port-access port-security enable
interface lag 1
    spanning-tree loop-guard
interface 1/1/1
    description Office
    vlan access 10
    port-access port-security
        client-limit 3
        enable
    aaa authentication port-access critical-role OPEN
    aaa authentication port-access reject-role NAMELESS
    aaa authentication port-access dot1x authenticator
        enable
    no power-over-ethernet
    rate-limit broadcast 10000 kbps
    loop-protect
    speed 1000-full
interface 1/1/2
    vlan access 10
    aaa authentication port-access mac-auth
        enable
    spanning-tree bpdu-filter
interface vlan 10
    ip address 10.48.76.1/22
    ip helper-address 10.63.1.10
    ip helper-address 10.63.1.11
    ip proxy-arp
"""

AOSS = """\
radius-server host 10.63.1.40 key "x"
gvrp
trunk 25-26 trk1 lacp
ip directed-broadcast
interface 1
   name "Office"
   no power-over-ethernet
   rate-limit bcast in percent 1
   speed-duplex 1000-full
   exit
vlan 10
   name "Staff"
   untagged 1-3
   tagged Trk1
   ip address 10.48.76.1 255.255.252.0
   ip helper-address 10.63.1.10
   ip helper-address 10.63.1.11
   ip proxy-arp
   exit
aaa port-access authenticator 1-2
aaa port-access authenticator 1 unauth-vid 40
aaa port-access 2 critical-auth user-role "OPEN"
aaa port-access authenticator active
port-security 1 learn-mode limited-continuous address-limit 3 action send-alarm
port-security 2 learn-mode continuous
dhcp-snooping
dhcp-snooping vlan 10 20-22
arp-protect
arp-protect vlan 20
spanning-tree
spanning-tree priority 1
spanning-tree 1 admin-edge-port
spanning-tree 2 bpdu-filter
spanning-tree 3 admin-edge-port
loop-protect 1
"""

JUNOS = """\
interfaces {
    ge-0/0/0 {
        description "The office";
        ether-options {
            speed 1g;
        }
        unit 0 {
            family ethernet-switching {
                interface-mode access;
                vlan {
                    members Staff;
                }
                storm-control STORM-1;
            }
        }
    }
    ge-0/0/1 {
        unit 0 {
            family ethernet-switching {
                vlan {
                    members Staff;
                }
                storm-control STORM-2;
            }
        }
    }
    ge-0/0/2 {
        unit 0 {
            family ethernet-switching;
        }
    }
    irb {
        unit 10 {
            proxy-arp restricted;
            family inet {
                targeted-broadcast;
                address 10.48.76.1/22;
            }
        }
    }
}
forwarding-options {
    storm-control-profiles STORM-1 {
        all {
            bandwidth-percentage 1;
        }
    }
    storm-control-profiles STORM-2 {
        all {
            no-broadcast;
        }
    }
    dhcp-relay {
        server-group {
            TRUST {
                10.63.1.10;
                10.63.1.11;
            }
        }
        active-server-group TRUST;
        group USERS {
            interface irb.10;
        }
    }
}
access {
    profile TRUST-RADIUS {
        radius {
            authentication-server [ 10.63.1.40 10.63.1.41 ];
        }
    }
}
protocols {
    dot1x {
        authenticator {
            authentication-profile-name TRUST-RADIUS;
            interface {
                ge-0/0/0.0 {
                    guest-vlan Guests;
                    server-reject-vlan 998;
                    server-fail permit;
                }
            }
        }
    }
    inactive: mvrp {
        interface all;
    }
    vstp {
        interface ge-0/0/0 {
            edge;
        }
        interface ge-0/0/1 {
            bpdu-timeout-action {
                block;
            }
        }
        vlan Staff {
            bridge-priority 0;
        }
        vlan all {
            bridge-priority 4k;
        }
    }
}
switch-options {
    interface ge-0/0/0.0 {
        interface-mac-limit {
            3;
            packet-action drop;
        }
    }
}
vlans {
    Staff {
        vlan-id 10;
        l3-interface irb.10;
        forwarding-options {
            dhcp-security {
                arp-inspection;
            }
        }
    }
    Guests {
        vlan-id 40;
        forwarding-options {
            dhcp-security;
        }
    }
}
poe {
    interface all;
    interface ge-0/0/0 {
        disable;
    }
}
"""

TEXTS = {"ios": IOS, "eos": EOS, "aoscx": AOSCX, "aoss": AOSS, "junos": JUNOS}
OFFICE = {"ios": "GigabitEthernet1/0/1", "eos": "Ethernet1", "aoscx": "1/1/1", "aoss": "1", "junos": "ge-0/0/0"}
SECOND = {"ios": "GigabitEthernet1/0/2", "eos": "Ethernet2", "aoscx": "1/1/2", "aoss": "2", "junos": "ge-0/0/2"}
EVERY = sorted(TEXTS)


def read(slug: str, text: str = "") -> Guards:
    return READERS[slug](parse(text or TEXTS[slug], platform(slug).rules))


@pytest.mark.parametrize("slug", EVERY)
def test_a_guarded_port_says_the_same_on_every_platform(slug: str) -> None:
    port = read(slug).ports[OFFICE[slug]]

    assert port.described == ("The office" if slug == "junos" else "Office")
    assert (port.fixed, port.authenticates, port.max_macs, port.storm, port.power) == (True, True, 3, True, False)
    assert port.speed == (100 if slug == "ios" else 1000)
    assert port.spanning_tree
    assert port.negotiates is (False if slug == "ios" else None)


@pytest.mark.parametrize("slug", EVERY)
def test_a_bare_port_is_guarded_by_nothing(slug: str) -> None:
    port = read(slug).ports[SECOND[slug]]

    assert (port.max_macs, port.storm, port.spanning_tree, port.speed) == (None, False, False, None)
    assert port.power


@pytest.mark.parametrize(
    ("slug", "vids"),
    [
        ("ios", {10, 40, 998}),  # open: into its own VLAN too
        ("eos", {40}),  # said once for every port
        ("aoscx", {10, 40}),  # a role without a VLAN leaves the port's own
        ("aoss", {40}),
        ("junos", {10, 40, 998}),
    ],
)
def test_where_strangers_land_is_read_from_every_way_of_letting_them_in(slug: str, vids: set[int]) -> None:
    assert read(slug).ports[OFFICE[slug]].lets_in == vids


def test_a_port_that_asks_nobody_lets_nobody_in_by_failing() -> None:
    port = read("ios").ports["GigabitEthernet1/0/2"]

    assert not port.authenticates
    assert port.lets_in == frozenset()


def test_a_port_asks_only_where_the_switch_asks_too() -> None:
    ios = read("ios", IOS.replace("dot1x system-auth-control\n", ""))
    aoss = read("aoss", AOSS.replace("aaa port-access authenticator active\n", ""))
    aoscx = read("aoscx")

    assert not any(port.authenticates for port in (*ios.ports.values(), *aoss.ports.values()))
    assert not aoscx.ports["1/1/2"].authenticates  # mac-auth is not on for the switch


def test_a_role_that_names_no_vlan_leaves_a_stranger_where_the_port_is() -> None:
    assert read("aoss").ports["2"].lets_in == {10}


@pytest.mark.parametrize("slug", EVERY)
def test_snooping_and_inspection_are_read_vlan_by_vlan(slug: str) -> None:
    guards = read(slug)

    assert guards.snooped == ({10, 40} if slug == "junos" else {10, 20, 21, 22})
    assert guards.inspected == ({10} if slug == "junos" else {20})


@pytest.mark.parametrize(("slug", "line"), [("ios", "ip dhcp snooping\n"), ("eos", "ip dhcp snooping\n"),
                                            ("aoscx", "\ndhcpv4-snooping\n"), ("aoss", "dhcp-snooping\n")])  # fmt: skip
def test_snooping_that_is_off_for_the_switch_is_on_in_no_vlan(slug: str, line: str) -> None:
    assert read(slug, TEXTS[slug].replace(line, "\n", 1)).snooped == frozenset()


@pytest.mark.parametrize("slug", EVERY)
def test_who_relays_to_whom_is_read_by_vlan(slug: str) -> None:
    assert read(slug).relays == {10: SERVERS}


@pytest.mark.parametrize(
    ("slug", "one", "tens", "twenties"),
    [
        ("ios", None, 8192, 0),
        ("eos", 4096, None, None),
        ("aoscx", 4096, 8192, 0),
        ("aoss", 4096, None, None),
        ("junos", None, 0, 4096),
    ],
)
def test_bridge_priorities_are_counted_alike(
    slug: str, one: int | None, tens: int | None, twenties: int | None
) -> None:
    guards = read(slug)

    assert (guards.priority_in(None), guards.priority_in(10), guards.priority_in(20)) == (one, tens, twenties)


def test_protocols_that_carry_vlans_from_switch_to_switch_are_named() -> None:
    assert {slug: read(slug).propagation for slug in EVERY} == {
        "ios": ("MVRP",),  # VTP is off
        "eos": None,
        "aoscx": ("MVRP",),
        "aoss": ("GVRP",),
        "junos": (),  # inactive
    }
    assert read("ios", "hostname sw\n").propagation == ("VTP",)


def test_who_answers_for_others_is_named() -> None:
    assert {slug: read(slug).answering for slug in EVERY} == {
        "ios": (("Vlan10", "directed broadcast"), ("Vlan20", "proxy ARP")),
        "eos": (("Vlan10", "proxy ARP"),),
        "aoscx": (("vlan10", "proxy ARP"),),
        "aoss": (("vlan10", "proxy ARP"), ("vlan10", "directed broadcast")),
        "junos": (("irb.10", "proxy ARP"), ("irb.10", "directed broadcast")),
    }


def test_loop_guard_is_none_where_the_platform_has_no_word_for_it() -> None:
    loops = {slug: {name: port.loop for name, port in read(slug).ports.items()} for slug in EVERY}

    assert (loops["ios"]["GigabitEthernet1/0/1"], loops["ios"]["GigabitEthernet1/0/2"]) == (True, False)
    assert (loops["eos"]["Ethernet1"], loops["eos"]["Ethernet2"]) == (False, True)
    assert (loops["aoscx"]["1/1/1"], loops["aoscx"]["1/1/2"], loops["aoscx"]["lag1"]) == (True, False, True)
    assert (loops["aoss"]["1"], loops["aoss"]["3"], loops["aoss"]["Trk1"]) == (True, False, None)
    assert [loops["junos"][f"ge-0/0/{number}"] for number in range(3)] == [None, True, False]


def test_a_storm_profile_that_leaves_broadcasts_alone_is_none() -> None:
    assert not read("junos").ports["ge-0/0/1"].storm


@pytest.mark.parametrize(
    ("slug", "line", "by"),
    [
        ("ios", " speed 100\n", " udld port aggressive\n"),
        ("ios", "mvrp global\n", "udld aggressive\n"),
        ("aoscx", "    speed 1000-full\n", "    udld\n"),
        ("aoss", "   speed-duplex 1000-full\n", "   link-keepalive\n"),
        (
            "junos",
            "protocols {\n",
            (
                "protocols {\n    oam {\n        ethernet {\n            link-fault-management {\n"
                "                interface ge-0/0/0;\n            }\n        }\n    }\n"
            ),
        ),
    ],
)
def test_what_notices_a_one_way_fault_is_read(slug: str, line: str, by: str) -> None:
    assert not read(slug).ports[OFFICE[slug]].one_way
    assert read(slug, TEXTS[slug].replace(line, by, 1)).ports[OFFICE[slug]].one_way


def test_servers_for_logins_are_counted() -> None:
    assert {slug: read(slug).radius for slug in EVERY} == {"ios": 1, "eos": 1, "aoscx": 1, "aoss": 1, "junos": 2}


def test_a_port_without_a_mode_negotiates_where_the_platform_can() -> None:
    port = read("ios").ports["GigabitEthernet1/0/2"]

    assert not port.fixed
    assert port.negotiates
    assert not Guard().negotiates
