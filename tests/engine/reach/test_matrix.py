"""The zone matrix of the reference schools: it holds on every platform, and one thing broken breaks it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from matric import site
from matric.intent import build
from matric.intent.school import School
from matric.platform import get as platform
from matric.policy.subject import configuration
from matric.reach.header import headers
from matric.reach.matrix import Matrix, zone_matrix
from matric.reach.model import Model
from matric.reach.span import addresses, span
from matric.reach.wanted import wanted
from matric.reach.way_out import only_ways_out, ways_out
from matric.render import Renderer
from matric.switch import ANYWHERE, Entry, Route, Switch, reading
from tests import estate
from tests.engine.mixed import as_models
from tests.engine.reach import mutation

ROOT = Path(__file__).parents[3]
MODELS: Mapping[str, Mapping[str, str]] = {
    "cisco and arista": {},
    "aos-cx": {"core-1": "6300M-24SFP+ (JL658A)", "sw-01": "2930F-24G-PoE+ (JL255A)", "sw-02": "6100-24G-PoE (JL677A)"},
    "aos-s": {"core-1": "5406R (J9821A)", "sw-01": "6300M-24G-PoE (JL662A)", "sw-03": "2540-24G-PoE+ (JL356A)"},
    "junos": {"core-1": "EX4600", "sw-02": "EX2300-24P", "sw-04": "EX3400-24P"},
}
"""Oakfield's switches: the first is what stands there."""


@cache
def on(platforms: str) -> tuple[School, Mapping[str, Switch]]:
    trust = site.load(estate.standing())
    changed = {f"oakfield/{name}": model for name, model in MODELS[platforms].items()}
    school = build.school(as_models(estate.flawless(), changed), trust.standard, "oakfield")
    return school, _rendered(school)


def _rendered(school: School) -> dict[str, Switch]:
    renderer = Renderer(site.load(ROOT).templates)
    return {
        device.name: reading.read(
            str(device.platform),
            configuration(renderer.render(school, device).text, platform(str(device.platform)).rules).tree,
        )
        for device in school.configured
    }


def proved(held: Mapping[str, Switch], school: School) -> Matrix:
    return zone_matrix(Model(school, held))


@pytest.mark.parametrize("platforms", MODELS)
def test_the_matrix_of_the_standard_holds_on_every_platform(platforms: str) -> None:
    school, held = on(platforms)

    matrix = proved(held, school)

    assert matrix.breaches == ()
    assert matrix.holds
    addressed = [network for network in school.networks if network.prefix is not None]
    assert len(matrix.pairs) == len(addressed) * (len(addressed) + 2)


@pytest.mark.parametrize("slug", ["oakfield", "fernhill"])
def test_the_matrix_holds_at_the_schools_of_the_reference_trust(slug: str) -> None:
    school = site.load(ROOT).school(slug)
    model = Model(school, _rendered(school))

    assert zone_matrix(model).breaches == ()
    assert only_ways_out(model) == ()


@pytest.mark.parametrize("platforms", MODELS)
def test_every_network_leaves_through_the_filter_only(platforms: str) -> None:
    school, held = on(platforms)
    model = Model(school, held)

    assert only_ways_out(model) == ()
    assert {way.next_hop for way in ways_out(model)} == {str(next(iter(model.egress)))}


@pytest.mark.parametrize("platforms", MODELS)
def test_on_every_platform_a_list_that_is_not_applied_is_noticed(platforms: str) -> None:
    school, held = on(platforms)
    gate = held["core-1"]
    svi = next(one for one in gate.interfaces.values() if one.vid == 20)
    bare = replace(gate, interfaces={**gate.interfaces, svi.name: replace(svi, access_list="")})

    matrix = proved({**held, "core-1": bare}, school)

    assert {one.object for one in matrix.breaches} >= {"pupil to management", "pupil to staff", "pupil to camera"}
    assert {one.kind for one in matrix.breaches} == {"more"}
    assert matrix.breaches[0].hops[-1].device


@pytest.mark.parametrize("name", mutation.CLASSES)
def test_one_thing_broken_is_noticed(name: str) -> None:
    found = mutation.row(name, ("oakfield",), 1)

    assert found.injected
    assert found.missed == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", mutation.CLASSES)
def test_whatever_is_broken_is_noticed_in_both_schools(name: str) -> None:
    found = mutation.row(name, mutation.SCHOOLS, mutation.MOST)

    assert found.missed == ()
    assert found.caught
    assert found.injected == found.caught + found.idle


def test_another_way_out_is_told_with_the_network_and_its_hops() -> None:
    school, held = mutation.good("oakfield")
    route = Route(IPv4Network("198.51.100.0/24"), "10.48.80.77")
    core = replace(held["core-1"], routes=(*held["core-1"].routes, route))

    found = only_ways_out(Model(school, {**held, "core-1": core}))

    assert {(way.network, way.next_hop) for way in found} >= {("pupil", "10.48.80.77"), ("staff", "10.48.80.77")}
    assert any("10.48.80.77" in str(hop) for hop in found[0].hops)


def test_a_second_default_route_counts_as_the_first_does() -> None:
    school, held = mutation.good("oakfield")
    core = replace(held["core-1"], routes=(*held["core-1"].routes, Route(ANYWHERE, "10.48.66.9")))
    model = Model(school, {**held, "core-1": core})

    assert {way.next_hop for way in only_ways_out(model)} == {"10.48.66.9"}
    # The way that is meant is still there, and no longer certain.
    assert "less" in {one.kind for one in zone_matrix(model).breaches}


def test_what_the_standard_wants_is_said_without_the_lists() -> None:
    school, _ = mutation.good("oakfield")
    network = {one.role: one for one in school.networks}
    staff, pupil, camera = (addresses(network[role].prefix or ANYWHERE) for role in ("staff", "pupil", "camera"))

    may = wanted(school, network["pupil"])

    assert headers(pupil, addresses(IPv4Network("198.51.100.0/24"))) <= may
    assert not may & headers(pupil, staff, span(6))
    assert not may & headers(pupil, camera, span(6))
    # What answers: no more than established TCP, UDP between the right ports, and echo replies.
    back = wanted(school, network["printer"]) & headers(camera, pupil, span(6))
    assert back.same(headers(camera, pupil, span(6), kind=span(1)))


def test_a_matrix_of_nothing_does_not_hold() -> None:
    assert not Matrix((), ()).holds


def test_an_entry_in_doubt_is_no_proof() -> None:
    school, held = mutation.good("oakfield")
    name = "ZONE-PUPIL-IN"
    unread = Entry(
        permits=True, protocol="ip", source=ANYWHERE, destination=ANYWHERE, rest="permit ip object-group X any"
    )
    lists = {**held["core-1"].access_lists, name: (unread, *held["core-1"].access_lists[name])}

    matrix = proved({**held, "core-1": replace(held["core-1"], access_lists=lists)}, school)

    assert {(one.kind, one.object) for one in matrix.breaches} >= {("more", "pupil to staff")}
