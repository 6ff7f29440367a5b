"""S12: copy running to startup, and read startup back."""

from nornir.core.task import Task

from matric.cutover.effects import Holds, Moved, Seen
from matric.fleet import login
from matric.perform import Target, holds


def save(task: Task, session: str, base_digest: str, target: Target) -> Seen | Moved:  # noqa: ARG001 - one form for all
    """Nothing is written unless running is the target and no timer runs: startup must never hold what may yet go."""
    with login(task.host) as device:
        now, differing = holds(task.host, device.running(), base_digest, target)
        if now is not Holds.NEW or device.pending() is not None:
            return Moved(words="running is not the confirmed target, so it was not saved", differing=differing)
        device.save()
        now, differing = holds(task.host, device.running(), base_digest, target)
        saved, _ = holds(task.host, device.startup(), base_digest, target)
        pending = device.pending()
    return Seen(running=now, startup=saved, pending=pending, differing=differing)
