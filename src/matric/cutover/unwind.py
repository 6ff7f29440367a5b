"""R: back to what was, by the devices' own timers or by cancelling them; and what the whole run came to."""

from collections.abc import Iterable

from matric.cutover.course import Course, Failure, Steps, words
from matric.cutover.effects import Answer, Done, Holds, Mark, Nothing, Seen
from matric.cutover.outcome import End, Outcome, Word
from matric.cutover.save import keep_late
from matric.errors import ExitCode

__all__ = ("back", "unwind", "verdict")


def unwind(course: Course, failure: Failure) -> Steps[Outcome]:
    """Take everything back, read every device, and say what they are."""
    yield from course.one(Mark(phase="R", detail=failure.reason))
    yield from back(course, tuple(key for key in reversed(course.armed) if key not in course.kept))
    yield from keep_late(course)
    yield from tidy(course)
    return verdict(course, failure)


def back(course: Course, keys: tuple[str, ...]) -> Steps[None]:
    """Bring *keys* (newest first) back: cancel, read, let the timers run out, read, restore what no timer took back."""
    cancelled: set[str] = set()
    for key in keys:
        if key in course.foreign:
            continue
        answer = yield from course.one(course.cancel(key))
        if isinstance(answer, Done):
            cancelled.add(key)
        elif not isinstance(answer, Nothing):
            course.reasons.setdefault(key, words(answer))
    if keys:
        yield from course.look(keys)
        yield from _still_at_it(course, keys)

    for key in keys:
        # Before its timer can have gone off, only somebody else's confirm leaves a new configuration for good.
        if course.is_new(key) and key not in course.confirming | cancelled and course.left_s(key) > 0:
            course.leave(key)

    yield from _outlast(course, tuple(key for key in keys if not _settled(course, key)))
    for key in keys:
        if _to_restore(course, key):
            yield from _restore(course, key)


def _still_at_it(course: Course, keys: Iterable[str]) -> Steps[None]:
    """Read again what may still be applying a command whose answer was lost: it is old now and may be new later."""
    again = tuple(key for key in keys if key in course.doubtful and course.gone_back(key))
    if again:
        yield from course.wait(course.plan.budget.pace.arm_s, "a lost command may still be at work")
        yield from course.look(again)
        for key in again:
            if not course.gone_back(key):
                yield from course.one(course.cancel(key))
                yield from course.look((key,))


def _settled(course: Course, key: str) -> bool:
    return course.gone_back(key) or (course.is_new(key) and key in course.confirming) or key in course.foreign


def _outlast(course: Course, keys: tuple[str, ...]) -> Steps[None]:
    """Wait until every timer of *keys* is past, then read; more than once, for what comes back late."""
    if not keys:
        return
    pace = course.plan.budget.pace
    until = max(course.latest_s.get(key, course.now_s) for key in keys) + pace.margin_s
    yield from course.wait(until - course.now_s, f"the timers of {', '.join(keys)} to run out")
    unread = keys
    for attempt in range(pace.probes):
        if attempt:
            yield from course.wait(pace.settle_s, f"{', '.join(unread)} to come back")
        yield from course.look(unread)
        unread = tuple(key for key in unread if key not in course.seen)
        if not unread:
            return


def _to_restore(course: Course, key: str) -> bool:
    """True where the timer is past, the change is still there, and nobody but us can have kept it."""
    seen = course.seen.get(key)
    return (
        seen is not None
        and seen.running is Holds.NEW
        and (seen.pending is None or seen.ours)
        and key not in course.confirming
        and key not in course.foreign
        and key in course.backups
    )


def _restore(course: Course, key: str) -> Steps[None]:
    course.reasons[key] = "its timer did not take the change back"
    if course.seen[key].pending is not None:
        yield from course.one(course.cancel(key))
        yield from course.look((key,))
    if course.gone_back(key) or key not in course.seen:
        return
    answer = yield from course.one(course.restore(key))
    if not isinstance(answer, Done):
        course.reasons[key] = (
            f"its timer did not take the change back, and restoring its backup failed: {words(answer)}"
        )
    yield from course.look((key,))


