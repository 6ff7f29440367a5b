"""How a survey is kept and told, wherever it came from: devices, what was not seen and why, what nothing understood."""

from typing import TYPE_CHECKING, Any

from matric.cli.line import line
from matric.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from matric.cli.context import Context
    from matric.survey.coverage import Coverage
    from matric.survey.model import Device, Survey

__all__ = ("keep", "show_coverage")

_MOST = 20
"""Of a longer list the rest is counted; the file and ``--json`` hold all."""

_FEW = 3

_WIDE = 120
"""Columns from which a terminal has room for models, and for the names of the files that configurations came from."""


def keep(context: "Context", survey: "Survey") -> None:
    """Keep *survey* in its school's folder, and tell what it holds. UsageError where it holds no device at all."""
    from matric import survey as room  # noqa: PLC0415 - loaded on use

    if not survey.devices:
        why = "; ".join(f"{one.name}: {one.why}" for one in survey.unseen[:3])
        raise UsageError(
            f"no device of {survey.school} could be read{f' ({why})' if why else ''}; nothing was kept. "
            "Do: give its configurations, or the answers to its show commands"
        )
    slug_or_refuse(survey.school)
    path = room.save(context.site.inventory, survey)
    context.emit(_as_json(survey, path), lambda console: _show(console, survey, path))


def slug_or_refuse(school: str) -> None:
    """UsageError where *school* could not be the name of a folder."""
    import re  # noqa: PLC0415 - loaded on use

    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", school):
        raise UsageError(f"'{school}' is no slug of a school. Do: use lower-case letters, digits and hyphens")


def _as_json(survey: "Survey", path: "Path") -> dict[str, Any]:
    from matric.survey import coverage  # noqa: PLC0415 - loaded on use

    return {
        "school": survey.school,
        "file": str(path),
        "taken_at": survey.taken_at,
        "how": survey.how,
        "devices": [_device_as_json(one) for one in survey.devices],
        "sources": len(survey.sources),
        "unseen": [one.model_dump(mode="json") for one in survey.unseen],
        "set_aside": {one.name: one.set_aside for one in survey.sources if one.set_aside},
        "coverage": coverage.of_survey(survey).as_json(),
    }


def _device_as_json(one: "Device") -> dict[str, Any]:
    return {
        "name": one.name, "platform": one.platform, "model": one.model, "serial": one.serial,
        "os_version": one.os_version, "management": one.management, "configuration": bool(one.configuration),
        "vlans": _count(one.vlans), "ports": _count(one.ports), "neighbours": _count(one.neighbours),
        "macs": _count(one.macs), "unread": len(one.unread),
    }  # fmt: skip


def _count(values: tuple[object, ...] | None) -> int | None:
    """None stays None: not seen is not none there."""
    return None if values is None else len(values)


def _show(console: "Console", survey: "Survey", path: "Path") -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people
    from rich.table import Table  # noqa: PLC0415 - ditto

    from matric.survey import coverage  # noqa: PLC0415 - ditto

    table = Table(box=None, pad_edge=False, header_style="bold")
    # In a narrow terminal nothing is cut: what is longest is left to --json, but for what was not seen.
    wide = console.width >= _WIDE
    for head in ("device", "platform", "address", *(("model", "configuration") if wide else ())):
        table.add_column(head, overflow="fold", no_wrap=head == "address")
    for head in ("VLANs", "ports", "neighbours", "MACs", "unread"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in survey.devices:
        counts = (one.vlans, one.ports, one.neighbours, one.macs)
        told = escape(one.configured_from.source) if one.configured_from else "[yellow]not seen[/]"
        table.add_row(
            escape(one.name), one.platform or "?", one.management, *((escape(one.model), told) if wide else ()),
            *("[dim]not seen[/]" if of is None else str(len(of)) for of in counts),
            f"[yellow]{len(one.unread)}[/]" if one.unread else "0",
        )  # fmt: skip
    console.print(table)
    if bare := [] if wide else [one.name for one in survey.devices if one.configured_from is None]:
        line(console, f"[yellow]configuration not seen[/]: {escape(', '.join(bare))}", 2)
    _show_unseen(console, survey)
    aside = [one for one in survey.sources if one.set_aside]
    for source in aside[:_MOST]:
        told = f"{escape(source.name)}: {escape(source.set_aside)} is newer or more complete"
        line(console, f"[dim]set aside[/] {told}", 10)
    show_coverage(console, coverage.of_survey(survey))
    left = sum(len(one.unread) for one in survey.devices)
    if left:
        line(console, f"[yellow]{left} lines that nothing understands[/] are kept word for word in the file", 2)
    line(console, f"survey of {survey.school}, taken {survey.taken_at}: {path}", 2)


def _show_unseen(console: "Console", survey: "Survey") -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    if not survey.unseen:
        return
    console.print(f"[yellow]{len(survey.unseen)} not seen[/]")
    for one in survey.unseen[:_MOST]:
        shown = (*one.told_by[:_FEW], *(["..."] if len(one.told_by) > _FEW else []))
        told = f" (named by {', '.join(shown)})" if shown else ""
        remedy = f". Do: {one.remedy}" if one.remedy else ""
        line(console, escape(f"  {one.what} {one.name}{told}: {one.why}{remedy}"), 4)
    if len(survey.unseen) > _MOST:
        console.print(f"  and {len(survey.unseen) - _MOST} more; --json lists them all")


def show_coverage(console: "Console", found: "Coverage") -> None:
    """Lines understood of lines read, per platform; then what stood in the way of files."""
    from rich.table import Table  # noqa: PLC0415 - only for people

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("platform", "files", "lines", "understood", "%", "of use", "understood ", "% ", "faults"):
        table.add_column(head, justify="left" if head == "platform" else "right")
    for name, one in found.platforms.items():
        every, asked = ("-" if of is None else f"{of:.1f}" for of in (one.percent, one.asked_percent))
        useful, known = one.asked
        table.add_row(
            name or "unknown", str(one.files), str(one.lines), str(one.understood), every,
            str(useful), str(known), asked, str(one.faults),
        )  # fmt: skip
    console.print(table)
    for fault, count in list(found.faults.items())[:_MOST]:
        line(
            console,
            f"[dim]fault[/] {fault}: {count} answer{'' if count == 1 else 's'} or file{'' if count == 1 else 's'}",
            6,
        )
