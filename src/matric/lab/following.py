"""Whoever carries the lab's packets hears of each moment at which they go another way, and lab time waits for them."""

import asyncio
from contextlib import ExitStack

from matric.lab.time import LabTime

__all__ = ("Following",)

PATIENCE_S = 30.0
"""Real seconds after which one that does not come back is taken to be gone."""


class Following:
    """One follower, who asks again when they have caught up."""

    def __init__(self, time: LabTime) -> None:
        self.count = 0
        self.on = False
        self._time = time
        self._moved = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._caught_up.set()
        self._held = ExitStack()
        self._gone: asyncio.TimerHandle | None = None

    def moved(self) -> None:
        """Packets go another way from now on; no jump of time before the follower has seen to it."""
        self.count += 1
        self._moved.set()
        if self.on:
            self._release()
            self._caught_up.clear()
            self._held.enter_context(self._time.busy())
            self._gone = asyncio.get_running_loop().call_later(PATIENCE_S, self._release)

    async def next(self, seen: int) -> int:
        """The number of the last such moment, when there is one after *seen*. Asking says that *seen* is done.

        Comes back at once where nobody is to follow any more.
        """
        if seen == self.count:
            self._release()
        while self.on and seen >= self.count:
            self._moved.clear()
            await self._moved.wait()
        return self.count

    async def caught_up(self) -> None:
        """Come back when the follower has seen to the last moment; at once where there is none."""
        await self._caught_up.wait()

    def lead(self) -> None:
        """Somebody follows from now on."""
        self.on = True

    def leave(self) -> None:
        """Nobody follows any more; whoever waits is told so."""
        self.on = False
        self._moved.set()
        self._release()

    def _release(self) -> None:
        if self._gone is not None:
            self._gone.cancel()
            self._gone = None
        self._held.close()
        self._caught_up.set()
