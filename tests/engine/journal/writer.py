"""A worker in a process of its own, told what to do line by line.

    python -m tests.engine.journal.writer STATE [SCHOOL]

``start`` and ``begin`` do as they say. ``within`` begins a write and says so before it ends it: the next line ends it.
``die before``, ``die within`` and ``die after`` is kill -9 at the next write. Each answer is one line: a word, or the
name of the error and what it says.
"""

import sys
from pathlib import Path

from matric.errors import MatricError
from matric.journal import open_state, postgres
from tests.engine.faults.runner import Count, dying
from tests.engine.journal.sample import Hands, plan

IDLE = "2s"


def main(where: str, school: str) -> None:
    settings: dict[str, str] = vars(postgres)["_SETTINGS"]
    assert "idle_in_transaction_session_timeout" in settings
    settings["idle_in_transaction_session_timeout"] = IDLE
    journal = open_state(where if "://" in where else Path(where), Hands())
    run = None
    say("open")
    for line in sys.stdin:
        try:
            match line.split():
                case ["start"]:
                    run = journal.start(plan(school=school), "cutover")
                case ["begin"]:
                    assert run is not None
                    journal.begin(run, "Probe", f"{school}/sw-01", {})
                case ["within"]:
                    assert run is not None
                    with journal.book.writing():
                        journal.check(run)
                        say("within")
                        sys.stdin.readline()
                case ["die", when]:
                    dying(journal.book, Count(at=1, when=when))
                case _:
                    raise AssertionError(line)
        except MatricError as error:
            say(f"{type(error).__name__}: {error}")
        else:
            say("done")


def say(word: str) -> None:
    print(word, flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "oakfield")
