"""Judge a plan, carry it out, and come back from it."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.page import run_named, write_report
from matric.cli.planning import PLAN_FILE, accepted, summary, writable
from matric.errors import ExitCode, GateBlocked, JournalError, MatricError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.gate import Verdict
    from matric.journal import RunRecord
    from matric.journal.backups import Copy
    from matric.plan import Plan
    from matric.policy.waiver import Waiver

__all__ = (
    "bench_of",
    "carry_out",
    "cutover",
    "gate",
    "recover",
    "recovered",
    "revert",
    "tell_netbox",
    "wait_for_approval",
)


@click.command()
@click.argument("plan_file", type=PLAN_FILE)
@click.option("--explain", is_flag=True, help="One screen: by rule, what is waived until when, what is noted.")
@pass_context
def gate(context: Context, plan_file: Path, *, explain: bool = False) -> int:
    """Say whether the plan may be carried out; if not, each rule, object and remedy, and what would open the gate."""
    from matric import gate as gates  # noqa: PLC0415 - loaded on use
    from matric import onboarding  # noqa: PLC0415 - ditto
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.plan import net  # noqa: PLC0415 - ditto

    made = plans.load(plan_file)
    now = onboarding.clock_of(context.at(made.school).lab).now()
    verdict = onboarding.verdict(context.site, made, now)
    copies = _copies(context, made) if explain else ()
    most = context.site.standard.backups.max_age_days

    def draw(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        from matric.cli import explained  # noqa: PLC0415 - ditto

        if explain:
            explained.draw(console, verdict, context.site.waivers)
            explained.draw_copies(console, made.school, copies, now, most)
        else:
            colour = "green" if isinstance(verdict, gates.Allowed) else "red"
            first, *lines = (line for line in verdict.explain() if not line.startswith(("waived:", "note:")))
            console.print(f"[bold {colour}]{escape(first)}[/]")
            for line in lines:
                console.print(f"  {escape(line)}")
        for words in net.accepted(made.nets):
            console.print(f"  [yellow]to acknowledge[/] {escape(words)}")

    more: dict[str, Any] = {}
    if explain and context.as_json:
        more = {
            "waivers": _until(verdict, context.site.waivers),
            "backups": [
                {"device": one.device, "at": _at(one), "days": one.days(now), "old": one.is_old(now, most)}
                for one in copies
            ],
        }
    context.emit({**verdict.as_json, **more}, draw)
    return gates.exit_code(verdict)


def _copies(context: Context, made: "Plan") -> "tuple[Copy, ...]":
    """The newest copy of each device of the plan that is on record. To look at a plan makes no state."""
    from matric import journal  # noqa: PLC0415 - loaded on use
    from matric.journal import backups  # noqa: PLC0415 - ditto

    names = [one.key for one in made.devices]
    here = context.at(made.school)
    if not (here.where and journal.in_database(here.where)) and not here.state.exists():
        return tuple(backups.Copy(name, None) for name in names)
    return backups.newest(here.journal, made.school, names)


def _at(copy: "Copy") -> str | None:
    from matric import plan as plans  # noqa: PLC0415 - loaded on use

    return plans.timestamp(copy.at) if copy.at is not None else None


def _until(verdict: "Verdict", waivers: "tuple[Waiver, ...]") -> list[dict[str, str]]:
    """The waivers in use, each with its last day."""
    from matric.cli import explained  # noqa: PLC0415 - loaded on use

    return [
        {"rule": one.rule, "object": one.object, "owner": one.owner, "until": one.expiry.isoformat()}
        for one in explained.used(verdict, waivers)
    ]


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
@click.option(
    "--consent",
    "consents",
    metavar="DEVICE=NET",
    multiple=True,
    help="Change this device under a net that costs people something; what the run was agreed to have holds anyway.",
)
@pass_context
def revert(
    context: Context,
    run_id: str | None = None,
    school: str | None = None,
    out: Path | None = None,
    consents: tuple[str, ...] = (),
) -> int:
    """Plan the school of run RUN_ID back to that run's backups. The plan is carried out like any other."""
    from matric import execution  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.cli.board import Board  # noqa: PLC0415 - ditto

    record = run_named(context, run_id, school)
    bench = bench_of(context, record.school, Board(context.progress_console, ()))
    path = writable(out or Path(f"plan-{record.school}-back.json"))
    with context.progress(f"planning {record.school} back to before {record.id}"):
        given = accepted(consents, record.school)
        made = execution.plan_back(bench, record, author=getpass.getuser(), now=bench.clock.now(), consents=given)
    plans.save(made, path)
    context.emit(
        {"plan": str(path), "digest": made.digest, "empty": made.empty}, lambda console: summary(console, made, path)
    )
    return ExitCode.DONE
