"""Where the state is kept: a folder of this machine, or a PostgreSQL that several share."""

from pathlib import Path

from matric.clock import Clock
from matric.errors import UsageError
from matric.journal.address import PREFIXES
from matric.journal.book import Journal

__all__ = ("in_database", "open_state")


def in_database(where: str | Path) -> bool:
    """True where *where* is the address of a database."""
    return str(where).startswith(PREFIXES)


def open_state(where: str | Path, clock: Clock | None = None, tombstones: Path | None = None) -> Journal:
    """The journal kept at *where*: the path of a folder, or ``postgresql://...``.

    UsageError where it is neither, or PostgreSQL's client is not installed; JournalError where it cannot be used.
    """
    if in_database(where):
        from matric.journal.postgres import PostgresLedger  # noqa: PLC0415 - most states are a folder

        return Journal(PostgresLedger(str(where)), clock, tombstones)
    if "://" in str(where):
        scheme = str(where).partition("://")[0]
        raise UsageError(f"no state is kept behind {scheme}://. Do: name a folder, or postgresql://USER@HOST/DATABASE")
    return Journal(Path(where), clock, tombstones)
