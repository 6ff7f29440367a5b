"""An append-only, hash-chained table of events, and what lies beside it: one interface, whatever keeps it.

A ledger is durable at every commit. Queries are of the SQL that every ledger speaks, with ``?`` for a value.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from matric import canonical
from matric.errors import JournalError

__all__ = ("Ledger", "Row", "Seal")

Row = Mapping[str, Any]

CHAINED = ("seq", "run", "kind", "device", "effect", "of", "at", "data", "prev")


@dataclass(frozen=True, slots=True)
class Seal:
    """The hash of a run's last event, kept apart from the events: cutting the journal short then shows."""

    run: str
    seq: int
    hash: str


class Ledger(ABC):
    """Where a journal is kept. Every failure of what is below is a JournalError."""

    where: str
    """What people call it: a path, or an address without its password."""
    shared: bool
    """True where processes on several machines write it: what one of them sees of the others' processes is no proof."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def writing(self) -> AbstractContextManager["Ledger"]:
        """One transaction, one writer at a time: durable when it ends, or not at all."""

    @abstractmethod
    def execute(self, query: str, values: tuple[Any, ...] = ()) -> list[Row]:
        """The rows that *query* gives."""

    @abstractmethod
    def keep(self, digest: str, text: str, at: str) -> None:
        """Keep the backup *text* under the name *digest* (inside ``writing``), durable no later than the events."""

    @abstractmethod
    def kept(self, digest: str) -> str:
        """The backup named *digest*, as it lies there: whoever reads it proves it."""

    @abstractmethod
    def seal(self, seal: Seal) -> None:
        """Keep *seal* (inside ``writing``), apart from the events."""

    @abstractmethod
    def seals(self) -> tuple[Seal, ...]: ...

    def hold_reserve(self) -> None:  # noqa: B027 - where nothing can be kept free there is nothing to do
        """Take the space for a run's last words, or fail before anything has begun."""

    def release_reserve(self) -> None:  # noqa: B027 - ditto
        """Give that space back, so that a full disk can still take the outcome."""

    def row(self, query: str, values: tuple[Any, ...] = ()) -> Row | None:
        rows = self.execute(query, values)
        return rows[0] if rows else None

    def append(self, row: dict[str, Any]) -> Seal:
        """Add one event (inside ``writing``) and chain it to the last; what would seal it."""
        head = self.row("SELECT seq, hash FROM head")
        if head is None:
            raise JournalError(f"{self.where}: the journal has lost its end. Do: find out who took it, and restore it")
        chained = {**row, "seq": head["seq"] + 1, "prev": head["hash"]}
        chained["hash"] = _link(chained)
        names = (*CHAINED, "hash")
        marks = ",".join("?" * len(names))
        self.execute(
            f"INSERT INTO events ({','.join(names)}) VALUES ({marks})",  # noqa: S608 - our own names
            tuple(chained[name] for name in names),
        )
        self.execute("UPDATE head SET seq=?, hash=?", (chained["seq"], chained["hash"]))
        return Seal(run=row["run"], seq=chained["seq"], hash=chained["hash"])

    def broken(self) -> tuple[str, ...]:
        """What does not verify: a changed, missing or inserted event, or an end that was cut off."""
        found: list[str] = []
        prev, expected = "", 1
        for row in self.execute("SELECT * FROM events ORDER BY seq"):
            if row["seq"] != expected or row["prev"] != prev:
                found.append(f"event {expected}: missing, or not where it was written")
            if _link(row) != row["hash"]:
                found.append(f"event {row['seq']}: changed since it was written")
            prev, expected = row["hash"], row["seq"] + 1
        head = self.row("SELECT seq, hash FROM head")
        if head is None or (head["seq"], head["hash"]) != (expected - 1, prev):
            found.append(f"event {expected}: the end of the journal was cut off")
        return tuple(found)


def _link(row: Row) -> str:
    return canonical.digest([row[name] for name in CHAINED])
