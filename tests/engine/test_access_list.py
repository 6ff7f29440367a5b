"""Who may reach whom, tried packet by packet against the lists of the reference trust."""

from ipaddress import IPv4Address, IPv4Network
from itertools import product
from pathlib import Path

import pytest

from matric import snapshot, yaml_file
from matric.intent import build
from matric.intent.school import Network, School
from matric.intent.standard import Standard
from matric.render.access_list import AccessList, Entry, Side, zone_list
from tests import estate

ROOT = Path(__file__).parents[2]
STANDARD = yaml_file.model(ROOT / "inventory/standard.yaml", Standard)
RECORDS = snapshot.load(estate.ESTATE / "snapshot").records
SCHOOLS = [build.school(RECORDS, STANDARD, slug) for slug in ("fernhill", "oakfield")]
INTERNET = IPv4Address("198.51.100.7")


def inside(side: Side, address: IPv4Address) -> bool:
    if side.prefix == "any":
        return True
    return address in IPv4Network(side.prefix.removeprefix("host "))


def allows(found: AccessList, destination: IPv4Address, protocol: str = "tcp", port: str = "") -> bool:
    """What becomes of the first packet of a connection."""

    def fits(entry: Entry) -> bool:
        asked = ("", f" eq {port}") if port else ("",)
        return (
            entry.protocol in ("ip", protocol)
            and inside(entry.destination, destination)
            and not entry.source_port
            and entry.destination_port in asked
        )

    return next(entry.action for entry in found.entries if fits(entry)) == "permit"


def lists(school: School) -> dict[str, tuple[Network, AccessList]]:
    found = {network.role: (network, zone_list(school, network)) for network in school.networks}
    return {role: (network, listed) for role, (network, listed) in found.items() if listed is not None}


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_every_network_with_a_zone_has_a_list_and_no_other(school: School) -> None:
    assert set(lists(school)) == {network.role for network in school.networks if network.zone}


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_a_connection_opens_exactly_where_the_standard_lets_it(school: School) -> None:
    tried = 0
    for (source, listed), target in product(lists(school).values(), school.networks):
        if target.prefix is None or target.zone is None or source.role == target.role:
            continue
        zone = STANDARD.zones[source.zone or ""]
        wanted = target.zone in {source.zone, *zone.reaches}

        assert allows(listed, target.prefix[9], "tcp", "443") is wanted, f"{source.role} to {target.role}"
        tried += 1

    assert tried > 100


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_no_zone_of_users_reaches_management_even_if_the_standard_says_so(school: School) -> None:
    zones = {
        name: zone.model_copy(update={"reaches": (*zone.reaches, "management")})
        for name, zone in STANDARD.zones.items()
    }
    careless = School(
        school.id, school.name, school.slug, school.block, STANDARD.model_copy(update={"zones": zones}),
        school.devices, school.networks, school.wlans,
    )  # fmt: skip
    management = next(network.prefix for network in school.networks if network.role == "management")
    assert management is not None

    for role, (network, listed) in lists(careless).items():
        if STANDARD.zones[network.zone or ""].users:
            assert not allows(listed, management[1], "tcp", "22"), role


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_the_internet_is_open_only_to_zones_that_have_one(school: School) -> None:
    for network, listed in lists(school).values():
        wanted = STANDARD.zones[network.zone or ""].internet != "none"

        assert allows(listed, INTERNET, "tcp", "443") is wanted, network.role


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_no_zone_reaches_another_school_or_an_old_prefix(school: School) -> None:
    others = [prefix for slug, prefix in STANDARD.addresses.schools.items() if slug != school.slug]

    for network, listed in lists(school).values():
        for prefix in (*others, *school.legacy, IPv4Network("192.168.77.0/24")):
            assert not allows(listed, prefix[300], "tcp", "443") if prefix.num_addresses > 300 else True, network.role


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_names_and_time_work_from_everywhere_and_operators_reach_management(school: School) -> None:
    services = STANDARD.services
    for network, listed in lists(school).values():
        assert all(allows(listed, server, "udp", "domain") for server in services.dns), network.role
        assert all(allows(listed, server, "udp", "ntp") for server in services.ntp), network.role

    _, management = lists(school)["management"]

    assert all(allows(management, prefix[5], "tcp") for prefix in STANDARD.trust.operators)
    assert all(allows(management, server.address, "udp", "1812") for server in services.radius)


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.slug)
def test_a_list_ends_with_its_word_on_everything_else(school: School) -> None:
    for _, listed in lists(school).values():
        numbers = [entry.number for entry in listed.entries]

        assert numbers == sorted(set(numbers))
        assert (listed.entries[-1].protocol, listed.entries[-1].destination.prefix) == ("ip", "any")
