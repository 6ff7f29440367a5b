"""Read what a device holds: running and startup configuration, each proven complete."""

from dataclasses import dataclass, field

from nornir.core.task import Task

from matric.fleet import login


@dataclass(frozen=True, slots=True)
class Configs:
    """Both configurations of a device. They hold secrets: keep them private."""

    running: str = field(repr=False)
    startup: str = field(repr=False)


def read_config(task: Task) -> Configs:
    """Show commands only."""
    with login(task.host) as device:
        return Configs(device.running(), device.startup())
