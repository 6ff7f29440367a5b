"""S9: log in anew over the path as it is now, and read what the device holds."""

from nornir.core.task import Task

from matric.cutover.effects import Seen
from matric.fleet import login
from matric.perform import Target, holds, is_ours


def probe(task: Task, session: str, base_digest: str, target: Target) -> Seen:
    """Show commands only. A login that fails is an error: nothing is known then."""
    with login(task.host) as device:
        running, startup, pending = device.running(), device.startup(), device.pending()
    now, differing = holds(task.host, running, base_digest, target)
    saved, _ = holds(task.host, startup, base_digest, target)
    ours = pending is not None and is_ours(task.host, pending, session)
    return Seen(running=now, startup=saved, pending=pending, ours=ours, differing=differing)
