"""What is seen live is what a folder of the same answers gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matric import fleet, lab, onboarding, walk, yaml_file
from matric.intent.standard import Standard
from matric.lab.client import Lab
from matric.lab.description import described
from matric.survey import offline
from matric.survey.model import Survey
from matric.survey.recognise_name import hostname
from matric.walk import Walked
from matric.walk.taken import surveyed
from tests.engine.walk.conftest import QUICK, Walk

pytestmark = pytest.mark.slow

TAKEN = "2026-11-26T07:00:00Z"
INVENTORY = Path(__file__).parents[3] / "inventory"


def written(walked: Walked, folder: Path) -> Path:
    """A terminal's log of each device, as somebody would bring it from a visit."""
    folder.mkdir()
    for number, visit in enumerate(walked.seen):
        name = next(name for one in visit.answers if (name := hostname(one.text)))
        log = "".join(f"{name}# {one.command}\n{one.text}\n" for one in visit.answers if not one.fault)
        # What a file is called tells nothing of its device.
        (folder / f"putty-{9 - number}.log").write_text(f"{log}{name}#\n", encoding="utf-8")
    return folder


def compared(live: Survey, read: Survey) -> None:
    """Both are the same but for where it was read, a file or an address, and why something was not seen."""
    by_place = {"configured_from": None, "unread": ()}
    for ours, theirs in zip(live.devices, read.devices, strict=True):
        assert ours.model_copy(update=by_place) == theirs.model_copy(update=by_place)
        assert sorted(one.text for one in ours.unread) == sorted(one.text for one in theirs.unread)
    kit = ("device", "wireless", "network")
    assert [(one.what, one.name, one.told_by) for one in live.unseen if one.what in kit] == [
        (one.what, one.name, one.told_by) for one in read.unseen if one.what in kit
    ]


def test_a_walk_and_a_folder_of_the_same_answers_are_one_survey(go: Walk, tmp_path: Path) -> None:
    walked = go()

    read = offline.survey("elm", (written(walked, tmp_path / "visit"),), at=TAKEN, now=lambda: TAKEN)

    compared(surveyed("elm", TAKEN, walked), read)


@pytest.fixture
def thornfield(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Lab]]:
    state = tmp_path_factory.mktemp("thorn")
    home = tmp_path / "inventory" / "joining" / "thornfield"
    home.mkdir(parents=True)
    there, standard = INVENTORY / "lab" / "thornfield", yaml_file.model(INVENTORY / "standard.yaml", Standard)
    (home / "credentials.yaml").write_bytes((there / "credentials.yaml").read_bytes())
    yield home.parents[1], lab.launch(described(there, standard, "of the tests"), state)
    lab.stop(state)


def test_a_messy_school_is_the_same_live_and_from_what_somebody_brought_from_a_visit(
    thornfield: tuple[Path, Lab], tmp_path: Path
) -> None:
    inventory, running = thornfield
    clock, vault = onboarding.clock_of(running.state), fleet.vault_in(running.state)
    ready = walk.prepared(inventory, "thornfield", clock, vault, seeds=("192.168.1.2",), rules=QUICK, lab=running.state)
    walked = walk.walked(ready.place, ready.scope, ready.seeds, lambda _message: None)

    read = offline.survey("thornfield", (written(walked, tmp_path / "visit"),), at=TAKEN, now=lambda: TAKEN)
    live = surveyed("thornfield", TAKEN, walked)

    assert len(live.devices) == 6
    compared(live, read)
    assert ("wireless", "RuckusAP-office") in {(one.what, one.name) for one in live.unseen}
