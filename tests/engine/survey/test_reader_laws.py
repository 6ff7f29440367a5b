"""Laws of the survey's readers: nothing makes them fail, no line is lost, and no secret comes out."""

import re
from ipaddress import ip_interface
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric.config import parse
from matric.platform import aoscx_rules, aoss_rules, eos_rules, ios_rules, junos_rules
from matric.survey import configuration, show
from matric.survey.show.answers import ANSWERS
from matric.survey.told import Told
from matric.switch import reading

CASES = Path(__file__).parents[2] / "cases"
RULES = {
    "aoscx": aoscx_rules.RULES,
    "aoss": aoss_rules.RULES,
    "eos": eos_rules.RULES,
    "ios": ios_rules.RULES,
    "junos": junos_rules.RULES,
}
WHOLE = {
    platform: tuple(
        line
        for path in sorted(CASES.glob(f"survey/{platform}/*/configuration.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
    )
    for platform in configuration.READERS
}
WORDS = (
    "interface", "vlan", "untagged", "1-99999", "4095", "9" * 30, "ip address", "to", "ethe 1/1/1 to 1/1/9999",
    "banner motd ^C", "{", "}", "set", "[", '"', "\u0661\u0662", "\x00", "\t", "switchport trunk allowed vlan",
    "interface range Gi1/0/1 - 99999", "members", "name", "host 999.1.1.1", "ip address 10.0.0.1 1.2.3.4",
    "trunk 1-4 trk1 lacp",
)  # fmt: skip


def texts(platform: str) -> st.SearchStrategy[str]:
    """Configurations with lines in any order, cut anywhere, and rubbish between them."""
    line = st.one_of(
        st.sampled_from(WHOLE[platform]),
        st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
        st.tuples(st.sampled_from(WHOLE[platform]), st.integers(0, 30)).map(lambda both: both[0][: both[1]]),
        st.text(max_size=20),
    )
    return st.lists(line, max_size=30).map("\n".join)


def sound(told: Told) -> bool:
    """What is an address is one: whoever reads the values need not ask again."""
    addresses = (*(one.address for one in told.addresses or ()), *(one.ip for one in told.leases or ()), told.gateway)
    relays = (relay for one in told.addresses or () for relay in one.relays)
    numbers = [one.vid for one in told.vlans or ()]
    return all(ip_interface(one) for one in (*addresses, *relays) if one) and all(1 <= one <= 4094 for one in numbers)


def whole(told: Told) -> bool:
    numbers = [one.origin.line for one in told.unread]
    return told.lines == told.understood + len(told.unread) and numbers == sorted(set(numbers))


@pytest.mark.parametrize("platform", configuration.READERS)
@settings(max_examples=40)
@given(data=st.data())
def test_no_text_makes_a_reader_of_configurations_fail_and_no_line_of_it_is_lost(
    platform: str, data: st.DataObject
) -> None:
    text = data.draw(texts(platform))

    told = configuration.read(platform, text)

    assert whole(told)
    assert sound(told)
    assert told == configuration.read(platform, text)
    assert told.lines <= sum(1 for line in text.split("\n") if line.strip())


@settings(max_examples=150)
@given(data=st.data())
def test_no_text_makes_a_reader_of_answers_fail_and_no_line_of_it_is_lost(data: st.DataObject) -> None:
    platform = data.draw(st.sampled_from(sorted(ANSWERS)))
    command = data.draw(st.sampled_from(sorted(ANSWERS[platform])))
    cases = [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("survey/*/*/answer.txt"))]
    lines = st.one_of(st.sampled_from([line for case in cases for line in case.split("\n")]), st.text(max_size=40))
    text = data.draw(st.one_of(st.sampled_from(cases), st.lists(lines, max_size=15).map("\n".join)))

    told = show.read(platform, command, text)

    assert whole(told)
    assert sound(told)
    assert told == show.read(platform, command, text)


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_no_text_makes_the_reader_of_leases_fail(text: str) -> None:
    assert whole(show.leases(text))


@pytest.mark.parametrize("platform", configuration.READERS)
def test_a_strange_line_hides_no_other(platform: str) -> None:
    path = next(iter(sorted(CASES.glob(f"survey/{platform}/*/configuration.txt"))))
    lines = path.read_text(encoding="utf-8").split("\n")
    before = configuration.read(platform, "\n".join(lines))

    after = configuration.read(platform, "\n".join(["frobnicate all", *lines]))

    assert after.unread[0].text == "frobnicate all"
    assert len(after.unread) == len(before.unread) + 1
    assert after.model_copy(update={"unread": (), "lines": 0}) == before.model_copy(update={"unread": (), "lines": 0})


@pytest.mark.parametrize(
    "case",
    [path for platform in RULES for path in sorted(CASES.glob(f"{platform}/*/*.conf"))],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_the_survey_reads_a_port_as_the_rules_of_policies_do(case: Path) -> None:
    platform = case.relative_to(CASES).parts[0]
    text = case.read_text(encoding="utf-8")
    said = reading.read(platform, parse(text, RULES[platform]))

    told = configuration.read(platform, text)

    ports = {one.name: one for one in told.ports or ()}
    for name, one in said.interfaces.items():
        if one.vid is not None or (one.mode == "routed" and name not in ports):
            continue
        port = ports[name]
        assert (port.enabled, port.mode) == (one.enabled, one.mode)
        if one.mode == "access":
            assert (port.access, port.voice) == (one.access, one.voice)
        if one.mode == "trunk":
            assert port.tagged == (None if one.tagged is None else tuple(sorted(one.tagged)))
    assert {str(one.address) for one in said.interfaces.values() if one.address} == {
        one.address for one in told.addresses or ()
    }
    assert set(said.vlans) - {1} <= {one.vid for one in told.vlans or ()}
    assert not said.defaults or told.gateway in {route.next_hop for route in said.defaults}


SECRETS = {
    "ios": (
        "enable secret 5 $1$abcd$Zq7Zq7Zq7Zq7Zq7Zq7Zq7",
        "strange password 7 Zq7Zq7Zq7",
        "strange community Zq7Zq7Zq7 RO",
        "interface Fa0/1\n description Wi-Fi password is Zq7Zq7Zq7",
        "banner login #\nthe key = Zq7Zq7Zq7",
        "banner motd ^C\nPassword: Zq7Zq7Zq7\n^C\nhostname x",
        "wlan a 1 a\n security wpa psk set-key ascii 0 Zq7Zq7Zq7",
        "crypto strange\n " + "Zq7" * 16,
        "radius server x\n key 7 Zq7Zq7Zq7",
        "-----BEGIN RSA PRIVATE KEY-----\n" + "Zq7" * 16 + "\n-----END RSA PRIVATE KEY-----",
    ),
    "eos": (
        "username a secret sha512 $6$abc$Zq7Zq7Zq7",
        "banner motd\npassword is Zq7Zq7Zq7\nEOF",
        "odd key 7 Zq7Zq7Zq7",
    ),
    "junos": ('set strange secret "$9$Zq7Zq7Zq7"', 'set odd pre-shared-key ascii-text "$9$Zq7Zq7Zq7"'),
    "aoscx": ("odd password ciphertext Zq7Zq7Zq7", "odd key plaintext Zq7Zq7Zq7"),
    "aoss": ('odd password sha1 "Zq7Zq7Zq7"', 'interface 1\n   name "pw: Zq7Zq7Zq7"'),
    "comware": ("odd community read cipher Zq7Zq7Zq7", "odd password hash $h$6$Zq7Zq7Zq7", "odd key simple Zq7Zq7Zq7"),
    "icx": ("odd password 8 $1$Zq7Zq7Zq7$Zq7", "interface ethernet 1/1/1\n port-name password Zq7Zq7Zq7"),
}


@pytest.mark.parametrize(
    ("platform", "text"), [(platform, text) for platform, every in SECRETS.items() for text in every]
)
def test_no_password_of_a_configuration_comes_out_of_its_reader(platform: str, text: str) -> None:
    assert "Zq7" not in configuration.read(platform, text).model_dump_json()
    assert "Zq7" not in configuration.read("unknown", text).model_dump_json()


@pytest.mark.parametrize(
    ("platform", "typed", "meant"),
    [
        ("ios", "sh lldp nei det", "show lldp neighbors detail"),
        ("ios", "SH  RUN", "show running-config"),
        ("ios", "show mac-address-table | no-more", "show mac address-table"),
        ("ios", "show running-config | include vlan", None),
        ("ios", "show ip", None),
        ("junos", "show configuration | display set | no-more", "show configuration"),
        ("aoss", "sh lldp info rem det", "show lldp info remote-device detail"),
        ("comware", "dis cur", "display current-configuration"),
        ("icx", "sh inl pow", "show inline power"),
        ("nobody", "show version", None),
    ],
)
def test_a_typed_command_means_the_one_it_is_short_for_or_none(platform: str, typed: str, meant: str | None) -> None:
    assert show.canonical_command(platform, typed) == meant


@pytest.mark.parametrize("platform", show.COMMANDS)
def test_a_walk_asks_only_what_shows_and_what_somebody_here_reads(platform: str) -> None:
    for command in show.COMMANDS[platform]:
        assert re.match(r"(?:show|display) ", command)
        assert show.canonical_command(platform, command) == command
        told = show.read(platform, command, "nobody answers this")
        assert "nothing reads" not in told.unread[0].why
