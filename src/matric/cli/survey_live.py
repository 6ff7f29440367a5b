"""The live half of ``matric survey``: its options, the question before a password leaves, and what people are told."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matric.cli.context import Context
from matric.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.survey.model import Survey
    from matric.walk import Ready, Walked

__all__ = ("options", "taken")

F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_OPTIONS = (
    click.option("--seed", "seeds", multiple=True, metavar="ADDRESS", help="Live: begin here. Repeatable."),
    click.option("--within", multiple=True, metavar="PREFIX", help="Live: nobody outside (default: the seeds' /24s)."),
    click.option("--exclude", multiple=True, metavar="ADDRESS", help="Live: leave this address alone."),
    click.option("--credential", "credentials", multiple=True, metavar="NAME", help="Live: these accounts only."),
    click.option("--pin", "pinned", type=_FILE, help="Live: keys known before, in known_hosts form."),
    click.option(
        "--max-failed-logins",
        type=click.IntRange(1, 5),
        default=2,
        show_default=True,
        help="Live: refusals after which a device is left alone.",
    ),
    click.option(
        "--rate", type=click.FloatRange(0.1, 100), default=2.0, show_default=True, help="Live: logins a second."
    ),
    click.option(
        "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Live: devices at a time."
    ),
    click.option("--yes", is_flag=True, help="Live: do not ask before passwords are shown to switches."),
)


def options(command: F) -> F:
    """What a live survey may be told; the names are those that ``taken`` takes."""
    for one in reversed(_OPTIONS):
        command = one(command)
    return command


def taken(
    context: Context,
    school: str,
    *,
    seeds: tuple[str, ...],
    within: tuple[str, ...],
    exclude: tuple[str, ...],
    credentials: tuple[str, ...],
    pinned: Path | None,
    max_failed_logins: int,
    rate: float,
    concurrency: int,
    yes: bool,
) -> "tuple[Survey, bool]":
    """The survey of *school* from a walk, and whether Ctrl-C ended it before everything was seen."""
    from matric import fleet, onboarding, walk  # noqa: PLC0415 - loaded on use
    from matric.walk.taken import surveyed  # noqa: PLC0415 - ditto

    clock = onboarding.clock_of(context.lab)
    ready = walk.prepared(
        context.site.inventory,
        school,
        clock,
        fleet.vault_in(context.lab),
        seeds=seeds,
        within=within,
        exclude=exclude,
        credentials=credentials,
        pinned=pinned,
        rules=walk.Rules(max_failed=max_failed_logins, logins_per_s=rate, concurrency=concurrency),
        lab=context.lab,
    )
    _confirm(context, ready, yes=yes)
    with context.progress(f"surveying {school}") as say:
        walked = walk.walked(ready.place, ready.scope, ready.seeds, say)
    _tell(context.progress_console, walked)
    return surveyed(school, clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"), walked), walked.interrupted


def _confirm(context: Context, ready: "Ready", *, yes: bool) -> None:
    if ready.caution:
        context.progress_console.print(ready.caution, markup=False, soft_wrap=True)
    if yes:
        return
    if context.as_json or not sys.stdin.isatty():
        raise UsageError(f"{ready.words}. Do: give --yes where that is meant")
    click.confirm(f"{ready.words}. Go on?", abort=True, err=True)


def _tell(console: "Console", walked: "Walked") -> None:
    """Fingerprints to compare, what the walk cost, and which accounts rest."""
    for visit in walked.visits:
        if visit.first_met:
            console.print(f"new key  {visit.address}  {visit.fingerprint}", markup=False, soft_wrap=True)
    counted = walked.counters
    console.print(
        f"{len(walked.seen)} devices answered; {counted.logins} logins, {counted.failed} of them refused; "
        f"{counted.commands} commands"
    )
    for name in walked.resting:
        console.print(f"account {name} was refused too often in a row and rests. Do: check it", markup=False)
    if walked.interrupted:
        console.print("[yellow]stopped[/]: what was seen is kept, the rest is listed as not seen")
