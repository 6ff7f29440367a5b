"""Every bad answer of a NetBox has its code, and leaves the snapshot as it was.

The cases: tests/cases/bad-input-netbox.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from matric import yaml_file
from matric.errors import SourceError
from matric.lab.netbox import Fault, NetBox, Store
from matric.netbox import Client, Limits, pull_into

CASES = Path(__file__).parents[2] / "cases" / "bad-input-netbox"


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        case = cast("dict[str, Any]", yaml_file.load(path))
        for variant in case["variants"]:
            yield pytest.param(variant, variant.get("code", case["code"]), id=f"{case['id']} {variant['name']}")


def set_up(netbox: NetBox, faults: list[dict[str, Any]]) -> list[Fault]:
    edits = count()

    def edit(store: Store) -> None:
        store.update("ipam.vlan", 110, {"description": f"edit {next(edits)}"})

    set_now: list[Fault] = []
    for given in faults:
        fault: dict[str, Any] = {**given, "act": edit} if given["kind"] == "change" else dict(given)
        if "ids" in fault:
            fault["ids"] = frozenset(fault["ids"])
        set_now.append(netbox.fault(fault.pop("kind"), fault.pop("path"), **fault))
    return set_now


@pytest.mark.parametrize(("variant", "code"), list(cases()))
def test_a_bad_answer_is_refused_and_the_old_snapshot_stays(
    netbox: NetBox, waits: Any, tmp_path: Path, variant: dict[str, Any], code: str
) -> None:
    folder = tmp_path / "snapshot"
    with Client(netbox.url, netbox.token) as client:
        pull_into(folder, client)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    faults = set_up(netbox, variant["faults"])

    with Client(netbox.url, netbox.token, limits=Limits(read_s=variant.get("read_s", 5)), clock=waits) as client:
        client.page = variant.get("page", client.page)
        with pytest.raises(SourceError) as caught:
            pull_into(folder, client)

    assert all(fault.struck for fault in faults)
    assert {problem.code for problem in caught.value.problems} == {code}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert all(problem.remedy for problem in caught.value.problems)
    assert netbox.token not in str(caught.value)
