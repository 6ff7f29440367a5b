"""The journal in PostgreSQL: what the session must be, what a lost server leaves, and what is never shown."""

import builtins
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from matric import secret
from matric.errors import BadInput, JournalError, UsageError
from matric.journal import Journal, Run, open_state, postgres
from tests.engine.journal.cluster import Cluster
from tests.engine.journal.sample import Hands, Place, ended, plan


@pytest.fixture
def place(postgres: Cluster) -> Place:
    return Place(postgres.database())


def where(place: Place) -> str:
    assert isinstance(place.where, str)
    return place.where


def setting(journal: Journal, name: str) -> str:
    (row,) = journal.book.execute("SELECT current_setting(?) AS value", (name,))
    return str(row["value"])


# -- the session, and the format


def test_every_commit_reaches_the_disk_whatever_the_database_says(place: Place, postgres: Cluster) -> None:
    name = where(place).rpartition("/")[2]
    postgres.ask(f"ALTER DATABASE {name} SET synchronous_commit = off")

    journal = place.open()

    assert setting(journal, "synchronous_commit") == "on"
    journal.close()


def test_a_server_that_does_not_wait_for_its_disk_is_refused(place: Place, postgres: Cluster) -> None:
    postgres.ask("ALTER SYSTEM SET fsync = off")
    postgres.reload()
    try:
        with pytest.raises(JournalError, match=r"fsync=off: what is written may be lost. Do: "):
            place.open()
    finally:
        postgres.ask("ALTER SYSTEM RESET fsync")
        postgres.reload()


def test_a_database_that_cannot_hold_every_character_is_refused(postgres: Cluster) -> None:
    postgres.ask("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")

    with pytest.raises(JournalError, match="is kept in LATIN1"):
        open_state(postgres.address("narrow"))


