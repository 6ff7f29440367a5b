"""Bad input, as it reaches a person: through the command line, all of it in one pass, and no device is contacted."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from matric import yaml_file
from matric.cli import main
from matric.errors import ExitCode

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases"
CONTENT = ("inventory", "policies", "runbooks", "tasks", "templates")
FIRST, LAST = 1, 95

Case = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def lines(self, code: str) -> list[str]:
        """Every line that bears *code*."""
        return [line for line in (*self.out.splitlines(), *self.err.splitlines()) if f"{code} " in line]


Run = Callable[..., Said]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the reference trust that a test may spoil."""
    copy = tmp_path / "trust"
    for folder in CONTENT:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", copy / "pyproject.toml")
    return copy


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """matric on the copy; no lab, unless the arguments name one."""
    monkeypatch.delenv("MATRIC_LAB", raising=False)

    def matric(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["-C", str(root), *arguments])
        out, err = capsys.readouterr()
        return Said(int(left.value.code or 0), out, err)

    return matric


def spoil(root: Path, edits: list[Case]) -> None:
    """Make the *edits* of a case in the copy at *root*."""
    for edit in edits:
        path = root / edit["file"]
        if "replace" in edit:
            old, new = edit["replace"]
            text = path.read_text("utf-8")
            assert old in text, f"{edit['file']} has no {old!r}: the case is out of date"
            path.write_text(text.replace(old, new), "utf-8")
        elif "append" in edit:
            path.write_bytes(path.read_bytes() + edit["append"].encode())
        elif "write" in edit:
            path.write_text(edit["write"], "utf-8")
        elif "link" in edit:
            path.symlink_to(edit["link"])
        else:
            with path.open("r+b") as file:
                file.truncate(edit["size"])


def variants() -> Iterator[Any]:
    for path in sorted((CASES / "bad-input-site").glob("*.yaml")):
        case = cast("Case", yaml_file.load(path))
        assert path.stem == case["id"]
        for variant in case["variants"]:
            merged = {"code": case["code"], "severity": case["severity"][0], **variant}
            yield pytest.param(merged, id=f"{case['id']} {variant['name']}")


ENDS = {"R": {ExitCode.USAGE}, "W": {ExitCode.DONE, ExitCode.BLOCKED}, "P": {ExitCode.BLOCKED}}
"""Refused; told and gone on with (the reference trust breaks one rule on purpose); broken rule."""


@pytest.mark.parametrize("variant", list(variants()))
def test_what_files_templates_and_secrets_may_hold_ends_in_its_own_error(
    variant: Case, root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(root, variant["edits"])
    for name, value in variant.get("env", {}).items():
        monkeypatch.setenv(name, value)

    said = run(*variant.get("command", ["check", "oakfield"]))

    if variant["severity"] == "A":
        assert not said.lines(variant["code"])
        return
    told = said.lines(variant["code"])
    assert told, said
    assert any(variant.get("says", "") in line for line in told), told
    assert said.code in ENDS[variant["severity"]], said
    assert "Traceback" not in said.err
    hidden = [variant.get("hidden", ""), variant.get("env", {}).get("MATRIC_TEST_SECRET", "")]
    assert not [value for value in hidden if len(value) > 1 and value in said.out + said.err], "a secret was shown"
