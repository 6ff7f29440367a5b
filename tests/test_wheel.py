"""The wheel, built from the tree, installed into a fresh environment and used as a new user would."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("MATRIC", "VIRTUAL_ENV"))}


def ran(*command: str | Path, cwd: Path) -> str:
    """What *command* printed; its errors are the test's."""
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=CLEAN | {"PATH": f"{BIN}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    ran(
        BIN / "uv",
        "build",
        "--quiet",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        out,
        cwd=ROOT,
    )
    return next(out.glob("*.whl"))


def test_the_starter_is_a_copy_of_the_content_folders() -> None:
    starter = ROOT / "src" / "matric" / "starter"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "inventory", "templates", "tasks", "policies", "runbooks"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    content = {name: (ROOT / name).read_bytes() for name in listed if name and (ROOT / name).exists()}

    copied = {
        str(path.relative_to(starter)): path.read_bytes()
        for path in starter.rglob("*")
        if path.is_file() and path.parent != starter and "__pycache__" not in path.parts
    }

    assert len(content) > 50
    assert sorted(copied) == sorted(content), "run script/starter"
    assert [name for name in content if copied[name] != content[name]] == [], "run script/starter"


@pytest.mark.slow
def test_the_wheel_holds_nothing_beside_matric(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "matric",
        "napalm_aruba_aoscx",
        "napalm_aruba_osswitch",
    }


@pytest.mark.slow
def test_the_installed_wheel_lays_out_a_trust_and_checks_it(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    ran(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    python = environment / "bin" / "python"
    ran(
        BIN / "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--require-hashes",
        "-r",
        ROOT / "requirements.lock",
        cwd=tmp_path,
    )
    ran(BIN / "uv", "pip", "install", "--quiet", "--python", python, "--no-deps", wheel, cwd=tmp_path)
    matric = environment / "bin" / "matric"

    ran(matric, "init", "trust", cwd=tmp_path)
    listed = ran(matric, "--json", "devices", "oakfield", cwd=tmp_path / "trust")
    shown = ran(matric, "render", "oakfield", "sw-01", cwd=tmp_path / "trust" / "policies")

    assert '"oakfield/sw-01"' in listed
    assert shown.startswith("hostname sw-01\n")