def test_a_machine_whose_clock_is_off_takes_no_part(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    off = Hands()
    monkeypatch.setattr(postgres, "system", lambda: off)

    with pytest.raises(JournalError, match=r"clock is \d+ seconds from the server's"):
        place.open()


def test_a_database_of_a_newer_format_is_left_alone(place: Place) -> None:
    place.open().close()
    place.tamper("INSERT INTO applied (version, what) VALUES (99, 'more than is known here')")

    with pytest.raises(JournalError, match="format version 99, not"):
        place.open()


def test_a_database_of_the_first_format_is_brought_along(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(postgres, "MIGRATIONS", postgres.MIGRATIONS[:1])
        old = place.open()
        run = old.start(plan(), "cutover")
        old.close()

    new = place.open()
    new.keep(run, "oakfield/sw-01", "running", "hostname x\n")

    assert new.verify() == ()
    assert [row["version"] for row in new.book.execute("SELECT version FROM applied ORDER BY version")] == [1, 2]
    new.close()


def test_those_who_open_a_new_database_at_once_all_find_it_whole(place: Place) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = [one.result() for one in [pool.submit(place.open) for _ in range(6)]]

    opened[0].start(plan(), "cutover")
    assert {journal.verify() for journal in opened} == {()}
    assert {len(journal.runs()) for journal in opened} == {1}
    for journal in opened:
        journal.close()


def test_a_role_that_may_not_make_the_schema_is_told_so(postgres: Cluster) -> None:
    address = postgres.database()
    postgres.ask("CREATE ROLE guest LOGIN PASSWORD 'guest-word-0000'")

    with pytest.raises(JournalError, match=r"the role may not do that: permission denied .* Do: let the role own"):
        open_state(address.replace(f"matric:{postgres.password}", "guest:guest-word-0000"))


# -- a server that is lost


@pytest.fixture
def server(postgres: Cluster) -> Iterator[Cluster]:
    """The server, which stands again afterwards."""
    yield postgres
    if postgres.server is None or postgres.server.poll() is not None:
        postgres.start()


def test_a_server_killed_in_the_middle_of_a_run_comes_back_with_all_that_was_written(
    journal: Journal, run: Run, server: Cluster, place: Place
) -> None:
    journal.keep(run, "oakfield/sw-01", "running", "hostname x\n")
    begun = journal.begin(run, "Arm", "oakfield/sw-01", {})

    server.kill()
    with pytest.raises(JournalError, match=r"cannot be used: .*Connection refused.* Do: ") as lost:
        journal.end(run, begun, "Armed", "oakfield/sw-01", {})
    assert server.password not in str(lost.value)
    assert f"postgresql://matric@127.0.0.1:{server.port}/" in str(lost.value)
    server.start()

    assert journal.verify() == ()
    assert [event.kind for event in journal.events(run.id)] == ["start", "keep", "begin"]
    journal.end(run, begun, "Armed", "oakfield/sw-01", {})
    ended(journal, run)
    other = place.open()
    assert other.verify() == ()
    assert [event.kind for event in other.events(run.id)] == ["start", "keep", "begin", "end", "finish"]
    other.close()


def test_a_connection_lost_between_two_writes_is_made_anew(journal: Journal, run: Run, server: Cluster) -> None:
    server.kill()
    server.start()

    journal.begin(run, "Probe", "oakfield/sw-01", {})

    assert journal.verify() == ()
    assert setting(journal, "search_path") == "matric"


@pytest.mark.parametrize("back", [True, False], ids=["and-is-back", "and-stays-away"])
def test_a_write_whose_server_dies_within_it_is_an_error_and_is_not_made(
    journal: Journal, run: Run, server: Cluster, *, back: bool
) -> None:
    def write() -> None:
        with journal.book.writing() as store:
            store.execute("UPDATE runs SET school='half'")
            server.kill()
            if back:
                server.start()
            journal.begin(run, "Probe", "oakfield/sw-01", {})

    with pytest.raises(JournalError):
        write()
    if not back:
        server.start()

    assert journal.run(run.id).school == "oakfield"
    assert len(journal.events(run.id)) == 1
    assert journal.verify() == ()


def test_nobody_is_told_that_a_write_was_made_whose_commit_was_not_answered(
    journal: Journal, run: Run, server: Cluster
) -> None:
    def write() -> None:
        with journal.book.writing() as store:
            store.execute("UPDATE runs SET school='half'")
            server.kill()
            server.start()

    with pytest.raises(JournalError, match="whether it was made is not known"):
        write()

    assert journal.run(run.id).school == "oakfield"
    assert journal.verify() == ()


def test_what_swallows_a_lost_connection_has_not_written(journal: Journal, run: Run, server: Cluster) -> None:
    def write() -> None:
        with journal.book.writing() as store:
            store.execute("UPDATE runs SET school='half'")
            server.kill()
            server.start()
            with pytest.raises(JournalError, match="cannot be used"):
                store.execute("SELECT 1")

    with pytest.raises(JournalError, match="in the middle of a write, which is not made"):
        write()

    assert journal.run(run.id).school == "oakfield"


def test_a_write_that_failed_inside_is_not_taken_for_made(journal: Journal, run: Run) -> None:
    def write() -> None:
        with journal.book.writing() as store:
            store.execute("UPDATE runs SET school='half'")
            with pytest.raises(JournalError):
                store.execute("SELECT no_such_thing")

    with pytest.raises(JournalError, match="did not take the last write"):
        write()

    assert journal.run(run.id).school == "oakfield"


# -- what is kept


def test_a_backup_that_was_taken_away_shows(journal: Journal, run: Run, place: Place) -> None:
    digest = journal.keep(run, "oakfield/sw-01", "running", "hostname x\n")
    place.tamper("DELETE FROM backups")

    with pytest.raises(JournalError, match=f"backup {digest} is not in postgresql://matric@"):
        journal.backup(digest)
    assert len(journal.verify()) == 1


def test_a_journal_whose_end_was_taken_writes_nothing_more(journal: Journal, run: Run, place: Place) -> None:
    place.tamper("DELETE FROM head")

    with pytest.raises(JournalError, match="has lost its end"):
        journal.mark(run, "S8", "")
    assert "the end of the journal was cut off" in " ".join(journal.verify())


def test_a_dead_process_of_an_earlier_start_of_some_machine_of_this_name_keeps_its_lease(
    journal: Journal, place: Place
) -> None:
    journal.start(plan(), "cutover")
    place.tamper("UPDATE locks SET boot='another machine of the same name'")

    holder = journal.holder("oakfield")

    assert holder is not None
    assert not holder.gone(journal.clock.now())


# -- passwords


def test_a_password_in_the_address_is_shown_nowhere(postgres: Cluster, place: Place) -> None:
    journal = place.open()

    assert postgres.password not in journal.where + repr(journal.book)
    assert postgres.password not in secret.redact(f"the environment says {where(place)}")
    journal.close()


def test_a_password_comes_from_where_a_reference_says(
    postgres: Cluster, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = where(place).replace(f":{postgres.password}", "")
    monkeypatch.setenv("STATE_WORD", postgres.password)

    journal = open_state(f"{bare}?matric_secret=env:STATE_WORD&application_name=deploy")

    assert setting(journal, "application_name") == "deploy"
    assert "STATE_WORD" not in journal.where
    journal.close()


def test_a_reference_that_leads_nowhere_is_named(postgres: Cluster, place: Place) -> None:
    bare = where(place).replace(f":{postgres.password}", "")

    with pytest.raises(BadInput, match="SECRET-REF env:NOT_SET"):
        open_state(f"{bare}?matric_secret=env:NOT_SET")


@pytest.mark.parametrize("how", ["PGPASSWORD", "PGPASSFILE"])
def test_libpq_s_own_ways_to_a_password_are_redacted_as_well(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    word = f"word-of-{how.lower()}"
    role = how.lower()
    postgres.ask(f"CREATE ROLE {role} LOGIN PASSWORD '{word}'")
    database = postgres.database().rpartition("/")[2]
    postgres.ask(f"ALTER DATABASE {database} OWNER TO {role}")
    if how == "PGPASSWORD":
        monkeypatch.setenv(how, word)
    else:
        file = tmp_path / "pass"
        file.write_text(f"127.0.0.1:{postgres.port}:*:{role}:{word}\n", encoding="utf-8")
        file.chmod(0o600)
        monkeypatch.setenv(how, str(file))

    journal = open_state(f"postgresql://{role}@127.0.0.1:{postgres.port}/{database}")

    assert journal.verify() == ()
    assert word not in secret.redact(f"it was {word}")
    journal.close()


def test_a_password_that_is_wrong_is_not_in_the_message(postgres: Cluster, place: Place) -> None:
    wrong = where(place).replace(postgres.password, "quite-another-word")

    with pytest.raises(JournalError, match=r"password authentication failed.* Do: ") as refused:
        open_state(wrong)

    assert "quite-another-word" not in str(refused.value)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(UsageError, match=r"pip install 'matric\[postgres\]'"):
        open_state("postgresql://matric@127.0.0.1/state")


def test_a_folder_needs_no_client_of_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = builtins.__import__

    def watched(name: str, *more: Any, **others: Any) -> Any:
        assert name.partition(".")[0] != "psycopg"
        return known(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", watched)

    open_state(tmp_path / "state").close()


def test_a_state_behind_another_scheme_is_refused() -> None:
    with pytest.raises(UsageError, match="no state is kept behind mysql://"):
        open_state("mysql://somewhere/state")
