"""The site: found, mounted below a private name, and never silently empty."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matric import site
from matric.errors import UsageError

Write = Callable[[str, str], Path]

PYPROJECT = '[tool.matric]\ninventory = "inventory"\n'
TASK = "def {name}(task):\n    return '{answer}'\n"


def written(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with one task."""
    root = tmp_path / "trust"
    written(root, "pyproject.toml", PYPROJECT)
    written(root, "tasks/look.py", TASK.format(name="look", answer="seen"))
    return root


@pytest.fixture
def write(root: Path) -> Write:
    return lambda name, text: written(root, name, text)


def test_a_task_is_reached_by_its_file_name(root: Path, write: Write) -> None:
    write("tasks/stage.py", TASK.format(name="stage", answer="staged"))

    tasks = site.load(root).tasks

    assert sorted(tasks) == ["look", "stage"]
    assert tasks["look"](None) == "seen"


def test_the_site_is_found_from_a_folder_below_it(root: Path, write: Write) -> None:
    below = write("docs/how/to.md", "").parent

    assert site.find(below) == root.resolve()


def test_a_folder_outside_any_site_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a matric site"):
        site.find(tmp_path)


def test_a_named_folder_is_the_root_itself_and_nothing_above_it(write: Write) -> None:
    below = write("docs/how/to.md", "").parent

    with pytest.raises(UsageError, match="not a matric site"):
        site.load(below)


def test_another_tools_pyproject_is_no_site(root: Path, write: Write) -> None:
    write("sub/pyproject.toml", "[tool.ruff]\n")

    assert site.find(root / "sub") == root.resolve()


def test_a_misspelt_folder_is_an_error_and_not_zero_tasks(root: Path, write: Write) -> None:
    write("pyproject.toml", '[tool.matric]\ntasks = "tsaks"\n')

    with pytest.raises(UsageError, match="tsaks: no such folder"):
        _ = site.load(root).tasks


def test_a_misspelt_kind_is_an_error(root: Path, write: Write) -> None:
    write("pyproject.toml", '[tool.matric]\npolices = "policies"\n')

    with pytest.raises(UsageError, match="does not know polices"):
        site.load(root)


def test_a_folder_outside_the_site_is_an_error(root: Path, write: Write) -> None:
    write("pyproject.toml", '[tool.matric]\ntasks = "../elsewhere"\n')

    with pytest.raises(UsageError, match="no folder below the site"):
        site.load(root)


def test_an_empty_folder_is_an_error_and_not_zero_tasks(root: Path, write: Write) -> None:
    write("tasks/look.py", "").unlink()

    with pytest.raises(UsageError, match="holds no tasks"):
        _ = site.load(root).tasks


def test_a_file_that_would_never_run_is_an_error(root: Path, write: Write) -> None:
    write("tasks/more/stage.py", TASK.format(name="stage", answer="staged"))

    with pytest.raises(UsageError, match=r"tasks/more/stage\.py"):
        _ = site.load(root).tasks


def test_a_content_folder_is_no_package(root: Path, write: Write) -> None:
    write("tasks/__init__.py", "")

    with pytest.raises(UsageError, match="no packages"):
        _ = site.load(root).tasks


def test_a_broken_file_is_named_with_its_reason(root: Path, write: Write) -> None:
    write("tasks/stage.py", "import nothing_of_that_name\n")

    with pytest.raises(UsageError, match=r"tasks/stage\.py: No module named 'nothing_of_that_name'"):
        _ = site.load(root).tasks


def test_a_task_must_bear_the_name_of_its_file(root: Path, write: Write) -> None:
    write("tasks/stage.py", TASK.format(name="stag", answer="staged"))

    with pytest.raises(UsageError, match="defines no function stage"):
        _ = site.load(root).tasks


def test_a_task_imported_from_another_file_is_not_this_files_task(root: Path, write: Write) -> None:
    write("tasks/seen.py", "from .look import look as seen\n")

    with pytest.raises(UsageError, match="defines no function seen"):
        _ = site.load(root).tasks


def test_files_with_an_underscore_are_shared_code(root: Path, write: Write) -> None:
    write("tasks/_words.py", "WORD = 'staged'\n")
    write("tasks/stage.py", "from ._words import WORD\n\ndef stage(task):\n    return WORD\n")

    tasks = site.load(root).tasks

    assert sorted(tasks) == ["look", "stage"]
    assert tasks["stage"](None) == "staged"


def test_slotted_dataclasses_work_in_content(root: Path, write: Write) -> None:
    lines = (
        "from __future__ import annotations",
        "from dataclasses import dataclass",
        "@dataclass(frozen=True, slots=True)",
        "class Answer:",
        "    word: str",
        "def stage(task) -> Answer:",
        "    return Answer('staged')",
    )
    write("tasks/stage.py", "\n".join(lines))

    assert site.load(root).tasks["stage"](None).word == "staged"


def test_two_sites_in_one_process_keep_their_own_content(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "tasks").mkdir(parents=True)
    (other / "pyproject.toml").write_text(PYPROJECT)
    (other / "tasks" / "look.py").write_text(TASK.format(name="look", answer="elsewhere"))

    here, there = site.load(root), site.load(other)

    assert (here.tasks["look"](None), there.tasks["look"](None)) == ("seen", "elsewhere")
    assert here.tasks["look"](None) == "seen"


def test_content_never_becomes_importable_as_tasks(root: Path) -> None:
    path = list(sys.path)

    _ = site.load(root).tasks

    assert "tasks" not in sys.modules
    assert sys.path == path


def test_an_installed_distribution_that_owns_tasks_changes_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = tmp_path / "hostile"
    (hostile / "tasks").mkdir(parents=True)
    (hostile / "tasks" / "__init__.py").write_text("raise RuntimeError('hostile')\n")
    monkeypatch.setattr(sys, "path", [str(hostile), *sys.path])

    assert site.load(root).tasks["look"](None) == "seen"


def test_a_new_file_is_seen_by_the_next_load(root: Path, write: Write) -> None:
    _ = site.load(root).tasks
    write("tasks/stage.py", TASK.format(name="stage", answer="staged"))

    assert "stage" in site.load(root).tasks


def test_a_site_without_a_snapshot_can_still_list_its_tasks(root: Path) -> None:
    loaded = site.load(root)

    assert "look" in loaded.tasks
    assert not (root / "inventory").exists()


def test_python_may_come_from_another_checkout_and_data_stays_here(root: Path, write: Write, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    trusted = tmp_path / "trusted"
    written(trusted, "pyproject.toml", PYPROJECT)
    written(trusted, "tasks/look.py", TASK.format(name="look", answer="reviewed"))
    written(trusted, "policies/_parts.py", "")
    write("tasks/look.py", f"open({str(mark)!r}, 'w').close()\n" + TASK.format(name="look", answer="hostile"))
    write("policies/hostile.py", f"open({str(mark)!r}, 'w').close()\n")

    found = site.load(root, python_from=trusted)

    assert found.tasks["look"](None) == "reviewed"
    assert [path.name for path in found.rule_files] == ["_parts.py"]
    assert found.root == root.resolve()
    assert found.policies.is_relative_to(root.resolve())
    assert not mark.exists()
