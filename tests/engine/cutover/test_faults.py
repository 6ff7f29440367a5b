"""A fault at every effect and a kill at every journal write: the world itself, never the tool, says how it ended.

Every end must be all-old, all-new, or a device named for hands. A third state that nobody named is a failure.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matric.cutover import Host, Outcome, Word, cut_over, drive, facts, recover
from matric.cutover.effects import Answer, Denied, DeviceEffect, Silent, Stranger
from matric.cutover.rehearsal import World
from matric.journal import Journal, Run
from matric.journal.ledger import Seal
from matric.plan import Plan

A_DAY_S = 86400.0
THEIRS = "snmp-server community theirs\n"
MakeWorld = Callable[[Plan, Journal], World]


class Killed(BaseException):
    """The process is gone: nothing after this line has run."""


class DyingJournal(Journal):
    """A real journal of a process that is killed at its n-th write."""

    dies_at = -1
    writes = 0

    def _append(self, run: Run, kind: str, **given: Any) -> Seal:
        self.writes += 1
        if self.writes == self.dies_at:
            raise Killed
        return super()._append(run, kind, **given)


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where the machine has it: thousands of runs, each with hundreds of fsyncs."""
    memory = Path("/dev/shm")
    path = Path(tempfile.mkdtemp(prefix="matric-", dir=memory if memory.is_dir() else None))
    yield path
    shutil.rmtree(path)


def carry_out(world: World, journal: Journal) -> Outcome:
    run = journal.start(world.plan, "cutover")
    return drive(cut_over(world.plan, run.session), world, Host(journal, run, world))


def carry_on(world: World, journal: Journal) -> Outcome | None:
    """What 'matric recover' does; None where there is nothing to recover."""
    left = journal.recoverable("oakfield")
    if left is None:
        return None
    run = journal.start(journal.plan(left.id), "recover", of=left.id)
    steps = recover(journal.plan(left.id), facts(journal.history(left.id)), f"matric-{left.id}")
    return drive(steps, world, Host(journal, run, world))


def state(world: World) -> dict[str, str]:
    world.sleep(A_DAY_S)
    found: dict[str, str] = {}
    for key, box in world.boxes.items():
        # What somebody else wrote is theirs: what counts is what is below it.
        running = world.holds(key, box.running.replace(THEIRS, ""))
        startup = world.holds(key, box.startup.replace(THEIRS, ""))
        found[key] = running.value if running is startup and box.timer is None else "third"
    return found


def silent_third_states(world: World, outcome: Outcome) -> list[str]:
    """Where the tool's words and the world disagree, or a device is neither old nor new and nobody says so."""
    ends = {end.device: end for end in outcome.devices}
    wrong = [
        f"{key} was said to be settled, and its timer runs: {outcome}"
        for key, end in ends.items()
        if end.settled and world.boxes[key].timer is not None
    ]
    if world.later:
        wrong.append(f"a device was still at it when the run had ended: {outcome}")
    quiet = state(world)
    for key, is_now in quiet.items():
        end = ends.get(key)
        named = end is not None and not end.settled and bool(end.next or end.reason)
        said = end.running if end is not None and end.settled else "old"
        if not named and is_now != said:
            wrong.append(f"{key} is {is_now}, and the run said {said}: {outcome}")
    words = set(quiet.values())
    if outcome.word is Word.ALL_NEW and words != {"new"}:
        wrong.append(f"all-new, and the world is {quiet}")
    if outcome.word in {Word.ALL_OLD, Word.REFUSED} and words != {"old"}:
        wrong.append(f"{outcome.word}, and the world is {quiet}")
    return wrong


# -- a fault at every effect


@dataclass(frozen=True)
class Fault:
    before: Callable[[World, DeviceEffect], Answer | None] = lambda _world, _effect: None
    after: Callable[[World, DeviceEffect, Answer], Answer] = lambda _world, _effect, answer: answer


def _dead(seconds: float) -> Callable[[World, DeviceEffect], Answer | None]:
    def make_silent(world: World, effect: DeviceEffect) -> None:
        world.boxes[effect.device].silent_until_s = world.time_s + seconds

    return make_silent


def _power_cut(world: World, effect: DeviceEffect) -> None:
    box = world.boxes[effect.device]
    box.running, box.timer, box.candidate = box.startup, None, None
    box.silent_until_s = world.time_s + 60


def _edit(world: World, effect: DeviceEffect) -> None:
    world.boxes[effect.device].running += THEIRS


def _write_startup(world: World, effect: DeviceEffect) -> None:
    box = world.boxes[effect.device]
    box.startup = box.running


def _early(world: World, effect: DeviceEffect) -> None:
    box = world.boxes[effect.device]
    if box.timer is not None:
        box.running, box.timer = box.timer.before, None


