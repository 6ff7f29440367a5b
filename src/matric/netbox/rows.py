"""NetBox's answers as the snapshot's rows: where each table is read, which fields, how REST and GraphQL say them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

__all__ = ("TABLES", "WATCHED", "Bulk", "Table")

Answer = dict[str, Any]
SHARED = ("id", "last_updated", "tags", "custom_fields")


@dataclass(frozen=True, slots=True)
class Bulk:
    """How GraphQL says the table: ids are text, choices plain values."""

    field: str
    wanted: str
    fields: Mapping[str, Callable[[Answer], Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the snapshot in NetBox."""

    name: str
    model: str
    """NetBox's own name, dcim.interface."""
    path: str
    """Below /api/."""
    fields: Mapping[str, Callable[[Answer], Any]]
    """Row field -> what it is in a REST answer."""
    asked: tuple[str, ...]
    """REST fields that are read; counts that NetBox makes without regard to permissions included."""
    bulk: Bulk | None = None

    def row(self, answer: Answer) -> Answer:
        """A REST answer as the row's fields."""
        return _shared(answer) | {field: of(answer) for field, of in self.fields.items()}

    def bulk_row(self, answer: Answer) -> Answer:
        """A GraphQL answer as the row's fields."""
        fields = self.bulk.fields if self.bulk else self.fields
        return _shared(answer) | {field: of(answer) for field, of in fields.items()}


def _shared(answer: Answer) -> Answer:
    stamp = str(answer["last_updated"] or "")
    return {
        "id": int(answer["id"]),
        "last_updated": stamp.replace("+00:00", "Z"),
        "tags": tuple(sorted(tag["slug"] for tag in answer["tags"])),
        # A field that was never filled in is not there; one that was emptied is.
        "custom_fields": {key: value for key, value in answer["custom_fields"].items() if value is not None},
    }


# How one field is read.


def _as_is(field: str) -> Callable[[Answer], Any]:
    return lambda answer: answer[field]


def _choice(field: str) -> Callable[[Answer], Any]:
    """A choice is {"value", "label"} in REST and the bare value in GraphQL; no choice is null or, in GraphQL, empty."""

    def read(answer: Answer) -> Any:
        given = answer[field]
        return (cast("Answer", given)["value"] if isinstance(given, dict) else given) or None

    return read


def _id(field: str) -> Callable[[Answer], int | None]:
    return lambda answer: int(answer[field]["id"]) if answer[field] else None


def _slug(field: str) -> Callable[[Answer], str | None]:
    return lambda answer: answer[field]["slug"] if answer[field] else None


def _ids(field: str) -> Callable[[Answer], tuple[int, ...]]:
    return lambda answer: tuple(sorted(int(one["id"]) for one in answer[field]))


def _name(field: str) -> Callable[[Answer], str]:
    return lambda answer: answer[field]["name"]


def _ends(field: str) -> Callable[[Answer], tuple[Answer, ...]]:
    def read(answer: Answer) -> tuple[Answer, ...]:
        ends = ({"object_type": end["object_type"], "object_id": end["object_id"]} for end in answer[field])
        return tuple(sorted(ends, key=lambda end: (end["object_type"], end["object_id"])))

    return read


def _plain(*fields: str) -> dict[str, Callable[[Answer], Any]]:
    return {field: _as_is(field) for field in fields}


def _choices(*fields: str) -> dict[str, Callable[[Answer], Any]]:
    return {field: _choice(field) for field in fields}


SCOPE = {"scope_type": _as_is("scope_type"), "scope_id": _as_is("scope_id")}


def _table(  # noqa: PLR0913, PLR0917 - one line of a table each
    name: str,
    model: str,
    path: str,
    fields: Mapping[str, Callable[[Answer], Any]],
    extra: tuple[str, ...] = (),
    bulk: Bulk | None = None,
) -> Table:
    """A table; the REST fields to ask for follow from the rows' own: ``site_id`` is read from ``site``."""
    asked = {ALIASES.get(field, field.removesuffix("_id")) if field not in PLAIN_IDS else field for field in fields}
    return Table(name, model, path, fields, tuple(sorted({*SHARED, *asked, *extra})), bulk)


PLAIN_IDS = ("scope_id", "assigned_object_id")
ALIASES = {"tagged_vlan_ids": "tagged_vlans", "a": "a_terminations", "b": "b_terminations"}

