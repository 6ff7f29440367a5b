"""The whole map: every control and every rule, and what decides each of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matric.config import natural
from matric.policy import Policy, controls
from matric.policy.controls import AREAS, Control

__all__ = ("OTHER", "Row", "matching", "rows")

OTHER = "Of matric itself, and the trust's own"
"""The area of a rule whose id begins like no control's."""


@dataclass(frozen=True, slots=True)
class Row:
    """One control or rule."""

    control: Control
    """Of a rule that is no control of matric's: what the rule says of itself."""
    rule: Policy | None

    @property
    def id(self) -> str:
        return self.control.id

    @property
    def title(self) -> str:
        """The rule's, where the trust has given it another."""
        return self.rule.title if self.rule else self.control.title

    @property
    def severity(self) -> str:
        """The rule's, where the trust has given it another."""
        return self.rule.severity if self.rule else self.control.severity

    @property
    def sources(self) -> tuple[str, ...]:
        """Citations, the trust's own included."""
        return self.rule.sources if self.rule else self.control.sources

    @property
    def area(self) -> str:
        return self.control.area or OTHER

    @property
    def decided(self) -> tuple[str, ...]:
        """What decides it, in words: a rule, a question to a person, the gate. Nothing where the trust has no rule."""
        return (
            *((f"rule {self.rule.where}",) if self.rule else ()),
            *((f"question {self.control.question.id}",) if self.control.question else ()),
            *(("the gate",) if self.control.decided_by == "gate" else ()),
        )

    @property
    def not_yet(self) -> str:
        """Why nothing decides it, in words; empty where something does."""
        return "" if self.decided else "this trust has no rule for it"

    @property
    def as_json(self) -> dict[str, Any]:
        """The value as plain JSON."""
        question = self.control.question
        return {
            "id": self.id,
            "title": self.title,
            "severity": self.severity,
            "area": self.area,
            "applies": self.control.applies,
            "requirement": self.control.requirement,
            "decided": {
                "rule": self.rule.where if self.rule else None,
                "question": question.id if question else None,
                "gate": self.control.decided_by == "gate",
            },
            "not_yet": self.not_yet or None,
            "sources": self.sources,
        }


def rows(rules: Iterable[Policy]) -> tuple[Row, ...]:
    """Every control with the rule that decides it, and every rule beside them, by area and id."""
    known = {rule.id: rule for rule in rules}
    found = [Row(control, known.get(name)) for name, control in controls.catalogue().items()]
    found += [Row(rule.control, rule) for name, rule in known.items() if name not in controls.catalogue()]
    areas = [*AREAS.values(), OTHER]
    return tuple(sorted(found, key=lambda row: (areas.index(row.area), natural(row.id))))


def matching(given: Iterable[Row], *, source: str = "", area: str = "", severity: str | None = None) -> tuple[Row, ...]:
    """Those of *given* that cite a text with *source* in it, whose id begins with *area*, and that weigh *severity*."""
    wanted, prefix = source.casefold(), area.upper()
    return tuple(
        row
        for row in given
        if (not wanted or any(wanted in cited.casefold() for cited in row.sources))
        and (not prefix or row.id.partition("-")[0] == prefix)
        and severity in (None, row.severity)
    )
