"""Port lists as AOS-S writes them: ``1-24,25,Trk1``, ``A1-A4``, ``1/1-1/24``.

Source: HPE ArubaOS-Switch basic operation and advanced traffic management guides, 16.x.
"""

import re
from collections.abc import Iterable

from matric.config import natural

__all__ = ("collapsed", "expanded", "proper")

_PORT = re.compile(r"(?i)(trk|(?:\d+/)?[a-z]?)(\d+)")
MOST = 1000
"""No list is longer: a range somebody mistyped must not fill the memory."""


def proper(name: str) -> str:
    """*name* as the device shows it; empty where it is no port."""
    found = _PORT.fullmatch(name.strip())
    if found is None:
        return ""
    prefix = "Trk" if found[1].lower() == "trk" else found[1].upper()
    return f"{prefix}{int(found[2])}"


def expanded(text: str) -> tuple[str, ...]:
    """Every port of the list; empty where it is none."""
    names: dict[str, None] = {}
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        low, high = _PORT.fullmatch(first), _PORT.fullmatch(last if dash else first)
        if low is None or high is None or low[1].lower() != high[1].lower() or int(high[2]) - int(low[2]) > MOST:
            return ()
        for number in range(int(low[2]), int(high[2]) + 1):
            names[proper(f"{low[1]}{number}")] = None
    return tuple(names)


def collapsed(ports: Iterable[str]) -> str:
    """The shortest list of *ports*, in their natural order; LAGs last, as the device does it."""
    runs: list[list[str]] = []
    for name in sorted(set(ports), key=lambda port: (port.startswith("Trk"), natural(port))):
        if runs and _next(runs[-1][-1]) == name:
            runs[-1].append(name)
        else:
            runs.append([name])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _next(name: str) -> str:
    found = _PORT.fullmatch(name)
    return "" if found is None else f"{found[1]}{int(found[2]) + 1}"
