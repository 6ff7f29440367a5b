"""NAPALM's own getter tests: cases are folders below ``mocked_data``; the output is our own, after the guides."""

import importlib
from pathlib import Path
from typing import Any, cast

import pytest

from napalm_aruba_osswitch import ArubaOSSwitchDriver

parent: Any = importlib.import_module("napalm.base.test.conftest")  # they have no types
double: Any = importlib.import_module("napalm.base.test.double")
BaseTestDouble: Any = double.BaseTestDouble
FOLDER = Path(__file__).parent / "mocked_data"


class FakeSession(BaseTestDouble):  # type: ignore[misc]
    """Answers a command with the file of its name; what has none this firmware does not know."""

    def find_file(self, filename: str) -> str:
        """The case's own file, or the switch's one for every test."""
        for below in (Path(self.current_test, self.current_test_case), Path("output", self.current_test_case)):
            path = FOLDER / below / filename
            if path.exists():
                return str(path)
        raise OSError(f"no file with mocked data: {filename}")

    def try_show(self, command: str) -> str | None:
        try:
            return str(self.read_txt_file(self.find_file(f"{self.sanitize_text(command)}.txt")))
        except OSError:
            return None

    def show(self, command: str) -> str:
        found = self.try_show(command)
        assert found is not None, f"no output for {command!r}"
        return found


class PatchedDriver(ArubaOSSwitchDriver):
    """The driver on files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patched_attrs = ["terminal"]

    def open(self) -> None:
        self.device = FakeSession()
        self.terminal = self.device

    def close(self) -> None:
        self.device = None
        self.terminal = None

    def is_alive(self) -> Any:
        return {"is_alive": True}


@pytest.fixture(scope="class")
def set_device_parameters(request: pytest.FixtureRequest) -> Any:
    """``driver`` and ``patched_driver``, as NAPALM's fixture wants them."""
    cls: Any = cast("Any", request).cls
    cls.driver, cls.patched_driver = ArubaOSSwitchDriver, PatchedDriver
    parent.set_device_parameters(request)
    yield
    cls.device.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if cast("Any", metafunc).cls is not None:
        parent.pytest_generate_tests(metafunc, __file__)
