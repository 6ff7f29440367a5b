"""Which ports face whom."""

from matric import Device, Network, Port, School
from matric.switch import Interface, Switch
from matric.switch.link import SWITCHES

__all__ = ("BETWEEN", "facing_hosts", "logs_in", "trunks")

BETWEEN = SWITCHES | {"router", "wireless-controller"}
"""Roles at the other end of a link that is no edge."""


def facing_hosts(device: Device) -> tuple[Port, ...]:
    """The ports in use at which people or their devices are: no switch, router or controller at the other end.

    An access point that puts its clients into VLANs by itself hangs on a trunk, and is no host then.
    """
    return tuple(
        port
        for port in device.ports
        if port.enabled
        and port.profile.mode != "shutdown"
        and port.lag is None
        and port.address is None
        and (port.peer is None or port.peer.device_role not in BETWEEN)
        and not (port.peer is not None and port.peer.device_role == "access-point" and port.profile.mode == "trunk")
    )


def logs_in(school: School, network: Network | None) -> bool:
    """True where devices of users are in *network*: they are the ones to be asked who they are."""
    zone = school.standard.zones.get(network.zone or "") if network is not None else None
    return zone is not None and zone.users


def trunks(device: Device, switch: Switch) -> dict[str, Interface]:
    """The trunks among *device*'s ports and LAGs, by name; a LAG stands for its members."""
    found = {one.name: one for port in device.ports if (one := switch.carrier(port.name)) is not None}
    return {name: one for name, one in found.items() if one.mode == "trunk" and one.enabled}
