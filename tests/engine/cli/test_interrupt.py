"""Ctrl-C, where Python would drop it."""

import signal

import pytest

from matric.cli.interrupt import Interrupt


class Dropped:
    """Something whose destructor is running when the signal comes."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_in_a_destructor_stops_the_run_before_its_next_effect() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt:
        interrupt.check()
        Dropped()

        with pytest.raises(KeyboardInterrupt):
            interrupt.check()

    assert signal.getsignal(signal.SIGINT) is before
