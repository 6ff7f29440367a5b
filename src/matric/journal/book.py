"""What has been done: durable before each effect, hash-chained, and the point a run resumes from.

It is kept in a folder (SQLite from the standard library) or in PostgreSQL; the book is the same. An event is committed
before the effect it announces is sent, so that what a device may have been told is never more than the journal says.
Every write checks the fencing token: whoever lost the lock cannot write.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from matric import canonical
from matric.clock import Clock, system
from matric.errors import JournalError, Locked, StalePlan
from matric.journal import process
from matric.journal.file import private, write_durably
from matric.journal.ledger import Ledger, Row, Seal
from matric.journal.sqlite import SqliteLedger
from matric.plan import Plan, instant, nonce, timestamp

__all__ = ("LEASE", "Event", "Holder", "Journal", "Run", "RunRecord", "Shelf")

LEASE = timedelta(minutes=15)
"""How long a lock holds without a write: longer than any single effect; waits are cut into shorter ones."""

Kind = Literal["cutover", "recover", "revert"]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that holds its school's lock."""

    id: str
    school: str
    token: int
    """Fencing token: higher for whoever locked later."""

    @property
    def session(self) -> str:
        """What the run calls everything it makes on a device."""
        return f"matric-{self.id}"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run, as the journal has it."""

    id: str
    school: str
    kind: str
    of: str
    """The run that this one recovers, or empty."""
    plan_digest: str
    began: str
    ended: str | None
    outcome: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journal."""

    seq: int
    run: str
    kind: str
    """start, begin, end, mark, keep, finish."""
    device: str
    effect: str
    of: int
    """Of an end: the seq of its begin."""
    at: str
    """By the run's clock, UTC."""
    data: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a school's lock."""

    school: str
    run: str
    token: int
    process: process.Process
    since: str
    lease: str
    shared: bool = False
    """True where processes on other machines may hold it."""

    def gone(self, now: datetime) -> bool:
        """True where the lock may be taken over: its process is dead, or its lease has run out.

        Where the lock is shared, a machine of the same name may be another one: only a process of this very start of
        this machine can be known to be dead.
        """
        return now > instant(self.lease) or (self.process.dead and (self.process.near or not self.shared))


