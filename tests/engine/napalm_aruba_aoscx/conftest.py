"""The driver with its login replaced by files, for NAPALM's own getter tests."""

from typing import Any

import pytest
from napalm.base.test import conftest as napalm_tests
from napalm.base.test.double import BaseTestDouble

from napalm_aruba_aoscx import AOSCXDriver


class FakeLogin(BaseTestDouble):  # type: ignore[misc]
    """Answers a command with the file of its name."""

    def send_command(self, command: str, **_: Any) -> str:
        return str(self.read_txt_file(self.find_file(f"{self.sanitize_text(command)}.txt")))


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

    def is_alive(self) -> dict[str, bool]:
        return {"is_alive": True}


@pytest.fixture(scope="class")
def set_device_parameters(request: pytest.FixtureRequest) -> None:
    request.cls.driver = AOSCXDriver
    request.cls.patched_driver = PatchedAOSCXDriver
    request.cls.vendor = "aruba_aoscx"
    napalm_tests.set_device_parameters(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    napalm_tests.pytest_generate_tests(metafunc, __file__)
