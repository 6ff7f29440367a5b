"""What people are asked about lines nobody can account for: the same line on seven devices is one question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from matric.config import PATH
from matric.errors import UsageError
from matric.survey.ledger.classify import STAYS
from matric.survey.ledger.decision import FILE, Decision, Verdict, amended, write
from matric.survey.ledger.model import Entry, Ledger
from matric.survey.ledger.ruling import NOTHING, covered, ruled

__all__ = ("Group", "decided", "groups", "record", "undo")

STEP = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Group:
    """One question."""

    line: str
    """The line exactly, with its heads; empty where ``pattern`` or ``whole`` names it."""
    pattern: str
    whole: bool
    devices: tuple[str, ...]
    entries: tuple[Entry, ...]
    """The lines in question, without what stands below them."""
    size: int
    """All lines that the answer settles."""

    @property
    def what(self) -> str:
        return next((entry.what for entry in self.entries if entry.what), "")

    @property
    def risk(self) -> str:
        return "; ".join(dict.fromkeys(entry.risk for entry in self.entries if entry.risk))

    @property
    def shown(self) -> str:
        """The line, as people are shown it."""
        if self.whole:
            return f"the whole of {', '.join(self.devices)}"
        first = self.entries[0].path.split("\n", 1)[0]
        return first if self.line else f"{first}, and alike"


def groups(ledger: Ledger) -> tuple[Group, ...]:
    """The questions that are open, the one that settles the most lines first."""
    found: list[Group] = []
    by_shape: dict[tuple[str, ...], list[tuple[Entry, int]]] = {}
    for account in ledger.accounts:
        if account.waits and account.read:
            continue
        unknown = tuple(entry for entry in account.entries if entry.kind == "unknown")
        if account.why and not (account.replaced and account.read) and (unknown or not account.read):
            found.append(Group("", "", whole=True, devices=(account.device,), entries=unknown, size=len(unknown)))
            continue
        for top, size in _tops(unknown):
            by_shape.setdefault((*(STEP.sub("#", head) for head in top.heads), "\0", top.text), []).append((top, size))
    for tops in by_shape.values():
        entries = tuple(entry for entry, _ in tops)
        devices = tuple(dict.fromkeys(entry.device for entry in entries))
        same = len({entry.path for entry in entries}) == 1
        line = entries[0].path if same else ""
        pattern = "" if same else _pattern(entries[0])
        found.append(Group(line, pattern, whole=False, devices=devices, entries=entries, size=sum(n for _, n in tops)))
    return tuple(sorted(found, key=lambda one: (-one.size, one.shown)))


def _tops(unknown: tuple[Entry, ...]) -> Iterator[tuple[Entry, int]]:
    """Each unknown line that stands below no other, and how many lines it brings."""
    top: Entry | None = None
    size = 0
    for entry in unknown:
        if top is not None and entry.heads[: len(top.heads) + 1] == (*top.heads, top.text):
            size += 1
            continue
        if top is not None:
            yield top, size
        top, size = entry, 1
    if top is not None:
        yield top, size


def _pattern(entry: Entry) -> str:
    """An expression for the line below any head that differs in its numbers alone."""
    heads = (STEP.sub(r"\\d+", re.escape(head).replace(r"\ ", " ")) for head in entry.heads)
    return f"^{PATH.join((*heads, re.escape(entry.text).replace(chr(92) + ' ', ' ')))}$"


def decided(  # noqa: PLR0913 - a decision has all of these
    ledger: Ledger,
    verdict: Verdict,
    *,
    by: str,
    reason: str,
    today: date,
    line: str = "",
    pattern: str = "",
    whole: bool = False,
    devices: tuple[str, ...] = (),
    owner: str = "",
    review: date | None = None,
) -> Decision:
    """The decision as it may be written today, with how many lines it covers and what depends on them.

    UsageError where it may not: it is incomplete, covers nothing, or is too broad.
    """
    for what, text in (("--by", by), ("--reason", reason)):
        if not text.strip():
            raise UsageError(
                f"a decision says who made it and why, and {what} is not given. Do: give --by and --reason"
            )
    for what, text in (("--by", by), ("--reason", reason), ("--owner", owner)):
        if not text.isprintable():
            raise UsageError(f"{what} is not one line. Do: shorten it")
    if review is not None and review <= today:
        raise UsageError(f"--review {review} is not in the future. Do: name the day it is looked at again")
    accounts = {account.device: account for account in ledger.bare}
    values = {"line": line, "pattern": pattern, "whole": whole, "devices": devices, "decision": verdict}
    more = {"reason": reason.strip(), "by": by.strip(), "on": today, "owner": owner.strip(), "review": review}
    try:
        draft = Decision(**values, **more, lines=10**6)  # type: ignore[arg-type]
    except ValidationError as error:
        raise UsageError(f"{_said(error)}. Do: give what is missing") from error
    lines = covered(draft, accounts)
    wrong = ruled((draft,), accounts, today).faults
    named = (entry for account in accounts.values() for entry in account.entries if draft.speaks_of(entry.path))
    if not lines and any(entry.carried and entry.kind == "unknown" for entry in named):
        raise UsageError(f"{draft.title}: {STAYS}")
    if not lines and not whole and all(fault.rule == NOTHING for fault in wrong):
        see = f"Do: see 'matric ledger {ledger.school} --lines unknown'"
        raise UsageError(f"{draft.title} is no open line of {ledger.school}. {see}")
    if wrong:
        raise UsageError(str(wrong[0]))
    risk = "; ".join(dict.fromkeys(entry.risk for entry in lines if entry.risk))
    return draft.model_copy(update={"lines": len(lines), "risk": risk})


def _said(error: ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}".removeprefix(": ").replace("Value error, ", "")


def record(folder: Path, decision: Decision) -> "str | None":
    """Write *decision* into the school's ``ledger.yaml``; what stood there before, None where there was no file."""
    path = folder / FILE
    before = path.read_bytes().decode("utf-8-sig") if path.exists() else None
    write(folder, amended(before or "", decision), before)
    return before


def undo(folder: Path, before: "str | None", decision: Decision) -> None:
    """Take *decision* out again, which was the last one written; UsageError where the file was changed since."""
    write(folder, before or "", amended(before or "", decision))
