"""NetBox read whole, or not at all: a short read, a hidden object, an edit during the read are refused by name."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matric import snapshot
from matric.errors import BadInput, Problem, SourceError
from matric.intent.record import Records, Row
from matric.netbox import whole
from matric.netbox.client import PAGE, Client
from matric.netbox.rows import TABLES, WATCHED, Table
from matric.netbox.transport import AGAIN, MissingError, problem
from matric.snapshot import Manifest, Snapshot

__all__ = ("Moved", "Progress", "check", "models", "pull", "pull_into", "version")

Progress = Callable[[str, int, int], None]
"""Called with what is read, how many tables are done, and how many there are."""

PROVEN = ((4, 5), (4, 6))
READABLE = ((4, 2), (4, 3), (4, 4))
GRAPHQL_FROM = (4, 5, 2)
"""First version with a cursor (``start``) in GraphQL."""
CHANGES = "core/object-changes/"
CHANGE_FIELDS = ("id", "changed_object_type", "changed_object_id", "object_repr", "request_id")
CHANGE_PAGES = 20
"""What lies behind that many pages of changes counts as moved."""
TOLD = 50
"""Changes that are named."""
ALSO = ((CHANGES, "changes", "core.objectchange"), ("extras/tags/", "tags", "extras.tag"))
"""What a read needs to view besides the tables."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Whether NetBox has changed since a snapshot was taken."""

    moved: bool
    change_id: int | None
    """Newest object change now."""
    changes: tuple[str, ...]
    """The first changes since, ``vlan staff (20): Updated``."""


# ---------------------------------------------------------------------------------------------------------------------
# The read


def pull_into(
    folder: Path,
    client: Client,
    *,
    allow_shrink: bool = False,
    known: Collection[str] = (),
    on_progress: Progress | None = None,
) -> Snapshot:
    """Read NetBox into *folder*. Whatever goes wrong, the snapshot in it stays as it was."""
    try:
        previous = snapshot.load(folder)
    except BadInput as error:
        if folder.exists() and any(folder.glob("*.json")) and not allow_shrink:
            rule = "cannot be read, so that nothing shows whether the estate has shrunk"
            remedy = "restore the folder from git, or run again with --allow-shrink"
            raise SourceError(problem("NB-SHRUNK", str(folder), rule, remedy), *error.problems) from error
        previous = None
    taken = pull(client, previous=previous, allow_shrink=allow_shrink, known=known, on_progress=on_progress)
    return snapshot.save(folder, taken.records, taken.manifest)


def pull(
    client: Client,
    *,
    previous: Snapshot | None = None,
    allow_shrink: bool = False,
    known: Collection[str] = (),
    on_progress: Progress | None = None,
) -> Snapshot:
    """Everything matric wants to know of *client*'s NetBox, proven complete and unmoved during the read.

    *known* are requests of matric's own (``letter.known``): what they changed is no edit.
    """
    taken_at = client.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    full, proven = version(client)
    graphql = proven and _numbers(full) >= GRAPHQL_FROM
    read, change_id = _unmoved(client, frozenset(known), graphql=graphql, on_progress=on_progress or _silent)
    manifest = Manifest(source=client.url, netbox_version=full, unproven=not proven, taken_at=taken_at,
                        change_id=change_id)  # fmt: skip
    taken = Snapshot(read, snapshot.described(read, manifest))
    whole.refuse_shrunk(taken, previous, allow_shrink=allow_shrink)
    return taken


def version(client: Client) -> tuple[str, bool]:
    """NetBox's version, and whether matric is tested against it; NB-VERSION for one it cannot read."""
    status = client.get("status/")
    full = str(status.get("netbox-version", ""))
    numbers = _numbers(full)[:2]
    if not numbers:
        raise SourceError(problem("NB-NOT-NETBOX", "GET /api/status/", "the answer names no NetBox version",
                                  "check the address of the NetBox"))  # fmt: skip
    if numbers not in PROVEN + READABLE:
        rule = "matric reads NetBox 4.2 to 4.6, proven on 4.5 and 4.6"
        remedy = "use a matric that reads this version"
        raise SourceError(problem("NB-VERSION", "GET /api/status/", rule, remedy, field="netbox-version", value=full))
    return full, numbers in PROVEN


def _numbers(full: str) -> tuple[int, ...]:
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", full)
    return tuple(int(number or 0) for number in found.groups()) if found else ()


def _silent(_what: str, _done: int, _of: int) -> None:
    pass


def _unmoved(
    client: Client, known: frozenset[str], *, graphql: bool, on_progress: Progress
) -> tuple[Records, int | None]:
    """A read during which nothing that matters changed; tried twice."""
    moves: tuple[str, ...] = ()
    for _ in range(2):
        counts = _permitted(client)
        before = _newest(client)
        fault: SourceError | None = None
        records = None
        try:
            records = _read(client, counts, graphql=graphql, on_progress=on_progress)
        except (MissingError, SourceError) as error:
            fault = error
        after, moves = _changes(client, before, known)
        if not moves:
            if records is None:
                raise fault or SourceError("no rows were read")
            return records, after
    raise SourceError(*(problem("NB-MOVING", move, "changed during the read, twice",
                                "wait for the edit to finish and run again") for move in moves))  # fmt: skip


