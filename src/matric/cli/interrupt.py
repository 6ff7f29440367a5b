"""Ctrl-C that is never lost.

Python drops a KeyboardInterrupt that falls into a destructor, a weak reference's callback or a garbage collection; the
run would go on as if nobody had asked it to stop.
"""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ("Interrupt",)


class Interrupt:
    """While entered, remembers Ctrl-C; ``check`` raises it again where it was dropped."""

    def __init__(self) -> None:
        self._heard = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """KeyboardInterrupt if somebody asked to stop."""
        if self._heard:
            raise KeyboardInterrupt

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self._heard = True
        raise KeyboardInterrupt
