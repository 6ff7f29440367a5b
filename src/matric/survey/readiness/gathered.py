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
    )


def _wanted(site: "Site", slug: str) -> "tuple[School | None, str]":
    """The school as it is to be, or why nobody can say yet: a report is made all the same."""
    try:
        return wanted(site, slug), ""
    except MatricError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        return None, f"{lines[0]}{more}"
