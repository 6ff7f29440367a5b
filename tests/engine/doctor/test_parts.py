"""What an examination is made of: what is tried, what leaves for the report, the relay, who may be changed."""

import contextlib
import socket
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from matric import platform, secret
from matric.config import parse
from matric.doctor import point, sheet, trial
from matric.doctor.relay import Relay
from matric.doctor.scrub import Scrub
from matric.doctor.stranger import another
from matric.platform import PLATFORMS
from matric.platform.base import NetKind
from matric.platform.junos_rules import RULES as JUNOS_RULES

ROOT = Path(__file__).parents[3]
EOS, IOS = platform.get("eos"), platform.get("ios")
JUNOS = replace(EOS, slug="junos", rules=JUNOS_RULES, reserved_vids=())
NET = NetKind("checkpoint-timer", "", atomic=False)


# -- the change that is tried -----------------------------------------------------------------------------------------


def test_the_vlan_that_is_tried_is_one_that_no_line_names() -> None:
    running = (
        "vlan 4050\n   name Taken\nvlan 4049\n   name Taken too\ninterface Ethernet1\n   switchport access vlan 4048\n"
    )

    found = trial.chosen(EOS, running)

    assert found is not None
    assert found.what == "VLAN 4047"
    assert found.lines == ("vlan 4047", " name matric-doctor")
    assert found.undo == ("no vlan 4047",)


def test_a_vlan_the_platform_keeps_for_itself_is_not_tried() -> None:
    found = trial.chosen(replace(EOS, reserved_vids=((3900, 4094),)), "hostname a\nend\n")

    assert found is not None
    assert found.what == "VLAN 3899"


def test_what_is_tried_stands_beside_its_like_and_before_the_end() -> None:
    found = trial.chosen(EOS, "vlan 20\n   name Pupils\nip routing\nend\n")
    bare = trial.chosen(EOS, "hostname a\nend\n")

    assert found is not None
    assert found.config == "vlan 20\n   name Pupils\nvlan 4050\n   name matric-doctor\nip routing\nend\n"
    assert bare is not None
    assert bare.config == "hostname a\nvlan 4050\n name matric-doctor\nend\n"


def test_a_switch_that_shows_no_vlans_has_the_description_of_an_unused_port_tried() -> None:
    running = (
        "hostname a\n"
        "interface GigabitEthernet1/0/1\n description uplink\n"
        "interface GigabitEthernet1/0/2\n switchport mode access\n"
        "interface GigabitEthernet1/0/3\n shutdown\n"
        "interface GigabitEthernet1/0/4\n channel-group 1 mode active\n shutdown\n"
        "end\n"
    )

    found = trial.chosen(IOS, running)

    assert found is not None
    assert found.what == "the description of GigabitEthernet1/0/3"
    assert " shutdown\n description matric-doctor\n" in found.config
    assert found.undo == ("interface GigabitEthernet1/0/3", " no description")


def test_nothing_is_tried_where_nothing_harmless_is_known() -> None:
    assert trial.chosen(IOS, "hostname a\nend\n") is None
    assert trial.chosen(replace(EOS, slug="of-nobody"), "hostname a\nend\n") is None


def test_a_platform_may_bring_its_own() -> None:
    own = (trial.Way("segment {vid}\n label {name}\n", ("no segment {vid}",)),)

    found = trial.chosen(replace(EOS, slug="of-nobody", extra={"trial": own}), "hostname a\nend\n")

    assert found is not None
    assert found.lines == ("segment 4050", " label matric-doctor")


@pytest.mark.parametrize(
    "running",
    [
        "vlans {\n    Pupils {\n        vlan-id 20;\n    }\n}\nsnmp {\n    name a;\n}\n",
        "system {\n    host-name a;\n}\n",
    ],
)
def test_braces_close_what_was_put_in_and_nothing_twice(running: str) -> None:
    found = trial.chosen(JUNOS, running)

    assert found is not None
    assert found.config.count("{") == found.config.count("}") == running.count("{") + (1 if "vlans" in running else 2)
    heads = [(*heads, line.text) for heads, line in parse(found.config, JUNOS_RULES).walk()]
    assert ("vlans {", "matric-doctor {", "vlan-id 4050;") in heads
    assert found.config.index("vlan-id 4050;") < found.config.rindex("}")


def test_a_net_that_goes_line_by_line_is_given_the_lines_and_another_is_not() -> None:
    lines = ("vlan 4050", " name matric-doctor")

    assert trial.candidate(NET, "whole", lines).lines == lines
    assert trial.candidate(EOS.nets[0], "whole", lines).lines == ()


