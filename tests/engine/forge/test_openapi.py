"""What is asked of GitHub, and what its stand-in answers, held to GitHub's published OpenAPI description.

``github-openapi.json`` is cut out of it by ``excerpt.py``; where the whole description is at hand (its path in
MATRIC_GITHUB_OPENAPI), the cut is checked against it.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import openapi_schema_validator
import pytest

from matric.errors import ForgeRefused
from matric.lab.forge import Seen
from tests.engine.forge import excerpt
from tests.engine.forge.place import Place, Waits, client, prepared

READ: Any = vars(openapi_schema_validator)["OAS30ReadValidator"]
WRITTEN: Any = vars(openapi_schema_validator)["OAS30WriteValidator"]
DESCRIPTION: dict[str, Any] = json.loads(excerpt.HERE.read_text(encoding="utf-8"))
WHOLE = os.environ.get("MATRIC_GITHUB_OPENAPI", "")


def operation(method: str, path: str) -> dict[str, Any] | None:
    """The operation of an address, with its parameters resolved; None where GitHub has none."""
    for template, methods in cast("dict[str, Any]", DESCRIPTION["paths"]).items():
        # The names of branches and of two ends of a comparison hold slashes.
        pattern = re.sub(r"\\\{(ref|basehead)\\\}", ".+", re.escape(template))
        if re.fullmatch(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", pattern), path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    return None


def resolved(part: Any) -> Any:
    while isinstance(part, dict) and "$ref" in part:
        _, _, kind, name = str(cast("dict[str, Any]", part)["$ref"]).split("/")
        part = DESCRIPTION["components"][kind][name]
    return cast("Any", part)


def faults(schema: Any, value: Any, validator: Any) -> Iterator[str]:
    if "discriminator" in schema:  # GitHub leaves out what would tell them apart
        schema = {"anyOf": schema["oneOf"]}
    checked = validator({**schema, "components": DESCRIPTION["components"]})
    for error in checked.iter_errors(value):
        if error.instance is None and error.schema.get("nullable"):
            continue  # null where the description says so beside an enum or a choice, which the validator overlooks
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def unlike(seen: Seen) -> Iterator[str]:
    """Every way in which a request or its answer is not as GitHub describes it."""
    where = f"{seen.method} {seen.path}"
    parts = urlsplit(seen.path)
    if parts.path == "/graphql":
        return
    found = operation(seen.method, parts.path)
    if found is None:
        yield f"{where}: no such operation"
        return
    known = {str(resolved(one)["name"]) for one in found.get("parameters", []) if resolved(one)["in"] == "query"}
    yield from (
        f"{where}: no parameter {name}" for name in parse_qs(parts.query, keep_blank_values=True) if name not in known
    )
    asks: Mapping[str, Any] | None = found.get("requestBody")
    if seen.body is not None and asks is None:
        yield f"{where}: takes no body"
    if asks is not None:
        schema = resolved(asks["content"]["application/json"]["schema"])
        strict = {**schema, "additionalProperties": False} if "properties" in schema else schema
        yield from (f"{where}: asked {fault}" for fault in faults(strict, seen.body or {}, WRITTEN))
    answer = found["responses"].get(str(seen.status))
    if answer is None:
        yield f"{where}: never answers {seen.status}"
        return
    content = resolved(answer).get("content", {}).get("application/json")
    if content is None:
        if seen.reply is not None:
            yield f"{where}: answers no JSON"
        return
    yield from (f"{where}: answered {fault}" for fault in faults(content["schema"], seen.reply, READ))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with prepared("github", tmp_path).start() as served:
        waits = Waits()
        yield Place(served, client(served, waits), waits)


def everything(place: Place) -> None:
    """Each thing matric asks, and each that people do in a demonstration."""
    forge = place.forge
    change = place.opened({"a": "b\n"})
    forge.change(change)
    forge.people(change)
    place.approve("ben")
    place.approve("ada", state="commented")
    forge.approvals(change)
    forge.comment(change, "review", ["one", "two"])
    forge.comment(change, "review", ["three"])
    forge.propose("matric/snapshot", "main", "t", "b", {"inventory/snapshot/vlans.json": "x\n", "README": None}, "m")
    forge.propose("matric/snapshot", "main", "t2", "b2", {"inventory/snapshot/vlans.json": "y\n"}, "m")
    forge.raise_issue("drift", "t", "b")
    forge.raise_issue("drift", "t", "b2")
    forge.change_of(place.merge())
    forge.change(change)
    with pytest.raises(ForgeRefused):
        forge.change(place.id(99))
    other = place.opened({"c": "0\n"}, "many")
    for number in range(251):
        head = place.head("many")
        made = place.git.commit_tree(place.git.commit(head).tree, (head,), f"{number}", ("P", "p@trust.example"))
        place.git.point("refs/heads/many", made)
    forge.people(other)


def test_all_that_is_asked_and_answered_is_as_github_describes_it(place: Place) -> None:
    everything(place)

    asked = {(one.method, urlsplit(one.path).path) for one in place.served.seen}
    assert len(asked) > 20
    assert [fault for seen in place.served.seen for fault in unlike(seen)] == []


def test_the_description_refuses_what_github_refuses(place: Place) -> None:
    place.forge.change(place.opened({"a": "b\n"}))
    seen = place.served.seen[-1]

    def altered(**more: Any) -> Seen:
        names = ("method", "path", "body", "headers", "by", "status", "reply", "fault")
        return Seen(**{name: more.get(name, getattr(seen, name)) for name in names})

    assert not list(unlike(seen))
    for wrong in (
        altered(path="/repos/trust/network/pull/1"),
        altered(path=f"{seen.path}?colour=red"),
        altered(body={"a": 1}),
        altered(status=299),
        altered(reply={**seen.reply, "number": "1"}),
        altered(reply={key: value for key, value in seen.reply.items() if key != "head"}),
        altered(method="POST", path="/repos/trust/network/issues/1/comments", status=201, body={"text": "no body"}),
        altered(method="POST", path="/repos/trust/network/git/refs", status=201, body={"ref": "refs/heads/x"}),
    ):
        assert list(unlike(wrong)), wrong.path


@pytest.mark.skipif(not WHOLE, reason="MATRIC_GITHUB_OPENAPI does not name the whole description")
def test_the_excerpt_is_what_the_whole_description_says() -> None:
    whole = json.loads(Path(WHOLE).read_text(encoding="utf-8"))

    assert excerpt.excerpt(whole) == DESCRIPTION
