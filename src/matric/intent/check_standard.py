"""The standard against itself, and the rows it needs: what a name in it points to must be there."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations

from matric.errors import Problem
from matric.intent.record import Row
from matric.intent.rows import SchoolRows
from matric.intent.standard import Standard

__all__ = ("CHECKS", "planned")

_FILE = "standard.yaml"


def planned(standard: Standard, slug: str, role: str) -> IPv4Network | None:
    """The prefix the plan gives to network *role* of school *slug*; ValueError where the plan has host bits."""
    block, network = standard.addresses.schools.get(slug), standard.networks[role]
    if block is None or network.offset is None or network.prefix_length is None:
        return None
    return IPv4Network((int(block.network_address) + 256 * network.offset, network.prefix_length))


def references(rows: SchoolRows) -> Iterator[Problem]:
    standard = rows.standard
    networks, zones = set(standard.networks), set(standard.zones)
    named = [("native", standard.native, networks), ("parking", standard.parking, networks)]
    named.append(("management.network", standard.management.network, networks))
    for name, zone in standard.zones.items():
        named += [(f"zones.{name}.reaches", other, zones) for other in zone.reaches]
    for name, role in standard.networks.items():
        named += [(f"networks.{name}.zone", role.zone, zones)] if role.zone is not None else []
    for name, profile in standard.profiles.items():
        for field in ("network", "voice"):
            value = getattr(profile, field)
            named += [(f"profiles.{name}.{field}", value, networks)] if value is not None else []
    named += [(f"wlans.{name}.network", wlan.network, networks) for name, wlan in standard.wlans.items()]
    for field, value, known in named:
        if value not in known:
            remedy = f"write one of: {', '.join(sorted(known))}"
            yield Problem("STD-REF", _FILE, "named but not defined", remedy, field, value)


def profiles(rows: SchoolRows) -> Iterator[Problem]:
    """A profile that contradicts itself, and an SSID with a key it has no use for."""
    for name, profile in rows.standard.profiles.items():
        field = f"profiles.{name}"
        if profile.mode == "access" and profile.network is None:
            yield Problem("STD-PROFILE", _FILE, "an access port needs a network", "name its network", field)
        if profile.voice is not None and profile.voice == profile.network:
            yield Problem("VOICE-VLAN", _FILE, "voice equals data", "use the voice network", field, warning=True)
        if profile.mode == "trunk" and profile.edge:
            rule = "a trunk is no spanning-tree edge"
            yield Problem("UPLINK-PORT", _FILE, rule, "set edge: false", field)
    for name, wlan in rows.standard.wlans.items():
        if (wlan.psk is not None) != (wlan.security in ("wpa2-psk", "wpa3-sae")):
            rule = f"{wlan.security} and the reference to a key do not fit"
            yield Problem("STD-WLAN", _FILE, rule, "add psk or remove it", f"wlans.{name}")


def plan(rows: SchoolRows) -> Iterator[Problem]:
    """The address plan: blocks apart and inside the trust's, prefixes aligned, inside and apart."""
    standard, slug = rows.standard, rows.site.slug
    addresses = standard.addresses
    if slug not in addresses.schools:
        yield Problem("SCHOOL-BLOCK", _FILE, f"{slug} has no block", "give it one", "addresses.schools")
        return
    for name, block in addresses.schools.items():
        if not block.subnet_of(addresses.block):
            rule = f"outside the trust's block {addresses.block}"
            yield Problem("STD-PLAN", _FILE, rule, "choose a block inside it", f"addresses.schools.{name}", str(block))
        if name != slug and block.overlaps(addresses.schools[slug]):
            rule = f"{slug} and {name} share address space"
            yield Problem("PFX-OVERLAP", _FILE, rule, "reallocate one", "addresses.schools", str(block))


def offsets(rows: SchoolRows) -> Iterator[Problem]:
    """Prefixes of the plan are aligned, inside the school's block, and apart."""
    standard, slug = rows.standard, rows.site.slug
    block = standard.addresses.schools.get(slug)
    found: list[tuple[str, IPv4Network]] = []
    for role in standard.networks:
        try:
            prefix = planned(standard, slug, role)
        except ValueError:
            rule = "the offset does not start a prefix of this length"
            yield Problem("STD-PLAN", _FILE, rule, "choose a multiple of the prefix's size", f"networks.{role}.offset")
            continue
        if prefix is not None:
            found.append((role, prefix))
            if block is not None and not prefix.subnet_of(block):
                rule = f"{prefix} lies outside the block of {slug}"
                yield Problem("STD-PLAN", _FILE, rule, "choose a smaller offset", f"networks.{role}.offset")
    for (one, first), (two, second) in combinations(found, 2):
        if first.overlaps(second):
            rule = f"{one} {first} and {two} {second} overlap"
            yield Problem("STD-PLAN", _FILE, rule, "choose another offset", f"networks.{two}.offset")


def vlan_ids(rows: SchoolRows) -> Iterator[Problem]:
    first: dict[int, str] = {}
    for role, network in rows.standard.networks.items():
        other = first.setdefault(network.vid, role)
        if other != role:
            yield Problem("VLAN-DUP", _FILE, f"{other} and {role} share one id", "keep one", "vid", str(network.vid))


def relations(rows: SchoolRows) -> Iterator[Problem]:
    """Rows that point to a row that is not in the snapshot."""
    trust = rows.trust
    for device in rows.devices:
        targets: dict[str, tuple[int | None, Mapping[int, Row]]] = {
            "device_type": (device.device_type_id, trust.device_types),
            "location": (device.location_id, trust.locations),
            "primary_ip4": (device.primary_ip4_id, trust.addresses),
        }
        for field, (key, known) in targets.items():
            if key is not None and key not in known:
                rule = "points to a row that is not in the snapshot"
                remedy = "pull the snapshot again; if it stays, correct NetBox"
                yield Problem("REF-MISSING", rows.label(device), rule, remedy, field, f"#{key}")


CHECKS = (references, profiles, plan, offsets, vlan_ids, relations)
