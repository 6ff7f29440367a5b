"""Everything wrong with a school's rows, found in one pass, before any device is contacted."""

from collections.abc import Callable, Iterator

from matric.errors import Problem
from matric.intent import (
    check_address,
    check_device,
    check_standard,
    check_text,
    check_topology,
    check_vlan,
    check_wireless,
)
from matric.intent.record import Records
from matric.intent.rows import SchoolRows, TrustRows
from matric.intent.standard import Standard

__all__ = ("CHECKS", "problems")

Check = Callable[[SchoolRows], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    *check_standard.CHECKS,
    *check_text.CHECKS,
    *check_address.CHECKS,
    *check_vlan.CHECKS,
    *check_wireless.CHECKS,
    *check_device.CHECKS,
    *check_topology.CHECKS,
)


def problems(records: Records, standard: Standard, slug: str, trust: TrustRows | None = None) -> tuple[Problem, ...]:
    """Every problem of the school *slug*, warnings included, each once and in a stable order.

    *trust* is the same records with their relations followed, where somebody has them: for many schools it is worth it.
    """
    site = next((row for row in records.sites if row.slug == slug), None)
    if site is None:
        known = ", ".join(sorted(row.slug for row in records.sites)) or "none"
        return (Problem("SCHOOL-UNKNOWN", f"school {slug}", "not a site of the snapshot", f"choose one of: {known}"),)
    rows = SchoolRows(trust or TrustRows(records), standard, site)
    return tuple(dict.fromkeys(problem for check in CHECKS for problem in check(rows)))
