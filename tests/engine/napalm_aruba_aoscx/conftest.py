"""The driver with its login replaced by files, for NAPALM's own getter tests."""

from typing import Any, cast

import pytest
from napalm.base.test import conftest, double

from napalm_aruba_aoscx import AOSCXDriver

napalm_tests: Any = conftest  # its helpers have no types


class FakeLogin(double.BaseTestDouble):
    """Answers a command with the file of its name."""

    def __init__(self) -> None:
        self.current_test = ""
        self.current_test_case = ""

        self._said = ""

    def write_channel(self, text: str) -> None:
        command = text.rstrip("\n")
        files: Any = self
        shown = str(files.read_txt_file(files.find_file(f"{files.sanitize_text(command)}.txt")))
        self._said = shown if shown.startswith(command) else f"{command}\n{shown}"
        if not self._said.rstrip(" ").endswith("#"):
            self._said += "\nash-cx-01# "

    def read_channel(self) -> str:
        said, self._said = self._said, ""
        return said

    @staticmethod
    def strip_ansi_escape_codes(text: str) -> str:
        return text

    @staticmethod
    def normalize_linefeeds(text: str) -> str:
        return text


class PatchedAOSCXDriver(AOSCXDriver):
    """What NAPALM's helpers open."""

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(hostname, username, password, timeout, optional_args)
        self.patched_attrs = ["device"]

    def open(self) -> None:
        self.device = FakeLogin()

    def close(self) -> None:
        self.device = None

    def is_alive(self) -> Any:
        return {"is_alive": True}


@pytest.fixture(scope="class")
def set_device_parameters(request: pytest.FixtureRequest) -> None:
    of = cast("Any", request).cls
    of.driver = AOSCXDriver
    of.patched_driver = PatchedAOSCXDriver
    of.vendor = "aruba_aoscx"
    napalm_tests.set_device_parameters(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    napalm_tests.pytest_generate_tests(metafunc, __file__)
