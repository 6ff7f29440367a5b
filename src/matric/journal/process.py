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
    namespace: str = ""
    """Which count of processes its id belongs to: a container has its own. Empty where the system does not say."""

    @property
    def near(self) -> bool:
        """True where it is known to have run on this machine since its last start, and its id means something here."""
        return self.host == platform.node() and self.boot == _boot() != "" and self.namespace == _namespace()

    @property
    def dead(self) -> bool:
        """True only where it is known to be gone: a process on another machine or in another container is not."""
        if self.host != platform.node():
            return False
        if self.boot != _boot():
            return True
        if self.namespace and self.namespace != _namespace():
            return False
        return not _alive(self.pid) or self.started != _started(self.pid)


def this() -> Process:
    """The process that asks."""
    pid = os.getpid()
    return Process(platform.node(), _boot(), pid, _started(pid), _namespace())


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


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
