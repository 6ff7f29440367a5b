"""What came out: of one point, and of all of them. Plain values; nothing here names a device unless it was asked to."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from matric.errors import ExitCode

__all__ = ("Call", "Left", "Outcome", "Record", "Verdict")

FORMAT = 1


class Verdict(StrEnum):
    """What a point came to."""

    PROVEN = "proven"
    DISPROVEN = "disproven"
    UNKNOWN = "could not look"


@dataclass(frozen=True, slots=True)
class Call:
    """One thing the device was asked or told, in masked form."""

    what: str
    seconds: float
    said: str = ""
    """The device's own words where it refused, redacted; else empty."""
    times: int = 1
    """How often in a row, with the same answer; the seconds are those of all."""

    def plain(self) -> dict[str, Any]:
        return {"what": self.what, "seconds": self.seconds, "said": self.said, "times": self.times}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One point: the verdict, and what it rests on."""

    point: str
    verdict: Verdict
    words: str
    tried: bool = True
    """False where nobody asked for it: the verdict is then ``could not look``, and it is no failure."""
    measured: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds, by what took them."""
    calls: tuple[Call, ...] = ()

    def plain(self) -> dict[str, Any]:
        return {
            "point": self.point,
            "verdict": str(self.verdict),
            "words": self.words,
            "tried": self.tried,
            "measured_s": dict(self.measured),
            "calls": [call.plain() for call in self.calls],
        }


@dataclass(frozen=True, slots=True)
class Left:
    """Something of the examination that is still on the device, and how a person takes it away."""

    what: str
    remedy: str

    def plain(self) -> dict[str, str]:
        return {"what": self.what, "remedy": self.remedy}


@dataclass(frozen=True)
class Record:
    """A whole examination, as it is sent in."""

    id: str
    origin: Literal["real", "lab", "unknown"]
    platform: str
    title: str
    model: str
    os_version: str
    net: str
    began: str
    ended: str
    matric: str
    outcomes: tuple[Outcome, ...]
    unproven: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What the platform's nets rest on that nobody had seen, each with the points that try it."""
    left: tuple[Left, ...] = ()
    device: dict[str, str] = field(default_factory=dict[str, str])
    """Name, address and serial number: only where somebody asked for them."""
    stopped: str = ""
    """Why it ended before its end."""

    @property
    def disproven(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.verdict is Verdict.DISPROVEN)

    @property
    def unseen(self) -> tuple[Outcome, ...]:
        """Points that were tried and could not be looked at."""
        return tuple(one for one in self.outcomes if one.verdict is Verdict.UNKNOWN and one.tried)

    @property
    def exit_code(self) -> ExitCode:
        """Hands where something is left; an error where a point that was tried is not proven."""
        if self.left:
            return ExitCode.SPLIT
        return ExitCode.ERROR if self.disproven or self.unseen or self.stopped else ExitCode.DONE

    def plain(self) -> dict[str, Any]:
        return {
            "format_version": FORMAT,
            "id": self.id,
            "origin": self.origin,
            "platform": self.platform,
            "model": self.model,
            "os_version": self.os_version,
            "net": self.net,
            "began": self.began,
            "ended": self.ended,
            "matric": self.matric,
            "stopped": self.stopped,
            "points": [one.plain() for one in self.outcomes],
            "unproven": [{"words": words, "tried_by": list(points)} for words, points in self.unproven],
            "left": [one.plain() for one in self.left],
            **({"device": dict(self.device)} if self.device else {}),
        }
