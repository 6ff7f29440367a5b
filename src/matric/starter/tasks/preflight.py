"""S6: read the device before anything is done to it."""

from nornir.core.task import Task

from matric import plan
from matric.cutover.effects import Found
from matric.fleet import login
from matric.perform import rules_of


def preflight(task: Task, session: str) -> Found:  # noqa: ARG001 - one form for all effects
    """Show commands only."""
    with login(task.host) as device:
        seen = device.look()
    rules = rules_of(task.host)
    return Found(
        hostname=seen.facts.hostname,
        serial=seen.facts.serial,
        running_digest=plan.fingerprint(seen.running, rules),
        startup_digest=plan.fingerprint(seen.startup, rules),
        sessions=seen.sessions,
        pending=seen.pending,
        free_bytes=seen.free_bytes,
        archive=seen.archive,
        clock_skew_s=seen.clock_skew_s,
    )
