"""Which objects a list request asks for: filters, order, page. A filter NetBox does not know is ignored, as it does."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from matric.lab.netbox.body import Complaint
from matric.lab.netbox.catalogue import BY_NAME
from matric.lab.netbox.model import Field, Kind, Model, Row
from matric.lab.netbox.store import Store

__all__ = ("MAX_PAGE", "Page", "change_rows", "ordered", "page", "selected")

MAX_PAGE = 1000
DEFAULT_PAGE = 50
Params = dict[str, list[str]]
Test = Callable[[Any, str], bool]

LOOKUPS: dict[str, Test] = {
    "": lambda value, wanted: _text(value) == wanted,
    "n": lambda value, wanted: _text(value) != wanted,
    "ic": lambda value, wanted: wanted.lower() in _text(value).lower(),
    "nic": lambda value, wanted: wanted.lower() not in _text(value).lower(),
    "ie": lambda value, wanted: wanted.lower() == _text(value).lower(),
    "isw": lambda value, wanted: _text(value).lower().startswith(wanted.lower()),
    "iew": lambda value, wanted: _text(value).lower().endswith(wanted.lower()),
    "empty": lambda value, wanted: (value in (None, "")) == (wanted.lower() == "true"),
    "isnull": lambda value, wanted: (value is None) == (wanted.lower() == "true"),
    "gt": lambda value, wanted: _sized(value) > _sized(wanted),
    "gte": lambda value, wanted: _sized(value) >= _sized(wanted),
    "lt": lambda value, wanted: _sized(value) < _sized(wanted),
    "lte": lambda value, wanted: _sized(value) <= _sized(wanted),
}
THROUGH = {
    "dcim.interface": {"site": ("device", "site"), "location": ("device", "location"), "role": ("device", "role")},
    "dcim.device": {"manufacturer": ("device_type", "manufacturer")},
}
"""Filters on what a relation leads to."""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _sized(value: Any) -> tuple[int, Any]:
    text = _text(value)
    return (0, float(text)) if re.fullmatch(r"-?\d+(\.\d+)?", text) else (1, text.replace("+00:00", "Z"))


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list."""

    rows: list[Row]
    count: int | None
    """None for a cursor."""
    next: dict[str, int] | None
    previous: dict[str, int] | None
    """Parameters of the pages beside it."""


def selected(store: Store, model: Model, params: Params, rows: Iterable[Row]) -> list[Row]:
    """Those of *rows* that pass every filter NetBox knows; a value it does not know is a Complaint."""
    wrong: dict[str, list[str]] = {}
    tests: list[Callable[[Row], bool]] = []
    for name, wanted in params.items():
        try:
            test = _test(store, model, name, wanted)
        except Complaint as complaint:
            wrong[name] = complaint.said
            continue
        if test:
            tests.append(test)
    if wrong:
        raise Complaint(wrong)
    return [row for row in rows if all(test(row) for test in tests)]


def _test(store: Store, model: Model, name: str, wanted: list[str]) -> Callable[[Row], bool] | None:
    stem, _, lookup = name.partition("__")
    special = _special(store, model, stem, lookup, wanted)
    if special:
        return special
    path = THROUGH.get(model.name, {}).get(stem.removesuffix("_id")) or (stem.removesuffix("_id"),)
    field = _last(model, path)
    if field and field.kind in (Kind.RELATION, Kind.MANY):
        return _relation(store, field, path, (stem.endswith("_id"), lookup), wanted)
    field = model.field(stem)
    if field is None or field.kind is Kind.ABSENT or lookup not in LOOKUPS:
        return None
    if field.kind is Kind.CHOICE and lookup in ("", "n"):
        _known(wanted, {*field.choices, "null"})
    return _plain_test(stem, lookup, wanted)


def _special(store: Store, model: Model, stem: str, lookup: str, wanted: list[str]) -> Callable[[Row], bool] | None:
    """Filters that are not about one field of the model."""
    if stem == "q":
        return lambda row: any(wanted[0].lower() in _text(row.get(key)).lower() for key in _searched(model))
    if stem.startswith("cf_") and stem[3:] in store.custom_fields(model.name):
        return lambda row: any(LOOKUPS[lookup](row["custom_fields"].get(stem[3:]), one) for one in wanted)
    if stem == "tag" and model.tags:
        return _tag(store, wanted, lookup)
    if stem in ("object_type", "object_types") and model.name == "extras.customfield":
        return lambda row: any(one in row["object_types"] for one in wanted)
    if stem in ("id", "created", "last_updated") and lookup in LOOKUPS:
        return _plain_test(stem, lookup, wanted)
    return None


