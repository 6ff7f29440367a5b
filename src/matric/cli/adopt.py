"""A joining school's way into NetBox: its address block, what has to be decided, and its rows."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from matric.joining import Worked
    from matric.netbox import Adopted, Client
    from matric.policy.agreement import Agreement

__all__ = ("adopt", "allocate", "folded")

FOLDED = 3
"""Interfaces of one device that are named one by one; more are one line."""

MACS = "MAC address "
"""How the line of a MAC address begins."""

URL = click.option("--url", envvar="MATRIC_NETBOX_URL", default="", help="Address of the NetBox.")
CA = click.option(
    "--ca", type=click.Path(path_type=Path, exists=True), envvar="MATRIC_NETBOX_CA", help="PEM file of its CA."
)


def _client(url: str, ca: Path | None) -> "Client":
    from matric.netbox import Client  # noqa: PLC0415 - loaded on use

    token = os.environ.get("MATRIC_NETBOX_WRITE_TOKEN") or os.environ.get("MATRIC_NETBOX_TOKEN", "")
    if not url or not token:
        raise UsageError(
            "no NetBox is named. Do: give --url, and export MATRIC_NETBOX_TOKEN (or MATRIC_NETBOX_WRITE_TOKEN)"
        )
    return Client(url, token, ca=ca)


@click.command()
@click.argument("school")
@URL
@CA
@click.option("--propose", is_flag=True, help="Write what is to be decided, with proposals, into choices.yaml.")
@click.option("--accept", multiple=True, metavar="FIELD", help="Take every proposal about FIELD (implies --propose).")
@click.option("--write", is_flag=True, help="Write into NetBox; without it, only say what would be written.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where something is open or would be written.")
@pass_context
def adopt(
    context: Context,
    school: str,
    url: str,
    ca: Path | None,
    accept: tuple[str, ...],
    *,
    propose: bool,
    write: bool,
    detailed_exitcode: bool,
) -> int:
    """Fill NetBox with SCHOOL from its survey and the standard; where they differ, each field is one choice.

    The choices stand in inventory/joining/SCHOOL/choices.yaml. Blanks in NetBox are filled; what somebody typed there
    is never overwritten unless that is chosen, and nothing is deleted. Without --url the snapshot stands for NetBox.
    """
    from matric import joining  # noqa: PLC0415 - loaded on use

    if write and (propose or accept):
        raise UsageError("--write does what was decided, and --propose asks. Do: run one after the other")
    site = context.site
    done: tuple[Adopted, tuple[Agreement, ...]] | None = None
    if not url and not write:
        with context.progress(f"working out {school}") as say:
            found = joining.worked(site, school, None, say)
    else:
        with context.progress(f"reading {url}") as say, _client(url, ca) as client:
            found = joining.worked(site, school, client, say)
            if not (propose or accept):
                done = joining.written(site, found, client, dry_run=not write, say=say)
    file = str(joining.accepted(site, found, accept)) if propose or accept else ""
    if file:
        with context.progress(f"reading {file}"):
            found = found.again(site)
    context.emit(_as_json(found, done, file, applied=write), lambda out: _show(out, found, done, file, applied=write))
    pending = bool(found.obstacles) or (done is not None and not write and bool(done[0].writes))
    return ExitCode.PENDING if pending and detailed_exitcode else ExitCode.DONE


def _as_json(
    found: "Worked", done: "tuple[Adopted, tuple[Agreement, ...]] | None", file: str, *, applied: bool
) -> dict[str, Any]:
    made = found.adoption
    return {
        "school": made.slug,
        "block": str(made.standard.addresses.schools[made.slug]),
        "allocated": not found.provisional,
        "file": file or None,
        "choices": [one.model_dump(mode="json") | {"open": one.open} for one in made.choices.choices],
        "obstacles": [str(one) for one in found.obstacles],
        "applied": applied,
        "written": list(done[0].writes) if done is not None else None,
        "requests": list(done[0].requests) if done is not None else [],
        "agreements": [one.model_dump(mode="json") for one in done[1]] if done is not None else [],
    }


def _show(
    console: "Console",
    found: "Worked",
    done: "tuple[Adopted, tuple[Agreement, ...]] | None",
    file: str,
    *,
    applied: bool,
) -> None:
    made = found.adoption
    for one in made.choices.choices:
        if one.open:
            # Where the proposal is what the school has, what it would replace is the other side.
            now = one.there if one.here and one.here == one.value else one.here
            said = f"{now or '(not seen)'} -> {one.value or '?'}" if not one.decide else one.open
            console.print(f"[yellow]open[/]     [bold]{_plain(one.told)}[/] {_plain(said)}: {_plain(one.why)}")
    for problem in made.problems:
        console.print(f"[red]refused[/]  {_plain(str(problem))}")
    for line in folded(done[0].writes) if done is not None else ():
        console.print(f"{'[green]written[/]' if applied else '[yellow]would write[/]'} {_plain(line)}")
    for kept in done[1] if done is not None else ():
        console.print(f"[green]agreed[/]   {_plain(kept.object)} ({kept.area}) until {kept.review}")
    opened = sum(bool(one.open) for one in made.choices.choices)
    console.print(
        f"{made.slug}: {len(made.choices.choices)} choices, {opened} open; "
        f"{len(made.problems)} problems; block {made.standard.addresses.schools[made.slug]}"
        f"{' (not allocated yet)' if found.provisional else ''}"
    )
    if file:
        told = f"everything is decided; commit it for review, then matric adopt {made.slug}"
        todo = "decide what is open, and commit it for review" if opened else told
        console.print(f"{file}: {todo}", soft_wrap=True)
    elif applied:
        told = ", ".join(one for one in (done[0].requests if done is not None else ()) if one)
        console.print(f"requests in NetBox's change log: {told or 'none'}", soft_wrap=True)
        console.print("Do: matric snapshot pull")
    elif found.obstacles:
        console.print(f"nothing may be written yet. Do: matric adopt {made.slug} --propose, and decide")
    elif done is not None and done[0].writes:
        console.print(
            f"nothing was written yet of {len(done[0].writes)} objects (--json names each). Do: run again with --write"
        )


def folded(lines: "Sequence[str]") -> "Iterator[str]":
    """What is written; interfaces of one device that come one after the other, and MAC addresses, on one line."""
    from itertools import groupby  # noqa: PLC0415 - only for people

    def device(line: str) -> str:
        if line.startswith(MACS):
            return MACS
        name, space, port = line.partition(" ")
        return name if space and "/" in name and not name.endswith(":") and ": " not in port else ""

    for name, some in groupby(lines, device):
        found = list(some)
        if name == MACS and len(found) > FOLDED:
            yield f"{len(found)} MAC addresses, {found[0].removeprefix(MACS)} to {found[-1].removeprefix(MACS)}"
        elif name and len(found) > FOLDED:
            first, last = (line.removeprefix(f"{name} ") for line in (found[0], found[-1]))
            yield f"{name}: {len(found)} interfaces, {first} to {last}"
        else:
            yield from found


def _plain(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    return escape(text)


@click.command()
@click.argument("school")
@URL
@CA
@click.option("--size", default=18, show_default=True, help="Length of the block's prefix.")
@pass_context
def allocate(context: Context, school: str, url: str, ca: Path | None, size: int) -> None:
    """Give SCHOOL an address block: recorded in NetBox, and written into standard.yaml for review.

    NetBox gives it, so two who ask at once never get the same one. What standard.yaml holds and what the survey saw in
    use at the school stays clear. A school that has a block keeps it.
    """
    from matric import joining  # noqa: PLC0415 - loaded on use
    from matric.cli.surveyed import slug_or_refuse  # noqa: PLC0415 - ditto

    slug_or_refuse(school)
    with context.progress(f"asking {url}"), _client(url, ca) as client:
        found = joining.allocated(context.site, school, client, size=size)

    def show(console: "Console") -> None:
        for line in found.said:
            console.print(f"[yellow]{_plain(line)}[/]")
        where = context.site.inventory / "standard.yaml"
        if found.new:
            console.print(f"[green]allocated[/] {found.block} to {school}; {where}: commit it for review")
        else:
            console.print(f"{school} has {found.block} already")

    context.emit({"school": school, "block": str(found.block), "new": found.new, "kept_clear": list(found.said)}, show)
