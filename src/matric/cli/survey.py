"""What a joining school has, from what people hand over; and how much of a folder of samples is understood."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli import survey_live
from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ("survey",)


@click.command()
@click.argument("school", required=False)
@click.argument("given", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER|ZIP]...")
@click.option("--corpus", type=click.Path(path_type=Path, exists=True), help="Read every file of it on its own.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    help="When it was taken, UTC (default: the newest date in the files).",
)
@survey_live.options
@pass_context
def survey(
    context: Context,
    /,
    school: str | None = None,
    given: tuple[Path, ...] = (),
    corpus: Path | None = None,
    at: "datetime | None" = None,
    **live: Any,
) -> None:
    """Survey SCHOOL from what people have: folders, archives, files of configurations and answers to commands.

    Backups of Oxidized or RANCID, TFTP dumps, "show tech" files and terminals' logs are cut up and put together device
    by device. With --seed, look at its network instead: read-only, from the seeds to whoever they name as a neighbour,
    with accounts of the school from its credentials.yaml. What was seen is kept, without secrets, in
    inventory/joining/SCHOOL/survey.json; what was not is said.
    """
    if corpus is not None:
        if school or given:
            raise UsageError("--corpus stands alone. Do: leave the school and its folders out")
        _corpus(context, corpus)
    elif live["seeds"]:
        if at is not None:
            raise UsageError("--at is for what people hand over. Do: leave it out beside --seed")
        _live(context, school, given, live)
    elif not school:
        raise UsageError("no school is named. Do: matric survey SCHOOL FOLDER")
    else:
        _offline(context, school, given, at)


def _corpus(context: Context, folder: Path) -> None:
    from matric.cli import surveyed  # noqa: PLC0415 - loaded on use
    from matric.survey import coverage  # noqa: PLC0415 - ditto

    with context.progress("reading") as progress:
        found = coverage.of_corpus([folder], progress)
    context.emit(found.as_json(), lambda console: surveyed.show_coverage(console, found))


def _live(context: Context, school: str | None, given: tuple[Path, ...], options: dict[str, Any]) -> None:
    from matric.cli import surveyed  # noqa: PLC0415 - loaded on use

    if not school or given:
        raise UsageError("--seed goes with a school, and with no folder. Do: matric survey SCHOOL --seed ADDRESS")
    surveyed.slug_or_refuse(school)
    found, stopped = survey_live.taken(context, school, **options)
    surveyed.keep(context, found)
    if stopped:
        raise KeyboardInterrupt


def _offline(context: Context, school: str, given: tuple[Path, ...], at: "datetime | None") -> None:
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric.cli import surveyed  # noqa: PLC0415 - ditto
    from matric.survey import offline  # noqa: PLC0415 - ditto

    if not given:
        raise UsageError(f"nothing to read of {school} is named. Do: matric survey {school} FOLDER")
    clock = onboarding.clock_of(context.any_lab)
    with context.progress("reading") as progress:
        found = offline.survey(
            school,
            given,
            at=at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "",
            now=lambda: clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            progress=progress,
        )
    surveyed.keep(context, found)
