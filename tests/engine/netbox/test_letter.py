"""NetBox hears of a run: once, in words without a secret, later if it is away, and never as an edit of the estate."""

import dataclasses
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openapi_schema_validator
import pytest

from matric import canonical, secret
from matric.clock import Clock
from matric.cutover.outcome import End, Outcome, Word
from matric.errors import ExitCode, JournalError, UsageError
from matric.journal import Journal, RunRecord, process
from matric.journal.book import Shelf
from matric.lab.netbox import Access, NetBox, Store
from matric.netbox import Client, Limits, check, letter, pull
from matric.plan import DevicePlan, Digests, Plan
from matric.plan.budget import Budget, Pace

ANY = canonical.digest_of_text("any")
NOW = datetime(2026, 11, 24, 19, tzinfo=UTC)
ENTRIES = "extras.journalentry"
SCHEMA = Path(__file__).parents[2] / "cases" / "netbox" / "openapi.json.gz"


def device(name: str, key: int, *, changes: bool = True) -> DevicePlan:
    return DevicePlan(
        key=f"oakfield/{name}", netbox_id=key, name=name, role="access", platform="eos", model="any", serial="S",
        pin_digest=ANY, base_digest=ANY, startup_digest=ANY, target_digest=ANY, changes=changes, diff="", added=0,
        removed=0, target="", template="", secrets=(), risk="low", above=(), net=None,
    )  # fmt: skip


def planned(nonce: str = "0" * 32, reverts: str = "") -> Plan:
    return Plan(
        tool="0", school="oakfield", unit="device", author="ada", made_at="2026-11-24T17:00:00Z",
        expires_at="2026-12-25T17:00:00Z", nonce=nonce, digests=Digests(snapshot=ANY, standard=ANY, templates=ANY,
        policies=ANY), devices=(device("ap-01", 201, changes=False), device("sw-01", 200)), order=("oakfield/sw-01",),
        steps=(), budget=Budget(pace=Pace(), worst_case_s=1), reverts=reverts,
    )  # fmt: skip


def outcome(word: Word = Word.ALL_NEW, reason: str = "every device was read to be new", **more: Any) -> Outcome:
    state = "old" if word is Word.ALL_OLD else "new"
    return Outcome(word, reason, ExitCode.DONE, (End("oakfield/sw-01", state, state),), **more)


def ran(journal: Journal, ended: Outcome, plan: Plan | None = None) -> RunRecord:
    """A run of the plan that ended so, its letters written."""
    plan = plan or planned(canonical.digest_of_text(str(len(journal.runs())))[-32:])
    run = journal.start(plan, "revert" if plan.reverts else "cutover")
    journal.finish(run, ended.record())
    record = journal.run(run.id)
    letter.write(journal, record, ended, plan, NOW)
    return record


def status(netbox: NetBox, slug: str = "oakfield") -> str:
    row = netbox.store.find("dcim.site", slug=slug)
    assert row is not None
    return str(row["status"])


def is_at(netbox: NetBox, what: str) -> None:
    """A person at NetBox says how far the school is."""

    def act(store: Store) -> None:
        store.update("dcim.site", 2, {"status": what})

    netbox.change(act)


def entries(netbox: NetBox) -> list[tuple[str, int, str]]:
    rows = netbox.store.rows(ENTRIES)
    return sorted((row["assigned_object_type"], row["assigned_object_id"], row["kind"]) for row in rows)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "state", tombstones=tmp_path / "spent")
    yield opened
    opened.close()


@pytest.fixture
def impatient(netbox: NetBox, waits: Clock) -> Iterator[Client]:
    with Client(netbox.url, netbox.token, limits=Limits(connect_s=1, read_s=1, tries=1), clock=waits) as one:
        yield one


