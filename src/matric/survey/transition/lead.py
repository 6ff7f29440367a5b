"""What is done before each stage, what is another than before when it is done, and how that is seen."""

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from matric.intent.check_standard import planned
from matric.survey.transition import gateway
from matric.survey.transition.model import Lead, Moved, Order, Side

if TYPE_CHECKING:
    from matric.survey.adopt.facts import Facts

__all__ = ("at_once_leads", "beside_changes", "beside_leads", "beside_tests", "move_changes", "move_leads")


def _trusts(facts: "Facts") -> str:
    """The trust's DHCP servers, as told."""
    return ", ".join(str(one) for one in facts.standard.services.dhcp)


def beside_leads(facts: "Facts", sides: tuple[Side, ...]) -> Iterator[Lead]:
    """Before the switches come onto the standard."""
    yield Lead(days=14, what="tell everybody who owns a critical system what happens when")
    routed = [side for side in sides if side.routed]
    if routed:
        offline = {name for name, zone in facts.standard.zones.items() if zone.internet == "none"}
        ranges = ", ".join(
            f"{side.prefix} ({'no internet' if side.zone in offline else f'filter {side.filter_policy}'})"
            for side in routed
        )
        yield Lead(days=7, what=f"have the trust's router lead to the core, translate and filter: {ranges}")
    for side in sides:
        if side.takes_over:
            yield Lead(
                days=7,
                what=f"see what else {_box(side)} does (addresses by DHCP, port forwards, VPN, other networks): it is "
                "unplugged at this stage",
            )
    for side in routed:
        if not side.servers:
            yield _scope(facts, side, _today(facts, side))
    yield Lead(
        days=2,
        what="have the RADIUS servers let in what is to log in while it is in its old VLAN too (by address what cannot "
        "by 802.1X), and name no VLAN for it until it has moved",
    )
    yield Lead(days=1, what=f"ask each owner for a word on this stage: matric endpoints {facts.slug} --critical")


def _today(facts: "Facts", side: Side) -> str:
    """Who gives out the side's addresses today and stops at the first stage."""
    found = (*gateway.relays(facts, side.vid), *gateway.gateway(facts, side.vid, side.prefix).pools)
    return ", ".join(dict.fromkeys(found))


def _scope(facts: "Facts", side: Side, old: str) -> Lead:
    own = side.gateway.partition("/")[0]
    return Lead(
        days=2,
        what=f"make the scope for {side.prefix} on {_trusts(facts)}, gateway {own}, with the leases, reservations and "
        f"options of {old or 'whoever gives its addresses out today'}, less the addresses set by hand",
    )


def _box(side: Side) -> str:
    return f"the box that has {side.gateway.partition('/')[0]}" + (f" at {side.box}" if side.box else "")


def beside_changes(sides: tuple[Side, ...]) -> Iterator[str]:
    """What is another when the switches are on the standard."""
    for side in sides:
        own = side.gateway.partition("/")[0]
        if side.also:
            more = " and ".join(f"VLAN {vid}" for vid in side.also)
            yield (
                f"VLAN {side.vid} ({side.name}) and {more}, which a cable makes one today, run as VLAN "
                f"{side.vid_during}: addresses stay"
            )
        elif side.vid_during != side.vid:
            yield f"VLAN {side.vid} ({side.name}) runs as VLAN {side.vid_during}: addresses stay, the number is another"
        if side.takes_over:
            where = f"from {side.box}, whose port gets what the standard says" if side.box else "wherever it hangs"
            yield (
                f"the core answers for {own} in {side.prefix} from this stage on: unplug the box that has it today "
                f"{where}. Two that answer for one address break the network"
            )
        if side.routed and not side.servers:
            yield f"requests for an address in {side.prefix} go to the trust's DHCP servers; switches take no other's"
        for server in side.servers:
            at = f" at {server.device} {server.port}" if server.port else ""
            yield f"{server.address}{at} goes on giving out addresses in {side.prefix}"


