"""The rows of the trust and of one school with their relations followed: what the checks and the build read.

Nothing here assumes that the rows are right: a relation that leads nowhere is None or empty.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from matric.intent.record import (
    CableRow,
    DeviceRow,
    DeviceTypeRow,
    InterfaceRow,
    IpAddressRow,
    IpRangeRow,
    PrefixRow,
    Records,
    SiteRow,
    VlanRow,
    WirelessLanRow,
)
from matric.intent.school import NOT_CONFIGURED
from matric.intent.standard import PortProfile, Standard

__all__ = ("End", "SchoolRows", "TrustRows", "natural")

INTERFACE = "dcim.interface"
SITE = "dcim.site"


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Sort key in which sw-2 comes before sw-10."""
    parts = re.split(r"([0-9]+)", text)
    return tuple((number, int(part) if number else 0, part) for part, number in ((p, p.isdecimal()) for p in parts))


@dataclass(frozen=True, slots=True)
class End:
    """One end of a cable."""

    cable: CableRow
    device: DeviceRow
    interface: InterfaceRow


class TrustRows:
    """All rows, found by id and by what they belong to."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.sites = {row.id: row for row in records.sites}
        self.locations = {row.id: row for row in records.locations}
        self.device_types: dict[int, DeviceTypeRow] = {row.id: row for row in records.device_types}
        self.devices: dict[int, DeviceRow] = {row.id: row for row in records.devices}
        self.interfaces: dict[int, InterfaceRow] = {row.id: row for row in records.interfaces}
        self.vlans: dict[int, VlanRow] = {row.id: row for row in records.vlans}
        self.vlan_groups = {row.id: row for row in records.vlan_groups}
        self.vrfs = {row.id: row for row in records.vrfs}
        self.addresses: dict[int, IpAddressRow] = {row.id: row for row in records.ip_addresses}
        self.cables: dict[int, CableRow] = {row.id: row for row in records.cables}

    @cached_property
    def interfaces_of(self) -> dict[int, list[InterfaceRow]]:
        """Device id -> its interfaces, by name in natural order."""
        found: dict[int, list[InterfaceRow]] = defaultdict(list)
        for row in sorted(self.records.interfaces, key=lambda row: (natural(row.name), row.id)):
            found[row.device_id].append(row)
        return found

    @cached_property
    def addresses_of(self) -> dict[int, list[IpAddressRow]]:
        """Interface id -> its addresses."""
        found: dict[int, list[IpAddressRow]] = defaultdict(list)
        for row in self.records.ip_addresses:
            if row.assigned_object_type == INTERFACE and row.assigned_object_id is not None:
                found[row.assigned_object_id].append(row)
        return found

    @cached_property
    def members_of(self) -> dict[int, list[InterfaceRow]]:
        """Interface id of a LAG -> its member ports."""
        found: dict[int, list[InterfaceRow]] = defaultdict(list)
        for row in sorted(self.records.interfaces, key=lambda row: (natural(row.name), row.id)):
            if row.lag_id is not None:
                found[row.lag_id].append(row)
        return found

    @cached_property
    def far_end(self) -> dict[int, End]:
        """Interface id -> what the cable in it leads to. The first cable counts; the checks find a second one."""
        found: dict[int, End] = {}
        for cable in self.records.cables:
            for here, there in ((cable.a, cable.b), (cable.b, cable.a)):
                for one in here:
                    end = next(
                        (end for two in there if (end := self._end(cable, two.object_type, two.object_id))), None
                    )
                    if end is not None and one.object_type == INTERFACE:
                        found.setdefault(one.object_id, end)
        return found

    def _end(self, cable: CableRow, kind: str, key: int) -> End | None:
        interface = self.interfaces.get(key) if kind == INTERFACE else None
        device = self.devices.get(interface.device_id) if interface else None
        return End(cable, device, interface) if device is not None and interface is not None else None

    def site_of_address(self, row: IpAddressRow) -> SiteRow | None:
        interface = self.interfaces.get(row.assigned_object_id or 0)
        device = self.devices.get(interface.device_id) if interface else None
        return self.sites.get(device.site_id) if device else None

    def site_of_vlan(self, row: VlanRow) -> int | None:
        """Site id of a VLAN: its own, or that of its group."""
        if row.site_id is not None:
            return row.site_id
        group = self.vlan_groups.get(row.group_id or 0)
        return group.scope_id if group and group.scope_type == SITE else None

    def site_of_prefix(self, row: PrefixRow) -> int | None:
        """Site id of a prefix: its scope, or the site of its VLAN."""
        if row.scope_type == SITE:
            return row.scope_id
        vlan = self.vlans.get(row.vlan_id or 0)
        return self.site_of_vlan(vlan) if vlan else None

    def vrf(self, key: int | None) -> str:
        """Name of a VRF for people; the trust's own routing domain has none."""
        row = self.vrfs.get(key or 0)
        return row.name if row else "global"


