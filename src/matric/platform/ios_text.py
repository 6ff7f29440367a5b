"""What Cisco IOS shows, read from its text. Sources: Cisco IOS command references, forms of the outputs."""

import re

from matric.errors import Refused
from matric.platform.base import Session

__all__ = ("body", "first", "full_port", "lines", "routes", "staged", "typed", "uptime_s")

_PORTS = {
    "Gi": "GigabitEthernet",
    "Te": "TenGigabitEthernet",
    "Tw": "TwoGigabitEthernet",
    "Fi": "FiveGigabitEthernet",
    "Twe": "TwentyFiveGigE",
    "Fo": "FortyGigabitEthernet",
    "Hu": "HundredGigE",
    "Po": "Port-channel",
    "Et": "Ethernet",
}


def full_port(port: str) -> str:
    """The full name of a port that IOS shows short: Gi1/0/1 is GigabitEthernet1/0/1."""
    found = re.fullmatch(r"([A-Za-z]+?)(\d\S*)", port)
    return f"{_PORTS[found[1]]}{found[2]}" if found and found[1] in _PORTS else port


_ROUTE = re.compile(
    r"^[A-Z][A-Z0-9* ]*?\s+(\d+\.\d+\.\d+\.\d+(?:/\d+)?) "
    r"(?:\[\d+/\d+\] via ([^\s,]+)|is directly connected, ([^\s,]+))",
    re.MULTILINE,
)


def routes(text: str) -> tuple[str, ...]:
    return tuple(sorted(f"{prefix} via {hop or port}" for prefix, hop, port in _ROUTE.findall(text)))


def staged(files: str) -> tuple[Session, ...]:
    names = re.findall(r"\b(matric-[A-Za-z0-9-]+)\.cfg\s*$", files, re.MULTILINE)
    return tuple(Session(name, "", "staged") for name in names)


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r", "").replace("\x03", "^C").strip().split("\n")]


def typed(config: str) -> str:
    """*config* as a file must hold it: IOS shows the delimiter of a banner as ``^C``, and takes only the byte 0x03."""
    return re.sub(r"^(banner \S+ )\^C(.*?)\^C", "\\1\x03\\2\x03", config, flags=re.MULTILINE | re.DOTALL)


def body(text: str) -> str:
    """A configuration without the lines IOS puts over it (size, progress)."""
    rows = text.split("\n")
    heads = (r"Building configuration\.*", r"Current configuration : \d+ bytes", r"Using \d+ .*bytes.*", r"\s*")
    start = next((at for at, line in enumerate(rows) if not any(re.fullmatch(head, line) for head in heads)), 0)
    return "\n".join(rows[start:])


def first(key: str, text: str, pattern: str, what: str, *others: str) -> str:
    for one in (pattern, *others):
        if found := re.search(one, text, re.MULTILINE):
            return found[1]
    raise Refused(f"{key}: `show version` holds no {what}. Do: check the account's privileges")


_UNITS = {"year": 365 * 86400, "week": 7 * 86400, "day": 86400, "hour": 3600, "minute": 60}


def uptime_s(text: str) -> float:
    found = re.search(r" uptime is (.*)", text)
    parts = re.findall(r"(\d+) (year|week|day|hour|minute)", found[1] if found else "")
    return float(sum(int(count) * _UNITS[unit] for count, unit in parts))
