from collections.abc import Callable
from pathlib import Path

import pytest

from matric import canonical
from matric.cutover.rehearsal import Box, World
from matric.journal import Journal
from matric.plan import DevicePlan, Digests, Net, Plan
from matric.plan.budget import Pace, budget
from matric.plan.draft import steps
from matric.platform.base import Capability

CAN = Capability(
    atomic_replace=True,
    timer_revert=True,
    timer_owner="device",
    survives_reboot=True,
    survives_session_drop=True,
    timer_min_s=60,
    timer_max_s=7200,
    timer_step_s=60,
    other_commits_confirm=False,
)
ANY = canonical.digest_of_text("any")

# sw-02 hangs below sw-01, sw-01 below the core.
PATHS = {
    "oakfield/core": (),
    "oakfield/sw-01": ("oakfield/core",),
    "oakfield/sw-02": ("oakfield/sw-01", "oakfield/core"),
}


def old(key: str) -> str:
    return f"hostname {key}\nvlan 1\n"


def new(key: str) -> str:
    return f"hostname {key}\nvlan 99\n"


def device(key: str, timer_s: int | None) -> DevicePlan:
    changes = timer_s is not None
    target = new(key) if changes else old(key)
    net = Net(owner="device", revert_after_s=timer_s, survives_reboot=True) if timer_s is not None else None
    return DevicePlan(
        key=key,
        netbox_id=1,
        name=key.split("/")[1],
        role="access",
        platform="eos",
        model="any",
        serial=f"S-{key}",
        pin_digest=ANY,
        base_digest=canonical.digest_of_text(old(key)),
        startup_digest=canonical.digest_of_text(old(key)),
        target_digest=canonical.digest_of_text(target),
        changes=changes,
        diff="-vlan 1\n+vlan 99\n" if changes else "",
        added=1,
        removed=1,
        target=target,
        template="eos/access.j2",
        secrets=(),
        risk="high",
        above=PATHS[key],
        net=net,
    )


def made_plan(*, unchanged: tuple[str, ...] = (), unit: str = "school", only: int = 3) -> Plan:
    keys = tuple(PATHS)[:only]
    order = tuple(key for key in sorted(keys, key=lambda key: -len(PATHS[key])) if key not in unchanged)
    timers, budgeted = budget(order, Pace(), dict.fromkeys(keys, CAN))
    devices = tuple(device(key, timers.get(key)) for key in sorted(keys))
    nets = {one.key: one.net for one in devices if one.net is not None}
    return Plan(
        tool="0.1.0",
        school="oakfield",
        unit="device" if unit == "device" else "school",
        author="a.khan",
        made_at="2026-11-24T17:00:00Z",
        expires_at="2026-12-01T17:00:00Z",
        nonce="0" * 32,
        digests=Digests(snapshot=ANY, standard=ANY, templates=ANY, policies=ANY),
        devices=devices,
        order=order,
        steps=steps(order, nets),
        budget=budgeted,
    )


@pytest.fixture
def make_plan() -> Callable[..., Plan]:
    return made_plan


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan()


def world_of(plan: Plan, journal: Journal) -> World:
    boxes = {one.key: Box(old(one.key), old(one.key), one.serial) for one in plan.devices}
    world = World(plan, boxes, journal.backup)
    journal.clock = world
    return world


@pytest.fixture
def make_world() -> Callable[[Plan, Journal], World]:
    return world_of


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state")
