"""S11: stop the timer for good, and read that none is left."""

from nornir.core.task import Task

from matric.cutover.effects import Denied, Done
from matric.fleet import login


def confirm(task: Task, session: str) -> Done | Denied:
    """No timer at all is an error (NothingPending): the device has gone back, or somebody else confirmed."""
    with login(task.host) as device:
        device.confirm(session)
        pending = device.pending()
    if pending is not None:
        return Denied(words=f"its timer still runs after the confirm ({pending.session})")
    return Done(detail="confirmed, no timer left")
