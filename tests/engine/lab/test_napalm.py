"""NAPALM's own drivers, unmodified, go through their whole cycle on the lab's devices."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from napalm import get_network_driver

from matric.lab.client import Lab

PASSWORD = "of-the-lab"


def driver(lab: Lab, key: str, tmp_path: Path) -> Any:
    found = lab.devices[key]
    if found["platform"] == "eos":
        context = ssl.create_default_context(cadata=found["pin"])
        context.check_hostname = False
        options = {"port": found["port"], "transport": "https", "context": context}
    else:
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{found['port']} {found['pin']}\n")
        options = {"port": found["port"], "ssh_strict": True, "alt_host_keys": True, "alt_key_file": str(known)}
    return get_network_driver(found["platform"])("127.0.0.1", "matric", PASSWORD, optional_args=options)


@pytest.fixture(params=["oakfield/core-1", "oakfield/sw-01"])
def opened(request: pytest.FixtureRequest, running_lab: Lab, tmp_path: Path) -> Iterator[tuple[Any, Lab, str]]:
    device = driver(running_lab, request.param, tmp_path)
    device.open()
    yield device, running_lab, request.param
    device.close()


def test_a_device_says_who_it_is(opened: tuple[Any, Lab, str]) -> None:
    device, _, key = opened
    facts = device.get_facts()
    assert facts["hostname"] == key.partition("/")[2]
    assert facts["serial_number"] in {"FOC0001", "JPE0001"}


def test_a_replacement_is_armed_and_goes_back_when_its_timer_ends(opened: tuple[Any, Lab, str]) -> None:
    device, lab, key = opened
    before = lab.device_state(key)
    running = device.get_config(retrieve="running")["running"]
    device.load_replace_candidate(config=running.replace("name Pupils", "name Learners"))
    assert "Learners" in device.compare_config()
    device.commit_config(revert_in=60)
    assert device.has_pending_commit()
    assert "Learners" in device.get_config(retrieve="running")["running"]
    lab.sleep(61)
    assert not device.has_pending_commit()
    after = lab.device_state(key)
    assert after["startup"] == before["startup"]
    assert "Learners" not in after["running_text"]
    assert [event["event"] for event in lab.event_log(key)].count("expire") == 1


def test_a_merge_is_confirmed_and_saved(opened: tuple[Any, Lab, str]) -> None:
    device, lab, key = opened
    device.load_merge_candidate(config="vlan 30\n name Voice\n")
    assert "Voice" in device.compare_config()
    device.commit_config(revert_in=120)
    device.confirm_commit()
    assert not device.has_pending_commit()
    state = lab.device_state(key)
    assert "name Voice" in state["startup_text"]
    lab.sleep(300)
    assert "name Voice" in lab.device_state(key)["running_text"]


def test_a_candidate_is_discarded(opened: tuple[Any, Lab, str]) -> None:
    device, lab, key = opened
    before = lab.device_state(key)["running"]
    device.load_merge_candidate(config="vlan 30\n name Voice\n")
    device.discard_config()
    assert "Voice" not in lab.device_state(key)["running_text"]
    assert key.endswith("core-1") or lab.device_state(key)["running"] == before


def test_a_pending_commit_is_rolled_back(opened: tuple[Any, Lab, str]) -> None:
    device, lab, key = opened
    device.load_merge_candidate(config="vlan 30\n name Voice\n")
    device.commit_config(revert_in=120)
    device.rollback()
    assert not device.has_pending_commit()
    assert "Voice" not in lab.device_state(key)["running_text"]


def test_a_line_no_device_knows_is_refused(opened: tuple[Any, Lab, str]) -> None:
    device, lab, key = opened
    running = device.get_config(retrieve="running")["running"]
    with pytest.raises(Exception, match=r"Invalid input|could not be applied|invalid command"):  # noqa: PT012 - NAPALM
        # refuses at the load on one platform and at the commit on the other
        device.load_replace_candidate(config=running.replace("hostname", "hotsname"))
        device.commit_config()
    assert "hotsname" not in lab.device_state(key)["running_text"]


def test_scp_is_refused_where_the_configuration_does_not_enable_it(running_lab: Lab, tmp_path: Path) -> None:
    running_lab.fault("oakfield/core-1", "edit", text="no ip scp server enable\n")
    device = driver(running_lab, "oakfield/core-1", tmp_path)
    device.open()
    with pytest.raises(Exception, match="SCP file transfers are not enabled"):
        device.load_replace_candidate(config="hostname core-1\n")
    device.close()


def test_a_file_cut_on_its_way_is_not_the_file(running_lab: Lab, tmp_path: Path) -> None:
    running_lab.fault("oakfield/core-1", "drop", on="^scp$", at=40)
    device = driver(running_lab, "oakfield/core-1", tmp_path)
    device.open()
    with pytest.raises(Exception, match=r"(?i)no response|closed|lost|reset"):
        device.load_replace_candidate(config="hostname core-1\n" * 100)
    held = running_lab.state / "flash" / "core-1" / "candidate_config.txt"
    assert held.stat().st_size == 40
    device.device.disconnect()
