"""How long a cut-over may take, and how long each device's timer must therefore run.

Devices are armed one after the other, and all deadlines fall together: the first armed waits longest, so its timer is
the longest. ``timer >= apply + settle + probe + gate + confirm all + margin``, seen from the moment a device is armed.
"""

import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from matric.intent.base import Model
from matric.platform.base import Capability

__all__ = ("Budget", "Pace", "arming_s", "budget")

Seconds = Annotated[int, Field(ge=0, le=7200)]


class Pace(Model):
    """How long one step may take, in seconds; per device where a device is named."""

    read_s: Seconds = 30
    """Reading a device whole. Devices are read at once."""
    stage_s: Seconds = 60
    """Loading a candidate. Devices are staged at once."""
    arm_s: Seconds = 30
    """Making one candidate active: one device after the other."""
    line_ms: Annotated[int, Field(ge=0, le=5000)] = 100
    """What each line adds to that, in milliseconds, where a device takes its change line by line."""
    settle_s: Seconds = 10
    """Spanning tree, LAGs and ARP, before the first probe."""
    probes: Annotated[int, Field(ge=1, le=10)] = 3
    """How often a device is probed before its silence counts as a failed check."""
    site_check_s: Seconds = 60
    ask_s: Seconds = 0
    """For people to answer the questions asked while the timers run."""
    confirm_s: Seconds = 15
    """One confirm, one device after the other."""
    margin_s: Seconds = 60
    """Never confirm with less left on a timer."""


class Budget(Model):
    """What follows from a pace for one order of devices."""

    pace: Pace
    worst_case_s: int
    """From the first read to every device read back after its timer: what must fit into the window."""


def arming_s(pace: Pace, lines: int) -> int:
    """Seconds that arming a device may take; *lines* is how many it takes one by one, 0 where it is replaced whole."""
    return pace.arm_s + math.ceil(lines * pace.line_ms / 1000)


def budget(
    order: tuple[str, ...], pace: Pace, capabilities: Mapping[str, Capability], lines: Mapping[str, int] | None = None
) -> tuple[dict[str, int], Budget]:
    """Seconds on each device's timer, and the whole budget. *order* is the order of arming.

    *lines*: device key -> how many lines it takes one by one.
    """
    count = len(order)
    arms = [arming_s(pace, (lines or {}).get(key, 0)) for key in order]
    after = pace.settle_s * pace.probes + pace.read_s * pace.probes + pace.site_check_s + pace.ask_s
    tail = after + count * pace.confirm_s + pace.margin_s
    timers: dict[str, int] = {}
    for at, key in enumerate(order):
        need = sum(arms[at:]) + tail
        step = max(1, capabilities[key].timer_step_s)
        timers[key] = max(capabilities[key].timer_min_s, math.ceil(need / step) * step)

    last_deadline = max((sum(arms[:at]) + timers[key] for at, key in enumerate(order)), default=0)
    before = 3 * pace.read_s + pace.stage_s
    return timers, Budget(pace=pace, worst_case_s=before + last_deadline + pace.margin_s + 2 * pace.read_s)
