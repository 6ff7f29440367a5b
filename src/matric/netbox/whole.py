"""Is what came the whole estate? Short reads, rows that lead nowhere, hidden rows, an estate that shrank."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from matric.errors import Problem, SourceError
from matric.estate import Estate
from matric.intent.record import Records
from matric.netbox.rows import TABLES
from matric.netbox.transport import AGAIN, problem
from matric.snapshot import Snapshot

__all__ = ("faults", "refuse_shrunk")

ESSENTIAL = ("sites", "device_types", "devices", "interfaces", "vlans", "prefixes")
"""Tables no estate is without: none of their rows is a fault of the read."""
SHRUNK_ROWS, SHRUNK_SHARE = 20, 0.10
"""So many rows of a table gone at once, or such a share of them, is taken for a fault until a person says otherwise."""

Raw = Mapping[str, list[dict[str, Any]]]


def faults(records: Records, raw: Raw, counts: Mapping[str, int]) -> list[Problem]:
    """Everything that shows *records* not to be all there is: *raw* are its answers, *counts* REST's."""
    return [*_short(records, counts), *_dangling(records), *_hidden(records, raw), *_uncabled(records, raw)]


def _short(records: Records, counts: Mapping[str, int]) -> Iterator[Problem]:
    for name, rows in records.tables():
        ids = {row.id for row in rows}
        path = next(table.path for table in TABLES if table.name == name)
        if len(ids) != counts[name] or len(rows) != counts[name]:
            yield problem("NB-PARTIAL", f"GET /api/{path}", f"count={counts[name]}, {len(ids)} distinct ids", AGAIN)
        if not rows and name in ESSENTIAL:
            yield problem("NB-PARTIAL", f"GET /api/{path}", "no objects at all: an empty estate is never believed",
                          "grant view to the token's user, or fill NetBox ('matric snapshot push')")  # fmt: skip


RELATIONS = {
    "site_id": "sites", "location_id": "locations", "parent_id": "locations", "device_type_id": "device_types",
    "device_id": "devices", "lag_id": "interfaces", "untagged_vlan_id": "vlans", "vlan_id": "vlans",
    "group_id": "vlan_groups", "vrf_id": "vrfs", "primary_ip4_id": "ip_addresses", "primary_ip6_id": "ip_addresses",
}  # fmt: skip
TYPED = {"dcim.site": "sites", "dcim.location": "locations", "dcim.interface": "interfaces"}


def _dangling(records: Records) -> Iterator[Problem]:
    """A row that leads to an object which did not come: the token may not see it."""
    ids = {name: {row.id for row in rows} for name, rows in records.tables()}
    for table, (_, rows) in zip(TABLES, records.tables(), strict=True):
        for row in rows:
            for field, target, key in _led(row):
                if key not in ids[target]:
                    rule = f"leads to {target} #{key}, which did not come"
                    remedy = f"grant view on all {target} to the token's user"
                    yield problem("NB-PARTIAL", f"{table.model} #{row.id}", rule, remedy, field=field, value=str(key))


def _led(row: Any) -> Iterator[tuple[str, str, int]]:
    for field, value in row:
        if field in RELATIONS and value is not None:
            yield field, RELATIONS[field], value
        elif field == "tagged_vlan_ids" and value:
            yield from ((field, "vlans", key) for key in value)
        elif field in ("scope_type", "assigned_object_type") and value in TYPED:
            key = getattr(row, field.replace("_type", "_id"))
            if key is not None:
                yield field, TYPED[value], key
        elif field in ("a", "b") and value:
            yield from ((field, TYPED[end.object_type], end.object_id) for end in value if end.object_type in TYPED)


def _hidden(records: Records, raw: Raw) -> Iterator[Problem]:
    """NetBox counts what belongs to a site, group or device without regard to permissions: fewer came than it says."""
    site_of = {row.id: row.site_id for row in records.locations}
    sites = {"dcim.site": {row.id: row.id for row in records.sites}, "dcim.location": site_of}
    scoped = Counter(sites.get(row.scope_type or "", {}).get(row.scope_id or 0) for row in records.prefixes)
    checks = (
        ("sites", "device_count", Counter(row.site_id for row in records.devices), "dcim.device"),
        ("sites", "vlan_count", Counter(row.site_id for row in records.vlans), "ipam.vlan"),
        ("sites", "prefix_count", scoped, "ipam.prefix"),
        ("vlan_groups", "vlan_count", Counter(row.group_id for row in records.vlans), "ipam.vlan"),
        ("devices", "interface_count", Counter(row.device_id for row in records.interfaces), "dcim.interface"),
        (
            "svis",
            "count_ipaddresses",
            Counter(
                row.assigned_object_id for row in records.ip_addresses if row.assigned_object_type == "dcim.interface"
            ),
            "ipam.ipaddress",
        ),
    )
    for name, field, came, model in checks:
        for answer in raw[name]:
            key, said = int(answer["id"]), answer.get(field)
            if said is None or int(said) > came.get(key, 0):
                owner = f"{next((table.model for table in TABLES if table.name == name), 'dcim.interface')} #{key}"
                yield problem("NB-PARTIAL", owner, f"NetBox counts more of {model} than came ({came.get(key, 0)})",
                              f"grant view on all of {model} to the token's user, without constraints",
                              field=field, value=str(said))  # fmt: skip


def _uncabled(records: Records, raw: Raw) -> Iterator[Problem]:
    """An interface that is the end of a cable which did not come."""
    seen = {end.object_id for row in records.cables for end in (*row.a, *row.b) if end.object_type == "dcim.interface"}
    for answer in raw["interfaces"]:
        if answer["cable_end"] and int(answer["id"]) not in seen:
            yield problem("NB-PARTIAL", f"dcim.interface #{answer['id']}", "is the end of a cable which did not come",
                          "grant view on all of dcim.cable to the token's user, without constraints")  # fmt: skip


def refuse_shrunk(taken: Snapshot, previous: Snapshot | None, *, allow_shrink: bool) -> None:
    """A snapshot that lost much is taken for a fault of the read."""
    if previous is None or allow_shrink:
        return
    problems: list[Problem] = []
    same = taken.manifest.source == previous.manifest.source
    old, new = Estate(previous.records), Estate(taken.records)
    for table, (name, rows) in zip(TABLES, previous.records.tables(), strict=True):
        gone = set(old.rows[name]) - set(new.rows[name]) if same else set(old.keys[name]) - set(new.keys[name])
        if len(gone) > SHRUNK_ROWS or len(gone) > SHRUNK_SHARE * len(rows) or (gone and name == "sites"):
            rule = f"{len(gone)} of {len(rows)} are gone since the last snapshot"
            remedy = "see that they are meant to be gone, then run again with --allow-shrink"
            problems.append(problem("NB-SHRUNK", table.model, rule, remedy))
    if problems:
        raise SourceError(*problems)
