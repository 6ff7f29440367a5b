"""Frames: trunks, native VLANs, loops, and what spanning tree leaves open."""

from dataclasses import replace
from typing import Any

import pytest

from matric.reach.domain import Domains
from matric.reach.model import Model
from matric.switch import Switch
from matric.switch.ways import cables
from tests.engine.reach import little

LINE = little.CABLES[:3]
PUPIL_AT_SW1, PUPIL_AT_SW2 = ("sw-1", little.PUPIL), ("sw-2", little.PUPIL)


def domains(held: dict[str, Switch], links: tuple[tuple[str, str, str, str], ...] = little.CABLES) -> Domains:
    roles = {name: "core" if name.startswith("core") else "access" for name in little.NAMES}
    return Domains(held, cables(little.school(links)), roles)


def modes(held: dict[str, Switch], mode: str, *names: str) -> dict[str, Switch]:
    return {name: replace(one, spanning_tree=mode) if name in names else one for name, one in held.items()}


def test_a_vlan_on_every_link_of_a_ring_arrives_whatever_is_blocked() -> None:
    found = domains(little.held())

    assert PUPIL_AT_SW2 in found.spread(PUPIL_AT_SW1)
    assert found.doubt(PUPIL_AT_SW1, PUPIL_AT_SW2) == ""


def test_a_vlan_missing_on_one_link_of_a_ring_is_cut_if_spanning_tree_blocks_another() -> None:
    held = little.held(allowed={("sw-1", "Ethernet2"): frozenset({little.STAFF})})

    found = domains(held)

    # The long way round carries it, and MST may block it, because it knows nothing of the VLAN.
    assert PUPIL_AT_SW2 in found.spread(PUPIL_AT_SW1)
    assert "depends on which link" in found.doubt(PUPIL_AT_SW1, PUPIL_AT_SW2)


def test_with_one_tree_for_each_vlan_the_same_ring_is_certain() -> None:
    held = little.held(allowed={("sw-1", "Ethernet2"): frozenset({little.STAFF})})

    found = domains(modes(held, "rapid-pvst", *little.NAMES))

    assert found.doubt(PUPIL_AT_SW1, PUPIL_AT_SW2) == ""


def test_without_a_loop_nothing_depends_on_spanning_tree() -> None:
    found = domains(little.held(), LINE)

    assert found.doubt(PUPIL_AT_SW1, PUPIL_AT_SW2) == ""


def test_a_ring_of_different_spanning_trees_is_told() -> None:
    found = domains(modes(little.held(), "rapid-pvst", "sw-2"))

    assert [one for one in found.loops if "different spanning trees: mst, rapid-pvst" in one]


def test_a_ring_without_spanning_tree_is_told() -> None:
    found = domains(modes(little.held(), "none", *little.NAMES))

    assert [one for one in found.loops if "no spanning tree breaks" in one]


def test_a_line_has_no_loop_to_tell() -> None:
    assert not list(domains(modes(little.held(), "none", "sw-2"), LINE).loops)


@pytest.mark.parametrize(
    ("what", "arrives"),
    [
        ({"enabled": False}, False),
        ({"mode": "access", "access": little.PUPIL}, False),
        ({"allowed": frozenset({little.STAFF})}, False),
        ({"native": 1}, True),
        ({"mode": "routed"}, False),
    ],
)
def test_a_vlan_arrives_where_both_ends_carry_it(what: dict[str, Any], *, arrives: bool) -> None:
    held = little.changed(little.held(), "sw-1", "Ethernet1", **what)

    assert (("core-1", little.PUPIL) in domains(held, LINE).spread(PUPIL_AT_SW1)) == arrives


def test_a_native_vlan_that_differs_joins_two_vlans() -> None:
    held = little.changed(little.held(), "sw-1", "Ethernet1", native=little.PUPIL)
    held = little.changed(held, "core-1", "Ethernet2", native=little.STAFF)

    found = domains(held, LINE)

    assert ("core-1", little.STAFF) in found.spread(PUPIL_AT_SW1)
    assert PUPIL_AT_SW1 in found.spread(("core-1", little.STAFF))
    # Staff frames of sw-1 are tagged and arrive; the answers come back untagged, among the pupils.
    assert "do not come back" in found.doubt(("sw-1", little.STAFF), ("core-1", little.STAFF))


def test_one_tree_for_each_vlan_says_nothing_of_a_frame_that_changes_its_vlan() -> None:
    held = little.changed(little.held(), "sw-1", "Ethernet1", native=little.PUPIL)
    held = little.changed(held, "core-1", "Ethernet2", native=little.STAFF)

    found = domains(modes(held, "rapid-pvst", *little.NAMES))

    assert "depends on which link" in found.doubt(PUPIL_AT_SW1, ("core-1", little.STAFF))


def test_the_way_of_a_frame_is_told_cable_by_cable() -> None:
    model = Model(little.school(LINE), little.held())

    hops = [str(hop) for hop in model.frames(PUPIL_AT_SW1, PUPIL_AT_SW2)]

    assert hops == [
        "sw-1 Ethernet1: VLAN 20, tagged, to core-1 Ethernet2",
        "core-1 Ethernet1: VLAN 20, tagged, to core-2 Ethernet1",
        "core-2 Ethernet2: VLAN 20, tagged, to sw-2 Ethernet1",
    ]


def test_bpdu_guard_towards_a_switch_takes_the_link_down() -> None:
    held = little.changed(little.held(), "core-1", "Ethernet2", bpdu_guard=True)

    doubt = domains(held, LINE).doubt(PUPIL_AT_SW1, ("core-1", little.PUPIL))

    assert "BPDU guard" in doubt


def test_a_vlan_that_is_not_there_goes_nowhere() -> None:
    held = little.held()
    held["sw-1"] = replace(held["sw-1"], vlans={vid: "x" for vid in held["sw-1"].vlans if vid != little.PUPIL})

    assert set(domains(held).spread(PUPIL_AT_SW1)) == {PUPIL_AT_SW1}
