"""What forges parse: each format in the shape its reader documents, explicit where there is nothing, and no secret."""

import json
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from prometheus_client.openmetrics import parser

from matric.gate import Allowed, Blocked, Reason
from matric.policy.waiver import Waiver
from matric.report import annotations, codequality, junit, openmetrics, sarif, summary, terraform
from matric.report.finding import items
from matric.report.formats import CHECKS, FORMATS, written
from matric.report.reviewed import About, Review, Reviewed, of_check, of_plan
from matric.secret import Vault

Case = Callable[[str], Review]
CASES = sorted(path.parent.name for path in (Path(__file__).parents[2] / "cases" / "review").glob("*/case.yaml"))
EVERY_CASE = pytest.mark.parametrize("name", CASES)
EVERY_FORMAT = pytest.mark.parametrize("kind", sorted(FORMATS))
NOTHING = Review(About("git:x", "a" * 40, "b" * 40), ())


def reworded(review: Review, message: str) -> Review:
    """*review* with another message in every open reason."""

    def one(reviewed: Reviewed) -> Reviewed:
        verdict = reviewed.verdict
        if isinstance(verdict, Blocked):
            reasons = tuple(replace(reason, message=message) for reason in verdict.reasons)
            verdict = replace(verdict, reasons=reasons)
        return replace(reviewed, verdict=verdict)

    return replace(review, schools=tuple(one(reviewed) for reviewed in review.schools))


# ---- all of them ----


@EVERY_FORMAT
@EVERY_CASE
def test_a_review_is_written_the_same_again_in_whatever_order_it_comes(kind: str, name: str, case: Case) -> None:
    review = case(name)
    schools = list(review.schools)
    random.Random(3).shuffle(schools)
    turned = [
        replace(
            one,
            waivers=one.waivers[::-1],
            plan=one.plan
            and one.plan.model_copy(update={"devices": one.plan.devices[::-1], "results": one.plan.results[::-1]}),
        )
        for one in schools
    ]

    assert written(kind, replace(review, schools=tuple(turned)), "plan/") == written(kind, review, "plan/")


@EVERY_FORMAT
@pytest.mark.parametrize("review", [NOTHING, "nothing-touched"], ids=["no school", "none touched"])
def test_nothing_to_say_is_said(kind: str, review: Review | str, case: Case) -> None:
    text = written(kind, case(review) if isinstance(review, str) else review, "plan/")

    assert re.search(r'\b0 (of \d+ )?schools?\b|"touched": 0|touched="yes"} 0', text), text


@pytest.mark.parametrize("kind", CHECKS)
def test_a_check_counts_waivers_and_tells_what_it_did_not_look_at(kind: str, given: Any) -> None:
    broken = {"object": "oakfield/sw-01", "message": "it is open", "remedy": "close it"}
    results = (
        given.result("MGT-01", findings=[broken]),
        given.result("MGT-07", missing=["oakfield/sw-01: it was not read"]),
        given.result("SEG-06"),
    )
    held = Waiver("MGT-01", "oakfield/sw-01", "P. Adeyemi", "half term", date(2026, 12, 1))
    known = ("MGT-01", "MGT-07", "SEG-06")

    open_one = written(kind, of_check({"oakfield": results}, (), known, date(2026, 11, 26)), "")
    waived = written(kind, of_check({"oakfield": results}, (held,), known, date(2026, 11, 26)), "")

    assert "P. Adeyemi" in waived or "waived: oakfield/sw-01" in waived
    assert "waived: oakfield/sw-01" not in open_one
    for text in (open_one, waived):
        assert "it was not read" in text
        assert "there is no plan" not in text


VALUE = "kAn4ry-Zs9x0"


