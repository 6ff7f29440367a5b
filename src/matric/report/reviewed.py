"""What a review rests on: the schools of a change, each with its saved plan and verdict, read back from files.

``matric propose`` writes a folder with ``review.json`` and a plan for each touched school; everything reported of them
is made from that folder alone, so that it can be made again. No secret gets past here: every text is redacted when a
``Reviewed`` is made, before any format sees it.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from matric import plan as plans
from matric.errors import BadInput, Problem, StalePlan
from matric.gate import Allowed, Blocked, Reason, Undecided, Verdict, Waiver, verdict
from matric.plan import Plan
from matric.policy import Result
from matric.policy.waiver import school_of
from matric.secret import redact

__all__ = ("About", "Review", "Reviewed", "Used", "load", "of_check", "of_plan", "short", "verdict_of")

Value = TypeVar("Value")
Standing = Literal[
    "not touched", "unplanned", "blocked", "undecided", "not judged", "later", "allowed", "nothing to do"
]


@dataclass(frozen=True, slots=True, order=True)
class Used:
    """A waiver that keeps the gate open for one finding."""

    rule: str
    object: str
    owner: str
    reason: str
    expires: date
    """The last day it holds."""
    approver: str = ""
    """Who agreed to it; empty where the file does not say."""


@dataclass(frozen=True)
class Reviewed:
    """One school of a change, as it was when the change was looked at. Holds no secret, whatever it was given."""

    school: str
    touched: bool
    reasons: tuple[str, ...] = ()
    """Why it is touched, or why not."""
    plan: Plan | None = None
    """None where there is none: the school is not touched, or could not be planned."""
    verdict: Verdict | None = None
    """None where nobody has judged; that is no pass."""
    problems: tuple[str, ...] = ()
    """What stood in the way of planning it."""
    waivers: tuple[Used, ...] = ()
    reproduce: str = ""
    """The command by which the plan is made again."""
    devices: tuple[str, ...] = ()
    """Keys of the devices whose rendered configuration the change alters."""
    file: str = ""
    """Name of the saved plan in the artefact."""
    wanted: bool = True
    """False where no plan was to be made: it is made after the merge, or the school is not there any more."""
    deploys: bool = True
    """False where a merge reaches no device of the school: it is only judged anew."""
    outcome: Mapping[str, Any] | None = None
    """How the run that carried the plan out has ended, where there was one."""
    checked: tuple[Result, ...] | None = None
    """What the rules said where no plan was to be made: of ``matric check``, which asks no device."""
    digest: str = ""
    """The plan's name. Of the plan as saved: what is held here may be redacted further."""

    def __post_init__(self) -> None:
        if not self.digest and self.plan is not None:
            object.__setattr__(self, "digest", self.plan.digest)
        for field in fields(self):
            object.__setattr__(self, field.name, _clean(getattr(self, field.name)))

    @property
    def standing(self) -> Standing:
        """Where the school stands, in a word. What is not known never reads as well."""
        if not self.touched:
            return "not touched"
        if (self.plan is None and self.checked is None) or self.problems:
            return "unplanned" if self.wanted or self.problems else "later"
        match self.verdict:
            case Blocked():
                return "blocked"
            case Undecided():
                return "undecided"
            case None if not self.carried_out:
                return "not judged"
            case _:
                return "nothing to do" if self.plan is not None and self.plan.empty else "allowed"

    @property
    def results(self) -> tuple[Result, ...]:
        """What the rules said, of the plan or of the check."""
        return self.plan.results if self.plan is not None else self.checked or ()

    @property
    def carried_out(self) -> bool:
        """True where a run has begun with the plan, so that the gate was open to it."""
        return self.outcome is not None and self.outcome.get("word") != "refused"

    @property
    def risk(self) -> str:
        """The highest of the devices that change; empty where none does."""
        devices = self.plan.devices if self.plan is not None else ()
        risks = {device.risk for device in devices if device.changes}
        return next((risk for risk in ("high", "medium", "low") if risk in risks), "")

    @property
    def changing(self) -> int:
        """How many devices change."""
        return len(self.plan.order) if self.plan is not None else 0

    @property
    def lines(self) -> tuple[int, int]:
        """(lines that come, lines that go)."""
        devices = self.plan.devices if self.plan is not None else ()
        return sum(device.added for device in devices), sum(device.removed for device in devices)


