"""What matric writes to a NetBox is what NetBox's own OpenAPI schema allows."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openapi_schema_validator
import pytest

from matric.intent.record import Records
from matric.lab.netbox import serve
from matric.netbox import Client, push

SCHEMA = Path(__file__).parents[3] / "cases" / "netbox" / "openapi.json.gz"
WRITTEN: Any = vars(openapi_schema_validator)["OAS30WriteValidator"]
Body = tuple[str, str, Any]


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    """The part of NetBox 4.6.8's schema that is about the addresses matric writes to."""
    schema: dict[str, Any] = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    return schema


@pytest.fixture
def bodies(records: Records) -> list[Body]:
    """Everything ``matric snapshot push`` sends for a school, created and then changed."""
    moved = records.model_copy(
        update={"sites": tuple(row.model_copy(update={"description": "x"}) for row in records.sites)}
    )
    with serve(prepared=False) as netbox, Client(netbox.url, netbox.token) as client:
        push(client, records, dry_run=False)
        push(client, moved, dry_run=False)
        return [body for body in netbox.bodies if not body[1].startswith("/graphql")]


def faults(openapi: dict[str, Any], body: Body) -> Iterator[str]:
    method, path, said = body
    schema = openapi["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    options = schema.get("oneOf", [schema])
    items = (
        next(option for option in options if option.get("type") == "array")["items"]
        if isinstance(said, list)
        else options[0]
    )
    validator: Any = WRITTEN({**items, "components": openapi["components"]})
    written: list[Any] = said if isinstance(said, list) else [said]  # pyright: ignore[reportUnknownVariableType]
    for item in written:
        for error in validator.iter_errors(item):
            yield f"{method} {path}: {list(error.path)}: {error.message[:200]}"


def test_what_is_pushed_is_what_the_schema_allows(openapi: dict[str, Any], bodies: list[Body]) -> None:
    assert {path for _, path, _ in bodies} >= {
        f"/api/dcim/{name}/" for name in ("sites", "devices", "interfaces", "cables")
    }
    assert {method for method, _, _ in bodies} == {"POST", "PATCH"}

    assert [fault for body in bodies for fault in faults(openapi, body)] == []


def test_the_schema_refuses_what_netbox_refuses(openapi: dict[str, Any]) -> None:
    bad = (
        "POST",
        "/api/dcim/interfaces/",
        [{"device": 1, "name": "x" * 65, "type": "no-such-type"}, {"name": "Gi1/0/1"}],
    )

    assert len(list(faults(openapi, bad))) >= 3
