"""What others read: the evidence of a school for whoever assesses it, and the facts of a school for other tools."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.cli.page import run_named
from matric.cli.writable import writing
from matric.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from matric.report.pack import Bound, Evidence

__all__ = ("evidence", "facts")

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("school")
@click.option("--plan", "plan_file", type=_FILE, help="A saved plan: what the rules said with the devices read.")
@click.option("--run", "run_id", metavar="RUN", help="A run: its plan, and the digests of the backups it kept.")
@click.option("--at", metavar="TIME", help="When the pack is made, as 2026-11-26T09:00:00Z (default: now).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write into.")
@pass_context
def evidence(
    context: Context,
    school: str,
    out: Path,
    plan_file: Path | None = None,
    run_id: str | None = None,
    at: str | None = None,
) -> None:
    """Write what is known of every control at SCHOOL, for a Cyber Essentials or RPA assessor.

    No device is asked: without a plan or a run, what only devices can show could not be looked at.
    """
    from rich.markup import escape  # noqa: PLC0415 - loaded on use

    from matric import canonical, fleet, intake, onboarding  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.report import evidence as evidences  # noqa: PLC0415 - ditto
    from matric.report import evidence_page  # noqa: PLC0415 - ditto
    from matric.report.pack import summed  # noqa: PLC0415 - ditto

    if plan_file is not None and run_id:
        raise UsageError("a pack is of a plan or of a run. Do: leave one of --plan and --run out")
    now = _moment(at) if at else onboarding.clock_of(context.any_lab).now()
    taken = intake.take(context.site, (school,), fleet.vault_in(context.any_lab), now.date()).accepted()
    wanted = taken.schools[school]
    made = plans.load(plan_file) if plan_file is not None else None
    kept: tuple[Bound, ...] = ()
    if run_id:
        record = run_named(context, run_id, None)
        made, kept = context.journal.plan(record.id), evidences.backups(context.journal.events(record.id))
    judged = plans.instant(made.made_at) if made is not None else now
    # With the plan's steps, rules ask people what they asked them when it was made.
    subject = onboarding.subject(wanted, now=judged, steps=made.steps if made is not None else None)
    pack = evidences.assembled(context.site, subject, onboarding.digests(wanted), now, plan=made, kept=kept)
    with writing(out):
        (out / "evidence.json").write_text(canonical.pretty_text(pack.as_json), encoding="utf-8", newline="\n")
        (out / "evidence.html").write_text(evidence_page.page(pack), encoding="utf-8", newline="\n")
        lacking = _on_paper(pack, out / "evidence.pdf")
    written = ["evidence.html", "evidence.json", *([] if lacking else ["evidence.pdf"])]

    def show(console: "Console") -> None:
        console.print(f"evidence {out}: {', '.join(written)}", soft_wrap=True)
        for sentence in summed(pack):
            console.print(f"  {sentence}", markup=False, soft_wrap=True)
        if lacking:
            console.print(f"[yellow]no PDF[/]: {escape(lacking)}", soft_wrap=True)

    context.emit({"folder": str(out), "files": written, "counts": pack.counts, "lacking": lacking or None}, show)


def _moment(text: str) -> "datetime":
    from matric import plan as plans  # noqa: PLC0415 - loaded on use

    try:
        return plans.instant(text)
    except ValueError:
        raise UsageError(f"--at {text}: not a time in UTC. Do: write it as 2026-11-26T09:00:00Z") from None


def _on_paper(pack: "Evidence", path: Path) -> str:
    """Write the PDF; why there is none, where the extra is not installed: the other two are whole without it."""
    from matric.report import evidence_pdf  # noqa: PLC0415 - loaded on use

    path.unlink(missing_ok=True)
    try:
        path.write_bytes(evidence_pdf.pdf(pack))
    except UsageError as error:
        return str(error)
    return ""


@click.command()
@click.argument("school")
@click.option(
    "--out", required=True, metavar="DIR|-", help="Folder to write SCHOOL.json and its schema into; - prints."
)
@pass_context
def facts(context: Context, school: str, out: str) -> None:
    """Write what the rules see of SCHOOL as one JSON document, for OPA and other tools. No device is asked."""
    from matric import canonical, fleet, intake, onboarding  # noqa: PLC0415 - loaded on use
    from matric.report import facts as documents  # noqa: PLC0415 - ditto

    now = onboarding.clock_of(context.any_lab).now()
    taken = intake.take(context.site, (school,), fleet.vault_in(context.any_lab), now.date()).accepted()
    told = documents.of_subject(onboarding.subject(taken.schools[school], now=now))
    text = canonical.pretty_text(told)
    if out == "-":
        click.echo(text, nl=False)
        return
    with writing(Path(out)) as folder:
        (folder / f"{school}.json").write_text(text, encoding="utf-8", newline="\n")
        (folder / documents.SCHEMA).write_text(documents.schema_text(), encoding="utf-8", newline="\n")
    context.emit(
        {"folder": str(folder), "files": [documents.SCHEMA, f"{school}.json"], "devices": len(told["devices"])},
        lambda console: console.print(f"facts {folder / school}.json", soft_wrap=True),
    )
