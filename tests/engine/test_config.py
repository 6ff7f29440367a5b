"""Configuration text as a tree."""

import re
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from matric.config import Config, Line, aligned, natural, normalised, parse
from matric.platform import eos_rules, ios_rules

IOS = ios_rules.RULES
EOS = eos_rules.RULES

WORDS = ("vlan 10", "interface Ethernet1", "interface Ethernet2", "no shutdown", "permit ip any any", "name x", "exit")
trees = st.recursive(
    st.builds(Line, st.sampled_from(WORDS)),
    lambda below: st.builds(Line, st.sampled_from(WORDS), st.lists(below, max_size=4).map(tuple)),
    max_leaves=12,
)
configs = st.lists(trees, max_size=5).map(tuple).map(Config)

CERTIFICATE = """\
crypto pki certificate chain TP-self-signed-1
 certificate self-signed 01
  30820330 30820218
  A0030201
  \tquit
ip routing
"""


@given(configs)
def test_a_configuration_written_and_read_is_the_same_configuration(config: Config) -> None:
    assert parse(config.text(), IOS) == config
    assert parse(config.text(indent=3), EOS) == config


@given(configs)
def test_the_canonical_form_of_a_canonical_form_is_itself(config: Config) -> None:
    once = normalised(config, IOS)

    assert normalised(once, IOS) == once


@given(configs, configs)
def test_two_configurations_are_equal_side_by_side_exactly_if_their_canonical_forms_are(
    one: Config, other: Config
) -> None:
    left, right = aligned(one, other, IOS)

    assert (left == right) == (normalised(one, IOS) == normalised(other, IOS))
    assert normalised(left, IOS) == normalised(one, IOS)
    assert normalised(right, IOS) == normalised(other, IOS)


@given(configs, st.randoms(use_true_random=False))
def test_a_configuration_shuffled_where_order_is_open_is_equal_side_by_side(config: Config, chance: Random) -> None:
    assume(len({line.text for line in config.lines}) == len(config.lines))
    lines = list(config.lines)
    chance.shuffle(lines)

    left, right = aligned(Config(tuple(lines)), config, IOS)

    assert left == right


def test_what_is_replaced_stands_beside_what_replaces_it() -> None:
    running = parse("hostname old\nntp server 10.0.0.9\nvlan 10\nbanner motd ^Cx^C\n", IOS)
    intended = parse("vlan 20\nhostname new\nvlan 10\nntp server 10.0.0.1\n", IOS)

    left, right = aligned(running, intended, IOS)

    assert [line.text for line in left.lines] == ["hostname old", "vlan 10", "ntp server 10.0.0.9", "banner motd ^Cx^C"]
    assert right == intended


def test_comments_and_empty_lines_are_no_lines_of_the_tree() -> None:
    assert parse("!\n! Last change at 20:00\nvlan 10\n\n name staff\n!\n", IOS) == Config(
        (Line("vlan 10", (Line("name staff"),)),)
    )


def test_a_banner_is_one_line_whatever_it_says() -> None:
    text = "banner login ^C\n\ninterface Vlan1\n no shutdown\n^C\nend\n"

    config = parse(text, IOS)

    assert [line.text.split("\n")[0] for line in config.lines] == ["banner login ^C", "end"]
    assert config.text() == text


def test_a_banner_on_one_line_ends_on_that_line() -> None:
    assert [line.text for line in parse("banner motd ^Chello^C\nend\n", IOS).lines] == ["banner motd ^Chello^C", "end"]


def test_an_arista_banner_ends_only_at_its_own_mark() -> None:
    config = parse("banner login\nquit\nvlan 10\nEOF\nend\n", EOS)

    assert [line.text for line in config.lines] == ["banner login\nquit\nvlan 10\nEOF", "end"]


def test_a_certificate_is_one_line_and_what_follows_it_is_read() -> None:
    config = parse(CERTIFICATE, IOS)

    assert [line.text for line in config.lines] == ["crypto pki certificate chain TP-self-signed-1", "ip routing"]
    assert config.text() == CERTIFICATE


