"""Junos' ``$9$``: read as others write it, written as others read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matric import secret
from matric.secret import juniper

PUBLISHED = {"$9$LbHX-wg4Z": "lc", "$9$U-iqf36A1cSTzRSreXxDik.Tzn/CuBI": "ju&iper123"}
"""From Crypt::Juniper's own tests, and from a public note on decoding."""


@pytest.mark.parametrize("shown", PUBLISHED)
def test_what_others_published_is_read(shown: str) -> None:
    assert juniper.undisguise(shown) == PUBLISHED[shown]


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40), st.text(max_size=9))
def test_what_is_written_reads_back(clear: str, source: str) -> None:
    shown = juniper.disguise(clear, source)

    assert juniper.undisguise(shown) == clear
    assert juniper.disguise(clear, source) == shown


@pytest.mark.parametrize("text", ["", "$9$", "lc", "$6$salt$hash", "$9$L", "$9$LbHX-wg4Z!", "$9$LbHX-wg4Zx"])
def test_what_is_none_is_not_read(text: str) -> None:
    assert juniper.undisguise(text) in {None, ""}


def test_a_reference_is_sent_disguised_and_known_again_with_another_start() -> None:
    vault = secret.vault(lab_seed="a seed")
    clear = secret.lab_value("a seed", "radius-1")

    sent = secret.resolve('secret "<secret:lab:radius-1|juniper>";', vault, "ash/sw-04")

    assert clear not in sent
    assert juniper.undisguise(sent.split('"')[1]) == clear
    assert clear not in secret.redact(f"it said {clear}")


@pytest.mark.parametrize(
    "line",
    [
        'authentication-key 1 type md5 value "$9$LbHX-wg4Z"; ## SECRET-DATA',
        'secret "$9$LbHX-wg4Z"; ## SECRET-DATA',
        'encrypted-password "$6$salt$hash"; ## SECRET-DATA',
        "set system tacplus-server 10.1.1.1 secret $9$LbHX-wg4Z",
    ],
)
def test_wherever_one_stands_it_is_taken_out_of_texts_for_people(line: str) -> None:
    assert "$" not in secret.redact(line)


def test_the_word_password_in_a_list_of_methods_is_no_secret() -> None:
    assert secret.redact("authentication-order [ radius password ];") == "authentication-order [ radius password ];"
