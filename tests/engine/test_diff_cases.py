"""Changes as plain text: a folder under tests/cases/<platform>/ with running.conf, intended.conf and change.txt.

``MATRIC_UPDATE=1`` rewrites change.txt and, where there is one, candidate.conf; review them in the diff.
"""

import os
from pathlib import Path

import pytest

from matric import diff
from matric.config import normalised, parse
from matric.platform import aoss_rules, eos_rules, ios_rules, junos_rules

CASES = Path(__file__).parents[1] / "cases"
RULES = {"aoss": aoss_rules.RULES, "eos": eos_rules.RULES, "ios": ios_rules.RULES, "junos": junos_rules.RULES}
FOLDERS = sorted(path.parent for platform in RULES for path in CASES.glob(f"{platform}/*/running.conf"))
EVERY_CASE = pytest.mark.parametrize("folder", FOLDERS, ids=[f"{path.parent.name}-{path.name}" for path in FOLDERS])


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


def test_there_are_cases_for_every_platform_of_these() -> None:
    assert {path.parent.name for path in FOLDERS} == set(RULES)


@EVERY_CASE
def test_the_change_reads_as_it_was_reviewed(folder: Path) -> None:
    rules = RULES[folder.parent.name]

    change = diff.planned(read(folder, "running.conf"), read(folder, "intended.conf"), rules)

    if os.environ.get("MATRIC_UPDATE"):
        (folder / "change.txt").write_text(change.text(), encoding="utf-8")
    assert change.text() == read(folder, "change.txt")


@EVERY_CASE
def test_after_the_candidate_is_loaded_nothing_is_left_to_change(folder: Path) -> None:
    rules = RULES[folder.parent.name]
    running, intended = read(folder, "running.conf"), read(folder, "intended.conf")

    candidate = diff.candidate(running, intended, rules)

    assert diff.planned(candidate, intended, rules).empty
    assert diff.same(candidate, intended, rules) == ()


@EVERY_CASE
def test_running_and_change_give_the_intended(folder: Path) -> None:
    rules = RULES[folder.parent.name]
    running = normalised(parse(read(folder, "running.conf"), rules), rules)
    intended = normalised(parse(read(folder, "intended.conf"), rules), rules)

    change = diff.difference(running, intended)

    assert diff.apply(running, change) == intended
    assert diff.apply(intended, change.inverse) == running


@pytest.mark.parametrize(
    "folder",
    [path for path in FOLDERS if path.parent.name != "junos"],
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_remediation_can_be_written_for_it(folder: Path) -> None:
    """Banners are left out of it: hier_config reads them as lines; and Junos, which it reads as ``set`` lines only."""
    rules = RULES[folder.parent.name]

    text = diff.remediation(rules, read(folder, "running.conf"), read(folder, "intended.conf"))

    assert bool(text) == bool(read(folder, "change.txt") and "banner" not in folder.name)
