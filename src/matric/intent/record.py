"""Rows of the snapshot, in NetBox's own terms and with NetBox's own ids.

Each class is one NetBox model, flattened: a relation is the other row's id (``*_id``), a choice is its
plain value (``"1000base-t"``), custom fields are a dict. Sources: NetBox 4.6 data model, and the data
contract in docs/reference/data-contract.md for the custom fields.
"""

from collections.abc import Iterator
from typing import Any

from matric.intent.base import Model

__all__ = (
    "CableRow",
    "DeviceRow",
    "DeviceTypeRow",
    "InterfaceRow",
    "IpAddressRow",
    "IpRangeRow",
    "LocationRow",
    "PrefixRow",
    "Records",
    "SiteRow",
    "TerminationRow",
    "VlanGroupRow",
    "VlanRow",
    "VrfRow",
    "WirelessLanRow",
)

CustomFields = dict[str, Any]


class Row(Model):
    """What every NetBox object has."""

    id: int
    last_updated: str = ""
    """ISO 8601 in UTC as NetBox gives it; left out of the digest."""
    tags: tuple[str, ...] = ()
    custom_fields: CustomFields = {}  # noqa: RUF012  pydantic copies it


class SiteRow(Row):
    """dcim.site: a school."""

    name: str
    slug: str
    status: str
    description: str = ""
    time_zone: str = "Europe/London"


class LocationRow(Row):
    """dcim.location: a building, floor or room of a school."""

    name: str
    slug: str
    site_id: int
    parent_id: int | None = None


class DeviceTypeRow(Row):
    """dcim.devicetype: a model. Custom fields: poe_budget_w (watt), max_vlans, support_end (date), wifi_generation."""

    manufacturer: str
    model: str
    slug: str


class DeviceRow(Row):
    """dcim.device: a switch, wireless controller, access point, router, or fixed equipment at the edge."""

    name: str | None
    site_id: int
    location_id: int | None = None
    role: str
    """Slug of the device role: access, core, collapsed-core, wireless-controller, access-point, router; of ``EDGE``."""
    device_type_id: int
    platform: str | None = None
    """Slug of the platform: eos or ios for what matric configures; None on access points."""
    serial: str = ""
    status: str
    primary_ip4_id: int | None = None
    primary_ip6_id: int | None = None
    virtual_chassis_id: int | None = None
    vc_position: int | None = None
    description: str = ""


class InterfaceRow(Row):
    """dcim.interface: a port, LAG or SVI. Custom field: port_profile (name in standard.yaml)."""

    device_id: int
    name: str
    type: str
    """NetBox interface type: 1000base-t, 10gbase-x-sfpp, lag, virtual, ieee802.11ax, ..."""
    enabled: bool = True
    mgmt_only: bool = False
    mode: str | None = None
    """access, tagged, tagged-all or None."""
    untagged_vlan_id: int | None = None
    tagged_vlan_ids: tuple[int, ...] = ()
    lag_id: int | None = None
    description: str = ""
    mtu: int | None = None
    speed: int | None = None
    """kbit/s."""
    duplex: str | None = None
    poe_mode: str | None = None
    poe_type: str | None = None


class TerminationRow(Model):
    """One end of a cable."""

    object_type: str
    """dcim.interface for every end matric follows."""
    object_id: int


class CableRow(Row):
    """dcim.cable."""

    type: str | None = None
    status: str = "connected"
    label: str = ""
    a: tuple[TerminationRow, ...]
    b: tuple[TerminationRow, ...]


class VlanGroupRow(Row):
    """ipam.vlangroup, scoped to a site."""

    name: str
    slug: str
    scope_type: str | None = None
    scope_id: int | None = None


class VlanRow(Row):
    """ipam.vlan. Custom fields: filter_policy (name of the internet filtering policy), zone and dhcp_relay (of the
    school's own).
    """

    vid: int
    name: str
    status: str
    site_id: int | None = None
    group_id: int | None = None
    role: str | None = None
    """Slug of the IPAM role: a VLAN role of standard.yaml (pupil, staff, voice, management, ...)."""
    description: str = ""


class VrfRow(Row):
    """ipam.vrf."""

    name: str
    rd: str | None = None


class PrefixRow(Row):
    """ipam.prefix."""

    prefix: str
    status: str
    """container, active, reserved, deprecated; ``legacy`` is tag ``legacy`` on a deprecated prefix."""
    vlan_id: int | None = None
    vrf_id: int | None = None
    role: str | None = None
    scope_type: str | None = None
    scope_id: int | None = None
    description: str = ""


class IpRangeRow(Row):
    """ipam.iprange: a DHCP pool."""

    start_address: str
    end_address: str
    status: str
    vrf_id: int | None = None
    role: str | None = None
    description: str = ""


class IpAddressRow(Row):
    """ipam.ipaddress."""

    address: str
    status: str
    role: str | None = None
    vrf_id: int | None = None
    assigned_object_type: str | None = None
    assigned_object_id: int | None = None
    dns_name: str = ""
    description: str = ""


class WirelessLanRow(Row):
    """wireless.wirelesslan. Custom field: psk_ref (a secret reference, never the key itself)."""

    ssid: str
    status: str
    vlan_id: int | None = None
    auth_type: str | None = None
    auth_cipher: str | None = None
    scope_type: str | None = None
    scope_id: int | None = None
    group: str | None = None
    description: str = ""


class Records(Model):
    """Everything the snapshot holds; the field names are the snapshot's file names."""

    sites: tuple[SiteRow, ...] = ()
    locations: tuple[LocationRow, ...] = ()
    device_types: tuple[DeviceTypeRow, ...] = ()
    devices: tuple[DeviceRow, ...] = ()
    interfaces: tuple[InterfaceRow, ...] = ()
    cables: tuple[CableRow, ...] = ()
    vlan_groups: tuple[VlanGroupRow, ...] = ()
    vlans: tuple[VlanRow, ...] = ()
    vrfs: tuple[VrfRow, ...] = ()
    prefixes: tuple[PrefixRow, ...] = ()
    ip_ranges: tuple[IpRangeRow, ...] = ()
    ip_addresses: tuple[IpAddressRow, ...] = ()
    wireless_lans: tuple[WirelessLanRow, ...] = ()

    def tables(self) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Each table's name and rows, in the order above."""
        for name in type(self).model_fields:
            yield name, getattr(self, name)
