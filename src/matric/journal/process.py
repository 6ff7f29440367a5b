"""Which process it was, and whether it is still alive: the same id may be another process by now."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

__all__ = ("Process", "this")


@dataclass(frozen=True, slots=True)
class Process:
    """One process on one machine since one start of it."""

    host: str
    boot: str
    """Identity of the machine's last start; empty where the system does not say."""
    pid: int
    started: str
    """When the process began, in the system's own unit; empty where the system does not say."""

    @property
    def dead(self) -> bool:
        """True only where it is known to be gone: a process on another machine is not."""
        if self.host != platform.node():
            return False
        return self.boot != _boot() or not _alive(self.pid) or self.started != _started(self.pid)


def this() -> Process:
    """The process that asks."""
    return Process(host=platform.node(), boot=_boot(), pid=os.getpid(), started=_started(os.getpid()))


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # proc(5): starttime is field 22; what stands before the last ")" are fields 1 and 2. A zombie runs no more.
    return fields[19] if fields[0] != "Z" else "zombie"