def _searched(model: Model) -> list[str]:
    return [field.name for field in model.fields if field.kind in (Kind.TEXT, Kind.SLUG, Kind.ADDRESS, Kind.NETWORK)]


def _plain_test(key: str, lookup: str, wanted: list[str]) -> Callable[[Row], bool]:
    every = lookup in ("n", "nic")
    joined = all if every else any
    return lambda row: joined(LOOKUPS[lookup](row[key], one) for one in wanted)


def _last(model: Model, path: tuple[str, ...]) -> Field | None:
    """The last relation of a path of them."""
    field = model.field(path[0])
    for step in path[1:]:
        field = BY_NAME[field.target].field(step) if field else None
    return field


def _known(wanted: list[str], known: set[str]) -> None:
    for one in wanted:
        if one not in known:
            raise Complaint([f"Select a valid choice. {one} is not one of the available choices."])


def _relation(store: Store, field: Field, path: tuple[str, ...], by: tuple[bool, str], wanted: list[str]
              ) -> Callable[[Row], bool]:  # fmt: skip
    by_id, lookup = by
    key = "id" if by_id else "slug" if BY_NAME[field.target].field("slug") else "name"
    of = {_text(row[key]): row["id"] for row in store.rows(field.target)}
    _known(wanted, {*of, "null"})
    chosen = {of.get(one) for one in wanted}

    def test(row: Row) -> bool:
        value: Any = row[path[0]]
        at = BY_NAME[field.target]
        for number, step in enumerate(path[1:]):
            at = _target(row, path[: number + 1], store)
            value = store.get(at.name, value)[step] if value is not None else None
        led: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
        found = bool(chosen & set(led or [None]))
        return found != (lookup == "n")

    return test


def _target(_row: Row, path: tuple[str, ...], _store: Store) -> Model:
    """The model the first step of a THROUGH path leads to."""
    return BY_NAME[{"device": "dcim.device", "device_type": "dcim.devicetype"}[path[-1]]]


def _tag(store: Store, wanted: list[str], lookup: str) -> Callable[[Row], bool]:
    of = {row["slug"]: row["id"] for row in store.rows("extras.tag")}
    _known(wanted, set(of))
    tags = {of[one] for one in wanted}
    return lambda row: tags.isdisjoint(row["tags"]) if lookup == "n" else tags <= set(row["tags"])


def change_rows(rows: Iterable[Row], params: Params) -> list[Row]:
    """Entries of the change log that pass the filters a client may use."""
    names = ("id", "action", "changed_object_type", "changed_object_id", "user_name", "request_id", "time")
    tests = [
        _plain_test(stem, lookup, wanted)
        for name, wanted in params.items()
        for stem, _, lookup in [name.partition("__")]
        if stem in names and lookup in LOOKUPS
    ]
    return [row for row in rows if all(test(row) for test in tests)]


def ordered(rows: list[Row], wanted: str, usual: tuple[str, ...]) -> list[Row]:
    """*rows* as ``ordering`` asks; a name NetBox does not know is ignored."""
    names = [name for name in wanted.split(",") if name and rows and name.lstrip("-") in rows[0]] or list(usual)
    for name in reversed(names):
        key = name.lstrip("-")
        rows = sorted(rows, key=lambda row, key=key: _natural(row.get(key)), reverse=name.startswith("-"))  # type: ignore[misc]
    return rows


def _natural(value: Any) -> tuple[Any, ...]:
    """Numbers by size, also within text; nothing last."""
    if value is None:
        return (2,)
    if isinstance(value, bool | int | float):
        return (0, value)
    parts = re.split(r"(\d+)", str(value).lower())
    return (1, *((int(part), "") if part.isdecimal() else (-1, part) for part in parts))


def page(rows: list[Row], params: Params) -> Page:
    """The page that limit, offset or start ask for; more than 1000 is never given, and 0 asks for 1000."""
    limit = _number(params, "limit", DEFAULT_PAGE) or MAX_PAGE
    limit = min(limit, MAX_PAGE)
    if "start" in params:
        start = _number(params, "start", 0)
        after = sorted((row for row in rows if row["id"] >= start), key=lambda row: row["id"])
        more = after[limit:]
        return Page(after[:limit], None, {"limit": limit, "start": more[0]["id"]} if more else None, None)
    offset = _number(params, "offset", 0)
    more_after = offset + limit < len(rows)
    before = {"limit": limit, "offset": max(0, offset - limit)} if offset else None
    after_it = {"limit": limit, "offset": offset + limit} if more_after else None
    return Page(rows[offset : offset + limit], len(rows), after_it, before)


def _number(params: Params, name: str, usual: int) -> int:
    given = params.get(name, [""])[0]
    return int(given) if given.isdecimal() else usual
