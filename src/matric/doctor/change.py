"""The points that change the device, under its own timer. Each ends as it was found, or leaves that to ``settle``."""

from dataclasses import replace

from matric.doctor import trial
from matric.doctor.course import CouldNotLook, Course, Disproven
from matric.doctor.relay import Relay
from matric.errors import NothingPending, Refused, Unreachable

__all__ = ("cancel", "confirm", "owner", "refusal", "revert", "stage")

_GRACE_S = 60.0
_RELOAD_S = 900.0
"""Where the net is a restart, it takes the device this long to come back."""
_EARLY = 0.8
"""Going back before this part of the timer has run is no timer one can count on."""
_POLL_S = 1.0


def refusal(course: Course) -> str:
    """A line no device knows, sent as a change is: who says no, and what stays."""
    patient = course.patient
    odd = trial.nonsense(patient.platform, course.old.running)
    patient.known[odd.config] = "what runs, and a line no device knows"
    sent = trial.candidate(course.chosen, odd.config, odd.lines)
    where = ""
    try:
        if course.chosen.atomic:  # else it is matric that would refuse the line, and not the device
            with patient.login() as device:
                held = device.stage(course.session, sent)
            if course.unlike(held, odd.config):
                raise Disproven(
                    "it dropped a line it does not know without a word; reading back shows that, and ends a cut-over"
                )
        with patient.login() as device:
            device.arm(course.session, course.timer_s(), sent)
    except Unreachable:
        raise
    except Refused as error:
        where = patient.scrub(str(error).partition(". Do:")[0])
    state = course.state()
    if not where:
        stays = "took" if not course.unlike(state.running, odd.config) else "dropped"
        raise Disproven(f"it {stays} a line that no device knows without a word")
    if state.pending is not None and patient.ours(state.pending, course.session):
        with patient.login() as device:
            device.cancel(course.session)
        state = course.state()
    with patient.login() as device:
        device.unstage(course.session)
        device.clean(course.session)
    if not course.is_old(state.running) or not course.is_old_startup(state.startup):
        raise Disproven("after a refusal something of the change stayed on it")
    course.dirty = False
    return f"it was refused, and nothing of it stayed: {where}"


def stage(course: Course) -> str:
    """Staged, read back, read to be inactive, and removed."""
    patient = course.patient
    new = course.new()
    with patient.login() as device:
        held = device.stage(course.session, new)
    off = course.unlike(held, new.config)
    if off:
        raise Disproven(f"what was staged reads back otherwise: {course.shown(off)}")
    state = course.state()
    if not course.is_old(state.running) or not course.is_old_startup(state.startup) or state.pending is not None:
        raise Disproven("staging alone changed running or startup, or started a timer")
    with patient.login() as device:
        device.unstage(course.session)
        if {one.name for one in device.sessions()} - {one.name for one in course.old.sessions}:
            raise Disproven("what was staged is still there after it was removed")
    course.dirty = False
    return f"{course.tried.what} was staged, read back as sent, nothing of it was active, and it was removed"


def revert(course: Course) -> str:
    """Armed over a connection that is then reset; nobody does anything until it has gone back."""
    patient, clock = course.patient, course.patient.clock
    timer = course.timer_s()
    with patient.login() as device:
        device.stage(course.session, course.new())
    with Relay(patient.address.host, patient.address.port) as relay:
        through = replace(patient.address, host="127.0.0.1", port=relay.port)
        with patient.login(through, polite=False) as device:
            sent = clock.monotonic()
            device.arm(course.session, timer, course.new())
            course.measured["arm"] = round(clock.monotonic() - sent, 1)
            dropped = relay.cut()
    state = course.state()
    if state.pending is None and course.is_old(state.running):
        raise Disproven(
            f"it had gone back {clock.monotonic() - sent:.0f} s after it was armed; its timer was {timer} s"
        )
    course.require_armed(state)
    took = _gone_back(course, sent, timer)
    course.measured["gone back"] = round(took, 1)
    state = course.state()
    if state.pending is not None:
        raise Disproven("it has gone back, and yet says that a timer runs")
    if not course.is_old_startup(state.startup):
        raise Disproven("startup is not as it was after it had gone back")
    course.dirty = False
    how = "its connection was reset" if dropped else "it holds no connection open that could be dropped"
    exact = _exact(course, state.running)
    return f"{how}; it went back by itself {took:.0f} s after it was armed (timer {timer} s), {exact}"


def _gone_back(course: Course, sent: float, timer: int) -> float:
    """Seconds from arming to the first read that is old."""
    clock = course.patient.clock
    grace = _RELOAD_S if course.chosen.name == "reload" else max(_GRACE_S, timer / 2)
    course.say(f"armed for {timer} s, and left alone: waiting for it to go back")
    clock.sleep(sent + _EARLY * timer - clock.monotonic())
    if not _runs_new(course):
        raise Disproven(
            f"it had gone back {clock.monotonic() - sent:.0f} s after it was armed; its timer was {timer} s"
        )
    clock.sleep(sent + timer - clock.monotonic())
    last = ""
    while clock.monotonic() < sent + timer + grace:
        try:
            with course.patient.login() as device:
                running = device.running()
        except (Unreachable, Refused) as error:
            last = f"; it gave no usable answer: {course.patient.scrub(str(error).partition('. Do:')[0])}"
        else:
            if course.is_old(running):
                return clock.monotonic() - sent
            last = "" if course.is_new(running) else "; what it runs is neither the old nor the new configuration"
        clock.sleep(_POLL_S)
    raise Disproven(
        f"it had not gone back {clock.monotonic() - sent:.0f} s after it was armed; its timer was {timer} s{last}"
    )


