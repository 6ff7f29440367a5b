"""A trust's folder as `matric init` lays it out, a shell in it, and one lab of Oakfield for tests that need devices."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from matric import snapshot
from matric.lab.client import Lab
from tests.estate import settled
from tests.warm import ALWAYS_COLD, PROGRAM, matric

DEVICES = ("core-1", "sw-01", "sw-02", "sw-03", "sw-04", "wlc-1")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """A folder to type commands in."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    cold: bool = ALWAYS_COLD

    @property
    def program(self) -> str:
        return str(PROGRAM)

    @property
    def env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MATRIC_")}
        return {**kept, "COLUMNS": "120", **self.environment}

    def __call__(self, *arguments: str | Path, **more: str) -> Ended:
        """Run matric; whatever happens, it shows no traceback and ends with a documented code."""
        done = matric(*arguments, cwd=self.folder, env={**self.env, **more}, cold=self.cold)

        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        assert "a defect:" not in done.stderr, done.stderr
        assert done.returncode in range(8), done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, *arguments], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def interrupted_at(self, words: str, *arguments: str | Path, by: int = signal.SIGINT) -> Ended:
        """Run matric until its progress says *words*, then send it the signal."""
        running = self.start(*arguments)
        assert running.stderr is not None
        seen = ""
        for line in running.stderr:
            seen += line
            if words in line:
                running.send_signal(by)
                break
        out, err = running.communicate(timeout=120)
        return Ended(running.returncode, out, seen + err)


def _laid_out(folder: Path) -> Path:
    done = matric("init", folder, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return settled(folder)


def open_the_gate(folder: Path) -> None:
    """Name a filtering policy for guests at Oakfield, as somebody would in NetBox before a pull."""
    path = folder / "inventory" / "snapshot"
    before = snapshot.load(path)
    named = {"custom_fields": {"filter_policy": "guest"}}
    vlans = tuple(
        one.model_validate({**one.model_dump(), **named}) if one.role == "guest" else one
        for one in before.records.vlans
    )
    snapshot.save(path, before.records.model_copy(update={"vlans": vlans}), before.manifest)


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust's folder that no test changes."""
    return _laid_out(tmp_path_factory.mktemp("cli") / "trust")


@pytest.fixture
def here(laid_out: Path) -> Shell:
    """A shell in a trust's folder, for commands that only read."""
    return Shell(laid_out)


@pytest.fixture
def own(laid_out: Path, tmp_path: Path) -> Shell:
    """A shell in a copy that the test may change."""
    left = shutil.ignore_patterns(
        "state", "reports"
    )  # of commands that only read: what they wrote down is not laid out
    return Shell(Path(shutil.copytree(laid_out, tmp_path / "trust", ignore=left)))


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in a trust whose Oakfield is up in the lab, and whose gate is open; raised once for many tests."""
    folder = _laid_out(tmp_path_factory.mktemp("estate") / "trust")
    open_the_gate(folder)
    # A socket's path is short by law; pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="matric-") as short:
        shell = Shell(folder, {"MATRIC_LAB": str(Path(short) / "lab")})
        assert shell("lab", "up", "oakfield", "--seed", "of the tests").code == 0
        try:
            yield shell
        finally:
            shell("lab", "down", "oakfield")


@pytest.fixture
def estate(standing: Shell) -> Shell:
    """The same, whatever a test before has done to the school: its devices are as they were when nobody had come."""
    Lab(Path(standing.environment["MATRIC_LAB"])).renew()
    return standing


@pytest.fixture(scope="session")
def first_plan(standing: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for Oakfield that nobody carries out."""
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    Lab(Path(standing.environment["MATRIC_LAB"])).renew()
    ended = standing("plan", "oakfield", "--out", path, "--author", "a.mensah", "--detailed-exitcode")
    assert ended.code == 2, ended.err
    return path


@pytest.fixture
def planned(first_plan: Path, tmp_path: Path) -> Path:
    """A copy of that plan, for one test."""
    return Path(shutil.copy(first_plan, tmp_path / "plan.json"))


@pytest.fixture
def approved(estate: Shell, tmp_path: Path) -> Path:
    """A plan of its own for a test that carries it out, approved by somebody else."""
    path = tmp_path / "approved.json"
    assert estate("plan", "oakfield", "--out", path).code == 0
    assert estate("approve", path, "--by", "j.okafor").code == 0
    return path
