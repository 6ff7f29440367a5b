"""The trust's design: what ``inventory/standard.yaml`` says, as frozen models.

Secrets are references (``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``, ``lab:NAME``, or a scheme that an
installed package gives by the entry point group ``matric.secrets``), never values.
"""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from matric.intent.base import Model

__all__ = (
    "AddressPlan",
    "AgreedArea",
    "AgreementTerms",
    "BackupTerms",
    "Hardening",
    "Management",
    "NetworkRole",
    "PortProfile",
    "RadiusServer",
    "Services",
    "SnmpV3",
    "SpanningTree",
    "Standard",
    "Trust",
    "WlanProfile",
    "Zone",
)

# Addresses arrive as text in YAML: parsed here, strictly everywhere else.
Address = Annotated[IPv4Address, Field(strict=False)]
Network = Annotated[IPv4Network, Field(strict=False)]
SecretRef = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*:[A-Za-z0-9_./-]+$")]
Vid = Annotated[int, Field(ge=2, le=4094)]
NetName = Literal["commit-timer", "checkpoint-timer", "restore-job", "reload"]
"""What takes a change back by itself, best first: the device's own commit timer, a checkpoint on a timer, a scheduled
job that restores the saved configuration, or a restart into the old one."""
AgreedArea = Literal["vlan", "prefix", "ssid", "wireless"]
"""What a school may keep its own way: a VLAN of a role that the standard has not, a prefix that is not where the
standard puts it, a name of its own for a wireless LAN of the standard, or its whole wireless: access points that no
controller of matric's serves."""
Percent = Annotated[float, Field(ge=0.1, le=100, strict=False)]


class Trust(Model):
    """The multi-academy trust."""

    name: str
    slug: str
    domain: str
    """DNS domain of device names."""
    operators: tuple[Network, ...] = Field(min_length=1)
    """Prefixes that matric and the engineers log in from."""


class AddressPlan(Model):
    """A block per school, a prefix per network."""

    block: Network
    """The trust's whole block; every school's block lies inside it."""
    schools: dict[str, Network]
    """School slug -> the school's block, normally a /18 or /20."""


class Zone(Model):
    """Who may reach whom. A zone is a set of networks treated alike."""

    description: str
    users: bool
    """True where people's devices live: these zones never reach management."""
    managed: bool = True
    """False for devices the trust does not manage (guest, BYOD)."""
    internet: Literal["filtered", "none", "unfiltered"]
    """``filtered``: only through the filtered egress. ``unfiltered`` is for infrastructure only."""
    reaches: tuple[str, ...] = ()
    """Zones this zone may open connections to; everything else inside the trust is refused."""


class NetworkRole(Model):
    """A VLAN and its prefix, the same in every school."""

    vid: Vid
    name: Annotated[str, Field(min_length=1, max_length=32)]
    """VLAN name, at most 32 characters (the IOS limit)."""
    zone: str | None = None
    """None for VLANs without addresses: native, parking."""
    prefix_length: Annotated[int, Field(ge=20, le=30)] | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    """Start of the prefix inside the school's block, in units of /24."""
    dhcp_relay: bool = False
    """True where clients get addresses from the trust's DHCP servers."""
    filter_policy: str | None = None
    """Name of the internet filtering policy; required where the zone's internet is ``filtered``."""
    mandatory: bool = True
    """False for a VLAN that a school may do without; one that has it has it with this id and name."""


class PortProfile(Model):
    """What a port is for: an interface in NetBox names one in its custom field ``port_profile``."""

    description: str
    mode: Literal["access", "trunk", "routed", "shutdown"]
    network: str | None = None
    """Network role of the access VLAN."""
    voice: str | None = None
    """Network role of the voice VLAN."""
    edge: bool = True
    """A spanning-tree edge port with BPDU guard."""
    dot1x: bool = False
    mab: bool = False
    dhcp_trust: bool = False
    """DHCP snooping and ARP inspection trust; only on uplinks."""
    storm_control_percent: Percent | None = None
    """Broadcast and multicast level at which frames are dropped, percent of the link."""
    poe: Literal["off", "low", "high", "critical"] = "off"
    """PoE priority; ``off`` disables power."""
    max_macs: Annotated[int, Field(ge=1, le=64)] | None = None