# -- what leaves for the report ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gateway 10.48.65.1 is up", "gateway <address> is up"),
        ("route 10.0.0.0/8 via 10.1.1.1", "route <address> via <address>"),
        ("mac 00:1c:73:aa:bb:cc and 001c.73aa.bbcc and 001c73-aabbcc", "mac <address> and <address> and <address>"),
        ("fe80::1c73 and 2001:db8::1", "<address> and <address>"),
        ("at 18:00:02 UTC", "at 18:00:02 UTC"),
        ("description Head's office", "description <text> office"),
        ('name "Room 1"', "name <text>"),
        ("name matric-doctor", "name matric-doctor"),
        ("serial FOC123X at lamp-post", "serial <serial> at <name>"),
        ("lamp-posts stay", "lamp-posts stay"),
        ("username kim secret 9 $9$abcdefgh$ijklmnop", "username <text> secret 9 <secret>"),
        ("snmp-server community sunflower RO", "snmp-server community <secret> RO"),
        ("SHA256:5aXbUoS2u4xTg key", "<fingerprint> key"),
    ],
)
def test_a_device_s_words_leave_without_who_and_where_it_is(text: str, shown: str) -> None:
    scrub = Scrub(kept=("matric-doctor",))
    scrub.hide("FOC123X", "serial")
    scrub.hide("lamp-post", "name")

    assert scrub(text) == shown


def test_a_secret_this_process_has_read_leaves_in_no_form() -> None:
    secret.vault(word=lambda _name: "tulip-mania").get("word:one")

    assert "tulip-mania" not in Scrub()("it said tulip-mania")


def test_what_many_devices_are_called_is_not_hidden_for_it_stands_in_our_own_words() -> None:
    scrub = Scrub()
    scrub.hide("Switch", "name")
    scrub.hide("matric", "account")

    assert scrub("Switch of matric") == "Switch of matric"


# -- the relay, and the stranger --------------------------------------------------------------------------------------


@contextlib.contextmanager
def echo() -> Generator[int]:
    """A server that sends back what it is sent; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                with near, contextlib.suppress(OSError):
                    while data := near.recv(1024):
                        near.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def test_the_relay_passes_bytes_on_and_resets_both_sides_when_it_is_cut() -> None:
    with echo() as port, Relay("127.0.0.1", port) as relay:
        near = socket.create_connection(("127.0.0.1", relay.port), timeout=5)
        with near:
            near.sendall(b"hello")
            assert near.recv(5) == b"hello"

            assert relay.cut() == 1

            with pytest.raises(ConnectionResetError):
                near.recv(5)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", relay.port), timeout=5)


def test_the_relay_says_when_nothing_was_open() -> None:
    with echo() as port, Relay("127.0.0.1", port) as relay:
        assert relay.cut() == 0


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ssh-rsa"])
def test_another_identity_is_of_the_same_kind_and_never_twice_the_same(kind: str) -> None:
    one, two = another(f"{kind} AAAA"), another(f"{kind} AAAA")

    assert one.split()[0] == two.split()[0] == kind
    assert one != two


def test_another_certificate_is_a_certificate() -> None:
    assert another("-----BEGIN CERTIFICATE-----\n").startswith("-----BEGIN CERTIFICATE-----")


# -- what is unproven -------------------------------------------------------------------


def test_every_unproven_sentence_is_told_with_the_points_that_try_it() -> None:
    nets = (
        NetKind(
            "checkpoint-timer",
            "",
            atomic=False,
            unproven=("`checkpoint auto` goes on when the login that armed it is gone", "the moon is full"),
        ),
        NetKind(
            "reload", "", atomic=True, unproven=("that an unlock discards what was not committed", "the moon is full")
        ),
    )

    told = dict(point.unproven(replace(EOS, nets=nets)))

    assert told == {
        "`checkpoint auto` goes on when the login that armed it is gone": ("revert",),
        "that an unlock discards what was not committed": ("stage",),
        "the moon is full": (),
    }


def test_it_is_known_of_every_unproven_sentence_which_points_try_it() -> None:
    sentences = {words for one in PLATFORMS.values() for net in one.nets for words in net.unproven}

    assert sentences <= set(point.TRIED_BY), "say in matric.doctor.point which points try it; () where none does"
    assert {name for points in point.TRIED_BY.values() for name in points} <= {one.slug for one in point.POINTS}


def test_the_tables_in_the_documentation_are_the_platforms_own_data() -> None:
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")

    assert sheet.BEGIN in page
    assert sheet.END in page
    assert page == sheet.placed(page, PLATFORMS), "run script/platforms"
