"""What a template reads: one frozen value per device, in which everything is decided.

Templates loop over it and ask for booleans; which VLANs are snooped, who is the next hop, what an access list holds
is worked out here, once for all platforms. Nothing here knows how a platform writes it.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from matric.intent.limit import HARDWARE, LIMITS, speed_of_type
from matric.intent.port_list import collapsed
from matric.intent.school import Device, Lag, Network, Port, School, Svi, Wlan
from matric.intent.standard import Hardening, Management, PortProfile, Services, Trust
from matric.render.access_list import AccessList, zone_list

__all__ = ("AccessPointView", "LinkView", "SviView", "View", "VlanView", "WlanView", "vid_ranges", "view")

COPPER = frozenset({"100base-tx", "1000base-t", "2.5gbase-t", "5gbase-t", "10gbase-t"})
ROUTES = frozenset({"core", "collapsed-core"})
HIGHEST_PRIORITY = 32768
PRIORITY_STEP = 4096


@dataclass(frozen=True, slots=True)
class LinkView:
    """A port or a LAG. Exactly one of the ``is_`` fields is true."""

    name: str
    description: str
    enabled: bool
    is_access: bool = False
    is_trunk: bool = False
    is_routed: bool = False
    is_member: bool = False
    is_parked: bool = False
    is_lag: bool = False
    """It is a LAG, besides being a trunk."""
    vid: int = 1
    """Access or parking VLAN."""
    voice_vid: int = 0
    native_vid: int = 1
    allowed: str = "none"
    """Tagged VLANs: ``10,20,30-32``, or ``none``."""
    carried: str = ""
    """Tagged VLANs, and where a phone is in front the untagged one too, two neighbours as a run: ``10,20-21``."""
    lag_number: int = 0
    address: IPv4Interface | None = None
    edge: bool = False
    trusted: bool = False
    """DHCP snooping and ARP inspection trust what comes in."""
    root_guarded: bool = False
    """An access switch is behind it, and this switch is the root: it must never hear of a better one there."""
    many_hosts: bool = False
    """An untrusted trunk with a whole switch or controller behind it: the ARP rate limit of one host would shut it."""
    authenticated: bool = False
    """802.1X, MAC authentication or both."""
    dot1x: bool = False
    mab: bool = False
    storm: bool = False
    storm_percent: str = ""
    """``1`` or ``0.5``."""
    storm_hundredths: str = ""
    """``1.00``, as IOS shows it."""
    storm_whole: str = ""
    """Rounded up to a whole percent."""
    storm_kbps: int = 0
    """The same in kbit/s of this port's highest speed."""
    poe_off: bool = False
    poe_priority: str = ""
    """``high`` or ``critical``, else empty."""
    limits_macs: bool = False
    max_macs: int = 0

    @property
    def vids(self) -> frozenset[int]:
        """Tagged VLANs, as numbers."""
        return _vids(self.allowed)


@dataclass(frozen=True, slots=True)
class SviView:
    """A layer-3 VLAN interface."""

    name: str
    description: str
    address: IPv4Interface
    relays: bool
    access_list: str
    """Name of the list that filters what comes in from the VLAN, or empty."""


@dataclass(frozen=True, slots=True)
class VlanView:
    """A VLAN with its ports, for platforms that write membership below the VLAN."""

    vid: int
    name: str
    untagged: str
    """Ports and LAGs: ``1-5,A1,Trk1``, or empty."""
    tagged: str
    is_voice: bool
    """Telephones of this device are in it."""
    svi: SviView | None
    """Its layer-3 interface; also where a routed port needs a VLAN of its own."""


@dataclass(frozen=True, slots=True)
class WlanView:
    """An SSID on the controller."""

    name: str
    wlan_id: int
    ssid: str
    vlan_name: str
    enterprise: bool
    wpa3: bool
    sae: bool
    psk: bool
    owe: bool
    psk_ref: str
    hidden: bool
    isolate_clients: bool


