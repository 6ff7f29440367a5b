"""The report of a run."""

from pathlib import Path
from typing import Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

__all__ = ("report", "run_named", "write_report")

_FILE = click.Path(path_type=Path, dir_okay=False)


def run_named(context: Context, run_id: str | None, school: str | None) -> Any:
    """The run called *run_id*, or the last one that was no recovery."""
    if run_id:
        if run_id not in {one.id for one in context.journal.runs()}:
            raise UsageError(f"no run {run_id} is in the journal. Do: see 'matric status'")
        return context.journal.run(run_id)
    runs = [one for one in context.journal.runs(school) if one.kind != "recover"]
    if not runs:
        raise UsageError(f"no run of {school or 'any school'} is in the journal. Do: see 'matric status'")
    return runs[-1]


@click.command()
@click.argument("run_id", required=False)
@click.option("--school", help="The school, where no run is named: its last run is taken.")
@click.option("--out", type=_FILE, help="Where to write the page.")
@pass_context
def report(context: Context, run_id: str | None = None, school: str | None = None, out: Path | None = None) -> None:
    """Write the report of run RUN_ID (default: the last) as one HTML page; it can be made again at any time."""
    record = run_named(context, run_id, school)
    path = write_report(context, record.id, out)
    context.emit({"report": str(path)}, lambda console: console.print(f"report {path}", soft_wrap=True))


def write_report(context: Context, run_id: str, out: Path | None = None) -> Path:
    """The page of *run_id*, from plan and journal."""
    from matric import approval, onboarding  # noqa: PLC0415 - loaded on use
    from matric.report.html import page  # noqa: PLC0415 - ditto
    from matric.report.run import of_run  # noqa: PLC0415 - ditto

    record = context.journal.run(run_id)
    made = context.journal.plan(run_id)
    verdict = onboarding.verdict(context.site, made, onboarding.clock_of(context.lab).now())
    text = page(
        of_run(
            record,
            made,
            context.journal.events(run_id),
            context.site.school(record.school),
            approvals=approval.told(context.state, made),
            waived=tuple(str(reason) for reason in verdict.waived),
            lab=context.lab is not None,
        )
    )
    path = out or context.state / "reports" / f"{run_id}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
