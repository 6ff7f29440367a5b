"""What NetBox holds an object to beyond its single fields: uniqueness, and what fits together."""

from collections.abc import Callable, Iterator
from ipaddress import ip_interface
from typing import Any

from matric.lab.netbox.body import Complaint
from matric.lab.netbox.choice import INTERFACE_TYPE
from matric.lab.netbox.model import Model, Row
from matric.lab.netbox.store import Store

__all__ = ("check",)

ALL = "__all__"
WORDS = {"vid": "VLAN ID"}
NO_CABLE = ("virtual", "bridge", "lag", "other-wireless")
Said = Iterator[tuple[str, str]]


def check(store: Store, model: Model, row: Row, key: int | None) -> None:
    """Complaint if *row* (the whole of it) may not be; *key* is its id, None while it is new."""
    wrong: dict[str, list[str]] = {}
    for field, said in (*_unique(store, model, row, key), *RULES.get(model.name, _nothing)(store, row, key)):
        wrong.setdefault(field, []).append(said)
    if wrong:
        raise Complaint(wrong)


def _nothing(_store: Store, _row: Row, _key: int | None) -> Said:
    return iter(())


def _unique(store: Store, model: Model, row: Row, key: int | None) -> Said:
    for fields in model.unique:
        values = [row[field] for field in fields]
        if values[0] is None and (len(fields) == 1 or model.name == "dcim.device"):
            continue
        if model.name == "ipam.vlan" and row["group"] is None:
            continue
        twins = (
            one for one in store.rows(model.name) if one["id"] != key and [one[field] for field in fields] == values
        )
        if next(twins, None) is not None:
            yield _twice(store, model, row, fields)


def _twice(store: Store, model: Model, row: Row, fields: tuple[str, ...]) -> tuple[str, str]:
    if model.name in ("ipam.prefix", "ipam.ipaddress"):
        word = "prefix" if model.name == "ipam.prefix" else "IP address"
        where = f"VRF {store.display('ipam.vrf', row['vrf'])}" if row["vrf"] else "global table"
        return fields[-1], f"Duplicate {word} found in {where}: {row[fields[-1]]}"
    if len(fields) == 1:
        return fields[0], f"{model.verbose} with this {fields[0].replace('_', ' ')} already exists."
    if model.name == "dcim.device":
        return ALL, "Device name must be unique per site."
    named = " and ".join(WORDS.get(field, field.replace("_", " ").capitalize()) for field in fields)
    return ALL, f"{model.verbose[:1].upper()}{model.verbose[1:]} with this {named} already exists."


def _interface(store: Store, row: Row, key: int | None) -> Said:
    if row["tagged_vlans"] and row["mode"] != "tagged":
        yield "tagged_vlans", "Interface mode does not support tagged vlans"
    if row["untagged_vlan"] and not row["mode"]:
        yield "untagged_vlan", "Interface mode does not support untagged vlan"
    site = store.get("dcim.device", row["device"])["site"]
    for vlan in row["tagged_vlans"]:
        if store.get("ipam.vlan", vlan)["site"] not in (site, None):
            name = store.display("ipam.vlan", vlan)
            yield "tagged_vlans", (f"VLAN {name} must belong to the same site as the interface's parent device, "
                                   "or it must be global.")  # fmt: skip
    if row["untagged_vlan"] and store.get("ipam.vlan", row["untagged_vlan"])["site"] not in (site, None):
        name = store.display("ipam.vlan", row["untagged_vlan"])
        yield "untagged_vlan", (f"The untagged VLAN ({name}) must belong to the same site as the interface's parent "
                                "device, or it must be global.")  # fmt: skip
    yield from _primary_mac(store, row, key)
    if row["lag"]:
        lag = store.get("dcim.interface", row["lag"])
        if lag["device"] != row["device"]:
            owner = store.display("dcim.device", lag["device"])
            yield "lag", f"The selected LAG interface ({lag['name']}) belongs to a different device ({owner})."
        if row["type"] in ("virtual", "lag"):
            yield "lag", "Virtual interfaces cannot have a parent LAG interface."


def _primary_mac(store: Store, row: Row, key: int | None) -> Said:
    if row["primary_mac_address"]:
        mac = store.get("dcim.macaddress", row["primary_mac_address"])
        if mac["assigned_object_type"] != "dcim.interface" or mac["assigned_object_id"] != key:
            yield "primary_mac_address", f"MAC address {mac['mac_address']} is not assigned to this interface."


def _device(store: Store, row: Row, key: int | None) -> Said:
    if row["location"] and store.get("dcim.location", row["location"])["site"] != row["site"]:
        place, site = store.display("dcim.location", row["location"]), store.display("dcim.site", row["site"])
        yield "location", f"Location {place} does not belong to site {site}."
    for field, version in (("primary_ip4", 4), ("primary_ip6", 6)):
        if row[field] is None:
            continue
        address = store.get("ipam.ipaddress", row[field])
        if ip_interface(address["address"]).version != version:
            yield field, f"{address['address']} is not an IPv{version} address."
        ports = store.leading("dcim.interface", "device", key) if key else []
        if address["assigned_object_type"] != "dcim.interface" or address["assigned_object_id"] not in ports:
            yield field, f"The specified IP address ({address['address']}) is not assigned to this device."


