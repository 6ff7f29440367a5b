"""The lab: a school's devices on this machine, with their cabling, clock and faults; and a NetBox."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ("lab",)

EVENING = "2026-11-25T18:00:00+00:00"
"""Wednesday, 18:00: inside the reference trust's windows, so that the lab can be tried at any hour."""


def _needs_extra() -> None:
    import importlib.util  # noqa: PLC0415 - only here

    missing = [name for name in ("asyncssh", "aiohttp", "graphql") if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"the lab needs {', '.join(missing)}. Do: pip install 'matric[lab]'")


@click.group()
def lab() -> None:
    """Devices that answer on the wire, on this machine only; no root needed. See docs/reference/lab.md."""


@lab.command()
@click.argument("school")
@click.option(
    "--at", "moment", default=EVENING, show_default=True, help="Lab time to start at, ISO 8601; 'now' for the real one."
)
@click.option(
    "--cut", type=click.Choice(["refuse", "hang"]), default="refuse", help="How a device that is cut off looks."
)
@click.option("--seed", default="", help="Seed of the lab's secrets; random where not given.")
@pass_context
def up(context: Context, school: str, moment: str, cut: str, seed: str) -> None:
    """Start SCHOOL as it was before the standard. It runs until `matric lab down`.

    A school with its own lab.yaml in inventory/lab/SCHOOL needs no line in the snapshot.
    """
    _needs_extra()
    from matric import lab as laboratory  # noqa: PLC0415 - loaded on use

    site = context.site
    state = _folder(context, school)
    try:
        epoch = 0.0 if moment == "now" else datetime.fromisoformat(moment).timestamp()
    except ValueError:
        raise UsageError(f"--at {moment!r} is no ISO 8601 time. Do: write e.g. {EVENING}") from None
    folder = site.inventory / "lab" / school
    with context.progress(f"starting the lab of {school}"):
        if (folder / "lab.yaml").is_file():
            running = laboratory.begin(site.standard, state, folder, seed=seed, cut=cut, epoch=epoch)
        else:
            running = laboratory.start(site.school(school), state, folder, seed=seed, cut=cut, epoch=epoch)

    def show(console: "Console") -> None:
        console.print(
            f"[green]up[/] {len(running.devices)} devices of {school}, lab time {running.time():%A %d %B %Y %H:%M} UTC"
        )
        for key, one in running.devices.items():
            console.print(f"  {key:<22}{one['platform']:<6}{one['host']}:{one['port']}")
        console.print(f"next: export MATRIC_LAB={state}", soft_wrap=True)

    context.emit({"state": str(state), "devices": sorted(running.devices), "time": running.time().isoformat()}, show)


@lab.command()
@click.argument("school")
@pass_context
def down(context: Context, school: str) -> None:
    """Stop the lab of SCHOOL."""
    from matric import lab as laboratory  # noqa: PLC0415 - loaded on use

    state = _folder(context, school)
    was_up = (state / "lab.json").exists()
    laboratory.stop(state)
    context.emit(
        {"stopped": was_up}, lambda console: console.print("[green]down[/]" if was_up else "no lab was running")
    )


@lab.command("status")
@click.argument("school")
@pass_context
def status_(context: Context, school: str) -> None:
    """Show lab time, and which devices the engineer reaches and why not."""
    running = _running(context, school)
    reach = running.reach()

    def show(console: "Console") -> None:
        console.print(f"lab time {running.time():%A %d %B %Y %H:%M:%S} UTC")
        for name, one in reach.items():
            console.print(f"  {name:<14}{'[green]reached[/]' if one['reachable'] else '[red]cut off[/]'} {one['why']}")

    context.emit({"time": running.time().isoformat(), "reach": reach}, show)


