"""How a joining school gets to the standard, stage by stage; each stage as rows that are planned like any other."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from matric.intent.record import Records
    from matric.survey.transition import Stage, Transition
    from matric.survey.transition.model import Moved

__all__ = ("transition",)


@click.command()
@click.argument("school")
@click.option("--stage", type=click.IntRange(1), help="Say what NetBox is to hold at the end of this stage.")
@click.option("--snapshot", type=click.Path(path_type=Path, file_okay=False), help="Folder to write its rows into.")
@click.option("--again", is_flag=True, help="Make the way anew, though one was kept.")
@click.option("--agree", is_flag=True, help="Agree in inventory/agreements.yaml which old networks run beside.")
@click.option("--owner", default="", help="Of the agreement: who answers for it.")
@click.option("--approver", default="", help="Of the agreement: who agreed for the trust; somebody else.")
@pass_context
def transition(
    context: Context,
    school: str,
    stage: int | None = None,
    snapshot: Path | None = None,
    owner: str = "",
    approver: str = "",
    *,
    agree: bool = False,
    again: bool = False,
) -> None:
    """Say how SCHOOL gets to the standard: what runs side by side, in what order things move, what is done before.

    Each stage is a plan of its own. With --stage and --snapshot its rows are written as a snapshot: into
    inventory/snapshot, so that `matric plan SCHOOL` plans it, or into a folder of its own to be pushed to NetBox with
    `matric snapshot push`. The way is then kept (transition.json), so that it stays the same while stages are carried
    out. What is decided about the order stands in transition.yaml of the school's folder.
    """
    from matric.survey import transition as transitions  # noqa: PLC0415 - loaded on use

    site = context.site
    way, rows = transitions.planned(site, school, again=again)
    if stage is None and (snapshot is not None or agree):
        raise UsageError("no stage is named. Do: give --stage with --snapshot or --agree")
    if stage is not None and stage not in rows:
        raise UsageError(f"{school} has stages 1 to {len(rows)}. Do: name one of them")
    written: list[str] = []
    if stage is not None and snapshot is not None:
        written += [_snapshot(context, snapshot, rows, stage), str(transitions.keep(site, way))]
    if stage is not None and agree:
        found = next(one for one in way.stages if one.number == stage)
        written += transitions.agree(site, way, found, owner=owner, approver=approver)
    context.emit(
        {**way.model_dump(mode="json"), "written": written}, lambda console: _show(console, way, stage, written)
    )


def _snapshot(context: Context, folder: Path, rows: "dict[int, Records]", stage: int) -> str:
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric import snapshot as snapshots  # noqa: PLC0415 - ditto

    now = onboarding.clock_of(context.any_lab).now()
    manifest = snapshots.Manifest(source=f"transition, stage {stage}", taken_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    snapshots.save(folder, rows[stage], manifest)
    return str(folder)


def _together(stage: "Stage") -> "dict[tuple[str, int, str], list[Moved]]":
    found: dict[tuple[str, int, str], list[Moved]] = {}
    for one in stage.moves:
        found.setdefault((one.device, one.vid_before, one.role), []).append(one)
    return found


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _show(console: "Console", way: "Transition", only: int | None, written: list[str]) -> None:
    for side in way.sides if only is None else ():
        number = f"VLAN {' and '.join(map(str, side.vids))}" + (
            f", as VLAN {side.vid_during}" if side.vid_during != side.vid else ""
        )
        routed = f"the core answers as {side.gateway}" if side.routed else f"not routed: {side.why}"
        console.print(f"beside  {number} ({side.name}, {side.prefix or 'no prefix'}), treated as {side.zone}; {routed}",
                      markup=False, highlight=False)  # fmt: skip
    for line in way.at_once if only is None else ():
        console.print(f"[yellow]at once[/] {escape(line)}", highlight=False)
    for line in way.doubts if only in (None, 1) else ():
        console.print(f"[yellow]look first[/] {escape(line)}", highlight=False)
    for stage in way.stages:
        if only in (None, stage.number):
            _stage(console, stage)
    for line in written:
        console.print(f"written {line}", markup=False, soft_wrap=True)


def _stage(console: "Console", stage: "Stage") -> None:
    console.print(f"[bold]stage {stage.number}[/] {escape(stage.title)}", highlight=False)
    leads = sorted(stage.leads, key=lambda lead: -lead.days)
    _part(console, "before", [f"{_many(lead.days, 'day'):>7}  {lead.what}" for lead in leads])
    moves = [
        f"{device}, VLAN {vid} to {role}: {_many(len(ports), 'port')}, "
        f"{_hosts(ports)} ({', '.join(one.port for one in ports)})"
        for (device, vid, role), ports in _together(stage).items()
    ]
    _part(console, "changes", [*stage.changes, *moves])
    _part(console, "test", stage.exit_tests)
    _part(console, "back", (stage.back,))


def _hosts(ports: "Sequence[Moved]") -> str:
    seen = [len(one.hosts) for one in ports if one.hosts is not None]
    if len(seen) == len(ports):
        return _many(sum(seen), "host")
    return f"at least {_many(sum(seen), 'host')}" if sum(seen) else "hosts not seen"


def _part(console: "Console", title: str, lines: "Sequence[str]") -> None:
    if lines:
        console.print(f"  [dim]{title}[/]", highlight=False)
    for line in lines:
        console.print(f"    {line}", markup=False, highlight=False)
