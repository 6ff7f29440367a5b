"""What ends an answer: a prompt, and nothing in a configuration that looks like one."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from napalm_aruba_aoscx.wire import Wire

HEAD = "Current configuration:\n!\n!Version ArubaOS-CX FL.10.13.1040\nhostname cx-01\nbanner motd ^\n"
TAIL = "\nonly for staff\n^\nvlan 1\nip route 0.0.0.0/0 10.48.65.1\ncx-01# "


@dataclass
class Device:
    """A login whose answers come in pieces."""

    pieces: tuple[str, ...]
    coming: list[str] = field(default_factory=list[str])

    def write_channel(self, text: str) -> None:
        self.coming = [text, *self.pieces]

    def read_channel(self) -> str:
        return self.coming.pop(0) if self.coming else ""

    @staticmethod
    def strip_ansi_escape_codes(text: str) -> str:
        return text

    @staticmethod
    def normalize_linefeeds(text: str) -> str:
        return text


@dataclass
class Login:
    device: Any
    hostname: str = "cx-01"
    timeout: int = 5


@pytest.mark.parametrize("row", ["cx-01#", "cx-01# ", "cx-01(config)#", "Enter your password: ", "Continue (y/n)? "])
def test_a_row_of_a_banner_that_looks_like_a_prompt_ends_no_configuration(row: str) -> None:
    wire = Wire(Login(Device((f"{HEAD}{row}", TAIL))))

    assert wire.whole("show running-config", "Current configuration:") == f"{HEAD}{row}{TAIL}".removesuffix("\ncx-01# ")
