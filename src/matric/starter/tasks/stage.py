"""S7: load the target as a full replacement; nothing becomes active."""

from nornir.core.task import Task

from matric import diff, plan, secret
from matric.cutover.effects import Moved, Staged
from matric.fleet import login, vault_of
from matric.perform import Target, rules_of


def stage(task: Task, session: str, base_digest: str, target: Target) -> Staged | Moved:
    """Nothing is sent unless running is the plan's base; what the device then holds is read back."""
    rules = rules_of(task.host)
    with login(task.host) as device:
        running = device.running()
        if plan.fingerprint(running, rules) != base_digest:
            return Moved(words="running configuration is not the one the plan was made for")
        sent = target.candidate(task.host, running)
        held = device.stage(session, sent)
    differing = diff.same(held, sent.config, rules, vault_of(task.host))
    return Staged(
        candidate_digest=plan.fingerprint(held, rules),
        differing=tuple(secret.guarded(line) for line in differing),
    )
