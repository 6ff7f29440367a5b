"""What is seen live is what a folder of the same answers gives."""

from pathlib import Path

import pytest

from matric.survey import offline
from matric.survey.model import Device, Survey
from matric.walk import Walked
from matric.walk.taken import surveyed
from tests.engine.walk.conftest import Walk

TAKEN = "2026-11-26T07:00:00Z"
BY_PLACE = {"management": "", "configured_from": None, "unread": ()}
"""Where it was read, and the line it stood in."""


def by_name(survey: Survey) -> dict[str, Device]:
    return {one.name: one.model_copy(update=BY_PLACE) for one in survey.devices}


def written(walked: Walked, folder: Path) -> Path:
    """A terminal's log of each device, as somebody would bring it from a visit."""
    folder.mkdir()
    for visit, name in zip(sorted(walked.seen, key=lambda one: one.address), ("core", "north", "south"), strict=True):
        log = "".join(f"{name}# {one.command}\n{one.text}\n" for one in visit.answers if not one.fault)
        (folder / f"{name}.log").write_text(f"{log}{name}#\n", encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_walk_and_a_folder_of_the_same_answers_are_one_survey(go: Walk, tmp_path: Path) -> None:
    walked = go()

    live = by_name(surveyed("elm", TAKEN, walked))
    read = by_name(offline.survey("elm", (written(walked, tmp_path / "visit"),), at=TAKEN, now=lambda: TAKEN))

    assert set(live) == set(read)
    for name, device in live.items():
        assert device.model_dump() == read[name].model_dump()
