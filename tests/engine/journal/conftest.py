"""A journal, in whatever keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matric.journal import Journal, Run
from tests.engine.journal.sample import Hands, Place, plan


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(params=["folder", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place(tmp_path / "state")
    return Place(request.getfixturevalue("postgres").database())


@pytest.fixture
def journal(place: Place, tmp_path: Path, clock: Hands) -> Iterator[Journal]:
    opened = place.open(clock, tmp_path / "elsewhere")
    yield opened
    opened.close()


@pytest.fixture
def run(journal: Journal) -> Run:
    return journal.start(plan(), "cutover")
