"""What the survey did not show and the way rests on, and what no stage keeps."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from matric.survey.transition.gateway import gateway

if TYPE_CHECKING:
    from matric.intent.record import Records
    from matric.survey.adopt.facts import Facts
    from matric.survey.adopt.kit import Kit
    from matric.survey.transition.model import Moved, Side

__all__ = ("doubts",)


def doubts(facts: "Facts", records: "Records", moved: "tuple[Moved, ...]", sides: "tuple[Side, ...]") -> Iterator[str]:
    """Everything that somebody has to look at before the first stage; *moved* are the ports that some stage moves."""
    for kit in facts.kits:
        if kit.replaced_by is not None:
            yield f"{kit.name}: another device takes its place, and what hangs on it moves with the first stage"
        if kit.seen.ports is None:
            yield f"{kit.name}: its ports were not seen, so that nobody knows what moves there"
        if kit.seen.macs is None:
            yield f"{kit.name}: its MAC table was not seen, so that nobody knows what hangs on its ports"
    for side in sides:
        yield from _of_side(facts, side)
    kept = {(one.device, one.port): one for one in moved}
    for kit in facts.kits:
        if kit.replaced_by is None:
            yield from _unkept(facts, records, kit, kept, frozenset(side.box for side in sides))
    yield from _lost(facts, sides)


def _of_side(facts: "Facts", side: "Side") -> Iterator[str]:
    if side.prefix and not side.routed:
        yield (
            f"VLAN {side.vid} ({side.prefix}): {side.why}. Find it, and write it into transition.yaml (gateways): "
            "until then its hosts leave past the trust's filter, and the gate stays closed (SAF-01, SEG-51)"
        )
    if side.takes_over and not side.box:
        yield f"VLAN {side.vid}: no port was seen at which the box with {side.gateway.partition('/')[0]} hangs: find it"
    for server in side.servers:
        if not server.port:
            yield (
                f"VLAN {side.vid}: its DHCP server {server.address} was seen at no port: find it. Once it moves, the "
                "trust's are asked only when the network is cleared"
            )
    if side.routed:
        found = gateway(facts, side.vid, side.prefix, side.gateway)
        for other, names in found.others:
            yield (
                f"VLAN {side.vid}: {other} is the gateway of {', '.join(names)} too, and nothing answers for it from "
                f"stage 1 on: give hosts that have it for theirs {side.gateway.partition('/')[0]} before"
            )


def _unkept(
    facts: "Facts", records: "Records", kit: "Kit", kept: "dict[tuple[str, str], Moved]", boxes: frozenset[str]
) -> Iterator[str]:
    """Ports to somebody else's kit that carry more than one network, or that will: their old networks are not kept."""
    sites = {row.id for row in records.sites if row.slug == facts.slug}
    own = next((row.id for row in records.devices if row.name == kit.name and row.site_id in sites), None)
    final = {row.name: row for row in records.interfaces if row.device_id == own}
    ports: list[str] = []
    phones: list[str] = []
    for port, seen in kit.seen_ports.items():
        row, one = final.get(port), kept.get((kit.name, port))
        if seen.up is False or (kit.name, port) in facts.cabled or seen.lag or row is None or not row.enabled:
            continue
        if f"{kit.name} {port}" in boxes:
            continue
        if one is not None and seen.mode == "trunk":
            tagged = f"VLAN {', '.join(map(str, seen.tagged))}" if seen.tagged else "whatever is tagged"
            yield f"{kit.name} {port}: what is untagged stays beside; {tagged} has no place there from stage 1 on"
        elif one is None and (seen.mode == "trunk" or (seen.mode == "access" and row.mode != "access")):
            ports.append(port)
        elif seen.voice is not None and (one is None or one.voice_before is None):
            phones.append(port)
    if ports:
        yield f"{kit.name} {', '.join(ports)}: no plain port before and after, so what is behind changes at once"
    if phones:
        yield f"{kit.name} {', '.join(phones)}: a telephone there gets the new voice network at once"


def _lost(facts: "Facts", sides: "tuple[Side, ...]") -> Iterator[str]:
    """Addresses of surveyed devices in old networks that may be a gateway, and that no stage keeps."""
    beside = {vid: side for side in sides for vid in side.vids}
    for kit in facts.kits:
        for one in kit.seen.addresses or ():
            old = beside.get(one.vid or 0)
            own = one.address.partition("/")[0]
            if old is None or own in (kit.seen.management, old.gateway.partition("/")[0]):
                continue
            if kit is facts.core and "/" in one.address:
                yield f"VLAN {old.vid}: {one.address} is its gateway too, and only {old.gateway or 'none'} is kept"
            elif kit is not facts.core and not old.routed:
                yield f"VLAN {old.vid}: {kit.name} has {one.address} in it, and loses it at once: is it the gateway?"
