"""Snapshot and standard, joined into a School.

What the rows leave open is read in one way only, stated in docs/reference/data-contract.md:
a network's role is its VLAN's NetBox role; a port's purpose is its custom field ``port_profile``; a voice VLAN
comes from the profile; the gateway of a prefix is its first host; VLANs of a LAG stand on the LAG, not on its members.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from matric.errors import BadInput, Problem
from matric.intent import check, own_ssid
from matric.intent.check_address import network
from matric.intent.limit import LIMITS
from matric.intent.record import DeviceRow, InterfaceRow, Records, SiteRow, VlanRow
from matric.intent.rows import SchoolRows, TrustRows, natural
from matric.intent.school import EDGE, Device, Lag, Network, Peer, Port, School, Svi, Wlan
from matric.intent.standard import PortProfile, Standard

__all__ = ("school", "schools")

CORE_ROLES = ("collapsed-core", "core")


def school(records: Records, standard: Standard, slug: str, trust: TrustRows | None = None) -> School:
    """The school *slug*; BadInput with every problem if its rows cannot be used.

    *trust* is the same records with their relations followed, where somebody has them.
    """
    rows = trust or TrustRows(records)
    errors = [problem for problem in check.problems(records, standard, slug, rows) if not problem.warning]
    if errors:
        raise BadInput(errors)
    return _built(rows, standard, slug)


def schools(records: Records, standard: Standard) -> tuple[School, ...]:
    """Every school that has a block in the standard's address plan and a site in the snapshot, by slug."""
    known = {row.slug for row in records.sites}
    slugs = sorted(slug for slug in standard.addresses.schools if slug in known)
    errors: dict[Problem, None] = {}
    trust = TrustRows(records)
    for slug in slugs:
        errors |= {problem: None for problem in check.problems(records, standard, slug, trust) if not problem.warning}
    if errors:
        raise BadInput(list(errors))
    return tuple(_built(trust, standard, slug) for slug in slugs)


def _built(trust: TrustRows, standard: Standard, slug: str) -> School:
    site = next(row for row in trust.records.sites if row.slug == slug)
    return _Builder(trust, standard, site).school()