@EVERY_FORMAT
def test_no_secret_gets_into_any_format(kind: str, given: Any) -> None:
    """One value that the vault has given in this process, and others that only look like secrets."""
    Vault({"env": lambda name: VALUE if name == "CANARY" else None}).get("env:CANARY")
    unknown = ("Uns33n-1", "Uns33n-2", "$1$Uns33n$3333333333333333333333")
    diff = (
        "--- running\n+++ intended\n"
        f"-snmp-server community {unknown[0]} ro\n+banner {VALUE}\n"
        f" interface Ethernet1\n- description key {unknown[1]}\n+ description {VALUE}\n"
        f"-username admin secret 5 {unknown[2]}\n"
    )
    words = {"object": f"oakfield/sw-01 {VALUE}", "message": f"shows {VALUE}", "remedy": f"rotate {VALUE}"}
    result = given.result("SEC-01", findings=[words], title=f"No {VALUE}", sources=[VALUE])
    reason = Reason("SEC-01", words["object"], words["message"], words["remedy"], "blocker", f"No {VALUE}", (VALUE,))
    plan = given.plan(
        "oakfield",
        (given.device("oakfield/sw-01", diff, target=f"snmp-server community {VALUE}\n"),),
        results=(result,),
        warnings=(f"warning {VALUE}",),
        author=f"author {VALUE}",
    )
    one = Reviewed(
        "oakfield",
        touched=True,
        reasons=(f"because {VALUE}",),
        plan=plan,
        verdict=Blocked((reason,), missing=(reason,), waived=(reason,), noted=(reason,)),
        problems=(f"no answer: {VALUE}",),
        reproduce=f"matric plan --token {VALUE}",
        outcome={"word": f"all {VALUE}", "reason": VALUE, "exit_code": 1},
    )
    judged = replace(one, verdict=Allowed(1, (reason,), (reason,)), problems=())
    review = Review(About(f"git:{VALUE}"), (one, replace(judged, school="fernhill"), of_plan(plan)))

    text = written(kind, review, "plan/")

    for secret in (VALUE, *unknown):
        assert secret not in text
    if kind in {"markdown", "summary"}:
        assert "env:CANARY" in text


def test_a_plan_keeps_its_name_though_what_is_shown_of_it_is_redacted(given: Any) -> None:
    diff = "--- running\n+++ intended\n-snmp-server community Uns33n-4 ro\n"
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", diff),))

    one = Reviewed("oakfield", touched=True, plan=plan)

    assert one.digest == plan.digest
    assert one.plan is not None
    assert "Uns33n-4" not in one.plan.devices[0].diff


# ---- fingerprints ----


@EVERY_CASE
def test_no_two_findings_have_one_fingerprint(name: str, case: Case) -> None:
    prints = [item.fingerprint for item in items(case(name).schools)]

    assert len(set(prints)) == len(prints)


def test_a_fingerprint_outlives_other_words_for_the_same_finding(case: Case) -> None:
    review = case("gate-closed")

    before = {item.fingerprint for item in items(review.schools)}
    after = {item.fingerprint for item in items(reworded(review, "13 of 14 name none").schools)}

    assert after == before


def test_a_waiver_that_moves_to_another_line_is_the_same_finding() -> None:
    def at(line: int) -> str:
        reason = Reason("POLICY-WAIVER", f"waivers.yaml line {line}: SEG-08 for oakfield vlan 1", "unused", "delete it")
        (item,) = items((Reviewed("oakfield", touched=True, plan=None, problems=(), verdict=Blocked((reason,))),))[:1]
        assert item.path == "policies/waivers.yaml"
        assert item.line == line
        return item.fingerprint

    assert at(4) == at(40)


@pytest.mark.parametrize(
    ("thing", "remedy", "path"),
    [
        ("oakfield/sw-01 GigabitEthernet1/0/3", "describe it", "inventory/snapshot/interfaces.json"),
        ("oakfield/sw-01", "give it a serial", "inventory/snapshot/devices.json"),
        ("oakfield vlan 20", "name it", "inventory/snapshot/vlans.json"),
        ("oakfield 10.48.64.0/24", "size it", "inventory/snapshot/prefixes.json"),
        ("oakfield wlan guest", "close it", "inventory/snapshot/wireless_lans.json"),
        ("oakfield", "set it", "inventory/snapshot/sites.json"),
        ("oakfield vlan 20", "set it in standard.yaml", "inventory/standard.yaml"),
        ("oakfield", "move it in calendar.yaml", "inventory/calendar.yaml"),
    ],
)
def test_a_finding_is_shown_at_the_file_in_which_it_is_put_right(thing: str, remedy: str, path: str) -> None:
    reviewed = Reviewed("oakfield", touched=True, verdict=Blocked((Reason("X-1", thing, "is wrong", remedy),)))

    assert path in {item.path for item in items((reviewed,)) if item.reason.rule == "X-1"}


# ---- GitLab code quality ----

CODE_QUALITY = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[a-z]"},
                    "lines": {"type": "object", "properties": {"begin": {"type": "integer", "minimum": 1}},
                              "required": ["begin"]},
                },
            },
        },
    },
}  # fmt: skip


@EVERY_CASE
def test_code_quality_has_the_shape_that_gitlab_documents(name: str, case: Case) -> None:
    report = json.loads(codequality.report(case(name)))

    jsonschema.validate(report, CODE_QUALITY)
    prints = [entry["fingerprint"] for entry in report]
    assert len(set(prints)) == len(prints)


