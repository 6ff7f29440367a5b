"""Every finding of a review in one shape, for the formats that list findings: open, not looked at, waived or noted."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from matric import canonical
from matric.config import natural
from matric.gate import Allowed, Blocked, Reason
from matric.policy import Outcome, Severity
from matric.report.reviewed import Reviewed, Used

__all__ = ("PLANNING", "Item", "Standing", "counted", "items", "rules_checked")

PLANNING = "MATRIC-PLAN"
"""The rule that a touched school can be planned and judged."""

Standing = Literal["open", "unread", "waived", "noted"]

_LINE = re.compile(r"^waivers\.yaml line (?P<line>\d+): ")
_NAMED = re.compile(r"\b(?P<file>(?:standard|calendar|answers|access|nornir|waivers)\.yaml)\b")
_TABLES = (
    (re.compile(r"^[^/ ]+/\S+ \S"), "interfaces"),
    (re.compile(r"^[^/ ]+/\S+$"), "devices"),
    (re.compile(r"^\S+ vlan\b", re.IGNORECASE), "vlans"),
    (re.compile(r"^\S+ (?:prefix|[0-9a-f.:]+/\d+)", re.IGNORECASE), "prefixes"),
    (re.compile(r"^\S+ (?:wlan|ssid|wireless)\b", re.IGNORECASE), "wireless_lans"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One finding."""

    school: str
    standing: Standing
    reason: Reason
    fingerprint: str
    """The same for the same finding in every pipeline: no line number, no time and no wording is in it."""
    waiver: Used | None = None

    @property
    def path(self) -> str:
        """The file of the repository in which it is put right."""
        return _place(self.reason)[0]

    @property
    def line(self) -> int:
        """Line in that file; 1 where it is not known."""
        return _place(self.reason)[1]

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, on one line."""
        return f"{self.reason.object}: {self.reason.message}. Do: {self.reason.remedy}"


def items(schools: Iterable[Reviewed]) -> tuple[Item, ...]:
    """Every finding of every touched school, the worst first."""
    found: list[Item] = []
    for reviewed in sorted(schools, key=lambda one: one.school):
        seen: Counter[str] = Counter()
        held = {(waiver.rule, waiver.object): waiver for waiver in reviewed.waivers}
        for standing, reason in sorted(_reasons(reviewed), key=lambda pair: (pair[1].message, pair[1].remedy)):
            name = f"{reviewed.school}\n{reason.rule}\n{_LINE.sub('', reason.object)}"
            key = canonical.digest_of_text(f"{name}\n{seen[name]}")[7:]
            seen[name] += 1
            waiver = held.get((reason.rule, reason.object)) if standing == "waived" else None
            found.append(Item(reviewed.school, standing, reason, key, waiver))
    return tuple(sorted(found, key=_rank))


def _rank(item: Item) -> tuple[object, ...]:
    severities: tuple[Severity, ...] = ("blocker", "warning", "info")
    standings: tuple[Standing, ...] = ("open", "unread", "waived", "noted")
    return (
        standings.index(item.standing),
        severities.index(item.reason.severity),
        item.school,
        natural(item.reason.rule),
        natural(item.reason.object),
        item.fingerprint,
    )


def _reasons(reviewed: Reviewed) -> Iterator[tuple[Standing, Reason]]:
    if not reviewed.touched:
        return
    for problem in reviewed.problems:
        message, _, remedy = problem.partition(" Do: ")
        yield "open", Reason(PLANNING, reviewed.school, message.rstrip("."), remedy or "put it right, then plan again")
    if reviewed.plan is None and not reviewed.problems and reviewed.wanted:
        nothing = "there is no plan, and no reason why"
        yield "unread", Reason(PLANNING, reviewed.school, nothing, "run the pipeline again")
    verdict = reviewed.verdict
    if verdict is None:
        if reviewed.plan is not None:
            yield from _unjudged(reviewed)
        return
    told: list[tuple[Standing, tuple[Reason, ...]]] = [("waived", verdict.waived), ("noted", verdict.noted)]
    if isinstance(verdict, Blocked):
        told.append(("open", verdict.reasons))
    if not isinstance(verdict, Allowed):
        told.append(("unread", verdict.missing))
    for standing, reasons in told:
        for reason in reasons:
            yield standing, reason


def _unjudged(reviewed: Reviewed) -> Iterator[tuple[Standing, Reason]]:
    """What the policies said when the plan was made, where the gate's verdict is not at hand.

    Of a plan that was carried out the gate let everything pass; of any other nothing is known to be waived.
    """
    if not reviewed.carried_out:
        nobody = "the plan is not judged: its waivers are not known here"
        yield "unread", Reason(PLANNING, reviewed.school, nobody, "judge it with 'matric gate PLAN'")
    for result in reviewed.results:
        for one in result.findings:
            severity = one.severity or result.severity
            reason = Reason(result.rule, one.object, one.message, one.remedy, severity, result.title, result.sources)
            passed: Standing = "waived" if reviewed.carried_out else "open"
            yield ("noted" if severity == "info" else passed), reason
        for gap in result.missing:
            told = f"cannot be evaluated: {gap}"
            remedy = "make it readable, then plan again"
            known = (told, remedy, result.severity, result.title, result.sources)
            yield "unread", Reason(result.rule, reviewed.school, *known)


def counted(found: Iterable[Item]) -> dict[Standing, int]:
    """How many there are of each standing, zeros included."""
    counts = Counter(item.standing for item in found)
    return {"open": counts["open"], "unread": counts["unread"], "waived": counts["waived"], "noted": counts["noted"]}


def rules_checked(reviewed: Reviewed) -> int:
    """Rules that looked at something."""
    return sum(1 for result in reviewed.results if result.outcome is not Outcome.NOT_APPLICABLE and result.checked)


def _place(reason: Reason) -> tuple[str, int]:
    if reason.rule == "POLICY-WAIVER":
        line = _LINE.match(reason.object)
        return "policies/waivers.yaml", int(line["line"]) if line else 1
    named = _NAMED.search(reason.remedy)
    if named is not None:
        folder = "policies" if named["file"] == "waivers.yaml" else "inventory"
        return f"{folder}/{named['file']}", 1
    table = next((table for pattern, table in _TABLES if pattern.search(reason.object)), "sites")
    return f"inventory/snapshot/{table}.json", 1