@dataclass(frozen=True, slots=True)
class AccessPointView:
    """An access point and the tags it gets."""

    name: str
    number: int
    """Priority of its filter: each has its own."""
    site_tag: str
    rf_tag: str
    """Outdoors the law leaves fewer channels (Ofcom IR 2030), so those have a tag of their own."""


@dataclass(frozen=True, slots=True)
class View:
    """A device, whole."""

    hostname: str
    school: str
    slug: str
    location: str
    domain: str
    trust: Trust
    management: Management
    services: Services
    hardening: Hardening
    idle_timeout_s: int
    operators: tuple[IPv4Network, ...]
    management_interface: str
    """Source of everything the device sends, as its platform names it: ``Vlan99``, ``vlan99``, ``irb.99``."""
    management_vid: int
    engine_id: str
    """SNMP engine id, hexadecimal: from school and NetBox id, so that it outlives a swap of hardware."""
    snmp_location: str
    routes: bool
    next_hop: IPv4Address | None
    rapid_pvst: bool
    priority: int
    priority_step: int
    """The same in steps of 4096, as IEEE 802.1Q counts them."""
    vlans: tuple[Network, ...]
    vid_runs: str
    """The ids of all of them: ``10,20-22``."""
    vlan_members: tuple[VlanView, ...]
    """All of them, and one for each routed port, with their ports."""
    voice_vids: tuple[int, ...]
    """VLANs given to telephones behind which a PC may stand: the standard's, and those of this device's own ports."""
    snooped: str
    """VLANs with DHCP snooping, or empty."""
    inspected: str
    """VLANs with ARP inspection, or empty: none of a school's own."""
    authenticates: bool
    powered: bool
    """It gives PoE."""
    routed_ports: bool
    """The hardware can route on a port, so that a switched port says that it does not."""
    links: tuple[LinkView, ...]
    svis: tuple[SviView, ...]
    access_lists: tuple[AccessList, ...]
    banner: tuple[str, ...]
    wlans: tuple[WlanView, ...]
    access_points: tuple[AccessPointView, ...]
    site_tags: tuple[str, ...]


def view(school: School, device: Device) -> View:
    """Everything the templates of *device* read."""
    standard = school.standard
    vlans = _vlans(school, device)
    lists = {svi.network.role: zone_list(school, svi.network) for svi in device.svis} if device.role in ROUTES else {}
    wireless = device.role == "wireless-controller"
    aps = tuple(ap for ap in school.devices if ap.role == "access-point" and ap.status == "active") if wireless else ()
    vid = standard.networks[standard.management.network].vid
    links = _links(school, device)
    svis = tuple(_svi(svi, lists.get(svi.network.role)) for svi in device.svis)
    return View(
        hostname=device.name,
        school=school.name,
        slug=school.slug,
        location=device.location,
        domain=standard.trust.domain,
        trust=standard.trust,
        management=standard.management,
        services=standard.services,
        hardening=standard.hardening,
        idle_timeout_s=standard.hardening.idle_timeout_min * 60,
        operators=tuple(sorted(standard.trust.operators)),
        management_interface=f"{LIMITS[device.platform or 'ios'].svi}{vid}",
        management_vid=vid,
        engine_id=_engine_id(device),
        snmp_location=" ".join(filter(None, (standard.services.snmp.location_prefix, school.name, device.location))),
        routes=device.role in ROUTES,
        next_hop=_next_hop(school, device),
        rapid_pvst=standard.spanning_tree.mode == "rapid-pvst",
        priority=standard.spanning_tree.root_priority.get(device.role, HIGHEST_PRIORITY),
        priority_step=standard.spanning_tree.root_priority.get(device.role, HIGHEST_PRIORITY) // PRIORITY_STEP,
        vlans=vlans,
        vid_runs=_runs(network.vid for network in vlans),
        vlan_members=tuple(_members(device, vlans, links, svis)),
        voice_vids=_voice_vids(school, device),
        snooped=vid_ranges(network.vid for network in vlans if network.dhcp_relay),
        inspected=vid_ranges(network.vid for network in vlans if network.arp_inspected),
        authenticates=any(port.profile.dot1x or port.profile.mab for port in device.ports),
        powered=bool(device.poe_budget_w),
        routed_ports=HARDWARE[device.model].routed_ports if device.model in HARDWARE else True,
        links=links,
        svis=svis,
        access_lists=tuple(found for found in lists.values() if found is not None),
        banner=tuple(standard.hardening.banner.rstrip("\n").split("\n")),
        wlans=tuple(_wlan(wlan) for wlan in school.wlans) if wireless else (),
        access_points=tuple(
            AccessPointView(ap.name, number + 1, _site_tag(school, ap), _rf_tag(school, ap))
            for number, ap in enumerate(aps)
        ),
        site_tags=tuple(sorted({_site_tag(school, ap) for ap in aps})),
    )


