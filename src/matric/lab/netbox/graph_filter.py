"""Filters of GraphQL lists: ``filters:{device:{site:{slug:{exact:"oakfield"}}}}``."""

import re
from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
)

from matric.lab.netbox.catalogue import BY_NAME, MODELS
from matric.lab.netbox.model import Field, Kind, Model, Row
from matric.lab.netbox.store import Store

__all__ = ("inputs", "passes")

TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, wanted: value == wanted,
    "is_null": lambda value, wanted: (value is None) == wanted,
    "in_list": lambda value, wanted: value in wanted,
    "i_exact": lambda value, wanted: str(value).lower() == wanted.lower(),
    "contains": lambda value, wanted: wanted in str(value),
    "i_contains": lambda value, wanted: wanted.lower() in str(value).lower(),
    "starts_with": lambda value, wanted: str(value).startswith(wanted),
    "i_starts_with": lambda value, wanted: str(value).lower().startswith(wanted.lower()),
    "ends_with": lambda value, wanted: str(value).endswith(wanted),
    "i_ends_with": lambda value, wanted: str(value).lower().endswith(wanted.lower()),
    "regex": lambda value, wanted: re.search(wanted, str(value)) is not None,
    "i_regex": lambda value, wanted: re.search(wanted, str(value), re.IGNORECASE) is not None,
    "gt": lambda value, wanted: value is not None and value > wanted,
    "gte": lambda value, wanted: value is not None and value >= wanted,
    "lt": lambda value, wanted: value is not None and value < wanted,
    "lte": lambda value, wanted: value is not None and value <= wanted,
}
TEXT_TESTS = ("exact", "is_null", "in_list", "i_exact", "contains", "i_contains", "starts_with", "i_starts_with",
              "ends_with", "i_ends_with", "regex", "i_regex")  # fmt: skip
SIZE_TESTS = ("exact", "is_null", "in_list", "gt", "gte", "lt", "lte")
LEFT_OUT = {
    "dcim.location": ("parent", "comments"), "dcim.devicerole": ("parent",), "dcim.platform": ("parent",),
    "wireless.wirelesslangroup": ("parent", "comments"), "ipam.iprange": ("mark_populated",), "extras.tag": ("weight",),
    "dcim.interface": ("speed",),
}  # fmt: skip
"""What NetBox has no filter for, or one of a kind of its own."""
NO_ID = ("location", "platform", "untagged_vlan", "parent")
"""Relations NetBox filters by what they lead to only, or by a tree."""
FAR = {"dcim.interface": {"site": ("device", "site"), "location": ("device", "location")}}
"""Filters on what lies beyond a relation."""


def _lookup(name: str, kind: Any, tests: tuple[str, ...]) -> GraphQLInputObjectType:
    kinds: dict[str, Any] = {"is_null": GraphQLBoolean, "in_list": GraphQLList(GraphQLNonNull(kind))}
    return GraphQLInputObjectType(name, {test: GraphQLInputField(kinds.get(test, kind)) for test in tests})


