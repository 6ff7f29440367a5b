"""R, where a timer did not fire: put back a recorded backup, without a timer."""

from nornir.core.task import Task

from matric.cutover.effects import Denied, Done, Holds, Moved
from matric.fleet import login
from matric.perform import Target, holds


def restore(task: Task, session: str, backup: Target, base_digest: str, target: Target) -> Done | Moved | Denied:
    """Only if running is exactly the target: what somebody else changed is not overwritten."""
    with login(task.host) as device:
        now, differing = holds(task.host, device.running(), base_digest, target)
        if now is Holds.OLD:
            return Done(detail="it was back already")
        if now is not Holds.NEW:
            return Moved(words="running configuration is neither the old nor the new one", differing=differing)
        device.restore(session, backup.text(task.host))
        now, differing = holds(task.host, device.running(), base_digest, target)
    return Done(detail="backup restored") if now is Holds.OLD else Denied(words="the backup did not come back whole")
