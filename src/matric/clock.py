"""What time it is and how to wait: the machine's own clock, or a lab's, behind one protocol.

Deadlines are measured with ``monotonic``; ``now`` is for records and windows. A lab's clock is
``matric.lab.client.Lab(state).clock()``: its time jumps ahead while all only wait.
"""

import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ("Clock", "system")


class Clock(Protocol):
    """Time as matric sees it."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*; zero or less is no wait."""
        ...


class _System:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


def system() -> Clock:
    """The machine's own clock."""
    return _System()
