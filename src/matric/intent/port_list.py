"""Lists of ports as some switches write them: ``1-24,A1-A4,Trk1``. A range runs over the last number of a name."""

import re
from collections.abc import Iterable

__all__ = ("collapsed", "expanded")

_PORT = re.compile(r"(.*?)(\d+)")
MOST = 1000
"""No range is longer: one that somebody mistyped must not fill the memory."""


def expanded(text: str) -> tuple[str, ...]:
    """Every port of the list *text*; empty where it is none."""
    names: dict[str, None] = {}
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        low, high = _PORT.fullmatch(first), _PORT.fullmatch(last if dash else first)
        if low is None or high is None or low[1].lower() != high[1].lower() or int(high[2]) - int(low[2]) > MOST:
            return ()
        names |= dict.fromkeys(f"{low[1]}{number}" for number in range(int(low[2]), int(high[2]) + 1))
    return tuple(names)


def collapsed(ports: Iterable[str]) -> str:
    """The shortest list of *ports*: plain numbers first, then by letter, LAGs (``Trk1``) last."""
    runs: list[list[str]] = []
    for name in sorted(set(ports), key=_place):
        found = _PORT.fullmatch(runs[-1][-1]) if runs else None
        if found is not None and name == f"{found[1]}{int(found[2]) + 1}":
            runs[-1].append(name)
        else:
            runs.append([name])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _place(name: str) -> tuple[int, str, int]:
    found = _PORT.fullmatch(name)
    return (len(found[1]), found[1], int(found[2])) if found is not None else (MOST, name, 0)
