"""A school as it should be: snapshot and standard, joined into frozen values that templates and rules read.

``matric.intent.build.school(records, standard, slug)`` makes one; nothing here reads a clock, a socket or a disk.
"""

from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from matric.intent.standard import PortProfile, Standard, WlanProfile

__all__ = ("EDGE", "LEAVING", "NOT_CONFIGURED", "Device", "Lag", "Network", "Peer", "Port", "School", "Svi", "Wlan")

EDGE = frozenset({
    "board", "boiler", "camera", "clock", "door", "emergency-phone", "fire", "intruder", "lift", "medical", "nas",
    "pbx", "phone", "printer", "projector", "recorder", "serial-gateway", "server", "signage", "till", "ups",
})  # fmt: skip
"""Roles of fixed equipment at the edge: NetBox records it, a port's ``Peer`` names it, and no ``School`` holds it."""
LEAVING = "old-"
"""How the IPAM role of a network begins that runs beside until what is in it has moved: ``old-20``."""
NOT_CONFIGURED = frozenset({"access-point", "router"}) | EDGE
"""Roles of devices that matric never writes, whatever platform they name: their controller, provider or owner does."""


@dataclass(frozen=True, slots=True)
class Network:
    """A VLAN of the school and the prefix on it."""

    id: int
    """NetBox id of the VLAN."""
    role: str
    """Network role in the standard, or the NetBox role's slug for what the school keeps its own way."""
    vid: int
    name: str
    zone: str | None
    prefix: IPv4Network | None
    prefix_id: int | None
    gateway: IPv4Address | None
    """The first host of the prefix; an SVI on the core. Of a network of the school's own: what its SVI has."""
    dhcp_relay: bool
    filter_policy: str | None
    own: bool = False
    """The school keeps it its own way: its role is none of the standard's."""

    @property
    def leaving(self) -> bool:
        """It runs beside the new networks until what is in it has moved (``matric transition``)."""
        return self.own and self.role.startswith(LEAVING)

    @property
    def arp_inspected(self) -> bool:
        """Whether ARP is inspected in it: where every host has its lease through a switch that snoops.

        Never in an old network that runs beside: hosts there have leases no switch saw, or addresses set by hand, and
        inspection would drop every word of theirs.
        """
        return self.dhcp_relay and not self.leaving


@dataclass(frozen=True, slots=True)
class Peer:
    """What the other end of a cable is."""

    device: str
    """Device name in the same school. Equipment (``EDGE``) is in no ``School.by_name``."""
    device_id: int
    device_role: str
    port: str
    cable_id: int


@dataclass(frozen=True, slots=True)
class Port:
    """A physical port."""

    id: int
    name: str
    """Full name as the platform writes it: GigabitEthernet1/0/1, Ethernet1."""
    type: str
    enabled: bool
    profile_name: str
    profile: PortProfile
    description: str
    access: Network | None = None
    voice: Network | None = None
    native: Network | None = None
    allowed: tuple[Network, ...] = ()
    """Tagged VLANs of a trunk, by VLAN id."""
    lag: str | None = None
    """Name of the LAG this port is a member of."""
    peer: Peer | None = None
    address: IPv4Interface | None = None
    """Only on routed ports (the link to the school's router)."""


@dataclass(frozen=True, slots=True)
class Lag:
    """A link aggregation group; trunk attributes live here, not on the members."""

    id: int
    name: str
    """Port-Channel1 (EOS), Port-channel1 (IOS)."""
    number: int
    profile_name: str
    profile: PortProfile
    description: str
    members: tuple[str, ...]
    native: Network | None = None
    allowed: tuple[Network, ...] = ()
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class Svi:
    """A layer-3 VLAN interface."""

    id: int
    name: str
    network: Network
    address: IPv4Interface


@dataclass(frozen=True, slots=True)
class Wlan:
    """An SSID of the school."""

    id: int
    profile_name: str
    profile: WlanProfile
    ssid: str
    network: Network


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the school. ``key`` (school/name) is unique in the trust; ``name`` only in the school."""

    id: int
    name: str
    school: str
    role: str
    platform: str | None
    model: str
    serial: str
    status: str
    location: str
    management: IPv4Interface | None
    """Primary IPv4 address with its prefix length."""
    management_gateway: IPv4Address | None
    """Next hop of the default route: on the core the router's address, elsewhere the gateway of management."""
    ports: tuple[Port, ...] = ()
    lags: tuple[Lag, ...] = ()
    svis: tuple[Svi, ...] = ()
    vlans: tuple[Network, ...] = ()
    """VLANs that must exist on the device."""
    max_vlans: int | None = None
    poe_budget_w: float | None = None
    custom: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    """Custom fields of the device, as text: ``ap_location`` (indoor, outdoor) of access points."""
    model_custom: dict[str, str] = field(default_factory=dict[str, str], hash=False)
    """Custom fields of the device type, as text: ``support_end`` (ISO date), ``wifi_generation``."""

    @property
    def key(self) -> str:
        return f"{self.school}/{self.name}"

    @property
    def configured(self) -> bool:
        """True where matric writes the device's configuration."""
        return self.platform is not None and self.status == "active" and self.role not in NOT_CONFIGURED


@dataclass(frozen=True)
class School:
    """A school of the trust, whole."""

    id: int
    name: str
    slug: str
    block: IPv4Network
    standard: Standard
    devices: tuple[Device, ...]
    """By name in natural order; access points included."""
    networks: tuple[Network, ...]
    """By VLAN id."""
    wlans: tuple[Wlan, ...]
    legacy: tuple[IPv4Network, ...] = ()
    """Prefixes from before the trust that are still live."""
    foreign: tuple[tuple[str, IPv4Network], ...] = ()
    """(school slug, prefix) of every other school's prefixes in the same routing domain."""
    entry: str = ""
    """Name of the device the engineer's path enters the school by (where the router's link is)."""
    time_zone: str = "Europe/London"
    custom: dict[str, str] = field(default_factory=dict[str, str])
    """Site custom fields rules may read, as text."""

    @cached_property
    def by_name(self) -> dict[str, Device]:
        return {device.name: device for device in self.devices}

    @property
    def configured(self) -> tuple[Device, ...]:
        """The devices matric writes."""
        return tuple(device for device in self.devices if device.configured)