def _cable(store: Store, row: Row, key: int | None) -> Said:
    for end in "AB":
        ends: list[Row] = row[f"{end.lower()}_terminations"]
        if not ends:
            if key is None:
                yield ALL, "Must define A and B terminations when creating a new cable."
            continue
        for one in ends:
            yield from _termination(store, one, key)


def _termination(store: Store, end: Any, key: int | None) -> Said:
    model, target = end.get("object_type"), end.get("object_id")
    if model not in store.tables or target not in store.tables[model]:
        yield "object_id", f"Related object not found: {model} {target}"
        return
    taken = store.cable_of(model, target)
    if taken and taken[0]["id"] != key:
        yield ALL, f"Duplicate termination found for {model} {target}: cable {taken[0]['id']}"
    port = store.get(model, target)
    if model == "dcim.interface" and (port["type"] in NO_CABLE or port["type"].startswith("ieee802.")):
        yield ALL, f"Cables cannot be terminated to {INTERFACE_TYPE[port['type']]} interfaces"


def _vlan(store: Store, row: Row, _key: int | None) -> Said:
    group = store.get("ipam.vlangroup", row["group"]) if row["group"] else None
    if group and row["site"] and group["scope_type"] == "dcim.site" and group["scope_id"] != row["site"]:
        scope, site = store.display("dcim.site", group["scope_id"]), store.display("dcim.site", row["site"])
        said = f"VLAN is assigned to group {group['name']} (scope: {scope}); cannot also assign to site {site}."
        yield ALL, said
    if group and not any(first <= row["vid"] <= last for first, last in group["vid_ranges"]):
        yield "vid", f"VID must be in ranges {group['vid_ranges']} for VLANs in group {group['name']}"


def _range(store: Store, row: Row, key: int | None) -> Said:
    start, end = ip_interface(row["start_address"]), ip_interface(row["end_address"])
    if start.network.prefixlen != end.network.prefixlen:
        yield "end_address", "Starting and ending IP address masks must match"
    if end.ip < start.ip:  # type: ignore[operator]  # both of one family, or refused above
        yield "end_address", f"Ending address must be greater than the starting address ({row['start_address']})"
    for other in store.rows("ipam.iprange"):
        first, last = ip_interface(other["start_address"]), ip_interface(other["end_address"])
        apart = other["id"] == key or other["vrf"] != row["vrf"] or first.version != start.version
        if not apart and int(first) <= int(end) and int(start) <= int(last):
            name = store.display("ipam.iprange", other["id"])
            where = f"in VRF {store.display('ipam.vrf', row['vrf'])}" if row["vrf"] else "in VRF None"
            yield ALL, f"Defined addresses overlap with range {name} {where}"


def _scope(store: Store, row: Row, _key: int | None) -> Said:
    kind, key = row["scope_type"], row["scope_id"]
    if kind is None and key is None:
        return
    if kind is None or key is None:
        yield "scope_type" if kind is None else "scope_id", "Please specify a scope."
    elif kind not in store.tables or key not in store.tables[kind]:
        yield "scope_id", f"Invalid scope: {kind} {key}"


def _address(store: Store, row: Row, _key: int | None) -> Said:
    kind, key = row["assigned_object_type"], row["assigned_object_id"]
    if kind == "dcim.interface" and key not in store.tables[kind]:
        yield "assigned_object_id", f"Invalid assigned object: {kind} {key}"


def _mac(store: Store, row: Row, key: int | None) -> Said:
    yield from _address(store, row, key)
    before = store.tables["dcim.macaddress"].get(key or 0)
    if before and before["assigned_object_id"] != row["assigned_object_id"] and store.leading(
        "dcim.interface", "primary_mac_address", key or 0
    ):  # fmt: skip
        yield ALL, "Cannot reassign MAC Address while it is designated as the primary MAC for an object"


def _entry(store: Store, row: Row, _key: int | None) -> Said:
    kind, key = row["assigned_object_type"], row["assigned_object_id"]
    if kind not in store.tables:
        yield "assigned_object_type", f"Invalid content type: {kind}"
    elif key not in store.tables[kind]:
        yield "non_field_errors", f"Invalid assigned_object: {kind.replace('.', ' | ')} ID {key}"


def _custom_field(_store: Store, row: Row, _key: int | None) -> Said:
    if not row["object_types"]:
        yield "object_types", "This list may not be empty."
    if row["type"] in ("select", "multiselect") and not row["choice_set"]:
        yield "choice_set", "Selection fields must specify a set of choices."


RULES: dict[str, Callable[[Store, Row, int | None], Said]] = {
    "dcim.interface": _interface, "dcim.device": _device, "dcim.cable": _cable, "ipam.vlan": _vlan,
    "ipam.iprange": _range,
    "ipam.prefix": _scope, "wireless.wirelesslan": _scope, "ipam.vlangroup": _scope, "ipam.ipaddress": _address,
    "dcim.macaddress": _mac,
    "extras.customfield": _custom_field, "extras.journalentry": _entry,
}  # fmt: skip
