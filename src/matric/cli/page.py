"""Reports: the page of a run, and what forges read, of a run or of a review."""

from pathlib import Path
from typing import Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

__all__ = ("FORMATS", "report", "run_named", "write_report")

_FILE = click.Path(path_type=Path, dir_okay=False)
# Named here as well as in matric.report.formats, so that --help imports nothing; a test holds the two equal.
FORMATS = ("annotations", "codequality", "junit", "markdown", "openmetrics", "sarif", "summary", "terraform")


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
@click.option("--out", type=_FILE, help="Where to write it.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", *FORMATS]),
    default="html",
    show_default=True,
    help="html is the page of a run; the others are for forges, and are made of a run or of what --from names.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True),
    help="Folder that 'matric propose' wrote, or one saved plan.",
)
@click.option("--artefact", help="Where readers find everything in full: name or address (default: what --from names).")
@pass_context
def report(
    context: Context,
    run_id: str | None = None,
    school: str | None = None,
    out: Path | None = None,
    kind: str = "html",
    source: Path | None = None,
    artefact: str | None = None,
) -> None:
    """Write the report of run RUN_ID (default: the last), or of a review; it can be made again at any time."""
    if kind == "html":
        if source is not None:
            raise UsageError("the HTML page is of a run, not of a plan. Do: leave --from out, or name a --format")
        record = run_named(context, run_id, school)
        path = write_report(context, record.id, out)
        context.emit({"report": str(path)}, lambda console: console.print(f"report {path}", soft_wrap=True))
        return
    if source is not None and (run_id or school):
        raise UsageError("a report is of a run or of what --from names, not of both. Do: leave one out")
    from matric.report import formats, reviewed  # noqa: PLC0415 - loaded on use

    if source is not None:
        told, where = reviewed.load(source), str(source)
    else:
        record = run_named(context, run_id, school)
        outcome = record.outcome or {"word": "unfinished", "exit_code": 1, "reason": "the run has not ended"}
        one = reviewed.of_plan(context.journal.plan(record.id), outcome=outcome)
        told, where = reviewed.Review(reviewed.About(), (one,)), f"run {record.id}"
    text = formats.written(kind, told, artefact or where)
    if out is None:
        click.echo(text, nl=False)
        return
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{out} cannot be written: its folder does not exist. Do: make it, or name another")
    out.write_text(text, encoding="utf-8", newline="\n")
    context.emit({"report": str(out)}, lambda console: console.print(f"report {out}", soft_wrap=True))


def write_report(context: Context, run_id: str, out: Path | None = None) -> Path:
    """The page of *run_id*, from plan and journal."""
    from matric import approval, onboarding  # noqa: PLC0415 - loaded on use
    from matric.report.html import page  # noqa: PLC0415 - ditto
    from matric.report.run import of_run  # noqa: PLC0415 - ditto

    record = context.journal.run(run_id)
    made = context.journal.plan(run_id)
    verdict = onboarding.verdict(context.site, made, onboarding.clock_of(context.at(made.school).lab).now())
    text = page(
        of_run(
            record,
            made,
            context.journal.events(run_id),
            context.site.school(record.school),
            approvals=approval.told(context.journal, made),
            waived=tuple(str(reason) for reason in verdict.waived),
            lab=context.lab is not None,
        )
    )
    path = out or context.state / "reports" / f"{run_id}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
