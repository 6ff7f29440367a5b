"""Reading lines that several platforms write alike."""

import re
from collections.abc import Iterator

from matric.config import Config, Line

__all__ = ("first", "last", "plain", "severity", "words", "zone")

SEVERITIES = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
OTHER_NAMES = {"notif": 5, "major": 2, "any": 7, "none": -1}


def words(tree: Config | Line, pattern: str) -> Iterator[str]:
    """Group 1 of *pattern* in every line it finds."""
    return (found[1] for line in tree.find(pattern) if (found := re.search(pattern, line.text)))


def first(tree: Config | Line, pattern: str, otherwise: str = "") -> str:
    """Group 1 of *pattern* in the first line it finds."""
    return next(words(tree, pattern), otherwise)


def last(tree: Config | Line, pattern: str, otherwise: str = "") -> str:
    """Group 1 of *pattern* in the last line it finds: a later line replaces an earlier one."""
    return ([otherwise, *words(tree, pattern)])[-1]


def plain(text: str) -> str:
    """*text* without the quotes around it."""
    return text.strip().strip('"')


def severity(word: str) -> int:
    """The number of a severity by its number or by any platform's name; -1 where nothing is sent."""
    if word.isdecimal():
        return int(word)
    lower = word.lower()
    named = next((number for number, name in enumerate(SEVERITIES) if lower.startswith(name)), None)
    return named if named is not None else next((at for name, at in OTHER_NAMES.items() if lower.startswith(name)), -1)


def zone(offset_min: int, summer: str) -> str:
    """The time zone of a device that only knows how far from UTC it is, and when summer begins."""
    if offset_min:
        return f"UTC{offset_min:+d} min"
    return "Europe/London" if summer else "UTC"
