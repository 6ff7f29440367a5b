"""Where a walk goes next: addresses that somebody named, inside the school's own prefixes, each once."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from matric.errors import UsageError
from matric.survey import kit
from matric.survey.model import Arp, Neighbour

__all__ = ("Frontier", "Scope", "Seen", "Word", "is_address", "scope")

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


@dataclass
class Seen:
    """One thing that somebody named."""

    name: str = ""
    address: str = ""
    mac: str = ""
    forwards: bool = False
    """A neighbour says that it is a switch or a router."""
    kind: str = ""
    """What it says it is: its system description, or its platform."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of an address before anybody has looked at it."""

    engineer: bool = False
    """Whoever runs the survey named it."""
    forwards: bool = False
    """A neighbour says that it is a switch or a router."""
    kind: str = ""
    """What its neighbours were told it is."""
    macs: tuple[str, ...] = ()
    named: bool = True
    """A neighbour, or the engineer, named it; False: it only stands in an ARP table."""


@dataclass
class Frontier:
    """What was named, and what of it was handed out. Knows no clock and no socket."""

    scope: Scope
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict[tuple[str, str], Seen])
    """By name and address, as told."""
    _seeds: set[str] = field(default_factory=set[str])
    _handed: set[str] = field(default_factory=set[str])
    _at: dict[str, str] = field(default_factory=dict[str, str])
    """MAC address -> IPv4 address, from every ARP table."""
    _edge: set[str] = field(default_factory=set[str])
    """MAC addresses and addresses of what is no switch by a neighbour's word."""

    def seed(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            self._seeds.add(address)
            self.seen.setdefault(("", address), Seen(address=address))

    def told(self, neighbours: Iterable[Neighbour], arps: Iterable[Arp]) -> None:
        """What a device says of others."""
        for arp in arps:
            if is_address(arp.ip):
                self._at.setdefault(arp.mac, arp.ip)
        for one in neighbours:
            sort = kit.sort_of(one)
            address = one.address if is_address(one.address) else ""
            if sort in ("edge", "wireless"):
                self._edge |= {one.mac, address} - {""}
                continue
            entry = self.seen.setdefault((one.name or one.mac, address), Seen(one.name, address, one.mac))
            entry.forwards = entry.forwards or sort == "switch"
            entry.mac, entry.kind = entry.mac or one.mac, entry.kind or one.platform
        for entry in self.seen.values():
            entry.address = entry.address or self._at.get(entry.mac, "")

    def due(self) -> Iterator[str]:
        """Addresses to ask now, each once for the whole walk: those that somebody named."""
        for entry in list(self.seen.values()):
            yield from self._hand(entry.address)

    def last(self, own: Container[str]) -> Iterator[str]:
        """Addresses to ask when nobody new is named: those in ARP tables whose maker makes network equipment, without
        what neighbours say is none, and without *own*, MAC addresses and addresses of the devices that were seen.
        """
        for mac, address in list(self._at.items()):
            known = {mac, address} & self._edge or mac in own or address in own
            if not known and not self.scope.why_not(address) and kit.network_maker(mac):
                yield from self._hand(address)

    def _hand(self, address: str) -> Iterator[str]:
        if address and address not in self._handed and not self.scope.why_not(address):
            self._handed.add(address)
            yield address

    def word(self, address: str) -> Word:
        """What is said of *address*."""
        here = [one for one in self.seen.values() if one.address == address]
        heard = {one.mac for one in here} | {mac for mac, at in self._at.items() if at == address}
        return Word(
            engineer=address in self._seeds,
            forwards=any(one.forwards for one in here),
            kind="\n".join(one.kind for one in here if one.kind not in ("", "none")),
            macs=tuple(sorted(heard - {""})),
            named=bool(here),
        )

    def place(self, address: str, mac: str) -> str:
        """*address*, else that which ARP tables give for *mac*; empty where nobody tells it."""
        return address or self._at.get(mac, "")


def is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
