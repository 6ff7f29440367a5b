"""Thornfield moves in stages: each is planned, and the gate finds nothing that it does not find of the end as well."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matric import snapshot
from matric.lab.netbox import serve
from tests.engine.cli import test_joining as joining
from tests.engine.cli.conftest import Ended, Shell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

OF_THE_END = {"CUT-09", "HW-04", "MAT-03"}
"""Rules by which the gate is closed for the school even where everything moves in one evening: what hangs there and is
not in NetBox, equipment without serial number or location, and wireless that is none of the trust's."""

GONE = {"80:5e:c0:ad:13:3a", "f4:f1:5a:c9:b1:91"}
"""A telephone on a pupil's port, which gives no power, and a tablet that no port lets in."""

Reasons = set[tuple[str, str]]


@dataclass
class Staged:
    """The whole way, and what the gate says of its end and of each stage."""

    way: Any
    end: Reasons
    stages: dict[int, Reasons]
    rendered: dict[int, str]
    """The core's configuration at each stage."""
    cut_over: Ended
    """The first stage, carried out."""
    backs: list[dict[str, Any]]
    """What hung on a port before, afterwards."""


@pytest.fixture(scope="module")
def staged(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    folder = Path(shutil.copytree(laid_out, tmp_path_factory.mktemp("stages") / "trust"))
    joining.put_lab(folder / "inventory")
    records = snapshot.load(folder / "inventory" / "snapshot").records
    with tempfile.TemporaryDirectory(prefix="matric-") as short, serve(records) as netbox:
        lab = {"MATRIC_LAB": str(Path(short) / "lab")}
        shell = Shell(folder, {**lab, "MATRIC_NETBOX_URL": netbox.url, "MATRIC_NETBOX_TOKEN": netbox.token})
        assert shell("lab", "up", "thornfield", "--seed", "of the stages").code == 0
        try:
            way = joining.Joined(shell, netbox)
            _ready(way)
            yield _staged(way)
        finally:
            shell("lab", "down", "thornfield")


def _ready(way: joining.Joined) -> None:
    """Surveyed, in NetBox, with a way in, and everything said that people say."""
    logins = ("--yes", "--rate", "50", "--max-failed-logins", "5")
    way.run("survey", "survey", "thornfield", "--seed", "192.168.1.2", *logins)
    way.run("allocate", "allocate", "thornfield")
    taken = [word for name in joining.PROPOSALS for word in ("--accept", name)]
    way.run("accept", "adopt", "thornfield", "--propose", *taken)
    joining.decide(way.folder / "choices.yaml")
    way.run("write", "adopt", "thornfield", "--write")
    way.run("pull", "snapshot", "pull")
    way.run("way-in", "way-in", "thornfield", "--out", way.shell.folder / "way-in")
    way.run("visit", "lab", "visit", "thornfield", way.shell.folder / "way-in")
    joining.account_for(way)
    (way.folder / "transition.yaml").write_text('format_version: 1\nreview: "2027-03-01"\n', encoding="utf-8")


def _staged(way: joining.Joined) -> Staged:
    end = _judged(way)
    stages: dict[int, Reasons] = {}
    carried: list[Ended] = []
    backs: list[dict[str, Any]] = []
    rendered: dict[int, str] = {}
    whole = way.run("way", "transition", "thornfield", "--json").value
    for stage in whole["stages"]:
        number = stage["number"]
        where = way.shell.folder / "inventory" / "snapshot"
        agreed = ("--agree", "--owner", "A. Patel, IT", "--approver", "D. Lindqvist, trust IT lead")
        way.run(f"stage {number}", "transition", "thornfield", "--stage", str(number), "--snapshot", where, *agreed)
        _words(way)
        stages[number] = _judged(way)
        out = way.shell.folder / "rendered" / str(number)
        way.run(f"render {number}", "render", "thornfield", "--out", out)
        rendered[number] = next(out.rglob("core-1.conf")).read_text(encoding="utf-8")
        if number == 1:
            carried.append(_carried_out(way, {rule for rule, _ in stages[1]}))
            way.run("healed", "lab", "fault", "thornfield", "sw-02", "clear")
            backs += way.shell("endpoints", "thornfield", "--after", "--json").value["backs"]
    return Staged(whole, end, stages, rendered, carried[0], backs)


def _carried_out(way: joining.Joined, open_rules: set[str]) -> Ended:
    """The cut-over of what is planned, what is found waived."""
    plan = way.shell.folder / "plan.json"
    for rule in sorted(open_rules):
        way.run(
            f"waive {rule}", "waive", plan, "--rule", rule, "--owner", "A. Patel, IT",
            "--approver", "D. Lindqvist, trust", "--reason", "it joins as it is", "--until", "2026-12-20",
            "--ends-when", "the first term is over",
        )  # fmt: skip
    way.run("final plan", "plan", "thornfield", "--out", plan)
    way.run("gate", "gate", plan)
    way.run("approve", "approve", plan, "--by", "D. Lindqvist, trust IT lead")
    return way.run("cut-over", "cutover", plan)


def _words(way: joining.Joined) -> None:
    """Each owner's word on what this stage does to what people depend on."""
    critical = way.shell("endpoints", "thornfield", "--critical", "--json").value["endpoints"]
    if owed := [one["key"] for one in critical if one["owed"]]:
        words = ("--acknowledge", "--by", "B. Singh, site manager", "--owner", "B. Singh")
        way.run("words", "endpoints", "thornfield", *owed, *words)


def _judged(way: joining.Joined) -> Reasons:
    """What keeps the gate closed for the school as it is planned now: rule and object."""
    plan = way.shell.folder / "plan.json"
    way.run("plan", "plan", "thornfield", "--out", plan)
    verdict = way.shell("gate", plan, "--json")
    assert verdict.code in (0, 3), verdict.err
    return {(one["rule"], one["object"]) for one in verdict.value.get("reasons", ())}


def test_the_old_router_s_address_is_taken_over_and_every_stage_is_one_of_the_usual_order(staged: Staged) -> None:
    kinds = [stage["kind"] for stage in staged.way["stages"]]
    (flat,) = [side for side in staged.way["sides"] if side["vid"] == 1]

    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("beside", "clear", {"move"})
    assert (flat["gateway"], flat["takes_over"], flat["box"]) == (
        "192.168.1.254/24", True, "core-1 GigabitEthernet1/0/48",
    )  # fmt: skip
    assert "ip address 192.168.1.254 255.255.255.0" in staged.rendered[1]
    assert "192.168.1.254" not in staged.rendered[len(kinds)]


def test_nothing_is_found_of_any_stage_that_is_not_found_of_the_end(staged: Staged) -> None:
    assert len(staged.stages) == len(staged.way["stages"]) >= 3
    assert {number: sorted(found - staged.end) for number, found in staged.stages.items() if found - staged.end} == {}


def test_what_is_found_of_the_end_is_by_rules_that_are_named(staged: Staged) -> None:
    assert {rule for rule, _ in staged.end} <= OF_THE_END


def test_requests_for_an_address_are_relayed_in_an_old_network_once_no_server_of_its_own_is_in_it(
    staged: Staged,
) -> None:
    (flat,) = [side for side in staged.way["sides"] if side["vid"] == 1]
    (leaves,) = [
        stage["number"]
        for stage in staged.way["stages"]
        for one in stage["moves"]
        if (one["device"], one["port"]) == (flat["servers"][0]["device"], flat["servers"][0]["port"])
    ]
    vlan = f"interface Vlan{flat['vid_during']}\n"

    for number, text in staged.rendered.items():
        if vlan in text:
            block = text.split(vlan)[1].split("\n!")[0].split("\ninterface")[0]
            assert ("helper-address" in block) == (number >= leaves)


def test_the_first_stage_is_carried_out_and_whatever_hung_on_a_port_is_there_still(staged: Staged) -> None:
    states = Counter(one["state"] for one in staged.backs)
    away = [one for one in staged.backs if one["state"] in ("missing", "elsewhere")]

    assert "ALL-NEW" in staged.cut_over.out
    assert states["back"] > len(staged.backs) / 2
    assert {one["endpoint"] for one in away if one["state"] == "missing"} <= GONE
    # The survey did not see where these hang; they are in the old networks all the same.
    assert {one["where"].rpartition("VLAN ")[2] for one in away if one["state"] == "elsewhere"} <= {"3001", "3002"}
