"""Look at the estate: devices, configurations, rules, runs. Nothing here changes a device."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, JournalError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from rich.console import Console

    from matric.journal import Journal
    from matric.onboarding import Intended
    from matric.policy import Result
    from matric.policy.said import Finding
    from matric.policy.subject import Subject
    from matric.policy.waiver import Waiver

CHECK_FORMATS = ("codequality", "junit", "sarif")
"""Named here as well as in matric.report.formats, so that --help imports nothing; a test holds the two equal."""

__all__ = ("CHECK_FORMATS", "check", "devices", "render", "status")


@click.command()
@click.argument("school", required=False)
@pass_context
def devices(context: Context, school: str | None) -> None:
    """List the devices of SCHOOL, or of the whole trust, as the snapshot has them."""
    from matric.intent import build  # noqa: PLC0415 - loaded on use

    site = context.site
    schools = [site.school(school)] if school else build.schools(site.snapshot.records, site.standard)
    rows = [device for one in schools for device in one.devices]
    if not rows:
        raise UsageError(f"no device at {school or 'any school'}. Do: check the snapshot")

    def show(console: "Console") -> None:
        from rich.table import Table  # noqa: PLC0415 - only for people

        table = Table(box=None, header_style="bold")
        for heading in ("device", "role", "platform", "model", "serial", "management", "status"):
            table.add_column(heading)
        for device in rows:
            address = str(device.management.ip) if device.management else "[dim]none[/]"
            dim = "" if device.configured else "dim"
            table.add_row(
                device.key,
                device.role,
                device.platform or "-",
                device.model,
                device.serial,
                address,
                device.status,
                style=dim,
            )
        console.print(table)

    context.emit(
        [
            {
                "key": device.key,
                "id": device.id,
                "role": device.role,
                "platform": device.platform,
                "model": device.model,
                "serial": device.serial,
                "management": str(device.management) if device.management else None,
                "status": device.status,
                "configured": device.configured,
            }
            for device in rows
        ],
        show,
    )


@click.command()
@click.argument("school")
@click.argument("names", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write <device>.conf into.")
@pass_context
def render(context: Context, school: str, names: tuple[str, ...], out: Path | None) -> None:
    """Write the intended configuration of each device of SCHOOL, or of the devices NAMES. Secrets stay references."""
    from matric import onboarding  # noqa: PLC0415 - loaded on use

    wanted = onboarding.intended(context.site, school)
    keys = {key: one.text for key, one in wanted.rendered.items()}
    if names:
        unknown = [name for name in names if f"{school}/{name}" not in keys]
        if unknown:
            raise UsageError(
                f"{school} has no device {', '.join(unknown)} that matric configures. Do: see 'matric devices'"
            )
        keys = {f"{school}/{name}": keys[f"{school}/{name}"] for name in names}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for key, text in keys.items():
            (out / f"{key.partition('/')[2]}.conf").write_text(text, encoding="utf-8")

    def show(console: "Console") -> None:
        if out is not None:
            console.print(f"[green]rendered[/] {len(keys)} configurations into {out}")
            return
        for key, text in keys.items():
            if len(keys) > 1:
                click.echo(f"! {key}")
            click.echo(text, nl=False)

    context.emit(keys if out is None else {"folder": str(out), "devices": sorted(keys)}, show)


@click.command()
@click.argument("schools", nargs=-1)
@click.option("--format", "kind", type=click.Choice(CHECK_FORMATS), help="Print what was found as forges read it.")
@click.option("--live", is_flag=True, help="Read the devices too, and judge what they hold now: after a cut-over.")
@pass_context
def check(
    context: Context, schools: tuple[str, ...], kind: str | None = None, *, live: bool = False, as_gate: bool = False
) -> int:
    """Check data, templates and policies of SCHOOLS (default: all), without touching a device.

    Rules that need the devices say so; `matric plan` asks them. With --live the devices of SCHOOLS are read, by show
    commands only, and judged as a school that nothing is going to change: what runs is what was meant, is saved, and
    keeps every rule. What could not be decided then counts as a rule that fails, unless the rule only reports.
    """
    from matric import fleet, intake, onboarding, policy  # noqa: PLC0415 - loaded on use
    from matric.policy import asked  # noqa: PLC0415 - ditto

    if live and not schools:
        raise UsageError("no school is named. Do: matric check SCHOOL --live, so that only its devices are asked")
    site = context.site
    now = onboarding.clock_of(context.any_lab).now()
    vault = fleet.vault_in(context.any_lab)
    taken = intake.take(site, schools, vault, now.date(), contacting=live).accepted()
    subjects = {
        name: _as_it_is(context.at(name), wanted) if live else onboarding.subject(wanted, now=now)
        for name, wanted in taken.schools.items()
    }
    found = {name: policy.check(site.rules, subject) for name, subject in subjects.items()}
    rules = [rule.id for rule in site.rules]
    unanswered = {name: asked.waiting(subject, site.rules) for name, subject in subjects.items()}
    warnings = [*taken.warnings, *(() if schools else intake.idle(found))]
    passing = {name: _light(results, site.waivers, now.date(), name) for name, results in found.items()}
    # In a runbook it is as at the gate: nobody is stopped by what waits under a waiver, or is only reported.
    light = {name: passing[name] if as_gate else frozenset[tuple[str, str]]() for name in found}
    failed = [result for name, results in found.items() for result in results if _fails(result, light[name], live=live)]
    if kind is not None:
        from matric.report import formats, reviewed  # noqa: PLC0415 - loaded on use

        told = reviewed.of_check(found, site.waivers, tuple(rules), now.date())
        click.echo(formats.written(kind, told, ""), nl=False)
        return ExitCode.BLOCKED if failed else ExitCode.DONE
    context.emit(
        {
            "schools": {name: [result.as_json for result in results] for name, results in found.items()},
            "warnings": [str(problem) for problem in warnings],
        },
        lambda console: _show_check(console, found, unanswered, warnings, light, passing, live=live),
    )
    return ExitCode.BLOCKED if failed else ExitCode.DONE


def _as_it_is(context: Context, wanted: "Intended") -> "Subject":
    """The school as its devices show it now, with nothing that is about to change it."""
    from matric import onboarding  # noqa: PLC0415 - loaded on use

    slug = wanted.school.slug
    nornir = context.nornir(slug)
    with context.progress(f"looking at {len(nornir.inventory.hosts)} devices of {slug}"):
        seen = onboarding.looked(context.site, nornir)
    return onboarding.subject(wanted, now=onboarding.clock_of(context.lab).now(), seen=seen, steps=())


def _light(
    results: "tuple[Result, ...]", waivers: "Iterable[Waiver]", today: "date", school: str
) -> frozenset[tuple[str, str]]:
    """What the gate would let pass, by rule and object: what is waived, and what is only reported."""
    from matric import gate  # noqa: PLC0415 - loaded on use

    judged = gate.verdict(results, waivers, today, school=school)
    heavy = {(one.rule, one.object) for one in (judged.reasons if isinstance(judged, gate.Blocked) else ())}
    return frozenset({(result.rule, one.object) for result in results for one in result.findings} - heavy)


def _heavy(result: "Result", light: "Collection[tuple[str, str]]") -> "tuple[Finding, ...]":
    return tuple(one for one in result.findings if (result.rule, one.object) not in light)


def _fails(result: "Result", light: "Collection[tuple[str, str]]", *, live: bool) -> bool:
    """True where the rule found something; where the devices were asked, also where it could not be decided."""
    return bool(_heavy(result, light) or (live and result.missing and result.severity != "info"))


def _answered(result: "Result") -> bool:
    """An answer decides it: 'matric attest' asks for it."""
    return any("'matric attest " in one for one in result.missing)


def _undecided(result: "Result") -> tuple[str, ...]:
    """What is missing that no plan brings, each with its remedy: a person has to give it or do something first."""
    from matric.gate import GIVEN  # noqa: PLC0415 - loaded on use

    said = ((one, one.partition(": ")[2]) for one in result.missing)
    return tuple(
        one if ". Do: " in what else f"{one}. Do: set it"
        for one, what in said
        if what.startswith(GIVEN) or ". Do: " in what
    )


def _show_check(
    console: "Console",
    found: "dict[str, tuple[Result, ...]]",
    unanswered: dict[str, frozenset[str]],
    warnings: list[Any],
    light: dict[str, frozenset[tuple[str, str]]],
    passing: dict[str, frozenset[tuple[str, str]]],
    *,
    live: bool = False,
) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for problem in warnings:
        console.print(f"[yellow]warning[/] {escape(str(problem))}")
    for name, results in found.items():
        failed = [result for result in results if _heavy(result, light[name])]
        unread = [result for result in results if not result.findings and result.missing]
        passed = len(results) - sum(bool(result.findings) for result in results) - len(unread)
        questions = {one.rule for one in unread if one.rule in unanswered[name] or _answered(one)}
        asked = len(questions)
        early = [] if live else [one for one in unread if _undecided(one) and one.rule not in questions]
        colour = "red" if any(_fails(result, light[name], live=live) for result in results) else "green"
        console.print(
            f"[bold]{name}[/]: [{colour}]{_failing(len(failed))}[/], {passed} pass or do not apply, "
            f"{len(unread) - asked - len(early)} "
            + ("could not be decided" if live else f"need the devices (matric plan {name})")
            + (f", {len(early)} cannot be decided yet" if early else "")
            + (f", {asked} need an answer (matric attest {name}{' --after' if live else ''})" if asked else "")
            + (f"; {_passed(len(passing[name]))}" if passing[name] else "")
        )
        for result in unread if live else ():
            if result.rule not in questions:
                for missing in result.missing:
                    console.print(f"  [yellow]{result.rule}[/] could not be decided: {escape(missing)}", soft_wrap=True)
        for missing in sorted({one for result in early for one in _undecided(result)}):
            rules = ", ".join(result.rule for result in early if missing in _undecided(result))
            console.print(f"  [yellow]{rules}[/] cannot be decided: {escape(missing)}", soft_wrap=True)
        for result in failed:
            for finding in _heavy(result, light[name]):
                console.print(
                    f"  [red]{result.rule}[/] {escape(finding.object)}: {escape(finding.message)}. "
                    f"[bold]Do:[/] {escape(finding.remedy)}"
                    + (" (leaves the gate open)" if (result.rule, finding.object) in passing[name] else "")
                )


def _passed(count: int) -> str:
    are = "waits under a waiver or is" if count == 1 else "wait under a waiver or are"
    return f"{count} found that {are} only reported"


def _failing(count: int) -> str:
    return "1 rule fails" if count == 1 else f"{count} rules fail"


def print_diff(console: "Console", text: str) -> None:
    """*text*, a unified view, in the colours people know."""
    from rich.text import Text  # noqa: PLC0415 - only for people

    for line in text.splitlines():
        head = line.startswith(("---", "+++"))
        style = "bold" if head else "green" if line[:1] == "+" else "red" if line[:1] == "-" else "dim"
        console.print(Text(f"    {line}", style=style), soft_wrap=True)


@click.command()
@click.argument("school", required=False)
@click.option("--verify", is_flag=True, help="Prove that the journal and its backups are as they were written.")
@pass_context
def status(context: Context, school: str | None, *, verify: bool) -> None:
    """Show runs, who holds a school, what is unfinished, and which reviewed plans wait."""
    from matric.change import proposal  # noqa: PLC0415 - loaded on use

    if verify:
        _refuse_edited(context.journal)
    runs = context.journal.runs(school)
    if school and not runs:
        context.site.school(school)
    unfinished = [run for run in runs if run.ended is None]
    waiting = proposal.of(context.journal.shelf(proposal.KIND), school=school, states=("open", "merged"))

    def show(console: "Console") -> None:
        if not runs:
            console.print("no run yet")
        if verify:
            console.print(f"[green]{context.journal.where}: every event and backup is as it was written[/]")
        for run in runs[-20:]:
            how = (run.outcome or {}).get("word", "ended") if run.ended else "unfinished"
            console.print(f"{run.id}  {run.school}  {run.kind}  began {run.began}  [bold]{how}[/]")
        for run in unfinished:
            holder = context.journal.holder(run.school)
            if holder is not None and not holder.gone(context.journal.clock.now()):
                who = f"{holder.process.host} pid {holder.process.pid}"
                console.print(f"[yellow]{run.school} is held[/] by {who} since {holder.since}")
            else:
                console.print(f"[yellow]{run.school}: whoever ran it is gone. Do:[/] matric recover {run.school}")
        for one in waiting:
            how = "under review" if one.state == "open" else "merged, to be deployed"
            console.print(
                f"{one.plan.digest[7:19]}  {one.school}  {one.change}  made {one.plan.made_at}  [bold]{how}[/]"
            )

    plans = [
        {"change": one.change, "school": one.school, "state": one.state, "plan": one.plan.digest} for one in waiting
    ]
    context.emit({"runs": [run_as_json(run) for run in runs], "waiting": plans}, show)


def _refuse_edited(journal: "Journal") -> None:
    wrong = journal.verify()
    if wrong:
        raise JournalError(
            "\n  ".join((f"{journal.where}: the journal is not as it was written:", *wrong))
            + "\nDo: find out who wrote in it, and restore the state from a backup"
        )


def run_as_json(run: Any) -> dict[str, Any]:
    """A run of the journal as plain JSON."""
    return {
        "id": run.id, "school": run.school, "kind": run.kind, "of": run.of or None, "plan": run.plan_digest,
        "began": run.began, "ended": run.ended, "outcome": run.outcome,
    }  # fmt: skip
