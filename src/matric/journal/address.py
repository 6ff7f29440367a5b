"""The address of a database: what of it may be shown, whether the way to it is safe, where its password comes from.

    postgresql://USER@HOST[:PORT]/DATABASE[?PARAMETER=VALUE&...]

The parameters are PostgreSQL's own, and two of matric's: ``matric_secret=REF`` names the password by a reference
(``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``); ``matric_tls=unchecked`` allows a way on which nobody proves
who the server is. Without it a server on another machine is taken with ``sslmode=verify-full`` only.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from matric.errors import UsageError

__all__ = ("PREFIXES", "Address", "read")

PREFIXES = ("postgresql://", "postgres://")

_DEFAULTS = {
    "application_name": "matric",
    "client_encoding": "utf8",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "tcp_user_timeout": "30000",
    "target_session_attrs": "read-write",
}
"""What an address need not say. Timeouts: a way that is dead must show before a device's timer runs out."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be used."""

    shown: str
    """Without password and parameters."""
    parameters: Mapping[str, str] = field(repr=False)
    """As libpq takes them; the password, where the address holds one, among them."""
    secret: str = ""
    """The reference to the password, or empty."""


def read(text: str, environment: Mapping[str, str] | None = None) -> Address:
    """The address *text*; UsageError where it cannot be understood or the way is not safe. Never shows a password."""
    env = os.environ if environment is None else environment
    plain, own = _ours(text)
    parameters = _parsed(plain)
    shown = _shown(parameters)
    if not all(port.isdecimal() for port in parameters.get("port", "").split(",") if port):
        raise UsageError("the port of the address is not a number. Do: correct it")
    strange = sorted(own.keys() - {"matric_secret", "matric_tls"})
    if strange:
        raise UsageError(f"{shown}: no parameter is called {strange[0]}. Do: use matric_secret or matric_tls")
    if own.get("matric_tls", "unchecked") != "unchecked":
        raise UsageError(f"{shown}: matric_tls is 'unchecked' or is left out. Do: correct it")
    if "password" in parameters and "matric_secret" in own:
        raise UsageError(f"{shown}: the password is given twice. Do: keep matric_secret, and take the other out")
    if "service" in parameters or "PGSERVICE" in env:
        raise UsageError(
            f"{shown}: a service of libpq may name another server than the address. "
            "Do: write the server into the address, and leave service and PGSERVICE out"
        )
    if not _local(parameters, env):
        parameters = _proven(parameters, shown, env, unchecked="matric_tls" in own)
    return Address(shown, {**_DEFAULTS, **parameters}, own.get("matric_secret", ""))


def _ours(text: str) -> tuple[str, dict[str, str]]:
    """*text* without matric's own parameters, and those."""
    head, mark, query = text.partition("?")
    own: dict[str, str] = {}
    rest: list[str] = []
    for one in query.split("&") if mark else ():
        name, _, value = one.partition("=")
        if name.startswith("matric_"):
            own[name] = unquote(value)
        else:
            rest.append(one)
    return f"{head}?{'&'.join(rest)}" if rest else head, own


def _parsed(text: str) -> dict[str, str]:
    try:
        from psycopg import ProgrammingError, conninfo  # noqa: PLC0415 - an extra, and slow
    except ImportError as error:
        raise UsageError(
            "the state is in PostgreSQL, and its client is not installed. Do: pip install 'matric[postgres]'"
        ) from error
    try:
        _unmistakable(text)
        found = conninfo.conninfo_to_dict(text)
    except (ProgrammingError, ValueError):
        # Its own words quote the address, and a password that was not escaped would be in them.
        raise UsageError(
            "the address of the state is not one that PostgreSQL's client understands. "
            "Do: write postgresql://USER@HOST:PORT/DATABASE, with %-escapes for / : @ ? # and % inside a part"
        ) from None
    return {name: str(value) for name, value in found.items() if value is not None}


def _unmistakable(text: str) -> None:
    """ValueError where a password that was not escaped would be taken for another part of *text*, and be shown."""
    authority, _, path = text.partition("://")[2].partition("/")
    server, _, query = authority.partition("?")
    if server.count("@") > 1 or "@" in query or "@" in path.partition("?")[0]:
        raise ValueError


def _shown(parameters: Mapping[str, str]) -> str:
    user = f"{quote(parameters['user'], safe='')}@" if "user" in parameters else ""
    hosts = parameters.get("host") or parameters.get("hostaddr", "")
    ports = parameters.get("port", "").split(",")
    each = hosts.split(",")
    if len(ports) < len(each):
        ports = ports[:1] * len(each)
    place = ",".join(
        (f"[{host}]" if ":" in host else quote(host, safe="")) + (f":{port}" if port else "")
        for host, port in zip(each, ports, strict=False)
    )
    return f"postgresql://{user}{place}/{quote(parameters.get('dbname', ''), safe='')}"


def _local(parameters: Mapping[str, str], env: Mapping[str, str]) -> bool:
    """True where the server can only be on this machine: a socket in a folder, or the loopback."""
    named = [parameters.get("host") or env.get("PGHOST", ""), parameters.get("hostaddr") or env.get("PGHOSTADDR", "")]
    return all(_here(one) for names in named for one in names.split(","))


def _here(host: str) -> bool:
    if host == "" or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _proven(parameters: dict[str, str], shown: str, env: Mapping[str, str], *, unchecked: bool) -> dict[str, str]:
    """*parameters* of a way that proves who the server is; the trust's own authority by ``sslrootcert``."""
    mode = parameters.get("sslmode", "verify-full")
    if mode != "verify-full":
        if not unchecked:
            raise UsageError(
                f"{shown}: sslmode={mode} does not prove who the server is, and it is on another machine. "
                "Do: sslmode=verify-full (sslrootcert=FILE names your authority), or say matric_tls=unchecked as well"
            )
        return parameters
    found = {"gssencmode": "disable", **parameters, "sslmode": mode}
    home = Path(env.get("HOME", "~")).expanduser() / ".postgresql" / "root.crt"
    if "sslrootcert" not in found and not env.get("PGSSLROOTCERT") and not home.exists():
        # Without a file of its own libpq trusts nobody at all; the machine's own authorities are what is meant.
        found["sslrootcert"] = "system"
    return found
