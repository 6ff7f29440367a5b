"""The address of a database: what is refused before anything is sent, and what is never shown."""

import pytest

from matric.errors import UsageError
from matric.journal.address import read

NOTHING = {"HOME": "/nonexistent"}


@pytest.mark.parametrize(
    "address",
    [
        "postgresql:///state",
        "postgresql://matric@localhost/state",
        "postgresql://matric@127.0.0.1:5433/state",
        "postgresql://matric@[::1]/state",
        "postgresql://matric@%2Frun%2Fpostgresql/state",
        "postgresql://matric@/state?host=/run/postgresql",
    ],
)
def test_a_server_on_this_machine_needs_no_tls(address: str) -> None:
    assert "sslmode" not in read(address, NOTHING).parameters


@pytest.mark.parametrize(
    ("address", "env"),
    [
        ("postgresql://matric@db.fernhill.example/state", {}),
        ("postgresql://matric@10.0.0.5/state", {}),
        ("postgresql://matric@localhost,db.fernhill.example/state", {}),
        ("postgresql://matric@localhost/state?hostaddr=10.0.0.5", {}),
        ("postgresql:///state", {"PGHOST": "db.fernhill.example"}),
        ("postgresql://localhost/state", {"PGHOSTADDR": "10.0.0.5"}),
    ],
)
def test_a_server_elsewhere_proves_who_it_is_though_nobody_asked(address: str, env: dict[str, str]) -> None:
    parameters = read(address, {**NOTHING, **env}).parameters

    assert parameters["sslmode"] == "verify-full"
    assert parameters["sslrootcert"] == "system"
    assert parameters["gssencmode"] == "disable"


def test_the_trust_s_own_authority_is_taken_where_it_is_named() -> None:
    address = "postgresql://matric@db.fernhill.example/state?sslrootcert=/etc/matric/ca.pem"

    assert read(address, NOTHING).parameters["sslrootcert"] == "/etc/matric/ca.pem"
    named = read("postgresql://matric@db.fernhill.example/state", {**NOTHING, "PGSSLROOTCERT": "/etc/ca.pem"})
    assert "sslrootcert" not in named.parameters


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_a_way_on_which_nobody_proves_anything_is_refused_unless_it_is_said_twice(mode: str) -> None:
    address = f"postgresql://matric@db.fernhill.example/state?sslmode={mode}"

    with pytest.raises(UsageError, match=rf"sslmode={mode} does not prove .* Do: sslmode=verify-full"):
        read(address, NOTHING)

    assert read(f"{address}&matric_tls=unchecked", NOTHING).parameters["sslmode"] == mode


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql://matric:the-word@localhost/state?matric_secret=env:X", "given twice"),
        ("postgresql://matric:the-word@localhost/state?matric_tsl=unchecked", "no parameter is called matric_tsl"),
        ("postgresql://matric:the-word@localhost/state?matric_tls=off", "matric_tls is 'unchecked' or is left out"),
        ("postgresql://matric:the-word@localhost/state?service=other", "a service of libpq"),
        (
            "postgresql://matric:the-word@localhost/state?sslmoed=disable",
            "not one that PostgreSQL's client understands",
        ),
        ("postgresql://matric:a@the-word@localhost/state", "PostgreSQL's client understands"),
        ("postgresql://matric:5432/the-word@localhost/state", "PostgreSQL's client understands"),
        ("postgresql://matric:a?the-word@localhost/state", "PostgreSQL's client understands"),
        ("postgresql://matric:the-word@localhost:x/state", "the port of the address is not a number"),
        ("postgresql://matric:the-word@[::1/state", "PostgreSQL's client understands"),
        ("postgresql://matric:the-word@db.example/state?sslmode=require", "does not prove"),
    ],
)
def test_what_is_refused_is_refused_without_its_password(address: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        read(address, NOTHING)

    shown = f"{refused.value!r} {refused.value.__cause__!r}"
    assert "the-word" not in shown
    assert "Do: " in shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            "postgresql://matric:the-word@localhost:5433/state?sslmode=disable",
            "postgresql://matric@localhost:5433/state",
        ),
        ("postgres://a%40b:w@[::1]/state?password=the-word", "postgresql://a%40b@[::1]/state"),
        ("postgresql://u@localhost,127.0.0.1:5433/s", "postgresql://u@localhost,127.0.0.1:5433/s"),
        ("postgresql://matric@/state?host=/run/pg", "postgresql://matric@%2Frun%2Fpg/state"),
    ],
)
def test_an_address_is_shown_without_password_and_parameters(address: str, shown: str) -> None:
    found = read(address, NOTHING)

    assert found.shown == shown
    assert "the-word" not in repr(found)
