"""What hangs on the ports of a lab, and what the switches know of it: derived from their running configurations.

An endpoint is seen where its port is up, gives the power it needs, lets it in, and is in a VLAN the switch has. Its
address is seen by whoever routes in its VLAN, where it fits that network: a static one as it is, a leased one out of
the network. Frames are followed over the cables as management frames are (``matric.lab.cabling``).

A rule kept simple: where a port authenticates, an endpoint is let in if it can log in by 802.1X, or the port asks about
MAC addresses too, and the description lists it for the port's VLAN. Whether RADIUS could be reached is not looked at.
"""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING, TypeVar

from matric.config import Config, natural, parse
from matric.lab.admission import by_address
from matric.lab.cabling import Cabling, Frames
from matric.lab.facts import mac, seen, svis
from matric.lab.spec import EndpointSpec, SilentSpec
from matric.platform.base import ConfigRules
from matric.switch import Interface, Switch, guarding, reading
from matric.switch.guard import Guard, Guards

if TYPE_CHECKING:
    from matric.lab.device import Device

__all__ = ("Attached", "Bound", "Fed", "Heard", "Learnt", "Seen", "accounts", "canonical")

T = TypeVar("T")
LEASES_FROM = 50
"""Host number of the first lease in a network."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """One line of a MAC table."""

    mac: str
    vid: int
    port: str
    """Port, or LAG, in the platform's own word."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An address somebody in the VLAN uses."""

    ip: str
    mac: str
    vid: int
    port: str
    host: str = ""
    leased: bool = False


@dataclass(frozen=True, slots=True)
class Fed:
    """What a port gives to whoever hangs on it."""

    watts: float
    poe_class: int
    name: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Who introduced itself at a port."""

    port: str
    name: str
    remote_port: str
    mac: str
    description: str = ""
    capabilities: tuple[str, ...] = ()
    address: str = ""
    protocols: tuple[str, ...] = ("lldp",)
    vid: int | None = None
    poe_class: int | None = None
    watts: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What one device knows of its ports at one moment."""

    links: frozenset[str] = frozenset()
    """Physical ports that are up, in lower case."""
    learnt: tuple[Learnt, ...] = ()
    bound: tuple[Bound, ...] = ()
    """Hosts whose address the device itself resolves: it has an interface in their network."""
    leases: tuple[Bound, ...] = ()
    """Hosts whose lease has passed through it, at the port they are behind."""
    fed: Mapping[str, Fed] = field(default_factory=dict[str, Fed])
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class _Host:
    """An endpoint that is there now."""

    spec: EndpointSpec
    vid: int
    port: str


def canonical(name: str) -> str:
    """A port's name so that two ways to write it are equal."""
    return name.replace(" ", "").lower()


@lru_cache(maxsize=256)
def said(platform: str, text: str) -> tuple[Switch, Guards]:
    """What a running configuration says, by the readers that rules and proofs read with."""
    tree = _parsed(platform, text)
    return reading.read(platform, tree), guarding.READERS[platform](tree)


@lru_cache(maxsize=256)
def _parsed(platform: str, text: str) -> Config:
    rules: ConfigRules = importlib.import_module(f"matric.platform.{platform}_rules").RULES
    return parse(text, rules)


def accounts(device: "Device") -> frozenset[str]:
    """Names of the local accounts the running configuration has."""
    switch, _ = said(device.spec.platform, device.text(device.running))
    return frozenset(one.name for one in switch.accounts)


class Attached:
    """The endpoints of a lab. What is seen of them is computed once for each moment's configurations."""

    def __init__(self, cabling: Cabling, devices: Mapping[str, "Device"]) -> None:
        self.spec = cabling.spec
        self.cabling = cabling
        self.devices = devices
        self._silent = {one.name: one for one in self.spec.silent}
        self._at: dict[str, list[EndpointSpec]] = {}
        for one in self.spec.endpoints:
            self._at.setdefault(one.device, []).append(one)
        self._moment: tuple[object, ...] = ()
        self._seen: dict[str, Seen] = {}

    def seen(self, name: str) -> Seen:
        """What device *name* knows now."""
        moment = tuple((one.revision, one.away) for one in self.devices.values())
        if moment != self._moment:
            self._seen = _Moment(self).all()
            self._moment = moment
        return self._seen.get(name, Seen())

    def silent(self, name: str) -> SilentSpec:
        """What kit that is no device of the lab says of itself."""
        return self._silent.get(name) or SilentSpec(name, says=name, capabilities=("bridge", "router"))

    def at(self, name: str) -> list[EndpointSpec]:
        return self._at.get(name, [])


