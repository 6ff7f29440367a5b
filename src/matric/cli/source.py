"""The source of truth: pull it, check it, compare it, fill it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.netbox import Client

__all__ = ("netbox", "snapshot")

F = TypeVar("F", bound=Callable[..., Any])


def _where(command: F) -> F:
    """The options that say which NetBox."""
    ca = click.option(
        "--ca", type=click.Path(path_type=Path, exists=True), envvar="MATRIC_NETBOX_CA", help="PEM file of its CA."
    )
    url = click.option("--url", envvar="MATRIC_NETBOX_URL", required=True, help="Address of the NetBox.")
    return url(ca(command))


def _own_writes(context: Context) -> frozenset[str]:
    """Requests by which matric itself wrote to NetBox. Without a journal none is known: its writes count as edits."""
    if context.any_lab is not None and not (context.any_lab / "lab.json").exists():
        return frozenset()  # the lab is not up yet, so no run of it has ended
    from matric.errors import JournalError  # noqa: PLC0415 - loaded on use
    from matric.netbox import letter  # noqa: PLC0415 - ditto

    try:
        return letter.known(context.journal)
    except JournalError:
        return frozenset()


def _client(url: str, ca: Path | None) -> "Client":
    import os  # noqa: PLC0415 - only here

    from matric.netbox import Client  # noqa: PLC0415 - loaded on use

    token = os.environ.get("MATRIC_NETBOX_TOKEN", "")
    if not token:
        raise UsageError("MATRIC_NETBOX_TOKEN is not set. Do: export the token; it is never an argument")
    return Client(url, token, ca=ca)


@click.group()
def snapshot() -> None:
    """The pinned copy of NetBox in inventory/snapshot."""


@snapshot.command()
@_where
@click.option("--allow-shrink", is_flag=True, help="Accept that many objects, or a school, are gone.")
@pass_context
def pull(context: Context, url: str, ca: Path | None, *, allow_shrink: bool) -> None:
    """Read NetBox whole into inventory/snapshot, or leave the old snapshot as it was and say why."""
    from matric import netbox as edge  # noqa: PLC0415 - loaded on use
    from matric import snapshot as pinned  # noqa: PLC0415 - ditto
    from matric.errors import BadInput  # noqa: PLC0415 - ditto

    folder = context.site.inventory / "snapshot"
    try:
        before = pinned.load(folder)
    except BadInput:
        before = None
    with context.progress(f"reading {url}") as say, _client(url, ca) as client:
        taken = edge.pull_into(
            folder,
            client,
            allow_shrink=allow_shrink,
            known=_own_writes(context),
            on_progress=lambda what, done, of: say(f"{what} ({done} of {of})"),
        )
        requests = client.requests
    moved = pinned.difference(before.records, taken.records) if before is not None else ()
    rows = sum(taken.manifest.counts.values())

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        proven = " [yellow](matric is not tested against this version)[/]" if taken.manifest.unproven else ""
        console.print(
            f"[green]pulled[/] {rows} rows from NetBox {taken.manifest.netbox_version}{proven}, {requests} requests"
        )
        console.print(f"snapshot {taken.digest}")
        for line in moved:
            console.print(f"  {escape(line)}")
        if before is not None and not moved:
            console.print("  nothing has changed")

    context.emit({"digest": taken.digest, "manifest": taken.manifest.model_dump(mode="json"), "changes": moved}, show)


@snapshot.command()
@_where
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where NetBox has moved.")
@pass_context
def check(context: Context, url: str, ca: Path | None, *, detailed_exitcode: bool) -> int:
    """Say whether NetBox has moved since the snapshot was taken."""
    from matric import netbox as edge  # noqa: PLC0415 - loaded on use

    with _client(url, ca) as client:
        found = edge.check(client, context.site.snapshot.manifest, _own_writes(context))

    def show(console: "Console") -> None:
        if not found.moved:
            console.print("[green]current[/]: NetBox has not moved since the snapshot")
            return
        console.print("[yellow]moved[/]: NetBox has changed since the snapshot. Do: matric snapshot pull")
        for line in found.changes:
            console.print(f"  {line}", markup=False)

    context.emit({"moved": found.moved, "changes": found.changes, "change_id": found.change_id}, show)
    return ExitCode.PENDING if found.moved and detailed_exitcode else ExitCode.DONE


@snapshot.command()
@click.argument("other", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--url", envvar="MATRIC_NETBOX_URL", help="Compare with this NetBox instead of a folder.")
@click.option(
    "--ca", type=click.Path(path_type=Path, exists=True), envvar="MATRIC_NETBOX_CA", help="PEM file of its CA."
)
@pass_context
def diff(context: Context, other: Path | None, url: str | None, ca: Path | None) -> None:
    """Say how NetBox, or the snapshot in folder OTHER, differs from inventory/snapshot, in words of the estate."""
    from matric import netbox as edge  # noqa: PLC0415 - loaded on use
    from matric import snapshot as pinned  # noqa: PLC0415 - ditto

    source = click.get_current_context().get_parameter_source("url")
    if other is not None and source is ParameterSource.ENVIRONMENT:
        url = None
    if (other is None) == (url is None):
        raise UsageError("name a folder or a NetBox to compare with, and not both. Do: give OTHER or --url")
    if other is not None:
        new = pinned.load(other)
    else:
        with context.progress(f"reading {url}") as say, _client(url or "", ca) as client:
            new = edge.pull(client, on_progress=lambda what, done, of: say(f"{what} ({done} of {of})"))
    found = pinned.difference(context.site.snapshot.records, new.records)

    def show(console: "Console") -> None:
        for line in found:
            console.print(line, markup=False)
        if not found:
            console.print("no difference")

    context.emit({"changes": found}, show)


@snapshot.command()
@_where
@click.option("--apply", is_flag=True, help="Write; without it, only say what would be written.")
@pass_context
def push(context: Context, url: str, ca: Path | None, *, apply: bool) -> None:
    """Write inventory/snapshot into an empty NetBox, for trying matric out. Done twice is done once."""
    from matric import netbox as edge  # noqa: PLC0415 - loaded on use

    with context.progress(f"writing to {url}" if apply else f"comparing with {url}") as say, _client(url, ca) as client:
        pushed = edge.push(
            client,
            context.site.snapshot.records,
            dry_run=not apply,
            on_progress=lambda what, done, of: say(f"{what} ({done} of {of})"),
        )
    _show_written(context, list(pushed.writes), apply=apply)


@snapshot.command()
@_where
@click.option("--allow-shrink", is_flag=True, help="Accept that many objects, or a school, are gone.")
@click.option(
    "--target",
    envvar=["MATRIC_TARGET_BRANCH", "CI_DEFAULT_BRANCH"],
    default="main",
    show_default=True,
    help="Branch the change is to come to.",
)
@pass_context
def propose(context: Context, url: str, ca: Path | None, target: str, *, allow_shrink: bool) -> None:
    """Read NetBox; where it has moved, open (or bring along) a merge request with the new snapshot.

    The snapshot here stays as it is. Where nothing has changed, nothing is opened and nothing is closed.
    """
    import os  # noqa: PLC0415 - only here

    from matric import forge, refresh  # noqa: PLC0415 - loaded on use

    there = forge.connect(os.environ)
    with context.progress(f"reading {url}") as say, _client(url, ca) as client:
        made = refresh.propose(
            context.site.root,
            client,
            there,
            target,
            allow_shrink=allow_shrink,
            known=_own_writes(context),
            on_progress=lambda what, done, of: say(f"{what} ({done} of {of})"),
        )

    def show(console: "Console") -> None:
        if not made.change:
            console.print("[green]nothing has changed[/]: NetBox says what the snapshot says; no merge request is made")
            return
        console.print(f"[green]proposed[/] {made.change}", soft_wrap=True)
        for line in refresh.folded(made.changes):
            console.print(f"  {line}", markup=False)

    context.emit({"change": made.change, "changes": made.changes, "digest": made.taken.digest}, show)


@click.group()
def netbox() -> None:
    """What NetBox must hold for matric: the data contract; and what it has yet to hear."""


@netbox.command("check")
@_where
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2, and not 1, where something is missing.")
@pass_context
def check_(context: Context, url: str, ca: Path | None, *, detailed_exitcode: bool) -> int:
    """List what the NetBox lacks of the data contract, by object. Exits 1 where anything is missing."""
    from matric import contract  # noqa: PLC0415 - loaded on use
    from matric import netbox as edge  # noqa: PLC0415 - ditto

    with _client(url, ca) as client:
        lacking = list(contract.missing(client)) or list(contract.gaps(edge.pull(client).records))

    def show(console: "Console") -> None:
        for one in lacking:
            console.print(f"[yellow]missing[/] {one}")
        console.print(
            f"{len(lacking)} missing. Do: matric netbox prepare"
            if lacking
            else "[green]complete[/]: nothing is missing"
        )

    context.emit({"missing": lacking}, show)
    if lacking:
        return ExitCode.PENDING if detailed_exitcode else ExitCode.ERROR
    return ExitCode.DONE


@netbox.command()
@_where
@click.option("--apply", is_flag=True, help="Write; without it, only say what would be created.")
@pass_context
def prepare(context: Context, url: str, ca: Path | None, *, apply: bool) -> None:
    """Create what the NetBox lacks: custom fields, roles, platforms, tags."""
    from matric import contract  # noqa: PLC0415 - loaded on use

    with _client(url, ca) as client:
        written = [str(one) for one in contract.prepare(client, dry_run=not apply)]
    _show_written(context, written, apply=apply)


@netbox.command()
@click.option("--again", is_flag=True, help="Also those that NetBox has refused.")
@pass_context
def send(context: Context, *, again: bool) -> int:
    """Send the letters that are kept for NetBox: how runs ended, and how far each school is.

    Needs MATRIC_NETBOX_URL and MATRIC_NETBOX_WRITE_TOKEN. Exits 1 where letters are left.
    """
    import os  # noqa: PLC0415 - only here

    from matric.netbox import letter  # noqa: PLC0415 - loaded on use

    client = letter.writer(os.environ)
    if client is None:
        raise UsageError("MATRIC_NETBOX_URL or MATRIC_NETBOX_WRITE_TOKEN is not set. Do: export both")
    with client:
        sent = letter.send(context.journal, client, again=again)

    def show(console: "Console") -> None:
        console.print(f"{sent.sent} sent, {sent.kept} kept for later, {sent.refused} refused")
        for line in sent.why:
            console.print(f"  {line}", markup=False)

    context.emit({"sent": sent.sent, "kept": sent.kept, "refused": sent.refused, "why": sent.why}, show)
    return ExitCode.ERROR if sent.kept or sent.refused else ExitCode.DONE


def _show_written(context: Context, written: list[str], *, apply: bool) -> None:
    def show(console: "Console") -> None:
        for one in written:
            console.print(f"{'[green]written[/]' if apply else '[yellow]would write[/]'} {one}")
        if not written:
            console.print("nothing to write")
        elif not apply:
            console.print("nothing was written. Do: run again with --apply")

    context.emit({"applied": apply, "written": written}, show)
