"""NetBox's GraphQL over the same store: the part of its schema a reader of schools needs, executed by graphql-core."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    graphql_sync,  # pyright: ignore[reportUnknownVariableType]
)

from matric.lab.netbox import graph_filter
from matric.lab.netbox.access import Access
from matric.lab.netbox.catalogue import BY_NAME, MODELS
from matric.lab.netbox.counting import cabled, network_depth
from matric.lab.netbox.model import Field, Kind, Model, Row
from matric.lab.netbox.query import MAX_PAGE, ordered
from matric.lab.netbox.store import Store

__all__ = ("Graph",)

JSON = GraphQLScalarType("JSON")
DATE_TIME = GraphQLScalarType("DateTime")
BIG = GraphQLScalarType("BigInt", parse_value=int)
DECIMAL = GraphQLScalarType("Decimal", serialize=str)
PAGE = GraphQLInputObjectType("OffsetPaginationInput", {
    "offset": GraphQLInputField(GraphQLNonNull(GraphQLInt), default_value=0),
    "limit": GraphQLInputField(GraphQLInt), "start": GraphQLInputField(GraphQLInt),
})  # fmt: skip
SCALARS: dict[Kind, Any] = {
    Kind.TEXT: GraphQLString, Kind.SLUG: GraphQLString, Kind.INTEGER: GraphQLInt, Kind.NUMBER: DECIMAL,
    Kind.BOOLEAN: GraphQLBoolean, Kind.CHOICE: GraphQLString, Kind.ADDRESS: GraphQLString, Kind.NETWORK: GraphQLString,
}  # fmt: skip
REVERSE = {
    "dcim.site": (("devices", "dcim.device", "site"), ("locations", "dcim.location", "site"),
                  ("vlans", "ipam.vlan", "site")),
    "dcim.location": (("devices", "dcim.device", "location"), ("children", "dcim.location", "parent")),
    "dcim.device": (("interfaces", "dcim.interface", "device"),),
    "dcim.interface": (
        ("member_interfaces", "dcim.interface", "lag"), ("child_interfaces", "dcim.interface", "parent"),
        ("bridge_interfaces", "dcim.interface", "bridge"),
    ),
    "ipam.vlangroup": (("vlans", "ipam.vlan", "group"),),
    "ipam.vlan": (
        ("interfaces_as_tagged", "dcim.interface", "tagged_vlans"),
        ("interfaces_as_untagged", "dcim.interface", "untagged_vlan"),
        ("prefixes", "ipam.prefix", "vlan"), ("wirelesslan_set", "wireless.wirelesslan", "vlan"),
    ),
    "ipam.vrf": (("prefixes", "ipam.prefix", "vrf"), ("ip_addresses", "ipam.ipaddress", "vrf")),
}  # fmt: skip
"""Relations followed backwards: field, model, the field of it that leads here."""
SCOPED = ("Prefix", "WirelessLAN", "VLANGroup")
HIDDEN = {
    "dcim.cable": ("a_terminations", "b_terminations", "profile"), "extras.tag": ("object_types",),
    "extras.customfield": ("object_types",), "extras.customfieldchoiceset": ("extra_choices", "choice_colors"),
    "ipam.vlangroup": ("vid_ranges",),
}  # fmt: skip
"""Fields GraphQL says in a way of its own."""


class Graph:
    """The schema over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.types: dict[str, GraphQLObjectType] = {}
        self.filters = graph_filter.inputs(DATE_TIME)
        for model in MODELS:
            self.types[model.name] = GraphQLObjectType(
                f"{model.graphql}Type",
                partial(self._fields, model),
            )
        self.unions = {
            name: GraphQLUnionType(name, [self.types[one] for one in members], resolve_type=self._type_of)
            for name, members in (
                *((f"{stem}ScopeType", ("dcim.site", "dcim.location")) for stem in SCOPED),
                ("IPAddressAssignmentType", ("dcim.interface",)),
                ("CableTerminationTerminationType", ("dcim.interface",)), ("LinkPeerType", ("dcim.interface",)),
            )
        }  # fmt: skip
        self.family = GraphQLObjectType("IPAddressFamilyType", {
            "value": GraphQLField(GraphQLNonNull(GraphQLInt)), "label": GraphQLField(GraphQLNonNull(GraphQLString)),
        })  # fmt: skip
        self.schema = GraphQLSchema(GraphQLObjectType("Query", self._queries()), types=list(self.types.values()))

    def answer(self, body: Any, access: Access) -> Row:
        """The answer to a request's JSON; an error is part of it."""
        asked = cast("Row", body) if isinstance(body, dict) else {}
        result = graphql_sync(
            self.schema, str(asked.get("query") or ""), context_value=access, variable_values=asked.get("variables")
        )
        said: Row = {"data": result.data}
        if result.errors:
            said["errors"] = [error.formatted for error in result.errors]
        return said

    def _type_of(self, value: Row, _info: Any, _union: Any) -> str:
        return self.types[value["__model"]].name

    def _of(self, name: str, key: int | None, access: Access) -> Row | None:
        """The object, None if there is none or the user may not view it."""
        if key is None or name not in BY_NAME or key not in self.store.tables[name] or not access.sees(name, key):
            return None
        return {"__model": name, **self.store.get(name, key)}

    # The queries.

    def _queries(self) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {}
        for model in MODELS:
            fields[f"{model.stem}_list"] = self._list(model, partial(self._all, model))
            fields[model.stem] = GraphQLField(
                GraphQLNonNull(self.types[model.name]),
                {"id": GraphQLArgument(GraphQLNonNull(GraphQLID), out_name="key")},
                partial(self._single, model),
            )
        return fields

    def _all(self, model: Model, _row: Any) -> list[int]:
        return sorted(self.store.tables[model.name])

    def _single(self, model: Model, _row: Any, info: Any, key: str) -> Row | None:
        return self._of(model.name, int(key), info.context)

    def _list(self, model: Model, keys: Callable[[Any], list[int]]) -> GraphQLField:
        arguments = {"filters": GraphQLArgument(self.filters[model.name]), "pagination": GraphQLArgument(PAGE)}

        def resolve(row: Any, info: Any, filters: Row | None = None, pagination: Row | None = None) -> list[Row]:
            found = [one for key in keys(row) if (one := self._of(model.name, key, info.context))]
            if filters:
                found = [one for one in found if graph_filter.passes(self.store, model, one, filters)]
            page: dict[str, int | None] = pagination or {}
            start, limit, offset = page.get("start"), page.get("limit"), page.get("offset") or 0
            if start is not None:
                found = sorted((one for one in found if one["id"] >= start), key=lambda one: one["id"])
            else:
                found = ordered(found, "", model.order)
            return found[offset : offset + (min(limit, MAX_PAGE) if limit and limit > 0 else MAX_PAGE)]

        item = GraphQLNonNull(GraphQLList(GraphQLNonNull(self.types[model.name])))
        return GraphQLField(item, arguments, resolve)

    # The fields of one type.

    def _fields(self, model: Model) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = {
            "id": GraphQLField(GraphQLNonNull(GraphQLID)),
            "display": _told(GraphQLNonNull(GraphQLString), lambda row: model.display(self.store, row)),
            "class_type": _told(GraphQLNonNull(GraphQLString), lambda _: f"{model.graphql}Type"),
            "created": _told(DATE_TIME, lambda row: row["created"].replace("Z", "+00:00")),
            "last_updated": _told(DATE_TIME, lambda row: row["last_updated"].replace("Z", "+00:00")),
        }
        shown = (field for field in model.fields if field.name not in HIDDEN.get(model.name, ()))
        fields |= {field.name: made for field in shown if (made := self._field(model, field))}
        if model.custom_fields:
            for name in ("custom_fields", "custom_field_data"):
                fields[name] = _told(GraphQLNonNull(JSON), lambda row: row["custom_fields"])
        if model.tags:
            kind = GraphQLNonNull(GraphQLList(GraphQLNonNull(self.types["extras.tag"])))
            fields["tags"] = _told(kind, lambda row: [self.store.get("extras.tag", tag) for tag in row["tags"]])
        for name, other, by in REVERSE.get(model.name, ()):
            fields[name] = self._list(BY_NAME[other], partial(self._back, other, by))
        return fields | self._counts(model) | self._special(model)

    def _back(self, model: str, by: str, row: Row) -> list[int]:
        return self.store.leading(model, by, row["id"])

    def _counts(self, model: Model) -> dict[str, GraphQLField]:
        """GraphQL counts what belongs to devices and their types only."""
        if model.name not in ("dcim.device", "dcim.devicetype"):
            return {}

        def count(row: Row, info: Any) -> int:
            return int(model.computed[info.field_name](self.store, row))

        names = (name for name in model.computed if name.endswith("_count"))
        return {name: GraphQLField(GraphQLNonNull(BIG), resolve=count) for name in names}

    def _field(self, model: Model, field: Field) -> GraphQLField | None:
        if field.kind is Kind.ABSENT:
            return None
        if field.kind is Kind.RELATION:
            kind: Any = self.types[field.target]

            def related(row: Row, info: Any) -> Row | None:
                return self._of(field.target, row[field.name], info.context)

            return GraphQLField(GraphQLNonNull(kind) if field.required else kind, resolve=related)
        if field.kind is Kind.MANY:
            return self._list(BY_NAME[field.target], partial(_many, field.name))
        if field.kind is Kind.PLAIN:
            return GraphQLField(JSON) if field.name == "default" else None
        kind = BIG if (model.name, field.name) == ("dcim.interface", "speed") else SCALARS[field.kind]
        return GraphQLField(kind if field.null else GraphQLNonNull(kind))

    def _special(self, model: Model) -> dict[str, GraphQLField]:
        """Fields that are worked out, or lead to objects of several models."""
        store, whole = self.store, GraphQLNonNull(GraphQLInt)
        fields: dict[str, GraphQLField] = {}
        if model.scoped:
            fields["scope"] = self._generic(f"{model.graphql}ScopeType", "scope_type", "scope_id")
        if model.name in ("ipam.prefix", "ipam.ipaddress"):
            fields["family"] = _told(GraphQLNonNull(self.family), lambda row: model.computed["family"](store, row))
        if model.name == "ipam.prefix":
            fields["_depth"] = _told(whole, lambda row: network_depth(store, row))
        if model.name == "ipam.ipaddress":
            ends = "IPAddressAssignmentType", "assigned_object_type", "assigned_object_id"
            fields["assigned_object"] = self._generic(*ends)
        if model.name == "ipam.iprange":
            fields["size"] = _told(whole, lambda row: model.computed["size"](store, row))
        if model.name == "dcim.device":
            fields["config_context"] = _told(GraphQLNonNull(JSON), lambda _: {})
        if model.name == "dcim.cable":
            fields |= {end: self._ends(end) for end in ("a_terminations", "b_terminations")}
        if model.name == "dcim.interface":
            fields |= self._interface()
        return fields

    def _generic(self, union: str, kind: str, key: str) -> GraphQLField:
        def resolve(row: Row, info: Any) -> Row | None:
            return self._of(row[kind], row[key], info.context)

        return GraphQLField(self.unions[union], resolve=resolve)

    def _ends(self, end: str) -> GraphQLField:
        kind = GraphQLNonNull(GraphQLList(GraphQLNonNull(self.unions["CableTerminationTerminationType"])))

        def resolve(row: Row, info: Any) -> list[Row]:
            found = (self._of(one["object_type"], one["object_id"], info.context) for one in row[end])
            return [one for one in found if one]

        return GraphQLField(kind, resolve=resolve)

    def _interface(self) -> dict[str, GraphQLField]:
        def peers(row: Row, info: Any) -> list[Row]:
            found = (self._of("dcim.interface", one, info.context) for one in cabled(self.store, row)["peers"])
            return [one for one in found if one]

        def cable(row: Row, info: Any) -> Row | None:
            return self._of("dcim.cable", cabled(self.store, row)["cable"], info.context)

        many = GraphQLNonNull(GraphQLList(GraphQLNonNull(self.unions["LinkPeerType"])))
        return {
            "cable": GraphQLField(self.types["dcim.cable"], resolve=cable),
            "cable_end": _told(GraphQLString, lambda row: cabled(self.store, row)["cable_end"]),
            "link_peers": GraphQLField(many, resolve=peers),
            "ip_addresses": self._list(BY_NAME["ipam.ipaddress"], self._addresses),
        }

    def _addresses(self, row: Row) -> list[int]:
        return [one["id"] for one in self.store.assigned("dcim.interface", row["id"])]


def _many(field: str, row: Row) -> list[int]:
    return list(row[field])


def _told(kind: Any, of: Callable[[Row], Any]) -> GraphQLField:
    """A field that is worked out of the row."""

    def resolve(row: Row, _info: Any) -> Any:
        return of(row)

    return GraphQLField(kind, resolve=resolve)
