"""Sets of whole numbers as intervals: addresses, ports, protocols."""

from ipaddress import IPv4Address, IPv4Network

__all__ = (
    "ADDRESSES",
    "BYTE",
    "NONE",
    "PORTS",
    "UNICAST",
    "Spans",
    "addresses",
    "holds",
    "less",
    "shared",
    "span",
    "union",
)

Spans = tuple[tuple[int, int], ...]
"""Inclusive intervals: in order, apart from each other, never touching."""

ADDRESSES: Spans = ((0, 2**32 - 1),)
PORTS: Spans = ((0, 65535),)
BYTE: Spans = ((0, 255),)
NONE: Spans = ((0, 0),)


def span(first: int, last: int | None = None) -> Spans:
    """The numbers *first* to *last*, or *first* alone; none where *last* comes before it."""
    end = first if last is None else last
    return ((first, end),) if first <= end else ()


def union(*given: Spans) -> Spans:
    """The numbers in any of *given*."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(one for spans in given for one in spans):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def shared(a: Spans, b: Spans) -> Spans:
    """The numbers in both."""
    # Asked a million times, and nearly always of one interval: no min and max here.
    if a == b:
        return a
    if len(b) == 1:
        a, b = b, a
    if len(a) == 1:
        start, end = a[0]
        return tuple(
            [
                (low if low > start else start, high if high < end else end)  # noqa: FURB136 - faster
                for low, high in b
                if low <= end and high >= start
            ]
        )
    found: list[tuple[int, int]] = []
    at = other = 0
    while at < len(a) and other < len(b):
        (start, end), (low, high) = a[at], b[other]
        if start <= high and low <= end:
            found.append((low if low > start else start, high if high < end else end))  # noqa: FURB136 - faster
        if end < high:
            at += 1
        else:
            other += 1
    return tuple(found)


def less(a: Spans, b: Spans) -> Spans:
    """The numbers in *a* and not in *b*."""
    found: list[tuple[int, int]] = []
    for first, last in a:
        low = first
        for start, end in b:
            if end < low:
                continue
            if start > last:
                break
            if start > low:
                found.append((low, start - 1))
            low = end + 1
        if low <= last:
            found.append((low, last))
    return tuple(found)


def addresses(*given: IPv4Network | IPv4Address) -> Spans:
    """The addresses of networks and single addresses."""
    return union(*(_of(one) for one in given))


def _of(one: IPv4Network | IPv4Address) -> Spans:
    if isinstance(one, IPv4Address):
        return span(int(one))
    return span(int(one.network_address), int(one.broadcast_address))


def holds(spans: Spans, number: int) -> bool:
    """True where *number* is in *spans*."""
    return any(low <= number <= high for low, high in spans)


UNICAST: Spans = less(
    ADDRESSES,
    addresses(
        IPv4Network("0.0.0.0/8"), IPv4Network("127.0.0.0/8"), IPv4Network("169.254.0.0/16"), IPv4Network("224.0.0.0/3")
    ),
)
"""What a router passes on: neither this host, loopback, link-local, multicast nor reserved."""
