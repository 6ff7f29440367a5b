"""Work out what would change, save it, and show it."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.plan import Plan

__all__ = ("PLAN_FILE", "accepted", "plan", "show", "summary", "writable")

PLAN_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("school")
@click.option("--out", type=PLAN_FILE, help="Where to save the plan (default: plan-SCHOOL.json here).")
@click.option(
    "--running",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of <device>.conf to compare with instead of the devices; such a plan is for reading only.",
)
@click.option(
    "--unit",
    type=click.Choice(["school", "device"]),
    default="school",
    show_default=True,
    help="What is refused whole where a device has moved.",
)
@click.option(
    "--ask-s",
    type=click.IntRange(0, 3600),
    default=0,
    show_default=True,
    help="Seconds people get to answer questions while the timers run.",
)
@click.option(
    "--consent",
    "consents",
    metavar="DEVICE=NET",
    multiple=True,
    help="Change this device under a net that costs people something, as sw-02=reload: it restarts to go back.",
)
@click.option("--author", envvar="MATRIC_AUTHOR", help="Who makes the plan (default: your login name).")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where changes are pending.")
@pass_context
def plan(
    context: Context,
    school: str,
    out: Path | None = None,
    running: Path | None = None,
    unit: str = "school",
    author: str | None = None,
    ask_s: int = 0,
    consents: tuple[str, ...] = (),
    *,
    detailed_exitcode: bool = False,
) -> int:
    """Work out what would change at SCHOOL, by show commands only, and save it bound to everything it rests on."""
    from matric import fleet, intake, onboarding  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto

    path = writable(out or Path(f"plan-{school}.json"))
    context = context.at(school)
    with context.progress(f"planning {school}") as say:
        now = onboarding.clock_of(context.lab).now()
        vault = fleet.vault_in(context.lab)
        wanted = intake.school(context.site, school, vault, now.date(), contacting=running is None)
        nornir = context.nornir(school)
        say(f"looking at {len(nornir.inventory.hosts)} devices" if running is None else f"reading {running}")
        seen = onboarding.looked(context.site, nornir) if running is None else onboarding.looked_in(running, wanted)
        say("comparing and judging")
        made = onboarding.planned(
            wanted,
            seen,
            nornir,
            now=now,
            author=author or getpass.getuser(),
            unit="device" if unit == "device" else "school",
            from_files=running is not None,
            ask_s=ask_s,
            consents=accepted(consents, school),
        )
    plans.save(made, path)
    context.emit(
        {
            "plan": str(path),
            "digest": made.digest,
            "empty": made.empty,
            "order": made.order,
            "applicable": made.applicable,
        },
        lambda console: summary(console, made, path),
    )
    return ExitCode.PENDING if detailed_exitcode and not made.empty else ExitCode.DONE


def accepted(given: tuple[str, ...], school: str = "") -> dict[str, str]:
    """Device key -> net, from ``DEVICE=NET``; where *school* is given a device may be named without it."""
    found: dict[str, str] = {}
    for one in given:
        device, equals, net = one.partition("=")
        if not (device and equals and net and (school or "/" in device)):
            raise UsageError(f"--consent {one}: not DEVICE=NET. Do: write it as oakfield/sw-02=reload")
        found[device if "/" in device else f"{school}/{device}"] = net
    return found


def writable(path: Path) -> Path:
    """*path*, once its folder is known to exist: that must not come out after every device was read."""
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: its folder does not exist. Do: make it, or name another")
    return path


def summary(console: "Console", made: "Plan", path: Path) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for warning in made.warnings:
        console.print(f"[yellow]to acknowledge[/] {escape(warning)}")
    for device in made.devices:
        if device.changes:
            risk = {"low": "green", "medium": "yellow", "high": "red"}[device.risk]
            timer = f", {device.net.kind} {device.net.revert_after_s} s" if device.net else ""
            console.print(
                f"  {device.key:<22}[green]+{device.added:<5}[/][red]-{device.removed:<5}[/]"
                f"risk [{risk}]{device.risk}[/][dim]{timer}[/]"
            )
        else:
            console.print(f"  {device.key:<22}[dim]as intended[/]")
    if made.empty:
        console.print(f"[green]nothing to do[/]: every device of {made.school} is as intended")
    else:
        minutes = -(-made.budget.worst_case_s // 60)
        console.print(f"{len(made.order)} devices change; worst case {minutes} min, rollback included")
    if not made.applicable:
        console.print("[yellow]made from files: for reading only[/]")
    console.print(f"plan {made.digest}\nsaved as {path}", soft_wrap=True)


@click.command()
@click.argument("plan_file", type=PLAN_FILE)
@click.option("--device", "names", multiple=True, help="Only this device (may be given more than once).")
@click.option("--steps", is_flag=True, help="Show the ordered steps as well.")
@click.option("--lines", is_flag=True, help="Show the lines of a device that takes its change line by line, in order.")
@click.option("--exit-code", is_flag=True, help="Exit 2 where the plan changes anything, 0 where it changes nothing.")
@pass_context
def show(
    context: Context,
    plan_file: Path,
    names: tuple[str, ...] = (),
    *,
    steps: bool = False,
    lines: bool = False,
    exit_code: bool = False,
) -> int:
    """Show a saved plan: what it is bound to, and each device's difference from running to intended."""
    from matric import plan as plans  # noqa: PLC0415 - loaded on use

    made = plans.load(plan_file)
    wanted = [one for one in made.devices if not names or one.name in names or one.key in names]
    if not wanted:
        raise UsageError(
            f"the plan has no device {', '.join(names)}. Do: use one of {', '.join(one.name for one in made.devices)}"
        )

    def draw(console: "Console") -> None:
        from matric.cli.estate import print_diff  # noqa: PLC0415 - loaded on use

        console.print(f"[bold]plan {made.digest}[/]", soft_wrap=True)
        console.print(f"made {made.made_at} by {made.author}, good until {made.expires_at}, unit {made.unit}")
        for what, digest in sorted(made.digests.model_dump().items()):
            console.print(f"  {what:<10}{digest}", soft_wrap=True)
        _draw_nets(console, wanted)
        for names_of, text in _folded(wanted):
            console.print(f"\n[bold]{', '.join(names_of)}[/]  running -> intended")
            for line in sorted({line for one in wanted if one.key in names_of for line in one.carried}):
                console.print(f"    [dim]left to the device: {line}[/]", soft_wrap=True)
            if text:
                print_diff(console, text)
            else:
                console.print("    no difference")
        for one in wanted if lines else ():
            _draw_lines(console, one)
        if steps:
            console.print("\n[bold]steps[/]")
            for number, step in enumerate(made.steps, 1):
                console.print(f"{number:>4} {step.action:<11}{step.device:<22}[dim]{step.detail}[/]")

    context.emit({"digest": made.digest, "plan": made.model_dump(mode="json")}, draw)
    return ExitCode.PENDING if exit_code and not made.empty else ExitCode.DONE


def _draw_nets(console: "Console", devices: Any) -> None:
    """What takes each change back if nobody confirms it, once per kind, and what that rests on unproven."""
    for kind in dict.fromkeys(one.net.kind for one in devices if one.net):
        under = [one for one in devices if one.net and one.net.kind == kind]
        console.print(f"\n[bold]{kind}[/] {', '.join(one.name for one in under)}", soft_wrap=True)
        console.print(f"    {under[0].net.words}", markup=False, soft_wrap=True)
        for unproven in under[0].net.unproven:
            console.print(f"    unproven on a real switch: {unproven}", style="yellow", markup=False, soft_wrap=True)


def _draw_lines(console: "Console", device: Any) -> None:
    if device.lines:
        console.print(f"\n[bold]{device.key}[/]  {len(device.lines)} lines, in the order in which they are sent")
        for line in device.lines:
            console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)
    elif device.changes:
        console.print(f"\n[bold]{device.key}[/]  is replaced whole")


def _folded(devices: Any) -> list[tuple[list[str], str]]:
    """Devices with one and the same difference together."""
    groups: dict[str, list[str]] = {}
    for device in devices:
        groups.setdefault(device.diff, []).append(device.key)
    return [(names, text) for text, names in groups.items()]