# What it hears.


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (Word.ALL_NEW, "success"), (Word.NOTHING, "success"), (Word.ALL_OLD, "warning"), (Word.REFUSED, "warning"),
        (Word.UNSTAGED, "warning"), (Word.SPLIT, "danger"), (Word.HANDS, "danger"),
    ],
)  # fmt: skip
def test_the_school_and_each_device_get_an_entry_of_the_kind_of_its_end(
    netbox: NetBox, reader: Client, journal: Journal, word: Word, kind: str
) -> None:
    record = ran(journal, outcome(word))

    sent = letter.send(journal, reader)

    assert entries(netbox) == [("dcim.device", 200, kind), ("dcim.device", 201, kind), ("dcim.site", 2, kind)]
    assert (sent.kept, sent.refused) == (0, 0)
    assert all(record.id in row["comments"] and word in row["comments"] for row in netbox.store.rows(ENTRIES))


def test_a_device_that_was_left_out_is_warned_of_at_a_school_that_is_new(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    left = End("oakfield/ap-01", "other", "other", "somebody changed it by hand")
    ran(journal, outcome(refused=(left,)))

    letter.send(journal, reader)

    assert ("dcim.device", 201, "warning") in entries(netbox)
    said = {row["assigned_object_id"]: row["comments"] for row in netbox.store.rows(ENTRIES)}
    assert "somebody changed it by hand" in said[201]
    assert "Left out, because they had moved: oakfield/ap-01" in said[2]


def test_every_write_says_in_the_change_log_which_run_it_is_of(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    is_at(netbox, "planned")
    before = len(netbox.store.changes)
    record = ran(journal, outcome())

    letter.send(journal, reader)

    ours = [row for row in netbox.store.changes if row["request_id"] in letter.known(journal)]
    assert {row["changed_object_type"] for row in ours} == {ENTRIES, "dcim.site"}
    assert all(row["message"] == f"matric run {record.id}: cut-over, all-new" for row in ours)
    assert len(ours) == len(netbox.store.changes) - before


def test_the_request_and_the_answer_are_those_of_netboxs_own_schema(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))["components"]["schemas"]
    ran(journal, outcome())

    letter.send(journal, reader)

    (given,) = [body for _, path, body in netbox.bodies if path == "/api/extras/journal-entries/"]
    answered = reader.rows("extras/journal-entries/")
    for name, validator, values in (
        ("WritableJournalEntryRequest", "OAS30WriteValidator", given), ("JournalEntry", "OAS30ReadValidator", answered)
    ):  # fmt: skip
        of: Any = vars(openapi_schema_validator)[validator]
        check_one = of({**schema[name], "components": {"schemas": schema}})
        assert [fault.message for value in values for fault in check_one.iter_errors(value)] == []
        assert set(schema["JournalEntry"]["required"]) <= set(answered[0])


# How far the school is.


def test_a_planned_school_is_staging_while_its_plan_is_under_way_and_active_when_it_is_confirmed(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    is_at(netbox, "planned")
    seen: list[str] = []

    letter.under_way(journal, planned(), NOW)
    letter.send(journal, reader)
    seen.append(status(netbox))
    ran(journal, outcome())
    letter.send(journal, reader)
    seen.append(status(netbox))

    assert seen == ["staging", "active"]


@pytest.mark.parametrize(
    ("before", "ended_and_after"),
    [
        ("planned", (outcome(Word.ALL_OLD), "staging")), ("planned", (outcome(Word.REFUSED), "planned")),
        ("active", (outcome(Word.ALL_OLD), "active")), ("active", (outcome(Word.SPLIT), "active")),
        ("retired", (outcome(), "retired")), ("decommissioning", (outcome(), "decommissioning")),
        ("planned", (outcome(refused=(End("oakfield/ap-01", "other", "other"),)), "staging")),
    ],
)  # fmt: skip
def test_a_school_only_goes_forward_and_what_a_person_decided_stays(
    netbox: NetBox, reader: Client, journal: Journal, before: str, ended_and_after: tuple[Outcome, str]
) -> None:
    ended, after = ended_and_after
    is_at(netbox, before)
    ran(journal, ended)

    letter.send(journal, reader)

    assert status(netbox) == after
    assert letter.send(journal, reader).kept == 0


def test_the_way_back_says_nothing_of_how_far_the_school_is(netbox: NetBox, reader: Client, journal: Journal) -> None:
    is_at(netbox, "staging")
    plan = planned(reverts="20261124-180000-aaaa")

    letter.under_way(journal, plan, NOW)
    ran(journal, outcome(), plan)
    letter.send(journal, reader)

    assert status(netbox) == "staging"
    assert len(entries(netbox)) == 3


def test_a_school_that_somebody_changes_at_that_moment_is_read_again(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    is_at(netbox, "planned")

    def given_up(store: Store) -> None:
        store.update("dcim.site", 2, {"status": "retired"})

    netbox.fault("change", "/api/dcim/sites/2/", method="PATCH", act=given_up)
    ran(journal, outcome())

    first = letter.send(journal, reader)
    second = letter.send(journal, reader)

    assert (first.kept, second.kept) == (1, 0)
    assert status(netbox) == "retired"


# No edit of the estate.


def test_how_far_a_school_is_changes_no_digest(netbox: NetBox, reader: Client, journal: Journal) -> None:
    is_at(netbox, "planned")
    before = pull(reader)
    ran(journal, outcome())

    letter.send(journal, reader)

    after = pull(reader)
    assert after.records.sites != before.records.sites
    assert after.digest == before.digest


def test_a_school_that_is_given_up_does_change_the_digest(netbox: NetBox, reader: Client) -> None:
    before = pull(reader)

    is_at(netbox, "retired")

    assert pull(reader).digest != before.digest


def test_what_matric_wrote_is_no_move_of_netbox_and_what_another_wrote_is(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    is_at(netbox, "planned")
    taken = pull(reader)
    ran(journal, outcome())
    letter.send(journal, reader)

    assert not check(reader, taken.manifest, letter.known(journal)).moved
    assert check(reader, taken.manifest).changes == ("dcim.site Oakfield (#2)",)

    is_at(netbox, "staging")
    assert check(reader, taken.manifest, letter.known(journal)).moved


def test_a_night_of_its_own_writes_does_not_hide_the_one_edit_behind_them(netbox: NetBox, reader: Client) -> None:
    taken = pull(reader)

    def edited(count: int, request_id: str) -> None:
        with netbox.lock, netbox.store.transaction((2, "matric"), request_id):
            for number in range(count):
                netbox.store.update("dcim.site", 1, {"description": f"{request_id} {number}"})

    edited(2100, "ours")
    assert not check(reader, taken.manifest, {"ours"}).moved

    edited(1, "theirs")
    assert check(reader, taken.manifest, {"ours"}).changes == ("dcim.site Fernhill (#1)",)


# A NetBox that is away.


def test_letters_are_kept_while_netbox_is_away_and_sent_once_it_is_back(
    netbox: NetBox, reader: Client, impatient: Client, journal: Journal
) -> None:
    netbox.fault("status", times=None, status=503)
    ran(journal, outcome())

    away = letter.send(journal, impatient)
    netbox.clear()
    back, once_more = letter.send(journal, reader), letter.send(journal, reader)

    assert (away.sent, away.kept) == (0, 4)
    assert "NB-UNAVAILABLE" in away.why[0]
    assert (back.sent, back.kept, once_more.sent) == (4, 0, 0)
    assert len(entries(netbox)) == 3


@pytest.mark.parametrize("kind", ["drop", "hang"])
def test_entries_whose_answer_was_lost_are_looked_for_and_not_written_twice(
    netbox: NetBox, reader: Client, impatient: Client, journal: Journal, kind: str
) -> None:
    is_at(netbox, "active")
    ran(journal, outcome())
    # A drop loses the answer of what was written; a hang, as far as the client knows, the same.
    netbox.fault(kind, "journal-entries", method="POST")

    lost = letter.send(journal, impatient)
    netbox.clear()
    later = letter.send(journal, reader)

    assert (lost.kept, later.kept) == (4, 0)
    assert len(entries(netbox)) == 3
    assert {row["request_id"] for row in netbox.store.changes if row["changed_object_type"] == ENTRIES} <= letter.known(
        journal
    )


def test_a_status_whose_answer_was_lost_is_known_as_its_own_write(
    netbox: NetBox, reader: Client, impatient: Client, journal: Journal
) -> None:
    is_at(netbox, "planned")
    taken = pull(reader)
    ran(journal, outcome())
    netbox.fault("drop", "dcim/sites/2", method="PATCH")

    lost = letter.send(journal, impatient)
    netbox.clear()
    letter.send(journal, reader)

    assert (lost.sent, lost.kept) == (3, 1)
    assert status(netbox) == "active"
    assert not check(reader, taken.manifest, letter.known(journal)).moved


def test_letters_that_cannot_be_looked_for_are_not_sent_again(
    netbox: NetBox, impatient: Client, journal: Journal
) -> None:
    ran(journal, outcome())
    netbox.fault("drop", "journal-entries", method="POST")
    letter.send(journal, impatient)
    netbox.fault("status", "journal-entries", method="GET", status=403, times=None)

    refused = letter.send(journal, impatient)

    assert refused.kept == 4
    assert "NB-403" in refused.why[0]
    assert len(entries(netbox)) == 3


def test_a_run_is_told_once_however_often_its_letters_are_written(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    record = ran(journal, outcome())
    letter.send(journal, reader)

    letter.write(journal, record, outcome(), planned(), NOW + timedelta(hours=1))

    assert letter.send(journal, reader).sent == 0
    assert len(entries(netbox)) == 3


def test_what_stands_in_the_way_of_delivery_is_told_and_never_raised(journal: Journal) -> None:
    ran(journal, outcome())
    env = {"MATRIC_NETBOX_URL": "http://127.0.0.1:9", "MATRIC_NETBOX_WRITE_TOKEN": "nbt_away.token"}

    sent = letter.deliver(journal, env)

    assert (sent.sent, sent.kept) == (0, 4)
    assert "NB-UNAVAILABLE" in sent.why[0]
    assert letter.deliver(journal, {}).kept == 4
    assert "https://" in letter.deliver(journal, {**env, "MATRIC_NETBOX_URL": "http://netbox.example"}).why[0]


def test_a_run_that_has_ended_is_told_at_once_and_what_was_left_with_it(netbox: NetBox, journal: Journal) -> None:
    ran(journal, outcome(Word.ALL_OLD))
    env = {"MATRIC_NETBOX_URL": netbox.url, "MATRIC_NETBOX_WRITE_TOKEN": netbox.token}
    run = journal.start(planned("f" * 32), "cutover")
    journal.finish(run, outcome().record())

    sent = letter.ended(journal, run.id, outcome(), env)

    assert sent == letter.Sent(8, 0, 0)
    assert len(entries(netbox)) == 6


def test_who_names_no_netbox_to_hear_keeps_no_letters_and_a_broken_journal_ends_no_run(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ran(journal, outcome())
    for item in journal.shelf("letter").items():
        journal.shelf("letter").drop(item[0])

    assert letter.ended(journal, record.id, outcome(), {"MATRIC_NETBOX_URL": "http://127.0.0.1:9"}) is None
    assert journal.shelf("letter").items() == ()

    def full(*_: Any) -> None:
        raise JournalError("the disk is full. Do: free it")

    monkeypatch.setattr(Shelf, "put", full)
    env = {"MATRIC_NETBOX_URL": "http://127.0.0.1:9", "MATRIC_NETBOX_WRITE_TOKEN": "nbt_full.token"}
    told = letter.ended(journal, record.id, outcome(), env)

    assert told is not None
    assert "the disk is full" in told.why[0]


# A NetBox that will not have it.


def test_a_device_that_netbox_no_longer_has_is_named_and_the_rest_is_sent(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    netbox.change(lambda store: store.delete("dcim.device", 201))
    ran(journal, outcome())

    sent = letter.send(journal, reader)

    assert (sent.kept, sent.refused) == (0, 1)
    assert "NetBox has no device ap-01 at oakfield" in sent.why[0]
    assert entries(netbox) == [("dcim.device", 200, "success"), ("dcim.site", 2, "success")]


def test_a_device_that_was_made_anew_in_netbox_is_found_by_its_name(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    def anew(store: Store) -> None:
        row = store.get("dcim.device", 201)
        store.delete("dcim.device", 201)
        store.insert("dcim.device", {**row, "id": 777})

    netbox.change(anew)
    ran(journal, outcome())

    letter.send(journal, reader)

    assert ("dcim.device", 777, "success") in entries(netbox)


def test_one_entry_that_netbox_refuses_does_not_hold_up_the_others(
    netbox: NetBox, reader: Client, journal: Journal
) -> None:
    ran(journal, outcome())
    netbox.fault("status", "journal-entries", method="POST", status=400, times=2, body={"comments": ["Not today."]})

    sent = letter.send(journal, reader)

    assert sent.refused == 1
    assert "Not today." in sent.why[0]
    assert len(entries(netbox)) == 2

    assert letter.send(journal, reader, again=True).refused == 0
    assert len(entries(netbox)) == 3


def test_a_token_that_may_not_write_keeps_the_letters_until_it_may(
    netbox: NetBox, waits: Clock, journal: Journal
) -> None:
    models = ("dcim.site", "dcim.device", ENTRIES, "core.objectchange")
    token = netbox.admit("writer", Access((3, "matric"), dict.fromkeys(models, frozenset({"view"}))))
    ran(journal, outcome())
    with Client(netbox.url, token, clock=waits) as client:
        kept = letter.send(journal, client)
        may = {**dict.fromkeys(models, frozenset({"view"})), ENTRIES: frozenset({"view", "add"})}
        netbox.admit("writer", Access((3, "matric"), may))
        sent = letter.send(journal, client)

    assert (kept.sent, kept.kept) == (0, 4)
    assert "NB-403" in kept.why[0]
    assert (sent.sent, sent.kept) == (4, 0)
    assert {row["created_by"] for row in netbox.store.rows(ENTRIES)} == {3}


# Who sends.


def test_two_do_not_send_at_once_and_a_dead_ones_round_is_taken_over(reader: Client, journal: Journal) -> None:
    ran(journal, outcome())
    held: dict[str, Any] = {"at": "2026-11-24T09:00:00Z", "by": "other", "process": dataclasses.asdict(process.this())}
    journal.shelf("letter-round").put("letter-round", held)

    busy = letter.send(journal, reader)
    journal.shelf("letter-round").put("letter-round", {**held, "process": {**held["process"], "started": "never"}})
    free = letter.send(journal, reader)

    assert (busy.sent, busy.kept) == (0, 4)
    assert "another process" in busy.why[0]
    assert free.sent == 4


def test_the_token_that_reads_is_not_taken_for_writing() -> None:
    env = {"MATRIC_NETBOX_URL": "https://netbox.example", "MATRIC_NETBOX_WRITE_TOKEN": "same"}

    with pytest.raises(UsageError, match="token that reads"):
        letter.writer({**env, "MATRIC_NETBOX_TOKEN": "same"})
    assert letter.writer({"MATRIC_NETBOX_URL": "https://netbox.example", "MATRIC_NETBOX_TOKEN": "same"}) is None


def test_no_secret_is_in_a_letter_nor_in_what_is_sent(
    netbox: NetBox, reader: Client, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETTER_CANARY", "c4n4ry-of-the-letters")
    secret.vault().get("env:LETTER_CANARY")
    ran(journal, outcome(Word.HANDS, "it shows c4n4ry-of-the-letters and enable secret 5 $1$abcd$efghijkl"))
    kept = str(journal.shelf("letter").items())

    letter.send(journal, reader)

    for text in (kept, str(netbox.bodies)):
        assert "c4n4ry" not in text
        assert "efghijkl" not in text


def test_the_token_is_known_for_a_secret_once_it_is_used() -> None:
    env = {"MATRIC_NETBOX_URL": "https://netbox.example", "MATRIC_NETBOX_WRITE_TOKEN": "nbt_canary.of-writing"}
    client = letter.writer(env)
    assert client is not None
    client.close()

    assert "of-writing" not in secret.redact("Token nbt_canary.of-writing")


def test_old_letters_are_forgotten_and_young_ones_are_not(reader: Client, journal: Journal) -> None:
    ran(journal, outcome())
    letter.send(journal, reader)
    shelf = journal.shelf("letter")
    key, body = shelf.items()[0]
    shelf.put(key, {**body, "at": "2024-01-01T00:00:00Z"})

    letter.send(journal, reader)

    assert shelf.get(key) is None
    assert len(shelf.items()) == 3
