"""A run, or a recovery, in a process of its own, that is killed at a point.

    python -m tests.engine.faults.runner JOB.json

The job names the trust's root, the lab's state, where the journal is and the plan; ``what`` is cutover or recover;
``point`` is where the process ends, without a word and without cleaning up, as kill -9 does: ``{"write": n, "when":
"before" | "within" | "after"}`` at the n-th write of the journal, or ``{"effect": ..., "device": ..., "nth": ...,
"after": ...}``; nothing at all lets it end by itself. It then prints how many writes there were.
"""

import json
import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matric import execution, fleet, plan, site
from matric.journal import open_state
from matric.journal.ledger import Ledger
from matric.lab.client import Lab
from tests.engine.faults import bed


@dataclass
class Count:
    """Writes so far, and the one at which the process ends."""

    at: int = 0
    when: str = ""
    writes: int = 0


def dying(ledger: Ledger, count: Count) -> None:
    """Have this process die at one of the writes of *ledger*, whatever keeps it."""
    write = ledger.writing

    @contextmanager
    def writing() -> Generator[Ledger]:
        count.writes += 1
        here = count.writes == count.at
        if here and count.when == "before":
            die()
        with write() as store:
            yield store
            if here and count.when == "within":
                die()
        if here:
            die()

    vars(ledger)["writing"] = writing


def die() -> None:
    """kill -9: nothing is flushed, nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(path: str) -> None:
    job: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    found, state, clock = site.load(job["root"]), Path(job["state"]), Lab(Path(job["state"])).clock()
    point = job["point"]
    journal = open_state(job["journal"], clock)
    count = Count(int(point.get("write", 0)), str(point.get("when", "")))
    dying(journal.book, count)
    nornir = fleet.start(found, bed.SCHOOL, state)
    bench = execution.Bench(found, nornir, journal, clock, lambda _plan: ())
    if "effect" in point:
        told = bed.Injector(point["effect"], point["device"], die, int(point["nth"]), after=bool(point["after"]))
        bench = replace(bench, told=told)
    if job["what"] == "cutover":
        _, outcome = execution.carry_out(bench, plan.load(Path(job["plan"])))
    else:
        record = bed.unfinished(journal)
        assert record is not None
        _, outcome = execution.recover(bench, record)
    print(json.dumps({"word": outcome.word.value, "writes": count.writes}))  # noqa: T201 - its answer


if __name__ == "__main__":
    main(sys.argv[1])
