"""Who answers for an old network, and who gives its hosts their addresses: by what the surveyed kit itself says."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matric.survey.adopt.facts import Facts
    from matric.survey.endpoint.model import Endpoint
    from matric.survey.transition.model import Server

__all__ = ("Gateway", "address", "gateway", "place", "relays", "servers")

_TOLD = re.compile(r"^\s*(?:default-router|gateway-list|option 3 ip)\s+\"?(.+?)\"?\s*$", re.MULTILINE)
"""How IOS, EOS, AOS-CX and AOS-S, and Comware write what a DHCP pool tells its hosts for their gateway."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What answers for an old network."""

    address: IPv4Interface | None
    """With the network's length; None where nobody knows it."""
    core: bool = False
    """The core has the address today."""
    named_by: tuple[str, ...] = ()
    """Devices whose own way out it is."""
    pools: tuple[str, ...] = ()
    """Surveyed devices that give out the network's addresses themselves."""
    others: tuple[tuple[IPv4Address, tuple[str, ...]], ...] = ()
    """Further addresses that devices have for their way out there, each with the devices."""


def address(text: str) -> IPv4Address | None:
    """*text* as an IPv4 address; None where it is none."""
    try:
        return IPv4Interface(text).ip
    except ValueError:
        return None


def gateway(facts: "Facts", vid: int, prefix: str, said: str = "") -> Gateway:
    """The gateway of VLAN *vid*: what somebody *said*; else by what DHCP pools tell, where the core goes out, and what
    other kit has for its own.

    A core that leaves through the network itself is no gateway to its hosts, whatever address it has in it.
    """
    core = facts.core
    if not prefix or core is None:
        return Gateway(None)
    net = IPv4Network(prefix)
    own = [IPv4Interface(one.address) for one in core.seen.addresses or () if one.vid == vid and "/" in one.address]
    ours = {one.ip for one in own}
    told = _told(facts, net)
    votes: dict[IPv4Address, list[str]] = {}
    for kit in facts.kits:
        out = address(kit.seen.gateway)
        if out is not None and out in net and str(out) != kit.seen.management:
            votes.setdefault(out, []).append(kit.name)
    out = address(core.seen.gateway)
    leaves = out is not None and out in net and out not in ours
    counts = Counter({one: len(names) for one, names in votes.items() if not (leaves and one in ours)})
    person = address(said)
    found = (
        person
        if person is not None and person in net
        else _best(Counter({one: len(names) for one, names in told.items()}))
        or (own[0].ip if own and not leaves else _best(counts, out if leaves else None))
    )
    if found is None:
        return Gateway(None)
    return Gateway(
        address=IPv4Interface(f"{found}/{net.prefixlen}"),
        core=found in ours,
        named_by=tuple(votes.get(found, ())),
        pools=tuple(sorted({name for names in told.values() for name in names})),
        others=tuple((one, tuple(names)) for one, names in sorted(votes.items()) if one != found),
    )


def _best(counts: "Counter[IPv4Address]", first: IPv4Address | None = None) -> IPv4Address | None:
    """The one named most often; of several, *first*, else the lowest."""
    return min(counts, key=lambda one: (-counts[one], one != first, one), default=None)


def _told(facts: "Facts", net: IPv4Network) -> dict[IPv4Address, list[str]]:
    """What DHCP pools on surveyed devices tell their hosts: the surest word, since it is what hosts have."""
    found: dict[IPv4Address, list[str]] = {}
    for kit in facts.kits:
        for line in _TOLD.findall(kit.seen.configuration):
            one = address(str(line).split()[0])
            if one is not None and one in net:
                found.setdefault(one, []).append(kit.name)
    return found


def relays(facts: "Facts", vid: int | None = None) -> tuple[str, ...]:
    """DHCP servers that requests from VLAN *vid* are sent on to today; from any where none is named."""
    held = [one for kit in facts.kits for one in kit.seen.addresses or () if vid in (None, one.vid)]
    return tuple(sorted({to for one in held for to in one.relays}))


def servers(facts: "Facts", prefix: str, endpoints: "tuple[Endpoint, ...]", but: str) -> "tuple[Server, ...]":
    """DHCP servers that stand in *prefix* and stay there, each with its port; *but* is its gateway's address.

    An address is known for a server where a relay sends requests to it or a list of leases names it. What the surveyed
    switches themselves give out ends with their old configuration.
    """
    from matric.survey.transition.model import Server  # noqa: PLC0415 - loaded on use

    if not prefix:
        return ()
    net = IPv4Network(prefix)
    switches = {one.address.partition("/")[0] for kit in facts.kits for one in kit.seen.addresses or ()}
    found = {one for text in _named(facts) if (one := address(text)) is not None and one in net}
    return tuple(
        Server(address=str(one), device=device, port=port)
        for one in sorted(found)
        if str(one) not in switches | {but}
        for device, port in [place(facts, str(one), endpoints)]
    )


def _named(facts: "Facts") -> Iterator[str]:
    for kit in facts.kits:
        yield from (to for one in kit.seen.addresses or () for to in one.relays)
        yield from (lease.server for lease in kit.seen.leases or ())
    yield from (lease.server for lease in facts.survey.leases)


def place(facts: "Facts", ip: str, endpoints: "tuple[Endpoint, ...]") -> tuple[str, str]:
    """(device, port) at which the host of that address hangs; empty where nobody knows."""
    for one in endpoints:
        kit = next((kit for kit in facts.kits if kit.seen.name == one.place.device), None)
        if ip in one.ips and one.place.how == "port" and kit is not None:
            return kit.name, kit.port(one.place.port) or one.place.port
    # A router is no endpoint: it stands in the address tables of the switch it hangs on all the same.
    macs = {one.mac for kit in facts.kits for one in kit.seen.arps or () if one.ip == ip and one.mac}
    ends = {(kit.name, kit.port(one.port)) for kit in facts.kits for one in kit.seen.macs or () if one.mac in macs}
    ends = {one for one in ends if one[1]} - facts.cabled
    return ends.pop() if len(ends) == 1 else ("", "")
