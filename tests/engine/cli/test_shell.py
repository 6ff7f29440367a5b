"""matric among other programs: JSON, pipes, completion, and its own reference."""

import importlib.util
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from matric.errors import ExitCode

ROOT = Path(__file__).parents[3]

READING = (
    ("devices", "oakfield"),
    ("devices",),
    ("render", "oakfield", "sw-01"),
    ("check", "fernhill"),
    ("check", "oakfield"),
    ("policy", "list"),
    ("policy", "show", "SAF-01"),
    ("waivers",),
    ("status",),
    ("recover",),
    ("run", "cut-over", "oakfield", "--list"),
    ("task",),
    ("lab", "fault", "oakfield"),
    ("lab", "down", "oakfield"),
)


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_json_is_one_document_wherever_the_option_stands(here: Any, arguments: tuple[str, ...]) -> None:
    before = here("--json", *arguments)
    behind = here(*arguments, "--json")

    assert before.value == behind.value
    assert before.code == behind.code
    assert before.code in {0, 3}


def test_the_same_commands_tell_people_something(here: Any) -> None:
    for arguments in READING[:6]:
        assert here(*arguments).out.strip()


def test_check_ends_with_3_where_a_rule_fails_and_with_0_where_none_does(here: Any) -> None:
    assert here("check", "fernhill").code == 0
    ended = here("check", "oakfield")

    assert ended.code == 3
    assert "SAF-01" in ended.out
    assert "Do:" in ended.out


def test_render_writes_one_file_per_device_and_no_secret(here: Any, tmp_path: Path) -> None:
    ended = here("render", "oakfield", "--out", tmp_path)

    assert ended.code == 0
    assert sorted(path.stem for path in tmp_path.glob("*.conf")) == [
        "core-1", "sw-01", "sw-02", "sw-03", "sw-04", "wlc-1",
    ]  # fmt: skip
    assert "<secret:" in (tmp_path / "sw-01.conf").read_text(encoding="utf-8")


def test_a_reader_that_goes_away_is_no_traceback(here: Any) -> None:
    running = here.start("render", "oakfield")
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()

    assert running.wait(60) in {0, 1}
    assert err == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_and_completes(here: Any, shell: str) -> None:
    ended = here(_MATRIC_COMPLETE=f"{shell}_source")

    assert ended.code == 0
    assert "_MATRIC_COMPLETE" in ended.out


def test_completion_knows_commands_of_groups(here: Any) -> None:
    ended = here(_MATRIC_COMPLETE="bash_complete", COMP_WORDS="matric snapshot pu", COMP_CWORD="2")

    assert ended.out.split() == ["plain,pull", "plain,push"]


def test_every_command_says_what_it_does() -> None:
    for name, text in _entries(_writer().page()):
        assert f"    {name}" in text
        assert re.search(r"^[A-Z].*\.", text, re.MULTILINE), name


def _entries(page: str) -> list[tuple[str, str]]:
    parts = page.split("\n## ")[2:]
    assert len(parts) > 30
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def test_the_reference_of_commands_is_what_the_command_line_says() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")

    assert page == _writer().page(), "run script/commands"


def test_help_names_every_exit_code(here: Any) -> None:
    shown = here("--help").out

    for code in ExitCode:
        assert f"  {int(code)}  " in shown


def test_version_is_that_of_the_distribution(here: Any) -> None:
    assert here("--version").out.strip() == f"matric {version('matric')}"


def test_the_working_directory_may_be_a_folder_inside_the_site(here: Any) -> None:
    inside = type(here)(here.folder / "inventory")

    assert inside("devices", "oakfield", "--json").value == here("devices", "oakfield", "--json").value


def _writer() -> Any:
    spec = importlib.util.spec_from_file_location("commands_page", ROOT / "script" / "commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
