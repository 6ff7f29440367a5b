"""No secret of a joining school is kept: not from a configuration, a banner, a description, a log or an unread line."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matric.survey import offline, redacted, unread

SECRETS = Path(__file__).parents[2] / "cases" / "survey" / "secrets"


@pytest.mark.parametrize("path", sorted(SECRETS.glob("*.txt")), ids=lambda path: path.stem)
def test_no_secret_of_any_platform_is_in_a_survey(path: Path) -> None:
    found = offline.survey("thornfield", [path], now=lambda: "2026-11-02T09:00:00Z")

    kept = found.model_dump_json()
    leaked = [line for one in found.devices for line in one.configuration.split("\n") if "S3CRET" in line]
    assert [one.platform for one in found.devices] == [path.stem if path.stem != "log" else "ios"]
    assert found.devices[0].configuration
    assert leaked == []
    assert "S3CRET" not in kept


def test_a_redacted_configuration_keeps_its_lines_and_what_is_no_secret() -> None:
    text = (SECRETS / "ios.txt").read_text(encoding="utf-8")

    kept = redacted.configuration("ios", text)

    assert kept.count("\n") == text.count("\n")
    for line in ("hostname sw-ios", " switchport mode access", " ip address 10.1.10.2 255.255.255.0", "banner motd ^C"):
        assert line in kept.split("\n")
    assert "snmp-server community <secret> RO" in kept


def test_a_private_key_is_taken_out_whole() -> None:
    text = "crypto key\n-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef==\n-----END RSA PRIVATE KEY-----\nend\n"

    kept = redacted.configuration("", text)

    assert "MIIabc" not in kept
    assert kept.endswith("-----END RSA PRIVATE KEY-----\nend\n")


PLACES = st.sampled_from([
    "enable secret {}", " password 7 {}", "snmp-server community {} RW", "radius-server key {}", "key {}",
    " description password is {}", "username bob secret {}", " wpa-psk ascii 0 {}", "banner motd #password {}#",
    " password simple {}", 'snmp-server community "{}"', "set snmp community {} authorization read-only",
])  # fmt: skip


@given(
    st.lists(st.tuples(PLACES, st.integers(10**9, 10**10)), min_size=1, max_size=6),
    st.sampled_from(["", "ios", "aoss"]),
)
def test_whatever_stands_around_it_a_secret_is_not_kept(lines: list[tuple[str, int]], platform: str) -> None:
    text = "\n".join(place.format(f"x{value}y") for place, value in lines)

    kept = redacted.configuration(platform, text)

    assert [value for _, value in lines if f"x{value}y" in kept] == []


@pytest.mark.parametrize("line", [
    'set system tacplus-server 192.0.2.1 secret "S3CRET1 S3CRET2"',
    "set system ntp authentication-key 1 value S3CRET",
    "set snmp v3 usm local-engine user u authentication-md5 authentication-password S3CRET",
    "set security ike policy y pre-shared-key hexadecimal S3CRET",
    "set security macsec connectivity-association c pre-shared-key cak S3CRET",
    "set protocols ospf area 0 interface x authentication md5 1 key S3CRET",
    'set snmp community "S3CRET1 S3CRET2" clients 192.0.2.0/24',
])  # fmt: skip
def test_a_secret_behind_several_words_or_with_blanks_is_not_kept_from_lines_of_set(line: str) -> None:
    assert "S3CRET" not in redacted.configuration("junos", line)


@pytest.mark.parametrize("line", [
    "crypto key generate rsa", "aaa authentication login default group tacacs+ local",
    " authentication open", "key chain EIGRP", "ntp authentication-key-id", " login local",
    "snmp-server group g v3 priv", " description Key stage 2 classroom", "login authentication default",
])  # fmt: skip
def test_what_is_no_secret_stays_as_it_is(line: str) -> None:
    assert redacted.configuration("ios", line) == line


@pytest.mark.parametrize(
    "words", ["key ", "password md5 ", "pass ", 'key "', "authentication 1 ", "vrrp ", "login a/", "environment pw"]
)
def test_no_line_takes_for_ever_to_be_redacted(words: str) -> None:
    begun = time.process_time()

    unread.announced(words * 8000)

    assert time.process_time() - begun < 5
