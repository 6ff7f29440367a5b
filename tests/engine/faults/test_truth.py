"""Who judges the runs can say no: a word that is not what the devices are is found, whatever it is."""

import pytest

from matric.cutover.outcome import End, Outcome, Word
from matric.errors import ExitCode
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import Bed, Truth, wrong
from tests.engine.faults.cells import PLATFORMS, cells, reasoned

OLD, NEW = Truth("old", "old"), Truth("new", "new")
KEY = "oakfield/sw-01"


def outcome(word: Word, *ends: End) -> Outcome:
    return Outcome(word, "as told", ExitCode.DONE, ends)


@pytest.mark.parametrize(
    ("said", "real"),
    [
        (outcome(Word.ALL_NEW, End(KEY, "new", "new")), OLD),
        (outcome(Word.ALL_OLD, End(KEY, "old", "old")), NEW),
        (outcome(Word.ALL_NEW, End(KEY, "new", "new")), Truth("new", "old")),
        (outcome(Word.ALL_OLD, End(KEY, "old", "old")), Truth("old", "old", pending="matric-1")),
        (outcome(Word.ALL_OLD, End(KEY, "old", "old")), Truth("other", "old")),
        (outcome(Word.SPLIT, End(KEY, "old", "old")), NEW),
        (outcome(Word.SPLIT), NEW),
        (outcome(Word.REFUSED), NEW),
        (outcome(Word.UNSTAGED, End(KEY, "old", "old")), Truth("old", "old", flash=("matric-1.cfg",))),
        (outcome(Word.HANDS), Truth("other", "old")),
    ],
)
def test_a_word_that_is_not_what_the_device_is_is_found(said: Outcome, real: Truth) -> None:
    assert wrong(said, {KEY: real})


@pytest.mark.parametrize(
    ("said", "real"),
    [
        (outcome(Word.ALL_NEW, End(KEY, "new", "new")), NEW),
        (outcome(Word.ALL_OLD, End(KEY, "old", "old")), OLD),
        (outcome(Word.HANDS, End(KEY, "unread", "unread", "no answer", "reach it")), Truth("new", "old")),
        (outcome(Word.REFUSED), OLD),
    ],
)
def test_a_word_that_is_what_the_device_is_passes(said: Outcome, real: Truth) -> None:
    assert wrong(said, {KEY: real}) == []


@pytest.mark.parametrize("key", beds.KEYS)
def test_one_line_more_is_neither_old_nor_new(bed: Bed, key: str) -> None:
    assert bed.holds(key) == OLD

    bed.lab.fault(key, "edit", text="ntp server 10.9.9.9")

    assert bed.holds(key) == Truth("other", "old")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_cell_is_there_once(platform: str) -> None:
    ids = [cell.id for cell in cells(platform)]

    assert len(ids) == len(set(ids))


def test_every_row_and_step_has_a_cell_or_a_reason() -> None:
    covered = {(cell.row, cell.step) for platform in PLATFORMS for cell in cells(platform)}
    covered |= reasoned()

    assert {(row, step) for row in range(1, 27) for step in "FTCVKW"} - covered == set()
