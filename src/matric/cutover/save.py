"""S12: startup is written last, and only where running was read to be new and confirmed."""

from collections.abc import Iterable

from matric.cutover.course import Course, Steps, words
from matric.cutover.effects import Mark, Seen

__all__ = ("keep_late", "save")


def save(course: Course, keys: Iterable[str]) -> Steps[None]:
    """S12. Startup, only where running was read to be new and nothing is pending; then read back."""
    pace = course.plan.budget.pace
    yield from course.one(Mark(phase="S12", detail="writing startup"))
    keys = tuple(keys)
    yield from course.look(keys)
    todo = tuple(key for key in keys if course.is_new(key))
    for attempt in range(pace.probes):
        if attempt:
            yield from course.wait(pace.settle_s, f"{', '.join(todo)} to answer")
        answers = yield from course.each(course.save(key) for key in todo)
        for key, answer in answers.items():
            if isinstance(answer, Seen):
                course.note(key, answer)
            else:
                course.reasons[key] = f"its startup was not written: {words(answer)}"
        yield from course.look(key for key, answer in answers.items() if not isinstance(answer, Seen))
        todo = tuple(key for key in keys if key not in course.seen or _unsaved(course, key))
        if not todo:
            break
    for key in keys:
        if course.is_new(key) and not _unsaved(course, key):
            course.reasons.pop(key, None)


def _unsaved(course: Course, key: str) -> bool:
    return course.is_new(key) and course.seen[key].startup is not course.seen[key].running


def keep_late(course: Course) -> Steps[None]:
    """Keep what turned out to be confirmed after all, once it could be read: a mains cut must not change it later."""
    late = tuple(
        key for key in course.armed if key in course.confirming and key not in course.kept and course.is_new(key)
    )
    if late:
        course.kept.extend(late)
        yield from save(course, late)
