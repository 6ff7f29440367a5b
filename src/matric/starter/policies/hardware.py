"""Hardware: who still mends it, where what nobody mends may stand, and whether it is fast enough."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from matric import Device, Finding, Network, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.intent.limit import speed_of_type
from matric.plan.path import tree
from matric.policy import policy
from matric.reach.wanted import PRIVATE
from matric.switch.link import SWITCHES, egress, links, name_of
from matric.switch.reading import intended

from ._access import leaving, list_on

GIGABIT, TEN_GIGABIT = 1_000_000, 10_000_000
"""kbit/s."""
SOON = timedelta(days=365)
CORES = frozenset({"core", "collapsed-core"})
UPLINKS = 2


def _standing(school: School) -> list[Device]:
    return [device for device in school.devices if device.status == "active"]


def _support_end(device: Device) -> date | None:
    """Last day of security fixes; None where NetBox does not say."""
    try:
        return date.fromisoformat(device.model_custom.get("support_end", ""))
    except ValueError:
        return None


def _unknown(school: School) -> Iterator[Said]:
    for model in sorted({device.model for device in _standing(school) if _support_end(device) is None}):
        yield cannot_evaluate(f"{school.slug}: custom field support_end of the device type {model} in NetBox")


@policy("HW-01")
def the_vendor_still_ships_security_fixes(school: School, subject: Subject) -> Iterator[Said]:
    today = subject.now.date()
    yield from _unknown(school)
    for device in _standing(school):
        end = _support_end(device)
        if end is None:
            continue
        yield checked(1)
        if end < today:
            yield Finding(
                device.key,
                f"nobody mends a {device.model} since {end}",
                "replace it, or isolate it and agree a waiver until it is replaced",
            )
        elif end < today + SOON:
            yield Finding(device.key, f"nobody mends a {device.model} after {end}", "order its replacement", "warning")


@policy("SEG-16")
def unsupported_devices_are_isolated_from_the_internet(school: School, subject: Subject) -> Iterator[Said]:
    yield from _unknown(school)
    today = subject.now.date()
    old = [device for device in _standing(school) if (end := _support_end(device)) is not None and end < today]
    if not old:
        raise not_applicable("every device has a vendor who mends it")
    yield checked(old)
    routers = egress(school)
    for device in old:
        if any(port.address is not None and port.address.ip in routers for port in device.ports):
            yield Finding(device.key, "nobody mends it, and it is the way to the internet itself", "replace it")
            continue
        homes = list(_homes(school, device))
        if not homes:
            yield cannot_evaluate(f"{device.key}: primary address in NetBox, or the cable to its port")
        for network in homes:
            yield from _out(school, subject, device, network)


def _homes(school: School, device: Device) -> Iterator[Network]:
    """The networks a device has an address in: that of its own, or that of the port it hangs on."""
    if device.management is not None:
        address = device.management.ip
        yield from (one for one in school.networks if one.prefix is not None and address in one.prefix)
        return
    for other in school.configured:
        for port in other.ports:
            network = port.access or port.native
            if port.peer is not None and port.peer.device_id == device.id and network is not None:
                yield network


def _out(school: School, subject: Subject, old: Device, network: Network) -> Iterator[Said]:
    """How *old* reaches the internet from *network*."""
    zone = school.standard.zones.get(network.zone or "")
    gateways = [(device, svi) for device in school.configured for svi in device.svis
                if svi.network.vid == network.vid and svi.address.ip == network.gateway]  # fmt: skip
    inside = (school.standard.addresses.block, *school.legacy, *PRIVATE)
    ways: list[str] = []
    if zone is None:
        ways.append("which is in no zone of the standard")
    elif zone.internet != "none":
        ways.append(f"whose zone {network.zone} has the internet")
    elif not gateways:
        yield cannot_evaluate(f"{school.slug} vlan {network.vid}: its gateway is on no device that matric configures")
    for device, svi in gateways if not ways else ():
        entries = list_on(intended(subject, device), svi.name)
        if entries is None:
            ways.append(f"which nothing filters on {name_of(device, svi.name)}")
        elif any(leaving(entries, svi.address.network, inside)):
            ways.append(f"which the access list on {name_of(device, svi.name)} lets out")
    for way in ways:
        yield Finding(
            old.key,
            f"nobody mends it, and it stands in {network.name}, {way}",
            "move it to a network without internet, or replace it",
        )


@policy("HW-05")
def desktop_ports_are_gigabit(device: Device) -> Iterator[Said]:
    zones = _user_zones(device)
    ports = [port for port in device.ports if port.enabled and port.access is not None and port.access.zone in zones]
    if not ports:
        raise not_applicable("no port faces a desktop")
    for port in ports:
        speed = speed_of_type(port.type)
        if speed is None:
            yield cannot_evaluate(f"{name_of(device, port.name)}: its type in NetBox names no speed")
        elif speed < GIGABIT:
            yield Finding(
                name_of(device, port.name),
                f"it is {port.type}, slower than 1 Gbit/s",
                "replace the switch by one whose ports are gigabit",
            )
    yield checked(ports)


def _user_zones(device: Device) -> set[str]:
    """Zones of the people whose desktops hang on the device."""
    return {one.zone for one in device.vlans if one.role in ("staff", "pupil") and one.zone is not None}


@policy("HW-06")
def each_hub_cabinet_has_two_ten_gigabit_uplinks(school: School) -> Iterator[Said]:
    path = tree(school)
    switches = [device for device in school.configured if device.role in SWITCHES]
    for device in switches:
        if not device.location:
            yield cannot_evaluate(f"{device.key}: location in NetBox")
    hubs = {device.location for device in switches} - {one.location for one in switches if one.role in CORES} - {""}
    if not hubs:
        raise not_applicable("every switch stands beside the core")
    fast: defaultdict[str, int] = defaultdict(int)
    for link in links(school):
        for (inner, port), (outer, far) in (link.ends, link.ends[::-1]):
            speeds = (speed_of_type(port.type) or 0, speed_of_type(far.type) or 0)
            if inner.location != outer.location and path.parents.get(inner.name) == outer.name:
                fast[inner.location] += min(speeds) >= TEN_GIGABIT
    yield checked(hubs)
    for hub in sorted(hubs):
        if fast[hub] < UPLINKS:
            yield Finding(
                f"{school.slug} cabinet {hub}",
                f"it has {fast[hub]} of {UPLINKS} links of 10 Gbit/s towards the core",
                "lay a second link of 10 Gbit/s, by another route where there is one",
            )


@policy("HW-08")
def the_core_is_redundant(school: School, subject: Subject) -> Iterator[Said]:
    cores = [device for device in school.configured if device.role in CORES]
    if not cores:
        raise not_applicable("no core switch")
    cables: defaultdict[tuple[str, str], int] = defaultdict(int)
    for link in links(school):
        for (inner, _), (outer, _) in (link.ends, link.ends[::-1]):
            if inner.role in CORES and outer.role not in CORES:
                cables[inner.key, outer.key] += 1
    yield checked(cables)
    reached: defaultdict[str, int] = defaultdict(int)
    for (_, key), count in cables.items():
        reached[key] += count
    for key, count in reached.items():
        if count < UPLINKS:
            yield Finding(key, "one cable is all that leads to the core", "lay a second, and make a LAG of the two")
    answer = subject.answer("core-redundant")
    yield checked(1)
    if not answer.answer:
        yield Finding(
            f"{school.slug} core-redundant",
            f"{answer.by} said on {answer.at} that nothing takes over where the core or its power supply fails",
            "order a second power supply, and a second core switch or control module",
        )
