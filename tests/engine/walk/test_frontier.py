"""Where a walk may go, worked out without a network."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from matric import walk
from matric.errors import UsageError
from matric.survey.model import Arp, Neighbour
from matric.walk.frontier import Frontier

SCOPE = walk.scope(("192.168.1.1",), (), ("192.168.1.66",))


def neighbour(name: str, address: str = "", mac: str = "", *capabilities: str) -> Neighbour:
    return Neighbour(port="1", protocol="lldp", name=name, address=address, mac=mac, capabilities=capabilities)


def due(*neighbours: Neighbour, arps: tuple[Arp, ...] = ()) -> list[str]:
    frontier = Frontier(SCOPE)
    frontier.told(neighbours, arps)
    return list(frontier.due())


def test_an_address_is_asked_once_however_many_name_it() -> None:
    frontier = Frontier(SCOPE)
    frontier.seed(("192.168.1.1",))
    frontier.told([neighbour("a", "192.168.1.2", "", "bridge")], ())

    first = list(frontier.due())
    frontier.told([neighbour("a", "192.168.1.2", "", "bridge"), neighbour("core", "192.168.1.1")], ())

    assert first == ["192.168.1.1", "192.168.1.2"]
    assert not list(frontier.due())


def test_nobody_outside_the_prefixes_and_nobody_excluded_is_asked() -> None:
    outside = [neighbour("isp", "203.0.113.1", "", "router"), neighbour("next door", "192.168.2.1", "", "bridge")]

    assert due(*outside, neighbour("left alone", "192.168.1.66", "", "bridge")) == []


@pytest.mark.parametrize(
    "capabilities",
    [("telephone",), ("bridge", "telephone"), ("station",), ("wlan-access-point", "bridge")],
)
def test_telephones_computers_and_access_points_are_never_logged_in_to(capabilities: tuple[str, ...]) -> None:
    assert due(neighbour("thing", "192.168.1.9", "", *capabilities)) == []


def test_a_switch_that_tells_no_address_is_found_by_the_arp_table() -> None:
    mac = "aa:bb:cc:00:00:01"

    assert due(neighbour("sw", "", mac, "bridge"), arps=(Arp(ip="192.168.1.7", mac=mac),)) == ["192.168.1.7"]


ARISTA, DELL = "00:1c:73:00:00:01", "a4:bb:6d:00:00:01"


def test_who_only_stands_in_an_arp_table_is_asked_last_and_only_where_its_maker_makes_network_equipment() -> None:
    frontier = Frontier(SCOPE)
    frontier.told((), [Arp(ip="192.168.1.50", mac=DELL), Arp(ip="192.168.1.51", mac=ARISTA)])

    assert not list(frontier.due())
    assert list(frontier.last(())) == ["192.168.1.51"]
    assert not list(frontier.last(()))


@pytest.mark.parametrize("own", [("192.168.1.51",), (ARISTA,)])
def test_an_address_of_a_device_that_was_seen_is_not_asked_for_its_arp_entry(own: tuple[str, ...]) -> None:
    frontier = Frontier(SCOPE)
    frontier.told((), [Arp(ip="192.168.1.51", mac=ARISTA)])

    assert not list(frontier.last(own))


def test_what_a_neighbour_says_is_an_access_point_is_not_asked_for_its_maker() -> None:
    frontier = Frontier(SCOPE)
    frontier.told([neighbour("ap", "", ARISTA, "wlan-access-point")], [Arp(ip="192.168.1.51", mac=ARISTA)])

    assert not list(frontier.last(()))


def test_doors_that_the_word_of_a_neighbour_rules_out_are_not_tried() -> None:
    ssh, eapi, netconf = walk.real_doors("192.168.1.2")

    assert [one.fits("ArubaOS-Switch 2930F, revision WC.16.11") for one in (ssh, eapi, netconf)] == [True, False, False]
    assert [one.fits("Arista Networks EOS version 4.31.2F") for one in (ssh, eapi, netconf)] == [True, True, False]
    assert [one.fits("Juniper Networks, Inc. ex2300") for one in (ssh, eapi, netconf)] == [True, False, True]
    assert [one.fits("") for one in (ssh, eapi, netconf)] == [True, True, True]


def test_what_is_no_address_is_never_resolved() -> None:
    assert due(neighbour("sw", "core.example.org", "", "bridge")) == []


ADDRESSES = some.one_of(
    some.integers(0, 255).map(lambda last: f"192.168.1.{last}"), some.ip_addresses(v=4).map(str), some.text(max_size=8)
)
NEIGHBOURS = some.builds(
    Neighbour,
    port=some.just("1"),
    protocol=some.just("lldp"),
    name=some.sampled_from(["a", "b", ""]),
    address=ADDRESSES,
    mac=some.sampled_from(["aa:bb:cc:00:00:01", ""]),
    capabilities=some.lists(some.sampled_from(["bridge", "router", "telephone", "station"])).map(tuple),
)


@settings(max_examples=40)
@given(rounds=some.lists(some.lists(NEIGHBOURS, max_size=6), max_size=4), arp=ADDRESSES)
def test_whatever_neighbours_say_the_walk_stays_inside_and_ends(rounds: list[list[Neighbour]], arp: str) -> None:
    frontier = Frontier(SCOPE)
    asked: list[str] = []

    for said in rounds:
        frontier.told(said, (Arp(ip=arp, mac="aa:bb:cc:00:00:01"),))
        asked += frontier.due()
    asked += frontier.last(())

    assert len(asked) == len(set(asked))
    assert all(one.startswith("192.168.1.") and one != "192.168.1.66" for one in asked)


@pytest.mark.parametrize(
    ("seeds", "within", "exclude", "words"),
    [
        ((), (), (), "no address to begin at"),
        (("core.example.org",), (), (), "a name is never resolved"),
        (("8.8.8.8",), (), (), "is no private address"),
        (("10.1.1.1",), ("10.0.0.0/8",), (), "more than a school's"),
        (("10.1.1.1",), ("school",), (), "no IPv4 prefix"),
        (("10.1.1.1",), ("10.2.0.0/16",), (), "outside the prefixes"),
        (("10.1.1.1",), (), ("10.1.1.1",), "excluded"),
    ],
)
def test_a_walk_that_could_leave_the_school_is_refused(
    seeds: tuple[str, ...], within: tuple[str, ...], exclude: tuple[str, ...], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        walk.scope(seeds, within, exclude)
