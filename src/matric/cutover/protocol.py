"""S6 to S13: the cut-over of one plan, as a generator of effects.

    preflight   every device is who it was, holds what the plan was made from, and nobody else is at it
    back up     running and startup of each, kept before anything is sent
    stage       candidates on all devices; nothing active
    arm         one device at a time, farthest first, each under its own timer
    verify      new logins over the new paths; running is the plan's
    site gate   the school as a whole; people may veto
    confirm     nearest first; then startup, then leftovers (``matric.cutover.keep``)

Any failure after the first candidate leads to ``matric.cutover.unwind``.
"""

from matric.cutover.course import Course, Failure, Steps, words
from matric.cutover.effects import (
    Answer,
    Armed,
    Ask,
    BackedUp,
    Backup,
    Checked,
    Denied,
    Holds,
    Mark,
    Moved,
    Permit,
    Permitted,
    Said,
    Seen,
    Silent,
    SiteCheck,
    Staged,
)
from matric.cutover.keep import confirm_and_save
from matric.cutover.outcome import End, Outcome, Word
from matric.cutover.preflight import preflight
from matric.cutover.unwind import unwind
from matric.errors import ExitCode
from matric.plan import Plan
from matric.plan.budget import arming_s

__all__ = ("cut_over",)


def cut_over(plan: Plan, session: str, questions: tuple[str, ...] = ()) -> Steps[Outcome]:
    """Carry out *plan*; *questions* are asked of people while every timer runs, and a no lets the school go back."""
    if not plan.applicable:
        reason = "the plan was made from files, not from devices: it is for reading only"
        return Outcome(Word.REFUSED, reason, ExitCode.USAGE)
    left_out = tuple(End(one.device, "untouched", "untouched", one.reason) for one in plan.left_out)
    if plan.empty and left_out:
        return Outcome(Word.REFUSED, "every device that was to change has moved", ExitCode.STALE, (), left_out)
    if plan.empty:
        return Outcome(Word.NOTHING, "every device is as intended", ExitCode.DONE)

    course = Course(plan, session, plan.order)
    moved = yield from preflight(course)
    if isinstance(moved, Outcome):
        return _with_moved(moved, left_out)

    outcome = yield from _carried_out(course, questions)
    return _with_moved(outcome, (*moved, *left_out))


def _carried_out(course: Course, questions: tuple[str, ...]) -> Steps[Outcome]:
    failure = yield from _back_up(course)
    if failure is not None:
        return Outcome(Word.REFUSED, failure.reason, failure.exit_code)

    failure = yield from _stage(course)
    if failure is None:
        failure = yield from _arm(course)
    if failure is None:
        failure = yield from _verify(course)
    if failure is None:
        failure = yield from _site_gate(course, questions)
    if failure is None:
        failure = yield from _still_so(course)
    if failure is None:
        failure = _too_late(course)
    if failure is not None:
        return (yield from unwind(course, failure))

    return (yield from confirm_and_save(course))


def _with_moved(outcome: Outcome, moved: tuple[End, ...]) -> Outcome:
    if not moved:
        return outcome
    stale = outcome.exit_code is ExitCode.DONE
    code = ExitCode.STALE if stale else outcome.exit_code
    refused = (*outcome.refused, *moved)
    return Outcome(outcome.word, outcome.reason, code, outcome.devices, refused, outcome.next)


def _back_up(course: Course) -> Steps[Failure | None]:
    answers = yield from course.each(Backup(device=key, session=course.session) for key in course.order)
    for key, answer in answers.items():
        if not isinstance(answer, BackedUp):
            return Failure(f"{key} could not be backed up: {words(answer)}")
        if answer.running_digest != course.device(key).base_digest:
            return Failure(f"{key} changed while it was backed up: plan again", ExitCode.STALE)
        course.backups[key] = answer.backup
    return None


def _stage(course: Course) -> Steps[Failure | None]:
    """S7. Load every candidate; what the device holds is read back. One lost answer is tried again, once."""
    yield from course.one(Mark(phase="S7", detail=f"candidates on {len(course.order)} devices"))
    course.staged.extend(course.order)
    answers = yield from course.each(course.stage(key) for key in course.order)
    lost = tuple(key for key, answer in answers.items() if isinstance(answer, Silent))
    if lost:
        yield from course.each(course.unstage(key) for key in lost)
        answers |= yield from course.each(course.stage(key) for key in lost)
    for key, answer in answers.items():
        failure = _not_staged(key, answer)
        if failure is not None:
            course.reasons[key] = failure.reason
            return failure
    return None


