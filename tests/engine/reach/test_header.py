"""Laws of sets of headers, and of the packets in them."""

from ipaddress import IPv4Network
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric.reach.header import (
    ECHO,
    ESTABLISHED,
    ICMP,
    NOTHING,
    OPENING,
    TCP,
    UDP,
    Headers,
    Packet,
    answered,
    everything,
    headers,
    replies,
    total,
)
from matric.reach.span import ADDRESSES, Spans, addresses, holds, less, shared, span, union
from matric.reach.words import said

# Few numbers, so that sets overlap, touch and nest.
SMALL = 12
spans: st.SearchStrategy[Spans] = st.lists(st.tuples(st.integers(0, SMALL), st.integers(0, SMALL)), max_size=3).map(
    lambda pairs: union(*(span(min(pair), max(pair)) for pair in pairs))
)
some: st.SearchStrategy[Spans] = spans.filter(bool)
protocols = st.sampled_from([span(ICMP), span(TCP), span(UDP), span(47), span(0, 255), span(1, 6)])
kinds = st.sampled_from([span(0), span(1), span(8), span(0, 255)])
boxes: st.SearchStrategy[Headers] = st.builds(headers, some, some, protocols, some, some, kinds)
sets: st.SearchStrategy[Headers] = st.lists(boxes, max_size=3).map(total)


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """A real packet: only TCP and UDP have ports, only TCP and ICMP a kind."""
    protocol = draw(st.sampled_from([ICMP, TCP, UDP, 47]))
    source, destination = draw(st.integers(0, SMALL)), draw(st.integers(0, SMALL))
    port, other = (draw(st.integers(0, SMALL)) if protocol in (TCP, UDP) else 0 for _ in range(2))
    kind = draw(st.sampled_from({ICMP: [0, 3, 8], TCP: [OPENING, ESTABLISHED]}.get(protocol, [0])))
    return source, destination, protocol, port, other, kind


@settings(deadline=None)
@given(spans, spans, st.integers(0, SMALL))
def test_intervals_hold_what_their_algebra_says(a: Spans, b: Spans, number: int) -> None:
    assert holds(union(a, b), number) == (holds(a, number) or holds(b, number))
    assert holds(shared(a, b), number) == (holds(a, number) and holds(b, number))
    assert holds(less(a, b), number) == (holds(a, number) and not holds(b, number))


@settings(deadline=None)
@given(spans, spans)
def test_intervals_never_touch_and_stay_in_order(a: Spans, b: Spans) -> None:
    for found in (union(a, b), shared(a, b), less(a, b)):
        assert all(low <= high for low, high in found)
        assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


@settings(deadline=None)
@given(sets, sets, packets())
def test_a_packet_is_in_a_set_exactly_where_the_algebra_says(a: Headers, b: Headers, packet: Packet) -> None:
    assert (packet in (a | b)) == (packet in a or packet in b)
    assert (packet in (a & b)) == (packet in a and packet in b)
    assert (packet in (a - b)) == (packet in a and packet not in b)


@settings(deadline=None)
@given(sets, sets, sets)
def test_sets_follow_the_laws_of_sets(a: Headers, b: Headers, c: Headers) -> None:
    assert (a | b).same(b | a)
    assert (a & b).same(b & a)
    assert (a & (b | c)).same((a & b) | (a & c))
    assert (a - (b | c)).same((a - b) & (a - c))
    assert ((a - b) | (a & b)).same(a)
    assert not (a - b) & b
    assert (a <= b) == (a | b).same(b)


@settings(deadline=None)
@given(sets, sets)
def test_boxes_of_a_set_lie_apart(a: Headers, b: Headers) -> None:
    for found in (a | b, a & b, a - b, (a | b).compact):
        for at, one in enumerate(found.boxes):
            assert not any(Headers((one,)) & Headers((other,)) for other in found.boxes[at + 1 :])


@settings(deadline=None)
@given(sets)
def test_a_set_in_fewer_boxes_is_the_same_set(a: Headers) -> None:
    assert a.compact.same(a)
    assert len(a.compact.boxes) <= len(a.boxes)


@settings(deadline=None)
@given(sets, spans, packets())
def test_what_goes_somewhere_is_what_has_that_destination(a: Headers, there: Spans, packet: Packet) -> None:
    assert (packet in a.to(there)) == (packet in a and holds(there, packet[1]))
    assert a.to(there).same(a & everything(destination=there))


def _reply(packet: Packet) -> Packet | None:
    """The answer, worked out for one packet."""
    source, destination, protocol, port, other, kind = packet
    if protocol == ICMP:
        return (destination, source, ICMP, 0, 0, 0) if kind == ECHO else None
    return destination, source, protocol, other, port, ESTABLISHED if protocol == TCP else 0


@settings(deadline=None)
@given(sets, packets())
def test_a_packet_is_answered_if_its_answer_is_among_the_answers(answers: Headers, packet: Packet) -> None:
    reply = _reply(packet)

    assert (packet in answered(answers)) == (reply is not None and reply in answers)


@settings(deadline=None)
@given(sets, packets())
def test_the_answers_to_a_set_hold_the_answer_to_each_packet_of_it(questions: Headers, packet: Packet) -> None:
    reply = _reply(packet)
    if packet in questions and reply is not None:
        assert reply in replies(questions)
    # And nothing else: whatever is in it answers something in the set.
    if packet in replies(questions):
        source, destination, protocol, port, other, _ = packet
        asked = {ICMP: (ECHO,), TCP: (OPENING, ESTABLISHED)}.get(protocol, (0,))
        assert any((destination, source, protocol, other, port, kind) in questions for kind in asked)


def test_everything_holds_no_packet_that_cannot_be() -> None:
    assert (0, 0, TCP, 80, 80, ECHO) not in everything()
    assert (0, 0, ICMP, 80, 0, 0) not in everything()
    assert (0, 0, 47, 0, 0, 0) in everything()


@pytest.mark.parametrize(
    ("headers_", "words"),
    [
        (everything(ADDRESSES, addresses(IPv4Network("10.0.0.0/8"))), ("ip any to 10.0.0.0/8",)),
        (
            headers(protocol=span(TCP), destination_port=union(span(80), span(443)), kind=span(OPENING)),
            ("tcp any to any port 80,443 opening",),
        ),
        (headers(protocol=span(TCP), kind=span(ESTABLISHED)), ("tcp any to any established",)),
        (headers(protocol=span(ICMP), kind=span(ECHO)), ("icmp any to any echo",)),
        (headers(protocol=span(UDP), source_port=span(68)), ("udp any to any from port 68",)),
        (NOTHING, ()),
    ],
)
def test_a_set_is_said_in_the_words_of_an_access_list(headers_: Headers, words: tuple[str, ...]) -> None:
    assert said(headers_) == words
