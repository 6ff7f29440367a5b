"""Network namespaces: a socket belongs to the one in which it is made, whatever its process does afterwards."""

import ctypes
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ("RUN", "inside")

RUN = Path("/run/netns")
"""Where iproute2 keeps the namespaces that have a name."""
CLONE_NEWNET = 0x40000000


@contextmanager
def inside(name: str) -> Generator[None, None, None]:
    """The thread in the namespace *name*, and back afterwards. Needs root; OSError where it may not."""
    with open("/proc/thread-self/ns/net", "rb") as home, (RUN / name).open("rb") as there:  # noqa: PTH123 - no path: the thread's own
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(home.fileno())


def _enter(descriptor: int) -> None:
    # Python has os.setns from 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot enter a network namespace: {os.strerror(number)}")
