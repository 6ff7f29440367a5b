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


BANNERS = (
    "The wifi password:\n  S3CRET",
    "S3CRET\n is the password of the wifi",
    "the pass-\nword of it is\n S3CRET",
    "the pass\nword of it is\n\n S3CRET",
    "user      pass\n----      ----\nadmin     S3CRET",
    "log in as admin with\nS3CRET",
)


@pytest.mark.parametrize("text", BANNERS)
@pytest.mark.parametrize(
    "form", ["banner motd ^C\n{}\n^C", "banner login\n{}\nEOF", "banner motd @\n{}\n@", " header motd %\n{}\n%"]
)
def test_a_secret_that_a_banner_announces_in_another_line_is_not_kept(text: str, form: str) -> None:
    whole = f"hostname x\n{form.format(text)}\nvlan 10\n name Staff\n"

    kept = redacted.configuration("", whole)

    assert "S3CRET" not in kept
    assert kept.count("\n") == whole.count("\n")
    assert kept.endswith("\nvlan 10\n name Staff\n")


@pytest.mark.parametrize("text", BANNERS)
def test_a_secret_in_the_greeting_of_a_login_that_was_logged_is_not_kept(text: str, tmp_path: Path) -> None:
    (tmp_path / "putty.log").write_text(f"{text}\n\nsw-01#show run\nversion 15.2\nhostname sw-01\nend\nsw-01#\n")

    found = offline.survey("thornfield", [tmp_path], now=lambda: "2026-11-02T09:00:00Z")

    assert [one.name for one in found.devices] == ["sw-01"]
    assert "S3CRET" not in found.model_dump_json()


def test_a_banner_that_speaks_of_no_secret_stays_and_one_without_an_end_takes_nothing_with_it() -> None:
    firm = "banner motd ^C\nManaged by Brightpath IT, 01632 960123\nAuthorised users only\n^C\n"
    kept = redacted.configuration("ios", firm).split("\n")

    assert kept[1:3] == ["Managed by Brightpath IT, 01632 960123", "<secret>"]

    endless = redacted.configuration("ios", "banner motd ^C\nwifi\nhostname x\nusername bob secret S3CRET\n")

    assert "hostname x" in endless
    assert "S3CRET" not in endless


def test_a_line_that_nothing_understood_is_not_kept_below_one_that_announces_a_secret() -> None:
    lines = ("frob the wifi key is:", "S3CRET", "frob 2")

    assert [one.text for one in unread.lines_unread(lines, range(3), "")][1:] == ["<secret>", "frob 2"]


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
