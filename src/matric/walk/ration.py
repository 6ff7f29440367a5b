"""How often anybody logs in, so that nobody is locked out and no device is worn down.

An account is locked by failures in a row, wherever they happen where a RADIUS server or a directory keeps it: so no
account fails more than ``IN_A_ROW`` times without a success in between, logins under way counted as failures. Common
lock-outs begin at five (CIS Benchmarks for Windows Server: account lockout threshold 5 or fewer, but not 0).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ("IN_A_ROW", "Pace", "Ration", "Stopped")

IN_A_ROW = 4
"""Failures of one account without a success, over all devices, after which it rests until the next run."""


class Stopped(Exception):
    """Somebody asked to stop."""


class Pace:
    """At most so many starts per second, over all threads."""

    def __init__(self, per_second: float, stop: threading.Event) -> None:
        self._gap = 1 / per_second
        self._stop = stop
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Come back when it is one's turn; Stopped where nobody wants it any more."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._gap
        if self._stop.wait(at - now):
            raise Stopped


@dataclass
class _Standing:
    failures: int = 0
    under_way: int = 0
    not_before: float = 0.0
    worked: int = 0
    """When it last worked, as a number that grows."""


@dataclass
class Ration:
    """What is left to try of each account."""

    stop: threading.Event
    rest_s: float
    """An account rests so long after each failure."""
    clock: Callable[[], float] = time.monotonic
    _standing: dict[str, _Standing] = field(default_factory=dict[str, _Standing])
    _turn: threading.Condition = field(default_factory=threading.Condition)
    _count: int = 0

    def order(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """*names*, the one that worked last first; those that never worked in the order given."""
        with self._turn:
            return tuple(sorted(names, key=lambda name: -self._of(name).worked))

    def take(self, name: str) -> bool:
        """Wait for leave to log in as *name*; False where it rests for this run."""
        with self._turn:
            while True:
                one = self._of(name)
                if self.stop.is_set():
                    raise Stopped
                if one.failures >= IN_A_ROW:
                    return False
                wait = one.not_before - self.clock()
                if wait <= 0 and one.failures + one.under_way < IN_A_ROW:
                    one.under_way += 1
                    return True
                self._turn.wait(min(max(wait, 0.05), 0.5))

    def told(self, name: str, accepted: bool | None) -> None:  # noqa: FBT001 - three outcomes of one login
        """How it went: in, refused, or None where the login was not judged."""
        with self._turn:
            one = self._of(name)
            one.under_way -= 1
            if accepted:
                self._count += 1
                one.failures, one.worked, one.not_before = 0, self._count, 0.0
            elif accepted is False:
                one.failures += 1
                one.not_before = self.clock() + self.rest_s
            self._turn.notify_all()

    def resting(self) -> tuple[str, ...]:
        """Accounts that were refused too often in a row."""
        with self._turn:
            return tuple(name for name, one in self._standing.items() if one.failures >= IN_A_ROW)

    def _of(self, name: str) -> _Standing:
        return self._standing.setdefault(name, _Standing())
