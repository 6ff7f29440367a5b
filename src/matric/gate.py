"""Many findings and their waivers become one verdict. What could not be looked at never opens the gate.

A ``blocker`` and a ``warning`` stop the cut-over until mended or waived, ``info`` is only reported. A waiver is for one
rule and one object, has an owner, a reason and a day it ends, and must be needed: an expired, unused, unknown or
overbroad one closes the gate itself. What could not be read cannot be waived.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeAlias, assert_never

from matric.errors import ExitCode
from matric.policy import Finding, Outcome, Result, Severity
from matric.policy.waiver import Waiver, faults, school_of, waivers

__all__ = (
    "Allowed",
    "Blocked",
    "Reason",
    "Undecided",
    "Verdict",
    "Waiver",
    "exit_code",
    "verdict",
    "waivers",
)


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """One thing that keeps the gate closed, or that a waiver keeps open."""

    rule: str
    object: str
    message: str
    remedy: str
    severity: Severity = "blocker"
    title: str = ""
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule} {self.object}: {self.message}. Do: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Every rule was looked at, and nothing is open."""

    rules_checked: int
    """Rules that looked at something."""
    waived: tuple[Reason, ...] = ()
    noted: tuple[Reason, ...] = ()
    """Of severity info."""

    def __post_init__(self) -> None:
        if self.rules_checked < 1:
            raise ValueError("a gate that checked nothing has not allowed anything")

    def explain(self) -> tuple[str, ...]:
        """The verdict in lines."""
        # A rule that is broken under a waiver, or in what is only reported, has looked and does not hold.
        but = [f"{_count(len(self.waived), 'finding')} waived"] if self.waived else []
        but += [f"{len(self.noted)} noted"] if self.noted else []
        return (
            f"the gate is open: {self.rules_checked} rules {', '.join(('looked', *but)) if but else 'hold'}",
            *(f"waived: {reason.rule} {reason.object}: {reason.message}" for reason in self.waived),
            *(f"note: {reason}" for reason in self.noted),
        )

    @property
    def as_json(self) -> dict[str, Any]:
        return {"verdict": "allowed", **asdict(self)}


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something breaks a rule, or a waiver is no good."""

    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...] = ()
    """What could not be looked at besides."""
    waived: tuple[Reason, ...] = ()
    noted: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a gate that blocks says why")

    def explain(self) -> tuple[str, ...]:
        """The verdict in lines: every reason, then the shortest list of what would open the gate."""
        return (
            f"the gate is closed: {_count(len(self.reasons), 'finding')}"
            + (f", {len(self.missing)} not looked at" if self.missing else ""),
            *(str(reason) for reason in (*self.reasons, *self.missing)),
            *_opens((*self.reasons, *self.missing)),
        )

    @property
    def opens(self) -> tuple[str, ...]:
        """The shortest list of what would open the gate."""
        return _opens((*self.reasons, *self.missing))

    @property
    def as_json(self) -> dict[str, Any]:
        return {"verdict": "blocked", **asdict(self), "opens": self.opens}


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing is known to be wrong, and not everything could be looked at: the gate stays closed."""

    missing: tuple[Reason, ...]
    waived: tuple[Reason, ...] = ()
    noted: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        if not self.missing:
            raise ValueError("a gate that is undecided says what it lacks")

    def explain(self) -> tuple[str, ...]:
        """The verdict in lines: what is missing, then the shortest list of what would open the gate."""
        return (
            f"the gate stays closed: {len(self.missing)} not looked at",
            *(str(reason) for reason in self.missing),
            *_opens(self.missing),
        )

    @property
    def opens(self) -> tuple[str, ...]:
        """The shortest list of what would open the gate."""
        return _opens(self.missing)

    @property
    def as_json(self) -> dict[str, Any]:
        return {"verdict": "undecided", **asdict(self), "opens": self.opens}


Verdict: TypeAlias = Allowed | Blocked | Undecided


def exit_code(verdict: Verdict) -> ExitCode:
    """What a command that asked the gate exits with."""
    match verdict:
        case Allowed():
            return ExitCode.DONE
        case Blocked() | Undecided():
            return ExitCode.BLOCKED
        case _:
            assert_never(verdict)


