"""What a rule is: a name, a sentence, a loop and a yield.

A rule is a function that yields what it finds. What it wants is said by its annotations: ``School``, ``Subject`` (the
school with everything that was rendered, read and answered), and ``Device``, which runs it once for every device that
matric configures. A rule that looked at nothing has not passed; a rule that fails to run has not passed either.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any, Literal, get_type_hints

from matric.config import natural
from matric.errors import BadInput, Problem
from matric.intent.school import Device, School
from matric.policy import controls
from matric.policy.subject import (
    Answer,
    Answers,
    CannotEvaluate,
    Configuration,
    Freezes,
    Step,
    Subject,
    configuration,
)

__all__ = (
    "Answer",
    "Answers",
    "CannotEvaluate",
    "Checked",
    "Configuration",
    "Finding",
    "Freezes",
    "NotApplicable",
    "Outcome",
    "Policy",
    "Result",
    "Said",
    "Severity",
    "Step",
    "Subject",
    "cannot_evaluate",
    "check",
    "checked",
    "collect",
    "configuration",
    "not_applicable",
    "policy",
)


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


# ---------------------------------------------------------------------------------------------------------------------
# What a rule may say besides a finding


@dataclass(frozen=True, slots=True)
class Checked:
    """So many objects were looked at."""

    count: int


class NotApplicable(Exception):
    """The rule does not concern this school, or this device."""


Said = Finding | Checked | NotApplicable | CannotEvaluate


def checked(looked_at: int | Sized) -> Checked:
    """The answer that these were looked at; rules on a ``Device`` count each device without it."""
    return Checked(looked_at if isinstance(looked_at, int) else len(looked_at))


def not_applicable(why: str) -> NotApplicable:
    """The answer that it does not apply: yield it, or raise it to end the rule there."""
    return NotApplicable(why)


def cannot_evaluate(missing: str) -> CannotEvaluate:
    """The answer that *missing* could not be read: yield it, or raise it to end the rule there."""
    return CannotEvaluate(missing)


# ---------------------------------------------------------------------------------------------------------------------
# A rule, and what it says

Rule = Callable[..., Iterable[Said]]
WANTED: Mapping[type, str] = {School: "school", Device: "device", Subject: "subject"}


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule with its name and where it comes from."""

    id: str
    title: str
    severity: Severity
    sources: tuple[str, ...]
    applies: str
    """When it applies, as the control says: always, if-lag, if-guest-or-byod, ..."""
    function: Rule = field(repr=False)
    wants: tuple[tuple[str, str], ...] = field(repr=False)
    """(parameter, what it is given), in the function's order."""

    @property
    def where(self) -> str:
        """File and line of the rule."""
        code = self.function.__code__
        return f"{_file(code.co_filename)}:{code.co_firstlineno}"

    def judge(self, subject: Subject) -> Result:
        """What the rule says about the school."""
        said = _Said()
        if any(what == "device" for _, what in self.wants):
            for device in subject.school.configured:
                said.device(device.key, self._ask(subject, device))
        else:
            said.school(subject.school.slug, self._ask(subject, None))
        return said.result(self)

    def _ask(self, subject: Subject, device: Device | None) -> Iterator[Said]:
        """Everything the rule says; whatever it raises is an answer too, and never a pass."""
        given = {"school": subject.school, "device": device, "subject": subject}
        try:
            yield from self.function(**{name: given[what] for name, what in self.wants})
        except (CannotEvaluate, NotApplicable) as answer:
            yield answer
        except Exception as error:  # noqa: BLE001 - the rule's author's code may raise anything
            last = traceback.extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__}: {error} ({_file(last.filename)}:{last.lineno})"
            yield CannotEvaluate(f"{device.key if device else subject.school.slug}: the rule failed: {cause}")


