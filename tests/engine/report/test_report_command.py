"""``matric report --from`` and ``matric show --exit-code``, as a pipeline types them: neither needs site or state."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from matric import plan as plans
from matric.cli import page
from matric.journal import Journal
from matric.report.formats import FORMATS
from tests.warm import matric

ROOT = Path(__file__).parents[3]
DIFF = "--- running\n+++ intended\n+ntp server 10.0.0.1\n"


@pytest.fixture
def folder(tmp_path: Path, given: Any) -> Path:
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", DIFF),))
    place = tmp_path / "plan"
    place.mkdir()
    plans.save(plan, place / "plan-oakfield.json")
    school: dict[str, Any] = {
        "school": "oakfield",
        "touched": True,
        "reasons": ["the standard"],
        "devices": ["oakfield/sw-01"],
    }
    verdict: dict[str, Any] = {"verdict": "allowed", "rules_checked": 3, "waived": [], "noted": []}
    more: dict[str, Any] = {
        "plan": plan.digest,
        "file": "plan-oakfield.json",
        "verdict": verdict,
        "problems": [],
        "waivers": [],
    }
    body = {"format_version": 1, "change": "git:x", "base": "a" * 40, "head": "b" * 40, "deploys": True}
    (place / "review.json").write_text(json.dumps({**body, "schools": [{**school, **more}]}), encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return matric(*arguments, cwd=folder)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_format_is_written_from_a_folder(folder: Path, kind: str) -> None:
    ended = run(folder, "report", "--format", kind, "--from", "plan", "--out", "report.txt")

    assert ended.returncode == 0, ended.stderr
    assert re.search(r'oakfield|1 of 1 school|"touched": 1', (folder / "report.txt").read_text(encoding="utf-8"))


def test_without_a_file_it_is_printed_and_nothing_else_is(folder: Path) -> None:
    ended = run(folder, "report", "--format", "sarif", "--from", "plan")

    assert json.loads(ended.stdout)["version"] == "2.1.0"


def test_the_command_line_offers_the_formats_there_are() -> None:
    assert tuple(sorted(FORMATS)) == page.FORMATS


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--format", "junit", "--from", "gone"),
        ("report", "--format", "junit", "--from", "."),
        ("report", "--format", "html", "--from", "plan"),
        ("report", "--from", "plan"),
        ("report", "--format", "junit", "--from", "plan", "some-run"),
        ("report", "--format", "junit", "--from", "plan", "--out", "nowhere/report.xml"),
        ("report", "--format", "fortran", "--from", "plan"),
    ],
    ids=[0, 1, 2, 3, 4, 5, 6],
)
def test_what_cannot_be_reported_is_refused_as_bad_input(folder: Path, arguments: tuple[str, ...]) -> None:
    ended = run(folder, *arguments)

    assert ended.returncode == 7, ended
    assert "Traceback" not in ended.stderr


def test_a_plan_that_was_swapped_is_not_reported(folder: Path, given: Any) -> None:
    other = given.plan("oakfield", (given.device("oakfield/sw-02", DIFF),))
    plans.save(other, folder / "plan" / "plan-oakfield.json")

    ended = run(folder, "report", "--format", "junit", "--from", "plan", "--out", "report.xml")

    assert ended.returncode == 4
    assert not (folder / "report.xml").exists()


@pytest.mark.parametrize(("diff", "code"), [(DIFF, 2), ("", 0)])
def test_whether_anything_would_change_is_read_from_the_saved_plan(
    tmp_path: Path, given: Any, diff: str, code: int
) -> None:
    plans.save(given.plan("oakfield", (given.device("oakfield/sw-01", diff),)), tmp_path / "plan.json")

    assert run(tmp_path, "show", "plan.json", "--exit-code").returncode == code
    assert run(tmp_path, "show", "plan.json").returncode == 0


def test_a_plan_by_itself_is_reported_as_judged_by_nobody(folder: Path) -> None:
    ended = run(folder, "report", "--format", "markdown", "--from", "plan/plan-oakfield.json")

    assert ended.returncode == 0
    assert re.search("nobody has judged it", ended.stdout)


def test_a_run_is_reported_from_the_journal_alone(tmp_path: Path, given: Any) -> None:
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", DIFF),))
    journal = Journal(tmp_path / "state")
    began = journal.start(plan, "cutover")
    journal.finish(began, {"word": "all-old", "exit_code": 5, "reason": "sw-01 failed its check"})
    journal.close()

    ended = run(ROOT, "--state", str(tmp_path / "state"), "report", began.id, "--format", "junit")

    assert ended.returncode == 0, ended.stderr
    assert '<failure message="carried out, and ended all-old: sw-01 failed its check">' in ended.stdout
