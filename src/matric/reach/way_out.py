"""Every way from a school to the internet."""

from dataclasses import dataclass

from matric.reach.fate import Hop
from matric.reach.header import Headers, everything
from matric.reach.matrix import distinct
from matric.reach.model import Model
from matric.reach.path import fates
from matric.reach.wanted import ASKS_FOR_ADDRESS

__all__ = ("WayOut", "only_ways_out", "ways_out")


@dataclass(frozen=True, slots=True)
class WayOut:
    """A way from a network to the internet."""

    network: str
    start: str
    next_hop: str
    filtered: bool
    """True where it leads to the school's router, behind which the trust's filter stands."""
    headers: Headers
    hops: tuple[Hop, ...]


def ways_out(model: Model) -> tuple[WayOut, ...]:
    """Every way from any network with a zone to the internet; by whatever gateway a host may take."""
    found: dict[tuple[str, str, bool], WayOut] = {}
    for network in model.school.networks:
        if network.prefix is None or network.zone is None:
            continue
        for start in distinct(model, network):
            asked = everything(start.source, model.internet) - ASKS_FOR_ADDRESS
            for fate in fates(model, start, asked, any_gateway=True):
                if fate.end != "out":
                    continue
                key = (network.role, fate.next_hop, fate.filtered)
                way = WayOut(network.role, start.name, fate.next_hop, fate.filtered, fate.headers, fate.hops)
                found.setdefault(key, way)
    return tuple(found.values())


def only_ways_out(model: Model) -> tuple[WayOut, ...]:
    """The ways out that do not lead through the filter; none where every network leaves only through it."""
    return tuple(way for way in ways_out(model) if not way.filtered)
