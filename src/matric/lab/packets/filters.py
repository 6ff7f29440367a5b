"""Access lists as nftables: inbound and outbound per interface, first match decides, what no entry names is dropped.

What this cannot say raises: an entry left out would let through or drop something else than the device.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from matric.errors import UsageError
from matric.switch import ANYWHERE, Entry

__all__ = ("ruleset",)

PROTOCOLS = frozenset({"tcp", "udp", "icmp", "igmp", "gre", "esp", "ah", "ospf", "pim", "ipip"})
PORTS = {
    "bootpc": 68, "bootps": 67, "domain": 53, "ftp": 21, "ftp-data": 20, "http": 80, "https": 443, "ident": 113,
    "ldap": 389, "ldaps": 636, "lpd": 515, "ntp": 123, "pop3": 110, "radius": 1812, "radius-acct": 1813, "smtp": 25,
    "snmp": 161, "snmptrap": 162, "snmp-trap": 162, "ssh": 22, "sunrpc": 111, "syslog": 514, "tacacs": 49,
    "telnet": 23, "tftp": 69, "www": 80,
}  # fmt: skip
"""Names of Cisco's, Arista's and Aruba's command references."""
ICMP = {
    "echo": "echo-request",
    "echo-request": "echo-request",
    "echo-reply": "echo-reply",
    "unreachable": "destination-unreachable",
    "time-exceeded": "time-exceeded",
    "ttl-exceeded": "time-exceeded",
}
ESTABLISHED = "tcp flags & (ack | rst) != 0"
COMPARISONS = {"eq": "", "neq": "!= ", "gt": "> ", "lt": "< "}
SIDES = ("sport", "dport")
MATCH = re.compile(r"(?:range \S+ \S+|(?:eq|neq|gt|lt) \S+)")


def ruleset(
    lists: Mapping[str, tuple[Entry, ...]], inwards: Iterable[tuple[str, str]], outwards: Iterable[tuple[str, str]] = ()
) -> str:
    """For ``nft -f``: the *lists* named in *inwards* and *outwards*, pairs of Linux interface and list.

    A list that is bound and not defined filters nothing, as on IOS and EOS.
    """
    arriving = [(interface, name) for interface, name in inwards if name in lists]
    leaving = [(interface, name) for interface, name in outwards if name in lists]
    chains = {name: f"list{at}" for at, name in enumerate(dict.fromkeys(name for _, name in arriving + leaving))}
    rows = ["flush ruleset", "table ip zones {"]
    for name, chain in chains.items():
        rows += [f"chain {chain} {{", *(_rule(name, entry) for entry in lists[name]), "drop", "}"]
    # Before routing: what is for the switch itself is filtered too.
    rows += ["chain inbound {", "type filter hook prerouting priority -150; policy accept;"]
    rows += [f'iifname "{interface}" jump {chains[name]}' for interface, name in arriving]
    # What the switch itself sends is not filtered outwards.
    rows += ["}", "chain outbound {", "type filter hook forward priority 0; policy accept;"]
    rows += [f'oifname "{interface}" jump {chains[name]}' for interface, name in leaving]
    return "\n".join([*rows, "}", "}", ""])


def _rule(name: str, entry: Entry) -> str:
    return " ".join([*_matches(name, entry), "accept" if entry.permits else "drop"])


def _matches(name: str, entry: Entry) -> Iterator[str]:
    if entry.protocol not in {"ip", "ipv4", "any"}:
        if entry.protocol not in PROTOCOLS and not entry.protocol.isdigit():
            raise _unsaid(name, entry)
        yield f"ip protocol {entry.protocol}"
    for side, network in (("saddr", entry.source), ("daddr", entry.destination)):
        if network != ANYWHERE:
            yield f"ip {side} {_written(network)}"
    yield from _rest(name, entry)


def _written(network: IPv4Network) -> str:
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def _rest(name: str, entry: Entry) -> Iterator[str]:
    rest = entry.rest
    ports: list[str] = []
    while found := MATCH.match(rest):
        ports.append(found[0])
        rest = rest[found.end() :].strip()
    if ports and (entry.protocol not in {"tcp", "udp"} or len(ports) > len(SIDES)):
        raise _unsaid(name, entry)
    sides = SIDES if len(ports) == len(SIDES) else SIDES[:1] if entry.source_ports else SIDES[1:]
    for side, text in zip(sides, ports, strict=False):
        yield f"{entry.protocol} {side} {_ports(name, entry, text)}"
    kind = rest.removeprefix("icmp-type ")
    if rest == "established" and entry.protocol == "tcp":
        yield ESTABLISHED
    elif entry.protocol == "icmp" and (kind in ICMP or kind.isdigit()):
        yield f"icmp type {ICMP.get(kind, kind)}"
    elif rest:
        raise _unsaid(name, entry)


def _ports(name: str, entry: Entry, text: str) -> str:
    word, *given = text.split()
    numbers = [PORTS.get(one, int(one) if one.isdigit() else -1) for one in given]
    if min(numbers) < 0:
        raise _unsaid(name, entry)
    return f"{numbers[0]}-{numbers[1]}" if word == "range" else f"{COMPARISONS[word]}{numbers[0]}"


def _unsaid(name: str, entry: Entry) -> UsageError:
    return UsageError(
        f"the access list {name} has an entry that this tier cannot put into packets: {entry}. "
        "Do: teach src/matric/lab/packets/filters.py, or leave the list out of this lab"
    )
