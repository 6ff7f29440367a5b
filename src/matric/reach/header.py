"""Sets of packet headers, exact: source x destination x protocol x ports x kind, as disjoint boxes of intervals.

The libraries at hand know addresses only (netaddr, netutils) or bring a Java server (Batfish), and what is needed is
small: union, intersection and difference of boxes. Nothing is sampled: two sets said to be equal are equal for every
packet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from matric.reach.span import ADDRESSES, BYTE, NONE, PORTS, Spans, holds, less, shared, span, union

__all__ = (
    "ECHO",
    "ECHO_REPLY",
    "ESTABLISHED",
    "ICMP",
    "NOTHING",
    "OPENING",
    "TCP",
    "UDP",
    "Box",
    "Headers",
    "Packet",
    "answered",
    "everything",
    "headers",
    "replies",
    "total",
)

Box = tuple[Spans, Spans, Spans, Spans, Spans, Spans]
"""source, destination, protocol, source port, destination port, kind."""
Packet = tuple[int, int, int, int, int, int]
"""One header: source, destination, protocol, source port, destination port, kind."""

ICMP, TCP, UDP = 1, 6, 17
OPENING, ESTABLISHED = 0, 1
"""Kinds of TCP: without ACK and RST, and with one of them. The kind of ICMP is its type; nothing else has a kind."""
ECHO_REPLY, ECHO = 0, 8


def _both(a: Box, b: Box) -> Box | None:
    # Destinations part most boxes, and their ends alone often say so.
    here, there = a[1], b[1]
    if not (here and there) or here[-1][1] < there[0][0] or there[-1][1] < here[0][0]:
        return None
    destination = shared(here, there)
    protocol = shared(a[2], b[2]) if destination else ()
    other = shared(a[4], b[4]) if protocol else ()
    port = shared(a[3], b[3]) if other else ()
    kind = shared(a[5], b[5]) if port else ()
    source = shared(a[0], b[0]) if kind else ()
    return (source, destination, protocol, port, other, kind) if source else None


def _without(a: Box, b: Box) -> Iterator[Box]:
    """*a* less *b*, disjoint: one slice for every dimension in which something is left."""
    inner = _both(a, b)
    if inner is None:
        yield a
        return
    for at in range(len(a)):
        left = less(a[at], b[at])
        if left:
            yield (*inner[:at], left, *a[at + 1 :])  # type: ignore[misc]  # six parts again


@dataclass(frozen=True, eq=False, slots=False)
class Headers:
    """A set of headers. The boxes are disjoint; two sets may be the same in other boxes, so ask ``same``."""

    boxes: tuple[Box, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.boxes)

    def __and__(self, other: "Headers") -> "Headers":
        if self is other:
            return self
        return Headers(tuple(found for a in self.boxes for b in other.boxes if (found := _both(a, b)) is not None))

    def __sub__(self, other: "Headers") -> "Headers":
        left: Iterable[Box] = self.boxes
        for taken in other.boxes:
            left = [one for box in left for one in _without(box, taken)]
            if not left:
                break
        return Headers(tuple(left))

    def __or__(self, other: "Headers") -> "Headers":
        if not self or not other:
            return self or other
        return Headers(self.boxes + (other - self).boxes)

    def __le__(self, other: "Headers") -> bool:
        return not self - other

    def __contains__(self, packet: Packet) -> bool:
        return any(all(holds(box[at], packet[at]) for at in range(len(packet))) for box in self.boxes)

    def to(self, destination: Spans) -> "Headers":
        """The packets of the set to *destination*."""
        if not destination:
            return NOTHING
        first, last = destination[0][0], destination[-1][1]
        near = (box for box in self.boxes if box[1][0][0] <= last and box[1][-1][1] >= first)
        boxes = ((box, shared(box[1], destination)) for box in near)
        return Headers(tuple((box[0], found, *box[2:]) for box, found in boxes if found))

    def same(self, other: "Headers") -> bool:
        """True where both hold the same packets."""
        return self <= other <= self

    @cached_property
    def compact(self) -> "Headers":
        """The same set in fewer boxes: those that differ in one dimension only are put together."""
        boxes = list(self.boxes)
        while True:
            before = len(boxes)
            for at in range(6):
                boxes = list(_joined(boxes, at))
            if len(boxes) == before:
                return Headers(tuple(sorted(boxes)))

    @property
    def sources(self) -> Spans:
        return union(*(box[0] for box in self.boxes))

    @property
    def destinations(self) -> Spans:
        return union(*(box[1] for box in self.boxes))

    def example(self) -> Packet:
        """One packet of the set, the first in order."""
        box = min(self.boxes)
        return (box[0][0][0], box[1][0][0], box[2][0][0], box[3][0][0], box[4][0][0], box[5][0][0])


def _joined(boxes: list[Box], at: int) -> Iterator[Box]:
    alike: dict[tuple[Spans, ...], list[Spans]] = {}
    for box in boxes:
        alike.setdefault(box[:at] + box[at + 1 :], []).append(box[at])
    for others, parts in alike.items():
        merged = union(*parts) if len(parts) > 1 else parts[0]
        yield (*others[:at], merged, *others[at:])  # type: ignore[misc]  # six parts again


NOTHING = Headers()


def total(parts: Iterable[Headers]) -> Headers:
    """The packets in any of *parts*, in few boxes."""
    found = NOTHING
    enough = 32
    for part in parts:
        found |= part
        if len(found.boxes) > enough:
            found = found.compact
            enough = 2 * len(found.boxes) + 32
    return found.compact


def headers(  # noqa: PLR0913, PLR0917 - one for each dimension
    source: Spans = ADDRESSES,
    destination: Spans = ADDRESSES,
    protocol: Spans = BYTE,
    source_port: Spans = PORTS,
    destination_port: Spans = PORTS,
    kind: Spans = BYTE,
) -> Headers:
    """The real packets with these: a protocol without ports has none, and only TCP and ICMP have kinds."""
    box: Box = (source, destination, protocol, source_port, destination_port, kind)
    return Headers(tuple(found for real in REAL if (found := _both(real, box)) is not None))


REAL: tuple[Box, ...] = (
    (ADDRESSES, ADDRESSES, span(ICMP), NONE, NONE, BYTE),
    (ADDRESSES, ADDRESSES, span(TCP), PORTS, PORTS, span(OPENING, ESTABLISHED)),
    (ADDRESSES, ADDRESSES, span(UDP), PORTS, PORTS, NONE),
    (ADDRESSES, ADDRESSES, less(BYTE, union(span(ICMP), span(TCP), span(UDP))), NONE, NONE, NONE),
)
"""Every packet there is, by protocol: so a set never holds a TCP packet with an ICMP type."""


def everything(source: Spans = ADDRESSES, destination: Spans = ADDRESSES) -> Headers:
    """Every packet from *source* to *destination*."""
    return headers(source, destination)


def answered(answers: Headers) -> Headers:
    """The packets whose answers are all in *answers*: ends and ports change places, echo is answered by echo reply.

    Whatever TCP packet asks, its answer is ``established``. Other ICMP types have no answer, and are not in it.
    """
    found: list[Box] = []
    for source, destination, protocol, port, other, kind in answers.boxes:
        turned = (destination, source)
        if holds(protocol, TCP) and holds(kind, ESTABLISHED):
            found.append((*turned, span(TCP), other, port, span(OPENING, ESTABLISHED)))
        if holds(protocol, ICMP) and holds(kind, ECHO_REPLY):
            found.append((*turned, span(ICMP), NONE, NONE, span(ECHO)))
        if rest := less(protocol, union(span(TCP), span(ICMP))):
            found.append((*turned, rest, other, port, NONE))
    return Headers(tuple(found))


def replies(questions: Headers) -> Headers:
    """The answers to *questions*, as ``answered`` has them."""
    found = NOTHING
    for source, destination, protocol, port, other, kind in questions.boxes:
        found |= headers(destination, source, shared(protocol, span(TCP)), other, port, span(ESTABLISHED))
        if holds(kind, ECHO):
            found |= headers(destination, source, shared(protocol, span(ICMP)), kind=span(ECHO_REPLY))
        found |= headers(destination, source, less(protocol, union(span(TCP), span(ICMP))), other, port)
    return found
