"""After a crash: from the journal and the devices alone to all-old, all-new, or each device named.

Nothing in the journal is taken for what a device is: it says what a device may have been told, and devices are read.
Carried out twice it comes to the same; killed half-way it is simply begun again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from matric.cutover.course import Course, Failure, Steps
from matric.cutover.effects import Holds, Mark
from matric.cutover.keep import confirm_and_save
from matric.cutover.outcome import Outcome, Word
from matric.cutover.unwind import unwind
from matric.errors import ExitCode
from matric.plan import Plan, instant

if TYPE_CHECKING:
    from matric.journal import Event

__all__ = ("Facts", "facts", "recover")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the journal says a run, and every recovery of it, may have told the devices."""

    staged: frozenset[str] = frozenset()
    armed: tuple[str, ...] = ()
    """In the order of arming."""
    answered: frozenset[str] = frozenset()
    """Of those armed: the devices whose answer came."""
    confirming: frozenset[str] = frozenset()
    green: bool = False
    """Every check had passed."""
    backups: tuple[tuple[str, str], ...] = ()
    """(device, digest of its running configuration)."""
    foreign: frozenset[str] = frozenset()
    """Devices that were read to be new for good while their timer should have run, and no confirm was begun."""


def facts(events: "Iterable[Event]") -> Facts:
    """The facts in *events*: those of the run and of every recovery of it, in order."""
    staged: set[str] = set()
    armed: dict[str, None] = {}
    answered: set[str] = set()
    confirming: set[str] = set()
    backups: dict[str, str] = {}
    green = False
    begun: dict[int, str] = {}
    known = tuple(events)
    for event in known:
        if event.kind == "begin":
            begun[event.seq] = event.effect
        match event.kind, event.effect:
            case "begin", "Stage":
                staged.add(event.device)
            case "begin", "Arm":
                armed[event.device] = None
            case "end", "Armed":
                answered.add(event.device)
            case "end", "Moved" if begun.get(event.of) == "Arm":
                # It was looked at, and nothing was sent.
                armed.pop(event.device, None)
            case "begin", "Confirm":
                confirming.add(event.device)
            case "mark", "S11":
                green = True
            case "keep", "running":
                backups[event.device] = str(event.data["digest"])
            case _:
                pass
    return Facts(
        frozenset(staged),
        tuple(armed),
        frozenset(answered),
        frozenset(confirming),
        green,
        tuple(backups.items()),
        _foreign(known),
    )


def _foreign(events: "tuple[Event, ...]") -> frozenset[str]:
    """Devices that were read to be new, without a timer, before it can have run out, and with no confirm of ours.

    A confirm that found nothing to confirm was none; one whose answer was lost may have been.
    """
    until: dict[str, datetime] = {}
    asked: dict[int, tuple[str, datetime]] = {}
    found: set[str] = set()
    for event in events:
        match event.kind, event.effect:
            case "begin", "Arm":
                until[event.device] = instant(event.at) + timedelta(seconds=event.data["revert_after_s"])
            case "begin", "Confirm" if event.device in until:
                asked[event.seq] = (event.device, until.pop(event.device))
            case "end", "Nothing" if event.of in asked:
                device, until[device] = asked[event.of]
            case "end", "Seen" if event.device in until and instant(event.at) < until[event.device]:
                if event.data["running"] == Holds.NEW and event.data["pending"] is None:
                    found.add(event.device)
            case _:
                pass
    return frozenset(found)


def recover(plan: Plan, known: Facts, session: str) -> Steps[Outcome]:
    """Bring the school of a run that died to a known end. *session* is that run's own."""
    course = Course(plan, session, tuple(key for key in plan.order if key in known.staged))
    why = Failure("the run died, and was recovered", ExitCode.ROLLED_BACK)
    yield from course.one(Mark(phase="R", detail=f"recovering run {course.run}"))
    if not known.staged:
        return Outcome(Word.ALL_OLD, "the run died before anything was sent to a device", ExitCode.ROLLED_BACK)

    _recall(course, known)
    yield from course.look(course.order)
    course.kept = [key for key in reversed(course.order) if key in course.confirming and course.is_new(key)]
    if course.kept and known.green:
        return (yield from confirm_and_save(course))

    outcome = yield from unwind(course, why)
    if outcome.word is not Word.UNSTAGED:
        return outcome
    # Nothing was ever armed: what counts after a crash is what the devices were read to be.
    settled = all(end.settled and end.running == "old" for end in outcome.devices)
    word, code = (Word.ALL_OLD, ExitCode.ROLLED_BACK) if settled else (Word.HANDS, ExitCode.SPLIT)
    return replace(outcome, word=word, exit_code=code)


def _recall(course: Course, known: Facts) -> None:
    course.staged.extend(course.order)
    course.armed.extend(known.armed)
    course.doubtful.update(set(known.armed) - known.answered)
    course.confirming.update(known.confirming)
    course.backups.update(known.backups)
    for key in known.foreign:
        course.leave(key)
    for key in known.armed:
        net = course.device(key).net
        # The clock of the run that died means nothing here: no timer it set can outlast its whole length from now.
        course.latest_s[key] = course.now_s + (net.revert_after_s + net.away_s if net is not None else 0)
