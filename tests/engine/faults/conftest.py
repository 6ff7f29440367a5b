"""The small school on the lab, raised once per file and renewed for each test."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from matric import lab
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import Bed
from tests.engine.faults.cells import Cell, Trial

LATE = 22


@pytest.fixture(scope="module")
def raised(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """The bed of a file, for the platform its ``PLATFORM`` names."""
    folder = tmp_path_factory.mktemp("faults")
    try:
        yield beds.raised(folder, platform=getattr(cast("Any", request).module, "PLATFORM", "eos"))
    finally:
        lab.stop(folder / "lab")


@pytest.fixture
def bed(raised: Bed) -> Bed:
    """The school as it was before anybody came."""
    raised.lab.renew()
    if raised.lab.time().hour >= LATE:
        raised.lab.sleep(2 * 3600)  # the window shuts at midnight, and what is tested here is not the window
    return raised


@pytest.fixture
def judge(bed: Bed, tmp_path: Path) -> Callable[[Cell], None]:
    """Carry a cell out, write down how it ended, and hold it to what the matrix says."""

    def judged(cell: Cell) -> None:
        ended = Trial(bed, cell, tmp_path / "state").run()
        results = os.environ.get("MATRIC_FAULT_RESULTS")
        if results:
            row = {
                "row": cell.row, "step": cell.step, "name": cell.name, "platform": cell.platform,
                "said": ended.said, "then": ended.then, "silent": ended.silent, "words": ended.words,
            }  # fmt: skip
            with Path(results).open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        assert ended.silent == []
        assert (ended.said, ended.then) == (cell.expect, cell.then), ended.words
        assert cell.says in ended.words

    return judged
