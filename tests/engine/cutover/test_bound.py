"""What was reviewed is what is applied: what moved since is refused by school, or named and left out by device."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from matric import canonical
from matric.change.bound import moved, to_apply, told
from matric.cutover import Host, Outcome, Word, cut_over, drive
from matric.cutover.rehearsal import World
from matric.errors import ExitCode, StalePlan
from matric.journal import Journal
from matric.plan import Plan
from tests.engine.cutover.conftest import PATHS, made_plan

CORE, NEAR, FAR = "oakfield/core", "oakfield/sw-01", "oakfield/sw-02"
OTHER = canonical.digest_of_text("other")


@pytest.fixture
def reviewed(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan()


def again(plan: Plan, **devices: Mapping[str, Any]) -> Plan:
    """*plan* made anew an hour later, with what is given of each device another way."""
    changed = tuple(one.model_copy(update=dict(devices.get(one.name.replace("-", "_"), {}))) for one in plan.devices)
    order = tuple(key for key in plan.order if {one.key: one for one in changed}[key].changes)
    later = {"nonce": "1" * 32, "made_at": "2026-11-24T18:00:00Z", "devices": changed, "order": order}
    return plan.model_copy(update=later)


def test_the_same_commands_made_anew_are_applied_whole_and_bound_to_what_was_reviewed(reviewed: Plan) -> None:
    fresh = again(reviewed)

    applied = to_apply(reviewed, fresh)

    assert moved(reviewed, fresh) == ()
    assert applied.digest != reviewed.digest
    assert (applied.reviewed, applied.order, applied.left_out) == (reviewed.digest, reviewed.order, ())


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("serial", "STOLEN", "another box"),
        ("pin_digest", OTHER, "pinned identity"),
        ("base_digest", OTHER, "running configuration"),
        ("startup_digest", OTHER, "startup configuration"),
        ("target_digest", OTHER, "what it is to become"),
        ("target", "vlan 98\n", "what it is to become"),
        ("diff", "-vlan 1\n+vlan 98\n", "what would be sent"),
        ("above", (), "the way to it"),
    ],
)
def test_whatever_moved_is_named_and_the_school_refused_whole(
    reviewed: Plan, name: str, value: object, says: str
) -> None:
    fresh = again(reviewed, sw_01={name: value})

    with pytest.raises(StalePlan, match=rf"(?s){NEAR}: .*{says}.*") as refused:
        to_apply(reviewed, fresh)

    assert refused.value.exit_code is ExitCode.STALE
    assert CORE not in str(refused.value)


def test_the_difference_between_what_was_reviewed_and_what_is_now_is_shown(reviewed: Plan) -> None:
    fresh = again(reviewed, sw_01={"base_digest": OTHER, "diff": "-vlan 1\n-vlan 7\n+vlan 99\n"})

    (one,) = moved(reviewed, fresh)

    assert "+-vlan 7" in one.difference.splitlines()
    assert "+-vlan 7" in str(one)


def test_a_long_difference_is_cut_in_a_message_and_whole_in_the_plan(make_plan: Callable[..., Plan]) -> None:
    reviewed = make_plan(unit="device")
    many = "".join(f"-vlan {number}\n" for number in range(100, 200))

    applied = to_apply(reviewed, again(reviewed, sw_01={"base_digest": OTHER, "diff": many}))

    (one,) = applied.left_out
    assert all(f"+-vlan {number}" in one.difference for number in range(100, 200))
    assert len(told(one.difference).splitlines()) < 25
    assert "more lines" in told(one.difference)


def test_a_device_that_nobody_reviewed_is_not_changed(make_plan: Callable[..., Plan]) -> None:
    small, whole = make_plan(unit="device", only=2), make_plan(unit="device")

    applied = to_apply(small, whole)

    assert FAR not in applied.order
    assert [one.device for one in applied.left_out] == [FAR]


def test_a_device_that_was_as_intended_and_would_change_now_is_not_changed(
    make_plan: Callable[..., Plan],
) -> None:
    reviewed = make_plan(unit="device", unchanged=(FAR,))

    applied = to_apply(reviewed, make_plan(unit="device"))

    assert FAR not in applied.order
    assert "would change now" in applied.left_out[0].reason


def test_a_device_that_is_gone_refuses_the_school(make_plan: Callable[..., Plan]) -> None:
    with pytest.raises(StalePlan, match="no longer among the devices"):
        to_apply(make_plan(), make_plan(only=2))


def test_nothing_is_left_to_apply_where_every_device_moved(make_plan: Callable[..., Plan]) -> None:
    reviewed = make_plan(unit="device")
    other = {"base_digest": OTHER}

    with pytest.raises(StalePlan, match="no device is left"):
        to_apply(reviewed, again(reviewed, core=other, sw_01=other, sw_02=other))


def test_no_line_is_applied_whose_order_was_proven_with_a_device_that_moved(make_plan: Callable[..., Plan]) -> None:
    reviewed = make_plan(unit="device")

    with pytest.raises(StalePlan, match="was proven with it changed"):
        to_apply(reviewed, again(reviewed, core={"base_digest": OTHER}, sw_01={"lines": ("vlan 9",)}))


@given(gone=some.sets(some.sampled_from(sorted(PATHS))))
def test_what_is_applied_is_exactly_what_was_reviewed_less_what_moved(gone: set[str]) -> None:
    reviewed = made_plan(unit="device")
    fresh = again(reviewed, **{key.split("/")[1].replace("-", "_"): {"base_digest": OTHER} for key in gone})
    if len(gone) == len(PATHS):
        return

    applied = to_apply(reviewed, fresh)

    assert set(applied.order) == set(reviewed.order) - gone
    assert applied.order == tuple(key for key in reviewed.order if key not in gone)
    assert {one.device for one in applied.left_out} == gone
    assert all(applied.by_key[key].target == reviewed.by_key[key].target for key in applied.order)
    assert {step.device for step in applied.steps} - {""} == set(applied.order)


def _carry_out(plan: Plan, held: Journal, world: World) -> Outcome:
    run = held.start(plan, "cutover")
    host = Host(held, run, world, permit=lambda _: (), ask=lambda _: pytest.fail("nobody asks"))
    return drive(cut_over(plan, run.session), world, host)


def test_the_rest_is_carried_out_and_what_was_left_out_is_named_and_untouched(
    make_plan: Callable[..., Plan],
    journal: Journal,
    make_world: Callable[[Plan, Journal], World],
) -> None:
    reviewed = make_plan(unit="device")
    applied = to_apply(reviewed, again(reviewed, sw_01={"base_digest": OTHER}))
    world = make_world(applied, journal)
    world.boxes[NEAR].running = world.boxes[NEAR].startup = "vlan 7\n"

    outcome = _carry_out(applied, journal, world)

    assert (outcome.word, outcome.exit_code) == (Word.ALL_NEW, ExitCode.STALE)
    assert [(end.device, end.running) for end in outcome.refused] == [(NEAR, "untouched")]
    assert world.boxes[NEAR].running == "vlan 7\n"
    assert not [line for line in world.log if line.split()[0] not in {"read", "probe", "look"} and NEAR in line]


def test_the_reviewed_plan_is_spent_by_the_plan_made_anew_from_it(
    make_plan: Callable[..., Plan],
    journal: Journal,
    make_world: Callable[[Plan, Journal], World],
) -> None:
    reviewed = make_plan()
    applied = to_apply(reviewed, again(reviewed))

    _carry_out(applied, journal, make_world(applied, journal))

    assert journal.spent(reviewed.digest) == journal.spent(applied.digest) != None  # noqa: E711 - both, and by one run
    with pytest.raises(StalePlan, match="a plan runs once"):
        journal.start(reviewed, "cutover")
    twice = to_apply(reviewed, again(reviewed).model_copy(update={"nonce": "2" * 32}))
    with pytest.raises(StalePlan, match="a plan runs once"):
        journal.start(twice, "cutover")
