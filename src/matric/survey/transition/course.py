"""The stages of a transition: what runs side by side, what moves when, and what has to be done before."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from matric.intent.check_standard import planned
from matric.intent.limit import LIMITS
from matric.intent.record import Records
from matric.intent.standard import Standard
from matric.survey.transition import lead
from matric.survey.transition.doubt import doubts
from matric.survey.transition.gateway import Gateway, gateway, place, servers
from matric.survey.transition.model import Lead, Moved, Order, Side, Stage, Transition, Trunk

if TYPE_CHECKING:
    from matric.survey.adopt.facts import Facts
    from matric.survey.adopt.kit import Kit
    from matric.survey.endpoint.model import Endpoint
    from matric.survey.model import Port

__all__ = ("USUAL", "course")

USUAL = ("wireless", "printer", "guest", "byod", "pupil", "staff", "voice", "server", "building", "camera", "till")
"""The usual order: what asks for its address anew and harms least comes first, what people depend on comes last."""
FIRST_SPARE = 3001
"""VLAN numbers from here on are given to old networks whose own number the standard uses."""


def course(facts: "Facts", records: Records, order: Order, endpoints: "tuple[Endpoint, ...]") -> Transition:
    """The way from what *facts* show to the school in *records*, which is as the standard wants it in the end."""
    found = tuple(_moved(facts, records, endpoints))
    sides, at_once = _Sides(facts, records, endpoints).of(found, order)
    beside = {vid for side in sides for vid in side.vids}
    boxes = {side.box for side in sides}
    # The box that the core stands in for is out of the old network at once, should somebody forget to unplug it.
    moved = tuple(
        one.model_copy(update={"voice_before": one.voice_before if one.voice_before in beside else None})
        for one in found
        if one.vid_before in beside and f"{one.device} {one.port}" not in boxes
    )
    waits = {(one.device, one.port) for one in moved}
    at_first = tuple(one for one in found if (one.device, one.port) not in waits)
    return Transition(
        school=facts.slug,
        sides=sides,
        stages=tuple(_numbered(_stages(facts, order, at_first, moved, sides))),
        trunks=tuple(_trunks(facts, records)) if sides else (),
        at_once=tuple(at_once),
        doubts=(
            *(() if found else ("no access port was seen whose network changes: nothing has to run beside",)),
            *(
                f"VLAN {vid}: transition.yaml names {said} for its gateway, which is in no network that runs beside"
                for vid, said in sorted(order.gateways.items())
                if said not in {side.gateway.partition("/")[0] for side in sides if vid in side.vids}
            ),
            *doubts(facts, records, moved, sides),
        ),
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
            vid = _untagged(facts, kit, port, seen)
            if seen is None or row is None or vid is None or row.mode != "access":
                continue
            role = roles.get(row.untagged_vlan_id or 0, "")
            if not row.enabled or not role or role == facts.standard.parking or not _changes(facts, vid, role):
                continue
            there = hanging.get((kit.seen.name, seen.name), [])
            yield Moved(
                device=kit.name,
                port=port,
                role=role,
                vid_before=vid,
                voice_before=seen.voice if seen.mode == "access" else None,
                hosts=tuple(_called(one) for one in there) if there or kit.seen.macs is not None else None,
                fixed=tuple(ip for one in there for ip in one.ips if one.addressing not in {"dhcp", "reserved"}),
            )


def _untagged(facts: "Facts", kit: "Kit", port: str, seen: "Port | None") -> int | None:
    """The VLAN of what comes without a tag at a port to somebody else's kit; None where it is none."""
    if seen is None or seen.mode == "access":
        return seen.access if seen is not None else None
    plain = seen.mode == "trunk" and not seen.lag and (kit.name, port) not in facts.cabled
    return seen.native if plain else None


def _trunks(facts: "Facts", records: Records) -> Iterator[Trunk]:
    """What the school's trunks carry in the end."""
    roles = {row.id: row.role for row in records.vlans}
    names = {row.id: row.name or "" for row in records.devices if _of(records, row.site_id) == facts.slug}
    for row in records.interfaces:
        if row.device_id in names and row.tagged_vlan_ids:
            carried = tuple(role for key in row.tagged_vlan_ids if (role := roles.get(key)))
            yield Trunk(device=names[row.device_id], port=row.name, roles=carried)


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


