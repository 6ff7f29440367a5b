"""What protects a switch and its ports, read from the text each platform shows."""

import pytest

from matric.config import parse
from matric.platform import get as platform
from matric.switch.guard import Guard, Guards
from matric.switch.guarding import READERS
from tests.engine.switch.guarded import OFFICE, SECOND, TEXTS

SERVERS = frozenset({"10.63.1.10", "10.63.1.11"})

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
    ios = read("ios", TEXTS["ios"].replace("dot1x system-auth-control\n", ""))
    aoss = read("aoss", TEXTS["aoss"].replace("aaa port-access authenticator active\n", ""))
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
