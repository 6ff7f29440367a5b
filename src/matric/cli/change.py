"""Plan a change, judge it, approve it, carry it out, and come back from it."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.page import run_named, write_report
from matric.errors import ExitCode, GateBlocked, JournalError, MatricError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.journal import RunRecord
    from matric.plan import Plan

__all__ = (
    "accepted",
    "bench_of",
    "carry_out",
    "cutover",
    "gate",
    "plan",
    "recover",
    "recovered",
    "revert",
    "show",
    "tell_netbox",
    "wait_for_approval",
)

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

    path = _writable(out or Path(f"plan-{school}.json"))
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
        lambda console: _summary(console, made, path),
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


def _writable(path: Path) -> Path:
    """*path*, once its folder is known to exist: that must not come out after every device was read."""
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path} cannot be written: its folder does not exist. Do: make it, or name another")
    return path


def _summary(console: "Console", made: "Plan", path: Path) -> None:
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
    verdict = onboarding.verdict(context.site, made, onboarding.clock_of(context.at(made.school).lab).now())

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


def wait_for_approval(context: Context, plan_file: Path) -> int:
    """Done where the plan is approved; else say how, and ask again when the person at the terminal says so."""
    from matric import plan as plans  # noqa: PLC0415 - loaded on use
    from matric.cli.approval import by_hand  # noqa: PLC0415 - ditto

    made, speaks_against = plans.load(plan_file), by_hand(context)
    while lacking := speaks_against(made):
        click.echo("\n".join(lacking), err=True)
        click.echo(f"  matric approve {plan_file} --by NAME", err=True)
        if not click.confirm("Has somebody else approved it now?", err=True):
            raise GateBlocked("the plan is not approved. Do: ask somebody else to approve it")
    return ExitCode.DONE


@click.command()
@click.argument("plan_file", type=PLAN_FILE)
@click.option("--ask", "questions", multiple=True, help="A question to ask while the timers run; a no goes back.")
@pass_context
def cutover(context: Context, plan_file: Path, questions: tuple[str, ...]) -> int:
    """Carry out a plan: back up, stage, arm farthest first, probe, check, confirm nearest first, save.

    If anything fails, or this process dies, every timer runs out and the school goes back to what it was.
    """
    return carry_out(context, plan_file, questions=questions)


def carry_out(context: Context, plan_file: Path, *, questions: tuple[str, ...] = ()) -> int:
    """Carry out the plan in *plan_file*, and write the report of the run."""
    from matric import execution  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.cli.board import Board  # noqa: PLC0415 - ditto

    made = plans.load(plan_file)
    if not made.applicable:
        raise UsageError(f"{plan_file} was made from files: it is for reading only. Do: plan again from the devices")
    board = Board(context.progress_console, made.order)
    bench = bench_of(context, made.school, board)
    execution.refuse_unless_allowed(bench, made)
    try:
        with board.shown():
            run_id, outcome = execution.carry_out(bench, made, questions)
    except JournalError as error:
        raise JournalError(f"{error} Every timer runs out by itself; then: matric recover {made.school}") from error
    except KeyboardInterrupt:
        raise MatricError(
            f"stopped by you in the middle of a run at {made.school}; its timers run on. "
            f"Do: 'matric recover {made.school}', now"
        ) from None
    return _ended(context, run_id, outcome)


def bench_of(context: Context, school: str, board: Any) -> Any:
    """Everything a run at *school* stands on, told to *board*."""
    from matric import execution, onboarding  # noqa: PLC0415 - loaded on use
    from matric.cli.approval import by_hand  # noqa: PLC0415 - ditto

    context = context.at(school)
    clock = onboarding.clock_of(context.lab)
    return execution.Bench(
        site=context.site,
        nornir=context.nornir(school),
        journal=context.journal,
        clock=clock,
        approvals=by_hand(context),
        told=board.told,
        ask=lambda effect: _asked(board, effect),
    )


def _asked(board: Any, effect: Any) -> Any:
    """Put a question to the person at the terminal; no terminal, no yes."""
    import sys  # noqa: PLC0415 - only here

    from matric.cutover.effects import Said  # noqa: PLC0415 - loaded on use

    if not sys.stdin.isatty():
        return Said(yes=False, words="there was no terminal to ask at")
    with board.paused():
        click.echo(f"\n{effect.within_s:.0f} s left before the school goes back by itself.", err=True)
        try:
            yes = click.confirm(effect.question, err=True)
        except click.Abort:
            return Said(yes=False, words="Ctrl-C was the answer")
    return Said(yes=yes, by=getpass.getuser())


def _ended(context: Context, run_id: str, outcome: Any) -> int:
    try:
        path: Path | None = write_report(context, run_id)
    except (MatricError, OSError) as error:
        # How the run ended must reach the person whatever is wrong with a page.
        click.echo(f"matric: the report was not written: {error} Do: 'matric report {run_id}' later", err=True)
        path = None
    tell_netbox(context, run_id, outcome)

    def draw(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        colour = {0: "green", 5: "blue"}.get(int(outcome.exit_code), "red")
        console.print(f"[bold {colour}]{outcome.word.upper()}[/] {escape(outcome.reason)}")
        for end in (*outcome.devices, *outcome.refused):
            if end.next or end.left or (end.reason and not end.settled):
                console.print(
                    f"  {end.device}: running {end.running}, startup {end.startup}. {escape(end.reason)}",
                    soft_wrap=True,
                )
                if end.next:
                    console.print(f"    [bold]next:[/] {escape(end.next)}", soft_wrap=True)
        for line in outcome.next:
            console.print(f"  [bold]next:[/] {escape(line)}", soft_wrap=True)
        console.print(f"run {run_id}, report {path or 'not written'}", soft_wrap=True)

    context.emit({"run": run_id, "outcome": outcome.record(), "report": str(path) if path else None}, draw)
    return int(outcome.exit_code)


def tell_netbox(context: Context, run_id: str, outcome: Any) -> None:
    """NetBox hears how the run ended, where one is named; what does not arrive is kept and told, and fails nothing."""
    import os  # noqa: PLC0415 - only here

    from matric.netbox import letter  # noqa: PLC0415 - loaded on use

    sent = letter.ended(context.journal, run_id, outcome, os.environ)
    if sent is not None and (sent.kept or sent.refused or sent.why):
        why = "; ".join(sent.why) or f"{sent.refused} refused"
        click.echo(f"matric: NetBox has yet to hear of it: {why} Do: 'matric netbox send' later", err=True)


@click.command()
@click.argument("school", required=False)
@pass_context
def recover(context: Context, school: str | None) -> int:
    """After a crash: read every device of the unfinished run and end in all-old, all-new, or name each for hands."""
    schools = {school} if school else {one.school for one in context.journal.runs()}
    open_runs = [one for name in sorted(schools) if (one := context.journal.recoverable(name)) is not None]
    if not open_runs:
        if school and not context.journal.runs(school):
            context.site.school(school)
        context.emit(
            {"recovered": []}, lambda console: console.print("[green]nothing to recover[/]: every run has ended")
        )
        return ExitCode.DONE
    worst = ExitCode.DONE
    with context.gathered("recovered"):
        for record in open_runs:
            worst = max(worst, recovered(context, record))
    return worst


def recovered(context: Context, record: "RunRecord") -> ExitCode:
    """Bring the run *record* to a known end, and tell it."""
    from matric import execution  # noqa: PLC0415 - loaded on use
    from matric.cli.board import Board  # noqa: PLC0415 - ditto

    board = Board(context.progress_console, context.journal.plan(record.id).order)
    with board.shown():
        run_id, outcome = execution.recover(bench_of(context, record.school, board), record)
    return ExitCode(_ended(context, run_id, outcome))


@click.command()
@click.argument("run_id", required=False)
@click.option("--school", help="The school, where no run is named: its last cut-over is taken.")
@click.option("--out", type=PLAN_FILE, help="Where to save the plan (default: plan-SCHOOL-back.json here).")
@pass_context
def revert(context: Context, run_id: str | None = None, school: str | None = None, out: Path | None = None) -> int:
    """Plan the school of run RUN_ID back to that run's backups. The plan is carried out like any other."""
    from matric import execution  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.cli.board import Board  # noqa: PLC0415 - ditto

    record = run_named(context, run_id, school)
    bench = bench_of(context, record.school, Board(context.progress_console, ()))
    path = _writable(out or Path(f"plan-{record.school}-back.json"))
    with context.progress(f"planning {record.school} back to before {record.id}"):
        made = execution.plan_back(bench, record, author=getpass.getuser(), now=bench.clock.now())
    plans.save(made, path)
    context.emit(
        {"plan": str(path), "digest": made.digest, "empty": made.empty}, lambda console: _summary(console, made, path)
    )
    return ExitCode.DONE
