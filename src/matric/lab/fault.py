"""What can go wrong with a device in the lab, armed for the next time a command that matches comes by."""

import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ("KINDS", "Fault", "Faults")

KINDS = {
    "drop": "close the connection at byte `at` of the answer (execute=false: before the command is done)",
    "hang": "take the command and never answer (execute=true: do it first)",
    "slow": "answer `seconds` of lab time late",
    "refuse-line": "refuse configuration lines that match `line`",
    "ignore-line": "drop configuration lines that match `line` without a word",
    "reject-login": "refuse every login",
    "edit": "somebody else changes the running configuration: `text`, at once or when the command comes by; `save`s it",
    "power-cut": "lose power for `seconds`: boots from startup",
    "timer-early": "the revert timer fires after `seconds` instead of when it should",
    "timer-late": "the revert timer fires `seconds` later than it should",
    "timer-never": "the revert timer never fires",
    "full-flash": "no byte free: files and startup cannot be written",
    "archive-off": "IOS only: the archive is off, and with it the timer",
    "new-host-key": "another host key or certificate from the next connection on",
    "cut-vlan": "after the next commit the uplink has lost the management VLAN",
    "foreign-session": "somebody holds an open configuration session `name` (IOS: a configuration lock)",
    "foreign-pending": "somebody's timed commit is pending for `seconds`",
    "clock-skew": "the device's clock is `seconds` off",
    "unreachable": "the device is cut off, whatever its configuration says",
}
"""Every kind with what it does; the rest of a line in backquotes is an argument."""


@dataclass
class Fault:
    """One fault, armed."""

    kind: str
    on: str = ""
    """Regular expression searched in the command (or ``login``, ``scp``); empty fits all."""
    sticky: bool = False
    args: dict[str, Any] = field(default_factory=dict[str, Any])

    def number(self, name: str, default: float) -> float:
        return float(self.args.get(name, default))

    def flag(self, name: str, *, default: bool) -> bool:
        return str(self.args.get(name, default)).lower() not in ("false", "no", "0", "")


class Faults:
    """The faults armed on one device."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def names(self) -> list[str]:
        return [fault.kind for fault in self._armed]

    def take(self, *kinds: str, command: str = "") -> Fault | None:
        """The first fault of *kinds* that fits; a one-shot fault is spent by this."""
        for fault in self._armed:
            if fault.kind in kinds and re.search(fault.on, command):
                if not fault.sticky:
                    self._armed.remove(fault)
                return fault
        return None

    def line(self, kind: str, line: str) -> bool:
        """True where a line fault of *kind* fits the configuration line."""
        for fault in self._armed:
            if fault.kind == kind and re.search(str(fault.args.get("line", "")), line):
                if not fault.sticky:
                    self._armed.remove(fault)
                return True
        return False
