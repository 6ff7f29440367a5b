"""Waivers written into ``waivers.yaml``: one entry for each object that breaks the rule today, and none for tomorrow's.

The file is people's own: what stands in it stays as it is written, comments included. Only an entry of the same rule
and object is replaced, which is how a waiver is renewed. The new text is read back before it is given.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matric.errors import BadInput, Problem
from matric.policy.waiver import Waiver, faults, read, school_of

__all__ = ("Debt", "debts", "written")

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ./()+'-]|:(?! ))*")
"""What needs no quotes."""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def written(text: str, new: Sequence[Waiver]) -> str:
    """*text* of ``waivers.yaml`` with *new* in it; BadInput where it is not written as a list of entries."""
    replaced = {(waiver.rule, waiver.object) for waiver in new}
    before = read(text, "waivers.yaml")
    kept = [waiver for waiver in before if (waiver.rule, waiver.object) not in replaced]
    lines = text.splitlines()
    spans = _spans(text)
    for waiver, (first, last) in sorted(zip(before, spans, strict=True), key=lambda one: -one[1][0]):
        if waiver not in kept:
            del lines[first : last + 1]
    indent = " " * (_indent(text) if kept else 2)
    lines = [re.sub(r"^waivers:\s*(\[\s*\])?\s*$", "waivers:", line) for line in lines]
    if not any(line.startswith("waivers:") for line in lines):
        lines.append("waivers:")
    for waiver in new:
        lines += [f"{indent}{line}" for line in _entry(waiver)]
    made = "\n".join(lines) + "\n"
    if _told(_read_back(made)) != _told((*kept, *new)):
        raise BadInput([_unwritable("it is not written as a list of entries, each key on a line of its own")])
    return made


def _read_back(text: str) -> tuple[Waiver, ...]:
    try:
        return read(text, "waivers.yaml")
    except BadInput as error:
        raise BadInput([_unwritable(problem.rule) for problem in error.problems]) from error


def _unwritable(why: str) -> Problem:
    return Problem("POLICY-WAIVER", "waivers.yaml", f"cannot be added to: {why}", "write the entry by hand")


def _told(waivers: Iterable[Waiver]) -> list[Waiver]:
    """What they say, wherever they stand."""
    return sorted(replace(waiver, line=0) for waiver in waivers)


def _entry(waiver: Waiver) -> Iterator[str]:
    yield f"- rule: {_scalar(waiver.rule)}"
    yield f"  object: {_scalar(waiver.object)}"
    yield f"  owner: {_scalar(waiver.owner)}"
    if waiver.approver:
        yield f"  approver: {_scalar(waiver.approver)}"
    yield f"  reason: {_scalar(waiver.reason)}"
    yield f'  expiry: "{waiver.expiry.isoformat()}"'
    if waiver.ends_when:
        yield f"  ends_when: {_scalar(waiver.ends_when)}"


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text == text.strip() and not text.endswith(":") and text.lower() not in _WORDS
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())


def _nodes(text: str) -> list[Any]:
    import yaml  # noqa: PLC0415 - heavy, and only for files

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs: Any = root.value if isinstance(root, yaml.MappingNode) else ()
    return [
        item
        for key, value in pairs
        if key.value == "waivers" and isinstance(value, yaml.SequenceNode)
        for item in value.value
    ]


def _spans(text: str) -> list[tuple[int, int]]:
    """(first line, last line) of each entry, from 0; what stands between two entries belongs to neither."""
    return [(item.start_mark.line, max(_last(node) for pair in item.value for node in pair)) for item in _nodes(text)]


def _last(node: Any) -> int:
    """The last line of a scalar; a block of text ends on the line before its end mark."""
    line: int = node.end_mark.line
    return line - 1 if node.style in ("|", ">") else line


def _indent(text: str) -> int:
    """Blanks before an entry's dash, as the file has them."""
    return next((max(item.start_mark.column - 2, 0) for item in _nodes(text)), 2)


# ---------------------------------------------------------------------------------------------------------------------
# What is owed


@dataclass(frozen=True, slots=True)
class Debt:
    """The waivers of one school: what is owed to the rules, and until when."""

    school: str
    """Slug; empty for waivers whose school cannot be told."""
    broken: tuple[tuple[Waiver, str], ...]
    """Waivers that hold no longer, or never did, each with what is wrong: they close the gate."""
    held: tuple[Waiver, ...]
    """Those that hold today, the first to end first."""

    @property
    def by_rule(self) -> dict[str, int]:
        """Rule -> how many of its findings are waived, the most first."""
        count: dict[str, int] = {}
        for waiver in (*self.held, *(one for one, _ in self.broken)):
            count[waiver.rule] = count.get(waiver.rule, 0) + 1
        return dict(sorted(count.items(), key=lambda one: (-one[1], one[0])))

    @property
    def burn_down(self) -> tuple[tuple[date, int, int], ...]:
        """(last day, how many end with it, how many are left then), where nothing is mended or renewed before."""
        days = sorted({waiver.expiry for waiver in self.held})
        return tuple(
            (
                day,
                sum(waiver.expiry == day for waiver in self.held),
                sum(waiver.expiry > day for waiver in self.held),
            )
            for day in days
        )


def debts(waivers: Iterable[Waiver], rules: Mapping[str, str], today: date) -> tuple[Debt, ...]:
    """What each school owes, by name. *rules*: severity by id."""
    given = sorted(waivers, key=lambda one: (one.expiry, one.rule, one.object))
    wrong = {waiver: "; ".join(fault for fault, _ in faults(waiver, rules, today)) for waiver in given}
    schools = sorted({school_of(waiver) for waiver in given})
    return tuple(
        Debt(
            school,
            broken=tuple((one, wrong[one]) for one in given if school_of(one) == school and wrong[one]),
            held=tuple(one for one in given if school_of(one) == school and not wrong[one]),
        )
        for school in schools
    )
