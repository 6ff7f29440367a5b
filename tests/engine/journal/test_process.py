import os
import subprocess
import sys
from dataclasses import replace

from matric.journal import process


def test_a_process_that_runs_is_not_dead() -> None:
    assert not process.this().dead


def test_a_process_that_ended_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()

    assert replace(process.this(), pid=child.pid).dead


def test_another_process_with_the_same_number_is_not_the_one_that_was() -> None:
    was = replace(process.this(), started="1")

    assert was.dead


def test_a_machine_that_was_restarted_has_none_of_its_processes_left() -> None:
    assert replace(process.this(), boot="another-start").dead


def test_nothing_is_known_of_a_process_on_another_machine() -> None:
    assert not replace(process.this(), host="elsewhere", pid=os.getpid() + 1).dead
