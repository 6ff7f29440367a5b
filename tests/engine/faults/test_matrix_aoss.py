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
CELLS = [pytest.param(cell, id=cell.id, marks=() if cell.quick else pytest.mark.slow) for cell in cells(PLATFORM)]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bed]]:
    """From a net (empty: the best) to the school under it, raised when it is first asked for."""
    folder = tmp_path_factory.mktemp("faults")
    raised: dict[str, Bed] = {}

    def stands(net: str) -> Bed:
        if net not in raised:
            consents = {beds.OTHER: net} if net else {}
            raised[net] = beds.raised(folder / (net or "best"), platform=PLATFORM, consents=consents)
        return raised[net]

    try:
        yield stands
    finally:
        for net in ("", RELOAD):
            lab.stop(folder / (net or "best") / "lab")


@pytest.fixture
def raised(request: pytest.FixtureRequest, standing: Callable[[str], Bed]) -> Bed:
    """The school under the net that the cell is about."""
    cell: Cell = request.node.callspec.params["cell"]
    return standing(RELOAD if cell.name.startswith(RELOAD) else "")


@pytest.mark.parametrize("cell", CELLS)
def test_whatever_goes_wrong_the_school_is_old_or_new_or_named(cell: Cell, judge: Callable[[Cell], None]) -> None:
    judge(cell)
