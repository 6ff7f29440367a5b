"""What others read, as somebody types it: ``evidence``, ``facts``, ``check --format``; what is refused as well."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matric import plan as plans
from matric.cli.estate import CHECK_FORMATS
from matric.journal import Journal
from matric.report import formats
from tests.engine.cli.conftest import open_the_gate

AT = "2026-11-26T09:00:00Z"


def test_a_school_s_evidence_is_three_files_that_say_the_same(here: Any, tmp_path: Path) -> None:
    ended = here("evidence", "oakfield", "--at", AT, "--out", tmp_path / "pack", "--json")

    assert ended.code == 0, ended.err
    assert ended.value["files"] == ["evidence.html", "evidence.json", "evidence.pdf"]
    told = json.loads((tmp_path / "pack" / "evidence.json").read_text(encoding="utf-8"))
    assert (told["format_version"], told["slug"], told["made_at"]) == (1, "oakfield", AT)
    assert told["summary"]["counts"] == ended.value["counts"]
    assert (tmp_path / "pack" / "evidence.pdf").read_bytes().startswith(b"%PDF-")
    assert told["summary"]["sentences"][0] in (tmp_path / "pack" / "evidence.html").read_text(encoding="utf-8")


def test_a_pack_made_again_for_the_same_moment_is_the_same(here: Any, tmp_path: Path) -> None:
    here = replace(here, cold=True)  # each by a hash seed of its own
    for name in ("one", "two"):
        assert here("evidence", "fernhill", "--at", AT, "--out", tmp_path / name).code == 0

    for name in ("evidence.html", "evidence.json", "evidence.pdf"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("evidence", "nowhere", "--out", "pack"),
        ("evidence", "oakfield"),
        ("evidence", "oakfield", "--out", "pack", "--at", "yesterday"),
        ("evidence", "oakfield", "--out", "pack", "--plan", "gone.json"),
        ("evidence", "oakfield", "--out", "pack", "--run", "no-such-run"),
    ],
    ids=range(5),
)
def test_what_no_pack_can_be_made_of_is_refused(own: Any, arguments: tuple[str, ...]) -> None:
    ended = own(*arguments)

    assert ended.code == 7, ended
    assert not (own.folder / "pack").exists()


def test_a_run_s_evidence_names_the_backups_it_kept(own: Any, tmp_path: Path) -> None:
    plan_file = own.folder / "plan.json"
    running = tmp_path / "running"
    assert own("render", "oakfield", "--out", running).code == 0
    planned = own("plan", "oakfield", "--running", running, "--out", plan_file)
    assert planned.code == 0, planned.err
    journal = Journal(own.folder / "state")
    began = journal.start(plans.load(plan_file), "cutover")
    kept = journal.keep(began, "oakfield/sw-01", "running", "hostname sw-01\n")
    journal.finish(began, {"word": "all-old", "exit_code": 5, "reason": "of a test"})
    journal.close()

    ended = own("--state", "state", "evidence", "oakfield", "--run", began.id, "--out", "pack")

    assert ended.code == 0, ended.err
    told = json.loads((own.folder / "pack" / "evidence.json").read_text(encoding="utf-8"))
    bound = {(one["kind"], one["name"]): one["digest"] for one in told["bound"]}
    assert bound["backup: running", "oakfield/sw-01"] == kept
    assert bound["plan", ""] == plans.load(plan_file).digest
    assert "running configurations came from files" in told["basis"]


def test_a_plan_is_no_evidence_once_the_standard_has_moved(own: Any, tmp_path: Path) -> None:
    running = tmp_path / "running"
    assert own("render", "oakfield", "--out", running).code == 0
    assert own("plan", "oakfield", "--running", running, "--out", "plan.json").code == 0
    open_the_gate(own.folder)

    ended = own("evidence", "oakfield", "--plan", "plan.json", "--out", "pack")

    assert ended.code == 4
    assert "than the site holds: snapshot" in ended.err
    assert not (own.folder / "pack").exists()


def test_the_facts_of_a_school_come_with_their_schema(here: Any, tmp_path: Path) -> None:
    ended = here("facts", "oakfield", "--out", tmp_path / "facts")
    printed = here("facts", "oakfield", "--out", "-")

    assert ended.code == 0, ended.err
    assert sorted(path.name for path in (tmp_path / "facts").iterdir()) == ["facts.schema.json", "oakfield.json"]
    assert printed.out == (tmp_path / "facts" / "oakfield.json").read_text(encoding="utf-8")
    assert printed.value["format_version"] == 1


# ---- what a check found, as forges read it ----


@pytest.mark.parametrize("kind", CHECK_FORMATS)
def test_a_check_is_written_as_forges_read_it_and_ends_as_it_would(here: Any, kind: str) -> None:
    ended = here("check", "oakfield", "--format", kind)

    assert ended.code == 3
    assert "SAF-01" in ended.out
    assert "oakfield vlan 40" in ended.out
    assert "not looked at" in ended.out or '"unread"' in ended.out


def test_the_command_line_offers_the_formats_a_check_has() -> None:
    assert formats.CHECKS == CHECK_FORMATS


def test_a_finding_of_a_check_has_the_fingerprint_it_has_in_a_review(here: Any, tmp_path: Path) -> None:
    running, plan = tmp_path / "running", tmp_path / "plan.json"
    assert here("render", "oakfield", "--out", running).code == 0
    assert here("plan", "oakfield", "--running", running, "--out", plan).code == 0

    checked = here("check", "oakfield", "--format", "codequality").value
    reviewed = here("report", "--format", "codequality", "--from", plan).value

    def prints(entries: list[dict[str, Any]]) -> set[str]:
        return {one["fingerprint"] for one in entries if one["check_name"] == "SAF-01"}

    assert prints(checked) == prints(reviewed) != set()


@pytest.mark.parametrize("command", [("evidence", "oakfield", "--at", AT), ("facts", "fernhill")])
def test_what_cannot_be_written_is_named_with_what_to_do(here: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "a-file"
    file.write_text("in the way", encoding="utf-8")

    ended = here(*command, "--out", file / "pack")

    assert ended.code == 7
    assert "a-file" in ended.err
    assert "cannot be written" in ended.err
    assert "Do: name another folder with --out" in ended.err


def test_one_rule_fails_and_several_fail(here: Any) -> None:
    told = here("check").out

    assert "oakfield: 1 rule fails, " in told
    assert "fernhill: 0 rules fail, " in told
