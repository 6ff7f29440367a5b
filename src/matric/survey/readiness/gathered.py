"""Everything a readiness report is worked out from, gathered from a trust's files."""

from datetime import date
from typing import TYPE_CHECKING

from matric import survey as surveys
from matric.errors import MatricError
from matric.survey.readiness.effort import effort
from matric.survey.readiness.facts import facts
from matric.survey.readiness.known import Known
from matric.survey.support import support
from matric.survey.wanted import wanted

if TYPE_CHECKING:
    from matric.intent.school import School
    from matric.site import Site

__all__ = ("known",)


def known(site: "Site", slug: str, today: date) -> Known:
    """What is known of school *slug*. UsageError where it was not surveyed, BadInput for a file that cannot be used."""
    survey = surveys.load(site.inventory, slug)
    records = site.snapshot.records
    school, why_not = _wanted(site, slug)
    unaccounted, residue = _lines(site, slug, today)
    return Known(
        survey=survey,
        standard=site.standard,
        records=records,
        effort=effort(site.inventory),
        support=support(site.inventory, records),
        today=today,
        facts=facts(surveys.folder(site.inventory, slug)),
        school=school,
        why_not=why_not,
        unaccounted=unaccounted,
        residue=residue,
        unacknowledged=_unacknowledged(site, slug, school),
    )


def _wanted(site: "Site", slug: str) -> "tuple[School | None, str]":
    """The school as it is to be, or why nobody can say yet: a report is made all the same."""
    try:
        return wanted(site, slug), ""
    except MatricError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        return None, f"{lines[0]}{more}"


def _lines(site: "Site", slug: str, today: date) -> tuple[int | None, tuple[str, ...] | None]:
    """Lines that nobody has decided on, and what the old provider left; None each where no ledger can be made."""
    from matric.survey import ledger  # noqa: PLC0415 - it renders the whole school
    from matric.survey.ledger.residue import leftovers  # noqa: PLC0415 - ditto

    try:
        found = ledger.of(site, slug, today)
    except MatricError:
        return None, None
    if not any(account.read for account in found.accounts):
        return None, None
    # Exactly what 'matric ledger SCHOOL --residue' names: one number, wherever it is told.
    told = tuple(f"{one.what}: {one.shown} ({', '.join(one.devices)})" for one in leftovers(found))
    # Nobody could decide yet what only waits for the standard; nothing left of the provider is said only where every
    # configuration was read.
    unaccounted = None if any(account.waits for account in found.accounts) else len(found.unknown)
    return unaccounted, told if told or not found.unread else None


def _unacknowledged(site: "Site", slug: str, school: "School | None") -> tuple[str, ...] | None:
    """Critical endpoints that do not stay as they are, and whose owner has not said yes to what will happen."""
    from matric.survey import endpoint  # noqa: PLC0415 - it reads the registry of makers

    if school is None:
        return None
    try:
        found = endpoint.surveyed(site.inventory, surveys.load(site.inventory, slug), school)
    except MatricError:
        return None
    open_ones = tuple(
        f"{one.label} at {one.where or 'a place nobody knows'}: {one.reason}"
        for one in found.endpoints
        if one.critical and one.word != "stays" and not one.acknowledged
    )
    return open_ones if open_ones or not found.unseen else None