class SchoolRows:
    """The rows of one school."""

    def __init__(self, trust: TrustRows, standard: Standard, site: SiteRow) -> None:
        self.trust, self.standard, self.site = trust, standard, site
        records = trust.records
        self.devices = sorted(
            (row for row in records.devices if row.site_id == site.id),
            key=lambda row: (natural(row.name or ""), row.id),
        )
        self.vlans = sorted(
            (row for row in records.vlans if trust.site_of_vlan(row) == site.id), key=lambda row: (row.vid, row.id)
        )
        self.prefixes = [row for row in records.prefixes if trust.site_of_prefix(row) == site.id]
        self.wireless_lans: list[WirelessLanRow] = [
            row for row in records.wireless_lans if row.scope_type == SITE and row.scope_id == site.id
        ]

    @cached_property
    def vlan_of_role(self) -> dict[str, VlanRow]:
        """Network role -> the school's VLAN of this role, the lowest id if there are several."""
        found: dict[str, VlanRow] = {}
        for row in self.vlans:
            if row.role is not None:
                found.setdefault(row.role, row)
        return found

    @cached_property
    def prefixes_of_vlan(self) -> dict[int, list[PrefixRow]]:
        """VLAN id (NetBox) -> its prefixes."""
        found: dict[int, list[PrefixRow]] = defaultdict(list)
        for row in self.prefixes:
            if row.vlan_id is not None:
                found[row.vlan_id].append(row)
        return found

    @cached_property
    def configured(self) -> list[DeviceRow]:
        """Devices matric writes, or would if they named a platform."""
        return [row for row in self.devices if row.role not in NOT_CONFIGURED]

    def interfaces(self, device: DeviceRow) -> list[InterfaceRow]:
        return self.trust.interfaces_of.get(device.id, [])

    def ranges(self) -> Iterable[IpRangeRow]:
        return self.trust.records.ip_ranges

    def profile_name(self, row: InterfaceRow) -> str:
        return str(row.custom_fields.get("port_profile") or "")

    def profile(self, row: InterfaceRow) -> PortProfile | None:
        return self.standard.profiles.get(self.profile_name(row))

    def own_voice(self, row: InterfaceRow) -> bool:
        """Whether *row* is an access port with one VLAN of the school's own tagged, for telephones.

        NetBox lets no port of mode access have a tagged VLAN, so such a port has the mode tagged there.
        """
        profile = self.profile(row)
        if profile is None or profile.mode != "access" or row.mode != "tagged" or row.untagged_vlan_id is None:
            return False
        tagged = [vlan for key in row.tagged_vlan_ids if (vlan := self.trust.vlans.get(key)) is not None]
        return len(tagged) == 1 and (tagged[0].role or "") not in self.standard.networks

    def label(self, row: DeviceRow | InterfaceRow) -> str:
        """``sw-07 (#207)`` or ``sw-07/Gi1/0/3 (#412)``: how a message names the row."""
        if isinstance(row, DeviceRow):
            return f"{row.name or 'device'} (#{row.id})"
        device = self.trust.devices.get(row.device_id)
        return f"{(device.name if device else None) or 'device'}/{row.name} (#{row.id})"
