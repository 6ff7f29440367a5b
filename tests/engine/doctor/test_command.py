"""The command: who may be examined, what is asked before it, and the report it leaves."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matric.doctor import where
from matric.errors import UsageError
from matric.lab.client import Lab
from matric.platform.base import Facts, Look, Neighbour
from matric.site import Site
from tests.engine.cli.conftest import Shell

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """A shell in the reference trust, with Fernhill in the lab."""
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        found = Shell(ROOT, {"MATRIC_LAB": str(Path(short) / "lab"), "MATRIC_STATE": str(Path(short) / "state")})
        assert found("lab", "up", "fernhill").code == 0
        try:
            yield found
        finally:
            found("lab", "down", "fernhill")


def lab_of(shell: Shell) -> Lab:
    return Lab(Path(shell.environment["MATRIC_LAB"]))


def switch(shell: Shell, platform: str = "eos") -> str:
    """The name of one of the school's switches; EOS is the quickest to examine."""
    devices = lab_of(shell).devices
    return next(key.partition("/")[2] for key, one in sorted(devices.items()) if one["platform"] == platform)


def report_in(folder: Path) -> Any:
    (path,) = folder.glob("doctor-*.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_without_spare_a_device_is_only_read_and_the_report_says_what_was_not_tried(
    shell: Shell, tmp_path: Path
) -> None:
    ended = shell("doctor", f"fernhill/{switch(shell)}", "--out", tmp_path)

    assert ended.code == 0, ended.err
    assert "3 proven, 0 disproven, 0 could not be looked at, 8 not tried" in ended.out
    report = report_in(tmp_path)
    assert report["origin"] == "lab"
    assert "device" not in report
    assert {one["point"] for one in report["points"] if one["tried"]} == {"identity", "reads", "whole"}
    (page,) = tmp_path.glob("doctor-*.md")
    assert "a **lab** stand-in" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0


def test_with_its_name_typed_a_device_is_changed_and_put_back(shell: Shell, tmp_path: Path) -> None:
    name = switch(shell)
    key = f"fernhill/{name}"
    before = lab_of(shell).device_state(key)

    ended = shell("doctor", key, "--spare", name, "--identify", "--out", tmp_path, "--json")

    assert ended.code == 0, ended.err
    assert {one["verdict"] for one in ended.value["points"] if one["tried"]} == {"proven"}
    assert ended.value["device"]["key"] == key
    assert report_in(tmp_path)["points"] == ended.value["points"]
    after = lab_of(shell).device_state(key)
    assert (after["running"], after["startup"]) == (before["running"], before["startup"])


def test_a_point_that_is_disproven_is_an_error(shell: Shell, tmp_path: Path) -> None:
    lab = lab_of(shell)
    name = switch(shell)
    lab.fault(f"fernhill/{name}", "ignore-line", line="^matric-doctor", sticky=True)

    ended = shell("doctor", f"fernhill/{name}", "--spare", name, "--out", tmp_path)

    lab.clear()
    assert ended.code == 1
    assert "disproven      A refusal is heard" in ended.err


