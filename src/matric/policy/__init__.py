"""What a rule is: a name, a sentence, a loop and a yield.

A rule is a function that yields what it finds. What it wants is said by its annotations: ``School``, ``Subject`` (the
school with everything that was rendered, read and answered), and ``Device``, which runs it once for every device that
matric configures. A rule that looked at nothing has not passed; a rule that fails to run has not passed either.
"""

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, Literal, cast, get_type_hints

from matric.config import natural
from matric.errors import BadInput, Problem
from matric.intent.school import Device, School
from matric.policy import controls
from matric.policy.controls import Question
from matric.policy.patience import PATIENCE_S, within
from matric.policy.said import (
    Checked,
    Finding,
    NotApplicable,
    Outcome,
    Result,
    Said,
    Severity,
    nonsense,
)
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
    "Question",
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


# ---------------------------------------------------------------------------------------------------------------------
# What a rule may say besides a finding


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
    question: Question | None = None
    """What the trust asks people for it; None where it asks nothing, or what the catalogue holds."""
    of_the_way: bool = False
    """It is about how a change is made, whatever that leads to: a way back is judged by such rules alone."""

    @property
    def control(self) -> controls.Control:
        """The control that it carries out; of a rule of the trust's own, what it says of itself."""
        found = controls.find(self.id)
        return found or controls.Control(
            self.id, self.title, self.severity, self.applies, (), "", self.sources, self.question
        )

    @property
    def where(self) -> str:
        """File and line of the rule."""
        code = self.function.__code__
        return f"{_file(code.co_filename)}:{code.co_firstlineno}"

    def judge(self, subject: Subject, *, seconds: float = PATIENCE_S) -> Result:
        """What the rule says about the school. One that takes longer than *seconds* is stopped, and has not passed."""
        said = _Said()
        started = [subject.school.slug]

        def ask() -> None:
            if any(what == "device" for _, what in self.wants):
                for device in subject.school.configured:
                    started.append(device.key)
                    said.device(device.key, self._ask(subject, device))
            else:
                said.school(subject.school.slug, self._ask(subject, None))

        if not within(seconds, ask):
            said.stopped(f"{started[-1]}: the rule had taken {seconds:g} s and was stopped ({self.where})")
        return said.result(self)

    def _ask(self, subject: Subject, device: Device | None) -> Iterator[Said]:
        """Everything the rule says; whatever it raises or yields is an answer too, and never a pass."""
        given = {"school": subject.school, "device": device, "subject": subject}
        key = device.key if device else subject.school.slug
        try:
            for number, said in enumerate(self._answers({name: given[what] for name, what in self.wants})):
                if number == MOST_ANSWERS:
                    yield CannotEvaluate(f"{key}: the rule yielded more than {MOST_ANSWERS} answers ({self.where})")
                    return
                if wrong := nonsense(said):
                    yield CannotEvaluate(f"{key}: the rule yielded {wrong} ({self.where})")
                else:
                    yield cast("Said", said)
        except (CannotEvaluate, NotApplicable) as answer:
            yield answer
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the rule's author's code may raise anything
            last = traceback.extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__}: {_words(error)} ({_file(last.filename)}:{last.lineno})"
            yield CannotEvaluate(f"{key}: the rule failed: {cause}")

    def _answers(self, given: Mapping[str, Any]) -> Iterable[object]:
        """Whatever the rule gives: one that forgot its yield gives None, and one may return what it should yield."""
        found: Any = self.function(**given)
        listed = isinstance(found, Iterable) and not isinstance(found, str | bytes | Mapping)
        return cast("Iterable[object]", found if listed else (found,))


def _words(error: BaseException) -> str:
    """What *error* says of itself; its class may be the author's own, and fail at that too."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - ditto
        return "it cannot be put into words"


ON_REPLACEMENT = "on-replacement"
"""When a control applies that never closes the gate alone."""
LONGEST_DAYS = 366
"""The longest that an answer may hold."""
MOST_ANSWERS = 100_000
"""Answers of one rule about one device, or one school: a rule that never stops yielding would fill the memory first."""


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

    def stopped(self, why: str) -> None:
        """Hear that the rule was not heard to its end."""
        self.missing[why] = None

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
        if rule.applies == ON_REPLACEMENT and rule.severity == "info":
            # A single finding weighs no more than its rule here: nothing of it may close the gate.
            self.findings = {replace(finding, severity=None) for finding in self.findings}
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


def policy(  # noqa: PLR0913 - what a rule says of itself
    name: str,
    *,
    title: str = "",
    severity: Severity | None = None,
    sources: tuple[str, ...] = (),
    question: Question | None = None,
    about: Literal["", "way"] = "",
) -> Callable[[Rule], Policy]:
    """Make a function the rule *name*: a control of matric's data, or one of the trust's own with all three given.

    A rule of the trust's own may have a *question*, which people are asked like matric's (``matric.vouched`` hears the
    answer). One that is *about* the way of a change is asked of a way back too.
    """
    control = controls.find(name)
    if question is not None and (fault := _fault(question, control, about)):
        raise _wrong(name, *fault)
    if control is None and not (title and severity and sources):
        raise _wrong(name, "no control has this id", "correct it, or give title, severity and sources of your own rule")

    def named(function: Rule) -> Policy:
        return Policy(
            id=name,
            title=title or (control.title if control else ""),
            severity=severity or (_effective(control) if control else "blocker"),
            sources=(*(control.sources if control else ()), *sources),
            applies=control.applies if control else "always",
            function=function,
            wants=tuple(_wants(name, function)),
            question=question,
            of_the_way="way" in (about, control.about if control else ""),
        )

    return named


def _fault(question: Question, control: controls.Control | None, about: str) -> tuple[str, str] | None:
    """What keeps *question* from being asked, and what to do; None where nothing does."""
    if control is not None:
        return "matric's catalogue says what is asked for this control", "give your question an id of your own"
    if about:
        return "a way back waits for nobody's answer", "leave about or the question out"
    if question.id in controls.question_ids() or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", question.id):
        return f"{question.id} is matric's question, or no name", "name it in small letters, as keyholder-named"
    if question.each or question.only:
        return f"{question.id} asks only sometimes, as matric's alone can", "leave each and only out"
    if (
        not question.ask.strip().endswith("?")
        or not question.why.strip()
        or not 1 <= question.valid_days <= LONGEST_DAYS
    ):
        return (
            f"{question.id} is no question that can be asked",
            f"let ask end with a question mark, say why, and let valid_days be 1 to {LONGEST_DAYS}",
        )
    return None


def _effective(control: controls.Control) -> Severity:
    """What binds when equipment is replaced is reported until then, whatever the catalogue says it weighs."""
    return "info" if control.applies == ON_REPLACEMENT else control.severity


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
    asking: dict[str, Policy] = {}
    for module in given:
        rules = _defined(module)
        if not rules:
            problems.append(Problem("POLICY-FILE", _shown(module), "it holds no rule", "add one, or delete the file"))
        for rule in rules:
            if rule.id in found:
                where = f"{found[rule.id].where} and {rule.where}"
                problems.append(Problem("POLICY-FILE", rule.id, f"two rules have this id: {where}", "rename one"))
            found.setdefault(rule.id, rule)
            if rule.question is not None and (first := asking.setdefault(rule.question.id, rule)) is not rule:
                where = f"{first.where} and {rule.where}"
                remedy = "ask it in one, and read subject.answer in the other"
                problems.append(Problem("POLICY-FILE", rule.id, f"two rules ask {rule.question.id}: {where}", remedy))
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
