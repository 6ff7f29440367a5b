"""The journal: what a run may have done is on disk before it does it, and nobody changes it afterwards unseen."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matric import canonical
from matric.budget import Budget, Pace
from matric.errors import JournalError, Locked, StalePlan
from matric.journal import LEASE, Journal, Run
from matric.plan import DevicePlan, Digests, Plan

ANY = canonical.digest_of_text("any")


@dataclass
class Hands:
    """A clock whose hands a test moves."""

    moment: datetime = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def plan(nonce: str = "0" * 32, school: str = "oakfield") -> Plan:
    device = DevicePlan(
        key=f"{school}/sw-01",
        netbox_id=1,
        name="sw-01",
        role="access",
        platform="eos",
        model="any",
        serial="S",
        pin_digest=ANY,
        base_digest=ANY,
        startup_digest=ANY,
        target_digest=ANY,
        changes=False,
        diff="",
        added=0,
        removed=0,
        target="",
        template="",
        secrets=(),
        risk="low",
        above=(),
        net=None,
    )
    return Plan(
        tool="0",
        school=school,
        unit="school",
        author="a",
        made_at="2026-11-25T17:00:00Z",
        expires_at="2026-12-25T17:00:00Z",
        nonce=nonce,
        digests=Digests(snapshot=ANY, standard=ANY, templates=ANY, policies=ANY),
        devices=(device,),
        order=(),
        steps=(),
        budget=Budget(pace=Pace(), worst_case_s=1),
    )


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def journal(tmp_path: Path, clock: Hands) -> Iterator[Journal]:
    opened = Journal(tmp_path / "state", clock, tmp_path / "elsewhere")
    yield opened
    opened.close()


@pytest.fixture
def run(journal: Journal) -> Run:
    return journal.start(plan(), "cutover")


def ended(journal: Journal, run: Run) -> None:
    journal.finish(run, {"word": "all-new", "exit_code": 0})


# -- events


def test_what_was_begun_is_there_for_another_process_before_it_ends(journal: Journal, run: Run, tmp_path: Path) -> None:
    journal.begin(run, "Arm", "oakfield/sw-01", {"revert_after_s": 600})

    other = Journal(tmp_path / "state")

    last = other.events(run.id)[-1]
    assert (last.kind, last.effect, last.device, last.data) == (
        "begin",
        "Arm",
        "oakfield/sw-01",
        {"revert_after_s": 600},
    )
    other.close()


def test_an_end_names_its_begin(journal: Journal, run: Run) -> None:
    seq = journal.begin(run, "Arm", "oakfield/sw-01", {})
    journal.end(run, seq, "Armed", "oakfield/sw-01", {})

    assert journal.events(run.id)[-1].of == seq


def test_every_commit_reaches_the_disk(journal: Journal) -> None:
    (level,) = journal.book.store.execute("PRAGMA synchronous").fetchone()
    (mode,) = journal.book.store.execute("PRAGMA journal_mode").fetchone()

    assert (level, mode) == (2, "wal")


def test_what_was_written_verifies(journal: Journal, run: Run) -> None:
    journal.keep(run, "oakfield/sw-01", "running", "hostname x\n")
    ended(journal, run)

    assert journal.verify() == ()


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        ("UPDATE events SET data='{}' WHERE seq=2", "event 2: changed"),
        ("UPDATE events SET device='oakfield/sw-02' WHERE seq=3", "event 3: changed"),
        ("DELETE FROM events WHERE seq=2", "event 2: missing"),
        ("DELETE FROM events WHERE seq=(SELECT max(seq) FROM events)", "the end of the journal was cut off"),
        ("UPDATE events SET at='2020-01-01T00:00:00Z' WHERE seq=1", "event 1: changed"),
    ],
)
def test_a_journal_that_was_edited_says_where(journal: Journal, run: Run, tamper: str, says: str) -> None:
    for at in range(3):
        journal.begin(run, "Probe", "oakfield/sw-01", {"at": at})

    journal.book.store.execute(tamper)

    assert says in " ".join(journal.verify())


def test_a_journal_cut_short_with_its_own_head_rewritten_still_shows(journal: Journal, run: Run) -> None:
    ended(journal, run)
    store = journal.book.store

    store.execute("DELETE FROM events WHERE seq=2")
    store.execute("UPDATE head SET seq=1, hash=(SELECT hash FROM events WHERE seq=1)")

    assert journal.verify() == (f"run {run.id}: its events are not those that were sealed",)


def test_a_journal_of_another_format_is_left_alone(journal: Journal, tmp_path: Path) -> None:
    journal.book.store.execute("PRAGMA user_version=99")

    with pytest.raises(JournalError, match="format version 99"):
        Journal(tmp_path / "state")


def test_a_journal_of_the_first_format_is_brought_along(journal: Journal, run: Run) -> None:
    journal.book.store.executescript("DROP TABLE shelf; PRAGMA user_version=1")
    journal.close()

    again = Journal(journal.folder, Hands())
    again.shelf("letter").put("one", {"to": "NetBox"})

    assert again.verify() == ()
    assert [one.id for one in again.runs()] == [run.id]
    again.close()


def test_a_record_is_there_for_another_process_until_it_is_taken_away(journal: Journal) -> None:
    journal.shelf("letter").put("b", {"of": 1})
    journal.shelf("letter").put("a", {"of": 2})
    journal.shelf("letter").put("b", {"of": 3})
    journal.shelf("plan").put("a", {})

    other = Journal(journal.folder, Hands())
    assert other.shelf("letter").items() == (("a", {"of": 2}), ("b", {"of": 3}))
    other.shelf("letter").drop("a")
    other.close()

    assert journal.shelf("letter").get("a") is None
    assert journal.shelf("plan").get("a") == {}


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


def test_a_disk_that_is_full_stops_the_run_and_the_kept_space_lets_recovery_write(journal: Journal, run: Run) -> None:
    store = journal.book.store
    (pages,) = store.execute("PRAGMA page_count").fetchone()
    store.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(JournalError, match="full"):
        journal.begin(run, "Probe", "oakfield/sw-01", {"padding": "x" * 100_000})

    store.execute("PRAGMA max_page_count=1000000")
    assert journal.verify() == ()
    assert (journal.folder / "reserve").stat().st_size == 1 << 20
    journal.clock.sleep(3600)
    journal.start(plan(), "recover", of=run.id)
    assert not (journal.folder / "reserve").exists()


# -- one writer


def test_a_school_that_is_held_is_refused_with_its_holder(journal: Journal, run: Run) -> None:
    with pytest.raises(Locked, match=f"oakfield: run {run.id} holds it since 2026-11-25T18:00:00Z"):
        journal.start(plan(nonce="1" * 32), "cutover")


def test_another_school_is_not_held(journal: Journal, run: Run) -> None:
    other = journal.start(plan(school="fernhill"), "cutover")

    assert other.token == 1
    assert run.token == 1


def test_a_run_that_never_ended_must_be_recovered_before_the_next(journal: Journal, run: Run, clock: Hands) -> None:
    clock.sleep(LEASE.total_seconds() + 1)

    with pytest.raises(Locked, match=f"run {run.id} never ended. Do: 'matric recover oakfield' first"):
        journal.start(plan(nonce="1" * 32), "cutover")


def test_who_lost_the_lock_cannot_write_any_more(journal: Journal, run: Run, clock: Hands) -> None:
    clock.sleep(LEASE.total_seconds() + 1)
    heir = journal.start(plan(), "recover", of=run.id)

    for write in (
        lambda: journal.begin(run, "Arm", "oakfield/sw-01", {}),
        lambda: journal.mark(run, "S8", ""),
        lambda: journal.keep(run, "oakfield/sw-01", "running", "x"),
        lambda: journal.check(run),
        lambda: journal.finish(run, {}),
    ):
        with pytest.raises(Locked, match="has lost its lock"):
            write()
    assert heir.token == run.token + 1
    journal.begin(heir, "Probe", "oakfield/sw-01", {})


def test_a_lock_is_kept_as_long_as_its_run_writes(journal: Journal, run: Run, clock: Hands) -> None:
    for _ in range(5):
        clock.sleep(LEASE.total_seconds() - 60)
        journal.mark(run, "S9", "")

    holder = journal.holder("oakfield")
    assert holder is not None
    assert not holder.gone(clock.now())


def test_a_lock_of_a_dead_process_is_taken_over_at_once(journal: Journal, run: Run) -> None:
    journal.book.store.execute("UPDATE locks SET boot='an earlier start of this machine'")

    assert journal.start(plan(), "recover", of=run.id).token == run.token + 1


def test_a_school_is_free_once_its_run_has_ended(journal: Journal, run: Run) -> None:
    ended(journal, run)

    assert journal.holder("oakfield") is None
    assert journal.start(plan(nonce="1" * 32), "cutover").token == run.token + 1


# -- a plan runs once


def test_a_plan_that_was_staged_once_is_spent(journal: Journal, run: Run) -> None:
    journal.begin(run, "Stage", "oakfield/sw-01", {})
    ended(journal, run)

    with pytest.raises(StalePlan, match=f"run {run.id} has carried it out; a plan runs once"):
        journal.start(plan(), "cutover")


def test_a_plan_that_was_refused_before_anything_was_sent_is_not_spent(journal: Journal, run: Run) -> None:
    journal.begin(run, "Read", "oakfield/sw-01", {})
    ended(journal, run)

    assert journal.start(plan(), "cutover").id != run.id


def test_a_plan_is_spent_even_where_the_state_was_restored_from_before(
    journal: Journal, run: Run, tmp_path: Path, clock: Hands
) -> None:
    journal.begin(run, "Stage", "oakfield/sw-01", {})

    restored = Journal(tmp_path / "restored", clock, tmp_path / "elsewhere")

    with pytest.raises(StalePlan, match="a plan runs once"):
        restored.start(plan(), "cutover")
    restored.close()


# -- backups and plans


def test_a_backup_comes_back_byte_for_byte_and_only_its_owner_may_read_it(journal: Journal, run: Run) -> None:
    text = "banner motd ^C\r\nGr\u00fc\u00dfe\n^C\n"

    digest = journal.keep(run, "oakfield/sw-01", "running", text)

    assert journal.backup(digest) == text
    (path,) = (journal.folder / "backups").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((journal.folder / "journal.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700


def test_a_backup_that_was_changed_is_never_used(journal: Journal, run: Run) -> None:
    digest = journal.keep(run, "oakfield/sw-01", "running", "hostname x\n")
    (path,) = (journal.folder / "backups").iterdir()
    path.write_text("hostname y\n", encoding="utf-8")

    with pytest.raises(JournalError, match="is not what was kept"):
        journal.backup(digest)
    assert "is not what was kept" in journal.verify()[0]


def test_the_plan_of_a_run_is_in_the_journal(journal: Journal, run: Run) -> None:
    assert journal.plan(run.id) == plan()


def test_a_plan_changed_in_the_journal_is_not_used(journal: Journal, run: Run) -> None:
    journal.book.store.execute("UPDATE runs SET plan=replace(plan, 'oakfield', 'fernhill')")

    with pytest.raises(JournalError, match="not what its digest names"):
        journal.plan(run.id)


def test_a_run_nobody_began_is_named(journal: Journal) -> None:
    with pytest.raises(JournalError, match="run 'x' is not in the journal"):
        journal.run("x")


def test_a_recovery_ends_the_run_it_recovers(journal: Journal, run: Run, clock: Hands) -> None:
    clock.sleep(LEASE.total_seconds() + 1)
    heir = journal.start(plan(), "recover", of=run.id)
    assert [one.id for one in journal.unfinished("oakfield")] == [run.id]

    journal.finish(heir, {"word": "all-old", "exit_code": 5})

    assert journal.unfinished("oakfield") == ()
    assert journal.run(run.id).outcome == {"word": "all-old", "exit_code": 5}
    assert journal.recoverable("oakfield") is None


def test_a_split_school_can_be_taken_up_again(journal: Journal, run: Run) -> None:
    journal.finish(run, {"word": "split", "exit_code": 6})

    left = journal.recoverable("oakfield")

    assert left is not None
    assert left.id == run.id


def test_no_table_of_the_journal_is_left_open_to_a_second_store(journal: Journal, run: Run, tmp_path: Path) -> None:
    blocker = sqlite3.connect(tmp_path / "state" / "journal.sqlite", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    journal.book.store.execute("PRAGMA busy_timeout=50")

    with pytest.raises(JournalError, match="locked"):
        journal.mark(run, "S8", "")
    blocker.close()
