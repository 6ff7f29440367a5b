"""The stages of a transition: what runs side by side, what moves when, and what has to be done before."""

import math
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from matric.intent.check_standard import planned
from matric.intent.limit import LIMITS
from matric.intent.record import Records
from matric.intent.standard import Standard
from matric.survey.transition.model import Lead, Moved, Order, Side, Stage, Transition

if TYPE_CHECKING:
    from matric.survey.adopt.facts import Facts
    from matric.survey.endpoint.model import Endpoint

__all__ = ("USUAL", "course")

USUAL = ("wireless", "printer", "guest", "byod", "pupil", "staff", "voice", "server", "building", "camera", "till")
"""The usual order: what asks for its address anew and harms least comes first, what people depend on comes last."""
FIRST_SPARE = 3001
"""VLAN numbers from here on are given to old networks whose own number the standard uses."""


def course(facts: "Facts", records: Records, order: Order, endpoints: "tuple[Endpoint, ...]") -> Transition:
    """The way from what *facts* show to the school in *records*, which is as the standard wants it in the end."""
    moved = tuple(_moved(facts, records, endpoints))
    sides, at_once = _sides(facts, records, order, moved)
    beside = {side.vid for side in sides}
    stages = tuple(_numbered(_stages(facts, order, tuple(one for one in moved if one.vid_before in beside), sides)))
    return Transition(
        school=facts.slug,
        sides=sides,
        stages=stages,
        at_once=tuple(at_once),
        doubts=(*_doubts(facts, moved, sides), *_unkept(facts, records), *_gateways(facts, sides)),
    )


def _moved(facts: "Facts", records: Records, endpoints: "tuple[Endpoint, ...]") -> Iterator[Moved]:
    """Every access port whose network is another one in the end."""
    devices = {row.id: row.name for row in records.devices if _of(records, row.site_id) == facts.slug}
    roles = {row.id: row.role or "" for row in records.vlans}
    hanging: dict[tuple[str, str], list[Endpoint]] = {}
    for one in endpoints:
        if one.place.how != "unknown":
            hanging.setdefault((one.place.device, one.place.port), []).append(one)
    final = {(devices[row.device_id], row.name): row for row in records.interfaces if row.device_id in devices}
    for kit in facts.kits:
        for port, _ in () if kit.replaced_by is not None else kit.ports:
            seen, row = kit.seen_ports.get(port), final.get((kit.name, port))
            if seen is None or row is None or seen.mode != "access" or seen.access is None or row.mode != "access":
                continue
            role = roles.get(row.untagged_vlan_id or 0, "")
            if not row.enabled or not role or role == facts.standard.parking or not _changes(facts, seen.access, role):
                continue
            there = hanging.get((kit.seen.name, seen.name), [])
            yield Moved(
                device=kit.name,
                port=port,
                role=role,
                vid_before=seen.access,
                hosts=tuple(_called(one) for one in there),
                fixed=tuple(ip for one in there for ip in one.ips if one.addressing not in {"dhcp", "reserved"}),
            )


def _of(records: Records, site_id: int) -> str:
    return next((row.slug for row in records.sites if row.id == site_id), "")


def _changes(facts: "Facts", vid: int, role: str) -> bool:
    """Whether what is in VLAN *vid* gets another number or another prefix in the network of *role*."""
    network = facts.standard.networks.get(role)
    if network is None:
        return False  # it is agreed as the school's own, and stays
    return network.vid != vid or facts.prefixes.get(vid, "") != _after(facts, role)


def _after(facts: "Facts", role: str) -> str:
    return str(planned(facts.standard, facts.slug, role) or "")


def _called(one: "Endpoint") -> str:
    return " ".join(part for part in (one.kind, one.host or one.mac) if part)


