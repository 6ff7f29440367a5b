"""GitLab's code quality report: one entry for each finding, at the file in which it is put right.

An entry is known by its fingerprint in every pipeline. The list is never empty: an entry of severity info says what was
looked at, so that no finding is told from not having looked.
"""

from typing import Any

from matric import canonical
from matric.report.finding import Item, items, rules_checked
from matric.report.markdown import visible
from matric.report.reviewed import Review

__all__ = ("report",)

_SEVERITIES = {"blocker": "blocker", "warning": "major", "info": "info"}


def report(review: Review) -> str:
    """A JSON list as GitLab reads it."""
    return canonical.pretty_text([_looked(review), *(_entry(item) for item in items(review.schools))])


def _entry(item: Item) -> dict[str, Any]:
    reason = item.reason
    standing = {"waived": "waived: ", "unread": "not looked at: "}.get(item.standing, "")
    # What could not be looked at is never less than critical, whatever the rule weighs.
    severity = {"waived": "info", "noted": "info"}.get(item.standing, _SEVERITIES[reason.severity])
    if item.standing == "unread" and severity != "blocker":
        severity = "critical"
    return {
        "check_name": visible(reason.rule),
        "description": visible(f"{reason.rule} {standing}{item.sentence}"),
        "fingerprint": item.fingerprint,
        "location": {"lines": {"begin": item.line}, "path": item.path},
        "severity": severity,
    }


def _looked(review: Review) -> dict[str, Any]:
    touched = [one for one in review.schools if one.touched]
    rules = sum(rules_checked(one) for one in touched)
    found = len(items(review.schools))
    told = f"matric: {len(touched)} of {len(review.schools)} schools touched, {rules} rules looked, {found} findings"
    return {
        "check_name": "matric",
        "description": told,
        "fingerprint": canonical.digest_of_text("matric looked")[7:],
        "location": {"lines": {"begin": 1}, "path": "inventory/snapshot/manifest.json"},
        "severity": "info",
    }
