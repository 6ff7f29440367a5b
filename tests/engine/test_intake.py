"""What was given, judged whole: who is asked what, and what only the gate decides."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from matric import intake, secret, site
from matric.errors import BadInput
from matric.policy import Outcome, Result
from matric.site import Site
from tests import estate

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
LAB = secret.vault(lab_seed="of the tests")
EXPIRED = """waivers:
  - {rule: SAF-01, object: oakfield vlan 40, owner: P. Adeyemi, reason: x, expiry: "2026-07-31"}
"""

Spoilt = Callable[[str, str, str], Site]


@pytest.fixture
def spoilt(tmp_path: Path) -> Spoilt:
    """The reference trust with some text of one file replaced; all of it where *old* is empty."""

    def make(file: str, old: str, new: str) -> Site:
        estate.laid_out(tmp_path)
        text = (tmp_path / file).read_text("utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new) if old else new, "utf-8")
        return site.load(tmp_path)

    return make


def codes(taken: intake.Intake) -> set[tuple[str, bool]]:
    return {(problem.code, problem.warning) for problem in taken.problems}


def test_the_reference_trust_is_taken_whole_and_in_a_lab_it_lacks_nothing(trust: Site) -> None:
    taken = intake.take(trust, (), LAB, TODAY).accepted()

    assert sorted(taken.schools) == ["fernhill", "oakfield"]
    assert codes(taken) == {("PSK-WEAK", True)}, "one key for both schools"


@pytest.mark.parametrize(
    ("there", "remedy"),
    [("survey.json", "matric adopt elmtree"), ("choices.yaml", "matric survey elmtree"), ("", "")],
    ids=["surveyed", "allocated", "a slip of the pen"],
)
def test_a_school_between_its_block_and_netbox_is_left_out_only_where_something_says_that_it_joins(
    spoilt: Spoilt, tmp_path: Path, there: str, remedy: str
) -> None:
    block = "    oakfield: 10.48.64.0/18\n"
    given = spoilt("inventory/standard.yaml", block, f"{block}    elmtree: 10.48.192.0/18\n")
    if there:
        home = tmp_path / "inventory" / "joining" / "elmtree"
        home.mkdir(parents=True)
        (home / there).write_text("{}", encoding="utf-8")

    taken = intake.take(given, (), LAB, TODAY)

    assert sorted(taken.schools) == ["fernhill", "oakfield"]
    waiting = [one for one in taken.problems if one.code == "SCHOOL-JOINING"]
    assert [one.warning and one.remedy.startswith(remedy) for one in waiting] == [True] * bool(there)
    assert (("SCHOOL-UNKNOWN", False) in codes(taken)) is (not there)


def test_a_secret_only_a_lab_has_refuses_where_devices_are_asked_next(trust: Site) -> None:
    with pytest.raises(BadInput) as refused:
        intake.school(trust, "oakfield", secret.vault(), TODAY, contacting=True)

    things = [problem.thing for problem in refused.value.problems]
    assert {problem.code for problem in refused.value.problems} == {"SECRET-REF"}
    assert things == sorted(set(things)), "each reference once"
    assert "lab:service" in things
    assert "lab:wlan-things" in things


def test_a_secret_only_a_lab_has_is_told_once_where_nobody_is_asked(trust: Site) -> None:
    wanted = intake.school(trust, "oakfield", secret.vault(), TODAY)

    assert [problem.code for problem in wanted.warnings] == ["SECRET-REF"]


def test_an_expired_waiver_refuses_the_check_and_is_left_to_the_gate_in_a_plan(spoilt: Spoilt) -> None:
    found = spoilt("policies/waivers.yaml", "", EXPIRED)

    assert ("POLICY-WAIVER", False) in codes(intake.take(found, (), LAB, TODAY))
    assert {one.code for one in intake.school(found, "oakfield", LAB, TODAY).warnings} == {"POLICY-WAIVER"}
    assert intake.school(found, "fernhill", LAB, TODAY).warnings == (), "another school's waiver"


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [("secret: lab:service", "secret: lab:service-old", False), ("user: matric", "user: radius-user", True)],
)
def test_a_login_the_standard_does_not_hold_would_shut_matric_out(
    spoilt: Spoilt, old: str, new: str, *, warning: bool
) -> None:
    taken = intake.take(spoilt("inventory/access.yaml", old, new), ("oakfield",), LAB, TODAY)

    assert ("SELF-LOCKOUT", warning) in codes(taken)


def test_another_school_shows_the_faults_of_templates_that_a_refused_school_hides(spoilt: Spoilt) -> None:
    found = spoilt("templates/ios/access.j2", "end\n", "{{ vlans[0].no_such_field }}\nend\n")

    taken = intake.take(found, ("elmtree",), LAB, TODAY)

    assert {code for code, _ in codes(taken)} == {"SCHOOL-UNKNOWN", "TPL-UNDEF"}
    assert taken.schools == {}


def test_a_template_no_school_can_show_is_still_read(spoilt: Spoilt) -> None:
    found = spoilt("templates/ios/access.j2", "end\n", "{{ no_such_name }}\n{% if %}\n")
    (found.inventory / "snapshot" / "vlans.json").write_text("[]\n")

    taken = intake.take(found, ("oakfield",), LAB, TODAY)

    assert ("TPL-SYNTAX", False) in codes(taken)
    assert ("SNAPSHOT", False) in codes(taken)


def result(rule: str, outcome: Outcome) -> Result:
    return Result(rule, "x", "blocker", outcome, int(outcome is Outcome.PASS), reason="no lift phone")


def test_a_rule_that_concerns_nothing_at_any_school_is_told() -> None:
    given = {
        "fernhill": (result("OWN-01", Outcome.NOT_APPLICABLE), result("OWN-02", Outcome.NOT_APPLICABLE)),
        "oakfield": (result("OWN-01", Outcome.NOT_APPLICABLE), result("OWN-02", Outcome.PASS)),
    }

    assert [str(problem) for problem in intake.idle(given)] == [
        "POLICY-FILE OWN-01: it matched nothing: no lift phone. Do: delete it, or correct it"
    ]