def _runs(vids: Iterable[int]) -> str:
    """``10,20-21,30-32``: two neighbours are a run too."""
    parts = (part.split("-") for part in vid_ranges(vids).split(",") if part)
    runs: list[list[str]] = []
    for first, *rest in parts:
        if not rest and runs and len(runs[-1]) == 1 and int(runs[-1][0]) + 1 == int(first):
            runs[-1].append(first)
        else:
            runs.append([first, *rest])
    return ",".join("-".join(run) for run in runs)


def _voice_vids(school: School, device: Device) -> tuple[int, ...]:
    roles = {profile.voice for profile in school.standard.profiles.values() if profile.voice is not None}
    own = {port.voice.vid for port in device.ports if port.voice is not None}
    return tuple(sorted({network.vid for network in school.networks if network.role in roles} | own))


def vid_ranges(vids: Iterable[int]) -> str:
    """``10,20,30-32`` as devices show it (two neighbours stay apart by a comma); empty for none."""
    runs: list[list[int]] = []
    for vid in sorted(set(vids)):
        if runs and vid == runs[-1][-1] + 1:
            runs[-1].append(vid)
        else:
            runs.append([vid])
    parts = (f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)  # noqa: PLR2004
    return ",".join(parts)


def _vlans(school: School, device: Device) -> tuple[Network, ...]:
    """The device's VLANs, and those its ports are parked in or leave untagged."""
    standard = school.standard
    roles = {standard.native, standard.parking}
    every = {network.vid: network for network in school.networks if network.role in roles}
    every.update({network.vid: network for network in device.vlans})
    return tuple(every[vid] for vid in sorted(every))


ROUTED_VID = 4001
"""The first VLAN for a routed port, on platforms that route between VLANs only; those in use are left out."""


def _members(
    device: Device, vlans: tuple[Network, ...], links: tuple[LinkView, ...], svis: tuple[SviView, ...]
) -> Iterator[VlanView]:
    whole = [link for link in links if not (link.is_member or link.is_routed)]
    natives = {link.name: link.native_vid if link.is_trunk else link.vid for link in whole}
    tags = {link.name: _vids(link.allowed) | {link.voice_vid} - {0} for link in whole}
    by_vid = {svi.network.vid: shown for svi, shown in zip(device.svis, svis, strict=True)}
    for network in vlans:
        untagged = [name for name, vid in natives.items() if vid == network.vid]
        tagged = [name for name, vids in tags.items() if network.vid in vids and natives[name] != network.vid]
        voice = any(link.voice_vid == network.vid for link in whole)
        svi = by_vid.get(network.vid)
        yield VlanView(network.vid, network.name, collapsed(untagged), collapsed(tagged), voice, svi)
    free = (vid for vid in range(ROUTED_VID, 4095) if vid not in {network.vid for network in vlans})
    for link in links:
        if link.is_routed and link.address is not None:
            vid = next(free)
            name = f"Routed-{link.name}"
            svi = SviView(f"vlan{vid}", name, link.address, relays=False, access_list="")
            yield VlanView(vid, name, link.name, "", is_voice=False, svi=svi)


