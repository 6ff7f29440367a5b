"""The way to a server on another machine: its name is the other machine's, its address the loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matric.errors import JournalError
from matric.journal import open_state
from matric.lab.identity import certificate
from tests.engine.journal.cluster import Cluster

NAME = "db.fernhill.example"


@pytest.fixture
def authority(postgres: Cluster, tmp_path: Path) -> Iterator[Path]:
    """The certificate that the server shows from now on."""
    made = certificate(NAME)
    shown = tmp_path / "shown.pem"
    shown.write_text(made.pin, encoding="ascii")
    both = postgres.put("server.pem", made.pem)
    for name, value in {"ssl": "on", "ssl_cert_file": both, "ssl_key_file": both}.items():
        postgres.ask(f"ALTER SYSTEM SET {name} = '{value}'")
    postgres.reload()
    yield shown
    postgres.ask("ALTER SYSTEM RESET ALL")
    postgres.reload()


@pytest.fixture
def there(postgres: Cluster) -> str:
    """A new database's address by the server's name."""
    return f"{postgres.database().replace('127.0.0.1', NAME)}?hostaddr=127.0.0.1"


def test_the_server_that_is_meant_is_used_over_tls(there: str, authority: Path) -> None:
    journal = open_state(f"{there}&sslrootcert={authority}")

    (row,) = journal.book.execute("SELECT ssl FROM pg_stat_ssl WHERE pid=pg_backend_pid()")
    assert row["ssl"] is True
    assert journal.where.startswith(f"postgresql://matric@{NAME}:")
    journal.close()


@pytest.mark.usefixtures("authority")
def test_a_server_of_another_authority_is_not_used(there: str, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(certificate(NAME).pin, encoding="ascii")

    for way in (f"&sslrootcert={other}", ""):
        with pytest.raises(JournalError, match=r"certificate verify failed.* Do: "):
            open_state(f"{there}{way}")


def test_a_server_of_another_name_is_not_used(there: str, authority: Path) -> None:
    with pytest.raises(JournalError, match=r"does not match host name"):
        open_state(f"{there.replace(NAME, 'db.oakfield.example')}&sslrootcert={authority}")


def test_a_server_without_tls_is_not_used_unless_that_was_said(there: str) -> None:
    with pytest.raises(JournalError, match="does not support SSL"):
        open_state(there)

    open_state(f"{there}&sslmode=disable&matric_tls=unchecked").close()
