"""A school's switches, controllers and access points as lldpd speaks for them, one namespace each, cabled as told.

Each says its name and the port's name as NetBox has it; what it hears it hears from frames.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from matric.intent.school import Device, School
from matric.platform.base import Address, Driver, Facts, Look, Neighbour
from tests.packets.stand import Namespace, Stand, until

SAID = """\
configure system hostname {name}
configure system description "a switch that is played"
configure lldp tx-interval 1
configure lldp tx-hold 4
"""


@dataclass(frozen=True, order=True)
class Socket:
    """A port of a device."""

    device: str
    port: str


Cable = tuple[Socket, Socket]


@dataclass
class Box:
    """One device: the interfaces of its namespace, by the port's name in NetBox."""

    there: Namespace
    ports: dict[str, str] = field(default_factory=dict[str, str])

    def interface(self, port: str) -> str:
        """The interface that is *port*; Linux' names are too short for NetBox's."""
        return self.ports.setdefault(port, f"port{len(self.ports)}")

    def ask(self, what: str) -> Any:
        return json.loads(self.there.run("lldpcli", "-f", "json0", "show", what))

    def name(self) -> str:
        return str(self.ask("chassis")["local-chassis"][0]["chassis"][0]["name"][0]["value"])

    def neighbours(self) -> tuple[Neighbour, ...]:
        """What it hears, in matric's value, as matric's drivers put it together."""
        ports = {interface: port for port, interface in self.ports.items()}
        found: list[Neighbour] = []
        for table in self.ask("neighbors")["lldp"]:
            for one in table.get("interface", ()):
                chassis, port = one["chassis"][0], one["port"][0]
                name = str(chassis["name"][0]["value"]).partition(".")[0]
                found.append(Neighbour(ports[one["name"]], name, str(port["id"][0]["value"])))
        return tuple(sorted(found, key=lambda one: (one.port, one.device, one.remote_port)))


@dataclass
class Cabinet:
    """Every device of a school that speaks LLDP, and the cables between them."""

    stand: Stand
    school: School
    boxes: dict[str, Box] = field(default_factory=dict[str, Box])

    def plug(self, cable: Cable) -> None:
        here, there = (self.boxes[end.device] for end in cable)
        self.stand.join(here.there, here.interface(cable[0].port), there.there, there.interface(cable[1].port))

    def unplug(self, cable: Cable) -> None:
        box, port = self.boxes[cable[0].device], cable[0].port
        box.there.run("ip", "link", "delete", box.ports[port])

    def speak(self) -> None:
        """Have every device begin to speak; each has a /run of its own, where lldpd keeps its socket."""
        for name, box in self.boxes.items():
            told = SAID.format(name=f"{name}.{self.school.standard.trust.domain}")
            for port, interface in box.ports.items():
                told += f"configure ports {interface} lldp portidsubtype local {port}\n"
            Path(f"/proc/{box.there.holder}/root/run/lldpd.conf").write_text(told, encoding="ascii")
            command = ("lldpd", "-d", "-O", "/run/lldpd.conf", "-I", "port*")
            self.stand.start(command, within=box.there, log=f"lldpd-{name}", family=True)
        for name, box in self.boxes.items():
            until(Path(f"/proc/{box.there.holder}/root/run/lldpd.socket").exists, f"lldpd of {name}")

    def heard(self) -> set[tuple[Socket, Socket]]:
        """(who hears, whom) on every port of every device."""
        return {
            (Socket(name, one.port), Socket(one.device, one.remote_port))
            for name, box in self.boxes.items()
            for one in box.neighbours()
        }

    def settle(self, cables: Iterable[Cable]) -> None:
        """Wait until both ends of each cable hear each other, and nobody hears anything else."""
        wanted = {pair for left, right in cables for pair in ((left, right), (right, left))}
        until(lambda: self.heard() == wanted, "every device to hear its neighbours", every_s=0.5)


def speaks(device: Device) -> bool:
    """True where the device is heard: the provider's router is not asked to be."""
    return device.configured or device.role == "access-point"


def cables(school: School) -> tuple[Cable, ...]:
    """The school's cables between devices that speak, as NetBox has them."""
    found: dict[int, Cable] = {}
    for device in filter(speaks, school.devices):
        for port in device.ports:
            if port.peer is not None and port.enabled and speaks(school.by_name[port.peer.device]):
                ends = sorted((Socket(device.name, port.name), Socket(port.peer.device, port.peer.port)))
                found[port.peer.cable_id] = (ends[0], ends[1])
    return tuple(found.values())


def cabinet(stand: Stand, school: School, plugged: Iterable[Cable]) -> Cabinet:
    """The school's devices, cabled as *plugged* says, and speaking."""
    found = Cabinet(stand, school)
    for device in filter(speaks, school.devices):
        found.boxes[device.name] = Box(stand.namespace())
    for cable in plugged:
        found.plug(cable)
    found.speak()
    return found


@dataclass
class Listener:
    """As much of a driver as a site check asks for."""

    box: Box

    def open(self) -> None:
        """There is no login: lldpcli is asked."""

    def close(self) -> None:
        """Nor an end of one."""

    def facts(self) -> Facts:
        return Facts(self.box.name(), "played", "", "", 0.0)

    def look(self) -> Look:
        return Look(self.facts(), "", "", neighbours=self.box.neighbours())

    @classmethod
    def of(cls, found: Cabinet, address: Address) -> Driver:
        return cast("Driver", cls(found.boxes[address.key.partition("/")[2]]))
