"""Cables between devices, and what may be said about their ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from matric.intent.school import Device, Port, School
from matric.plan.path import PathTree

__all__ = ("SWITCHES", "Link", "below", "egress", "links", "name_of")

SWITCHES = frozenset({"access", "core", "collapsed-core", "distribution"})
"""Device roles that pass frames on between their ports."""


@dataclass(frozen=True, slots=True)
class Link:
    """A cable between two devices that matric configures."""

    near: Device
    near_port: Port
    far: Device
    far_port: Port

    @property
    def ends(self) -> tuple[tuple[Device, Port], tuple[Device, Port]]:
        return (self.near, self.near_port), (self.far, self.far_port)

    @property
    def name(self) -> str:
        return f"{name_of(self.near, self.near_port.name)} to {self.far.name} {self.far_port.name}"


def name_of(device: Device, port: str) -> str:
    """How findings name a port."""
    return f"{device.key} {port}"


def links(school: School) -> Iterator[Link]:
    """Each cable once, where both ends are configured."""
    by_name = {device.name: device for device in school.configured}
    seen: set[int] = set()
    for device in school.configured:
        for port in device.ports:
            other = by_name.get(port.peer.device) if port.peer is not None else None
            if port.peer is None or other is None or port.peer.cable_id in seen:
                continue
            seen.add(port.peer.cable_id)
            far = next((one for one in other.ports if one.name == port.peer.port), None)
            if far is not None:
                yield Link(device, port, other, far)


def below(tree: PathTree, name: str) -> frozenset[str]:
    """The device *name* and every device reached through it."""
    return frozenset({name, *(one for one in tree.parents if name in tree.above(one))})


def egress(school: School) -> frozenset[IPv4Address]:
    """Addresses of the school's router: the way to the filtered egress."""
    return frozenset(
        port.address.ip
        for device in school.devices
        if device.role == "router"
        for port in device.ports
        if port.address is not None
    )