def _runs_new(course: Course) -> bool:
    try:
        with course.patient.login() as device:
            return course.is_new(device.running())
    except (Unreachable, Refused):
        return True  # not known; the reads after the timer decide


def _exact(course: Course, running: str) -> str:
    before, after = course.old.running.splitlines(), running.splitlines()
    if before == after:
        return "to exactly the old text"
    odd = len(set(before) ^ set(after))
    return f"to the old configuration (of its text, {odd} lines that change by themselves are others)"


def confirm(course: Course) -> str:
    """Confirmed from another login, watched past the timer, saved; then taken back by the same means."""
    patient, clock = course.patient, course.patient.clock
    timer = course.timer_s()
    sent = course.put(course.new(), timer)
    course.require_armed(course.state())
    began = clock.monotonic()
    course.confirm()
    course.measured["confirm"] = round(clock.monotonic() - began, 1)
    state = course.state()
    if state.pending is not None:
        raise Disproven("its timer still runs after the confirm")
    course.say(f"confirmed: watching it past its timer of {timer} s")
    clock.sleep(sent + timer * 1.1 + 5 - clock.monotonic())
    state = course.state()
    if not course.is_new(state.running):
        raise Disproven("it went back although it was confirmed")
    by_commit = not course.is_old_startup(state.startup)
    if by_commit and patient.platform.capability.survives_reboot:
        raise Disproven("startup was written by the confirm: only a save was to write it")
    with patient.login() as device:
        device.save()
    if not course.is_new(course.state().startup):
        raise Disproven("after a save startup is not what runs")
    _taken_back(course, timer, saved=True)
    how = "the commit itself wrote startup" if by_commit else "startup was written by the save alone"
    return f"confirmed from another login, it held past its timer of {timer} s; {how}; taken back the same way"


def _taken_back(course: Course, timer: int, *, saved: bool) -> None:
    """The old configuration, by the same means: staged, armed, confirmed, and saved where the new one was."""
    course.put(course.back(), timer)
    state = course.state()
    if not course.is_old(state.running):
        raise CouldNotLook(
            f"the way back did not lead there: {course.shown(course.unlike(state.running, course.old.running))}"
        )
    course.confirm()
    if saved:
        with course.patient.login() as device:
            device.save()
    state = course.state()
    if not course.is_old(state.running) or not course.is_old_startup(state.startup) or state.pending is not None:
        raise CouldNotLook("it was not read to be as it was found after the way back")
    course.dirty = False


def owner(course: Course) -> str:
    """Who is told to have armed; and what becomes of a confirm that is not this run's."""
    patient = course.patient
    timer = course.timer_s()
    course.put(course.new(), timer)
    pending = course.require_armed(course.state())
    if pending.session != course.session:
        # Only the account is told. Another login ends the timer, as anybody of that account could.
        course.confirm()
        state = course.state()
        if state.pending is not None or not course.is_new(state.running):
            raise Disproven("a timer that another login has ended cannot be told from one that still runs")
        _taken_back(course, timer, saved=False)
        return (
            "a timer that another login has ended is seen to be gone; the device tells the account that armed, "
            "and not which run, so two runs of one account cannot be told apart"
        )
    try:
        with patient.login() as device:
            device.confirm(f"{course.session}-other")
    except (Refused, NothingPending):
        pass
    else:
        raise Disproven("a confirm in another run's name was taken")
    state = course.state()
    course.require_armed(state)
    with patient.login() as device:
        device.cancel(course.session)
    _is_back(course)
    anybody = patient.platform.capability.other_commits_confirm
    more = "; a confirm typed on the switch by somebody else was not tried, and may end it" if anybody else ""
    return (
        "another login reads whose timer it is, by the name of its run; a confirm in another name was not sent, "
        f"and the timer ran on{more}"
    )


def cancel(course: Course) -> str:
    """Armed, and told to go back."""
    clock = course.patient.clock
    course.put(course.new(), course.timer_s(least_s=60))
    course.require_armed(course.state())
    began = clock.monotonic()
    with course.patient.login() as device:
        device.cancel(course.session)
    course.measured["cancel"] = round(clock.monotonic() - began, 1)
    _is_back(course)
    return f"told to go back it did, in {course.measured['cancel']:.0f} s, and no timer is left"


def _is_back(course: Course) -> None:
    state = course.state()
    if state.pending is not None:
        raise Disproven("its timer still runs after it was told to go back")
    if not course.is_old(state.running) or not course.is_old_startup(state.startup):
        raise Disproven("told to go back, it is not as it was found")
    course.dirty = False
