"""Releases of an operating system, compared as their makers count them."""

import re

__all__ = ("allows",)


def allows(approved: str, runs: str) -> bool:
    """Whether release *runs* is *approved*: that one, or with ``+`` behind it that one and every later one."""
    if approved.endswith("+"):
        return _order(runs) >= _order(approved)
    return _order(runs) == _order(approved)


def _order(release: str) -> tuple[tuple[int, int, str], ...]:
    """A key that puts 17.9.4 before 17.09.04a, and that before 17.12.3; the letters before AOS numbers say nothing."""
    parts = re.findall(r"\d+|[a-z]+", re.sub(r"^[A-Z]+\.", "", release).lower())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
