"""Keys of wireless networks (PSK, SAE): what IEEE 802.11 and the platforms take, and what is too weak to help.

No message shows a key; positions and characters are not named either.
"""

import re
from collections.abc import Callable, Mapping
from hmac import compare_digest

from matric.errors import BadInput, Problem
from matric.intent.school import School

__all__ = ("key_problems", "school_problems")

SHORTEST_PSK, LONGEST_PSK, HEX_PSK = 8, 63, 64


def key_problems(  # noqa: PLR0913 - what a key must not be like
    thing: str, ref: str, value: str, *, ssid: str = "", school: str = "", others: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """What is wrong with the key of a wireless network. *others*: schools' names and their keys. No value is shown."""
    shown = f"<secret: {ref}>"
    problems: list[Problem] = []
    hexadecimal = len(value) == HEX_PSK and all(character in "0123456789abcdefABCDEF" for character in value)
    if not (SHORTEST_PSK <= len(value) <= LONGEST_PSK or hexadecimal):
        rule = f"{len(value)} characters, rule is 8-63 characters or 64 hexadecimal digits"
        problems.append(Problem("PSK-LENGTH", thing, rule, "set a key of the right length", "psk", shown))
    if not (value.isascii() and value.isprintable()) or "?" in value or '"' in value or value != value.strip():
        rule = "holds a character that the platform cannot take"
        remedy = "generate a key from the allowed alphabet"
        problems.append(Problem("PSK-CHAR", thing, rule, remedy, "psk", shown))
    if reason := _weak(value, ssid, school, others or {}):
        problems.append(Problem("PSK-WEAK", thing, reason, "generate a key", "psk", shown))
    return tuple(problems)


def _weak(value: str, ssid: str, school: str, others: Mapping[str, str]) -> str:
    plain = re.sub(r"[^a-z0-9]", "", value.lower())
    if ssid and plain == re.sub(r"[^a-z0-9]", "", ssid.lower()):
        return "equals the SSID"
    if school and re.sub(r"[^a-z0-9]", "", school.lower()) in plain:
        return "holds the school's name"
    if value.isalpha() or re.sub(r"\d+$", "", plain) in {"password", "welcome", "letmein", "qwerty", "school", ""}:
        return "is a word or a well-known password"
    twins = sorted(name for name, key in others.items() if compare_digest(key.encode(), value.encode()))
    return f"the same key is used at {', '.join(twins)}" if twins else ""


def school_problems(
    school: School, value_of: Callable[[str], str], others: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """What is wrong with the keys of *school*'s wireless networks; *value_of* is a vault's ``get``.

    *others* are other schools' names and their keys. A key that is not there is a problem too.
    """
    problems: list[Problem] = []
    for wlan in school.wlans:
        ref = wlan.profile.psk
        if ref is None:
            continue
        try:
            value = value_of(ref)
        except BadInput as error:
            problems.extend(error.problems)
            continue
        thing = f"{school.slug} wlan {wlan.ssid} (#{wlan.id})"
        problems.extend(key_problems(thing, ref, value, ssid=wlan.ssid, school=school.name, others=others))
    return tuple(problems)
