"""Sets of headers in the words of an access list."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, summarize_address_range

from matric.reach.header import ESTABLISHED, ICMP, TCP, UDP, Box, Headers, headers
from matric.reach.span import ADDRESSES, BYTE, PORTS, Spans, less, shared, span

__all__ = ("address_words", "line_of", "port_words", "said")

NAMES = {ICMP: "icmp", TCP: "tcp", UDP: "udp"}
LITTLE = 1
"""Boxes that may be missing from everything for it still to be told as everything but them."""
FEW = 3
"""Addresses that may be missing from a prefix for it to be told as the prefix but them."""
KINDS = {0: "echo-reply", 3: "unreachable", 8: "echo", 11: "time-exceeded"}


def said(given: Headers) -> tuple[str, ...]:
    """*given*, a line for each part: ``tcp 10.48.80.0/21 to 10.48.66.0/24 port 443``."""
    left = given.compact
    found: list[str] = []
    # What takes every protocol, or all but a little, is said as such, whatever boxes it is kept in.
    for source, destination in dict.fromkeys((box[0], box[1]) for box in left.boxes):
        whole = headers(source, destination)
        missing = (whole - left).compact
        if len(missing.boxes) <= LITTLE and (whole & left):
            but = " and ".join(_what(box) for box in missing.boxes)
            found.append(f"ip {_ends(source, destination)}" + (f" but {but}" if but else ""))
            left = (left - whole).compact
    found.extend(line for box in left.boxes for line in _box(*box))
    return tuple(found)


def _what(box: Box) -> str:
    """A box that is missing: its ends are those of what it is missing from."""
    ends = f" {_ends(box[0], box[1])}"
    return " and ".join(line.replace(ends, "") for line in _box(*box))


def _box(  # noqa: PLR0913, PLR0917 - a box has six parts
    source: Spans, destination: Spans, protocol: Spans, port: Spans, other: Spans, kind: Spans
) -> Iterator[str]:
    for number, name in NAMES.items():
        if not shared(protocol, span(number)):
            continue
        from_port = f" from port {port_words(port)}" if number != ICMP and port != PORTS else ""
        to_port = f" port {port_words(other)}" if number != ICMP and other != PORTS else ""
        yield f"{name} {_ends(source, destination)}{from_port}{to_port}{_kind(number, kind)}"
    rest = [one for low, high in protocol for one in (low, high) if one not in NAMES]
    if rest:
        yield f"other protocols {_ends(source, destination)}"


def _kind(protocol: int, kind: Spans) -> str:
    if protocol == TCP and kind == span(ESTABLISHED):
        return " established"
    if protocol == TCP and not shared(kind, span(ESTABLISHED)):
        return " opening"
    if protocol == ICMP and kind != BYTE:
        numbers = [str(low) if low == high else f"{low}-{high}" for low, high in kind]
        return " " + ",".join(KINDS.get(int(one), one) if one.isdecimal() else one for one in numbers)
    return ""


def _ends(source: Spans, destination: Spans) -> str:
    return f"{', '.join(address_words(source))} to {', '.join(address_words(destination))}"


def address_words(given: Spans) -> list[str]:
    """Addresses as people write them: prefixes, or a range where prefixes would take many."""
    if given == ADDRESSES:
        return ["any"]
    hull = list(summarize_address_range(IPv4Address(given[0][0]), IPv4Address(given[-1][1]))) if given else []
    gaps = less(span(given[0][0], given[-1][1]), given) if given else ()
    if len(hull) == 1 and 0 < sum(high - low + 1 for low, high in gaps) <= FEW:
        but = ", ".join(str(IPv4Address(one)) for low, high in gaps for one in range(low, high + 1))
        return [f"{hull[0]} but {but}"]
    found: list[str] = []
    for low, high in given:
        nets = list(summarize_address_range(IPv4Address(low), IPv4Address(high)))
        if len(nets) > 2:  # noqa: PLR2004 - a range of three prefixes is read better as a range
            found.append(f"{IPv4Address(low)}-{IPv4Address(high)}")
        else:
            found.extend(str(net.network_address) if net.prefixlen == net.max_prefixlen else str(net) for net in nets)
    return found


def port_words(given: Spans) -> str:
    """``80,443,1024-65535``."""
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in given)


def line_of(text: str, access_list: str, entry: str) -> int | None:
    """The line, from 1, of *entry* below the head that names *access_list* in a configuration; None without it."""
    if not access_list or not entry:
        return None
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if inside and bare.rstrip("{; ") == entry:
            return number
        if re.search(rf"(?:access-list|filter)\b.* \"?{re.escape(access_list)}\"?(?: \{{)?$", bare):
            inside = True
        elif inside and line[:1] not in (" ", "\t"):
            inside = False
    return None
