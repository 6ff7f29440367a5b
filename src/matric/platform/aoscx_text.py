"""What an AOS-CX switch shows, read from its text; and what its checkpoints say of a change that waits.

No command of AOS-CX shows whether ``checkpoint auto`` runs. What shows it here: before its first line a cut-over keeps
what ran under a name that holds the run and the minutes, and after its last line what came of it. Both are on the
switch, so any later login can tell. Sources: AOS-CX "Fundamentals Guide", checkpoint commands; the table of ``show
checkpoint`` as two releases print it. Pure: no socket, no clock.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from matric.errors import Refused
from matric.platform.base import Facts, Neighbour

__all__ = (
    "Checkpoint",
    "Waiting",
    "accounts",
    "after_name",
    "before_name",
    "checkpoints",
    "communities",
    "facts",
    "names_of",
    "neighbours",
    "routes",
    "waiting",
)

SLACK_S = 120.0
"""The timer is armed a little after the checkpoint is kept, and the switch takes a while to go back."""
SHORT_S = 20.0
"""The same, where not one line has come to pass: what is left of the timer is waited for, and no longer than needed."""
LONGEST_NAME = 32
_ROW = re.compile(
    r"^\|? *(?P<name>[\w-]+) *\|? *\S+ *\|? *(?P<writer>User|System) *\|? *"
    r"(?P<date>\d{4}[-/]\d\d[-/]\d\d)[T ](?P<time>\d\d:\d\d:\d\d)",
    re.MULTILINE,
)
_BEFORE = re.compile(r"(?P<session>matric-[\w-]+)-(?P<minutes>\d{1,2})m$")
_CONFIRMED = re.compile(r"AUTO\d{14,}$")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A row of ``show checkpoint``."""

    name: str
    user: bool
    """Kept by a user's command, not by the switch of its own accord."""
    when: datetime
    """By the switch's clock."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change whose ``checkpoint auto`` is taken to run."""

    session: str
    checkpoint: str
    """Holds what was there before."""
    left_s: float
    done: bool = True
    """The change had been sent whole: what came of it was kept."""
    gone: bool = False
    """What was there before runs: there is nothing to confirm, and nothing to take back."""


def before_name(session: str, minutes: int) -> str:
    """The name what ran is kept under before a change of *session* with a timer of *minutes*."""
    return _fits(f"{session}-{minutes}m")


def after_name(session: str) -> str:
    """The name what came of the change is kept under."""
    return _fits(f"{session}-new")


def _fits(name: str) -> str:
    if len(name) > LONGEST_NAME or not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"{name!r} is no name of a checkpoint: 1 to {LONGEST_NAME} letters, digits, - and _")
    return name


def checkpoints(key: str, text: str) -> tuple[Checkpoint, ...]:
    """The rows of ``show checkpoint``; Refused where it is no such table."""
    if not re.search(r"\bNAME\b.*\bWRITER\b", text):
        raise Refused(f"{key}: its list of checkpoints could not be read. Do: `show checkpoint` on it by hand")
    return tuple(
        Checkpoint(row["name"], row["writer"] == "User", _moment(row["date"], row["time"]))
        for row in _ROW.finditer(text)
    )


def _moment(date: str, time: str) -> datetime:
    return datetime.strptime(f"{date.replace('/', '-')} {time}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def names_of(session: str, found: tuple[Checkpoint, ...]) -> tuple[str, ...]:
    """The checkpoints of *session* among *found*."""
    ours = (one.name for one in found if one.user)
    return tuple(
        name
        for name in ours
        if name == after_name(session) or ((row := _BEFORE.match(name)) and row["session"] == session)
    )


def waiting(found: tuple[Checkpoint, ...], now: datetime, up_s: float, holds: Callable[[str], bool]) -> Waiting | None:
    """The change that waits for its confirmation, or None: its time is over, it was confirmed, or it has gone back.

    *now* and *up_s* are the switch's clock and how long it is up; *holds* tells whether what runs is what a checkpoint
    holds. What runs decides first: while it is what a change came to, that change waits, whatever a clock says, for a
    timer may be late. A confirmation by anybody leaves a checkpoint ``AUTO...`` of the switch's own; one of the same
    second is of the attempt before, for what is kept is armed, changed and read before anybody can confirm it.

    Where what ran before runs, and no sign says that the change was ever whole, the answer to the arming or to a line
    was lost: the timer may run all the same, and a line may still come. That waits too, until the timer is past.
    """
    kept = max((one for one in found if one.user and _BEFORE.match(one.name)), key=lambda one: one.when, default=None)
    row = _BEFORE.match(kept.name) if kept is not None else None
    if kept is None or row is None:
        return None
    if any(not one.user and _CONFIRMED.match(one.name) and one.when > kept.when for one in found):
        return None
    length, age = int(row["minutes"]) * 60.0, (now - kept.when).total_seconds()
    left = min(max(length - age, 0.0), length)
    new = after_name(row["session"])
    done = any(one.name == new for one in found)
    if holds(kept.name):
        if done or up_s + 60 < age or age > length + SHORT_S:  # the uptime is told in whole minutes
            return None  # gone back: its timer can change nothing
        return Waiting(row["session"], kept.name, left, done=False, gone=True)
    stays = done and holds(new)
    restarted = up_s < age - SLACK_S
    if not stays and (restarted or age > length + SLACK_S):
        return None
    return Waiting(row["session"], kept.name, left, done)


# ---- for a plan ----


def facts(shown: str) -> Facts:
    """``show system``; ValueError where it does not say who the switch is."""
    from napalm_aruba_aoscx import show  # noqa: PLC0415 - its package is heavy

    found = show.system(shown)
    return Facts(
        hostname=str(found["hostname"]),
        model=str(found["model"]),
        serial=str(found["serial_number"]),
        os_version=str(found["os_version"]),
        uptime_s=float(found["uptime"]),
    )


def neighbours(shown: str) -> tuple[Neighbour, ...]:
    """``show lldp neighbor-info detail``."""
    from napalm_aruba_aoscx import show  # noqa: PLC0415 - its package is heavy

    return tuple(
        Neighbour(port, str(one["remote_system_name"]).partition(".")[0], str(one["remote_port"]))
        for port, ones in show.lldp(shown).items()
        for one in ones
    )


def accounts(running: str) -> tuple[str, ...]:
    """Names of local accounts."""
    return tuple(sorted(set(re.findall(r"^user (\S+) group ", running, re.MULTILINE))))


def communities(running: str) -> tuple[str, ...]:
    """SNMP communities. One that is not a factory default is a password: its length stands for it."""
    found = re.findall(r"^snmp-server community (\S+)", running, re.MULTILINE)
    return tuple(name if name in ("public", "private") else f"<{len(name)} characters>" for name in found)


def routes(text: str) -> tuple[str, ...]:
    """``show ip route``: a prefix on a line, its ways on the next ones."""
    found: list[str] = []
    prefix = ""
    for line in text.splitlines():
        if head := re.match(r"(\d+\.\d+\.\d+\.\d+/\d+), vrf ", line):
            prefix = head[1]
        elif prefix and (hop := re.match(r"\s+via\s+([^\s,]+),", line)):
            found.append(f"{prefix} via {hop[1]}")
    return tuple(sorted(found))
