"""The controls a school lives under: ids, titles, severities and citations, as data beside this file.

What only a person can answer is a question of its control, or of the condition it applies on. Which rule decides a
control is said elsewhere, so that a citation moves without touching code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

__all__ = ("AREAS", "CONFIDENCE", "Control", "Question", "Source", "catalogue", "conditions", "find", "question_ids")

AREAS: Mapping[str, str] = {
    "SAF": "Safeguarding",
    "SEG": "Separate networks",
    "MGT": "Managing the equipment",
    "L2": "Switching",
    "WIF": "Wireless",
    "HW": "Equipment and its support",
    "CUT": "Changing the network",
}
"""How a control's id begins -> what it is about, in the order in which people read them."""
CONFIDENCE: Mapping[str, str] = {
    "A": "the issuing body's own text was read",
    "B": "a third party's transcription or extract was read in full",
    "C": "secondary summaries, several agree",
    "D": "engineering judgement, or named but not read",
}
"""How well a source was read; not how much it binds."""


@dataclass(frozen=True, slots=True)
class Source:
    """One text that a control comes from."""

    document: str
    section: str
    confidence: str
    """A to D, as ``CONFIDENCE`` explains them."""
    url: str = ""
    """Where to read it; empty where it is nowhere in public."""

    def __str__(self) -> str:
        return f"{self.document}, {self.section}"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked, because no record and no device can say it."""

    id: str
    """Name in ``answers.yaml``."""
    ask: str
    """One sentence; yes is good, but for the question of a condition."""
    valid_days: int
    """Days after it was seen from which an answer counts as none."""
    why: str
    """Why data cannot decide it."""
    when: Literal["before", "after"] = "before"
    """The cut-over; what is asked after it keeps none from beginning."""
    each: Literal["", "login"] = ""
    """``login``: asked once for every WLAN that logs people in, whose profile's name is put behind the id."""
    only: Literal["", "guest", "eduroam", "elsewhere"] = ""
    """Asked only where the school has such a WLAN, or (``elsewhere``) wireless that matric does not serve."""


@dataclass(frozen=True, slots=True)
class Control:
    """One checkable control."""

    id: str
    """Stable; never reused."""
    title: str
    severity: Literal["blocker", "warning", "info"]
    applies: str
    """always, on-replacement, or if-<condition>."""
    needs: tuple[str, ...]
    """Kinds of data the whole control draws on: netbox, rendered, live, calendar, other."""
    requirement: str
    """What must hold, in a sentence or two."""
    sources: tuple[str, ...]
    """``document, section``."""
    question: Question | None = None
    """Asked where data does not decide the control, or not all of it."""
    decided_by: Literal["", "gate"] = ""
    """``gate``: the gate decides it by itself, without a rule."""
    about: Literal["", "way"] = ""
    """``way``: how a change is made, whatever it leads to; asked of a way back too."""
    cited: tuple[Source, ...] = ()
    """The same sources, with where to read them and how well they were read."""

    @property
    def area(self) -> str:
        """What it is about; empty where the id begins like none of matric's."""
        return AREAS.get(self.id.partition("-")[0], "")

    @property
    def condition(self) -> Question | None:
        """What a person is asked to know whether the control applies; None where nobody need be asked."""
        return conditions().get(self.applies.removeprefix("if-"))


@cache
def catalogue() -> Mapping[str, Control]:
    """Every control by its id."""
    return MappingProxyType(
        {
            row["id"]: Control(
                id=row["id"],
                title=row["title"],
                severity=row["severity"],
                applies=row["applies"],
                needs=tuple(row["needs"]),
                requirement=row["requirement"],
                sources=tuple(f"{source['document']}, {source['section']}" for source in row["sources"]),
                question=Question(**row["question"]) if "question" in row else None,
                decided_by=row.get("decided_by", ""),
                about=row.get("about", ""),
                cited=tuple(Source(**source) for source in row["sources"]),
            )
            for row in _file()["controls"]
        }
    )


@cache
def conditions() -> Mapping[str, Question]:
    """The conditions of controls that only a person knows, by name. An answer of no: the control does not apply."""
    return MappingProxyType({name: Question(**row) for name, row in _file()["conditions"].items()})


@cache
def question_ids() -> frozenset[str]:
    """The names of everything that the catalogue asks."""
    asked = (control.question for control in catalogue().values())
    return frozenset(one.id for one in (*asked, *conditions().values()) if one is not None)


def find(name: str) -> Control | None:
    """The control *name*, or None where it is none of matric's."""
    return catalogue().get(name)


@cache
def _file() -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - heavy, and not needed to name a rule

    text = files("matric.policy").joinpath("controls.yaml").read_text("utf-8")
    # libyaml where the wheel has it: ten times as quick, and every command that knows a rule reads this file.
    found: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    return found
