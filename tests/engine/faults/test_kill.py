"""A run that is killed at a write of its journal is recovered to all-old or all-new, or each device is named."""

import signal
from pathlib import Path

import pytest

from matric import execution
from matric.cutover.outcome import Outcome
from matric.journal import Journal
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import Bed
from tests.engine.faults.cells import in_process

WRITES = 90
"""Writes of the journal in a whole cut-over of three devices."""
QUICK = (48,)
LATE_S = 3600.0
"""Every timer has gone off by then."""


def points() -> list[object]:
    """Before every third write, and after some; ``test_kill_mixed`` is killed before every one, on other platforms."""
    found: list[object] = []
    for write in range(3, WRITES + 1, 3):
        for when in ("before", "after") if write % 9 == 0 else ("before",):
            quick = write in QUICK and when == "before"
            found.append(pytest.param(write, when, id=f"{when}-{write}", marks=() if quick else pytest.mark.slow))
    return found


def killed(bed: Bed, folder: Path, what: str, write: int, when: str) -> None:
    """The process is gone, by the signal and by nothing else."""
    done = in_process(bed, folder, what, {"write": write, "when": when}, bed.again())
    assert done.returncode == -signal.SIGKILL, (done.returncode, done.stdout, done.stderr[-2000:])


def recovered(bed: Bed, folder: Path) -> Outcome | None:
    """What a recovery in this process comes to; None where the run never began, or had ended."""
    bench = bed.bench(folder)
    try:
        record = beds.unfinished(bench.journal)
        if record is None:
            return None
        _, outcome = execution.recover(bench, record)
        assert bench.journal.verify() == ()
        assert bench.journal.unfinished(beds.SCHOOL) == ()
    finally:
        bench.journal.close()
    return outcome


def ends(bed: Bed, outcome: Outcome | None, *, late: bool) -> None:
    """Old or new or named; and where recovery came in time, never a mixture."""
    truth = bed.truth()
    if outcome is None:
        assert {(one.running, one.startup) for one in truth.values()} <= {("old", "old"), ("new", "new")}
        assert len({one.running for one in truth.values()}) == 1
        return
    assert beds.wrong(outcome, truth) == []
    allowed = {"all-old", "all-new", "split"} if late else {"all-old", "all-new"}
    assert outcome.word.value in allowed, beds.words(outcome)


@pytest.mark.slow
def test_a_whole_cut_over_writes_as_often_as_it_is_killed_here(bed: Bed, tmp_path: Path) -> None:
    done = in_process(bed, tmp_path / "state", "cutover", {}, bed.again())

    assert f'"writes": {WRITES}' in done.stdout, done.stdout + done.stderr[-2000:]


@pytest.mark.parametrize(("write", "when"), points())
def test_a_run_killed_at_a_write_of_its_journal_is_recovered(bed: Bed, tmp_path: Path, write: int, when: str) -> None:
    killed(bed, tmp_path / "state", "cutover", write, when)
    late = write % 2 == 0
    bed.lab.sleep(LATE_S if late else 0)

    outcome = recovered(bed, tmp_path / "state")

    ends(bed, outcome, late=late)


@pytest.mark.slow
@pytest.mark.parametrize("again", [2, 5, 9])
@pytest.mark.parametrize("write", [28, 38, 56, 62, 74])
def test_a_recovery_that_is_killed_is_recovered_again(bed: Bed, tmp_path: Path, write: int, again: int) -> None:
    state = tmp_path / "state"
    killed(bed, state, "cutover", write, "before")
    killed(bed, state, "recover", again, "before")

    outcome = recovered(bed, state)

    assert outcome is not None
    ends(bed, outcome, late=False)


def test_a_run_that_never_began_leaves_nothing_to_recover(tmp_path: Path) -> None:
    assert beds.unfinished(Journal(tmp_path / "state")) is None
