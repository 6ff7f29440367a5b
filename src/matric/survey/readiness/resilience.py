"""What a joining school hangs on: boxes whose failure takes others with them, chains, switches nobody manages."""

from collections import Counter
from collections.abc import Iterator

from matric.survey.model import Device
from matric.survey.readiness.known import Known
from matric.survey.readiness.model import Gap, KitLine

__all__ = ("gaps",)

_CHAIN = 2
"""More cables than these between a switch and the core are a chain."""
_CROWD = 3
"""So many addresses on a port without a neighbour have a switch of their own behind it."""


def gaps(known: Known) -> Iterator[Gap]:
    graph = known.graph
    if not graph.root:
        return
    depths = graph.depths
    between = {name: below for name in depths if name != graph.root and (below := graph.below(name))}
    if between:
        yield Gap(
            kind="single-uplink",
            area="resilience",
            when="later",
            hours=known.effort.of("single-uplink", len(between)),
            title="When one switch fails, others go dark with it"
            + (f": true of {len(between)} switches" if len(between) > 1 else ""),
            detail="; ".join(f"{name} takes {', '.join(below)} with it" for name, below in sorted(between.items())),
            objects=tuple(sorted(between)),
            remedy="give what hangs on them a second cable towards the core",
            source="DfE Network switching (core standard)",
        )
    chained = sorted(name for name, depth in depths.items() if depth > _CHAIN)
    if chained:
        yield Gap(
            kind="daisy-chain",
            area="resilience",
            when="later",
            hours=known.effort.of("daisy-chain", len(chained)),
            title=f"{len(chained)} switches hang on other switches one behind the other"
            if len(chained) > 1
            else "One switch hangs on others one behind the other",
            detail="; ".join(f"{name} is {depths[name]} cables from {graph.root}" for name in chained),
            objects=tuple(chained),
            remedy="cable them to the core",
        )
    hidden = sorted(_hidden(known), key=lambda one: (one[0].name, one[1]))
    if hidden:
        yield Gap(
            kind="unmanaged-switch",
            area="kit",
            when="before-cut-over",
            hours=known.effort.of("unmanaged-switch", len(hidden)),
            kit=(
                KitLine(
                    item="access switch, 8 ports with PoE",
                    quantity=len(hidden),
                    where=tuple(known.place(device, port) for device, port in hidden),
                ),
            ),
            decides="business",
            title=f"{len(hidden)} small switch{'' if len(hidden) == 1 else 'es'} that nobody manages "
            f"{'stands' if len(hidden) == 1 else 'stand'} under a desk",
            detail="several addresses and no neighbour on "
            + "; ".join(f"{device.name} {port}" for device, port in hidden),
            objects=tuple(f"{device.name} {port}" for device, port in hidden),
            remedy="find them; cable their devices to the wall, or replace each with one that is managed",
        )


def _hidden(known: Known) -> Iterator[tuple[Device, str]]:
    """Edge ports with a crowd behind them."""
    for device in known.survey.devices:
        busy = {one.port for one in device.neighbours or ()}
        lags = {port.name: port.lag for port in device.ports or () if port.lag}
        busy |= {lags[port] for port in tuple(busy) if port in lags}
        seen = Counter({(one.port, one.mac) for one in device.macs or ()})
        crowd = Counter(port for port, _ in seen)
        for port, count in crowd.items():
            if (
                count >= _CROWD
                and port not in busy
                and not port.lower().startswith(("vlan", "cpu", "po", "trk", "ae", "lag"))
            ):
                yield device, port