@dataclass(frozen=True)
class About:
    """The change that is reviewed."""

    change: str = ""
    """``gitlab:group/project!12``, ``github:owner/repo#12``, ``git:BRANCH``; empty for a plan by itself, ``check`` for
    what ``matric check`` found."""
    base: str = ""
    head: str = ""
    deploys: bool = True
    """False where a merge of it deploys nothing: it changes rules or tasks."""
    authors: tuple[str, ...] = ()
    """Everyone who wrote, committed or opened the change: none of them may approve."""
    anew: tuple[str, ...] = ()
    """The schools to be planned and approved once the change has merged, because rules or tasks merge alone."""

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _clean(getattr(self, field.name)))


@dataclass(frozen=True)
class Review:
    """A change, and every school of the trust."""

    about: About
    schools: tuple[Reviewed, ...]


def _clean(value: Value) -> Value:
    """*value* with every text in it redacted."""
    cleaned: Any = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        cleaned = redact(value)
    elif isinstance(value, tuple):
        cleaned = tuple(_clean(one) for one in cast("tuple[Any, ...]", value))
    elif isinstance(value, Plan):
        cleaned = value.model_copy(
            update={
                "author": redact(value.author),
                "warnings": _clean(value.warnings),
                "results": _clean(value.results),
                "devices": tuple(
                    device.model_copy(
                        update={name: _clean(getattr(device, name)) for name in ("diff", "target", "carried")}
                    )
                    for device in value.devices
                ),
            }
        )
    elif isinstance(value, Mapping):
        cleaned = {name: _clean(one) for name, one in cast("Mapping[str, Any]", value).items()}
    elif is_dataclass(value) and not isinstance(value, type):
        held: dict[str, Any] = {field.name: getattr(value, field.name) for field in fields(value)}
        cleaned = replace(cast("Any", value), **{name: _clean(one) for name, one in held.items()})
    return cast("Value", cleaned)


def short(digest: str) -> str:
    """A digest or commit as people compare it: its first twelve digits."""
    return digest.rpartition(":")[2][:12]


# ---- read back ----


def load(path: Path) -> Review:
    """The review in folder *path*, or of the one plan in file *path*. BadInput, or StalePlan where a plan has moved."""
    if path.is_dir():
        return _folder(path)
    return Review(About(), (of_plan(plans.load(path), file=path.name),))


def of_plan(plan: Plan, *, file: str = "", outcome: Mapping[str, Any] | None = None) -> Reviewed:
    """A plan by itself: nobody has judged it with waivers, so it has no verdict."""
    return Reviewed(
        school=plan.school,
        touched=True,
        reasons=("the plan was given by itself",),
        plan=plan,
        file=file,
        outcome=outcome,
        devices=plan.order,
    )


def of_check(
    found: Mapping[str, tuple[Result, ...]], waivers: Iterable[Waiver], rules: Collection[str], today: date
) -> Review:
    """What ``matric check`` found at each school: no device was asked and no plan made, and waivers count."""
    held = tuple(waivers)
    return Review(
        About("check", deploys=False),
        tuple(
            Reviewed(
                school=school,
                touched=True,
                reasons=("no device was asked: what only devices can show was not looked at",),
                verdict=verdict(results, held, today, school=school, rules=rules),
                waivers=tuple(
                    Used(one.rule, one.object, one.owner, one.reason, one.expiry)
                    for one in held
                    if school_of(one) == school
                ),
                wanted=False,
                deploys=False,
                checked=results,
            )
            for school, results in sorted(found.items())
        ),
    )


