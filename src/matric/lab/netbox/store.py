"""The rows of a NetBox, its change log, and what follows from them; every write is a transaction."""

import copy
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matric.lab.netbox.catalogue import BY_NAME, MODELS
from matric.lab.netbox.model import Kind, Row

__all__ = ("Store", "stamp")

Clock = Callable[[], datetime]


def stamp(moment: datetime) -> str:
    """A moment as NetBox writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Store:
    """Tables of rows by id. What is worked out of them is kept until the next write."""

    def __init__(self, clock: Clock = lambda: datetime.now(UTC), path: Path | None = None) -> None:
        self.clock, self.path = clock, path
        self.tables: dict[str, dict[int, Row]] = {model.name: {} for model in MODELS}
        self.next_id: dict[str, int] = dict.fromkeys(self.tables, 1)
        self.changes: list[Row] = []
        self.request_id = str(uuid.uuid4())
        self.user = (1, "admin")
        self._derived: dict[tuple[str, ...], Any] = {}

    # Reading.

    def get(self, model: str, key: int) -> Row:
        """The row, KeyError if there is none."""
        return self.tables[model][key]

    def rows(self, model: str) -> list[Row]:
        """All rows of a model, by id."""
        return [self.tables[model][key] for key in sorted(self.tables[model])]

    def display(self, model: str, key: int) -> str:
        """How NetBox calls the object."""
        return BY_NAME[model].display(self, self.get(model, key))

    def find(self, model: str, **wanted: Any) -> Row | None:
        """The first row that has these values."""
        return next(
            (row for row in self.rows(model) if all(row.get(key) == value for key, value in wanted.items())), None
        )

    # What follows from the rows.

    def _derive(self, key: tuple[str, ...], made: Callable[[], Any]) -> Any:
        if key not in self._derived:
            self._derived[key] = made()
        return self._derived[key]

    def leading(self, model: str, field: str, key: int) -> list[int]:
        """Ids of the rows of *model* whose relation *field* leads to *key*."""

        def index() -> dict[int, list[int]]:
            found: dict[int, list[int]] = defaultdict(list)
            for row in self.rows(model):
                targets = row[field] if isinstance(row[field], list) else [row[field]]
                for target in targets:
                    if target is not None:
                        found[target].append(row["id"])
            return found

        led: list[int] = self._derive(("leading", model, field), index).get(key, [])
        return led

    def scoped(self, model: str, key: int) -> list[Row]:
        """Rows of *model* scoped to an object with this id, of whatever model."""
        return [self.get(model, one) for one in self.leading(model, "scope_id", key)]

    def assigned(self, model: str, key: int) -> list[Row]:
        """IP addresses of an interface."""
        rows = (self.get("ipam.ipaddress", one) for one in self.leading("ipam.ipaddress", "assigned_object_id", key))
        return [row for row in rows if row["assigned_object_type"] == model]

    def macs(self, key: int) -> list[Row]:
        """MAC addresses of an interface, as NetBox shows them with it."""
        rows = (self.get("dcim.macaddress", one) for one in self.leading("dcim.macaddress", "assigned_object_id", key))
        return [
            {"id": row["id"], "display": row["mac_address"], "mac_address": row["mac_address"]}
            for row in rows if row["assigned_object_type"] == "dcim.interface"
        ]  # fmt: skip

    def tagged(self, tag: int) -> int:
        """How many objects bear the tag."""
        return sum(len(self.leading(model.name, "tags", tag)) for model in MODELS if model.tags)

    def cable_of(self, model: str, key: int) -> tuple[Row, str] | None:
        """The cable that ends there, and which end it is."""

        def index() -> dict[tuple[str, int], tuple[Row, str]]:
            ends: dict[tuple[str, int], tuple[Row, str]] = {}
            for row in self.rows("dcim.cable"):
                for end in "AB":
                    for one in row[f"{end.lower()}_terminations"]:
                        ends[one["object_type"], one["object_id"]] = row, end
            return ends

        found: tuple[Row, str] | None = self._derive(("cables",), index).get((model, key))
        return found

    def custom_fields(self, model: str) -> dict[str, Row]:
        """Custom fields that objects of *model* have."""

        def index() -> dict[str, dict[str, Row]]:
            found: dict[str, dict[str, Row]] = defaultdict(dict)
            for row in self.rows("extras.customfield"):
                for kind in row["object_types"]:
                    found[kind][row["name"]] = row
            return found

        fields: dict[str, Row] = self._derive(("custom fields",), index).get(model, {})
        return fields

    # Writing.

    @contextmanager
    def transaction(self, user: tuple[int, str] = (1, "admin"), request_id: str = "") -> Generator[None]:
        """All of what is written within, or none of it; its changes bear the request's id."""
        # Rows are replaced, never changed: a copy of the tables is a copy of it all.
        before = ({name: dict(rows) for name, rows in self.tables.items()}, dict(self.next_id)), len(self.changes)
        self.request_id, self.user = request_id or str(uuid.uuid4()), user
        try:
            yield
        except BaseException:
            (self.tables, self.next_id), length = before
            del self.changes[length:]
            self._derived.clear()
            raise
        self._derived.clear()
        if self.path:
            self.save(self.path)

    def insert(self, model: str, row: Row, message: str = "", *, log: bool = True) -> Row:
        """A new row; it gets an id unless it brings one."""
        key = row.get("id") or self.next_id[model]
        self.next_id[model] = max(self.next_id[model], key + 1)
        now = stamp(self.clock())
        row = {"id": key, "created": now, "last_updated": now} | row
        row["id"] = key
        self.tables[model][key] = row
        self._derived.clear()
        if log:
            self._log("create", model, row, message, after=self.plain(model, row))
        return row

    def update(self, model: str, key: int, values: Row, message: str = "") -> Row:
        """The row with other values; a write that changes nothing is a write all the same, but not a change."""
        before = self.get(model, key)
        row = before | values | {"last_updated": stamp(self.clock())}
        old, new = self.plain(model, before), self.plain(model, row)
        self.tables[model][key] = row
        self._derived.clear()
        if old != new:
            self._log("update", model, row, message, before=old, after=new)
        return row

    def delete(self, model: str, key: int, message: str = "") -> None:
        """Without the row, and without those that cannot be without it."""
        row = self.get(model, key)
        for other in MODELS:
            for field in other.fields:
                if field.target == model:
                    self._let_go(other.name, field, key)
        self._let_go_generic(model, key)
        display, before = BY_NAME[model].display(self, row), self.plain(model, row)
        del self.tables[model][key]
        self._derived.clear()
        self._log("delete", model, row, message, before=before, display=display)

    def holding(self, model: str, key: int) -> list[tuple[str, int]]:
        """What has to be deleted before this may be."""
        return [
            (other.name, one)
            for other in MODELS
            for field in other.fields
            if field.target == model and field.kind is Kind.RELATION and not field.null and not field.cascade
            for one in self.leading(other.name, field.name, key)
        ]

    def _let_go(self, model: str, field: Any, key: int) -> None:
        for one in list(self.leading(model, field.name, key)):
            if field.cascade:
                self.delete(model, one)
            elif field.kind is Kind.MANY:
                left = [target for target in self.get(model, one)[field.name] if target != key]
                self.update(model, one, {field.name: left})
            else:
                self.update(model, one, {field.name: None})

    def _let_go_generic(self, model: str, key: int) -> None:
        for entry in self.leading("extras.journalentry", "assigned_object_id", key):
            if self.get("extras.journalentry", entry)["assigned_object_type"] == model:
                self.delete("extras.journalentry", entry)
        for address in self.assigned(model, key) if model == "dcim.interface" else ():
            self.delete("ipam.ipaddress", address["id"])
        for mac in self.macs(key) if model == "dcim.interface" else ():
            self.delete("dcim.macaddress", mac["id"])
        if found := self.cable_of(model, key):
            self.delete("dcim.cable", found[0]["id"])
        if model == "extras.tag":
            for other in MODELS:
                for one in list(self.leading(other.name, "tags", key)) if other.tags else ():
                    self.update(
                        other.name, one, {"tags": [tag for tag in self.get(other.name, one)["tags"] if tag != key]}
                    )

    def plain(self, model: str, row: Row) -> Row:
        """A row as the change log keeps it."""
        shown = {key: value for key, value in row.items() if key not in ("id", "created", "last_updated")}
        if BY_NAME[model].tags:
            shown["tags"] = sorted(self.get("extras.tag", tag)["name"] for tag in row["tags"])
        return copy.deepcopy(shown)

    def _log(self, action: str, model: str, row: Row, message: str, **more: Any) -> None:
        display = more.get("display") or BY_NAME[model].display(self, row)
        self.changes.append({
            "id": self.changes[-1]["id"] + 1 if self.changes else 1, "time": stamp(self.clock()), "user": self.user,
            "request_id": self.request_id, "action": action, "changed_object_type": model,
            "changed_object_id": row["id"], "object_repr": display, "message": message,
            "prechange_data": more.get("before"), "postchange_data": more.get("after"),
        })  # fmt: skip

    # Kept between two starts.

    def save(self, path: Path) -> None:
        """Write everything to *path*, whole or not at all."""
        state = {"tables": {name: list(rows.values()) for name, rows in self.tables.items()},
                 "next_id": self.next_id, "changes": self.changes}  # fmt: skip
        new = path.with_name(path.name + ".new")
        new.write_text(json.dumps(state, indent=1, sort_keys=True), encoding="utf-8")
        new.replace(path)

    def load(self, path: Path) -> None:
        """What ``save`` wrote."""
        state = json.loads(path.read_text(encoding="utf-8"))
        self.tables = {
            model.name: {
                row["id"]: {field.name: field.default for field in model.fields} | row
                for row in state["tables"].get(model.name, ())
            }
            for model in MODELS
        }  # a field that came since stands empty
        self.next_id = dict.fromkeys(self.tables, 1) | state["next_id"]
        self.changes = state["changes"]
        self._derived.clear()
