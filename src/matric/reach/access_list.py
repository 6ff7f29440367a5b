"""What an access list does to a set of headers: first match, exactly, with the entry that decided.

An entry that nobody here can read may let anything through and refuses nothing for certain: what it could match is
*doubtful*, both let through and refused, and every later entry is asked about it too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matric.reach.header import ECHO, ECHO_REPLY, ESTABLISHED, ICMP, TCP, UDP, Headers, headers
from matric.reach.span import BYTE, PORTS, Spans, addresses, less, span, union
from matric.switch import Entry

__all__ = ("Judged", "entry_words", "judged", "matched")

PROTOCOLS = {
    "ip": BYTE, "ipv4": BYTE, "any": BYTE, "icmp": span(ICMP), "igmp": span(2), "tcp": span(TCP), "udp": span(UDP),
    "gre": span(47), "esp": span(50), "ah": span(51), "ahp": span(51), "eigrp": span(88), "ospf": span(89),
    "pim": span(103), "vrrp": span(112), "sctp": span(132),
}  # fmt: skip
SERVICES = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "time": 37, "tacacs": 49, "domain": 53, "dns": 53,
    "bootps": 67, "dhcp-server": 67, "bootpc": 68, "dhcp-client": 68, "tftp": 69, "http": 80, "www": 80, "pop3": 110,
    "sunrpc": 111, "ntp": 123, "netbios-ns": 137, "netbios-dgm": 138, "netbios-ss": 139, "snmp": 161, "snmptrap": 162,
    "snmp-trap": 162, "bgp": 179, "ldap": 389, "https": 443, "isakmp": 500, "syslog": 514, "lpd": 515,
    "non500-isakmp": 4500, "radius": 1812, "radius-acct": 1813,
}  # fmt: skip
"""Names of IOS, EOS and AOS; ``www`` and ``http`` are one port."""
MESSAGES = {
    "echo-reply": ECHO_REPLY, "unreachable": 3, "redirect": 5, "echo": ECHO, "echo-request": ECHO,
    "time-exceeded": 11, "ttl-exceeded": 11,
}  # fmt: skip
NO_MATTER = {"log", "log-input", "count"}


class _Unread(Exception):
    """Words of an entry that nobody here knows."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one entry, or the end of the list, decided."""

    headers: Headers
    permits: bool
    at: int | None
    """Position in the list, from 0; None for the end, where everything left is refused."""
    certain: bool = True
    """False where the entry could not be read."""


def judged(entries: Sequence[Entry], given: Headers) -> Iterator[Judged]:
    """What becomes of *given*, entry by entry; the parts are apart, but for doubtful ones."""
    left = given
    for at, entry in enumerate(entries):
        found, certain = matched(entry)
        hit = left & found
        if not hit:
            continue
        yield Judged(hit, entry.permits, at, certain)
        if certain:
            left = (left - hit).compact
            if not left:
                return
    if left:
        yield Judged(left, permits=False, at=None)


@lru_cache(maxsize=4096)
def matched(entry: Entry) -> tuple[Headers, bool]:
    """The headers that *entry* matches; and False where it may be fewer, since not all of it can be read."""
    source, destination = addresses(entry.source), addresses(entry.destination)
    try:
        protocol = _protocol(entry.protocol)
    except _Unread:
        return headers(source, destination), False
    try:
        ports = _ports(entry.source_ports.split())[0]
        rest = entry.rest.removeprefix(entry.source_ports).split()
        others, rest = _ports(rest)
        if not entry.source_ports and rest and rest[0] in OPERATORS:
            # Whoever read it did not say which ports are whose, and there are two: the source's come first.
            ports, (others, rest) = others, _ports(rest)
        return headers(source, destination, protocol, ports, others, _kinds(rest, protocol)), True
    except (_Unread, ValueError, IndexError):
        return headers(source, destination, protocol), False


def entry_words(entry: Entry) -> str:
    """The entry as the configuration has it, or in our words where its reader kept none."""
    if entry.text:
        return entry.text
    action = "permit" if entry.permits else "deny"
    return f"{action} {entry.protocol} {entry.source} {entry.destination} {entry.rest}".rstrip()


def _protocol(name: str) -> Spans:
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    if name.isdecimal() and int(name) <= BYTE[0][1]:
        return span(int(name))
    raise _Unread(name)


OPERATORS = {"eq", "neq", "gt", "lt", "range"}


def _ports(words: list[str]) -> tuple[Spans, list[str]]:
    """The ports that *words* begin with, and the words after them."""
    if not words or words[0] not in OPERATORS:
        return PORTS, words
    verb, first, *rest = words
    number = _port(first)
    match verb:
        case "gt":
            return span(number + 1, PORTS[0][1]), rest
        case "lt":
            return span(0, number - 1), rest
        case "neq":
            return less(PORTS, span(number)), rest
        case "range":
            return span(number, _port(rest[0])), rest[1:]
        case _:
            found = [number]
            # IOS takes several ports after one eq.
            while rest and (rest[0].isdecimal() or rest[0] in SERVICES):
                found.append(_port(rest.pop(0)))
            return union(*(span(one) for one in found)), rest


def _port(word: str) -> int:
    if word.isdecimal():
        return int(word)
    if word not in SERVICES:
        raise _Unread(word)
    return SERVICES[word]


def _kinds(words: list[str], protocol: Spans) -> Spans:
    """What the last words of an entry ask of a packet."""
    kinds = BYTE
    for word in words:
        if word in NO_MATTER or (word == "icmp-type" and protocol == span(ICMP)):
            continue
        if word == "established" and protocol == span(TCP):
            kinds = span(ESTABLISHED)
        elif protocol == span(ICMP) and kinds == BYTE and (word in MESSAGES or word.isdecimal()):
            kinds = span(MESSAGES.get(word, int(word) if word.isdecimal() else 0))
        else:
            raise _Unread(word)
    return kinds
