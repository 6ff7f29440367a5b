"""Where a walk goes next: addresses that somebody named, inside the school's own prefixes, each once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from matric.errors import UsageError
from matric.survey.model import Arp, Neighbour

__all__ = ("Frontier", "Scope", "Seen", "may_be_a_switch", "scope")

_FORWARDS = frozenset({"bridge", "router", "switch"})
_NEVER = frozenset({"telephone", "phone", "station", "station-only", "docsis-cable-device"})
_DERIVED = 24
_NARROWEST = 16
"""A prefix larger than a /16 is more than any school, and somebody else's network too."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which addresses may be logged in to."""

    within: tuple[IPv4Network, ...]
    exclude: frozenset[str] = frozenset()

    def why_not(self, address: str) -> str:
        """Why *address* is left alone; empty where it may be asked."""
        if address in self.exclude:
            return "it was excluded"
        if not any(IPv4Address(address) in network for network in self.within):
            return "it is outside the prefixes of the survey"
        return ""


def scope(seeds: Iterable[str], within: Iterable[str], exclude: Iterable[str]) -> Scope:
    """The prefixes given, or each seed's own /24. UsageError where one is none, is vast, or leaves a seed out.

    Without *within*, only private addresses (RFC 1918) may be seeds: around a public one others live.
    """
    given = [_address(one, "--seed") for one in seeds]
    if not given:
        raise UsageError("no address to begin at. Do: give --seed ADDRESS, the core switch's")
    if within:
        networks = tuple(_network(one) for one in within)
    else:
        public = [str(one) for one in given if not any(one in net for net in _PRIVATE)]
        if public:
            raise UsageError(f"{', '.join(public)} is no private address. Do: give --within PREFIX, the school's own")
        networks = tuple(IPv4Network(f"{one}/{_DERIVED}", strict=False) for one in given)
    found = Scope(tuple(dict.fromkeys(networks)), frozenset(str(_address(one, "--exclude")) for one in exclude))
    for one in given:
        if why := found.why_not(str(one)):
            raise UsageError(f"--seed {one} cannot be asked: {why}. Do: correct --within or --exclude")
    return found


_PRIVATE = tuple(IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _address(text: str, option: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except ValueError:
        raise UsageError(
            f"{option} {text} is no IPv4 address; a name is never resolved. Do: give the address"
        ) from None


def _network(text: str) -> IPv4Network:
    try:
        found = IPv4Network(text, strict=False)
    except ValueError:
        raise UsageError(f"--within {text} is no IPv4 prefix. Do: write 10.1.0.0/16") from None
    if found.prefixlen < _NARROWEST:
        raise UsageError(f"--within {text} is more than a school's. Do: give prefixes of /{_NARROWEST} and longer")
    return found


def may_be_a_switch(neighbour: Neighbour) -> bool:
    """Whether a neighbour forwards for others: telephones and computers are never logged in to.

    A telephone bridges to the computer behind it and says so (IEEE 802.1AB, 8.5.8), so it is left out first. One that
    names no capability is taken for a switch only where it names an address.
    """
    capabilities = frozenset(one.lower() for one in neighbour.capabilities)
    if capabilities & _NEVER or any("access-point" in one for one in capabilities):
        return False
    return bool(capabilities & _FORWARDS) or (not capabilities and bool(neighbour.address))


@dataclass
class Seen:
    """One thing that somebody named."""

    name: str = ""
    address: str = ""
    mac: str = ""
    told_by: list[str] = field(default_factory=list[str])
    wireless: bool = False
    kind: str = ""
    """What it says it is: its system description, or its platform."""


@dataclass
class Frontier:
    """What was named, and what of it was handed out. Knows no clock and no socket."""

    scope: Scope
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict[tuple[str, str], Seen])
    """By name and address, as told."""
    _handed: set[str] = field(default_factory=set[str])
    _at: dict[str, str] = field(default_factory=dict[str, str])
    """MAC address -> IPv4 address, from every ARP table."""

    def seed(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            self.seen.setdefault(("", address), Seen(address=address, told_by=["you"]))

    def told(self, device: str, neighbours: Iterable[Neighbour], arps: Iterable[Arp]) -> None:
        """What *device* says of others."""
        for arp in arps:
            if _is_address(arp.ip):
                self._at.setdefault(arp.mac, arp.ip)
        for one in neighbours:
            wireless = any("access-point" in word for word in one.capabilities)
            if not wireless and not may_be_a_switch(one):
                continue
            address = one.address if _is_address(one.address) else ""
            entry = self.seen.setdefault((one.name or one.mac, address), Seen(one.name, address, one.mac))
            entry.wireless = entry.wireless or wireless
            entry.mac, entry.kind = entry.mac or one.mac, entry.kind or one.platform
            if (said := f"{device} {one.port}") not in entry.told_by:
                entry.told_by.append(said)
        for entry in self.seen.values():
            entry.address = entry.address or self._at.get(entry.mac, "")

    def due(self) -> Iterator[str]:
        """Addresses to ask now, each once for the whole walk."""
        for entry in list(self.seen.values()):
            address = entry.address
            if address and not entry.wireless and address not in self._handed and not self.scope.why_not(address):
                self._handed.add(address)
                yield address

    def at(self, address: str) -> tuple[Seen, ...]:
        """What others say of *address*."""
        return tuple(one for one in self.seen.values() if one.address == address)

    def kinds_at(self, address: str) -> str:
        """What others say that the device at *address* is."""
        return " ".join(one.kind for one in self.at(address) if one.kind not in ("", "none"))

    def names_at(self, address: str) -> tuple[str, ...]:
        """What others call the device at *address*."""
        return tuple(dict.fromkeys(one.name for one in self.at(address) if one.name))


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