@dataclass(frozen=True)
class _Sides:
    """The old networks that can run beside, and why the others cannot."""

    facts: "Facts"
    records: Records
    endpoints: "tuple[Endpoint, ...]"

    def of(self, moved: tuple[Moved, ...], order: Order) -> tuple[tuple[Side, ...], list[str]]:
        if order.whole:
            return (), []
        facts, records = self.facts, self.records
        taken = {network.vid for network in facts.standard.networks.values()} | {
            row.vid for row in records.vlans if row.site_id is not None and _of(records, row.site_id) == facts.slug
        }
        reserved = [span for kit in facts.kits if kit.platform for span in LIMITS[kit.platform].reserved_vids]
        sides: list[Side] = []
        at_once: list[str] = []
        plain = {one.vid_before for one in moved}
        one_with = {vid: other for vid in plain if (other := self.one_with(vid)) is not None}
        plain = plain - one_with.keys() | set(one_with.values())
        for vid in sorted(plain | {one.voice_before for one in moved if one.voice_before is not None}):
            if why := self.against(vid):
                at_once.append(f"VLAN {vid} ({facts.prefixes.get(vid, '')}): {why}")
                continue
            if vid not in plain and not _changes(facts, vid, "voice"):
                continue
            during = vid if vid not in taken and vid != 1 and not _in(vid, reserved) else _spare(taken, reserved)
            taken.add(during)
            also = tuple(sorted(one for one, other in one_with.items() if other == vid))
            sides.append(self.side(vid, during, order.gateways.get(vid, "")).model_copy(update={"also": also}))
        return tuple(sides), at_once

    def one_with(self, vid: int) -> int | None:
        """The VLAN that *vid* is one network with, since a cable leaves the one untagged here and the other there."""
        other = _joined_to(self.facts, vid, self.facts.prefixes.get(vid, ""))
        by_name = self.facts.by_name
        for cable in self.facts.wires.cables if other is not None else ():
            near, far = by_name[cable.upper], by_name[cable.lower]
            ends = (near.seen_ports.get(cable.upper_port), far.seen_ports.get(cable.lower_port))
            if {end.native if end.mode == "trunk" else end.access for end in ends if end is not None} == {vid, other}:
                return other
        return None

    def against(self, vid: int) -> str:
        """Why VLAN *vid* cannot run beside; empty where it can."""
        prefix = self.facts.prefixes.get(vid, "")
        if clash := _clash(self.facts, self.records, prefix):
            return f"{clash}, so that it cannot be routed beside: what is in it moves with the first stage"
        if other := _joined_to(self.facts, vid, prefix):
            return (
                f"VLAN {other} has this range and its gateway, so that something passes frames between the two; "
                "on the standard nothing does"
            )
        return ""

    def side(self, vid: int, during: int, said: str) -> Side:
        facts, prefix = self.facts, self.facts.prefixes.get(vid, "")
        found: Gateway = gateway(facts, vid, prefix, said)
        held = found.address
        name = next((vlan.name for kit in facts.kits for vlan in kit.seen.vlans or () if vlan.vid == vid), "")
        zone, policy = _zone(facts, vid)
        over = held is not None and not found.core
        box = place(facts, str(held.ip), self.endpoints) if held is not None and over else ("", "")
        return Side(
            vid=vid, name=name or f"VLAN {vid}", prefix=prefix, vid_during=during, zone=zone, filter_policy=policy,
            routed=held is not None, gateway=str(held) if held is not None else "",
            why="" if held is not None else "nobody knows its gateway" if prefix else "nobody has an address in it",
            takes_over=over, box=" ".join(box).strip(),
            servers=servers(facts, prefix, self.endpoints, str(held.ip) if held is not None else ""),
        )  # fmt: skip


def _joined_to(facts: "Facts", vid: int, prefix: str) -> int | None:
    """The VLAN that has an address of the core in *vid*'s range, where a cable or a loop joins the two."""
    core = facts.core
    if not prefix or core is None or any(one.vid == vid and "/" in one.address for one in core.seen.addresses or ()):
        return None
    ours = IPv4Network(prefix)
    there = (one for one in core.seen.addresses or () if one.vid not in (None, vid))
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


def _stages(
    facts: "Facts", order: Order, at_first: tuple[Moved, ...], moved: tuple[Moved, ...], sides: tuple[Side, ...]
) -> Iterator[Stage]:
    """*at_first* moves with the first stage, *moved* later."""
    slug, beside = facts.slug, tuple(side.vid for side in sides)
    back = f"matric revert RUN goes back to the configurations from before (matric status {slug} names the run)"
    seen = f"matric endpoints {slug} --after: everything is back, and nothing could not be looked at"
    live = f"matric check {slug} --live: nothing but what leaves the gate open"
    if not moved:
        yield Stage(
            number=0, kind="whole", title="Everything comes onto the standard in one evening", back=back,
            moves=at_first, leads=tuple(lead.at_once_leads(facts, order, at_first)),
            exit_tests=(seen, f"matric path {slug}: the zone matrix holds", live),
        )  # fmt: skip
        return
    yield Stage(
        number=0, kind="beside", title="The switches come onto the standard; old networks run beside the new ones",
        sides=beside, moves=at_first,
        leads=(*lead.beside_leads(facts, sides), *lead.at_once_leads(facts, order, at_first)),
        changes=tuple(lead.beside_changes(sides)), exit_tests=(seen, *lead.beside_tests(sides), live),
        back="; ".join((back, *(f"plug the box with {side.gateway.partition('/')[0]} in again" for side in sides
                                if side.takes_over))),
    )  # fmt: skip
    before: tuple[Moved, ...] = ()
    for roles in _groups(order, {one.role for one in moved}):
        here = tuple(one for one in moved if one.role in roles)
        names = ", ".join(facts.standard.networks[role].name for role in roles)
        yield Stage(
            number=0, kind="move", title=f"{names}: {len(here)} {'port moves' if len(here) == 1 else 'ports move'}",
            roles=roles, moves=here, back=f"{back}; hosts take their old address within the hour, or as their cable is "
            "pulled", sides=beside,
            leads=tuple(lead.move_leads(facts, order, here, sides, before)),
            changes=tuple(lead.move_changes(facts, here, sides)),
            exit_tests=(
                seen,
                *(f"matric path {slug} --from {role} --to internet" for role in roles if _online(facts, role)),
                "no port of the stage shows an address in an old VLAN",
            ),
        )  # fmt: skip
        before += here
    yield Stage(
        number=0, kind="clear", title="The old networks are empty and go", sides=(), back=back,
        changes=tuple(f"VLAN {side.vid_during} ({side.prefix or 'no prefix'}) ends, and its gateway with it"
                      for side in sides),
        leads=(Lead(days=7, what="see that no MAC table shows an address in an old VLAN (matric survey, again)"),
               Lead(days=1, what="take the old scopes off the DHCP servers, and the old ranges out of the router")),
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


def _numbered(stages: Iterator[Stage]) -> Iterator[Stage]:
    for number, stage in enumerate(stages, 1):
        yield stage.model_copy(update={"number": number})
