"""An HPE Aruba AOS-S switch (2530, 2540, 2930F, 5400R): configuration files, ``cfg-restore``, jobs, ``reload after``.

AOS-S has no timer that takes a change back. What an engineer has instead is modelled: a scheduled job that restores a
saved configuration, and a scheduled reload with an old startup. Both live in the device's one timer slot when it is
free, so that the faults of timers act on them. Source: HPE ArubaOS-Switch 16.x management and configuration guides;
nothing here was captured from a device, and texts the guides do not show are ours.
"""

import re
from dataclasses import dataclass
from typing import Any

from matric.lab import aoss_view
from matric.lab.aoss_tree import DIALECT, AossPosition, factory, load, members, put, unquoted
from matric.lab.device import Device
from matric.lab.text import Dialect
from matric.lab.time import Alarm
from matric.lab.tree import Invalid, Section

__all__ = ("CONFIG_FILES", "AossDevice", "Job", "Restore", "minutes")

CONFIG_FILES = 5
"""Configuration files the flash holds, the active one included."""
RELOAD = "reload"


@dataclass
class Job:
    """One line ``job NAME delay ...`` of the running configuration."""

    line: str
    name: str
    minutes: int
    command: str
    count: int | None
    alarm: Alarm | None = None
    held: bool = False
    """True where it sits in the device's timer slot."""


@dataclass(frozen=True)
class Restore:
    """The last ``cfg-restore``, as ``show cfg-restore status`` tells it."""

    status: str
    file: str
    recovery: bool
    reason: str = "-"
    added: int = 0
    removed: int = 0


def minutes(text: str) -> int | None:
    """``[[DD:]HH:]MM`` in minutes."""
    parts = text.split(":")
    if not parts or len(parts) > 3 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004 - DD:HH:MM
        return None
    days, hours, mins = ([0, 0, 0] + [int(part) for part in parts])[-3:]
    return days * 1440 + hours * 60 + mins


