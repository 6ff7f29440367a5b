"""S8: make the candidate active, with the device's own timer to take it back."""

from nornir.core.task import Task

from matric import plan
from matric.cutover.effects import Armed, Denied, Moved
from matric.fleet import login
from matric.perform import Target, is_ours, rules_of


def arm(task: Task, session: str, base_digest: str, target: Target, revert_after_s: int) -> Armed | Moved | Denied:
    """Compare and swap: nothing is sent if running moved or somebody else holds a session. Startup is not written."""
    with login(task.host) as device:
        foreign = [found.name for found in device.sessions() if found.name != session]
        if foreign or device.pending() is not None:
            return Moved(words=f"a change of somebody else is open: {', '.join(foreign) or 'a timer runs'}")
        running = device.running()
        if plan.fingerprint(running, rules_of(task.host)) != base_digest:
            return Moved(words="running configuration moved since the candidate was staged")
        held = device.arm(session, revert_after_s, target.candidate(task.host, running))
        pending = device.pending()
    if pending is None or not is_ours(task.host, pending, session):
        return Denied(words="the device took the commit, but no timer of ours runs on it")
    if held and plan.fingerprint(held, rules_of(task.host)) != base_digest:
        # Not taken back here: whoever goes back has to read what then is on the device.
        return Denied(words="somebody changed its running configuration in the moment it was armed")
    return Armed(left_s=pending.left_s)
