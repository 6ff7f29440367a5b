"""Look at a device for a plan: everything that can be read without changing it."""

from nornir.core.task import Task

from matric.fleet import login
from matric.platform.base import Look


def look(task: Task) -> Look:
    """Show commands only; what could not be read is None, never empty."""
    with login(task.host) as device:
        return device.look()
