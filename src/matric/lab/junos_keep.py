"""What a Junos device makes of what it is given: secrets disguised with a start of its own, accounts with a number.

Sources: Junos OS CLI reference, ``authentication-password`` (SNMPv3: kept as ``authentication-key``, localised to the
engine id), ``secret`` (kept as ``$9$``) and ``uid`` (given at the commit where none is configured, and shown).
"""

import secrets as randomness

from matric.lab.junos_view import at
from matric.lab.tree import Entry, Section
from matric.secret import juniper

__all__ = ("disguised", "numbered")

FIRST_UID = 2000
KEYS = {"authentication-password": "authentication-key", "privacy-password": "privacy-key"}


def disguised(tree: Section) -> None:
    """Every secret that came in the clear, as the device shows it."""
    for _, entry in tree.walk():
        below = entry.below
        if below is None:
            continue
        for name, key in KEYS.items():
            if (clear := below.value(name)) is not None:
                del below.entries[name]
                below.entries[key] = Entry(f'{key} "{_shown(clear)}"')
        if (secret := below.value("secret")) is not None and not secret.strip('"').startswith("$9$"):
            below.entries["secret"] = Entry(f'secret "{_shown(secret)}"')


def _shown(clear: str) -> str:
    return juniper.disguise(clear.strip('"'), randomness.token_hex(8))


def numbered(tree: Section) -> None:
    """Every account that has none gets the next free number."""
    users = [
        entry.below for entry in (at(tree, "system", "login") or Section("")).find("user") if entry.below is not None
    ]
    taken = {int(uid) for user in users if (uid := user.value("uid")) is not None}
    for user in users:
        if user.value("uid") is None:
            number = next(one for one in range(FIRST_UID, FIRST_UID + 1000) if one not in taken)
            taken.add(number)
            user.entries["uid"] = Entry(f"uid {number}")
