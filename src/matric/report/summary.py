"""GitHub's step summary: the comment in one piece. What GitHub would refuse for its length is counted, and named."""

from matric.report.review import comment
from matric.report.reviewed import Review

__all__ = ("LIMIT", "report")

LIMIT = 1_000_000
"""Bytes; GitHub takes 1 MiB for a step."""


def report(review: Review, artefact: str) -> str:
    """The summary, in Markdown."""
    return comment(review.schools, limit=LIMIT, artefact=artefact, about=review.about, most=1)[0]
