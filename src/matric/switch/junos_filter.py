"""Junos firewall filters (``family inet``) as entries of an access list: each term, in order.

Source: Junos OS, Routing Policies, Firewall Filters, and Traffic Policers User Guide, "Firewall Filter Match Conditions
for IPv4 Traffic". Ports and flags are written in the words the other platforms have, which is how rules read them.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import product

from matric.config import Line
from matric.switch import ANYWHERE, Entry

__all__ = ("filters",)

SIDES = {"source-address", "destination-address"}
ICMP = {"echo-request": "echo", "echo-reply": "echo-reply"}
LAST_PORT = "65535"
KNOWN = SIDES | {"protocol", "source-port", "destination-port", "icmp-type", "tcp-established"}


def filters(firewall: tuple[Line, ...]) -> Mapping[str, tuple[Entry, ...]]:
    """Name -> entries of every IPv4 filter in *firewall*; a packet that no term takes is dropped."""
    found: dict[str, tuple[Entry, ...]] = {}
    for line in firewall:
        if line.text == "family inet {":
            found.update(filters(line.children))
        elif named := re.match(r"filter (\S+) \{$", line.text):
            found[named[1]] = tuple(entry for term in line.children for entry in _entries(term))
    return found


def _entries(term: Line) -> Iterator[Entry]:
    """The entries of one term: one for each pairing of its prefixes, protocols and ports."""
    said = _statements(term)
    if not said:
        return  # a closing brace
    permits = _permits(said.pop("then", ()))
    if permits is None:
        return
    text = " ".join(term.text.rstrip("{; ").split())
    unknown = sorted({*(set(said) - KNOWN), *(word for values in said.values() for word in values if word == "except")})
    if unknown:
        # Nobody here can read it: it may let anything through, and refuses nothing for certain.
        yield Entry(permits, "ip", ANYWHERE, ANYWHERE, " ".join(unknown), text=text)
        return
    sources, destinations = (_prefixes(said.get(side, ())) for side in ("source-address", "destination-address"))
    source_ports = [_port(port) for port in said.get("source-port", ("",))]
    rests = [_port(port) for port in said.get("destination-port", ("",))]
    rests = [ICMP.get(kind, kind) for kind in said.get("icmp-type", ())] or rests
    rests = ["established"] if "tcp-established" in said else rests
    every = product(said.get("protocol", ("ip",)), sources, source_ports, destinations, rests)
    for protocol, source, source_port, destination, rest in every:
        whole = " ".join(filter(None, (source_port, rest)))
        yield Entry(permits, protocol, source, destination, whole, source_port, text)


def _statements(term: Line) -> dict[str, tuple[str, ...]]:
    """Name -> values of what stands in *term*: conditions and actions."""
    found: dict[str, tuple[str, ...]] = {}
    for line in term.children:
        words = _words(line.text)
        if words[:1] == ("then",):
            found["then"] = (*words[1:], *(word for child in line.children for word in _words(child.text)))
        elif words[:1] == ("from",):
            for child in line.children:
                name, *values = _words(child.text) or ("",)
                inner = (word for below in child.children for word in _words(below.text)[:2])
                if name:
                    found[name] = (*values, *inner)
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.rstrip("{; ").split() if word not in ("[", "]", "}"))


def _permits(actions: tuple[str, ...]) -> bool | None:
    """True or False where the term decides, None where the next one does; without a word for either it accepts."""
    if "next" in actions:
        return None
    return not {"discard", "reject"} & set(actions)


def _prefixes(given: tuple[str, ...]) -> tuple[IPv4Network, ...]:
    """The prefixes; anywhere where none is given."""
    return tuple(IPv4Network(one, strict=False) for one in given) or (ANYWHERE,)


def _port(port: str) -> str:
    first, dash, last = port.partition("-")
    if dash and first.isdecimal() and last.isdecimal():
        return f"gt {int(first) - 1}" if last == LAST_PORT else f"range {first} {last}"
    return f"eq {port}" if port else ""
