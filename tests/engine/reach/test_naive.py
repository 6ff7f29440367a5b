"""The model over whole sets and an interpreter of single packets agree, whatever the lists, routes and trunks."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric.intent.school import School
from matric.reach.end import Start, Target
from matric.reach.fate import Fate
from matric.reach.header import everything
from matric.reach.model import Model
from matric.reach.path import fates
from matric.reach.span import UNICAST, addresses, holds
from matric.switch import ANYWHERE, Route
from tests.engine.reach import little
from tests.engine.reach.naive import Naive
from tests.engine.reach.strategy import NETS, PREFIXES, entries, packets


@st.composite
def routes(draw: st.DrawFn) -> tuple[Route, ...]:
    """At most one to a prefix, and none to what is connected or routed already."""
    free = [net for net in PREFIXES if net not in (ANYWHERE, *NETS)]
    chosen = draw(st.lists(st.sampled_from(free), max_size=3, unique=True))
    hops = ["10.48.127.2", "10.48.126.2", "10.48.126.5", "10.48.64.3", "10.48.80.77", "192.0.2.1"]
    return tuple(Route(prefix, draw(st.sampled_from(hops))) for prefix in chosen)


@st.composite
def schools(draw: st.DrawFn) -> tuple[Model, Naive, tuple[tuple[str, str, str, str], ...]]:
    """The little school as a line, so that spanning tree has nothing to choose; trunks carry what they happen to."""
    cables = little.CABLES[: draw(st.integers(1, 3))]
    lists = {
        "A": tuple(draw(st.lists(entries(), min_size=1, max_size=6))),
        "B": tuple(draw(st.lists(entries(), min_size=1, max_size=3))),
    }
    applied = draw(st.dictionaries(st.sampled_from(list(little.PREFIXES)), st.sampled_from(["A", "B", "gone"])))
    vids = frozenset({*little.PREFIXES, little.TRANSIT})
    carried = {
        bundle: draw(st.one_of(st.none(), st.sets(st.sampled_from(sorted(vids))).map(frozenset))) for bundle in cables
    }
    allowed = {end: what for bundle, what in carried.items() if what is not None for end in (bundle[:2], bundle[2:])}
    held = little.held(lists, applied, draw(routes()), allowed)
    return Model(little.school(cables), held), Naive(held, cables, little.ROUTER), cables


@settings(deadline=None, max_examples=60)
@given(schools(), st.data())
def test_a_packet_fares_as_the_set_it_is_in(found: tuple[Model, Naive, object], data: st.DataObject) -> None:
    _agree(found[0], found[1], data)


@pytest.mark.slow
@settings(deadline=None, max_examples=2000)
@given(schools(), st.data())
def test_many_packets_fare_as_the_sets_they_are_in(found: tuple[Model, Naive, object], data: st.DataObject) -> None:
    _agree(found[0], found[1], data)


def _agree(model: Model, naive: Naive, data: st.DataObject) -> None:
    (device, port), vid = data.draw(st.sampled_from(sorted(little.HOSTS.items())))
    prefix = little.PREFIXES[vid][2]
    packet = data.draw(packets(prefix))
    if packet[0] == packet[1]:
        return
    home = Target(addresses(prefix), ((f"{device} {port}", (device, vid)),))
    start = Start(f"{device} {port}", home, (device, vid), prefix[1], on_link=addresses(prefix))
    said = [_said(one) for one in fates(model, start, everything(home.addresses, UNICAST)) if packet in one.headers]

    assert said == [naive.from_host(device, port, prefix, packet)]


def _said(fate: Fate) -> str:
    if fate.end == "out":
        return f"out {fate.next_hop}"
    if fate.end == "dropped":
        return "dropped"
    if fate.place is not None:
        return f"there {fate.place[0]} {fate.place[1]}"
    return f"itself {fate.device}" if " " not in fate.device else "link"


@settings(deadline=None, max_examples=50)
@given(schools(), st.sampled_from(sorted(little.HOSTS.items())))
def test_no_packet_is_lost_and_none_fares_in_two_ways(
    found: tuple[Model, Naive, object], host: tuple[tuple[str, str], int]
) -> None:
    """Without doubt, the fates of all packets are a partition of them."""
    model = found[0]
    (device, port), vid = host
    prefix = little.PREFIXES[vid][2]
    home = Target(addresses(prefix), ((port, (device, vid)),))
    asked = everything(home.addresses, UNICAST)

    parts = [one.headers for one in fates(model, Start(port, home, (device, vid), prefix[1]), asked)]

    left = asked
    for part in parts:
        assert part <= left
        left -= part
    assert not left


def test_the_little_school_is_what_these_laws_need() -> None:
    school: School = little.school()
    model = Model(school, little.held())

    assert {one.role for one in model.attachments} == {"pupil", "staff", "printer"}
    assert holds(addresses(*school.standard.trust.operators), int(IPv4Address("10.63.0.1")))
    assert model.egress == {little.ROUTER}
