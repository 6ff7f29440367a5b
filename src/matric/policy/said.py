"""What a rule may say of a school, and what comes of it: findings, gaps, counts, and one of four ends."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal, get_args

from matric.policy.subject import CannotEvaluate

__all__ = ("Checked", "Finding", "NotApplicable", "Outcome", "Result", "Said", "Severity", "nonsense")


class Outcome(StrEnum):
    """Four ends of a rule; missing data is never a pass."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    CANNOT_EVALUATE = "cannot-evaluate"


Severity = Literal["blocker", "warning", "info"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that breaks a rule."""

    object: str
    """What is wrong: ``oakfield/sw-01 GigabitEthernet1/0/3``, ``oakfield vlan 20``."""
    message: str
    """How it breaks the rule, in one sentence without full stop."""
    remedy: str
    """What to do, in the imperative."""
    severity: Severity | None = None
    """Only where it differs from the rule's own."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule said about one school."""

    rule: str
    title: str
    severity: Severity
    outcome: Outcome
    checked: int
    """Objects looked at; a pass with 0 cannot be built."""
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    """What could not be read. The outcome is then cannot-evaluate, or fail where there are findings as well."""
    reason: str = ""
    """Why it does not apply."""
    sources: tuple[str, ...] = ()
    """Citations, ``DfE Filtering and monitoring (core standard), block harmful content``."""

    def __post_init__(self) -> None:
        if self.outcome is Outcome.PASS and self.checked < 1:
            raise ValueError(f"{self.rule}: a rule that looked at nothing has not passed")
        if self.outcome is Outcome.PASS and self.missing:
            raise ValueError(f"{self.rule}: a rule that could not look at everything has not passed")
        if (self.outcome is Outcome.FAIL) != bool(self.findings):
            raise ValueError(f"{self.rule}: findings and outcome {self.outcome} disagree")

    @property
    def as_json(self) -> dict[str, Any]:
        """The value as plain JSON; ``from_json`` gives it back."""
        return asdict(self) | {"outcome": str(self.outcome)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "Result":
        """The value that ``as_json`` wrote."""
        values: dict[str, Any] = {
            **given,
            "outcome": Outcome(given["outcome"]),
            "findings": tuple(Finding(**finding) for finding in given["findings"]),
            "missing": tuple(given["missing"]),
            "sources": tuple(given["sources"]),
        }
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Checked:
    """So many objects were looked at."""

    count: int


class NotApplicable(Exception):
    """The rule does not concern this school, or this device."""


Said = Finding | Checked | NotApplicable | CannotEvaluate


def nonsense(said: object) -> str:
    """What *said* is, in words, where no rule may say it; else empty."""
    match said:
        case Finding():
            texts = {"object": said.object, "message": said.message, "remedy": said.remedy}
            wrong = [name for name, text in texts.items() if not _is_text(text)]
            if wrong:
                return f"a Finding whose {wrong[0]} is {_shown_value(texts[wrong[0]])}, not a text"
            if said.severity not in (None, *get_args(Severity)):
                return f"a Finding whose severity is {_shown_value(said.severity)}"
        case Checked():
            if not _is_count(said.count):
                return f"a count of {_shown_value(said.count)}"
        case CannotEvaluate() | NotApplicable():
            pass
        case _:
            return f"{_shown_value(said)}, which is no answer: yield a Finding, checked(...) or cannot_evaluate(...)"
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _shown_value(value: object) -> str:
    """*value* for people, on one line and not too long: it may be a whole device."""
    if value is None:
        return "None"
    shown = repr(value)
    return f"{type(value).__name__} {shown}" if len(shown) <= 40 else f"{type(value).__name__} {shown[:37]}..."  # noqa: PLR2004
