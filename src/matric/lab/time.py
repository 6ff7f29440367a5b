"""Lab time: it runs at the clock's pace while anything works, and jumps ahead while all only wait.

Works: a request a device is answering. Waits: a device's timer, and a client that asked to sleep. Only a sleeping
client makes time jump, and only to the next moment at which something happens.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime

__all__ = ("Alarm", "LabTime")

GRACE_S = 0.02
"""Real seconds without a request in flight before time jumps: a client may be between two requests."""


class Alarm:
    """Something that happens at a moment of lab time."""

    def __init__(self, when: float, action: Callable[[], None]) -> None:
        self.when = when
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class LabTime:
    """The one clock of a lab. Seconds are since the lab started."""

    def __init__(self, epoch: float = 0.0) -> None:
        """*epoch*: seconds since 1970 at which it starts; 0 is now."""
        self._started = time.monotonic()
        self._epoch = epoch or time.time()
        self._skipped = 0.0
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._serial = itertools.count()
        self._busy = 0
        self._quiet_since = time.monotonic()
        self._sleepers = 0
        self._handle: asyncio.TimerHandle | None = None

    def monotonic(self) -> float:
        return time.monotonic() - self._started + self._skipped

    def epoch(self) -> float:
        """Seconds since 1970, in lab time."""
        return self._epoch + self.monotonic()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.epoch(), UTC)

    def after(self, seconds: float, action: Callable[[], None]) -> Alarm:
        """Do *action* in *seconds* of lab time."""
        alarm = Alarm(self.monotonic() + max(0.0, seconds), action)
        heapq.heappush(self._alarms, (alarm.when, next(self._serial), alarm))
        self._plan()
        return alarm

    async def wait(self, seconds: float) -> None:
        """A device takes its time: real time passes, or a jump."""
        done = asyncio.Event()
        self.after(seconds, done.set)
        with self.idle():
            await done.wait()

    async def sleep(self, seconds: float) -> None:
        """A client only waits: lab time may jump."""
        done = asyncio.Event()
        alarm = self.after(seconds, done.set)
        self._sleepers += 1
        self._plan()
        try:
            await done.wait()
        finally:
            alarm.cancel()
            self._sleepers -= 1

    @contextmanager
    def busy(self) -> Generator[None, None, None]:
        """Something works: no jump."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._quiet_since = time.monotonic()
            self._plan()

    @contextmanager
    def idle(self) -> Generator[None, None, None]:
        """Inside ``busy``: what follows only waits."""
        self._busy -= 1
        self._quiet_since = time.monotonic()
        self._plan()
        try:
            yield
        finally:
            self._busy += 1

    def _plan(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        while self._alarms and self._alarms[0][2].cancelled:
            heapq.heappop(self._alarms)
        if not self._alarms:
            self._handle = None
            return
        delay = max(0.0, self._alarms[0][0] - self.monotonic())
        if self._sleepers and self._busy == 0:
            delay = min(delay, max(0.0, GRACE_S - (time.monotonic() - self._quiet_since)))
        self._handle = asyncio.get_running_loop().call_later(delay, self._turn)

    def _turn(self) -> None:
        self._handle = None
        if self._sleepers and self._busy == 0 and time.monotonic() - self._quiet_since >= GRACE_S - 0.001:
            self._jump()
        try:
            while self._alarms and self._alarms[0][0] <= self.monotonic():
                alarm = heapq.heappop(self._alarms)[2]
                if not alarm.cancelled:
                    alarm.action()
        finally:
            # Whatever an action raises, the clock goes on.
            self._plan()

    def _jump(self) -> None:
        while self._alarms and self._alarms[0][2].cancelled:
            heapq.heappop(self._alarms)
        if self._alarms:
            self._skipped += max(0.0, self._alarms[0][0] - self.monotonic())
            self._quiet_since = time.monotonic()  # whoever wakes gets to send something before the next jump