def test_code_quality_weighs_a_gap_as_heavily_as_a_finding_and_a_waiver_as_nothing(case: Case) -> None:
    report = json.loads(codequality.report(case("gate-closed")))

    assert {entry["check_name"]: entry["severity"] for entry in report} == {
        "matric": "info", "SAF-01": "blocker", "LNK-01": "blocker", "MGT-02": "info", "DOC-01": "info",
    }  # fmt: skip


# ---- GitLab Terraform ----


def test_terraform_counts_sections_that_come_change_and_go(case: Case, given: Any) -> None:
    diff = (
        "--- running\n+++ intended\n-ntp server 1.1.1.1\n-interface Vlan1\n- shutdown\n"
        " router bgp 1\n+ neighbor 10.0.0.1\n  vrf a\n+  rd 1:1\n+vlan 20\n+ name pupils\n+vlan 30\n"
    )
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", diff),))
    one = Reviewed("oakfield", touched=True, plan=plan, verdict=Allowed(1))

    report = json.loads(terraform.report(Review(About(), (one,))))

    assert {key: report[key] for key in ("create", "update", "delete")} == {"create": 2, "update": 1, "delete": 2}
    assert json.loads(terraform.report(case("nothing-touched")))["create"] == 0


@pytest.mark.parametrize("name", ["not-planned", None])
def test_terraform_gives_no_numbers_where_not_everything_is_known(name: str | None, case: Case) -> None:
    report = json.loads(terraform.report(case(name) if name else NOTHING))

    assert not {"create", "update", "delete"} & set(report)


# ---- JUnit ----


@EVERY_CASE
def test_junit_names_are_unique_and_its_counts_are_those_of_its_cases(name: str, case: Case) -> None:
    root = ET.fromstring(junit.report(case(name)))

    cases = list(root.iter("testcase"))
    names = [(one.attrib["classname"], one.attrib["name"]) for one in cases]
    assert len(set(names)) == len(names) == int(root.attrib["tests"]) > 0
    assert len({one.attrib["name"] for one in cases}) == len(cases)
    for word, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.attrib[word]) == len(list(root.iter(tag)))
        assert int(root.attrib[word]) == sum(int(suite.attrib[word]) for suite in root.iter("testsuite"))


def test_junit_tells_a_finding_from_a_gap_from_what_does_not_apply(case: Case) -> None:
    root = ET.fromstring(junit.report(case("gate-closed")))

    ends = {one.attrib["name"]: one[0].tag for one in root.iter("testcase")}
    assert ends == {
        "schools touched": "system-out", "oakfield plan": "system-out", "oakfield SAF-01": "failure",
        "oakfield LNK-01": "error", "oakfield LAG-01": "skipped", "oakfield MGT-02": "system-out",
        "oakfield DOC-01": "system-out", "oakfield SEG-08": "system-out",
    }  # fmt: skip


def test_junit_says_zero_schools_in_a_case_of_its_own_that_did_not_pass(case: Case) -> None:
    for review in (NOTHING, case("nothing-touched")):
        (told,) = [
            one for one in ET.fromstring(junit.report(review)).iter("testcase") if "0 schools" in one.attrib["name"]
        ]
        assert told.attrib["name"] == "0 schools touched"
        assert told[0].tag in {"skipped", "error"}


def test_junit_has_a_school_that_could_not_be_planned_or_judged_as_an_error(case: Case) -> None:
    root = ET.fromstring(junit.report(case("not-planned")))

    ends = {one.attrib["name"]: one[0].tag for one in root.iter("testcase")}
    assert ends["oakfield plan"] == ends["meadowbank plan"] == "error"
    assert ends["fernhill plan"] == "system-out"


@pytest.mark.parametrize(
    ("word", "code", "tag"), [("all-new", 0, "system-out"), ("all-old", 5, "failure"), ("split", 6, "failure")]
)
def test_junit_of_a_run_fails_where_the_run_did(given: Any, word: str, code: int, tag: str) -> None:
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", "--- running\n+++ intended\n+vlan 20\n"),))
    outcome = {"word": word, "exit_code": code, "reason": "so it went"}

    root = ET.fromstring(junit.report(Review(About(), (of_plan(plan, outcome=outcome),))))

    (told,) = [one for one in root.iter("testcase") if one.attrib["name"] == "oakfield plan"]
    assert told[0].tag == tag
    assert word in (told[0].text or "")


# ---- SARIF ----


def _text(message: Any) -> str:
    assert isinstance(message["text"], str)
    return str(message["text"])


