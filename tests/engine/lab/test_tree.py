"""A device's configuration is edited as its parser does it: slots, modes without indentation, refusals."""

import pytest

from matric.lab.text import DIALECTS, loaded
from matric.lab.tree import Invalid, Position, Section


def held(platform: str, text: str, *, indented: bool = False) -> str:
    dialect = DIALECTS[platform]
    tree = Section("top")
    refused = loaded(dialect, text, Position(dialect.grammar, tree), indented=indented)
    assert not refused, refused
    return dialect.show(tree)


def test_a_later_line_of_a_slot_replaces_the_earlier_one() -> None:
    assert held("eos", "hostname old\nhostname new\n") == "hostname new\n"


def test_lines_without_a_slot_stand_beside_each_other() -> None:
    shown = held("ios", "ntp server 10.0.0.1\nntp server 10.0.0.2\n")
    assert shown.splitlines() == ["ntp server 10.0.0.1", "ntp server 10.0.0.2"]


def test_a_mode_is_left_without_indentation() -> None:
    shown = held("eos", "vlan 20\nname Pupils\ninterface Ethernet1\nswitchport access vlan 20\nip routing\n")
    assert "vlan 20\n   name Pupils\n" in shown
    assert "interface Ethernet1\n   switchport access vlan 20\n" in shown
    assert "\nip routing\n" in shown


@pytest.mark.parametrize("platform", ["eos", "ios"])
@pytest.mark.parametrize("line", ["hotsname sw-01", "interfaces Vlan1", "ip adress 10.0.0.1/24", "vlna 20"])
def test_a_typo_is_refused_and_changes_nothing(platform: str, line: str) -> None:
    tree = Section("top")
    position = Position(DIALECTS[platform].grammar, tree)
    with pytest.raises(Invalid):
        position.apply(line)
    assert not tree.entries


def test_no_removes_by_key_with_or_without_the_argument() -> None:
    assert "description" not in held("ios", "interface Vlan99\ndescription way in\nno description\n")
    assert "10.0.0.1" not in held("ios", "ntp server 10.0.0.1\nno ntp server 10.0.0.1\n")


def test_what_is_off_by_a_no_is_shown_as_such() -> None:
    assert "no ip http server" in held("ios", "ip http server\nno ip http server\n")


def test_a_banner_is_one_line_with_its_own_line_ends() -> None:
    text = "banner login ^C\nhostname is no command here\n^C\nhostname sw-01\n"
    assert held("ios", text).count("hostname") == 2
    assert held("eos", "banner login\nvlan of the banner\nEOF\nvlan 20\n").count("vlan") == 2


@pytest.mark.parametrize(
    ("platform", "line", "mark"),
    [
        ("eos", "username admin privilege 15 secret 0 pencil", "secret sha512 $6$"),
        ("ios", "username admin privilege 15 secret 0 pencil", "secret 9 $9$"),
        ("ios", "radius-server host 10.0.0.1 key pencil", "key 7 "),
    ],
)
def test_what_comes_in_the_clear_is_hashed_each_time_with_another_salt(platform: str, line: str, mark: str) -> None:
    dialect = DIALECTS[platform]
    seen: set[str] = set()
    for _ in range(40):  # type 7 has sixteen offsets only
        tree = Section("top")
        loaded(dialect, line, Position(dialect.grammar, tree))
        dialect.salted(tree, None)
        shown = dialect.show(tree)
        assert mark in shown
        assert "pencil" not in shown
        seen.add(shown)
        if len(seen) > 1:
            return
    pytest.fail("the salt never changed")


def test_a_hidden_line_is_taken_and_not_shown() -> None:
    line = "snmp-server user monitor GROUP v3 auth sha one priv aes 128 two"
    assert held("ios", f"{line}\nhostname sw-01\n") == "hostname sw-01\n"
