"""Commands whose state is a database: a job is cancelled, and another runner ends what it began."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matric.journal import LEASE, open_state
from matric.lab.client import Lab
from tests.engine.cli.conftest import Ended, Shell
from tests.engine.journal.cluster import Cluster
from tests.engine.journal.sample import plan

ELSEWHERE = "import platform, sys; platform.node = lambda: 'runner-2'; from matric.cli import main; main(sys.argv[1:])"


def on_another_runner(shell: Shell, *arguments: str) -> Ended:
    """The same command on a machine of another name, with a disk of its own: only the database is shared."""
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *arguments], cwd=shell.folder, env=shell.env, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def running(lab: Lab) -> dict[str, Any]:
    return {key: lab.device_state(key)["running_text"] for key in lab.devices}


def test_a_state_that_was_named_is_the_state_of_every_command(own: Shell, postgres: Cluster, tmp_path: Path) -> None:
    for state in (postgres.database(), str(tmp_path / "shared")):
        assert own("status", MATRIC_STATE=state).out.strip() == "no run yet"
        assert own("--state", state, "status").out.strip() == "no run yet"
    assert (tmp_path / "shared" / "journal.sqlite").exists()
    assert not (own.folder / ".matric" / "state").exists()


def test_a_state_that_cannot_be_reached_is_an_error_without_its_password(here: Shell) -> None:
    ended = here("status", MATRIC_STATE="postgresql://matric:quite-a-word@127.0.0.1:1/state")

    assert ended.code == 1
    assert "postgresql://matric@127.0.0.1:1/state: the journal cannot be used" in ended.err
    assert "quite-a-word" not in ended.err


def test_an_address_without_tls_is_bad_usage(here: Shell) -> None:
    ended = here("status", MATRIC_STATE="postgresql://matric:quite-a-word@db.fernhill.example/state?sslmode=require")

    assert ended.code == 7
    assert "does not prove who the server is" in ended.err
    assert "quite-a-word" not in ended.err


def test_whoever_asks_is_told_whether_the_journal_is_as_it_was_written(here: Shell, postgres: Cluster) -> None:
    state = postgres.database()
    journal = open_state(state)
    journal.start(plan(), "cutover")
    journal.close()
    assert "every event and backup is as it was written" in here("status", "--verify", MATRIC_STATE=state).out

    postgres.ask("UPDATE matric.events SET data='{}'", state)

    ended = here("status", "--verify", MATRIC_STATE=state)
    assert ended.code == 1
    assert "event 1: changed since it was written" in ended.err


@pytest.mark.slow
def test_a_cancelled_job_is_ended_in_all_old_by_another_runner(
    estate: Shell, postgres: Cluster, tmp_path: Path
) -> None:
    state = postgres.database()
    shared = Shell(estate.folder, {**estate.environment, "MATRIC_STATE": state})
    lab = Lab(Path(estate.environment["MATRIC_LAB"]))
    file = tmp_path / "plan.json"
    assert shared("plan", "oakfield", "--out", file).code == 0
    assert shared("approve", file, "--by", "j.okafor").code == 0
    before = running(lab)

    cancelled = shared.interrupted_at("arm ", "cutover", file, by=signal.SIGTERM)

    assert cancelled.code == -signal.SIGTERM
    held = on_another_runner(shared, "recover", "oakfield")
    assert held.code == 1
    assert f"on {os.uname().nodename}" in held.err
    lab.sleep(LEASE.total_seconds() + 1)
    ended = on_another_runner(shared, "recover", "oakfield", "--json")
    assert ended.code == 5, ended.err
    assert [one["outcome"]["word"] for one in ended.value["recovered"]] == ["all-old"]
    assert running(lab) == before
    assert shared("status", "--json").value["runs"][-1]["outcome"]["word"] == "all-old"
    assert postgres.password not in cancelled.err + held.err + ended.err + ended.out


@pytest.mark.slow
def test_the_state_of_a_lab_and_of_real_schools_are_never_one(estate: Shell, here: Shell, postgres: Cluster) -> None:
    state = postgres.database()
    assert estate("status", MATRIC_STATE=state).code == 0

    ended = here("status", MATRIC_STATE=state)

    assert ended.code == 7
    assert "keeps the state of a lab, and this is for real schools" in ended.err
