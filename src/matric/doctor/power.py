"""The point that needs a person: power is lost while the timer runs."""

from matric.doctor.course import CouldNotLook, Course, Disproven
from matric.errors import DeviceError

__all__ = ("power",)

_WINDOW_S = 900.0
_BACK_S = 1500.0
"""A large switch takes ten minutes and more to start."""
_POLL_S = 5.0
_SLACK_S = 90.0
"""Some devices tell their uptime in whole minutes: what booted later than this after it had booted before restarted."""


def power(course: Course) -> str:
    """Armed; a person takes the power away and gives it back; what it then holds is read."""
    patient, clock = course.patient, course.patient.clock
    if course.ask_power is None:
        raise CouldNotLook("nobody can be asked to take its power away")
    timer = course.timer_s(least_s=_WINDOW_S)
    with patient.login() as device:
        booted = clock.monotonic() - device.facts().uptime_s
    course.put(course.new(), timer)
    course.require_armed(course.state())
    asked = clock.monotonic()
    if not course.ask_power(f"Its timer of {timer} s runs. Take its power away now, and give it back"):
        raise CouldNotLook("nobody took its power away")
    course.say("waiting for it to start")
    up_s = _back(course, asked)
    if clock.monotonic() - up_s < booted + _SLACK_S:
        raise CouldNotLook(f"it says that it has been up for {up_s:.0f} s: it did not restart")
    state = course.state()
    course.measured["away"] = round(clock.monotonic() - asked, 1)
    left = f"a timer with {state.pending.left_s:.0f} s left" if state.pending is not None else "no timer"
    if course.is_old(state.running):
        if not course.is_old_startup(state.startup):
            raise Disproven("it came back with the old configuration running, and startup was written")
        return f"it restarted inside the window and came back with the old configuration and {left}"
    if not course.is_new(state.running):
        raise Disproven(f"it came back with neither the old nor the new configuration, and {left}")
    if patient.platform.capability.survives_reboot:
        raise Disproven(f"it came back with the new configuration and {left}: a restart keeps what was not confirmed")
    return f"it restarted inside the window and kept the new configuration, with {left}, as matric assumes"


def _back(course: Course, asked: float) -> float:
    """Its uptime, once it answers again after it was gone."""
    clock = course.patient.clock
    while clock.monotonic() < asked + _BACK_S:
        clock.sleep(_POLL_S)
        try:
            with course.patient.login() as device:
                return device.facts().uptime_s
        except DeviceError:
            continue
    raise CouldNotLook(f"it gave no answer for {_BACK_S:.0f} s after its power was taken away")
