"""The process of a lab: every device of one school, their clock, and the socket that controls them."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matric.lab import spec as specs
from matric.lab.aoscx import AoscxDevice
from matric.lab.aoss import AossDevice
from matric.lab.attached import Attached, Seen
from matric.lab.cabling import Cabling, Reach
from matric.lab.device import Device
from matric.lab.eos import EosDevice
from matric.lab.facts import unanswered
from matric.lab.fault import KINDS, Fault
from matric.lab.following import Following
from matric.lab.identity import certificate, host_key
from matric.lab.ios import IosDevice
from matric.lab.junos import JunosDevice
from matric.lab.spec import LabSpec
from matric.lab.time import LabTime
from matric.lab.wire import Wire

__all__ = ("SYNC_S", "Laboratory", "run")

SYNC_S = 0.3
"""Lab seconds between a change of configuration and its effect on reachability: the reply leaves first."""
MAKERS: dict[str, tuple[type[Device], Callable[[str], Any]]] = {
    "aoscx": (AoscxDevice, host_key),
    "aoss": (AossDevice, host_key),
    "eos": (EosDevice, certificate),
    "ios": (IosDevice, host_key),
    "junos": (JunosDevice, host_key),
}


class Laboratory:
    """Everything that lives in the process."""

    def __init__(self, spec: LabSpec, folder: Path) -> None:
        self.spec = spec
        self.folder = folder
        self.time = LabTime(spec.epoch)
        self.users = dict(spec.users)
        self.vlan = spec.vlan
        self.events: list[dict[str, Any]] = []
        self.devices: dict[str, Device] = {}
        self.wires: dict[str, Wire] = {}
        for row in spec.devices:
            make, identity = MAKERS[row.platform]
            self.devices[row.name] = device = make(row, self)
            self.wires[row.name] = Wire(device, identity(row.key), silent=spec.cut == "hang")
        self._first = {name: device.startup.copy() for name, device in self.devices.items()}
        self._afflict()
        self._identities = {name: wire.identity for name, wire in self.wires.items()}
        self.cabling = Cabling(spec, self.devices)
        self.attached = Attached(self.cabling, self.devices)
        self.reach: dict[str, Reach] = {}
        self.following = Following(self.time)
        self._sync_planned = False
        self._done = asyncio.Event()

    def _afflict(self) -> None:
        """What a device suffers from since before anybody came."""
        for device in self.devices.values():
            for row in device.spec.faults:
                given = {key: value for key, value in row.items() if key not in ("kind", "on")}
                device.faults.arm(Fault(str(row["kind"]), str(row.get("on", "")), sticky=True, args=given))

    # ---- what devices need ----

    def log(self, device: str, event: str, **detail: Any) -> None:
        self.events.append({"time": self.time.now().isoformat(), "device": device, "event": event, **detail})

    def changed(self) -> None:
        if not self._sync_planned:
            self._sync_planned = True
            self.time.after(SYNC_S, self.sync)

    async def carried(self) -> None:
        """Come back when packets go as the devices say, where somebody carries them.

        A switch forwards by a line of its configuration before it reads the next one.
        """
        if self.following.on and self._sync_planned:
            self.sync()
            await self.following.caught_up()

    def uplinks(self, device: Device) -> tuple[str, ...]:
        found = self.reach.get(device.spec.name)
        return found.uplinks if found is not None else ()

    def neighbours(self, device: Device) -> tuple[tuple[str, str, str], ...]:
        return self.cabling.neighbours(device.spec.name)

    def seen(self, device: Device) -> Seen:
        """What *device* knows of whatever hangs on the lab's ports."""
        return self.attached.seen(device.spec.name)

    def disconnect(self, device: Device) -> None:
        self.wires[device.spec.name].shut()

    def sync(self) -> None:
        """Bring the wires in line with what the configurations say."""
        self._sync_planned = False
        before, self.reach = self.reach, self.cabling.reach()
        for name, found in self.reach.items():
            device, wire = self.devices[name], self.wires[name]
            open_now = self._answers(device, found)
            if open_now and not wire.open:
                wire.reopen()
                device.log("reachable")
            elif not open_now and wire.open:
                wire.shut()
                device.log("cut-off", why=found.why or "a fault")
            elif not open_now and name in before and before[name].why != found.why:
                device.log("cut-off", why=found.why)
        self.following.moved()

    def _answers(self, device: Device, found: Reach) -> bool:
        """Whether anything on *device* takes a login. Where its packets are carried, they decide who gets to it."""
        if device.away or "unreachable" in device.faults.names():
            return False
        return not unanswered(device.spec.platform, device.running) if self.following.on else found.reachable

    # ---- the process ----

    async def run(self, ready: Callable[[str], None]) -> None:
        self.sync()
        tasks = [asyncio.create_task(wire.serve()) for wire in self.wires.values()]
        tasks.append(asyncio.create_task(self._watch()))
        folder = Path(tempfile.mkdtemp(prefix="matric-lab-"))  # a socket's path must be short
        path = str(folder / "control")
        server = await asyncio.start_unix_server(self._control, path, limit=16_000_000)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._done.set)
        ready(path)
        await self._done.wait()
        server.close()
        for wire in self.wires.values():
            wire.close()
        for task in tasks:
            task.cancel()
        shutil.rmtree(folder, ignore_errors=True)

    async def _watch(self) -> None:
        """A lab whose folder is gone has nobody left."""
        while self.folder.exists():  # noqa: ASYNC110 - a folder tells nobody that it goes
            await asyncio.sleep(2)
        self._done.set()

    async def _control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                try:
                    answer: dict[str, Any] = {"ok": await self._do(json.loads(line))}
                except (KeyError, ValueError, TypeError) as error:
                    answer = {"error": str(error)}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _do(self, call: dict[str, Any]) -> Any:
        do, args = str(call["do"]), dict(call.get("args", {}))
        if do == "sleep":
            await self.time.sleep(float(args["seconds"]))
            do = "time"
        if do == "follow":
            await self.following.next(int(args["seen"]))
        calls: dict[str, Callable[[dict[str, Any]], Any]] = {
            "time": lambda _: {"epoch": self.time.epoch(), "monotonic": self.time.monotonic()},
            "fault": self._fault,
            "clear": self._clear,
            "renew": self._renew,
            "events": lambda given: self.events[int(given.get("since", 0)) :],
            "state": self._state,
            "reach": self._reached,
            "place": self._place,
            "follow": self._followed,
            "moments": lambda _: {"count": self.following.count, "planned": self._sync_planned},
            "stop": self._stop,
        }
        if do not in calls:
            raise ValueError(f"the lab does not know {do!r}")
        return calls[do](args)

    def _stop(self, _: dict[str, Any]) -> None:
        asyncio.get_running_loop().call_later(0.05, self._done.set)  # the answer leaves first

    def _place(self, args: dict[str, Any]) -> None:
        """Every device answers in the network namespace given for it only; without one, on the loopback again."""
        given: dict[str, str] = dict(args.get("namespaces", {}))
        if given:
            self.following.lead()
        else:
            self.following.leave()
        for name, wire in self.wires.items():
            wire.move(given.get(name, ""))
        self.sync()

    def _followed(self, _: dict[str, Any]) -> dict[str, Any]:
        """What the devices hold, for whoever carries their packets."""
        held = {name: {"away": one.away, "running": one.text(one.running)} for name, one in self.devices.items()}
        return {"count": self.following.count, "on": self.following.on, "devices": held}

    def _clear(self, _: dict[str, Any]) -> None:
        for device in self.devices.values():
            device.heal()
        self.changed()

    def _renew(self, _: dict[str, Any]) -> None:
        """Every device as it was when the lab started; time and the log of events go on."""
        for name, device in self.devices.items():
            device.renew(self._first[name])
            self.wires[name].identity = self._identities[name]
            self.wires[name].drop()
        self._afflict()
        self.sync()

    def _state(self, args: dict[str, Any]) -> dict[str, Any]:
        device = self._device(str(args["device"]))
        found = self.reach[device.spec.name]
        return {**device.state(), "reachable": found.reachable, "why": found.why}

    def _reached(self, _: dict[str, Any]) -> dict[str, Any]:
        self.sync()
        return {name: {"reachable": one.reachable, "why": one.why} for name, one in self.reach.items()}

    def _device(self, key: str) -> Device:
        name = key.partition("/")[2] or key
        if name not in self.devices:
            raise ValueError(f"the lab has no device {key!r}; it has {', '.join(self.devices)}")
        return self.devices[name]

    def _fault(self, args: dict[str, Any]) -> None:
        kind, on = str(args["kind"]), str(args.get("on", ""))
        if kind not in KINDS:
            raise ValueError(f"the lab does not know the fault {kind!r}; it knows {', '.join(KINDS)}")
        device = self._device(str(args["device"]))
        given = dict(args.get("args", {}))
        device.log("fault-armed", kind=kind, on=on)
        if not device.act(kind, given, on):
            device.faults.arm(Fault(kind, on, bool(args.get("sticky", False)), given))
        if kind == "unreachable":
            self.sync()

    def published(self, control: str) -> dict[str, Any]:
        """``lab.json``."""
        return {
            "format_version": 1,
            "school": self.spec.school,
            "pid": os.getpid(),
            "control": control,
            "secret_seed": self.spec.seed,
            "devices": {
                device.spec.key: {
                    "host": "127.0.0.1",
                    "port": self.wires[name].port,
                    "platform": device.spec.platform,
                    "pin": self.wires[name].identity.pin,
                    "serial": device.spec.serial,
                    "management": device.spec.management,
                }
                for name, device in self.devices.items()
            },
        }


def run(state: Path) -> None:
    """Serve the lab whose ``spec.json`` is in *state* until told to stop."""
    spec = specs.read(state / "spec.json")
    pidfile = state / "lab.pid"
    pidfile.write_text(f"{os.getpid()}\n", encoding="ascii")

    async def main() -> None:
        lab = Laboratory(spec, state)

        def ready(control: str) -> None:
            path = state / "lab.json.new"
            path.touch(mode=0o600)
            path.write_text(json.dumps(lab.published(control), indent=1), encoding="utf-8")
            path.rename(state / "lab.json")

        await lab.run(ready)

    try:
        asyncio.run(main())
    finally:
        for name in ("lab.pid", "lab.json"):
            (state / name).unlink(missing_ok=True)
