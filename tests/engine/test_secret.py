"""Secrets come late, are checked, and are shown to nobody."""

import base64
import json
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from matric.errors import BadInput
from matric.secret import Vault, lab_value, password, redact, references, resolve, token, vault


def test_a_reference_becomes_its_value_only_when_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRIC_TEST_KEY", "from-the-environment")
    (tmp_path / "key").write_text("from-a-file\n")
    text = f"key {token('env:MATRIC_TEST_KEY')}\nkey {token(f'file:{tmp_path}/key')}\n"

    assert references(text) == ("env:MATRIC_TEST_KEY", f"file:{tmp_path}/key")
    assert resolve(text, vault()) == "key from-the-environment\nkey from-a-file\n"


def test_every_missing_reference_is_named_in_one_pass() -> None:
    text = (
        f"{token('env:MATRIC_NOT_SET')} {token('file:/nowhere/at/all')} {token('lab:x')} {token('env:MATRIC_NOT_SET')}"
    )

    with pytest.raises(BadInput) as caught:
        resolve(text, vault())

    assert [(problem.code, problem.thing) for problem in caught.value.problems] == [
        ("SECRET-REF", "env:MATRIC_NOT_SET"),
        ("SECRET-REF", "file:/nowhere/at/all"),
        ("SECRET-REF", "lab:x"),
    ]


def test_an_empty_secret_is_no_secret() -> None:
    with pytest.raises(BadInput, match=r"SECRET-REF env:X: empty"):
        Vault({"env": lambda _: ""}).get("env:X")


def test_a_sealed_source_says_not_found_and_never_a_value() -> None:
    with pytest.raises(BadInput, match="not found"):
        Vault({"env": lambda _: None}).get("env:X")


def test_lab_secrets_exist_only_where_a_lab_gives_its_seed() -> None:
    assert vault(lab_seed="s").get("lab:a") == lab_value("s", "a")
    assert lab_value("s", "a") != lab_value("s", "b") != lab_value("t", "b")
    with pytest.raises(BadInput, match="SECRET-REF"):
        vault().get("lab:a")


def test_the_same_input_gives_the_same_hash_and_another_device_another() -> None:
    keys = vault(lab_seed="s")
    text = f"username a secret 8 {token('lab:a', 'type8')}\n"

    assert resolve(text, keys, "oakfield/sw-01") == resolve(text, keys, "oakfield/sw-01")
    assert resolve(text, keys, "oakfield/sw-01") != resolve(text, keys, "fernhill/sw-01")


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("type8", "$8$"),
        ("sha512", "$6$"),
        ("type7", ""),
        ("psk", ""),
        ("sha:f5717f0000000000", ""),
        ("aes:f5717f0000000000", ""),
    ],
)
def test_each_form_is_made_and_redacted(form: str, shown: str) -> None:
    keys = vault(lab_seed="forms")
    sent = resolve(token("lab:forms", form), keys, "a/b")

    assert sent.startswith(shown)
    assert sent not in redact(f"the device said {sent}!")


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(BadInput, match="form rot13"):
        resolve(token("lab:a", "rot13"), vault(lab_seed="s"))


@pytest.mark.parametrize("value", ["with space", "quest?ion", 'quo"te', "passéword", "two\nlines", "bell\x07"])
def test_a_secret_that_no_command_line_can_take_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(BadInput) as caught:
        resolve(token("env:X"), Vault({"env": lambda _: value}))

    assert caught.value.problems[0].code == "SECRET-CHAR"
    assert value not in str(caught.value)


def test_every_value_resolved_is_redacted_in_every_usual_encoding() -> None:
    value = 'Kat-7%"x/Zq+1'
    Vault({"env": lambda _: value}).get("env:CANARY")
    raw = value.encode()
    shown = [
        value,
        base64.b64encode(raw).decode(),
        raw.hex(),
        quote(value, safe=""),
        json.dumps(value),
        password.disguise(value, 3),
    ]

    text = redact("\n".join(f"log: {form} end" for form in shown))

    assert all(form not in text for form in shown)
    assert text.count("<secret:env:CANARY>") == len(shown)


@pytest.mark.parametrize(
    "line",
    [
        "username a privilege 15 secret 5 $1$abcd$efghijklmnop",
        "+username a password 7 0822455D0A16",
        " key 7 0822455D0A16",
        "- key 0822455D0A16",
        "snmp-server community hunter22 RO",
        " security wpa psk set-key ascii 0 hunter22",
        "snmp-server user m g v3 auth sha hunter22 priv aes 128 hunter23",
        "enable secret sha512 $6$abc$hunter22",
        "radius-server host 10.0.0.1 key hunter22",
    ],
)
def test_the_net_catches_what_was_never_resolved(line: str) -> None:
    text = redact(line)

    assert "<secret>" in text
    for value in ("0822455D0A16", "hunter22", "hunter23", "efghijklmnop"):
        assert value not in text


def test_the_net_leaves_references_and_ordinary_lines_alone() -> None:
    text = "username a secret 8 <secret:lab:a|type8>\nservice password-encryption\ncrypto key generate rsa\n"

    assert redact(text) == text


def test_an_installed_package_gives_a_source_of_secrets_by_its_scheme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "vaulted-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vaulted\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[matric.secrets]\nvaulted = vaulted:read\n")
    (tmp_path / "vaulted.py").write_text(
        "def read(name):\n    return f'of-the-vault-{name}' if name != 'none' else None\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    opened = vault()

    assert opened.get("vaulted:radius") == "of-the-vault-radius"
    with pytest.raises(BadInput, match="SECRET-REF"):
        opened.get("vaulted:none")


def test_a_source_that_cannot_be_asked_is_not_taken_for_one_that_has_no_secret(tmp_path: Path) -> None:
    def locked(_name: str) -> str | None:
        raise PermissionError("hunter2-in-the-message")

    with pytest.raises(BadInput, match=r"SECRET-REF .*could not be asked") as caught:
        vault(locked=locked).get("locked:radius")
    with pytest.raises(BadInput, match=r"SECRET-REF .*could not be asked"):
        vault().get(f"file:{tmp_path}")

    assert "hunter2" not in str(caught.value)


def test_a_secret_of_one_letter_takes_nothing_out_of_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRIC_TEST_ONE", "1")
    vault().get("env:MATRIC_TEST_ONE")

    every = " ".join(f"{number:04x}" for number in range(0x400))

    assert redact(every) == every