def _vids(text: str) -> frozenset[int]:
    """``10,20,30-32`` or ``none``, as ``vid_ranges`` writes it, in numbers."""
    ends = (part.partition("-")[::2] for part in text.split(",")) if text != "none" else ()
    return frozenset(vid for first, last in ends for vid in range(int(first), int(last or first) + 1))


def _links(school: School, device: Device) -> tuple[LinkView, ...]:
    """LAGs first, then ports, as devices show them."""
    lags = {lag.name: lag for lag in device.lags}
    powered = bool(device.poe_budget_w)
    is_root = _is_root(school, device)
    parking = school.standard.networks[school.standard.parking].vid
    return (
        *(replace(_lag(lag), root_guarded=is_root and _leads_to_access(lag)) for lag in device.lags),
        *(
            _member(port, lags[port.lag], powered=powered and port.type in COPPER)
            if port.lag is not None
            else replace(
                _port(port, parking, powered=powered and port.type in COPPER),
                root_guarded=is_root and port.profile.mode == "trunk" and _leads_to_access(port),
            )
            for port in device.ports
        ),
    )


def _is_root(school: School, device: Device) -> bool:
    """True where *device* alone is to be the root of spanning tree.

    A second core has none of it: where the cable between the cores is lost, it hears of the root by an access switch.
    """
    bids = [
        (school.standard.spanning_tree.root_priority.get(one.role, HIGHEST_PRIORITY), one.key)
        for one in school.configured
        if one.role in ROUTES
    ]
    best = min(bids, default=(0, ""))
    return best[1] == device.key and [number for number, _ in bids].count(best[0]) == 1


def _leads_to_access(link: Port | Lag) -> bool:
    return link.peer is not None and link.peer.device_role == "access"


def _lag(lag: Lag) -> LinkView:
    return LinkView(
        name=lag.name,
        description=_described(lag.description, lag, lag.profile),
        enabled=True,
        is_trunk=True,
        is_lag=True,
        lag_number=lag.number,
        native_vid=lag.native.vid if lag.native is not None else 1,
        allowed=vid_ranges(network.vid for network in lag.allowed) or "none",
        carried=_runs(network.vid for network in lag.allowed),
        edge=lag.profile.edge,
        trusted=lag.profile.dhcp_trust,
        many_hosts=not (lag.profile.edge or lag.profile.dhcp_trust),
    )


def _member(port: Port, lag: Lag, *, powered: bool) -> LinkView:
    """A port of a LAG: the trunk's VLANs are the LAG's, because IOS shows them on the members too."""
    whole = _lag(lag)
    return LinkView(
        name=port.name,
        description=_described(port.description, port, port.profile),
        enabled=port.enabled,
        is_member=True,
        native_vid=whole.native_vid,
        allowed=whole.allowed,
        carried=whole.carried,
        lag_number=lag.number,
        poe_off=powered and port.profile.poe == "off",
    )


