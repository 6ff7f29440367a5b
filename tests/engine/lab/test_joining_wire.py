"""Thornfield on the wire: what is handed over, what an engineer types on site, and the same lab once NetBox has it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from matric import lab
from matric.errors import UsageError
from matric.fleet import MatricInventory
from matric.lab.capture import captured
from matric.lab.client import Lab
from matric.lab.site_visit import typed
from tests import estate
from tests.engine.lab.joining import SPEC, STANDARD, THORNFIELD


@pytest.fixture(scope="module")
def thornfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("thornfield")
    yield lab.begin(STANDARD, folder, THORNFIELD, seed="a seed of the tests")
    lab.stop(folder)


@pytest.mark.slow
def test_a_provider_hands_over_a_configuration_and_a_log_of_each_switch(thornfield: Lab, tmp_path: Path) -> None:
    written = {str(path.relative_to(tmp_path)) for path in captured(thornfield, tmp_path)}
    assert written == {f"{one.name}/{one.name}.{end}" for one in SPEC.devices for end in ("cfg", "log")}
    log = (tmp_path / "sw-01" / "sw-01.log").read_text("utf-8")
    assert "HP-2920# show mac-address\n" in log
    assert all(one.mac.replace(":", "")[:6] in log for one in SPEC.endpoints if one.device == "sw-01")


@pytest.mark.slow
def test_a_log_ends_a_question_early_where_the_switch_does(thornfield: Lab, tmp_path: Path) -> None:
    captured(thornfield, tmp_path)
    log = (tmp_path / "sw-02" / "sw-02.log").read_text("utf-8")
    _, _, after = log.partition("# show mac-address\n")
    assert after.strip().startswith("HP-2920# show arp")


@pytest.mark.slow
def test_a_visit_to_a_switch_that_is_not_there_types_nothing_anywhere(thornfield: Lab, tmp_path: Path) -> None:
    (tmp_path / "core-1.txt").write_text("hostname elsewhere\n", "utf-8")
    (tmp_path / "sw-99.txt").write_text("hostname nowhere\n", "utf-8")
    with pytest.raises(UsageError, match="sw-99"):
        typed(thornfield, tmp_path)
    assert thornfield.device_state("thornfield/core-1")["hostname"] == "Switch1"


def test_a_switch_that_was_given_another_name_is_known_by_its_serial_number(tmp_path: Path) -> None:
    """Oakfield's core as a lab that calls it by its old name publishes it."""
    for name in ("snapshot", "access.yaml", "standard.yaml"):
        source = estate.ESTATE / name if (estate.ESTATE / name).exists() else THORNFIELD.parents[1] / name
        target = tmp_path / "inventory" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    (tmp_path / "pyproject.toml").write_text('[tool.matric]\ninventory = "inventory"\n', "utf-8")
    plain = MatricInventory(str(tmp_path), "oakfield").load()
    serial = plain.hosts["oakfield/core-1"].data["serial"]
    device = {"host": "127.0.0.1", "port": 4711, "platform": "aoscx", "pin": "ssh-ed25519 AAAA", "serial": serial}
    state = tmp_path / "state"
    state.mkdir()
    published = {"school": "oakfield", "secret_seed": "seed", "devices": {"oakfield/Switch1": device}}
    (state / "lab.json").write_text(json.dumps(published), "utf-8")
    hosts = MatricInventory(str(tmp_path), "oakfield", str(state)).load().hosts
    assert hosts["oakfield/core-1"].port == 4711
    assert {host.port for name, host in hosts.items() if name != "oakfield/core-1"} == {0}