def _not_staged(key: str, answer: Answer) -> Failure | None:
    if isinstance(answer, Moved):
        return Failure(f"{key} moved since the plan was made: {words(answer)}", ExitCode.STALE)
    if not isinstance(answer, Staged):
        return Failure(f"{key} did not take its candidate: {words(answer)}")
    if answer.differing:
        return Failure(f"{key} holds another candidate than was sent: {' | '.join(answer.differing)}")
    return None


def _arm(course: Course) -> Steps[Failure | None]:
    """S8. One device at a time, farthest first; after a failure no further device starts."""
    yield from course.one(Mark(phase="S8", detail="arming, farthest first"))
    for key in course.order:
        permitted = yield from course.one(Permit(worst_case_s=_rest_s(course, key)))
        if not isinstance(permitted, Permitted) or permitted.forbidden:
            why = "; ".join(permitted.forbidden) if isinstance(permitted, Permitted) else words(permitted)
            return Failure(f"no further device may be started: {why}", ExitCode.BLOCKED)
        failure = yield from _arm_one(course, key)
        if failure is not None:
            course.reasons.setdefault(key, failure.reason)
            return failure
    return None


def _rest_s(course: Course, key: str) -> float:
    """From now to the end of the worst case: what is still to be armed waits for its whole timer."""
    pace = course.plan.budget.pace
    left = course.order[course.order.index(key) :]
    arms = [arming_s(pace, len(course.device(one).lines)) for one in left]
    waits = [sum(arms[:at]) + _timer_s(course, one) for at, one in enumerate(left)]
    return max(waits) + pace.margin_s + 2 * pace.read_s


def _timer_s(course: Course, key: str) -> int:
    net = course.device(key).net
    if net is None:
        raise ValueError(f"{key}: changes without a net")
    return net.revert_after_s


def _arm_one(course: Course, key: str) -> Steps[Failure | None]:
    timer = _timer_s(course, key)
    answer = yield from course.one(course.arm(key, timer))
    if isinstance(answer, Moved):
        code = ExitCode.STALE if not course.armed else ExitCode.ROLLED_BACK
        return Failure(f"{key} moved before it was armed: {words(answer)}", code)

    first = not course.armed
    course.armed.append(key)
    course.earliest_s[key] = answer.sent_s + timer
    course.latest_s[key] = answer.at_s + timer + course.away_s(key)
    if isinstance(answer, Armed):
        if answer.left_s is not None:
            course.earliest_s[key] = min(course.earliest_s[key], answer.at_s + answer.left_s)
        return (yield from _first_look(course, key)) if first else None

    course.doubtful.add(key)
    return (yield from _lost(course, key, answer))


def _first_look(course: Course, key: str) -> Steps[Failure | None]:
    """The first device is looked at before the second starts: what is wrong for all shows on one."""
    yield from course.look((key,))
    if course.is_armed_new(key) or (key not in course.seen and _cut_by_design(course, key)):
        return None
    # It may only be slow: the school as a whole is judged later, but a wrong configuration is judged now.
    seen = course.seen.get(key)
    if seen is not None and (seen.running is not Holds.NEW or seen.pending is None):
        return Failure(_why_not_armed_new(course, key))
    return None


def _cut_by_design(course: Course, key: str) -> bool:
    """True where a device nearer to the engineer is still to change: until then the two ends of the link differ."""
    return any(above in course.order and above not in course.armed for above in course.device(key).above)


def _lost(course: Course, key: str, answer: Answer) -> Steps[Failure | None]:
    """The answer to an arm was lost, or was no: only reading tells."""
    pace = course.plan.budget.pace
    for attempt in range(pace.probes):
        if attempt:
            yield from course.wait(pace.settle_s, f"{key} may still be at it")
        yield from course.look((key,))
        if course.is_armed_new(key):
            course.doubtful.discard(key)
            course.reasons.pop(key, None)
            break
    if isinstance(answer, Denied):
        return Failure(f"{key} refused to be armed: {words(answer)}")
    if course.is_armed_new(key):
        return None
    if isinstance(answer, Silent) and key not in course.seen and _cut_by_design(course, key):
        # Its reply was cut off by its own change; its timer runs, or nothing was changed. The probe of all will tell.
        return None
    return Failure(f"{key} was armed without an answer: {_why_not_armed_new(course, key)}")


