"""A trust's repository as a new user makes it from a wheel, a forge's bare repository, and the pipeline really run."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matric import fleet
from matric.lab.forge import Stand, stand
from tests import lacking
from tests.engine.cli.conftest import open_the_gate
from tests.estate import settled

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
LONGEST_S = 800
QUICK = {"PIP_NO_COMPILE": "1"}
"""A runner's own setting: most of an installation's time is spent on compiling what a test never imports."""
NEEDED = ("npm", "npx", "rsync", "git")
WHO = {
    "GIT_AUTHOR_NAME": "A. Mensah", "GIT_AUTHOR_EMAIL": "a.mensah@trust.example",
    "GIT_COMMITTER_NAME": "A. Mensah", "GIT_COMMITTER_EMAIL": "a.mensah@trust.example",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def clean(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of somebody at a fresh terminal, who has matric on the PATH."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MATRIC", "VIRTUAL_ENV", "CI", "GITLAB", "GITHUB", "GCL", "PYTHON", "PYTEST"))
    }
    return {**kept, **WHO, "PATH": f"{BIN}:{os.environ['PATH']}", **(more or {})}


def ran(*command: str | Path, cwd: Path, code: int | None = 0, more: Mapping[str, str] | None = None) -> str:
    """What *command* printed on both its outputs; it must end with *code* (None: with any)."""
    done = subprocess.run(
        command, cwd=cwd, env=clean(more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert code is None or done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


def git(folder: Path, *arguments: str) -> str:
    return ran("git", *arguments, cwd=folder).strip()


@dataclass(frozen=True)
class Ran:
    """How a pipeline run on this machine ended."""

    code: int
    out: str
    folder: Path

    @property
    def logs(self) -> str:
        """Every job's own log."""
        folder = self.folder / ".gitlab-ci-local" / "output"
        return "".join(path.read_text() for path in sorted(folder.glob("*.log")))


@dataclass(frozen=True)
class GitLab:
    """gitlab-ci-local, of the version that is laid out."""

    program: Path

    def __call__(
        self,
        folder: Path,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run it in *folder*; *variables* are the pipeline's, as GitLab would set them, *more* the runner's own."""
        given = {
            "CI_PROJECT_PATH": "trust/network",
            **(variables or {}),
        }
        options = [f"--variable={name}={value}" for name, value in given.items()]
        done = subprocess.run(
            [self.program, *options, *arguments], cwd=folder,
            env=clean({"GCL_IGNORE_PREDEFINED_VARS": ",".join(given), **QUICK, **(more or {})}),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=LONGEST_S, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout, folder)

    def jobs(self, folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
        """The jobs of a pipeline with *variables*, by name, with when they run."""
        listed = self(folder, "--list-json", variables=variables).out
        found: list[dict[str, Any]] = json.loads(listed[listed.index("[\n") :])
        return {one["name"]: one["when"] for one in found if one["when"] != "never"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = ("build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(out))
    ran(BIN / "uv", *build, cwd=ROOT)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def tools() -> None:
    """What the pipeline's runs need beside Python; skipped where it is missing, an error under CI."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        lacking.skip(f"{', '.join(missing)} missing: install Node.js 20 or newer, git and rsync")


@pytest.fixture(scope="session")
def demo(wheel: Path, tools: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust's repository laid out from the wheel, committed and pushed to a bare one; no test changes it."""
    del tools
    folder = tmp_path_factory.mktemp("pipeline") / "demo"
    ran("matric", "init", folder, "--from", wheel, cwd=folder.parent)
    settled(folder)
    git(folder.parent, "init", "--quiet", "--bare", "-b", "main", "origin.git")
    git(folder, "init", "--quiet", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "The trust's network")
    git(folder, "remote", "add", "origin", str(folder.parent / "origin.git"))
    git(folder, "push", "--quiet", "origin", "main")
    return folder


@pytest.fixture(scope="session")
def gitlab(demo: Path) -> GitLab:
    ran("npm", "ci", "--silent", cwd=demo)
    return GitLab(demo / "node_modules" / ".bin" / "gitlab-ci-local")


@pytest.fixture
def clone(demo: Path, tmp_path: Path) -> Path:
    """A clone of the trust's repository, with a forge's bare repository of its own, that a test may change."""
    shutil.copytree(demo.parent / "origin.git", tmp_path / "origin.git")
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), "trust")
    return tmp_path / "trust"


