"""Every stage of a school's way is a school in itself, and nothing moves twice or is forgotten."""

import datetime as dt
import shutil
from collections import Counter
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from matric import site, survey
from matric.intent import build, check
from matric.intent.record import IpAddressRow, Records
from matric.intent.school import School
from matric.survey import adopt, transition
from matric.survey.adopt.facts import Facts, facts
from matric.survey.endpoint.census import census
from matric.survey.model import Address, Vlan
from matric.survey.transition import Order, Stage, Transition, rows
from matric.survey.transition.course import USUAL, course
from matric.survey.transition.rows import ended
from tests.engine.survey.readiness.old_school import SCHOOL, surveyed

ROOT = Path(__file__).parents[4]


@cache
def known() -> tuple[Facts, Records]:
    """The school by hand, and its rows as they are in the end."""
    trust = site.load(ROOT)
    records = trust.snapshot.records
    standard = adopt.with_block(trust.standard, SCHOOL, adopt.free(trust.standard, records, surveyed()))
    final = adopt.proposed(surveyed(), standard, records, adopt.Choices(school=SCHOOL))
    named = tuple(row if row.serial else row.model_copy(update={"serial": f"x-{row.id}"}) for row in final.devices)
    final = final.model_copy(update={"devices": named})
    return facts(surveyed(), standard, final, adopt.Choices(school=SCHOOL)), final


def way(order: Order | None = None) -> Transition:
    found, final = known()
    return course(found, final, order or Order(), census(surveyed()).endpoints)


def school(records: Records) -> School:
    return build.school(records, known()[0].standard, SCHOOL)


def at(stage: Stage, whole: Transition) -> Records:
    found, final = known()
    return rows(found, final, whole, stage)


def core_name() -> str:
    core = known()[0].core
    assert core is not None
    return core.name


def networks(records: Records) -> dict[tuple[str, str], int]:
    """Device and port -> number of the VLAN that is untagged there."""
    return {
        (device.name, port.name): port.access.vid
        for device in school(records).configured
        for port in device.ports
        if port.access is not None and port.profile.mode == "access"
    }


def test_each_stage_passes_every_check_of_its_rows() -> None:
    whole = way()

    assert len(whole.stages) >= 3
    for stage in whole.stages:
        problems = check.problems(at(stage, whole), known()[0].standard, SCHOOL)
        assert [str(one) for one in problems if not one.warning] == []


def test_the_last_stage_is_the_standard_and_nothing_of_before() -> None:
    whole = way()
    assert at(whole.stages[-1], whole) == known()[1]


def test_in_the_first_stage_no_host_changes_its_network() -> None:
    whole = way()
    sides = {side.vid: side.vid_during for side in whole.sides}
    now = networks(at(whole.stages[0], whole))

    for stage in whole.stages[1:]:
        for one in stage.moves:
            assert now[one.device, one.port] == sides[one.vid_before]


def test_each_port_moves_once_and_at_its_stage() -> None:
    whole = way()
    moves = Counter((one.device, one.port) for stage in whole.stages for one in stage.moves)
    roles = known()[0].standard.networks

    assert set(moves.values()) == {1}
    before = networks(at(whole.stages[0], whole))
    for stage in whole.stages[1:]:
        after = networks(at(stage, whole))
        changed = {key for key, vid in after.items() if before[key] != vid}
        assert changed == {(one.device, one.port) for one in stage.moves}
        assert all(after[one.device, one.port] == roles[one.role].vid for one in stage.moves)
        before = after


def test_an_old_network_is_carried_to_every_switch_that_still_has_a_port_in_it_and_no_further() -> None:
    whole = way()
    stage = whole.stages[0]
    found = school(at(stage, whole))
    olds = {side.vid_during for side in whole.sides}

    for device in found.configured:
        ports = {port.access.vid for port in device.ports if port.access is not None} & olds
        carried = {one.vid for port in device.ports for one in port.allowed} | {
            one.vid for lag in device.lags for one in lag.allowed
        }
        assert ports <= carried | ({one.network.vid for one in device.svis} if device.name == core_name() else set())


def test_hosts_keep_the_gateway_they_know() -> None:
    whole = way()
    routed = {side.vid_during: side.gateway for side in whole.sides if side.routed}
    core = school(at(whole.stages[0], whole)).by_name[core_name()]

    assert routed
    assert {one.network.vid: str(one.address) for one in core.svis if one.network.vid in routed} == routed


def test_a_number_that_the_standard_needs_is_given_up_for_a_spare_one() -> None:
    used = {network.vid for network in known()[0].standard.networks.values()}

    for side in way().sides:
        assert side.vid_during not in used | {1}


def test_an_old_network_is_treated_as_the_strictest_of_the_people_where_nothing_says_what_it_is() -> None:
    (flat,) = [side for side in way().sides if side.vid == 1]
    assert (flat.zone, flat.filter_policy) == ("pupil", known()[0].standard.networks["pupil"].filter_policy)