@lab.command()
@click.argument("school")
@click.argument("device", required=False)
@click.argument("kind", required=False)
@click.argument("settings", nargs=-1)
@click.option("--on", default="", help="Only for commands this regular expression is found in.")
@click.option("--sticky", is_flag=True, help="Every time, not only the next.")
@pass_context
def fault(
    context: Context,
    school: str,
    device: str | None,
    kind: str | None,
    settings: tuple[str, ...],
    on: str,
    *,
    sticky: bool,
) -> None:
    """Arm fault KIND on DEVICE (SETTINGS are NAME=VALUE); without KIND, list the kinds; KIND 'clear' disarms all."""
    from matric.lab.fault import KINDS  # noqa: PLC0415 - loaded on use

    if kind is None or device is None:
        context.emit(
            dict(KINDS), lambda _console: click.echo("\n".join(f"{name:<18}{what}" for name, what in KINDS.items()))
        )
        return
    running = _running(context, school)
    if kind == "clear":
        running.clear()
        context.emit({"cleared": True}, lambda console: console.print("every fault is disarmed"))
        return
    if kind not in KINDS:
        raise UsageError(f"there is no fault {kind}. Do: use one of {', '.join(KINDS)}")
    try:
        re.compile(on)
    except re.error as error:
        raise UsageError(f"--on {on!r} is no regular expression: {error}. Do: correct it") from None
    odd = [one for one in settings if "=" not in one]
    if odd:
        raise UsageError(f"{', '.join(odd)} is no setting. Do: write NAME=VALUE, see 'matric lab fault {school}'")
    given: dict[str, Any] = dict(one.split("=", 1) for one in settings)
    running.fault(f"{school}/{device}", kind, on=on, sticky=sticky, **given)
    context.emit({"armed": kind}, lambda console: console.print(f"[yellow]armed[/] {kind} on {school}/{device}"))


@lab.command("events")
@click.argument("school")
@pass_context
def events_(context: Context, school: str) -> None:
    """Print what really happened on the devices: one JSON line each, or with --json one document."""
    import json  # noqa: PLC0415 - only here

    found = list(_running(context, school).event_log())

    def show(_console: "Console") -> None:
        for event in found:
            click.echo(json.dumps(event, sort_keys=True))

    context.emit(found, show)


@lab.command()
@click.argument("school")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@pass_context
def dump(context: Context, school: str, folder: Path) -> None:
    """Write what an old provider would hand over into FOLDER.

    Configurations and terminals' logs of SCHOOL are asked of the running lab, and hold the passwords that its devices
    show; the lab's own exist nowhere else.
    """
    from matric.lab.capture import captured  # noqa: PLC0415 - loaded on use

    running = _running(context, school)
    with context.progress(f"asking the devices of {school}") as tell:
        written = captured(running, folder, tell)
    context.emit(
        {"folder": str(folder), "files": sorted(str(one.relative_to(folder)) for one in written)},
        lambda console: console.print(f"[green]written[/] {len(written)} files to {folder}", soft_wrap=True),
    )


@lab.command()
@click.argument("school")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@pass_context
def visit(context: Context, school: str, folder: Path) -> None:
    """Type each FOLDER/DEVICE.txt into that device.

    As an engineer on site at SCHOOL would; what was typed is saved there.
    """
    from matric.lab.site_visit import typed  # noqa: PLC0415 - loaded on use

    names = typed(_running(context, school), folder)
    context.emit({"devices": list(names)}, lambda console: console.print(f"[green]typed[/] into {', '.join(names)}"))


@lab.command("netbox")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port on 127.0.0.1; 0 takes any."
)
@click.option("--empty", is_flag=True, help="Start with nothing in it, instead of the snapshot.")
@pass_context
def netbox_(context: Context, port: int, *, empty: bool) -> None:
    """Serve a NetBox holding the snapshot on 127.0.0.1, until Ctrl-C. Prints its address and token."""
    _needs_extra()
    from matric.intent.record import Records  # noqa: PLC0415 - loaded on use
    from matric.lab import netbox as stand_in  # noqa: PLC0415 - ditto

    records = Records() if empty else context.site.snapshot.records

    def ready(serving: stand_in.NetBox) -> None:
        context.emit(
            {"url": serving.url, "token": serving.token},
            lambda console: console.print(
                f"[green]serving[/] {serving.url}\n"
                f"export MATRIC_NETBOX_URL={serving.url} MATRIC_NETBOX_TOKEN={serving.token}"
            ),
        )

    stand_in.main(records, port=port, ready=ready)
    click.echo("stopped", err=True)


def _folder(context: Context, school: str) -> Path:
    return context.lab or context.site.root / ".matric" / "lab" / school


def _running(context: Context, school: str) -> Any:
    from matric.lab.client import Lab  # noqa: PLC0415 - loaded on use

    return Lab(_folder(context, school))