def _sides(
    facts: "Facts", records: Records, order: Order, moved: tuple[Moved, ...]
) -> tuple[tuple[Side, ...], list[str]]:
    """The old networks that can run beside, and why the others cannot."""
    if order.whole:
        return (), []
    taken = {network.vid for network in facts.standard.networks.values()} | {
        row.vid for row in records.vlans if row.site_id is not None and _of(records, row.site_id) == facts.slug
    }
    reserved = [span for kit in facts.kits if kit.platform for span in LIMITS[kit.platform].reserved_vids]
    sides: list[Side] = []
    at_once: list[str] = []
    for vid in sorted({one.vid_before for one in moved}):
        prefix, gateway = facts.prefixes.get(vid, ""), _gateway(facts, vid)
        clash = _clash(facts, records, prefix)
        name = next((vlan.name for kit in facts.kits for vlan in kit.seen.vlans or () if vlan.vid == vid), "")
        if clash and gateway:
            at_once.append(
                f"VLAN {vid} ({prefix}): {clash}, and the core is its gateway, so that it cannot be routed beside"
            )
            continue
        if other := _joined_to(facts, vid, prefix, gateway):
            at_once.append(
                f"VLAN {vid} ({prefix}): VLAN {other} has this range and its gateway, so that something passes frames "
                "between the two; on the standard nothing does"
            )
            continue
        during = vid if vid not in taken and vid != 1 and not _in(vid, reserved) else _spare(taken, reserved)
        taken.add(during)
        zone, policy = _zone(facts, vid)
        why = (
            "" if gateway else clash or ("no address of the core is in it" if prefix else "nobody has an address in it")
        )
        sides.append(
            Side(
                vid=vid, name=name or f"VLAN {vid}", prefix=prefix, vid_during=during, zone=zone, filter_policy=policy,
                routed=bool(gateway), gateway=gateway, why=why,
            )
        )  # fmt: skip
    return tuple(sides), at_once


def _gateway(facts: "Facts", vid: int) -> str:
    """The core's own address in VLAN *vid*, with its length; empty where it has none."""
    core = facts.core
    found = [
        one.address for one in (core.seen.addresses if core else None) or () if one.vid == vid and "/" in one.address
    ]
    return found[0] if found else ""


def _joined_to(facts: "Facts", vid: int, prefix: str, gateway: str) -> int | None:
    """The VLAN that has the gateway of *vid*'s range, where a cable or a loop joins the two."""
    if gateway or not prefix:
        return None
    ours = IPv4Network(prefix)
    core = facts.core
    there = (one for one in (core.seen.addresses if core else None) or () if one.vid not in (None, vid))
    return next((one.vid for one in there if "/" in one.address and IPv4Interface(one.address).ip in ours), None)


def _clash(facts: "Facts", records: Records, prefix: str) -> str:
    if not prefix:
        return ""
    ours = IPv4Network(prefix)
    for school, block in sorted(facts.standard.addresses.schools.items()):
        if ours.overlaps(block):
            return f"it overlaps {block} of {school if school != facts.slug else 'its own new networks'}"
    sites = {row.id: row.slug for row in records.sites}
    for row in records.prefixes:
        school = sites.get(row.scope_id or 0, "") if row.scope_type == "dcim.site" else "the trust"
        if (
            ":" not in row.prefix
            and row.vrf_id is None
            and school != facts.slug
            and ours.overlaps(IPv4Network(row.prefix))
        ):
            return f"it overlaps {row.prefix} of {school}"
    return ""


def _in(vid: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= vid <= last for first, last in spans)


def _spare(taken: set[int], reserved: list[tuple[int, int]]) -> int:
    return next(vid for vid in range(FIRST_SPARE, 4095) if vid not in taken and not _in(vid, reserved))


def _zone(facts: "Facts", vid: int) -> tuple[str, str]:
    """What the old network is treated as: what its name means, else what pupils are, the strictest of the people."""
    standard: Standard = facts.standard
    meaning = facts.meanings.get(vid)
    role = meaning.role if meaning is not None and meaning.role in standard.networks else None
    network = standard.networks.get(role or "") or standard.networks.get("pupil")
    if network is None or network.zone is None:
        people = [name for name, zone in standard.zones.items() if zone.users and zone.internet == "filtered"]
        return (people[0] if people else next(iter(standard.zones))), ""
    return network.zone, network.filter_policy or ""


