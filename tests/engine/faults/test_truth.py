"""Who judges the runs can say no: a word that is not what the devices are is found, whatever it is."""

import pytest

from matric.cutover.outcome import End, Outcome, Word
from matric.errors import ExitCode
from tests.engine.faults import bed as beds
from tests.engine.faults.bed import ROOT, Bed, Truth, wrong
from tests.engine.faults.cells import OTHERS, PLATFORMS, case_of, cells, reasoned

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


@pytest.mark.parametrize("platform", [*PLATFORMS, *OTHERS])
def test_every_cell_is_there_once(platform: str) -> None:
    ids = [cell.id for cell in cells(platform)]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("platforms", [PLATFORMS, *((one,) for one in OTHERS)], ids="-".join)
def test_every_row_and_step_has_a_cell_or_a_reason(platforms: tuple[str, ...]) -> None:
    covered = {(cell.row, cell.step) for platform in platforms for cell in cells(platform)}
    reasons = {one for platform in platforms for one in reasoned(platform)}

    assert {(row, step) for row in range(1, 27) for step in "FTCVKW"} - covered - reasons == set()


@pytest.mark.parametrize("platform", OTHERS)
def test_nothing_is_said_not_to_happen_that_has_a_cell(platform: str) -> None:
    covered = {(cell.row, cell.step) for cell in cells(platform)}

    assert {(row["row"], step) for row in case_of(platform)["none"] for step in row["steps"]} & covered == set()


@pytest.mark.parametrize("platform", [*PLATFORMS, *OTHERS])
def test_every_file_of_a_reason_is_there(platform: str) -> None:
    assert [row["by"] for row in case_of(platform)["elsewhere"] if not (ROOT / row["by"]).is_file()] == []


@pytest.mark.parametrize("platform", [*PLATFORMS, *OTHERS])
def test_every_reason_is_whole(platform: str) -> None:
    """A comma within braces ends a value that is not in quotes."""
    case = case_of(platform)

    assert {key for row in (*case["elsewhere"], *case["none"]) for key in row} == {"row", "steps", "by", "why"}
