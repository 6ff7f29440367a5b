"""Who may reach whom, as access lists: one per network with a zone, applied inbound on its SVI.

The lists are stateless. What comes back to a zone that was allowed to ask is let through as established TCP, as UDP
from a service port to a high port, and as ICMP replies; nothing else opens towards a zone that is not listed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from matric.intent.school import Network, School

__all__ = ("AccessList", "Entry", "Side", "zone_list")

PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
STEP = 10


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an entry, in the notations devices use."""

    prefix: str
    """``any``, ``host 10.0.0.1`` or ``10.0.0.0/24``."""
    wildcard: str
    """``any``, ``host 10.0.0.1`` or ``10.0.0.0 0.0.0.255``."""
    masked: str = "any"
    """``any``, ``10.0.0.1`` or ``10.0.0.0/255.255.255.0``."""

    @property
    def pair(self) -> str:
        """Always two: ``0.0.0.0 255.255.255.255``, ``10.0.0.1 0.0.0.0``, ``10.0.0.0 0.0.0.255``."""
        if self.wildcard == "any":
            return "0.0.0.0 255.255.255.255"
        return f"{self.wildcard.removeprefix('host ')} 0.0.0.0" if self.wildcard.startswith("host ") else self.wildcard


ANY = Side("any", "any")


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered entry."""

    number: int
    action: str
    protocol: str
    source: Side
    destination: Side
    source_port: str = ""
    """`` eq bootpc``, with the space before it, or empty."""
    destination_port: str = ""
    """As above; `` established`` and ICMP types stand here too."""

    @property
    def source_number(self) -> str:
        """``source_port`` with numbers for names: `` eq 68``."""
        return _numbered(self.source_port)

    @property
    def destination_number(self) -> str:
        """``destination_port`` with numbers for names, ICMP types too: `` eq 53``, `` 8``; `` established`` stays."""
        return _numbered(self.destination_port)


NUMBERS = {"bootps": 67, "bootpc": 68, "domain": 53, "ntp": 123, "syslog": 514, "echo": 8, "echo-reply": 0}
"""Names that entries use, as IANA numbers them (ports; ICMP types for the last two)."""


def _numbered(port: str) -> str:
    return "".join(f" {NUMBERS.get(word, word)}" for word in port.split())


@dataclass(frozen=True, slots=True)
class AccessList:
    """A named list."""

    name: str
    entries: tuple[Entry, ...]


def side(network: IPv4Network | IPv4Address) -> Side:
    """The end that is *network* or one address."""
    if isinstance(network, IPv4Address) or network.prefixlen == network.max_prefixlen:
        address = network if isinstance(network, IPv4Address) else network.network_address
        return Side(f"host {address}", f"host {address}", str(address))
    return Side(str(network), f"{network.network_address} {network.hostmask}", network.with_netmask)


def zone_list(school: School, network: Network) -> AccessList | None:
    """The list of *network*; None where it has no zone."""
    zone = school.standard.zones.get(network.zone or "")
    if zone is None:
        return None
    rows = tuple(_rows(school, network))
    entries = tuple(
        Entry((at + 1) * STEP, action, protocol, source, destination, source_port, destination_port)
        for at, (action, protocol, source, source_port, destination, destination_port) in enumerate(rows)
    )
    return AccessList(f"ZONE-{network.role.upper()}-IN", entries)


Row = tuple[str, str, Side, str, Side, str]


def _rows(school: School, network: Network) -> Iterator[Row]:
    zone = school.standard.zones[network.zone or ""]
    yield from _services(school, network)
    if zone.users:
        yield from (_row("deny", "ip", side(prefix)) for prefix in _prefixes(school, {_management_zone(school)}))
    else:
        yield from (_row("permit", "ip", side(prefix)) for prefix in school.standard.trust.operators)
    yield from (_row("permit", "ip", side(prefix)) for prefix in _prefixes(school, {network.zone or "", *zone.reaches}))
    yield from _answers(school, network)
    inside = (school.standard.addresses.block, *school.legacy, *PRIVATE)
    yield from (_row("deny", "ip", side(prefix)) for prefix in _outermost(inside))
    yield _row("deny" if zone.internet == "none" else "permit", "ip", ANY)


def _row(action: str, protocol: str, destination: Side, port: str = "") -> Row:
    return action, protocol, ANY, "", destination, port


def _services(school: School, network: Network) -> Iterator[Row]:
    """What everything may use: addresses by DHCP, names, time, and its own gateway's echo."""
    services = school.standard.services
    if network.dhcp_relay:
        yield "permit", "udp", ANY, " eq bootpc", ANY, " eq bootps"
    yield from (_row("permit", "udp", side(server), " eq domain") for server in services.dns)
    yield from (_row("permit", "tcp", side(server), " eq domain") for server in services.dns)
    yield from (_row("permit", "udp", side(server), " eq ntp") for server in services.ntp)
    if network.gateway is not None:
        yield _row("permit", "icmp", side(network.gateway), " echo")
    if network.role == school.standard.management.network:
        yield from (_row("permit", "udp", side(server), " eq syslog") for server in services.syslog)
        yield from (_row("permit", "udp", side(manager)) for manager in services.snmp.managers)
        yield from (_row("permit", "udp", side(server.address)) for server in services.radius)


def _answers(school: School, network: Network) -> Iterator[Row]:
    """What comes back to the zones that may reach this one, but that it may not reach itself."""
    zones = school.standard.zones
    here, management = network.zone or "", _management_zone(school)
    asking = {
        name
        for name, zone in zones.items()
        if here in zone.reaches and name not in zones[here].reaches and not (zone.users and here == management)
    }
    for prefix in _prefixes(school, asking):
        there = side(prefix)
        yield "permit", "tcp", ANY, "", there, " established"
        yield "permit", "udp", ANY, " range 1 1023", there, " gt 1023"
        yield "permit", "icmp", ANY, "", there, " echo-reply"


def _management_zone(school: School) -> str:
    role = school.standard.networks.get(school.standard.management.network)
    return (role.zone if role is not None else None) or ""


def _prefixes(school: School, zones: set[str]) -> tuple[IPv4Network, ...]:
    """Prefixes of the school's networks in *zones*, in order of address."""
    return tuple(sorted(net.prefix for net in school.networks if net.prefix is not None and net.zone in zones))


def _outermost(prefixes: Iterable[IPv4Network]) -> tuple[IPv4Network, ...]:
    """*prefixes* less those inside another, in order of address."""
    every = sorted(set(prefixes))
    return tuple(one for one in every if not any(one != other and one.subnet_of(other) for other in every))
