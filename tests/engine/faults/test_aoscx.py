"""A school with an AOS-CX switch, cut over by the real protocol on the lab: to the standard, or back by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matric import execution, fleet, lab
from matric.cutover.effects import Ask, Said
from matric.journal import LEASE
from tests.engine.faults.bed import OTHER, Bed, Injector, raised, wrong

pytestmark = pytest.mark.slow
CUT = "interface lag 1\n    no vlan trunk allowed 99\n"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("aoscx")
    yield raised(folder, platform="aoscx")
    lab.stop(folder / "lab")


@pytest.fixture
def bed(standing: Bed) -> Bed:
    """Every device as it was when the lab started."""
    standing.lab.clear()
    standing.lab.renew()
    standing.lab.sleep(1)
    return standing


def commands(bed: Bed) -> list[str]:
    return [str(event["command"]) for event in bed.lab.event_log(OTHER) if event["event"] == "command"]


def test_a_plan_says_which_net_it_has_and_in_which_order_its_lines_go(standing: Bed) -> None:
    planned = standing.plan.by_key[OTHER]

    assert planned.net is not None
    assert planned.net.kind == "checkpoint-timer"
    assert "`checkpoint auto`" in planned.net.words
    assert planned.net.unproven
    assert planned.lines.index("no vlan 2") > planned.lines.index("vlan 99")
    assert not any("vlan trunk allowed all" in line for line in planned.lines)
    assert any("<secret:lab:break-glass>" in line for line in planned.lines)


def test_a_school_is_cut_over_and_the_switch_keeps_nothing_of_the_run(bed: Bed, tmp_path: Path) -> None:
    since = len(commands(bed))

    _, outcome = execution.carry_out(bed.bench(tmp_path), bed.again())

    assert outcome.word.value == "all-new"
    assert bed.holds(OTHER).settled
    assert bed.holds(OTHER).running == "new"
    assert wrong(outcome, bed.truth()) == []
    sent = [command for command in commands(bed)[since:] if not command.startswith("show ")]
    lines = sent.index("configure terminal")
    armed = next(at for at, command in enumerate(sent) if command.startswith("checkpoint auto "))
    assert armed < lines
    assert sent.index("checkpoint auto confirm") > lines
    assert [command for command in sent if command.startswith("erase checkpoint matric-")]


def test_a_switch_that_cuts_its_own_branch_comes_back_by_its_own_timer(bed: Bed, tmp_path: Path) -> None:
    bed.lab.fault(OTHER, "edit", on="^no vlan 3$", text=CUT)
    bed.lab.fault(OTHER, "slow", on="^end$", seconds=5)

    _, outcome = execution.carry_out(bed.bench(tmp_path), bed.again())

    events = [event["event"] for event in bed.lab.event_log(OTHER)]
    assert "cut-off" in events
    assert events[events.index("cut-off") :].count("expire") == 1
    assert outcome.word.value == "all-old"
    assert {truth.running for truth in bed.truth().values()} == {"old"}
    assert wrong(outcome, bed.truth()) == []


def test_a_line_that_is_refused_takes_the_school_back(bed: Bed, tmp_path: Path) -> None:
    bed.lab.fault(OTHER, "refuse-line", line="^dhcpv4-snooping trust")

    _, outcome = execution.carry_out(bed.bench(tmp_path), bed.again())

    assert outcome.word.value == "all-old"
    assert "dhcpv4-snooping trust" in outcome.reason
    assert wrong(outcome, bed.truth()) == []


def test_people_who_say_no_take_the_school_back(bed: Bed, tmp_path: Path) -> None:
    def no(_: Ask) -> Said:
        return Said(yes=False, by="tests")

    _, outcome = execution.carry_out(bed.bench(tmp_path, ask=no), bed.again(), ("Do the tills work?",))

    assert outcome.word.value == "all-old"
    assert wrong(outcome, bed.truth()) == []


def test_a_confirmation_by_somebody_else_is_named_and_nothing_is_undone_behind_them(bed: Bed, tmp_path: Path) -> None:
    """AOS-CX lets anybody confirm: what they kept is theirs."""

    def confirmed() -> None:
        bed.lab.sleep(2)
        device = bed.bench(tmp_path / "stranger").nornir.inventory.hosts[OTHER]
        driver = fleet.platform_of(device).driver(fleet.address(device))
        driver.open()
        found = driver.pending()
        assert found is not None
        driver.confirm(found.session)
        driver.close()

    hook = Injector("Probe", OTHER, confirmed, after=False)

    _, outcome = execution.carry_out(bed.bench(tmp_path / "run", told=hook), bed.again())

    assert outcome.word.value in {"all-new", "hands", "split"}
    assert wrong(outcome, bed.truth()) == []
    assert bed.holds(OTHER).running == "new"


@pytest.mark.parametrize("reached", ["", "^vlan 15$"], ids=["armed", "between-two-lines"])
def test_a_run_that_died_half_way_is_recovered(bed: Bed, tmp_path: Path, reached: str) -> None:
    """Its process is gone after the switch was armed; another one reads what the switch holds, and brings it back."""
    if reached:
        bed.lab.fault(OTHER, "drop", on=reached)

    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        execution.carry_out(bed.bench(tmp_path, told=Injector("Arm", OTHER, die, after=True)), bed.again())
    assert bed.lab.device_state(OTHER)["pending"] is not None
    bed.lab.sleep(LEASE.total_seconds() + 1)
    bench = bed.bench(tmp_path)
    (record,) = bench.journal.unfinished("oakfield")

    _, outcome = execution.recover(bench, record)

    assert outcome.word.value == "all-old"
    assert {truth.running for truth in bed.truth().values()} == {"old"}
    assert wrong(outcome, bed.truth()) == []


def test_a_school_goes_back_to_its_backups_by_the_same_protocol(bed: Bed, tmp_path: Path) -> None:
    bench = bed.bench(tmp_path)
    run, outcome = execution.carry_out(bench, bed.again())
    assert outcome.word.value == "all-new"
    record = bench.journal.run(run)

    back = execution.plan_back(bench, record, author="tests", now=bench.clock.now())
    _, outcome = execution.carry_out(bench, back)

    assert outcome.word.value == "all-new", outcome.reason
    assert "    name CURRICULUM\n" in bed.lab.device_state(OTHER)["running_text"]
