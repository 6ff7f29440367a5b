"""What a rule may judge a school by: everything that was rendered, read and answered, and nothing that was not.

Where something could not be read, asking for it raises ``CannotEvaluate``: a rule cannot take silence for a pass.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Protocol, TypeVar

from pydantic import Field

from matric.config import Config, parse
from matric.intent.base import Model
from matric.intent.record import Records
from matric.intent.school import Device, School
from matric.platform.base import Capability, ConfigRules, Look
from matric.policy.agreement import Agreements
from matric.policy.inherited import Inherited
from matric.policy.surveyed import Surveyed

__all__ = (
    "Answer",
    "Answers",
    "CannotEvaluate",
    "Configuration",
    "Freezes",
    "Step",
    "Subject",
    "configuration",
    "newest",
)

Value = TypeVar("Value")


class CannotEvaluate(Exception):
    """Something the rule needs could not be read: neither pass nor fail."""


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """A device's whole configuration, as text and as a tree. Equal only to itself, so that views of it can be kept."""

    text: str
    tree: Config


def configuration(text: str, rules: ConfigRules) -> Configuration:
    """*text* of a platform whose *rules* say how it is read."""
    return Configuration(text, parse(text, rules))


class Step(Protocol):
    """One step of a plan, in order: ``matric.plan.Step``."""

    @property
    def device(self) -> str:
        """Key, school/name; empty for a step on the whole school."""
        ...

    @property
    def action(self) -> str:
        """preflight, back-up, stage, arm, probe, site-check, confirm, save, clean."""
        ...

    @property
    def detail(self) -> str: ...

    @property
    def net(self) -> str:
        """Name of the net that takes the device's change back, where it is armed; else empty."""
        ...


class Freezes(Protocol):
    """What rules ask of the calendar (``matric.window.Calendar``)."""

    def frozen(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """The freezes that the time from *start* to *end* touches, in words."""
        ...

    def taught(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """The school days of term that it overlaps, in words."""
        ...

    def untold(self, school: str, start: datetime, end: datetime) -> tuple[str, ...]:
        """What the calendar would have to say before that can be told, by field."""
        ...


class Answer(Model):
    """What a person attested, in ``inventory/answers.yaml``."""

    question: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    """``restore-tried``, ``local-hands``, ``radius-login-<WLAN profile>``, ..."""
    school: str
    """Slug."""
    by: Annotated[str, Field(min_length=1)]
    """Who says so."""
    at: Annotated[date, Field(strict=False)]
    """The day it was seen, quoted in YAML: ``"2026-11-16"``."""
    answer: bool
    note: str = ""
    valid_days: Annotated[int, Field(ge=1, le=366)]
    """Days after ``at`` from which it counts as unanswered; a term is about 120."""

    @property
    def until(self) -> date:
        """The last day it holds."""
        return self.at + timedelta(days=self.valid_days)

    def valid(self, today: date) -> bool:
        """True from the day it was given until it runs out."""
        return 0 <= (today - self.at).days <= self.valid_days


class Answers(Model):
    """The whole of ``answers.yaml``."""

    answers: tuple[Answer, ...] = ()


def newest(answers: Iterable[Answer]) -> Answer | None:
    """The newest of *answers* to one question about one school. Of two of one day the no counts."""
    # Nobody knows which of the two came later.
    return max(answers, key=lambda one: (one.at, not one.answer), default=None)


@dataclass(frozen=True)
class Subject:
    """A school, and everything a rule may judge it by. Where something is None, it was not read."""

    school: School
    now: datetime
    """Aware; the plan's own time, so that judging a plan again gives the same."""
    rendered: Mapping[str, Configuration] = field(default_factory=dict[str, Configuration])
    """Intended configuration by device key; placeholders where secrets go."""
    running: Mapping[str, Configuration] = field(default_factory=dict[str, Configuration])
    """Running configuration by device key, for the devices that answered."""
    looks: Mapping[str, Look | None] = field(default_factory=dict[str, "Look | None"])
    """What each device showed, by device key; None where it did not answer."""
    steps: tuple[Step, ...] | None = None
    answers: Answers | None = None
    agreements: Agreements | None = None
    calendar: Freezes | None = None
    window: tuple[datetime, datetime] | None = None
    """When the change is to begin, and when its worst case has ended."""
    capabilities: Mapping[str, Capability] = field(default_factory=dict[str, Capability])
    """What each platform promises, by slug."""
    records: Records | None = None
    """The snapshot's rows, the other schools' included."""
    surveyed: Surveyed | None = None
    """What hangs on the ports of a joining school; None where no survey of it is kept."""
    inherited: Inherited | None = None
    """What its inherited lines come to; None where no survey of it is kept."""

    def intended(self, device: Device) -> Configuration:
        """What *device* is to hold, or CannotEvaluate."""
        return _known(self.rendered.get(device.key), f"{device.key}: intended configuration")

    def was(self, device: Device) -> Configuration:
        """What *device* holds today, or CannotEvaluate."""
        return _known(self.running.get(device.key), f"{device.key}: running configuration")

    def look(self, device: Device) -> Look:
        """What *device* showed, or CannotEvaluate."""
        return _known(self.looks.get(device.key), f"{device.key}: it was not read")

    def answer(self, question: str) -> Answer:
        """The newest answer for the school that holds today and when the change begins, or CannotEvaluate."""
        given = self.answers.answers if self.answers is not None else ()
        slug, today = self.school.slug, self.now.date()
        found = newest(one for one in given if one.question == question and one.school == slug and one.valid(today))
        # The same remedy for every question: the gate tells it once.
        remedy = f"Do: answer what 'matric attest {slug}' asks, then plan again"
        held = _known(found, f"{slug}: no answer that still holds to {question} in answers.yaml. {remedy}")
        if self.window is not None and (begins := self.window[0].date()) > held.until:
            raise CannotEvaluate(
                f"{slug}: the answer to {question} in answers.yaml runs out on {held.until}, and the change begins "
                f"on {begins}. Do: answer it again with 'matric attest {slug} {question}', then plan again"
            )
        return held


def _known(value: Value | None, what: str) -> Value:
    if value is None:
        raise CannotEvaluate(what)
    return value