class AossDevice(Device):
    """The switch."""

    def __init__(self, *args: Any) -> None:
        self._jobs: dict[str, Job] = {}
        self._reload: tuple[float, Alarm] | None = None
        self.restored: Restore | None = None
        self.has_restore = True
        super().__init__(*args)
        release = re.match(r"\w+\.(\d+)\.(\d+)", self.release)
        self.has_restore = release is not None and (int(release[1]), int(release[2])) >= (16, 4)

    # ---- what it says of itself ----

    def spoken(self) -> Dialect:
        return DIALECT

    @property
    def release(self) -> str:
        return self.spec.os_version or "YA.16.11.0012"

    @property
    def model(self) -> str:
        """The part number: that is what the switch calls itself by."""
        part = re.search(r"\(([A-Z0-9]+)\)", self.spec.model)
        return part[1] if part is not None else self.spec.model or "J9773A"

    @property
    def hostname(self) -> str:
        return unquoted(self.running.value("hostname") or "") or "Aruba"

    def whole(self, tree: Section) -> str:
        """A configuration with the lines that tell of the editor."""
        return (
            f"; {self.model} Configuration Editor; Created on release #{self.release}\n"
            f"; Ver #14:6f.6f.f8.1d.9b.3f.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:ba\n{self.text(tree)}"
        )

    def saved(self) -> bool:
        """Whether startup is what runs."""
        return self.text(self.running) == self.text(self.startup)

    def ssh_on(self) -> bool:
        return not aoss_view.unanswered(self.running)

    def sftp_on(self) -> bool:
        return self.ssh_on() and bool(self.running.find("ip ssh filetransfer"))

    # ---- configuration ----

    def position(self, tree: Section, *, orphans: bool = False) -> AossPosition:
        return AossPosition(tree, self.spec.ports, orphans=orphans)

    def parsed(self, text: str) -> Section:
        tree = factory(self.spec.ports)
        for refused in load(text, self.position(tree, orphans=True)):
            self.log("boot-refused-line", line=refused.line)
        return tree

    def _known_port(self, line: str) -> None:
        """The position knows the ports: lists and ranges too."""

    def edit(self, text: str) -> None:
        load(text, self.position(self.running, orphans=True))
        self.touched("edit")

    def _cut_vlan(self) -> None:
        for uplink in self.lab.uplinks(self) or ("Vlan",):
            port = uplink.replace("Port-channel", "Trk")
            for kind in ("tagged", "untagged"):
                have = members(self.running, self.lab.vlan, kind)
                put(self.running, self.lab.vlan, kind, set() if uplink == "Vlan" else have - {port})

    def touched(self, event: str, **detail: Any) -> None:
        self._schedule()
        super().touched(event, **detail)

    def changed_line(self, user: str, line: str) -> None:
        """A *line* typed by *user* has changed the running configuration; a job's own line cuts nothing yet."""
        if not line.removeprefix("no ").startswith("job ") and self.faults.take("cut-vlan", command="direct-edit"):
            self.log("fault", kind="cut-vlan")
            self._cut_vlan()
        self.touched("direct-edit", user=user)

    # ---- jobs and the scheduled reload ----

    def _schedule(self) -> None:
        """Bring the jobs in line with the ``job`` lines that run."""
        lines = {entry.text for entry in self.running.find("job")}
        for line in [line for line in self._jobs if line not in lines]:
            self._stop(self._jobs.pop(line))
        for line in sorted(lines - set(self._jobs)):
            if (job := _job(line)) is not None:
                self._jobs[line] = job
                self._start(job)

    def _start(self, job: Job) -> None:
        if "cfg-restore" in job.command and self.timer is None:
            job.held = True
            self.arm(job.name, "job", job.minutes * 60, self.running.copy())
        else:
            job.alarm = self.time.after(job.minutes * 60, lambda: self._run(job))

    def _stop(self, job: Job) -> None:
        if job.alarm is not None:
            job.alarm.cancel()
        if job.held and self.timer is not None and self.timer.name == job.name:
            self.disarm()

    def _expired(self) -> None:
        timer = self.disarm()
        if timer is None:
            return
        self.log("expire", name=timer.name)
        if timer.name == RELOAD:
            self.power_cut()
            return
        for job in list(self._jobs.values()):
            if job.held and job.name == timer.name:
                self._run(job)

    def _run(self, job: Job) -> None:
        """The job's hour has come. A job with a count ends with its last run; one without comes again."""
        self.log("job", name=job.name, command=job.command)
        job.held = False
        if job.count is not None:
            job.count -= 1
        found = re.fullmatch(r"cfg-restore flash (\S+)(.*)", job.command)
        if found is not None:
            self.restore(found[1], recovery="recovery-mode disable" not in found[2], force=" force" in found[2])
        elif job.command == "write memory":
            self.save()
        if job.line not in self._jobs:
            return
        if job.count == 0:
            self.running.entries.pop(f"job {job.name}", None)
            del self._jobs[job.line]
            self.touched("job-ended", name=job.name)
        else:
            job.alarm = self.time.after(job.minutes * 60, lambda: self._run(job))

    def jobs(self) -> tuple[Job, ...]:
        return tuple(self._jobs.values())

    def reload_after(self, mins: int, user: str) -> None:
        """``reload after``: in the timer slot, or beside it where a job holds that."""
        self.no_reload()
        if self.timer is None:
            self.arm(RELOAD, user, mins * 60, self.startup.copy())
        else:
            self._reload = (self.time.monotonic() + mins * 60, self.time.after(mins * 60, self.power_cut))

    def reload_left_s(self) -> float | None:
        """Seconds until the scheduled reload, if there is one."""
        if self._reload is not None:
            return self._reload[0] - self.time.monotonic()
        if self.timer is None or self.timer.name != RELOAD:
            return None
        return self.timer.due - self.time.monotonic()

    def no_reload(self) -> bool:
        if self.reload_left_s() is None:
            return False
        if self._reload is not None:
            self._reload[1].cancel()
            self._reload = None
        else:
            self.disarm()
        self.log("no-reload")
        return True

    def forget(self) -> None:
        for job in self._jobs.values():
            if job.alarm is not None:
                job.alarm.cancel()
        self._jobs.clear()
        if self._reload is not None:
            self._reload[1].cancel()
            self._reload = None
        self.restored = None

    def _booted(self) -> None:
        super()._booted()
        self._schedule()

    def foreign_pending(self, seconds: float, owner: str, name: str) -> None:
        """Somebody else has a job that will restore what runs now."""
        self.log("foreign-job", owner=owner, name=name)
        self.put(name, self.whole(self.running))
        mins = max(1, int(seconds // 60))
        self.edit(f'job {name} delay {mins} count 1 "cfg-restore flash {name}"')

    # ---- configuration files ----

    def put(self, name: str, text: str) -> bool:
        """A named configuration file; False where there is no room."""
        path = self.flash / name
        if self.faults.take("full-flash", command=f"flash {name}"):
            self.log("fault", kind="full-flash")
            return False
        if not path.exists() and len(list(self.flash.iterdir())) >= CONFIG_FILES - 1:
            return False
        path.write_text(text, encoding="utf-8")
        self.log("file", name=name)
        return True

    def get(self, name: str) -> str | None:
        path = self.flash / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None

    def candidate(self, text: str) -> tuple[Section, Invalid | None]:
        """What the file would make of the device, up to the first line it does not take."""
        tree = factory(self.spec.ports)
        position = self.position(tree, orphans=True)
        for raw in text.replace("\r\n", "\n").split("\n"):
            line = raw.strip()
            if not line or line.startswith(";"):
                continue
            if line == "exit":
                position.leave()
                continue
            if raw[:1] not in " \t":
                position.top()
            try:
                self.take_line(position, line)
            except Invalid as error:
                return tree, Invalid(line, error.reason)
        return tree, None

    def difference(self, tree: Section) -> tuple[list[str], list[str]]:
        """(lines that would go, lines that would come)."""
        old, new = _flat(self.text(self.running)), _flat(self.text(tree))
        return [row for row in old if row not in new], [row for row in new if row not in old]

    def restore(self, name: str, *, recovery: bool, force: bool) -> Restore:
        """``cfg-restore flash NAME``: the whole file, or (in recovery mode) what ran before."""
        text = self.get(name)
        if text is None:
            self.restored = Restore("Failed", name, recovery, "File not found")
            return self.restored
        tree, refused = self.candidate(text)
        gone, come = self.difference(tree)
        reboot = tree.value("max-vlans") != self.running.value("max-vlans")
        if refused is not None or (reboot and not force):
            reason = f"{refused.reason}: {refused.line}" if refused is not None else "Reboot required"
            self.restored = Restore("Failed", name, recovery, reason)
            self.log("restore-refused", name=name, reason=reason)
            if not recovery and refused is not None:
                self.settle(tree, "restore-partly", name=name)
            return self.restored
        self.restored = Restore("Success", name, recovery, added=len(come), removed=len(gone))
        self.settle(tree, "restore", name=name)
        return self.restored


def _flat(text: str) -> list[str]:
    """Every line with the head of its section before it."""
    rows: list[str] = []
    head = ""
    for raw in text.split("\n"):
        if not raw.strip() or raw.strip() == "exit":
            continue
        if raw.startswith(" "):
            rows.append(f"{head} {raw.strip()}")
        else:
            head = raw
            rows.append(raw)
    return rows


def _job(line: str) -> Job | None:
    found = re.fullmatch(r'job (\S+) delay (\S+)((?: config-save| count \d+)*) "?([^"]*)"?((?: count \d+)?)', line)
    delay = minutes(found[2]) if found is not None else None
    if found is None or not delay:
        return None
    count = re.search(r"count (\d+)", f"{found[3]}{found[5]}")
    return Job(line, found[1], delay, found[4], int(count[1]) if count else None)
