"""Everything wrong with a school's rows, found in one pass, before any device is contacted."""

from matric.errors import Problem
from matric.intent.record import Records
from matric.intent.standard import Standard

__all__ = ("problems",)


def problems(records: Records, standard: Standard, slug: str) -> tuple[Problem, ...]:
    """Every problem of the school *slug*, warnings included, in a stable order."""
    if all(row.slug != slug for row in records.sites):
        known = ", ".join(sorted(row.slug for row in records.sites)) or "none"
        return (Problem("SCHOOL-UNKNOWN", f"school {slug}", "not a site of the snapshot", f"choose one of: {known}"),)
    return ()
