from dataclasses import replace
from html.parser import HTMLParser

import pytest

from matric.policy import Finding, Outcome, Result
from matric.report.html import page
from matric.report.model import Answered, DeviceReport, Link, Moment, Node, RunReport

HOSTILE = "<script>alert(1)</script>\u202e&\"'"


def device(
    name: str, *, ended: str = "new", diff: str = "--- running\n+++ intended\n+vlan 20\n-vlan 21"
) -> DeviceReport:
    return DeviceReport(
        key=f"oakfield/{name}",
        name=name,
        role="access",
        platform="eos",
        model="CCS-720XP",
        serial="JPE0001",
        risk="medium",
        ended=ended,
        diff=diff,
        added=1,
        removed=1,
        base_digest="sha256:0a",
        target_digest="sha256:0b",
    )


@pytest.fixture
def report() -> RunReport:
    return RunReport(
        school="Oakfield Primary",
        run="r-20261124-1",
        outcome="ALL-NEW",
        exit_code=0,
        sentence="Every device was changed, looked at over a new login, confirmed and saved.",
        began="2026-11-24 18:00:00",
        ended="2026-11-24 18:04:10",
        plan_digest="sha256:ff",
        digests=(("snapshot", "sha256:aa"), ("policies", "sha256:bb")),
        approvals=("J. Okafor, 2026-11-24 15:02",),
        devices=(device("core-1", diff="+one"), device("sw-01"), device("sw-02")),
        moments=(
            Moment("", "preflight", 0.0, 1.5, ok=True),
            Moment("oakfield/sw-01", "stage", 2.0, 3.0, ok=True),
            Moment("oakfield/sw-01", "arm", 4.0, 9.0, ok=True, detail="timer 600 s"),
            Moment("oakfield/core-1", "arm", 9.0, None, ok=False),
        ),
        results=(
            Result("SEG-08", "No host-facing port is in VLAN 1", "blocker", Outcome.PASS, 120, sources=("DISA SRG",)),
            Result(
                "SAF-01", "Every user network names a filtering policy", "blocker", Outcome.FAIL, 5,
                (Finding("oakfield vlan 40", "names no filtering policy", "set filter_policy in NetBox"),),
            ),
        ),
        answers=(Answered("Is there dial tone?", "yes", "site manager", "18:03"),),
        nodes=(
            Node("rtr-1", "router", "untouched"),
            Node("core-1", "collapsed-core", "new", below=4),
            Node("sw-01", "access", "old"),
        ),
        links=(Link("rtr-1", "core-1"), Link("core-1", "sw-01", 2)),
    )  # fmt: skip


class Outside(HTMLParser):
    """Collects every address the page would fetch, and every script."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            f"{name}={value}" for name, value in attrs if name in {"src", "href", "srcset", "data", "action"}
        ]
        if tag in {"script", "link", "iframe", "img"}:
            self.found.append(tag)


def test_the_report_of_a_run_fetches_nothing_from_anywhere(report: RunReport) -> None:
    outside = Outside()

    outside.feed(page(report))

    assert outside.found == []


def test_names_from_devices_never_become_markup(report: RunReport) -> None:
    hostile = replace(
        report,
        school=HOSTILE,
        devices=(device(HOSTILE, diff=HOSTILE),),
        nodes=(Node(HOSTILE, HOSTILE, "new"),),
        moments=(Moment(HOSTILE, HOSTILE, 0.0, 1.0, ok=True, detail=HOSTILE),),
        answers=(Answered(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )

    text = page(hostile)

    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_devices_with_the_same_difference_are_shown_once_with_all_their_names(report: RunReport) -> None:
    text = page(report)

    assert "<b>sw-01, sw-02</b>" in text
    assert text.count("vlan 20</span>") == 1


def test_a_finding_shows_object_message_and_remedy(report: RunReport) -> None:
    text = page(report)

    for part in ("SAF-01", "oakfield vlan 40", "names no filtering policy", "set filter_policy in NetBox"):
        assert part in text


def test_what_was_agreed_to_stands_in_the_report(report: RunReport) -> None:
    agreed = "oakfield/sw-02 is changed under reload: PoE drops for minutes"

    assert agreed in page(replace(report, accepted=(agreed,)))


def test_a_step_whose_answer_was_lost_does_not_look_done(report: RunReport) -> None:
    assert "no answer recorded" in page(report)


def test_the_next_command_stands_at_the_top_where_hands_are_needed(report: RunReport) -> None:
    stuck = replace(device("sw-09", ended="hands"), next_command="matric recover --device oakfield/sw-09")

    text = page(replace(report, devices=(stuck,), outcome="HANDS", exit_code=6))

    assert text.index("matric recover --device") < text.index("What changed")


def test_the_same_run_gives_the_same_page_byte_for_byte(report: RunReport) -> None:
    assert page(report) == page(report)
