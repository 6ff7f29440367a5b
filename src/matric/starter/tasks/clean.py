"""S13: remove every leftover of the run."""

from nornir.core.task import Task

from matric.cutover.effects import Cleaned
from matric.fleet import login


def clean(task: Task, session: str) -> Cleaned:
    """Never touches an armed change; what remains is named."""
    with login(task.host) as device:
        return Cleaned(left=device.clean(session))
