"""Markdown that says what was meant, whatever the data holds: names and lines come from devices and strangers.

Text goes through exactly one of ``prose``, ``code`` or ``fenced``. None lets data become markup, a comment marker, a
mention, a reference to another change, a link or a command of the forge.
"""

import re

__all__ = ("code", "details", "fenced", "prose", "size", "visible")

_JOINER = "&#8203;"
"""A space of no width: what stands on either side of it is no mention, reference or address to a forge."""

_ENTITIES = {
    **dict.fromkeys("@#!~%^", ""),
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "$": "&#36;",
} | {mark: f"&#{ord(mark)};" for mark in "'`*_[]|\\{}"}
_BREAKS = "@#!~%^$&"
_NAMES = re.compile(r"\b(?:password|secret|key|community|passphrase|sha|md5|aes|128)(?= |$)")
"""What ``matric.secret.redact`` knows a secret by, where it could be followed by one."""
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


def visible(text: str) -> str:
    """*text* on one line: what does not print, and what opens a hidden comment, is shown as its escape."""
    shown = text if text.isprintable() else "".join(one if one.isprintable() else _escape(one) for one in text)
    return shown.replace("<!--", "\\x3c!--")


def _escape(character: str) -> str:
    # A lone surrogate can come out of JSON, and cannot be written as UTF-8.
    return character.encode("unicode_escape").decode("ascii")


def prose(text: str) -> str:
    """*text* to be read, in Markdown or inside HTML: every mark stands for itself, and nobody is mentioned."""
    plain = visible(text)
    apart = _ADDRESS.sub(lambda found: f"{found[0][0]}\x00{found[0][1:]}", plain)
    # A list, a heading or a command of the forge is known by how a line begins.
    first = f"&#{ord(apart[0])};" if apart and apart[0].isascii() and not apart[0].isalpha() else ""
    return _kept(first + "".join(_entity(one) for one in (apart[1:] if first else apart)))


def _entity(character: str) -> str:
    if character == "\x00":
        return _JOINER
    shown = _ENTITIES.get(character, character) or character
    return f"{shown}{_JOINER}" if character in _BREAKS else shown


def code(text: str) -> str:
    """*text* as something typed or named. HTML and not backticks: it must hold in a summary line and in a table."""
    shown = "".join(_ENTITIES.get(one, one) or f"&#{ord(one)};" for one in visible(text))
    return f"<code>{_kept(shown)}</code>"


def _kept(escaped: str) -> str:
    """*escaped* such that redacting the whole comment once more changes nothing: what was to go has gone already.

    What stands behind such a word would else be taken for its value, markup included.
    """
    return _NAMES.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", escaped)


def fenced(lines: tuple[str, ...], language: str = "") -> str:
    """*lines* as a block of code, in a fence longer than any run of its marks inside."""
    shown = tuple(visible(line) for line in lines)
    longest = max((len(run) for line in shown for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}{language}", *shown, fence))


def details(summary: str, body: str, *, unfolded: bool = False) -> str:
    """A part that folds away; *summary* is HTML already, *body* Markdown, which empty lines around it let be read."""
    return f"<details{' open' if unfolded else ''}><summary>{summary}</summary>\n\n{body}\n\n</details>"


def size(text: str) -> int:
    """How long *text* is to the strictest forge: whether it counts bytes or UTF-16 units, it is not longer."""
    return len(text.encode("utf-8"))
