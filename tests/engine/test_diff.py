"""Changes between configurations, and their laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matric.config import Config, Line, parse
from matric.diff import apply, candidate, carried, difference, planned, remediation, same
from matric.platform import eos_rules, ios_rules
from matric.secret import password, resolve, vault

IOS = ios_rules.RULES
EOS = eos_rules.RULES

texts = st.sampled_from(("a", "b", "c", "interface Vlan1", "banner login ^C\nx\n^C"))
trees = st.recursive(
    st.builds(Line, texts), lambda below: st.builds(Line, texts, st.lists(below, max_size=4).map(tuple)), max_leaves=16
)
configs = st.lists(trees, max_size=6).map(tuple).map(Config)


@given(configs, configs)
def test_running_plus_the_difference_is_the_intended(running: Config, intended: Config) -> None:
    assert apply(running, difference(running, intended)) == intended


@given(configs, configs)
def test_the_inverse_of_a_change_leads_back(running: Config, intended: Config) -> None:
    change = difference(running, intended)

    assert apply(intended, change.inverse) == running


@given(configs)
def test_a_configuration_does_not_differ_from_itself(config: Config) -> None:
    change = difference(config, config)

    assert change.empty
    assert change.text() == ""


@given(configs, configs)
def test_an_empty_change_means_equal(running: Config, intended: Config) -> None:
    assert difference(running, intended).empty == (running == intended)


def test_a_change_of_another_configuration_is_refused() -> None:
    change = difference(parse("vlan 10\n", IOS), parse("vlan 20\n", IOS))

    with pytest.raises(ValueError, match="made for another configuration"):
        apply(parse("vlan 30\n", IOS), change)


def test_the_view_says_running_to_intended_and_shows_the_path() -> None:
    running = parse("interface Gi1\n description a\n switchport access vlan 10\nntp server 1.1.1.1\n", IOS)
    intended = parse("interface Gi1\n description a\n switchport access vlan 20\nntp server 1.1.1.1\n", IOS)

    assert difference(running, intended).text() == (
        "--- running\n+++ intended\n interface Gi1\n-  switchport access vlan 10\n".replace("-  ", "- ")
        + "+ switchport access vlan 20\n"
    )


CHAIN = "crypto pki certificate chain TP-self-signed-1\n certificate self-signed 01\n  3082\n  \tquit\n"


def test_certificates_of_the_device_are_carried_into_the_candidate() -> None:
    running = f"hostname a\n{CHAIN}end\n"

    text = candidate(running, "hostname b\nend\n", IOS)

    assert text == f"hostname b\n{CHAIN}end\n"
    assert same(text, "hostname b\nend\n", IOS) == ()


def test_what_is_left_to_the_device_can_be_named() -> None:
    assert carried(f"hostname a\n{CHAIN}switch 1 provision c9200l-24p-4g\nend\n", IOS) == (
        "crypto pki certificate chain TP-self-signed-1",
        "switch 1 provision c9200l-24p-4g",
    )
    assert carried("hostname a\n", IOS) == ()


def test_a_candidate_without_lines_of_the_device_is_the_intended_text() -> None:
    assert candidate("hostname a\nend\n", "hostname b\nvlan 10\n   name x\nend\n", EOS) == (
        "hostname b\nvlan 10\n   name x\nend\n"
    )


def test_a_device_that_shows_another_order_defaults_and_headers_is_the_same() -> None:
    sent = "hostname a\ninterface Vlan99\n ip address 10.0.0.1 255.255.255.0\n no shutdown\nvlan 20\nvlan 10\nend\n"
    shown = (
        "Building configuration...\n\nCurrent configuration : 99 bytes\n!\n! Last configuration change\nversion 17.9\n"
        "hostname a\nvlan 10\nvlan 20\ninterface Vlan99\n ip address 10.0.0.1 255.255.255.0\nend\n"
    )

    assert same(shown, sent, IOS) == ()


def test_a_line_the_device_ignored_is_named() -> None:
    assert same("hostname a\nend\n", "hostname a\nvlan 10\n name x\nend\n", IOS) == ("+vlan 10", "+ name x")


def test_a_hash_salted_anew_is_the_same_and_another_password_is_not() -> None:
    keys = vault(lab_seed="seed")
    sent = resolve("hostname a\nusername admin privilege 15 secret 8 <secret:lab:ADMIN|type8>\n", keys)
    clear = keys.get("lab:ADMIN")
    salted = f"hostname a\nusername admin privilege 15 secret 8 {password.type8(clear, 'OtherSaltOther')}\n"
    wrong = f"hostname a\nusername admin privilege 15 secret 8 {password.type8('x', 'OtherSaltOther')}\n"

    assert same(salted, sent, IOS) == ()
    assert same(wrong, sent, IOS) == (
        "-username admin privilege 15 secret <secret changed>",
        "+username admin privilege 15 secret <secret>",
    )


def test_snmp_users_that_the_device_hides_are_not_missed() -> None:
    sent = "hostname a\nsnmp-server user m g v3 auth sha AAAAAAAA priv aes 128 BBBBBBBB\n"

    assert same("hostname a\n", sent, IOS) == ()


def test_a_plan_compares_secrets_by_value_and_shows_none() -> None:
    keys = vault(lab_seed="seed")
    intended = "radius server R\n key 7 <secret:lab:RADIUS|type7>\nhostname a\n"
    unchanged = resolve(intended, keys)
    changed = "radius server R\n key 0 hunter22\nhostname a\n"

    assert planned(unchanged, intended, IOS, keys).empty
    text = planned(changed, intended, IOS, keys).text()
    assert "hunter22" not in text
    assert "- key <secret changed>" in text
    assert "+ key 7 <secret:lab:RADIUS|type7>" in text


def test_without_a_vault_no_secret_counts_as_equal() -> None:
    intended = "radius server R\n key 7 <secret:lab:RADIUS|type7>\n"

    change = planned("radius server R\n key 7 0207\n", intended, IOS)

    assert "<secret not compared>" in change.text()


@pytest.mark.parametrize("rules", [IOS, EOS], ids=["ios", "eos"])
def test_remediation_names_what_to_type(rules: "object") -> None:
    assert isinstance(rules, type(IOS))

    text = remediation(rules, "vlan 10\n name a\nvlan 20\n", "vlan 10\n name b\nvlan 20\n")

    assert "name b" in text
    assert remediation(rules, "vlan 10\n", "vlan 10\n") == ""


def test_remediation_takes_a_line_given_twice() -> None:
    twice = "interface Vlan1\n shutdown\n shutdown\ninterface Vlan1\n description x\n"

    assert remediation(IOS, twice, "interface Vlan1\n shutdown\n description x\n") == ""
