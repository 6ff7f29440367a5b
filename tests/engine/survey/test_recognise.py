"""Whose words a text is in, which command it answers and of which device it is; by itself before by its name."""

import pytest

from matric.survey import recognise, recognise_name
from tests.engine.survey import corpus


def kinds(name: str, text: str) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.platform, one.command, one.device) for one in recognise.pieces(name, text)]


@pytest.mark.parametrize("platform", sorted(corpus.PROMPTS))
def test_every_sample_is_recognised_with_its_name_and_without(platform: str) -> None:
    wrong: list[str] = []
    for one in corpus.samples():
        if one.platform != platform:
            continue
        for name in (one.name, "untitled.txt"):
            found = recognise.pieces(name, one.text)
            want = "configuration" if not one.command else "show"
            if {piece.platform for piece in found} != {platform} or {piece.kind for piece in found} != {want}:
                wrong.append(f"{name} {one.name}: {[(piece.platform, piece.kind, piece.fault) for piece in found]}")
            if (name == one.name or want == "configuration") and {piece.device for piece in found} != {one.host}:
                wrong.append(f"{name} {one.name}: {[piece.device for piece in found]}")

    assert not wrong


IOS_LOG = """\
=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2024.11.02 10:01:02 =~=~=~=~=~=~=~=~=~=~=~=
Unauthorised access is prohibited
sw-01>en
Password:
sw-01#sh vl br
VLAN Name                             Status    Ports
10   Staff                            active    Gi1/0/1
sw-01#conf t
sw-01(config)#exit
sw-01#ssh -l admin 10.1.1.2
sw-02#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.1.1.9                3   0011.2233.4455  ARPA   Vlan10
sw-02#
"""


def test_a_log_is_cut_by_its_prompts_also_where_somebody_went_on_to_the_next_switch() -> None:
    assert kinds("visit.log", IOS_LOG) == [
        ("unknown", "ios", "", "sw-01"),
        ("unknown", "ios", "en", "sw-01"),
        ("show", "ios", "show vlan brief", "sw-01"),
        ("show", "ios", "show ip arp", "sw-02"),
    ]


def test_the_lines_of_a_piece_keep_their_place_in_the_file() -> None:
    lines = IOS_LOG.split("\n")

    for piece in recognise.pieces("visit.log", IOS_LOG):
        first = piece.text.split("\n")[0]
        assert lines[piece.start] == first


def test_a_show_tech_is_cut_by_its_headings_and_its_configuration_names_the_device() -> None:
    text = (
        "\n------------------ show version ------------------\n\nCisco IOS Software, C2960X Software\n"
        "\n------------------ show running-config ------------------\n\nBuilding configuration...\n\n"
        "Current configuration : 50 bytes\nhostname lib-sw\ninterface GigabitEthernet1/0/1\nend\n"
        "\n------------------ show vlan ------------------\n\n10   Staff   active    Gi1/0/1\n"
    )

    assert [(kind, command, device) for kind, _, command, device in kinds("tech.txt", text)] == [
        ("show", "show version", "lib-sw"),
        ("configuration", "show running-config", "lib-sw"),
        ("show", "show vlan brief", "lib-sw"),
    ]


def test_two_configurations_in_one_file_are_two_devices() -> None:
    one = "version 15.2\nhostname {}\ninterface GigabitEthernet1/0/1\n switchport mode access\nline vty 0 4\nend\n"

    assert kinds("both.txt", one.format("sw-a") + one.format("sw-b")) == [
        ("configuration", "ios", "", "sw-a"),
        ("configuration", "ios", "", "sw-b"),
    ]


def test_a_banner_that_looks_like_a_prompt_cuts_no_configuration() -> None:
    text = (
        "version 15.2\nhostname sw-a\nbanner motd ^C\nsw-a# welcome\nroom#12 keep out\n^C\n"
        "interface GigabitEthernet1/0/1\n description to core#show room\n switchport mode access\nline vty 0 4\nend\n"
    )

    assert kinds("a.cfg", text) == [("configuration", "ios", "", "sw-a")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Building configuration...\n\nCurrent configuration : 9000 bytes\nversion 15.2\nhostname a\n",
         "cut short at line 5: it has 23 of 9000 bytes"),
        ("## Last commit: 2024-01-01 10:00:00\nsystem {\n    host-name a;\n    services {\n        ssh;\n",
         "cut short at line 5: 2 sections are not closed"),
        ("#\n sysname a\n#\ninterface GigabitEthernet1/0/1\n port access vlan 2\n" + "#\n" * 60,
         "cut short at line 65: its 'return' is missing"),
    ],
)  # fmt: skip
def test_a_dump_that_broke_off_says_where(text: str, fault: str) -> None:
    assert recognise.pieces("a.cfg", text)[0].fault == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("#config-version=FGT60F\nconfig system global\n    edit 1\n", "FortiOS, which is not read here"),
        ('{"vlans": {"10": {}}}', "JSON or XML: what a program asked for, not what a device shows"),
        ("<rpc-reply>\n<x/></rpc-reply>", "JSON or XML: what a program asked for, not what a device shows"),
        ("Dear Sam,\nthe switches are in the boiler room.\n", "nothing says which platform wrote it"),
        ("\n \n!\n", "empty"),
    ],
)
def test_what_is_not_read_here_is_called_by_its_name(text: str, fault: str) -> None:
    assert [(one.kind, one.fault) for one in recognise.pieces("x", text)] == [("unknown", fault)]


@pytest.mark.parametrize(
    ("stem", "device"),
    [
        ("sw-01.cfg", "sw-01"), ("sw-01-2024-11-02.txt", "sw-01"), ("SW01_running-config_20241102.txt", "SW01"),
        ("sw-01-confg", "sw-01"), ("lib-sw.bak.old", "lib-sw"), ("10.1.1.2-run.txt", "10.1.1.2"),
        ("10_1_1_2.cfg", "10.1.1.2"), ("core-sw-02", "core-sw-02"), ("config.txt", ""),
    ],
)  # fmt: skip
def test_a_file_s_name_says_which_device_it_is_of(stem: str, device: str) -> None:
    assert recognise_name.by_file(stem) == device


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("! Last configuration change at 10:20:30 BST Mon Nov 2 2024 by x\n", "a", "2024-11-02T10:20:30"),
        ("## Last commit: 2024-11-02 10:20:30 UTC by root\n", "a", "2024-11-02T10:20:30"),
        ("hostname a\n", "sw1-2024-11-02_0915.cfg", "2024-11-02T09:15:00"),
        ("hostname a\n", "sw1.cfg", ""),
        ("hostname a\n", "sw1-2024-99-02.cfg", ""),
    ],
)
def test_a_configuration_is_dated_by_its_own_words_before_its_file_s_name(text: str, name: str, day: str) -> None:
    assert recognise_name.dated(text, name) == day


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "\n" * 200_000, (" " * 2000 + "\n") * 2000, "-" * 500_000 + " more\n", "sw-a#show vlan\n" * 50_000,
        ("-- show " + "a " * 140 + "\n") * 1000, "{" * 100_000, "end\n" * 50_000, "hostname b\nend\n" * 5000,
    ],
    ids=["blank lines", "spaces", "dashes", "prompts", "half a heading", "braces", "ends", "names"],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_no_text_is_shaped_so_that_it_takes_for_ever(text: str) -> None:
    start = "version 15.2\nhostname sw-a\ninterface GigabitEthernet1/0/1\n switchport mode access\n"

    assert recognise.pieces("1" * 200 + "x.cfg", start + text)
