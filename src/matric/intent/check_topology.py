"""Cables, LAGs and trunks: does every switch stay reachable, and do both ends agree?"""

from collections import defaultdict, deque
from collections.abc import Iterator

from matric.errors import Problem
from matric.intent.limit import LIMITS, canonical, speed_of_type
from matric.intent.links import CORE_ROLES, Link, Links, Side
from matric.intent.record import CableRow, DeviceRow, InterfaceRow
from matric.intent.rows import INTERFACE, SchoolRows
from matric.intent.school import EDGE

__all__ = ("CHECKS",)


def lag_members(rows: SchoolRows) -> Iterator[Problem]:
    """A port belongs to one LAG, of its own device, and a LAG to none."""
    for device in rows.configured:
        ports = rows.interfaces(device)
        lags = {port.id: port for port in ports if port.type == "lag"}
        first: dict[str, InterfaceRow] = {}
        for port in (port for port in ports if port.lag_id is not None):
            key = canonical(port.name)
            other = first.setdefault(key, port)
            if other.lag_id != port.lag_id:
                names = [lags[one.lag_id].name if one.lag_id in lags else "?" for one in (other, port)]
                yield Problem("LAG-MEMBER", rows.label(port), f"member of {names[0]} and {names[1]}", "keep one")
            if port.lag_id not in lags or port.type == "lag":
                rule = f"its LAG (#{port.lag_id}) is not a LAG of {device.name}"
                yield Problem("LAG-MEMBER", rows.label(port), rule, "choose a LAG of the same device", "lag")


def lag_shapes(rows: SchoolRows) -> Iterator[Problem]:
    for device in rows.configured:
        limit = LIMITS[device.platform].lag_members if device.platform in LIMITS else None
        for lag in (port for port in rows.interfaces(device) if port.type == "lag"):
            members = rows.trust.members_of.get(lag.id, [])
            speeds = {port.speed or speed_of_type(port.type) for port in members}
            if not members:
                yield Problem("LAG-SHAPE", rows.label(lag), "it has no members", "add its ports or delete it")
            if limit is not None and len(members) > limit:
                rule = f"{len(members)} members, {device.platform} takes {limit}"
                yield Problem("LAG-SHAPE", rows.label(lag), rule, "remove members")
            if len(speeds) > 1:
                shown = ", ".join(f"{port.name} ({_speed(port)})" for port in members)
                yield Problem("LAG-SHAPE", rows.label(lag), f"members {shown} differ", "use members of one speed")


def _speed(port: InterfaceRow) -> str:
    speed = port.speed or speed_of_type(port.type)
    return f"{speed / 1_000_000:g}G" if speed else "speed unknown"


def lag_ends(rows: SchoolRows) -> Iterator[Problem]:
    """Numbers in range, and every cable of a LAG ends in one LAG that also wants to speak LACP."""
    trust, ours = rows.trust, {row.id for row in rows.configured}
    for device in rows.configured:
        for lag in (port for port in rows.interfaces(device) if port.type == "lag"):
            yield from _lag_number(rows, device, lag)
            members = trust.members_of.get(lag.id, [])
            ends = [end for port in members if (end := trust.far_end.get(port.id)) and end.device.id in ours]
            far = {end.interface.lag_id for end in ends}
            if None in far or len(far) > 1 or len({end.device.id for end in ends}) > 1:
                shown = ", ".join(f"{end.device.name}/{end.interface.name}" for end in ends)
                rule = f"its cables do not end in one LAG ({shown})"
                yield Problem("LAG-ENDS", rows.label(lag), rule, "make a LAG of the same cables at the other end")
            other = trust.interfaces.get(next(iter(far)) or 0) if len(far) == 1 else None
            if other is not None and lag.id < other.id and _passive(lag) and _passive(other):
                thing = f"{rows.label(lag)} and {rows.label(other)}"
                yield Problem("LAG-ENDS", thing, "LACP passive at both ends", "set one end active")


def _passive(lag: InterfaceRow) -> bool:
    return str(lag.custom_fields.get("lacp_mode") or "") == "passive"


def _lag_number(rows: SchoolRows, device: DeviceRow, lag: InterfaceRow) -> Iterator[Problem]:
    limit = LIMITS.get(device.platform or "", LIMITS["ios"])
    first, last = limit.lag_numbers
    number = canonical(lag.name).removeprefix(limit.lag.lower())
    if not number.isdecimal() or not first <= int(number) <= last:
        rule = f"LAG number is not {first}-{last}"
        yield Problem("LAG-ENDS", rows.label(lag), rule, f"name it {limit.lag}{first}", "name", lag.name)


