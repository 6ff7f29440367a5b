"""Nothing but show commands gets through the one gate."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from matric.errors import Refused
from matric.survey.kit import platform_in
from matric.survey.show import COMMANDS
from matric.survey.show.commands import DETAILS
from matric.walk.sent import ASKED_FIRST, RAISES, SETTINGS, Gate, refused


@pytest.mark.parametrize("platform", sorted(COMMANDS))
def test_every_command_that_may_be_sent_only_shows(platform: str) -> None:
    gate = Gate()
    gate.platform = platform

    for command in COMMANDS[platform]:
        assert command.split()[0] in ("show", "display")
        assert "|" not in command
        assert gate.passed(f"{command}\n") == f"{command}\n"

    assert SETTINGS[platform]


@pytest.mark.parametrize(
    "text",
    [
        "configure terminal",
        "show running-config\nconfigure terminal",
        "show running-config | redirect flash:x",
        "reload",
        "show version ; reload",
        "copy running-config startup-config\n",
        "\n\nreload\n",
        "y",
    ],
)
def test_what_could_change_anything_is_refused_before_it_is_sent(text: str) -> None:
    gate = Gate()
    gate.platform = "ios"

    with pytest.raises(Refused, match="was not sent"):
        gate.passed(text)


@given(platform=some.sampled_from(sorted(COMMANDS)), text=some.text(alphabet="showrun cfgt\n\r |;1", max_size=24))
def test_no_text_gets_through_that_is_not_one_line_of_the_list(platform: str, text: str) -> None:
    gate = Gate()
    gate.platform = platform
    known = {*COMMANDS[platform], *SETTINGS[platform], *ASKED_FIRST, RAISES, "", " "}

    try:
        gate.passed(text)
    except Refused:
        return

    line = text.rstrip("\r\n")
    assert line in known or DETAILS[platform].fullmatch(line)


@pytest.mark.parametrize("port", ["ge-0/0/5", "xe-0/1/0.0", "me0", "et-0/0/1:3"])
def test_of_a_port_of_junos_its_neighbour_may_be_asked_and_nothing_behind_it_is_sent(port: str) -> None:
    gate = Gate()
    gate.platform = "junos"

    assert gate.passed(f"show lldp neighbors interface {port}\n")
    for more in (" | save /var/tmp/x", "\nrequest system reboot", " extensive"):
        with pytest.raises(Refused):
            gate.passed(f"show lldp neighbors interface {port}{more}")


def test_before_the_platform_is_known_only_its_name_is_asked() -> None:
    gate = Gate()

    assert gate.passed("show version\n")
    with pytest.raises(Refused):
        gate.passed("show running-config\n")


def test_a_password_of_privileged_mode_goes_through_once() -> None:
    gate = Gate()
    gate.once("battery-staple")

    assert gate.passed("battery-staple\n")
    with pytest.raises(Refused):
        gate.passed("battery-staple\n")


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("Cisco IOS Software, C2960X Software, Version 15.2(7)E3", "ios"),
        ("Arista DCS-7050TX-64\nSoftware image version: 4.31.2F", "eos"),
        ("Hostname: sw\nModel: ex2300-24p\nJunos: 22.4R3.25", "junos"),
        ("ArubaOS-CX\n(c) Copyright 2017-2024", "aoscx"),
        ("Image stamp:    /ws/swbuildm/rel\nBoot Image:     Primary", "aoss"),
        ("HPE Comware Platform Software\nComware Software, Version 7.1.070", "comware"),
        ("Copyright (c) Ruckus Networks, Inc.\nUNIT 1: compiled on Jan 1", "icx"),
        ("BusyBox v1.30.1 built-in shell (ash)", ""),
    ],
)
def test_what_stands_there_is_known_by_what_it_says_of_itself(text: str, platform: str) -> None:
    assert platform_in(text) == platform


@pytest.mark.parametrize(
    ("text", "is_refusal"),
    [
        ("                ^\n% Invalid input detected at '^' marker.", True),
        ("Invalid input: lldp", True),
        ("% Unrecognized command found at '^' position.", True),
        ("syntax error, expecting <command>.", True),
        ("% LLDP is not enabled", False),
        ("interface 1\n description error counters", False),
    ],
)
def test_a_refusal_is_told_from_an_answer(text: str, is_refusal: bool) -> None:  # noqa: FBT001 - a case
    assert refused(text) is is_refusal
