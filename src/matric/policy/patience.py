"""How long a rule may take: its author's code may loop for ever, and the other rules still want to be asked.

A rule runs in matric's own process: what it reads is too much to copy into another one for each rule. So it is stopped
in one of two ways.

* In the main thread, where nobody else uses the alarm clock of the process, by ``SIGALRM``. It is the better one: a
  regular expression that never comes back looks for signals while it runs, and rules read text.
* In any other thread, or without that clock, by a second thread that has Python raise ``OvertimeError`` in the rule's.
  It comes when the rule next does something in Python: one long call into C is waited for.

Neither costs a rule that ends in time more than microseconds. Looking at each line it runs would cost ten times what
the rule itself does.
"""

import ctypes
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

__all__ = ("PATIENCE_S", "OvertimeError", "within")

PATIENCE_S = 60.0
"""Seconds a rule has for one school. The longest of matric's own takes half of one for thirteen switches."""
AGAIN_S = 1.0
"""Seconds after which a rule that caught the exception gets the next."""


class OvertimeError(BaseException):
    """The rule's time is over. Not an ``Exception``: a rule that catches whatever goes wrong does not catch this."""


def within(seconds: float, ask: Callable[[], None]) -> bool:
    """True where *ask* came to its end in *seconds*; False where it was stopped."""
    clock = _alarm if _alarm_is_free() else _watchdog
    try:
        with clock(seconds):
            ask()
    except OvertimeError:
        return False
    return True


def _alarm_is_free() -> bool:
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    )


def _over(_number: int, _frame: FrameType | None) -> None:
    raise OvertimeError


@contextmanager
def _alarm(seconds: float) -> Generator[None]:
    signal.signal(signal.SIGALRM, _over)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


@contextmanager
def _watchdog(seconds: float) -> Generator[None]:
    rule = threading.get_ident()
    raising = threading.Lock()
    ended = threading.Event()

    def watch() -> None:
        wait = seconds
        while not ended.wait(wait):
            wait = AGAIN_S
            with raising:
                if not ended.is_set():
                    _raise_in(rule, OvertimeError)

    watching = threading.Thread(target=watch, name="matric-rule-time", daemon=True)
    watching.start()
    try:
        yield
    finally:
        # Once it has ended nothing is raised any more, and what was raised and has not arrived is taken back: it would
        # arrive in the next rule.
        with raising:
            ended.set()
        _raise_in(rule, None)
        watching.join()


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)
