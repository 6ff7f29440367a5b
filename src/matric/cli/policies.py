"""The rules a school lives under: the whole map, one rule in full, a new one, and a trust's own against its cases."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, MatricError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.policy import Policy, Severity
    from matric.policy.overview import Row
    from matric.policy.stage import Stage
    from matric.policy.trial import Tried
    from matric.site import Site

__all__ = ("policy",)

SEVERITIES = click.Choice(["blocker", "warning", "info"])


@click.group()
def policy() -> None:
    """The rules a school lives under."""


@policy.command("list")
@click.option("--source", default="", help="Only what cites a text with this in it, e.g. DfE or 'access control'.")
@click.option("--area", default="", help="Only ids that begin so, e.g. MGT.")
@click.option("--severity", type=SEVERITIES, help="Only what weighs this much.")
@pass_context
def list_(context: Context, source: str = "", area: str = "", severity: "Severity | None" = None) -> None:
    """List every control, and the trust's own rules: what decides each, how much it weighs, where it comes from."""
    from matric.policy import overview  # noqa: PLC0415 - loaded on use

    every = overview.rows(context.site.rules)
    found = overview.matching(every, source=source, area=area, severity=severity)
    if not found:
        areas = ", ".join(dict.fromkeys(row.id.partition("-")[0] for row in every))
        raise UsageError(f"nothing is listed under that. Do: try without an option; areas are {areas}")

    def show(console: "Console") -> None:
        from rich.markup import escape  # noqa: PLC0415 - only for people
        from rich.table import Table  # noqa: PLC0415 - ditto

        for name in dict.fromkeys(row.area for row in found):
            table = Table(box=None, header_style="bold", title=name, title_justify="left", title_style="bold")
            for heading in ("id", "severity", "applies", "says", "decided by", "source"):
                table.add_column(heading)
            for row in (row for row in found if row.area == name):
                decided = ", ".join(row.decided) or f"[yellow]nothing yet:[/] {escape(row.not_yet)}"
                table.add_row(row.id, row.severity, row.control.applies, row.title, decided, f"[dim]{_first(row)}[/]")
            console.print(table)
        undecided = sum(not row.decided for row in found)
        console.print(f"{len(found)} listed" + (f", {undecided} decided by nothing yet" if undecided else ""))

    context.emit([row.as_json for row in found], show)


def _first(row: "Row") -> str:
    more = f" and {len(row.sources) - 1} more" if len(row.sources) > 1 else ""
    return f"{row.sources[0]}{more}" if row.sources else ""


@policy.command("show")
@click.argument("name", metavar="ID")
@pass_context
def show_(context: Context, name: str) -> None:
    """Show one control or rule: what must hold, its sources, what decides it and when, what it tells people, its cases.

    When it decides is seen, not claimed: it judges healthy schools of the trust from which data is withheld.
    """
    from matric.policy import overview, remedy  # noqa: PLC0415 - loaded on use

    found = next((row for row in overview.rows(context.site.rules) if row.id == name.upper()), None)
    if found is None:
        raise UsageError(f"there is no control or rule {name}. Do: see 'matric policy list'")
    control = found.control
    told = remedy.remedies(found.rule) if found.rule else ()
    stages = _stages(context.site, found.rule) if found.rule else ()
    held = _cases(context.site, found.id)
    question = control.question
    body = {
        **found.as_json,
        "cited": [
            {"document": one.document, "section": one.section, "url": one.url, "confidence": one.confidence}
            for one in control.cited
        ],
        "ask": question.ask if question else None,
        "decides_at": stages,
        "remedies": told,
        "cases": held,
    }
    context.emit(body, lambda console: _show(console, found, stages, told, held))


FEW = 3
"""Schools that are judged to see when a rule can say something."""


