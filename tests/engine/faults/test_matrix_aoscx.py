"""The fault matrix on AOS-CX: what a run says is what its devices are, though each of its lines acts at once."""

from collections.abc import Callable

import pytest

from tests.engine.faults.cells import Cell, cells

PLATFORM = "aoscx"
CELLS = [pytest.param(cell, id=cell.id, marks=() if cell.quick else pytest.mark.slow) for cell in cells(PLATFORM)]


@pytest.mark.parametrize("cell", CELLS)
def test_whatever_goes_wrong_the_school_is_old_or_new_or_named(cell: Cell, judge: Callable[[Cell], None]) -> None:
    judge(cell)
