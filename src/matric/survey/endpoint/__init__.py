"""What hangs on each port of a joining school, what becomes of it, and whether it has come back."""

from collections.abc import Mapping
from pathlib import Path

from matric.intent.school import School
from matric.survey import folder
from matric.survey.endpoint import fate, kept
from matric.survey.endpoint.census import census
from matric.survey.endpoint.model import Fated
from matric.survey.model import Survey

__all__ = ("endpoints", "locations")


def endpoints(inventory: Path, survey: Survey, school: School) -> tuple[Fated, ...]:
    """Every endpoint of *survey* with its fate in *school*, and what people said of it in ``endpoints.yaml``."""
    said = kept.load(folder(inventory, survey.school))
    found = census(survey, said, locations(survey, school, said))
    return fate.fated(found, survey, school, said)


def locations(survey: Survey, school: School, said: kept.Kept) -> Mapping[str, str]:
    """Old device -> where NetBox has the device that it is."""
    pairs = fate.pairs(survey, school, said)
    return {old: school.by_name[new].location for old, new in pairs.items() if new in school.by_name}
