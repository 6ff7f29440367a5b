"""Ask a device who it is."""

from nornir.core.task import Task

from matric.fleet import login
from matric.platform.base import Facts


def facts(task: Task) -> Facts:
    """Show commands only."""
    with login(task.host) as device:
        return device.facts()
