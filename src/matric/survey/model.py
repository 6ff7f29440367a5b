"""What a survey found, as values: each thing with where it was seen, and what could not be seen.

``None`` always means "not seen", never "none there". Nothing here holds a secret: every text was redacted before it
became a value.
"""

from typing import Literal

from matric.intent.base import Model

__all__ = (
    "FORMAT_VERSION",
    "Address",
    "Arp",
    "Device",
    "Kind",
    "Lease",
    "Mac",
    "Neighbour",
    "Origin",
    "Port",
    "Power",
    "Source",
    "Survey",
    "Unread",
    "Unseen",
    "Vlan",
    "Wlan",
)

FORMAT_VERSION: Literal[1] = 1
Kind = Literal["configuration", "show", "capture", "leases", "unknown"]
"""What a text is: one device's configuration; the answer to one show command; several commands with their answers
("show tech", a terminal's log); a list of DHCP leases; nothing that is known."""


class Origin(Model):
    """Where something was seen."""

    source: str
    """Name of the source: a path inside the folder or zip (``core/run.cfg``, ``old.zip!sw1.txt``), or ``live
    10.1.1.1``."""
    line: int = 0
    """Line in it, from 1; 0 is the whole."""


class Source(Model):
    """One text that was read, or could not be."""

    name: str
    kind: Kind
    platform: str = ""
    """Slug: ios, eos, junos, aoscx, aoss, comware, icx; empty where it is not known."""
    command: str = ""
    """The show command it answers, in full; empty for a configuration."""
    device: str = ""
    """Name of the device it belongs to, as in ``Device.name``; empty where nothing says so."""
    digest: str = ""
    """sha256 of its bytes."""
    lines: int = 0
    """Lines that say something: not blank, and no separator of the format (``!``, ``#``, prompts, page breaks)."""
    understood: int = 0
    """Of these, the lines that became values or are known to say nothing matric needs."""
    fault: str = ""
    """Why it could not be read whole: "cut short at line 211", "not text", ...; empty where it could."""
    set_aside: str = ""
    """Name of the source whose configuration of the same device was taken instead of this one's; empty where none was.
    What it alone holds is in no device: it is an older word."""


class Unread(Model):
    """Lines that nothing here understands, kept word for word (redacted)."""

    origin: Origin
    text: str
    why: str = ""


class Vlan(Model):
    vid: int
    name: str = ""


class Address(Model):
    """An address of the device itself: SVI, routed port, loopback or management interface."""

    interface: str
    address: str
    """With prefix length: ``10.1.1.1/24``; without where the length was not seen."""
    vid: int | None = None
    relays: tuple[str, ...] = ()
    """DHCP servers it relays to."""


class Port(Model):
    """A physical port or LAG."""

    name: str
    """As the device's configuration writes it, long form: GigabitEthernet1/0/1, 1/1/1, ge-0/0/1, 24, Trk1."""
    description: str = ""
    enabled: bool | None = None
    up: bool | None = None
    speed_mbps: int | None = None
    mode: Literal["access", "trunk", "routed", "member", ""] = ""
    """Empty: not seen."""
    access: int | None = None
    """Untagged VLAN of an access port."""
    voice: int | None = None
    native: int | None = None
    """Untagged VLAN of a trunk."""
    tagged: tuple[int, ...] | None = None
    """VLANs a trunk carries tagged; None: all, or not seen (see ``mode``)."""
    lag: str = ""
    """Name of the LAG it is a member of."""
    dot1x: bool | None = None
    """It authenticates what is plugged in, by 802.1X or MAC address."""
    poe: bool | None = None
    """It may give power."""
    transceiver: str = ""
    """Kind of media, where the device says it: 1000BASE-SX, 10/100/1000BaseTX."""


class Power(Model):
    """What a port gives."""

    port: str
    watts: float | None = None
    device_class: str = ""
    """PoE class 0 to 8, as shown."""
    state: str = ""
    """delivering, searching, denied, fault, off; else the device's word."""


