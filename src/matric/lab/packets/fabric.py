"""A lab's network in packets: built, kept in step with what the devices hold, asked, and taken away again."""

import importlib
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from matric.config import parse
from matric.errors import MatricError, UsageError
from matric.lab import spec as specs
from matric.lab.client import Lab
from matric.lab.packets import probe
from matric.lab.packets.host import Host
from matric.lab.packets.layout import Layout, laid_out
from matric.lab.packets.openvswitch import SCHEMA, OpenVSwitch
from matric.lab.packets.plant import Plant
from matric.lab.packets.space import Space
from matric.platform.base import ConfigRules
from matric.switch import Switch, reading

__all__ = ("NOC", "Fabric", "fabric", "missing")

NOC = "noc"
"""The place where the engineer sits, behind the school's router."""
ENGINEER = IPv4Interface("10.63.0.10/24")
"""An address that the access lists of the reference trust take for an operator's."""
PROGRAMS = (
    "ovs-vswitchd",
    "ovsdb-server",
    "ovsdb-tool",
    "ovs-vsctl",
    "ovs-appctl",
    "ip",
    "nft",
    "ping",
    "ethtool",
    "setpriv",
)
FOLDER = "matric-fabric-"
SETTLED_S = 60.0
SYNC_S = 0.35
"""Lab seconds: a little more than the lab takes between a change and its effect."""
_numbers = itertools.count(1)


class Fabric:
    """A network that stands. Its places are ``NOC`` and the hosts, by name."""

    state: Path
    """A lab's state folder for runs from the NOC (``MATRIC_LAB``): devices at their management addresses."""

    def __init__(self, lab: Lab, hosts: Sequence[Host], space: Space, plant: Plant, state: Path) -> None:
        self.state = state
        self.lab = lab
        self.hosts = {host.name: host for host in hosts}
        self._space = space
        self._plant = plant
        self._addresses = {str(host.address.ip): host.name for host in hosts}
        self._spec = plant.spec
        self._count = -1
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._follow, name="packets", daemon=True)

    # ---- what is asked ----

    def reaches(self, source: str, destination: str | IPv4Address, protocol: str = "icmp", port: int = 0) -> bool:
        """Whether a packet of *protocol* (icmp, tcp, udp) from *source* gets to *destination*, and an answer back.

        *source* is a place; *destination* an address. An answer is an echo reply, a TCP handshake or its refusal by
        the far end, or a datagram that comes back (from a host or from beyond the router).
        """
        self._well()
        there = str(IPv4Address(destination))
        if protocol == "icmp":
            return probe.ping(self._place(source), there)
        if protocol == "tcp":
            return probe.handshake(self._place(source), there, port)
        if protocol == "udp":
            answering = self._place(self._addresses.get(there, "router"))
            return probe.datagram(self._place(source), answering, there, port)
        raise UsageError(f"packets of {protocol!r} are not sent here. Do: ask for icmp, tcp or udp")

    def manages(self, device: str) -> bool:
        """Whether matric's way in to *device* (name) answers the NOC, at its management address."""
        self._well()
        found = next((one for one in self._spec.devices if one.name == device), None)
        if found is None or not found.management:
            raise UsageError(f"the lab has no device {device!r} with a management address")
        port = int(self.lab.devices[found.key]["port"])
        return probe.handshake(self._place(NOC), found.management, port, open_only=True)

    def run(self, place: str, *command: str, **given: Any) -> "subprocess.CompletedProcess[str]":
        """Run *command* at *place*; *given* as for ``subprocess.run``."""
        self._well()
        command = ("ip", "netns", "exec", self._place(place), *command)
        return subprocess.run(command, text=True, check=False, **given)

    def settle(self) -> None:
        """Come back when packets go the way the running configurations say now."""
        self.lab.sleep(SYNC_S)
        deadline = monotonic() + SETTLED_S
        while True:
            self._well()
            now = self.lab.ask("moments")
            if self._count >= now["count"] and not now["planned"]:
                return
            if monotonic() > deadline:
                raise MatricError(f"the packets did not follow the lab within {SETTLED_S:.0f} s")
            sleep(0.02)

    def _place(self, name: str) -> str:
        if name not in self.hosts and name not in {NOC, "router"}:
            raise UsageError(f"no place is named {name!r}; there are {', '.join((NOC, *self.hosts))}")
        return self._space.name(name if name in {NOC, "router"} else f"host-{name}")

    def _well(self) -> None:
        if self._failed is not None:
            raise MatricError(f"the packets follow the lab no more: {self._failed}") from self._failed

    # ---- keeping in step ----

    def start(self) -> None:
        """Carry what the devices hold now, then follow."""
        self._thread.start()
        self.settle()

    def stop(self) -> None:
        """Follow no more."""
        if self._thread.is_alive():
            self._thread.join(SETTLED_S)

    def _follow(self) -> None:
        try:
            while True:
                told: dict[str, Any] = self.lab.ask("follow", patience_s=None, seen=self._count)
                if not told["on"]:
                    return
                self._plant.carry(self._layouts(told["devices"]))
                self._count = int(told["count"])
        except BaseException as error:  # noqa: BLE001 - told to whoever asks next
            self._failed = error

    def _layouts(self, devices: dict[str, dict[str, Any]]) -> dict[str, Layout]:
        return {
            one.name: Layout()
            if devices[one.name]["away"]
            else laid_out(read(one.platform, str(devices[one.name]["running"])), self._plant.ports(one.name))
            for one in self._spec.devices
        }


