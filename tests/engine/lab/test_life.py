"""A lab starts quickly, once, in its own process, tells nobody else its secrets, and leaves nothing behind."""

import json
import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matric import lab
from matric.errors import MatricError, UsageError
from matric.lab.client import Lab
from matric.lab.spec import LabSpec

CORE = "oakfield/core-1"


def test_a_hundred_and_twenty_devices_answer_within_ten_seconds(spec: LabSpec, tmp_path: Path) -> None:
    devices = tuple(
        replace(spec.devices[number % 2], key=f"oakfield/sw-{number}", name=f"sw-{number}") for number in range(120)
    )
    started = time.monotonic()
    running = lab.launch(replace(spec, devices=devices, cables=(), entry=""), tmp_path / "lab")
    took = time.monotonic() - started
    lab.stop(tmp_path / "lab")
    assert len({row["port"] for row in running.devices.values()}) == 120
    assert took < 10


def test_a_second_lab_in_the_same_folder_is_refused(running_lab: Lab, spec: LabSpec) -> None:
    with pytest.raises(MatricError, match="already runs"):
        lab.launch(spec, running_lab.state)


def test_only_its_owner_reads_the_seed(running_lab: Lab) -> None:
    for name in ("lab.json", "spec.json"):
        assert stat.S_IMODE((running_lab.state / name).stat().st_mode) == 0o600


def test_a_stopped_lab_is_gone_and_stopping_it_twice_is_stopping_it_once(spec: LabSpec, tmp_path: Path) -> None:
    running = lab.launch(spec, tmp_path / "lab")
    pid = json.loads((tmp_path / "lab" / "lab.json").read_text())["pid"]
    lab.stop(tmp_path / "lab")
    lab.stop(tmp_path / "lab")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(MatricError, match="matric lab up"):
        running.time()
    with pytest.raises(UsageError, match="matric lab up"):
        Lab(tmp_path / "lab")


def test_matrics_clock_follows_the_lab(running_lab: Lab) -> None:
    clock = running_lab.clock()
    moment, since, real = clock.now(), clock.monotonic(), time.monotonic()
    clock.sleep(1200)
    assert (clock.now() - moment).total_seconds() >= 1200
    assert clock.monotonic() - since >= 1200
    assert time.monotonic() - real < 60


def test_a_device_that_is_not_the_lab_s_is_named(running_lab: Lab) -> None:
    with pytest.raises(UsageError, match="sw-99"):
        running_lab.device_state("oakfield/sw-99")


def test_two_switches_of_one_lab_have_two_identities(running_lab: Lab) -> None:
    pins = {row["pin"] for row in running_lab.devices.values()}
    assert len(pins) == 2
    assert all(pin.startswith(("ssh-ed25519 ", "-----BEGIN CERTIFICATE-----")) for pin in pins)


def test_saving_asks_for_the_file_unless_prompts_are_quiet(running_lab: Lab, terminal: Callable[..., Any]) -> None:
    login = terminal(running_lab)
    asked = login.send_command("copy running-config startup-config", expect_string=r"\]\?")
    assert "Destination filename [startup-config]" in asked
    assert "[OK]" in login.send_command("\n", expect_string="core-1#", cmd_verify=False)
    login.send_config_set(["file prompt quiet"])
    assert "[OK]" in login.send_command("copy running-config startup-config")


def test_a_replacement_that_removes_accounts_asks_first(running_lab: Lab, terminal: Callable[..., Any]) -> None:
    login = terminal(running_lab)
    login.send_config_set(["file prompt quiet"])
    login.send_command("copy running-config flash:/wanted.cfg")
    login.send_config_set(["username kim privilege 15 secret 0 chalk"])
    asked = login.send_command("configure replace flash:/wanted.cfg force", expect_string=r"confirm\]")
    assert "all username" in asked
    assert "username kim" in running_lab.device_state(CORE)["running_text"]
    login.send_command("\n", expect_string="core-1#", cmd_verify=False)
    assert "username kim" not in running_lab.device_state(CORE)["running_text"]


def test_a_pipe_shows_the_lines_asked_for(running_lab: Lab, terminal: Callable[..., Any]) -> None:
    login = terminal(running_lab)
    assert login.send_command("show running-config | include ^hostname") == "hostname core-1"
    assert login.send_command("show running-config | section ^archive").splitlines() == [
        "archive",
        " path flash:archive",
    ]


def test_ios_shows_what_is_its_own_and_hides_what_it_hides(running_lab: Lab, terminal: Callable[..., Any]) -> None:
    login = terminal(running_lab)
    login.send_config_set(["snmp-server user monitor GROUP v3 auth sha one priv aes 128 two"])
    text = login.send_command("show running-config")
    assert "! Last configuration change at" in text
    assert "certificate self-signed 01" in text
    assert "ntp clock-period" in text
    assert "snmp-server user" not in text
    assert "pencil" not in text
    assert "User name: monitor" in login.send_command("show snmp user")
