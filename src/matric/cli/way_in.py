"""What is typed on a joining school's switches before the cut-over, so that matric has a way in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context

if TYPE_CHECKING:
    from rich.console import Console

    from matric.survey.way_in import Sheet

__all__ = ("way_in",)


@click.command("way-in")
@click.argument("school")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write a sheet per switch into."
)
@pass_context
def way_in(context: Context, school: str, out: Path | None = None) -> None:
    """Write what is typed on each switch of the joining SCHOOL before its cut-over, by hand, adding only.

    The trust's account, the management network with the switch's new address, tagged along the cables towards the
    core, the core's link to the trust's router, and what the switch's net needs. The core comes first. Passwords are
    references still: type the password in place of `<secret:...>`. Rule MAT-01 proves from the plan that it holds.
    """
    from matric.survey import way_in as ways  # noqa: PLC0415 - loaded on use

    found, without = ways.sheets(context.site, school)
    written = ways.write(out, found) if out is not None else ()
    value = {
        "sheets": [
            {"device": one.device, "seen": one.seen, "platform": one.platform, "old": one.old, "new": one.new,
             "lines": list(one.lines), "notes": list(one.notes)}
            for one in found
        ],
        "without": list(without),
        "written": [str(path) for path in written],
    }  # fmt: skip
    context.emit(value, lambda console: _show(console, found, without, written))


def _show(console: "Console", found: "tuple[Sheet, ...]", without: tuple[str, ...], written: tuple[Path, ...]) -> None:
    for number, one in enumerate(found, 1):
        today = one.old or "address not seen"
        console.print(f"[bold]{number}. {one.device}[/] ({one.seen}, {one.platform}): {today} -> {one.new}",
                      highlight=False)  # fmt: skip
        for note in one.notes:
            console.print(f"   [yellow]note[/] {note}", highlight=False)
        for line in () if written else one.lines:
            console.print(f"   {line}", markup=False, highlight=False, soft_wrap=True)
    for line in without:
        console.print(f"[yellow]no sheet[/] {line}", highlight=False)
    for path in written:
        console.print(f"written {path}", markup=False, highlight=False, soft_wrap=True)
