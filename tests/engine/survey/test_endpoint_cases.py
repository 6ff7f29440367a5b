"""Whole schools as text: what hangs where, what it is by which signs, and what becomes of it.

A case is a folder: ``survey.yaml``, ``endpoints.yaml`` where people said something, ``expected.txt``.
"""

from pathlib import Path

import pytest

from matric import site, yaml_file
from matric.survey.endpoint import fate, kind, locations
from matric.survey.endpoint import kept as keeping
from matric.survey.endpoint.after import label
from matric.survey.endpoint.census import census
from matric.survey.endpoint.model import WORDS, Fated
from matric.survey.model import Survey
from tests import estate

CASES = Path(__file__).parents[2] / "cases" / "survey" / "endpoint"
OAKFIELD = site.load(estate.standing()).school("oakfield")


def told(folder: Path) -> str:
    """The endpoints of a case, a paragraph each."""
    survey = yaml_file.model(folder / "survey.yaml", Survey)
    said = keeping.load(folder)
    found = census(survey, said, locations(survey, OAKFIELD, said))
    paragraphs = [paragraph(one) for one in fate.fated(found, survey, OAKFIELD, said)]
    own = [f"{one.mac}: {one.of}" for one in found.own]
    unseen = [f"not read: {name}" for name in found.unseen]
    return "\n\n".join([*paragraphs, "\n".join(["the network's own:", *own, *unseen])]) + "\n"


def paragraph(one: Fated) -> str:
    point = one.endpoint
    where = f"{point.place.device} {point.place.port}".strip() or "place unknown"
    behind = f", behind {point.place.behind}" if point.place.behind else ""
    signs = "; ".join(f"{kind.label(sign.kind)} by {sign.source} {sign.points}" for sign in point.evidence)
    mark = " !" if one.owed else ""
    lines = [
        f"{point.key}{mark}",
        f"  {label(point)} ({point.confidence}), {point.room or 'room unknown'}",
        f"  at {where}{behind}",
        f"  signs: {signs or 'none'}",
        f"  {WORDS[one.fate.word]}",
        *(f"    {change.weight}: {change.reason}. Do: {change.do or '-'}" for change in one.fate.changes),
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_a_school_s_endpoints_are_told_as_the_case_says(folder: Path) -> None:
    assert told(folder) == (folder / "expected.txt").read_text(encoding="utf-8")
