"""A trust's rows written into a NetBox: matched by name, so that what is there is not written again.

Stage by stage, each in one bulk request per hundred objects, in the order in which they lead to each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from matric import contract
from matric.estate import Estate
from matric.intent.record import CableRow, InterfaceRow, LocationRow, Records, Row
from matric.netbox.client import Client
from matric.netbox.reading import Progress, models, version
from matric.netbox.rows import TABLES, Table
from matric.netbox.whole import RELATIONS, TYPED

__all__ = ("CHUNK", "MESSAGE_FROM", "Pushed", "Writing", "at_least", "push", "same", "written")

CHUNK = 100
"""Objects of one request: NetBox creates 12 to 40 of them a second."""
MESSAGE = "matric: the trust's rows written from its snapshot"
MESSAGE_FROM = (4, 4)
"""First version that takes a message for its change log."""
LATER = {"devices": ("primary_ip4_id", "primary_ip6_id")}
"""Fields written when what they lead to is there."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was written, or with a dry run would be."""

    writes: tuple[str, ...]
    """One object each: ``oakfield/sw-01`` where it is new, ``oakfield/sw-01: serial`` where fields of it change."""
    ids: Mapping[str, Mapping[int, int]]
    """Table -> id in the rows given -> id in this NetBox."""


def push(client: Client, records: Records, *, dry_run: bool = True, on_progress: Progress | None = None) -> Pushed:
    """Write *records* into *client*'s NetBox. Nothing is ever deleted; a second run writes nothing."""
    full, _ = version(client)
    message = MESSAGE if at_least(full, MESSAGE_FROM) else ""
    return written(Writing(client, records, dry_run=dry_run, message=message), on_progress)


def written(work: "Writing", on_progress: Progress | None = None) -> Pushed:
    """*work* carried out, stage by stage."""
    stages = tuple(_stages(work.records))
    work.support()
    for number, (name, rows, later) in enumerate(stages):
        if on_progress:
            on_progress(name, number, len(stages))
        work.stage(name, rows, later=later)
    if on_progress:
        on_progress("done", len(stages), len(stages))
    return Pushed(tuple(work.writes), work.ids)


def at_least(full: str, wanted: tuple[int, int]) -> bool:
    major, minor = full.removeprefix("v").split(".")[:2]
    return (int(major), int(minor)) >= wanted


def _stages(records: Records) -> Iterator[tuple[str, tuple[Row, ...], bool]]:
    """(table, rows, whether the fields left for later are written): relations lead backwards."""
    yield "sites", records.sites, False
    for level in _levels(records.locations):
        yield "locations", level, False
    for name in ("device_types", "vrfs", "vlan_groups", "vlans", "prefixes", "ip_ranges", "devices"):
        yield name, getattr(records, name), False
    lags = tuple(row for row in records.interfaces if row.type == "lag")
    yield "interfaces", lags, False
    yield "interfaces", tuple(row for row in records.interfaces if row.type != "lag"), False
    yield "ip_addresses", records.ip_addresses, False
    yield "devices", records.devices, True
    yield "cables", records.cables, False
    yield "wireless_lans", records.wireless_lans, False


def _levels(rows: tuple[LocationRow, ...]) -> Iterator[tuple[Row, ...]]:
    """Locations, parents before children."""
    done: set[int | None] = {None}
    left = rows
    while left:
        level = tuple(row for row in left if row.parent_id in done)
        if not level:
            return
        yield level
        done |= {row.id for row in level}
        left = tuple(row for row in left if row.id not in done)