class Neighbour(Model):
    """What LLDP or CDP says is at a port."""

    port: str
    protocol: Literal["lldp", "cdp"]
    name: str = ""
    """System name, without the domain."""
    remote_port: str = ""
    platform: str = ""
    """System description or platform, as told."""
    capabilities: tuple[str, ...] = ()
    """bridge, router, wlan-access-point, telephone, station, ...: the words of IEEE 802.1AB, in lower case."""
    address: str = ""
    """Management address."""
    mac: str = ""
    """Chassis id where it is a MAC address, ``aa:bb:cc:dd:ee:ff``."""
    serial: str = ""
    """Serial number of its LLDP-MED inventory (ANSI/TIA-1057); empty: not told."""


class Mac(Model):
    """One line of a MAC table."""

    mac: str
    """``aa:bb:cc:dd:ee:ff``."""
    port: str
    vid: int | None = None


class Arp(Model):
    ip: str
    mac: str
    interface: str = ""


class Lease(Model):
    """What a DHCP server, a snooping table or a list of leases says of a host."""

    ip: str
    mac: str
    hostname: str = ""
    server: str = ""
    reserved: bool = False


class Wlan(Model):
    ssid: str
    vid: int | None = None
    security: Literal["open", "wep", "wpa", "wpa2-psk", "wpa3-sae", "enterprise", ""] = ""
    """Empty: not seen."""
    enabled: bool = True


class Licence(Model):
    """What a device says of one licence."""

    name: str
    count: int | None = None
    """How many are installed; None: not told."""
    used: int | None = None
    """How many are in use; None: not told."""
    end: str = ""
    """ISO date on which it ends; empty: not told, or it never ends."""
    state: Literal["in use", "not in use", "evaluation", "missing", "expired", ""] = ""
    """missing: in use without one. Empty: not told."""
    permanent: bool = False
    """The device says that it never ends."""
    holder: str = ""
    """Whose account it is registered to; empty: none, or not told."""


class Device(Model):
    """One piece of kit that could be read, from all its sources."""

    name: str
    """Host name; the source's file name where none was seen. Unique in a survey."""
    platform: str = ""
    """Slug as in ``Source``; empty: unknown."""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    os_version: str = ""
    mac: str = ""
    """Base MAC address."""
    management: str = ""
    """The address it was reached at, or that is its management address; without a length."""
    configuration: str = ""
    """Its running configuration, or the newest one that was found; redacted. Empty: not seen."""
    configured_from: Origin | None = None
    vlans: tuple[Vlan, ...] | None = None
    addresses: tuple[Address, ...] | None = None
    gateway: str = ""
    """Default gateway, or next hop of the default route."""
    ports: tuple[Port, ...] | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    macs: tuple[Mac, ...] | None = None
    arps: tuple[Arp, ...] | None = None
    leases: tuple[Lease, ...] | None = None
    power: tuple[Power, ...] | None = None
    power_budget_w: float | None = None
    wlans: tuple[Wlan, ...] | None = None
    licences: tuple[Licence, ...] | None = None
    unread: tuple[Unread, ...] = ()

    def port(self, name: str) -> Port | None:
        """The port of that name."""
        return next((one for one in self.ports or () if one.name == name), None)


class Unseen(Model):
    """Something that is there, by somebody's word, and was not looked at."""

    what: Literal["device", "file", "network", "wireless"]
    name: str
    """Host name, address or file."""
    told_by: tuple[str, ...] = ()
    """``device port`` of each that names it; empty for a file."""
    why: str
    """"no credential was accepted (3 tried)", "no answer on SSH or HTTPS", "not text"."""
    remedy: str = ""


class Survey(Model):
    """Everything that was seen of one school's kit, and what was not."""

    format_version: Literal[1] = FORMAT_VERSION
    school: str
    """Slug."""
    taken_at: str
    """ISO 8601, UTC."""
    how: Literal["live", "folder"]
    devices: tuple[Device, ...] = ()
    leases: tuple[Lease, ...] = ()
    """From lists that belong to no device."""
    sources: tuple[Source, ...] = ()
    unseen: tuple[Unseen, ...] = ()

    def device(self, name: str) -> Device | None:
        """The device of that name."""
        return next((one for one in self.devices if one.name == name), None)
