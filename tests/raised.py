"""Labs that stand for many tests: each is raised once for its devices, and renewed for every test that asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from matric import lab
from matric.lab.client import Lab
from matric.lab.spec import LabSpec

__all__ = ("Raised", "Renewed")


class Renewed(Lab):
    """A lab whose devices are as they were when it started; what was logged before that is not shown."""

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self.renew()
        self._before = len(super().event_log())

    def event_log(self, device: str = "") -> list[dict[str, Any]]:
        return [event for event in super().event_log()[self._before :] if not device or event["device"] == device]


class Raised:
    """The labs of one run of tests, by what they consist of; *folder* makes a new folder for one."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._running: list[tuple[LabSpec, Path]] = []

    def __call__(self, wanted: LabSpec) -> Lab:
        """A lab of these devices, whatever a test before has done to them."""
        state = next((state for held, state in self._running if held == wanted), None)
        if state is None:
            state = self._folder() / "lab"
            lab.launch(wanted, state)
            self._running.append((wanted, state))
        return Renewed(state)

    def stop(self) -> None:
        for _, state in self._running:
            lab.stop(state)
