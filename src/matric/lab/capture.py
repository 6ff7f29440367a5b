"""What an old provider hands over: of each device its running configuration and a terminal's log of show commands.

Everything is asked of the running lab over its own wire, as a live survey asks it, so that the two can be compared.
"""

import socket
from collections.abc import Callable
from pathlib import Path

from matric.errors import DeviceError
from matric.lab import spec as specs
from matric.lab.client import Lab
from matric.lab.spec import DeviceSpec
from matric.platform.base import Address
from matric.survey.show import COMMANDS
from matric.walk.door import greeted, lab_doors
from matric.walk.line import Line, Unknown, opened

__all__ = ("captured",)

TIMEOUT_S = 10.0
CONFIGURATIONS = ("show running-config", "show configuration")
ENDS = {"junos": ">", "aoss": "# ", "aoscx": "# "}
"""What a prompt ends with; ``#`` elsewhere."""


def captured(lab: Lab, folder: Path, on_progress: Callable[[str], None] = lambda _words: None) -> tuple[Path, ...]:
    """Write what *lab*'s devices show below *folder*, one folder for each; the files that were written.

    A device whose login ends before it has answered leaves a log that ends there. The log holds what devices show,
    passwords included, as such a log does.
    """
    spec = specs.read(lab.state / "spec.json")
    written: list[Path] = []
    for device in spec.devices:
        on_progress(device.name)
        written += _one(lab, device, spec.users, folder / device.name)
    return tuple(written)


def _one(lab: Lab, device: DeviceSpec, users: dict[str, str], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    state = lab.device_state(device.key)
    host = str(state["hostname"])
    prompt = f"{host}{ENDS.get(device.platform, '#')}"
    if device.platform == "junos":
        prompt = f"{next(iter(device.users or users))}@{prompt} "
    log = _Log(folder / f"{device.name}.log", folder / f"{device.name}.cfg", prompt)
    left = list(COMMANDS[device.platform])
    while left:
        line = _login(lab, device, users)
        try:
            left = _asked(line, left, log)
        finally:
            line.close()
    return log.kept()


class _Log:
    """What a terminal kept."""

    def __init__(self, session: Path, configuration: Path, prompt: str) -> None:
        self.session = session
        self.configuration = configuration
        self.prompt = prompt
        self.rows: list[str] = []
        self.running = ""

    def heard(self, command: str, answer: str) -> None:
        self.rows.append(f"{self.prompt}{command}\n{answer.rstrip()}\n")
        if command in CONFIGURATIONS:
            self.running = answer

    def kept(self) -> list[Path]:
        self.session.write_text("".join(self.rows) + f"{self.prompt}exit\n", encoding="utf-8")
        if not self.running:
            return [self.session]
        self.configuration.write_text(f"{self.running.rstrip()}\n", encoding="utf-8")
        return [self.session, self.configuration]


def _asked(line: Line, commands: list[str], log: _Log) -> list[str]:
    """Ask *commands*; those that are left where the login ended."""
    for at, command in enumerate(commands):
        try:
            log.heard(command, line.ask(command))
        except Unknown:
            continue
        except DeviceError:
            log.heard(command, "")
            return commands[at + 1 :]
    return []


def _login(lab: Lab, device: DeviceSpec, users: dict[str, str]) -> Line:
    """A login by the first account the device takes."""
    greeting = greeted(lab_doors(lab.state)(device.management), TIMEOUT_S)
    refused: DeviceError | None = None
    for user, password in {**(device.users or {}), **users}.items():
        door = greeting.door
        address = Address(device.key, door.host, door.port, user, password, greeting.key, TIMEOUT_S)
        try:
            line = opened(greeting, address, "", _unwatched)
        except DeviceError as error:
            refused = error
            continue
        line.settle(device.platform)
        return line
    raise refused or DeviceError(f"{device.key} takes no account")


def _unwatched(_connection: socket.socket) -> None:
    """Nobody stops a dump half-way but whoever ends the whole process."""
