"""What the standard says a network may send, as headers.

Worked out from ``standard.yaml`` alone, a second time: nothing is shared with what renders the access lists
(``matric.render.access_list``), so that one of the two being wrong is seen.
"""

from ipaddress import IPv4Network

from matric.intent.school import Network, School
from matric.reach.header import ECHO, ECHO_REPLY, ESTABLISHED, ICMP, NOTHING, TCP, UDP, Headers, everything, headers
from matric.reach.span import UNICAST, Spans, addresses, less, span, union

__all__ = ("ASKS_FOR_ADDRESS", "PRIVATE", "inside", "wanted")

ASKS_FOR_ADDRESS = headers(protocol=span(UDP), source_port=span(68), destination_port=span(67))
"""A DHCP client's question. The standard lets it through whatever it is addressed to, so it makes no way of its own."""


def wanted(school: School, network: Network) -> Headers:
    """Every packet that hosts of *network* may send out of it, wherever to."""
    standard, zones = school.standard, school.standard.zones
    zone = zones[network.zone or ""]
    manages = next((one.zone for one in school.networks if one.role == standard.management.network), None)
    own = network.prefix
    found = everything(destination=addresses(own)) if own is not None else NOTHING
    if zone.internet != "none":
        found |= everything(destination=less(UNICAST, inside(school)))
    for other in school.networks:
        there = addresses(other.prefix) if other.prefix is not None else ()
        if not there or other.zone is None:
            continue
        asks = network.zone in zones[other.zone].reaches
        if other.zone == manages and zone.users:
            # People never reach management, not even to answer.
            continue
        if other.zone in (network.zone, *zone.reaches):
            found |= everything(destination=there)
        elif asks and not (zones[other.zone].users and network.zone == manages):
            found |= _answers(there)
    if not zone.users:
        found |= everything(destination=addresses(*standard.trust.operators))
    return (found | _services(school, network)).compact


def inside(school: School) -> Spans:
    """Every address that is not the internet's: the trust's, what the school had before, and private ones."""
    return addresses(school.standard.addresses.block, *school.legacy, *PRIVATE)


PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""RFC 1918."""
DOMAIN, NTP, SYSLOG = 53, 123, 514
SERVES, ASKS = span(1, 1023), span(1024, 65535)
"""Ports of services, and those that clients ask from."""


def _answers(there: Spans) -> Headers:
    """What answers whoever *there* asked. The lists are stateless: UDP is an answer by its ports."""
    tcp = headers(destination=there, protocol=span(TCP), kind=span(ESTABLISHED))
    udp = headers(destination=there, protocol=span(UDP), source_port=SERVES, destination_port=ASKS)
    return tcp | udp | headers(destination=there, protocol=span(ICMP), kind=span(ECHO_REPLY))


def _services(school: School, network: Network) -> Headers:
    """What everything may use: an address by DHCP, names, time; and the devices their log, SNMP and RADIUS."""
    services = school.standard.services
    names = addresses(*services.dns)
    found = [
        headers(destination=names, protocol=union(span(TCP), span(UDP)), destination_port=span(DOMAIN)),
        headers(destination=addresses(*services.ntp), protocol=span(UDP), destination_port=span(NTP)),
    ]
    if network.dhcp_relay:
        found.append(ASKS_FOR_ADDRESS)
    if network.gateway is not None:
        found.append(headers(destination=addresses(network.gateway), protocol=span(ICMP), kind=span(ECHO)))
    if network.role == school.standard.management.network:
        managed = addresses(*services.snmp.managers, *(server.address for server in services.radius))
        found.append(headers(destination=managed, protocol=span(UDP)))
        log = addresses(*services.syslog)
        found.append(headers(destination=log, protocol=span(UDP), destination_port=span(SYSLOG)))
    every = NOTHING
    for one in found:
        every |= one
    return every
