"""Entries of access lists: what they match, and what a list decides."""

from ipaddress import IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matric.reach.access_list import entry_words, judged, matched
from matric.reach.header import ESTABLISHED, Packet, everything, headers
from matric.reach.span import Spans, addresses, span, union
from matric.switch import ANYWHERE, Entry
from tests.engine.reach.naive import matches
from tests.engine.reach.strategy import entries, packets

NET = IPv4Network("10.48.70.0/24")


@settings(deadline=None, max_examples=500)
@given(entries(), packets())
def test_an_entry_matches_exactly_the_packets_its_words_do(entry: Entry, packet: Packet) -> None:
    found, certain = matched(entry)

    assert certain
    assert (packet in found) == matches(entry, packet)


@settings(deadline=None, max_examples=150)
@given(st.lists(entries(), max_size=7), packets())
def test_the_first_entry_that_matches_decides(given_: list[Entry], packet: Packet) -> None:
    first = next((at for at, one in enumerate(given_) if matches(one, packet)), None)

    decided = [(one.at, one.permits) for one in judged(given_, everything()) if packet in one.headers]

    assert decided == [(first, first is not None and given_[first].permits)]


@settings(deadline=None, max_examples=50)
@given(st.lists(entries(), max_size=7))
def test_a_list_decides_about_every_packet_once(given_: list[Entry]) -> None:
    left = everything()
    for one in judged(given_, everything()):
        assert one.headers <= left
        left -= one.headers
    assert not left


def _entry(protocol: str, rest: str, ports: str = "", *, permits: bool = True) -> Entry:
    return Entry(permits, protocol, ANYWHERE, NET, rest, ports)


THERE = addresses(NET)


@pytest.mark.parametrize(
    ("entry", "source_ports", "destination_ports"),
    [
        (_entry("udp", "eq bootpc eq bootps", "eq bootpc"), span(68), span(67)),
        # Its reader did not say whose ports are whose: there are two, and the source's come first.
        (_entry("udp", "eq 68 eq 67"), span(68), span(67)),
        (_entry("tcp", "eq 443"), span(0, 65535), span(443)),
        (_entry("tcp", "eq 443", "eq 443"), span(443), span(0, 65535)),
        (_entry("tcp", "eq www 443 8080"), span(0, 65535), union(span(80), span(443), span(8080))),
        (_entry("udp", "range 1 1023 gt 1023", "range 1 1023"), span(1, 1023), span(1024, 65535)),
        (_entry("udp", "lt 1024 log"), span(0, 65535), span(0, 1023)),
        (_entry("udp", "gt 65535"), span(0, 65535), ()),
    ],
)
def test_ports_are_read(entry: Entry, source_ports: Spans, destination_ports: Spans) -> None:
    number = span(6 if entry.protocol == "tcp" else 17)

    found, certain = matched(entry)

    assert certain
    assert found.same(headers(destination=THERE, protocol=number, source_port=source_ports,
                              destination_port=destination_ports))  # fmt: skip


def test_established_is_every_tcp_packet_but_the_opening_one() -> None:
    found, _ = matched(_entry("tcp", "established"))

    assert found.same(headers(destination=THERE, protocol=span(6), kind=span(ESTABLISHED)))


@pytest.mark.parametrize(
    "entry",
    [
        _entry("tcp", "eq 443 dscp ef"),
        _entry("object-group", ""),
        _entry("ip", "permit tcp object-group A any"),
        _entry("tcp", "eq some-service"),
        _entry("icmp", "3 4"),
        _entry("udp", "established"),
        _entry("tcp", "range 1"),
    ],
)
def test_an_entry_that_nobody_can_read_is_in_doubt_and_so_is_all_it_could_match(entry: Entry) -> None:
    found, certain = matched(entry)

    assert not certain
    assert found
    # It decides nothing: whatever it might match is asked about again below.
    end = [one for one in judged([entry, _entry("ip", "", permits=False)], everything()) if one.at != 0]
    assert found <= end[0].headers


def test_an_entry_is_told_as_it_is_written() -> None:
    assert entry_words(Entry(False, "ip", ANYWHERE, NET, "", text="90 deny ip any host 10.1.1.1")).startswith("90 deny")  # noqa: FBT003 - a value
    assert entry_words(_entry("tcp", "eq 443")) == "permit tcp 0.0.0.0/0 10.48.70.0/24 eq 443"
