"""Merged and deploy as typed, without a device: what is refused, and what is nothing to do and says so."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from matric import journal
from matric.change import proposal, review
from matric.change.proposal import Proposal
from tests.engine.journal.sample import plan

CHANGE = "git:edge-ports"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@trust.example", "-c", "commit.gpgsign=false", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def trust(own: Any, tmp_path: Path) -> Any:
    """A shell in a trust in git, whose state is named."""
    git(own.folder, "init", "-q", "-b", "main")
    git(own.folder, "add", "-A")
    git(own.folder, "commit", "-q", "-m", "The trust")
    return type(own)(own.folder, {"MATRIC_STATE": str(tmp_path / "state")})


def shelved(trust: Any, body: dict[str, Any]) -> None:
    opened = journal.open_state(trust.environment["MATRIC_STATE"])
    opened.shelf(review.KIND).put(CHANGE, body)
    opened.close()


@pytest.mark.parametrize("command", [("merged", "--change", CHANGE, "--commit", "HEAD"), ("deploy", "--due")])
def test_a_state_that_goes_with_the_job_is_refused(trust: Any, command: tuple[str, ...]) -> None:
    ended = trust(*command, MATRIC_STATE="")

    assert ended.code == 7
    assert "MATRIC_STATE" in ended.err


@pytest.mark.parametrize("options", [(), ("--due", "--change", CHANGE), ("--merge", "HEAD", "--due")])
def test_deploy_is_told_what_to_deploy_and_once(trust: Any, options: tuple[str, ...]) -> None:
    assert trust("deploy", *options).code == 7


def test_nothing_due_is_said(trust: Any) -> None:
    ended = trust("deploy", "--due", "--json")

    assert ended.code == 0
    assert ended.value == {"deployed": [{"result": "nothing"}]}


def test_a_merge_that_nobody_reviewed_is_an_error_and_not_zero_of_zero(trust: Any) -> None:
    merged = trust("merged", "--change", CHANGE, "--commit", "HEAD")
    deployed = trust("deploy", "--change", CHANGE)

    assert (merged.code, deployed.code) == (1, 1)
    for ended in (merged, deployed):
        assert "no review of it is in the state" in ended.err


def test_a_review_that_touched_no_school_leaves_nothing_to_deploy_and_says_so(trust: Any) -> None:
    shelved(trust, {"deploys": True, "schools": []})

    merged = trust("merged", "--change", CHANGE, "--commit", "HEAD")
    deployed = trust("deploy", "--change", CHANGE)

    assert (merged.code, deployed.code) == (0, 0)
    assert "touched no school" in merged.out
    assert "touched no school" in deployed.err


def test_a_change_of_rules_deploys_nothing(trust: Any) -> None:
    shelved(trust, {"deploys": False, "schools": []})

    ended = trust("merged", "--change", CHANGE, "--commit", "HEAD")

    assert ended.code == 0
    assert "deploys nothing" in ended.out


def test_a_review_whose_schools_could_not_be_planned_is_not_nothing_to_do(trust: Any) -> None:
    school = {"school": "oakfield", "touched": True, "deploys": True, "plans": True, "plan": None}
    shelved(trust, {"deploys": True, "schools": [school]})

    ended = trust("deploy", "--change", CHANGE)

    assert ended.code == 1
    assert "refused oakfield" in ended.out


def test_a_commit_that_the_checkout_does_not_hold_is_refused(trust: Any) -> None:
    git(trust.folder, "switch", "-q", "-c", "other")
    git(trust.folder, "commit", "-q", "--allow-empty", "-m", "Elsewhere")
    elsewhere = git(trust.folder, "rev-parse", "HEAD")
    git(trust.folder, "switch", "-q", "main")

    assert trust("deploy", "--merge", elsewhere).code == 7


def test_a_school_without_a_merged_plan_is_refused(trust: Any) -> None:
    ended = trust("deploy", "--due", "--school", "oakfield")

    assert ended.code == 7
    assert json.dumps("oakfield").strip('"') in ended.err


@pytest.mark.parametrize(("word", "says"), [("open", "under review"), ("merged", "merged, to be deployed")])
def test_status_tells_what_waits(trust: Any, word: Any, says: str) -> None:
    made = plan()
    one = Proposal(
        change=CHANGE, base="b" * 40, head="a" * 40, school=made.school, plan=made, authors=("ada",), state=word,
        at="2026-11-25T14:00:00Z",
    )  # fmt: skip
    opened = journal.open_state(trust.environment["MATRIC_STATE"])
    proposal.put(opened.shelf(proposal.KIND), one)
    opened.close()

    assert says in trust("status").out
    assert trust("status", "--json").value["waiting"] == [
        {"change": CHANGE, "school": made.school, "state": word, "plan": made.digest}
    ]
