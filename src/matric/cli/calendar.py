"""The calendar: what it comes to for one school, and days taken over from iCalendar files. No device is contacted."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.calendar_file import Kind
    from matric.term import Days
    from matric.window import Calendar

__all__ = ("calendar",)


@click.group()
def calendar() -> None:
    """When a school may be changed: inventory/calendar.yaml."""


def _known(context: Context, school: str) -> None:
    schools = context.site.standard.addresses.schools
    if school not in schools:
        raise UsageError(f"{school} is no school of the trust. Do: name one of {', '.join(sorted(schools))}")


# ---- show ----


@calendar.command()
@click.argument("school")
@click.option("--days", type=click.IntRange(1, 400), default=60, show_default=True, help="How far to look ahead.")
@click.option(
    "--minutes",
    type=click.IntRange(1, 24 * 60),
    default=60,
    show_default=True,
    help="How long a change lasts at worst.",
)
@pass_context
def show(context: Context, school: str, days: int, minutes: int) -> None:
    """Show when SCHOOL may be changed in the coming days, its terms and freezes, and when a change next fits."""
    from matric import onboarding  # noqa: PLC0415 - loaded on use

    _known(context, school)
    held = context.site.calendar
    now = onboarding.clock_of(context.at(school).lab if context.lab else None).now()
    today = now.astimezone(held.zone).date()
    last = today + timedelta(days=days - 1)
    openings = [one for ahead in range(days) for one in held.openings(school, today + timedelta(days=ahead))]
    fit = held.next_fit(school, now, minutes * 60)
    value: dict[str, Any] = {
        "school": school,
        "now": now.isoformat(),
        "time_zone": held.time_zone,
        "until": last.isoformat(),
        "openings": [
            {
                "start": one.start.astimezone(held.zone).isoformat(),
                "end": one.end.astimezone(held.zone).isoformat(),
                "frozen": list(held.frozen(school, one.start, one.end)),
            }
            for one in openings
        ],
        "in_term": held.year(school).in_term(today),
        **{
            name: [
                _as_json(one) for one in found if one.concerns(school) and _touches(one, today.isoformat(), str(last))
            ]
            for name, found in _lists(held).items()
        },
        "school_day": [one.model_dump(mode="json") for one in held.school_day if one.concerns(school)],
        "minutes": minutes,
        "next_fit": [moment.astimezone(held.zone).isoformat() for moment in fit] if fit else None,
    }
    context.emit(value, lambda console: _show(console, value))


def _lists(held: "Calendar") -> dict[str, "tuple[Days, ...]"]:
    return {"freezes": held.freezes, "terms": held.terms, "closed": held.closed}


def _touches(one: "Days", first: str, last: str) -> bool:
    return one.first <= last and first <= one.last


def _as_json(one: "Days") -> dict[str, Any]:
    return one.model_dump(mode="json")


def _show(console: "Console", value: dict[str, Any]) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    term = {True: "a day of term", False: "no day of term", None: "nobody says whether it is term"}[value["in_term"]]
    console.print(f"[bold]{value['school']}[/], {value['now'][:10]}: {term} [dim]({value['time_zone']})[/]")
    for one in value["school_day"]:
        console.print(f"  school day {', '.join(one['days'])} {one['start']} to {one['end']}")
    for name in ("terms", "closed", "freezes"):
        for one in value[name]:
            console.print(f"  {name:10} {one['first']} to {one['last']}  {escape(one['name'])}", soft_wrap=True)
    console.print(f"[bold]open until {value['until']}[/]")
    for one in value["openings"]:
        colour, frozen = ("red", f"  {'; '.join(one['frozen'])}") if one["frozen"] else ("green", "")
        console.print(
            f"  [{colour}]{one['start'][:16].replace('T', ' ')} to {one['end'][11:16]}[/]{escape(frozen)}",
            soft_wrap=True,
        )
    if value["next_fit"]:
        start = value["next_fit"][0][:16].replace("T", " ")
        console.print(f"a change of {value['minutes']} minutes, rollback included, next fits at [bold]{start}[/]")
    else:
        console.print(f"a change of {value['minutes']} minutes fits nowhere. Do: add a window to calendar.yaml")


# ---- import ----


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--school", required=True, metavar="SLUG|all", help="The school the days are of, or all.")
@click.option(
    "--as",
    "kind",
    required=True,
    type=click.Choice(["freeze", "term", "closed"]),
    help="freeze: nothing is changed; term: pupils are in; closed: they are not, though it is term.",
)
@click.option("--match", default="", metavar="TEXT", help="Only events with TEXT in their names.")
@click.option("--write", is_flag=True, help="Add them to calendar.yaml; without it they are only shown.")
@pass_context
def import_(context: Context, file: Path, school: str, kind: str, match: str, *, write: bool) -> None:
    """Show what the days in FILE, an iCalendar file, would add to calendar.yaml; with --write, add it.

    Series are followed 400 days from today, and a time of day counts as its whole day. What calendar.yaml holds by that
    name is not added again; comments stay. Needs the extra matric[calendar].
    """
    from matric import calendar_file, ics, onboarding, window  # noqa: PLC0415 - loaded on use

    if school != "all":
        _known(context, school)
    of = cast("Kind", kind)
    held = context.site.calendar
    today = onboarding.clock_of(context.any_lab).now().astimezone(held.zone).date()
    found = ics.read(file.read_bytes(), file.name, held.zone, (today, today + window.HORIZON), match)
    schools: tuple[str, ...] | Literal["all"] = "all" if school == "all" else (school,)
    days = [
        calendar_file.OF[of](name=one.name, first=str(one.first), last=str(one.last), schools=schools)
        for one in found.entries
    ]
    new = calendar_file.missing(held, of, days)
    path = context.site.inventory / "calendar.yaml"
    text = path.read_bytes().decode("utf-8-sig")
    after = calendar_file.added(text, of, new, path.name) if new else text
    if write and new:
        calendar_file.write(path, after)
    value: dict[str, Any] = {
        "file": str(file),
        "as": kind,
        "school": school,
        "added": [_as_json(one) for one in new],
        "held": len(days) - len(new),
        "other_names": found.others,
        "over": found.over,
        "cancelled": found.cancelled,
        "written": write and bool(new),
    }
    context.emit(value, lambda console: _show_import(console, value, calendar_file.LISTS[of], _lines(text, after)))


def _lines(before: str, after: str) -> Iterable[str]:
    """The lines of *after* that *before* has not, with the rest of the comparison left out."""
    import difflib  # noqa: PLC0415 - only for people

    told = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in told if line[:1] in "+-" and not line.startswith(("+++", "---"))]


def _show_import(console: "Console", value: dict[str, Any], name: str, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    left = {
        "held already": value["held"],
        "of other names": value["other_names"],
        "over, or too far ahead": value["over"],
        "cancelled": value["cancelled"],
    }
    rest = "".join(f", {count} {what}" for what, count in left.items() if count)
    added = len(value["added"])
    done = "added to" if value["written"] else "would be added to"
    console.print(f"{added} {done} {name} of calendar.yaml{rest}")
    if added and not value["written"]:
        console.print("[dim]nothing was written. Do: the same with --write[/]")
