"""The endpoints of a joining school, as typed: by room, acknowledged, held by the gate, looked for afterwards."""

import json
import re
import shutil
import tempfile
from pathlib import Path

import pytest
import yaml

from matric import survey, yaml_file
from matric.survey.model import Survey
from tests.engine.cli.conftest import Ended, Shell

ROOT = Path(__file__).parents[3]
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
    assert "not seen  ADMIN-SW: nobody has looked at it, so what hangs on it is not known. Do: survey it" in ended.out


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
def test_what_was_acknowledged_is_told_with_who_said_so_how_long_it_holds_and_what_is_left(joining: Shell) -> None:
    said = joining("endpoints", "oakfield", DOOR, "--acknowledge", "--by", "A. Patel", "--owner", "Site manager").out

    assert f"acknowledged  door controller  {DOOR}  sw-02 GigabitEthernet1/0/17" in said
    assert re.search(r"by A\. Patel on \d{4}-\d\d-\d\d; Site manager answers for it", said)
    assert "It holds until something else will happen to it" in said
    assert "4 that people depend on still without their owner's word" in said
    assert "maker" not in said


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
    assert re.search(rf"Main entrance: \d of \d back\n ! missing        door controller {DOOR}: it was to", ended.out)
    assert "1 missing. Do: go there" in ended.out
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


@pytest.mark.slow
def test_every_endpoint_of_thornfield_is_found_where_it_hangs(own: Shell) -> None:
    there = ROOT / "inventory" / "lab" / "thornfield"
    shutil.copytree(there, own.folder / "inventory" / "lab" / "thornfield", dirs_exist_ok=True)
    lab = yaml.safe_load((there / "lab.yaml").read_text("utf-8"))
    folder = own.folder / "inventory" / "joining" / "thornfield"
    folder.mkdir(parents=True)
    (folder / "credentials.yaml").write_text(
        yaml.safe_dump({"format_version": 1, "credentials": lab["credentials"]}), encoding="utf-8"
    )
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        shell = Shell(own.folder, {"MATRIC_LAB": str(Path(short) / "lab")})
        assert shell("lab", "up", "thornfield", "--seed", "of the endpoints").code == 0
        try:
            taken = shell("survey", "thornfield", "--seed", "192.168.1.2", "--yes", "--max-failed-logins", "3")
            told = shell("endpoints", "thornfield", "--json")
        finally:
            shell("lab", "down", "thornfield")

    assert (taken.code, told.code) == (0, 0), taken.err + told.err
    names = {one["name"]: one["serial"] for one in lab["devices"]}
    serials = {one["name"]: one["serial"] for one in json.loads((folder / "survey.json").read_text())["devices"]}
    found = {one["mac"]: one for one in told.value["endpoints"] if one["mac"]}
    assert {*found} == {one["mac"] for one in lab["endpoints"].values()}
    unread = {one.partition(" (")[0] for one in told.value["unseen"]} | {*told.value["unseen"]}
    for one in lab["endpoints"].values():
        device, port = one["at"].split(" ", 1)
        place = found[one["mac"]]["place"]
        hidden = place["blind"] and place["behind"].partition(", wh")[0] in unread
        seen = serials.get(place["device"]), place["port"]
        assert seen == (names.get(device), port) or hidden, (one, place)


@pytest.mark.slow
def test_the_switches_themselves_say_who_is_back_and_one_that_is_silent_says_nothing(estate: Shell) -> None:
    inventory = estate.folder / "inventory"
    survey.save(inventory, SEEN)
    try:
        asked = estate("endpoints", "oakfield", "--after", "--critical", "--json")
        assert estate("lab", "fault", "oakfield", "sw-02", "unreachable").code == 0
        silent = estate("endpoints", "oakfield", "--after", "--critical", "--json")
    finally:
        estate("lab", "fault", "oakfield", "sw-02", "clear")
        shutil.rmtree(survey.folder(inventory, "oakfield").parent)

    def door(ended: Ended) -> tuple[str, str]:
        return next(
            (one["state"], one["why"].rpartition(", and ")[2])
            for one in ended.value["backs"]
            if one["endpoint"] == DOOR
        )

    assert (asked.code, door(asked)) == (3, ("missing", "no table holds its address"))
    assert door(silent) == ("could-not-look", "sw-02 was not read")
