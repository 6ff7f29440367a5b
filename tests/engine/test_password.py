"""Forms of secrets, held to vectors other people published."""

from collections.abc import Callable

import pytest

from matric.secret import password


def test_type_8_is_what_hashcat_publishes() -> None:
    # hashcat example hashes, mode 9200
    shown = "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk"

    assert password.type8("hashcat", "TnGX/fE4KGHOVU") == shown


def test_type_9_is_what_hashcat_publishes() -> None:
    # hashcat example hashes, mode 9300
    shown = "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"

    assert password.scrypt("hashcat", "2MJBozw/9R3UsU") == shown


@pytest.mark.parametrize(
    ("clear", "salt", "shown"),
    [
        (
            "Hello world!",
            "saltstring",
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
        ),
        (  # openssl passwd -6
            "p" * 70,
            "0123456789abcdef",
            "$6$0123456789abcdef$pHTHI0DhqCkYIa87Afq4cVoQ1bEjhrsIYHYwdJkQU2O6RAsuSAaHBH7H5NIg8mH5EdSXyonSK2JJ0Vr.1GYGU0",
        ),
    ],
)
def test_sha_512_crypt_is_what_its_specification_and_openssl_say(clear: str, salt: str, shown: str) -> None:
    assert password.sha512(clear, salt) == shown


def test_an_snmp_key_is_localised_as_rfc_3414_says() -> None:
    # RFC 3414, A.3.2
    assert password.localised("maplesyrup", "000000000000000000000002") == "6695febc9288e36282235fc7151f128497b38f3f"
    assert password.localised("maplesyrup", "000000000000000000000002", 16) == "6695febc9288e36282235fc7151f1284"


def test_type_7_goes_both_ways() -> None:
    assert password.disguise("cisco", 6) == "060506324F41"
    assert password.undisguise("060506324F41") == "cisco"
    assert all(password.undisguise(password.disguise("a longer secret!", offset)) for offset in range(16))


@pytest.mark.parametrize("shown", ["", "7", "zz0102", "06zz", "06050"])
def test_what_is_no_type_7_has_no_clear_value(shown: str) -> None:
    assert password.undisguise(shown) is None


@pytest.mark.parametrize("made", [password.type8, password.scrypt, password.sha512])
def test_a_hash_is_verified_whatever_salt_the_device_took(made: Callable[[str, str], str]) -> None:
    shown = made("right", "ALongEnoughSlt")

    assert password.verified(shown, "right")
    assert not password.verified(shown, "wrong")