def _stages(site: "Site", rule: "Policy") -> "tuple[Stage, ...] | None":
    """When *rule* decides, as seen at the trust's first schools; None where their data does not allow that."""
    from matric.intent import build  # noqa: PLC0415 - loaded on use
    from matric.policy import stage  # noqa: PLC0415 - ditto
    from matric.policy.healthy import Healthy  # noqa: PLC0415 - ditto

    healthy = Healthy(site)
    try:
        schools = build.schools(site.snapshot.records, site.standard)
        known = [one for one in schools if one.configured][:FEW]
        return stage.decides(rule, [healthy.of(one, site.snapshot.records) for one in known])
    except MatricError:
        return None


def _show(
    console: "Console", found: "Row", stages: "tuple[Stage, ...] | None", told: tuple[str, ...], held: list[str]
) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    def say(line: str) -> None:
        console.print(line, soft_wrap=True)

    control = found.control
    say(f"[bold]{found.id}[/] {escape(found.title)}")
    say(f"{found.severity}, applies {control.applies}; {found.area}")
    if control.requirement:
        say(f"\n{escape(control.requirement)}")
    say("\n[bold]decided by[/]")
    for line in found.decided or (f"nothing yet: {found.not_yet}",):
        say(f"  {escape(line)}")
    if control.question:
        say(f"  [dim]{escape(control.question.ask)} ({control.question.valid_days} days)[/]")
    for line in _when(found, stages):
        say(line)
    say("[bold]sources[/]")
    cited = [
        f"  {escape(str(source))} [dim]({source.confidence})[/] {escape(source.url)}".rstrip()
        for source in control.cited
    ]
    for line in (*cited, *(f"  {escape(own)}" for own in found.sources[len(cited) :])):
        say(line)
    if told:
        say("[bold]tells people to[/]")
        for line in told:
            say(f"  {escape(line)}")
    say("[bold]cases[/]")
    for line in held or ["none here; matric's own tests prove the rules it ships" if found.rule else "none"]:
        say(f"  {escape(line)}")


def _when(found: "Row", stages: "tuple[Stage, ...] | None") -> Iterator[str]:
    """When the rule of *found* decides, in lines; none where it has none."""
    from matric.policy.stage import SAYS  # noqa: PLC0415 - loaded on use

    if found.rule is None:
        return
    yield "[bold]decides at[/]"
    yield from (f"  {one} [dim]{SAYS[one]}[/]" for one in stages or ())
    if not stages:
        yield "  not known: see 'matric check'" if stages is None else "  no stage: it says nothing of any school"


def _cases(site: "Site", name: str) -> list[str]:
    """The folders of the rule's cases, the trust's and, in matric's own repository, matric's."""
    from matric.policy.case import CASES  # noqa: PLC0415 - loaded on use

    places = (site.policies / CASES / name, site.root / "tests" / "cases" / "policies" / name)
    return [
        path.parent.relative_to(site.root).as_posix() for place in places for path in sorted(place.glob("*/case.yaml"))
    ]


