"""The every-line ledger, as typed: counts, lines, residue, decisions in a script and at a terminal, and the gate."""

from pathlib import Path

import pytest

from matric import site, survey
from tests.engine.cli.conftest import Shell
from tests.engine.cli.test_runbook import Person
from tests.engine.survey.ledger.conftest import seen

ROOT = Path(__file__).parents[3]
ADA = "Ada Mensah, network engineer"


@pytest.fixture
def joining(own: Shell) -> Shell:
    """A trust that has surveyed Oakfield, where somebody has been at work by hand."""
    trust = site.load(own.folder)
    more = {
        "sw-02": "frobnicate everything\nip route 10.9.0.0 255.255.0.0 10.48.64.9\n",
        "sw-04": "frobnicate everything\n",
    }
    survey.save(trust.inventory, seen(trust, "oakfield", more))
    return own


def file(shell: Shell) -> Path:
    return shell.folder / "inventory" / "joining" / "oakfield" / "ledger.yaml"


def test_it_counts_by_device_and_class_and_names_the_lines_of_a_class(joining: Shell) -> None:
    told = joining("ledger", "oakfield", "--lines", "unknown", "--json", "--detailed-exitcode")

    assert told.code == 2
    assert told.value["counts"]["unknown"] == 3
    assert sum(told.value["counts"].values()) == told.value["lines"]
    assert {one["device"] for one in told.value["devices"]} == {"core-1", "sw-01", "sw-02", "sw-03", "sw-04", "wlc-1"}
    assert [(one["device"], one["path"]) for one in told.value["entries"]] == [
        ("sw-02", "frobnicate everything"),
        ("sw-02", "ip route 10.9.0.0 255.255.0.0 10.48.64.9"),
        ("sw-04", "frobnicate everything"),
    ]


def test_a_school_without_a_survey_is_told_so(own: Shell) -> None:
    ended = own("ledger", "oakfield")

    assert ended.code == 7
    assert "Do: matric survey oakfield" in ended.err


@pytest.mark.slow
def test_a_script_decides_and_a_risk_is_accepted_by_name(joining: Shell) -> None:
    route = ("decide", "--remove", "^ip route 10", "--reason", "a site that was sold", "--by", ADA)

    refused = joining("ledger", "oakfield", *route)
    done = joining("ledger", "oakfield", *route, "--accept-risk")
    rest = joining("ledger", "oakfield", "decide", "--remove", "frobnicate everything", "--exact", "--reason", "typo",
                   "--by", ADA, "--detailed-exitcode")  # fmt: skip
    told = joining("ledger", "oakfield", "decide", "--keep", "^vlan 99$", "--reason", "ours", "--by", ADA,
                   "--owner", ADA, "--review", "2199-01-01", "--json")  # fmt: skip

    assert (refused.code, done.code, rest.code) == (7, 0, 0)
    assert "--accept-risk" in refused.err
    assert "written   remove /^ip route 10/: 1 line\n" in done.out
    assert told.value["written"][0]["lines"] == 12
    assert "every line is accounted for" in rest.out
    assert "what lies behind it is not reached any more" in file(joining).read_text("utf-8")


@pytest.mark.slow
def test_the_gate_s_rule_names_each_unknown_line_until_it_is_decided(joining: Shell) -> None:
    before = joining("check", "oakfield").out
    joining("ledger", "oakfield", "decide", "--remove", "^(frobnicate|ip route 10)", "--reason", "seen to", "--by", ADA,
            "--accept-risk")  # fmt: skip
    after = joining("check", "oakfield").out

    assert before.count("MAT-04 ") == 3
    assert "MAT-04 " not in after


def test_what_an_old_provider_left_is_told_with_what_removes_it(joining: Shell) -> None:
    told = joining("ledger", "oakfield", "--residue")

    assert "username itsupport privilege 15 password 0 <secret>" in told.out
    assert "until the cut-over: each lets whoever owns it log in to the device whenever they can reach it" in told.out
    assert "the cut-over removes it: the standard has two accounts, and no others" in told.out
    assert "Summer2014" not in told.out


@pytest.mark.slow
def test_a_school_of_which_configurations_alone_are_known_has_every_line_in_the_ledger_and_what_was_left(
    own: Shell,
) -> None:
    text = (ROOT / "inventory" / "lab" / "thornfield" / "core-1.conf").read_text("utf-8")
    there = own.folder / "bring"
    there.mkdir()
    for name in ("core", "hall"):
        (there / f"{name}.conf").write_text(text.replace("Switch1", name), encoding="utf-8")
    assert own("survey", "ashby", there).code == 0

    told = own("ledger", "ashby", "--residue", "--json")

    assert told.code == 0, told.err
    assert (told.value["complete"], [one["waits"] for one in told.value["devices"]]) == (False, [True, True])
    assert told.value["lines"] == sum(2 * bool(row.strip()) for row in text.splitlines())
    assert told.value["residue"]
    assert "Do: survey what was not seen" in own("ledger", "ashby").out


@pytest.mark.slow
def test_what_was_left_behind_is_one_number_wherever_it_is_told(joining: Shell) -> None:
    left = joining("ledger", "oakfield", "--residue", "--json").value["residue"]
    gaps = joining("readiness", "oakfield", "--json").value["gaps"]

    (told,) = [gap for gap in gaps if gap["kind"] == "residue"]
    assert len(left) > 5
    assert len(told["objects"]) == len(left)


@pytest.mark.slow
def test_at_a_terminal_each_group_is_asked_and_an_answer_can_be_taken_back(joining: Shell) -> None:
    ask, sure = "(remove, keep, volatile, skip, undo, quit)", "Why"

    code, screen = Person(joining).follow(
        [
            (ask, lambda: "r"),
            ("Who decides", lambda: ADA),
            (sure, lambda: "nobody knows it"),
            ("[2/2]", lambda: "undo"),
            ("taken back", lambda: "remove"),
            (sure, lambda: ""),
            ("[2/2]", lambda: "quit"),
        ],
        "ledger", "oakfield", "--decide",
    )  # fmt: skip

    assert code == 0, screen
    assert file(joining).read_text("utf-8").count("- line:") == 1
    assert "unknown   1 line of " in screen


@pytest.mark.slow
def test_what_was_answered_before_somebody_left_is_not_asked_again(joining: Shell) -> None:
    joining("ledger", "oakfield", "decide", "--remove", "^frobnicate", "--reason", "typo", "--by", ADA)

    _, screen = Person(joining).follow([("[1/1] ip route 10.9", lambda: "quit")], "ledger", "oakfield", "--decide")

    assert "1 question about 1 line;" in screen
