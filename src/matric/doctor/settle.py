"""The device is put back as it was found, whatever has happened; and what cannot be is named, with the way to do it."""

import contextlib

from matric.doctor.course import Course, State
from matric.doctor.outcome import Left
from matric.doctor.trial import NAME, by_hand, nonsense
from matric.errors import DeviceError, MatricError

__all__ = ("by_person", "settle")

_MARGIN_S = 15.0


def settle(course: Course) -> tuple[Left, ...]:
    """What is left on the device, with how a person takes it away; empty where it is as it was found."""
    try:
        left = _settled(course)
    except MatricError as error:
        words = course.patient.scrub(str(error).partition(". Do:")[0])
        return (Left(f"what is on it is not known: {words}", by_person(course)),)
    except KeyboardInterrupt:
        return (Left("what is on it is not known: stopped while it was put back", by_person(course)),)
    course.dirty = bool(left)
    return left


def by_person(course: Course) -> str:
    """What to do where nothing is known."""
    hand = by_hand(course.patient.platform)
    named = hand.staged.replace("{session}", course.session)
    return (
        f"log in; if a timed change is pending: {hand.pending.replace('{session}', course.session)}; "
        f"if something is called {course.session}: {named}; if {NAME} is in its configuration: {_undo(course)}"
    )


def _undo(course: Course) -> str:
    lines = course.trial.undo if course.trial is not None else ()
    hand = by_hand(course.patient.platform)
    return f"{'; '.join(line.strip() for line in lines) or f'remove {NAME}'}, then {hand.save}"


def _settled(course: Course) -> tuple[Left, ...]:
    patient, session = course.patient, course.session
    hand = by_hand(patient.platform)
    state = _unarmed(course, course.state())
    left: list[Left] = []
    if state.pending is not None:
        ours = patient.ours(state.pending, session)
        words = "a timed change of ours is pending" if ours else "a timed change of somebody else is pending"
        left.append(Left(words, hand.pending.replace("{session}", session) if ours else "ask whose it is"))
        return tuple(left)
    with contextlib.suppress(DeviceError), patient.login() as device:
        device.unstage(session)
    if not course.is_old(state.running):
        state = _restored(course, state)
    if not course.is_old(state.running):
        lines = course.shown(course.unlike(state.running, course.old.running))
        left.append(Left(f"running is not as it was found: {lines}", _undo(course)))
    elif not course.is_old_startup(state.startup):
        with contextlib.suppress(DeviceError), patient.login() as device:
            device.save()
        if not course.is_old_startup(course.state().startup):
            left.append(Left("startup is not as it was found; what runs is", hand.save))
    with patient.login() as device:
        there = device.clean(session)
    left.extend(Left(name, hand.staged.replace("{session}", session)) for name in there)
    return tuple(left)


def _unarmed(course: Course, state: State) -> State:
    """After a cancel; and where that is refused, after the timer."""
    if state.pending is None or not course.patient.ours(state.pending, course.session):
        return state
    with contextlib.suppress(DeviceError), course.patient.login() as device:
        device.cancel(course.session)
    state = course.state()
    if state.pending is not None:
        course.patient.clock.sleep(state.pending.left_s + _MARGIN_S)
        state = course.state()
    return state


def _restored(course: Course, state: State) -> State:
    """The old configuration put back, only over what is exactly ours: another's change is not overwritten."""
    odd = nonsense(course.patient.platform, course.old.running).config
    if not course.is_new(state.running) and course.unlike(state.running, odd):
        return state
    with contextlib.suppress(DeviceError), course.patient.login() as device:
        device.restore(course.session, course.old.running)
    return course.state()