@dataclass
class Writing:
    """Rows on their way into a NetBox, and what is known of it so far."""

    client: Client
    records: Records
    dry_run: bool
    message: str
    """For NetBox's change log; empty where this version takes none."""
    writes: list[str] = field(default_factory=list[str])
    ids: dict[str, dict[int, int]] = field(default_factory=lambda: {table.name: {} for table in TABLES})
    there: dict[str, tuple[Row, ...]] = field(default_factory=dict[str, tuple[Row, ...]])
    slugs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """Path -> slug -> id (for tags: what a write gives)."""

    # What the rows stand on.

    def support(self) -> None:
        """The contract, and the manufacturers, roles, platforms and tags that only these rows use."""
        self.writes += contract.prepare(self.client, dry_run=self.dry_run)
        records = self.records
        self._named("dcim/manufacturers/", {row.manufacturer for row in records.device_types}, "manufacturer")
        self._named("dcim/device-roles/", {row.role for row in records.devices}, "device role")
        self._named("dcim/platforms/", {row.platform for row in records.devices}, "platform")
        roles = {row.role for row in records.vlans} | {row.role for row in records.prefixes}
        self._named("ipam/roles/", roles | {row.role for row in records.ip_ranges}, "IPAM role")
        self._named("extras/tags/", {tag for _, rows in records.tables() for row in rows for tag in row.tags}, "tag")
        groups = {row.group for row in records.wireless_lans}
        if groups - {None}:
            self._named("wireless/wireless-lan-groups/", groups, "wireless LAN group")

    def _named(self, path: str, names: Iterable[str | None], word: str) -> None:
        """Slug -> id at *path*, created where missing."""
        rows = self.client.rows(path)
        known = {row["slug"]: row for row in rows}
        wanted = {_slug(name): name for name in names if name}
        created = {entry.name for entry in contract.CONTRACT if entry.path == path} if self.dry_run else set[str]()
        new = [slug for slug in sorted(wanted) if slug not in known and slug not in created]
        self.writes += [f"{word} {slug}" for slug in new]
        if new and not self.dry_run:
            made = self.client.create(path, [{"name": wanted[slug], "slug": slug} for slug in new])
            known |= {row["slug"]: row for row in made}
        self.slugs[path] = {slug: row["id"] for slug, row in known.items()}
        if path == "extras/tags/":
            self.slugs[path] = {slug: {"name": row["name"], "slug": slug} for slug, row in known.items()}

    # One stage.

    def stage(self, name: str, rows: tuple[Row, ...], *, later: bool) -> None:
        """Create those of *rows* that are not there, and change what differs in those that are."""
        table = next(one for one in TABLES if one.name == name)
        if name not in self.there:
            self.there[name] = models(table, self.client.rows(table.path, fields=",".join(table.asked)), table.row)
        ours, theirs = Estate(self.records), Estate(Records(**self.there))  # type: ignore[arg-type]
        keys = {row.id: key for key, row in ours.keys[name].items()}
        left_out = () if later else LATER.get(name, ())
        new: list[Row] = []
        changed: list[tuple[Row, dict[str, Any]]] = []
        for row in rows:
            found = self.found(name, row, theirs.keys[name].get(keys[row.id]))
            if found is None:
                new.append(row)
                continue
            self.ids[name][row.id] = found.id
            payload = self._payload(table, row, left_out)
            is_now = self._payload(table, found, left_out, translate=False)
            different = self.different(table, found.id, payload, is_now)
            if different:
                changed.append((row, {"id": found.id, **different}))
        self._create(table, new, left_out, ours)
        self._update(table, changed, ours, left_out)

    # What another way of writing may do its own way.

    def found(self, name: str, row: Row, alike: Row | None) -> Row | None:
        """What the NetBox has in table *name* for *row*; *alike* is known by the same words."""
        if alike is None and row.id in self.ids[name]:
            return next(one for one in self.there[name] if one.id == self.ids[name][row.id])
        return alike

    def different(self, table: Table, key: int, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
        """The fields of object *key* to be written over."""
        del table, key
        return {field: value for field, value in ours.items() if not same(field, value, theirs.get(field))}

    def create(self, table: Table, rows: list[Row], payloads: list[dict[str, Any]]) -> list[int]:
        """Create *rows*, one request; their ids in this NetBox."""
        del rows
        return [row["id"] for row in self.client.create(table.path, payloads)]

    def update(self, table: Table, payloads: list[dict[str, Any]]) -> None:
        """Change objects, one request."""
        self.client.update(table.path, payloads)

    def _create(self, table: Table, new: list[Row], left_out: tuple[str, ...], ours: Estate) -> None:
        self.writes += [_called(ours, table, row) for row in new]
        for chunk in _chunks(new):
            if self.dry_run:
                made = [-row.id for row in chunk]
            else:
                payloads = [self._said(_given(self._payload(table, row, left_out))) for row in chunk]
                made = self.create(table, chunk, payloads)
            self.ids[table.name] |= dict(zip((row.id for row in chunk), made, strict=True))
        self.there[table.name] += tuple(self._translated(row) for row in new)

    def _update(
        self, table: Table, changed: list[tuple[Row, dict[str, Any]]], ours: Estate, left_out: tuple[str, ...]
    ) -> None:
        for row, payload in changed:
            what = ", ".join(sorted(field for field in payload if field != "id"))
            self.writes.append(f"{_called(ours, table, row)}: {what}")
        for chunk in _chunks(changed):
            if not self.dry_run:
                self.update(table, [self._said(payload) for _, payload in chunk])
        new = {self.ids[table.name][row.id]: self._translated(row) for row, _ in changed}
        self.there[table.name] = tuple(
            new[row.id].model_copy(update={name: getattr(row, name) for name in left_out}) if row.id in new else row
            for row in self.there[table.name]
        )  # what is written in two stages is not written twice

    def _said(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload | {"changelog_message": self.message} if self.message else payload

    # A row in NetBox's terms.

    def _translated(self, row: Row) -> Row:
        """The row with this NetBox's ids."""
        update: dict[str, Any] = {"id": self.ids[TABLE_OF[type(row)]].get(row.id, 0)}
        for name, value in row:
            if name in RELATIONS and value is not None:
                update[name] = self.ids[RELATIONS[name]].get(value)
            elif name == "tagged_vlan_ids" and value:
                update[name] = tuple(sorted(self.ids["vlans"][key] for key in value))
            elif name in ("scope_type", "assigned_object_type") and value in TYPED:
                other = name.replace("_type", "_id")
                update[other] = self.ids[TYPED[value]].get(getattr(row, other))
            elif name in ("a", "b") and value and isinstance(row, CableRow):
                update[name] = tuple(
                    end.model_copy(update={"object_id": self.ids[TYPED[end.object_type]].get(end.object_id)})
                    if end.object_type in TYPED else end for end in value
                )  # fmt: skip
        return row.model_copy(update=update)

    def _payload(self, table: Table, row: Row, left_out: tuple[str, ...], *, translate: bool = True) -> dict[str, Any]:
        """What a write of *row* says."""
        if translate:
            row = self._translated(row)
        payload: dict[str, Any] = {}
        for name, value in row:
            if name in (*UNWRITTEN, *left_out):
                continue
            if name in LATER.get(table.name, ()) or name in RELATIONS:
                payload[name.removesuffix("_id")] = value
            elif name in SAID:
                payload[SAID[name][0]] = SAID[name][1](value)
            elif (path := _slug_path(table, name)) is not None:
                payload[name] = self.slugs[path].get(_slug(value), -1) if value else None
            elif name == "tags":
                payload[name] = [self.slugs["extras/tags/"].get(tag, {"name": tag, "slug": tag}) for tag in value]
            else:
                payload[name] = value
        if isinstance(row, InterfaceRow) and not row.tagged_vlan_ids:
            payload["tagged_vlans"] = []
        return payload


UNWRITTEN = ("id", "last_updated", "virtual_chassis_id")
SAID: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "tagged_vlan_ids": ("tagged_vlans", list),
    "a": ("a_terminations", lambda ends: [end.model_dump() for end in ends]),
    "b": ("b_terminations", lambda ends: [end.model_dump() for end in ends]),
}
TABLE_OF = {Records.model_fields[table.name].annotation.__args__[0]: table.name for table in TABLES}  # type: ignore[union-attr]


def _slug_path(table: Table, name: str) -> str | None:
    """Where the slug in field *name* is kept, None if the field is no slug."""
    if name == "role":
        return {"devices": "dcim/device-roles/", "ip_addresses": None}.get(table.name, "ipam/roles/")
    paths = {
        "platform": "dcim/platforms/",
        "manufacturer": "dcim/manufacturers/",
        "group": "wireless/wireless-lan-groups/",
    }
    return paths.get(name)


def _called(estate: Estate, table: Table, row: Row) -> str:
    place = estate.place(row)
    return f"{estate.thing(table.name, row)}{f' at {place}' if place else ''}"


def _given(payload: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if value is not None}


def same(name: str, ours: Any, theirs: Any) -> bool:
    """A custom field that these rows do not name is not theirs to judge."""
    if name == "custom_fields":
        return all(_blank(theirs.get(key)) == _blank(value) for key, value in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list):
        return sorted(map(str, cast("Iterable[Any]", ours))) == sorted(map(str, cast("Iterable[Any]", theirs)))
    return bool(ours == theirs)


def _blank(value: Any) -> Any:
    return None if value == "" else value


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _chunks(rows: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
