"""What HPE Aruba AOS-S shows, read from its text, and the names that matric gives its job.

The job that takes a change back is called ``matric-HHMMSS``: when it runs (UTC, by the switch's own clock),
because ``show job`` does not tell how long a delay still lasts. Its command names the run.
Source: HPE ArubaOS-Switch 16.x guides, forms of the outputs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from matric.errors import Refused
from matric.platform.base import Session
from matric.platform.reading import clock

__all__ = (
    "Job",
    "accounts",
    "clock_text",
    "communities",
    "files",
    "job_line",
    "jobs",
    "left_s",
    "now",
    "reload_left_s",
    "routes",
    "staged",
    "whole",
)

DAY_S = 86400
SET_RIGHT_S = 60
"""Further off than this no clock is when a run begins."""
_RUN = r"matric-[A-Za-z0-9-]+?"
_KINDS = r"(?:-old|-restore)?"
_OPEN = re.compile(r" |(?:vlan|interface) \S+$|ip access-list |(?:oobm|stacking)$|device-profile ")
"""A line after which there is more."""
_ACTS = re.compile(r"\b(?:cfg-restore|reload|boot|erase|copy)\b")
"""A job with such a command takes something back, or away."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the running configuration that will change the switch."""

    name: str
    session: str
    """``matric-<run id>``; empty where it is somebody else's."""
    minutes: int
    """Its delay, not what is left of it."""
    restores: bool


def whole(key: str, text: str, what: str) -> str:
    """*text* from the editor's line on, with every section ended; a configuration that was cut short is refused."""
    rows = [row.rstrip() for row in text.replace("\r", "").split("\n") if row.strip()]
    start = next((at for at, row in enumerate(rows) if re.match(r"; \S+ Configuration Editor; ", row)), None)
    ended = start is not None and (rows[-1].strip() == "exit" or not _OPEN.match(rows[-1]))
    if not ended:
        raise Refused(f"{key}: {what} has no head or no end, so it was not read whole. Do: try again")
    return "\n".join(rows[start:]) + "\n"


def files(text: str) -> tuple[str, ...]:
    """Names of the configuration files in ``show config files``."""
    return tuple(re.findall(r"(?m)^\s*\d+ +\|[ *]+\| *(\S+)\s*$", text))


def staged(text: str) -> tuple[Session, ...]:
    """Runs of matric that have a file there."""
    found = (re.fullmatch(rf"({_RUN}){_KINDS}", name) for name in files(text))
    return tuple(Session(name, "", "staged") for name in dict.fromkeys(one[1] for one in found if one))


# ---- what takes a change back ----


def jobs(running: str) -> tuple[Job, ...]:
    """The jobs that will change the switch, whoever made them, and matric's mark of a reload."""
    return tuple(_jobs(running))


def _jobs(running: str) -> Iterator[Job]:
    for line in re.findall(r"(?m)^job .+$", running):
        words = re.match(r'job "?([^\s"]+)"? (?:delay (\S+)|at .+?) .*?"(.*)"', line)
        name, delay, command = (words[1], words[2], words[3]) if words is not None else (line.split()[1], "0", line)
        run = re.search(rf"\b({_RUN}){_KINDS}(?:\s|$)", command)
        ours = run is not None and re.fullmatch(r"matric-\d{6}", name) is not None
        if ours or _ACTS.search(command):
            yield Job(name, run[1] if ours and run else "", _minutes(delay or "0"), "cfg-restore" in command)


def _minutes(delay: str) -> int:
    """``[[DD:]HH:]MM``; none where it is not that."""
    parts = delay.split(":")
    if not all(part.isdecimal() for part in parts):
        return 0
    days, hours, minutes = ([0, 0, 0] + [int(part) for part in parts])[-3:]
    return days * 1440 + hours * 60 + minutes


def job_line(now: datetime | None, minutes: int, command: str) -> tuple[str, str]:
    """(name, line) of the job that runs *command* in *minutes*; *now* by the switch's own clock."""
    due = now + timedelta(minutes=minutes) if now is not None else None
    name = f"matric-{due:%H%M%S}" if due is not None else "matric-999999"
    delay = f"{minutes // 60}:{minutes % 60:02}" if minutes >= 60 else str(minutes)  # noqa: PLR2004 - an hour
    return name, f'job {name} delay {delay} count 1 "{command}"'


def left_s(job: Job, now: datetime | None) -> float:
    """Seconds until *job* runs; none where the switch does not say enough, so that nobody counts on it."""
    found = re.fullmatch(r"matric-([01]\d|2[0-3])([0-5]\d)([0-5]\d)", job.name)
    if now is None:
        return 0.0
    if found is None:
        return float(job.minutes * 60)
    due = now.replace(hour=int(found[1]), minute=int(found[2]), second=int(found[3]), microsecond=0)
    left = (due - now).total_seconds() % DAY_S
    # What was due a moment ago is being done now. A clock that NTP has set right since shows a little more than all.
    return 0.0 if left > job.minutes * 60 + SET_RIGHT_S else min(left, float(job.minutes * 60))


def reload_left_s(text: str) -> float | None:
    """Seconds until the scheduled reload; None where the switch says that there is none."""
    if re.search(r"(?i)not scheduled|no reload|no scheduled", text):
        return None
    found = re.search(r"(?i)(?:(\d+) days?,? *)?(?:(\d+) hours?,? *)?(\d+) min\w*(?:,? *(\d+) sec\w*)?", text)
    if found is None:
        return 0.0
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(days * DAY_S + hours * 3600 + minutes * 60 + seconds)


# ---- what a plan wants to know ----


def accounts(running: str) -> tuple[str, ...]:
    """Names of the local accounts."""
    named = re.findall(r'(?m)^password (?:manager|operator) user-name "?([^\s"]+)', running)
    plain = re.findall(r"(?m)^password (manager|operator)(?! user-name)\b", running)
    local = re.findall(r'(?m)^aaa authentication local-user "?([^\s"]+)', running)
    return tuple(sorted({*named, *plain, *local}))


def communities(running: str) -> tuple[str, ...]:
    """SNMP communities. One that is not a factory default is a password: its length stands for it."""
    found = re.findall(r'(?m)^snmp-server community "?([^\s"]+)"?(.*)$', running)
    return tuple(f"{name if name in _DEFAULTS else f'<{len(name)} characters>'}{rest}" for name, rest in found)


_DEFAULTS = frozenset({"public", "private"})


def clock_text(shown: str, running: str) -> str:
    """``show time`` with the zone the configuration gives it."""
    british = re.search(r"(?m)^time daylight-time-rule western-europe$", running) is not None
    return f"{shown.strip()}\nTimezone: {'Europe/London' if british else 'UTC'}"


def now(shown: str, running: str) -> datetime | None:
    """The switch's own clock, in UTC."""
    return clock(clock_text(shown, running))


def routes(text: str) -> tuple[str, ...]:
    """``show ip route``: prefixes and the way to them."""
    return tuple(sorted(f"{prefix} via {hop}" for prefix, hop in re.findall(r"(?m)^ +(\d[\d.]+/\d+) +(\S+)", text)))
