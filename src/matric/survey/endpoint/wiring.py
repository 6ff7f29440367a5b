"""How the devices of a survey hang together: which ports lead to another switch, and how far each is from the core."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from matric.survey.endpoint.port_name import Ports
from matric.survey.model import Device, Neighbour, Survey

__all__ = ("Link", "Wiring", "base_name")

_PASSES_ON = {"bridge", "router", "switch"}
_ENDS = {"wlan-access-point", "telephone", "station", "station-only"}
"""An access point and a telephone are bridges too, and yet hang at the edge."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a port leads to."""

    name: str
    """Name of the device."""
    surveyed: bool
    """It is a device of the survey."""
    read: bool
    """Its table of addresses was read."""


def base_name(name: str) -> str:
    """A host name as it is compared: in lower case, without domain, and without what tells two of a name apart."""
    return name.partition(" ")[0].partition(".")[0].casefold()


@dataclass(frozen=True)
class Wiring:
    """The links of one survey, LAGs and their members alike."""

    survey: Survey
    ports: dict[str, Ports] = field(init=False, hash=False, compare=False, default_factory=dict[str, Ports])

    def __post_init__(self) -> None:
        for device in self.survey.devices:
            names = [port.name for port in device.ports or ()]
            lags = {port.lag for port in device.ports or () if port.lag}
            self.ports[device.name] = Ports([*names, *sorted(lags - {*names})])

    @cached_property
    def _by_name(self) -> dict[str, list[Device]]:
        found: dict[str, list[Device]] = {}
        for device in self.survey.devices:
            found.setdefault(base_name(device.name), []).append(device)
        return found

    @cached_property
    def _by_address(self) -> dict[str, Device]:
        """Management and interface addresses, and base addresses, of the devices."""
        found: dict[str, Device] = {}
        for device in self.survey.devices:
            own = [device.management, device.mac, *(one.address.partition("/")[0] for one in device.addresses or ())]
            for one in filter(None, own):
                found.setdefault(one, device)
        return found

    def known(self, heard: Neighbour) -> Device | None:
        """The device of the survey that is *heard*; None also where several have its name and nothing tells which."""
        by_address = self._by_address.get(heard.mac) or self._by_address.get(heard.address)
        named = self._by_name.get(base_name(heard.name), []) if heard.name else []
        if by_address is not None and (by_address in named or not named):
            return by_address
        return named[0] if len(named) == 1 else by_address

    def _beside(self, device: Device, heard: Neighbour) -> Device | None:
        """The same for what *device* hears: of several of one name the one that hears it back."""
        found = self.known(heard)
        if found is not None or not heard.name:
            return found
        named = (one for one in self._by_name.get(base_name(heard.name), ()) if one is not device)
        back = [one for one in named if any(self._is_back(said, device, heard) for said in one.neighbours or ())]
        return back[0] if len(back) == 1 else None

    def _is_back(self, said: Neighbour, device: Device, heard: Neighbour) -> bool:
        """True where *said* is the other end of what *device* heard."""
        port = self.full(device.name, heard.port)
        there = not said.remote_port or self.full(device.name, said.remote_port) == port
        return base_name(said.name) == base_name(device.name) and there

    def has_name(self, name: str) -> bool:
        """True where a device of the survey has that name."""
        return base_name(name) in self._by_name

    def passes_on(self, heard: Neighbour) -> bool:
        """True where what is *heard* is a switch or a router."""
        if self.known(heard) is not None or (heard.name and self.has_name(heard.name)):
            return True
        told = {*heard.capabilities}
        return bool(told & _PASSES_ON) and not told & _ENDS

    def full(self, device: str, port: str) -> str:
        """Full name of a port."""
        return self.ports[device].find(port) if device in self.ports else port

    @cached_property
    def links(self) -> dict[tuple[str, str], Link]:
        """(device, port) -> what it leads to, for every port with a switch behind it; of a LAG, it and its members."""
        found: dict[tuple[str, str], Link] = {}
        for name, port, link in self._heard():
            held = found.get((name, port))
            if held is None or (link.surveyed and not held.surveyed):
                found[name, port] = link
        for device in self.survey.devices:
            members = [(port.name, self.full(device.name, port.lag)) for port in device.ports or () if port.lag]
            for name, lag in members:
                if (device.name, name) in found:
                    found.setdefault((device.name, lag), found[device.name, name])
            for name, lag in members:
                if (device.name, lag) in found:
                    found.setdefault((device.name, name), found[device.name, lag])
        return found

    def _heard(self) -> Iterator[tuple[str, str, Link]]:
        for device in self.survey.devices:
            for heard in device.neighbours or ():
                if not self.passes_on(heard):
                    continue
                other = self._beside(device, heard)
                yield device.name, self.full(device.name, heard.port), self._link(other, heard.name or heard.mac)
                if other is not None and heard.remote_port:
                    # The other end need not have been listened to.
                    yield other.name, self.full(other.name, heard.remote_port), self._link(device, device.name)
        yield from self._learned()

    def _learned(self) -> Iterator[tuple[str, str, Link]]:
        """Without a word of LLDP: a switch is where its own address was learned."""
        own = {device.mac: device for device in self.survey.devices if device.mac}
        for device in self.survey.devices:
            for seen in device.macs or ():
                other = own.get(seen.mac)
                if other is not None and other is not device:
                    yield device.name, self.full(device.name, seen.port), self._link(other, other.name)

    def _link(self, other: Device | None, name: str) -> Link:
        if other is None:
            return Link(name, surveyed=False, read=False)
        return Link(other.name, surveyed=True, read=other.macs is not None)

    @cached_property
    def depth(self) -> dict[str, int]:
        """Device -> links between it and the core; the core is the one with most addresses, then most links."""
        around: dict[str, set[str]] = {device.name: set() for device in self.survey.devices}
        for (device, _), link in self.links.items():
            if link.surveyed:
                around[device].add(link.name)
                around[link.name].add(device)
        ranked = sorted(
            self.survey.devices, key=lambda one: (-len(one.addresses or ()), -len(around[one.name]), one.name)
        )
        found: dict[str, int] = {}
        for start in ranked:
            if start.name in found:
                continue
            found[start.name] = 0
            ahead = deque([start.name])
            while ahead:
                one = ahead.popleft()
                for other in sorted(around[one] - found.keys()):
                    found[other] = found[one] + 1
                    ahead.append(other)
        return found

    def vlan_name(self, vid: int) -> str:
        """Name of a VLAN, as most devices call it."""
        names = [vlan.name for device in self.survey.devices for vlan in device.vlans or () if vlan.vid == vid]
        return max(sorted(filter(None, names)), key=names.count, default="")
