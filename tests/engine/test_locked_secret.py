"""Secrets that a switch encrypts with a key of its own: compared by form, sealed, and shown to nobody."""

import pytest

from matric import secret
from matric.config import Config, parse
from matric.platform import aoscx_rules

AOSCX = "user matric group administrators password {}\nsnmpv3 user m auth sha auth-pass {} priv aes priv-pass {}\n"


def aoscx(*values: str) -> Config:
    return parse(AOSCX.format(*values), aoscx_rules.RULES)


def test_what_a_switch_encrypts_with_its_own_key_is_compared_by_form() -> None:
    wanted = aoscx("plaintext <secret:lab:service>", "plaintext <secret:lab:auth>", "plaintext <secret:lab:priv>")
    shown = aoscx("ciphertext AQBapA", "ciphertext AQBapB", "ciphertext AQBapC")

    one, other = secret.concealed(shown, wanted, aoscx_rules.RULES, secret.vault(lab_seed="x"))

    assert one == other
    assert "AQBap" not in one.text()
    sent = aoscx("plaintext a-b-c", "plaintext d-e-f", "plaintext g-h-i")
    one, other = secret.concealed(shown, sent, aoscx_rules.RULES, None)
    assert one == other


def test_a_password_in_the_clear_is_told_from_the_one_that_is_wanted() -> None:
    wanted = aoscx("plaintext <secret:lab:service>", "plaintext x", "plaintext y")

    shown, _ = secret.concealed(
        aoscx("plaintext guessed", "plaintext x", "plaintext y"), wanted, aoscx_rules.RULES, secret.vault(lab_seed="x")
    )

    assert "<secret changed>" in shown.text()


def test_what_is_encrypted_by_a_key_nobody_knows_is_sealed_and_never_taken_for_a_reference() -> None:
    wanted = aoscx("plaintext <secret:lab:service>", "plaintext <secret:lab:auth>", "plaintext <secret:lab:priv>")
    keys = secret.vault(lab_seed="x")

    text = secret.sealed(
        aoscx("ciphertext AQBapA", "ciphertext AQBapB", "ciphertext AQBapC"),
        wanted,
        aoscx_rules.RULES,
        keys,
        lambda value, _: f"sealed-{len(value)}",
    )

    assert "lab:" not in text
    assert "AQBap" not in text


@pytest.mark.parametrize("kind", ["plaintext", "ciphertext"])
def test_a_line_of_aos_cx_is_redacted_whole(kind: str) -> None:
    text = secret.redact(AOSCX.format(f"{kind} sunflower-1", f"{kind} sunflower-2", f"{kind} sunflower-3"))

    assert "sunflower" not in text