@pytest.mark.slow
def test_ctrl_c_leaves_the_device_as_it_was_and_a_report(shell: Shell, tmp_path: Path) -> None:
    name = switch(shell, "ios")
    key = f"fernhill/{name}"
    before = lab_of(shell).device_state(key)

    words = "Staging changes nothing"
    ended = shell.interrupted_at(words, "doctor", key, "--spare", name, "--out", tmp_path)

    assert ended.code == 1
    assert "stopped" in ended.err
    after = lab_of(shell).device_state(key)
    assert (after["running"], after["startup"], after["pending"]) == (before["running"], before["startup"], None)
    assert report_in(tmp_path)["stopped"] == "KeyboardInterrupt"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fernhill/sw-01", "--spare", "sw-02"), "is not the name of fernhill/sw-01"),
        (("fernhill/sw-01", "--in-use", "sw-01"), "goes with --spare"),
        (("fernhill/sw-99",), "no device fernhill/sw-99"),
        (("sw-01",), "no device sw-01"),
        (("fernhill/sw-01", "--port", "22"), "belong to an address"),
        (("127.0.0.1", "--platform", "eos"), "Do: give --user, --secret, --port as well"),
        (("127.0.0.1", "--platform", "eos", "--user", "a", "--secret", "lab:service", "--port", "1"), "has nothing at"),
        (("fernhill/sw-01", "--spare", "sw-01", "--power"), "Do: run it at a terminal"),
        (("fernhill/sw-01", "--net", "hope"), "has no net called hope"),
    ],
)
def test_what_is_typed_wrongly_is_said_before_anything_is_contacted(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    events = len(lab_of(shell).event_log())

    ended = shell("doctor", *arguments, "--out", tmp_path)

    assert ended.code == 7
    assert words in ended.err
    assert not [one for one in lab_of(shell).event_log()[events:] if one["event"] == "login"]
    assert not list(tmp_path.iterdir())


def test_a_switch_that_is_not_in_netbox_shows_its_identity_first_and_only_a_person_can_confirm_it(
    shell: Shell, tmp_path: Path
) -> None:
    name = switch(shell)
    there = lab_of(shell).devices[f"fernhill/{name}"]
    address = (there["host"], "--platform", there["platform"], "--port", str(there["port"]))
    whole = ("doctor", *address, "--user", "matric", "--secret", "lab:service", "--out", tmp_path)

    asked = shell(*whole)

    assert asked.code == 7
    assert "only a person can confirm it" in asked.err
    fingerprint = asked.err.split("shows\n")[1].split()[0]
    wrong = shell(*whole, "--fingerprint", fingerprint[:-2] + ("00" if fingerprint[-2:] != "00" else "01"))
    assert wrong.code == 1
    assert "it was sent no password" in wrong.err
    assert not list(tmp_path.iterdir())
    named = shell(*whole, "--fingerprint", fingerprint, "--spare", "another")
    assert named.code == 3
    assert f"it calls itself {name}, and another was typed" in named.err
    right = shell(*whole, "--fingerprint", fingerprint)
    assert right.code == 0, right.err


# -- outside a lab ----------------------------------------------------------------------------------------------------


def with_status(trust: Site, status: str) -> Site:
    """The reference trust, with every switch of Oakfield of *status*."""
    from matric import snapshot  # noqa: PLC0415

    records = trust.snapshot.records
    rows = tuple(row.model_copy(update={"status": status}) for row in records.devices)
    held = snapshot.Snapshot(records.model_copy(update={"devices": rows}), trust.snapshot.manifest)
    changed = replace(trust)
    changed.__dict__["snapshot"] = held
    return changed


@pytest.mark.parametrize("status", ["active", "offline", "failed", "decommissioning"])
def test_a_device_that_netbox_does_not_call_spare_is_at_work(trust: Site, status: str) -> None:
    found = where.in_site(with_status(trust, status), "oakfield/sw-01", None)

    assert found.origin == "real"
    assert f"it is {status}" in found.working


@pytest.mark.parametrize("status", ["planned", "staged", "inventory"])
def test_a_device_that_netbox_calls_planned_staged_or_in_stock_is_spare(trust: Site, status: str) -> None:
    assert not where.in_site(with_status(trust, status), "oakfield/sw-01", None).working


def test_a_device_at_work_is_not_changed_without_its_name_typed_twice(trust: Site) -> None:
    found = where.in_site(with_status(trust, "active"), "oakfield/sw-01", None)

    found.named("", "")
    with pytest.raises(UsageError, match="is no spare"):
        found.named("sw-01", "")
    found.named("sw-01", "sw-01")


LOOK = Look(Facts("sw-99", "m", "s", "v", 1.0), "", "")
CORE, OTHER = Neighbour("1", "core", "24"), Neighbour("2", "sw-02", "1")
ANY = where.by_address("10.1.1.1", "eos", "a", "env:A", 443, None)


def test_a_device_with_more_than_one_neighbour_looks_as_if_it_were_at_work() -> None:
    twice = replace(LOOK, neighbours=(CORE, replace(CORE, port="3")))
    busy = replace(LOOK, neighbours=(CORE, OTHER))

    assert ANY.busy(LOOK) == ANY.busy(twice) == ""
    assert "2 neighbours" in ANY.busy(busy)
    assert "2 neighbours" in ANY.objection(busy, "sw-99", "")[0]
    assert ANY.objection(busy, "sw-99", "sw-99") == ("", "")
    assert ANY.objection(twice, "sw-99", "") == ("", "")


def test_a_switch_that_is_not_in_netbox_must_call_itself_what_was_typed() -> None:
    ANY.named("sw-98", "")

    assert "it calls itself sw-99" in ANY.objection(LOOK, "sw-98", "")[0]
    assert ANY.objection(LOOK, "", "") == ANY.objection(None, "sw-98", "") == ("", "")


def test_what_answers_on_the_loopback_is_not_called_real() -> None:
    assert where.by_address("127.0.0.1", "eos", "a", "env:A", 443, None).origin == "unknown"
    assert where.by_address("10.1.1.1", "eos", "a", "env:A", 443, None).origin == "real"
