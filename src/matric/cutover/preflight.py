"""S6: is every device who it was, does it hold what the plan was made from, and is nobody else at it. Reads only."""

from matric.cutover.course import Course, Steps, words
from matric.cutover.effects import Answer, Found, Mark, Permit, Permitted, Read
from matric.cutover.outcome import End, Outcome, Word
from matric.errors import ExitCode
from matric.plan import DevicePlan

__all__ = ("objections", "preflight")

SKEW_S = 30
"""Clocks further apart than this make evidence and windows worthless."""
ROOM = 3
"""Free space needed on a device, as a multiple of the candidate: the file, the rollback copy, and air."""


def preflight(course: Course) -> Steps[Outcome | tuple[End, ...]]:
    """The refusal, or the devices left out because they moved (unit ``device``)."""
    yield from course.one(Mark(phase="S6", detail="preflight"))
    permitted = yield from course.one(Permit(worst_case_s=course.plan.budget.worst_case_s))
    if not isinstance(permitted, Permitted) or permitted.forbidden:
        why = "; ".join(permitted.forbidden) if isinstance(permitted, Permitted) else words(permitted)
        return Outcome(Word.REFUSED, why, ExitCode.BLOCKED)

    # With unit "school" a device without changes counts too: the plan was judged with it as it was.
    keys = tuple(device.key for device in course.plan.devices) if course.plan.unit == "school" else course.order
    answers = yield from course.each(Read(device=key, session=course.session) for key in keys)
    ends: list[End] = []
    moved: list[End] = []
    for key, answer in answers.items():
        others = objections(course.device(key), answer)
        drift = () if others or not isinstance(answer, Found) else moves(course.device(key), answer)
        if others:
            ends.append(_refused(key, answer, others))
        if drift:
            moved.append(_refused(key, answer, drift))
    return _decided(course, ends, tuple(moved))


def _decided(course: Course, ends: list[End], moved: tuple[End, ...]) -> Outcome | tuple[End, ...]:
    stays = tuple(key for key in course.order if key not in {end.device for end in moved})
    if ends:
        reason = f"{ends[0].device}: {ends[0].reason}"
        return Outcome(Word.REFUSED, reason, ExitCode.ERROR, (), (*ends, *moved))
    if moved and (course.plan.unit == "school" or not stays):
        reason = f"{moved[0].device}: {moved[0].reason}"
        return Outcome(Word.REFUSED, reason, ExitCode.STALE, (), moved)
    by_line = [key for key in stays if course.device(key).lines]
    if moved and by_line:
        # What a line leaves standing was worked out for a school in which the others change too.
        told = f"the lines of {', '.join(by_line)} were proven with it changed: plan again"
        reason = f"{moved[0].device}: {moved[0].reason}, and {told}"
        return Outcome(Word.REFUSED, reason, ExitCode.STALE, (), moved)
    course.order = stays
    return moved


def moves(device: DevicePlan, found: Found) -> tuple[str, ...]:
    """How the device's configurations are not those the plan was made from."""
    drift: list[str] = []
    if found.running_digest != device.base_digest:
        drift.append("its running configuration moved since the plan was made")
    if found.startup_digest != device.startup_digest:
        drift.append("its startup configuration moved since the plan was made")
    return tuple(drift)


def objections(device: DevicePlan, answer: Answer) -> tuple[str, ...]:
    """Everything but a moved configuration that forbids to change the device."""
    if not isinstance(answer, Found):
        return (words(answer),)
    found: list[str] = []
    if answer.serial != device.serial:
        found.append(f"it has serial number {answer.serial}, not {device.serial}: it is another box")
    if answer.pending is not None:
        found.append(f"a timed commit of {answer.pending.owner} is pending ({answer.pending.session})")
    found.extend(
        f"a configuration session of {one.owner} is open ({one.name}, {one.state}){_remedy(one.name)}"
        for one in answer.sessions
    )
    if not device.changes:
        return tuple(found)

    if answer.running_digest != answer.startup_digest and answer.running_digest == device.base_digest:
        found.append("startup is not running: save what is right, or undo it, then plan again")
    if answer.archive is False:
        found.append("its archive is off, and its timer needs it")
    need = ROOM * len(device.target.encode())
    if answer.free_bytes is not None and answer.free_bytes < need:
        found.append(f"{answer.free_bytes} bytes are free on its flash, {need} are needed")
    if answer.clock_skew_s is not None and abs(answer.clock_skew_s) > SKEW_S:
        found.append(f"its clock is {answer.clock_skew_s:.0f} s off; {SKEW_S} s are allowed")
    return tuple(found)


def _remedy(name: str) -> str:
    return ": left by a run that died; 'matric recover' first" if name.startswith("matric-") else ""


def _refused(key: str, answer: Answer, reasons: tuple[str, ...]) -> End:
    read = isinstance(answer, Found)
    return End(key, "untouched" if read else "unread", "untouched" if read else "unread", "; ".join(reasons))