class WlanProfile(Model):
    """An SSID the standard offers."""

    ssid: Annotated[str, Field(min_length=1, max_length=32)]
    network: str
    """Network role clients land on."""
    security: Literal["wpa2-enterprise", "wpa3-enterprise", "wpa2-psk", "wpa3-sae", "owe"]
    psk: SecretRef | None = None
    hidden: bool = False
    isolate_clients: bool = False
    wlan_id: Annotated[int, Field(ge=1, le=512)]


class Management(Model):
    """How devices are reached."""

    network: str
    """Network role of the management VLAN."""
    break_glass_user: str
    break_glass_secret: SecretRef
    """Reference to the password (clear text, hashed by the device or rendered as a keyed-salt hash)."""
    service_user: str
    """matric's own login name."""
    service_secret: SecretRef
    ssh_timeout_s: Annotated[int, Field(ge=30, le=3600)] = 600
    api_port: int = 443
    """EOS eAPI over HTTPS."""


class RadiusServer(Model):
    """A RADIUS server of the trust."""

    name: str
    address: Address
    key: SecretRef


class SnmpV3(Model):
    """SNMPv3 authPriv; there is no community anywhere."""

    user: str
    group: str
    auth: SecretRef
    priv: SecretRef
    managers: tuple[Address, ...] = Field(min_length=1)
    location_prefix: str = ""


class Services(Model):
    """What devices use."""

    dns: tuple[Address, ...] = Field(min_length=1)
    ntp: tuple[Address, ...] = Field(min_length=2)
    syslog: tuple[Address, ...] = Field(min_length=1)
    dhcp: tuple[Address, ...] = Field(min_length=1)
    radius: tuple[RadiusServer, ...] = Field(min_length=1)
    snmp: SnmpV3
    filtered_egress: str
    """Name of the egress all user traffic leaves through; the next hop is the school's router."""


class SpanningTree(Model):
    """One mode in the whole trust."""

    mode: Literal["rapid-pvst", "mst", "rstp"]
    root_priority: dict[str, Annotated[int, Field(ge=0, le=61440, multiple_of=4096)]]
    """Device role -> bridge priority."""


class Hardening(Model):
    """Lines every device has."""

    banner: str
    idle_timeout_min: Annotated[int, Field(ge=1, le=60)]
    login_block_s: Annotated[int, Field(ge=1, le=65535)] = 120
    login_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    snmp_v3_only: Literal[True] = True


class AgreementTerms(Model):
    """What the trust lets a school keep its own way, once it is agreed in ``agreements.yaml``."""

    may: tuple[AgreedArea, ...] = ()
    """Safeguarding and segmentation are never among them: their rules judge what is agreed like everything else."""


class SurveyTerms(Model):
    """What the trust asks of a joining school's survey."""

    max_age_days: Annotated[int, Field(ge=1, le=366)] = 90
    """Days after which a kept survey no longer says what is there."""


class BackupTerms(Model):
    """What the trust asks of copies of configurations outside of cut-overs (``matric backup``)."""

    max_age_days: Annotated[int, Field(ge=1, le=366)] = 30
    """Days after which the gate warns of a device's newest copy. Each cut-over takes its own first."""


class Standard(Model):
    """The whole of ``standard.yaml``."""

    format_version: Literal[1]
    trust: Trust
    addresses: AddressPlan
    zones: dict[str, Zone]
    networks: dict[str, NetworkRole]
    native: str
    """Network role whose VLAN is the native VLAN of every trunk and carries nothing."""
    parking: str
    """Network role whose VLAN unused ports are parked in."""
    profiles: dict[str, PortProfile]
    wlans: dict[str, WlanProfile]
    management: Management
    services: Services
    spanning_tree: SpanningTree
    nets: dict[str, tuple[NetName, ...]] = Field(default_factory=dict[str, tuple[NetName, ...]])
    """Device role -> the safety nets it may be changed under. A role that is not named may have any."""
    hardening: Hardening
    approved_versions: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    """Platform -> releases that may run, as devices report them; ``17.9.4a+`` is that one and every later one."""
    agreements: AgreementTerms = AgreementTerms()
    backups: BackupTerms = BackupTerms()
    survey: SurveyTerms = SurveyTerms()