def inputs(date_time: GraphQLScalarType) -> dict[str, GraphQLInputObjectType]:
    """Model -> its filter."""
    text = _lookup("StrFilterLookup", GraphQLString, TEXT_TESTS)
    yes = _lookup("BoolFilterLookup", GraphQLBoolean, ("exact", "is_null"))
    key = _lookup("IDComparisonFilterLookup", GraphQLID, SIZE_TESTS)
    size = GraphQLInputObjectType("IntegerLookup", {
        "filter_lookup": GraphQLInputField(_lookup("IntFilterLookup", GraphQLInt, ("exact", "is_null", "in_list"))),
        "comparison_lookup": GraphQLInputField(_lookup("IntComparisonFilterLookup", GraphQLInt, SIZE_TESTS)),
    })  # fmt: skip
    moment = _lookup("DatetimeFilterLookup", date_time, SIZE_TESTS)
    simple = {
        Kind.TEXT: text,
        Kind.SLUG: text,
        Kind.ADDRESS: text,
        Kind.NETWORK: text,
        Kind.BOOLEAN: yes,
        Kind.INTEGER: size,
    }
    made: dict[str, GraphQLInputObjectType] = {}

    def fields(model: Model) -> dict[str, GraphQLInputField]:
        own: dict[str, Any] = {"id": key, "created": moment, "last_updated": moment}
        for field in model.fields:
            if field.name in (*LEFT_OUT.get(model.name, ()), "color"):
                continue
            if field.kind in (Kind.RELATION, Kind.MANY):
                own[field.name] = made[field.target]
                if field.kind is Kind.RELATION and field.name not in NO_ID and model.name != "ipam.iprange":
                    own[f"{field.name}_id"] = GraphQLID
            elif field.kind is Kind.CHOICE:
                own[field.name] = _choices(model, field)
            elif field.kind in simple:
                own[field.name] = simple[field.kind]
        own |= {name: made[_end(model, path)] for name, path in FAR.get(model.name, {}).items()}
        own |= {"tags": made["extras.tag"]} if model.tags else {}
        own |= dict.fromkeys(("AND", "NOT"), made[model.name])
        return {name: GraphQLInputField(kind) for name, kind in own.items()}

    for model in MODELS:
        made[model.name] = GraphQLInputObjectType(f"{model.graphql}Filter", lambda model=model: fields(model))  # type: ignore[misc]
    return made


def _choices(model: Model, field: Field) -> GraphQLInputObjectType:
    """NetBox's enum has a name for each value: 1000base-t is TYPE_1000BASE_T."""
    stem = "" if field.name == "poe_type" else f"{field.name.upper()}_"
    values = {stem + re.sub(r"\W", "_", value).upper(): value for value in field.choices}
    name = f"{model.graphql}{field.name.title().replace('_', '')}Enum"
    return _lookup(f"{name}BaseFilterLookup", GraphQLEnumType(name, values), ("exact", "is_null", "in_list"))


def _end(model: Model, path: tuple[str, ...]) -> str:
    for step in path:
        field = model.field(step)
        model = BY_NAME[field.target] if field else model
    return model.name


def passes(store: Store, model: Model, row: Row, wanted: dict[str, Any]) -> bool:
    """Whether the row passes every part of the filter."""
    return all(_passes(store, model, row, name, of) for name, of in wanted.items() if of is not None)


def _passes(store: Store, model: Model, row: Row, name: str, of: Any) -> bool:
    if name in ("AND", "NOT"):
        return passes(store, model, row, of) == (name == "AND")
    if name == "tags":
        return any(passes(store, BY_NAME["extras.tag"], store.get("extras.tag", tag), of) for tag in row["tags"])
    field = model.field(name)
    path = FAR.get(model.name, {}).get(name) or (name,)
    if len(path) > 1 or (field and field.kind in (Kind.RELATION, Kind.MANY)):
        return any(passes(store, target, one, of) for target, one in _led(store, model, row, path))
    if name.endswith("_id") and model.field(name[:-3]):
        value = row[name[:-3]]
        return int(of) in value if isinstance(value, list) else value == int(of)
    if name == "id":
        return all(TESTS[test](row["id"], [int(one) for one in given] if test == "in_list" else int(given))
                   for test, given in of.items() if given is not None and test != "is_null")  # fmt: skip
    return _value_passes(row[name], of)


def _value_passes(value: Any, of: dict[str, Any]) -> bool:
    """*of* holds tests, or the name of a group of them."""
    return all(
        _value_passes(value, given) if isinstance(given, dict) else TESTS[test](value, given)  # pyright: ignore[reportUnknownArgumentType]
        for test, given in of.items()
        if given is not None
    )


def _led(store: Store, model: Model, row: Row, path: tuple[str, ...]) -> list[tuple[Model, Row]]:
    """The objects at the end of a path of relations."""
    at = [(model, row)]
    for step in path:
        found: list[tuple[Model, Row]] = []
        for here, one in at:
            field = here.field(step)
            keys: list[Any] = one[step] if isinstance(one[step], list) else [one[step]]
            if field:
                found += [(BY_NAME[field.target], store.get(field.target, key)) for key in keys if key is not None]
        at = found
    return at
