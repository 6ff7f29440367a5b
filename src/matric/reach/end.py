"""The ends of a question: where packets begin, and where they are to arrive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from matric.config import natural
from matric.errors import UsageError
from matric.intent.school import Device, Network
from matric.reach.attachment import Attachment
from matric.reach.domain import Place
from matric.reach.model import Model
from matric.reach.span import Spans, addresses, less, union

__all__ = ("End", "Start", "Target", "end", "starts")


@dataclass(frozen=True, slots=True)
class Target:
    """Where packets are to arrive: *addresses* are somewhere among *places*, or on *device* itself."""

    addresses: Spans
    places: tuple[tuple[str, Place], ...] = ()
    """(name, place); none where nobody says where they are."""
    device: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where packets begin: at an attachment in *place*, at *device* itself, or else outside the school."""

    name: str
    home: Target
    """The addresses whatever is there has, and where its answers arrive."""
    place: Place | None = None
    gateway: IPv4Address | None = None
    """The gateway it was given; None where it may take any."""
    on_link: Spans | None = None
    """What it takes to be beside it; None: the network of its gateway."""
    device: str = ""
    attachment: Attachment | None = None

    @property
    def source(self) -> Spans:
        return self.home.addresses


@dataclass(frozen=True, slots=True)
class End:
    """One end of a question."""

    word: str
    says: str
    """What it stands for."""
    starts: tuple[Start, ...]
    targets: tuple[Target, ...]

    @property
    def addresses(self) -> Spans:
        return union(*(target.addresses for target in self.targets))


def end(model: Model, word: str) -> End:
    """What *word* names: ``internet``, a network or zone of the standard, an address, or ``device:port``."""
    if word == "internet":
        public = Target(model.internet, outside=True)
        return End(word, "every public address", (Start(word, public),), (public,))
    found = [network for network in model.school.networks if word in (network.role, network.zone)]
    if networks := [network for network in found if network.role == word] or found:
        return _networks(model, word, networks)
    if ":" in word:
        return _port(model, word)
    try:
        return _address(model, IPv4Address(word))
    except ValueError:
        names = sorted({network.role for network in model.school.networks if network.prefix is not None})
        raise UsageError(
            f"{model.school.slug} has nothing called {word}. "
            f"Do: use one of {', '.join(names)}, internet, an address, or DEVICE:PORT"
        ) from None


def starts(model: Model, network: Network) -> tuple[Start, ...]:
    """Every attachment of *network*, and the devices themselves where it manages them; else its gateway's VLAN."""
    found = [_at(model, one, network) for one in model.attachments if one.role == network.role]
    if network.role == model.school.standard.management.network:
        # What the gateway sends itself passes none of its own lists: it is no host of the network.
        gates = (
            {name for name, _ in model.holders.get(network.gateway, ())} if network.gateway is not None else set[str]()
        )
        devices = (device for device in model.school.configured if device.management is not None)
        found += [_itself(model, device) for device in devices if device.name not in gates]
    if not found and network.gateway is not None:
        home = Target(_hosts(model, _prefix(network)))
        found = [
            Start(f"VLAN {one.vid} of {name}", home, (name, one.vid), network.gateway)
            for name, one in model.holders.get(network.gateway, ())
            if one.vid is not None
        ]
    return tuple(sorted(found, key=lambda one: natural(one.name)))


def _hosts(model: Model, given: Spans) -> Spans:
    """*given* less what the school's own devices hold: no host has their addresses."""
    return less(given, addresses(*model.holders))


def _prefix(network: Network) -> Spans:
    return addresses(network.prefix) if network.prefix is not None else ()


def _at(model: Model, one: Attachment, network: Network | None) -> Start:
    """A host at *one* has an address of its network where that network's gateway answers; else of whatever does."""
    nets = {gate.address.ip: gate.address.network for gate in model.gateways(one.place)}
    if network is not None and network.gateway is not None and network.gateway in nets:
        nets = {network.gateway: nets[network.gateway]}
    own = _hosts(model, addresses(*nets.values()) or (_prefix(network) if network is not None else ()))
    gateway = next(iter(nets)) if len(nets) == 1 else None
    return Start(one.name, Target(own, ((one.name, one.place),)), one.place, gateway, attachment=one)


def _itself(model: Model, device: Device) -> Start:
    address = device.management.ip if device.management is not None else IPv4Address(0)
    held = next((target for target in _own(model, address) if target.device == device.name), None)
    return Start(device.name, held or Target(addresses(address), device=device.name), device=device.name)


def _own(model: Model, address: IPv4Address) -> Iterator[Target]:
    """The devices that hold *address*."""
    for name, one in model.holders.get(address, ()):
        place = ((f"{name} itself", (name, one.vid)),) if one.vid is not None else ()
        yield Target(addresses(address), place, name)


def _networks(model: Model, word: str, networks: list[Network]) -> End:
    addressed = [network for network in networks if network.prefix is not None]
    if not addressed:
        raise UsageError(f"{word} has no addresses at {model.school.slug}. Do: ask about a network that has a prefix")
    found = tuple(start for network in addressed for start in starts(model, network))
    count = f"{len(found)} place{'s' if len(found) != 1 else ''}"
    says = f"{', '.join(str(network.prefix) for network in addressed)} ({count})"
    return End(word, says, found, tuple(target for network in addressed for target in _targets(model, network)))


def _targets(model: Model, network: Network) -> Iterator[Target]:
    """Hosts, wherever the network's attachments are. A gateway is none; but managed devices are what management is."""
    if network.prefix is None:
        return
    if network.role == model.school.standard.management.network:
        for address in model.holders:
            if address in network.prefix:
                yield from _own(model, address)
    places = tuple((one.name, one.place) for one in model.attachments if one.role == network.role)
    yield Target(_hosts(model, _prefix(network)), places)


def _address(model: Model, address: IPv4Address) -> End:
    if held := tuple(_own(model, address)):
        names = ", ".join(target.device for target in held)
        return End(str(address), names, tuple(Start(one.device, one, device=one.device) for one in held), held)
    own = addresses(address)
    for network in model.school.networks:
        if network.prefix is not None and address in network.prefix:
            found = tuple(
                replace(start, home=replace(start.home, addresses=own))
                for start in starts(model, network)
                if start.place is not None
            )
            rest = tuple(replace(one, addresses=own) for one in _targets(model, network) if not one.device)
            return End(str(address), f"in {network.name}, VLAN {network.vid}", found, rest)
    there = Target(own, outside=True)
    return End(str(address), "outside the school", (Start(str(address), there),), (there,))


def _port(model: Model, word: str) -> End:
    name, _, port = word.partition(":")
    at = [one for one in model.attachments if one.device == name and one.port.casefold() == port.casefold()]
    if not at:
        ports = sorted({one.port for one in model.attachments if one.device == name}, key=natural)
        if not ports:
            names = sorted({one.device for one in model.attachments}, key=natural)
            raise UsageError(f"nothing hangs on a device {name}. Do: use one of {', '.join(names)}")
        raise UsageError(
            f"nothing can hang on {name} {port}: it is shut, leads to a device of ours, or is not there. "
            f"Do: use one of {', '.join(ports)}"
        )
    networks = {network.role: network for network in model.school.networks}
    found = tuple(_at(model, one, networks.get(one.role or "")) for one in at)
    lands = ", ".join(f"VLAN {one.vid} {one.how}" for one in at)
    return End(word, lands, found, tuple(start.home for start in found))
