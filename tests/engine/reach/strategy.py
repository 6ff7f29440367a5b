"""Entries of access lists and packets, drawn so that they meet."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import strategies as st

from matric.reach.header import ESTABLISHED, ICMP, OPENING, TCP, UDP, Packet
from matric.switch import ANYWHERE, Entry
from tests.engine.reach import little

__all__ = ("NETS", "POINTS", "PREFIXES", "entries", "packets")

NETS = [prefix for _, _, prefix in little.PREFIXES.values()]
POINTS = [
    *(address for net in NETS for address in (net[1], net[2], net[9], net[-2])),
    *(IPv4Address(one) for one in ("198.51.100.7", "10.63.1.10", "10.48.126.2")),
    little.ROUTER,
]
PREFIXES = [ANYWHERE, *NETS, *(next(net.subnets(2)) for net in NETS), IPv4Network("10.63.1.10/32"),
            IPv4Network("198.51.100.0/24"), IPv4Network("10.0.0.0/8")]  # fmt: skip
PORTS = st.sampled_from([0, 22, 53, 67, 68, 80, 443, 1023, 1024, 50000])


def _ports() -> st.SearchStrategy[str]:
    verbs = st.sampled_from(["eq", "neq", "gt", "lt"])
    one = st.tuples(verbs, PORTS.filter(bool)).map(lambda two: f"{two[0]} {two[1]}")
    return st.one_of(st.just(""), one, st.sampled_from(["eq domain", "eq www", "range 1 1023", "range 53 80"]))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    protocol = draw(st.sampled_from(["ip", "ip", "tcp", "udp", "icmp", "gre"]))
    source, destination = draw(st.sampled_from(PREFIXES)), draw(st.sampled_from(PREFIXES))
    ports, rest = "", ""
    if protocol in ("tcp", "udp"):
        ports, rest = draw(_ports()), draw(_ports())
    if protocol == "tcp":
        rest = f"{rest} established" if draw(st.booleans()) else rest
    if protocol == "icmp":
        rest = draw(st.sampled_from(["", "echo", "echo-reply"]))
    return Entry(draw(st.booleans()), protocol, source, destination, f"{ports} {rest}".strip(), ports)


@st.composite
def packets(draw: st.DrawFn, source: IPv4Network | None = None) -> Packet:
    protocol = draw(st.sampled_from([TCP, UDP, ICMP, 47]))
    port, other = (draw(PORTS) if protocol in (TCP, UDP) else 0 for _ in range(2))
    kind = draw(st.sampled_from({TCP: [OPENING, ESTABLISHED], ICMP: [0, 3, 8]}.get(protocol, [0])))
    sender = draw(st.sampled_from(POINTS if source is None else [source[9], source[-2]]))
    return int(sender), int(draw(st.sampled_from(POINTS))), protocol, port, other, kind
