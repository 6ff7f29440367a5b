"""Systems of the building and of services: each apart from people's devices, and none on the way out."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network

from matric import Device, Finding, Network, Port, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch import Entry, Interface
from matric.switch.link import name_of
from matric.switch.reading import intended

from ._access import leaving, list_on

PEOPLE = ("staff", "pupil", "guest", "byod")
"""Network roles of people's devices."""
WATCHING = ("camera", "building")
"""CCTV; door entry is a building system."""
SERVICES = ("building", "till", "voice", "printer")
STATIC = ("printer", "camera", "building")
"""What stands still and serves the school alone."""


@policy("SEG-04")
def cctv_and_door_entry_are_separated_from_users(school: School, subject: Subject) -> Iterator[Said]:
    yield from _apart(school, subject, WATCHING)
    concerned = {*_vids(school, WATCHING), *_vids(school, PEOPLE)}
    for device in school.configured:
        switch = intended(subject, device)
        for svi in device.svis:
            if svi.network.vid in concerned and list_on(switch, svi.name) is None:
                yield Finding(
                    name_of(device, svi.name),
                    f"nothing filters what {svi.network.name} sends to cameras, doors or people",
                    "apply the zone's access list inbound on the interface",
                )


@policy("SEG-05")
def building_and_service_systems_have_vlans_of_their_own(school: School, subject: Subject) -> Iterator[Said]:
    yield from _apart(school, subject, SERVICES)


def _apart(school: School, subject: Subject, roles: Collection[str]) -> Iterator[Said]:
    """What puts a system of *roles* among people, or people among it: zones, ports and SSIDs."""
    ports = [(device, port) for device in school.configured for port in device.ports if _serves(port, roles)]
    networks = [network for network in school.networks if network.role in roles]
    if not networks and not ports:
        raise not_applicable("the school has no such system")
    yield checked(len(networks) + len(ports))
    zones = _zones(school, PEOPLE)
    for network in networks:
        if network.zone in zones:
            yield Finding(
                f"{school.slug} vlan {network.vid}",
                f"{network.name} is in the zone {network.zone}, where people's devices are",
                "give its network a zone of its own in standard.yaml",
            )
    people, systems = _vids(school, PEOPLE), _vids(school, roles)
    for device in school.configured:
        for port in device.ports:
            if port.enabled and port.profile.mode == "access":
                yield from _port(device, port, intended(subject, device).carrier(port.name), roles, people, systems)
    for wlan in school.wlans:
        wanted, given = wlan.profile.network, wlan.network
        if (wanted in roles and given.vid in people) or (wanted in PEOPLE and given.vid in systems):
            yield Finding(
                f"{school.slug} SSID {wlan.ssid}",
                f"it is for {wanted}, and its clients land on {given.name}",
                "give the wireless LAN its own VLAN in NetBox",
            )


def _port(  # noqa: PLR0913, PLR0917 - a port, and what it is held against
    device: Device,
    port: Port,
    written: Interface | None,
    roles: Collection[str],
    people: dict[int, Network],
    systems: dict[int, Network],
) -> Iterator[Said]:
    """What the configuration puts on a port that its profile does not want there."""
    wanted = {port.profile.network, port.profile.voice}
    if not wanted & {*roles, *PEOPLE}:
        return
    if written is None:
        yield cannot_evaluate(f"{name_of(device, port.name)}: intended configuration of the port")
        return
    shared = people.get(written.access) if port.profile.network in roles else None
    if port.profile.network in PEOPLE:
        shared = systems.get(written.access)
    if shared is not None:
        yield Finding(
            name_of(device, port.name),
            f"it is a port for {port.profile.network}, and it is in {shared.name}",
            "give the port the VLAN of its profile in NetBox",
        )
    if port.profile.voice in roles and (written.voice is None or written.voice in people):
        yield Finding(
            name_of(device, port.name),
            "a telephone behind this port speaks in people's VLAN",
            "give the school a voice VLAN in NetBox",
        )


def _serves(port: Port, roles: Collection[str]) -> bool:
    return port.enabled and (port.profile.network in roles or port.profile.voice in roles)


def _zones(school: School, roles: Collection[str]) -> set[str]:
    networks = school.standard.networks
    return {zone for role in roles if role in networks and (zone := networks[role].zone) is not None}


def _vids(school: School, roles: Collection[str]) -> dict[int, Network]:
    return {network.vid: network for network in school.networks if network.role in roles}


@policy("SEG-20")
def static_devices_that_need_no_wan_have_no_route_off_site(school: School, subject: Subject) -> Iterator[Said]:
    zones = school.standard.zones
    networks = {
        network.vid: network
        for network in school.networks
        if network.role in STATIC and network.zone in zones and zones[network.zone].internet == "none"
    }
    if not networks:
        raise not_applicable("no printer, camera or building system without need of the internet")
    served: set[int] = set()
    for device in school.configured:
        switch = intended(subject, device)
        for svi in device.svis:
            network = networks.get(svi.network.vid)
            if network is None or network.prefix is None:
                continue
            yield checked(1)
            served.add(network.vid)
            entries = list_on(switch, svi.name)
            ways = [_UNFILTERED] if entries is None else _ways_off(school, entries, network.prefix)
            for way in dict.fromkeys(ways):
                yield Finding(
                    name_of(device, svi.name),
                    f"{network.name} needs no WAN, and {way} leads off the site",
                    "refuse it in the zone's access list",
                )
    for vid in sorted(networks.keys() - served):
        yield cannot_evaluate(f"{school.slug} vlan {vid}: its gateway is on no device that matric configures")


_UNFILTERED = "an interface without an access list"


def _ways_off(school: School, entries: tuple[Entry, ...], prefix: IPv4Network) -> Iterator[str]:
    """What the list lets out of the school, but for the services that every device asks."""
    for entry in leaving(entries, prefix, (school.block, *school.legacy)):
        if not _is_service(school, entry):
            yield f"'{entry.text or entry.destination}'"


def _is_service(school: School, entry: Entry) -> bool:
    services = school.standard.services
    asked: tuple[IPv4Address, ...] = (*services.dns, *services.ntp, *services.dhcp, *services.syslog)
    return any(entry.destination == IPv4Network(address) for address in asked)
