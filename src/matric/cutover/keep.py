"""S11 to S13: confirm nearest first, write startup, remove leftovers. Recovery resumes here too."""

from matric.cutover.course import Course, Failure, Steps, words
from matric.cutover.effects import Answer, Denied, Done, Mark, Nothing
from matric.cutover.outcome import Outcome
from matric.cutover.save import keep_late, save
from matric.cutover.unwind import back, unwind, verdict

__all__ = ("confirm_and_save",)


def confirm_and_save(course: Course) -> Steps[Outcome]:
    """Stop every timer for good, then write startup. Nothing confirmed yet means everything can still go back."""
    yield from course.one(Mark(phase="S11", detail="every check passed; confirming, nearest first"))
    failure: Failure | None = None
    lost: set[str] = set()
    for key in reversed(course.order):
        if key in course.kept:
            continue
        if lost.intersection(course.device(key).above):
            # What it is reached through goes back, so it goes back with it: confirmed, it would be stranded.
            course.reasons[key] = f"not confirmed: {', '.join(sorted(lost))} before it was not"
            lost.add(key)
            continue
        reason = yield from _confirm(course, key)
        if key in course.foreign:
            # It is new, and stays new: what hangs below it is not stranded by going on.
            continue
        if reason is None:
            course.kept.append(key)
            continue
        lost.add(key)
        course.reasons[key] = reason
        failure = failure or Failure(f"{key}: {reason}")
        if not course.kept:
            return (yield from unwind(course, failure))

    # Those kept first: a mains cut would take an unsaved one back.
    yield from save(course, course.kept)
    if lost:
        yield from course.one(Mark(phase="R", detail=f"not confirmed: {', '.join(sorted(lost))}"))
        yield from back(course, tuple(key for key in reversed(course.armed) if key in lost))
        yield from keep_late(course)
    yield from course.one(Mark(phase="S13", detail="removing leftovers"))
    yield from course.clean(course.staged)
    return verdict(course, failure)


def _confirm(course: Course, key: str) -> Steps[str | None]:
    """None once the device is confirmed, or was found confirmed by somebody else (``foreign``); else why it is not."""
    margin = course.plan.budget.pace.margin_s
    answer: Answer = Denied(words="it was not read to be new and under this run's timer")
    ours = key in course.confirming  # a confirm of this run, whose answer was lost, may have done it
    for _ in range(2):
        if not course.is_armed_new(key):
            break
        if course.left_s(key) < margin:
            return f"too late to confirm: {course.left_s(key):.0f} s are left, {margin} s are the margin"
        course.confirming.add(key)
        answer = yield from course.one(course.confirm(key))
        if isinstance(answer, Done):
            return None
        # Whatever it said, and if it said nothing: only reading tells.
        yield from _read(course, key)
        ours = ours or not isinstance(answer, Nothing)
    if not course.is_new(key):
        return _unconfirmed(course, key, answer)
    if not ours:
        course.leave(key)
    return None


def _unconfirmed(course: Course, key: str, answer: Answer) -> str:
    """Why *key* is not confirmed; what was read to be old, or still under the timer, was not confirmed by anybody."""
    if course.gone_back(key):
        course.confirming.discard(key)
        return "REVERTED: it had gone back before it was confirmed"
    if course.is_armed_new(key):
        course.confirming.discard(key)
    return f"its confirm was not read to hold: {words(answer)}"


def _read(course: Course, key: str) -> Steps[None]:
    pace = course.plan.budget.pace
    for attempt in range(pace.probes):
        if attempt:
            yield from course.wait(pace.settle_s, f"{key} to answer")
        yield from course.look((key,))
        if key in course.seen:
            return
