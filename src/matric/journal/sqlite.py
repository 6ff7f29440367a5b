"""The ledger as a folder: one SQLite file (write-ahead log, fsync at every commit), backups and seals beside it."""

import contextlib
import json
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from matric import canonical
from matric.errors import JournalError, MatricError
from matric.journal.file import private, sync_folder, write_durably
from matric.journal.ledger import Ledger, Row, Seal

__all__ = ("SqliteLedger",)

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
_SINCE_3 = """
ALTER TABLE locks ADD COLUMN namespace TEXT NOT NULL DEFAULT '';
"""
_STEPS = (_SCHEMA, _SINCE_2, _SINCE_3)
FORMAT_VERSION = len(_STEPS)


class SqliteLedger(Ledger):
    """The folder. It lies on the disk of one machine: SQLite's locks do not hold on a network file system."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "journal.sqlite"
        self.where = str(self.path)
        self._sealed: list[Seal] = []
        with self._failing():
            private(folder)
            fresh = not self.path.exists()
            # Made before SQLite opens it: its log files inherit the mode.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.store = sqlite3.connect(self.path, isolation_level=None, timeout=10)
            self.store.row_factory = sqlite3.Row
            try:
                self._prepare()
                private(folder / "backups")
                private(folder / "runs")
            except BaseException:
                self.store.close()
                raise
            if fresh:
                sync_folder(folder)

    def close(self) -> None:
        self.store.close()

    @contextmanager
    def writing(self) -> Generator["SqliteLedger"]:
        with self._failing():
            self._sealed = []
            self.store.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self.store.execute("COMMIT")
            except BaseException:
                # A failed COMMIT may have rolled back by itself: there is then nothing left to roll back.
                with contextlib.suppress(sqlite3.Error):
                    self.store.execute("ROLLBACK")
                raise
            for seal in self._sealed:
                # Only now: a seal of what was not written would be a false alarm for ever.
                text = canonical.pretty_text({"hash": seal.hash, "run": seal.run, "seq": seal.seq})
                write_durably(self.folder / "runs" / f"{seal.run}.json", text)

    def execute(self, query: str, values: tuple[Any, ...] = ()) -> list[Row]:
        with self._failing():
            return cast("list[Row]", self.store.execute(query, values).fetchall())

    def keep(self, digest: str, text: str, at: str) -> None:
        del at
        path = self._backup(digest)
        try:
            if not path.exists():
                write_durably(path, text)
        except OSError as error:
            raise JournalError(f"{path}: the backup cannot be kept: {error}. Do: free the disk") from error

    def kept(self, digest: str) -> str:
        try:
            with self._backup(digest).open(encoding="utf-8", newline="") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise JournalError(f"backup {digest} cannot be read: {error}. Do: restore the state folder") from error

    def seal(self, seal: Seal) -> None:
        self._sealed.append(seal)

    def seals(self) -> tuple[Seal, ...]:
        return tuple(_seal(path) for path in sorted((self.folder / "runs").glob("*.json")))

    def release_reserve(self) -> None:
        (self.folder / "reserve").unlink(missing_ok=True)

    def hold_reserve(self) -> None:
        path = self.folder / "reserve"
        if not path.exists() or path.stat().st_size < RESERVE_BYTES:
            # Real bytes, not a hole: the point is that the space is taken.
            write_durably(path, "\n" * RESERVE_BYTES)

    def _backup(self, digest: str) -> Path:
        return self.folder / "backups" / f"{digest.rpartition(':')[2]}.conf"

    def _prepare(self) -> None:
        self.store.execute("PRAGMA journal_mode=WAL")
        self.store.execute("PRAGMA synchronous=FULL")
        self.store.execute("BEGIN IMMEDIATE")
        version = self.store.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT_VERSION:
            raise JournalError(
                f"{self.path}: format version {version}, not {FORMAT_VERSION}. Do: use the matric it is of"
            )
        for step in _STEPS[version:]:
            for statement in step.split(";\n"):
                self.store.execute(statement)
        self.store.execute(f"PRAGMA user_version={FORMAT_VERSION}")
        self.store.execute("COMMIT")

    @contextmanager
    def _failing(self) -> Generator[None]:
        try:
            yield
        except MatricError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                f"{self.path}: the journal cannot be used: {error}. Do: free the disk or restore the state folder"
            ) from error


def _seal(path: Path) -> Seal:
    """What *path* seals; a seal that cannot be read seals nothing that was written, and so shows."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Seal(run=str(body["run"]), seq=int(body["seq"]), hash=str(body["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Seal(run=path.stem, seq=0, hash="")
