"""The newest copy of a device is the last that any command took, and what nobody copied is never taken to be fresh."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matric.journal import Journal
from matric.journal.backups import Copy, newest, note
from tests.engine.journal.sample import Hands, Place, plan

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
SWITCH, OTHER = "oakfield/sw-01", "oakfield/sw-02"


@pytest.fixture
def journal(tmp_path: Path, clock: Hands) -> Iterator[Journal]:
    opened = Place(tmp_path / "state").open(clock, tmp_path / "elsewhere")
    yield opened
    opened.close()


def test_what_nobody_copied_is_on_no_record_and_old(journal: Journal) -> None:
    (one,) = newest(journal, "oakfield", [SWITCH])

    assert one == Copy(SWITCH, None)
    assert one.days(NOW) is None
    assert one.is_old(NOW, 366)


def test_a_later_copy_takes_the_place_of_an_earlier_one_and_of_no_other_device_s(journal: Journal) -> None:
    note(journal, [SWITCH, OTHER], NOW - timedelta(days=9))
    note(journal, [SWITCH], NOW)

    assert newest(journal, "oakfield", [OTHER, SWITCH]) == (Copy(OTHER, NOW - timedelta(days=9)), Copy(SWITCH, NOW))


def test_what_a_run_kept_before_it_changed_a_device_counts_too(journal: Journal, clock: Hands) -> None:
    run = journal.start(plan(), "cutover")
    journal.keep(run, SWITCH, "running", "hostname x\n")
    note(journal, [SWITCH], datetime(2020, 1, 1, tzinfo=UTC))

    (one,) = newest(journal, "oakfield", [SWITCH])

    assert one.at == clock.now().replace(microsecond=0)


@pytest.mark.parametrize(("age", "old"), [(0, False), (30, False), (31, True)])
def test_a_copy_is_old_from_the_day_after_the_last_that_the_standard_allows(age: int, *, old: bool) -> None:
    assert Copy(SWITCH, NOW - timedelta(days=age, hours=1)).is_old(NOW, 30) is old
