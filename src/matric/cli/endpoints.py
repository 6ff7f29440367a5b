"""What hangs on each port of a joining school, what becomes of it, and whether it has come back."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli import endpoints_told
from matric.cli.context import Context, pass_context
from matric.errors import BadInput, ExitCode, UsageError

if TYPE_CHECKING:
    from matric.intent.school import School
    from matric.survey.endpoint.after import Returned
    from matric.survey.endpoint.model import Fated
    from matric.survey.model import Survey

__all__ = ("endpoints",)

_SURVEY = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("school")
@click.argument("named", nargs=-1, metavar="[ENDPOINT]...")
@click.option("--critical", is_flag=True, help="Only what people depend on.")
@click.option("--acknowledge", is_flag=True, help="Write down that what will happen to each ENDPOINT is provided for.")
@click.option("--by", default="", help="Who acknowledges it: name and role.")
@click.option("--owner", default="", help="Who answers for each ENDPOINT in the school.")
@click.option("--kind", default="", help="What each ENDPOINT is, by somebody who knows: door, fire, till, ...")
@click.option("--room", default="", help="Where each ENDPOINT is.")
@click.option("--to", default="", metavar="'DEVICE PORT'", help="Where ENDPOINT will be plugged in.")
@click.option("--note", default="", help="What else is to be known of it.")
@click.option("--after", is_flag=True, help="Look which have come back after the cut-over.")
@click.option("--seen", type=_SURVEY, help="With --after: read this second survey, and no device.")
@click.option("--wait", "minutes", type=click.FloatRange(0, 240), default=0, help="With --after: wait so many minutes.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where a word is owed, or something is not yet back.")
@pass_context
def endpoints(
    context: Context,
    school: str,
    named: tuple[str, ...] = (),
    by: str = "",
    owner: str = "",
    kind: str = "",
    room: str = "",
    to: str = "",
    note: str = "",
    seen: Path | None = None,
    minutes: float = 0,
    *,
    critical: bool = False,
    acknowledge: bool = False,
    after: bool = False,
    detailed_exitcode: bool = False,
) -> int:
    """Say what hangs on each port of SCHOOL, room by room, and what becomes of it: stays, changes, at risk or lost.

    An ENDPOINT is named by its MAC address or by 'DEVICE PORT'; named ones are shown with the signs of what they are.
    What is said of it goes into inventory/joining/SCHOOL/endpoints.yaml: commit it for review. With --after, exits 3
    where something that people depend on has not come back, and 1 where a device could not be read.
    """
    if (seen is not None or minutes) and not after:
        raise UsageError("--seen and --wait belong to --after. Do: add --after, or leave them out")
    one = _School(context, school)
    told = {"by": by, "owner": owner, "kind": kind, "room": room, "to": to, "note": note}
    if after:
        return _after(one, seen, minutes, critical=critical, detailed_exitcode=detailed_exitcode)
    if acknowledge or any(told.values()):
        return _said(one, named, told, acknowledge=acknowledge, detailed_exitcode=detailed_exitcode)
    found = one.named(named) if named else one.found()
    shown = [each for each in found if each.endpoint.critical or not critical]
    unseen = one.unseen()
    context.emit(
        _as_json(one, shown, unseen),
        lambda console: endpoints_told.show(
            console, school, one.survey.taken_at, shown, {} if named else unseen, whole=bool(named)
        ),
    )
    return ExitCode.PENDING if detailed_exitcode and any(each.owed for each in found) else ExitCode.DONE


def _said(
    one: "_School", named: Sequence[str], told: dict[str, str], *, acknowledge: bool, detailed_exitcode: bool
) -> int:
    """Write down what is said of the endpoints that are named, and tell what is left."""
    said = one.said(named, told, acknowledge=acknowledge)
    left = [each for each in one.found() if each.owed]
    facts = {name: text for name, text in told.items() if text and name != "by"}
    one.context.emit(
        {**_as_json(one, said, one.unseen()), "left": [each.endpoint.key for each in left]},
        lambda console: endpoints_told.show_said(console, one.slug, said, facts, left, acknowledged=acknowledge),
    )
    return ExitCode.PENDING if detailed_exitcode and any(each.owed for each in said) else ExitCode.DONE


class _School:
    """One joining school: its kept survey, and the school that it is to be."""

    def __init__(self, context: Context, slug: str) -> None:
        from matric import survey  # noqa: PLC0415 - loaded on use
        from matric.survey.wanted import recorded, wanted  # noqa: PLC0415 - ditto

        self.context, self.slug = context, slug
        self.inventory = context.site.inventory
        self.survey: Survey = survey.load(self.inventory, slug)
        self.school: School | None = None
        self.why = ""
        try:
            self.school = wanted(context.site, slug)
        except BadInput as error:
            if recorded(context.site, slug):
                raise
            first, *more = (f"{one.thing}: {one.rule}" for one in error.problems)
            told = f"{first}, and {len(more)} more" if more else first
            self.why = f"survey what was not seen, or bring the school into NetBox ({told})"

    def found(self) -> "tuple[Fated, ...]":
        from matric.survey import endpoint  # noqa: PLC0415 - ditto

        if self.school is None:
            return endpoint.waiting(self.inventory, self.survey, self.why)
        return endpoint.endpoints(self.inventory, self.survey, self.school)

    def unseen(self) -> dict[str, str]:
        """Device -> what of it was not seen, with the remedy."""
        from matric.survey.endpoint.census import unseen, why_unseen  # noqa: PLC0415 - ditto

        return {name: why_unseen(self.survey, name) for name in unseen(self.survey)}

    def named(self, names: Sequence[str]) -> "tuple[Fated, ...]":
        from matric.survey.endpoint import saying  # noqa: PLC0415 - ditto

        return saying.named(self.found(), names)

    def said(self, names: Sequence[str], told: dict[str, str], *, acknowledge: bool) -> "tuple[Fated, ...]":
        from matric import onboarding  # noqa: PLC0415 - ditto
        from matric.survey.endpoint import saying  # noqa: PLC0415 - ditto

        if not names:
            raise UsageError(f"no endpoint is named. Do: name it; 'matric endpoints {self.slug}' lists them")
        if told["by"] and not acknowledge:
            raise UsageError("--by belongs to an acknowledgement. Do: add --acknowledge, or leave it out")
        if self.school is None:
            raise UsageError(f"nobody can say yet what becomes of it. Do: {self.why}")
        today = onboarding.clock_of(self.context.any_lab).now().date()
        said = saying.Said(**told, acknowledge=acknowledge)
        return saying.say(self.inventory, self.survey, self.school, names, said=said, today=today)


# ---- after the cut-over ----


def _after(one: _School, seen: Path | None, minutes: float, *, critical: bool, detailed_exitcode: bool) -> int:
    import time  # noqa: PLC0415 - only to wait

    from matric.survey.endpoint import after as afterwards  # noqa: PLC0415 - loaded on use

    context, before = one.context, one.found()
    read = _reading(one, seen)
    with context.progress(f"{one.slug}: looking who has come back") as progress:

        def told(found: "Returned") -> None:
            progress(f"{len(found.of('back'))} of {len(found.backs)} back")

        def look() -> "Returned":
            return afterwards.checked(before, one.survey.taken_at, read())

        found = afterwards.wait(look, minutes, afterwards.Clock(time.monotonic, time.sleep), told)
    path = afterwards.keep(one.inventory, found)
    shown = [each for each in found.backs if each.critical or not critical]
    value = {**found.model_dump(mode="json"), "backs": [each.model_dump(mode="json") for each in shown]}
    context.emit({**value, "file": str(path)}, lambda console: endpoints_told.show_after(console, found, shown, path))
    if any(each.critical for each in found.of("missing", "elsewhere")):
        return ExitCode.BLOCKED
    if found.of("could-not-look"):
        return ExitCode.ERROR
    return ExitCode.PENDING if detailed_exitcode and not found.complete else ExitCode.DONE


def _reading(one: _School, seen: Path | None) -> "Callable[[], Survey]":
    """What gives a survey of the school as it is now: the file *seen*, or its own switches, asked each time."""
    from matric import onboarding, survey  # noqa: PLC0415 - loaded on use

    if seen is not None:
        path = seen
        return lambda: survey.read(path, one.slug)
    from matric.walk import joined  # noqa: PLC0415 - ditto

    context = one.context.at(one.slug)
    nornir, clock = context.nornir(one.slug), onboarding.clock_of(context.lab)
    return lambda: joined.edge(context.site, nornir, one.slug, clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))


# ---- what is told ----


def _as_json(one: _School, found: "Sequence[Fated]", unseen: Mapping[str, str]) -> dict[str, Any]:
    return {
        "school": one.slug,
        "taken_at": one.survey.taken_at,
        "unseen": list(unseen),
        "not_seen": [{"device": name, "why": why} for name, why in unseen.items()],
        "endpoints": endpoints_told.as_json(found),
    }