class _Builder:
    """One school being built from rows that have passed the checks."""

    def __init__(self, trust: TrustRows, standard: Standard, site: SiteRow) -> None:
        self.trust, self.standard, self.site = trust, standard, site
        self.rows = SchoolRows(trust, standard, site)

    def school(self) -> School:
        devices = tuple(self._device(row) for row in self.rows.devices if row.role not in EDGE)
        return School(
            id=self.site.id,
            name=self.site.name,
            slug=self.site.slug,
            block=self.standard.addresses.schools[self.site.slug],
            standard=self.standard,
            devices=devices,
            networks=tuple(self.networks.values()),
            wlans=self._wlans(),
            legacy=tuple(
                sorted(found for row in self.rows.prefixes if "legacy" in row.tags and (found := network(row.prefix)))
            ),
            foreign=self._foreign(),
            entry=_entry(devices),
            time_zone=self.site.time_zone,
            custom=_texts(self.site.custom_fields),
        )

    @cached_property
    def networks(self) -> dict[int, Network]:
        """NetBox id of a VLAN -> the network, by VLAN id."""
        return {row.id: self._network(row) for row in self.rows.vlans}

    @cached_property
    def by_role(self) -> dict[str, Network]:
        return {one.role: one for one in reversed(self.networks.values())}

    def _network(self, row: VlanRow) -> Network:
        role = self.standard.networks.get(row.role or "")
        live = [
            prefix
            for prefix in self.rows.prefixes_of_vlan.get(row.id, ())
            if prefix.status == "active" and ":" not in prefix.prefix
        ]
        prefix = IPv4Network(live[0].prefix) if live else None
        held = None if role or prefix is None else self._held(row.vid, prefix)
        return Network(
            id=row.id,
            role=row.role or "",
            vid=row.vid,
            name=row.name,
            # A VLAN of the school's own is treated as the zone it names; the checks refuse one the standard has not.
            zone=role.zone if role else str(row.custom_fields.get("zone") or "") or None,
            prefix=prefix,
            prefix_id=live[0].id if live else None,
            gateway=held or (prefix[1] if prefix else None),
            dhcp_relay=role.dhcp_relay if role else row.custom_fields.get("dhcp_relay") is True,
            # NetBox decides which policy a school's network has: the standard's own value is a proposal only.
            filter_policy=str(row.custom_fields.get("filter_policy") or "") or None,
            own=role is None,
        )

    def _held(self, vid: int, prefix: IPv4Network) -> IPv4Address | None:
        """The address that the school's one SVI of VLAN *vid* has in *prefix*: hosts know it as their gateway."""
        found = {
            address.ip
            for device in self.rows.configured
            for one in self.rows.interfaces(device)
            if one.type == "virtual" and one.name.lower() in _svis(vid)
            if (address := self._address(one.id)) is not None and address.ip in prefix
        }
        return found.pop() if len(found) == 1 else None

    def _wlans(self) -> tuple[Wlan, ...]:
        profiles = own_ssid.profiled(self.rows)
        found: list[Wlan] = []
        for row in self.rows.wireless_lans:
            name, profile = profiles[row.id]
            lands_on = self.networks[row.vlan_id or 0]
            found.append(Wlan(id=row.id, profile_name=name, profile=profile, ssid=row.ssid, network=lands_on))
        return tuple(sorted(found, key=lambda wlan: wlan.profile.wlan_id))

    def _foreign(self) -> tuple[tuple[str, IPv4Network], ...]:
        found: set[tuple[str, IPv4Network]] = set()
        for row in self.trust.records.prefixes:
            key = self.trust.site_of_prefix(row)
            other = self.trust.sites.get(key or 0)
            prefix = network(row.prefix)
            if prefix is not None and other is not None and other.id != self.site.id and row.vrf_id is None:
                found.add((other.slug, prefix))
        return tuple(sorted(found))

    # Devices.

    def _device(self, row: DeviceRow) -> Device:
        interfaces = [one for one in self.rows.interfaces(row) if not one.mgmt_only]
        device_type = self.trust.device_types[row.device_type_id]
        primary = self.trust.addresses.get(row.primary_ip4_id or 0)
        management = IPv4Interface(primary.address) if primary and ":" not in primary.address else None
        ports = tuple(self._port(one) for one in interfaces if one.type not in ("lag", "virtual"))
        lags = tuple(self._lag(one) for one in interfaces if one.type == "lag")
        svis = tuple(svi for one in interfaces if (svi := self._svi(one)))
        return Device(
            id=row.id,
            name=row.name or "",
            school=self.site.slug,
            role=row.role,
            platform=row.platform,
            model=device_type.model,
            serial=row.serial,
            status=row.status,
            location=self._location(row.location_id),
            management=management,
            management_gateway=self._gateway(row, management, ports),
            ports=ports,
            lags=lags,
            svis=svis,
            vlans=_vlans(ports, lags, svis),
            max_vlans=_whole(device_type.custom_fields.get("max_vlans")),
            poe_budget_w=_number(device_type.custom_fields.get("poe_budget_w")),
            custom=_texts(row.custom_fields),
            model_custom=_texts(device_type.custom_fields),
        )

    def _location(self, key: int | None) -> str:
        """``Main / Server room``."""
        names: list[str] = []
        while key is not None and (row := self.trust.locations.get(key)) is not None and len(names) < 10:  # noqa: PLR2004
            names.insert(0, row.name)
            key = row.parent_id
        return " / ".join(names)

    def _gateway(self, row: DeviceRow, management: IPv4Interface | None, ports: tuple[Port, ...]) -> IPv4Address | None:
        """The next hop of the device's default route: the router on a routed port, else the gateway of management."""
        if management is None or row.role in ("router", "access-point"):
            return None
        for port in ports:
            if port.profile.mode == "routed" and port.peer is not None:
                far = self._address(self.trust.far_end[port.id].interface.id)
                return far.ip if far else None
        own = str(row.custom_fields.get("default_gateway") or "")
        if own:
            return IPv4Interface(own).ip
        home = self.by_role.get(self.standard.management.network)
        return home.gateway if home else None

    def _peer(self, port: InterfaceRow) -> Peer | None:
        end = self.trust.far_end.get(port.id)
        if end is None:
            return None
        return Peer(
            device=end.device.name or "",
            device_id=end.device.id,
            device_role=end.device.role,
            port=end.interface.name,
            cable_id=end.cable.id,
        )

    def _port(self, row: InterfaceRow) -> Port:
        profile_name, profile = self._profile(row)
        untagged = self.networks.get(row.untagged_vlan_id or 0)
        access = untagged or self.by_role.get(profile.network or "")
        trunk = profile.mode == "trunk"
        lag = self.trust.interfaces.get(row.lag_id or 0)
        return Port(
            id=row.id,
            name=row.name,
            type=row.type,
            enabled=row.enabled,
            profile_name=profile_name,
            profile=profile,
            description=row.description,
            access=access if profile.mode in ("access", "shutdown") else None,
            voice=self._voice(row, profile) if profile.mode == "access" else None,
            native=untagged if trunk else None,
            allowed=self._tagged(row) if trunk else (),
            lag=lag.name if lag else None,
            peer=self._peer(row),
            address=self._address(row.id),
        )

    def _voice(self, row: InterfaceRow, profile: PortProfile) -> Network | None:
        """The network of telephones in front of a host: the one tagged there, else that of the profile."""
        return next(iter(self._tagged(row)), None) or self.by_role.get(profile.voice or "")

    def _address(self, interface: int) -> IPv4Interface | None:
        """The first IPv4 address of an interface."""
        rows = self.trust.addresses_of.get(interface, [])
        return next((IPv4Interface(row.address) for row in rows if ":" not in row.address), None)

    def _lag(self, row: InterfaceRow) -> Lag:
        profile_name, profile = self._profile(row)
        members = self.trust.members_of.get(row.id, [])
        return Lag(
            id=row.id,
            name=row.name,
            number=_trailing(row.name),
            profile_name=profile_name,
            profile=profile,
            description=row.description,
            members=tuple(member.name for member in members),
            native=self.networks.get(row.untagged_vlan_id or 0),
            allowed=self._tagged(row),
            peer=next((peer for member in members if (peer := self._peer(member))), None),
        )

    def _svi(self, row: InterfaceRow) -> Svi | None:
        address = self._address(row.id)
        home = next((one for one in self.networks.values() if row.name.lower() in _svis(one.vid)), None)
        if row.type != "virtual" or address is None or home is None:
            return None
        return Svi(id=row.id, name=row.name, network=home, address=address)

    def _profile(self, row: InterfaceRow) -> tuple[str, PortProfile]:
        """The port's profile; on a device matric does not write, a stand-in that says so."""
        name = self.rows.profile_name(row)
        return name, self.standard.profiles.get(name, NO_PROFILE)

    def _tagged(self, row: InterfaceRow) -> tuple[Network, ...]:
        found = [self.networks[key] for key in row.tagged_vlan_ids if key in self.networks]
        return tuple(sorted(found, key=lambda one: one.vid))


