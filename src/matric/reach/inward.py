"""What a network of strangers reaches of what is inside, whether or not the standard's matrix lets it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matric.intent.school import Network, School
from matric.reach.header import Headers, everything, total
from matric.reach.matrix import distinct
from matric.reach.model import Model
from matric.reach.path import fates
from matric.reach.span import Spans, addresses, less, shared, union
from matric.reach.wanted import inside, wanted

__all__ = ("Inward", "inward")


@dataclass(frozen=True, slots=True)
class Inward:
    """What hosts of a network reach of one part of the trust, or of what is private."""

    network: str
    destination: str
    """A network of the school, the slug of another school, or ``elsewhere``."""
    headers: Headers
    how: str
    """The last station that could have refused it."""


def inward(model: Model, network: Network, *, row: bool) -> tuple[Inward, ...]:
    """What *network* reaches of the trust and of private ranges beside itself, names, time and an address by DHCP.

    With *row*, what its zone ``reaches`` by the standard is none of it. Whatever arrives on some way counts.
    """
    if network.prefix is None or network.zone is None:
        return ()
    school = model.school if row else _alone(model.school, network.zone)
    there = less(inside(model.school), addresses(network.prefix))
    allowed = wanted(school, network)
    seen: list[tuple[Headers, str]] = []
    for start in distinct(model, network):
        for fate in fates(model, start, everything(start.source, there), any_gateway=True):
            if fate.end != "dropped" and (odd := fate.headers - allowed):
                gates = [str(hop) for hop in fate.hops if hop.access_list or "filtered" in hop.does]
                seen.append((odd, gates[-1] if gates else "no list on the way"))
    found: list[Inward] = []
    for name, part in _parts(model.school, network, there):
        if odd := total(headers.to(part) for headers, _ in seen):
            how = next(how for headers, how in seen if headers.to(part))
            found.append(Inward(network.role, name, odd, how))
    return tuple(found)


def _alone(school: School, zone: str) -> School:
    """*school*, whose standard lets *zone* reach no other."""
    zones = {**school.standard.zones, zone: school.standard.zones[zone].model_copy(update={"reaches": ()})}
    return replace(school, standard=school.standard.model_copy(update={"zones": zones}))


def _parts(school: School, own: Network, there: Spans) -> Iterator[tuple[str, Spans]]:
    """*there* in parts that lie apart, by whose they are."""
    taken: Spans = ()
    named = [(one.role, one.prefix) for one in school.networks if one.prefix is not None and one.role != own.role]
    for name, prefix in (*named, *school.foreign):
        part = less(shared(addresses(prefix), there), taken)
        taken = union(taken, part)
        if part:
            yield name, part
    yield "elsewhere", less(there, taken)
