"""What a network is for, by the name somebody once gave it."""

import re
from collections.abc import Mapping

__all__ = ("WORDS", "meaning")

WORDS: Mapping[str, tuple[str, ...]] = {
    "management": ("mgmt", "management", "switches", "netmgmt", "network mgmt", "oob"),
    "wireless": ("ap", "aps", "access points", "wlan mgmt", "wifi mgmt", "wireless mgmt"),
    "server": ("server", "servers", "srv", "dmz"),
    "staff": ("staff", "admin", "office", "teachers", "teacher", "sims", "mis"),
    "pupil": ("pupil", "pupils", "student", "students", "curriculum", "curric", "classroom", "ict suite"),
    "voice": ("voice", "voip", "phone", "phones", "telephony", "telephones"),
    "guest": ("guest", "guests", "visitor", "visitors", "public"),
    "byod": ("byod", "personal devices", "sixth form"),
    "printer": ("printer", "printers", "print", "printing", "copiers", "mfd"),
    "camera": ("camera", "cameras", "cctv", "nvr", "video"),
    "till": ("till", "tills", "catering", "cashless", "kitchen", "epos"),
    "building": ("building", "bms", "boiler", "heating", "door", "doors", "access control", "paxton", "iot", "estates"),
}
"""Network role of the standard -> the words schools write for it."""


def meaning(name: str) -> str | None:
    """The network role that *name* speaks of; None where it says none, or more than one."""
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()
    plain = re.sub(r"[^a-z]+", " ", plain)
    said = re.sub(r"\b(vlan|net|network|lan)\b", " ", plain).split()
    words = f" {' '.join(said)} "
    found = {role for role, known in WORDS.items() if any(f" {one} " in words for one in known)}
    return found.pop() if len(found) == 1 else None
