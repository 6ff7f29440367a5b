"""Waivers: one rule, one object, with an owner, a reason and the last day it holds."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matric import yaml_file
from matric.errors import BadInput, Problem
from matric.intent.base import Model

__all__ = ("LONGEST_DAYS", "Waiver", "faults", "problems", "read", "school_of", "waivers")

LONGEST_DAYS = 366
"""A waiver for longer is no exception but a rule that should be changed."""
SAFEGUARDING = "SAF-"
"""How the ids of rules begin that protect children: none is waived by one person alone, or without an end in sight."""


@dataclass(frozen=True, slots=True, order=True)
class Waiver:
    """One exception: this object may break this rule until then."""

    rule: str
    object: str
    """Exactly as the finding names it."""
    owner: str
    reason: str
    expiry: date
    """The last day it holds."""
    line: int = 0
    """Line in waivers.yaml; 0 where it came from elsewhere."""
    approver: str = ""
    """Who agreed to it beside its owner; empty where nobody was asked, which does for warnings alone."""
    ends_when: str = ""
    """What ends it before its last day, for people: ``the new firewall is in``. Empty where only the day does, which is
    never so in safeguarding."""

    def __str__(self) -> str:
        where = f"waivers.yaml line {self.line}: " if self.line else ""
        return f"{where}{self.rule} for {self.object}"


def faults(waiver: Waiver, known: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    """(what is wrong with the waiver by itself, what to do). *known* is every rule's severity by its id."""
    if waiver.rule not in known:
        yield "there is no such rule", "correct the rule's id, or delete the waiver"
    if not re.match(r"^[a-z0-9-]+[ /]\S", waiver.object) or re.search(r"[*?\[\]]", waiver.object):
        yield "it is overbroad: it does not name one object", "name the object as the finding does, one waiver for each"
    if waiver.expiry < today:
        yield f"expired {waiver.expiry}", "fix the object, or renew the waiver with owner and date"
    if (waiver.expiry - today).days > LONGEST_DAYS:
        yield f"it is overbroad: it holds until {waiver.expiry}", f"let it end within {LONGEST_DAYS} days"
    if waiver.approver and _one_person(waiver.owner, waiver.approver):
        yield f"{waiver.owner} owns it and has approved it", "have somebody else approve it"
    safeguards = waiver.rule.startswith(SAFEGUARDING)
    if not waiver.approver and (safeguards or known.get(waiver.rule) == "blocker"):
        what = "a rule of safeguarding" if safeguards else "a blocker"
        yield (
            f"nobody but {waiver.owner} agreed that {what} may wait",
            "have somebody else approve it: name the approver",
        )
    if safeguards and not waiver.ends_when:
        # Keeping children safe in education knows no exception: a gap must have an end that is worked on.
        yield (
            "it lets a rule of safeguarding wait and does not say what ends that",
            "say what closes the gap: ends_when",
        )


def _one_person(one: str, other: str) -> bool:
    from matric.approval import person  # noqa: PLC0415 - the package brings plans along

    return person.same(one, other)


def school_of(waiver: Waiver) -> str:
    """The school the waiver's object belongs to; empty where that cannot be told, so that every school sees it."""
    found = re.match(r"^([a-z0-9-]+)[ /]\S", waiver.object)
    return found.group(1) if found else ""


class _Entry(Model):
    """One entry of ``waivers.yaml``."""

    rule: Annotated[str, Field(min_length=1)]
    object: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    expiry: Annotated[date, Field(strict=False)]
    approver: str = ""
    ends_when: str = ""


class _File(Model):
    """The whole of ``waivers.yaml``."""

    waivers: tuple[_Entry, ...] = ()


def waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers in *path*; BadInput lists every entry that is none. Without any, the file holds an empty list."""
    return read(yaml_file.text_of(path), path.name)


def read(text: str, name: str) -> tuple[Waiver, ...]:
    """The waivers in *text*, from a file called *name*."""
    try:
        entries = yaml_file.read_model(text, name, _File).waivers
    except BadInput as error:
        raise BadInput([_waiver_problem(problem) for problem in error.problems]) from error
    found = [
        Waiver(entry.rule, entry.object, entry.owner, entry.reason, entry.expiry, line, entry.approver, entry.ends_when)
        for entry, line in zip(entries, _lines(text), strict=True)
    ]
    twice = [
        Problem("POLICY-WAIVER", str(waiver), "it is there twice", "delete one of the two")
        for place, waiver in enumerate(found)
        if (waiver.rule, waiver.object) in {(earlier.rule, earlier.object) for earlier in found[:place]}
    ]
    if twice:
        raise BadInput(twice)
    return tuple(found)


def problems(
    held: Iterable[Waiver], rules: Mapping[str, str], schools: Collection[str], today: date
) -> tuple[Problem, ...]:
    """What is wrong with the waivers of the whole trust, before any school is judged. *rules*: severity by id."""
    return tuple(
        Problem("POLICY-WAIVER", str(waiver), fault, remedy)
        for waiver in held
        for fault, remedy in (
            *faults(waiver, rules, today),
            *_strayed(waiver, schools),
        )
    )


def _strayed(waiver: Waiver, schools: Collection[str]) -> Iterator[tuple[str, str]]:
    school = school_of(waiver)
    if school and school not in schools:
        yield f"there is no school {school}", "correct the object, or delete the waiver"


def _waiver_problem(problem: Problem) -> Problem:
    """The same problem under the waivers' own code, unless the file could not be read as YAML at all."""
    return problem if problem.code == "YAML-UNSAFE" else replace(problem, code="POLICY-WAIVER")


def _lines(text: str) -> tuple[int, ...]:
    """The line each waiver starts on; the text has been read strictly before."""
    import yaml  # noqa: PLC0415 - heavy, and only for files

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else ()
    return tuple(
        item.start_mark.line + 1
        for key, value in pairs
        if key.value == "waivers" and isinstance(value, yaml.SequenceNode)
        for item in value.value
    )