def _folder(path: Path) -> Review:
    source = path / "review.json"
    try:
        given = json.loads(source.read_bytes())
    except FileNotFoundError:
        raise _unusable(source, "there is no such file", "name a folder made by 'matric propose --out'") from None
    except (ValueError, RecursionError):
        raise _unusable(source, "is not JSON", "make it again with 'matric propose'") from None
    if not isinstance(given, dict) or cast("dict[str, Any]", given).get("format_version") != 1:
        raise _unusable(source, "the format is not version 1", "make it again with this version of matric")
    body = cast("dict[str, Any]", given)
    try:
        about = About(
            change=str(body["change"]),
            base=str(body["base"]),
            head=str(body["head"]),
            deploys=_flag(body["deploys"]),
            authors=_texts(body.get("authors", ())),
            anew=_texts(body.get("anew", ())),
        )
        schools = tuple(_school(path, one) for one in body["schools"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        rule = f"is no review: {type(error).__name__} {error}"
        raise _unusable(source, rule, "make it again with 'matric propose'") from None
    names = [one.school for one in schools]
    if len(set(names)) != len(names):
        raise _unusable(source, "a school is in it twice", "make it again with 'matric propose'")
    return Review(about, tuple(sorted(schools, key=lambda one: one.school)))


def _school(folder: Path, given: Mapping[str, Any]) -> Reviewed:
    name = given.get("file") or ""
    plan = _plan(folder, str(name), str(given["plan"])) if name else None
    verdict = given.get("verdict")
    return Reviewed(
        school=str(given["school"]),
        touched=_flag(given["touched"]),
        reasons=_texts(given["reasons"]),
        devices=_texts(given.get("devices", ())),
        plan=plan,
        verdict=verdict_of(verdict) if verdict is not None else None,
        problems=_texts(given.get("problems", ())),
        waivers=tuple(sorted(_used(one) for one in given.get("waivers", ()))),
        reproduce=str(given.get("reproduce", "")),
        file=str(name),
        wanted=_flag(given.get("plans", True)),
        deploys=_flag(given.get("deploys", True)),
    )


def _plan(folder: Path, name: str, digest: str) -> Plan:
    if Path(name).name != name:
        raise _unusable(folder / "review.json", f"{name!r} is no file of the folder", "make it again")
    plan = plans.load(folder / name)
    if plan.digest != digest:
        raise StalePlan(f"{folder / name}: is not the plan {digest} that review.json names. Do: propose again")
    return plan


def _flag(given: Any) -> bool:
    """*given*, which is true or false: nothing else may read as either."""
    if not isinstance(given, bool):
        raise TypeError(f"{given!r} is neither true nor false")
    return given


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in given)


def _used(given: Mapping[str, Any]) -> Used:
    return Used(
        rule=str(given["rule"]),
        object=str(given["object"]),
        owner=str(given["owner"]),
        reason=str(given["reason"]),
        expires=date.fromisoformat(str(given["expires"])),
        approver=str(given.get("approver", "")),
    )


def verdict_of(given: Mapping[str, Any]) -> Verdict:
    """The verdict that ``as_json`` wrote; ValueError where it is none."""

    def told(name: str) -> tuple[Reason, ...]:
        return tuple(_reason(one) for one in given[name])

    match given["verdict"]:
        case "allowed":
            return Allowed(int(given["rules_checked"]), told("waived"), told("noted"))
        case "blocked":
            return Blocked(told("reasons"), told("missing"), told("waived"), told("noted"))
        case "undecided":
            return Undecided(told("missing"), told("waived"), told("noted"))
        case other:
            raise ValueError(f"{other!r} is no verdict")


def _reason(given: Mapping[str, Any]) -> Reason:
    fields: dict[str, Any] = {**given, "sources": tuple(given["sources"])}
    return Reason(**fields)


def _unusable(path: Path, rule: str, remedy: str) -> BadInput:
    return BadInput([Problem("REVIEW-FORMAT", str(path), rule, remedy)])
