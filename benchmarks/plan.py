"""Wall and CPU time of planning 120 devices of EOS and of IOS-XE on the lab: every device read, compared, and planned.

    .venv/bin/python benchmarks/plan.py [--devices 120] [--workers 20]

The devices are the reference trust's widest access switches, under other names, booted with what they hold before the
standard. They are stand-ins on this machine: 0 real switches. CPU is matric's own, not the lab's.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.plugins.runners import ThreadedRunner

from matric import canonical, fleet, lab, pins, plan, platform, site
from matric.intent.school import Device, School
from matric.lab import build
from matric.lab.spec import LabSpec
from matric.plan import draft
from matric.render import Renderer

ROOT = Path(__file__).parents[1]
TRUST = site.load(ROOT)


def widest(school: School, slug: str) -> Device:
    switches = [one for one in school.configured if one.platform == slug and one.role == "access"]
    return max(switches, key=lambda one: len(one.ports))


def copies(school: School, model: Device, count: int) -> School:
    devices = tuple(
        replace(model, name=f"sw-{n:03}", serial=f"{model.serial}{n:03}", id=9000 + n) for n in range(count)
    )
    return replace(school, devices=devices)


def spec(school: School, model: Device, seed: str) -> LabSpec:
    """Every device reachable, whatever its configuration says: what is timed is planning."""
    boot = (ROOT / "inventory" / "lab" / school.slug / f"{model.name}.conf").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for device in school.devices:
            (Path(folder) / f"{device.name}.conf").write_text(boot.replace(model.name, device.name), encoding="utf-8")
        return replace(build.lab(school, Path(folder), seed), entry="", cables=())


def hosts(school: School, running: Any, folder: Path) -> Hosts:
    found = Hosts()
    for device in school.devices:
        there = running.devices[device.key]
        data = {
            "id": device.id, "school": school.slug, "name": device.name, "role": device.role, "serial": device.serial,
            "root": str(ROOT), "lab": str(folder), "secret": "lab:service", "timeout_s": 60.0, "pin": there["pin"],
        }  # fmt: skip
        found[device.key] = Host(
            device.key,
            hostname=there["host"],
            port=there["port"],
            username="matric",
            platform=device.platform,
            data=data,
        )
    return found


def planned(slug: str, count: int, workers: int) -> tuple[float, float, float]:
    """(seconds to read, seconds to compare and plan, CPU seconds of both)."""
    whole = TRUST.school("fernhill")
    model = widest(whole, slug)
    school = copies(whole, model, count)
    rendered = {one.device_key: one for one in Renderer(TRUST.templates).school(school)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        running = lab.launch(spec(school, model, "b" * 32), folder)
        try:
            inventory = Inventory(hosts(school, running, folder), Groups(), Defaults())
            nornir = Nornir(inventory, Config(), runner=ThreadedRunner(num_workers=workers))
            cpu, started = time.process_time(), time.monotonic()
            looks = fleet.ask(nornir, TRUST.tasks["look"]).all()
            read = time.monotonic()
            vault = fleet.vault_of(next(iter(nornir.inventory.hosts.values())))
            none = canonical.digest("")
            digests = plan.Digests(snapshot=none, standard=none, templates=none, policies=none)
            for device in school.devices:
                setting = draft.Setting(
                    digests=digests, author="bench", made_at=datetime.now(UTC), nonce="0" * 32, tool="bench"
                )
                alone = replace(school, devices=(device,), entry=device.name)
                draft.build(
                    alone, {device.key: rendered[device.key]}, looks,
                    platforms={slug: platform.get(slug)},
                    pins={device.key: pins.digest(running.devices[device.key]["pin"])}, setting=setting, vault=vault,
                )  # fmt: skip
            return read - started, time.monotonic() - read, time.process_time() - cpu
        finally:
            lab.stop(folder)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--devices", type=int, default=120)
    arguments.add_argument("--workers", type=int, default=20)
    asked = arguments.parse_args()
    print(f"{'platform':<10}{'devices':>8}{'read s':>9}{'plan s':>9}{'CPU s':>8}")
    for slug in ("eos", "ios"):
        read, compared, cpu = planned(slug, asked.devices, asked.workers)
        print(f"{slug:<10}{asked.devices:>8}{read:>9.1f}{compared:>9.1f}{cpu:>8.1f}")


if __name__ == "__main__":
    main()
