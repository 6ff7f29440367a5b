"""How much of what devices write is understood: lines read and understood per platform, over a folder of samples."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matric.survey import offline, source
from matric.survey.model import Source, Survey

__all__ = ("Coverage", "Tally", "of_corpus", "of_survey")


@dataclass(slots=True)
class Tally:
    """What was read of one platform."""

    files: int = 0
    lines: int = 0
    understood: int = 0
    kinds: Counter[str] = field(default_factory=Counter[str])
    by_kind: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Kind -> lines read, lines understood; ``other show`` are answers to commands that a survey has no use for."""
    faults: int = 0

    @property
    def percent(self) -> float | None:
        """Lines understood in a hundred, to one decimal; None where no line was read."""
        return round(100 * self.understood / self.lines, 1) if self.lines else None

    @property
    def asked(self) -> tuple[int, int]:
        """Lines read and understood of what a survey has a use for: configurations, logs, answers that it asks for."""
        useful = [of for kind, of in self.by_kind.items() if kind not in ("other show", "unknown")]
        return sum(of[0] for of in useful), sum(of[1] for of in useful)

    @property
    def asked_percent(self) -> float | None:
        """Of those, lines understood in a hundred, to one decimal; None where there are none."""
        lines, understood = self.asked
        return round(100 * understood / lines, 1) if lines else None

    def add(self, one: Source) -> None:
        """Count one source."""
        self.lines += one.lines
        self.understood += one.understood
        self.faults += bool(one.fault)
        known = self.by_kind.setdefault(_kind(one), [0, 0])
        known[0] += one.lines
        known[1] += one.understood

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "files": self.files, "lines": self.lines, "understood": self.understood, "percent": self.percent,
            "asked": {"lines": self.asked[0], "understood": self.asked[1], "percent": self.asked_percent},
            "faults": self.faults, "kinds": dict(sorted(self.kinds.items())),
            "by_kind": {kind: {"lines": of[0], "understood": of[1]} for kind, of in sorted(self.by_kind.items())},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """The tally of each platform, by slug; empty: of no platform that is known."""

    platforms: dict[str, Tally]
    faults: dict[str, int]
    """What stood in the way of a file -> how often."""
    files: int

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "files": self.files, "faults": self.faults,
            "platforms": {name or "unknown": of.as_json() for name, of in self.platforms.items()},
        }  # fmt: skip


def of_survey(survey: Survey) -> Coverage:
    """What a survey understood of its sources."""
    return _tallied([(one.name, one) for one in survey.sources])


def of_corpus(paths: Sequence[Path], progress: Callable[[str], None] = lambda _message: None) -> Coverage:
    """Every file below *paths* read on its own: one that is hard to read costs no other its understanding."""
    found: list[tuple[str, Source]] = []
    for raw in source.raws(paths):
        progress(raw.name)
        found.extend((one.source.name, one.source) for one in offline.read(raw))
    return _tallied(found)


def _tallied(sources: Sequence[tuple[str, Source]]) -> Coverage:
    platforms: dict[str, Tally] = {}
    faults: Counter[str] = Counter()
    counted: set[tuple[str, str]] = set()
    for name, one in sources:
        tally = platforms.setdefault(one.platform, Tally())
        tally.add(one)
        if (one.platform, name) not in counted:
            counted.add((one.platform, name))
            tally.files += 1
            tally.kinds[one.kind] += 1
        if one.fault:
            faults[_sort_of(one.fault)] += 1
    ordered = dict(sorted(platforms.items(), key=lambda one: (one[0] == "", one[0])))
    return Coverage(
        ordered, dict(sorted(faults.items(), key=lambda one: (-one[1], one[0]))), len({name for name, _ in sources})
    )


def _kind(one: Source) -> str:
    from matric.survey.show import canonical_command  # noqa: PLC0415 - templates only where there is an answer

    return "other show" if one.kind == "show" and canonical_command(one.platform, one.command) is None else one.kind


def _sort_of(fault: str) -> str:
    """A fault without what is of this one file alone."""
    return fault.partition(". Do: ")[0].partition(" at line ")[0].partition(": ")[0]
