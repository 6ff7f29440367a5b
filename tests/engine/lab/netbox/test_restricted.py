"""Who may view only part of it hears from the stand-in what such a user heard from a real NetBox 4.6."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from matric.lab.netbox import READ_ONLY, Access, NetBox

CASES = Path(__file__).parents[3] / "cases" / "netbox"
READER = "nbt_readerreader.readerreaderreaderreaderreaderreaderre"
HIDDEN = 1
Answer = dict[str, Any]


def scenario() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scenario", CASES / "scenario.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECORDED: list[Answer] = json.loads((CASES / "recorded-4.6" / "restricted.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("real", RECORDED, ids=[answer["name"] for answer in RECORDED])
def test_a_restricted_user_hears_what_a_real_netbox_said(netbox: NetBox, real: Answer) -> None:
    may: dict[str, frozenset[str]] = {f"dcim.{name}": READ_ONLY for name in ("site", "interface", "device")}
    netbox.admit(READER, Access((5, "rec-reader"), may, {"dcim.device": frozenset({HIDDEN})}))
    module = scenario()
    step = next(step for step in module.restricted_steps() if step["name"] == real["name"])

    ours = module.ask(netbox.url, READER, step, {"hidden": HIDDEN})

    assert (ours["status"], ours["body"]) == (real["status"], real["body"])
    assert ours["headers"] == real["headers"]
