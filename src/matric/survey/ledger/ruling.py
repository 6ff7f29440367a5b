"""Decisions held against the lines they are about: which count, and what is wrong with the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from matric.survey.ledger.classify import Node, Ruling
from matric.survey.ledger.decision import FILE, Decision
from matric.survey.ledger.model import Account, Entry, Fault

__all__ = ("NOTHING", "Rulings", "covered", "ruled")

NOTHING = "it covers no line any more"
"""What is wrong with a decision that nothing is left to decide by."""


@dataclass
class Rulings:
    """What counts, by device and line, and what does not."""

    by_device: dict[str, dict[Node, Ruling]] = field(default_factory=dict[str, dict[Node, Ruling]])
    whole: set[str] = field(default_factory=set[str])
    """Devices of which all is decided, read or not."""
    faults: list[Fault] = field(default_factory=list[Fault])


def ruled(decisions: tuple[Decision, ...], accounts: Mapping[str, Account], today: date) -> Rulings:
    """*decisions* held against *accounts*, which were made without any."""
    found = Rulings()
    first: dict[tuple[str, Node], Decision] = {}
    for decision in decisions:
        faults = tuple(_strange(decision, accounts))
        lines = () if faults else covered(decision, accounts)
        if not faults:
            faults = tuple(_wrong(decision, lines, accounts))
        found.faults.extend(faults)
        if faults:
            continue
        if decision.review is not None and decision.review < today:
            rule = f"{decision.owner} was to look again by {decision.review} at what is kept"
            found.faults.append(Fault(_name(decision), rule, f"look at it, then give the next day in {FILE}"))
        if decision.whole:
            found.whole.update(decision.devices)
        for entry in lines:
            node = (*entry.heads, entry.text)
            other = first.setdefault((entry.device, node), decision)
            if other.decision != decision.decision:
                rule = f"{entry.device} line {entry.number} is {other.decision} there and {decision.decision} here"
                found.faults.append(Fault(_name(decision), rule, f"take one of the two out of {FILE}"))
                break
            found.by_device.setdefault(entry.device, {}).setdefault(node, Ruling(decision))
    return found


def covered(decision: Decision, accounts: Mapping[str, Account]) -> tuple[Entry, ...]:
    """The lines that *decision* is about, and what stands below them; not what is settled without it."""
    return tuple(
        entry
        for account in _scope(decision, accounts)
        for entry, direct in _about(decision, account)
        if _open(decision, entry, direct=direct)
    )


def _scope(decision: Decision, accounts: Mapping[str, Account]) -> Iterator[Account]:
    names = decision.devices or tuple(accounts)
    return (accounts[name] for name in names if name in accounts)


def _about(decision: Decision, account: Account) -> Iterator[tuple[Entry, bool]]:
    """(line, whether it is named itself)."""
    below: set[Node] = set()
    for entry in account.entries:
        node = (*entry.heads, entry.text)
        if decision.whole or (entry.kind != "volatile" and decision.speaks_of(entry.path)):
            below.add(node)
            yield entry, True
        elif entry.heads and entry.heads in below:
            below.add(node)
            yield entry, False


def _open(decision: Decision, entry: Entry, *, direct: bool) -> bool:
    """True where *decision* says something of *entry* that is not settled already."""
    if entry.carried or entry.kind == "volatile":
        return entry.carried and entry.kind == "unknown" and decision.decision == "keep"
    match entry.kind:
        case "owned" | "kept":
            return decision.decision == "keep"
        case "replaced":
            return not direct and decision.decision == "keep"
        case _:
            return True


def _strange(decision: Decision, accounts: Mapping[str, Account]) -> Iterator[Fault]:
    for name in decision.devices:
        if name not in accounts:
            yield Fault(_name(decision), f"the survey has no device {name}", f"correct the name in {FILE}")
        elif decision.whole and not accounts[name].why:
            rule = f"{name} gets the standard's configuration, so its lines are decided one by one"
            yield Fault(_name(decision), rule, f"take the decision out of {FILE}")


def _wrong(decision: Decision, lines: tuple[Entry, ...], accounts: Mapping[str, Account]) -> Iterator[Fault]:
    if not decision.whole and (other := _settled(decision, accounts)) is not None:
        rule = (
            f"it also matches {other.device} line {other.number} ({other.path.splitlines()[0]}), which is {other.kind}"
        )
        yield Fault(_name(decision), f"too broad, so it does not count: {rule}", "name fewer lines")
    elif not lines and not decision.whole:
        yield Fault(_name(decision), NOTHING, f"take it out of {FILE}")
    elif len(lines) > decision.lines:
        made = f"{decision.lines} line{'' if decision.lines == 1 else 's'}"
        rule = f"too broad, so it does not count: it was made for {made} and matches {len(lines)}"
        yield Fault(_name(decision), rule, f"look at them, then give lines: {len(lines)} in {FILE}")


def _settled(decision: Decision, accounts: Mapping[str, Account]) -> Entry | None:
    """A line that *decision* names and has no say in."""
    for account in _scope(decision, accounts):
        for entry, direct in _about(decision, account):
            if direct and entry.kind in ("owned", "kept", "replaced") and not _open(decision, entry, direct=True):
                return entry
    return None


def _name(decision: Decision) -> str:
    return f"decision {decision.title}"