NO_PROFILE = PortProfile(description="Not configured by matric", mode="shutdown", edge=False)


def _vlans(ports: tuple[Port, ...], lags: tuple[Lag, ...], svis: tuple[Svi, ...]) -> tuple[Network, ...]:
    """Every VLAN that a port, LAG or SVI of the device names: its own, and what passes through."""
    found = {svi.network for svi in svis}
    for port in ports:
        found |= {one for one in (port.access, port.voice, port.native, *port.allowed) if one is not None}
    for lag in lags:
        found |= {one for one in (lag.native, *lag.allowed) if one is not None}
    return tuple(sorted(found, key=lambda one: one.vid))


def _entry(devices: tuple[Device, ...]) -> str:
    """The device the router is cabled to, else the core."""
    for device in devices:
        if device.configured and any(port.peer and port.peer.device_role == "router" for port in device.ports):
            return device.name
    cores = [device for device in devices if device.role in CORE_ROLES]
    return min(cores, key=lambda device: natural(device.name)).name if cores else ""


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Custom fields as text, without those that hold nothing."""
    return {key: str(value) for key, value in sorted(fields.items()) if value is not None}


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _trailing(name: str) -> int:
    """The number a LAG's name ends with."""
    found = re.search(r"[0-9]+$", name)
    if found is None:
        raise ValueError(f"{name!r}: a LAG without a number")
    return int(found[0])


def _svis(vid: int) -> frozenset[str]:
    """Names of a VLAN's layer-3 interface, in lower case, as the platforms write it."""
    return frozenset(f"{limit.svi}{vid}".lower() for limit in LIMITS.values())


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
