"""Gateways: who is plugged in gets an address, a way out, and there are addresses enough."""

from collections.abc import Iterator
from ipaddress import ip_interface

from matric import Device, Finding, Network, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch import Interface
from matric.switch.guarding import guards
from matric.switch.link import name_of
from matric.switch.reading import intended

from ._ports import logs_in

ENOUGH = 0.8
"""The part of a network's addresses that the devices NetBox knows may use: telephones and laptops come on top."""


@policy("SEG-17")
def networks_of_clients_have_a_gateway_dhcp_and_headroom(school: School, subject: Subject) -> Iterator[Said]:
    networks = [network for network in school.networks if network.dhcp_relay or logs_in(school, network)]
    if not networks:
        raise not_applicable("no network of clients")
    # Every device is asked first: a gateway that nobody could look for has not been found missing.
    holders = [
        (device, one)
        for device in school.configured
        for one in intended(subject, device).interfaces.values()
        if one.vid is not None and one.address is not None and device.svis
    ]
    for network in networks:
        yield checked(1)
        yield from _gateway(school, subject, network, [pair for pair in holders if pair[1].vid == network.vid])
        yield from _headroom(school, subject, network)


def _gateway(
    school: School, subject: Subject, network: Network, holders: list[tuple[Device, Interface]]
) -> Iterator[Said]:
    name = f"{school.slug} vlan {network.vid}"
    if network.prefix is None or network.gateway is None:
        yield cannot_evaluate(f"{name}: its prefix in NetBox")
        return
    right = [pair for pair in holders if pair[1].address is not None and pair[1].address.ip == network.gateway]
    if not right:
        shown = ", ".join(f"{device.name} has {one.address}" for device, one in holders)
        yield Finding(
            name,
            f"no device has its gateway {network.gateway}" + (f" ({shown})" if shown else ""),
            f"give the core's interface of {network.name} this address in NetBox",
        )
    if len(right) > 1:
        yield Finding(
            name,
            f"{' and '.join(device.name for device, _ in right)} all have its gateway {network.gateway}",
            "leave the address on one device",
        )
    for device, one in right if network.dhcp_relay else []:
        there = guards(subject, device).relays.get(network.vid, frozenset())
        lacking = [str(server) for server in school.standard.services.dhcp if str(server) not in there]
        if not one.enabled:
            yield Finding(name_of(device, one.name), f"the gateway of {network.name} is shut", "open the interface")
        if lacking:
            yield Finding(
                name_of(device, one.name),
                f"requests for an address are not sent on to {' and '.join(lacking)}",
                "relay DHCP to every server of the standard",
            )


def _headroom(school: School, subject: Subject, network: Network) -> Iterator[Finding]:
    size = _addresses(subject, network)
    wired = sum(
        network in (port.access, port.voice)
        for device in school.configured
        for port in device.ports
        if port.enabled and port.profile.mode == "access"
    )
    if size and wired >= size * ENOUGH:
        yield Finding(
            f"{school.slug} vlan {network.vid}",
            f"{wired} ports lead to it, and it has {size} addresses to give",
            "widen its range in NetBox, or split the network",
            "info",
        )


def _addresses(subject: Subject, network: Network) -> int:
    """How many addresses there are to give: NetBox's ranges inside the prefix, or all of it where it names none."""
    if network.prefix is None:
        return 0
    ranges = [
        (first, last)
        for row in (subject.records.ip_ranges if subject.records is not None else ())
        for first, last in [(ip_interface(row.start_address).ip, ip_interface(row.end_address).ip)]
        if first in network.prefix
    ]
    # Network, broadcast and gateway are nobody's.
    return sum(int(last) - int(first) + 1 for first, last in ranges) or network.prefix.num_addresses - 3
