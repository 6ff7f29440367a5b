"""One entry of an AOS-CX access list, as the switch takes it and as it shows it.

Source: AOS-CX "ACLs and Classifier Policies Guide", ``access-list ip``: protocols, ``eq|gt|lt`` and ``range`` with port
numbers, ``icmp-type``, TCP flags. It shows masks with dots, a host alone, ``any`` for ``ip``, and some ports by
name (running configurations in public repositories show those below; what else it names is not known to us).
"""

import re
from ipaddress import IPv4Network

from matric.lab.tree import Invalid

__all__ = ("shown",)

PROTOCOLS = frozenset({"any", "ip", "ah", "gre", "esp", "icmp", "igmp", "ospf", "pim", "tcp", "udp", "sctp"})
PORTED = frozenset({"tcp", "udp", "sctp"})
FLAGS = frozenset({"urg", "ack", "psh", "rst", "syn", "fin", "established"})
NAMES = {"22": "ssh", "443": "https", "161": "snmp", "162": "snmp-trap"}
PORT = re.compile(r"\d{1,5}$")
ICMP = frozenset({"echo", "echo-reply"})
VALUED = frozenset({"dscp", "ip-precedence", "tos", "vlan"})


def shown(line: str, last: int) -> str:
    """*line* in the form it is shown in; *last* is the highest number the list has. ``Invalid`` if refused."""
    words = line.split()
    number = words.pop(0) if words[0].isdecimal() else str(last // 10 * 10 + 10)
    if not words:
        raise Invalid(line)
    if words[0] == "comment":
        return f"{number} {' '.join(words)}"
    try:
        return " ".join((number, *_entry(words)))
    except (IndexError, ValueError):
        raise Invalid(line) from None


def _entry(words: list[str]) -> list[str]:
    action, protocol = words.pop(0), words.pop(0)
    if action not in ("permit", "deny") or not (protocol in PROTOCOLS or _number(protocol, 255)):
        raise ValueError(action)
    ports = protocol in PORTED
    found = [action, "any" if protocol == "ip" else protocol]
    for _ in range(2):
        found.append(_side(words.pop(0)))
        found.extend(_ports(words) if ports else ())
    found.extend(_rest(words, protocol))
    return found


def _side(text: str) -> str:
    if text == "any":
        return text
    network = IPv4Network(text, strict=False)
    host = network.prefixlen == network.max_prefixlen
    return text.partition("/")[0] if host else f"{text.partition('/')[0]}/{network.netmask}"


def _ports(words: list[str]) -> list[str]:
    if not words or words[0] not in ("eq", "gt", "lt", "range"):
        return []
    found = [words.pop(0)]
    for _ in range(2 if found[0] == "range" else 1):
        port = words.pop(0)
        if port not in NAMES.values() and not _number(port, 65535):
            raise ValueError(port)
        found.append(NAMES.get(port, port))
    return found


def _rest(words: list[str], protocol: str) -> list[str]:
    found: list[str] = []
    while words:
        word = words.pop(0)
        found.append(word)
        if word in VALUED:
            found.append(words.pop(0))
        elif word in ("icmp-type", "icmp-code") and protocol == "icmp":
            value = words.pop(0)
            if not (_number(value, 255) or (word == "icmp-type" and value in ICMP)):
                raise ValueError(value)
            found.append(value)
        elif not (word in ("log", "count", "fragment") or (word in FLAGS and protocol == "tcp")):
            raise ValueError(word)
    return found


def _number(text: str, highest: int) -> bool:
    return bool(PORT.match(text)) and int(text) <= highest
