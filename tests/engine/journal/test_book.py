"""The journal: what a run may have done is durable before it does it, and nobody changes it afterwards unseen.

Each test holds of a folder and of PostgreSQL.
"""

import pytest

from matric.errors import JournalError, Locked, StalePlan
from matric.journal import LEASE, Journal, Run
from tests.engine.journal.sample import Hands, Place, ended, plan

# -- events


def test_what_was_begun_is_there_for_another_process_before_it_ends(journal: Journal, run: Run, place: Place) -> None:
    journal.begin(run, "Arm", "oakfield/sw-01", {"revert_after_s": 600})

    other = place.open()

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
def test_a_journal_that_was_edited_says_where(journal: Journal, run: Run, place: Place, tamper: str, says: str) -> None:
    for at in range(3):
        journal.begin(run, "Probe", "oakfield/sw-01", {"at": at})

    place.tamper(tamper)

    assert says in " ".join(journal.verify())


def test_a_journal_cut_short_with_its_own_head_rewritten_still_shows(journal: Journal, run: Run, place: Place) -> None:
    ended(journal, run)

    place.tamper("DELETE FROM events WHERE seq=2")
    place.tamper("UPDATE head SET seq=1, hash=(SELECT hash FROM events WHERE seq=1)")

    assert journal.verify() == (f"run {run.id}: its events are not those that were sealed",)


def test_a_record_is_there_for_another_process_until_it_is_taken_away(journal: Journal, place: Place) -> None:
    journal.shelf("letter").put("b", {"of": 1})
    journal.shelf("letter").put("a", {"of": 2})
    journal.shelf("letter").put("b", {"of": 3})
    journal.shelf("plan").put("a", {})

    other = place.open()
    assert other.shelf("letter").items() == (("a", {"of": 2}), ("b", {"of": 3}))
    other.shelf("letter").drop("a")
    other.close()

    assert journal.shelf("letter").get("a") is None
    assert journal.shelf("plan").get("a") == {}


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


# -- backups and plans


def test_a_backup_comes_back_byte_for_byte(journal: Journal, run: Run) -> None:
    text = "banner motd ^C\r\nGr\u00fc\u00dfe\n^C\n"

    digest = journal.keep(run, "oakfield/sw-01", "running", text)

    assert journal.backup(digest) == text


def test_a_backup_that_was_changed_is_never_used(journal: Journal, run: Run, place: Place) -> None:
    digest = journal.keep(run, "oakfield/sw-01", "running", "hostname x\n")
    place.tamper_backup(digest, "hostname y\n")

    with pytest.raises(JournalError, match="is not what was kept"):
        journal.backup(digest)
    assert "is not what was kept" in journal.verify()[0]


def test_the_plan_of_a_run_is_in_the_journal(journal: Journal, run: Run) -> None:
    assert journal.plan(run.id) == plan()


def test_a_plan_changed_in_the_journal_is_not_used(journal: Journal, run: Run, place: Place) -> None:
    place.tamper("UPDATE runs SET plan=replace(plan, 'oakfield', 'fernhill')")

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


def test_runs_are_told_in_the_order_they_began(journal: Journal) -> None:
    began = [journal.start(plan(school=school), "cutover").id for school in ("b", "c", "a")]

    assert [one.id for one in journal.runs()] == began


def test_records_are_told_in_one_order_whatever_keeps_them(journal: Journal) -> None:
    for key in ("b", "B", "a", "\u00e9", "gitlab:x!2 a", "gitlab:x!10 a"):
        journal.shelf("proposal").put(key, {})

    assert [key for key, _ in journal.shelf("proposal").items()] == sorted(
        ("b", "B", "a", "\u00e9", "gitlab:x!2 a", "gitlab:x!10 a")
    )


def test_a_process_in_another_container_is_not_taken_for_dead(journal: Journal, run: Run, place: Place) -> None:
    place.tamper("UPDATE locks SET namespace='pid:[1]', pid=4194305")

    with pytest.raises(Locked, match="holds it since"):
        journal.start(plan(), "recover", of=run.id)


def test_a_process_on_another_machine_keeps_its_lock_until_its_lease_is_out(
    journal: Journal, run: Run, place: Place, clock: Hands
) -> None:
    place.tamper("UPDATE locks SET host='elsewhere', pid=4194305")
    clock.sleep(LEASE.total_seconds() - 1)
    with pytest.raises(Locked, match="on elsewhere"):
        journal.start(plan(), "recover", of=run.id)

    clock.sleep(2)

    assert journal.start(plan(), "recover", of=run.id).token == run.token + 1


def test_a_process_of_this_machine_that_is_dead_holds_nothing(journal: Journal, run: Run, place: Place) -> None:
    place.tamper("UPDATE locks SET pid=4194305")

    assert journal.start(plan(), "recover", of=run.id).token == run.token + 1