def _confirmed_by_somebody(world: World, effect: DeviceEffect) -> None:
    world.boxes[effect.device].timer = None


def _never(world: World, effect: DeviceEffect) -> None:
    world.boxes[effect.device].timer_broken = True
    world.school_fails = True


def _ignores_lines(world: World, effect: DeviceEffect, answer: Answer) -> Answer:
    if type(effect).__name__ == "Arm":
        world.boxes[effect.device].running = "vlan 99\n"
    return answer


def _slow(by_s: float) -> Callable[[World, DeviceEffect], Answer | None]:
    """The answer is lost, and the device only gets round to it when it has been asked again already."""

    def answer_late(world: World, effect: DeviceEffect) -> Answer | None:
        if type(effect).__name__ != "Arm":
            return None

        def get_round_to_it() -> None:
            world.apply(effect)

        world.later.append((world.time_s + by_s, get_round_to_it))
        return Silent(words="timed out")

    return answer_late


FAULTS: dict[str, Fault] = {
    "the answer is lost and the device is slow": Fault(before=_slow(15)),
    "the answer is lost and the device is slower": Fault(before=_slow(40)),
    "the command is lost": Fault(before=lambda _world, _effect: Silent(words="reset")),
    "the answer is lost": Fault(after=lambda _world, _effect, _answer: Silent(words="reset")),
    "the device says no": Fault(before=lambda _world, _effect: Denied(words="% Invalid input")),
    "the device says no and does it": Fault(after=lambda _world, _effect, _answer: Denied(words="% odd")),
    "the host key changed": Fault(before=lambda _world, _effect: Stranger(words="another key")),
    "silent for a minute": Fault(before=_dead(60)),
    "silent for good": Fault(before=_dead(1e12)),
    "mains cut": Fault(before=_power_cut),
    "somebody edits": Fault(before=_edit),
    "somebody writes startup": Fault(before=_write_startup),
    "the timer fires early": Fault(before=_early),
    "somebody confirms": Fault(before=_confirmed_by_somebody),
    "the timer never fires": Fault(before=_never),
    "lines are ignored": Fault(after=_ignores_lines),
}


def inject(world: World, fault: Fault, at: int) -> list[bool]:
    """Let *fault* strike at the *at*-th effect on a device; the list is filled once it has."""
    count = [0]
    struck: list[bool] = []

    def before(effect: DeviceEffect) -> Answer | None:
        count[0] += 1
        if count[0] != at:
            return None
        struck.append(True)
        answer = fault.before(world, effect)
        return answer if answer is not None or world.reachable(effect.device) else Silent(words="timed out")

    def after(effect: DeviceEffect, answer: Answer) -> Answer:
        return fault.after(world, effect, answer) if count[0] == at else answer

    world.before, world.after = before, after
    return struck


