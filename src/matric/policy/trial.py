"""A trust's rules against its own cases, one after the other: whatever happens, each has an outcome with its name."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from matric.errors import MatricError
from matric.policy import Policy
from matric.policy.case import CASES, KINDS, judged, read, unlike
from matric.policy.healthy import Healthy

__all__ = ("Tried", "lacking", "tried")


@dataclass(frozen=True, slots=True)
class Tried:
    """How one case ended."""

    rule: str
    case: str
    """Name of its folder."""
    path: Path
    wrong: tuple[str, ...]
    """How what the rule said differs from what the case wants; empty where it is that."""

    @property
    def kind(self) -> str:
        return self.case.partition("-")[0]


def tried(healthy: Healthy, rules: Collection[Policy], wanted: Collection[str] = ()) -> Iterator[Tried]:
    """Every case below ``policies/cases``, or those of the ids *wanted*, in order."""
    known = {rule.id: rule for rule in rules}
    for path in sorted((healthy.trust.policies / CASES).glob("*/*/case.yaml")):
        name = path.parent.parent.name
        if not wanted or name in wanted:
            yield Tried(name, path.parent.name, path, _wrong(healthy, known.get(name), path))


def _wrong(healthy: Healthy, rule: Policy | None, path: Path) -> tuple[str, ...]:
    if rule is None:
        return ("there is no such rule",)
    try:
        case = read(path)
        return tuple(unlike(rule, case.wanted, judged(healthy, rule, case)))
    except MatricError as error:
        return tuple(str(error).splitlines())


def lacking(found: Collection[Tried], own: Collection[Policy]) -> tuple[tuple[str, str], ...]:
    """(id of a rule, kind of case it lacks), of the rules that matric does not prove."""
    there = {(one.rule, one.kind) for one in found}
    return tuple((rule.id, kind) for rule in own for kind in KINDS if (rule.id, kind) not in there)
