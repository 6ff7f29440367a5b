"""A Cisco IOS-XE device (the Catalyst 9800 too): flash, archive, replace with a timer, and how it answers each command.

What the texts look like follows the IOS-XE command references, netmiko and NAPALM's ios driver; nothing here was
captured from a device. One ``IosDevice`` outlives every login; ``ios_shell`` is one login.
"""
# ruff: noqa: ARG002 - a method may have no use for what its base passes

import hashlib
from datetime import datetime
from typing import Any

from matric.lab.device import Device
from matric.lab.text import loaded, logical
from matric.lab.tree import Invalid, Position, Section

__all__ = ("FLASH_BYTES", "IosDevice")

FLASH_BYTES = 1_600_000_000
CERTIFICATE_ROWS = 20
ARCHIVES = 10
HEAD = "Building configuration...\n\n"


class IosDevice(Device):
    """The switch or controller."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.changed_by = ""
        self.lock_owner: str | None = None
        self.clock_period = 36028797
        self.archived = 0
        self._certify()

    def _certify(self) -> None:
        """The self-signed certificate the device made when it first had a key: its own, in both configurations."""
        if any("TP-self-signed" in entry.text for entry in self.running.find("crypto pki trustpoint")):
            return
        number = int(hashlib.sha256(self.spec.key.encode()).hexdigest()[:8], 16)
        rows = "\n".join(
            "  " + " ".join(_hex(f"{self.spec.key}/{row}/{group}") for group in range(8))
            for row in range(CERTIFICATE_ROWS)
        )
        text = (
            f"crypto pki trustpoint TP-self-signed-{number}\n enrollment selfsigned\n"
            f" subject-name cn=IOS-Self-Signed-Certificate-{number}\n revocation-check none\n"
            f" rsakeypair TP-self-signed-{number}\n"
            f"crypto pki certificate chain TP-self-signed-{number}\n certificate self-signed 01\n{rows}\n  \tquit\n"
        )
        for tree in (self.running, self.startup):
            loaded(self.dialect, text, Position(self.dialect.grammar, tree))

    # ---- configuration as text ----

    def whole(self, tree: Section) -> str:
        """The configuration from its first line to ``end``, with the lines that change by themselves."""
        by = f" by {self.changed_by}" if self.changed_by else ""
        drift = int(self.time.monotonic()) % 997
        return (
            f"!\n! Last configuration change at {stamp(self.changed_at)}{by}\n!\nversion 17.9\n"
            f"{self.text(tree)}ntp clock-period {self.clock_period + drift}\nend\n"
        )

    def running_text(self) -> str:
        body = self.whole(self.running)
        return f"{HEAD}Current configuration : {len(body)} bytes\n{body}\n"

    def startup_text(self) -> str:
        body = self.whole(self.startup)
        return f"Using {len(body)} out of 2097152 bytes\n{body}\n"

    def archive_on(self) -> bool:
        if "archive-off" in self.faults.names():
            return False
        return any(entry.below is not None and entry.below.find("path") for entry in self.running.find("archive"))

    def quiet_prompts(self) -> bool:
        return bool(self.running.find("file prompt quiet"))

    def scp_on(self) -> bool:
        return bool(self.running.find("ip scp server enable"))

    def touched(self, event: str, **detail: Any) -> None:
        self.changed_by = str(detail.get("user", self.changed_by))
        super().touched(event, **detail)

    def forget(self) -> None:
        self.lock_owner = None

    def foreign_session(self, name: str, owner: str) -> None:
        """IOS has no sessions: somebody holds the configuration lock."""
        self.lock_owner = owner

    def heal(self) -> None:
        super().heal()
        self.lock_owner = None

    # ---- files ----

    def put(self, name: str, text: str) -> bool:
        """A file on flash; False where it is full."""
        if self.full(name):
            return False
        (self.flash / name).write_bytes(text.encode())
        return True

    def full(self, name: str) -> bool:
        if self.faults.take("full-flash", command=f"flash {name}"):
            self.log("fault", kind="full-flash")
            return True
        return False

    def get(self, name: str) -> str | None:
        path = self.flash / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None

    def directory(self, name: str) -> str:
        free = 0 if "full-flash" in self.faults.names() else FLASH_BYTES
        if name and not (self.flash / name).is_file():
            return f"%Error opening flash:/{name} (No such file or directory)"
        head = f"Directory of flash:/{name}\n\n"
        rows = "".join(
            f"{number:>6}  -rw-  {path.stat().st_size:>15}  Nov 02 2026 09:00:00 +00:00  {path.name}\n"
            for number, path in enumerate(sorted(self.flash.iterdir()), 11)
            if not name or path.name == name
        )
        return f"{head}{rows}\n1940303872 bytes total ({free} bytes free)"

    # ---- transactions ----

    def replace(self, name: str, user: str, minutes: int | None) -> str:
        """``configure replace``: the file, or nothing at all."""
        text = self.get(name)
        if text is None:
            return f"%Error opening flash:/{name} (No such file or directory)"
        if not self.archive_on() and minutes is not None:
            return "%Please turn config archive on before using the feature"
        if self.timer is not None and minutes is not None:
            return "%Rollback Confirmed Change is already in progress"
        tree, refused = self._candidate(text)
        if refused is not None:
            self.log("replace-refused", line=refused.line)
            return (
                f"!List of Rollback Commands:\n{refused.line}\nend\n\n"
                f"{refused.line}\n^\n% Invalid input detected at '^' marker.\n\n"
                "Rollback aborted after encountering an error.\n"
                "The original configuration has been successfully restored."
            )
        before = self.running
        timed = ""
        if minutes is not None:
            timed = f"Rollback Confirmed Change: Backing up current running config to flash:{self._backup()}\n\n"
            self.arm(name, user, minutes * 60, before)
        self.settle(tree, "replace", user=user, name=name)
        return f"{timed}Total number of passes: 1\nRollback Done"

    def _backup(self) -> str:
        """Keep the running configuration in the archive; the file's name. The oldest of ten goes."""
        self.archived += 1
        name = f"archive-{self.hostname}-{self.archived % ARCHIVES}"
        (self.flash / name).write_text(self.whole(self.running), encoding="utf-8")
        return name

    def _candidate(self, text: str) -> tuple[Section, Invalid | None]:
        tree = Section("top")
        position = Position(self.dialect.grammar, tree)
        for inner, line in logical("ios", text):
            if line in ("end", "exit") or line.startswith(("Building configuration", "Current conf")):
                continue
            plain = line.split(" ", 1)[1] if line.startswith(("no ", "default ")) and " " in line else line
            if not inner and self.dialect.grammar.rule("top", plain):
                position.top()
            try:
                self.take_line(position, line)
            except Invalid as error:
                return tree, error
        tree.entries.pop("version", None)
        tree.entries.pop("ntp clock-period", None)
        return tree, None

    def merge(self, name: str, user: str) -> str:
        """``copy flash:NAME running-config``: line by line; what is refused is said, the rest stays."""
        text = self.get(name)
        if text is None:
            return f"%Error opening flash:/{name} (No such file or directory)"
        before = self.running.copy()
        position = Position(self.dialect.grammar, self.running)
        said: list[str] = []
        for _, line in logical("ios", text):
            if line in ("end", "exit"):
                continue
            try:
                self.take_line(position, line)
            except Invalid as error:
                said.append(f"{error.line}\n ^\n% Invalid input detected at '^' marker.\n")
        self.dialect.salted(self.running, before)
        self.touched("merge", user=user, name=name)
        return "".join(said) + f"\n{len(text)} bytes copied in 0.214 secs"

    def confirm(self, user: str) -> str:
        if self.timer is None:
            return "%No Rollback Confirmed Change pending"
        self.disarm()
        self.log("confirm", user=user)
        return ""

    def revert_now(self, user: str) -> str:
        if not self.revert("cancel"):
            return "%No Rollback Confirmed Change pending"
        return "Rollback Confirmed Change: Rolling back\n\nTotal number of passes: 1\nRollback Done"

    def rollback_timer(self) -> str:
        timer = self.timer
        if timer is None:
            return "%No Rollback Confirmed Change pending"
        since = self.time.now().timestamp() - (self.time.monotonic() - timer.since)
        when = datetime.fromtimestamp(since, self.time.now().tzinfo)
        return (
            f"Time configured(ntp or system clock): {stamp(when)}\nTimer type: absolute timer\n"
            f"Timer value: {int(timer.seconds // 60)} min\nUser: {timer.owner}"
        )

    def archive_text(self) -> str:
        if not self.archive_on():
            return "Archive feature not enabled"
        return (
            "The maximum archive configurations allowed is 10.\nThere are currently 0 archive configurations saved.\n"
            f"The next archive file will be named flash:archive-{self.hostname}-0\n Archive #  Name"
        )

    def differences(self, base: Section, text: str) -> str:
        """The contextual diff of ``show archive config differences``."""
        tree, _ = self._candidate(text)
        rows = list(_contextual(base, tree, 0))
        return "!Contextual Config Diffs:\n" + ("\n".join(rows) if rows else "!No changes were found")

    def incremental(self, text: str) -> str:
        """Lines of *text* that would change the running configuration."""
        after = self.running.copy()
        loaded(self.dialect, text, Position(self.dialect.grammar, after), indented=False)
        rows = [row.removeprefix("+") for row in _contextual(self.running, after, 0) if row[:1] != "-"]
        return "!List of Commands:\n" + ("\n".join(rows) + "\nend" if rows else "end\n!No changes were found")


def _contextual(old: Section, new: Section, depth: int) -> list[str]:
    pad = " " * depth
    rows: list[str] = []
    texts = {entry.text for entry in new.entries.values()}
    had = {entry.text: entry for entry in old.entries.values()}
    for entry in new.entries.values():
        twin = had.get(entry.text)
        if twin is None:
            rows.append(f"+{pad}{entry.text}")
            if entry.below is not None:
                rows.extend(f"+{pad} {' ' * deep}{child.text}" for deep, child in entry.below.walk())
        elif entry.below is not None:
            inner = _contextual(twin.below or Section(entry.below.mode), entry.below, depth + 1)
            if inner:
                rows.extend((f"{pad}{entry.text}", *inner))
    for entry in old.entries.values():
        if entry.text not in texts:
            rows.append(f"-{pad}{entry.text}")
            if entry.below is not None:
                rows.extend(f"-{pad} {' ' * deep}{child.text}" for deep, child in entry.below.walk())
    return rows


def stamp(when: datetime) -> str:
    """``10:00:00 UTC Tue Nov 24 2026``."""
    return f"{when:%H:%M:%S} UTC {when:%a %b} {when.day} {when.year}"


def _hex(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:8].upper()
