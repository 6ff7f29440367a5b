"""Who may knock at a door: the lists in front of logins and of SNMP, first match, over every address."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from matric.reach.access_list import entry_words, judged
from matric.reach.header import TCP, UDP, headers
from matric.reach.span import ADDRESSES, BYTE, addresses, less, span
from matric.switch.management import Door

__all__ = ("strangers",)

NEW = span(0)
"""The kind of a TCP packet that opens a connection."""


def strangers(door: Door, trusted: Sequence[IPv4Network | IPv4Address], protocol: Literal["tcp", "udp"]) -> str:
    """How somebody who is not among *trusted* gets to *door*; empty where nobody does."""
    if door.entries is None:
        return "no list is in front of it"
    asked = headers(
        source=less(ADDRESSES, addresses(*trusted)),
        protocol=span(TCP if protocol == "tcp" else UDP),
        destination_port=span(door.port),
        kind=NEW if protocol == "tcp" else BYTE,
    )
    entries = door.entries
    through = (entries[one.at] for one in judged(entries, asked) if one.permits and one.at is not None)
    return "; ".join(dict.fromkeys(entry_words(entry) for entry in through))