def _stages(facts: "Facts", order: Order, moved: tuple[Moved, ...], sides: tuple[Side, ...]) -> Iterator[Stage]:
    slug, beside = facts.slug, {side.vid: side for side in sides}
    back = f"matric revert RUN goes back to the configurations from before (matric status {slug} names the run)"
    seen = f"matric endpoints {slug} --after: everything is back, and nothing could not be looked at"
    live = f"matric check {slug} --live"
    if not moved:
        yield Stage(
            number=0, kind="whole", title="Everything comes onto the standard in one evening", back=back,
            leads=tuple(_leads(facts, order, "")),
            exit_tests=(seen, f"matric path {slug}: the zone matrix holds", live),
        )  # fmt: skip
        return
    yield Stage(
        number=0, kind="beside", title="The switches come onto the standard; old networks run beside the new ones",
        sides=tuple(sorted(beside)), back=back,
        leads=(Lead(days=14, what="tell everybody who owns a critical system what happens when"),),
        exit_tests=(
            seen,
            *(f"a host in VLAN {side.vid_during} still reaches {side.gateway.partition('/')[0]}, its gateway"
              for side in sides if side.routed),
            live,
        ),
    )  # fmt: skip
    for roles in _groups(order, {one.role for one in moved}):
        here = tuple(one for one in moved if one.role in roles)
        names = ", ".join(facts.standard.networks[role].name for role in roles)
        yield Stage(
            number=0, kind="move", title=f"{names}: {len(here)} {'port moves' if len(here) == 1 else 'ports move'}",
            roles=roles, moves=here, back=back, sides=tuple(sorted(beside)),
            leads=tuple(_move_leads(facts, order, here, beside)),
            exit_tests=(
                seen,
                *(f"matric path {slug} --from {role} --to internet" for role in roles if _online(facts, role)),
                "no port of the stage shows an address in an old VLAN",
            ),
        )  # fmt: skip
    yield Stage(
        number=0, kind="clear", title="The old networks are empty and go", sides=(), back=back,
        leads=(Lead(days=7, what="see that no MAC table shows an address in an old VLAN (matric survey, again)"),),
        exit_tests=(seen, live, f"no agreement of {slug} names an old VLAN any more"),
    )  # fmt: skip


def _online(facts: "Facts", role: str) -> bool:
    zone = facts.standard.zones.get(facts.standard.networks[role].zone or "")
    return zone is not None and zone.internet != "none"


def _groups(order: Order, roles: set[str]) -> Iterator[tuple[str, ...]]:
    """Roles that move together, in order."""
    left = set(roles)
    for group in order.stages:
        here = tuple(role for role in group if role in left)
        left -= set(here)
        if here:
            yield here
    places = {role: place for place, role in enumerate(USUAL)}
    for role in sorted(left, key=lambda role: (places.get(role, len(USUAL)), role)):
        yield (role,)


def _move_leads(facts: "Facts", order: Order, moved: tuple[Moved, ...], sides: Mapping[int, Side]) -> Iterator[Lead]:
    for prefix in sorted({sides[one.vid_before].prefix for one in moved} - {""}):
        yield from _leads(facts, order, prefix)
    roles = sorted({one.role for one in moved})
    for role in roles:
        if facts.standard.networks[role].dhcp_relay:
            servers = ", ".join(str(one) for one in facts.standard.services.dhcp)
            yield Lead(
                days=2, what=f"make the scope for {_after(facts, role)} on {servers}, with the options of the old one"
            )
    fixed = sorted({f"{one.device} {one.port}: {', '.join(one.fixed)}" for one in moved if one.fixed})
    if fixed:
        yield Lead(
            days=7, what="turn addresses set by hand into reservations, or be there to change them: " + "; ".join(fixed)
        )
        yield Lead(days=1, what="lower the DNS lifetime of their names to 300 s")


def _leads(facts: "Facts", order: Order, prefix: str) -> Iterator[Lead]:
    """A host asks again when half of its lease has passed (RFC 2131, 4.4.5): by then all leases must be short."""
    days = math.ceil(order.lease_hours / 24)
    of = f" of {prefix}" if prefix else ""
    servers = sorted({relay for kit in facts.kits for one in kit.seen.addresses or () for relay in one.relays})
    where = f" on {', '.join(servers)}" if servers else ""
    yield Lead(
        days=days, what=f"lower the DHCP lease{of}{where} to 1 hour: leases given before last {order.lease_hours} h"
    )