class _Said:
    """What has been said so far: the only mutable thing here."""

    def __init__(self) -> None:
        self.checked = 0
        self.findings: set[Finding] = set()
        self.missing: dict[str, None] = {}
        self.reasons: dict[str, None] = {}

    def school(self, slug: str, answers: Iterable[Said]) -> None:
        """Hear a rule on the whole school: it counts what it looked at."""
        for answer in answers:
            self._hear(_named(slug, answer))

    def device(self, key: str, answers: Iterable[Said]) -> None:
        """Hear a rule on one device: the device counts as looked at, unless the rule says or counts otherwise."""
        looked_at = 1
        for answer in answers:
            if not isinstance(answer, Finding):
                looked_at = 0
            self._hear(_named(key, answer))
        self.checked += looked_at

    def _hear(self, answer: Said) -> None:
        match answer:
            case Finding():
                self.findings.add(answer)
            case Checked():
                self.checked += answer.count
            case CannotEvaluate():
                self.missing[str(answer)] = None
            case NotApplicable():
                self.reasons[str(answer)] = None

    def result(self, rule: Policy) -> Result:
        """What it comes to: a finding fails, a gap is no pass, and neither is having looked at nothing."""
        if self.findings:
            outcome = Outcome.FAIL
        elif self.missing:
            outcome = Outcome.CANNOT_EVALUATE
        elif self.checked:
            outcome = Outcome.PASS
        elif self.reasons:
            outcome = Outcome.NOT_APPLICABLE
        else:
            outcome = Outcome.CANNOT_EVALUATE
            self.missing["the rule looked at nothing, and did not say why it does not apply"] = None
        return Result(
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            outcome=outcome,
            checked=max(self.checked, len({finding.object for finding in self.findings})),
            findings=tuple(sorted(self.findings, key=_place)),
            missing=tuple(sorted(self.missing, key=natural)),
            reason="; ".join(sorted(self.reasons)) if outcome is Outcome.NOT_APPLICABLE else "",
            sources=rule.sources,
        )


def _place(finding: Finding) -> tuple[Any, ...]:
    return natural(finding.object), finding.message, finding.remedy


def _named(key: str, answer: Said) -> Said:
    """*answer* of a rule on one device or school; a gap names the one it is in."""
    if isinstance(answer, CannotEvaluate) and not str(answer).startswith(key):
        return CannotEvaluate(f"{key}: {answer}")
    return answer


def _file(name: str) -> str:
    return "/".join(name.replace("\\", "/").split("/")[-2:])


# ---------------------------------------------------------------------------------------------------------------------
# Writing and collecting rules


def policy(
    name: str,
    *,
    title: str = "",
    severity: Severity | None = None,
    sources: tuple[str, ...] = (),
) -> Callable[[Rule], Policy]:
    """Make a function the rule *name*: a control of matric's data, or one of the trust's own with all three given."""
    control = controls.find(name)
    if control is None and not (title and severity and sources):
        raise _wrong(name, "no control has this id", "correct it, or give title, severity and sources of your own rule")

    def named(function: Rule) -> Policy:
        return Policy(
            id=name,
            title=title or (control.title if control else ""),
            severity=severity or (control.severity if control else "blocker"),
            sources=(*(control.sources if control else ()), *sources),
            applies=control.applies if control else "always",
            function=function,
            wants=tuple(_wants(name, function)),
        )

    return named


def _wants(name: str, function: Rule) -> Iterator[tuple[str, str]]:
    hints = get_type_hints(function)
    hints.pop("return", None)
    if not hints:
        raise _wrong(name, "the rule wants nothing", "annotate a parameter with School, Device or Subject")
    for parameter, wanted in hints.items():
        if wanted not in WANTED:
            raise _wrong(name, f"nothing is known to give {parameter}", "annotate it with School, Device or Subject")
        yield parameter, WANTED[wanted]


def _wrong(thing: str, rule: str, remedy: str) -> BadInput:
    return BadInput([Problem("POLICY-FILE", thing, rule, remedy)])


def collect(modules: ModuleType | Iterable[ModuleType]) -> tuple[Policy, ...]:
    """Every rule the modules define, by id. A module without one, no module at all and an id used twice are errors."""
    given = (modules,) if isinstance(modules, ModuleType) else tuple(modules)
    problems: list[Problem] = []
    found: dict[str, Policy] = {}
    for module in given:
        rules = _defined(module)
        if not rules:
            problems.append(Problem("POLICY-FILE", _shown(module), "it holds no rule", "add one, or delete the file"))
        for rule in rules:
            if rule.id in found:
                where = f"{found[rule.id].where} and {rule.where}"
                problems.append(Problem("POLICY-FILE", rule.id, f"two rules have this id: {where}", "rename one"))
            found.setdefault(rule.id, rule)
    if not given:
        problems.append(Problem("POLICY-FILE", "policies/", "there is no policy file", "add one"))
    if problems:
        raise BadInput(problems)
    return tuple(found[name] for name in sorted(found, key=natural))


def _defined(module: ModuleType) -> list[Policy]:
    """The rules of the file itself: one that it imports belongs to the file that defines it."""
    own = {
        id(value): value
        for value in vars(module).values()
        if isinstance(value, Policy) and value.function.__module__ == module.__name__
    }
    return list(own.values())


def _shown(module: ModuleType) -> str:
    return _file(getattr(module, "__file__", None) or module.__name__)


def check(rules: Iterable[Policy], subject: Subject) -> tuple[Result, ...]:
    """What every rule says about the school, in the rules' order."""
    return tuple(rule.judge(subject) for rule in rules)
