"""What a row is called in the estate, and what differs between two states of it, in words a technician uses.

A row is known by its place and name (``oakfield/sw-01 GigabitEthernet1/0/3``), not by its NetBox id: the same estate
written into another NetBox is the same estate.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, cast

from matric.intent import record
from matric.intent.record import Records, Row

__all__ = ("Estate", "difference")

Key = tuple[str | int, ...]
SITE, LOCATION, INTERFACE = "dcim.site", "dcim.location", "dcim.interface"
NONE = "none"


class Estate:
    """All rows of *records*, with the name of each."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.rows: dict[str, dict[int, Any]] = {name: {row.id: row for row in rows} for name, rows in records.tables()}

    def thing(self, table: str, row: Row) -> str:
        """``VLAN 45 byod``, ``oakfield/sw-01 Gi1/0/3``: without the school where ``place`` gives it."""
        return WORDS[table](self, row)

    def place(self, row: Row) -> str:
        """The school's slug, or empty where the thing's own words say it or it belongs to no school."""
        if isinstance(row, record.VlanRow):
            return self.site(row.site_id) or self.scope(self.group_scope(row.group_id))
        if isinstance(row, record.LocationRow):
            return self.site(row.site_id)
        if isinstance(row, (record.PrefixRow, record.WirelessLanRow, record.VlanGroupRow)):
            return self.scope((row.scope_type, row.scope_id))
        return ""

    def key(self, table: str, row: Row) -> Key:
        """What stays the same when the row is changed, and when the estate is written into another NetBox."""
        if isinstance(row, record.VlanRow):
            group = self.rows["vlan_groups"].get(row.group_id or 0)
            return (self.place(row), group.slug if group else "", row.vid)
        if isinstance(row, (record.SiteRow, record.LocationRow, record.DeviceTypeRow, record.VlanGroupRow)):
            return (self.place(row), self.location(row.id) if table == "locations" else row.slug)
        if isinstance(row, record.IpAddressRow):
            return (self.vrf(row.vrf_id), row.address, self.end(row.assigned_object_type, row.assigned_object_id))
        if isinstance(row, record.CableRow):
            return tuple(sorted(self.ends(row)))
        return (self.place(row), self.thing(table, row))

    @cached_property
    def keys(self) -> Mapping[str, dict[tuple[Key, int], Row]]:
        """Table -> (key, how many of that key went before) -> row."""
        found: dict[str, dict[tuple[Key, int], Row]] = {}
        for table, rows in self.records.tables():
            seen: Counter[Key] = Counter()
            found[table] = {}
            for row in sorted(rows, key=lambda row: row.id):
                key = self.key(table, row)
                found[table][key, seen[key]] = row
                seen[key] += 1
        return found

    # What an id stands for.

    def site(self, key: int | None) -> str:
        row = self.rows["sites"].get(key or 0)
        return row.slug if row else _lost(key)

    def location(self, key: int | None) -> str:
        """``Main / Server room``."""
        names: list[str] = []
        while (row := self.rows["locations"].get(key or 0)) and len(names) < 10:  # noqa: PLR2004 - a loop ends too
            names.insert(0, row.name)
            key = row.parent_id
        return " / ".join(names) or _lost(key)

    def group_scope(self, key: int | None) -> tuple[str | None, int | None]:
        row = self.rows["vlan_groups"].get(key or 0)
        return (row.scope_type, row.scope_id) if row else (None, None)

    def scope(self, given: tuple[str | None, int | None]) -> str:
        kind, key = given
        if kind == LOCATION and (row := self.rows["locations"].get(key or 0)):
            return f"{self.site(row.site_id)} {self.location(key)}"
        return self.site(key) if kind == SITE else f"{kind} {key}" if kind else ""

    def device(self, key: int | None) -> str:
        """``oakfield/sw-01``."""
        row = self.rows["devices"].get(key or 0)
        if row is None:
            return _lost(key)
        return f"{self.site(row.site_id)}/{row.name if row.name is not None else f'#{row.id}'}"

    def interface(self, key: int | None) -> str:
        row = self.rows["interfaces"].get(key or 0)
        return f"{self.device(row.device_id)} {row.name}" if row else _lost(key)

    def port(self, key: int | None) -> str:
        row = self.rows["interfaces"].get(key or 0)
        return row.name if row else _lost(key)

    def vid(self, key: int | None) -> str:
        row = self.rows["vlans"].get(key or 0)
        return str(row.vid) if row else _lost(key)

    def vrf(self, key: int | None) -> str:
        row = self.rows["vrfs"].get(key or 0)
        return row.name if row else _lost(key)

    def model(self, key: int | None) -> str:
        row = self.rows["device_types"].get(key or 0)
        return f"{row.manufacturer} {row.model}" if row else _lost(key)

    def group(self, key: int | None) -> str:
        row = self.rows["vlan_groups"].get(key or 0)
        return row.name if row else _lost(key)

    def address(self, key: int | None) -> str:
        row = self.rows["ip_addresses"].get(key or 0)
        return row.address if row else _lost(key)

    def end(self, kind: str | None, key: int | None) -> str:
        return self.interface(key) if kind == INTERFACE else f"{kind} #{key}" if kind else ""

    def ends(self, row: record.CableRow) -> tuple[str, ...]:
        return tuple(
            " + ".join(sorted(self.end(one.object_type, one.object_id) for one in side)) for side in (row.a, row.b)
        )

    # A row as words.

    def said(self, row: Row) -> dict[str, Any]:
        """Field in words -> value in words; a relation by what it leads to."""
        values: dict[str, Any] = {}
        for field, value in row:
            if field in ("id", "last_updated", "a", "b", "scope_id", "assigned_object_id"):
                continue
            if field == "custom_fields":
                values |= {key: _shown(one) for key, one in value.items() if one is not None}
            elif field in MANY:
                word, of = MANY[field]
                values[word] = frozenset(of(self, one) for one in value)
            elif field == "scope_type":
                values["place"] = self.scope((value, getattr(row, "scope_id", None)))
            elif field == "assigned_object_type":
                values["interface"] = self.end(value, getattr(row, "assigned_object_id", None))
            elif field in RELATIONS:
                word, of = RELATIONS[field]
                values[word] = NONE if value is None else of(self, value)
            else:
                values[field.replace("_", " ")] = _shown(value)
        return values