class _Moment:
    """One computation."""

    def __init__(self, attached: Attached) -> None:
        self.attached = attached
        self.frames = Frames(attached.cabling)
        self.up = {name: one for name, one in attached.devices.items() if not one.away}
        self.says = {name: said(one.spec.platform, one.text(one.running)) for name, one in self.up.items()}
        self.fed: dict[str, dict[str, Fed]] = {name: {} for name in self.up}
        self.links: dict[str, set[str]] = {name: set() for name in self.up}
        self.hosts: list[_Host] = []

    def all(self) -> dict[str, Seen]:
        for name in self.up:
            for port, _, _ in self.attached.cabling.neighbours(name):
                self.links[name].add(port.lower())
            self._plugged(name)
        learnt: _Tables = {name: {} for name in self.up}
        bound: _Bindings = {name: [] for name in self.up}
        leases: _Bindings = {name: [] for name in self.up}
        for number, host in enumerate(self.hosts):
            self._spread(number, host, learnt, bound, leases)
        for name in self.up:
            self._kit(name, learnt, bound)
        return {
            name: Seen(
                frozenset(self.links[name]),
                tuple(
                    Learnt(address, vid, port)
                    for (address, vid), port in sorted(learnt[name].items(), key=lambda row: natural(row[1]))
                ),
                tuple(sorted(bound[name], key=lambda one: IPv4Address(one.ip))),
                tuple(sorted(leases[name], key=lambda one: natural(one.port))),
                self.fed[name],
                tuple(sorted(self._heard(name), key=lambda one: natural(one.port))),
            )
            for name in self.up
        }

    # ---- who is there ----

    def _plugged(self, name: str) -> None:
        switch, guards = self.says[name]
        device = self.up[name]
        asked = by_address(device.spec.platform, _parsed(device.spec.platform, device.text(device.running)))
        left = device.spec.poe_w
        for one in sorted(self.attached.at(name), key=lambda one: natural(one.port)):
            port = _of(switch.interfaces, one.port) or Interface(one.port)
            guard = _of(guards.ports, one.port) or Guard()
            if not port.enabled or port.mode in ("member", "routed"):
                continue
            if one.poe_class is not None:
                if not guard.power or one.watts > left:
                    continue
                left -= one.watts
                self.fed[name][one.port.lower()] = Fed(one.watts, one.poe_class, one.says or one.name)
            self.links[name].add(one.port.lower())
            vid = _vlan(switch, port, one)
            if vid is None or (guard.authenticates and not _let_in(one, vid, guard, one.port.lower() in asked)):
                continue
            self.hosts.append(_Host(one, vid, one.port))

    def _spread(
        self,
        number: int,
        host: _Host,
        learnt: "_Tables",
        bound: "_Bindings",
        leases: "_Bindings",
    ) -> None:
        one = host.spec
        places = self.frames.walk(one.device, host.vid) | {(one.device, host.vid): host.port}
        address = self._address(number, host, places)
        for (name, vid), port in places.items():
            shown = _word(self.up[name].spec.platform, port)
            learnt[name][one.mac, vid] = shown
            if address and self._asked(name) and _routes(self.up[name], vid, address):
                bound[name].append(Bound(address, one.mac, vid, shown, one.host, leased=not one.static))
            if address and not one.static:
                leases[name].append(Bound(address, one.mac, vid, shown, one.host, leased=True))

    def _address(self, number: int, host: _Host, places: Mapping[tuple[str, int], str]) -> str:
        """The address it uses in the VLANs it is in; empty where none works there."""
        networks = [
            interface
            for name, vid in places
            for port, interface in svis(self.frames.trees[name]).items()
            if canonical(port) == f"vlan{vid}"
        ]
        own = host.spec.address
        fits = next((one for one in networks if own and IPv4Address(own) in one.network), None)
        if host.spec.static or fits is not None:
            return own if fits is not None and host.spec.fixed in (None, host.vid) else ""
        router = self._router(networks)
        return str(router.network.network_address + LEASES_FROM + number) if router is not None else ""

    def _asked(self, name: str) -> bool:
        """Whether endpoints have to do with *name*: it routes between networks, or to the router."""
        return name == self.attached.spec.entry or len(svis(self.frames.trees[name])) > 1

    def _router(self, networks: list[IPv4Interface]) -> IPv4Interface | None:
        """The network of the entry's own address comes first: it is the one with a gateway."""
        entry = self.frames.trees.get(self.attached.spec.entry)
        own = frozenset(svis(entry).values()) if entry is not None else frozenset[IPv4Interface]()
        return next((one for one in networks if one in own), next(iter(networks), None))

    # ---- the kit itself ----

    def _kit(self, name: str, learnt: "_Tables", bound: "_Bindings") -> None:
        """*name*'s own addresses, and those of kit that takes no login at its ports."""
        own = mac(self.up[name].spec.key)
        for port, interface in svis(self.frames.trees[name]).items():
            if canonical(port).startswith("vlan"):
                vid = int(canonical(port)[4:])
                self._learn(self.frames.walk(name, vid), own, str(interface.ip), learnt, bound)
        for port, other, _ in self.attached.cabling.neighbours(name):
            here = None if other in self.attached.devices else self.frames.untagged(name, port)
            if here is not None:
                one, shown = self.attached.silent(other), self.frames.carrier(name, port)
                places = self.frames.walk(name, here) | {(name, here): shown}
                self._learn(places, one.mac or mac(other), one.address, learnt, bound)

    def _learn(
        self, places: Mapping[tuple[str, int], str], own: str, address: str, learnt: "_Tables", bound: "_Bindings"
    ) -> None:
        for (name, vid), way in places.items():
            if not way:  # where the frame begins, nothing is learnt
                continue
            shown = _word(self.up[name].spec.platform, way)
            learnt[name][own, vid] = shown
            if address and _routes(self.up[name], vid, address):
                bound[name].append(Bound(address, own, vid, shown))

    def _heard(self, name: str) -> Iterator[Heard]:
        for port, other, remote in self.attached.cabling.neighbours(name):
            device = self.attached.devices.get(other)
            if device is not None:
                yield Heard(
                    port, device.hostname, remote, mac(device.spec.key), _described(device), ("bridge", "router"),
                    device.spec.management, ("lldp", "cdp") if device.spec.platform == "ios" else ("lldp",),
                )  # fmt: skip
            elif (kit := self.attached.silent(other)).speaks:
                yield Heard(
                    port, kit.says or other, remote, kit.mac or mac(other), kit.description, kit.capabilities,
                    kit.address, kit.speaks,
                )  # fmt: skip
        there = {host.spec.name: host for host in self.hosts}
        for one in self.attached.at(name):
            if one.speaks and one.port.lower() in self.links[name]:
                host = there.get(one.name)
                yield Heard(
                    one.port, one.says or one.name, one.remote_port or one.mac, one.mac, one.description,
                    one.capabilities, one.address if host is not None else "", one.speaks,
                    host.vid if host is not None else None, one.poe_class, one.watts,
                )  # fmt: skip


