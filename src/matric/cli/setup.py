"""Set up: a new trust's repository, and the identity of its devices."""

import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.errors import DeviceError, MatricError, StrangerError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.pins import Offer

__all__ = ("enrol", "init")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@pass_context
def init(context: Context, folder: Path) -> None:
    """Lay out a new trust's repository in FOLDER: inventory, templates, tasks, policies, runbooks.

    It starts as the fictional Fernhill Learning Trust, so that everything can be tried in the lab at once.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; nothing was written. Do: name a new folder")

    with as_file(files("matric") / "starter") as starter:
        shutil.copytree(starter, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "gitignore"))
        shutil.copyfile(starter / "gitignore", folder / ".gitignore")

    made = sorted(path.name for path in folder.iterdir() if path.is_dir())
    context.emit(
        {"folder": str(folder), "made": made},
        lambda console: console.print(
            f"[green]laid out[/] {folder}: {', '.join(made)}\n"
            f"next: cd {folder} && git init && matric check oakfield && matric lab up oakfield"
        ),
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
