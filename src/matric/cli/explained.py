"""A verdict on one screen: why, by rule; what is waived until when; what is noted; and what would open the gate."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from matric.gate import Allowed, Blocked
from matric.policy.waiver import Waiver
from matric.secret import redact

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from matric.gate import Reason, Verdict
    from matric.journal.backups import Copy

__all__ = ("draw", "draw_copies", "used")

OBJECTS = 3
"""Objects named on a line; the others are counted."""
LINES = 12
"""Lines of a part; the others are counted."""


def draw(console: "Console", verdict: "Verdict", waivers: Iterable[Waiver]) -> None:
    """*verdict* for people. *waivers* are all that the trust has."""
    colour = "green" if isinstance(verdict, Allowed) else "red"
    console.print(f"[bold {colour}]{escape(verdict.explain()[0])}[/]")
    if isinstance(verdict, Blocked):
        _part(console, "why", _by_rule(verdict.reasons))
    if not isinstance(verdict, Allowed):
        _part(console, "not looked at", _by_rule(verdict.missing))
    _part(console, "waived", [_waived(one) for one in used(verdict, waivers)])
    _part(console, "noted", _by_rule(verdict.noted))
    if not isinstance(verdict, Allowed):
        reasons = verdict.reasons if isinstance(verdict, Blocked) else ()
        _part(console, "to open it", _todo((*reasons, *verdict.missing)))


def draw_copies(console: "Console", school: str, copies: "Iterable[Copy]", now: "datetime", most_days: int) -> None:
    """How old the newest copy of each device is: the oldest by name, and those beyond *most_days*."""
    given = tuple(copies)
    taken = sorted((one.at, one) for one in given if one.at is not None)
    lacking = [one.device for one in given if one.at is None]
    old = [one.device for _, one in taken if one.is_old(now, most_days)]
    lines: list[str] = []
    if taken:
        at, oldest = taken[0]
        which = "the newest" if len(given) == 1 else "the oldest of the newest"
        lines.append(f"{which} is of {at:%Y-%m-%d} ({oldest.days(now)} d): {escape(oldest.device)}")
    remedy = f"Do: matric backup {escape(school)}"
    if old:
        lines.append(f"[yellow]warning[/] older than {most_days} days: {escape(_some(old))}. {remedy}")
    if lacking:
        lines.append(f"[yellow]warning[/] none is on record of {escape(_some(lacking))}. {remedy}")
    _part(console, "backups", lines)


def used(verdict: "Verdict", waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """The waivers that keep something from closing the gate, the first to end first."""
    waived = {(reason.rule, reason.object) for reason in verdict.waived}
    held = (waiver for waiver in waivers if (waiver.rule, waiver.object) in waived)
    return tuple(sorted(held, key=lambda one: (one.expiry, one.rule, one.object)))


def _part(console: "Console", name: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print(f"[bold]{name}[/]")
    for line in lines[:LINES]:
        console.print(f"  {line}", soft_wrap=True)
    if len(lines) > LINES:
        console.print(f"  [dim]and {len(lines) - LINES} more: matric gate PLAN, without --explain[/]")


def _by_rule(reasons: Iterable["Reason"]) -> list[str]:
    """One line for each rule, those with most findings first; a waiver that is no good is told by itself."""
    grouped: dict[str, list[Reason]] = {}
    for reason in reasons:
        grouped.setdefault(reason.rule, []).append(reason)
    lines = sorted(grouped.items(), key=lambda one: (-len(one[1]), one[0]))
    return [line for rule, found in lines for line in _rule(rule, found)]


def _rule(rule: str, found: "list[Reason]") -> Iterator[str]:
    kinds = list(dict.fromkeys(one.severity for one in found))
    messages = list(dict.fromkeys(one.message for one in found))
    says = messages[0] if len(messages) == 1 else found[0].title or messages[0]
    head = f"[bold]{escape(rule)}[/] [dim]{'/'.join(kinds)}[/] {len(found)}: {escape(says)}"
    yield f"{head} [dim]({escape(_some(list(dict.fromkeys(one.object for one in found))))})[/]"


def _waived(one: Waiver) -> str:
    ends = f", ends when {one.ends_when}" if one.ends_when else ""
    who = f"{one.owner}, agreed to by {one.approver}" if one.approver else one.owner
    return (
        f"until {one.expiry} [bold]{escape(one.rule)}[/] {escape(redact(f'{one.object}: {one.reason} ({who}{ends})'))}"
    )


def _todo(reasons: Iterable["Reason"]) -> list[str]:
    """One line for each different thing to do, the one that opens most first."""
    things: dict[str, dict[str, None]] = {}
    for reason in reasons:
        things.setdefault(reason.remedy, {})[reason.object] = None
    lines = sorted(things.items(), key=lambda one: (-len(one[1]), one[0]))
    return [f"{escape(remedy)} [dim]({len(of)}: {escape(_some(list(of)))})[/]" for remedy, of in lines]


def _some(names: Sequence[Any]) -> str:
    shown = ", ".join(names[:OBJECTS])
    return f"{shown} and {len(names) - OBJECTS} more" if len(names) > OBJECTS else shown
