"""A review read back from files: what is not whole is refused, and nothing is taken from outside its folder."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matric import canonical
from matric import plan as plans
from matric.change import review
from matric.change.touch import Touch
from matric.errors import BadInput, ExitCode, StalePlan
from matric.gate import Allowed, Blocked, Reason, Undecided, Verdict
from matric.plan import Plan
from matric.policy.waiver import Waiver
from matric.report.reviewed import Reviewed, load, verdict_of

DIFF = "--- running\n+++ intended\n+ntp server 10.0.0.1\n"
REASON = Reason("SEG-08", "oakfield/sw-01", "is open", "close it", "warning", "No open port", ("DISA SRG",))


@pytest.fixture
def plan(given: Any) -> Plan:
    made: Plan = given.plan("oakfield", (given.device("oakfield/sw-01", DIFF),))
    return made


@pytest.fixture
def folder(tmp_path: Path, plan: Plan) -> Path:
    """What ``matric propose`` writes."""
    plans.save(plan, tmp_path / "plan-oakfield.json")
    body = {
        "format_version": 1, "change": "git:x", "base": "a" * 40, "head": "b" * 40, "deploys": True,
        "schools": [
            {"school": "oakfield", "touched": True, "reasons": ["the standard"], "devices": ["oakfield/sw-01"],
             "plan": plan.digest, "file": "plan-oakfield.json", "verdict": Allowed(3, (REASON,)).as_json,
             "problems": [], "reproduce": "matric plan oakfield",
             "waivers": [{"rule": "SEG-08", "object": "oakfield/sw-01", "owner": "J. Okafor", "reason": "January",
                          "expires": "2026-12-07"}]},
            {"school": "fernhill", "touched": False, "reasons": ["nothing"], "devices": [], "plan": None, "file": None,
             "verdict": None, "problems": [], "waivers": [], "reproduce": ""},
        ],
    }  # fmt: skip
    (tmp_path / "review.json").write_text(json.dumps(body), encoding="utf-8")
    return tmp_path


def test_a_review_is_read_back_as_it_was_proposed(folder: Path, plan: Plan) -> None:
    read = load(folder)

    assert [one.school for one in read.schools] == ["fernhill", "oakfield"]
    oakfield = read.schools[1]
    assert oakfield.plan == plan
    assert oakfield.verdict == Allowed(3, (REASON,))
    assert oakfield.standing == "allowed"
    assert oakfield.waivers[0].owner == "J. Okafor"
    assert read.schools[0].standing == "not touched"


def test_what_propose_writes_is_what_is_read(tmp_path: Path, plan: Plan) -> None:
    asked = review.Asked("git:x", "a" * 40, "b" * 40, authors=("R. Patel <r.patel@trust.example>",))
    gone = Touch("westbrook", touched=True, reasons=("it is gone",))
    seen = Touch("oakfield", touched=True, reasons=("the standard",), devices=("oakfield/sw-01",), deploys=True)
    quiet = Touch("fernhill", touched=False, reasons=("nothing",))
    failed = Touch("meadowbank", touched=True, reasons=("the standard",), deploys=True)
    found = (
        review.Planned(quiet),
        review.Planned(failed, problems=("sw-01: no answer. Do: look",), code=ExitCode.ERROR, wanted=True),
        review.Planned(seen, plan, Allowed(3, (REASON,)), wanted=True),
        review.Planned(gone),
    )
    held = Waiver("SEG-08", "oakfield/sw-01", "J. Okafor", "January", date(2026, 12, 7), approver="P. Adeyemi")
    plans.save(plan, tmp_path / "plan-oakfield.json")
    document = review.document(asked, found, (held,))
    (tmp_path / "review.json").write_bytes(canonical.json_bytes(document))

    read = load(tmp_path)

    standings = {one.school: one.standing for one in read.schools}
    assert standings == {
        "fernhill": "not touched", "meadowbank": "unplanned", "oakfield": "allowed", "westbrook": "later",
    }  # fmt: skip
    assert read.about.authors == asked.authors
    waived = [(waiver.owner, waiver.approver) for one in read.schools for waiver in one.waivers]
    assert waived == [("J. Okafor", "P. Adeyemi")]
    assert {one.school: one.plan is not None for one in read.schools}["oakfield"]


def test_one_plan_by_itself_is_not_judged(folder: Path) -> None:
    (one,) = load(folder / "plan-oakfield.json").schools

    assert one.standing == "not judged"


@pytest.mark.parametrize(
    "verdict",
    [Allowed(2, (REASON,), (REASON,)), Blocked((REASON,), (REASON,)), Undecided((REASON,), noted=(REASON,))],
    ids=["allowed", "blocked", "undecided"],
)
def test_a_verdict_is_read_back_as_it_was_written(verdict: Verdict) -> None:
    assert verdict_of(json.loads(json.dumps(verdict.as_json))) == verdict


EDITS: tuple[tuple[tuple[str | int, ...], Any], ...] = (
    (("format_version",), 2),
    (("deploys",), None),
    (("schools",), None),
    (("schools",), [None]),
    (("schools", 0, "touched"), "gone"),
    (("schools", 1, "school"), "oakfield"),
    (("schools", 0, "file"), "../plan-oakfield.json"),
    (("schools", 0, "file"), "plan-gone.json"),
    (("schools", 0, "verdict", "verdict"), "fine"),
    (("schools", 0, "verdict", "rules_checked"), 0),
    (("schools", 0, "waivers", 0, "expires"), "soon"),
)


@pytest.mark.parametrize(("where", "value"), EDITS)
def test_what_is_no_review_is_refused(folder: Path, where: tuple[str | int, ...], value: Any) -> None:
    path = folder / "review.json"
    body: Any = json.loads(path.read_text(encoding="utf-8"))
    inside = body
    for step in where[:-1]:
        inside = inside[step]
    inside[where[-1]] = value
    path.write_text(json.dumps(body), encoding="utf-8")

    with pytest.raises(BadInput):
        load(folder)


def test_a_folder_without_a_review_is_no_review_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["", "[", "[]", "null", "\xff"])
def test_what_is_no_json_is_no_review(tmp_path: Path, text: str) -> None:
    (tmp_path / "review.json").write_bytes(text.encode("latin-1"))

    with pytest.raises(BadInput):
        load(tmp_path)


def test_a_plan_that_is_not_the_one_that_was_reviewed_is_stale(folder: Path, plan: Plan) -> None:
    other = plan.model_copy(update={"nonce": "1" * 32})
    plans.save(other, folder / "plan-oakfield.json")

    with pytest.raises(StalePlan) as stale:
        load(folder)
    assert stale.value.exit_code is ExitCode.STALE


def test_a_touched_school_without_a_plan_and_without_a_reason_is_unplanned_all_the_same() -> None:
    assert Reviewed("oakfield", touched=True).standing == "unplanned"


def test_a_plan_with_a_problem_is_not_open_though_its_gate_is(plan: Plan) -> None:
    one = Reviewed("oakfield", touched=True, plan=plan, verdict=Allowed(1), problems=("sw-02 did not answer",))

    assert one.standing == "unplanned"


def test_a_run_that_the_gate_refused_does_not_make_its_plan_judged(plan: Plan) -> None:
    refused = Reviewed("oakfield", touched=True, plan=plan, outcome={"word": "refused", "exit_code": 3})
    carried = Reviewed("oakfield", touched=True, plan=plan, outcome={"word": "all-new", "exit_code": 0})

    assert refused.standing == "not judged"
    assert carried.standing == "allowed"


def test_a_plan_that_changes_nothing_is_nothing_to_do(given: Any) -> None:
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", ""),))

    assert Reviewed("oakfield", touched=True, plan=plan, verdict=Allowed(1)).standing == "nothing to do"
