"""The journal as a folder: its SQLite file, and what lies beside it."""

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from matric.errors import JournalError, StalePlan
from matric.journal import Journal, Run
from tests.engine.journal.sample import Hands, Place, ended, file_of, plan


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "state")


def test_every_commit_reaches_the_disk(journal: Journal) -> None:
    (level,) = file_of(journal).execute("PRAGMA synchronous").fetchone()
    (mode,) = file_of(journal).execute("PRAGMA journal_mode").fetchone()

    assert (level, mode) == (2, "wal")


def test_a_journal_of_another_format_is_left_alone(journal: Journal, tmp_path: Path) -> None:
    file_of(journal).execute("PRAGMA user_version=99")

    with pytest.raises(JournalError, match="format version 99"):
        Journal(tmp_path / "state")


def test_a_journal_of_the_first_format_is_brought_along(journal: Journal, run: Run, place: Place) -> None:
    file_of(journal).executescript("DROP TABLE shelf; ALTER TABLE locks DROP COLUMN namespace; PRAGMA user_version=1")
    journal.close()

    again = place.open()
    again.shelf("letter").put("one", {"to": "NetBox"})

    assert again.verify() == ()
    assert [one.id for one in again.runs()] == [run.id]
    again.close()


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 99)

    with pytest.raises(JournalError, match="cannot be used"):
        Journal(tmp_path / "state")


def test_every_prefix_of_what_had_not_reached_the_disk_verifies(journal: Journal, run: Run, tmp_path: Path) -> None:
    for at in range(12):
        journal.begin(run, "Probe", "oakfield/sw-01", {"at": at})
    log = (tmp_path / "state" / "journal.sqlite-wal").read_bytes()
    counts: set[int] = set()

    for cut in (*range(0, len(log), 1021), len(log)):
        torn = tmp_path / f"torn-{cut}"
        shutil.copytree(tmp_path / "state", torn)
        (torn / "journal.sqlite-shm").unlink(missing_ok=True)
        (torn / "journal.sqlite-wal").write_bytes(log[:cut])
        found = Journal(torn)
        assert found.verify() == ()
        counts.add(len(found.events(run.id)))
        found.close()
        shutil.rmtree(torn)

    assert {0, 13} <= counts
    assert len(counts) > 10


def test_a_disk_that_is_full_stops_the_run_and_the_kept_space_lets_recovery_write(
    journal: Journal, run: Run, tmp_path: Path
) -> None:
    store = file_of(journal)
    (pages,) = store.execute("PRAGMA page_count").fetchone()
    store.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(JournalError, match="full"):
        journal.begin(run, "Probe", "oakfield/sw-01", {"padding": "x" * 100_000})

    store.execute("PRAGMA max_page_count=1000000")
    assert journal.verify() == ()
    assert (tmp_path / "state" / "reserve").stat().st_size == 1 << 20
    journal.clock.sleep(3600)
    journal.start(plan(), "recover", of=run.id)
    assert not (tmp_path / "state" / "reserve").exists()


def test_a_lock_of_a_dead_process_is_taken_over_at_once(journal: Journal, run: Run) -> None:
    file_of(journal).execute("UPDATE locks SET boot='an earlier start of this machine'")

    assert journal.start(plan(), "recover", of=run.id).token == run.token + 1


def test_a_plan_is_spent_even_where_the_state_was_restored_from_before(
    journal: Journal, run: Run, tmp_path: Path, clock: Hands
) -> None:
    journal.begin(run, "Stage", "oakfield/sw-01", {})

    restored = Journal(tmp_path / "restored", clock, tmp_path / "elsewhere")

    with pytest.raises(StalePlan, match="a plan runs once"):
        restored.start(plan(), "cutover")
    restored.close()


def test_no_table_of_the_journal_is_left_open_to_a_second_store(journal: Journal, run: Run, tmp_path: Path) -> None:
    blocker = sqlite3.connect(tmp_path / "state" / "journal.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    file_of(journal).execute("PRAGMA busy_timeout=50")

    with pytest.raises(JournalError, match="locked"):
        journal.mark(run, "S8", "")
    blocker.close()


def test_only_its_owner_may_read_what_is_kept(journal: Journal, run: Run, tmp_path: Path) -> None:
    journal.keep(run, "oakfield/sw-01", "running", "hostname x\n")
    ended(journal, run)

    folder = tmp_path / "state"
    found = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(found) > 4
    assert set(found.values()) == {0o600, 0o700}


def test_a_seal_that_cannot_be_read_shows(journal: Journal, run: Run, tmp_path: Path) -> None:
    ended(journal, run)
    (tmp_path / "state" / "runs" / f"{run.id}.json").write_text("no seal", encoding="utf-8")

    assert journal.verify() == (f"run {run.id}: its events are not those that were sealed",)
