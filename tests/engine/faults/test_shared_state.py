"""The whole protocol with its state in PostgreSQL: a worker is killed, and what is left is enough for the next one."""

import signal
from pathlib import Path

import pytest

from matric import execution
from matric.errors import JournalError, Locked
from matric.journal import LEASE
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import Bed
from tests.engine.faults.cells import in_process
from tests.engine.journal.cluster import Cluster

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("write", [28, 48, 74])
@pytest.mark.parametrize("when", ["before", "within", "after"])
def test_a_worker_killed_at_a_write_is_recovered_from_the_database_alone(
    bed: Bed, postgres: Cluster, tmp_path: Path, write: int, when: str
) -> None:
    state = postgres.database()
    point = {"write": write, "when": when}
    done = in_process(bed, tmp_path / "gone", "cutover", point, bed.again(), journal=state)
    assert done.returncode == -signal.SIGKILL, (done.returncode, done.stdout, done.stderr[-2000:])
    assert not (tmp_path / "gone" / "journal.sqlite").exists()

    bench = bed.bench(state)
    try:
        assert bench.journal.verify() == ()
        record = beds.unfinished(bench.journal)
        assert record is not None
        _, outcome = execution.recover(bench, record)

        assert beds.wrong(outcome, bed.truth()) == []
        assert outcome.word.value in {"all-old", "all-new"}, beds.words(outcome)
        assert bench.journal.verify() == ()
        assert bench.journal.unfinished(beds.SCHOOL) == ()
    finally:
        bench.journal.close()


def test_a_whole_cut_over_ends_all_new_and_its_backups_are_in_the_database(
    bed: Bed, postgres: Cluster, tmp_path: Path
) -> None:
    state = postgres.database()

    done = in_process(bed, tmp_path / "gone", "cutover", {}, bed.again(), journal=state)

    assert '"word": "all-new"' in done.stdout, done.stdout + done.stderr[-2000:]
    assert {one.running for one in bed.truth().values()} == {"new"}
    assert postgres.ask("SELECT count(*) >= 3 FROM matric.backups", state) == [(True,)]
    assert postgres.ask("SELECT count(*) FROM matric.seals", state) == [(1,)]
    assert sorted(path.name for path in (tmp_path / "gone").iterdir()) == ["job.json", "plan.json"]


def test_a_worker_of_another_machine_waits_for_the_lease_and_then_ends_it(
    bed: Bed, postgres: Cluster, tmp_path: Path
) -> None:
    state = postgres.database()
    point = {"write": 48, "when": "before"}
    in_process(bed, tmp_path / "gone", "cutover", point, bed.again(), journal=state)
    postgres.ask("UPDATE matric.locks SET host='runner-1'", state)

    bench = bed.bench(state)
    try:
        record = beds.unfinished(bench.journal)
        assert record is not None
        with pytest.raises(Locked, match="on runner-1"):
            execution.recover(bench, record)
        bed.lab.sleep(LEASE.total_seconds() + 1)
        _, outcome = execution.recover(bench, record)

        assert beds.wrong(outcome, bed.truth()) == []
        assert outcome.word.value == "all-old", beds.words(outcome)
        assert bench.journal.verify() == ()
    finally:
        bench.journal.close()


def test_a_server_that_dies_in_the_middle_of_a_run_lets_the_timers_run_out(bed: Bed, postgres: Cluster) -> None:
    state = postgres.database()
    dies = beds.Injector("Arm", "", postgres.kill, nth=2)
    bench = bed.bench(state, told=dies)
    try:
        with pytest.raises(JournalError, match=r"cannot be used: .* Do: "):
            execution.carry_out(bench, bed.again())
        postgres.start()
        assert bench.journal.verify() == ()
        record = beds.unfinished(bench.journal)
        assert record is not None
        bed.lab.sleep(LEASE.total_seconds() + 1)

        _, outcome = execution.recover(bench, record)

        assert beds.wrong(outcome, bed.truth()) == []
        assert outcome.word.value == "all-old", beds.words(outcome)
        assert bench.journal.verify() == ()
    finally:
        bench.journal.close()
