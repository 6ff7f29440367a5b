"""Addresses and VLANs of a joining school against the trust's."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from matric.intent.check_standard import planned
from matric.survey.meaning import meaning
from matric.survey.readiness.known import Known
from matric.survey.readiness.model import Gap, Move, counted

__all__ = ("gaps", "moves")

_FLAT = 0.8
"""So large a share of the used access ports in one VLAN is a flat network."""
_FEW = 8
"""Fewer ports than these say nothing about how a school is divided."""


def gaps(known: Known) -> Iterator[Gap]:
    yield from _overlaps(known)
    yield from _numbers(known)
    yield from _flat(known)
    yield from _natives(known)


def _overlaps(known: Known) -> Iterator[Gap]:
    hours = known.effort.of
    if known.block is None:
        yield Gap(
            kind="no-block",
            area="addresses",
            when="before-joining",
            hours=hours("no-block", 1),
            title="No range of the trust's addresses is set aside for this school",
            detail=f"standard.yaml, addresses.schools has no entry {known.survey.school}",
            remedy=f"matric allocate {known.survey.school}",
        )
    clash = {net: found for net in known.before if (found := _collisions(known, net))}
    if clash:
        yield Gap(
            kind="address-overlap",
            area="addresses",
            when="before-cut-over",
            hours=hours("address-overlap", len(clash)),
            title=counted(len(clash), "range of addresses that the school uses is", "ranges of addresses it uses are")
            + " used elsewhere in the trust: the two cannot be joined as they are",
            detail="; ".join(f"{net} overlaps {', '.join(found)}" for net, found in clash.items()),
            objects=tuple(str(net) for net in clash),
            remedy="renumber what stands in them before the school is routed to the trust; matric transition says in "
            "which order",
        )
    foreign = [net for net in known.before if net not in clash and not _inside(known, net)]
    if foreign:
        yield Gap(
            kind="address-outside",
            area="addresses",
            when="cut-over",
            hours=hours("address-outside", len(foreign)),
            title=counted(len(foreign), "range", "ranges") + " of addresses will change to the trust's own",
            detail="; ".join(f"{net} at {', '.join(known.before[net])}" for net in foreign),
            objects=tuple(str(net) for net in foreign),
            remedy="move hosts with fixed addresses to DHCP reservations first; the rest follows by itself",
        )


def _inside(known: Known, net: IPv4Network) -> bool:
    return known.block is not None and net.subnet_of(known.block)


def _collisions(known: Known, net: IPv4Network) -> tuple[str, ...]:
    """Whose prefixes *net* overlaps; a school's own prefixes stand for its block where both do."""
    found: dict[str, str] = {}
    for other, school in known.others.items():
        if other.overlaps(net):
            found[school] = f"{other} of {school}"
    return tuple(sorted(found.values()))


def _numbers(known: Known) -> Iterator[Gap]:
    """VLAN ids that mean one thing here and another in the trust."""
    roles = {network.vid: role for role, network in known.standard.networks.items()}
    clash: dict[str, str] = {}
    for device in known.survey.devices:
        for vlan in device.vlans or ():
            role = roles.get(vlan.vid)
            said = meaning(vlan.name)
            if role is not None and said is not None and said != role:
                theirs = known.standard.networks[role].name
                clash[f"VLAN {vlan.vid}"] = f"VLAN {vlan.vid} is {vlan.name} here and {theirs} in the trust"
    if clash:
        yield Gap(
            kind="vlan-meaning",
            area="vlans",
            when="cut-over",
            hours=known.effort.of("vlan-meaning", len(clash)),
            title=counted(len(clash), "network number means", "network numbers mean") + " something else in the trust",
            detail="; ".join(clash[name] for name in sorted(clash)),
            objects=tuple(sorted(clash)),
            remedy="renumber them at the cut-over, all switches together; matric adopt asks about each",
        )


