"""An exception is written for what is found now, and shown until it ends; the gate says why on one screen."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matric.journal import open_state
from matric.journal.backups import note
from matric.policy.waiver import waivers
from tests.engine.cli.conftest import Shell

TODAY = datetime.now(UTC).date()
UNTIL, LATER = ((TODAY + timedelta(days)).isoformat() for days in (200, 230))
GUESTS = "oakfield vlan 40"
WHO = ("--owner", "P. Adeyemi", "--approver", "J. Okafor", "--reason", "The policy is bought in January")
ENDS = ("--ends-when", "the policy is named")


@pytest.fixture(scope="module")
def with_plan(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust where a plan of Oakfield lies that names no filtering policy for guests; made from files."""
    folder = Path(shutil.copytree(laid_out, tmp_path_factory.mktemp("waive") / "trust"))
    shell = Shell(folder)
    assert shell("render", "oakfield", "--out", "running").code == 0
    assert shell("plan", "oakfield", "--running", "running", "--out", "plan.json").code == 0
    return folder


@pytest.fixture
def judged(with_plan: Path, tmp_path: Path) -> Shell:
    return Shell(Path(shutil.copytree(with_plan, tmp_path / "trust")))


def waived(shell: Any, *more: str, until: str = UNTIL) -> Any:
    return shell("waive", "plan.json", "--rule", "SAF-01", *WHO, *ENDS, "--until", until, *more)


def test_what_breaks_a_rule_now_is_waived_object_by_object(judged: Any) -> None:
    ended = waived(judged, "--json")

    assert ended.code == 0, ended.err
    assert [one["object"] for one in ended.value["waived"]] == [GUESTS]
    (held,) = waivers(Path(judged.folder, "policies", "waivers.yaml"))
    assert (held.owner, held.approver, held.ends_when) == ("P. Adeyemi", "J. Okafor", "the policy is named")
    explained = judged("gate", "plan.json", "--explain", "--json").value
    assert [one["object"] for one in explained["waived"]] == [GUESTS]
    assert explained["waivers"] == [{"rule": "SAF-01", "object": GUESTS, "owner": "P. Adeyemi", "until": UNTIL}]


def test_the_gate_explains_by_rule_what_is_wrong_waived_unknown_and_what_would_open_it(judged: Any) -> None:
    before = judged("gate", "plan.json", "--explain").out
    assert waived(judged).code == 0

    after = judged("gate", "plan.json", "--explain").out

    assert f"SAF-01 blocker 1: Guests reaches the internet and names no filtering policy ({GUESTS})" in before
    assert f"set the VLAN's filter_policy in NetBox (1: {GUESTS})" in before
    assert f"until {UNTIL} SAF-01 {GUESTS}: The policy is bought in January (P. Adeyemi, agreed to by" in after
    assert "set the VLAN's filter_policy" not in after
    assert "not looked at" in after
    assert "and 3 more" in after


def test_the_gate_names_the_age_of_the_newest_copies_and_of_what_none_is_on_record(judged: Any) -> None:
    none = judged("gate", "plan.json", "--explain", "--json").value["backups"]
    assert {one["device"] for one in none} >= {"oakfield/core-1", "oakfield/wlc-1"}
    assert {(one["at"], one["old"]) for one in none} == {(None, True)}
    assert "none is on record of oakfield/core-1" in judged("gate", "plan.json", "--explain").out

    with_copies(judged, {one["device"]: 45 if one["device"].endswith("sw-02") else 3 for one in none})
    told = judged("gate", "plan.json", "--explain").out

    assert "(45 d): oakfield/sw-02" in told
    assert "older than 30 days: oakfield/sw-02. Do: matric backup oakfield" in told
    assert "none is on record" not in told
    assert "backups" not in judged("gate", "plan.json", "--json").value


def with_copies(shell: Any, days: dict[str, int]) -> None:
    journal = open_state(shell.folder / ".matric" / "state")
    for device, age in days.items():
        note(journal, [device], datetime.now(UTC) - timedelta(days=age, hours=1))
    journal.close()


def test_a_waiver_is_renewed_where_its_object_is_named_and_never_twice_by_itself(judged: Any) -> None:
    assert waived(judged).code == 0

    again = waived(judged)
    named = waived(judged, "--object", GUESTS, until=LATER)

    assert again.code == 7
    assert "nothing that is not waived breaks SAF-01" in again.err
    assert named.code == 0, named.err
    assert [one.expiry.isoformat() for one in waivers(Path(judged.folder, "policies", "waivers.yaml"))] == [LATER]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--approver", "Adeyemi, P."), "P. Adeyemi owns it and has approved it"),
        (("--until", "2020-01-31"), "expired 2020-01-31"),
        (("--until", "2099-01-31"), "it holds until 2099-01-31"),
        (("--object", "oakfield vlan 41"), "SAF-01 does not find oakfield vlan 41"),
        (("--rule", "SEG-07"), "what is not known cannot be waived"),
        (("--reason", " "), "--reason is empty"),
        (("--ends-when", ""), "a rule of safeguarding wait and does not say what ends that"),
    ],
)
def test_a_waiver_the_gate_would_refuse_is_not_written(judged: Any, more: tuple[str, ...], words: str) -> None:
    file = Path(judged.folder, "policies", "waivers.yaml")
    before = file.read_bytes()

    ended = waived(judged, *more)

    assert ended.code == 7
    assert words in ended.err
    assert file.read_bytes() == before


def test_the_debt_of_a_school_is_told_with_what_is_left_and_of_another_there_is_none(judged: Any) -> None:
    assert waived(judged).code == 0

    told = judged("waivers", "oakfield", "--json").value["schools"]["oakfield"]

    assert told["by_rule"] == {"SAF-01": 1}
    assert told["burn_down"] == [{"day": UNTIL, "end": 1, "left": 0}]
    assert f"until {UNTIL}" in judged("waivers").out
    assert "nothing is waived at fernhill" in judged("waivers", "fernhill").out
    assert judged("waivers", "nowhere").code == 7
