"""The steps of scenario.yaml, asked of any NetBox: a real one when it is recorded, the stand-in when it is tested."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import requests
import yaml

HEADERS = ("content-type", "api-version", "etag", "allow", "location")
Step = dict[str, Any]


def steps() -> list[Step]:
    """In their order."""
    return cast("list[Step]", yaml.safe_load(Path(__file__).with_name("scenario.yaml").read_text(encoding="utf-8")))


def restricted_steps() -> list[Step]:
    """Asked by a user who may view sites, interfaces, and devices but for ``$hidden``."""
    query = "device_list(filters:{id:{exact:$hidden}}){id}"
    return [
        {"name": "a model that may not be viewed", "method": "GET", "path": "api/ipam/vlans/"},
        {"name": "a change log that may not be viewed", "method": "GET", "path": "api/core/object-changes/"},
        {"name": "a device beyond the constraint", "method": "GET", "path": "api/dcim/devices/$hidden/"},
        {"name": "a write", "method": "POST", "path": "api/dcim/sites/", "json": {"name": "X", "slug": "x"}},
        {"name": "a bulk write", "method": "PATCH", "path": "api/dcim/sites/", "json": [{"id": 1, "name": "X"}]},
        {"name": "a delete", "method": "DELETE", "path": "api/dcim/devices/$hidden/"},
        {"name": "graphql lists", "method": "POST", "path": "graphql/",
         "json": {"query": f"{{vlan_list{{id}} {query}}}"}},
        {"name": "graphql, a relation that is hidden", "method": "POST", "path": "graphql/",
         "json": {"query": '{interface_list(filters:{device_id:"$hidden"} pagination:{limit:1})\n'
                           "{name device{name}}}"}},
    ]  # fmt: skip


def ask(url: str, token: str, step: Step, kept: dict[str, int]) -> Step:
    """The answer to one step; what it keeps goes into *kept*."""
    said = _filled(step, kept)
    headers = {"If-Match": said["if_match"]} if "if_match" in said else {}
    bearer = said.get("token", token)
    if bearer != "none":
        headers["Authorization"] = f"Bearer {bearer}" if bearer.startswith("nbt_") else f"Token {bearer}"
    answer = requests.request(said["method"], f"{url}/{said['path']}", json=said.get("json"), headers=headers,
                              allow_redirects=False, timeout=600)  # fmt: skip
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    body = answer.json() if is_json and answer.content else ""
    for name, where in step.get("keep", {}).items():
        kept[name] = found(body, where)
    shown = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    return {"status": answer.status_code, "headers": shown, "body": body}


def _filled(step: Step, kept: Mapping[str, int]) -> Step:
    text = json.dumps({key: value for key, value in step.items() if key != "keep"})
    text = re.sub(r'"\$(\w+)"', lambda match: str(kept[match[1]]), text)
    return cast("Step", json.loads(re.sub(r"\$(\w+)", lambda match: str(kept[match[1]]), text)))


def found(body: Any, where: str) -> int:
    """``0.id`` of a list."""
    for step in where.split("."):
        body = body[int(step)] if step.isdecimal() else body[step]
    return int(body)
