"""The control of a running lab, for tests, the demonstration and matric's own clock."""

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from matric.clock import Clock
from matric.errors import MatricError, UsageError

__all__ = ("Lab",)

PATIENCE_S = 60.0


class Lab:
    """A lab, by its state folder. Safe to use from several threads."""

    def __init__(self, state: Path) -> None:
        self.state = Path(state)
        try:
            self.json: dict[str, Any] = json.loads((self.state / "lab.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UsageError(f"no lab runs in {self.state}. Do: matric lab up SCHOOL") from None

    @property
    def school(self) -> str:
        return str(self.json["school"])

    @property
    def secret_seed(self) -> str:
        return str(self.json["secret_seed"])

    @property
    def devices(self) -> dict[str, dict[str, Any]]:
        """Key -> host, port, platform, pin."""
        return cast("dict[str, dict[str, Any]]", self.json["devices"])

    def ask(self, do: str, *, patience_s: float | None = PATIENCE_S, **args: Any) -> Any:
        """One call to the control socket."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
                wire.settimeout(patience_s)
                wire.connect(str(self.json["control"]))
                wire.sendall(json.dumps({"do": do, "args": args}).encode() + b"\n")
                with wire.makefile("rb") as answers:
                    line = answers.readline()
        except OSError as error:
            raise MatricError(f"the lab in {self.state} does not answer ({error}). Do: matric lab up SCHOOL") from error
        if not line:
            raise MatricError(f"the lab in {self.state} ended. Do: matric lab up SCHOOL")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise UsageError(f"lab: {answer['error']}")
        return answer["ok"]

    def time(self) -> datetime:
        """Lab time of day."""
        return datetime.fromtimestamp(self.ask("time")["epoch"], UTC)

    def sleep(self, seconds: float) -> None:
        """Wait *seconds* of lab time; it jumps while all only wait."""
        if seconds > 0:
            self.ask("sleep", patience_s=None, seconds=seconds)

    def clock(self) -> Clock:
        """Lab time as matric's clock."""
        return _LabClock(self)

    def fault(self, device: str, kind: str, *, on: str = "", sticky: bool = False, **args: Any) -> None:
        """Arm a fault (``matric.lab.fault.KINDS``) on *device* for the next command that matches *on*."""
        self.ask("fault", device=device, kind=kind, on=on, sticky=sticky, args=args)

    def clear(self) -> None:
        """Disarm every fault."""
        self.ask("clear")

    def renew(self) -> None:
        """Every device as it was when the lab started, every login ended; time and the log of events go on."""
        self.ask("renew")

    def event_log(self, device: str = "") -> list[dict[str, Any]]:
        """What really happened, in order; of one device (its key) or of all."""
        events = cast("list[dict[str, Any]]", self.ask("events"))
        return [event for event in events if not device or event["device"] == device]

    def device_state(self, device: str) -> dict[str, Any]:
        """Digests and texts of running and startup, pending, whether the engineer reaches it and why not."""
        return cast("dict[str, Any]", self.ask("state", device=device))

    def reach(self) -> dict[str, dict[str, Any]]:
        """Device name -> whether the engineer reaches it, and why not."""
        return cast("dict[str, dict[str, Any]]", self.ask("reach"))

    def stop(self) -> None:
        """End the lab's process."""
        self.ask("stop")


class _LabClock:
    """matric's clock in a lab."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def now(self) -> datetime:
        return self._lab.time()

    def monotonic(self) -> float:
        return float(self._lab.ask("time")["monotonic"])

    def sleep(self, seconds: float) -> None:
        self._lab.sleep(seconds)
