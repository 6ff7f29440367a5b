"""The forms in which devices keep a secret: made from the clear value and a given salt, and verified against it.

Cisco type 7 (a reversible disguise), type 8 (PBKDF2-HMAC-SHA-256, 20,000 rounds), type 9 (scrypt, N 16384, r 1, p 1),
EOS ``sha512`` (SHA-512 crypt, 5,000 rounds, by the specification of U. Drepper) and SNMPv3 keys localised with SHA-1
(RFC 3414, appendix A.2; AES-128 takes the first 16 bytes, RFC 3826).
Python's own ``crypt`` is gone in 3.13, hence SHA-512 crypt here; all forms are held to published vectors by tests.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

__all__ = ("disguise", "localised", "scrypt", "sha512", "type8", "undisguise", "verified")

ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
CISCO = str.maketrans(STANDARD, ALPHABET)
XLAT = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
ROUNDS = 5000
MEGABYTE = 1_048_576
KEPT = 1024
"""Hashes a process remembers: each is slow by design, and a cut-over compares the same few again and again. Whoever can
read this memory finds the clear values beside them.
"""


def salt(source: str, length: int) -> str:
    """A salt that is always the same for *source*: it need not be secret, only differ between devices."""
    digest = hashlib.blake2b(source.encode(), digest_size=length).digest()
    return "".join(ALPHABET[byte & 63] for byte in digest)


@lru_cache(maxsize=KEPT)
def type8(clear: str, salt_text: str) -> str:
    """``$8$salt$hash`` as IOS-XE shows it."""
    key = hashlib.pbkdf2_hmac("sha256", clear.encode(), salt_text.encode(), 20_000)
    return f"$8${salt_text}${_cisco64(key)}"


@lru_cache(maxsize=KEPT)
def scrypt(clear: str, salt_text: str) -> str:
    """``$9$salt$hash`` as IOS-XE shows it."""
    key = hashlib.scrypt(clear.encode(), salt=salt_text.encode(), n=16384, r=1, p=1, dklen=32)
    return f"$9${salt_text}${_cisco64(key)}"


def _cisco64(key: bytes) -> str:
    return base64.b64encode(key).decode().rstrip("=").translate(CISCO)


def disguise(clear: str, offset: int) -> str:
    """Cisco type 7: no protection against anybody who sees it."""
    body = "".join(f"{byte ^ XLAT[(offset + at) % len(XLAT)]:02X}" for at, byte in enumerate(clear.encode()))
    return f"{offset:02d}{body}"


def undisguise(shown: str) -> str | None:
    """The clear value of a type 7 text; None where it is none."""
    if len(shown) < 4:  # noqa: PLR2004 - two digits of offset and one byte
        return None
    try:
        offset, body = int(shown[:2]), bytes.fromhex(shown[2:])
        return bytes(byte ^ XLAT[(offset + at) % len(XLAT)] for at, byte in enumerate(body)).decode()
    except ValueError:
        return None


@lru_cache(maxsize=KEPT)
def localised(clear: str, engine: str, length: int = 20) -> str:
    """The SNMPv3 key of *clear* for the engine id *engine* (hexadecimal), *length* bytes of it."""
    password = clear.encode()
    stretched = hashlib.sha1((password * (MEGABYTE // len(password) + 1))[:MEGABYTE], usedforsecurity=False).digest()
    key = hashlib.sha1(stretched + bytes.fromhex(engine) + stretched, usedforsecurity=False)
    return key.hexdigest()[: 2 * length]


@lru_cache(maxsize=KEPT)
def sha512(clear: str, salt_text: str) -> str:
    """``$6$salt$hash``: SHA-512 crypt with its default of 5,000 rounds."""
    password, salted = clear.encode(), salt_text.encode()[:16]
    digest = _first(password, salted)
    p_bytes = _repeat(hashlib.sha512(password * len(password)).digest(), len(password))
    s_bytes = _repeat(hashlib.sha512(salted * (16 + digest[0])).digest(), len(salted))
    for at in range(ROUNDS):
        mixed = p_bytes if at & 1 else digest
        if at % 3:
            mixed += s_bytes
        if at % 7:
            mixed += p_bytes
        digest = hashlib.sha512(mixed + (digest if at & 1 else p_bytes)).digest()
    return f"$6${salted.decode()}${_crypt64(digest)}"


def _first(password: bytes, salted: bytes) -> bytes:
    inner = hashlib.sha512(password + salted + password).digest()
    mixed = password + salted + _repeat(inner, len(password))
    length = len(password)
    while length:
        mixed += inner if length & 1 else password
        length >>= 1
    return hashlib.sha512(mixed).digest()


def _repeat(block: bytes, length: int) -> bytes:
    return (block * (length // len(block) + 1))[:length]


def _crypt64(digest: bytes) -> str:
    """The specification's order: three bytes 21 apart, turning, then the last byte alone."""
    groups: list[tuple[int, int]] = []
    for at in range(21):
        trio = (at, at + 21, at + 42)
        turn = at % 3
        high, middle, low = trio[turn:] + trio[:turn]
        groups.append((digest[high] << 16 | digest[middle] << 8 | digest[low], 4))
    groups.append((digest[63], 2))
    return "".join(ALPHABET[value >> 6 * place & 63] for value, places in groups for place in range(places))


def verified(shown: str, clear: str) -> bool:
    """True where *shown*, as a device shows it, is a form of *clear*: whatever salt the device took."""
    marks = {"$8": type8, "$9": scrypt, "$6": sha512}
    made = marks.get(shown[:2])
    if made is not None and shown.count("$") == 3:  # noqa: PLR2004 - $form$salt$hash
        return hmac.compare_digest(made(clear, shown.split("$")[2]).encode(), shown.encode())
    return hmac.compare_digest(shown.encode(), clear.encode())
