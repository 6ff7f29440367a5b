"""An HPE Aruba AOS-CX switch: checkpoints, ``checkpoint auto`` with its timer, and what it holds.

There is no candidate: every configuration line acts at once. What the commands answer follows HPE's AOS-CX
command-line guide; the texts of refusals are ours, and nothing here was captured from a switch. One ``AoscxDevice``
outlives every login; ``aoscx_shell`` is one login.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import Any

from matric.lab.aoscx_text import AoscxPosition, ranges, show, take
from matric.lab.device import Device, Timer
from matric.lab.facts import interfaces, listed
from matric.lab.time import Alarm
from matric.lab.tree import Entry, Invalid, Section

__all__ = ("CHECKPOINTS", "AoscxDevice", "Checkpoint")

CHECKPOINTS = 32
"""How many the system keeps of its own; the oldest goes."""
WARNING_S = 120.0
"""A running ``checkpoint auto`` warns every login this long before it ends."""


@dataclass(frozen=True)
class Checkpoint:
    """A configuration under a name."""

    tree: Section
    writer: str
    """``User`` or ``System``."""
    when: datetime


class AoscxDevice(Device):
    """The switch."""

    def __init__(self, *args: Any) -> None:
        self.checkpoints: dict[str, Checkpoint] = {}
        self.listeners: list[Callable[[str], None]] = []
        """Who is logged in, and is told what the switch says unasked."""
        self._warning: Alarm | None = None
        super().__init__(*args)

    @property
    def hostname(self) -> str:
        return self.running.value("hostname") or "switch"

    @property
    def release(self) -> str:
        return self.spec.os_version or "FL.10.13.1040"

    def state(self) -> dict[str, Any]:
        """Its checkpoints lie on flash too."""
        found = super().state()
        return {**found, "flash": sorted([*found["flash"], *self.checkpoints])}

    # ---- configuration ----

    def text(self, tree: Section) -> str:
        return show(tree)

    def parsed(self, text: str) -> Section:
        tree = Section("top")
        AoscxPosition(tree).apply("vlan 1")
        for refused in take(tree, text):
            self.log("boot-refused-line", line=refused.line)
        return tree

    def _known_port(self, line: str) -> None:
        words = line.split()
        if self.spec.ports and words[0] == "interface" and len(words) == 2 and words[1] not in self._known:  # noqa: PLR2004
            raise Invalid(line)

    @property
    def _known(self) -> frozenset[str]:
        return frozenset(("mgmt", *self.spec.ports))

    def edit(self, text: str) -> None:
        take(self.running, text)
        self.touched("edit")

    def broken_by(self, event: str) -> None:
        """A line has changed the running configuration: the fault of lost uplinks acts here too."""
        if self.faults.take("cut-vlan", command=event):
            self.log("fault", kind="cut-vlan")
            self._cut_vlan()

    def _cut_vlan(self) -> None:
        for port in self.lab.uplinks(self) or (f"vlan{self.lab.vlan}",):
            position = AoscxPosition(self.running)
            if port.startswith("vlan"):
                position.apply(f"interface vlan {port[4:]}")
                position.apply("shutdown")
                continue
            position.apply(f"interface {port.replace('lag', 'lag ')}")
            section = interfaces(self.running)[port]
            if section.value("vlan trunk allowed") == "all":
                kept = listed("all") - {self.lab.vlan}
                section.entries["vlan trunk allowed"] = Entry(f"vlan trunk allowed {ranges(kept)}")
            else:
                position.apply(f"no vlan trunk allowed {self.lab.vlan}")

    def whole(self, tree: Section, head: str = "Current configuration:") -> str:
        """The configuration as shown: its header, the body, and no end marker, for AOS-CX has none."""
        return f"{head}\n!\n!Version ArubaOS-CX {self.release}\n!export-password: default\n{self.text(tree)}".rstrip(
            "\n"
        )

    # ---- checkpoints ----

    def held(self, name: str) -> Section | None:
        """The configuration called *name*: a checkpoint, ``running-config`` or ``startup-config``."""
        if name == "running-config":
            return self.running
        if name == "startup-config":
            return self.startup
        found = self.checkpoints.get(name)
        return None if found is None else found.tree

    def keep(self, name: str, writer: str = "User") -> str:
        """``copy running-config checkpoint NAME``."""
        if name in self.checkpoints:
            return f"Checkpoint {name} already exists."
        if self.faults.take("full-flash", command=f"checkpoint {name}"):
            self.log("fault", kind="full-flash")
            return "Failed to create the checkpoint: no space left."
        self.checkpoints[name] = Checkpoint(self.running.copy(), writer, self.clock)
        self.log("checkpoint", name=name)
        own = [key for key, one in self.checkpoints.items() if one.writer == "System"]
        for oldest in own[: max(0, len(own) - CHECKPOINTS)]:
            del self.checkpoints[oldest]
        return "Success"

    def roll_back(self, name: str, user: str) -> str:
        """``checkpoint rollback NAME``: the whole of it, at once. A running timer goes on."""
        tree = self.held(name)
        if tree is None:
            return f"Checkpoint {name} does not exist."
        self.settle(tree.copy(), "rollback", user=user, name=name)
        return "Success"

    def difference(self, one: str, other: str) -> str:
        old, new = self.held(one), self.held(other)
        if old is None or new is None:
            return f"Checkpoint {one if old is None else other} does not exist."
        rows = unified_diff(self.text(old).splitlines(), self.text(new).splitlines(), one, other, lineterm="")
        return "\n".join(rows) or "No difference in configs."

    # ---- the timer ----

    def auto(self, minutes: int, user: str) -> str:
        """``checkpoint auto MINUTES``."""
        if self.timer is not None:
            return "Auto checkpoint mode is already active."
        self.arm("auto", user, minutes * 60, self.running.copy())
        left = minutes * 60 - WARNING_S
        if left > 0:
            self._warning = self.time.after(left, self._warn)
        return f"Auto checkpoint mode expires in {minutes} minute(s)"

    def _warn(self) -> None:
        self.tell('WARNING  Please "checkpoint auto confirm" within 2 minutes')

    def tell(self, text: str) -> None:
        for listener in tuple(self.listeners):
            with contextlib.suppress(OSError):  # its other end is gone
                listener(text)

    def confirm(self, user: str) -> str:
        """``checkpoint auto confirm``: what runs stays, under a name of its own. Startup is not written."""
        if self.timer is None:
            return "Auto checkpoint mode is not active."
        self.disarm()
        name = f"AUTO{self.clock:%Y%m%d%H%M%S}"
        while name in self.checkpoints:
            name += "0"
        self.keep(name, "System")
        self.log("confirm", user=user)
        return f"checkpoint {name} created"

    def disarm(self) -> Timer | None:
        if self._warning is not None:
            self._warning.cancel()
            self._warning = None
        return super().disarm()

    def _expired(self) -> None:
        self.tell("WARNING  Restoring configuration. Do not make configuration changes.")
        super()._expired()

    # ---- life ----

    def renew(self, first: Section) -> None:
        self.checkpoints.clear()
        super().renew(first)
