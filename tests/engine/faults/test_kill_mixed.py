"""A school of three vendors, killed before every write of its journal, is recovered to old or new, or is named.

An AOS-CX core whose lines act one by one, an AOS-S switch that goes back by a job of its own, and a Junos switch.
"""

from pathlib import Path

import pytest

from tests.engine.faults.bed import MIXED, Bed
from tests.engine.faults.cells import in_process
from tests.engine.faults.test_kill import LATE_S, WRITES, ends, killed, recovered

PLATFORM = "mixed"
QUICK = (40,)


def points() -> list[object]:
    return [
        pytest.param(write, id=f"before-{write}", marks=() if write in QUICK else pytest.mark.slow)
        for write in range(1, WRITES + 1)
    ]


def test_there_is_a_vendor_on_every_device(raised: Bed) -> None:
    platforms = {one.key: one.platform for one in raised.plan.devices}

    assert sorted(platforms[key] for key in MIXED) == ["aoscx", "aoss", "junos"]


@pytest.mark.slow
def test_a_whole_cut_over_writes_as_often_as_it_is_killed_here(bed: Bed, tmp_path: Path) -> None:
    done = in_process(bed, tmp_path / "state", "cutover", {}, bed.again())

    assert f'"writes": {WRITES}' in done.stdout, done.stdout + done.stderr[-2000:]


@pytest.mark.parametrize("write", points())
def test_a_run_killed_before_a_write_of_its_journal_is_recovered(bed: Bed, tmp_path: Path, write: int) -> None:
    """Every other one is recovered only when every timer has gone off."""
    killed(bed, tmp_path / "state", "cutover", write, "before")
    late = write % 2 == 1
    bed.lab.sleep(LATE_S if late else 0)

    outcome = recovered(bed, tmp_path / "state")

    ends(bed, outcome, late=late)
