"""The fault matrix on AOS-S: what a run says is what its devices are, whatever goes wrong.

Twice: under a job that restores the kept configuration, and (cells named reload) under an agreed restart.
"""

from collections.abc import Callable, Iterator

import pytest

from matric import lab
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import Bed
from tests.engine.faults.cells import Cell, cells

PLATFORM = "aoss"
RELOAD = "reload"
CELLS = [
    pytest.param(
        RELOAD if cell.name.startswith(RELOAD) else "", cell, id=cell.id, marks=() if cell.quick else pytest.mark.slow
    )
    for cell in cells(PLATFORM)
]


@pytest.fixture(scope="module")
def raised(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """The school, its AOS-S switch under its best net or under the one somebody agreed to."""
    folder = tmp_path_factory.mktemp("faults")
    net = str(request.param)
    try:
        yield beds.raised(folder, platform=PLATFORM, consents={beds.OTHER: net} if net else {})
    finally:
        lab.stop(folder / "lab")


@pytest.mark.parametrize(("raised", "cell"), CELLS, indirect=["raised"])
def test_whatever_goes_wrong_the_school_is_old_or_new_or_named(cell: Cell, judge: Callable[[Cell], None]) -> None:
    judge(cell)
