"""Keys of wireless networks: too short, too weak, untypable."""

import pytest

from matric.secret.wireless_key import key_problems


def codes(value: str, others: dict[str, str] | None = None) -> list[str]:
    problems = key_problems(
        "wlan (#15)", "lab:wlan", value, ssid="School-Staff", school="Oakfield Primary", others=others
    )
    return [problem.code for problem in problems]


@pytest.mark.parametrize("value", ["seven77", "x" * 63 + "y", "1"])
def test_a_wireless_key_of_the_wrong_length_is_refused(value: str) -> None:
    assert "PSK-LENGTH" in codes(value)


@pytest.mark.parametrize("value", ["8chars-1", "a1" * 31 + "b", "0123456789abcdef" * 4])
def test_a_wireless_key_of_the_right_length_passes(value: str) -> None:
    assert codes(value) == []


@pytest.mark.parametrize("value", ["elephant", "password1", "OakfieldPrimary7", "school-staff", "12345678"])
def test_a_weak_wireless_key_is_refused(value: str) -> None:
    assert codes(value) == ["PSK-WEAK"]


def test_one_wireless_key_for_several_schools_is_weak() -> None:
    assert codes("vZ8-kk2-Pq0", others={"fernhill": "vZ8-kk2-Pq0"}) == ["PSK-WEAK"]


@pytest.mark.parametrize("value", ["passéword12", "pass?word12", 'pass"word12', "passphrase 12 "])
def test_a_wireless_key_the_platform_cannot_take_is_refused(value: str) -> None:
    assert "PSK-CHAR" in codes(value)


@pytest.mark.parametrize("value", ["seven77", "pass?word12", "password1"])
def test_no_message_about_a_key_shows_it(value: str) -> None:
    problems = key_problems("wlan (#15)", "lab:wlan", value, ssid="x")

    assert problems
    assert all(value not in str(problem) for problem in problems)
