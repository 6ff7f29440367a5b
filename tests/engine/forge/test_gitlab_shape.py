"""What is asked of GitLab, and what its stand-in answers, held to the shapes its documentation gives."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openapi_schema_validator
import pytest

from matric.errors import ForgeRefused
from matric.lab.forge import Seen
from tests.engine.forge.gitlab_shape import ADDRESSES, USER
from tests.engine.forge.place import Place, Waits, client, prepared

HOME = "/api/v4/projects/trust%2Fnetwork"
CHECK: Any = vars(openapi_schema_validator)["OAS31Validator"]


def faults(schema: Any, value: Any) -> Iterator[str]:
    for error in CHECK(schema).iter_errors(value):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def unlike(seen: Seen) -> Iterator[str]:
    """Every way in which a request or its answer is not as GitLab documents it."""
    where, parts = f"{seen.method} {seen.path}", urlsplit(seen.path)
    if parts.path == "/api/v4/user":
        yield from faults(USER, seen.reply)
        return
    below = parts.path.removeprefix(HOME).strip("/")
    line = next((one for one in ADDRESSES if one[0] == seen.method and re.fullmatch(one[1], below)), None)
    if line is None or not parts.path.startswith(HOME):
        yield f"{where}: no such address"
        return
    _, _, parameters, asks, answers = line
    yield from (f"{where}: no parameter {name}" for name in parse_qs(parts.query) if name not in parameters)
    if seen.body is not None and asks is None:
        yield f"{where}: takes no body"
    if asks is not None:
        yield from (f"{where}: asked {fault}" for fault in faults(asks, seen.body or {}))
    if seen.status < 300 and answers is not None:
        yield from (f"{where}: answered {fault}" for fault in faults(answers, seen.reply))
    wanted = {"GET": 200, "PUT": 200, "POST": 201, "DELETE": 204}[seen.method]
    if seen.status not in (wanted, 404):
        yield f"{where}: answers {seen.status}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with prepared("gitlab", tmp_path).start() as served:
        waits = Waits()
        yield Place(served, client(served, waits), waits)


def test_all_that_is_asked_and_answered_is_as_gitlab_documents_it(place: Place) -> None:
    forge = place.forge
    change = place.opened({"a": "b\n"})
    forge.change(change)
    forge.people(change)
    place.approve("ben")
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

    asked = {(one.method, urlsplit(one.path).path) for one in place.served.seen}
    assert len(asked) > 15
    assert [fault for seen in place.served.seen for fault in unlike(seen)] == []


def test_the_shapes_refuse_what_gitlab_refuses(place: Place) -> None:
    place.forge.change(place.opened({"a": "b\n"}))
    seen = place.served.seen[-1]

    def altered(**more: Any) -> Seen:
        names = ("method", "path", "body", "headers", "by", "status", "reply", "fault")
        return Seen(**{name: more.get(name, getattr(seen, name)) for name in names})

    new = {"branch": "b", "commit_message": "m", "actions": [{"action": "update", "file_path": "a"}]}
    assert not list(unlike(seen))
    for wrong in (
        altered(path=f"{HOME}/merge_request/1"),
        altered(path=f"{seen.path}?colour=red"),
        altered(reply={**seen.reply, "iid": "1"}),
        altered(reply={key: value for key, value in seen.reply.items() if key != "sha"}),
        altered(method="POST", path=f"{HOME}/merge_requests/1/notes", status=201, body={"text": "x"}),
        altered(method="POST", path=f"{HOME}/repository/commits", status=201, body=new),
    ):
        assert list(unlike(wrong)), wrong.path
