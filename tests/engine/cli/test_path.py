"""matric path: questions, proofs, exit codes, and where the configurations come from."""

from pathlib import Path
from typing import Any

import pytest

from matric.reach.words import line_of


def test_a_question_is_answered_hop_by_hop_with_the_entry_and_its_line(here: Any) -> None:
    ended = here("path", "oakfield", "--from", "pupil", "--to", "management")

    assert ended.code == 0
    assert "pupil to management, ip: denied" in ended.out
    assert "core-1 Vlan20: in, ZONE-PUPIL-IN refuses: 90 deny ip any 10.48.64.0 0.0.0.255 (line " in ended.out
    assert "DHCP" in ended.out


def test_the_line_is_where_the_entry_stands_in_what_was_rendered(here: Any, tmp_path: Path) -> None:
    here("render", "oakfield", "core-1", "--out", tmp_path)

    value = here("path", "oakfield", "--from", "pupil", "--to", "management", "--json").value

    hop = next(way for way in value["ways"] if not way["arrives"])["hops"][-1]
    text: list[str] = (tmp_path / "core-1.conf").read_text(encoding="utf-8").splitlines()
    number: int = hop["line"]
    assert text[number - 1].strip() == hop["entry"]
    assert (hop["device"], hop["access_list"]) == ("core-1", "ZONE-PUPIL-IN")


def test_a_service_is_asked_both_ways(here: Any) -> None:
    value = here(
        "path", "oakfield", "--from", "pupil", "--to", "printer", "--protocol", "tcp", "--port", "9100", "--json"
    ).value

    assert value["verdict"] == "allowed"
    assert {(way["answer"], way["arrives"]) for way in value["ways"]} >= {(False, True), (True, True)}


def test_what_passes_in_part_is_told(here: Any) -> None:
    ended = here("path", "oakfield", "--from", "printer", "--to", "server")

    assert "partly" in ended.out
    assert "tcp 10.48.70.0/24 but 10.48.70.1 to 10.48.66.0/24 but 10.48.66.1 established" in ended.out
    assert "everything else that was asked" in ended.out


@pytest.mark.parametrize(("expected", "code"), [("denied", 0), ("allowed", 3)])
def test_an_answer_that_was_not_expected_ends_with_3(here: Any, expected: str, code: int) -> None:
    assert here("path", "oakfield", "--from", "guest", "--to", "server", "--expect", expected).code == code


@pytest.mark.parametrize("school", ["oakfield", "fernhill"])
def test_the_matrix_of_the_reference_schools_holds(here: Any, school: str) -> None:
    ended = here("path", school, "--matrix", "--json")

    assert ended.code == 0
    assert ended.value["holds"] is True
    assert len(ended.value["pairs"]) == 168


def test_a_school_that_has_not_been_brought_over_breaks_the_matrix(here: Any) -> None:
    ended = here("path", "oakfield", "--matrix", "--running-from", "inventory/lab/oakfield")

    assert ended.code == 3
    assert "astray sw-01 Ethernet11: it is for Pupils, and its untagged frames land in VLAN 1" in ended.out
    assert "does not hold" in ended.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "pupil"), "one question at a time"),
        ((), "one question at a time"),
        (("--matrix", "--from", "pupil", "--to", "staff"), "one question at a time"),
        (("--matrix", "--expect", "denied"), "leave --expect out"),
        (("--from", "pupil", "--to", "staff", "--protocol", "sctp"), "is no protocol"),
        (("--from", "pupil", "--to", "staff", "--port", "80"), "has no ports"),
        (("--from", "pupil", "--to", "teachers"), "has nothing called teachers"),
        (("--from", "sw-01:Ethernet25", "--to", "staff"), "leads to a device of ours"),
        (("--matrix", "--running", "--running-from", "."), "exclude each other"),
        (("--matrix", "--running-from", "templates"), "could not be read"),
    ],
)
def test_a_question_that_is_none_is_refused(here: Any, arguments: tuple[str, ...], message: str) -> None:
    ended = here("path", "oakfield", *arguments)

    assert ended.code == 7
    assert message in ended.err
    assert "Do:" in ended.err or "problem(s)" in ended.err


def test_what_devices_hold_and_what_a_plan_leads_to_can_be_asked(estate: Any, planned: Path) -> None:
    after = estate("path", "oakfield", "--from", "pupil", "--to", "management", "--plan", planned, "--json").value
    other = estate("path", "fernhill", "--from", "pupil", "--to", "management", "--plan", planned)

    assert after["verdict"] == "denied"
    assert after["of"] == f"plan {planned}"
    assert other.code == 7
    now = estate("path", "oakfield", "--from", "pupil", "--to", "management", "--running", "--json").value
    assert now["of"] == "running configurations"
    assert now["verdict"] in {"allowed", "denied", "partly"}


def test_a_device_that_does_not_answer_leaves_nothing_to_say(here: Any) -> None:
    ended = here("path", "oakfield", "--from", "pupil", "--to", "management", "--running")

    assert ended.code == 1
    assert "Nothing is known of a school of which a device is not" in ended.err


def test_a_line_is_found_in_every_vendor_s_way_of_writing_lists() -> None:
    same = "\n 10 permit ip any any\n"
    ios = f"hostname x\nip access-list extended A{same}ip access-list extended B{same}"
    aoss = 'ip access-list extended "B"\n   10 deny ip 0.0.0.0 255.255.255.255 any\n   exit\n'
    junos = "firewall {\n    family inet {\n        filter B {\n            term 10 {\n"

    assert line_of(ios, "B", "10 permit ip any any") == 5
    assert line_of(aoss, "B", "10 deny ip 0.0.0.0 255.255.255.255 any") == 2
    assert line_of(junos, "B", "term 10") == 4
    assert line_of(ios, "C", "10 permit ip any any") is None
    assert line_of(ios, "", "") is None
