"""Readers of the survey on texts as old providers leave them: each folder holds a text and what it tells."""

import json
import re
from pathlib import Path

import pytest

from matric.survey import configuration, show
from matric.survey.show.answers import ANSWERS
from matric.survey.told import Told

CASES = Path(__file__).parents[2] / "cases" / "survey"
PLATFORMS = tuple(configuration.READERS)


def found(name: str) -> list[Path]:
    return sorted(path.parent for platform in (*PLATFORMS, "leases") for path in CASES.glob(f"{platform}/*/{name}"))


def expected(case: Path) -> object:
    return json.loads((case / "told.json").read_text(encoding="utf-8"))


def plain(told: Told) -> object:
    return json.loads(told.model_dump_json(exclude_defaults=True))


@pytest.mark.parametrize("case", found("configuration.txt"), ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_configuration_tells_its_devices_vlans_ports_and_addresses_and_names_what_nobody_knows(case: Path) -> None:
    told = configuration.read(case.parent.name, (case / "configuration.txt").read_text(encoding="utf-8"))

    assert plain(told) == expected(case)


@pytest.mark.parametrize("case", found("answer.txt"), ids=lambda case: f"{case.parent.name}-{case.name}")
def test_an_answer_tells_what_its_device_sees(case: Path) -> None:
    command = (case / "command.txt").read_text(encoding="utf-8").strip()

    told = show.read(case.parent.name, command, (case / "answer.txt").read_text(encoding="utf-8"))

    assert plain(told) == expected(case)


@pytest.mark.parametrize("case", found("list.txt"), ids=lambda case: case.name)
def test_a_list_of_leases_tells_its_hosts_in_whichever_form_it_was_handed_over(case: Path) -> None:
    told = show.leases((case / "list.txt").read_text(encoding="utf-8"))

    assert plain(told) == expected(case)


def test_every_platform_has_a_configuration_and_an_answer_among_the_cases() -> None:
    whole = {case.parent.name for case in found("configuration.txt")}
    answers = {case.parent.name for case in found("answer.txt")}

    assert whole == set(PLATFORMS)
    assert answers == set(PLATFORMS)


def test_the_page_names_every_command_that_is_read_and_by_what() -> None:
    page = (CASES.parents[2] / "docs" / "reference" / "survey-readers.md").read_text(encoding="utf-8")

    missing = [
        (platform, command)
        for platform, table in ANSWERS.items()
        for command, answer in table.items()
        if not re.search(rf"\| `{re.escape(command)}`.*\| .*{re.escape(answer.template) or 'matric'}`? \|", page)
    ]

    assert not missing
