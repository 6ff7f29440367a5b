"""Where a school and its trust differ: one choice for each field, with what is proposed and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from matric.intent.check_standard import planned
from matric.intent.limit import LIMITS
from matric.intent.own_ssid import fitting
from matric.survey.adopt import equipment, use
from matric.survey.adopt.choice import Choice
from matric.survey.adopt.facts import Facts
from matric.survey.adopt.kit import Kit, clean
from matric.survey.adopt.use import Meaning
from matric.survey.endpoint import kind as kinds

__all__ = ("ROUTER", "Fixed", "conflicts", "fixed")

DESCRIPTION = min(limit.description for limit in LIMITS.values())
ROUTER = "rtr-1"
"""Name of the trust's router at every school."""
_HAD = re.compile(r"\bhad ([0-9.]+)$")
"""What the description of an address in NetBox says of the one it follows."""
FIXED = (2, 20)
"""Hosts of a prefix, from one up to before the other, that DHCP never gives away."""


def conflicts(facts: Facts, management: dict[str, str]) -> Iterator[Choice]:
    """Everything that is to be decided. *management* is each device's new address, by its name in NetBox."""
    for kit in facts.kits:
        yield from _device(facts, kit)
        yield from _room(facts, kit)
        if management.get(kit.name) and kit.seen.management != management[kit.name].partition("/")[0]:
            yield Choice(
                thing=kit.seen.name, field="management", here=kit.seen.management,
                there=f"an address of {_planned(facts, facts.standard.management.network)}", propose="impose",
                value=management[kit.name].partition("/")[0],
                why="the cut-over gives it; the old one stays the way in until then",
            )  # fmt: skip
    yield from _router(facts)
    for one in facts.seen_meanings.values():
        yield from _vlan(facts, one)
    yield from _ssids(facts)
    for kit in facts.kits:
        for port, _ in kit.ports:
            yield from _port(facts, kit, port)
    yield from _points(facts)
    yield from equipment.asked(facts.census, facts.by_seen)
    for ip, kept in fixed(facts).items():
        yield Choice(
            thing=f"address {ip}", field="address", here=f"{ip} {kept.name}".strip(), propose="impose",
            there=f"an address of {kept.role}", value=kept.address, why=kept.why,
        )  # fmt: skip


def _device(facts: Facts, kit: Kit) -> Iterator[Choice]:
    seen, named = kit.seen, facts.names[kit.seen.name]
    if named.why or facts.choices.of(seen.name, "name"):
        yield Choice(
            thing=seen.name, field="name", here=seen.name, there="letters, digits and hyphens that say what it is",
            propose="impose", value=named.name, why=named.why or "it was decided",
        )  # fmt: skip
    if kit.platform is None:
        model = (kit.replaced_by.model if kit.replaced_by else "") or seen.model
        yield Choice(
            thing=seen.name, field="model", here=f"{seen.vendor} {seen.model}".strip() or "unknown",
            there=f"one that runs {', '.join(LIMITS)}", propose="impose", value=model,
            why=f"matric writes no configuration for {seen.platform or 'what it runs'}: it is replaced",
        )  # fmt: skip
    elif kit.hardware is None:
        yield Choice(
            thing=seen.name, field="model", here=f"{seen.vendor} {seen.model}".strip() or "unknown",
            there="a model whose ports matric knows", propose="adopt" if seen.model else None,
            value=kit.model if seen.model else "", needs=not seen.model,
            why="its ports are taken as they were seen, and their names cannot be checked" if seen.model
            else "no answer told it: read it from the device",
        )  # fmt: skip
    if not kit.serial or (kit.replaced_by is not None and not facts.choices.value(seen.name, "serial")):
        new = kit.replaced_by is not None
        yield Choice(
            thing=seen.name, field="serial", there="the identity check needs it", propose="adopt", needs=True,
            why="read it from the new device" if new else "the survey did not see it: read it from the device",
        )  # fmt: skip
    if kit.hardware is not None:
        for port in seen.ports or ():
            used = (port.up or port.description) and port.mode in ("access", "trunk")
            if used and not kit.port(port.name) and port.name not in kit.lags:
                yield Choice(thing=f"{seen.name} {port.name}", field="port", here=port.description or "in use",
                             there=f"no port of {kit.hardware.model}", propose="impose",
                             why="it is on a module or another member: it is left out")  # fmt: skip


def _room(facts: Facts, kit: Kit) -> Iterator[Choice]:
    if not facts.room(kit) or facts.choices.of(kit.seen.name, "room"):
        yield Choice(
            thing=kit.seen.name, field="room", there="a building and a room: Main / Server room", propose="adopt",
            value=facts.room(kit), why="the device does not say where it stands; left empty, NetBox records no place",
        )  # fmt: skip