TOKEN = "canary-of-the-forge-3f1c0ffee"
"""A secret that must turn up in no log and no artefact."""


@dataclass(frozen=True)
class Estate:
    """A trust on a forge: a clone to work in, the forge's stand-in, Oakfield in the lab, and a state that stays."""

    folder: Path
    forge: Stand
    lab: Path
    state: Path

    @property
    def origin(self) -> Path:
        return self.folder.parent / "origin.git"

    @property
    def runner(self) -> dict[str, str]:
        """What the protected runner has, beside what the pipeline tells it."""
        return {"MATRIC_LAB": str(self.lab), "MATRIC_STATE": str(self.state)}

    def changed(self, branch: str = "edge-ports") -> str:
        """A change of an edge switch's template that means Oakfield, pushed and opened by ada; its head."""
        git(self.folder, "switch", "--quiet", "-c", branch)
        path = self.folder / "templates" / "eos" / "access.j2"
        timer = '{% if "Oakfield" in snmp_location %}\nlldp timer 20\n{% endif %}'
        path.write_text(path.read_text().replace("no ip routing", f"no ip routing\n{timer}", 1))
        git(self.folder, "commit", "--all", "--quiet", "-m", "LLDP every 20 seconds")
        git(self.folder, "push", "--quiet", "origin", branch)
        with self.forge.lock:
            ada = self.forge.person("ada")
            self.forge.state.refresh()
            self.forge.state.open_merge(ada, branch, "main", "LLDP every 20 seconds", "")
        return git(self.folder, "rev-parse", "HEAD")

    def comments(self, number: int = 1) -> list[str]:
        """The first parts of matric's comments: a long one has more parts."""
        bodies = [one.body for one in self.forge.state.merges[number].comments]
        return [body for body in bodies if body.startswith("<!-- matric:review part 1 -->")]

    def secrets(self, *texts: str) -> list[str]:
        """Every secret that the lab's devices, the forge and whoever logs in know."""
        lab = fleet.lab_state(str(self.lab))
        vault = fleet.vault_in(self.lab)
        names = sorted({name for text in texts for name in re.findall(r"lab:[a-z0-9-]+", text)})
        return [TOKEN, lab.secret_seed, *(vault.get(name) for name in names)]

    def leaks(self, *places: Path) -> list[str]:
        """Which files under *places* hold a secret, by their bytes."""
        told = "".join(path.read_text() for path in (self.folder / "inventory").glob("*.yaml"))
        known = [secret.encode() for secret in self.secrets(told)]
        assert len(known) > 5
        files = [path for place in places for path in [place, *place.rglob("*")] if path.is_file()]
        assert files
        return [f"{path}" for path in files for secret in known if secret in path.read_bytes()]


def _estate(forge: str, clone: Path) -> Iterator[Estate]:
    open_the_gate(clone)
    git(clone, "commit", "--all", "--quiet", "-m", "Guests are filtered")
    git(clone, "push", "--quiet", "origin", "main")
    # A socket's path is short by law; pytest's folders are not.
    with (
        tempfile.TemporaryDirectory(prefix="matric-") as short,
        stand(forge, clone.parent / "origin.git", token=TOKEN, actions=forge == "github") as served,
    ):
        lab = Path(short) / "lab"
        ran("matric", "--lab", lab, "lab", "up", "oakfield", "--seed", "of the pipeline", cwd=clone)
        try:
            served.start()
            yield Estate(clone, served, lab, Path(short) / "state")
        finally:
            ran("matric", "--lab", lab, "lab", "down", "oakfield", cwd=clone, code=None)


@pytest.fixture
def on_gitlab(clone: Path) -> Iterator[Estate]:
    yield from _estate("gitlab", clone)


@pytest.fixture
def on_github(clone: Path) -> Iterator[Estate]:
    yield from _estate("github", clone)
