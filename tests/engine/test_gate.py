"""Findings and waivers become one verdict, and nothing unknown opens the gate."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matric.errors import BadInput, ExitCode
from matric.gate import Allowed, Blocked, Undecided, Waiver, exit_code, verdict, waivers
from matric.policy import Finding, Outcome, Result, Severity
from matric.policy.waiver import problems

TODAY = date(2026, 11, 24)
PORT = "oakfield/sw-01 GigabitEthernet1/0/3"


def passed(rule: str = "SEG-06") -> Result:
    return Result(rule, "A rule", "blocker", Outcome.PASS, 3)


def failed(*objects: str, rule: str = "SEG-08", severity: Severity = "blocker") -> Result:
    findings = tuple(Finding(name, "it is in VLAN 1", "give it a profile") for name in objects or (PORT,))
    return Result(rule, "A rule", severity, Outcome.FAIL, 3, findings)


def unread(severity: Severity = "blocker", rule: str = "MGT-07") -> Result:
    return Result(rule, "A rule", severity, Outcome.CANNOT_EVALUATE, 0, missing=("oakfield/sw-02: it was not read",))


def waiver(rule: str = "SEG-08", thing: str = PORT, expiry: date = date(2027, 1, 31)) -> Waiver:
    return Waiver(rule, thing, "P. Adeyemi", "until half term", expiry, approver="J. Okafor")


def test_the_gate_opens_where_every_rule_holds() -> None:
    said = verdict([passed(), passed("SEG-07")], [], TODAY, school="oakfield")

    assert said == Allowed(2)
    assert said.explain() == ("the gate is open: 2 rules hold",)
    assert exit_code(said) is ExitCode.DONE


def test_a_rule_that_is_waived_is_not_said_to_hold() -> None:
    given = [passed(), failed(), failed("oakfield/sw-02 banner", rule="MGT-22", severity="info")]

    said = verdict(given, [waiver()], TODAY, school="oakfield")

    assert said.explain()[0] == "the gate is open: 3 rules looked, 1 finding waived, 1 noted"


def test_a_gate_that_checked_nothing_has_not_allowed_anything() -> None:
    with pytest.raises(ValueError, match="checked nothing"):
        Allowed(0)

    assert isinstance(verdict([], [], TODAY, school="oakfield"), Undecided)


def test_rules_that_all_do_not_apply_do_not_open_the_gate() -> None:
    idle = Result("SEG-07", "A rule", "blocker", Outcome.NOT_APPLICABLE, 0, reason="no legacy range")

    assert isinstance(verdict([idle], [], TODAY, school="oakfield"), Undecided)


def test_a_finding_closes_the_gate_and_names_rule_object_and_remedy() -> None:
    said = verdict([passed(), failed()], [], TODAY, school="oakfield")

    assert isinstance(said, Blocked)
    assert f"SEG-08 {PORT}: it is in VLAN 1. Do: give it a profile" in said.explain()
    assert exit_code(said) is ExitCode.BLOCKED


def test_what_would_open_the_gate_is_told_once_for_each_thing_to_do_the_most_first() -> None:
    other = Result("X-1", "", "blocker", Outcome.FAIL, 1, (Finding("oakfield", "it is wrong", "right it"),))

    said = verdict([other, failed("oakfield/sw-01 a", "oakfield/sw-01 b")], [], TODAY, school="oakfield")

    assert isinstance(said, Blocked)
    assert said.opens == (
        "to open it: give it a profile (oakfield/sw-01 a, oakfield/sw-01 b)",
        "to open it: right it (oakfield)",
    )


def test_what_could_not_be_looked_at_keeps_the_gate_closed() -> None:
    said = verdict([passed(), unread()], [], TODAY, school="oakfield")

    assert isinstance(said, Undecided)
    assert exit_code(said) is ExitCode.BLOCKED
    assert any("MGT-07 oakfield/sw-02: cannot be evaluated: it was not read" in line for line in said.explain())


def test_what_could_not_be_looked_at_may_say_what_to_do_about_it() -> None:
    gaps = tuple(f"oakfield: no answer to {name}. Do: ask the people" for name in ("safesearch", "local-hands"))
    result = Result("SAF-09", "", "blocker", Outcome.CANNOT_EVALUATE, 0, missing=gaps)

    said = verdict([passed(), result], [], TODAY, school="oakfield")

    assert isinstance(said, Undecided)
    assert [reason.message for reason in said.missing] == [
        "cannot be evaluated: no answer to local-hands",
        "cannot be evaluated: no answer to safesearch",
    ]
    assert said.opens == ("to open it: ask the people (oakfield)",)


def test_what_could_not_be_looked_at_cannot_be_waived() -> None:
    held = [waiver("MGT-07", "oakfield/sw-02")]

    assert isinstance(verdict([passed(), unread()], held, TODAY, school="oakfield"), Undecided)


def test_a_rule_that_has_not_run_keeps_the_gate_closed() -> None:
    said = verdict([passed()], [], TODAY, school="oakfield", rules=["SEG-06", "SEG-07"])

    assert isinstance(said, Undecided)
    assert [reason.rule for reason in said.missing] == ["SEG-07"]


def test_what_only_informs_is_noted_and_does_not_close_the_gate() -> None:
    said = verdict([passed(), failed(severity="info"), unread("info")], [], TODAY, school="oakfield")

    assert isinstance(said, Allowed)
    assert {reason.rule for reason in said.noted} == {"SEG-08", "MGT-07"}


def test_a_warning_needs_a_waiver() -> None:
    results = [passed(), failed(severity="warning")]

    without = verdict(results, [], TODAY, school="oakfield")
    waived = verdict(results, [waiver()], TODAY, school="oakfield")

    assert isinstance(without, Blocked)
    assert isinstance(waived, Allowed)
    assert [reason.object for reason in waived.waived] == [PORT]


def test_a_waiver_covers_one_object_of_one_rule_and_nothing_else() -> None:
    said = verdict([failed(PORT, "oakfield/sw-01 GigabitEthernet1/0/30")], [waiver()], TODAY, school="oakfield")

    assert isinstance(said, Blocked)
    assert [reason.object for reason in said.reasons] == ["oakfield/sw-01 GigabitEthernet1/0/30"]


def test_a_waiver_holds_on_its_last_day_and_closes_the_gate_the_day_after() -> None:
    held = [waiver(expiry=TODAY)]

    assert isinstance(verdict([passed(), failed()], held, TODAY, school="oakfield"), Allowed)

    after = verdict([passed(), failed()], held, date(2026, 11, 25), school="oakfield")

    assert isinstance(after, Blocked)
    assert {reason.rule for reason in after.reasons} == {"SEG-08", "POLICY-WAIVER"}


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (waiver("SEG-99"), "no such rule"),
        (waiver(thing="oakfield/sw-*"), "overbroad"),
        (waiver(thing="oakfield"), "overbroad"),
        (waiver(thing="*"), "overbroad"),
        (waiver(expiry=date(2029, 1, 1)), "overbroad"),
        (waiver(expiry=date(2026, 7, 31)), "expired 2026-07-31"),
        (waiver(thing="oakfield/sw-09 Vlan1"), "unused"),
    ],
    ids=["unknown rule", "pattern", "whole school", "everything", "for ever", "expired", "unused"],
)
def test_a_waiver_that_is_no_good_closes_the_gate_by_itself(held: Waiver, why: str) -> None:
    said = verdict([passed("SEG-06"), passed("SEG-08")], [held], TODAY, school="oakfield")

    assert isinstance(said, Blocked)
    assert [(reason.rule, why in reason.message) for reason in said.reasons] == [("POLICY-WAIVER", True)]


def test_a_waiver_of_another_school_concerns_this_one_neither_way() -> None:
    held = [waiver(thing="fernhill/sw-01 Vlan1", expiry=date(2020, 1, 1))]

    assert isinstance(verdict([passed()], held, TODAY, school="oakfield"), Allowed)


def test_a_waiver_is_not_called_unused_where_its_rule_could_not_look_at_everything() -> None:
    held = [waiver("MGT-07", "oakfield/sw-02 account installer")]

    said = verdict([passed(), unread()], held, TODAY, school="oakfield")

    assert isinstance(said, Undecided)


def test_a_verdict_is_plain_json() -> None:
    for said in (
        verdict([passed(), failed()], [waiver()], TODAY, school="oakfield"),
        verdict([failed()], [], TODAY, school="oakfield"),
        verdict([unread()], [], TODAY, school="oakfield"),
    ):
        assert json.loads(json.dumps(said.as_json))["verdict"] == type(said).__name__.lower()


def test_the_order_of_the_results_does_not_change_the_verdict() -> None:
    results = [passed(), failed(), failed("oakfield/sw-02 Vlan1", rule="SEG-09")]

    assert verdict(results, [], TODAY, school="oakfield") == verdict(results[::-1], [], TODAY, school="oakfield")


def test_a_finding_that_weighs_more_than_its_rule_needs_an_approver_too() -> None:
    heavy = Finding(PORT, "it lets anybody in", "switch 802.1X on", "blocker")
    given = [passed(), Result("L2-15", "A rule", "warning", Outcome.FAIL, 3, (heavy,))]
    alone = Waiver("L2-15", PORT, "P. Adeyemi", "until half term", date(2027, 1, 31))

    said = verdict(given, [alone], TODAY, school="oakfield")

    assert isinstance(said, Blocked)
    assert {one.rule for one in said.reasons} == {"L2-15", "POLICY-WAIVER"}
    assert isinstance(verdict(given, [replace(alone, approver="J. Okafor")], TODAY, school="oakfield"), Allowed)


# ---- the file ----

GOOD = """waivers:
  - rule: SEG-08
    object: oakfield/sw-01 GigabitEthernet1/0/3
    owner: P. Adeyemi
    reason: until half term
    expiry: "2027-01-31"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_waivers_are_read_with_their_lines(tmp_path: Path) -> None:
    (held,) = waivers(written(tmp_path, GOOD))

    assert (held.rule, held.expiry, held.line) == ("SEG-08", date(2027, 1, 31), 2)
    assert str(held) == f"waivers.yaml line 2: SEG-08 for {PORT}"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (GOOD.replace('    expiry: "2027-01-31"\n', ""), "expiry"),
        (GOOD.replace("    owner: P. Adeyemi\n", ""), "owner"),
        (GOOD.replace("owner:", "ownr:"), "owner"),
        (GOOD.replace('"2027-01-31"', '"soon"'), "expiry"),
        (GOOD.replace("until half term", '""'), "reason"),
    ],
    ids=["without expiry", "without owner", "unknown key", "no date", "without reason"],
)
def test_a_waiver_that_lacks_something_is_refused_with_its_line(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(BadInput) as told:
        waivers(written(tmp_path, text))

    assert {problem.code for problem in told.value.problems} == {"POLICY-WAIVER"}
    assert any(field in problem.field and "waivers.yaml line" in problem.thing for problem in told.value.problems)


def test_the_same_waiver_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="it is there twice"):
        waivers(written(tmp_path, GOOD + GOOD.removeprefix("waivers:\n")))


