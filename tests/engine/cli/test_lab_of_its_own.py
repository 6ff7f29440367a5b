"""A school that is in no snapshot: its lab, what is handed over, and an engineer's visit, by the command line."""

import shutil
from pathlib import Path

import pytest

from tests.engine.cli.conftest import Shell

THORNFIELD = Path(__file__).resolve().parents[3] / "inventory" / "lab" / "thornfield"


@pytest.mark.slow
def test_a_school_netbox_has_not_heard_of_is_started_handed_over_and_visited(own: Shell, tmp_path: Path) -> None:
    """What is typed on the visit comes from what was handed over; every switch then answers at its new address."""
    shutil.copytree(THORNFIELD, own.folder / "inventory" / "lab" / "thornfield")
    up = own("lab", "up", "thornfield", "--json")
    assert up.code == 0, up.err
    shell = Shell(own.folder, {"MATRIC_LAB": up.value["state"]})
    try:
        dumped = shell("lab", "dump", "thornfield", tmp_path / "dump", "--json")
        surveyed = shell("survey", "thornfield", tmp_path / "dump")
        sheets = shell("way-in", "thornfield", "--out", tmp_path / "way-in", "--json")
        visited = shell("lab", "visit", "thornfield", tmp_path / "way-in", "--json")
        reached = shell("lab", "status", "thornfield", "--json")
    finally:
        assert shell("lab", "down", "thornfield").code == 0
    assert dumped.code == 0, dumped.err
    assert "sw-04/sw-04.cfg" in dumped.value["files"]
    assert (surveyed.code, sheets.code, visited.code, reached.code) == (0, 0, 0, 0), (sheets.err, visited.err)
    assert visited.value == {"devices": ["core-1", "sw-01", "sw-02", "sw-03", "sw-04", "sw-05"]}
    cut_off = {name: one["why"] for name, one in reached.value["reach"].items() if one["why"]}
    assert (set(reached.value["reach"]), cut_off) == (set(visited.value["devices"]), {})


def test_a_school_with_neither_rows_nor_a_description_is_refused(own: Shell) -> None:
    done = own("lab", "up", "nowhere")
    assert done.code == 7
    assert "nowhere" in done.err
