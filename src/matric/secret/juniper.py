"""Junos' ``$9$``: a reversible disguise, no protection against anybody who sees it.

The scheme is public (``Crypt::Juniper`` by K. Brintnall, CPAN): each character becomes two to four steps round a wheel
of 65 characters, each step counted from the character before it.
"""

import hashlib

__all__ = ("disguise", "undisguise")

MARK = "$9$"
FAMILIES = ("QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T")
WHEEL = "".join(FAMILIES)
PLACE = {letter: at for at, letter in enumerate(WHEEL)}
FILL = {letter: 3 - at for at, family in enumerate(FAMILIES) for letter in family}
"""How many characters without meaning follow the first."""
WEIGHTS = ((1, 4, 32), (1, 16, 32), (1, 8, 32), (1, 64), (1, 32), (1, 4, 16, 128), (1, 32, 64))
BYTE = 256


def disguise(clear: str, source: str) -> str:
    """*clear* as Junos shows it; the start of it, which is chance on a device, follows from *source*."""
    digest = hashlib.blake2b(source.encode(), digest_size=4).digest()
    first = WHEEL[digest[0] % len(WHEEL)]
    fill = "".join(WHEEL[byte % len(WHEEL)] for byte in digest[1 : 1 + FILL[first]])
    shown, before = [MARK, first, fill], first
    for at, byte in enumerate(clear.encode()):
        left, steps = byte, list[int]()
        for weight in reversed(WEIGHTS[at % len(WEIGHTS)]):
            steps.insert(0, left // weight)
            left %= weight
        for step in steps:
            before = WHEEL[(PLACE[before] + step + 1) % len(WHEEL)]
            shown.append(before)
    return "".join(shown)


def undisguise(shown: str) -> str | None:
    """The clear value of a ``$9$`` text; None where it is none."""
    body = shown.removeprefix(MARK)
    if body == shown or not body or any(letter not in PLACE for letter in body):
        return None
    before, rest = body[0], body[1 + FILL[body[0]] :]
    found = bytearray()
    while rest:
        weights = WEIGHTS[len(found) % len(WEIGHTS)]
        steps, rest = rest[: len(weights)], rest[len(weights) :]
        if len(steps) < len(weights):
            return None
        value = 0
        for weight, letter in zip(weights, steps, strict=True):
            value += weight * ((PLACE[letter] - PLACE[before]) % len(WHEEL) - 1)
            before = letter
        found.append(value % BYTE)
    return found.decode(errors="replace")
