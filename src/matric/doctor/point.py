"""The points that are tried, and which of a platform's unproven sentences each of them bears on.

A platform says what it promises as data (``Capability``) and what it rests on in words (``NetKind.unproven``); a
sentence that no point tries is said to be untried, in every report and in docs/platforms.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from matric.platform.base import Platform

__all__ = ("POINTS", "Point", "unproven")

Rests = Callable[[Platform], str]


def _always(words: str) -> Rests:
    return lambda _platform: words


def _reverts(platform: Platform) -> str:
    dropped = ", also where the session that armed it is dropped" if platform.capability.survives_session_drop else ""
    return f"Unconfirmed, it goes back by itself to exactly what it was{dropped}; startup is never written"


def _confirms(platform: Platform) -> str:
    if platform.capability.survives_reboot:
        return "A confirm from another login holds past the timer, and only a save writes startup"
    return "A confirm from another login holds past the timer; whether the commit itself writes startup is read"


def _reboots(platform: Platform) -> str:
    if platform.capability.survives_reboot:
        return "A restart inside the window brings back the old configuration"
    return "What a restart inside the window leaves is not counted on; it is read"


@dataclass(frozen=True, slots=True)
class Point:
    """One point."""

    slug: str
    title: str
    kind: Literal["read", "change", "power"]
    """What it takes: reads alone; a change on the device; a person who pulls the power."""
    rests: Rests = field(repr=False)
    """What matric counts on, for one platform, in one sentence without full stop."""
    tries: str = r"(?!)"
    """Regular expression: the sentences of ``NetKind.unproven`` this point bears on."""


POINTS = (
    Point(
        "identity",
        "A stranger is turned away",
        "read",
        _always("A device with another key or certificate is refused before a password is sent"),
        r"host key|certificate|fingerprint",
    ),
    Point(
        "reads",
        "Reads change nothing",
        "read",
        _always(
            "A look for a plan leaves running, startup, open sessions and the marks of the last change as they were"
        ),
        r"\breads?\b.*chang|\blook\b",
    ),
    Point(
        "whole",
        "Running is read whole",
        "read",
        _always("The running configuration comes whole, and twice the same but for lines that change by themselves"),
        r"whole|truncat|pager|complete",
    ),
    Point(
        "refusal",
        "A refusal is heard",
        "change",
        _always("A line the device does not know is refused in words that matric sees, and nothing of it stays"),
        r"refus|reject|error text|prompt|question",
    ),
    Point(
        "stage",
        "Staging changes nothing",
        "change",
        _always("A staged candidate reads back as it was sent, and nothing of it is active"),
        r"\bstag|\bcandidate\b|\bupload|\bcopied\b|\bdiscard",
    ),
    Point(
        "revert",
        "It goes back by itself",
        "change",
        _reverts,
        r"\btimer\b|\bdropped\b|\bsession\b|\blogin\b|goes? back|\brestor|\brevert|\bjob\b|\brollback\b|\bexpir|"
        r"\bcheckpoint\b|\bexact|by itself|\bin place\b|\bput back\b",
    ),
    Point(
        "confirm",
        "A confirm holds",
        "change",
        _confirms,
        r"\bconfirm|\bsave|\bstartup\b|\bwrite memory\b",
    ),
    Point(
        "owner",
        "Whose timer it is",
        "change",
        _always("A timer that another run, or somebody else, has ended is never taken for our own confirm"),
        r"\bforeign\b|somebody else|\bowner\b|\banother\b.*(?:user|account|login)|\bby anyone\b|\bwho\b|\bwhose\b",
    ),
    Point(
        "cancel",
        "It goes back when told",
        "change",
        _always("A cancel puts the old configuration back at once and leaves no timer"),
        r"\bcancel|\bat once\b|\btaken back\b",
    ),
    Point(
        "power",
        "Power is lost inside the window",
        "power",
        _reboots,
        r"\bpower|\breboot|\brestart|\breload|\bboots?\b|mains",
    ),
    Point(
        "leftovers",
        "Nothing is left",
        "read",
        _always("Afterwards running and startup are as before, and nothing of the examination is on the device"),
        r"\bleft\b|\bleftover|\bclean|\bdelete|\bremove",
    ),
)
"""In the order they are tried."""


def unproven(platform: Platform) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every sentence of the platform's nets that is unproven, with the slugs of the points that try it."""
    sentences = dict.fromkeys(sentence for net in platform.nets for sentence in net.unproven)
    return tuple(
        (sentence, tuple(point.slug for point in POINTS if re.search(point.tries, sentence, re.IGNORECASE)))
        for sentence in sentences
    )
