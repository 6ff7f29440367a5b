"""The endpoints of a joining school, as typed: by room, acknowledged, held by the gate, looked for afterwards."""

import shutil
from pathlib import Path

import pytest

from matric import survey, yaml_file
from matric.survey.model import Survey
from tests.engine.cli.conftest import Shell

CASE = Path(__file__).parents[2] / "cases" / "survey" / "endpoint" / "flat-primary"
DOOR = "00:0b:d6:01:02:03"
SEEN = yaml_file.model(CASE / "survey.yaml", Survey)


@pytest.fixture
def joining(own: Shell) -> Shell:
    """A trust that Oakfield is about to join: its survey is kept."""
    inventory = own.folder / "inventory"
    survey.save(inventory, SEEN)
    shutil.copy(CASE / "endpoints.yaml", survey.folder(inventory, "oakfield"))
    return own


def test_a_school_that_was_not_surveyed_has_no_endpoints_to_tell(here: Shell) -> None:
    ended = here("endpoints", "oakfield")

    assert ended.code == 7
    assert "oakfield was not surveyed. Do: matric survey oakfield" in ended.err


def test_endpoints_are_told_room_by_room_with_what_is_owed(joining: Shell) -> None:
    ended = joining("endpoints", "oakfield", "--detailed-exitcode")

    assert ended.code == 2
    assert ended.out.index("Main entrance\n") < ended.out.index("room not known\n")
    assert f"! at risk  door controller  {DOOR}  sw-02 GigabitEthernet1/0/17" in ended.out
    assert "5 that people depend on change without their owner's word" in ended.out
    assert "not read  ADMIN-SW: what hangs on it is not known" in ended.out


@pytest.mark.slow
def test_an_owner_s_word_is_written_down_and_shown(joining: Shell) -> None:
    said = joining(
        "endpoints", "oakfield", DOOR, "--acknowledge", "--by", "A. Patel", "--owner", "Site manager", "--json"
    )

    (one,) = said.value["endpoints"]
    assert (said.code, one["owed"], one["fate"]["word"]) == (0, False, "at-risk")
    assert one["acknowledged"].startswith("A. Patel on ")
    held = (joining.folder / "inventory" / "joining" / "oakfield" / "endpoints.yaml").read_text("utf-8")
    assert one["fate"]["digest"] in held
    refused = joining("endpoints", "oakfield", "--acknowledge", "--by", "A. Patel")
    assert (refused.code, "no endpoint is named" in refused.err) == (7, True)


@pytest.mark.slow
def test_the_gate_s_rule_finds_what_nobody_has_acknowledged(joining: Shell) -> None:
    ended = joining("check", "oakfield", "--json")

    said = [one for one in ended.value["schools"]["oakfield"] if one["rule"] == "CUT-11"]
    assert ended.code == 3
    assert f"oakfield endpoint {DOOR}" in {finding["object"] for one in said for finding in one["findings"]}


@pytest.mark.slow
def test_after_the_cut_over_a_door_that_nobody_sees_is_told_and_kept(joining: Shell) -> None:
    path = joining.folder / "later.json"
    gone = [
        device.model_copy(update={"macs": tuple(one for one in device.macs or () if one.mac != DOOR)})
        for device in SEEN.devices
    ]
    path.write_text(SEEN.model_copy(update={"devices": tuple(gone)}).model_dump_json(), encoding="utf-8")

    ended = joining("endpoints", "oakfield", "--after", "--seen", path)

    assert ended.code == 3
    assert f"! missing        Main entrance: door controller {DOOR}: no table holds its address" in ended.out
    assert (joining.folder / "inventory" / "joining" / "oakfield" / "after.json").is_file()
    alone = joining("endpoints", "oakfield", "--seen", path)
    assert (alone.code, "belong to --after" in alone.err) == (7, True)


@pytest.mark.slow
def test_what_could_not_be_read_after_the_cut_over_is_an_error_and_not_a_loss(joining: Shell) -> None:
    path = joining.folder / "later.json"
    path.write_text(SEEN.model_copy(update={"devices": ()}).model_dump_json(), encoding="utf-8")

    ended = joining("endpoints", "oakfield", "--after", "--seen", path, "--json")

    assert ended.code == 1
    assert {one["state"] for one in ended.value["backs"]} == {"could-not-look"}
