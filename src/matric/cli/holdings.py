"""What a whole trust holds: the page of its estate."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.console import Console

    from matric.survey.holdings import Holdings, SchoolHeld, Told

__all__ = ("estate",)


@click.command()
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write it as one page.")
@click.option("--without-rules", is_flag=True, help="Ask no rule: faster, and no findings are counted.")
@pass_context
def estate(context: Context, html: Path | None = None, *, without_rules: bool = False) -> None:
    """Say what the trust's schools hold: makes, models, support, what is spare, what each keeps its own way.

    Schools that are joining stand in it as their survey found them. No device is asked.
    """
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric import survey as surveys  # noqa: PLC0415 - ditto
    from matric.intent import build  # noqa: PLC0415 - ditto
    from matric.policy import agreement  # noqa: PLC0415 - ditto
    from matric.survey.holdings import holdings  # noqa: PLC0415 - ditto
    from matric.survey.readiness import gathered, judge  # noqa: PLC0415 - ditto
    from matric.survey.support import support  # noqa: PLC0415 - ditto

    site = context.site
    now = onboarding.clock_of(context.any_lab).now()
    records = site.snapshot.records
    schools = build.schools(records, site.standard)
    seen = {slug: surveys.load(site.inventory, slug) for slug in surveys.kept(site.inventory)}
    made_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    joining = () if without_rules else sorted(seen.keys() - {school.slug for school in schools})
    held = holdings(
        site.standard,
        schools,
        seen,
        {} if without_rules else _told(context, now),
        agreement.load(site.inventory).agreements,
        support(site.inventory, records),
        made_at,
        {row.model: row.manufacturer for row in records.device_types},
        {slug: judge(gathered.known(site, slug, now.date()), made_at) for slug in joining},
    )
    if html is not None:
        from matric.report import holdings_page  # noqa: PLC0415 - loaded on use

        try:
            html.write_text(holdings_page.page(held), encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{html} cannot be written ({error.strerror}). Do: name another file") from error
    context.emit(held.model_dump(mode="json"), lambda console: _show(console, held, html))


def _told(context: Context, now: "datetime") -> "dict[str, Told]":
    """What the rules say of each school, and what of it is waived."""
    from matric import fleet, intake, onboarding, policy  # noqa: PLC0415 - loaded on use
    from matric.policy.waiver import school_of  # noqa: PLC0415 - ditto
    from matric.survey.holdings import Told  # noqa: PLC0415 - ditto

    site = context.site
    found: dict[str, Told] = {}
    with context.progress("asking the rules of every school"):
        taken = intake.take(site, (), fleet.vault_in(context.any_lab), now.date()).accepted()
        for slug, wanted in taken.schools.items():
            results = policy.check(site.rules, onboarding.subject(wanted, now=now))
            waived = _waived(context, slug, now.date())
            objects = tuple(one.object for result in results for one in result.findings)
            failing = sum((result.rule, one.object) not in waived for result in results for one in result.findings)
            undecided = sum(bool(result.missing) for result in results)
            held = sum(school_of(waiver) == slug for waiver in site.waivers)
            found[slug] = Told(failing=failing, undecided=undecided, waivers=held, objects=objects)
    return found


def _waived(context: Context, slug: str, today: "date") -> set[tuple[str, str]]:
    from matric.policy.waiver import school_of  # noqa: PLC0415 - loaded on use

    return {
        (waiver.rule, waiver.object)
        for waiver in context.site.waivers
        if school_of(waiver) == slug and waiver.expiry >= today
    }


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _gap(one: "SchoolHeld") -> str:
    """How far a school is from the standard: findings, or of a joining one the gaps of its readiness report."""
    if one.failing is not None:
        return _many(one.failing, "finding")
    return "not asked" if one.gaps is None else _many(one.gaps, "gap")


def _planned(measured: bool) -> str:  # noqa: FBT001 - a word of a table
    """The mark of a figure that nobody measured."""
    return "" if measured else " (by plan)"


def _show(console: "Console", held: "Holdings", html: Path | None) -> None:
    from rich.table import Table  # noqa: PLC0415 - only for people

    console.print(f"[bold]{held.trust}[/]", highlight=False)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("school", "devices", "makers", "spare ports", "PoE", "standard", "waivers", "agreed", "support"):
        table.add_column(heading)
    for one in held.schools:
        power = spare = "not seen"
        if one.poe_used_w is not None:
            power = f"{one.poe_used_w:.0f} of {one.poe_budget_w:.0f} W{_planned(one.poe_measured)}"
        if one.spare_ports is not None:
            spare = f"{one.spare_ports} of {one.ports}{_planned(one.ports_measured)}"
        support = f"{one.past_support} past, {one.soon_past_support} soon, {one.support_unknown} not known"
        table.add_row(
            f"{one.school}{' (joining)' if one.joining else ''}", str(one.devices), ", ".join(one.makers),
            spare, power, _gap(one), str(one.waivers), str(one.agreements), support,
        )  # fmt: skip
    console.print(table)
    for role in held.roles:
        devices, models = _many(role.count, "device"), _many(role.models, "model")
        others = f"; {role.others} of another kind, {role.ending} of them due within two years anyway"
        console.print(
            f"{role.role}: {devices} of {models} by {_many(role.makers, 'maker')}, most of them {role.commonest}"
            f"{others if role.others else ''}",
            highlight=False,
        )
    for way in held.ways:
        console.print(f"own way: {way.what} at {', '.join(way.schools)}: {way.pilot}", highlight=False)
    for line in held.not_seen:
        console.print(f"[yellow]not seen[/] {line}", highlight=False)
    if html is not None:
        console.print(f"written {html}", markup=False, soft_wrap=True)