def _flat(known: Known) -> Iterator[Gap]:
    used: dict[int, int] = {}
    for device in known.survey.devices:
        for port in device.ports or ():
            if port.mode == "access" and port.access is not None and port.up is not False and port.enabled is not False:
                used[port.access] = used.get(port.access, 0) + 1
    total = sum(used.values())
    if total < _FEW:
        return
    vid, most = max(used.items(), key=lambda item: (item[1], -item[0]))
    if most >= _FLAT * total:
        yield Gap(
            kind="flat-network",
            area="vlans",
            when="cut-over",
            hours=known.effort.of("flat-network", 1),
            title="Everything shares one network: pupils, office and building systems see each other",
            detail=f"{most} of {total} access ports are in VLAN {vid}",
            objects=(f"VLAN {vid}",),
            remedy="the cut-over divides it; confirm with matric endpoints what hangs on each port",
            source="NCSC, Preventing lateral movement; DfE Network switching (core standard)",
        )


def _natives(known: Known) -> Iterator[Gap]:
    wrong: list[str] = []
    for join in known.graph.joins:
        a, b = known.survey.device(join.a), known.survey.device(join.b)
        for near, far in join.ports:
            one = a.port(near) if a is not None else None
            two = b.port(far) if b is not None else None
            ids = [untagged for port in (one, two) if port is not None and (untagged := _untagged(port)) is not None]
            if len(ids) == 2 and ids[0] != ids[1]:  # noqa: PLR2004 - both ends of a cable
                wrong.append(f"{join.a} {near} (VLAN {ids[0]}) and {join.b} {far} (VLAN {ids[1]})")
    if wrong:
        yield Gap(
            kind="native-mismatch",
            area="vlans",
            when="cut-over",
            hours=known.effort.of("native-mismatch", len(wrong)),
            title=counted(len(wrong), "cable between switches mixes", "cables between switches mix") + " two networks",
            detail="untagged VLANs differ: " + "; ".join(wrong),
            objects=tuple(wrong),
            remedy="the cut-over gives both ends the trust's native VLAN",
        )


def _untagged(port: object) -> int | None:
    mode = getattr(port, "mode", "")
    found = getattr(port, "native" if mode == "trunk" else "access", None)
    return int(found) if found is not None else None


def moves(known: Known) -> tuple[Move, ...]:  # noqa: C901 - one walk over what is there, then what is not
    """Each network before and after, by what its name says it is for; what nobody can match stands alone."""
    vids: dict[int, str] = {}
    for device in known.survey.devices:
        for vlan in device.vlans or ():
            vids.setdefault(vlan.vid, vlan.name)
    nets: dict[int | None, list[str]] = {}
    for device in known.survey.devices:
        for one in device.addresses or ():
            vid = one.vid
            for net in known.before:
                if f"{device.name} {one.interface}" in known.before[net]:
                    nets.setdefault(vid, []).append(str(net))
    found: list[Move] = []
    matched: set[str] = set()
    for vid in sorted(set(vids) | {one for one in nets if one is not None}):
        before = tuple(dict.fromkeys(nets.get(vid, ())))
        role = meaning(vids.get(vid, ""))
        if not before and role is None:
            continue
        matched |= {role} if role else set()
        found.append(_move(known, vids.get(vid) or f"VLAN {vid}", vid, before, role))
    loose = tuple(dict.fromkeys(nets.get(None, ())))
    if loose:
        found.append(_move(known, "on no VLAN", None, loose, None))
    for role, network in known.standard.networks.items():
        if role not in matched and network.prefix_length is not None:
            found.append(_move(known, network.name, None, (), role))
    return tuple(found)


def _move(known: Known, name: str, vid: int | None, before: tuple[str, ...], role: str | None) -> Move:
    network = known.standard.networks.get(role or "")
    after = str(planned(known.standard, known.survey.school, role) or "") if role in known.standard.networks else ""
    clash = tuple(found for net in before for found in _collisions(known, IPv4Network(net)))
    return Move(
        name=f"{name} -> {network.name}" if network is not None and network.name != name else name,
        before=before,
        after=after,
        vid_before=vid,
        vid_after=network.vid if network is not None else None,
        overlaps=clash,
    )
