"""The zone matrix of the standard, in packets: who may reach whom is asked of hosts that really try."""

import itertools
from collections.abc import Mapping

import pytest

from matric.intent.school import Network
from tests.packets.school import BEYOND, Standing, many

pytestmark = [pytest.mark.root, pytest.mark.slow]

PORTS = (22, 443, 9100)
SERVICE = 161
"""A UDP port that answers go out of by the lists; those above 1023 they do not."""
NAMES, INTERNET = BEYOND


@pytest.fixture(scope="module")
def networks(primary: Standing) -> Mapping[str, Network]:
    """Host -> its network."""
    by_role = {net.role: net for net in primary.school.networks}
    return {name: by_role[name.rpartition("-")[0]] for name in primary.fabric.hosts}


def address(primary: Standing, host: str) -> str:
    return str(primary.fabric.hosts[host].address.ip)


def test_every_kind_of_zone_has_a_host(networks: Mapping[str, Network]) -> None:
    assert {"pupil", "staff", "printer", "server", "voice"} <= {str(net.zone) for net in networks.values()}


def test_pupils_reach_pupils_over_two_switches(primary: Standing) -> None:
    hosts = primary.fabric.hosts
    assert hosts["pupil-1"].device != hosts["pupil-2"].device

    assert primary.fabric.reaches("pupil-1", address(primary, "pupil-2"))
    assert primary.fabric.reaches("pupil-2", address(primary, "pupil-1"), "tcp", 8080)
    assert primary.fabric.reaches("pupil-2", address(primary, "pupil-1"), "udp", 8080)


def test_vlans_are_separate_whatever_address_a_host_takes(primary: Standing) -> None:
    """A pupil's computer with an address of the staff network is in the pupils' VLAN all the same."""
    taken = primary.fabric.hosts["staff-2"].address
    stolen = f"{taken.ip + 9}/{taken.network.prefixlen}"
    primary.fabric.run("pupil-1", "ip", "addr", "add", stolen, "dev", "eth0")
    try:
        found = many(primary.fabric, [("pupil-1", str(taken.ip), "icmp", 0), ("pupil-1", str(taken.ip), "tcp", 445)])
    finally:
        primary.fabric.run("pupil-1", "ip", "addr", "del", stolen, "dev", "eth0")

    assert not any(found.values())


def test_the_zone_matrix_of_the_standard_holds_in_packets(primary: Standing, networks: Mapping[str, Network]) -> None:
    zones = primary.school.standard.zones
    first = [name for name in networks if name.endswith("-1")]
    wanted: dict[tuple[str, str, str, int], bool] = {}
    for source, target in itertools.permutations(first, 2):
        here, there = str(networks[source].zone), str(networks[target].zone)
        may = here == there or there in zones[here].reaches
        for port in PORTS:
            wanted[source, address(primary, target), "tcp", port] = may
        wanted[source, address(primary, target), "udp", SERVICE] = may
        wanted[source, address(primary, target), "icmp", 0] = may

    found = many(primary.fabric, wanted)

    assert {question: got for question, got in found.items() if got != wanted[question]} == {}
    assert {True, False} == set(wanted.values())


def test_no_user_reaches_management_and_the_engineer_reaches_all_of_it(
    primary: Standing, networks: Mapping[str, Network]
) -> None:
    devices = [device for device in primary.school.configured if device.management is not None]
    ports = {device.name: int(primary.lab.devices[device.key]["port"]) for device in devices}
    users = [name for name, net in networks.items() if name.endswith("-1") and net.zone != "infrastructure"]

    asked = [(user, str(device.management.ip), protocol, port) for user in users for device in devices
             if device.management is not None
             for protocol, port in (("icmp", 0), ("tcp", ports[device.name]))]  # fmt: skip
    found = many(primary.fabric, asked)
    managed = {device.name: primary.fabric.manages(device.name) for device in devices}

    assert [question for question, got in found.items() if got] == []
    assert managed == {device.name: True for device in devices}


def test_what_lies_beyond_the_router_is_open_as_the_standard_says(
    primary: Standing, networks: Mapping[str, Network]
) -> None:
    zones = primary.school.standard.zones
    wanted: dict[tuple[str, str, str, int], bool] = {}
    for name, net in networks.items():
        zone = zones[str(net.zone)]
        wanted[name, INTERNET, "tcp", 443] = zone.internet != "none"
        wanted[name, NAMES, "udp", 53] = True
        wanted[name, NAMES, "tcp", 53] = True
        wanted[name, NAMES, "tcp", 3389] = False

    found = many(primary.fabric, wanted)

    assert {question: got for question, got in found.items() if got != wanted[question]} == {}


def test_every_host_may_ask_its_own_gateway_whether_it_is_there(
    primary: Standing, networks: Mapping[str, Network]
) -> None:
    found = many(primary.fabric, [(name, str(net.gateway), "icmp", 0) for name, net in networks.items()])

    assert all(found.values()), found