def read(platform: str, running: str) -> Switch:
    """What a running configuration says, by the readers that rules and proofs read with."""
    rules: ConfigRules = importlib.import_module(f"matric.platform.{platform}_rules").RULES
    return reading.read(platform, parse(running, rules))


@contextmanager
def fabric(lab: Lab, hosts: Sequence[Host] = (), *, beyond: Sequence[str] = ()) -> Generator[Fabric, None, None]:
    """The network of *lab* in packets, with *hosts* plugged in; *beyond* are addresses behind the router that answer.

    While it stands, the lab's devices are reached by its packets only, at their management addresses.
    """
    if why := missing():
        raise UsageError(f"the lab's packets cannot run here: {why}")
    _sweep()
    space = Space(next(_numbers))
    spec = specs.read(lab.state / "spec.json")
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))  # a socket's path must be short
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        ending.callback(space.close)
        space.make("fabric")
        switch = OpenVSwitch(folder / "ovs", space, "fabric")
        ending.callback(switch.stop)
        plant = Plant(spec, hosts, space, switch)
        entry = next((one for one in spec.devices if one.name == spec.entry), None)
        if entry is None:
            raise UsageError("the lab has no entry, so that nothing leads into it. Do: name one in its description")
        plant.build(read(entry.platform, lab.device_state(entry.key)["running_text"]), ENGINEER, beyond)
        made = Fabric(lab, hosts, space, plant, _state(lab, specs.read(lab.state / "spec.json"), folder / "lab"))
        ending.callback(made.stop)
        ending.callback(_leave, lab)
        lab.ask("place", namespaces={one.name: space.name(f"sw-{one.name}") for one in spec.devices})
        made.start()
        yield made


def _sweep() -> None:
    """Take away what a process left that was killed before it could: its namespaces and its folder."""
    Space.sweep()
    for path in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        if not Path("/proc", path.name.removeprefix(FOLDER).split("-")[0]).exists():
            shutil.rmtree(path, ignore_errors=True)


def _leave(lab: Lab) -> None:
    try:
        lab.ask("place", namespaces={})
    except MatricError:
        return  # the lab is gone, and nobody answers anywhere


def _state(lab: Lab, spec: specs.LabSpec, folder: Path) -> Path:
    """A state folder that says of each device its management address."""
    folder.mkdir(parents=True)
    at = {one.key: one.management for one in spec.devices}
    devices = {key: {**row, "host": at[key] or "0.0.0.0"} for key, row in lab.devices.items()}
    path = folder / "lab.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({**lab.json, "devices": devices}), encoding="utf-8")
    return folder


def missing() -> str:
    """Why this tier cannot run here; empty where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    lacking = [name for name in PROGRAMS if shutil.which(name) is None]
    if lacking or not Path(SCHEMA).exists():
        return (
            f"{', '.join(lacking) or SCHEMA} is missing: "
            "apt-get install openvswitch-switch nftables iproute2 iputils-ping ethtool"
        )
    trial = f"matric-{os.getpid()}-0-trial"
    made = subprocess.run(["ip", "netns", "add", trial], capture_output=True, text=True, check=False)
    subprocess.run(["ip", "netns", "delete", trial], capture_output=True, check=False)
    return "" if made.returncode == 0 else f"no network namespace may be made here ({made.stderr.strip()})"