@EVERY_CASE
def test_sarif_has_the_shape_of_2_1_0(name: str, case: Case) -> None:
    log = json.loads(sarif.report(case(name)))

    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        assert _text(rule["shortDescription"])
        assert _text(rule["help"])
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert _text(result["message"])
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert re.match(r"[a-z]+/", physical["artifactLocation"]["uri"])
        assert physical["region"]["startLine"] >= 1
        assert re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["matricFinding/v1"])
    (invocation,) = run["invocations"]
    assert type(invocation["executionSuccessful"]) is bool
    assert all(_text(note["message"]) for note in invocation["toolExecutionNotifications"])


def test_sarif_has_waivers_as_accepted_suppressions_with_who_and_why(case: Case) -> None:
    (run,) = json.loads(sarif.report(case("gate-closed")))["runs"]

    (suppressed,) = [result for result in run["results"] if "suppressions" in result]
    assert suppressed["ruleId"] == "MGT-02"
    assert suppressed["suppressions"] == [
        {
            "justification": "RADIUS moves in January (J. Okafor, until 2026-12-07)",
            "kind": "external",
            "status": "accepted",
        }
    ]


@pytest.mark.parametrize(("name", "good"), [("bpduguard-on", True), ("gate-closed", True), ("not-planned", False)])
def test_sarif_says_whether_everything_could_be_looked_at(name: str, *, good: bool, case: Case) -> None:
    (run,) = json.loads(sarif.report(case(name)))["runs"]

    assert run["invocations"][0]["executionSuccessful"] is good


def test_sarif_of_no_school_at_all_is_no_success() -> None:
    (run,) = json.loads(sarif.report(NOTHING))["runs"]

    assert run["invocations"][0]["executionSuccessful"] is False


# ---- GitHub ----

COMMAND = re.compile(r"::(error|warning|notice) (?:file=[^,:]+,line=\d+,)?title=[^,:]+::.+")


@EVERY_CASE
def test_every_line_for_github_is_one_whole_command(name: str, case: Case) -> None:
    lines = annotations.report(case(name)).splitlines()

    assert lines
    assert [line for line in lines if not COMMAND.fullmatch(line)] == []
    assert len(lines) == 1 + len(items(case(name).schools))


def test_no_words_can_leave_a_command_or_begin_one() -> None:
    words = "50% of them,\r\n::set-output name=x::y\n::stop-commands::z"
    reason = Reason(f"X-1{words}", f"oakfield/sw-01{words}", words, words)
    review = Review(About(), (Reviewed("oakfield", touched=True, verdict=Blocked((reason,))),))

    lines = annotations.report(review).splitlines()

    assert [line for line in lines if not COMMAND.fullmatch(line)] == []
    assert len(lines) == 3
    assert "50%25 of them" in lines[-1] + lines[-2]


def test_the_step_summary_is_one_piece_that_github_takes(given: Any) -> None:
    diff = "--- running\n+++ intended\n" + "".join(f"+line {at} {'x' * 100}\n" for at in range(20_000))
    plan = given.plan("oakfield", (given.device("oakfield/sw-01", diff),))
    review = Review(About(), (Reviewed("oakfield", touched=True, plan=plan, verdict=Allowed(1)),))

    text = summary.report(review, "plan/")

    assert len(text.encode()) <= 1_048_576
    assert "Not shown above" in text


# ---- OpenMetrics ----

PARSED: Callable[[str], Iterable[Any]] = vars(parser)["text_string_to_metric_families"]
"""Prometheus' own parser; it has no types."""


@EVERY_CASE
def test_metrics_are_parsed_by_prometheus_and_carry_the_house_s_name(name: str, case: Case) -> None:
    text = openmetrics.report(case(name))

    families = list(PARSED(text))
    assert text.endswith("# EOF\n")
    assert families
    assert {family.name.partition("_")[0] for family in families} == {"matric"}


def samples(review: Review) -> dict[tuple[str, str], float]:
    return {
        (sample.name, " ".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in PARSED(openmetrics.report(review))
        for sample in family.samples
    }


def test_metrics_have_no_number_for_what_is_not_known(case: Case) -> None:
    found = samples(case("not-planned"))

    assert found["matric_school_standing", "school=oakfield standing=unplanned"] == 1
    assert ("matric_devices_changing", "risk=low school=fernhill") in found
    assert ("matric_devices_changing", "risk=low school=oakfield") not in found


def test_metrics_count_what_the_review_holds(case: Case) -> None:
    found = samples(case("gate-closed"))

    assert found["matric_schools", "touched=yes"] == 1
    assert found["matric_devices_changing", "risk=medium school=oakfield"] == 2
    assert found["matric_lines", "school=oakfield sign=added"] == 2
    assert found["matric_findings", "school=oakfield standing=open"] == 2
    assert found["matric_waiver_left_days", "object=oakfield/sw-01 rule=MGT-02 school=oakfield"] == 12
