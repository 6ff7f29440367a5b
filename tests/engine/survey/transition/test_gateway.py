"""Whatever answers for an old network today answers for it at every stage, or the page names what it does not know."""

from ipaddress import IPv4Address, IPv4Interface

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric.intent.record import Records
from matric.intent.school import Device as Switch
from matric.survey import adopt
from matric.survey.adopt.facts import facts
from matric.survey.endpoint.census import census
from matric.survey.model import Address, Arp, Mac, Survey
from matric.survey.transition import Order, Stage, Transition, rows
from matric.survey.transition.course import course
from matric.survey.transition.rows import ended
from tests.engine.survey.readiness.old_school import SCHOOL, port, surveyed
from tests.engine.survey.transition.test_transition import core_name, known, school

FLAT = "192.168.1.0/24"
BOX = "00:1d:aa:5c:10:01"
GIVEN = tuple(f"192.168.1.{last}" for last in (1, 2, 254))


def planned(survey: Survey, order: Order | None = None) -> tuple[Transition, dict[int, Records]]:
    """The way of the school surveyed so, and its rows at each stage."""
    found, final = known()
    seen = facts(survey, found.standard, final, adopt.Choices(school=SCHOOL))
    whole = course(seen, final, order or Order(), census(survey).endpoints)
    return whole, {stage.number: rows(seen, final, whole, stage) for stage in whole.stages}


def of(core: dict[str, object] | None = None, *others: dict[str, object]) -> Survey:
    """The school by hand, its core and its other switches with other things seen of them."""
    given_ = surveyed()
    changed = [
        device.model_copy(update=(core or {}) if number == 0 else others[number - 1] if number <= len(others) else {})
        for number, device in enumerate(given_.devices)
    ]
    return given_.model_copy(update={"devices": tuple(changed)})


def addresses(own: str | None, *more: Address) -> tuple[Address, ...]:
    """What the core has: *own* in the flat network, and two more networks, so that it is the core."""
    office = Address(interface="Vlan20", address="10.48.64.1/22", vid=20)
    loop = Address(interface="Loopback0", address="10.99.9.9/32")
    flat = (Address(interface="Vlan1", address=f"{own}/24", vid=1),) if own else ()
    return (*flat, office, loop, *more)


def gateways(records: Records) -> set[IPv4Address]:
    return {IPv4Interface(row.address).ip for row in records.ip_addresses if row.address.startswith("192.168.1.")}


def moved_by(whole: Transition, stage: Stage, vid: int) -> bool:
    """Whether nothing of VLAN *vid* is left in it when *stage* is done."""
    return not any(
        one.vid_before == vid for later in whole.stages for one in later.moves if later.number > stage.number
    )


@settings(max_examples=30, deadline=None)
@given(
    own=st.sampled_from((None, *GIVEN)),
    out=st.sampled_from(("", "10.0.0.1", *GIVEN)),
    named=st.tuples(*(st.sampled_from(("", *GIVEN)) for _ in range(2))),
    true=st.sampled_from(GIVEN),
)
def test_at_every_stage_the_gateway_hosts_have_answers_or_the_page_names_it(
    own: str | None, out: str, named: tuple[str, str], true: str
) -> None:
    core: dict[str, object] = {"addresses": addresses(own), "gateway": out}
    at = (Address(interface="v1", address="192.168.1.9/24", vid=1),)
    others: list[dict[str, object]] = [{"gateway": one, "addresses": at} for one in named]
    whole, stages = planned(of(core, *others))
    signs = [word for word in (own, out, *named) if word]
    said = " ".join((*whole.at_once, *whole.doubts))

    for stage in whole.stages:
        answered = IPv4Address(true) in gateways(stages[stage.number])
        unseen = true not in signs  # nothing that was surveyed says so: nobody can know
        assert answered or moved_by(whole, stage, 1) or true in said or "VLAN 1 (" in said or unseen