def beside_tests(sides: tuple[Side, ...]) -> Iterator[str]:
    """How it is seen that the old networks go on."""
    for side in sides:
        own = side.gateway.partition("/")[0]
        if side.routed:
            yield f"a host in VLAN {side.vid_during} still reaches {own}, its gateway"
        if side.takes_over:
            yield (
                f"arp -a on a host shows the core's address for {own}; where it still shows the old box's, empty the "
                "host's ARP cache or pull its cable"
            )
    if any(side.routed for side in sides):
        yield "a host whose cable was pulled gets the address it had"


def move_leads(
    facts: "Facts", order: Order, moved: tuple[Moved, ...], sides: tuple[Side, ...], earlier: tuple[Moved, ...]
) -> Iterator[Lead]:
    """Before ports go to their new network; *earlier* are those that stages before have moved."""
    lowered = _of(earlier, sides)
    for side in _of(moved, sides):
        if side.prefix and side in lowered:
            yield Lead(days=1, what=f"see that the DHCP lease of {side.prefix} is 1 hour still")
        elif side.prefix:
            yield _lease(order, side.prefix, ", ".join(one.address for one in side.servers) or _trusts(facts))
    for side in _left(moved, sides):
        yield _scope(facts, side, ", ".join(one.address for one in side.servers))
    yield from _arrivals(facts, moved)


def at_once_leads(facts: "Facts", order: Order, moved: tuple[Moved, ...]) -> Iterator[Lead]:
    """Before ports go to their new network with the first stage."""
    for vid in sorted({one.vid_before for one in moved}):
        if prefix := facts.prefixes.get(vid, ""):
            yield _lease(order, prefix, ", ".join(gateway.relays(facts, vid)))
    yield from _arrivals(facts, moved)


def _arrivals(facts: "Facts", moved: tuple[Moved, ...]) -> Iterator[Lead]:
    """What has to be there before hosts come to their new network."""
    for role in sorted({one.role for one in moved}):
        if facts.standard.networks[role].dhcp_relay:
            new = planned(facts.standard, facts.slug, role) or ""
            yield Lead(days=2, what=f"make the scope for {new} on {_trusts(facts)}, with the options of the old one")
    fixed = sorted({f"{one.device} {one.port}: {', '.join(one.fixed)}" for one in moved if one.fixed})
    if fixed:
        yield Lead(
            days=7, what="turn addresses set by hand into reservations, or be there to change them: " + "; ".join(fixed)
        )
        yield Lead(days=1, what="lower the DNS lifetime of their names to 300 s")


def _of(moved: Iterable[Moved], sides: tuple[Side, ...]) -> list[Side]:
    vids = {vid for one in moved for vid in (one.vid_before, one.voice_before)}
    return [side for side in sides if vids.intersection(side.vids)]


def _left(moved: tuple[Moved, ...], sides: tuple[Side, ...]) -> list[Side]:
    """Old networks whose DHCP server is among what moves."""
    ends = {(one.device, one.port) for one in moved}
    return [side for side in sides if any((one.device, one.port) in ends for one in side.servers)]


def move_changes(facts: "Facts", moved: tuple[Moved, ...], sides: tuple[Side, ...]) -> Iterator[str]:
    for side in _left(moved, sides):
        gone = ", ".join(one.address for one in side.servers)
        yield f"{gone} moves: requests for an address in {side.prefix} go to {_trusts(facts)} from this stage on"


def _lease(order: Order, prefix: str, where: str) -> Lead:
    """A host asks again when half of its lease has passed (RFC 2131, 4.4.5): by then all leases must be short."""
    at = f" on {where}" if where else ""
    last = f"leases given before last {order.lease_hours} h"
    return Lead(days=math.ceil(order.lease_hours / 24), what=f"lower the DHCP lease of {prefix}{at} to 1 hour: {last}")
