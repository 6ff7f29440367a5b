"""From a device's answer to a show command to what it tells."""

import re
from functools import lru_cache

from matric.survey.show.answers import ANSWERS
from matric.survey.show.commands import canonical_command
from matric.survey.show.machine import Record, by_rows, by_template
from matric.survey.show.rows import ROWS
from matric.survey.show.silent import SILENT
from matric.survey.show.topics import TOPICS, Values
from matric.survey.told import Told
from matric.survey.unread import lines_unread

__all__ = ("CONFIGURATIONS", "read")

CONFIGURATIONS = frozenset({"show running-config", "show configuration", "display current-configuration"})
"""Commands in full that answer with a whole configuration."""
_NOTHING = re.compile(r"[\s\-=+|_*~#!^]*$")
REFUSED = re.compile(
    r"\s*(?:% ?(?:Invalid|Incomplete|Ambiguous|Unrecognized|Unknown|Wrong)|Invalid input|Unknown command|syntax error"
    r"|error: syntax|Ambiguous input|Incomplete input|Invalid command|\^ *$)",
    re.IGNORECASE,
)
"""How devices refuse a command: its answer then tells nothing, which is not the same as none there."""


def read(platform: str, command: str, text: str) -> Told:
    """What *text*, the answer of a *platform* (slug) to *command* (in full or cut short), tells.

    Never raises: a line that is not understood is named in ``Told.unread``, and where nobody here reads such an answer
    every line is. Of a command that the device refused nothing is told: its values are None, which is "not seen".
    """
    from matric.survey import configuration  # noqa: PLC0415 - what reads configurations also reads this

    known = canonical_command(platform, command)
    if known in CONFIGURATIONS:
        return configuration.read(platform, text)
    lines = tuple(text.replace("\r", "").encode("utf-8", "replace").decode().split("\n"))
    numbers = tuple(at for at, line in enumerate(lines) if not _NOTHING.match(line))
    if known is None or known not in ANSWERS.get(platform, {}):
        return _told({}, lines, numbers, frozenset(), f"nothing reads the answer to {command!r} of {platform!r}")
    if any(REFUSED.match(lines[at]) for at in numbers[:4]):
        talk = frozenset(at for at in numbers if REFUSED.match(lines[at]) or _echoes(platform, f">{lines[at].strip()}"))
        return _told({}, lines, numbers, talk, "the device refused the command")
    records, understood = _records(platform, known, lines)
    try:
        values = TOPICS[ANSWERS[platform][known].topic](platform, records)
    except (ValueError, IndexError) as error:
        why = f"{type(error).__name__} in what it tells"
        return _told({}, lines, numbers, frozenset(), why)
    if not records and not understood & set(numbers):
        values = {}
    return _told(values, lines, numbers, understood, f"no line of {known!r} that is known")


def _records(platform: str, command: str, lines: tuple[str, ...]) -> tuple[tuple[Record, ...], frozenset[int]]:
    template = ANSWERS[platform][command].template
    records, understood = by_template(template, lines) if template else ((), frozenset[int]())
    if rows := ROWS.get((platform, command)):
        # Beside a template, rows tell what it leaves out.
        more, known = by_rows(rows, lines)
        records, understood = (*records, *more), understood | known
    silent = _silent(platform, command)
    echo = {at for at, line in enumerate(lines[:3]) if _echoes(platform, line)}
    hushed = {at for at, line in enumerate(lines) if silent is not None and silent.match(line)}
    return records, understood | echo | hushed


def _echoes(platform: str, line: str) -> bool:
    """Whether *line* is the prompt with the command, as terminals log it."""
    found = re.match(r"\S*?[#>]\s*(\w.*)$", line)
    return found is not None and canonical_command(platform, found[1]) is not None


@lru_cache(maxsize=128)
def _silent(platform: str, command: str) -> "re.Pattern[str] | None":
    patterns = SILENT.get((platform, command), ())
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def _told(values: Values, lines: tuple[str, ...], numbers: tuple[int, ...], known: frozenset[int], why: str) -> Told:
    left = lines_unread(lines, (at for at in numbers if at not in known), why)
    return Told(**values, lines=len(numbers), understood=len(numbers) - len(left), unread=left)