def _lost(key: int | None) -> str:
    return "" if key is None else f"#{key}"


def _shown(value: Any) -> str:
    if value is None or value == "":
        return NONE
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


WORDS: Mapping[str, Callable[[Estate, Any], str]] = {
    "sites": lambda _, row: f"school {row.slug}",
    "locations": lambda estate, row: f"location {estate.location(row.id)}",
    "device_types": lambda estate, row: f"device type {estate.model(row.id)}",
    "devices": lambda estate, row: estate.device(row.id),
    "interfaces": lambda estate, row: estate.interface(row.id),
    "cables": lambda estate, row: f"cable {' to '.join(sorted(estate.ends(row)))}",
    "vlan_groups": lambda _, row: f"VLAN group {row.name}",
    "vlans": lambda _, row: f"VLAN {row.vid} {row.name}",
    "vrfs": lambda _, row: f"VRF {row.name}",
    "prefixes": lambda estate, row: f"prefix {row.prefix}{_in_vrf(estate, row.vrf_id)}",
    "ip_ranges": lambda estate, row: f"range {row.start_address} to {row.end_address}{_in_vrf(estate, row.vrf_id)}",
    "ip_addresses": lambda estate, row: f"address {row.address}{_in_vrf(estate, row.vrf_id)}",
    "wireless_lans": lambda _, row: f"SSID {row.ssid}",
}

