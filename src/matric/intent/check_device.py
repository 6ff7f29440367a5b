"""Devices and their interfaces: named, reachable, of a known platform, and each port what its model has."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from ipaddress import IPv4Interface

from matric.errors import Problem
from matric.intent.check_address import interface
from matric.intent.limit import HARDWARE, LIMITS, canonical, speed_of_type
from matric.intent.record import DeviceRow, InterfaceRow
from matric.intent.rows import SchoolRows
from matric.intent.school import EDGE

__all__ = ("CHECKS",)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}")
_AP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
"""An access point has no prompt and no backup file of its own: its name may start with a digit."""

_NOT_YET = ("active", "inventory")
"""A device on the shelf is no part of the network."""

_GIGABIT = 1_000_000
_ROLES = ("access", "access-point", "collapsed-core", "core", "router", "wireless-controller", *sorted(EDGE))


def names(rows: SchoolRows) -> Iterator[Problem]:
    first: dict[str, DeviceRow] = {}
    for row in rows.devices:
        if not row.name:
            kind = rows.trust.device_types.get(row.device_type_id)
            thing = f"device #{row.id} ({rows.site.name}, {kind.model if kind else '?'}, serial {row.serial or 'none'})"
            yield Problem("DEV-NAME-NONE", thing, "a device needs a name", "name it", "name")
            continue
        pattern = _AP_NAME if row.role == "access-point" or row.role in EDGE else _NAME
        if not pattern.fullmatch(row.name):
            rule = "breaks prompt detection and file names"
            remedy = "use letters, digits and hyphens, a letter first, under 64 characters"
            yield Problem("DEV-NAME-CHAR", f"device #{row.id}", rule, remedy, "name", row.name)
        other = first.setdefault(row.name.casefold(), row)
        if other is not row:
            yield _same_name(rows, other, row)


def _same_name(rows: SchoolRows, one: DeviceRow, two: DeviceRow) -> Problem:
    rule = f"#{one.id} and #{two.id} have one name"
    if one.role == two.role == "access-point":
        return Problem(
            "AP-PORT", rows.site.name, rule, "rename one or acknowledge", "name", one.name or "", warning=True
        )
    return Problem("DEV-NAME-DUP", rows.site.name, rule, "rename one", "name", one.name or "")


def roles(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.devices:
        if row.role not in _ROLES:
            rule = f"roles are {', '.join(_ROLES)}"
            yield Problem("DEV-ROLE", rows.label(row), rule, "choose one of them", "role", row.role)


def platforms(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.configured:
        if row.platform is None and row.status == "active":
            remedy = "set platform, or a status other than active"
            yield Problem("DEV-PLATFORM", rows.label(row), "required for an active device", remedy, "platform")
        elif row.platform is not None and row.platform not in LIMITS:
            rule = f"supported are {', '.join(LIMITS)}"
            yield Problem("DEV-PLATFORM-UNKNOWN", rows.label(row), rule, "choose one of them", "platform", row.platform)


def statuses(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.configured:
        if row.status not in _NOT_YET:
            rule = "only active devices are changed, and naming one in a run does not alter that"
            remedy = "set active, or inventory while it is on the shelf"
            yield Problem("DEV-STATUS", rows.label(row), rule, remedy, "status", row.status)


def management_addresses(rows: SchoolRows) -> Iterator[Problem]:
    block = rows.standard.addresses.schools.get(rows.site.slug)
    for row in rows.configured:
        label = rows.label(row)
        address = rows.trust.addresses.get(row.primary_ip4_id or 0)
        if address is None:
            if row.virtual_chassis_id is None:
                remedy = "set primary_ip4; the name is never resolved instead"
                yield Problem("DEV-NO-IP", label, "no management address", remedy, "primary_ip4")
            continue
        own = {port.id for port in rows.interfaces(row)}
        found = interface(address.address)
        if address.assigned_object_id not in own:
            rule = f"on no interface of {row.name}"
            remedy = "assign it to the management interface"
            yield Problem("DEV-IP-OWNER", label, rule, remedy, "primary_ip4", address.address)
        elif not isinstance(found, IPv4Interface):
            rule = "not an IPv4 address"
            yield Problem("DEV-IP-OWNER", label, rule, "set primary_ip4", "primary_ip4", address.address)
        elif block is not None and found.ip not in block:
            rule = f"outside the school's block {block}"
            yield Problem("DEV-IP-OWNER", label, rule, "use one of the school's own", "primary_ip4", address.address)


def repeated_addresses(rows: SchoolRows) -> Iterator[Problem]:
    found: dict[str, list[DeviceRow]] = defaultdict(list)
    for row in rows.trust.records.devices:
        address = rows.trust.addresses.get(row.primary_ip4_id or 0)
        if address is not None:
            found[address.address.split("/")[0]].append(row)
    for text, devices in sorted(found.items()):
        if len(devices) > 1 and any(row.site_id == rows.site.id for row in devices):
            shown = " and ".join(rows.label(row) for row in devices)
            yield Problem("DEV-IP-DUP", text, f"it is primary_ip4 of {shown}", "correct one")


def serials(rows: SchoolRows) -> Iterator[Problem]:
    """The serial number is how a device proves who it is before anything is written to it."""
    found: dict[str, list[DeviceRow]] = defaultdict(list)
    for row in rows.trust.records.devices:
        if row.serial.strip():
            found[row.serial.strip().upper()].append(row)
    for row in rows.configured:
        serial, label = row.serial.strip(), rows.label(row)
        if not serial and row.status == "active":
            remedy = "read it with enrol and record it"
            yield Problem("DEV-SERIAL", label, "the identity check needs it", remedy, "serial")
        others = [other for other in found.get(serial.upper(), []) if other.id != row.id]
        if others:
            rule = f"{rows.label(others[0])} has it too"
            yield Problem("DEV-SERIAL", label, rule, "read both with enrol and correct one", "serial", serial)


def stacks(rows: SchoolRows) -> Iterator[Problem]:
    members: dict[int, list[DeviceRow]] = defaultdict(list)
    for row in rows.devices:
        if row.virtual_chassis_id is not None:
            members[row.virtual_chassis_id].append(row)
    for key, stack in sorted(members.items()):
        thing, first = f"stack #{key}", dict[int | None, DeviceRow]()
        for row in stack:
            other = first.setdefault(row.vc_position, row)
            if row.vc_position is None:
                yield Problem("STACK-MEMBER", thing, f"{rows.label(row)} has no position", "set vc_position")
            elif other is not row:
                rule = f"members {rows.label(other)} and {rows.label(row)} both have position {row.vc_position}"
                yield Problem("STACK-MEMBER", thing, rule, "correct vc_position")
        if all(row.primary_ip4_id is None for row in stack):
            yield Problem("STACK-MEMBER", thing, "no member has a primary address: it has no master", "set the master")
        rule = "matric builds stand-alone switches only"
        yield Problem("STACK-UNSUPPORTED", thing, rule, "leave this school to a later version, or unstack it")


def _ports(rows: SchoolRows) -> Iterator[tuple[DeviceRow, InterfaceRow]]:
    for device in rows.configured:
        yield from ((device, port) for port in rows.interfaces(device) if not port.mgmt_only)


def _physical(port: InterfaceRow) -> bool:
    return port.type not in ("lag", "virtual", "bridge")


def unknown_interfaces(rows: SchoolRows) -> Iterator[Problem]:
    for device in rows.configured:
        kind = rows.trust.device_types.get(device.device_type_id)
        hardware = HARDWARE.get(kind.model) if kind else None
        if kind is not None and hardware is None:
            rule = f"matric does not know which ports a {kind.model} has: their names are not checked"
            yield Problem("DEV-TYPE", rows.label(device), rule, "check the names by hand", warning=True)
        if kind is None or hardware is None:
            continue
        known = {canonical(name): name for name in hardware.names()}
        for port in rows.interfaces(device):
            if _physical(port) and not port.mgmt_only and canonical(port.name) not in known:
                near = get_close_matches(canonical(port.name), known, n=3, cutoff=0)
                shown = ", ".join(known[name] for name in near)
                rule = f"not on {kind.model}; nearest: {shown}"
                yield Problem("IF-UNKNOWN", rows.label(device), rule, "correct the name", "interface", port.name)


def repeated_interfaces(rows: SchoolRows) -> Iterator[Problem]:
    first: dict[tuple[int, str], InterfaceRow] = {}
    for device, port in _ports(rows):
        other = first.setdefault((device.id, canonical(port.name)), port)
        if other is not port:
            rule = f"'{other.name}' (#{other.id}) and '{port.name}' (#{port.id}) are the same port"
            yield Problem("IF-DUP", rows.label(device), rule, "delete one")


def speeds(rows: SchoolRows) -> Iterator[Problem]:
    for device, port in _ports(rows):
        top = speed_of_type(port.type)
        speed, label = port.speed or top, rows.label(port)
        if port.speed is not None and top is not None and port.speed > top:
            rule = f"the port's type is {port.type}"
            yield Problem("IF-SPEED", label, rule, "correct speed or type", "speed", str(port.speed))
        if port.duplex == "half" and speed is not None and speed >= _GIGABIT:
            yield Problem("IF-SPEED", label, "no half duplex at 1 Gbit/s and above", "set full", "duplex", "half")
        whole = port.name.rpartition("/")[0]
        if device.platform == "eos" and whole and _in_use(rows, device, whole) and _is_used(rows, port):
            rule = f"it is a part of {whole}, which is in use whole"
            yield Problem("IF-SPEED", label, rule, "use the port whole or in parts", "name", port.name)


def _is_used(rows: SchoolRows, port: InterfaceRow) -> bool:
    return port.enabled or port.id in rows.trust.far_end


def _in_use(rows: SchoolRows, device: DeviceRow, name: str) -> bool:
    return any(port.name == name and _is_used(rows, port) for port in rows.interfaces(device))


def modes(rows: SchoolRows) -> Iterator[Problem]:
    for _, port in _ports(rows):
        label, mode = rows.label(port), port.mode
        if mode == "access" and port.tagged_vlan_ids:
            vids = sorted(row.vid for key in port.tagged_vlan_ids if (row := rows.trust.vlans.get(key)))
            rule = f"access mode with tagged VLANs {','.join(map(str, vids))}"
            yield Problem("IF-MODE", label, rule, "set tagged, or clear the list", "mode", mode)
        if mode is not None and rows.trust.addresses_of.get(port.id):
            yield Problem(
                "IF-MODE", label, "a switched port with an address", "clear the mode or the address", "mode", mode
            )
        if mode == "tagged-all":
            yield Problem("IF-MODE", label, "a trunk names its VLANs", "set tagged and list them", "mode", mode)
        yield from _profile_mode(rows, port)


def _profile_mode(rows: SchoolRows, port: InterfaceRow) -> Iterator[Problem]:
    """What the profile says against what NetBox's mode says."""
    profile = rows.profile(port)
    if profile is None or port.lag_id is not None:
        return
    wanted = {"access": ("access",), "trunk": ("tagged", "tagged-all"), "routed": (None,)}.get(profile.mode)
    if wanted is not None and port.mode not in wanted and not rows.own_voice(port):
        rule = f"profile {rows.profile_name(port)} is {profile.mode}"
        remedy = f"set {wanted[0] or 'no mode'}, or another profile"
        yield Problem("IF-MODE", rows.label(port), rule, remedy, "mode", port.mode or "")


def profiles(rows: SchoolRows) -> Iterator[Problem]:
    for _, port in _ports(rows):
        if port.type != "virtual" and rows.profile(port) is None:
            rule = f"profiles are {_listed(rows.standard.profiles)}"
            field, name = "port_profile", rows.profile_name(port)
            yield Problem("PORT-PROFILE", rows.label(port), rule, "choose one of them", field, name)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def voice_vlans(rows: SchoolRows) -> Iterator[Problem]:
    for _, port in _ports(rows):
        profile = rows.profile(port)
        voice = rows.vlan_of_role.get(profile.voice or "") if profile else None
        if voice is not None and port.untagged_vlan_id == voice.id:
            remedy = "use the data VLAN of the profile, or a profile without telephone"
            yield Problem(
                "VOICE-VLAN",
                rows.label(port),
                f"equals data='{voice.vid}'",
                remedy,
                "voice",
                str(voice.vid),
                warning=True,
            )


CHECKS = (
    names,
    roles,
    platforms,
    statuses,
    management_addresses,
    repeated_addresses,
    serials,
    stacks,
    unknown_interfaces,
    repeated_interfaces,
    speeds,
    modes,
    profiles,
    voice_vlans,
)
