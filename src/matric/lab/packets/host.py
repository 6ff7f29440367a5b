"""Something plugged into a port."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

__all__ = ("Host",)


@dataclass(frozen=True, slots=True)
class Host:
    """A computer at a port of a switch; its address is its own, whatever VLAN the port is in."""

    name: str
    device: str
    """Name of the switch."""
    port: str
    address: IPv4Interface
    gateway: IPv4Address | None = None
    """None: the first address of its prefix."""

    @property
    def way_out(self) -> IPv4Address:
        """Where it sends what is not in its prefix."""
        return self.gateway or self.address.network.network_address + 1