@settings(max_examples=20, deadline=None)
@given(own=st.sampled_from((None, *GIVEN)), out=st.sampled_from(("", *GIVEN)), voices=st.integers(0, 4))
def test_from_the_rows_of_any_stage_the_end_is_found_again_whoever_the_gateway_is(
    own: str | None, out: str, voices: int
) -> None:
    ports = surveyed().devices[1].ports or ()
    phones = tuple(one.model_copy(update={"voice": 7}) if n < voices else one for n, one in enumerate(ports))
    whole, stages = planned(of({"addresses": addresses(own), "gateway": out}, {"ports": phones}))

    for records in stages.values():
        assert ended(records, SCHOOL, whole) == known()[1]


def flat(whole: Transition) -> dict[str, object]:
    (side,) = [side for side in whole.sides if side.vid == 1]
    return {"gateway": side.gateway, "over": side.takes_over, "box": side.box, "servers": len(side.servers)}


def test_a_router_that_the_core_leaves_by_is_the_gateway_and_is_unplugged() -> None:
    seen: dict[str, object] = {
        "addresses": addresses("192.168.1.2"), "gateway": "192.168.1.254",
        "arps": (Arp(ip="192.168.1.254", mac=BOX),), "macs": (Mac(mac=BOX, port="GigabitEthernet1/0/20", vid=1),),
    }  # fmt: skip
    whole, stages = planned(of(seen))

    assert flat(whole) == {
        "gateway": "192.168.1.254/24", "over": True, "box": f"{core_name()} GigabitEthernet1/0/20", "servers": 0,
    }  # fmt: skip
    assert any(
        f"unplug the box that has it today from {core_name()} GigabitEthernet1/0/20" in one
        for one in whole.stages[0].changes
    )
    assert "plug the box with 192.168.1.254 in again" in whole.stages[0].back
    # The box is out of the old network at once, should somebody forget to unplug it.
    ports = school(stages[1]).by_name[core_name()].ports
    (at,) = [one.access for one in ports if one.name == "GigabitEthernet1/0/20"]
    assert at is not None
    assert not at.role.startswith("old-")


def test_what_most_switches_have_for_their_way_out_is_the_gateway_where_the_core_has_no_address_there() -> None:
    own = (Address(interface="v1", address="192.168.1.9/24", vid=1),)
    one: dict[str, object] = {"gateway": "192.168.1.254", "addresses": own}
    other: dict[str, object] = {"gateway": "192.168.1.1"}

    assert flat(planned(of({"addresses": addresses(None)}, one, one, other))[0])["gateway"] == "192.168.1.254/24"


def test_what_a_dhcp_pool_tells_hosts_is_the_surest_word() -> None:
    pool = "ip dhcp pool FLAT\n network 192.168.1.0 255.255.255.0\n default-router 192.168.1.2\n"
    seen: dict[str, object] = {"addresses": addresses("192.168.1.2"), "gateway": "192.168.1.254", "configuration": pool}

    assert flat(planned(of(seen))[0])["gateway"] == "192.168.1.2/24"


def test_a_network_whose_gateway_nobody_knows_runs_beside_unrouted_and_the_page_says_so() -> None:
    switch: dict[str, object] = {"addresses": (Address(interface="v1", address="192.168.1.9/24", vid=1),)}
    whole, _ = planned(of({"addresses": addresses(None)}, switch))

    assert [side.routed for side in whole.sides if side.vid == 1] == [False]
    assert any(one.startswith("VLAN 1 (192.168.1.0/24): nobody knows its gateway") for one in whole.doubts)


def test_a_gateway_that_somebody_found_is_taken_over_and_one_that_cannot_be_is_named() -> None:
    switch: dict[str, object] = {"addresses": (Address(interface="v1", address="192.168.1.9/24", vid=1),)}
    seen = of({"addresses": addresses(None)}, switch)
    whole, _ = planned(seen, Order(gateways={1: "192.168.1.200"}))
    wrong, _ = planned(seen, Order(gateways={1: "192.168.9.1"}))

    assert flat(whole) == {"gateway": "192.168.1.200/24", "over": True, "box": "", "servers": 0}
    assert flat(wrong)["gateway"] == ""
    assert any(one.startswith("VLAN 1: transition.yaml names 192.168.9.1") for one in wrong.doubts)