def _permitted(client: Client) -> dict[str, int]:
    """Table -> count by REST. What the token may not view is refused here: GraphQL would give an empty list."""
    counts: dict[str, int] = {}
    problems: list[Problem] = []
    for path, name, model in (*((table.path, table.name, table.model) for table in TABLES), *ALSO):
        try:
            counts[name] = client.count(path)
        except SourceError as error:
            denied = [one for one in error.problems if one.code == "NB-403"]
            if not denied:
                raise
            remedy = f"grant view on {model} to the token's user"
            problems.extend(replace(one, rule=f"token cannot view {model}", remedy=remedy) for one in denied)
    if problems:
        raise SourceError(*problems)
    return counts


def _newest(client: Client) -> int | None:
    newest = client.first(CHANGES, ordering="-id", fields="id")
    return int(newest["id"]) if newest else None


def _changes(client: Client, since: int | None, known: frozenset[str]) -> tuple[int | None, tuple[str, ...]]:
    """The newest change, and those since *since* that may have changed a row; not those of *known* requests."""
    newest = _newest(client)
    if newest == since:
        return newest, ()
    if newest is None or newest < (since or 0):
        return newest, (f"{CHANGES} no longer reaches back to #{since}",)
    seen = since
    for _ in range(CHANGE_PAGES):
        after = {"id__gt": seen} if seen is not None else {}
        rows = client.page_of(CHANGES, PAGE, ordering="id", fields=",".join(CHANGE_FIELDS), **after)
        # NetBox ignores a filter it does not know: what it gives is looked at again.
        new = [row for row in rows if seen is None or row["id"] > seen]
        told = [row for row in new if row["changed_object_type"] in WATCHED and row["request_id"] not in known]
        if told:
            return newest, tuple(_told(row) for row in told[:TOLD])
        if not new or len(new) < len(rows):
            break
        seen = int(new[-1]["id"])
        if seen >= newest:
            return seen, ()
    return newest, (f"{CHANGES} #{newest}",)


def _told(row: dict[str, Any]) -> str:
    return f"{row['changed_object_type']} {row['object_repr']} (#{row['changed_object_id']})"


def _read(client: Client, counts: dict[str, int], *, graphql: bool, on_progress: Progress) -> Records:
    tables: dict[str, Any] = {}
    raw: dict[str, list[dict[str, Any]]] = {}
    for number, table in enumerate(TABLES):
        on_progress(table.name, number, len(TABLES))
        tables[table.name], raw[table.name] = _rows(client, table, counts[table.name], graphql=graphql)
    on_progress("checks", len(TABLES), len(TABLES))
    raw["svis"] = client.rows("dcim/interfaces/", type="virtual", fields="id,count_ipaddresses")
    records = Records.model_validate(tables)
    if found := whole.faults(records, raw, counts):
        raise SourceError(*found)
    return records


def _rows(client: Client, table: Table, count: int, *, graphql: bool) -> tuple[tuple[Any, ...], list[dict[str, Any]]]:
    """The table's rows as models, and as they came."""
    if table.bulk and graphql:
        try:
            raw = client.graphql_rows(table.bulk.field, table.bulk.wanted, count)
            return models(table, raw, table.bulk_row), raw
        except MissingError:
            pass  # GraphQL is switched off on this NetBox: REST says the same, only slower
    raw = client.rows(table.path, fields=",".join(table.asked))
    return models(table, raw, table.row), raw


def models(table: Table, raw: list[dict[str, Any]], row: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[Any, ...]:
    annotation: Any = Records.model_fields[table.name].annotation
    kind: type[Row] = annotation.__args__[0]
    found: list[Row] = []
    problems: list[Problem] = []
    for answer in raw:
        thing = f"{table.model} #{answer.get('id')}"
        try:
            fields = row(answer)
            if table.name == "sites" and not fields["time_zone"]:
                del fields["time_zone"]
            found.append(kind.model_validate(fields))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(problem("NB-PARTIAL", thing, _wrong(error), AGAIN))
    if problems:
        raise SourceError(*problems[:20])
    return tuple(sorted(found, key=lambda one: one.id))


def _wrong(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return f"the answer has no {error}" if isinstance(error, KeyError) else "a field is of another type than NetBox's"


# ---------------------------------------------------------------------------------------------------------------------
# Has it moved?


def check(client: Client, manifest: Manifest, known: Collection[str] = ()) -> Moved:
    """Whether NetBox has moved since the snapshot was taken: one request if not, two if it has.

    What requests of matric's own (*known*, from ``letter.known``) changed is no move.
    Change ids of two NetBoxes have nothing to say about each other: a snapshot from elsewhere counts as moved.
    """
    if manifest.source != client.url:
        return Moved(True, None, (f"the snapshot is from {manifest.source or 'elsewhere'}, not from {client.url}",))  # noqa: FBT003
    newest, moves = _changes(client, manifest.change_id, frozenset(known))
    return Moved(bool(moves), newest, moves)
