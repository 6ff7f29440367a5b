"""The laws of an ordered change, on configurations made at random; the lab's devices judge what the lines do."""

import os

import pytest
from hypothesis import HealthCheck, Phase, event, given, reject, settings
from hypothesis import strategies as st

from matric import diff
from matric.ordering import Ordered, Unsafe, applied, ordered
from matric.switch import Switch
from tests.engine.ordering import judge
from tests.engine.ordering.made import Made, cut, made, text

SLUGS = ("aoscx", "aoss")
PLATFORMS = {"aoscx": judge.AOSCX, "aoss": judge.AOSS}
EVERY = pytest.mark.parametrize("slug", SLUGS)
QUICK = settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a smaller example costs minutes, and the lines show what happened
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
DEEP = settings(QUICK, max_examples=int(os.environ.get("MATRIC_ORDER_EXAMPLES", "100")))


def free(_switch: Switch) -> tuple[str, ...]:
    """No way that could be cut."""
    return ()


def change(slug: str, running: str, intended: str) -> Ordered:
    try:
        found = ordered(PLATFORMS[slug], running, intended, cut=cut)
    except Unsafe as unsafe:
        event(f"{slug}: refused {unsafe.line}")
        reject()
    event(f"{slug}: ordered")
    return found


def names(ways: tuple[str, ...]) -> set[str]:
    return {way.partition(": ")[0] for way in ways}


def check(slug: str, one: Made, other: Made) -> None:
    """Every law at once: making the two configurations is what takes the time."""
    running, intended = text(slug, one), text(slug, other)
    rules = judge.RULES[slug]
    found = change(slug, running, intended)
    states = list(judge.shown(slug, running, found.lines))

    # it leads there, as foretold
    assert diff.same(states[-1], intended, rules) == ()
    assert diff.same(found.after, states[-1], rules) == ()
    # every way stands at every line
    switches = [judge.switch(slug, state) for state in states]
    before = names(cut(switches[0]))
    for line, now in zip(("", *found.lines[:-1]), switches[:-1], strict=False):
        assert names(cut(now)) <= before, line
        assert {"matric"} <= {account.name for account in now.accounts} or slug == "aoss", line
    # no trunk carries every VLAN on the way
    every = {name for switch in (switches[0], switches[-1]) for name in carrying_all(switch)}
    assert all(carrying_all(now) <= every for now in switches)


def carrying_all(switch: Switch) -> set[str]:
    return {
        name
        for name, port in switch.interfaces.items()
        if port.mode == "trunk" and (port.allowed is None or len(port.allowed) > 4000)
    }


@EVERY
@QUICK
@given(one=made(), other=made())
def test_a_change_leads_to_what_is_intended_and_keeps_every_way(slug: str, one: Made, other: Made) -> None:
    check(slug, one, other)


@pytest.mark.slow
@EVERY
@DEEP
@given(one=made(), other=made())
def test_many_changes_lead_to_what_is_intended_and_keep_every_way(slug: str, one: Made, other: Made) -> None:
    check(slug, one, other)


@EVERY
@settings(QUICK, max_examples=6)
@given(one=made())
def test_equal_configurations_give_an_empty_change(slug: str, one: Made) -> None:
    assert ordered(PLATFORMS[slug], text(slug, one), text(slug, one), cut=cut).lines == ()


@EVERY
@settings(QUICK, max_examples=6)
@given(one=made(), other=made(), data=st.data())
def test_a_change_cut_at_any_line_can_be_led_back(slug: str, one: Made, other: Made, data: st.DataObject) -> None:
    running, intended = text(slug, one), text(slug, other)
    lines = ordered(PLATFORMS[slug], running, intended, cut=free).lines
    at = data.draw(st.integers(0, len(lines)))
    stopped = applied(PLATFORMS[slug], running, lines[:at])

    back = ordered(PLATFORMS[slug], stopped, running, cut=free)

    *_, last = judge.shown(slug, running, (*lines[:at], *back.lines))
    assert diff.same(last, running, judge.RULES[slug]) == ()
