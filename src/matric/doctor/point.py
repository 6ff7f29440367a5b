"""The points that are tried, and which of a platform's unproven sentences each of them bears on.

A platform says what it promises as data (``Capability``) and what it rests on in words (``NetKind.unproven``); a
sentence that no point tries is told as untried, in every report and in docs/platforms.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from matric.platform.base import Platform

__all__ = ("POINTS", "TRIED_BY", "Point", "unproven")

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


POINTS = (
    Point(
        "identity",
        "A stranger is turned away",
        "read",
        _always("A device with another key or certificate is refused before a password is sent"),
    ),
    Point(
        "reads",
        "Reads change nothing",
        "read",
        _always(
            "A look for a plan leaves running, startup, open sessions and the marks of the last change as they were"
        ),
    ),
    Point(
        "whole",
        "Running is read whole",
        "read",
        _always("The running configuration comes whole, and twice the same but for lines that change by themselves"),
    ),
    Point(
        "refusal",
        "A refusal is heard",
        "change",
        _always("A line the device does not know is refused in words that matric sees, and nothing of it stays"),
    ),
    Point(
        "stage",
        "Staging changes nothing",
        "change",
        _always("A staged candidate reads back as it was sent, and nothing of it is active"),
    ),
    Point(
        "revert",
        "It goes back by itself",
        "change",
        _reverts,
    ),
    Point(
        "confirm",
        "A confirm holds",
        "change",
        _confirms,
    ),
    Point(
        "owner",
        "Whose timer it is",
        "change",
        _always("A timer that another run, or somebody else, has ended is never taken for our own confirm"),
    ),
    Point(
        "cancel",
        "It goes back when told",
        "change",
        _always("A cancel puts the old configuration back at once and leaves no timer"),
    ),
    Point(
        "power",
        "Power is lost inside the window",
        "power",
        _reboots,
    ),
    Point(
        "leftovers",
        "Nothing is left",
        "read",
        _always("Afterwards running and startup are as before, and nothing of the examination is on the device"),
    ),
)
"""In the order they are tried."""


TRIED_BY: Mapping[str, tuple[str, ...]] = {
    # AOS-CX
    "`checkpoint auto` goes on when the login that armed it is gone": ("revert",),
    "after a power cut inside the window the switch starts with its old startup configuration": ("power",),
    "`show checkpoint NAME` shows a checkpoint as `show running-config` shows what runs": ("revert", "cancel"),
    "a checkpoint is kept although another one holds the same": ("revert", "confirm"),
    "what `checkpoint auto` takes back is whole: no line stays": ("revert",),
    "the lines of a banner are taken one by one up to the delimiter": (),
    # AOS-S
    "cfg-restore run by a job of the scheduler": ("revert",),
    "a file put into /cfg by SFTP is taken by cfg-restore": ("revert", "confirm"),
    "a restore whose file holds the job's own line leaves the job running": ("revert",),
    "startup stays as it was after a restore": ("revert", "confirm"),
    "the reload stays scheduled while its configuration changes": ("revert",),
    # Junos
    "that a restart inside the window keeps the change (one report only)": ("power",),
    "that the exclusive lock keeps every other commit out between the look for a waiting one and ours": (),
    "that an unlock discards what was not committed": ("stage",),
}
"""Sentence of a net -> the points that try it. What is not here is told as untried: a sentence is not guessed at."""


def unproven(platform: Platform) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every sentence of the platform's nets that is unproven, with the slugs of the points that try it."""
    sentences = dict.fromkeys(sentence for net in platform.nets for sentence in net.unproven)
    return tuple((sentence, TRIED_BY.get(sentence, ())) for sentence in sentences)