def _numbered(stages: Iterator[Stage]) -> Iterator[Stage]:
    for number, stage in enumerate(stages, 1):
        yield stage.model_copy(update={"number": number})


def _doubts(facts: "Facts", moved: tuple[Moved, ...], sides: tuple[Side, ...]) -> Iterator[str]:
    for kit in facts.kits:
        if kit.replaced_by is not None:
            yield f"{kit.name}: another device takes its place, and what hangs on it moves with the first stage"
        if kit.seen.ports is None:
            yield f"{kit.name}: its ports were not seen, so that nobody knows what moves there"
        if kit.seen.macs is None:
            yield f"{kit.name}: its MAC table was not seen, so that nobody knows what hangs on its ports"
    for side in sides:
        if side.prefix and not side.routed:
            yield (
                f"VLAN {side.vid} ({side.prefix}): {side.why}; its gateway has to stay plugged in until it is cleared, "
                "and until then its hosts leave past the trust's filter (SAF-01)"
            )
        relays = {
            relay
            for kit in facts.kits
            for one in kit.seen.addresses or ()
            if one.vid == side.vid
            for relay in one.relays
        }
        if relays and side.routed:
            yield (
                f"VLAN {side.vid}: its DHCP server {', '.join(sorted(relays))} is reached by a relay, and none is "
                "rendered for a network beside: its hosts keep their addresses only as long as their leases"
            )
    if not moved:
        yield "no access port was seen whose network changes: nothing has to run beside"


def _unkept(facts: "Facts", records: Records) -> Iterator[str]:
    """Ports to somebody else's kit that carry more than one network, or that will: their old networks are not kept."""
    ours = {row.id: row.name for row in records.devices if _of(records, row.site_id) == facts.slug}
    final = {(ours[row.device_id], row.name): row for row in records.interfaces if row.device_id in ours}
    for kit in facts.kits:
        if kit.replaced_by is not None:
            continue
        ports: list[str] = []
        phones: list[str] = []
        for port, seen in kit.seen_ports.items():
            row = final.get((kit.name, port))
            if seen.up is False or (kit.name, port) in facts.cabled or seen.lag or row is None or not row.enabled:
                continue
            if seen.mode == "trunk" or (seen.mode == "access" and row.mode != "access"):
                ports.append(port)
            elif seen.voice is not None:
                phones.append(port)
        if ports:
            yield f"{kit.name} {', '.join(ports)}: no plain port before and after, so what is behind changes at once"
        if phones:
            yield f"{kit.name} {', '.join(phones)}: a telephone there gets the new voice network at once"


def _gateways(facts: "Facts", sides: tuple[Side, ...]) -> Iterator[str]:
    """Gateways of old networks that no stage keeps."""
    beside = {side.vid: side for side in sides}
    way_out = facts.core.seen.gateway if facts.core is not None else ""
    way_out = way_out if _is_address(way_out) else ""
    for side in sides:
        if side.routed and way_out and IPv4Interface(way_out) in IPv4Network(side.prefix or "0.0.0.0/32"):
            yield (
                f"VLAN {side.vid} ({side.prefix}): the core's own way out, {way_out}, is in it: hosts that have that "
                f"for their gateway, not {side.gateway.partition('/')[0]}, lose it where its port changes"
            )
    for kit in facts.kits:
        for one in kit.seen.addresses or ():
            old = beside.get(one.vid or 0)
            own = one.address.partition("/")[0]
            if old is None or own in (kit.seen.management, old.gateway.partition("/")[0]):
                continue
            if kit is facts.core:
                yield f"VLAN {old.vid}: {one.address} is its gateway too, and only {old.gateway or 'none'} is kept"
            elif not old.routed:
                yield f"VLAN {old.vid}: {kit.name} has {one.address} in it, and loses it at once: is it the gateway?"


def _is_address(text: str) -> bool:
    try:
        IPv4Interface(text)
    except ValueError:
        return False
    return True
