"""The ledger in PostgreSQL: for workers on several machines, and for jobs whose disk does not outlive them.

Everything is in the schema ``matric`` of one database: events and their chain, runs, locks, spent plans, the shelf,
backups, seals. Writers take turns at the row of the chain's head; a lock moves on only with a higher token.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from matric.clock import system
from matric.errors import JournalError, MatricError
from matric.journal import address as addresses
from matric.journal.ledger import Ledger, Row, Seal
from matric.secret import Vault, redact, vault

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[dict[str, Any]]

__all__ = ("MIGRATIONS", "PostgresLedger")

T = TypeVar("T")

MIGRATIONS = (
    (
        "the journal",
        """
CREATE TABLE events (seq BIGINT PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL,
  effect TEXT NOT NULL, of BIGINT NOT NULL, at TEXT NOT NULL, data TEXT NOT NULL,
  prev TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX events_run ON events (run, seq);
CREATE TABLE runs (id TEXT PRIMARY KEY, school TEXT NOT NULL, kind TEXT NOT NULL, of TEXT NOT NULL, plan TEXT NOT NULL,
  plan_digest TEXT NOT NULL, began TEXT NOT NULL, ended TEXT, outcome TEXT,
  rowid BIGINT GENERATED ALWAYS AS IDENTITY);
CREATE TABLE spent (plan_digest TEXT PRIMARY KEY, run TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE locks (school TEXT PRIMARY KEY, token BIGINT NOT NULL, run TEXT NOT NULL, host TEXT NOT NULL,
  boot TEXT NOT NULL, pid BIGINT NOT NULL, started TEXT NOT NULL, since TEXT NOT NULL, lease TEXT NOT NULL,
  namespace TEXT NOT NULL);
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO head VALUES (1, 0, '');
CREATE TABLE shelf (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (kind, key));
""",
    ),
    (
        "backups and seals",
        """
CREATE TABLE backups (digest TEXT PRIMARY KEY, body BYTEA NOT NULL, at TEXT NOT NULL);
CREATE TABLE seals (run TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL);
""",
    ),
)
"""(what it brings, its statements), in order: a database that has the first n takes the rest. Only added to."""

MIGRATING = 0x6D617472
"""The advisory lock of whoever migrates: two that open a new database at once take turns."""

SKEW = timedelta(seconds=30)
"""How far this machine's clock may be from the server's: leases are compared between machines."""

_SETTINGS = {
    "search_path": "matric",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    # A writer that is paused in the middle of a write holds up every school: the server lets go of it.
    "idle_in_transaction_session_timeout": "30s",
}
_ASKED = """SELECT current_setting('synchronous_commit') AS commits, current_setting('fsync') AS fsync,
 current_setting('server_encoding') AS encoding, clock_timestamp() AS now"""
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT seq FROM head FOR UPDATE"


class PostgresLedger(Ledger):
    """One connection, opened anew where it was lost between two writes; lost within one, the write is an error."""

    shared = True

    def __init__(self, address: str, secrets: Vault | None = None) -> None:
        self._address = addresses.read(address)
        self.where = self._address.shown
        self._secrets = secrets
        self._turn = threading.RLock()
        self._within = False
        self._open: Connection | None = None
        inline = self._address.parameters.get("password")
        if inline:
            _remembered(inline)
        with self._failing():
            self._connection()

    def close(self) -> None:
        with self._turn:
            if self._open is not None:
                self._open.close()
            self._open = None

    @contextmanager
    def writing(self) -> Generator["PostgresLedger"]:
        with self._turn, self._failing():
            self._begin()
            self._within = True
            try:
                yield self
                self._commit()
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._within = False

    def execute(self, query: str, values: tuple[Any, ...] = ()) -> list[Row]:
        with self._turn, self._failing():
            if self._within:
                return self._asked(query, values)
            # Outside a transaction a query reads, or writes what it may write twice.
            return self._twice(lambda: self._asked(query, values))

    def keep(self, digest: str, text: str, at: str) -> None:
        # What lies there under this name is this, or no backup any more: it is written again.
        self.execute(
            "INSERT INTO backups (digest, body, at) VALUES (?,?,?)"
            " ON CONFLICT (digest) DO UPDATE SET body=excluded.body WHERE backups.body<>excluded.body",
            (digest, text.encode(), at),
        )

    def kept(self, digest: str) -> str:
        row = self.row("SELECT body FROM backups WHERE digest=?", (digest,))
        if row is None:
            raise JournalError(f"backup {digest} is not in {self.where}. Do: restore the database, and find out who")
        return bytes(row["body"]).decode("utf-8", errors="replace")

    def seal(self, seal: Seal) -> None:
        self.execute("INSERT INTO seals (run, seq, hash) VALUES (?,?,?)", (seal.run, seal.seq, seal.hash))

    def seals(self) -> tuple[Seal, ...]:
        return tuple(Seal(row["run"], row["seq"], row["hash"]) for row in self.execute("SELECT * FROM seals"))

    # -- one transaction

    def _begin(self) -> None:
        def begin() -> None:
            self._connection().execute(_BEGIN)

        try:
            self._twice(begin)
        except BaseException:
            self._roll_back()
            raise

    def _commit(self) -> None:
        import psycopg  # noqa: PLC0415 - an extra, and slow

        # Never on a connection made anew: there COMMIT commits nothing, and says that it did.
        made = self._connection()
        try:
            said = made.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            raise JournalError(
                f"{self.where}: no answer came to the last write; whether it was made is not known: {_words(error)}. "
                "Do: see to the server; 'matric status' reads what it has"
            ) from error
        if said != "COMMIT":
            raise JournalError(f"{self.where}: the server did not take the last write. Do: 'matric status'")

    def _roll_back(self) -> None:
        # Where the connection is lost the server rolls back by itself.
        with suppress(Exception):
            if self._open is not None and not self._open.closed:
                self._open.execute("ROLLBACK")

    def _asked(self, query: str, values: tuple[Any, ...]) -> list[Row]:
        cursor = self._connection().execute(query.replace("?", "%s").encode(), values)
        return list(cursor.fetchall()) if cursor.description is not None else []

    def _twice(self, ask: Callable[[], T]) -> T:
        """What *ask* gives; once more where the connection turns out to have been lost since it was last used."""
        import psycopg  # noqa: PLC0415 - an extra, and slow

        try:
            return ask()
        except psycopg.OperationalError:
            if self._open is not None and not self._open.closed:
                raise
            self._open = None
            return ask()

    # -- the connection

    def _connection(self) -> "Connection":
        if self._open is not None and not self._open.closed:
            return self._open
        if self._within:
            raise JournalError(
                f"{self.where}: the connection was lost in the middle of a write, which is not made. "
                "Do: see to the server; 'matric status' reads what it has"
            )
        self._open = self._connected()
        return self._open

    def _connected(self) -> "Connection":
        import psycopg  # noqa: PLC0415 - an extra, and slow
        from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - ditto
        from psycopg.rows import dict_row  # noqa: PLC0415 - ditto

        given = dict(self._address.parameters)
        if self._address.secret:
            given["password"] = (self._secrets or vault()).get(self._address.secret)
        made = psycopg.Connection[dict[str, Any]].connect(
            make_conninfo("", **given), autocommit=True, prepare_threshold=None, row_factory=dict_row
        )
        try:
            # PGPASSWORD and PGPASSFILE are libpq's own: what it took from there is to be known as well.
            _remembered(made.info.password)
            self._settle(made)
            self._migrate(made)
        except BaseException:
            made.close()
            raise
        return made

    def _settle(self, made: "Connection") -> None:
        """Have the session as it must be, or refuse it."""
        for name, value in _SETTINGS.items():
            made.execute("SELECT set_config(%s, %s, false)", (name, value))
        asked = made.execute(_ASKED).fetchone() or {}
        if asked["commits"] not in {"on", "remote_apply"}:
            made.execute("SET synchronous_commit = 'on'")
            asked = made.execute(_ASKED).fetchone() or {}
        if asked["commits"] not in {"on", "remote_apply"} or asked["fsync"] != "on":
            raise JournalError(
                f"{self.where}: synchronous_commit={asked['commits']} and fsync={asked['fsync']}: what is written may "
                "be lost. Do: set both to 'on' on the server"
            )
        if asked["encoding"] != "UTF8":
            raise JournalError(
                f"{self.where}: the database is kept in {asked['encoding']}. Do: create one with ENCODING 'UTF8'"
            )
        off = abs(asked["now"] - system().now())
        if off > SKEW:
            raise JournalError(
                f"{self.where}: this machine's clock is {off.total_seconds():.0f} seconds from the server's, and a "
                "school's lock holds by the clock. Do: set the clocks by NTP"
            )

    def _migrate(self, made: "Connection") -> None:
        if self._version(made) == len(MIGRATIONS):
            return
        with made.transaction():
            made.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
            made.execute("CREATE SCHEMA IF NOT EXISTS matric")
            made.execute(
                "CREATE TABLE IF NOT EXISTS applied (version INTEGER PRIMARY KEY, what TEXT NOT NULL,"
                " at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())"
            )
            for number, (what, statements) in enumerate(MIGRATIONS, 1):
                if number > self._version(made):
                    made.execute(statements.encode())
                    made.execute("INSERT INTO applied (version, what) VALUES (%s, %s)", (number, what))

    def _version(self, made: "Connection") -> int:
        """How many migrations the database has; JournalError where it has more than this matric knows."""
        there = made.execute("SELECT to_regclass('matric.applied') AS applied").fetchone()
        if there is None or there["applied"] is None:
            return 0
        row = made.execute("SELECT coalesce(max(version), 0) AS version FROM applied").fetchone() or {}
        version = int(row["version"])
        if version > len(MIGRATIONS):
            raise JournalError(
                f"{self.where}: format version {version}, not {len(MIGRATIONS)}. Do: use the matric it is of"
            )
        return version

    @contextmanager
    def _failing(self) -> Generator[None]:
        import psycopg  # noqa: PLC0415 - an extra, and slow

        try:
            yield
        except MatricError:
            raise
        except psycopg.errors.InsufficientPrivilege as error:
            raise JournalError(
                f"{self.where}: the role may not do that: {_words(error)}. Do: let the role own the database"
            ) from error
        except (psycopg.Error, OSError) as error:
            remedy = "see to the server and the way to it; 'matric status' then reads what it has"
            if "password" in str(error):
                remedy = "name the right password by matric_secret=REF in the address, or by PGPASSFILE"
            raise JournalError(f"{self.where}: the journal cannot be used: {_words(error)}. Do: {remedy}") from error


def _words(error: Exception) -> str:
    """What *error* says, on one line, without a password."""
    return redact(" ".join(str(error).split())) or type(error).__name__


def _remembered(password: str) -> None:
    """Have *password* known to ``redact``."""
    if password:
        Vault({"state": lambda _name: password}).get("state:password")
