"""Adopt or impose: what NetBox is to hold for a joining school, from survey, standard and what was decided."""

from ipaddress import IPv4Network

from matric.errors import Problem
from matric.intent import check
from matric.intent.record import Records
from matric.intent.standard import Standard
from matric.survey.adopt import rows
from matric.survey.adopt.block import free
from matric.survey.adopt.choice import FILE, Choice, Choices, load
from matric.survey.adopt.facts import facts
from matric.survey.model import Survey

__all__ = ("FILE", "Choice", "Choices", "free", "load", "problems", "proposed", "with_block")


def proposed(survey: Survey, standard: Standard, records: Records, choices: Choices) -> Records:
    """*records* with everything NetBox is to hold for the surveyed school.

    What is not decided in *choices* is as proposed. The school needs a block in *standard* (``with_block`` gives one).
    """
    return rows.written(facts(survey, standard, records, choices))


def problems(survey: Survey, standard: Standard, records: Records, choices: Choices) -> tuple[Problem, ...]:
    """What the checks of the input would refuse in the proposed rows, warnings left out."""
    found = check.problems(proposed(survey, standard, records, choices), standard, survey.school)
    return tuple(one for one in found if not one.warning)


def with_block(standard: Standard, slug: str, block: IPv4Network) -> Standard:
    """*standard* with a block for school *slug*."""
    schools = {**standard.addresses.schools, slug: block}
    return standard.model_copy(update={"addresses": standard.addresses.model_copy(update={"schools": schools})})
