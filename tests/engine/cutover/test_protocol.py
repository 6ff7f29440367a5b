"""The protocol against a world of values: what it does when all is well, and who gets told what when it is not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from matric.cutover import Host, Outcome, Word, cut_over, drive, facts, recover
from matric.cutover.effects import Answer, Ask, Confirm, DeviceEffect, Said, Seen, Silent
from matric.cutover.rehearsal import World
from matric.errors import ExitCode
from matric.journal import Journal
from matric.plan import Plan
from matric.platform.base import Session

CORE, NEAR, FAR = "oakfield/core", "oakfield/sw-01", "oakfield/sw-02"


@pytest.fixture
def world(plan: Plan, journal: Journal, make_world: Callable[[Plan, Journal], World]) -> World:
    return make_world(plan, journal)


def nothing_forbids(_worst_case_s: float) -> tuple[str, ...]:
    return ()


def everybody_is_happy(_effect: Ask) -> Said:
    return Said(yes=True)


def carry_out(
    world: World,
    journal: Journal,
    *,
    questions: tuple[str, ...] = (),
    permit: Callable[[float], tuple[str, ...]] = nothing_forbids,
    ask: Callable[[Ask], Said] = everybody_is_happy,
) -> Outcome:
    run = journal.start(world.plan, "cutover")
    host = Host(journal, run, world, permit=permit, ask=ask)
    return drive(cut_over(world.plan, run.session, questions), world, host)


def done(world: World, verb: str) -> list[str]:
    return [line.split()[1] for line in world.log if line.split()[0] == verb]


def all_old(world: World) -> bool:
    world.sleep(86400)
    return all("vlan 1\n" in box.running and box.running == box.startup for box in world.boxes.values())


def test_a_school_is_brought_onto_the_plan_running_and_startup(world: World, journal: Journal) -> None:
    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.ALL_NEW, ExitCode.DONE)
    assert all(box.running == box.startup == world.plan.by_key[key].target for key, box in world.boxes.items())
    assert not journal.verify()


def test_devices_are_armed_farthest_first_and_confirmed_nearest_first(world: World, journal: Journal) -> None:
    carry_out(world, journal)

    assert done(world, "arm") == [FAR, NEAR, CORE]
    assert done(world, "confirm") == [CORE, NEAR, FAR]


def test_the_first_armed_device_waits_longest_so_its_timer_is_the_longest(plan: Plan) -> None:
    timers = [one.net.revert_after_s for key in plan.order if (one := plan.by_key[key]).net]

    assert timers == sorted(timers, reverse=True)


def test_nothing_is_armed_before_every_device_is_staged_and_nothing_saved_before_all_are_confirmed(
    world: World, journal: Journal
) -> None:
    carry_out(world, journal)

    verbs = [line.split()[0] for line in world.log]
    assert verbs.index("arm") > max(at for at, verb in enumerate(verbs) if verb == "stage")
    assert verbs.index("save") > max(at for at, verb in enumerate(verbs) if verb == "confirm")


def test_both_ends_of_a_link_change_while_the_far_end_is_out_of_sight(world: World, journal: Journal) -> None:
    world.lockstep = True

    outcome = carry_out(world, journal)

    assert outcome.word is Word.ALL_NEW


def test_a_core_that_cuts_itself_off_comes_back_by_its_own_timer(world: World, journal: Journal) -> None:
    world.cuts = frozenset({CORE})

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.ALL_OLD, ExitCode.ROLLED_BACK)
    assert not done(world, "confirm")
    assert not done(world, "save")
    assert all_old(world)


def test_a_school_that_does_not_hold_goes_back(world: World, journal: Journal) -> None:
    world.school_fails = True

    outcome = carry_out(world, journal)

    assert outcome.word is Word.ALL_OLD
    assert "DNS does not answer" in outcome.reason
    assert all_old(world)


def test_a_no_from_the_people_on_site_lets_the_school_go_back(world: World, journal: Journal) -> None:
    def nobody_hears_the_bell(effect: Ask) -> Said:
        return Said(yes=effect.question != "Does the bell ring?", words="no bell")

    outcome = carry_out(
        world, journal, questions=("Do the phones work?", "Does the bell ring?"), ask=nobody_hears_the_bell
    )

    assert outcome.word is Word.ALL_OLD
    assert "Does the bell ring?" in outcome.reason


def test_an_answer_that_comes_too_late_for_the_margin_confirms_nothing(world: World, journal: Journal) -> None:
    def slow(_effect: Ask) -> Said:
        world.sleep(world.plan.budget.worst_case_s)
        return Said(yes=True)

    outcome = carry_out(world, journal, questions=("Do the phones work?",), ask=slow)

    assert outcome.word is Word.ALL_OLD
    assert not done(world, "confirm")


@pytest.mark.parametrize("key", [CORE, NEAR, FAR])
def test_a_device_that_moved_since_the_plan_refuses_the_whole_school(world: World, journal: Journal, key: str) -> None:
    world.boxes[key].running += "snmp-server community theirs\n"

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.REFUSED, ExitCode.STALE)
    assert key in outcome.reason
    assert world.log == []


def test_a_device_that_moved_is_named_and_the_rest_applied_where_the_unit_is_the_device(
    make_plan: Callable[..., Plan], journal: Journal, make_world: Callable[[Plan, Journal], World]
) -> None:
    world = make_world(make_plan(unit="device"), journal)
    world.boxes[NEAR].running = world.boxes[NEAR].startup = "vlan 7\n"

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.ALL_NEW, ExitCode.STALE)
    assert [end.device for end in outcome.refused] == [NEAR]
    assert world.boxes[NEAR].running == "vlan 7\n"
    assert world.boxes[FAR].startup == world.plan.by_key[FAR].target


def test_no_line_is_sent_whose_order_was_proven_with_a_device_that_moved(
    make_plan: Callable[..., Plan], journal: Journal, make_world: Callable[[Plan, Journal], World]
) -> None:
    made = make_plan(unit="device")
    by_line = tuple(one.model_copy(update={"lines": ("vlan 9",)}) if one.key == FAR else one for one in made.devices)
    world = make_world(made.model_copy(update={"devices": by_line}), journal)
    world.boxes[NEAR].running = world.boxes[NEAR].startup = "vlan 7\n"

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.REFUSED, ExitCode.STALE)
    assert f"the lines of {FAR} were proven with it changed" in outcome.reason
    assert world.boxes[FAR].startup != world.plan.by_key[FAR].target


def test_another_box_at_the_address_is_refused(world: World, journal: Journal) -> None:
    world.boxes[NEAR].serial = "STOLEN"

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.REFUSED, ExitCode.ERROR)
    assert "another box" in outcome.reason


def test_somebody_elses_session_is_named_and_left_alone(world: World, journal: Journal) -> None:
    world.boxes[FAR].sessions = (Session("lab-work", "j.doe", "pending"),)

    outcome = carry_out(world, journal)

    assert outcome.word is Word.REFUSED
    assert "j.doe" in outcome.reason
    assert world.log == []


def test_a_startup_that_is_not_running_is_refused(world: World, journal: Journal) -> None:
    world.plan = world.plan.model_copy(
        update={
            "devices": tuple(
                one.model_copy(update={"startup_digest": "sha256:" + "1" * 64}) if one.key == FAR else one
                for one in world.plan.devices
            )
        }
    )

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.REFUSED, ExitCode.STALE)


def test_an_archive_that_is_off_and_a_full_flash_are_refused_before_anything_is_sent(
    world: World, journal: Journal
) -> None:
    world.boxes[FAR].archive = False
    world.boxes[NEAR].free_bytes = 10

    outcome = carry_out(world, journal)

    assert {end.device for end in outcome.refused} == {FAR, NEAR}
    assert world.log == []


def test_a_closed_window_refuses_before_any_device_is_asked(world: World, journal: Journal) -> None:
    outcome = carry_out(world, journal, permit=lambda _worst: ("frozen: mock exams",))

    assert (outcome.word, outcome.exit_code) == (Word.REFUSED, ExitCode.BLOCKED)
    assert world.time_s == 1000.0


def test_a_freeze_that_begins_while_arming_starts_no_further_device(world: World, journal: Journal) -> None:
    outcome = carry_out(world, journal, permit=lambda _worst: ("frozen",) if done(world, "arm") else ())

    assert outcome.word is Word.ALL_OLD
    assert done(world, "arm") == [FAR]
    assert all_old(world)


def test_a_plan_of_nothing_sends_nothing(
    make_plan: Callable[..., Plan], journal: Journal, make_world: Callable[[Plan, Journal], World]
) -> None:
    world = make_world(make_plan(unchanged=(CORE, NEAR, FAR)), journal)

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.NOTHING, ExitCode.DONE)
    assert world.log == []


def test_a_plan_made_from_files_is_never_applied(world: World, journal: Journal) -> None:
    world.plan = world.plan.model_copy(update={"applicable": False})

    outcome = carry_out(world, journal)

    assert outcome.word is Word.REFUSED
    assert world.time_s == 1000.0


def test_nothing_pending_at_confirm_time_is_a_device_that_went_back(world: World, journal: Journal) -> None:
    def fires_early(effect: object) -> None:
        if isinstance(effect, Confirm) and effect.device == CORE:
            box = world.boxes[CORE]
            box.running, box.timer = box.startup, None

    world.before = fires_early

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.ALL_OLD, ExitCode.ROLLED_BACK)
    assert "REVERTED" in outcome.reason


def test_a_far_device_that_went_back_splits_the_school_by_name(world: World, journal: Journal) -> None:
    def fires_early(effect: object) -> None:
        if isinstance(effect, Confirm) and effect.device == FAR:
            box = world.boxes[FAR]
            box.running, box.timer = box.startup, None

    world.before = fires_early

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.SPLIT, ExitCode.SPLIT)
    assert {end.device: end.running for end in outcome.devices} == {CORE: "new", NEAR: "new", FAR: "old"}
    assert [way.split(":")[0] for way in outcome.next] == ["to all-old", "to all-new"]


def test_what_hangs_below_a_device_that_went_back_is_not_confirmed(world: World, journal: Journal) -> None:
    def fires_early(effect: object) -> None:
        if isinstance(effect, Confirm) and effect.device == NEAR:
            box = world.boxes[NEAR]
            box.running, box.timer = box.startup, None

    world.before = fires_early

    outcome = carry_out(world, journal)

    assert {end.device: end.running for end in outcome.devices} == {CORE: "new", NEAR: "old", FAR: "old"}
    assert FAR not in done(world, "confirm")


def test_a_timer_that_never_fires_ends_in_the_recorded_backup(world: World, journal: Journal) -> None:
    world.cuts = frozenset({CORE})
    world.boxes[FAR].timer_broken = True

    outcome = carry_out(world, journal)

    assert outcome.word is Word.ALL_OLD
    assert all_old(world)


def test_somebody_elses_confirm_is_seen_and_named_and_not_undone(world: World, journal: Journal) -> None:
    def confirm_it(effect: object) -> None:
        if type(effect).__name__ == "SiteCheck" or done(world, "arm")[-1:] == [CORE]:
            world.boxes[FAR].timer = None

    world.before = confirm_it

    outcome = carry_out(world, journal)

    assert outcome.word is Word.HANDS
    (far,) = [end for end in outcome.devices if end.device == FAR]
    assert "FOREIGN-CONFIRM" in far.reason
    assert far.next
    assert world.is_new(FAR)

    record = journal.recoverable("oakfield")
    assert record is not None
    run = journal.start(world.plan, "recover", of=record.id)
    again = drive(
        recover(world.plan, facts(journal.history(record.id)), f"matric-{record.id}"), world, Host(journal, run, world)
    )

    assert again.word is Word.HANDS
    assert world.is_new(FAR), "recovery undid what somebody confirmed"


@pytest.mark.parametrize("key", [CORE, NEAR, FAR])
def test_a_device_somebody_else_confirms_first_is_named_while_the_others_are_kept(
    world: World, journal: Journal, key: str
) -> None:
    def confirm_it(effect: object) -> None:
        if isinstance(effect, Confirm) and effect.device == key:
            world.boxes[key].timer = None

    world.before = confirm_it

    outcome = carry_out(world, journal)

    assert (outcome.word, outcome.exit_code) == (Word.HANDS, ExitCode.SPLIT)
    assert {end.running for end in outcome.devices} == {"new"}
    (theirs,) = [end for end in outcome.devices if end.device == key]
    assert "FOREIGN-CONFIRM" in theirs.reason
    assert theirs.next
    assert key not in done(world, "save"), "startup was written over somebody else's decision"

    world.before = lambda _effect: None
    record = journal.recoverable("oakfield")
    assert record is not None
    run = journal.start(world.plan, "recover", of=record.id)
    again = drive(
        recover(world.plan, facts(journal.history(record.id)), f"matric-{record.id}"), world, Host(journal, run, world)
    )

    assert again.word is Word.HANDS
    assert all(world.is_new(one) for one in (CORE, NEAR, FAR))


@pytest.mark.parametrize("running", ["as it was", "edited"])
def test_what_changes_while_people_answer_is_seen_before_anything_is_confirmed(
    world: World, journal: Journal, running: str
) -> None:
    def slow_to_answer(_effect: Ask) -> Said:
        box = world.boxes[FAR]
        if running == "edited":
            box.running += "ntp server 10.9.9.9\n"
        else:
            box.running, box.timer = box.startup, None
        return Said(yes=True)

    outcome = carry_out(world, journal, questions=("Is there dial tone?",), ask=slow_to_answer)

    assert done(world, "confirm") == []
    assert outcome.word is Word.ALL_OLD
    assert FAR in outcome.reason


@pytest.mark.parametrize(("looks", "word"), [(99, Word.ALL_OLD), (1, Word.ALL_NEW)])
def test_nothing_is_confirmed_while_somebody_is_in_the_way_of_one_confirm(
    world: World, journal: Journal, looks: int, word: Word
) -> None:
    seen: list[Seen] = []

    def in_the_way(effect: DeviceEffect, answer: Answer) -> Answer:
        if effect.device != FAR or not isinstance(answer, Seen) or answer.pending is None:
            return answer
        seen.append(answer)
        first = 3  # after its arming, over the new path, and before the first confirm
        held = "jo (locked)" if first <= len(seen) < first + looks else ""
        return replace(answer, pending=replace(answer.pending, held=held))

    world.after = in_the_way

    outcome = carry_out(world, journal)

    assert outcome.word is word
    if word is Word.ALL_OLD:
        assert done(world, "confirm") == []
        assert f"{FAR} could not be confirmed: in the way is jo (locked)" in outcome.reason
        assert all_old(world)


def test_a_confirm_whose_answer_was_lost_is_kept_once_it_is_read_to_hold(
    make_plan: Callable[..., Plan], journal: Journal, make_world: Callable[[Plan, Journal], World]
) -> None:
    world = make_world(make_plan(only=1), journal)

    def lose(effect: DeviceEffect, answer: Answer) -> Answer:
        if isinstance(effect, Confirm):
            world.boxes[CORE].silent_until_s = world.time_s + 60
            return Silent(words="reset")
        return answer

    world.after = lose

    outcome = carry_out(world, journal)

    assert outcome.word is Word.ALL_NEW
    assert world.boxes[CORE].startup == world.plan.by_key[CORE].target
    assert done(world, "confirm") == [CORE]


def test_a_device_that_falls_silent_after_its_confirm_is_the_reason_that_is_told(
    world: World, journal: Journal
) -> None:
    def after(effect: DeviceEffect, answer: Answer) -> Answer:
        if isinstance(effect, Confirm) and effect.device == FAR:
            world.boxes[FAR].silent_until_s = float("inf")
        return answer

    world.after = after

    outcome = carry_out(world, journal)

    assert outcome.word is Word.HANDS
    assert outcome.reason.startswith(f"{FAR}: its startup was not written")
