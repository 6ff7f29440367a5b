"""The fault matrix on Juniper Junos: what a run says is what its devices are, whatever goes wrong."""

from collections.abc import Callable

import pytest

from tests.engine.faults.bed import OTHER, Bed, Truth
from tests.engine.faults.cells import Cell, cells

PLATFORM = "junos"
CELLS = [pytest.param(cell, id=cell.id, marks=() if cell.quick else pytest.mark.slow) for cell in cells(PLATFORM)]


@pytest.mark.parametrize("cell", CELLS)
def test_whatever_goes_wrong_the_school_is_old_or_new_or_named(cell: Cell, judge: Callable[[Cell], None]) -> None:
    judge(cell)


def test_one_line_more_is_neither_old_nor_new(bed: Bed) -> None:
    assert bed.holds(OTHER) == Truth("old", "old")

    bed.lab.fault(OTHER, "edit", text="set vlans Games vlan-id 31")

    assert bed.holds(OTHER) == Truth("other", "other")
