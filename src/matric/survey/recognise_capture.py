"""A text with several commands in it, cut into their answers: a terminal's log, a "show tech", notes with headings."""

import re
from collections import Counter
from dataclasses import dataclass

__all__ = ("Cut", "cuts", "named")

_NAME = r"(?P<name>[A-Za-z0-9][\w.\-/]*?)"
_PROMPT = re.compile(
    rf"^(?:\{{[\w:]+\}})?(?:(?:SSH|telnet|[\w.\-]+)@(?=\S))?{_NAME}"
    r"(?P<mode>\([^()\s]*\)| ?\[edit[^\]]*\])?[#>] ?(?P<command>\S.*)?$"
)
_ANGLED = re.compile(
    r"^(?:<(?P<name>[A-Za-z0-9][\w.\-]*)>|\[~?\*?(?P<inner>[A-Za-z0-9][\w.\-]*)\]) ?(?P<command>\S.*)?$"
)
_ASKS = re.compile(r"(?:sh(?:ow?)?|disp?(?:lay)?) +\w|wr\w* t\w*$", re.IGNORECASE)
_TALKS = re.compile(
    r"(?:sh|dis|en$|enable|conf|term|no |screen|skip|exit|quit|logout|wr|copy|ping|end$|page|cli|set cli"
    r"|request|system-view)",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^\s*(?:[-=*#!+~]{2,}|[!#;*] )\s*[`'\"]?(?P<command>(?:sh|show|dis|display) +[a-z][^=*~]*?)[`'\"]?\s*"
    r"(?:[-=*#!+~]{2,}\s*)?$"
)
_TITLED = re.compile(r"^(?:Command *: *|BEGIN *: *|TITLE *: *)(?P<command>(?:show|display) [a-z].*?)\s*$")


@dataclass(frozen=True, slots=True)
class Cut:
    """The answer to one command."""

    command: str
    """As it was typed; empty for what stands before the first."""
    device: str
    """Whose prompt it was; empty where there was none."""
    start: int
    """Line of its first line in the text, from 0."""
    lines: tuple[str, ...]


def named(lines: list[str]) -> str:
    """The device whose prompt shows most; empty where none does."""
    found = Counter(name for name, _ in filter(None, (_prompt(line) for line in lines)))
    return max(sorted(found), key=lambda one: found[one]) if found else ""


def cuts(lines: list[str]) -> tuple[Cut, ...]:
    """*lines* by the commands they answer; empty where no line is a prompt with a command, nor a heading of one."""
    names = {found[0] for line in lines if (found := _prompt(line)) and _ASKS.match(found[1])}
    marks: list[tuple[int, str, str]] = []
    device = ""
    for at, line in enumerate(lines):
        if not line or len(line) > _LONGEST:
            continue
        found = _prompt(line) if names else None
        if found and found[0] in names and (not found[1] or _TALKS.match(found[1]) or _typed_at(line, found[0])):
            device = found[0]
            marks.append((at, found[1], device))
        elif (heading := _HEADING.match(line) or _TITLED.match(line)) and _is_heading(heading["command"]):
            marks.append((at, heading["command"], device))
    if not any(command for _, command, _ in marks):
        return ()
    if not names and len(marks) == 1 and marks[0][0] > _LATE:
        return ()
    made: list[Cut] = []
    first = marks[0][0]
    if first:
        made.append(Cut("", "", 0, tuple(lines[:first])))
    for (at, command, whose), following in zip(marks, [*marks[1:], (len(lines), "", "")], strict=True):
        made.append(Cut(command.strip(), whose, at + 1, tuple(lines[at + 1 : following[0]])))
    return tuple(made)


_LONGEST = 300
"""A line longer than this is no prompt."""
_LATE = 5
"""A single heading further down than this is a remark in a configuration."""


def _prompt(line: str) -> tuple[str, str] | None:
    """Name and command of a line that has the form of a prompt."""
    if ">" not in line and "#" not in line and not line.startswith("["):
        return None
    found = _ANGLED.match(line)
    if found:
        return found["name"] or found["inner"], found["command"] or ""
    found = _PROMPT.match(line)
    return (found["name"], found["command"] or "") if found else None


def _typed_at(line: str, name: str) -> bool:
    """Whether *line* is that device's prompt whatever was typed: a configuration holds no line that begins so."""
    return re.match(rf"(?:[\w.\-]+@)?{re.escape(name)}(?:\([^()\s]*\))?[#>]", line) is not None


def _is_heading(command: str) -> bool:
    words = command.split()
    return 2 <= len(words) <= 9 and not command.endswith((".", "?"))  # noqa: PLR2004 - a command, not a sentence
