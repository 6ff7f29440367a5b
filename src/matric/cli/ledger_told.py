"""A ledger as it is shown: counts by device and class, lines, what was left behind."""

from typing import TYPE_CHECKING, Any

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


def as_json(found: "Ledger", kind: str | None, devices: tuple[str, ...], *, residue: bool) -> dict[str, Any]:
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
                "counts": counted(account.entries),
            }
            for account in found.accounts
            if not devices or account.device in devices
        ],
        "faults": [{"object": one.object, "rule": one.rule, "remedy": one.remedy} for one in found.faults],
    }
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

    for made in written:
        console.print(
            f"[green]written[/] {made.decision} {escape(made.title)} ({counts(made.lines, 'line')})", soft_wrap=True
        )
    if residue:
        _show_residue(console, _left(found, devices))
        return
    if kind is not None:
        for entry in _picked(found, kind, devices):
            console.print(escape(_told(entry)), soft_wrap=True)
    _table(console, found, devices)
    _show_open(console, found)


def _show_open(console: "Console", found: "Ledger") -> None:
    """What keeps the ledger from being complete."""
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for account in found.accounts:
        if not account.read:
            console.print(
                f"[red]not seen[/]  {escape(account.device)}: its configuration; its lines are in no count. "
                f"Do: survey it, or say what becomes of it whole: 'matric ledger {found.school} --decide'",
                soft_wrap=True,
            )
    for fault in found.faults:
        console.print(f"[yellow]fault[/]     {escape(str(fault))}", soft_wrap=True)
    for entry in found.lost:
        told = f"{entry.device} line {entry.number} {entry.path.splitlines()[0]}"
        console.print(f"[red]lost[/]      {escape(told)}: to be kept, and no template renders it", soft_wrap=True)
    if found.stale:
        console.print(
            f"[yellow]stale[/]     the survey is {found.age_days} days old ({found.max_age_days} at most). "
            f"Do: matric survey {found.school}"
        )
    if found.unknown:
        console.print(
            f"{counts(len(found.unknown), 'line')} unknown. Do: 'matric ledger {found.school} --decide' at a terminal"
        )
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
        table.add_column(name, justify="left" if name == "device" else "right")
    shown = [account for account in found.accounts if not devices or account.device in devices]
    rows = [(account.device, account.entries) for account in shown]
    rows += [(found.school, tuple(entry for _, entries in rows for entry in entries))]
    for name, entries in rows:
        counts = counted(entries)
        table.add_row(name, str(len(entries)), *(_share(counts[one], len(entries)) for one in counts))
    console.print(table)


def _share(count: int, whole: int) -> str:
    return f"{count} {f'{100 * count / whole:.0f}%' if 200 * count > whole else '<1%'}" if count else "-"


def _show_residue(console: "Console", left: "tuple[Leftover, ...]") -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for one in left:
        colour = "red" if one.remains else "yellow"
        line = one.words or one.path.split("\n", 1)[0]
        console.print(f"[{colour}]{one.kind:<8}[/] [bold]{escape(line)}[/]", soft_wrap=True)
        console.print(f"         on {escape(', '.join(one.devices))}; lets whoever owns it {one.lets}", soft_wrap=True)
        console.print(f"         {escape(one.end)}", soft_wrap=True)
    remain = sum(one.remains for one in left)
    console.print(f"{len(left)} left behind, {remain} of them to stay or undecided")