RELATIONS: Mapping[str, tuple[str, Callable[[Estate, int], str]]] = {
    "site_id": ("school", Estate.site),
    "parent_id": ("parent", Estate.location),
    "location_id": ("location", Estate.location),
    "device_type_id": ("device type", Estate.model),
    "device_id": ("device", Estate.device),
    "primary_ip4_id": ("primary address", Estate.address),
    "primary_ip6_id": ("primary IPv6 address", Estate.address),
    "untagged_vlan_id": ("untagged VLAN", Estate.vid),
    "vlan_id": ("VLAN", Estate.vid),
    "lag_id": ("LAG", Estate.port),
    "group_id": ("VLAN group", Estate.group),
    "vrf_id": ("VRF", Estate.vrf),
}

MANY: Mapping[str, tuple[str, Callable[[Estate, Any], str]]] = {
    "tagged_vlan_ids": ("tagged VLANs", Estate.vid),
    "tags": ("tags", lambda _, tag: str(tag)),
}


def _in_vrf(estate: Estate, key: int | None) -> str:
    return f" in VRF {estate.vrf(key)}" if key is not None else ""


# ---------------------------------------------------------------------------------------------------------------------
# Two states


def difference(old: Records, new: Records) -> tuple[str, ...]:
    """What has changed from *old* to *new*, one sentence each; a device that came or went speaks for its interfaces."""
    before, after = Estate(old), Estate(new)
    said: list[str] = []
    other_ids = 0
    for table in Records.model_fields:
        pairs = list(_pairs(table, before, after))
        other_ids += sum(one is not None and other is not None and one.id != other.id for one, other in pairs)
        for one, other in pairs:
            if one is None and other is not None:
                said.extend(_came_or_went("added", table, after, other, before))
            elif other is None and one is not None:
                said.extend(_came_or_went("removed", table, before, one, after))
            elif one is not None and other is not None:
                said.extend(_changed(table, (before, one), (after, other)))
    if other_ids:
        said.append(f"{other_ids} rows have other NetBox ids than before")
    return tuple(said)


def _pairs(table: str, before: Estate, after: Estate) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of the same name, then rows of the same id (renamed or moved), then those that came or went."""
    old, new = dict(before.keys[table]), dict(after.keys[table])
    for key in [key for key in old if key in new]:
        yield old.pop(key), new.pop(key)
    new_ids = {row.id: row for row in new.values()}
    for row in old.values():
        yield row, new_ids.pop(row.id, None)
    for row in new_ids.values():
        yield None, row


def _came_or_went(what: str, table: str, estate: Estate, row: Row, other: Estate) -> Iterator[str]:
    if isinstance(row, record.InterfaceRow) and not _has_device(other, estate.device(row.device_id)):
        return
    where = f" at {place}" if (place := estate.place(row)) else ""
    interfaces = ""
    if isinstance(row, record.DeviceRow):
        count = sum(one.device_id == row.id for one in estate.records.interfaces)
        interfaces = f" with {count} interface{'' if count == 1 else 's'}"
    yield f"{estate.thing(table, row)} {what}{where}{interfaces}"


def _has_device(estate: Estate, name: str) -> bool:
    return name in {estate.device(key) for key in estate.rows["devices"]}


def _changed(table: str, old: tuple[Estate, Row], new: tuple[Estate, Row]) -> Iterator[str]:
    before, after = old[0].said(old[1]), new[0].said(new[1])
    head = old[0].thing(table, old[1])
    place = old[0].place(old[1])
    if isinstance(old[1], record.CableRow) and isinstance(new[1], record.CableRow):
        ends = [" to ".join(sorted(estate.ends(row))) for estate, row in ((old[0], old[1]), (new[0], new[1]))]
        if ends[0] != ends[1]:
            yield f"{head}: moved to {ends[1]}"
    for field in sorted(before.keys() | after.keys()):
        one, other = before.get(field, NONE), after.get(field, NONE)
        if one != other:
            yield f"{head}{f' at {place}' if place else ''}: {field} {_from_to(one, other)}"


def _from_to(one: Any, other: Any) -> str:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        before, after = cast("frozenset[str]", one), cast("frozenset[str]", other)
        return " ".join(
            [f"+{item}" for item in sorted(after - before)] + [f"-{item}" for item in sorted(before - after)]
        )
    return f"{one} -> {other}"
