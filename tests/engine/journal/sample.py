"""A clock whose hands a test moves, a plan of one device, and where a journal may be kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from matric import canonical
from matric.journal import Journal, Run, open_state
from matric.journal.sqlite import SqliteLedger
from matric.plan import DevicePlan, Digests, Plan
from matric.plan.budget import Budget, Pace

if TYPE_CHECKING:
    import sqlite3

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


def ended(journal: Journal, run: Run) -> None:
    journal.finish(run, {"word": "all-new", "exit_code": 0})


@dataclass(frozen=True)
class Place:
    """A state, and a way into it past matric."""

    where: Path | str

    @property
    def shared(self) -> bool:
        return isinstance(self.where, str)

    def open(self, clock: Hands | None = None, tombstones: Path | None = None) -> Journal:
        return open_state(self.where, clock or Hands(), tombstones)

    def tamper(self, statement: str) -> None:
        """What somebody with a client of the database does."""
        if isinstance(self.where, str):
            with psycopg.connect(self.where, autocommit=True) as client:
                client.execute("SET search_path = matric")
                assert client.execute(statement.encode()).rowcount != 0
        else:
            opened = Journal(self.where)
            file_of(opened).execute(statement)
            opened.close()

    def tamper_backup(self, digest: str, text: str) -> None:
        if isinstance(self.where, str):
            self.tamper(f"UPDATE backups SET body=convert_to('{text}', 'UTF8') WHERE digest='{digest}'")
        else:
            path = self.where / "backups" / f"{digest.removeprefix('sha256:')}.conf"
            assert path.exists()
            path.write_text(text, encoding="utf-8")


def file_of(journal: Journal) -> "sqlite3.Connection":
    """The SQLite file under *journal*."""
    assert isinstance(journal.book, SqliteLedger)
    return journal.book.store