def _router(facts: Facts) -> Iterator[Choice]:
    core = facts.core
    if core is not None and facts.wires.router is None:
        yield Choice(
            thing=core.seen.name, field="router port", there="a routed port to the trust's router", propose="adopt",
            value=facts.router_port, needs=True, why="nothing seen says where the router is: a free port is proposed",
        )  # fmt: skip
    if core is not None and facts.router_port:
        yield from _serial(facts, ROUTER, ROUTER, "the trust's router is not there yet: its delivery note says it")


def _serial(facts: Facts, thing: str, here: str, why: str, end: tuple[str, str] | None = None) -> Iterator[Choice]:
    """The serial number of what cannot be asked for it; what NetBox has is not asked."""
    if not facts.serial_held(here, end) or facts.choices.of(thing, "serial"):
        yield Choice(
            thing=thing, field="serial", here=here, there="the asset record asks for it (HW-04)", propose="adopt",
            value="", why=f"{why}; left empty, NetBox records none",
        )  # fmt: skip


def _vlan(facts: Facts, one: Meaning) -> Iterator[Choice]:
    standard, thing = facts.standard, f"VLAN {one.vid}"
    here = f"{one.vid} {one.name}".strip()
    owner = next((role for role, network in standard.networks.items() if network.vid == one.vid), None)
    may = "vlan" in standard.agreements.may
    if one.role is None:
        free = owner is None and one.vid != 1
        yield Choice(
            thing=thing, field="meaning", here=here, there=f"one of: {', '.join(standard.networks)}",
            propose="impose" if one.vid == 1 else None, needs=one.vid != 1, area="vlan" if free and may else None,
            why="its ports are judged one by one, each by what is on it" if one.vid == 1
            else f"{one.why}: its ports are taken for {use.LEAST}, which reaches least, until somebody does; "
            "where it is agreed as the school's own, value is the zone it is treated as",
        )  # fmt: skip
    elif standard.networks[one.role].vid != one.vid:
        clash = (
            f"; the standard's VLAN {one.vid} is {owner}, so the same tag would mean another network" if owner else ""
        )
        yield Choice(
            thing=thing, field="meaning", here=here, there=f"{standard.networks[one.role].vid} {one.role}",
            propose="impose", value=one.role, why=f"{one.why}{clash}",
        )  # fmt: skip
    role = facts.meanings[one.vid].role
    prefix, wanted = facts.prefixes.get(one.vid), _planned(facts, role)
    if prefix is not None and wanted is not None and prefix != str(wanted):
        busy = _busy(facts, prefix)
        yield Choice(
            thing=thing, field="prefix", here=prefix, there=f"{wanted} ({role})", propose="impose", value=str(wanted),
            area="prefix" if "prefix" in standard.agreements.may and not busy else None,
            why=busy or "the plan gives this network its place in the school's block",
        )  # fmt: skip


def _planned(facts: Facts, role: str | None) -> IPv4Network | None:
    return planned(facts.standard, facts.slug, role) if role in facts.standard.networks and role else None


def _busy(facts: Facts, prefix: str) -> str:
    """Why a school's own prefix cannot stay: another one of the trust has it."""
    own = IPv4Network(prefix)
    for slug, block in facts.standard.addresses.schools.items():
        if slug != facts.slug and block.overlaps(own):
            return f"it is in the block of {slug}: it cannot stay"
    return ""


def _ssids(facts: Facts) -> Iterator[Choice]:
    standard = facts.standard
    for ssid, (one, role) in sorted(facts.ssids.items()):
        instead = next((profile.ssid for profile in standard.wlans.values() if profile.network == role), "")
        why = (
            f"who used it uses {instead}" if instead else "nothing says who used it: choose whose SSID takes its place"
        )
        weak = f"; it is {one.security}" if one.security in ("open", "wep", "wpa") else ""
        yield Choice(
            thing=f"SSID {ssid}", field="ssid", here=ssid,
            there=f"one of: {', '.join(sorted(profile.ssid for profile in standard.wlans.values()))}",
            propose="impose" if instead else None, value=instead, needs=not instead, why=f"{why}{weak}",
            area="ssid" if len(fitting(standard, role)) == 1 else None,
        )  # fmt: skip
    if facts.access_points and not any(kit.role == "wireless-controller" for kit in facts.kits):
        yield Choice(
            thing="site", field="wireless", here=f"{len(facts.access_points)} access points of its own",
            there="a controller that matric configures", propose="impose",
            area="wireless" if "wireless" in standard.agreements.may else None,
            why="the standard's SSIDs reach the wired network at the trust's controller",
        )  # fmt: skip


