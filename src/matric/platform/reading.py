"""What both operating systems write alike, read from their own text."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ("accounts", "clock", "communities", "skew")


def accounts(running: str) -> tuple[str, ...]:
    """Names of local accounts in a running configuration."""
    return tuple(sorted(set(re.findall(r"^username (\S+) ", running, re.MULTILINE))))


def communities(running: str) -> tuple[str, ...]:
    """SNMP communities. One that is not a factory default is a password: its length stands for it."""
    found = re.findall(r"^snmp-server community (?:[07] )?(\S+)(.*)$", running, re.MULTILINE)
    return tuple(f"{name if name in _DEFAULTS else f'<{len(name)} characters>'}{rest}" for name, rest in found)


_DEFAULTS = frozenset({"public", "private"})

_CLOCKS = (
    # IOS: *13:22:03.123 UTC Wed Jun 3 2026
    r"(?P<time>\d\d:\d\d:\d\d)(?:\.\d+)? +(?P<zone>\S+) +\w{3} +(?P<month>\w{3}) +(?P<day>\d+) +(?P<year>\d{4})",
    # EOS: Wed Jun  3 13:22:03 2026, and on the next line Timezone: UTC
    r"\w{3} +(?P<month>\w{3}) +(?P<day>\d+) +(?P<time>\d\d:\d\d:\d\d) +(?P<year>\d{4})(?:\s+Timezone: *(?P<zone>\S+))?",
    # AOS-CX: Wed Jun 3 13:22:03 UTC 2026
    r"\w{3} +(?P<month>\w{3}) +(?P<day>\d+) +(?P<time>\d\d:\d\d:\d\d) +(?P<zone>[A-Z]\S*) +(?P<year>\d{4})",
)


def clock(text: str) -> datetime | None:
    """The moment in *text*, or None where it holds none, or not in UTC or British time."""
    for pattern in _CLOCKS:
        if found := re.search(pattern, text):
            shown = "{year} {month} {day} {time}".format(**found.groupdict())
            moment = datetime.strptime(shown, "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
            return _in_utc(moment, found["zone"] or "UTC")
    return None


def _in_utc(moment: datetime, zone: str) -> datetime | None:
    if zone in {"UTC", "GMT", "Etc/UTC"}:
        return moment
    if zone == "BST":
        return moment - timedelta(hours=1)
    if zone == "Europe/London":
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return None


def skew(text: str, now: datetime) -> float | None:
    """Seconds by which a device's ``show clock`` is ahead of *now*, or None where it cannot be read."""
    shown = clock(text)
    return None if shown is None else (shown - now).total_seconds()
