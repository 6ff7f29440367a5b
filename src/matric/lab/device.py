"""What every device of the lab is, whatever it speaks: running and startup, one revert timer, faults, a log."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from matric.lab.fault import Fault, Faults
from matric.lab.spec import DeviceSpec
from matric.lab.text import DIALECTS, Dialect, loaded
from matric.lab.time import Alarm, LabTime
from matric.lab.tree import Invalid, Position, Section

if TYPE_CHECKING:
    from matric.lab.attached import Seen

__all__ = ("Device", "Dropped", "Surroundings", "Timer")

BOOT_S = 90.0
EARLIER_S = 26 * 86400.0
"""How long a device had been up when the lab starts."""


class Dropped(Exception):
    """The connection ends now; ``left`` is what still goes out."""

    def __init__(self, left: str = "") -> None:
        super().__init__("dropped")
        self.left = left


@dataclass
class Timer:
    """A timed commit that waits for its confirmation."""

    name: str
    """Session (EOS) or file (IOS)."""
    owner: str
    before: Section
    seconds: float
    since: float
    """Lab time."""
    due: float
    alarm: Alarm | None


class Surroundings(Protocol):
    """What a device needs of its lab."""

    time: LabTime
    folder: Path
    users: dict[str, str]

    def log(self, device: str, event: str, **detail: Any) -> None: ...
    def changed(self) -> None: ...
    async def carried(self) -> None: ...
    def uplinks(self, device: "Device") -> tuple[str, ...]: ...
    def neighbours(self, device: "Device") -> tuple[tuple[str, str, str], ...]: ...
    def seen(self, device: "Device") -> "Seen": ...
    def disconnect(self, device: "Device") -> None: ...
    @property
    def vlan(self) -> int: ...


class Device:
    """State that outlives every connection."""

    def __init__(self, spec: DeviceSpec, lab: Surroundings) -> None:
        self.spec = spec
        self.lab = lab
        self.time = lab.time
        self.dialect = self.spoken()
        self.faults = Faults()
        self.timer: Timer | None = None
        self.away = False
        self.flash: Path = lab.folder / "flash" / spec.name
        self.flash.mkdir(parents=True, exist_ok=True)
        self.startup = self.parsed(spec.boot)
        self.dialect.salted(self.startup, None)
        self.running = self.startup.copy()
        self.booted = self.time.monotonic() - EARLIER_S
        self.changed_at = self.time.now()
        self.revision = 0
        self.skew_s = 0.0
        self._hung: set[asyncio.Event] = set()

    # ---- what it says of itself ----

    def spoken(self) -> Dialect:
        """How it reads and shows configuration."""
        return DIALECTS[self.spec.platform]

    @property
    def hostname(self) -> str:
        return self.running.value("hostname") or ("localhost" if self.spec.platform == "eos" else "Switch")

    @property
    def clock(self) -> datetime:
        """What its own clock shows."""
        return self.time.now() + timedelta(seconds=self.skew_s)

    @property
    def uptime(self) -> float:
        return self.time.monotonic() - self.booted

    def text(self, tree: Section) -> str:
        return self.dialect.show(tree)

    def digest(self, tree: Section) -> str:
        return f"sha256:{hashlib.sha256(self.text(tree).encode()).hexdigest()}"

    def state(self) -> dict[str, Any]:
        """The truth, for whoever checks what a run says."""
        timer = self.timer
        return {
            "hostname": self.hostname,
            "running": self.digest(self.running),
            "startup": self.digest(self.startup),
            "running_text": self.text(self.running),
            "startup_text": self.text(self.startup),
            "pending": None
            if timer is None
            else {"name": timer.name, "owner": timer.owner, "left_s": timer.due - self.time.monotonic()},
            "away": self.away,
            "revision": self.revision,
            "faults": self.faults.names(),
            "flash": sorted(path.name for path in self.flash.iterdir()),
        }

    def log(self, event: str, **detail: Any) -> None:
        self.lab.log(self.spec.key, event, **detail)

    # ---- configuration ----

    def parsed(self, text: str) -> Section:
        """*text* as a tree; what the device does not know is left out and logged."""
        tree = Section("top")
        for refused in loaded(self.dialect, text, Position(self.dialect.grammar, tree)):
            self.log("boot-refused-line", line=refused.line)
        return tree

    def take_line(self, position: Position, line: str) -> None:
        """One configuration line; ``Invalid`` if refused. The faults of lines act here."""
        if self.faults.line("ignore-line", line):
            self.log("fault", kind="ignore-line")
            return
        if self.faults.line("refuse-line", line):
            self.log("fault", kind="refuse-line")
            raise Invalid(line)
        self._known_port(line)
        position.apply(line)

    def _known_port(self, line: str) -> None:
        words = line.split()
        if self.spec.ports and words[:1] == ["interface"] and len(words) == 2:  # noqa: PLR2004
            name = words[1].lower()
            if not name.startswith(("vlan", "port-channel", "loopback", "management", "range")) and name not in {
                port.lower() for port in self.spec.ports
            }:
                raise Invalid(line)

    def settle(self, tree: Section, event: str, **detail: Any) -> None:
        """*tree* becomes the running configuration."""
        self.dialect.salted(tree, self.running)
        self.running = tree
        if event not in ("revert", "expire") and self.faults.take("cut-vlan", command=event):
            self.log("fault", kind="cut-vlan")
            self._cut_vlan()
        self.touched(event, **detail)

    def touched(self, event: str, **detail: Any) -> None:
        """The running configuration is another one now."""
        self.revision += 1
        self.changed_at = self.time.now()
        if event != "direct-edit":  # one of hundreds of lines: what they come to is told by whatever comes after them
            detail = {"digest": self.digest(self.running), **detail}
        self.log(event, **detail)
        self.lab.changed()

    def _cut_vlan(self) -> None:
        for port in self.lab.uplinks(self) or (f"Vlan{self.lab.vlan}",):
            position = Position(self.dialect.grammar, self.running)
            position.apply(f"interface {port}")
            if port.startswith("Vlan"):
                position.apply("shutdown")
                continue
            section = next(entry.below for entry in self.running.find(f"interface {port}"))
            allowed = (section.value("switchport trunk allowed vlan") if section else None) or "1-4094"
            position.apply(f"switchport trunk allowed vlan {_less(allowed, self.lab.vlan)}")

    # ---- timer ----

    def arm(self, name: str, owner: str, seconds: float, before: Section) -> None:
        """Go back to *before* in *seconds*, unless told otherwise."""
        real: float | None = seconds
        if fault := self.faults.take("timer-early", "timer-late", "timer-never"):
            self.log("fault", kind=fault.kind)
            if fault.kind == "timer-early":
                real = fault.number("seconds", 1)
            elif fault.kind == "timer-late":
                real = seconds + fault.number("seconds", 600)
            else:
                real = None
        since = self.time.monotonic()
        alarm = None if real is None else self.time.after(real, self._expired)
        self.timer = Timer(name, owner, before, seconds, since, since + seconds, alarm)
        self.log("armed", name=name, owner=owner, seconds=seconds)

    def disarm(self) -> Timer | None:
        """The timer stops; what it would have done is in what is returned."""
        timer, self.timer = self.timer, None
        if timer is not None and timer.alarm is not None:
            timer.alarm.cancel()
        return timer

    def revert(self, event: str) -> bool:
        """Back to what was before the timed commit."""
        timer = self.disarm()
        if timer is None:
            return False
        self.gone_back(timer)
        self.running = timer.before
        self.touched(event, name=timer.name)
        return True

    def gone_back(self, timer: Timer) -> None:
        """For the platform: a timed commit has been taken back."""

    def _expired(self) -> None:
        self.revert("expire")

    # ---- power ----

    def power_cut(self, seconds: float = BOOT_S) -> None:
        """Off, and back with what startup holds."""
        self.disarm()
        self.forget()
        self.away = True
        self.log("power-cut", seconds=seconds)
        self.running = self.startup.copy()
        self.revision += 1
        self.lab.disconnect(self)
        self.lab.changed()
        self.time.after(seconds, self._booted)

    def forget(self) -> None:
        """For the platform: what lives in memory only is gone."""

    def _booted(self) -> None:
        self.away = False
        self.booted = self.time.monotonic()
        self.log("boot", digest=self.digest(self.running))
        self.lab.changed()

    def save(self) -> bool:
        """Running to startup; False where flash is full."""
        if self.faults.take("full-flash", command="save"):
            self.log("fault", kind="full-flash")
            return False
        self.startup = self.running.copy()
        self.log("save", digest=self.digest(self.startup))
        return True

    # ---- faults that act by themselves ----

    def act(self, kind: str, args: dict[str, Any], on: str) -> bool:
        """Do at once what *kind* means; False where it must be armed instead."""
        if on and kind in ("edit", "power-cut"):
            return False
        if kind == "edit":
            self.edit(str(args.get("text", "")))
            if args.get("save") in {True, "yes", "true", "1"}:
                self.save()
        elif kind == "power-cut":
            self.power_cut(float(args.get("seconds", BOOT_S)))
        elif kind == "clock-skew":
            self.skew_s = float(args.get("seconds", 3600))
        elif kind == "foreign-pending":
            seconds = float(args.get("seconds", 600))
            self.foreign_pending(seconds, str(args.get("owner", "somebody")), str(args.get("name", "weekend")))
        elif kind == "foreign-session":
            self.foreign_session(str(args.get("name", "weekend")), str(args.get("owner", "somebody")))
        elif kind in ("timer-early", "timer-late", "timer-never") and self.timer is not None:
            return self._retime(kind, args)
        else:
            return False
        return True

    def _retime(self, kind: str, args: dict[str, Any]) -> bool:
        timer = self.timer
        if timer is None or timer.alarm is None:
            return False
        timer.alarm.cancel()
        left = timer.due - self.time.monotonic()
        if kind == "timer-early":
            timer.alarm = self.time.after(float(args.get("seconds", 1)), self._expired)
        elif kind == "timer-late":
            timer.alarm = self.time.after(left + float(args.get("seconds", 600)), self._expired)
        return True

    def edit(self, text: str) -> None:
        """Somebody else changes the running configuration, at once and without a timer."""
        position = Position(self.dialect.grammar, self.running)
        before = self.running.copy()
        loaded(self.dialect, text, position)
        self.dialect.salted(self.running, before)
        self.touched("edit")

    def foreign_pending(self, seconds: float, owner: str, name: str) -> None:
        self.arm(name, owner, seconds, self.running.copy())

    def foreign_session(self, name: str, owner: str) -> None:
        """For the platform: a session somebody else holds."""

    def renew(self, first: Section) -> None:
        """As it was when the lab started: *first* in running and startup, no timer, no fault, nothing on flash."""
        self.disarm()
        self.heal()
        self.forget()
        self.away = False
        self.skew_s = 0.0
        self.running, self.startup = first.copy(), first.copy()
        for path in self.flash.iterdir():
            path.unlink()
        self.touched("renewed")

    def heal(self) -> None:
        """Every fault is disarmed; the sessions and locks of strangers go. What a fault has changed stays changed."""
        self.faults.clear()
        for ended in self._hung:
            ended.set()
        self._hung.clear()

    async def hang(self) -> None:
        """A command that is never answered, and a session that keeps what it holds, until the fault is healed.

        The event is kept here: a task that waits for what nobody refers to is collected at no known time, and its lock
        would go with it.
        """
        ended = asyncio.Event()
        self._hung.add(ended)
        with self.time.idle():
            await ended.wait()

    def slowed(self, command: str) -> Fault | None:
        """The fault that makes the answer to *command* late, if one is armed."""
        return self.faults.take("slow", command=command)

    def before_answer(self, command: str) -> "Callable[[], None] | None":
        """Faults that act when *command* comes by; what is returned acts after the answer."""
        if fault := self.faults.take("edit", "power-cut", command=command):
            self.log("fault", kind=fault.kind, command=command)
            if fault.kind == "edit":
                self.edit(str(fault.args.get("text", "")))
            else:
                return lambda: self.power_cut(fault.number("seconds", BOOT_S))
        return None


def _less(allowed: str, vid: int) -> str:
    """The VLAN list without *vid*; ``none`` where nothing is left."""
    kept: list[str] = []
    for part in allowed.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if not low <= vid <= high:
            kept.append(part)
            continue
        for start, end in ((low, vid - 1), (vid + 1, high)):
            if start <= end:
                kept.append(str(start) if start == end else f"{start}-{end}")
    return ",".join(kept) or "none"
