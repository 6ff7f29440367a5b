"""How devices write ports, MAC addresses, speeds and capabilities in their answers, as one writes them here."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_interface
from typing import cast

from matric.survey.show.machine import Record

__all__ = ("capabilities", "ip", "mac", "mbps", "number", "port", "said", "texts", "vids")

CAPABILITIES = {
    "b": "bridge", "r": "router", "t": "telephone", "w": "wlan-access-point", "p": "repeater", "s": "station",
    "c": "docsis-cable-device", "o": "other",
    "bridge": "bridge", "switch": "bridge", "router": "router", "telephone": "telephone", "phone": "telephone",
    "wlan-access-point": "wlan-access-point", "wlan": "wlan-access-point", "wlanaccesspoint": "wlan-access-point",
    "access-point": "wlan-access-point", "trans-bridge": "wlan-access-point", "repeater": "repeater",
    "station": "station", "station-only": "station", "stationonly": "station", "host": "station", "other": "other",
    "docsis": "docsis-cable-device",
}  # fmt: skip
"""What CDP and LLDP say, in letters or words, to the words of IEEE 802.1AB-2016, 8.5.8."""
CDP_LETTERS = {"s": "bridge", "h": "station", "t": "wlan-access-point", "p": "telephone"}
"""Letters that CDP means otherwise."""
LONG = {
    "ios": (("Gi", "GigabitEthernet"), ("Fa", "FastEthernet"), ("Te", "TenGigabitEthernet"), ("Po", "Port-channel"),
            ("Tw", "TwoGigabitEthernet"), ("Fi", "FiveGigabitEthernet"), ("Twe", "TwentyFiveGigE"), ("Vl", "Vlan"),
            ("Fo", "FortyGigabitEthernet"), ("Hu", "HundredGigE"), ("Et", "Ethernet"), ("Ap", "AppGigabitEthernet")),
    "eos": (("Et", "Ethernet"), ("Po", "Port-Channel"), ("Ma", "Management"), ("Vl", "Vlan")),
    "comware": (("GE", "GigabitEthernet"), ("XGE", "Ten-GigabitEthernet"), ("FGE", "FortyGigE"), ("Eth", "Ethernet"),
                ("BAGG", "Bridge-Aggregation"), ("Vlan", "Vlan-interface"), ("HGE", "HundredGigE"),
                ("MGE", "M-GigabitEthernet"), ("WGE", "Twenty-FiveGigE"), ("Vlan-int", "Vlan-interface")),
}  # fmt: skip
"""Platform -> short and long forms of its ports."""
_PORT = re.compile(r"([A-Za-z-]+?)\s*(\d\S*)$")
_SPEED = re.compile(r"(?:a-)?(\d+(?:\.\d+)?)\s*(g?)", re.IGNORECASE)
HEX_DIGITS = 12


def said(record: Record, *names: str) -> str:
    """The first text *record* has under one of *names*; of a list its first; empty where there is none."""
    for name in names:
        value = record.get(name, "")
        text = next((one for one in texts(value) if one), "")
        if text:
            return text.strip().strip('"').strip()
    return ""


def texts(value: object) -> list[str]:
    """A value of a record as a list: most are one text."""
    return [str(one) for one in cast("list[object]", value)] if isinstance(value, list) else [str(value)]


def number(text: str) -> int | None:
    """*text* as a number of ASCII digits; None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < HEX_DIGITS else None


def vids(text: str) -> tuple[int, ...] | None:
    """``10,20-22`` as VLANs; None where the text is no such list."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        low, high = number(first), number(last if dash else first)
        if low is None or high is None or not 1 <= low <= high <= 4094:  # noqa: PLR2004 - IEEE 802.1Q
            return None
        found.update(range(low, high + 1))
    return tuple(sorted(found))


def ip(text: str) -> str:
    """*text* where it is an IP address, with or without a prefix length; else empty."""
    try:
        ip_interface(text)
    except ValueError:
        return ""
    return text


def mac(text: str) -> str:
    """``aa:bb:cc:dd:ee:ff`` of any usual form; empty where *text* is no MAC address."""
    digits = re.sub(r"[\s:.-]", "", text).lower()
    whole = len(digits) == HEX_DIGITS and re.fullmatch(r"[0-9a-f]{12}", digits)
    return ":".join(digits[at : at + 2] for at in range(0, HEX_DIGITS, 2)) if whole else ""


@lru_cache(maxsize=8192)
def port(platform: str, name: str) -> str:
    """*name* in the form the platform's configuration has it."""
    name = name.strip().strip(",")
    if platform == "junos":
        return re.sub(r"\.\d+\*?$", "", name.rstrip("*"))
    if platform == "aoss":
        # A member of a LAG is shown with it: 23-Trk1.
        return re.sub(r"(?<=.)-Trk\d+$", "", name)
    if platform == "icx":
        return re.sub(r"^(?:ethernet|ethe|eth|e)\s*", "", name.lower())
    found = _PORT.fullmatch(name)
    if found is None or platform not in LONG:
        return name
    written = found[1].lower()
    for short, long in LONG[platform]:
        # What is written is the short form, the long one, or something in between: Gi, Gig, GigabitEthernet.
        if written == short.lower() or (long.lower().startswith(written) and written.startswith(short.lower())):
            return f"{long}{found[2]}"
    return name


def mbps(text: str) -> int | None:
    """``a-1000``, ``10G``, ``1000FDx``, ``2.5G`` in megabits per second; None for ``auto`` and the like."""
    found = _SPEED.match(text.strip())
    return int(float(found[1]) * (1000 if found[2] else 1)) if found else None


def capabilities(text: str | Iterable[str], *, cdp: bool = False) -> tuple[str, ...]:
    """The words of IEEE 802.1AB for what LLDP or CDP told; a word that is none stays, in lower case."""
    words = (text if isinstance(text, str) else " ".join(text)).lower()
    words = re.sub(r"wlan access point", "wlan-access-point", words)
    words = re.sub(r"station only", "station", words)
    letters = CAPABILITIES | CDP_LETTERS if cdp else CAPABILITIES
    parts = [part for part in re.split(r"[,\s()]+", words) if part and part not in {"igmp", "source-route-bridge", "i"}]
    return tuple(dict.fromkeys(letters.get(part, part) for part in parts))
