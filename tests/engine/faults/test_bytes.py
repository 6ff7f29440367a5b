"""A connection cut at any byte of an answer, in every phase: what came is never taken for the whole."""

from pathlib import Path

import pytest

from tests.engine.faults.bed import Bed
from tests.engine.faults.cells import Cell, Trial

BACK = {"all-old 5", "all-new 0"}
PHASES = {
    "F": ("Read", "show running-config", {"refused 1"}),
    "T": ("Stage", "configure session|scp", {"all-new 0", "unstaged 1"}),
    "C": ("Arm", "commit timer|configure replace", BACK),
    "V": ("S9", "show running-config", BACK),
    "K": ("Confirm", "sessions detail|rollback timer", BACK | {"split 6"}),
    "W": ("Save", "show startup-config", {"all-new 0"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["eos", "ios"])
@pytest.mark.parametrize("at", [1, 33, 2048])
@pytest.mark.parametrize("step", PHASES)
def test_an_answer_cut_at_a_byte_is_never_taken_for_the_whole(
    bed: Bed, tmp_path: Path, step: str, at: int, platform: str
) -> None:
    point, command, allowed = PHASES[step]
    cell = Cell(
        row=6, step=step, name=f"byte-{at}", platform=platform, point=point, expect="",
        do={"drop": {"on": command, "args": {"at": at}}},
    )  # fmt: skip

    ended = Trial(bed, cell, tmp_path / "state").run()

    assert ended.silent == []
    assert ended.said in allowed, ended.words
