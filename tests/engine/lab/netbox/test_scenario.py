"""The stand-in says what a real NetBox 4.6 said to the same requests, but for ids, times and addresses."""

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from matric.lab.netbox import serve

Object = dict[str, Any]
CASES = Path(__file__).parents[3] / "cases" / "netbox"
OF_THIS_NETBOX = {"id", "user", "user_name", "username", "installed_apps", "python-version", "hostname", "request_id",
                  "django-version", "rq-workers-running", "features"}  # fmt: skip
"""Keys whose values are another NetBox's own; their types are compared."""
WORDS = {
    "object types": ".results.0.description: ",
    "create a device type": ".custom_fields: ours has ['support_end', 'wifi_generation'], lacks []",
}
"""Sentences of NetBox's documentation, which the stand-in does not repeat; fields that the contract has since."""
SINCE = ".custom_fields: ours has ['dhcp_relay', 'zone'], lacks []"
"""Fields of VLANs that the contract has since, in every one of a list."""


def scenario() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scenario", CASES / "scenario.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recorded() -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads((CASES / "recorded-4.6" / "scenario.json").read_text(encoding="utf-8"))
    return answers


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, Any]]:
    """What the stand-in says to each step of the scenario."""
    module = scenario()
    kept: dict[str, int] = {}
    with serve() as netbox:
        answers = {step["name"]: module.ask(netbox.url, netbox.token, step, kept) for step in module.steps()}
        text = json.dumps(answers).replace(netbox.url, "http://netbox")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


@pytest.mark.parametrize("real", recorded(), ids=lambda answer: answer["name"])
def test_the_stand_in_answers_as_a_real_netbox_did(real: dict[str, Any], said: dict[str, dict[str, Any]]) -> None:
    ours = said[real["name"]]

    assert ours["status"] == real["status"], ours["body"]
    assert plain_headers(ours) == plain_headers(real)
    found = [
        one
        for one in differences(ours["body"], real["body"], "")
        if not one.startswith(WORDS.get(real["name"], "-")) and not ("vlans" in real["name"] and one.endswith(SINCE))
    ]
    assert found == []


def plain_headers(answer: dict[str, Any]) -> dict[str, str]:
    return {name: masked(value) for name, value in answer["headers"].items()}


def masked(text: str) -> str:
    """Without numbers, which are ids and times, and without advice that depends on what else a schema holds."""
    return re.sub(r"\d+", "#", text.partition(" Did you mean")[0])


def differences(ours: Any, real: Any, at: str) -> Iterator[str]:
    if type(ours) is not type(real):
        yield f"{at}: ours is {ours!r}, the real one {real!r}"
    elif isinstance(ours, dict):
        yield from of_objects(cast("Object", ours), cast("Object", real), at)
    elif isinstance(ours, list):
        yield from of_lists(ours, real, at)  # pyright: ignore[reportUnknownArgumentType]
    elif (masked(ours) != masked(real)) if isinstance(ours, str) else (isinstance(ours, bool) and ours != real):
        yield f"{at}: ours is {ours!r}, the real one {real!r}"


def of_objects(ours: Object, real: Object, at: str) -> Iterator[str]:
    if set(ours) != set(real):
        yield f"{at}: ours has {sorted(set(ours) - set(real))}, lacks {sorted(set(real) - set(ours))}"
    for key in sorted(set(ours) & set(real)):
        if key not in OF_THIS_NETBOX or type(ours[key]) is not type(real[key]):
            yield from differences(ours[key], real[key], f"{at}.{key}")


def of_lists(ours: list[Any], real: list[Any], at: str) -> Iterator[str]:
    if len(ours) != len(real):
        yield f"{at}: ours has {len(ours)} items, the real one {len(real)}"
    for number, (one, other) in enumerate(zip(ours, real, strict=False)):
        yield from differences(one, other, f"{at}.{number}")
