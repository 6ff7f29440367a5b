"""Addresses, prefixes, pools and the way back to matric."""

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    NetmaskValueError,
    ip_interface,
    ip_network,
)
from itertools import combinations

from matric.errors import Problem
from matric.intent.limit import vid_of_svi
from matric.intent.record import IpAddressRow, IpRangeRow, PrefixRow
from matric.intent.rows import SchoolRows

__all__ = ("CHECKS", "interface", "network")

_SHARED_ROLES = {"anycast", "vip", "vrrp", "hsrp", "glbp", "carp"}
_LEADING_ZERO = re.compile(r"(^|[.])0[0-9]")
_PLACES_WITHOUT_BROADCAST = 31


@lru_cache(maxsize=1 << 16)
def interface(text: str) -> IPv4Interface | IPv6Interface | None:
    """*text* as an address with its prefix length, or None."""
    try:
        return ip_interface(text)
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


@lru_cache(maxsize=1 << 16)
def network(text: str) -> IPv4Network | None:
    """*text* as an IPv4 prefix, host bits cut off, or None."""
    try:
        found = ip_network(text, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
    return found if isinstance(found, IPv4Network) else None


def _assigned(rows: SchoolRows) -> Iterator[tuple[str, IpAddressRow, IPv4Interface | IPv6Interface]]:
    """(thing, row, address) of every readable address on the school's interfaces."""
    for device in rows.devices:
        for port in rows.interfaces(device):
            for row in rows.trust.addresses_of.get(port.id, []):
                found = interface(row.address)
                if found is not None:
                    yield f"{device.name}/{port.name} (#{row.id})", row, found


def _live(rows: SchoolRows) -> list[tuple[PrefixRow, IPv4Network]]:
    found = [(row, network(row.prefix)) for row in rows.prefixes if row.status == "active"]
    return [(row, prefix) for row, prefix in found if prefix is not None]


def forms(rows: SchoolRows) -> Iterator[Problem]:
    """Text that is no address, or one that two readers take for two."""
    devices = {row.id for row in rows.devices}
    ports = {row.id: row for key in devices for row in rows.trust.interfaces_of.get(key, [])}
    for row in rows.trust.records.ip_addresses:
        if row.assigned_object_id in ports:
            thing = rows.label(ports[row.assigned_object_id])
            yield from _form(thing, "address", row.address)
    for prefix in rows.prefixes:
        yield from _form(f"prefix (#{prefix.id})", "prefix", prefix.prefix)
    for pool in rows.trust.records.ip_ranges:
        for field in ("start_address", "end_address"):
            yield from _form(f"range (#{pool.id})", field, getattr(pool, field))


def _form(thing: str, field: str, text: str) -> Iterator[Problem]:
    if ":" not in text and _LEADING_ZERO.search(text):
        parts = text.split("/", maxsplit=1)[0].split(".")
        plain = ".".join(str(int(part)) if part.isdecimal() else part for part in parts)
        yield Problem("IP-OCTAL", thing, "leading zero is ambiguous octal", f"write {plain}", field, text)
    elif interface(text) is None:
        yield Problem("IP-FORM", thing, "not an address", "write it as 10.1.20.5/24", field, text)


def shared_addresses(rows: SchoolRows) -> Iterator[Problem]:
    """One address on two interfaces, in this school or in another one."""
    trust = rows.trust
    everywhere: dict[str, list[IpAddressRow]] = {}
    for row in trust.records.ip_addresses:
        if row.assigned_object_id is not None and row.role not in _SHARED_ROLES:
            everywhere.setdefault(row.address.split("/")[0], []).append(row)
    for address, found in sorted(everywhere.items()):
        for one, two in combinations(found, 2):
            sites = [trust.site_of_address(row) for row in (one, two)]
            if rows.site.id not in {site.id for site in sites if site}:
                continue
            yield _shared(rows, address, one, two)


def _shared(rows: SchoolRows, address: str, one: IpAddressRow, two: IpAddressRow) -> Problem:
    trust = rows.trust
    names: list[str] = []
    for row in (one, two):
        port, site = trust.interfaces[row.assigned_object_id or 0], trust.site_of_address(row)
        device = trust.devices[port.device_id]
        names.append(f"{site.slug if site else '?'}/{device.name}/{port.name} (#{row.id})")
    thing = f"{address} at {names[0]} and {names[1]}"
    if one.vrf_id != two.vrf_id:
        rule = f"same address in VRF {trust.vrf(one.vrf_id)} and VRF {trust.vrf(two.vrf_id)}"
        remedy = "acknowledge in the plan, and renumber before the VRFs are joined"
        return Problem("IP-DUP-VRF", thing, rule, remedy, warning=True)
    if names[0].split("/")[0] == names[1].split("/")[0]:
        remedy = "correct one, or set an anycast, VRRP or CARP role on both"
        return Problem("IP-DUP", thing, "an address belongs to one interface", remedy)
    remedy = "renumber one or move it to its own VRF"
    return Problem("IP-DUP-TRUST", thing, f"one routing domain ({trust.vrf(one.vrf_id)}), one owner", remedy)


def overlapping_prefixes(rows: SchoolRows) -> Iterator[Problem]:
    """Prefixes that lie in each other: across schools any, within the school two live ones."""
    trust = rows.trust
    others = [row for row in trust.records.prefixes if (trust.site_of_prefix(row) or rows.site.id) != rows.site.id]
    pairs = [(one, two) for one in rows.prefixes for two in others]
    pairs += combinations([row for row in rows.prefixes if row.status == "active"], 2)
    for one, two in pairs:
        first, second = network(one.prefix), network(two.prefix)
        if first is None or second is None or one.vrf_id != two.vrf_id or not first.overlaps(second):
            continue
        site = trust.sites.get(trust.site_of_prefix(two) or 0)
        thing = f"{first} ({rows.site.name}, #{one.id}) and {second} ({site.name if site else '?'}, #{two.id})"
        rule = "prefixes must not share address space"
        yield Problem("PFX-OVERLAP", thing, rule, "reallocate one from the trust's plan")


def host_bits(rows: SchoolRows) -> Iterator[Problem]:
    for row in rows.prefixes:
        plain = network(row.prefix)
        if plain is not None and str(plain) != row.prefix and interface(row.prefix) is not None:
            yield Problem(
                "PFX-HOSTBITS", f"prefix (#{row.id})", "host bits are set", f"use {plain}", "prefix", row.prefix
            )


def places(rows: SchoolRows) -> Iterator[Problem]:
    """Addresses that no host may have, and addresses outside the prefix of their VLAN."""
    vlans = {row.vid: row for row in rows.vlans}
    for thing, row, address in _assigned(rows):
        special = _special(address.ip)
        if special is not None:
            yield Problem(
                "IP-SPECIAL", thing, f"{special}, not usable as a host address", "use one of the school's block",
                "address", row.address,
            )  # fmt: skip
            continue
        if not isinstance(address, IPv4Interface):
            continue
        yield from _edge(thing, row, address)
        vid = vid_of_svi(thing.partition("/")[2].split(" (")[0])
        vlan = vlans.get(vid) if vid is not None else None
        if vlan is None:
            continue
        prefixes = [network(p.prefix) for p in rows.prefixes_of_vlan.get(vlan.id, []) if p.status == "active"]
        if not any(prefix and address.ip in prefix and address.network == prefix for prefix in prefixes):
            known = ", ".join(str(prefix) for prefix in prefixes) or "none"
            rule = f"outside every prefix of VLAN {vlan.vid} ({known})"
            remedy = "correct the address or the VLAN of the prefix"
            yield Problem("IP-NOT-IN-PFX", thing, rule, remedy, "address", row.address)


def _edge(thing: str, row: IpAddressRow, address: IPv4Interface) -> Iterator[Problem]:
    whole = address.network
    if whole.prefixlen >= _PLACES_WITHOUT_BROADCAST:
        return
    word = {whole.network_address: "network", whole.broadcast_address: "broadcast"}.get(address.ip)
    if word is not None:
        yield Problem("IP-NET-BCAST", thing, f"{word} address of {whole}", "use a host address", "address", row.address)


def _special(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv6Address):
        return None
    kinds = (
        (address.is_unspecified, "unspecified address"),
        (address.is_loopback, "loopback range"),
        (address.is_multicast, "multicast range"),
        (address == IPv4Address("255.255.255.255"), "broadcast address"),
        (address.is_link_local, "link-local range"),
        (address.is_reserved, "reserved range"),
    )
    return next((word for holds, word in kinds if holds), None)


def gateways(rows: SchoolRows) -> Iterator[Problem]:
    """A device's own custom field ``default_gateway``, where it has one."""
    for device in rows.configured:
        text = str(device.custom_fields.get("default_gateway") or "")
        row = rows.trust.addresses.get(device.primary_ip4_id or 0)
        own, gateway = interface(row.address) if row else None, interface(text)
        if not text or not isinstance(own, IPv4Interface):
            continue
        if gateway is None or gateway.ip not in own.network or gateway.ip == own.ip:
            rule = f"it is {device.name} itself" if gateway and gateway.ip == own.ip else f"not inside {own.network}"
            remedy = "use the gateway of the management prefix"
            yield Problem("GW-SUBNET", rows.label(device), rule, remedy, "default_gateway", text)


def link_masks(rows: SchoolRows) -> Iterator[Problem]:
    seen: set[int] = set()
    for thing, row, address in _assigned(rows):
        end = rows.trust.far_end.get(row.assigned_object_id or 0)
        if end is None or end.cable.id in seen:
            continue
        seen.add(end.cable.id)
        for other in rows.trust.addresses_of.get(end.interface.id, []):
            far = interface(other.address)
            if far is not None and far.version == address.version and far.network != address.network:
                both = f"{thing} {row.address} and {rows.label(end.interface)} {other.address}"
                rule = f"the two ends of cable #{end.cable.id} are not in one subnet"
                yield Problem("LINK-MASK", both, rule, "correct one end")


def ipv6_management(rows: SchoolRows) -> Iterator[Problem]:
    for device in rows.configured:
        row = rows.trust.addresses.get(device.primary_ip6_id or 0)
        found = interface(row.address) if row else None
        if row is None or not isinstance(found, IPv6Interface):
            continue
        address = found.ip
        if address.is_link_local or address.ipv4_mapped is not None or address.scope_id is not None:
            rule = "link-local, IPv4-mapped and zoned addresses cannot be reached as management"
            yield Problem("IP6-MGMT", rows.label(device), rule, "use a routed address", "primary_ip6", row.address)


def pools(rows: SchoolRows) -> Iterator[Problem]:
    """DHCP ranges of the school, and those that lie in no school's block at all."""
    blocks = rows.standard.addresses.schools
    ours = blocks.get(rows.site.slug)
    for row in rows.trust.records.ip_ranges:
        start, end = interface(row.start_address), interface(row.end_address)
        if not isinstance(start, IPv4Interface) or not isinstance(end, IPv4Interface) or row.vrf_id is not None:
            continue
        home = next((slug for slug, block in blocks.items() if start.ip in block or end.ip in block), None)
        if home is None or (ours is not None and home == rows.site.slug):
            yield from _pool(rows, row, start.ip, end.ip)


def _pool(rows: SchoolRows, row: IpRangeRow, start: IPv4Address, end: IPv4Address) -> Iterator[Problem]:
    thing = f"{start}-{end} (#{row.id})"
    if start > end:
        yield Problem("DHCP-RANGE", thing, "ends before it starts", "swap the two")
        return
    live = _live(rows)
    home = next(((p, prefix) for p, prefix in live if start in prefix and end in prefix), None)
    if home is None or (row.role is not None and home[0].role != row.role):
        rule = f"not inside one live prefix of {row.role or 'the school'}"
        yield Problem("DHCP-RANGE", thing, rule, "move the range into the prefix it serves")
        return
    if start <= home[1][1] <= end:
        rule = f"covers the gateway {home[1][1]}"
        yield Problem("DHCP-RANGE", thing, rule, "start the range above the gateway and the static addresses")
    for owner, _, address in _assigned(rows):
        if isinstance(address, IPv4Interface) and start <= address.ip <= end:
            rule = f"covers the static address {address.ip} of {owner}"
            yield Problem("DHCP-RANGE", thing, rule, "start the range above the gateway and the static addresses")


def servers(rows: SchoolRows) -> Iterator[Problem]:
    """Servers of the standard that no live prefix holds although their block is a school's."""
    services = rows.standard.services
    lists = {
        "dns": services.dns,
        "ntp": services.ntp,
        "syslog": services.syslog,
        "dhcp": services.dhcp,
        "radius": tuple(server.address for server in services.radius),
        "snmp.managers": services.snmp.managers,
    }
    live = [found for row in rows.trust.records.prefixes if row.status == "active" and (found := network(row.prefix))]
    for name, addresses in lists.items():
        for address in addresses:
            in_school = any(address in block for block in rows.standard.addresses.schools.values())
            if in_school and not any(address in prefix for prefix in live):
                rule = "lies in a school's block but in none of its networks: not reachable from management"
                remedy = "correct the address in standard.yaml or acknowledge"
                yield Problem("SRV-LIST", rows.site.name, rule, remedy, f"services.{name}", str(address), warning=True)


def way_back(rows: SchoolRows) -> Iterator[Problem]:
    """The management prefix needs a route to matric: a routed link from a switch to the school's router."""
    for device in rows.configured:
        for port in rows.interfaces(device):
            end = rows.trust.far_end.get(port.id)
            here, there = rows.trust.addresses_of.get(port.id), end and rows.trust.addresses_of.get(end.interface.id)
            if end is not None and end.device.role == "router" and here and there:
                return
    vlan = rows.vlan_of_role.get(rows.standard.management.network)
    found = rows.prefixes_of_vlan.get(vlan.id, []) if vlan else []
    thing = f"{rows.site.name} {found[0].prefix} (#{found[0].id})" if found else f"{rows.site.name} management"
    operators = ", ".join(str(prefix) for prefix in rows.standard.trust.operators)
    remedy = "record the cable to the router, and an address at both ends of it"
    yield Problem("MGMT-ROUTE", thing, f"no route back to {operators} (matric)", remedy)


CHECKS = (
    forms,
    shared_addresses,
    overlapping_prefixes,
    host_bits,
    places,
    gateways,
    link_masks,
    ipv6_management,
    pools,
    servers,
    way_back,
)
