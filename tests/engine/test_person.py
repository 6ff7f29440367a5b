"""Whether two names are one person: rather once too often than once too seldom."""

import pytest

from matric.approval import person

ADA = "Ada Mensah <ada.mensah@fernhill.example>"


@pytest.mark.parametrize(
    "other",
    [
        "ada.mensah@fernhill.example",
        "ADA.MENSAH@Fernhill.Example",
        " ada mensah ",
        "Mensah, Ada",
        "Ada Mensäh",
        "ada.mensah",
        "ada_mensah",
        "AdaMensah",
        "ada.mensah+git@fernhill.example",
        "Somebody Else <ada.mensah@fernhill.example>",
        "ada.mensah@gmail.example",
        "123456+ada-mensah@users.noreply.github.example",
        "17-ada.mensah@users.noreply.gitlab.example",
    ],
)
def test_another_spelling_is_no_other_person(other: str) -> None:
    assert person.same(ADA, other)
    assert person.same(other, ADA)


@pytest.mark.parametrize(
    "other",
    [
        "j.okafor",
        "Adam Mensah <adam@fernhill.example>",
        "mensah@fernhill.example",
        "@",
        "",
        "  ",
        "<>",
        "fernhill.example",
    ],
)
def test_somebody_else_is_somebody_else(other: str) -> None:
    assert not person.same(ADA, other)


@pytest.mark.parametrize("name", ["", " ", "@", "<>", "< >"])
def test_what_names_nobody_has_no_trait(name: str) -> None:
    assert not person.traits(name)


def test_a_name_in_another_alphabet_is_a_name() -> None:
    assert person.same("Ольга Орлова", "ОРЛОВА ОЛЬГА")
    assert not person.same("Ольга Орлова", "Иван Орлов")