def test_a_file_of_waivers_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"waivers\.yaml"):
        waivers(tmp_path / "waivers.yaml")


def test_waivers_of_the_whole_trust_are_checked_without_judging_a_school() -> None:
    held = [waiver(thing="okfield/sw-01 Vlan1"), waiver("SEG-99"), waiver()]

    found = problems(held, {"SEG-08": "blocker"}, {"oakfield"}, TODAY)

    assert [(problem.code, problem.rule) for problem in found] == [
        ("POLICY-WAIVER", "there is no school okfield"),
        ("POLICY-WAIVER", "there is no such rule"),
    ]


@pytest.mark.parametrize(
    ("gap", "remedy"),
    [
        ("oakfield: custom field support_end of the device type X in NetBox", "set it, then plan again"),
        ("oakfield: calendar.yaml school_day of oakfield", "set it, then plan again"),
        ("oakfield/sw-02: its neighbours", "make it readable, then plan again"),
    ],
)
def test_what_a_person_has_to_give_is_to_be_set_and_what_is_read_is_to_be_made_readable(gap: str, remedy: str) -> None:
    result = Result("SAF-09", "", "blocker", Outcome.CANNOT_EVALUATE, 0, missing=(gap,))

    judged = verdict([result], (), TODAY, school="oakfield")

    assert isinstance(judged, Undecided)
    assert judged.missing[0].remedy.startswith(remedy)
