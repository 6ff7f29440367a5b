"""GitLab's Terraform report: three numbers in the merge request, in sections of configuration.

Where a touched school could not be planned or judged the numbers are left out: GitLab then says that the report failed,
and nobody takes 0 for nothing to do.
"""

from collections import Counter
from typing import Any

from matric import canonical
from matric.report.reviewed import Review
from matric.report.sections import counts

__all__ = ("report",)


def report(review: Review) -> str:
    """JSON as GitLab reads it, with what it counted beside it."""
    touched = [one for one in review.schools if one.touched]
    lacking = [one.school for one in touched if one.standing in {"unplanned", "not judged"}]
    body: dict[str, Any] = {
        "matric": {
            "change": review.about.change,
            "counted": "sections of configuration",
            "not_planned_or_not_judged": sorted(lacking),
            "schools": len(review.schools),
            "touched": len(touched),
        }
    }
    if not lacking and review.schools:
        total = Counter({"create": 0, "update": 0, "delete": 0})
        for one in touched:
            total.update(counts(one.plan) if one.plan is not None else {})
        body |= total
    return canonical.pretty_text(body)
