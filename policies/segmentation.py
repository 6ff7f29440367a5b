"""Segmentation: users never reach management, and addresses belong to one school only."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from matric import Device, Finding, Said, School, Subject, Svi, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch.link import egress, name_of
from matric.switch.reading import intended

from ._access import holes, list_on


@policy("SEG-02")
def user_and_device_networks_cannot_reach_management(school: School, subject: Subject) -> Iterator[Said]:
    role = school.standard.management.network
    management = next((net.prefix for net in school.networks if net.role == role), None)
    if management is None:
        raise cannot_evaluate(f"{school.slug}: prefix of the management network")
    zones = school.standard.zones
    users = {network.vid for network in school.networks if network.zone in zones and zones[network.zone].users}
    routed: set[int] = set()
    for device in school.configured:
        for svi in device.svis:
            if svi.network.vid in users:
                yield checked(1)
                routed.add(svi.network.vid)
                yield from _reaches(subject, device, svi, management)
    for network in school.networks:
        if network.vid in users - routed and network.prefix is not None:
            yield cannot_evaluate(
                f"{school.slug} vlan {network.vid}: its gateway is on no device that matric configures"
            )


def _reaches(subject: Subject, device: Device, svi: Svi, management: IPv4Network) -> Iterator[Finding]:
    entries = list_on(intended(subject, device), svi.name)
    if entries is None:
        yield Finding(
            name_of(device, svi.name),
            f"nothing filters what {svi.network.name} sends, so it reaches management",
            "apply the zone's access list inbound on the interface",
        )
        return
    for entry in holes(entries, svi.network.prefix or svi.address.network, management):
        yield Finding(
            name_of(device, svi.name),
            f"the access list lets {svi.network.name} reach {entry.destination} by {entry.protocol}",
            f"refuse {management} before that entry",
        )


@policy("SEG-06")
def every_prefix_is_inside_the_school_s_block_and_overlaps_no_other(school: School) -> Iterator[Said]:
    for name, prefix in _prefixes(school):
        yield checked(1)
        # What is live from before the trust is SEG-07's: where it collides with nothing it may stay until it has moved.
        if not prefix.subnet_of(school.block) and prefix not in school.legacy:
            yield Finding(
                f"{school.slug} {name}",
                f"{prefix} lies outside the school's block {school.block}",
                "move the prefix into the block in NetBox",
            )
        for other, foreign in school.foreign:
            if prefix.overlaps(foreign):
                yield Finding(
                    f"{school.slug} {name}",
                    f"{prefix} overlaps {foreign} of {other}",
                    "give one of the two another prefix in NetBox",
                )


def _prefixes(school: School) -> Iterator[tuple[str, IPv4Network]]:
    for network in school.networks:
        if network.prefix is not None:
            yield f"vlan {network.vid}", network.prefix
    for device in school.configured:
        for port in device.ports:
            if port.address is not None:
                yield f"{device.name} {port.name}", port.address.network


@policy("SEG-07")
def a_legacy_range_cannot_collide(school: School, subject: Subject) -> Iterator[Said]:
    if not school.legacy:
        raise not_applicable("no prefix from before the trust is live")
    yield checked(school.legacy)
    if subject.records is None:
        raise cannot_evaluate(f"{school.slug}: prefixes in NetBox")
    # What NetBox has in a VRF is in nobody's way until something routes it, which is looked at below.
    apart = {row.prefix for row in subject.records.prefixes if row.vrf_id is not None and "legacy" in row.tags}
    for legacy in school.legacy:
        ours = ((f"{school.slug} {name}", net) for name, net in _prefixes(school) if net != legacy)
        for name, other in (*(() if str(legacy) in apart else school.foreign), *ours):
            if legacy.overlaps(other):
                yield Finding(
                    f"{school.slug} prefix {legacy}",
                    f"it is still live and overlaps {other} of {name}",
                    "translate it, put it into a VRF of its own, or renumber it first",
                )
    routers = {str(address) for address in egress(school)}
    for device in school.configured:
        if len(device.svis) > 1:
            yield from _learned(school, subject, device, routers)


def _learned(school: School, subject: Subject, device: Device, routers: set[str]) -> Iterator[Said]:
    """Routes that lead out of the school to somebody else's copy of the range."""
    routes = subject.look(device).routes
    if routes is None:
        yield cannot_evaluate(f"{device.key}: routing table")
    for route in routes or ():
        prefix, _, hop = route.partition(" via ")
        network = _network(prefix)
        if network is None or network.prefixlen == 0 or hop not in routers:
            continue
        for legacy in school.legacy:
            if legacy.overlaps(network):
                yield Finding(
                    f"{school.slug} prefix {legacy}",
                    f"it is still live, and {device.name} learns {network} from {hop}",
                    "translate it, put it into a VRF of its own, or renumber it first",
                )


@policy("SEG-18")
def school_to_school_traffic_is_firewalled(school: School, subject: Subject) -> Iterator[Said]:
    blocks = {name: block for name, block in school.standard.addresses.schools.items() if name != school.slug}
    others = [*blocks.items(), *((name, one) for name, one in school.foreign if not _within(one, blocks.values()))]
    if not others:
        raise not_applicable("the trust has one school")
    filtered: set[int] = set()
    for device in school.configured:
        for svi in device.svis:
            # The gateway is where a network's packets leave for another school.
            if svi.network.zone is None or svi.address.ip != svi.network.gateway:
                continue
            yield checked(1)
            filtered.add(svi.network.vid)
            entries = list_on(intended(subject, device), svi.name)
            if entries is None:
                yield Finding(
                    name_of(device, svi.name),
                    f"nothing filters what {svi.network.name} sends, so it reaches other schools",
                    "apply the zone's access list inbound on the interface",
                )
                continue
            for name, block in others:
                for entry in holes(entries, svi.address.network, block):
                    yield Finding(
                        name_of(device, svi.name),
                        f"the access list lets {svi.network.name} reach {name} by '{entry.text or entry.destination}'",
                        f"refuse {block} before that entry",
                    )
    for network in school.networks:
        if network.prefix is not None and network.zone is not None and network.vid not in filtered:
            yield cannot_evaluate(
                f"{school.slug} vlan {network.vid}: its gateway is on no device that matric configures"
            )


def _within(prefix: IPv4Network, blocks: Iterable[IPv4Network]) -> bool:
    return any(prefix.subnet_of(block) for block in blocks)


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text if "/" in text else f"{IPv4Address(text)}/32")
    except ValueError:
        return None
