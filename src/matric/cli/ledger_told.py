"""A ledger as it is shown: counts by device and class, lines, what was left behind."""

from typing import TYPE_CHECKING, Any

from matric.cli.line import line

if TYPE_CHECKING:
    from rich.console import Console

    from matric.survey.ledger import Entry, Ledger
    from matric.survey.ledger.decision import Decision
    from matric.survey.ledger.residue import Leftover

__all__ = ("CLASSES", "as_json", "counts", "show")

CLASSES = ("owned", "replaced", "kept", "removed", "volatile", "unknown")


def counts(number: int, what: str) -> str:
    """``1 line``, ``7 lines``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _picked(found: "Ledger", kind: str | None, devices: tuple[str, ...]) -> "tuple[Entry, ...]":
    return tuple(
        entry
        for entry in found.entries
        if (kind is None or entry.kind == kind) and (not devices or entry.device in devices)
    )


def _left(found: "Ledger", devices: tuple[str, ...]) -> "tuple[Leftover, ...]":
    from matric.survey.ledger.residue import leftovers  # noqa: PLC0415 - loaded on use

    def here(one: "Leftover") -> bool:
        return not devices or any(place.rsplit(" line ", 1)[0] in devices for place in one.devices)

    return tuple(one for one in leftovers(found) if here(one))


def as_json(
    found: "Ledger", kind: str | None, devices: tuple[str, ...], *, residue: bool, written: "list[Decision]"
) -> dict[str, Any]:
    """The ledger as one JSON value; its lines only where a class or a device is named."""
    from matric.survey.ledger import counted  # noqa: PLC0415 - loaded on use

    value: dict[str, Any] = {
        "school": found.school,
        "taken_at": found.taken_at,
        "age_days": found.age_days,
        "stale": found.stale,
        "complete": found.complete,
        "lines": len(found.entries),
        "counts": counted(found.entries),
        "lost": len(found.lost),
        "devices": [
            {
                "device": account.device,
                "platform": account.platform,
                "standard": account.wanted,
                "why": account.why,
                "read": account.read,
                "replaced": account.replaced,
                "waits": account.waits,
                "counts": counted(account.entries),
            }
            for account in found.accounts
            if not devices or account.device in devices
        ],
        "faults": [{"object": one.object, "rule": one.rule, "remedy": one.remedy} for one in found.faults],
    }
    if written:
        value["written"] = [made.model_dump(mode="json") for made in written]
    if kind or devices:
        value["entries"] = [entry.as_json for entry in _picked(found, kind, devices)]
    if residue:
        value["residue"] = [one.as_json for one in _left(found, devices)]
    return value


def show(
    console: "Console",
    found: "Ledger",
    kind: str | None,
    devices: tuple[str, ...],
    *,
    residue: bool,
    written: "list[Decision]",
) -> None:
    """The ledger for people."""
    from rich.markup import escape  # noqa: PLC0415 - only for people

    if written:
        for made in written:
            line(console, f"[green]written[/]   {made.decision} {escape(_title(made))}: {_size(made)}", 10)
        _show_open(console, found)
        return
    if residue:
        _show_residue(console, _left(found, devices), found.school)
        return
    if kind is not None:
        for entry in _picked(found, kind, devices):
            line(console, escape(_told(entry)), 4)
    _table(console, found, devices)
    _show_open(console, found)


def _title(made: "Decision") -> str:
    return f"the whole of {', '.join(made.devices)}" if made.whole else made.title


def _size(made: "Decision") -> str:
    return counts(made.lines, "line") if made.lines else "no line of it was seen"


def _show_open(console: "Console", found: "Ledger") -> None:
    """What keeps the ledger from being complete."""
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for account in found.accounts:
        if not account.read:
            text = (
                f"[red]not seen[/]  {escape(account.device)}: its configuration, so its lines are in no count. "
                f"Do: survey it, or say what becomes of the whole device: 'matric ledger {found.school} --decide'"
            )
            line(console, text, 10)
    for fault in found.faults:
        line(console, f"[yellow]fault[/]     {escape(str(fault))}", 10)
    for entry in found.lost:
        told = f"{entry.device} line {entry.number} {entry.path.splitlines()[0]}"
        why = "to be kept, and no template renders it. Do: bring it into NetBox or a template, or decide to remove it"
        line(console, f"[red]lost[/]      {escape(told)}: {why}", 10)
    if found.stale:
        text = (
            f"[yellow]stale[/]     the survey is {found.age_days} days old ({found.max_age_days} at most). "
            f"Do: matric survey {found.school}"
        )
        line(console, text, 10)
    waiting = next((account.why for account in found.accounts if account.waits), "")
    if waiting:
        line(console, f"[red]waits[/]     {escape(waiting)}", 10)
    elif found.unknown:
        text = (
            f"[red]unknown[/]   {counts(len(found.unknown), 'line')} of {len(found.entries)}. "
            f"Do: 'matric ledger {found.school} --decide' at a terminal, or see them with '--lines unknown'"
        )
        line(console, text, 10)
    elif found.complete:
        console.print("[green]every line is accounted for[/]")


def _told(entry: "Entry") -> str:
    path = entry.path.split("\n", 1)[0]
    parts = [f"{entry.device}:{entry.number} {path}"]
    if entry.new:
        parts.append(f"-> {'; '.join(line.splitlines()[0] for line in entry.new[:3])}")
    parts.append(f"[{', '.join(filter(None, (entry.what, entry.template)))}]" if entry.what or entry.template else "")
    if entry.kind != "owned":
        parts.append(f"({entry.why}{f'; {entry.by}' if entry.by else ''})")
    if entry.risk and entry.kind in ("removed", "unknown", "kept"):
        parts.append(f"risk: {entry.risk}")
    return " ".join(filter(None, parts))


def _table(console: "Console", found: "Ledger", devices: tuple[str, ...]) -> None:
    from rich.table import Table  # noqa: PLC0415 - only for people

    from matric.survey.ledger import counted  # noqa: PLC0415 - ditto

    table = Table(box=None, pad_edge=False)
    for name in ("device", "lines", *CLASSES):
        # A number is never cut; a name may go on below itself.
        table.add_column(name, justify="left" if name == "device" else "right", no_wrap=name != "device")
    shown = [account for account in found.accounts if not devices or account.device in devices]
    rows = [(account.device, account.entries, account.read) for account in shown]
    if len(rows) > 1:
        rows.append((found.school, tuple(entry for _, entries, _ in rows for entry in entries), True))
    for name, entries, read in rows:
        counts = counted(entries)
        cells = (_share(counts[one], len(entries)) for one in counts) if read else ("-" for _ in counts)
        table.add_row(name, str(len(entries)) if read else "not seen", *cells)
    console.print(table)


def _share(count: int, whole: int) -> str:
    return f"{count} {f'{100 * count / whole:.0f}%' if 200 * count > whole else '<1%'}" if count else "-"


_UNTIL = {
    "stays": "[red]stays[/]",
    "undecided": "[red]undecided[/]",
    "device": "[yellow]until its device goes[/]",
    "cut-over": "[yellow]until the cut-over[/]",
}


def _show_residue(console: "Console", left: "tuple[Leftover, ...]", school: str) -> None:
    from itertools import groupby  # noqa: PLC0415 - only for people

    from rich.markup import escape  # noqa: PLC0415 - ditto

    for (until, kind), ones in groupby(left, key=lambda one: (one.until, one.kind)):
        alike = tuple(ones)
        line(console, f"[bold]{kind}[/], {_UNTIL[until]}: each lets whoever owns it {alike[0].lets}", 2)
        for one in alike:
            line(console, f"  {escape(one.shown)}", 4)
            line(console, f"      on {escape(', '.join(one.devices))}", 8)
            line(console, f"      {escape(one.end)}", 8)
            if one.risk:
                line(console, f"      when it goes: {escape(one.risk)}", 8)
    counted = {until: sum(one.until == until for one in left) for until in _UNTIL}
    told = ", ".join(f"{count} {_UNTIL[until]}" for until, count in counted.items() if count)
    line(console, f"{escape(school)}: {len(left)} left behind by an old provider{': ' if told else ''}{told}")
    if left:
        line(console, "Each works until it is gone. Do: take off by hand, today, what must not wait")
