"""Several processes on one state: one writer for a school, and whoever dies or is paused leaves a whole chain."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from matric.errors import Locked
from matric.journal import LEASE
from tests.engine.journal.sample import Hands, Place, plan

ROOT = Path(__file__).parents[3]


class Worker:
    """``tests.engine.journal.writer`` in a process of its own."""

    def __init__(self, place: Place, school: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.journal.writer", str(place.where), school],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def _in(self) -> IO[str]:
        assert self.process.stdin is not None
        return self.process.stdin

    def tell(self, line: str) -> None:
        self._in.write(f"{line}\n")
        self._in.flush()

    def heard(self) -> str:
        """The next answer; empty where the process has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        self.tell(line)
        return self.heard()

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        with suppress(BrokenPipeError):
            self._in.close()
        assert self.process.stdout is not None
        self.process.stdout.close()


Hire = Callable[..., list[Worker]]


@pytest.fixture
def hire(place: Place) -> Iterator[Hire]:
    """Workers on the state, by school; each has opened it."""
    hired: list[Worker] = []

    def of(*schools: str) -> list[Worker]:
        new = [Worker(place, school) for school in schools]
        hired.extend(new)
        assert [worker.heard() for worker in new] == ["open"] * len(new)
        return new

    yield of
    for worker in hired:
        worker.end()


def test_of_workers_that_race_for_one_school_exactly_one_proceeds(hire: Hire, place: Place) -> None:
    workers = hire(*["oakfield"] * 4)

    for worker in workers:
        worker.tell("start")
    heard = [worker.heard() for worker in workers]

    assert heard.count("done") == 1
    assert [word for word in heard if word != "done" and not word.startswith("Locked: oakfield: run ")] == []
    journal = place.open()
    assert len(journal.runs()) == 1
    assert journal.verify() == ()
    journal.close()


def test_workers_of_different_schools_write_one_chain(hire: Hire, place: Place) -> None:
    workers = hire("oakfield", "fernhill", "ashdown")

    for _ in range(10):
        for worker in workers:
            worker.tell("begin" if _ else "start")
    heard = [worker.heard() for worker in workers for _ in range(10)]

    assert set(heard) == {"done"}
    journal = place.open()
    assert journal.verify() == ()
    assert {len(journal.events(one.id)) for one in journal.runs()} == {10}
    journal.close()


def test_a_paused_holder_writes_nothing_after_its_school_was_taken_over(hire: Hire, place: Place) -> None:
    (holder,) = hire("oakfield")
    assert holder.ask("start") == "done"
    os.kill(holder.process.pid, signal.SIGSTOP)
    clock = Hands()
    journal = place.open(clock)
    (run,) = journal.runs()
    with pytest.raises(Locked, match="holds it since"):
        journal.start(plan(), "recover", of=run.id)
    clock.sleep(LEASE.total_seconds() + 1)
    heir = journal.start(plan(), "recover", of=run.id)

    os.kill(holder.process.pid, signal.SIGCONT)

    assert holder.ask("begin").startswith(f"Locked: oakfield: run {run.id} has lost its lock")
    assert len(journal.events(run.id)) == 1
    journal.begin(heir, "Probe", "oakfield/sw-01", {})
    assert journal.verify() == ()
    journal.close()


@pytest.mark.parametrize(("when", "events"), [("before", 1), ("within", 1), ("after", 2)])
def test_a_worker_that_is_killed_at_a_write_leaves_a_whole_chain_and_a_free_school(
    hire: Hire, place: Place, when: str, events: int
) -> None:
    (worker,) = hire("oakfield")
    assert worker.ask("start") == "done"
    assert worker.ask(f"die {when}") == "done"

    assert worker.ask("begin") == ""

    assert worker.process.wait() == -signal.SIGKILL
    journal = place.open()
    (run,) = journal.runs()
    assert len(journal.events(run.id)) == events
    assert journal.verify() == ()
    # Known to be dead: it was a process of this machine. Nobody waits for its lease.
    assert journal.start(plan(), "recover", of=run.id).token == 2
    journal.close()


class TestInPostgres:
    """What the server does for those who wait."""

    @pytest.fixture
    def place(self, request: pytest.FixtureRequest) -> Place:
        return Place(request.getfixturevalue("postgres").database())

    def test_a_worker_paused_in_the_middle_of_a_write_holds_up_nobody_for_long(self, hire: Hire, place: Place) -> None:
        (paused,) = hire("oakfield")
        assert paused.ask("start") == "done"
        assert paused.ask("within") == "within"
        os.kill(paused.process.pid, signal.SIGSTOP)

        journal = place.open()
        other = journal.start(plan(school="fernhill"), "cutover")

        os.kill(paused.process.pid, signal.SIGCONT)
        assert paused.ask("go on").startswith("JournalError: ")
        journal.begin(other, "Probe", "fernhill/sw-01", {})
        assert journal.verify() == ()
        journal.close()