def test_interfaces_in_another_order_are_the_same_configuration() -> None:
    one = parse("interface Ethernet2\n description b\ninterface Ethernet10\n description c\n", EOS)
    other = parse("interface Ethernet10\n   description c\ninterface Ethernet2\n   description b\n", EOS)

    assert normalised(one, EOS) == normalised(other, EOS)
    assert [line.text for line in normalised(other, EOS).lines] == ["interface Ethernet2", "interface Ethernet10"]


def test_the_order_of_an_access_list_is_kept() -> None:
    one = parse("ip access-list extended A\n permit ip any host 10.0.0.1\n deny ip any any\n", IOS)
    other = parse("ip access-list extended A\n deny ip any any\n permit ip any host 10.0.0.1\n", IOS)

    assert normalised(one, IOS) != normalised(other, IOS)


def test_the_order_of_a_numbered_access_list_is_kept() -> None:
    one = normalised(parse("access-list 10 permit 10.9.0.0\nvlan 2\naccess-list 10 deny any\n", IOS), IOS)
    other = normalised(parse("access-list 10 deny any\nvlan 2\naccess-list 10 permit 10.9.0.0\n", IOS), IOS)

    assert one != other


def test_a_default_that_a_device_does_not_show_makes_no_difference() -> None:
    shown = parse("interface Vlan99\n ip address 10.0.0.1 255.255.255.0\n", IOS)
    sent = parse("interface Vlan99\n ip address 10.0.0.1 255.255.255.0\n no shutdown\n", IOS)

    assert normalised(sent, IOS) == normalised(shown, IOS)


def test_a_default_of_one_section_is_no_default_of_another() -> None:
    config = parse("archive\n no shutdown\n", IOS)

    assert normalised(config, IOS).find("^archive$", "shutdown") == (Line("no shutdown"),)


def test_lines_are_found_level_by_level() -> None:
    config = parse("interface Vlan99\n ip address 10.0.0.1 255.255.255.0\ninterface Vlan10\n shutdown\n", IOS)

    assert config.find("^interface ", "^shutdown$") == (Line("shutdown"),)
    assert config.find("^vlan ") == ()


def test_names_are_in_the_order_a_person_counts() -> None:
    names = ["Ethernet10", "Ethernet2", "Ethernet1/10", "Ethernet1/9", "Vlan99", "Vlan100"]

    assert sorted(names, key=natural) == ["Ethernet1/9", "Ethernet1/10", "Ethernet2", "Ethernet10", "Vlan99", "Vlan100"]


def test_every_pattern_of_both_platforms_is_a_regular_expression() -> None:
    for rules in (IOS, EOS):
        for pattern in (*rules.volatile, *rules.device_owned, *rules.secret, *rules.defaults, *rules.unordered):
            re.compile(pattern)
        assert all("secret" in re.compile(pattern).groupindex for pattern in rules.secret)


PATTERNS = (
    r"^vlan access |^no routing$", r"^spanning-tree bpdu-guard(?: |$)", r"^vlan (?:access|trunk) ", r"^ab?c",
    r"^ab{0}c", r"^a\|b", r"^a[(]|b[)]", r"^a(b|c)?d", r"x|^y", r"^$", r"(?i)^NO ROUTING", r"^no (?:a(?:b|c))|z",
    r"routing$",
)  # fmt: skip


@given(
    st.lists(
        st.sampled_from(("vlan ", "access ", "trunk ", "no routing", "spanning-tree bpdu-guard", *"abcdxyz|() \n"))
    )
)
def test_a_pattern_finds_the_lines_in_which_it_is_found(words: list[str]) -> None:
    text = "".join(words)
    config = Config((Line(text),))

    assert [bool(config.find(one)) for one in PATTERNS] == [bool(re.search(one, text)) for one in PATTERNS]