_Tables = dict[str, dict[tuple[str, int], str]]
"""Device -> (MAC address, VLAN) -> port."""
_Bindings = dict[str, list[Bound]]


def _of(found: Mapping[str, T], name: str) -> T | None:
    wanted = canonical(name)
    return next((one for key, one in found.items() if canonical(key) == wanted), None)


def _vlan(switch: Switch, port: Interface, one: EndpointSpec) -> int | None:
    """The VLAN *one* is in at *port*; None where the switch has no such VLAN, or nothing is untagged there."""
    vid = port.access if port.mode == "access" else port.native
    if one.tagged:
        named = (vid for vid, name in switch.vlans.items() if "voice" in name.lower() or "phone" in name.lower())
        carried = (vid for vid in named if port.mode == "trunk" and (port.allowed is None or vid in port.allowed))
        vid = port.voice or next(carried, vid)
    if port.mode == "trunk" and port.allowed is not None and vid not in port.allowed:
        return None
    return vid if vid in switch.vlans or vid == 1 else None


def _let_in(one: EndpointSpec, vid: int, guard: Guard, by_mac: bool) -> bool:  # noqa: FBT001 - one fact of the port
    """Whether *one* can say who it is at the port, and is listed for its VLAN."""
    heard = by_mac or (guard.dot1x and one.dot1x)
    return heard and (one.admitted is None or vid in one.admitted)


def _routes(device: "Device", vid: int, address: str) -> bool:
    """Whether *device* has an interface of its own in the network of *address* in VLAN *vid*."""
    found = svis(seen(device))
    return any(canonical(port) == f"vlan{vid}" and IPv4Address(address) in one.network for port, one in found.items())


def _word(platform: str, port: str) -> str:
    """The port in the platform's own word: what the path is followed in has one word for a LAG."""
    words = {"aoss": "Trk", "junos": "ae"}
    if platform in words and port.lower().startswith("port-channel"):
        return f"{words[platform]}{port[len('port-channel') :]}"
    return port


def _described(device: "Device") -> str:
    """The system description of LLDP, as each vendor words it."""
    spec = device.spec
    return {
        "ios": f"Cisco IOS Software, Catalyst L3 Switch Software (CAT9K_LITE_IOSXE), Version {spec.os_version}",
        "eos": f"Arista Networks EOS version {spec.os_version} running on an Arista Networks {spec.model}",
        "junos": f"Juniper Networks, Inc. {spec.model.lower()} Ethernet Switch, kernel JUNOS {spec.os_version}",
        "aoscx": f"Aruba {spec.model} {spec.os_version}",
        "aoss": f"Aruba {spec.model} Switch, revision {spec.os_version}",
    }[spec.platform]
