"""An append-only, hash-chained table of events in SQLite, durable at every commit. The journal is built on it."""

import contextlib
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matric import canonical
from matric.errors import JournalError, MatricError
from matric.journal.file import private, sync_folder, write_durably

__all__ = ("Ledger",)

FORMAT_VERSION = 2
RESERVE_BYTES = 1 << 20
"""Kept free for the last words of a run whose disk is full."""

_SCHEMA = """
CREATE TABLE events (seq INTEGER PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL,
  effect TEXT NOT NULL, of INTEGER NOT NULL, at TEXT NOT NULL, data TEXT NOT NULL,
  prev TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX events_run ON events (run, seq);
CREATE TABLE runs (id TEXT PRIMARY KEY, school TEXT NOT NULL, kind TEXT NOT NULL, of TEXT NOT NULL, plan TEXT NOT NULL,
  plan_digest TEXT NOT NULL, began TEXT NOT NULL, ended TEXT, outcome TEXT);
CREATE TABLE spent (plan_digest TEXT PRIMARY KEY, run TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE locks (school TEXT PRIMARY KEY, token INTEGER NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  boot TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, since TEXT NOT NULL, lease TEXT NOT NULL);
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL);
INSERT INTO head VALUES (1, 0, '');
"""
_SINCE_2 = """
CREATE TABLE shelf (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (kind, key));
"""
_CHAINED = ("seq", "run", "kind", "device", "effect", "of", "at", "data", "prev")


class Ledger:
    """The file. Every failure of the disk or of SQLite is a JournalError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._failing():
            private(path.parent)
            fresh = not path.exists()
            # Made before SQLite opens it: its log files inherit the mode.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self.store = sqlite3.connect(path, isolation_level=None, timeout=10)
            self.store.row_factory = sqlite3.Row
            try:
                self._prepare()
            except BaseException:
                self.store.close()
                raise
            if fresh:
                sync_folder(path.parent)

    def close(self) -> None:
        self.store.close()

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection, None, None]:
        """One transaction: on disk when it ends, or not at all."""
        with self._failing():
            self.store.execute("BEGIN IMMEDIATE")
            try:
                yield self.store
                self.store.execute("COMMIT")
            except BaseException:
                # A failed COMMIT may have rolled back by itself: there is then nothing left to roll back.
                with contextlib.suppress(sqlite3.Error):
                    self.store.execute("ROLLBACK")
                raise

    def append(self, row: dict[str, Any]) -> int:
        """Add one event (inside ``writing``) and chain it to the last; its seq."""
        head = self.store.execute("SELECT seq, hash FROM head").fetchone()
        chained = {**row, "seq": head["seq"] + 1, "prev": head["hash"]}
        chained["hash"] = _link(chained)
        names = (*_CHAINED, "hash")
        marks = ",".join("?" * len(names))
        self.store.execute(
            f"INSERT INTO events ({','.join(names)}) VALUES ({marks})",  # noqa: S608 - our own names
            tuple(chained[name] for name in names),
        )
        self.store.execute("UPDATE head SET seq=?, hash=?", (chained["seq"], chained["hash"]))
        return int(chained["seq"])

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        with self._failing():
            return self.store.execute(query, values).fetchall()

    def row(self, query: str, values: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        rows = self.rows(query, values)
        return rows[0] if rows else None

    def broken(self) -> tuple[str, ...]:
        """What does not verify: a changed, missing or inserted event, or an end that was cut off."""
        found: list[str] = []
        prev, expected = "", 1
        for row in self.rows("SELECT * FROM events ORDER BY seq"):
            if row["seq"] != expected or row["prev"] != prev:
                found.append(f"event {expected}: missing, or not where it was written")
            if _link({name: row[name] for name in _CHAINED}) != row["hash"]:
                found.append(f"event {row['seq']}: changed since it was written")
            prev, expected = row["hash"], row["seq"] + 1
        head = self.row("SELECT seq, hash FROM head")
        if head is None or (head["seq"], head["hash"]) != (expected - 1, prev):
            found.append(f"event {expected}: the end of the journal was cut off")
        return tuple(found)

    def release_reserve(self) -> None:
        """Give back the kept space, so that a full disk can still take the outcome."""
        (self.path.parent / "reserve").unlink(missing_ok=True)

    def hold_reserve(self) -> None:
        """Take that space, or fail before anything has begun."""
        path = self.path.parent / "reserve"
        if not path.exists() or path.stat().st_size < RESERVE_BYTES:
            # Real bytes, not a hole: the point is that the space is taken.
            write_durably(path, "\n" * RESERVE_BYTES)

    def _prepare(self) -> None:
        self.store.execute("PRAGMA journal_mode=WAL")
        self.store.execute("PRAGMA synchronous=FULL")
        self.store.execute("BEGIN IMMEDIATE")
        version = self.store.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT_VERSION:
            raise JournalError(
                f"{self.path}: format version {version}, not {FORMAT_VERSION}. Do: use the matric it is of"
            )
        for step in (_SCHEMA, _SINCE_2)[version:]:
            for statement in step.split(";\n"):
                self.store.execute(statement)
        self.store.execute(f"PRAGMA user_version={FORMAT_VERSION}")
        self.store.execute("COMMIT")

    @contextmanager
    def _failing(self) -> Generator[None, None, None]:
        try:
            yield
        except MatricError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                f"{self.path}: the journal cannot be used: {error}. Do: free the disk or restore the state folder"
            ) from error


def _link(row: dict[str, Any]) -> str:
    return canonical.digest([row[name] for name in _CHAINED])
