"""The clean reference trust, and the small language in which a case says what is wrong with it."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import pytest

from matric import yaml_file
from matric.intent.record import Records
from matric.intent.standard import Standard
from tests import estate

ROOT = Path(__file__).parents[3]
SCHOOL = "oakfield"

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@pytest.fixture(scope="session")
def trust() -> Records:
    """The trust without its deliberate flaw."""
    return estate.flawless()


@pytest.fixture(scope="session")
def standard_text() -> str:
    return (ROOT / "inventory" / "standard.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def standard(standard_text: str) -> Standard:
    return yaml_file.read_model(standard_text, "standard.yaml", Standard)


Change = Callable[[list[Row]], Records]


@pytest.fixture(scope="session")
def tables(trust: Records) -> Tables:
    return {name: [row.model_dump() for row in rows] for name, rows in trust.tables()}


@pytest.fixture
def changed(trust: Records, tables: Tables) -> Change:
    """The trust with the changes of a case made: ``set``, ``copy``, ``add``, ``drop`` and ``cable``."""

    def make(changes: list[Row]) -> Records:
        copies = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        for change in changes:
            _apply(copies, change)
        moved = {name: _frozen(rows) for name, rows in copies.items() if rows != tables[name]}
        # Only what changed is validated again: the rest is the trust's own rows.
        partial = Records.model_validate(moved, strict=False)
        return trust.model_copy(update={name: getattr(partial, name) for name in moved})

    return make


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in cast("Row", value).items()}
    return tuple(_frozen(part) for part in cast("list[Any]", value)) if isinstance(value, list | tuple) else value


def _apply(tables: Tables, change: Row) -> None:
    rows = tables[change["table"]]
    new = {field: _value(tables, value) for field, value in change.get("set", {}).items()}
    following = max(row["id"] for row in rows) + 1
    if "add" in change:
        rows.append({field: _value(tables, value) for field, value in {"id": following, **change["add"]}.items()})
    elif "cable" in change:
        a, b = ({"object_type": "dcim.interface", "object_id": _interface(tables, *end)} for end in change["cable"])
        rows.append({"id": following, "a": [a], "b": [b], **new})
    elif "copy" in change:
        rows.append({**_found(tables, change["table"], change["copy"])[0], "id": following, **new})
    else:
        for row in _found(tables, change["table"], change["where"]):
            if change.get("drop"):
                rows.remove(row)
            row.update(new)


def _value(tables: Tables, value: Any) -> Any:
    """A value as given, or the id (or ids) of the rows it names."""
    if not isinstance(value, Mapping):
        return value
    given = dict(cast("Mapping[str, Any]", value))
    if "interface" in given:
        return _interface(tables, *given["interface"])
    if "vids" in given:
        return [_found(tables, "vlans", {"vid": vid})[0]["id"] for vid in given["vids"]]
    named = {"vid": ("vlans", "vid"), "device": ("devices", "name"), "address": ("ip_addresses", "address")}
    named |= {"site": ("sites", "slug"), "group": ("vlan_groups", "slug")}
    for key, (table, field) in named.items():
        if key in given:
            school = given.get("school", given[key] if key in ("site", "group") else SCHOOL)
            return _found(tables, table, {field: given[key], "school": school})[0]["id"]
    return given


def _interface(tables: Tables, device: str, name: str) -> int:
    return cast("int", _found(tables, "interfaces", {"device": device, "name": name})[0]["id"])


def _found(tables: Tables, table: str, where: Row) -> list[Row]:
    """Rows of *table* that fit *where*. Names repeat between schools: Oakfield is meant unless another is named."""
    where = dict(where)
    school = where.pop("school", SCHOOL)
    site = next(row["id"] for row in tables["sites"] if row["slug"] == school)
    if table == "interfaces":
        where["device_id"] = _found(tables, "devices", {"name": where.pop("device")})[0]["id"]
    if table in ("devices", "vlans"):
        where["site_id"] = site
    if table == "wireless_lans":
        where["scope_id"] = site
    if "ends" in where:
        key = _interface(tables, *where.pop("ends"))
        found = [row for row in tables[table] if any(end["object_id"] == key for end in (*row["a"], *row["b"]))]
    else:
        found = [row for row in tables[table] if all(_fits(row[field], value) for field, value in where.items())]
    assert found, f"no row of {table} fits {where}: the case is out of date"
    return found


def _fits(have: Any, want: Any) -> bool:
    return fnmatchcase(have, want) if isinstance(have, str) and "*" in str(want) else bool(have == want)
