"""Whether two names are one person, for four eyes: rather once too often than once too seldom.

A name is what a commit, a plan, a forge or a person at a terminal calls somebody: ``Ada Mensah``,
``Ada Mensah <ada@fernhill.example>``, an address, a login. Case, accents, blanks, dots, the order of the words, a
``+tag`` and the domain of an address do not make another person: whoever writes from two addresses stays one. So two
people called the same are taken for one; a third must then approve. A login that is like no address of its owner is
told apart, unless a line of ``inventory/allowed_signers`` holds both.
"""

import re
import unicodedata

__all__ = ("same", "traits")

_NAMED = re.compile(r"^(.*?)<([^<>]*)>\s*$", re.DOTALL)
_FORGE_MAIL = re.compile(r"^\d+[+-]")
"""``12345+ada@users.noreply.github.com``: the login stands behind the number."""


def traits(name: str) -> frozenset[str]:
    """What tells the person: two names that have one of them in common are one person. Empty where it says nothing."""
    found = _NAMED.match(name)
    parts = found.groups() if found else (name,)
    return frozenset(trait for part in parts for trait in _traits(part))


def same(one: str, other: str) -> bool:
    """True where *one* and *other* are, or may be, one person."""
    return bool(traits(one) & traits(other))


def _traits(part: str) -> set[str]:
    plain = _plain(part)
    local, at, domain = plain.rpartition("@")
    if not at:
        return {_bare(plain)} - {""}
    local = _FORGE_MAIL.sub("", local) if "noreply" in domain else local
    local = local.partition("+")[0]
    return {f"{local}@{domain}", _bare(local)} - {"", "@"}


def _plain(text: str) -> str:
    """*text* in lower case and without accents."""
    spelled = unicodedata.normalize("NFKD", text.strip())
    return "".join(one for one in spelled if not unicodedata.combining(one)).casefold()


def _bare(text: str) -> str:
    """Letters and digits of *text*, its words in one order."""
    words = sorted("".join(one if one.isalnum() else " " for one in text).split())
    return "".join(words) or text.strip()
