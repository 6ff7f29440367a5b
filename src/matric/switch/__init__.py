"""What a configuration says, without how a vendor says it: the values that rules and proofs read."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

__all__ = ("Account", "Entry", "Interface", "Route", "Switch", "Wireless")

ANYWHERE = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Interface:
    """A port, LAG or SVI. What the configuration does not say has the value the device falls back to."""

    name: str
    enabled: bool = True
    mode: str = "access"
    """access, trunk, routed, or member (of a LAG, whose interface says the rest)."""
    access: int = 1
    voice: int | None = None
    native: int = 1
    allowed: frozenset[int] | None = None
    """VLANs a trunk carries; None where the list is not written, which means all of them."""
    edge: bool = False
    bpdu_guard: bool = False
    trusted: bool = False
    """DHCP snooping believes what comes in."""
    lag: int | None = None
    lacp: bool = False
    """True where the port speaks LACP to form its LAG."""
    vid: int | None = None
    """The VLAN whose gateway or host interface (SVI, irb) this is."""
    address: IPv4Interface | None = None
    access_list: str = ""
    """Filters what comes in."""
    access_list_out: str = ""
    """Filters what goes out."""

    @property
    def tagged(self) -> frozenset[int] | None:
        """What a trunk carries but for its native VLAN, which some platforms cannot leave out; None means all."""
        return None if self.allowed is None else self.allowed - {self.native}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an access list."""

    permits: bool
    protocol: str
    source: IPv4Network
    destination: IPv4Network
    rest: str = ""
    """Ports, ``established`` and the like, as written; empty where the entry takes the whole protocol."""
    source_ports: str = ""
    """The words at the start of ``rest`` about the source: ``eq bootpc``. What follows is about the destination."""
    text: str = ""
    """The entry as the configuration has it, for people."""


@dataclass(frozen=True, slots=True)
class Account:
    """A local account, or the enable secret (``enable``)."""

    name: str
    hash: str
    """scrypt, sha256, sha512, md5, reversible, plain, broken or unknown; or sealed, where the device keeps it under a
    key of its own and does not say how (AOS-CX)."""


@dataclass(frozen=True, slots=True)
class Route:
    """A static route."""

    prefix: IPv4Network
    next_hop: str
    """An address, or an interface."""


@dataclass(frozen=True, slots=True)
class Wireless:
    """What a wireless controller says."""

    countries: tuple[str, ...]
    wlans: Mapping[str, str]
    """WLAN -> VLAN (name or id) its clients land on."""
    rf_tags: Mapping[str, str]
    """Access point -> RF tag."""
    rf_profiles: Mapping[str, Mapping[str, str]]
    """RF tag -> band (24ghz, 5ghz, 6ghz) -> RF profile."""
    channels: Mapping[str, frozenset[int]]
    """RF profile -> channels it may choose from; empty where it may choose itself."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A whole configuration."""

    interfaces: Mapping[str, Interface]
    vlans: Mapping[int, str]
    """Id -> name."""
    access_lists: Mapping[str, tuple[Entry, ...]]
    accounts: tuple[Account, ...]
    communities: tuple[str, ...]
    routes: tuple[Route, ...]
    """Static routes; the default gateway of a switch that does not route is one."""
    spanning_tree: str
    """mst, rapid-pvst, pvst, rstp, none, or empty where it is not written."""
    telnet: bool
    http: bool
    ssh: bool
    api: bool
    """True where matric's own way in (HTTPS for EOS, SSH for IOS-XE) is open."""
    doors: tuple[str, ...]
    """Access lists on the ways in."""
    wireless: Wireless
    forwards: bool = True
    """False where the switch passes no packet on between its networks (``no ip routing``)."""

    @property
    def defaults(self) -> tuple[Route, ...]:
        """The routes to everywhere else."""
        return tuple(route for route in self.routes if route.prefix == ANYWHERE)

    def carrier(self, name: str) -> Interface | None:
        """The interface whose lines govern port *name*: its LAG where it is a member of one."""
        port = self.interfaces.get(name)
        if port is None or port.lag is None:
            return port
        names = (lag + str(port.lag) for lag in ("Port-channel", "Port-Channel", "lag", "Trk", "ae"))
        return next((self.interfaces[one] for one in names if one in self.interfaces), None)

    def holder(self, address: IPv4Address) -> Interface | None:
        """The interface with *address*."""
        return next((one for one in self.interfaces.values() if one.address and one.address.ip == address), None)

    def beside(self, address: IPv4Address) -> Interface | None:
        """The interface in the same prefix as *address*."""
        found = [one for one in self.interfaces.values() if one.address and address in one.address.network]
        return max(found, key=lambda one: one.address.network.prefixlen if one.address else 0, default=None)
