"""Arguments in, exit codes out. Every command lives in its own module and is imported only when it is called."""

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from matric.cli.context import Context
from matric.errors import BadInput, ExitCode, MatricError

__all__ = ("command", "main")

_HELP = "matric brings a school's network onto its trust's standard, safely."

_EPILOG = """\b
Exit codes
  0  done, nothing outstanding        4  the plan is stale: plan again
  1  an error                         5  rolled back: every device is as it was
  2  changes are pending              6  split: hands needed, each device named
     (only with --detailed-exitcode)  7  usage error or bad input
  3  the gate, window or freeze blocks

Completion: eval "$(_MATRIC_COMPLETE=bash_source matric)", or zsh_source, fish_source.
"""

# name -> (module under matric.cli, one line for --help). The lines stand here so that --help imports nothing.
_COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("setup", "Lay out a new trust's repository."),
    "survey": ("survey", "Survey a joining school: what it has today, and what could not be seen."),
    "snapshot": ("source", "Pull, check, compare, propose and push the pinned copy of NetBox."),
    "netbox": ("source", "Prepare a NetBox for matric, say what it lacks, send what it has yet to hear."),
    "readiness": ("readiness", "Say whether a joining school fits, what closing each gap takes, and in which order."),
    "transition": ("transition", "Say in which stages a joining school gets to the standard; write the rows of each."),
    "estate": ("holdings", "Say what the trust's schools hold, what is spare, and what consolidating would take."),
    "devices": ("estate", "List the devices of a school."),
    "render": ("estate", "Write the intended configuration of each device."),
    "check": ("estate", "Check input and policies, without touching a device."),
    "endpoints": ("endpoints", "Say what hangs on each port of a joining school, and what becomes of it."),
    "ledger": ("ledger", "Say what becomes of every line a joining school brings along; decide what is unknown."),
    "path": ("path", "Say who reaches whom at a school, and prove its zone matrix."),
    "allocate": ("adopt", "Give a joining school an address block, by NetBox."),
    "adopt": ("adopt", "Fill NetBox with a joining school; where it differs, each field is a choice."),
    "way-in": ("way_in", "Write what is typed on a joining school's switches so that matric gets in."),
    "attest": ("attest", "Ask people what no record and no device can say, and write their answers down."),
    "policy": ("policies", "List, show, begin and test the rules, and say where they come from."),
    "enrol": ("setup", "Confirm and pin host keys and certificates of a school's devices."),
    "touched": ("review", "Say which schools a change touches, and why or why not."),
    "propose": ("review", "Plan every school that a change touches, for review."),
    "comment": ("comment", "Show a review in the one comment of its change."),
    "calendar": ("calendar", "Say when a school may be changed; take days over from iCalendar files."),
    "plan": ("planning", "Work out what would change, and bind it by digests."),
    "show": ("planning", "Show a saved plan."),
    "gate": ("change", "Say whether a plan may be carried out, and what would open the gate."),
    "waive": ("waiving", "Waive what breaks a rule now, object by object, until a day."),
    "waivers": ("waiving", "Say what is waived at each school, and until when."),
    "approve": ("approval", "Approve a plan; the approver is not its author."),
    "cutover": ("change", "Carry out a plan, with a timer running on every device."),
    "recover": ("change", "After a crash: end in all-old, all-new, or name each device for hands."),
    "merged": ("deploy", "Mark a change's reviewed plans as merged."),
    "deploy": ("deploy", "Carry out what was reviewed, approved and merged, when its window is open."),
    "revert": ("change", "Plan a school back to a run's backups."),
    "status": ("estate", "Show runs, who holds a school, and what is unfinished."),
    "backup": ("drift", "Copy every device's running and startup configuration, or keep their history."),
    "drift": ("drift", "Compare live with intended, by cause; record what was decided."),
    "evidence": ("evidence", "Write what is known of every control at a school, for an assessor."),
    "facts": ("evidence", "Write what the rules see of a school as JSON, for OPA and other tools."),
    "report": ("page", "Write the report of a run, or of a review in a forge's format."),
    "run": ("steps", "Follow a runbook, step by step."),
    "task": ("steps", "Run one Nornir task on the devices of a school."),
    "doctor": ("doctor", "Prove on a spare switch what the promises rest on, and report it."),
    "serve": ("serve", "Hear from NetBox that it has changed, and ask for a look at it."),
    "lab": ("laboratory", "Start, stop and break a lab school; serve a lab NetBox."),
}


_ANYWHERE = ("--json", "--quiet", "-q")


class _Lazy(click.Group):
    """A group whose commands are imported when called; --help reads the table only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """--json and --quiet may stand behind the command as well: that is where people type them."""
        end = args.index("--") if "--" in args else len(args)
        moved = [one for one in args[:end] if one in _ANYWHERE]
        return super().parse_args(ctx, [*moved, *(one for one in args[:end] if one not in _ANYWHERE), *args[end:]])

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"matric.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's own shape
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - --help never needs it

        click.echo(f"matric {version('matric')}")
        ctx.exit()


@click.command(
    cls=_Lazy,
    help=_HELP,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("-C", "--site", "root", type=click.Path(path_type=Path), envvar="MATRIC_SITE", help="The site's folder.")
@click.option("--lab", type=click.Path(path_type=Path), envvar="MATRIC_LAB", help="State folder of a lab to work on.")
@click.option("--state", "where", envvar="MATRIC_STATE", help="Where the state is: a folder, or postgresql://...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document. May stand behind the command.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; results and errors only. May stand behind it too.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def command(
    ctx: click.Context, root: Path | None, lab: Path | None, where: str | None, *, as_json: bool, quiet: bool
) -> None:
    ctx.obj = Context(root=root, lab=lab, where=where, as_json=as_json, quiet=quiet)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with one of ``ExitCode``."""
    gc.set_threshold(100_000, 20, 20)  # a tenth of the time went into looking for rubbish among what is kept
    try:
        code = _code(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read (head, less) has gone: nothing to tell them, and nothing left for Python to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.ERROR
    sys.exit(code)


def _code(arguments: list[str] | None) -> int:  # noqa: C901, PLR0911 - one line for each kind of ending
    try:
        result: Any = command.main(args=arguments, prog_name="matric", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        why = "stopped by you" if sys.stdin.isatty() else "stopped: Ctrl-C, or a question without a terminal"
        return _told(why, ExitCode.ERROR)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except BadInput as error:
        for problem in error.problems:
            click.echo(f"{problem}" if not problem.warning else f"warning: {problem}", err=True)
        errors = sum(not problem.warning for problem in error.problems)
        return _told(f"{errors} problem(s) in what was given; no device was contacted", ExitCode.USAGE)
    except MatricError as error:
        return _told(str(error), error.exit_code)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _told(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), ExitCode.ERROR)
    except Exception as error:
        # A defect of matric, of content, or of a library. At 19:00 a traceback helps nobody; to mend it, it does.
        if os.environ.get("MATRIC_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return _told(f"a defect: {what}. Do: set MATRIC_DEBUG=1, run it again, and report it", ExitCode.ERROR)
    return int(result) if isinstance(result, int) else ExitCode.DONE


def _told(message: str, code: ExitCode) -> int:
    from matric.secret import redact  # noqa: PLC0415 - only where something went wrong

    click.echo(redact(f"matric: {message}"), err=True)
    return code
