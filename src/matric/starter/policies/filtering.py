"""Safeguarding: nobody at school reaches the internet unfiltered, at no step of a change."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from matric import Device, Finding, Network, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch import Switch
from matric.switch.link import egress, name_of
from matric.switch.reading import intended

from ._access import INTERNET, holes, list_on


@policy("SAF-01")
def every_user_network_names_a_filter_and_leaves_only_through_it(school: School, subject: Subject) -> Iterator[Said]:
    for network in school.networks:
        zone = school.standard.zones.get(network.zone or "")
        if network.prefix is None:
            # An old network beside the new ones, with a gateway of its own: its hosts leave by that.
            if zone is not None and (zone.users or not zone.managed):
                yield checked(1)
                yield Finding(
                    _named(school, network),
                    f"nothing in NetBox is the gateway of {network.name}, so that its hosts leave by one that stands "
                    "in it, past the filtered egress",
                    "move what is in it with the first stage, or record its prefix and gateway in NetBox",
                )
            continue
        if zone is None:
            yield cannot_evaluate(f"{_named(school, network)}: zone of {network.name}")
            continue
        yield checked(1)
        if zone.internet == "filtered" and not network.filter_policy:
            yield Finding(
                _named(school, network),
                f"{network.name} reaches the internet and names no filtering policy",
                "set the VLAN's filter_policy in NetBox",
            )
        if zone.internet == "unfiltered" and (zone.users or not zone.managed):
            yield Finding(
                _named(school, network),
                f"the zone {network.zone} of {network.name} lets people's devices out unfiltered",
                f"give {network.zone} the internet filtered or none in standard.yaml",
            )
    for device in school.configured:
        yield from _ways_out(subject, device)
        yield from _leaks(subject, device)


def _named(school: School, network: Network) -> str:
    return f"{school.slug} vlan {network.vid}"


def _ways_out(subject: Subject, device: Device) -> Iterator[Said]:
    """Default routes of a device that routes for users but lead elsewhere than to the filtered egress."""
    if any(svi.network.role != subject.school.standard.management.network for svi in device.svis):
        yield from _wrong_hops(subject.school, device, intended(subject, device))


def _wrong_hops(school: School, device: Device, switch: Switch) -> Iterator[Finding]:
    hops = {str(address) for address in egress(school)}
    own = {str(one.address.ip) for one in switch.interfaces.values() if one.address is not None}
    gateways = {str(network.gateway) for network in school.networks if network.gateway is not None}
    for route in switch.defaults:
        if route.next_hop not in hops | (gateways - own):
            yield Finding(
                device.key,
                f"a default route leads to {route.next_hop}, which is not the way to the filtered egress",
                "let the default route lead to the school's router only",
            )


def _leaks(subject: Subject, device: Device) -> Iterator[Said]:
    """Networks without internet whose access list lets them reach it all the same."""
    zones = subject.school.standard.zones
    for svi in device.svis:
        zone = zones.get(svi.network.zone or "")
        prefix = svi.network.prefix
        if zone is None or not zone.users or zone.internet != "none" or prefix is None or svi.name == "Vlan1":
            continue
        entries = list_on(intended(subject, device), svi.name)
        if entries is None or any(holes(entries, prefix, INTERNET)):
            yield Finding(
                name_of(device, svi.name),
                f"{svi.network.name} has no internet and no filtering policy, and its access list lets it out",
                "refuse everything else at the end of the zone's access list",
            )


@policy("SAF-04")
def unmanaged_devices_sit_on_a_vlan_of_their_own(school: School, subject: Subject) -> Iterator[Said]:
    standard = school.standard
    unmanaged = {name for name, zone in standard.zones.items() if not zone.managed}
    shared = [network for network in school.networks if network.zone in unmanaged]
    strangers = [wlan for wlan in school.wlans if standard.networks[wlan.profile.network].zone in unmanaged]
    if not shared and not strangers:
        raise not_applicable("no guest, BYOD or other unmanaged network")
    yield checked(len(shared) + len(school.wlans))
    for wlan in school.wlans:
        wanted, given = standard.networks[wlan.profile.network].zone, wlan.network.zone
        if (wanted in unmanaged or given in unmanaged) and wanted != given:
            yield Finding(
                f"{school.slug} SSID {wlan.ssid}",
                f"its clients land on {wlan.network.name} (zone {given}) and belong in zone {wanted}",
                "give the wireless LAN its own VLAN in NetBox",
            )
    for device in school.configured:
        yield from _wired(device, unmanaged)
        if device.role == "wireless-controller":
            yield from _landing(subject, device, unmanaged)


def _wired(device: Device, unmanaged: set[str]) -> Iterator[Finding]:
    for port in device.ports:
        if port.voice is not None and port.access is not None and port.access.zone in unmanaged:
            yield Finding(
                name_of(device, port.name),
                f"a telephone of the trust hangs on the unmanaged network {port.access.name}",
                "give the port a profile of its own in NetBox",
            )


def _landing(subject: Subject, device: Device, unmanaged: set[str]) -> Iterator[Finding]:
    """Strangers whom the controller puts elsewhere than intended, and others whom it puts with strangers."""
    switch = intended(subject, device)
    shared = {text for one in subject.school.networks if one.zone in unmanaged for text in (one.name, str(one.vid))}
    for wlan in subject.school.wlans:
        lands = switch.wireless.wlans.get(wlan.profile_name)
        own = {wlan.network.name, str(wlan.network.vid)}
        if lands not in own and (wlan.network.zone in unmanaged or lands in shared):
            yield Finding(
                f"{device.key} WLAN {wlan.profile_name}",
                f"the controller puts its clients on VLAN {lands or '(none)'}, not {wlan.network.name}",
                "correct the policy profile in the controller's template",
            )


@policy("SAF-08")
def no_step_gives_unfiltered_internet(school: School, subject: Subject) -> Iterator[Said]:
    if subject.steps is None:
        raise cannot_evaluate("the plan's steps")
    if not subject.steps:
        raise not_applicable("nothing changes")
    by_key = {device.key: device for device in school.configured}
    for step in subject.steps:
        yield checked(1)
        if step.action == "arm" and step.device in by_key:
            yield from _second_line(school, by_key[step.device], intended(subject, by_key[step.device]))


def _second_line(school: School, device: Device, switch: Switch) -> Iterator[Finding]:
    """Every default route counts, a floating one for the failover line too: filtering is behind the router only."""
    for finding in _wrong_hops(school, device, switch):
        yield Finding(finding.object, f"from the step that arms {device.name}, {finding.message}", finding.remedy)
    inside = {network.prefix for network in school.networks if network.prefix is not None}
    for route in switch.routes:
        hop = _address(route.next_hop)
        public = route.prefix.is_global and route.prefix.prefixlen > 0
        if public and hop not in egress(school) and not any(route.prefix.subnet_of(prefix) for prefix in inside):
            yield Finding(
                device.key,
                f"from the step that arms {device.name}, {route.prefix} leaves by {route.next_hop}, unfiltered",
                "route to the internet through the school's router only",
            )


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None