def _verify(course: Course) -> Steps[Failure | None]:
    """S9. Every device, by a new login over the path as it is now."""
    pace = course.plan.budget.pace
    yield from course.one(Mark(phase="S9", detail="probing over the new paths"))
    waiting = course.order
    for _ in range(pace.probes):
        yield from course.wait(pace.settle_s, "the network to settle")
        yield from course.look(waiting)
        waiting = tuple(key for key in waiting if not course.is_armed_new(key))
        for key in waiting:
            if course.is_new(key):
                course.leave(key)
        if not waiting or any(key in course.foreign or course.gone_back(key) for key in waiting):
            break

    for key in course.order:
        if course.is_armed_new(key):
            course.doubtful.discard(key)
            course.reasons.pop(key, None)
    return Failure(_why_not_armed_new(course, waiting[0])) if waiting else None


def _why_not_armed_new(course: Course, key: str) -> str:
    seen = course.seen.get(key)
    if seen is None:
        return f"{key} does not answer over the new path: {course.reasons.get(key, 'no answer')}"
    if key in course.foreign:
        return f"{key}: {course.reasons[key]}"
    if seen.running is Holds.NEW:
        return _why_not_ours(key, seen)
    if seen.running is Holds.OLD:
        return f"{key} has gone back by itself"
    return f"{key} does not hold what was sent: {' | '.join(seen.differing) or 'other lines'}"


def _why_not_ours(key: str, seen: Seen) -> str:
    if seen.pending is None:
        return f"{key} has no timer running"
    if not seen.ours:
        return f"{key} has a timer of {seen.pending.owner} running"
    return f"{key}: somebody wrote its startup configuration while the timer ran"


def _site_gate(course: Course, questions: tuple[str, ...]) -> Steps[Failure | None]:
    """S10. What could not be looked at is no pass; it is looked at again once, for what was still settling."""
    pace = course.plan.budget.pace
    yield from course.one(Mark(phase="S10", detail="checking the school as a whole"))
    check = SiteCheck(school=course.plan.school, session=course.session)
    answer = yield from course.one(check)
    if not _passes(answer):
        yield from course.wait(pace.settle_s, "the school to settle")
        answer = yield from course.one(check)
    if not _passes(answer):
        found = (*answer.failed, *answer.unread) if isinstance(answer, Checked) else (words(answer),)
        return Failure(f"the school does not hold: {'; '.join(found) or 'nothing was checked'}")

    for question in questions:
        within = min(course.left_s(key) for key in course.order) - _confirm_s(course)
        if within <= 0:
            break
        said = yield from course.one(Ask(question=question, within_s=within))
        if not (isinstance(said, Said) and said.yes):
            detail = said.words if isinstance(said, Said) else words(said)
            return Failure(f"people on site said no to: {question} {detail}".rstrip())
    return None


def _still_so(course: Course) -> Steps[Failure | None]:
    """The check and the people's answers took minutes: every device is read once more before the first is confirmed.

    One that somebody else confirmed meanwhile is no reason to go back: it stays new, and to take the others back could
    strand it. It is named when its turn to be confirmed comes. Where somebody is in the way of a confirm none is begun:
    the devices before that one would be kept, and it would go back.
    """
    yield from course.look(course.order)
    if held := _held(course):
        # It may only pass by, or be a login of ours that the device has not given up yet.
        yield from course.wait(course.plan.budget.pace.settle_s, f"{', '.join(held)} to be let go")
        yield from course.look(held)
    moved = tuple(key for key in course.order if not (course.is_armed_new(key) or course.is_new(key)))
    if moved:
        return Failure(_why_not_armed_new(course, moved[0]))
    for key, whom in _held(course).items():
        return Failure(f"{key} could not be confirmed: in the way is {whom}")
    return None


def _held(course: Course) -> dict[str, str]:
    """Device -> who is in the way of its confirm."""
    pending = {key: course.seen[key].pending for key in course.order if key in course.seen}
    return {key: one.held for key, one in pending.items() if one is not None and one.held}


def _passes(answer: Answer) -> bool:
    return isinstance(answer, Checked) and bool(answer.passed) and not answer.failed and not answer.unread


def _confirm_s(course: Course) -> int:
    pace = course.plan.budget.pace
    return len(course.order) * pace.confirm_s + pace.margin_s


def _too_late(course: Course) -> Failure | None:
    """Never begin to confirm unless every timer outlasts the last confirm by the margin."""
    short = min(course.order, key=course.left_s)
    left, need = course.left_s(short), _confirm_s(course)
    if left >= need:
        return None
    return Failure(f"too late to confirm: {left:.0f} s are left on {short}, {need} s are needed")
