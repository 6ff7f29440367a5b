"""What is read of a device is read whole, from commands on the list, and never taken for more than it says."""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matric import platform
from matric.errors import Refused, UsageError
from matric.platform import eos_json, ios_text, reading, transport

SHAPES: dict[str, dict[str, Any]] = {
    "before 4.32": {
        "sessions": {
            "matric-1": {"state": "pendingCommitTimer", "commitBy": 1500.0, "instances": {"1": {"user": "matric"}}},
            "weekend": {"state": "completed"},
        }
    },
    "since 4.32": {
        "commitTimerSessionName": "matric-1",
        "commitTimerExpireTime": 1500.0,
        "sessions": {"matric-1": {"state": "pendingCommitTimer", "instances": {"1": {"user": "matric"}}}},
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_running_timer_is_seen_in_both_shapes_of_eos(shape: str) -> None:
    assert eos_json.timed("ash/sw-01", SHAPES[shape]) == ("matric-1", 1500.0, "matric")


def test_eos_has_no_timer_only_where_its_list_of_sessions_says_so() -> None:
    assert eos_json.timed("ash/sw-01", {"sessions": {"weekend": {"state": "completed"}}}) is None
    with pytest.raises(Refused, match="could not be read"):
        eos_json.timed("ash/sw-01", {})


@pytest.mark.parametrize("slug", list(platform.PLATFORMS))
@pytest.mark.parametrize(
    "command",
    [
        "configure terminal",
        "show running-config | redirect flash:x",
        "show version\nreload",
        "write memory",
        "configure session matric-1",
        "copy running-config startup-config",
        "show tech-support",
        "delete /force flash:matric-1.cfg",
    ],
)
def test_what_is_not_a_listed_show_command_is_never_sent_by_a_read(slug: str, command: str) -> None:
    with pytest.raises(Refused, match="was not sent"):
        transport.allowed(command, platform.get(slug).show_commands)


@pytest.mark.parametrize("slug", list(platform.PLATFORMS))
def test_configurations_may_be_read(slug: str) -> None:
    command = {"junos": "get-configuration database committed format text"}.get(slug, "show running-config")

    assert transport.allowed(command, platform.get(slug).show_commands)


def test_a_configuration_cut_short_is_refused() -> None:
    assert transport.complete("ash/sw-01", "hostname sw-01\r\nend\r\n", "running") == "hostname sw-01\nend\n"
    for text in ("", "hostname sw-01\n", "hostname sw-01\nend\nsw-01#", "hostname sw-01\nen"):
        with pytest.raises(Refused, match="not read whole"):
            transport.complete("ash/sw-01", text, "running")


def test_a_clock_is_read_in_both_forms_and_in_british_time() -> None:
    moment = datetime(2026, 6, 3, 12, 22, 3, tzinfo=UTC)

    assert reading.clock("*12:22:03.123 UTC Wed Jun 3 2026") == moment
    assert reading.clock("13:22:03.123 BST Wed Jun 3 2026") == moment
    assert reading.clock("Wed Jun  3 13:22:03 2026\nTimezone: Europe/London\nClock source: NTP") == moment
    assert reading.skew("12:22:03 UTC Wed Jun 3 2026", moment - timedelta(seconds=40)) == 40


def test_a_clock_that_cannot_be_read_is_not_a_right_clock() -> None:
    assert reading.skew("% Invalid input detected", datetime.now(UTC)) is None
    assert reading.clock("13:22:03 CET Wed Jun 3 2026") is None


def test_a_community_that_is_no_default_is_not_repeated() -> None:
    found = reading.communities("snmp-server community public RO\nsnmp-server community sunflower RW 10\n")

    assert found == ("public RO", "<9 characters> RW 10")


def test_ports_are_named_in_full() -> None:
    assert ios_text.full_port("Gi1/0/1") == "GigabitEthernet1/0/1"
    assert ios_text.full_port("Ethernet1") == "Ethernet1"


def test_the_lines_ios_puts_over_a_configuration_are_not_part_of_it() -> None:
    shown = "Building configuration...\n\nCurrent configuration : 91 bytes\n!\nhostname sw-01\nend\n"

    assert ios_text.body(shown) == "!\nhostname sw-01\nend\n"


def test_a_route_is_told_from_the_legend() -> None:
    text = (
        "Codes: L - local, C - connected, S - static\n\n"
        "Gateway of last resort is 10.1.1.1 to network 0.0.0.0\n\n"
        "S*    0.0.0.0/0 [1/0] via 10.1.1.1\n"
        "C        10.1.1.0/30 is directly connected, GigabitEthernet1/0/1\n"
    )

    assert ios_text.routes(text) == ("0.0.0.0/0 via 10.1.1.1", "10.1.1.0/30 via GigabitEthernet1/0/1")


def test_an_unknown_platform_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="eos, ios"):
        platform.get("base")


def test_a_timer_the_platform_cannot_count_is_a_defect_of_ours() -> None:
    for slug in platform.PLATFORMS:
        capability = platform.get(slug).capability
        assert capability.timer_revert
        assert capability.timer_min_s % capability.timer_step_s == 0


def test_a_private_folder_is_gone_afterwards_and_what_a_killed_process_left_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"matric-private-{gone.pid}-x"
    left.mkdir()

    with transport.private_folder() as folder:
        path = transport.private_file(folder / "candidate.cfg", "secret")
        mode = path.stat().st_mode & 0o777
        folder_mode = folder.stat().st_mode & 0o777

    assert (mode, folder_mode) == (0o600, 0o700)
    assert list(tmp_path.iterdir()) == []
