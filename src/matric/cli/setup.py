"""Set up: a new trust's repository, and the identity of its devices."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.errors import DeviceError, MatricError, StrangerError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.layout import Forges, Pin
    from matric.pins import Offer

__all__ = ("enrol", "init")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--forge",
    "forges",
    type=click.Choice(["gitlab", "github", "both"]),
    help="Whose pipelines are laid out (default: both; with --update, as they are).",
)
@click.option(
    "--from",
    "wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The wheel of matric that the pipeline installs, by hash; it is copied into vendor/.",
)
@click.option(
    "--update", is_flag=True, help="Bring a repository along with what matric ships now; shows what it would do."
)
@click.option("--write", is_flag=True, help="With --update: do it.")
@pass_context
def init(
    context: Context, folder: Path | None, forges: "Forges | None", wheel: Path | None, *, update: bool, write: bool
) -> None:
    """Lay out a new trust's repository in FOLDER: content, and pipelines for GitLab and GitHub.

    It starts as the fictional Fernhill Learning Trust, so that everything can be tried in the lab at once.
    With --update what you changed is merged or left, what you removed stays removed, and nothing is lost.
    """
    from matric import layout  # noqa: PLC0415 - loaded on use

    if write and not update:
        raise UsageError("--write belongs to --update. Do: leave it out; a new folder is always written")
    pinned = layout.pin(wheel) if wheel is not None else None
    if update:
        _brought_along(context, folder or context.root or Path(), forges, pinned, write=write)
        return
    if folder is None:
        raise UsageError("no folder is named. Do: matric init FOLDER")
    written = layout.lay_out(folder, forges or "both", pinned)
    made = sorted({path.partition("/")[0] for path in written if "/" in path and not path.startswith(".")})

    def show(console: "Console") -> None:
        console.print(f"[green]laid out[/] {folder}: {', '.join(made)}")
        if pinned is None:
            console.print(
                "[yellow]the pipeline has no matric to run yet[/]. "
                f"Do: matric init --update {folder} --from WHEEL --write, with the wheel of matric it shall install"
            )
        console.print(f"next: cd {folder} && git init && matric check oakfield && matric lab up oakfield")

    context.emit(
        {"folder": str(folder), "made": made, "files": written, "pinned": pinned.path if pinned else None}, show
    )


def _brought_along(
    context: Context, folder: Path, forges: "Forges | None", pinned: "Pin | None", *, write: bool
) -> None:
    """Show what brings *folder* along, and with *write* do it."""
    from matric import layout  # noqa: PLC0415 - loaded on use

    todo = layout.steps(folder, forges, pinned)
    if write:
        layout.take(folder, todo)
    moving = [one for one in todo if one.move != "leave"]

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        for one in todo:
            colour = {"leave": "dim", "beside": "yellow"}.get(one.move, "green")
            console.print(f"[{colour}]{one.move:<8}[/] {escape(one.target)} [dim]{escape(one.why)}[/]")
        if not moving:
            console.print("nothing to bring along: what matric ships is here, but for what is yours")
        elif write:
            console.print(
                f"{len(moving)} files written. Do: look at them with 'git diff', and propose them as a change"
            )
        else:
            console.print(f"nothing was written; {len(moving)} files would be. Do: give --write")

    context.emit(
        {
            "folder": str(folder),
            "written": write,
            "steps": [{"move": one.move, "path": one.path, "target": one.target, "why": one.why} for one in todo],
        },
        show,
    )


@click.command()
@click.argument("school")
@pass_context
def enrol(context: Context, school: str) -> None:
    """Show the host key or certificate of every device of SCHOOL, and pin those a person confirms.

    No password is sent. In a lab the pins are the lab's own, and are only compared.
    """
    from matric import fleet, pins  # noqa: PLC0415 - loaded on use

    nornir = context.nornir(school)
    offers: list[pins.Offer] = []
    silent: dict[str, str] = {}
    with context.progress(f"asking {len(nornir.inventory.hosts)} devices who they are"):
        for key, host in nornir.inventory.hosts.items():
            try:
                pin = pins.fetch(fleet.platform_of(host), host.hostname or "", host.port or 0)
            except DeviceError as error:
                silent[key] = str(error)
                continue
            offers.append(pins.Offer(key, host.hostname or "", host.port or 0, pin, pins.fingerprint(pin)))
    if context.lab is not None:
        pinned = _compared(offers, {key: str(host.data["pin"]) for key, host in nornir.inventory.hosts.items()})
    else:
        pinned = pins.enrol(context.site.inventory, school, tuple(offers), _confirmed)

    def show(console: "Console") -> None:
        for offer in offers:
            word = "[green]pinned[/]    " if offer.key in pinned else "[dim]as pinned[/] "
            console.print(f"{word} {offer.key:<22}{offer.fingerprint}")
        for key, why in silent.items():
            console.print(f"[red]no answer[/]  {key}: {why}", markup=True)

    context.emit(
        {"pinned": pinned, "offers": {offer.key: offer.fingerprint for offer in offers}, "silent": silent}, show
    )
    if silent:
        raise MatricError(f"{len(silent)} devices showed no identity: {', '.join(silent)}. Do: run it again for them")


def _compared(offers: list["Offer"], known: dict[str, str]) -> tuple[str, ...]:
    """Nothing is pinned in a lab; an identity that is not the lab's own is an error."""
    from matric import pins  # noqa: PLC0415 - loaded on use

    for offer in offers:
        if pins.digest(offer.pin) != pins.digest(known[offer.key]):
            raise StrangerError(f"{offer.key} shows {offer.fingerprint}, which is not the lab's. Do: restart the lab")
    return ()


def _confirmed(offer: "Offer") -> bool:
    """Ask the person at the terminal. Without a terminal nothing is confirmed."""
    if not sys.stdin.isatty():
        raise UsageError(
            f"{offer.key} shows {offer.fingerprint}; only a person can confirm it. Do: run enrol at a terminal"
        )
    click.echo(f"{offer.key} at {offer.host}:{offer.port} shows\n  {offer.fingerprint}", err=True)
    return click.confirm("Is this what the device's own console shows?", err=True)