def test_what_another_school_uses_is_never_routed_beside() -> None:
    for side in way().sides:
        if side.routed:
            others = (block for slug, block in known()[0].standard.addresses.schools.items() if slug != SCHOOL)
            assert not any(IPv4Network(side.prefix).overlaps(block) for block in others)


def test_the_usual_order_ends_with_what_people_depend_on() -> None:
    order = [role for stage in way().stages for role in stage.roles]
    assert order == sorted(order, key=USUAL.index)


def test_a_trust_may_move_networks_together_and_in_its_own_order() -> None:
    roles = {one.role for stage in way().stages[1:] for one in stage.moves}
    together = way(Order(stages=(tuple(sorted(roles)),)))

    assert [stage.kind for stage in together.stages] == ["beside", "move", "clear"]
    assert {one.role for one in together.stages[1].moves} == roles


def test_everything_at_once_has_one_stage_and_nothing_beside() -> None:
    whole = way(Order(whole=True))

    assert [stage.kind for stage in whole.stages] == ["whole"]
    assert at(whole.stages[0], whole) == known()[1]


def test_leases_are_lowered_as_long_before_as_they_last() -> None:
    whole = way(Order(lease_hours=24))
    leads = [lead for stage in whole.stages for lead in stage.leads if "lower the DHCP lease" in lead.what]

    assert {lead.days for lead in leads} == {1}


def test_from_the_rows_of_any_stage_the_end_is_found_again() -> None:
    whole = way()
    final = known()[1]

    for stage in whole.stages:
        assert ended(at(stage, whole), SCHOOL, whole) == final


def test_a_netbox_that_was_given_a_stage_and_has_the_old_prefixes_twice_leads_to_the_same_end() -> None:
    whole = way()
    beside, final = at(whole.stages[0], whole), known()[1]
    old = {vlan.id for vlan in beside.vlans} - {vlan.id for vlan in final.vlans}
    new = [row for row in beside.prefixes if row.vlan_id in old]
    kept = tuple(row for row in final.prefixes if row.id in {one.id for one in new})
    twice = (
        *(row for row in beside.prefixes if row.id not in {one.id for one in new}), *kept,
        *(row.model_copy(update={"id": 10**6 + row.id}) for row in new),
    )  # fmt: skip

    assert new
    found = ended(beside.model_copy(update={"prefixes": twice}), SCHOOL, whole).prefixes
    assert sorted(found, key=lambda row: row.id) == sorted(final.prefixes, key=lambda row: row.id)


def test_an_address_of_something_else_with_the_number_of_an_old_gateway_stays_at_the_end() -> None:
    whole = way()
    beside = at(whole.stages[0], whole)
    svi = max(beside.interfaces, key=lambda row: row.id)
    other = IpAddressRow(
        id=10**6, address="10.48.9.9/24", status="active", assigned_object_type="virtualization.vminterface",
        assigned_object_id=svi.id,
    )  # fmt: skip
    beside = beside.model_copy(update={"ip_addresses": (*beside.ip_addresses, other)})

    assert svi not in ended(beside, SCHOOL, whole).interfaces
    assert other in ended(beside, SCHOOL, whole).ip_addresses


def test_what_runs_beside_is_agreed_until_the_day_that_was_decided() -> None:
    whole = way()
    order = Order(review=dt.date(2027, 3, 1))
    found = tuple(transition.agreements(whole, whole.stages[0], order, owner="the head", approver="the trust"))

    assert [one.object for one in found] == [f"{SCHOOL} vlan {side.vid_during}" for side in whole.sides]
    assert {one.review for one in found} == {dt.date(2027, 3, 1)}


