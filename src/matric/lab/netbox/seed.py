"""A store filled with a trust's rows, as if NetBox had been prepared by the data contract and filled by hand."""

from collections.abc import Iterable, Iterator
from typing import Any

from matric import contract
from matric.intent.record import Records
from matric.intent.record import Row as Record
from matric.lab.netbox.body import values
from matric.lab.netbox.catalogue import BY_NAME, BY_PATH
from matric.lab.netbox.model import Kind, Row
from matric.lab.netbox.store import Store

__all__ = ("fill", "prepare")

TABLES = {
    "sites": "dcim.site", "locations": "dcim.location", "device_types": "dcim.devicetype", "devices": "dcim.device",
    "interfaces": "dcim.interface", "cables": "dcim.cable", "vlan_groups": "ipam.vlangroup", "vlans": "ipam.vlan",
    "vrfs": "ipam.vrf", "prefixes": "ipam.prefix", "ip_ranges": "ipam.iprange", "ip_addresses": "ipam.ipaddress",
    "wireless_lans": "wireless.wirelesslan",
}  # fmt: skip
BY_SLUG = {"role", "platform", "manufacturer", "group"}
"""Row fields that name another object by its slug."""


def prepare(store: Store) -> None:
    """What ``matric netbox prepare`` would create."""
    with store.transaction():
        for entry in contract.CONTRACT:
            model = BY_PATH[entry.path.strip("/")]
            if store.find(model.name, **{entry.key: entry.name}) is None:
                store.insert(model.name, values(store, model, dict(entry.payload), None, lambda _: True))


def fill(store: Store, records: Records) -> None:
    """*records* with their own ids; roles, platforms, manufacturers, groups and tags get ids of their own."""
    with store.transaction():
        for record in (row for _, rows in records.tables() for row in rows):
            for slug in record.tags:
                _named(store, "extras.tag", slug)
        for table, rows in records.tables():
            _custom_fields(store, TABLES[table], rows)
            for record in rows:
                _insert(store, TABLES[table], record)


def _insert(store: Store, name: str, record: Record) -> None:
    model = BY_NAME[name]
    told = dict(_told(store, name, record))
    row: Row = {field.name: told.get(field.name, field.default) for field in model.fields}
    row |= {"id": record.id, "tags": [_named(store, "extras.tag", slug) for slug in record.tags]}
    row["custom_fields"] = dict.fromkeys(store.custom_fields(name)) | dict(record.custom_fields)
    if record.last_updated:
        row |= {"created": record.last_updated, "last_updated": record.last_updated}
    if name == "dcim.devicetype":
        row["u_height"] = 1.0
    store.insert(name, row, log=False)


def _told(store: Store, name: str, record: Record) -> Iterator[tuple[str, Any]]:
    """The record's fields in the terms of the store's rows."""
    model = BY_NAME[name]
    for field, value in record:
        if field in ("a", "b"):
            yield f"{field}_terminations", [end.model_dump() for end in value]
        elif field == "tagged_vlan_ids":
            yield "tagged_vlans", list(value)
        elif field in BY_SLUG and (known := model.field(field)) and known.kind is Kind.RELATION:
            yield field, _named(store, known.target, value) if value else None
        elif model.field(field):
            yield field, value
        elif model.field(field.removesuffix("_id")):
            yield field.removesuffix("_id"), value


def _named(store: Store, name: str, called: str) -> int:
    """The id of the object with this slug (a manufacturer has a name), made where there is none."""
    slug = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in called.lower())
    found = store.find(name, slug=slug) or store.find(name, name=called)
    if found:
        return int(found["id"])
    title = called if name in ("dcim.manufacturer", "extras.tag") else called.replace("-", " ").capitalize()
    model = BY_NAME[name]
    given = {"name": title, "slug": slug}
    return int(store.insert(name, values(store, model, given, None, lambda _: True), log=False)["id"])


def _custom_fields(store: Store, name: str, rows: Iterable[Record]) -> None:
    """Definitions of the custom fields the rows hold and the contract does not know."""
    kinds: dict[Any, str] = {bool: "boolean", int: "integer", float: "decimal", list: "json", dict: "json"}
    for record in rows:
        for field, value in record.custom_fields.items():
            if field in store.custom_fields(name):
                continue
            known = store.find("extras.customfield", name=field)
            if known:
                store.update("extras.customfield", known["id"], {"object_types": [*known["object_types"], name]})
                continue
            kind = kinds.get(type(value), "text")  # pyright: ignore[reportUnknownArgumentType]
            given = {"name": field, "object_types": [name], "type": kind}
            made = values(store, BY_NAME["extras.customfield"], given, None, lambda _: True)
            store.insert("extras.customfield", made, log=False)
