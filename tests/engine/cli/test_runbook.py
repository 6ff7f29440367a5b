"""A runbook followed at a terminal: questions are asked there, and a no lets the school go back."""

import contextlib
import os
import pty
import re
import select
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matric import survey
from matric.survey.model import Survey, Unseen

TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


Answers = list[tuple[str, Callable[[], str]]]


class Person:
    """Somebody at a terminal, who answers each question when it is asked."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def follow(self, answers: Answers, *arguments: str | Path) -> tuple[int, str]:
        """Run matric and answer: (exit code, what stood on the screen). A question that is not asked fails the test."""
        screen, keyboard = pty.openpty()
        running = subprocess.Popen(
            [self.shell.program, *arguments], cwd=self.shell.folder, env={**self.shell.env, "TERM": "xterm"},
            stdin=keyboard, stdout=keyboard, stderr=keyboard, start_new_session=True,
        )  # fmt: skip
        os.close(keyboard)
        try:
            seen = self._answered(screen, list(answers))
            return running.wait(60), TERMINAL.sub("", seen)
        finally:
            os.close(screen)
            running.kill()
            running.wait()

    def _answered(self, screen: int, left: Answers) -> str:
        seen = ""
        read = 0
        while select.select([screen], [], [], 120)[0]:
            more = b""
            with contextlib.suppress(OSError):  # Linux says EIO where the other end is closed
                more = os.read(screen, 65536)
            if not more:
                break
            seen += more.decode(errors="replace")
            if left and left[0][0] in seen[read:]:
                read = len(seen)
                os.write(screen, left.pop(0)[1]().encode() + b"\n")
        assert left == [], seen[-2000:]
        return seen


def test_a_runbook_that_surveys_begins_before_anybody_knows_the_school_and_remembers_what_was_answered(
    own: Any,
) -> None:
    ask = "allowed the trust to look at its network?"
    code, screen = Person(own).follow([(ask, lambda: "y")], "run", "join-a-school", "ashby")
    again, remembered = Person(own).follow([], "run", "join-a-school", "ashby")
    listed = own("run", "join-a-school", "ashby", "--list", "--json")
    _, anew = Person(own).follow([(f"{ask} [y/N]", lambda: "n")], "run", "join-a-school", "ashby", "--ask-again")

    assert (code, again, listed.code) == (7, 7, 0), listed.err
    assert "is no slug of a school" in own("run", "join-a-school", "../ashby").err
    assert "ashby was not surveyed. Do: matric survey ashby" in " ".join(screen.split())
    assert "answered yes by " in remembered
    assert (listed.value["steps"][0]["valid_days"], "until" in listed.value["steps"][0]) == (366, True)
    assert "the answer to" in anew


@pytest.mark.slow
def test_a_step_that_is_done_takes_one_line_when_it_is_looked_at_again(own: Any) -> None:
    (own.folder / "runbooks" / "look.md").write_text(LOOK.replace("check", "survey"), encoding="utf-8")
    unseen = Unseen(what="device", name="sw-hall", told_by=(), why="no answer")
    seen = Survey(school="oakfield", taken_at="2026-11-20T09:00:00Z", how="live", unseen=(unseen,))
    path = survey.save(own.folder / "inventory", seen)
    first, second = own("run", "look", "oakfield"), own("run", "look", "oakfield")
    path.unlink()
    undone = own("run", "look", "oakfield")
    survey.save(own.folder / "inventory", seen)
    again = own("run", "look", "oakfield")

    assert "not seen sw-hall: no answer" in first.out
    assert "done since 20" in second.out
    assert "sw-hall" not in second.out
    assert (undone.code, "not surveyed" in undone.err) == (7, True)
    assert "not seen sw-hall: no answer" in again.out


LOOK = """# Look

```step
do: check
```
"""
WAIVED = """\
waivers:
  - rule: SAF-01
    object: oakfield vlan 40
    owner: P. Adeyemi
    approver: J. Okafor
    reason: the filter comes at half term
    expiry: "2026-12-20"
    ends_when: the filter is there
"""


def test_what_is_waived_stops_no_runbook(own: Any) -> None:
    (own.folder / "runbooks" / "look.md").write_text(LOOK, encoding="utf-8")
    before = own("run", "look", "oakfield")
    (own.folder / "policies" / "waivers.yaml").write_text(WAIVED, encoding="utf-8")
    after = own("run", "look", "oakfield")

    assert before.code == 3
    assert "look stops at step 1 (check), exit 3" in before.out
    assert after.code == 0, after.out
    assert "1 found that waits under a waiver or is only reported" in after.out
    told = own("check", "oakfield")
    assert told.code == 3  # it tells all that is wrong, waived or not
    assert "1 found that waits under a waiver or is only reported" in told.out
    assert "(leaves the gate open)" in told.out
    assert "(leaves the gate open)" not in before.out


def test_without_a_terminal_nobody_has_agreed(estate: Any) -> None:
    ended = estate("run", "cut-over", "oakfield")

    assert ended.code == 1
    assert "no approval" in ended.err
    assert "terminal" in ended.err


def test_a_runbook_speaks_one_json_document(estate: Any) -> None:
    ended = estate("run", "cut-over", "oakfield", "--json")

    assert ended.code == 1
    assert ended.value["runbook"] == "cut-over"
    assert [min(step) for step in ended.value["steps"]]


@pytest.mark.slow
def test_a_no_to_the_tills_takes_the_whole_school_back(estate: Any, tmp_path: Path) -> None:
    plan = tmp_path / "evening.json"

    def approve() -> str:
        assert estate("approve", plan, "--by", "j.okafor").code == 0
        return "y"

    code, screen = Person(estate).follow(
        [
            ("approved it now?", approve),
            ("main comms room?", lambda: "y"),
            ("lift phones have dial tone?", lambda: "y"),
            ("card payment?", lambda: "n"),
        ],
        "run", "cutover", "oakfield", "--plan", plan,
    )  # fmt: skip

    assert code == 5
    assert "s left before the school goes back by itself" in screen
    assert "ALL-OLD" in screen
    assert estate("report", "--out", tmp_path / "run.html").code == 0
    assert "card payment" in (tmp_path / "run.html").read_text(encoding="utf-8")


def test_a_person_who_does_not_agree_stops_it(estate: Any, tmp_path: Path) -> None:
    code, screen = Person(estate).follow(
        [("approved it now?", lambda: "n")], "run", "cut_over", "oakfield", "--plan", tmp_path / "evening.json"
    )

    assert code == 3
    assert "preflight" not in screen
