"""The one comment that matric keeps on a change."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

__all__ = ("comment",)

_MARKER = "review"


@click.command()
@click.option("--change", required=True, help="gitlab:group/project!12 or github:owner/repo#12.")
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder that 'matric propose' wrote.",
)
@click.option(
    "--artefact", help="Where readers find everything in full (default: this job's page, else what --from names)."
)
@pass_context
def comment(context: Context, change: str, source: Path, artefact: str | None = None) -> None:
    """Show the review in one comment of the change, made once and kept up to date in place.

    Nothing is said where the change has moved on since: the pipeline of its newer head says it.
    """
    from matric import forge  # noqa: PLC0415 - loaded on use
    from matric.report import review, reviewed  # noqa: PLC0415 - ditto
    from matric.secret import redact  # noqa: PLC0415 - ditto

    told = reviewed.load(source)
    if told.about.change != change:
        raise UsageError(
            f"{source} is the review of {told.about.change or 'no change'}, not of {change}. Do: name its own"
        )
    there = forge.connect(os.environ)
    head = there.change(change).head
    if head != told.about.head:
        words = f"{change} is at {head[:12]} now, and this is the review of {told.about.head[:12]}: nothing was said"
        context.emit(
            {"change": change, "pages": []}, lambda console: console.print(words, soft_wrap=True, markup=False)
        )
        return
    where = artefact or _page(os.environ) or str(source)
    parts = review.comment(told.schools, limit=there.room, artefact=where, about=told.about)
    pages = there.comment(change, _MARKER, tuple(redact(part) for part in parts))
    context.emit(
        {"change": change, "pages": list(pages)},
        lambda console: console.print("\n".join(pages), soft_wrap=True, markup=False),
    )


def _page(env: Mapping[str, str]) -> str:
    """Where this job's artefacts are read, or empty outside a pipeline."""
    if env.get("CI_JOB_URL"):
        return f"{env['CI_JOB_URL']}/artifacts/browse"
    if env.get("GITHUB_RUN_ID"):
        server = env.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{env.get('GITHUB_REPOSITORY', '')}/actions/runs/{env['GITHUB_RUN_ID']}#artifacts"
    return ""