def tidy(course: Course) -> Steps[None]:
    """Remove candidates and leftovers, and read what was never armed."""
    never = tuple(key for key in course.staged if key not in course.armed)
    answers = yield from course.each(course.unstage(key) for key in never)
    for key, answer in answers.items():
        if not isinstance(answer, Done):
            course.reasons.setdefault(key, f"its candidate may be left: {words(answer)}")
    yield from course.clean(course.staged)
    unread = tuple(key for key in never if key not in course.seen)
    yield from course.look(unread)


def verdict(course: Course, failure: Failure | None) -> Outcome:
    """The site's word, from what every staged device was last read to be."""
    ends = tuple(_end(course, key) for key in course.staged)
    reason = failure.reason if failure is not None else _not_new(ends)
    if not course.armed and failure is not None:
        # What was never active cannot be half active; what could not be removed or read is named.
        return Outcome(Word.UNSTAGED, reason, failure.exit_code, ends)
    if course.foreign or not all(end.settled for end in ends):
        return Outcome(Word.HANDS, reason, ExitCode.SPLIT, ends, next=_ways(course))
    words_read = {end.running for end in ends}
    if words_read == {"new"}:
        return Outcome(Word.ALL_NEW, "every device was read to be new, running and startup", ExitCode.DONE, ends)
    if words_read == {"new", "old"}:
        return Outcome(Word.SPLIT, reason, ExitCode.SPLIT, ends, next=_ways(course))
    return Outcome(Word.ALL_OLD, reason, ExitCode.ROLLED_BACK, ends)


def _not_new(ends: tuple[End, ...]) -> str:
    """What decided it where nothing failed on the way: the first device that did not stay new."""
    return next(
        (f"{end.device}: {end.reason or end.running}" for end in ends if end.running != "new" or not end.settled), ""
    )


def _ways(course: Course) -> tuple[str, ...]:
    school = course.plan.school
    return (f"to all-old: matric revert {course.run}", f"to all-new: matric plan {school}, then matric cutover")


def _end(course: Course, key: str) -> End:
    seen = course.seen.get(key)
    running, startup = (seen.running.value, seen.startup.value) if seen is not None else ("unread", "unread")
    pending = seen is not None and seen.pending is not None
    if pending:
        # What is still on a timer is not an end.
        running = f"{running}, on a timer"
    reason = course.reasons.get(key, "")
    if seen is not None and seen.running is Holds.OTHER and seen.differing:
        reason = f"{reason}; lines that are not the plan's: {' | '.join(seen.differing)}".lstrip("; ")
    return End(key, running, startup, reason, _next(course, key, seen), course.left.get(key, ()))


def _next(course: Course, key: str, seen: Seen | None) -> str:
    school = course.plan.school
    if seen is None:
        return f"reach {key} out of band, see 'show running-config', then: matric recover {school}"
    if seen.pending is not None:
        whose = "ours" if seen.ours else f"of {seen.pending.owner}"
        return f"a timer ({whose}) still runs: wait {seen.pending.left_s:.0f} s, then: matric recover {school}"
    if seen.running is Holds.OTHER:
        return f"compare {key} with its backup ('matric status {course.run}'), then: matric plan {school}"
    if key in course.foreign and seen.running is seen.startup:
        return f"find out who confirmed {key}; if it is right as it is: matric plan {school}"
    if seen.running is not seen.startup:
        return f"'copy running-config startup-config' on {key} if it is right as it is, then: matric plan {school}"
    return ""


def failed(answers: dict[str, Answer], wanted: type[Answer]) -> dict[str, Answer]:
    """The answers that are not the *wanted* one."""
    return {key: answer for key, answer in answers.items() if not isinstance(answer, wanted)}
