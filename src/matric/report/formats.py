"""The formats a review is written in, by name."""

from collections.abc import Callable, Mapping

from matric.report import annotations, codequality, junit, openmetrics, sarif, summary, terraform
from matric.report.review import comment
from matric.report.reviewed import Review

__all__ = ("CHECKS", "FORMATS", "written")

CHECKS = ("codequality", "junit", "sarif")
"""Those in which ``matric check`` is written as well: they list findings, and need no plan."""

_WHOLE = 10**9
"""Bytes: a file has no limit, so it holds everything."""


def _markdown(review: Review, artefact: str) -> str:
    return "\n".join(comment(review.schools, limit=_WHOLE, artefact=artefact, about=review.about))


FORMATS: Mapping[str, Callable[[Review, str], str]] = {
    "annotations": lambda review, _: annotations.report(review),
    "codequality": lambda review, _: codequality.report(review),
    "junit": lambda review, _: junit.report(review),
    "markdown": _markdown,
    "openmetrics": lambda review, _: openmetrics.report(review),
    "sarif": lambda review, _: sarif.report(review),
    "summary": summary.report,
    "terraform": lambda review, _: terraform.report(review),
}


def written(name: str, review: Review, artefact: str) -> str:
    """*review* in the format called *name*; KeyError where there is none of that name."""
    return FORMATS[name](review, artefact)
