"""The stand-in's GraphQL schema is part of a real NetBox 4.6's: a query that it takes, the real one takes."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType

from matric.lab.netbox.graph import Graph
from matric.lab.netbox.store import Store

RECORDED = Path(__file__).parents[3] / "cases" / "netbox" / "recorded-4.6" / "graphql-schema.json"
OWN_NAMES = ("Enum",)
"""Enums are named after the field here, and after NetBox's choice set there; their values are the same."""

SCHEMA = Graph(Store()).schema
REAL: dict[str, dict[str, str]] = json.loads(RECORDED.read_text(encoding="utf-8"))
TYPES = sorted(
    name for name, kind in SCHEMA.type_map.items()
    if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType) and name in REAL
)  # fmt: skip


def test_every_type_a_reader_of_schools_needs_is_compared() -> None:
    assert {
        "Query",
        "SiteType",
        "DeviceType",
        "InterfaceType",
        "CableType",
        "VLANType",
        "PrefixType",
        "SiteFilter",
    } <= set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_its_fields_are_fields_of_the_real_one_and_of_the_same_type(name: str) -> None:
    kind: Any = SCHEMA.type_map[name]

    ours = {field: str(of.type) for field, of in kind.fields.items()}

    strangers = {
        field: (written, REAL[name].get(field))
        for field, written in ours.items()
        if REAL[name].get(field) != written and not any(own in written for own in OWN_NAMES)
    }
    assert strangers == {}
