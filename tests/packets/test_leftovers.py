"""Packets leave nothing behind: no namespace, no process, no folder, however their process ends."""

import os
import signal
import subprocess
import sys
import time
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from matric import lab
from matric.errors import UsageError
from matric.lab import packets
from matric.lab.netns import RUN
from matric.lab.packets import Host
from tests.engine.lab.conftest import SPEC
from tests.packets import school

pytestmark = [pytest.mark.root]

HOLD = """\
import sys, time
from pathlib import Path
from matric.lab import packets
from matric.lab.client import Lab
with packets.fabric(Lab(Path(sys.argv[1]))) as fabric:
    print(fabric.manages("sw-01"), flush=True)
    time.sleep(120)
"""


@pytest.fixture(scope="module", autouse=True)
def root() -> None:
    school.needed()


def left(pid: int) -> list[str]:
    """What is there of the packets of process *pid*."""
    spaces = [path.name for path in RUN.glob(f"matric-{pid}-*")] if RUN.exists() else []
    folders = [str(path) for path in Path("/tmp").glob(f"matric-fabric-{pid}-*")]
    return [*spaces, *folders, *daemons(pid)]


def daemons(pid: int) -> list[str]:
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0].startswith("ov") and any(f"matric-fabric-{pid}-" in word for word in words):
            found.append(" ".join(words))
    return found


def test_nothing_is_left_after_packets_and_the_lab_answers_on_its_loopback_again(tmp_path: Path) -> None:
    running = lab.launch(SPEC, tmp_path / "lab")
    try:
        with packets.fabric(running) as fabric:
            assert fabric.manages("sw-01")
            assert left(os.getpid()) != []
        assert left(os.getpid()) == []
        assert running.reach()["sw-01"]["reachable"]
    finally:
        lab.stop(tmp_path / "lab")


def test_nothing_is_left_where_the_packets_never_came_up(tmp_path: Path) -> None:
    running = lab.launch(SPEC, tmp_path / "lab")
    try:
        stray = Host("pc", "sw-77", "Ethernet1", IPv4Interface("10.48.65.50/24"))
        with pytest.raises(UsageError, match="sw-77"), packets.fabric(running, [stray]):
            pass
        assert left(os.getpid()) == []
    finally:
        lab.stop(tmp_path / "lab")


def test_a_killed_process_takes_its_switches_along_and_the_next_one_sweeps_the_rest(tmp_path: Path) -> None:
    running = lab.launch(SPEC, tmp_path / "lab")
    try:
        held = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "lab"], stdout=subprocess.PIPE, text=True)
        assert held.stdout is not None
        with held.stdout:
            assert held.stdout.readline() == "True\n"
            assert len(daemons(held.pid)) == 2
            held.send_signal(signal.SIGKILL)
            held.wait(10)
        deadline = time.monotonic() + 10
        while daemons(held.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert daemons(held.pid) == []

        with packets.fabric(running) as fabric:
            assert left(held.pid) == []
            assert fabric.manages("sw-01")
    finally:
        lab.stop(tmp_path / "lab")
