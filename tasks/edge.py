"""Read what hangs on a device's ports: learned addresses, neighbours, power and link."""

from nornir.core.task import Task

from matric.fleet import login
from matric.platform.edge import Answer, answers


def edge(task: Task) -> tuple[Answer, ...]:
    """Show commands only, each by itself: what one does not say costs the others nothing."""
    with login(task.host) as device:
        return answers(device, task.host.platform or "")
