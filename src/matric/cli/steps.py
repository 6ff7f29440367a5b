"""Runbooks step by step, and single tasks."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.line import line
from matric.cli.surveyed import slug_or_refuse
from matric.errors import ExitCode, MatricError, UsageError
from matric.runbook import PROTOCOL, Ask, Do

if TYPE_CHECKING:
    from rich.console import Console

    from matric.followed import Followed
    from matric.runbook import Runbook

__all__ = ("run", "task")

JUDGING = ("survey", "ledger", "endpoints", "adopt")
"""Steps that change nothing and ask nobody, and end well only where what they are about was done."""

ANSWER_S = 180
"""Seconds people get for each question asked while the timers run."""


@click.command()
@click.argument("name")
@click.argument("school")
@click.option("--list", "list_only", is_flag=True, help="Show the steps and do nothing.")
@click.option("--run", "run_id", default="", help="For emergency-revert: the run to go back from (default: the last).")
@click.option("--plan", "plan_file", type=click.Path(path_type=Path), help="Where the plan is kept.")
@click.option("--ask-again", is_flag=True, help="Ask also what was answered before and still holds.")
@pass_context
def run(
    context: Context,
    name: str,
    school: str,
    *,
    list_only: bool,
    run_id: str,
    plan_file: Path | None,
    ask_again: bool = False,
) -> int:
    """Follow runbook NAME at SCHOOL: machine steps are done, human steps asked, answers recorded.

    Where the runbook says for how many days a yes holds, it is kept in inventory/joining/SCHOOL/answers.yaml and not
    asked again until then: commit it for review.
    """
    from matric import runbook  # noqa: PLC0415 - loaded on use

    # cutover, cut-over and cut_over are one name to somebody typing at 19:00.
    found = {_bare(one.stem): one for one in sorted(context.site.runbooks.glob("*.md"))}
    if _bare(name) not in found:
        raise UsageError(f"there is no runbook {name}. Do: use one of {', '.join(one.stem for one in found.values())}")
    book = runbook.load(found[_bare(name)])
    if any(isinstance(step, Do) and step.do == "survey" for step in book.steps):
        slug_or_refuse(school)  # it begins before anybody knows the school, and keeps answers under this name
    else:
        _known(context, school)
    followed = _followed(context, book, school)
    if list_only:
        _list(context, followed)
        return ExitCode.DONE
    plan_file = plan_file or context.state / "plans" / f"{school}-{book.name}.json"
    follow = _Follow(context, book, school, run_id, plan_file, followed, ask_again=ask_again)
    with context.gathered("steps", runbook=book.name, answers=follow.answers):
        return follow.all()


def _known(context: Context, school: str) -> None:
    """Refuse a school that neither NetBox nor a survey knows."""
    from matric import survey  # noqa: PLC0415 - loaded on use

    if not survey.saved(context.site.inventory, school):
        context.site.school(school)


def _bare(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def _followed(context: Context, book: "Runbook", school: str) -> "Followed":
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric.followed import Followed  # noqa: PLC0415 - ditto

    today = onboarding.clock_of(context.any_lab).now().date()
    return Followed(book, school, context.site.inventory, context.state, today)


def _list(context: Context, followed: "Followed") -> None:
    book = followed.book
    rows: list[dict[str, Any]] = []
    for step in book.steps:
        row: dict[str, Any] = {"line": step.line, "title": step.title}
        if isinstance(step, Ask):
            held = followed.answer(step)
            row |= {"ask": step.ask, "topic": step.topic, "valid_days": step.valid_days}
            row |= {"by": held.by, "at": str(held.at), "until": str(held.until)} if held is not None else {}
        else:
            since = followed.since(step.do)
            row |= {"do": step.do} | ({"done_since": str(since)} if since is not None else {})
        rows.append(row)

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people

        console.print(f"[bold]{book.title}[/]")
        for number, row in enumerate(rows, 1):
            what = f"[cyan]ask[/] {row['ask']}" if "ask" in row else f"[green]do[/]  {row['do']}"
            told = (
                f" [green]yes, by {escape(row['by'])} on {row['at']}, holds until {row['until']}[/]"
                if "by" in row
                else ""
            )
            told = f" [green]done since {row['done_since']}[/]" if "done_since" in row else told
            line(console, f"{number:>3} {what} [dim]{row['title']}[/]{told}", 8)

    context.emit({"runbook": book.name, "title": book.title, "steps": rows}, show)


class _Follow:
    """One runbook being followed at one school. The steps of a cut-over are one call: the protocol owns their order."""

    def __init__(
        self,
        context: Context,
        book: "Runbook",
        school: str,
        run_id: str,
        plan_file: Path,
        followed: "Followed",
        *,
        ask_again: bool = False,
    ) -> None:
        self.context, self.book, self.school, self.run_id, self.plan_file = context, book, school, run_id, plan_file
        self.followed, self.ask_again = followed, ask_again
        self.answers: list[dict[str, str]] = []

    def all(self) -> int:
        for number, step in enumerate(self.book.steps, 1):
            if isinstance(step, Ask):
                if step not in self.book.vetoes and not self._asked(number, step):
                    raise MatricError(f"{self.book.name} stops at step {number}: the answer to '{step.ask}' was no")
                continue
            if step.do in PROTOCOL:
                if step.do == PROTOCOL[0]:
                    code = self._cut_over()
                    if code != ExitCode.DONE:
                        return code
                continue
            self._head(number, step)
            code = self._looked(step) if step.do in JUDGING and not self.book.carries_out else self._do(step)
            if code != ExitCode.DONE:
                self.context.console.print(
                    f"[red]{self.book.name} stops at step {number}[/] ({step.do}), exit {int(code)}"
                )
                return code
            if step.do in {"plan", "revert"} and self.book.carries_out and self._empty():
                self.context.console.print(f"[green]{self.book.title} ends here[/]: there is nothing to carry out")
                return ExitCode.DONE
        self.context.console.print(f"[green]{self.book.title}: every step done[/]")
        return ExitCode.DONE

    def _empty(self) -> bool:
        from matric import plan as plans  # noqa: PLC0415 - loaded on use

        return plans.load(self.plan_file).empty

    def _head(self, number: int, step: Do) -> None:
        self.context.console.print(
            f"\n[bold]step {number} of {len(self.book.steps)}: {step.title}[/] [dim]{step.do}[/]"
        )

    def _asked(self, number: int, step: Ask) -> bool:
        self.context.console.print(f"\n[bold]step {number} of {len(self.book.steps)}: {step.title}[/]")
        from rich.markup import escape  # noqa: PLC0415 - only for people

        held = None if self.ask_again else self.followed.answer(step)
        if held is not None:
            told = f"answered yes by {held.by} on {held.at}, which holds until {held.until}"
            self.context.console.print(f"{step.ask}\n[green]{escape(told)}[/]: --ask-again asks anew")
            self._keep(step.topic, step.ask, "yes", held.by, held.at.isoformat())
            return True
        yes = click.confirm(step.ask, err=self.context.as_json)
        self._record(step, yes)
        return yes

    def _record(self, step: Ask, yes: bool) -> None:  # noqa: FBT001 - the answer itself
        """Keep who said what and when, durably, before the next step."""
        from matric import onboarding  # noqa: PLC0415 - loaded on use

        now = onboarding.clock_of(self.context.lab).now().isoformat(timespec="seconds")
        self._keep(step.topic, step.ask, "yes" if yes else "no", getpass.getuser(), now)
        self.followed.record(step, getpass.getuser(), yes=yes)

    def _keep(self, topic: str, question: str, answer: str, by: str, at: str) -> None:
        """Beside the journal: every answer of this run."""
        import json  # noqa: PLC0415 - loaded on use

        from matric.journal import file  # noqa: PLC0415 - ditto

        self.answers.append({"topic": topic, "question": question, "answer": answer, "by": by, "at": at})
        folder = self.context.state / "answers"
        file.private(folder)
        file.write_durably(folder / f"{self.school}-{self.book.name}.json", json.dumps(self.answers, indent=1) + "\n")

    def _looked(self, step: Do) -> int:
        """Do a step that only judges what people prepared; where it was well before and still is, one line says so."""
        since = self.followed.since(step.do)
        code, told = self._quietly(step) if since is not None else (self._do(step), "")
        self.followed.looked(step.do, done=code == ExitCode.DONE)
        if since is not None and code == ExitCode.DONE:
            self.context.console.print(f"[green]done[/] since {since}, and still so, as of now")
        elif told:
            self.context.console.file.write(told)
        return code

    def _quietly(self, step: Do) -> tuple[int, str]:
        """(how the step ended, what it would have shown)."""
        console = self.context.console
        with console.capture() as shown:
            try:
                code = self._do(step)
            except MatricError:
                self.followed.looked(step.do, done=False)
                raise
        return code, shown.get()

    def _cut_over(self) -> int:
        from matric.cli import change  # noqa: PLC0415 - loaded on use

        questions = tuple(step.ask for step in self.book.vetoes)
        return change.carry_out(self.context, self.plan_file, questions=questions)

    def _do(self, step: Do) -> int:
        from matric.cli import adopt, attest, change, drift, estate, page, planning, readiness, setup  # noqa: PLC0415 - loaded on use  # noqa: PLC0415 - ditto

        call = click.get_current_context().invoke
        plan, school = self.plan_file, self.school
        plan.parent.mkdir(parents=True, exist_ok=True)
        steps: dict[str, Callable[[], Any]] = {
            "survey": self._surveyed,
            "readiness": lambda: call(readiness.readiness, school=school),
            "ledger": self._ledger,
            "endpoints": lambda: self._endpoints(after=self.book.after_the_change(step)),
            # Filled once everything is decided: what NetBox then still lacks is written by a person, who has read it.
            "adopt": lambda: call(adopt.adopt, school=school, detailed_exitcode=True),
            "check": lambda: call(estate.check, schools=(school,), live=self.book.after_the_change(step), as_gate=True),
            "check-snapshot": self._check_snapshot,
            "enrol": lambda: call(setup.enrol, school=school),
            "attest": lambda: call(attest.attest, school=school, after=self.book.after_the_change(step)),
            # A plan back is made by 'revert', and shown here.
            "plan": lambda: (
                call(planning.show, plan_file=plan)
                if self.reverts
                else call(planning.plan, school=school, out=plan, ask_s=ANSWER_S * len(self.book.vetoes))
            ),
            "revert": lambda: call(change.revert, run_id=self.run_id or None, school=school, out=plan),
            "gate": lambda: call(change.gate, plan_file=plan),
            "approve": lambda: change.wait_for_approval(self.context, plan),
            "recover": lambda: call(change.recover, school=school),
            "drift": lambda: call(drift.drift, schools=(school,), detailed_exitcode=False),
            "report": lambda: call(page.report, run_id=None, school=school),
        }
        return _code(steps[step.do]())

    @property
    def reverts(self) -> bool:
        """True where the runbook leads back instead of on."""
        return any(isinstance(step, Do) and step.do == "revert" for step in self.book.steps)

    def _surveyed(self) -> int:
        """Say what the kept survey rests on; without one nobody knows what the school has."""
        from rich.markup import escape  # noqa: PLC0415 - only for people

        from matric import survey  # noqa: PLC0415 - loaded on use

        found = survey.load(self.context.site.inventory, self.school)
        self.context.console.print(
            f"surveyed {found.taken_at}, {found.how}: {len(found.devices)} devices; {len(found.unseen)} not looked at"
        )
        for one in found.unseen:
            line(self.context.console, f"  [yellow]not seen[/] {escape(one.name)}: {escape(one.why)}", 4)
        return ExitCode.DONE

    def _ledger(self) -> int:
        from matric.cli import ledger  # noqa: PLC0415 - loaded on use

        call = click.get_current_context().invoke
        return _code(call(ledger.ledger, school=self.school, detailed_exitcode=True))

    def _endpoints(self, *, after: bool) -> int:
        """What hangs on the ports; after a cut-over, who has come back. A school that joined long ago has no survey."""
        from matric import survey  # noqa: PLC0415 - loaded on use
        from matric.cli import endpoints  # noqa: PLC0415 - ditto

        if after and not survey.saved(self.context.site.inventory, self.school):
            self.context.console.print("no survey is kept, so nobody knows what hung here before")
            return ExitCode.DONE
        call = click.get_current_context().invoke
        return _code(
            call(endpoints.endpoints, school=self.school, critical=True, after=after, detailed_exitcode=not after)
        )

    def _check_snapshot(self) -> int:
        """Compare with NetBox where its address is known; else say plainly that nobody looked."""
        import os  # noqa: PLC0415 - loaded on use

        from matric.cli import source  # noqa: PLC0415 - ditto

        url = os.environ.get("MATRIC_NETBOX_URL", "")
        if url:
            return _code(click.get_current_context().invoke(source.check, url=url, ca=None, detailed_exitcode=True))
        raise UsageError(
            "MATRIC_NETBOX_URL is not set, so nobody knows whether NetBox has moved. Do: set it and the token"
        )


def _code(result: Any) -> int:
    return int(result) if isinstance(result, int) else ExitCode.DONE


@click.command()
@click.argument("name", required=False)
@click.argument("school", required=False)
@click.option("--device", "names", multiple=True, help="Only this device (may be given more than once).")
@pass_context
def task(context: Context, name: str | None, school: str | None, names: tuple[str, ...]) -> None:
    """Run the read-only Nornir task NAME on the devices of SCHOOL; without NAME, list the tasks."""
    import inspect  # noqa: PLC0415 - loaded on use

    from matric import fleet, secret  # noqa: PLC0415 - ditto

    tasks = context.site.tasks
    alone = sorted(key for key, one in tasks.items() if len(inspect.signature(one).parameters) == 1)
    if name is None:
        says = {key: (inspect.getdoc(tasks[key]) or "").partition("\n")[0] for key in alone}
        context.emit(says, lambda _console: click.echo("\n".join(f"{key:<14}{what}" for key, what in says.items())))
        return
    if name not in alone:
        raise UsageError(f"no task {name} can be run by itself. Do: use one of {', '.join(alone)}")
    if school is None:
        raise UsageError(f"no school is named. Do: matric task {name} SCHOOL")
    nornir = context.nornir(school)
    if names:
        nornir = fleet.only(nornir, *(f"{school}/{one}" for one in names))
    with context.progress(f"{name} on {len(nornir.inventory.hosts)} devices"):
        found = fleet.ask(nornir, tasks[name])
    told = {key: secret.redact(str(value)) for key, value in found.told.items()}
    silent = {key: secret.redact(str(error)) for key, error in found.silent.items()}

    def show(console: "Console") -> None:
        for key, value in told.items():
            console.rule(f"[green]{key}", align="left")
            console.print(value, markup=False)
        for key, why in silent.items():
            console.rule(f"[red]{key}: no answer", align="left")
            console.print(why, markup=False)

    context.emit({"told": told, "silent": silent}, show)
    if silent:
        raise MatricError(f"{len(silent)} devices gave no answer: {', '.join(silent)}")
