"""Network namespaces of a test's own, and the daemons that run in them: gone when the test is, however it ends.

A namespace here has no name: it lives as long as the process that holds it, and that process, like every daemon, dies
with the tests. So nothing is left behind even where the tests are killed. Needs root.
"""

import ctypes
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from tests import lacking

PR_SET_PDEATHSIG = 1
FAMILY = ("unshare", "--pid", "--fork", "--kill-child", "sh", "-c")
COMMAND_S = 20
"""Longer than any command here takes."""
READY_S = 30
STOP_S = 5

T = TypeVar("T")


def needed(programs: Mapping[str, str]) -> None:
    """Skip unless this is root, with the *programs* (-> Debian package); root fails where all is to be tested."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces and their daemons need root")
    packages = sorted({package for name, package in programs.items() if _missing(name)})
    if packages:
        lacking.skip(f"not installed: apt-get install {' '.join(packages)}")


def _missing(program: str) -> bool:
    """Debian keeps daemons off the path of a plain user."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None


def until(look: Callable[[], T | None], what: str, every_s: float = 0.05) -> T:
    """What *look* finds, as soon as it finds something."""
    end = time.monotonic() + READY_S
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"{what}: not within {READY_S} s"
        time.sleep(every_s)


def _die_with_the_tests() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True)
class Namespace:
    """A network namespace; *holder* is the process that keeps it."""

    holder: int

    def command(self, *command: str) -> list[str]:
        return ["nsenter", f"--target={self.holder}", "--net", "--mount", "--", *command]

    def ask(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run *command* inside, whatever it comes to."""
        return subprocess.run(
            self.command(*command), capture_output=True, text=True, check=False, timeout=COMMAND_S, env=_environment()
        )

    def run(self, *command: str) -> str:
        """What *command* says inside; it must succeed."""
        ran = self.ask(*command)
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        return ran.stdout

    def pings(self, address: str) -> bool:
        """True where *address* answers a ping within a second; nothing that was asked for in vain before counts."""
        self.run("ip", "neighbour", "flush", "dev", "eth0")
        return self.ask("ping", "-n", "-q", "-c", "1", "-i", "0.2", "-w", "1", address).returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin", "LC_ALL": "C"}


@dataclass
class Stand:
    """The namespaces and daemons of one test, and a folder for their files."""

    folder: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list["subprocess.Popen[bytes]"])
    families: set[int] = field(default_factory=set[int])
    """Those that are the first process of a space of their own: all in it go with them."""

    def namespace(self) -> Namespace:
        """A new one: its loopback is up, /sys shows its own interfaces, and what daemons leave in /run goes with it."""
        ready = self.folder / f"namespace-{len(self.running)}"
        mounts = "mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /run"
        script = f"{mounts} && ip link set lo up && touch {ready} && exec sleep infinity"
        holder = self.start(("unshare", "--net", "--mount", "sh", "-c", script))
        until(ready.exists, f"a network namespace ({self.log('unshare')})")
        return Namespace(holder.pid)

    def join(self, here: Namespace, port: str, there: Namespace, name: str = "eth0", mac: str = "") -> None:
        """A cable from *port* in *here* to *name* in *there*. Checksums are left to no card: there is none."""
        address = ("address", mac) if mac else ()
        here.run(
            *("ip", "link", "add", port, "type", "veth", "peer", "name", name), *address, "netns", str(there.holder)
        )
        for namespace, end in ((here, port), (there, name)):
            namespace.run("ethtool", "-K", end, "tx", "off")
            namespace.run("ip", "link", "set", end, "up")

    def start(
        self,
        command: Sequence[str],
        *,
        within: Namespace | None = None,
        log: str = "",
        more: Mapping[str, str] | None = None,
        family: bool = False,
    ) -> "subprocess.Popen[bytes]":
        """Start *command*, which stays in the foreground; what it says goes to *log*.

        *family*: for one that has children or becomes another user, whom the kernel would then not end with the tests.
        """
        alone = [*FAMILY, f"{shlex.join(command)} & wait"] if family else command
        whole = within.command(*alone) if within else list(alone)
        with (self.folder / f"{log or Path(command[0]).name}.log").open("ab") as file:
            started = subprocess.Popen(
                whole,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=self.folder,
                env={**_environment(), **(more or {})},
                preexec_fn=_die_with_the_tests,  # noqa: PLW1509 - one call, and no thread of ours
            )
        self.running.append(started)
        if family:
            self.families.add(started.pid)
        return started

    def log(self, name: str) -> str:
        """What the daemon whose log is *name* has said so far."""
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def stop(self, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            (process.kill if process.pid in self.families else process.terminate)()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_S)
        self.running.remove(process)


@contextmanager
def standing() -> Generator[Stand]:
    """A stand, whose daemons are stopped afterwards, the last first."""
    stand = Stand(Path(tempfile.mkdtemp(prefix="matric-packets-")))
    try:
        yield stand
    finally:
        for process in tuple(reversed(stand.running)):
            stand.stop(process)
        shutil.rmtree(stand.folder, ignore_errors=True)
