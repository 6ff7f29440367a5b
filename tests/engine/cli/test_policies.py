"""The rules at the command line: the whole map, one in full, a new one, and a trust's own against its cases."""

import shutil
from pathlib import Path
from typing import Any

from matric.policy import controls

CASES = Path("policies", "cases")


def test_the_whole_map_is_listed_and_narrowed(here: Any) -> None:
    every = here("policy", "list", "--json").value
    narrowed = here("policy", "list", "--source", "dfe", "--area", "saf", "--severity", "blocker", "--json").value

    assert {row["id"] for row in every} >= set(controls.catalogue())
    assert narrowed
    assert all(row["id"].startswith("SAF-") and row["severity"] == "blocker" for row in narrowed)
    assert here("policy", "list", "--area", "nothing").code == 7
    assert "decided by" in here("policy", "list", "--area", "CUT").out


def test_one_rule_is_shown_with_what_must_hold_its_sources_and_what_it_tells_people(here: Any) -> None:
    shown = here("policy", "show", "saf-01").out
    body = here("policy", "show", "SAF-01", "--json").value

    assert "set the VLAN's filter_policy in NetBox" in shown
    assert "https://www.gov.uk/" in shown
    assert body["decided"]["rule"].startswith("policies/filtering.py:")
    assert body["cited"][0]["confidence"] in {"A", "B", "C", "D"}
    assert here("policy", "show", "NIX-01").code == 7


def test_a_new_rule_runs_at_once_its_cases_hold_and_it_passes_nothing_yet(own: Any) -> None:
    assert own("policy", "test").code == 0

    made = own("policy", "new", "TST-01", "--title", 'Who\'s "gone" \\ is gone', "--severity", "info")
    tested = own("policy", "test", "TST-01", "--json")

    assert made.code == 0, made.err
    assert tested.code == 0, tested.out
    assert [(one["rule"], one["case"], one["passed"]) for one in tested.value["cases"]] == [
        ("TST-01", "fires-example", True),
        ("TST-01", "silent-example", True),
    ]
    assert own("policy", "show", "TST-01", "--json").value["title"] == 'Who\'s "gone" \\ is gone'
    judged = own("check", "fernhill", "--json").value["schools"]["fernhill"]
    assert [one["outcome"] for one in judged if one["rule"] == "TST-01"] == ["cannot-evaluate"]


def test_a_new_rule_takes_nothing_that_is_there(own: Any) -> None:
    assert own("policy", "new", "TST-01").code == 0

    assert "is a rule already" in own("policy", "new", "TST-01").err
    assert "is there already" in own("policy", "new", "TST-02", "--topic", "tst_01").err
    assert "is no id" in own("policy", "new", "tst-3").err
    assert "is no name for a file" in own("policy", "new", "TST-04", "--topic", "../out").err


def test_a_rule_of_the_trust_s_own_without_a_case_of_each_kind_is_named(own: Any) -> None:
    assert own("policy", "new", "TST-01").code == 0
    (own.folder / CASES / "TST-01" / "silent-example" / "case.yaml").unlink()

    tested = own("policy", "test")

    assert tested.code == 1
    assert "TST-01 has no case whose name begins with silent-" in tested.out


RULES = {
    "raises": ('    raise ValueError("a slip")\n    yield\n', "the rule failed: ValueError: a slip"),
    "yields a text": ('    yield "wrong"\n', "the rule yielded str 'wrong'"),
    "yields nothing": ("    yield None\n", "the rule yielded None"),
    "leaves": ("    raise SystemExit\n    yield\n", "the rule failed: SystemExit"),
}


def test_a_rule_that_fails_to_run_fails_its_case_by_name_and_the_next_is_run(own: Any) -> None:
    assert own("policy", "new", "TST-01").code == 0
    rule, case = own.folder / "policies" / "tst_01.py", own.folder / CASES / "TST-01"
    head, line, _ = rule.read_text(encoding="utf-8").partition("-> Iterator[Said]:\n")
    for number, (body, _) in enumerate(RULES.values(), start=2):
        name = f"TST-{number:02}"
        text = (head + line + body).replace("TST-01", name)
        rule.with_name(f"tst_{number:02}.py").write_text(text, encoding="utf-8")
        shutil.copytree(case, case.with_name(name))

    tested = own("policy", "test")

    assert tested.code == 1
    assert [words for _, words in RULES.values() if words not in tested.out] == []
    assert "as said TST-01 silent-example" in tested.out
    assert "10 cases, 8 wrong, 0 lacking" in tested.out


FIRES = "school: oakfield\noutcome: fail\nobjects: [a]\n"
BROKEN = {
    "fires-not": ("school: oakfield\noutcome: pass\n", "its name says fires and its outcome is pass"),
    "fires-elsewhere": ("school: nowhere\noutcome: fail\nobjects: [a]\n", "nowhere"),
    "fires-on-nothing": ("school: oakfield\noutcome: fail\n", "does not say on what"),
    "fires-misspelt": (f"{FIRES}given: [{{loook: sw-01}}]\n", "no change begins so"),
    "fires-on-no-switch": (f"{FIRES}given: [{{look: sw-99, silent: true}}]\n", "there is no"),
    "fires-because": (f"{FIRES}why: because\n", "unknown key"),
    "fires-in-no-line": (f"{FIRES}given: [{{rendered: sw-01, replace: zzz, by: ''}}]\n", "zzz is not in rendered"),
    "shouts": ("school: oakfield\noutcome: pass\n", "neither with fires- nor with silent-"),
}


def test_a_case_that_cannot_be_what_it_says_is_no_pass(own: Any) -> None:
    assert own("policy", "new", "TST-01").code == 0
    for name, (text, _) in BROKEN.items():
        (own.folder / CASES / "TST-01" / name).mkdir()
        (own.folder / CASES / "TST-01" / name / "case.yaml").write_text(text, encoding="utf-8")

    tested = own("policy", "test", "TST-01")

    assert tested.code == 1
    assert [words for _, words in BROKEN.values() if words not in tested.out] == []
    assert "as said TST-01 silent-example" in tested.out
    assert f"{len(BROKEN) + 2} cases, {len(BROKEN)} wrong, 0 lacking" in tested.out


def test_a_case_whose_rule_is_gone_is_told(own: Any) -> None:
    assert own("policy", "new", "TST-01").code == 0
    (own.folder / "policies" / "tst_01.py").unlink()

    tested = own("policy", "test")

    assert tested.code == 1
    assert "there is no such rule" in tested.out


def test_a_rule_says_when_it_decides(here: Any) -> None:
    assert here("policy", "show", "CUT-03", "--json").value["decides_at"] == ["before", "after"]
    assert here("policy", "show", "SEG-01", "--json").value["decides_at"][0] == "source"


def test_a_control_whose_rule_the_trust_took_away_says_so(own: Any) -> None:
    (own.folder / "policies" / "priority.py").unlink()

    assert "nothing yet: this trust has no rule for it" in own("policy", "show", "SEG-19").out
    assert own("policy", "show", "SEG-19", "--json").value["not_yet"] == "this trust has no rule for it"
