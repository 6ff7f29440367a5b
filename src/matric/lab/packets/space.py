"""Network namespaces of one fabric: made under one prefix, taken away together, and those of dead processes swept."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from matric.errors import MatricError
from matric.lab.netns import RUN

__all__ = ("Space", "done")

PATIENCE_S = 30.0


def done(*command: str, given: str = "") -> str:
    """What *command* says on standard output; an error with its last line where it fails."""
    ran = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    if ran.returncode != 0:
        last = (ran.stderr.strip().splitlines() or [""])[-1]
        raise MatricError(f"{' '.join(command[:6])} failed: {last}. Do: see docs/reference/packets.md")
    return ran.stdout


class Space:
    """The namespaces of one fabric. Their names begin with the process that made them."""

    def __init__(self, number: int) -> None:
        self.prefix = f"matric-{os.getpid()}-{number}-"
        self.made: list[str] = []

    def name(self, place: str) -> str:
        return self.prefix + place

    def make(self, place: str, *settings: str) -> str:
        """A namespace for *place*; *settings* are files below /proc/sys/net/ipv4 and their values, ``name=value``."""
        name = self.name(place)
        self.made.append(name)
        done("ip", "netns", "add", name)
        writes = [f"echo {value} > /proc/sys/net/ipv4/{key}" for key, value in (one.split("=") for one in settings)]
        self.at(place, "sh", "-c", " && ".join(["ip link set lo up", *writes]))
        return name

    def at(self, place: str, *command: str, given: str = "") -> str:
        """Run *command* at *place*."""
        return done("ip", "netns", "exec", self.name(place), *command, given=given)

    def ip(self, place: str, lines: Iterable[str], *, force: bool = False) -> None:
        """Lines for ``ip -batch`` at *place*; with *force*, one that fails is passed over."""
        text = "".join(f"{line}\n" for line in lines)
        if not text:
            return
        command = ["ip", "-n", self.name(place), *(["-force"] if force else []), "-batch", "-"]
        if force:
            subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        else:
            done(*command, given=text)

    def close(self) -> None:
        """Take every namespace away; its links go with it."""
        for name in reversed(self.made):
            _away(name)
        self.made.clear()

    @staticmethod
    def sweep() -> None:
        """Take away what processes left that are no more."""
        for path in RUN.glob("matric-*-*") if RUN.exists() else ():
            found = re.match(r"matric-(\d+)-", path.name)
            if found and not Path(f"/proc/{found[1]}").exists():
                _away(path.name)


def _away(name: str) -> None:
    with contextlib.suppress(MatricError, subprocess.TimeoutExpired):
        done("ip", "netns", "delete", name)