class Shelf:
    """Records of one kind that outlive a job: reviewed plans, approvals, words kept for NetBox, decisions.

    Unlike an event a record may be written anew, and taken away. Each write is on disk when the call returns.
    """

    def __init__(self, book: Ledger, kind: str, clock: Clock) -> None:
        self._book = book
        self._kind = kind
        self._clock = clock

    def put(self, key: str, body: dict[str, Any]) -> None:
        """Write the record called *key*, over an older one of that name."""
        text = canonical.json_bytes(body).decode()
        with self._book.writing() as store:
            store.execute(
                "INSERT INTO shelf (kind, key, body, at) VALUES (?,?,?,?)"
                " ON CONFLICT (kind, key) DO UPDATE SET body=excluded.body, at=excluded.at",
                (self._kind, key, text, timestamp(self._clock.now())),
            )

    def swap(self, key: str, before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
        """Write *after* only where the record still is *before* (None: there is none); whether it was."""
        text = canonical.json_bytes(after).decode()
        with self._book.writing() as store:
            row = store.row("SELECT body FROM shelf WHERE kind=? AND key=?", (self._kind, key))
            if (loaded(row["body"]) if row is not None else None) != before:
                return False
            store.execute(
                "INSERT INTO shelf (kind, key, body, at) VALUES (?,?,?,?)"
                " ON CONFLICT (kind, key) DO UPDATE SET body=excluded.body, at=excluded.at",
                (self._kind, key, text, timestamp(self._clock.now())),
            )
        return True

    def get(self, key: str) -> dict[str, Any] | None:
        row = self._book.row("SELECT body FROM shelf WHERE kind=? AND key=?", (self._kind, key))
        return loaded(row["body"]) if row is not None else None

    def items(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Every record, by key."""
        rows = self._book.execute("SELECT key, body FROM shelf WHERE kind=?", (self._kind,))
        # In Python's order: a database has the order of its own language.
        return tuple(sorted(((str(row["key"]), loaded(row["body"])) for row in rows), key=lambda pair: pair[0]))

    def drop(self, key: str) -> None:
        with self._book.writing() as store:
            store.execute("DELETE FROM shelf WHERE kind=? AND key=?", (self._kind, key))


class Journal:
    """The journal in one state folder, or in a database."""

    def __init__(self, where: Path | Ledger, clock: Clock | None = None, tombstones: Path | None = None) -> None:
        """*tombstones*: a folder outside *where*, whose memory of spent plans outlives a restored backup of it."""
        self.clock = clock or system()
        self.tombstones = tombstones
        self.book = where if isinstance(where, Ledger) else SqliteLedger(where)

    @property
    def where(self) -> str:
        """What people call the place it is kept in; no password is in it."""
        return self.book.where

    def close(self) -> None:
        self.book.close()

    def shelf(self, kind: str) -> Shelf:
        """The records of one *kind*, beside the events."""
        return Shelf(self.book, kind, self.clock)

    # -- runs and locks

    def start(self, plan: Plan, kind: Kind, of: str = "") -> Run:
        """Lock the school and begin a run; refuses a spent plan, a held school and a school with a run unfinished."""
        now = self.clock.now()
        run_id = f"{now:%Y%m%d-%H%M%S}-{nonce()[:4]}"
        text = canonical.json_bytes(plan.model_dump(mode="json")).decode()
        with self.book.writing() as store:
            if kind == "recover":
                # A recovery must be able to write even where the disk is full: this is what the space was kept for.
                self.book.release_reserve()
            else:
                self.book.hold_reserve()
                self._refuse_unfinished(plan.school)
                for digest in filter(None, (plan.digest, plan.reviewed)):
                    self._refuse_spent(digest)
            token = self._lock(store, plan.school, run_id, now)
            store.execute(
                "INSERT INTO runs (id, school, kind, of, plan, plan_digest, began) VALUES (?,?,?,?,?,?,?)",
                (run_id, plan.school, kind, of, text, plan.digest, timestamp(now)),
            )
            run = Run(run_id, plan.school, token)
            self._append(run, "start", data={"kind": kind, "of": of, "plan": plan.digest, "school": plan.school})
        return run

    def finish(self, run: Run, outcome: dict[str, Any]) -> None:
        """Seal the run and release the lock."""
        with self.book.writing() as store:
            self._check(run)
            last = self._append(run, "finish", data=outcome)
            ended = (timestamp(self.clock.now()), canonical.json_bytes(outcome).decode(), run.id)
            store.execute("UPDATE runs SET ended=?, outcome=? WHERE id=?", ended)
            begun = store.row("SELECT of FROM runs WHERE id=?", (run.id,))
            if begun is not None and begun["of"]:
                store.execute("UPDATE runs SET ended=?, outcome=? WHERE id=?", (*ended[:2], begun["of"]))
            store.execute("UPDATE locks SET run='', lease='' WHERE school=? AND token=?", (run.school, run.token))
            store.seal(last)

    def holder(self, school: str) -> Holder | None:
        """Who holds *school*, or None."""
        row = self.book.row("SELECT * FROM locks WHERE school=? AND run<>''", (school,))
        if row is None:
            return None
        held_by = process.Process(row["host"], row["boot"], row["pid"], row["started"], row["namespace"])
        return Holder(row["school"], row["run"], row["token"], held_by, row["since"], row["lease"], self.book.shared)

    def spent(self, plan_digest: str) -> str | None:
        """The run that used the plan up, or None."""
        row = self.book.row("SELECT run FROM spent WHERE plan_digest=?", (plan_digest,))
        if row is not None:
            return str(row["run"])
        mark = self._tombstone(plan_digest)
        return mark.read_text(encoding="utf-8").strip() if mark is not None and mark.exists() else None

    # -- events

    def begin(self, run: Run, effect: str, device: str, data: dict[str, Any]) -> int:
        """Record that *effect* is about to be sent; durable when this returns. The first ``Stage`` spends the plan."""
        with self.book.writing():
            self._check(run)
            seq = self._append(run, "begin", effect=effect, device=device, data=data).seq
            if effect == "Stage":
                self._spend(run)
        return seq

    def end(self, run: Run, begun: int, answer: str, device: str, data: dict[str, Any]) -> None:
        """Record what came back of the effect begun as *begun*."""
        with self.book.writing():
            self._check(run)
            self._append(run, "end", effect=answer, device=device, of=begun, data=data)

    def mark(self, run: Run, phase: str, detail: str) -> None:
        """Record that a step of the protocol is reached."""
        with self.book.writing():
            self._check(run)
            self._append(run, "mark", effect=phase, data={"detail": detail})

    def check(self, run: Run) -> None:
        """Locked, unless *run* still holds its school."""
        self._check(run)

    # -- backups

    def keep(self, run: Run, device: str, which: Literal["running", "startup"], text: str) -> str:
        """Keep a backup, on disk before this returns; its digest names it."""
        digest = canonical.digest_of_text(text)
        with self.book.writing() as store:
            self._check(run)
            store.keep(digest, text, timestamp(self.clock.now()))
            data = {"bytes": len(text.encode()), "digest": digest, "which": which}
            self._append(run, "keep", effect=which, device=device, data=data)
        return digest

    def backup(self, digest: str) -> str:
        """The backup named *digest*, proven to be it."""
        text = self.book.kept(digest)
        if canonical.digest_of_text(text) != digest:
            raise JournalError(f"backup {digest} is not what was kept. Do: restore the state, and find out who")
        return text

    # -- reading

    def events(self, run: str) -> tuple[Event, ...]:
        """Everything of one run, in order."""
        return tuple(_event(row) for row in self.book.execute("SELECT * FROM events WHERE run=? ORDER BY seq", (run,)))

    def runs(self, school: str | None = None) -> tuple[RunRecord, ...]:
        """Every run, oldest first."""
        rows = self.book.execute("SELECT * FROM runs ORDER BY rowid")
        return tuple(_record(row) for row in rows if school is None or row["school"] == school)

    def run(self, run_id: str) -> RunRecord:
        """One run; JournalError if there is none of that name."""
        row = self.book.row("SELECT * FROM runs WHERE id=?", (run_id,))
        if row is None:
            raise JournalError(f"run {run_id!r} is not in the journal. Do: list the runs with 'matric status'")
        return _record(row)

    def unfinished(self, school: str) -> tuple[RunRecord, ...]:
        """Cut-overs of *school* that never ended, oldest first; a recovery that died is not one of them."""
        return tuple(one for one in self.runs(school) if one.ended is None and one.kind != "recover")

    def recoverable(self, school: str) -> RunRecord | None:
        """The run that 'recover' takes up: one that never ended, or the last if it ended in a split or in hands."""
        for one in self.unfinished(school):
            return one
        carried = [one for one in self.runs(school) if one.kind != "recover"]
        last = carried[-1] if carried else None
        word = (last.outcome or {}).get("word") if last is not None else None
        return last if word in {"split", "hands"} else None

    def history(self, run_id: str) -> tuple[Event, ...]:
        """Everything of one run and of every recovery of it, in order."""
        query = "SELECT * FROM events WHERE run=? OR run IN (SELECT id FROM runs WHERE of=?) ORDER BY seq"
        return tuple(_event(row) for row in self.book.execute(query, (run_id, run_id)))

    def plan(self, run_id: str) -> Plan:
        """The plan a run carried out, as it was."""
        row = self.book.row("SELECT plan, plan_digest FROM runs WHERE id=?", (run_id,))
        plan = Plan.model_validate_json(row["plan"]) if row is not None else None
        if plan is None or row is None or plan.digest != row["plan_digest"]:
            raise JournalError(f"run {run_id!r}: its plan in the journal is not what its digest names")
        return plan

    def verify(self) -> tuple[str, ...]:
        """What does not verify, in sentences; empty where all does."""
        found = list(self.book.broken())
        hashes = {row["seq"]: row["hash"] for row in self.book.execute("SELECT seq, hash FROM events")}
        found += [
            f"run {seal.run}: its events are not those that were sealed"
            for seal in self.book.seals()
            if hashes.get(seal.seq) != seal.hash
        ]
        for row in self.book.execute("SELECT data FROM events WHERE kind='keep'"):
            try:
                self.backup(loaded(row["data"])["digest"])
            except JournalError as error:
                found.append(str(error))
        return tuple(dict.fromkeys(found))

    # -- inside a transaction

    def _append(  # noqa: PLR0913 - one column each
        self,
        run: Run,
        kind: str,
        *,
        effect: str = "",
        device: str = "",
        of: int = 0,
        data: dict[str, Any],
    ) -> Seal:
        text = canonical.json_bytes(data).decode()
        at = timestamp(self.clock.now())
        row = {"run": run.id, "kind": kind, "device": device, "effect": effect, "of": of, "at": at, "data": text}
        return self.book.append(row)

    def _check(self, run: Run) -> None:
        """Prove the fencing token and lengthen the lease."""
        lease = timestamp(self.clock.now() + LEASE)
        query = "UPDATE locks SET lease=? WHERE school=? AND token=? AND run=? RETURNING token"
        if not self.book.execute(query, (lease, run.school, run.token, run.id)):
            raise Locked(
                f"{run.school}: run {run.id} has lost its lock to a later run. Do: nothing here; see 'matric status'"
            )

    def _lock(self, store: Ledger, school: str, run_id: str, now: datetime) -> int:
        holder = self.holder(school)
        if holder is not None and not holder.gone(now):
            raise Locked(
                f"{school}: run {holder.run} holds it since {holder.since} (process {holder.process.pid} on "
                f"{holder.process.host}). Do: wait for it, or see 'matric status'"
            )
        last = self.book.row("SELECT token FROM locks WHERE school=?", (school,))
        token = 1 + (last["token"] if last is not None else 0)
        me = process.this()
        lease = timestamp(now + LEASE)
        names = ("school", "token", "run", "host", "boot", "pid", "started", "since", "lease", "namespace")
        anew = ", ".join(f"{name}=excluded.{name}" for name in names[1:])
        store.execute(
            f"INSERT INTO locks ({', '.join(names)}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608 - our own names
            f" ON CONFLICT (school) DO UPDATE SET {anew}",
            (school, token, run_id, me.host, me.boot, me.pid, me.started, timestamp(now), lease, me.namespace),
        )
        return token

    def _refuse_unfinished(self, school: str) -> None:
        for left in self.unfinished(school):
            holder = self.holder(school)
            if holder is None or holder.run != left.id or holder.gone(self.clock.now()):
                raise Locked(f"{school}: run {left.id} never ended. Do: 'matric recover {school}' first")

    def _refuse_spent(self, plan_digest: str) -> None:
        run = self.spent(plan_digest)
        if run is not None:
            raise StalePlan(f"plan {plan_digest}: run {run} has carried it out; a plan runs once. Do: plan again")

    def _spend(self, run: Run) -> None:
        """Use up the run's plan, and with it the reviewed plan that it was made anew from."""
        plan = self.plan(run.id)
        for digest in filter(None, (plan.digest, plan.reviewed)):
            mark = self._tombstone(digest)
            if mark is not None and not mark.exists():
                private(mark.parent)
                write_durably(mark, f"{run.id}\n")
            self.book.execute(
                "INSERT INTO spent (plan_digest, run, at) VALUES (?,?,?) ON CONFLICT DO NOTHING",
                (digest, run.id, timestamp(self.clock.now())),
            )

    def _tombstone(self, plan_digest: str) -> Path | None:
        return self.tombstones / plan_digest.rpartition(":")[2] if self.tombstones is not None else None


def _event(row: Row) -> Event:
    return Event(
        seq=row["seq"],
        run=row["run"],
        kind=row["kind"],
        device=row["device"],
        effect=row["effect"],
        of=row["of"],
        at=row["at"],
        data=loaded(row["data"]),
        hash=row["hash"],
    )


def _record(row: Row) -> RunRecord:
    return RunRecord(
        id=row["id"],
        school=row["school"],
        kind=row["kind"],
        of=row["of"],
        plan_digest=row["plan_digest"],
        began=row["began"],
        ended=row["ended"],
        outcome=loaded(row["outcome"]) if row["outcome"] else None,
    )


def loaded(text: str) -> dict[str, Any]:
    """The JSON object *text*."""
    value: dict[str, Any] = json.loads(text)
    return value
