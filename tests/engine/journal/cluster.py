"""A PostgreSQL of a test's own: on the loopback, with fsync, gone when the tests are.

Debian's ``postgresql`` gives the programs. The server refuses to run as root: under root it runs as another user.
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import lacking

USERS = ("postgres", "nobody")
START_S = 180
PORTS = range(20_000, 30_000)
"""Below those that a system hands out by itself."""
PR_SET_PDEATHSIG = 1


def programs() -> Path | None:
    """The folder of initdb and postgres, or None."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in places if (one / "initdb").exists() and (one / "postgres").exists()), None)


def needed() -> Path:
    """The same; a test that needs it is skipped, or fails where everything is to be tested."""
    found = programs()
    if found is None:
        lacking.skip("PostgreSQL is not installed: apt-get install postgresql")
    return found


def _die_with_the_tests() -> None:
    """In the child: an immediate shutdown when its parent is gone, however it went."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _as_nobody() -> dict[str, Any]:
    """Arguments of subprocess that leave root's rights behind."""
    if os.geteuid() != 0:
        return {}
    for name in USERS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.fail(f"root must not run PostgreSQL, and there is no user {' or '.join(USERS)}")


@dataclass
class Cluster:
    """The server, and what belongs to it."""

    bin: Path
    folder: Path
    port: int
    password: str = field(repr=False)
    server: "subprocess.Popen[Any] | None" = None
    made: int = 0

    def run(self, *command: str) -> None:
        ran = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **_as_nobody(),
        )
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)

    def put(self, name: str, text: str) -> Path:
        """A file that the server may read, and nobody else."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="ascii")
        who = _as_nobody()
        if who:
            os.chown(path, who["user"], who["group"])
        return path

    def start(self) -> None:
        # fsync is on unless somebody turns it off.
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port)}
        settings["unix_socket_directories"] = str(self.folder)
        until = time.monotonic() + START_S
        while True:
            if self.server is None or self.server.poll() is not None:
                # It ends as it begins while the last of those that were killed still hold its memory.
                self.server = self._begun(settings)
            try:
                psycopg.connect(self.address("postgres")).close()
            except psycopg.OperationalError:
                assert time.monotonic() < until, self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                time.sleep(0.05)
            else:
                return

    def _begun(self, settings: Mapping[str, str]) -> "subprocess.Popen[Any]":
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self.bin / "postgres", "-D", self.folder / "data", *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_the_tests,  # noqa: PLW1509 - one call, and no thread of ours
                **_as_nobody(),
            )

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def reload(self) -> None:
        """Have the server read its settings, and wait until a new session has them."""
        (before,) = self.ask("SELECT pg_conf_load_time()")
        self.ask("SELECT pg_reload_conf()")
        until = time.monotonic() + START_S
        while self.ask("SELECT pg_conf_load_time()") == [before]:
            assert time.monotonic() < until
            time.sleep(0.02)

    def kill(self) -> None:
        """No word to anybody, nothing written: as when the power goes."""
        self.run("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", "immediate")
        assert self.server is not None
        self.server.wait(START_S)

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(START_S)

    def address(self, database: str, password: str | None = "") -> str:
        """Where *database* is; without a password where *password* is None."""
        word = "" if password is None else f":{password or self.password}"
        return f"postgresql://matric{word}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The address of a new, empty one."""
        self.made += 1
        name = f"state_{self.made}"
        self.ask(f"CREATE DATABASE {name}")
        return self.address(name)

    def ask(self, query: str, address: str = "") -> list[tuple[Any, ...]]:
        """*query* by the owner of everything, past matric."""
        with psycopg.connect(address or self.address("postgres"), autocommit=True) as asked:
            found = asked.execute(query.encode())
            return found.fetchall() if found.description else []


def _free_port() -> int:
    """A port that nobody is given by chance while the server is down for a moment."""
    for port in secrets.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    pytest.fail("no port is free")


@contextmanager
def standing() -> Generator[Cluster]:
    """A cluster that runs, and is gone afterwards."""
    found = needed()
    folder = Path(tempfile.mkdtemp(prefix="matric-pg-"))
    who = _as_nobody()
    port = _free_port()
    cluster = Cluster(found, folder, port, secrets.token_hex(16))
    try:
        if who:
            os.chown(folder, who["user"], who["group"])
        word = cluster.put("word", cluster.password)
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
        cluster.run("initdb", "-D", str(folder / "data"), "-U", "matric", f"--pwfile={word}", *options)
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