@policy.command()
@click.argument("name", metavar="ID")
@click.option("--title", default="", help="What holds, in one sentence without full stop.")
@click.option("--severity", type=SEVERITIES, help="How much a finding weighs (default: warning, or the control's own).")
@click.option("--topic", default="", help="Name of the new file in policies/ (default: after the id).")
@pass_context
def new(context: Context, name: str, title: str = "", severity: "Severity | None" = None, topic: str = "") -> None:
    """Write a new rule to begin with: a file in policies/ that runs, a case where it fires and one where it does not.

    No file that is there is changed. An id of matric's catalogue brings its title, severity and sources along.
    """
    from matric.policy import skeleton  # noqa: PLC0415 - loaded on use
    from matric.policy.case import CASES  # noqa: PLC0415 - ditto

    site = context.site
    stem = topic.removesuffix(".py") or skeleton.topic_of(name)
    skeleton.topic_of(name)
    if not stem.isidentifier() or stem.startswith("_"):
        raise UsageError(f"{stem} is no name for a file of rules. Do: use letters, digits and _, a letter first")
    for rule in site.rules:
        if rule.id == name:
            raise UsageError(f"{name} is a rule already: {rule.where}. Do: change it there, or choose another id")
    place = site.policies / CASES / name
    shown = place.relative_to(site.root).as_posix()
    files = {site.policies / f"{stem}.py": skeleton.rule_text(name, title=title, severity=severity, cases=shown)}
    files |= {place / case / "case.yaml": text for case, text in skeleton.case_texts(_device(site)).items()}
    for path in files:
        if path.exists():
            raise UsageError(f"{path} is there already. Do: name another --topic, or delete it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    written = [path.relative_to(site.root).as_posix() for path in files]

    def show(console: "Console") -> None:
        for path in written:
            console.print(f"[green]written[/] {path}", soft_wrap=True)
        console.print(f"Do: matric policy test {name}")

    context.emit({"written": written}, show)


def _device(site: "Site") -> Any:
    """Some device that matric configures: the example is about it."""
    from matric.intent import build  # noqa: PLC0415 - loaded on use

    for school in build.schools(site.snapshot.records, site.standard):
        for device in school.configured:
            return device
    raise UsageError("no school has a device that matric configures yet. Do: pull the snapshot first")


@policy.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@pass_context
def test(context: Context, names: tuple[str, ...]) -> int:
    """Run the trust's rules against its cases in policies/cases. Exits 1 where one fails, or a rule lacks a case.

    A rule that the trust wrote, or changed, needs a case where it fires and one where it is silent. Those that ship
    with matric are proven by its own tests. No device is contacted.
    """
    from matric.policy import shipped, trial  # noqa: PLC0415 - loaded on use
    from matric.policy.healthy import Healthy  # noqa: PLC0415 - ditto

    rules = context.site.rules
    strangers = sorted(set(names) - {rule.id for rule in rules})
    if strangers:
        raise UsageError(f"there is no rule {', '.join(strangers)}. Do: see 'matric policy list'")
    own = [rule for rule in shipped.own(rules, context.site.root) if not names or rule.id in names]
    with context.progress("testing") as say:
        found: list[Tried] = []
        for one in trial.tried(Healthy(context.site), rules, names):
            say(f"{one.rule} {one.case}")
            found.append(one)
    lacks = trial.lacking(found, own)
    bad = [one for one in found if one.wrong]
    context.emit(
        {
            "cases": [
                {"rule": one.rule, "case": one.case, "passed": not one.wrong, "wrong": one.wrong} for one in found
            ],
            "lacking": [{"rule": rule, "kind": kind} for rule, kind in lacks],
        },
        lambda console: _report(console, found, lacks, context.site),
    )
    return ExitCode.ERROR if bad or lacks else ExitCode.DONE


def _report(console: "Console", found: "list[Tried]", lacks: tuple[tuple[str, str], ...], site: "Site") -> None:
    for line in _lines(found, lacks, site.root):
        console.print(line, soft_wrap=True)


def _lines(found: "list[Tried]", lacks: tuple[tuple[str, str], ...], root: Path) -> Iterator[str]:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for one in found:
        yield f"{'[red]wrong[/] ' if one.wrong else '[green]as said[/]'} {one.rule} {escape(one.case)}"
        for line in one.wrong:
            yield f"    {escape(line)}"
        if one.wrong:
            yield f"    [dim]{escape(one.path.relative_to(root).as_posix())}[/]"
    for rule, kind in lacks:
        yield f"[red]lacking[/] {rule} has no case whose name begins with {kind}-"
    bad = sum(bool(one.wrong) for one in found)
    if not found and not lacks:
        yield "no rule of the trust's own, and no case: matric's own tests prove the rules it ships"
    else:
        yield f"{len(found)} {'case' if len(found) == 1 else 'cases'}, {bad} wrong, {len(lacks)} lacking"