def verdict(
    results: Iterable[Result],
    waivers: Iterable[Waiver],
    today: date,
    *,
    school: str,
    rules: Collection[str] = (),
) -> Verdict:
    """One verdict for *school*. *rules* are the ids of all rules there are: one that has not run is missing."""
    given = tuple(results)
    known = {**dict.fromkeys(rules, ""), **{result.rule: result.severity for result in given}}
    heavy = {
        (result.rule, finding.object)
        for result in given
        for finding in result.findings
        if finding.severity == "blocker"
    }
    # A waiver whose school cannot be told concerns every school.
    held = tuple(waiver for waiver in waivers if school_of(waiver) in {school, ""})
    # A finding may weigh more than its rule.
    wrong = {
        waiver: tuple(
            faults(waiver, {**known, waiver.rule: "blocker"} if (waiver.rule, waiver.object) in heavy else known, today)
        )
        for waiver in held
    }
    valid = {(waiver.rule, waiver.object) for waiver, found in wrong.items() if not found}
    reasons, waived, noted = _sorted_out(given, valid)
    used = {(reason.rule, reason.object) for reason in waived}
    unread = {result.rule for result in given if result.missing}

    def needed(waiver: Waiver) -> bool:
        # Of a rule that could not look at everything it is not known.
        return waiver.rule in unread or (waiver.rule, waiver.object) in used

    reasons += tuple(_waiver_reasons(wrong, needed))
    missing, unseen = _missing(given, known, school)
    noted += unseen
    if reasons:
        return Blocked(_ordered(reasons), _ordered(missing), _ordered(waived), _ordered(noted))
    if missing:
        return Undecided(_ordered(missing), _ordered(waived), _ordered(noted))
    looked = sum(1 for result in given if result.checked)
    if not looked:
        nothing = Reason("GATE", school, "no rule looked at anything", "load the policies, and plan again")
        return Undecided((nothing,), _ordered(waived), _ordered(noted))
    return Allowed(looked, _ordered(waived), _ordered(noted))


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons))


Reasons: TypeAlias = tuple[Reason, ...]


def _sorted_out(results: Iterable[Result], valid: Collection[tuple[str, str]]) -> tuple[Reasons, Reasons, Reasons]:
    """(what blocks, what is waived, what is only noted)."""
    blocks: list[Reason] = []
    waived: list[Reason] = []
    noted: list[Reason] = []
    for result in results:
        for finding in result.findings:
            reason = _reason(result, finding)
            if reason.severity == "info":
                noted.append(reason)
            elif (result.rule, finding.object) in valid:
                waived.append(reason)
            else:
                blocks.append(reason)
    return tuple(blocks), tuple(waived), tuple(noted)


def _reason(result: Result, finding: Finding) -> Reason:
    return Reason(
        rule=result.rule,
        object=finding.object,
        message=finding.message,
        remedy=finding.remedy,
        severity=finding.severity or result.severity,
        title=result.title,
        sources=result.sources,
    )


GIVEN = ("custom field ", "calendar.yaml ")
"""How what is missing begins where a person has to give it: nothing that is read would bring it."""


def _missing(results: Iterable[Result], known: Collection[str], school: str) -> tuple[Reasons, Reasons]:
    """(what keeps the gate closed, what is only noted)."""
    closed: list[Reason] = []
    noted: list[Reason] = []
    ran: set[str] = set()
    for result in results:
        ran.add(result.rule)
        gaps = result.missing or (("no reason given",) if result.outcome is Outcome.CANNOT_EVALUATE else ())
        for gap in gaps:
            thing, _, said = gap.partition(": ") if ": " in gap else (school, "", gap)
            what, _, remedy = said.partition(". Do: ")
            reason = Reason(
                result.rule,
                thing,
                f"cannot be evaluated: {what}",
                remedy or f"{'set it' if what.startswith(GIVEN) else 'make it readable'}, then plan again ({what})",
                result.severity,
                result.title,
                result.sources,
            )
            (noted if result.severity == "info" else closed).append(reason)
    closed += [
        Reason(rule, school, "the rule has not run", "plan again with the policies as they are now")
        for rule in sorted(set(known) - ran)
    ]
    return tuple(closed), tuple(noted)


def _opens(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """One line for each different thing to do, with what it is to be done to; the one that opens most first."""
    todo: dict[str, list[str]] = {}
    for reason in reasons:
        objects = todo.setdefault(reason.remedy, [])
        if reason.object not in objects:
            objects.append(reason.object)
    lines = sorted(todo.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(f"to open it: {remedy} ({', '.join(objects)})" for remedy, objects in lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _waiver_reasons(
    held: Mapping[Waiver, tuple[tuple[str, str], ...]], needed: Callable[[Waiver], bool]
) -> Iterator[Reason]:
    """What is wrong with the waivers: each is a reason of its own to keep the gate closed."""
    for waiver, wrong in held.items():
        for fault, remedy in wrong:
            yield Reason("POLICY-WAIVER", str(waiver), fault, remedy)
        if not wrong and not needed(waiver):
            yield Reason("POLICY-WAIVER", str(waiver), "unused: nothing breaks this rule there", "delete the waiver")