def _port(port: Port, parking: int, *, powered: bool) -> LinkView:
    profile = port.profile
    mode = profile.mode
    carries = mode in ("access", "trunk")
    phone = [network for network in (port.access, port.voice) if network is not None and port.voice is not None]
    return LinkView(
        name=port.name,
        description=_described(port.description, port, profile),
        enabled=port.enabled and profile.mode != "shutdown",
        is_access=mode == "access",
        is_trunk=mode == "trunk",
        is_routed=mode == "routed",
        is_parked=mode == "shutdown",
        vid=parking if mode == "shutdown" else port.access.vid if port.access is not None else 1,
        voice_vid=port.voice.vid if port.voice is not None else 0,
        native_vid=port.native.vid if port.native is not None else 1,
        allowed=vid_ranges(network.vid for network in port.allowed) or "none",
        carried=_runs(network.vid for network in (port.allowed or phone)),
        address=port.address,
        edge=profile.edge and carries,
        trusted=profile.dhcp_trust and carries,
        many_hosts=mode == "trunk" and not (profile.edge or profile.dhcp_trust),
        authenticated=(profile.dot1x or profile.mab) and mode == "access",
        dot1x=profile.dot1x,
        mab=profile.mab,
        storm=profile.storm_control_percent is not None and carries,
        storm_percent=f"{profile.storm_control_percent or 0:g}",
        storm_hundredths=f"{profile.storm_control_percent or 0:.2f}",
        storm_whole=str(math.ceil(profile.storm_control_percent or 1)),
        storm_kbps=round((profile.storm_control_percent or 0) / 100 * (speed_of_type(port.type) or 0)),
        poe_off=powered and profile.poe == "off",
        poe_priority=profile.poe if powered and profile.poe in ("high", "critical") else "",
        limits_macs=profile.max_macs is not None and not (profile.dot1x or profile.mab) and mode == "access",
        max_macs=profile.max_macs or 0,
    )


def _described(description: str, link: Port | Lag, profile: PortProfile) -> str:
    """What NetBox says; else the other end; else nothing. An unused port says so."""
    if description.strip():
        return description
    if link.peer is not None:
        return f"{link.peer.device} {link.peer.port}"
    return "unused" if profile.mode == "shutdown" else ""


def _svi(svi: Svi, access_list: AccessList | None) -> SviView:
    name = access_list.name if access_list is not None else ""
    return SviView(svi.name, svi.network.name, svi.address, access_list is not None and svi.network.dhcp_relay, name)


def _next_hop(school: School, device: Device) -> IPv4Address | None:
    """The far end of the routed port; else the gateway of the management network, unless that is the device itself."""
    for port in device.ports:
        if port.address is not None and port.peer is not None:
            return _far_end(school, port)
    own = {svi.address.ip for svi in device.svis}
    return device.management_gateway if device.management_gateway not in own else None


def _far_end(school: School, port: Port) -> IPv4Address | None:
    peer, address = port.peer, port.address
    if peer is None or address is None:
        return None
    router = school.by_name.get(peer.device)
    if router is not None:
        for far in router.ports:
            if far.name == peer.port and far.address is not None:
                return far.address.ip
    return next((host for host in address.network.hosts() if host != address.ip), None)


def _engine_id(device: Device) -> str:
    digest = hashlib.blake2b(f"{device.school} {device.id}".encode(), digest_size=6).hexdigest()
    return f"f5717f{digest}00"


def _wlan(wlan: Wlan) -> WlanView:
    security = wlan.profile.security
    return WlanView(
        name=wlan.profile_name,
        wlan_id=wlan.profile.wlan_id,
        ssid=wlan.ssid,
        vlan_name=wlan.network.name,
        enterprise=security in ("wpa2-enterprise", "wpa3-enterprise"),
        wpa3=security in ("wpa3-enterprise", "wpa3-sae", "owe"),
        sae=security == "wpa3-sae",
        psk=security == "wpa2-psk",
        owe=security == "owe",
        psk_ref=wlan.profile.psk or "",
        hidden=wlan.profile.hidden,
        isolate_clients=wlan.profile.isolate_clients,
    )


def _rf_tag(school: School, ap: Device) -> str:
    return f"RF-{school.slug}-OUTDOOR" if ap.custom.get("ap_location") == "outdoor" else f"RF-{school.slug}"


def _site_tag(school: School, ap: Device) -> str:
    """One site tag per place: the controller keeps roaming inside it. Only letters, digits and hyphens."""
    place = "".join(character if character.isascii() and character.isalnum() else "-" for character in ap.location)
    return f"SITE-{school.slug}-{place}".rstrip("-")[:32]
