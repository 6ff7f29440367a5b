"""What is typed wrongly or cannot be read ends in a sentence and exit 7, and no device is asked."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SCHOOL_COMMANDS = (
    ("devices", "nowhere"),
    ("render", "nowhere"),
    ("check", "nowhere"),
    ("plan", "nowhere"),
    ("drift", "nowhere"),
    ("backup", "nowhere"),
    ("enrol", "nowhere"),
    ("run", "cut-over", "nowhere"),
    ("task", "read_facts", "nowhere"),
    ("lab", "up", "nowhere"),
    ("recover", "nowhere"),
    ("status", "nowhere"),
    ("report", "nowhere"),
    ("revert", "nowhere"),
)


@pytest.mark.parametrize("arguments", SCHOOL_COMMANDS, ids=" ".join)
def test_a_school_the_trust_does_not_have_is_bad_input(here: Any, arguments: tuple[str, ...]) -> None:
    ended = here(*arguments)

    assert ended.code == 7
    assert "nowhere" in ended.err or "read_facts" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("arguments", [("nothing",), ("plan",), ("plan", "oakfield", "--frob"), ("lab", "nothing")])
def test_what_the_parser_refuses_ends_with_7_and_never_with_its_own_2(here: Any, arguments: tuple[str, ...]) -> None:
    assert here(*arguments).code == 7


@pytest.mark.parametrize("command", ["show", "gate", "approve", "cutover"])
def test_a_plan_that_is_not_there_not_json_or_not_a_plan_is_refused(own: Any, command: str) -> None:
    (own.folder / "broken.json").write_text("{", encoding="utf-8")
    (own.folder / "list.json").write_text("[1, 2]", encoding="utf-8")
    (own.folder / "bytes.json").write_bytes(b"\xff\xfe\x00")

    for name in ("absent.json", "broken.json", "list.json", "bytes.json"):
        ended = own(command, name)
        assert ended.code in {1, 4, 7}, (name, ended)
        assert name in ended.err


def test_a_plan_that_could_not_be_saved_is_not_begun(own: Any) -> None:
    ended = own("plan", "oakfield", "--running", ".", "--out", "no-folder/plan.json")

    assert ended.code == 7
    assert "no-folder" in ended.err


def test_a_folder_that_is_no_site_says_what_to_do(here: Any, tmp_path: Path) -> None:
    ended = here("-C", tmp_path, "devices")

    assert ended.code == 7
    assert "[tool.matric]" in ended.err
    assert "Do:" in ended.err


def test_init_never_writes_over_anything(own: Any) -> None:
    ended = own("init", ".")

    assert ended.code == 7
    assert "not empty" in ended.err


@pytest.mark.parametrize(
    "name",
    ["inventory/standard.yaml", "inventory/calendar.yaml", "inventory/access.yaml", "policies/waivers.yaml"],
)
def test_a_broken_yaml_is_named_with_its_line(own: Any, name: str) -> None:
    path = own.folder / name
    path.write_text(path.read_text(encoding="utf-8") + "\n\tbroken: [\n", encoding="utf-8")

    ended = own("plan", "oakfield", "--running", ".")

    assert ended.code == 7
    assert Path(name).name in ended.err
    assert "no device was contacted" in ended.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(own: Any) -> None:
    path = own.folder / "inventory" / "standard.yaml"
    path.chmod(0)

    ended = own("check")

    assert ended.code in {1, 7}
    assert "standard.yaml" in ended.err


def test_a_folder_where_a_file_should_be_is_named(own: Any) -> None:
    path = own.folder / "inventory" / "standard.yaml"
    path.unlink()
    path.mkdir()

    ended = own("check")

    assert ended.code in {1, 7}
    assert "standard.yaml" in ended.err


def test_everything_wrong_with_the_data_is_told_in_one_pass(own: Any) -> None:
    path = own.folder / "inventory" / "standard.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nfrobnicate: 1\nand_this: 2\n", encoding="utf-8")

    ended = own("check", "oakfield")

    assert ended.code == 7
    assert "frobnicate" in ended.err
    assert "and_this" in ended.err
    assert "2 problem(s)" in ended.err


def test_a_snapshot_edited_by_hand_is_refused(own: Any) -> None:
    path = own.folder / "inventory" / "snapshot" / "vlans.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Guests", "Friends"), encoding="utf-8")

    ended = own("plan", "oakfield", "--running", ".")

    assert ended.code == 7
    assert "SNAPSHOT" in ended.err
    assert "no device was contacted" in ended.err


def test_a_lab_that_is_not_up_is_said_so(own: Any, tmp_path: Path) -> None:
    commands = (
        ("lab", "status", "oakfield"),
        ("lab", "fault", "oakfield", "sw-01", "hang"),
        ("lab", "events", "oakfield"),
        ("plan", "oakfield"),
        ("drift", "oakfield"),
    )
    for command in commands:
        ended = own(*command, MATRIC_LAB=str(tmp_path / "none"))
        assert ended.code in {1, 7}, (command, ended)
        assert "matric lab up" in ended.err, command


def test_a_netbox_without_a_token_is_an_omission(own: Any) -> None:
    assert own("snapshot", "check").code == 7
    assert own("snapshot", "check", "--url", "http://127.0.0.1:9").code == 7


@pytest.mark.slow
@pytest.mark.parametrize("command", ["snapshot pull", "snapshot diff", "netbox check", "netbox prepare"])
def test_a_netbox_nobody_answers_for_is_an_error_that_shows_no_token(own: Any, command: str) -> None:
    ended = own(*command.split(), "--url", "http://127.0.0.1:9", MATRIC_NETBOX_TOKEN="a-token-of-no-value")

    assert ended.code == 1
    assert "NB-UNAVAILABLE" in ended.err
    assert "a-token-of-no-value" not in ended.out + ended.err


def test_a_plan_from_files_can_be_shown_and_judged_and_never_cut_over(own: Any) -> None:
    boots = own.folder / "inventory" / "lab" / "oakfield"
    for path in boots.glob("*.conf"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("<secret:lab:service|sha512>", "$6$x").replace("<secret:", "<x:"), encoding="utf-8"
        )

    made = own("plan", "oakfield", "--running", boots, "--out", "files.json")

    assert made.code == 0, made.err
    assert own("show", "files.json").code == 0
    assert own("gate", "files.json").code == 3
    assert own("approve", "files.json", "--by", "j.okafor").code == 3
    ended = own("cutover", "files.json")
    assert ended.code == 7
    assert "reading only" in ended.err


def test_a_runbook_whose_order_breaks_an_invariant_is_not_followed(own: Any) -> None:
    path = own.folder / "runbooks" / "cut-over.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("do: confirm", "do: XX").replace("do: probe", "do: confirm").replace("do: XX", "do: probe")
    )

    ended = own("run", "cut-over", "oakfield")

    assert ended.code == 7
    assert "cut-over.md line" in ended.err


def test_json_holds_no_word_of_an_error(own: Any) -> None:
    ended = own("--json", "devices", "nowhere")

    assert ended.code == 7
    assert ended.out == "" or json.loads(ended.out)
