"""The fault matrix on Cisco IOS-XE: what a run says is what its devices are, whatever goes wrong."""

from collections.abc import Callable

import pytest

from tests.engine.faults.cells import Cell, cells

CELLS = [pytest.param(cell, id=cell.id, marks=() if cell.quick else pytest.mark.slow) for cell in cells("ios")]


@pytest.mark.parametrize("cell", CELLS)
def test_whatever_goes_wrong_the_school_is_old_or_new_or_named(cell: Cell, judge: Callable[[Cell], None]) -> None:
    judge(cell)
