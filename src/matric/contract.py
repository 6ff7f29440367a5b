"""The data contract: what a NetBox must hold so that matric can read a school out of it.

In words: docs/reference/data-contract.md.

Custom fields, roles, platforms and tags are created where they are missing; what is there is never changed, except that
a custom field of ours is given the object types it lacks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from matric.estate import Estate
from matric.intent.record import Records
from matric.intent.school import EDGE

__all__ = (
    "CONTRACT",
    "CUSTOM_FIELDS",
    "DEVICE_ROLES",
    "IPAM_ROLES",
    "PLATFORMS",
    "TAGS",
    "CustomField",
    "Entry",
    "NetBox",
    "gaps",
    "missing",
    "prepare",
)

DEVICE_ROLES = ("access", "core", "collapsed-core", "wireless-controller", "access-point", "router")
"""What a device is for; matric configures all but access points and routers."""
PLATFORMS: Mapping[str, str] = {
    "aoscx": "HPE Aruba AOS-CX",
    "aoss": "HPE Aruba AOS-S",
    "eos": "Arista EOS",
    "ios": "Cisco IOS-XE",
    "junos": "Juniper Junos EX",
}
"""Operating systems that matric writes."""
IPAM_ROLES = (
    "management", "staff", "pupil", "voice", "guest", "byod", "printer", "camera", "till", "building", "server",
    "native", "parking", "wireless", "transit",
)  # fmt: skip
"""Roles of VLANs, prefixes and ranges: those of standard.yaml, and transit between core and router."""
TAGS = ("legacy",)


class NetBox(Protocol):
    """What is needed of ``matric.netbox.Client``."""

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]: ...

    def create(self, path: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]: ...

    def update(self, path: str, objects: list[dict[str, Any]]) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class CustomField:
    """One custom field, on the models it is read from."""

    name: str
    on: tuple[str, ...]
    type: str
    label: str
    description: str
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What NetBox checks besides: validation_minimum, validation_regex."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of the contract."""

    path: str
    word: str
    key: str
    """Field that names it: name or slug."""
    payload: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.payload[self.key])

    def __str__(self) -> str:
        types = self.payload.get("object_types")
        return f"{self.word} {self.name}" + (f" on {', '.join(types)}" if types else "")


CUSTOM_FIELDS = (
    CustomField("port_profile", ("dcim.interface",), "text", "Port profile",
                "Name of a port profile in the trust's standard: pupil, staff, phone, access-point, uplink, unused"),
    CustomField("filter_policy", ("ipam.vlan", "ipam.prefix"), "text", "Filtering policy",
                "Name of the internet filtering policy that covers this network"),
    CustomField("zone", ("ipam.vlan",), "text", "Zone",
                "Of a VLAN that the school keeps its own way: the zone of the trust's standard that it is treated as"),
    CustomField("dhcp_relay", ("ipam.vlan",), "boolean", "DHCP relay",
                "Of a VLAN that the school keeps its own way: its gateway relays DHCP to the trust's servers"),
    CustomField("psk_ref", ("wireless.wirelesslan",), "text", "Key reference",
                "Where the pre-shared key is kept, for example env:BYOD_PSK. Never the key itself",
                {"validation_regex": r"^[a-z]+:[^\s]+$"}),
    CustomField("poe_budget_w", ("dcim.devicetype",), "integer", "PoE budget",
                "Power for PoE with the power supplies as bought, in watt", {"validation_minimum": 0}),
    CustomField("max_vlans", ("dcim.devicetype",), "integer", "VLAN limit",
                "VLANs the device can hold at once", {"validation_minimum": 1, "validation_maximum": 4094}),
    CustomField("support_end", ("dcim.devicetype",), "date", "End of support",
                "Last day on which the vendor ships security fixes for this model, as its notice says"),
    CustomField("wifi_generation", ("dcim.devicetype",), "integer", "Wi-Fi generation",
                "Of an access point: 4 is 802.11n, 5 is 802.11ac, 6 is 802.11ax (6E too), 7 is 802.11be",
                {"validation_minimum": 1, "validation_maximum": 9}),
    CustomField("ap_location", ("dcim.device",), "text", "Access point location",
                "indoor or outdoor: decides which channels and power are lawful",
                {"validation_regex": r"^(indoor|outdoor)$"}),
)  # fmt: skip


def _contract(ipam_roles: Iterable[str]) -> Iterator[Entry]:
    for one in CUSTOM_FIELDS:
        payload = {"name": one.name, "object_types": list(one.on), "type": one.type, "label": one.label,
                   "description": one.description, **one.more}  # fmt: skip
        yield Entry("extras/custom-fields/", "custom field", "name", payload)
    for role in DEVICE_ROLES:
        yield Entry(
            "dcim/device-roles/", "device role", "slug", {"name": _title(role), "slug": role, "color": "2196f3"}
        )
    for slug, name in PLATFORMS.items():
        yield Entry("dcim/platforms/", "platform", "slug", {"name": name, "slug": slug})
    for role in ipam_roles:
        yield Entry("ipam/roles/", "IPAM role", "slug", {"name": _title(role), "slug": role})
    for tag in TAGS:
        yield Entry("extras/tags/", "tag", "slug", {"name": tag, "slug": tag, "color": "9e9e9e"})


