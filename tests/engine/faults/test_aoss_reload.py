"""A school with an AOS-S switch that is changed line by line, under a reload that somebody agreed to."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matric import execution, lab
from matric import plan as plans
from matric.cutover.outcome import Outcome
from matric.platform.aoss import AossDriver
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import OTHER, Bed, Injector, words, wrong

pytestmark = pytest.mark.slow
Carry = Callable[..., Outcome]


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("faults")
    try:
        yield beds.raised(folder, platform="aoss", consents={OTHER: "reload"})
    finally:
        lab.stop(folder / "lab")


@pytest.fixture
def carry(bed: Bed, tmp_path: Path) -> Carry:
    def carried(effect: str = "", act: Callable[[], None] = lambda: None, *, after: bool = False) -> Outcome:
        told = Injector(effect, OTHER, act, after=after)
        _, outcome = execution.carry_out(bed.bench(tmp_path / "state", told=told), bed.again())
        return outcome

    return carried


def test_the_plan_holds_the_lines_and_the_consent(bed: Bed) -> None:
    device = bed.plan.by_key[OTHER]

    assert device.net is not None
    assert (device.net.kind, device.net.consented) == ("reload", True)
    assert "telephones" in device.net.words
    assert any(line.startswith("vlan ") for line in device.lines)


@pytest.mark.parametrize("command", ["gate", "approve --by j.okafor"])
def test_whoever_opens_the_gate_or_approves_is_told_what_is_agreed_to(bed: Bed, tmp_path: Path, command: str) -> None:
    name, *more = command.split()
    plans.save(bed.plan, tmp_path / "plan.json")

    done = subprocess.run(
        [sys.executable, "-c", "from matric.cli import main; main()", name, str(tmp_path / "plan.json"), *more],
        cwd=bed.root, env={**os.environ, "MATRIC_LAB": str(bed.state)}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip

    told = " ".join(done.stdout.decode().split())
    assert done.returncode == 0, done.stderr
    assert f"{OTHER} is changed under reload" in told
    assert "PoE drops" in told


def test_the_school_is_new_and_no_reload_is_left(bed: Bed, carry: Carry) -> None:
    outcome = carry()

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-new", []), words(outcome)
    assert bed.lab.device_state(OTHER)["pending"] is None


def test_a_switch_that_cuts_its_own_branch_restarts_with_its_old_configuration(bed: Bed, carry: Carry) -> None:
    outcome = carry("Arm", lambda: bed.lab.fault(OTHER, "cut-vlan"))

    assert (outcome.word.value, wrong(outcome, bed.truth())) == ("all-old", []), words(outcome)
    assert "expire" in [event["event"] for event in bed.lab.event_log(OTHER)]


def test_what_was_agreed_to_holds_for_the_way_back_where_there_is_no_better_net(
    bed: Bed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def old_firmware(_driver: AossDriver, _running: str) -> tuple[str, ...]:
        return ("reload",)

    bench = bed.bench(tmp_path / "state")
    run, outcome = execution.carry_out(bench, bed.again())
    assert outcome.word.value == "all-new", words(outcome)
    record, now = bench.journal.run(run), bench.clock.now()

    better = execution.plan_back(bench, record, author="tests", now=now).by_key[OTHER].net
    monkeypatch.setattr(AossDriver, "_nets", old_firmware)
    back = execution.plan_back(bench, record, author="tests", now=now)
    _, outcome = execution.carry_out(bench, back)

    assert better is not None
    assert better.kind == "restore-job"
    assert any("PoE drops" in warning for warning in back.warnings)
    assert (outcome.word.value, {one.running for one in bed.truth().values()}) == ("all-new", {"old"}), words(outcome)
