"""Whether a joining school fits: the report for people who decide, and the data behind it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.survey.readiness import Readiness

__all__ = ("readiness",)

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("school")
@click.option("--html", type=_FILE, help="Write the report as one page.")
@click.option("--pdf", type=_FILE, help="Write the report on paper (needs matric[pdf]).")
@click.option("--prices", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A price list.")
@click.option("--at", metavar="TIME", help="When the report is made, as 2026-11-26T09:00:00Z (default: now).")
@pass_context
def readiness(
    context: Context,
    school: str,
    html: Path | None = None,
    pdf: Path | None = None,
    prices: Path | None = None,
    at: str | None = None,
) -> None:
    """Say what of SCHOOL fits the trust's standard and what does not, what each gap takes, and in which order.

    It rests on the survey that was kept, and asks no device.
    """
    from matric import onboarding, plan  # noqa: PLC0415 - loaded on use
    from matric.survey.readiness import effort, gathered, judge  # noqa: PLC0415 - ditto

    try:
        now = plan.instant(at) if at else onboarding.clock_of(context.any_lab).now()
    except ValueError:
        raise UsageError(f"--at {at}: not a time in UTC. Do: write it as 2026-11-26T09:00:00Z") from None
    known = gathered.known(context.site, school, now.date())
    made_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    ready = judge(known, made_at, effort.prices(prices) if prices is not None else None)
    written: list[str] = []
    if html is not None:
        from matric.report import readiness_page  # noqa: PLC0415 - loaded on use

        written.append(_written(html, readiness_page.page(ready, known.survey).encode()))
    if pdf is not None:
        from matric.report import readiness_pdf  # noqa: PLC0415 - loaded on use

        written.append(_written(pdf, readiness_pdf.pdf(ready, known.survey)))
    context.emit(ready.model_dump(mode="json"), lambda console: _show(console, ready, written))


def _written(path: Path, content: bytes) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}). Do: name another file") from error
    return str(path)


def _show(console: "Console", ready: "Readiness", written: list[str]) -> None:
    from rich.table import Table  # noqa: PLC0415 - only for people

    from matric.report.readiness_page import summed  # noqa: PLC0415 - loaded on use
    from matric.survey.readiness.model import WHEN  # noqa: PLC0415 - ditto

    console.print(f"[bold]{ready.name}[/]: does its network fit {ready.trust}'s?", highlight=False)
    for sentence in summed(ready):
        console.print(f"  {sentence}", markup=False, highlight=False)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("when", "what does not fit", "do", "hours"):
        table.add_column(heading, overflow="fold")
    for gap in ready.gaps:
        table.add_row(WHEN[gap.when], gap.title, gap.remedy, f"{gap.hours:g}")
    console.print(table)
    for line in ready.fits:
        console.print(f"[green]fits[/] {line}", highlight=False)
    for line in ready.not_judged:
        console.print(f"[yellow]not judged[/] {line}", highlight=False)
    for path in written:
        console.print(f"written {path}", markup=False, soft_wrap=True)