def _title(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


CONTRACT: tuple[Entry, ...] = tuple(_contract(IPAM_ROLES))
"""In the order in which it is created."""


@dataclass(frozen=True, slots=True)
class _Gap:
    entry: Entry
    id: int | None
    """The object that is there and lacks something; None where there is none."""
    lacks: tuple[str, ...] = ()
    """Object types a custom field has to be given."""
    wrong: str = ""
    """What only a person can put right."""

    def __str__(self) -> str:
        if self.wrong:
            return f"{self.entry.word} {self.entry.name}: {self.wrong}"
        return f"{self.entry.word} {self.entry.name} on {', '.join(self.lacks)}" if self.lacks else str(self.entry)


def missing(client: NetBox, ipam_roles: Iterable[str] = ()) -> tuple[str, ...]:
    """What *client*'s NetBox lacks, one object each; *ipam_roles* are those of the trust's standard besides ours."""
    return tuple(str(gap) for gap in _gaps(client, ipam_roles))


def prepare(client: NetBox, *, dry_run: bool = True, ipam_roles: Iterable[str] = ()) -> tuple[str, ...]:
    """Create what is missing; the objects, or with *dry_run* those that would be. Done twice is done once."""
    gaps_now = list(_gaps(client, ipam_roles))
    if dry_run:
        return tuple(str(gap) for gap in gaps_now)
    for path in dict.fromkeys(gap.entry.path for gap in gaps_now):
        new = [dict(gap.entry.payload) for gap in gaps_now if gap.entry.path == path and gap.id is None]
        if new:
            client.create(path, new)
    for gap in gaps_now:
        if gap.id is not None and gap.lacks:
            known = {row["id"]: row["object_types"] for row in client.rows(gap.entry.path)}[gap.id]
            client.update(gap.entry.path, [{"id": gap.id, "object_types": sorted({*known, *gap.lacks})}])
    return tuple(str(gap) for gap in gaps_now)


def _gaps(client: NetBox, ipam_roles: Iterable[str]) -> Iterator[_Gap]:
    entries = tuple(_contract(dict.fromkeys((*IPAM_ROLES, *ipam_roles))))
    there = {path: client.rows(path) for path in dict.fromkeys(entry.path for entry in entries)}
    for entry in entries:
        found = next((row for row in there[entry.path] if row[entry.key] == entry.name), None)
        if found is None:
            yield _Gap(entry, None)
        elif "object_types" in entry.payload:
            yield from _of_field(entry, found)


def _of_field(entry: Entry, found: Mapping[str, Any]) -> Iterator[_Gap]:
    lacks = tuple(sorted(set(entry.payload["object_types"]) - set(found["object_types"])))
    if lacks:
        yield _Gap(entry, found["id"], lacks)
    given = found["type"]["value"]
    if given not in (entry.payload["type"], "select"):
        yield _Gap(entry, found["id"], wrong=f"is of type {given}, has to be {entry.payload['type']} or select")


# ---------------------------------------------------------------------------------------------------------------------
# What the objects themselves lack


def gaps(records: Records) -> tuple[str, ...]:
    """Rows that lack what the contract asks of them, in words of the estate."""
    estate = Estate(records)
    configured = {row.id for row in records.devices if row.platform in PLATFORMS}
    said = [
        f"{estate.device(row.id)}: custom field ap_location (indoor or outdoor)"
        for row in records.devices
        if row.role == "access-point" and row.custom_fields.get("ap_location") not in ("indoor", "outdoor")
    ]
    said += [
        f"{estate.interface(row.id)}: custom field port_profile"
        for row in records.interfaces
        if row.device_id in configured and row.type != "virtual" and not row.mgmt_only
        and not row.custom_fields.get("port_profile")
    ]  # fmt: skip
    used = {row.device_type_id for row in records.devices if row.id in configured}
    said += [
        f"device type {estate.model(row.id)}: custom field max_vlans"
        for row in records.device_types
        if row.id in used and row.custom_fields.get("max_vlans") is None
    ]
    standing = {row.device_type_id for row in records.devices if row.status == "active" and row.role not in EDGE}
    said += [
        f"device type {estate.model(row.id)}: custom field support_end"
        for row in records.device_types
        if row.id in standing and not row.custom_fields.get("support_end")
    ]
    points = {row.device_type_id for row in records.devices if row.role == "access-point" and row.status == "active"}
    said += [
        f"device type {estate.model(row.id)}: custom field wifi_generation"
        for row in records.device_types
        if row.id in points and row.custom_fields.get("wifi_generation") is None
    ]
    said += [f"VLAN {row.vid} {row.name} at {estate.place(row)}: role" for row in records.vlans if row.role is None]
    said += [
        f"SSID {row.ssid} at {estate.place(row)}: custom field psk_ref"
        for row in records.wireless_lans
        if row.auth_type == "wpa-personal" and not row.custom_fields.get("psk_ref")
    ]
    return tuple(said)
