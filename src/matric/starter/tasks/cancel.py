"""R: go back now, and read that no timer is left."""

from nornir.core.task import Task

from matric.cutover.effects import Denied, Done
from matric.fleet import login


def cancel(task: Task, session: str) -> Done | Denied:
    """A timer of somebody else is left alone (Refused)."""
    with login(task.host) as device:
        device.cancel(session)
        pending = device.pending()
    if pending is not None:
        return Denied(words=f"its timer still runs after the cancel ({pending.session})")
    return Done(detail="gone back, no timer left")