DEVICE: dict[str, Callable[[Answer], Any]] = {
    **_plain("name", "serial", "vc_position", "description"),
    **_choices("status"),
    "role": _slug("role"),
    "platform": _slug("platform"),
    "site_id": _id("site"),
    "location_id": _id("location"),
    "device_type_id": _id("device_type"),
    "primary_ip4_id": _id("primary_ip4"),
    "primary_ip6_id": _id("primary_ip6"),
    "virtual_chassis_id": _id("virtual_chassis"),
}
INTERFACE: dict[str, Callable[[Answer], Any]] = {
    **_plain("name", "enabled", "mgmt_only", "description", "mtu", "speed"),
    **_choices("type", "mode", "duplex", "poe_mode", "poe_type"),
    "device_id": _id("device"),
    "untagged_vlan_id": _id("untagged_vlan"),
    "tagged_vlan_ids": _ids("tagged_vlans"),
    "lag_id": _id("lag"),
}
# Only interfaces are read by GraphQL: they are nearly all of the rows, and a relation that the token may not view is
# null there, where REST still names it. What keeps that from passing unseen is in ``whole``.
INTERFACE_BULK = Bulk(
    "interface_list",
    "id last_updated name type enabled mgmt_only description mtu speed duplex mode poe_mode poe_type custom_fields "
    "cable_end device{id} untagged_vlan{id} tagged_vlans{id} lag{id} tags{slug}",
    {**INTERFACE, "speed": lambda answer: int(answer["speed"]) if answer["speed"] is not None else None},
)
TABLES: tuple[Table, ...] = (
    _table(
        "sites", "dcim.site", "dcim/sites/",
        {**_plain("name", "slug", "description"), **_choices("status"), "time_zone": _as_is("time_zone")},
        ("device_count", "vlan_count", "prefix_count"),
    ),
    _table(
        "locations", "dcim.location", "dcim/locations/",
        {**_plain("name", "slug"), "site_id": _id("site"), "parent_id": _id("parent")},
    ),
    _table(
        "device_types", "dcim.devicetype", "dcim/device-types/",
        {**_plain("model", "slug"), "manufacturer": _name("manufacturer")},
    ),
    _table("devices", "dcim.device", "dcim/devices/", DEVICE, ("interface_count",)),
    _table("interfaces", "dcim.interface", "dcim/interfaces/", INTERFACE, ("cable_end",), INTERFACE_BULK),
    _table(
        "cables", "dcim.cable", "dcim/cables/",
        {**_choices("type", "status"), **_plain("label"), "a": _ends("a_terminations"), "b": _ends("b_terminations")},
    ),
    _table("vlan_groups", "ipam.vlangroup", "ipam/vlan-groups/", {**_plain("name", "slug"), **SCOPE}, ("vlan_count",)),
    _table(
        "vlans", "ipam.vlan", "ipam/vlans/",
        {**_plain("vid", "name", "description"), **_choices("status"), "site_id": _id("site"), "group_id": _id("group"),
         "role": _slug("role")},
    ),
    _table("vrfs", "ipam.vrf", "ipam/vrfs/", _plain("name", "rd")),
    _table(
        "prefixes", "ipam.prefix", "ipam/prefixes/",
        {**_plain("prefix", "description"), **_choices("status"), "vlan_id": _id("vlan"), "vrf_id": _id("vrf"),
         "role": _slug("role"), **SCOPE},
    ),
    _table(
        "ip_ranges", "ipam.iprange", "ipam/ip-ranges/",
        {**_plain("start_address", "end_address", "description"), **_choices("status"), "vrf_id": _id("vrf"),
         "role": _slug("role")},
    ),
    _table(
        "ip_addresses", "ipam.ipaddress", "ipam/ip-addresses/",
        {**_plain("address", "dns_name", "description", "assigned_object_type", "assigned_object_id"),
         **_choices("status", "role"), "vrf_id": _id("vrf")},
    ),
    _table(
        "wireless_lans", "wireless.wirelesslan", "wireless/wireless-lans/",
        {**_plain("ssid", "description"), **_choices("status", "auth_type", "auth_cipher"), "vlan_id": _id("vlan"),
         "group": _slug("group"), **SCOPE},
    ),
)  # fmt: skip
"""In the order of ``Records``."""

WATCHED = frozenset(table.model for table in TABLES) | {
    "dcim.cabletermination",
    "dcim.devicerole",
    "dcim.manufacturer",
    "dcim.platform",
    "dcim.virtualchassis",
    "extras.customfield",
    "extras.tag",
    "ipam.role",
    "wireless.wirelesslangroup",
}
"""A change of one of these models may change a row."""
