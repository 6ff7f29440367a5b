"""The points that only read."""

import re
import secrets

from matric.doctor.course import CouldNotLook, Course, Disproven
from matric.doctor.stranger import another
from matric.errors import Refused, StrangerError

__all__ = ("identity", "leftovers", "reads", "whole")

_MARK = re.compile(
    r"last (?:configuration change|commit|changed|modified)|config(?:uration)? last (?:updated|saved)", re.IGNORECASE
)
"""Lines in which a device says when, and by whom, its configuration was last changed."""


def identity(course: Course) -> str:
    """A login pinned to another identity, with a made-up account: had that been sent, the device would refuse *it*."""
    patient = course.patient
    try:
        patient.stranger(another(patient.address.pin), f"matric-{secrets.token_hex(4)}", secrets.token_urlsafe(24))
    except StrangerError:
        return "pinned to another identity of the same kind, the login ended before the made-up account was sent"
    except Refused:
        raise Disproven("the made-up account was sent to a device that is not the pinned one") from None
    raise Disproven("a login pinned to another identity was let in")


def reads(course: Course) -> str:
    """Running, startup, sessions and the marks of the last change, before and after a look."""
    patient = course.patient
    with patient.login() as device:
        before, saved = device.running(), device.startup()
        sessions, pending = device.sessions(), device.pending()
    began = patient.clock.monotonic()
    with patient.login() as device:
        look = device.look()
    course.measured["look"] = round(patient.clock.monotonic() - began, 1)
    began = patient.clock.monotonic()
    with patient.login() as device:
        after, kept = device.running(), device.startup()
        sessions_after, pending_after = device.sessions(), device.pending()
    course.read_s = patient.clock.monotonic() - began
    course.look = look
    patient.scrub.hide(look.facts.serial, "serial")
    patient.scrub.hide(look.facts.hostname, "name")
    patient.scrub.hide(look.facts.hostname.partition(".")[0], "name")

    moved = [
        what
        for what, same in (
            ("running", patient.digest(before) == patient.digest(after)),
            ("startup", patient.digest(saved) == patient.digest(kept)),
            ("the mark of the last change in running", _marks(before) == _marks(after)),
            ("the mark of the last change in startup", _marks(saved) == _marks(kept)),
            ("the list of open sessions", sessions == sessions_after),
            ("a pending change", (pending and pending.session) == (pending_after and pending_after.session)),
        )
        if not same
    ]
    if moved:
        raise Disproven(f"not the same after a look: {', '.join(moved)} (or somebody changed it meanwhile: try again)")
    unread = [
        name
        for name, value in (
            ("neighbours", look.neighbours),
            ("accounts", look.users),
            ("SNMP communities", look.snmp_communities),
            ("routes", look.routes),
            ("its clock", look.clock_skew_s),
        )
        if value is None
    ]
    marks = "its mark of the last change with them" if _marks(before) else "it shows no mark of its last change"
    missing = f"; it could not be asked for {', '.join(unread)}" if unread else ""
    return f"running, startup and sessions are the same before and after, {marks}{missing}"


def whole(course: Course) -> str:
    """Two reads over two logins; each is whole as its platform tells it: an end marker, or the end of the answer."""
    texts: list[str] = []
    for _ in range(2):
        with course.patient.login() as device:
            texts.append(device.running())
    first, second = texts
    course.measured["read"] = round(course.read_s, 1)
    if course.patient.digest(first) != course.patient.digest(second):
        lines = course.unlike(first, second)
        raise Disproven(f"two reads differ: {course.shown(lines) or 'in their secrets'}")
    rows = len(second.splitlines())
    moving = sum(1 for one, two in zip(first.splitlines(), second.splitlines(), strict=False) if one != two)
    exact = "byte for byte" if first == second else f"but for {moving} lines that change by themselves"
    return f"{rows} lines, whole, twice the same {exact}"


def leftovers(course: Course) -> str:
    """After all was taken back: nothing of ours is there, and both configurations are as they were found."""
    old = course.old
    with course.patient.login() as device:
        left = device.clean(course.session) if course.touched else ()
        running, startup = device.running(), device.startup()
        pending, sessions = device.pending(), device.sessions()
    if left or any(one.name.startswith(course.session) for one in sessions):
        raise Disproven(f"still there: {', '.join(left) or course.session}")
    if pending is not None:
        raise Disproven("a timer still runs")
    if not course.is_old(running):
        raise Disproven(f"running is not as it was found: {course.shown(course.unlike(running, old.running))}")
    if not course.is_old_startup(startup):
        raise Disproven("startup is not as it was found")
    if not course.touched:
        raise CouldNotLook("nothing was put on it, so nothing could be left")
    return f"running and startup are as they were found, no timer and no session is left{_room(course)}"


def _room(course: Course) -> str:
    """What its own archive kept of the commits shows only in the room that is left."""
    before = course.old.free_bytes
    if before is None:
        return ""
    with course.patient.login() as device:
        now = device.look().free_bytes
    if now is None or now >= before:
        return "; its flash has as much room as before"
    return f"; its flash has {before - now} bytes less room: copies its own archive keeps of each commit"


def _marks(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if _MARK.search(line))
