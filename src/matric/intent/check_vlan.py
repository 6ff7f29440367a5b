"""VLANs: their ids, where they are defined, and who uses them."""

from collections.abc import Iterator

from matric.errors import Problem
from matric.intent.limit import LIMITS, vid_of_svi
from matric.intent.record import DeviceRow, InterfaceRow, VlanRow
from matric.intent.rows import SITE, SchoolRows

__all__ = ("CHECKS",)

_LAST = 4094
_RESERVED_WORD = {0: "802.1Q priority tag", 4095: "reserved by 802.1Q"}


def ranges(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.vlans:
        if not 1 <= row.vid <= _LAST:
            rule = _RESERVED_WORD.get(row.vid, "outside 1-4094")
            yield Problem("VLAN-RANGE", f"vlan (#{row.id})", rule, "use 1-4094", "vid", str(row.vid))


def reserved(rows: SchoolRows) -> Iterator[Problem]:
    """Ids that a platform of the school keeps for itself."""
    platforms = sorted({row.platform for row in rows.configured if row.platform in LIMITS})
    for row in rows.vlans:
        for platform in platforms:
            for first, last in LIMITS[platform or ""].reserved_vids:
                if first <= row.vid <= last:
                    rule = f"{first}-{last} are reserved on {platform}"
                    remedy = "choose an id from the trust's plan"
                    yield Problem("VLAN-RESERVED", f"vlan (#{row.id})", rule, remedy, "vid", str(row.vid))


def repeated(rows: SchoolRows) -> Iterator[Problem]:
    first: dict[int, VlanRow] = {}
    for row in rows.vlans:
        other = first.setdefault(row.vid, row)
        if other is not row:
            rule = f"'{other.name}' (#{other.id}) and '{row.name}' (#{row.id}) share one id"
            yield Problem("VLAN-DUP", rows.site.name, rule, "keep one", "vid", str(row.vid))


def roles(rows: SchoolRows) -> Iterator[Problem]:
    """A role names one VLAN of the school; native, parking and management are always needed."""
    first: dict[str, VlanRow] = {}
    for row in rows.vlans:
        other = first.setdefault(row.role, row) if row.role else row
        if other is not row and row.role in rows.standard.networks:
            rule = f"VLANs {other.vid} (#{other.id}) and {row.vid} (#{row.id}) have one role"
            yield Problem("VLAN-ROLE", rows.site.name, rule, "give one of them its own role", "role", row.role or "")
        zone = str(row.custom_fields.get("zone") or "")
        if zone and zone not in rows.standard.zones:
            known = ", ".join(sorted(rows.standard.zones))
            yield Problem("VLAN-ZONE", f"vlan (#{row.id})", f"the standard has no such zone (it has {known})",
                          "name one of them, or none", "zone", zone)  # fmt: skip
    standard = rows.standard
    for role in (standard.management.network, standard.native, standard.parking):
        if role not in rows.vlan_of_role:
            remedy = "add the VLAN with this role"
            yield Problem(
                "VLAN-UNDEFINED", rows.site.name, "the standard needs a VLAN of this role", remedy, "role", role
            )


def vlan_one(rows: SchoolRows) -> Iterator[Problem]:
    for device in rows.configured:
        for port in rows.interfaces(device):
            vlan = rows.trust.vlans.get(port.untagged_vlan_id or 0)
            if vlan is not None and vlan.vid == 1 and port.mode == "access":
                remedy = "move the port to the VLAN of its role"
                yield _one(rows.label(port), "untagged_vlan", remedy)
            if port.name.lower() == "vlan1" and rows.trust.addresses_of.get(port.id):
                yield _one(rows.label(port), "address", "move the gateway to the VLAN of its role")
    for wlan in rows.wireless_lans:
        vlan = rows.trust.vlans.get(wlan.vlan_id or 0)
        if vlan is not None and vlan.vid == 1:
            yield _one(f"wlan {wlan.ssid} (#{wlan.id})", "vlan", "move the SSID to the VLAN of its role")


def _one(thing: str, field: str, remedy: str) -> Problem:
    # A warning: rules SEG-08 and SEG-09 decide, so that there is one place to waive it.
    return Problem("VLAN-ONE", thing, "VLAN 1 carries users or management", remedy, field, "1", warning=True)


def undefined(rows: SchoolRows) -> Iterator[Problem]:
    """VLANs that a port or SVI needs and the school does not have."""
    ours = {row.id for row in rows.vlans}
    vids = {row.vid for row in rows.vlans}
    for device in rows.configured:
        for port in rows.interfaces(device):
            named = {"untagged_vlan": (port.untagged_vlan_id,), "tagged_vlans": port.tagged_vlan_ids}
            for field, keys in named.items():
                for key in keys:
                    if key is not None and key not in ours:
                        yield _undefined(rows, device, port, field, key)
            profile = rows.profile(port)
            for role in (profile.network, profile.voice) if profile else ():
                if role is not None and role not in rows.vlan_of_role and port.untagged_vlan_id is None:
                    rule = f"profile {rows.profile_name(port)} needs it and {rows.site.name} has no VLAN of this role"
                    yield Problem("VLAN-UNDEFINED", rows.label(port), rule, "add the VLAN to the site", "role", role)
            vid = vid_of_svi(port.name)
            if vid is not None and vid not in vids:
                rule = f"VLAN {vid} is not defined for {rows.site.name}"
                yield Problem(
                    "VLAN-UNDEFINED", rows.label(port), rule, "add the VLAN or remove the SVI", "name", port.name
                )


def _undefined(rows: SchoolRows, device: DeviceRow, port: InterfaceRow, field: str, key: int) -> Problem:
    vlan = rows.trust.vlans.get(key)
    rule = f"not defined for {device.name}"
    remedy = f"add VLAN {vlan.vid} to the site or change the port" if vlan else "add the VLAN or change the port"
    return Problem("VLAN-UNDEFINED", rows.label(port), rule, remedy, field, str(vlan.vid) if vlan else f"#{key}")


def unused(rows: SchoolRows) -> Iterator[Problem]:
    used: set[int] = {row.vlan_id for row in rows.wireless_lans if row.vlan_id is not None}
    wanted: set[str] = {rows.standard.native, rows.standard.parking, rows.standard.management.network}
    for device in rows.configured:
        for port in rows.interfaces(device):
            used |= {key for key in (port.untagged_vlan_id, *port.tagged_vlan_ids) if key is not None}
            profile = rows.profile(port)
            if profile is not None:
                wanted |= {role for role in (profile.network, profile.voice) if role is not None}
    for row in rows.vlans:
        if row.id not in used and row.role not in wanted:
            thing = f"{rows.site.name} vlan {row.vid} (#{row.id})"
            rule = "used by no port, trunk or SSID"
            yield Problem("VLAN-UNUSED", thing, rule, "remove it or acknowledge", warning=True)


def groups(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.vlans:
        group = rows.trust.vlan_groups.get(row.group_id or 0)
        if group is not None and group.scope_type == SITE and group.scope_id != rows.site.id:
            thing = f"{rows.site.name} vlan {row.vid} (#{row.id})"
            rule = f"group (#{group.id}) belongs to another school"
            yield Problem("VLAN-GROUP", thing, rule, f"choose the group of {rows.site.name}", "group", group.slug)


def capacity(rows: SchoolRows) -> Iterator[Problem]:
    """More VLANs on a switch than its model holds (device type's custom field ``max_vlans``)."""
    for device in rows.configured:
        kind = rows.trust.device_types.get(device.device_type_id)
        limit = kind.custom_fields.get("max_vlans") if kind else None
        keys: set[int] = set()
        for port in rows.interfaces(device):
            keys |= {key for key in (port.untagged_vlan_id, *port.tagged_vlan_ids) if key is not None}
        if isinstance(limit, int) and len(keys) > limit:
            rule = f"model holds {limit}"
            remedy = "prune unused VLANs from this switch"
            yield Problem("VLAN-CAPACITY", rows.label(device), rule, remedy, "vlans", str(len(keys)))


CHECKS = (ranges, reserved, repeated, roles, vlan_one, undefined, unused, groups, capacity)
