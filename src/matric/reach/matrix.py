"""The zone matrix, proved: every network does what the standard says of its zone, nothing more and nothing less.

Hosts are taken to have addresses of their network, and to give their packets to whatever router is in their VLAN.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from matric.intent.school import Network
from matric.reach.astray import astray, mixed
from matric.reach.breach import Breach
from matric.reach.end import Start, Target, end, starts
from matric.reach.fate import Fate, Hop
from matric.reach.header import Headers, everything, total
from matric.reach.model import Model
from matric.reach.path import fates, judged_at
from matric.reach.span import UNICAST, Spans, addresses, less, shared, union
from matric.reach.wanted import inside, wanted

__all__ = ("Matrix", "Pair", "distinct", "zone_matrix")


@dataclass(frozen=True, slots=True)
class Pair:
    """What one network sends to another network, to the internet, or to the rest of the trust (``elsewhere``)."""

    source: str
    destination: str
    wanted: Headers
    passes: Headers
    """What arrives from some place or on some way."""
    certain: Headers
    """What arrives from everywhere and on every way."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every pair, and what is wrong."""

    pairs: tuple[Pair, ...]
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        """True where every pair is as the standard says, and something was looked at."""
        return bool(self.pairs) and not self.breaches


def zone_matrix(model: Model) -> Matrix:
    """Every pair of networks with a zone, the internet and the rest of the trust, from every attachment."""
    pairs: list[Pair] = []
    lost = tuple(astray(model))
    breaches = [*lost, *mixed(model)]
    addressed = [one for one in model.school.networks if one.prefix is not None and one.zone is not None]
    # What is astray is told as that, and not once more as whatever follows from it.
    names = frozenset(one.object for one in lost)
    targets = tuple(_found(target, names) for target in _everywhere(model))
    for network in addressed:
        found, wrong = _row(model, network, targets, names)
        pairs.extend(found)
        breaches.extend(wrong)
    return Matrix(tuple(pairs), tuple(dict.fromkeys(breaches)))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What becomes of everything that one attachment sends."""

    asked: Headers
    may: Headers
    missed: Headers
    blame: tuple[tuple[Fate, bool], ...]


def _found(target: Target, astray_: frozenset[str]) -> Target:
    return replace(target, places=tuple(one for one in target.places if one[0] not in astray_))


def _row(
    model: Model, network: Network, targets: tuple[Target, ...], astray_: frozenset[str]
) -> tuple[list[Pair], list[Breach]]:
    """What *network* sends, by destination. What is odd is looked for at each attachment by itself."""
    wants = wanted(model.school, network)
    seen = [_seen(model, start, targets) for start in distinct(model, network, astray_)]
    # The same to every destination, so worked out once.
    told = [(one, wants & one.asked, one.may - one.missed) for one in seen]
    pairs: list[Pair] = []
    breaches: list[Breach] = []
    for name, there in _columns(model):
        for one, rights, certain in told:
            right = rights.to(there)
            ends = f"{network.role} to {name}"
            if more := one.may.to(there) - right:
                breaches.append(_breach(ends, "more", more.compact, one.blame))
            if fewer := right - certain.to(there):
                breaches.append(_breach(ends, "less", fewer.compact, one.blame))
        passes, missed = total(one.may.to(there) for one in seen), total(one.missed.to(there) for one in seen)
        right = total(rights.to(there) for _, rights, _ in told)
        pairs.append(Pair(network.role, name, right, passes, (passes - missed).compact))
    return pairs, breaches


def _seen(model: Model, start: Start, targets: tuple[Target, ...]) -> _Seen:
    asked = everything(start.source, UNICAST)
    may: list[Headers] = []
    missed: list[Headers] = []
    blame: list[tuple[Fate, bool]] = []
    for any_gateway in (False, True) if _choice(model, start) else (False,):
        for fate in fates(model, start, asked, any_gateway=any_gateway):
            for one, good in judged_at(model, fate, targets):
                blame.append((one, good))
                if good:
                    may.append(one.headers)
                elif not any_gateway:
                    missed.append(one.headers)
    return _Seen(asked, total(may), total(missed), tuple(blame))


def _breach(name: str, kind: Literal["more", "less"], odd: Headers, blame: Iterable[tuple[Fate, bool]]) -> Breach:
    hops: tuple[Hop, ...] = ()
    last = "nothing leads there"
    for fate, good in blame:
        if good is (kind == "more") and fate.headers & odd:
            hops = fate.hops
            last = fate.why or next((str(hop) for hop in reversed(hops) if hop.access_list), "it arrives")
            break
    word = "passes, and the standard does not let it" if kind == "more" else "does not pass, and the standard lets it"
    return Breach(kind, name, f"{word}: {last}", odd, hops)


def _choice(model: Model, start: Start) -> bool:
    """True where a host at *start* may take another router than the one it was given."""
    if start.place is None:
        return False
    spread = model.domains.spread(start.place)
    return len(model.gateways(start.place)) > 1 or any(place in spread for place, _, _ in model.routers)


def distinct(model: Model, network: Network, but: frozenset[str] = frozenset()) -> Iterator[Start]:
    """The attachments of *network* less those named in *but*, one of those that fare alike.

    They do if they have the same addresses in the same broadcast domain and the same doubts on the way to its
    gateways: where two ways to a gateway are certain, so is the way from one to the other. Devices that send themselves
    do if they have the same routes and VLANs for them; theirs are put together.
    """
    found: dict[tuple[object, ...], Start] = {}
    for start in starts(model, network):
        if start.name in but:
            continue
        key = _fares(model, start)
        if key not in found:
            found[key] = start
        elif start.place is None:
            home = found[key].home
            found[key] = replace(found[key], home=replace(home, addresses=union(home.addresses, start.source)))
    yield from found.values()


def _fares(model: Model, start: Start) -> tuple[object, ...]:
    """Everything that what becomes of its packets depends on."""
    if start.place is None:
        switch = model.held[start.device]
        up = [one for one in switch.interfaces.values() if model.up(start.device, one)]
        places = [(start.device, one.vid) for one in up if one.vid is not None]
        if switch.forwards or len(up) != 1 or not places:
            return (start.device,)
        net = up[0].address.network if up[0].address is not None else None
        gates = [gate.place for gate in model.gateways(places[0])]
        doubts = tuple(model.domains.doubt(places[0], place) for place in gates)
        return switch.routes, net, frozenset(model.domains.spread(places[0])), doubts
    name = start.attachment.access_list if start.attachment is not None else ""
    listed = (start.place[0], name) if name else ()
    doubts = tuple(model.domains.doubt(start.place, gate.place) for gate in model.gateways(start.place))
    return start.source, start.gateway, listed, _domain(model, start), doubts


def _domain(model: Model, start: Start) -> frozenset[tuple[str, int]]:
    return frozenset(model.domains.spread(start.place)) if start.place is not None else frozenset()


def _columns(model: Model) -> Iterator[tuple[str, Spans]]:
    """Every destination there is, in parts that lie apart."""
    networks = [one for one in model.school.networks if one.prefix is not None and one.zone is not None]
    taken: Spans = ()
    for network in networks:
        if network.prefix is not None:
            yield network.role, less(addresses(network.prefix), taken)
            taken = union(taken, addresses(network.prefix))
    rest = less(UNICAST, taken)
    trust = inside(model.school)
    yield "elsewhere", shared(rest, trust)
    yield "internet", less(rest, trust)


def _everywhere(model: Model) -> tuple[Target, ...]:
    """Every destination as a target: networks on their places, and whatever else lies behind the router."""
    inside = [
        target
        for network in model.school.networks
        if network.prefix is not None and network.zone is not None
        for target in end(model, network.role).targets
    ]
    ours = union(*(target.addresses for target in inside))
    others = [
        replace(target, addresses=less(target.addresses, ours))
        for address in model.holders
        for target in end(model, str(address)).targets
    ]
    rest = less(UNICAST, union(ours, *(target.addresses for target in others)))
    return (*inside, *(one for one in others if one.addresses), Target(rest, outside=True))