def test_once_a_way_is_kept_it_stays_the_same_whatever_stage_the_snapshot_is_at(tmp_path: Path) -> None:
    for name in ("inventory", "policies", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("lab", "__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    survey.save(tmp_path / "inventory", surveyed())
    trust = site.load(tmp_path)
    whole, stages = transition.planned(trust, SCHOOL)
    transition.keep(trust, whole)

    again, found = transition.planned(site.load(tmp_path), SCHOOL)

    assert again == whole
    assert found == stages
    (tmp_path / "inventory" / "joining" / SCHOOL / transition.WAY).write_text("{}", encoding="utf-8")
    with pytest.raises(Exception, match="reads no such way"):
        transition.planned(site.load(tmp_path), SCHOOL)


# ---- what is not kept is said ----


def with_core(*addresses: Address, b_too: Address | None = None, **changed: object) -> Transition:
    """The way of the school whose core has *addresses* besides its own, and sw-b *b_too*."""
    found, final = known()
    given = surveyed()
    core, a, b, *more = given.devices
    core = core.model_copy(update={"addresses": (*(core.addresses or ()), *addresses), **changed})
    if b_too is not None:
        b = b.model_copy(update={"addresses": (b_too,)})
    seen = given.model_copy(update={"devices": (core, a, b, *more)})
    return course(facts(seen, found.standard, final, adopt.Choices(school=SCHOOL)), final, Order(), ())


def said(whole: Transition, *words: str) -> bool:
    return any(all(word in doubt for word in words) for doubt in whole.doubts)


def test_a_second_range_behind_one_gateway_and_its_loss_are_named() -> None:
    more = Address(interface="Vlan1", address="172.20.1.1/24", vid=1)

    assert said(with_core(more), "VLAN 1: 172.20.1.1/24", "only 192.168.1.1/24 is kept")
    assert not said(with_core(), "VLAN 1: ")


def test_a_core_that_sends_on_into_an_old_network_may_not_be_its_gateway() -> None:
    over = with_core(gateway="192.168.1.254")

    assert [(side.gateway, side.takes_over) for side in over.sides if side.vid == 1] == [("192.168.1.254/24", True)]
    assert any("unplug the box" in one for one in over.stages[0].changes)
    assert said(over, "192.168.1.1/24", "only 192.168.1.254/24 is kept")
    assert [side.takes_over for side in with_core(gateway="10.0.0.1").sides if side.vid == 1] == [False]


def test_the_gateway_of_another_switch_is_named_where_no_stage_keeps_it() -> None:
    routes = tuple(Address(interface=f"Vlan{vid}", address=f"10.99.{vid}.1/24", vid=vid) for vid in (20, 40))

    whole = with_core(addresses=routes, b_too=Address(interface="Vlan1", address="192.168.1.1/24", vid=1))

    assert [side.routed for side in whole.sides if side.vid == 1] == [False]
    assert said(whole, "192.168.1.1/24", "is it the gateway?")


def test_a_port_to_a_switch_that_nobody_read_is_named_for_what_is_behind_loses_its_network() -> None:
    assert said(with_core(), "GigabitEthernet1/0/24", "changes at once")


def test_a_range_that_overlaps_several_schools_or_the_school_s_own_block_is_never_routed_beside() -> None:
    found, _ = known()
    own = next(iter(found.block.subnets(new_prefix=24)))
    inside = Address(interface="Vlan1", address=f"{own[1]}/24", vid=1)

    whole = with_core(addresses=(inside,))

    assert [side for side in whole.sides if side.vid == 1] == []
    assert any("its own new networks" in one for one in whole.at_once)


def test_a_vlan_that_borrows_the_gateway_of_another_does_not_run_beside_alone() -> None:
    found, final = known()
    given = surveyed()
    core, a, *more = given.devices
    ports = tuple(one.model_copy(update={"access": 5}) if one.mode == "access" else one for one in a.ports or ())
    host = Address(interface="Vlan5", address="192.168.1.2/24", vid=5)
    a = a.model_copy(update={"ports": ports, "vlans": (Vlan(vid=5, name="Curriculum"),), "addresses": (host,)})
    seen = given.model_copy(update={"devices": (core, a, *more)})

    whole = course(facts(seen, found.standard, final, adopt.Choices(school=SCHOOL)), final, Order(), ())

    assert 5 not in [side.vid for side in whole.sides]
    assert any(one.startswith("VLAN 5 (192.168.1.0/24): VLAN 1 has this range") for one in whole.at_once)


def test_two_vlans_that_a_cable_makes_one_run_beside_as_one() -> None:
    found, final = known()
    given = surveyed()
    core, a, *more = given.devices
    uplink = (
        one.model_copy(update={"native": 5} if one.name == "1/1/25" else {"access": 5} if one.mode == "access" else {})
        for one in a.ports or ()
    )
    host = Address(interface="Vlan5", address="192.168.1.2/24", vid=5)
    a = a.model_copy(update={"ports": tuple(uplink), "vlans": (Vlan(vid=5, name="Curriculum"),), "addresses": (host,)})
    seen = facts(given.model_copy(update={"devices": (core, a, *more)}), found.standard, final, found.choices)
    whole = course(seen, final, Order(), ())
    (flat,) = [side for side in whole.sides if side.vid == 1]
    first = networks(rows(seen, final, whole, whole.stages[0]))

    assert flat.also == (5,)
    assert 5 not in [side.vid for side in whole.sides]
    assert {
        first[one.device, one.port] for stage in whole.stages[1:] for one in stage.moves if one.vid_before == 5
    } == {flat.vid_during}


def test_hosts_of_a_switch_whose_mac_table_was_not_seen_are_not_counted_as_none() -> None:
    found, final = known()
    blind = replace(
        found, kits=tuple(replace(one, seen=one.seen.model_copy(update={"macs": None})) for one in found.kits)
    )

    moves = [one for stage in course(blind, final, Order(), ()).stages for one in stage.moves]

    assert moves
    assert {one.hosts for one in moves} == {None}