def _port(facts: Facts, kit: Kit, port: str) -> Iterator[Choice]:
    thing, seen = f"{kit.seen.name} {port}", kit.seen_ports.get(port)
    if (kit.name, port) in facts.cabled or (kit is facts.core and port == facts.router_port):
        return
    found = facts.seen_use(kit, port)
    if not found.sure and (seen is not None or kit.seen.ports is None):
        vid = (seen.native if seen.mode == "trunk" else seen.access) if seen else None
        here = f"VLAN {vid}" if vid is not None else "no VLAN seen"
        yield Choice(
            thing=thing, field="profile", here=f"{here} {seen.description if seen else ''}".strip(),
            there=f"one of: {', '.join(facts.standard.profiles)}", propose="impose", value=found.profile, why=found.why,
        )  # fmt: skip
    text = seen.description if seen else ""
    plain = clean(text, DESCRIPTION)
    if plain != " ".join(text.split()):
        yield Choice(
            thing=thing, field="description", here=text, there=f"plain ASCII, at most {DESCRIPTION} characters",
            propose="impose", value=plain, why="every platform here has to take it",
        )  # fmt: skip


def _points(facts: Facts) -> Iterator[Choice]:
    for one in facts.access_points:
        kit = facts.by_name[one.device]
        yield Choice(
            thing=f"{kit.seen.name} {one.port}", field="ap_location", here=one.neighbour.name,
            there="indoor or outdoor", propose="adopt", value="indoor", needs=True,
            why="it decides which channels and power are lawful, and no device says it",
        )  # fmt: skip
        if not facts.serial_heard(one.device, one.port):
            why = "it was not heard: read it from the label, or from the controller"
            yield from _serial(facts, f"{kit.seen.name} {one.port}", one.neighbour.name, why, (one.device, one.port))


@dataclass(frozen=True, slots=True)
class Fixed:
    """An address of today that stays one, and the one that follows it."""

    name: str
    """Host name."""
    role: str
    """Network role of the new address."""
    address: str
    why: str
    end: tuple[str, str] | None = None
    """(device, port) where the equipment hangs that has it; None where it is none that is recorded."""


def fixed(facts: Facts) -> dict[str, Fixed]:
    """Address that somebody relies on at the school -> the one in the standard's prefix that follows it.

    Those are what is reserved, and what fixed equipment has without a lease: it follows into the network of its port.
    What was decided or recorded for one is never offered to another.
    """
    homes = {IPv4Network(prefix): facts.meanings[vid].role for vid, prefix in facts.prefixes.items()}
    taken, followed = _followed(facts)
    found: dict[str, Fixed] = {}
    for ip, name, why, end in sorted(_relied_on(facts), key=lambda one: (one[0], one[3] is None)):
        role = next((role for home, role in homes.items() if IPv4Address(ip) in home), None)
        if end is not None:
            role = facts.standard.profiles[facts.use(facts.by_name[end[0]], end[1]).profile].network or role
        prefix = _planned(facts, role)
        if ip in found or role in (None, facts.standard.management.network) or prefix is None:
            continue
        offers = (str(prefix[host]) for host in range(*FIXED))
        address = followed.get(ip) or next((one for one in offers if one not in taken), "")
        if address:
            taken.add(address)
            found[ip] = Fixed(name, role or "", address, why, end)
    return found


def _followed(facts: Facts) -> tuple[set[str], dict[str, str]]:
    """Addresses that are nobody's to give, and those that follow one of today's by decision or in NetBox."""
    held = [row for row in facts.records.ip_addresses if row.vrf_id is None and ":" not in row.address]
    held = [row for row in held if IPv4Address(row.address.partition("/")[0]) in facts.block]
    taken = {row.address.partition("/")[0] for row in held}
    followed = {found[1]: row.address.partition("/")[0] for row in held
                if row.status == "reserved" and (found := _HAD.search(row.description))}  # fmt: skip
    decided = {one.thing.removeprefix("address "): facts.choices.value(*one.key)
               for one in facts.choices.choices if one.field == "address"}  # fmt: skip
    followed |= {ip: address for ip, address in decided.items() if address}
    return taken | set(followed.values()), followed


def _relied_on(facts: Facts) -> Iterator[tuple[str, str, str, tuple[str, str] | None]]:
    """(address, host name, why somebody relies on it, where what has it hangs)."""
    at = {ip: (one.device, one.port) for one in facts.items for ip in one.endpoint.ips}
    for lease in (*facts.survey.leases, *(one for device in facts.survey.devices for one in device.leases or ())):
        if lease.reserved and ":" not in lease.ip:
            yield lease.ip, lease.hostname, "it is reserved, so somebody relies on it", at.get(lease.ip)
    for one in facts.items:
        ips = [ip for ip in one.endpoint.ips if ":" not in ip]
        if one.endpoint.addressing in ("static", "") and len(ips) == 1:
            why = f"{kinds.label(one.kind)}: nobody saw a lease, so it is taken to be set by hand"
            yield ips[0], one.own_name, why, (one.device, one.port)
