"""Two ways to take an answer apart, line by line: a TextFSM template of ntc-templates, or rows of our own.

Unlike TextFSM itself, neither gives up at a line it does not know: the line is named, and the rest is read.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, cast

__all__ = ("Record", "Rows", "by_rows", "by_template")

Record = Mapping[str, Any]
"""Name of a value (of ntc-templates) -> a text, or a list of texts."""
NONSENSE = ("\x02qzx~ 0 %", "  \x02qzx~ 0 %")
"""No device answers this: a rule of a template that takes it takes anything, and understands nothing."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer whose records are lines, or begin with one."""

    start: tuple[str, ...]
    """Each begins a record: group names are names of values."""
    more: tuple[str, ...] = ()
    """Each adds to the record before it."""
    silent: tuple[str, ...] = ()
    """Headings, totals, and what a survey has no use for. A named group of one is a value of each record below it."""


def by_rows(rows: Rows, lines: tuple[str, ...]) -> tuple[tuple[Record, ...], frozenset[int]]:
    """The records of *lines*, and the places of the lines (from 0) that were understood."""
    records: list[dict[str, Any]] = []
    known: set[int] = set()
    start, more, silent = (_compiled(patterns) for patterns in (rows.start, rows.more, rows.silent))
    above: dict[str, str] = {}
    for at, line in enumerate(lines):
        if found := _first(start, line):
            records.append(above | {name: value.strip() for name, value in found.groupdict().items() if value})
        elif records and (found := _first(more, line)):
            for name, value in found.groupdict().items():
                if value and value.strip():
                    records[-1].setdefault(name, value.strip())
        elif found := _first(silent, line):
            above |= {name: value for name, value in found.groupdict().items() if value}
        else:
            continue
        known.add(at)
    return tuple(records), frozenset(known)


@lru_cache(maxsize=512)
def _compiled(patterns: tuple[str, ...]) -> "tuple[re.Pattern[str], ...]":
    return tuple(re.compile(pattern) for pattern in patterns)


def _first(patterns: "tuple[re.Pattern[str], ...]", line: str) -> "re.Match[str] | None":
    return next((found for pattern in patterns if (found := pattern.match(line))), None)


def by_template(name: str, lines: tuple[str, ...]) -> tuple[tuple[Record, ...], frozenset[int]]:
    """The records that template *name* of ntc-templates finds, and the places of the lines it understood."""
    machine, blind = _machine(name)
    machine.Reset()
    known: set[int] = set()
    for at, line in enumerate(lines):
        if _stepped(machine, blind, line):
            known.add(at)
        if machine._cur_state_name in ("End", "EOF"):  # noqa: SLF001 - the one way to feed it line by line
            break
    if machine._cur_state_name != "End" and "EOF" not in machine.states:  # noqa: SLF001
        _kept(machine)
    header = cast("list[str]", machine.header)
    return tuple(dict(zip(header, row, strict=True)) for row in machine._result), frozenset(known)  # noqa: SLF001


def _stepped(machine: Any, blind: frozenset[int], line: str) -> bool:
    """One line through *machine*, as TextFSM does it, but that an error leaves the state as it is."""
    understood = False
    for rule in _rules(machine):
        if rule.line_op == "Error" or (found := rule.regex_obj.match(line)) is None:
            continue
        understood = understood or rule.line_num not in blind or any(found.groupdict().values())
        for value in found.groupdict():
            machine._AssignVar(found, value)  # noqa: SLF001
        if rule.record_op == "Record":
            _kept(machine)
        elif rule.record_op == "Clear":
            machine._ClearRecord()  # noqa: SLF001
        elif rule.record_op == "Clearall":
            machine._ClearAllRecord()  # noqa: SLF001
        if rule.line_op != "Continue":
            if rule.new_state:
                if rule.new_state not in ("End", "EOF"):
                    machine._cur_state = machine.states[rule.new_state]  # noqa: SLF001
                machine._cur_state_name = rule.new_state  # noqa: SLF001
            break
    return understood


def _rules(machine: Any) -> Iterator[Any]:
    return iter(cast("list[Any]", machine._cur_state))  # noqa: SLF001


def _kept(machine: Any) -> None:
    machine._AppendRecord()  # noqa: SLF001


@lru_cache(maxsize=128)
def _machine(name: str) -> tuple[Any, frozenset[int]]:
    """The template, and the numbers of its rules that take anything."""
    text = (files("ntc_templates") / "templates" / f"{name}.textfsm").read_text(encoding="utf-8")
    machine: Any = cast("Any", import_module("textfsm")).TextFSM(io.StringIO(text))
    rules = (rule for state in machine.states.values() for rule in state)
    blind = frozenset(int(rule.line_num) for rule in rules if any(rule.regex_obj.match(odd) for odd in NONSENSE))
    return machine, blind