@pytest.mark.parametrize(
    "lockstep",
    [pytest.param(False, id="links-free"), pytest.param(True, id="links-in-lockstep", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("name", FAULTS)
def test_after_a_fault_at_any_effect_the_school_is_old_or_new_or_named(
    name: str, *, lockstep: bool, plan: Plan, make_world: MakeWorld, folder: Path
) -> None:
    wrong: list[str] = []
    ends: dict[str, int] = {}

    for at in range(1, 200):
        journal = Journal(folder / str(at))
        world = make_world(plan, journal)
        world.lockstep = lockstep
        struck = inject(world, FAULTS[name], at)
        outcome = carry_out(world, journal)
        journal.close()
        if not struck:
            break
        ends[outcome.word] = ends.get(outcome.word, 0) + 1
        wrong += [f"at effect {at}: {line}" for line in silent_third_states(world, outcome)]

    assert not wrong, "\n".join(wrong[:5])
    assert sum(ends.values()) >= 20, ends


def test_what_somebody_else_wrote_is_never_lost_without_a_word(plan: Plan, make_world: MakeWorld, folder: Path) -> None:
    lost: list[str] = []
    named = 0

    for at in range(1, 200):
        journal = Journal(folder / str(at))
        world = make_world(plan, journal)
        struck = inject(world, Fault(before=_edit), at)
        outcome = carry_out(world, journal)
        journal.close()
        if not struck:
            break
        still = [key for key, box in world.boxes.items() if THEIRS in box.running]
        said = " ".join([outcome.reason, *(f"{end.device} {end.reason}" for end in outcome.devices if end.reason)])
        if not still and "theirs" not in said and "foreign" not in said:
            lost.append(f"at effect {at}: {outcome}")
        named += not still

    assert not lost, "\n".join(lost[:3])
    assert named > 0


# -- a kill at every write of the journal


def kill_points(plan: Plan, make_world: MakeWorld, folder: Path, spoil: Callable[[World], None]) -> int:
    journal = DyingJournal(folder)
    world = make_world(plan, journal)
    spoil(world)
    carry_out(world, journal)
    journal.close()
    return journal.writes


def _fine(_world: World) -> None:
    pass


def _core_cut(world: World) -> None:
    world.cuts = frozenset({"oakfield/core"})


@pytest.mark.parametrize("spoil", [_fine, _core_cut], ids=["all-is-well", "the-core-cuts-itself-off"])
@pytest.mark.parametrize("late", [0.0, 200.0, 3600.0], ids=["at-once", "minutes-later", "an-hour-later"])
def test_after_a_kill_at_any_journal_write_recovery_ends_old_or_new_or_named(
    spoil: Callable[[World], None], late: float, plan: Plan, make_world: MakeWorld, folder: Path
) -> None:
    wrong: list[str] = []
    words: set[Word] = set()

    for at in range(1, kill_points(plan, make_world, folder / "whole", spoil) + 1):
        dying = DyingJournal(folder / str(at))
        dying.dies_at = at
        world = make_world(plan, dying)
        spoil(world)
        with pytest.raises(Killed):
            carry_out(world, dying)
        dying.close()
        world.sleep(late)

        heir = Journal(folder / str(at), world)
        _free_lock(heir)
        outcome = carry_on(world, heir)
        if outcome is None:
            outcome = Outcome(Word.REFUSED, "the run was never begun", 1)  # type: ignore[arg-type]
        words.add(outcome.word)
        wrong += [f"killed at write {at}: {line}" for line in silent_third_states(world, outcome)]
        wrong += [f"killed at write {at}: {line}" for line in heir.verify()]
        heir.close()

    assert not wrong, "\n".join(wrong[:5])
    assert Word.ALL_OLD in words
    assert Word.HANDS not in words, "every device was in reach once its timer had run out"
    assert (Word.ALL_NEW in words) == (spoil is _fine)


def test_after_a_kill_between_the_word_and_the_deed_recovery_ends_old_or_new_or_named(
    plan: Plan, make_world: MakeWorld, folder: Path
) -> None:
    wrong: list[str] = []

    def die(_world: World, _effect: DeviceEffect) -> Answer | None:
        raise Killed

    killed = 0
    for at in range(1, 200):
        here = folder / str(at)
        journal = Journal(here)
        world = make_world(plan, journal)
        inject(world, Fault(before=die), at)
        try:
            carry_out(world, journal)
        except Killed:
            killed += 1
            journal.close()
        else:
            break
        world.before = _nothing
        heir = Journal(here, world)
        _free_lock(heir)
        outcome = carry_on(world, heir)
        heir.close()
        if outcome is not None:
            wrong += [f"killed at effect {at}: {line}" for line in silent_third_states(world, outcome)]

    assert not wrong, "\n".join(wrong[:5])
    assert killed > 25


def _nothing(_effect: DeviceEffect) -> Answer | None:
    return None


def _free_lock(journal: Journal) -> None:
    """As if the process that held the lock were dead: in a test it is this one, and alive."""
    with journal.book.writing() as store:
        store.execute("UPDATE locks SET boot='before'")


@pytest.mark.parametrize(
    "stride", [pytest.param(7, id="every-seventh"), pytest.param(1, id="every", marks=pytest.mark.slow)]
)
def test_recovery_that_is_killed_is_recovered_again(
    stride: int, make_plan: Callable[..., Plan], make_world: MakeWorld, folder: Path
) -> None:
    plan = make_plan(only=2)
    wrong: list[str] = []
    twice = 0

    for at in range(1, kill_points(plan, make_world, folder / "whole", _fine) + 1, stride):
        for again in range(1, 100, stride):
            here = folder / f"{at}-{again}"
            dying = DyingJournal(here)
            dying.dies_at = at
            world = make_world(plan, dying)
            with pytest.raises(Killed):
                carry_out(world, dying)
            dying.close()
            heir = DyingJournal(here, world)
            heir.dies_at = again
            _free_lock(heir)
            try:
                carry_on(world, heir)
            except Killed:
                twice += 1
            else:
                heir.close()
                break
            heir.close()
            last = Journal(here, world)
            _free_lock(last)
            outcome = carry_on(world, last)
            if outcome is not None:
                wrong += [f"killed at {at} and {again}: {line}" for line in silent_third_states(world, outcome)]
            elif set(state(world).values()) != {"old"}:
                wrong.append(f"killed at {at} and {again}: nothing to recover, and {state(world)}")
            last.close()
            shutil.rmtree(here)

    assert not wrong, "\n".join(wrong[:5])
    assert twice > 20