@pytest.mark.parametrize("own", ["10.48.1.1", None])
def test_a_range_of_the_trust_s_moves_at_once_whoever_its_gateway_is(own: str | None) -> None:
    switch: dict[str, object] = {
        "addresses": (Address(interface="v1", address="10.48.1.9/24", vid=1),),
        "gateway": "10.48.1.254",
    }
    at = (Address(interface="Vlan1", address=f"{own}/24", vid=1),) if own else ()
    whole, _ = planned(of({"addresses": addresses(None, *at)}, switch))

    assert 1 not in [side.vid for side in whole.sides]
    assert any(one.startswith("VLAN 1 (10.48.1.0/24): it overlaps") for one in whole.at_once)
    assert {one.vid_before for one in whole.stages[0].moves} >= {1}


def relayed(records: Records) -> set[object]:
    return {row.custom_fields["dhcp_relay"] for row in records.vlans if row.role == "old-1"}


def test_the_trust_s_servers_are_asked_in_an_old_network_unless_one_of_its_own_stands_there_and_until_it_moves() -> (
    None
):
    host = Mac(mac="00:15:5d:00:00:10", port="GigabitEthernet1/0/5", vid=1)
    seen: dict[str, object] = {"arps": (Arp(ip="192.168.1.10", mac=host.mac),), "macs": (host,)}
    relay = Address(interface="Vlan30", address="10.99.30.1/24", vid=30, relays=("192.168.1.10",))

    _, without = planned(of({**seen, "addresses": addresses("192.168.1.1")}))
    whole, served = planned(of({**seen, "addresses": addresses("192.168.1.1", relay)}))
    moves = [stage.number for stage in whole.stages for one in stage.moves if one.port == host.port]

    assert relayed(without[1]) == {True}
    assert [(one.address, one.port) for side in whole.sides for one in side.servers] == [("192.168.1.10", host.port)]
    for number, records in served.items():
        assert relayed(records) in (set(), {number >= moves[0]})


def test_telephones_in_front_of_a_host_keep_their_old_network_until_the_host_moves() -> None:
    ports = surveyed().devices[1].ports or ()
    phones: dict[str, object] = {"ports": tuple(
        one.model_copy(update={"voice": 7}) if one.name == "1/1/2" else one for one in ports
    )}  # fmt: skip
    whole, stages = planned(of(None, phones))
    (moves,) = [stage.number for stage in whole.stages for one in stage.moves if one.voice_before == 7]

    for number, records in stages.items():
        (at,) = [one for device in school(records).configured for one in device.ports if one.name == "1/1/2"]
        assert (at.voice is not None and at.voice.role == "old-7") == (number < moves)


def test_what_comes_untagged_from_somebody_else_s_trunk_stays_beside_and_what_is_tagged_is_named() -> None:
    trunk = port(4, mode="trunk", access=None, native=1, tagged=(30,), up=True)
    ports = tuple(trunk if one.name == trunk.name else one for one in surveyed().devices[0].ports or ())
    whole, _ = planned(of({"ports": ports}))

    assert trunk.name in [one.port for stage in whole.stages[1:] for one in stage.moves]
    assert any(f"{trunk.name}: what is untagged stays beside; VLAN 30 has no place" in one for one in whole.doubts)


def test_a_trunk_carries_at_each_stage_what_something_behind_it_uses_and_no_more() -> None:
    _, stages = planned(surveyed())

    for records in stages.values():
        found = school(records)
        managed = found.standard.networks[found.standard.management.network].vid
        for device in found.configured:
            if device.role != "access":
                continue
            below = {vid for other in found.configured if other.role == "access" for vid in uses(other)}
            assert {one.vid for held in device.ports for one in held.allowed} <= below | {managed}


def uses(device: Switch) -> set[int]:
    ends = (end for held in device.ports if held.enabled for end in (held.access, held.voice))
    return {end.vid for end in ends if end is not None}
