"""What a rule is: a name, a sentence, a loop and a yield."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

__all__ = ("Finding", "Outcome", "Policy", "Result", "Severity", "cannot_evaluate", "not_applicable", "policy")


class Outcome(StrEnum):
    """Four ends of a rule; missing data is never a pass."""

    PASS = "pass"
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
    """What could not be read, where the outcome is cannot-evaluate."""
    reason: str = ""
    """Why it does not apply."""
    sources: tuple[str, ...] = ()
    """Citations, ``DfE Filtering and monitoring (core standard), block harmful content``."""

    def __post_init__(self) -> None:
        if self.outcome is Outcome.PASS and self.checked < 1:
            raise ValueError(f"{self.rule}: a rule that looked at nothing has not passed")
        if (self.outcome is Outcome.FAIL) != bool(self.findings):
            raise ValueError(f"{self.rule}: findings and outcome {self.outcome} disagree")
