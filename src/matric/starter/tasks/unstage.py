"""Remove the candidate. Done twice is done once."""

from nornir.core.task import Task

from matric.cutover.effects import Denied, Done
from matric.fleet import login


def unstage(task: Task, session: str) -> Done | Denied:
    """Never touches an armed change; that it is gone is read back."""
    with login(task.host) as device:
        device.unstage(session)
        left = [found.name for found in device.sessions() if found.name == session]
    return Denied(words=f"candidate {session} is still there") if left else Done(detail="no candidate left")