def link_vlans(rows: SchoolRows) -> Iterator[Problem]:
    for link in Links(rows).all:
        if not _trunks(link):
            continue
        lists = [_tagged(rows, side.interface) for side in (link.a, link.b)]
        natives = [_vid(rows, side.interface.untagged_vlan_id) for side in (link.a, link.b)]
        cable = f"cable #{link.cables[0].id}"
        if lists[0] != lists[1]:
            shown = [",".join(map(str, vids)) or "nothing" for vids in lists]
            rule = f"{link.a.text} allows {shown[0]}; {link.b.text} allows {shown[1]}"
            yield Problem("LINK-VLANS", cable, rule, "make both lists equal")
        if natives[0] != natives[1]:
            rule = f"{link.a.text} has native VLAN {natives[0]}; {link.b.text} has {natives[1]}"
            yield Problem("LINK-VLANS", cable, rule, "make both native VLANs equal")


def _trunks(link: Link) -> bool:
    return all(side.interface.mode in ("tagged", "tagged-all") for side in (link.a, link.b))


def _tagged(rows: SchoolRows, port: InterfaceRow) -> list[int]:
    return sorted(row.vid for key in port.tagged_vlan_ids if (row := rows.trust.vlans.get(key)))


def _vid(rows: SchoolRows, key: int | None) -> int | None:
    row = rows.trust.vlans.get(key or 0)
    return row.vid if row else None


def native_vlans(rows: SchoolRows) -> Iterator[Problem]:
    """Every trunk names the trust's unused native VLAN, and does not tag it."""
    wanted = rows.vlan_of_role.get(rows.standard.native)
    for device in rows.configured:
        for port in rows.interfaces(device):
            if port.mode != "tagged" or rows.own_voice(port):
                continue
            vid, label = _vid(rows, port.untagged_vlan_id), rows.label(port)
            if vid is None:
                rule = "trunk without native VLAN"
                yield Problem("TRUNK-NATIVE", label, rule, "set the trust's unused native VLAN", "untagged_vlan")
            elif port.untagged_vlan_id in port.tagged_vlan_ids:
                rule = "native VLAN is tagged too"
                yield Problem("TRUNK-NATIVE", label, rule, "remove it from the tagged list", "tagged_vlans", str(vid))
            elif wanted is not None and vid != wanted.vid:
                # A warning: rule SEG-11 decides, so that there is one place to waive it.
                rule = "not the trust's native VLAN"
                remedy = f"use the trust's unused native VLAN {wanted.vid}"
                yield Problem("TRUNK-NATIVE", label, rule, remedy, "untagged_vlan", str(vid), warning=True)


def cut_paths(rows: SchoolRows) -> Iterator[Problem]:
    """The management VLAN passes every link on the way from the core to each device."""
    links = Links(rows)
    vlan = rows.vlan_of_role.get(rows.standard.management.network)
    for key, path in sorted(links.paths.items()):
        here = links.core.id if links.core else 0
        for link in path:
            near, far = link.seen_from(here)
            if vlan is not None and not all(_carries(side.interface, vlan.id) for side in (near, far)):
                rule = f"VLAN {vlan.vid} not on {near.text} -> {far.text}"
                remedy = f"allow VLAN {vlan.vid} on both ends before this change"
                yield Problem("PATH-CUT", rows.label(links.devices[key]), rule, remedy)
                break
            here = far.device.id


def _carries(port: InterfaceRow, vlan: int) -> bool:
    return port.enabled and port.mode == "tagged" and vlan in port.tagged_vlan_ids


def uplink_ports(rows: SchoolRows) -> Iterator[Problem]:
    """Ports between switches are enabled trunks, and no spanning-tree edge."""
    for link in Links(rows).all:
        for side, other in ((link.a, link.b), (link.b, link.a)):
            members = rows.trust.members_of.get(side.interface.id, [])
            for port in (side.interface, *members):
                why = _not_an_uplink(rows, side, port)
                if why is not None:
                    rule = f"link to {other.device.name} {why}"
                    yield Problem("UPLINK-PORT", rows.label(port), rule, "give it the uplink role")


def _not_an_uplink(rows: SchoolRows, side: Side, port: InterfaceRow) -> str | None:
    profile = rows.profile(port)
    if not port.enabled:
        return "is shut"
    if port.mode == "access" or (port.id == side.interface.id and port.mode is None):
        return "is not a trunk"
    if profile is not None and profile.mode != "trunk":
        return f"has the profile {rows.profile_name(port)}, which is no trunk"
    if profile is not None and profile.edge:
        return "is a spanning-tree edge with BPDU guard"
    return None


