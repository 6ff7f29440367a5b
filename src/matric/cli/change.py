"""Plan a change, judge it, approve it, carry it out, and come back from it."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.plan import Plan

__all__ = (
    "approve",
    "carry_out",
    "cutover",
    "gate",
    "plan",
    "recover",
    "report",
    "revert",
    "show",
    "wait_for_approval",
)

PLAN_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("school")
@click.option("--out", type=PLAN_FILE, help="Where to save the plan (default: plan-SCHOOL.json here).")
@click.option("--running", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of <device>.conf to compare with instead of the devices; such a plan is for reading only.")  # fmt: skip
@click.option("--unit", type=click.Choice(["school", "device"]), default="school", show_default=True, help="What is refused whole where a device has moved.")  # fmt: skip
@click.option("--author", envvar="MATRIC_AUTHOR", help="Who makes the plan (default: your login name).")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where changes are pending.")
@pass_context
def plan(  # noqa: PLR0913 - one option each
    context: Context,
    school: str,
    out: Path | None = None,
    running: Path | None = None,
    unit: str = "school",
    author: str | None = None,
    *,
    detailed_exitcode: bool = False,
) -> int:
    """Work out what would change at SCHOOL, by show commands only, and save it bound to everything it rests on."""
    from matric import fleet, onboarding  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto

    path = out or Path(f"plan-{school}.json")
    with context.progress(f"planning {school}") as say:
        wanted = onboarding.intended(context.site, school)
        now = onboarding.clock_of(context.lab).now()
        nornir = fleet.start(context.site, school, context.lab)
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
        lambda console: _summary(console, made, path),
    )
    return ExitCode.PENDING if detailed_exitcode and not made.empty else ExitCode.DONE


def _summary(console: "Console", made: "Plan", path: Path) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for warning in made.warnings:
        console.print(f"[yellow]to acknowledge[/] {escape(warning)}")
    for device in made.devices:
        if device.changes:
            risk = {"low": "green", "medium": "yellow", "high": "red"}[device.risk]
            timer = f", timer {device.net.revert_after_s} s" if device.net else ""
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
@pass_context
def show(context: Context, plan_file: Path, names: tuple[str, ...] = (), *, steps: bool = False) -> None:
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
        for names_of, text in _folded(wanted):
            console.print(f"\n[bold]{', '.join(names_of)}[/]  running -> intended")
            if text:
                print_diff(console, text)
            else:
                console.print("    no difference")
        if steps:
            console.print("\n[bold]steps[/]")
            for number, step in enumerate(made.steps, 1):
                console.print(f"{number:>4} {step.action:<11}{step.device:<22}[dim]{step.detail}[/]")

    context.emit({"digest": made.digest, "plan": made.model_dump(mode="json")}, draw)


def _folded(devices: Any) -> list[tuple[list[str], str]]:
    """Devices with one and the same difference together."""
    groups: dict[str, list[str]] = {}
    for device in devices:
        groups.setdefault(device.diff, []).append(device.key)
    return [(names, text) for text, names in groups.items()]


@click.command()
@click.argument("plan_file", type=PLAN_FILE)
@click.option("--explain", is_flag=True, help="Show also what is waived and noted.")
@pass_context
def gate(context: Context, plan_file: Path, *, explain: bool = False) -> int:
    """Say whether the plan may be carried out; if not, each rule, object and remedy, and what would open the gate."""
    from matric import gate as gates  # noqa: PLC0415 - loaded on use
    from matric import onboarding  # noqa: PLC0415 - ditto
    from matric import plan as plans  # noqa: PLC0415 - ditto

    made = plans.load(plan_file)
    verdict = onboarding.verdict(context.site, made, onboarding.clock_of(context.lab).now())

    def draw(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        lines = verdict.explain()
        colour = "green" if isinstance(verdict, gates.Allowed) else "red"
        console.print(f"[bold {colour}]{escape(lines[0])}[/]")
        for line in lines[1:]:
            if explain or not line.startswith(("waived:", "note:")):
                console.print(f"  {escape(line)}")

    context.emit(verdict.as_json, draw)
    return gates.exit_code(verdict)
