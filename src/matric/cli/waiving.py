"""Exceptions from the rules: write them for what is found today, and say what is owed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.planning import PLAN_FILE
from matric.config import natural
from matric.errors import UsageError

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.console import Console

    from matric.gate import Reason, Verdict
    from matric.policy.waiver import Waiver
    from matric.policy.waiving import Debt

__all__ = ("waive", "waivers")


@click.command()
@click.argument("plan_file", type=PLAN_FILE)
@click.option("--rule", required=True, help="The rule, as SEG-08.")
@click.option(
    "--object",
    "objects",
    multiple=True,
    help="Only this object, as the finding names it (may be given more than once).",
)
@click.option("--owner", required=True, help="Who sees to it that it is mended.")
@click.option("--approver", required=True, help="Who agreed to it; never its owner.")
@click.option("--reason", required=True, help="Why it cannot be mended now.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day it holds, YYYY-MM-DD.")
@click.option(
    "--ends-when",
    default="",
    help="What ends it sooner, as: the new firewall is in. A rule of safeguarding (SAF-*) needs it.",
)
@pass_context
def waive(
    context: Context,
    plan_file: Path,
    rule: str,
    owner: str,
    approver: str,
    reason: str,
    until: "datetime",
    objects: tuple[str, ...] = (),
    ends_when: str = "",
) -> None:
    """Waive what breaks a rule in the plan now: one waiver for each object, written into policies/waivers.yaml.

    What is found later is not waived. A waiver of the same rule and object is replaced, so this also renews one.
    """
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric import plan as plans  # noqa: PLC0415 - ditto
    from matric.policy.waiver import Waiver  # noqa: PLC0415 - ditto
    from matric.policy.waiving import written  # noqa: PLC0415 - ditto

    made = plans.load(plan_file)
    now = onboarding.clock_of(context.at(made.school).lab).now()
    found = _found(onboarding.verdict(context.site, made, now), rule, objects, plan_file)
    new = [
        Waiver(
            one.rule,
            one.object,
            owner.strip(),
            reason.strip(),
            until.date(),
            approver=approver.strip(),
            ends_when=ends_when.strip(),
        )
        for one in found
    ]
    _refuse_faulty(new, {one.id: one.severity for one in context.site.rules}, now.date())
    path = context.site.policies / "waivers.yaml"
    text = path.read_text(encoding="utf-8-sig")
    _replaced(path, written(text, new))

    def show(console: "Console") -> None:
        for one in new:
            console.print(f"[yellow]waived[/] {one.rule} {one.object} until {one.expiry}", soft_wrap=True)
        console.print(f"{len(new)} written into {path}. Do: have it reviewed like any change", soft_wrap=True)

    context.emit({"file": str(path), "waived": [_as_json(one) for one in new]}, show)


def _found(verdict: "Verdict", rule: str, objects: tuple[str, ...], plan_file: Path) -> "tuple[Reason, ...]":
    """What breaks the rule and is not waived; where objects are named those, even if a waiver is to be renewed."""
    from matric.gate import Allowed, Blocked  # noqa: PLC0415 - loaded on use

    broken = {one.object: one for one in verdict.reasons if one.rule == rule} if isinstance(verdict, Blocked) else {}
    known = {**broken, **{one.object: one for one in verdict.waived if one.rule == rule}}
    if strangers := [name for name in objects if name not in known]:
        raise UsageError(
            f"{rule} does not find {', '.join(strangers)} in {plan_file}. "
            f"Do: {'name one of ' + ', '.join(sorted(known)) if known else 'leave it: nothing breaks the rule'}"
        )
    wanted = {name: known[name] for name in objects} if objects else broken
    unread = () if isinstance(verdict, Allowed) else tuple(one for one in verdict.missing if one.rule == rule)
    if not wanted and unread:
        raise UsageError(
            f"{rule} {unread[0].object}: {unread[0].message}; what is not known cannot be waived. "
            f"Do: {unread[0].remedy}"
        )
    if not wanted:
        raise UsageError(f"nothing that is not waived breaks {rule} in {plan_file}. Do: see 'matric gate {plan_file}'")
    return tuple(wanted[name] for name in sorted(wanted, key=natural))


def _refuse_faulty(new: "list[Waiver]", rules: dict[str, str], today: "date") -> None:
    """A waiver that the gate would refuse is not written."""
    from matric.policy.waiver import faults  # noqa: PLC0415 - loaded on use

    for one in new:
        blank = next((name for name in ("owner", "approver", "reason") if not getattr(one, name)), "")
        if blank:
            raise UsageError(f"--{blank} is empty. Do: say it")
        for fault, remedy in faults(one, rules, today):
            raise UsageError(f"{one}: {fault}. Do: {remedy}")


def _replaced(path: Path, text: str) -> None:
    """*path* holds *text*, or what it held before: never half of it."""
    beside = path.with_suffix(".yaml.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


@click.command()
@click.argument("school", required=False)
@pass_context
def waivers(context: Context, school: str | None) -> None:
    """Say what is waived at SCHOOL, or at each school: by rule, until when, and what is left after each day.

    What has expired comes first: it closes the gate.
    """
    from matric import onboarding  # noqa: PLC0415 - loaded on use
    from matric.policy.waiving import debts  # noqa: PLC0415 - ditto

    today = onboarding.clock_of(context.any_lab).now().date()
    if school:
        context.site.school(school)
    rules = {rule.id: rule.severity for rule in context.site.rules}
    found = tuple(one for one in debts(context.site.waivers, rules, today) if school in (None, one.school))
    context.emit(
        {"today": today.isoformat(), "schools": {one.school: _debt_as_json(one) for one in found}},
        lambda console: _show(console, found, school, today),
    )


def _show(console: "Console", found: "tuple[Debt, ...]", school: str | None, today: "date") -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    if not found:
        console.print(f"[green]nothing is waived[/]{f' at {school}' if school else ''}")
    for one in found:
        rules = ", ".join(f"{rule} {count}" for rule, count in one.by_rule.items())
        console.print(f"[bold]{one.school or 'of no school'}[/]: {len(one.broken) + len(one.held)} waived ({rules})")
        for waiver, why in one.broken:
            console.print(f"  [red]{escape(why)}[/]  {_line(waiver)}", soft_wrap=True)
        for waiver in one.held:
            left = (waiver.expiry - today).days
            console.print(f"  until {waiver.expiry} ({left} d)  {_line(waiver)}", soft_wrap=True)
        for day, ending, left in one.burn_down:
            console.print(f"  [dim]{day}: {ending} end, {left} left[/]")


def _line(waiver: "Waiver") -> str:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    from matric.secret import redact  # noqa: PLC0415 - ditto

    who = f"{waiver.owner}, agreed to by {waiver.approver}" if waiver.approver else waiver.owner
    ends = f"; ends when {waiver.ends_when}" if waiver.ends_when else ""
    return escape(redact(f"{waiver.rule} {waiver.object}: {waiver.reason} ({who}{ends})"))


def _debt_as_json(one: "Debt") -> dict[str, Any]:
    return {
        "waivers": len(one.broken) + len(one.held),
        "by_rule": one.by_rule,
        "broken": [{**_as_json(waiver), "why": why} for waiver, why in one.broken],
        "held": [_as_json(waiver) for waiver in one.held],
        "burn_down": [{"day": day.isoformat(), "end": ending, "left": left} for day, ending, left in one.burn_down],
    }


def _as_json(one: "Waiver") -> dict[str, Any]:
    from matric.secret import redact  # noqa: PLC0415 - loaded on use

    return {
        "rule": one.rule, "object": one.object, "owner": one.owner, "approver": one.approver,
        "reason": redact(one.reason), "until": one.expiry.isoformat(), "ends_when": one.ends_when,
    }  # fmt: skip
