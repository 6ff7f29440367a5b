"""S6: read running and startup whole; whoever asked keeps them."""

from nornir.core.task import Task

from matric import plan
from matric.cutover.effects import BackedUp
from matric.fleet import login
from matric.perform import rules_of


def backup(task: Task, session: str = "") -> BackedUp:  # noqa: ARG001 - one form for all effects
    """Show commands only."""
    with login(task.host) as device:
        running, startup = device.running(), device.startup()
    rules = rules_of(task.host)
    return BackedUp(
        running_digest=plan.fingerprint(running, rules),
        startup_digest=plan.fingerprint(startup, rules),
        running=running,
        startup=startup,
    )