def loops(rows: SchoolRows) -> Iterator[Problem]:
    """A loop of links that nobody declared: neither a LAG nor a cable tagged ``stp-redundant``."""
    links = Links(rows)
    tree: dict[int, list[int]] = defaultdict(list)
    for link in (link for link in links.all if not link.redundant):
        one, two = link.a.device.id, link.b.device.id
        way = _way(tree, one, two)
        if way is None:
            tree[one].append(two)
            tree[two].append(one)
        else:
            names = " -> ".join(links.devices[key].name or "?" for key in (*way, one))
            remedy = "remove a cable record, make it a LAG, or tag the cable stp-redundant"
            yield Problem("UPLINK-LOOP", names, "a loop without STP or LAG intent", remedy)


def _way(tree: dict[int, list[int]], one: int, two: int) -> tuple[int, ...] | None:
    """The devices on the way from *one* to *two*, or None where there is none yet."""
    ways: dict[int, tuple[int, ...]] = {one: (one,)}
    queue = deque([one])
    while queue and two not in ways:
        here = queue.popleft()
        for key in tree[here]:
            if key not in ways:
                ways[key] = (*ways[here], key)
                queue.append(key)
    return ways.get(two)


def bridge_roots(rows: SchoolRows) -> Iterator[Problem]:
    """One switch has the lowest bridge priority, and it is a core."""
    table, name = rows.standard.spanning_tree.root_priority, rows.site.name
    bridges = [row for row in rows.configured if row.role != "wireless-controller" and row.status == "active"]
    for row in bridges:
        if row.role not in table:
            remedy = "add the role to spanning_tree.root_priority in standard.yaml"
            yield Problem("STP-ROOT", rows.label(row), "its role has no bridge priority", remedy, "role", row.role)
    ranked = [(table[row.role], row) for row in bridges if row.role in table]
    best = min((priority for priority, _ in ranked), default=None)
    roots = [row for priority, row in ranked if priority == best]
    cores = [row for row in roots if row.role in CORE_ROLES]
    if bridges and not cores:
        yield Problem("STP-ROOT", name, "no core has the lowest bridge priority: no root is chosen", "add the core")
    elif len(roots) > 1:
        shown = " and ".join(rows.label(row) for row in roots[:3])
        remedy = "give one of them another role, or its role another priority"
        yield Problem("STP-ROOT", name, f"{shown} all have priority {best}", remedy)


def islands(rows: SchoolRows) -> Iterator[Problem]:
    links = Links(rows)
    core = links.core.name if links.core else "the core"
    for device in (row for row in rows.devices if row.role not in EDGE):
        if device.role == "access-point":
            ends = (rows.trust.far_end.get(port.id) for port in rows.interfaces(device))
            joined = any(end is not None and end.device.id in links.devices for end in ends)
        else:
            joined = device.id in links.paths or device.role == "router"
        if not joined:
            yield Problem("DEV-ISLAND", rows.label(device), f"no path to {core}", "record its uplink")


def cable_ends(rows: SchoolRows) -> Iterator[Problem]:
    trust = rows.trust
    ours = {port.id for device in rows.devices for port in rows.interfaces(device)}
    taken: dict[int, CableRow] = {}
    for cable in trust.records.cables:
        sides = [{end.object_id for end in side if end.object_type == INTERFACE} for side in (cable.a, cable.b)]
        if not (sides[0] | sides[1]) & ours:
            continue
        thing = f"cable #{cable.id}"
        for key in sorted(sides[0] & sides[1]):
            rule = f"both ends on {rows.label(trust.interfaces[key])}"
            yield Problem("CABLE-ENDS", thing, rule, "correct one end")
        for key in sorted(sides[0] | sides[1]):
            yield from _cable_end(rows, cable, key, taken)


def _cable_end(rows: SchoolRows, cable: CableRow, key: int, taken: dict[int, CableRow]) -> Iterator[Problem]:
    port = rows.trust.interfaces.get(key)
    device = rows.trust.devices.get(port.device_id) if port else None
    thing = f"cable #{cable.id}"
    if port is None or device is None:
        yield Problem("CABLE-ENDS", thing, f"ends on interface #{key}, which is not there", "correct one end")
        return
    if device.status in ("decommissioning", "offline", "inventory"):
        rule = f"ends on {rows.label(device)}, which is {device.status}"
        yield Problem("CABLE-ENDS", thing, rule, "correct the end or the device's status")
    if device.site_id != rows.site.id:
        rule = f"ends on {rows.label(device)} of another school"
        yield Problem("CABLE-ENDS", thing, rule, "correct one end")
    other = taken.setdefault(key, cable)
    if other is not cable:
        yield Problem("CABLE-ENDS", thing, f"cable #{other.id} is in {rows.label(port)} too", "correct one of them")


CHECKS = (
    lag_members,
    lag_shapes,
    lag_ends,
    link_vlans,
    native_vlans,
    cut_paths,
    uplink_ports,
    loops,
    bridge_roots,
    islands,
    cable_ends,
)
