"""The models of NetBox 4.6 this stand-in serves, field for field as its REST API shows them."""

from typing import TYPE_CHECKING

from matric.lab.netbox import choice as of
from matric.lab.netbox.counting import (
    address_range_size,
    children,
    count,
    counted_scope,
    depth,
    family,
    network_depth,
    none,
    zero,
)
from matric.lab.netbox.model import (
    Field,
    Kind,
    Model,
    Row,
    absent,
    boolean,
    choice,
    integer,
    many,
    number,
    plain,
    relation,
    slug,
    text,
)

if TYPE_CHECKING:
    from matric.lab.netbox.store import Store

__all__ = ("BY_NAME", "BY_PATH", "MODELS")

HEAD = ("id", "url", "display")
NAMED = (*HEAD, "name", "slug", "description")
NESTED = ("id", "url", "display_url", "display", "name", "slug")
ABOUT = (text("description", 200), text("comments"), *absent("owner"))
COLOUR = "9e9e9e"
SCOPE = (plain("scope_type"), plain("scope_id"))


def _name(longest: int = 100) -> Field:
    return text("name", longest, required=True)


def _vlan(_store: "Store", row: Row) -> str:
    return f"{row['name']} ({row['vid']})"


def _device(store: "Store", row: Row) -> str:
    return str(row["name"] or f"{store.display('dcim.devicetype', row['device_type'])} ({row['id']})")


def _entry(_store: "Store", row: Row) -> str:
    return f"{row['created'][:16].replace('T', ' ')} ({of.JOURNAL_KIND[row['kind']]})"


def _vrf(_store: "Store", row: Row) -> str:
    return f"{row['name']} ({row['rd']})" if row["rd"] else str(row["name"])


def _mac(store: "Store", row: Row) -> str | None:
    key = row["primary_mac_address"]
    return str(store.get("dcim.macaddress", key)["mac_address"]) if key else None


def _custom_field(_store: "Store", row: Row) -> str:
    return str(row["label"] or row["name"].replace("_", " ").capitalize())


def _range(_store: "Store", row: Row) -> str:
    """NetBox leaves out of the end what it shares with the start: 10.1.20.10-99/24."""
    start, (end, _, mask) = row["start_address"].partition("/")[0], row["end_address"].partition("/")
    sign = "." if "." in start else ":"
    first, last = start.split(sign), end.split(sign)
    shared = 0
    while shared < len(last) - 1 and shared < len(first) and first[shared] == last[shared]:
        shared += 1
    return f"{start}-{sign.join(last[shared:])}/{mask}"


def _total(_store: "Store", row: Row) -> int:
    return sum(last - first + 1 for first, last in row["vid_ranges"])


def _used(store: "Store", row: Row) -> str:
    return str(round(100 * len(store.leading("ipam.vlan", "group", row["id"])) / (_total(store, row) or 1), 2))


ORGANISATION = (
    Model("dcim.site", "dcim/sites", "Site", "site", (
        _name(), slug(), choice("status", of.SITE_STATUS, "active"), *absent("region", "group", "tenant"),
        text("facility", 50), text("time_zone", null=True), text("physical_address", 200),
        text("shipping_address", 200),
        number("latitude", -90, 90), number("longitude", -180, 180), *absent("asns", shown=[]), *ABOUT,
    ), NAMED, computed={
        "circuit_count": zero, "rack_count": zero, "virtualmachine_count": zero,
        "device_count": count("dcim.device", "site"), "vlan_count": count("ipam.vlan", "site"),
        "prefix_count": counted_scope("ipam.prefix", "dcim.site"),
    }, unique=(("name",), ("slug",))),
    Model("dcim.location", "dcim/locations", "Location", "location", (
        _name(), slug(), relation("site", "dcim.site", required=True), relation("parent", "dcim.location", nested=True),
        choice("status", of.SITE_STATUS, "active"), *absent("tenant"), text("facility", 50), *ABOUT,
    ), (*NAMED, "rack_count", "_depth"), (*NESTED, "_depth"), computed={
        "rack_count": zero, "device_count": count("dcim.device", "location"), "_depth": depth("dcim.location"),
        "prefix_count": counted_scope("ipam.prefix", "dcim.location"),
    }, unique=(("site", "parent", "name"), ("site", "parent", "slug")), order=("site", "name")),
    Model("dcim.manufacturer", "dcim/manufacturers", "Manufacturer", "manufacturer", (
        _name(), slug(), *ABOUT,
    ), NAMED, computed={
        "devicetype_count": count("dcim.devicetype", "manufacturer"), "moduletype_count": zero,
        "inventoryitem_count": zero,
        "platform_count": count("dcim.platform", "manufacturer"),
    }, unique=(("name",), ("slug",))),
    Model("dcim.devicetype", "dcim/device-types", "DeviceType", "device type", (
        relation("manufacturer", "dcim.manufacturer", required=True), relation("default_platform", "dcim.platform"),
        text("model", 100, required=True), slug(), text("part_number", 50), number("u_height", 0, 1000, default=1.0),
        boolean("exclude_from_utilization"), boolean("is_full_depth", default=True),
        choice("subdevice_role", of.SUBDEVICE_ROLE), choice("airflow", of.AIRFLOW), number("weight"),
        choice("weight_unit", of.WEIGHT_UNIT), *absent("front_image", "rear_image"), *ABOUT,
    ), (*HEAD, "manufacturer", "model", "slug", "description", "device_count"),
        display=lambda _, row: row["model"], computed={
        "device_count": count("dcim.device", "device_type"),
        **{f"{part}_template_count": zero for part in (
            "console_port", "console_server_port", "power_port", "power_outlet", "interface", "front_port", "rear_port",
            "device_bay", "module_bay", "inventory_item",
        )},
    }, unique=(("manufacturer", "model"), ("manufacturer", "slug")), order=("manufacturer", "model")),
    Model("dcim.devicerole", "dcim/device-roles", "DeviceRole", "device role", (
        _name(), slug(), text("color", 6), boolean("vm_role", default=True), *absent("config_template"),
        relation("parent", "dcim.devicerole", nested=True), *ABOUT,
    ), (*NAMED, "device_count", "virtualmachine_count", "_depth"), (*NESTED, "_depth"), computed={
        "device_count": count("dcim.device", "role"), "virtualmachine_count": zero, "_depth": depth("dcim.devicerole"),
    }, briefly={"device_count": 0}, unique=(("parent", "name"), ("parent", "slug"))),
    Model("dcim.platform", "dcim/platforms", "Platform", "platform", (
        _name(), slug(), relation("manufacturer", "dcim.manufacturer"), *absent("config_template"),
        relation("parent", "dcim.platform", nested=True), *ABOUT,
    ), (*NAMED, "device_count", "virtualmachine_count", "_depth"), (*NESTED, "_depth"), computed={
        "device_count": count("dcim.device", "platform"), "virtualmachine_count": zero,
        "_depth": depth("dcim.platform"),
    }, briefly={"device_count": 0}, unique=(("manufacturer", "name"), ("manufacturer", "slug"))),
)  # fmt: skip

DEVICES = (
    Model("dcim.device", "dcim/devices", "Device", "device", (
        text("name", 64, null=True), relation("device_type", "dcim.devicetype", required=True),
        relation("role", "dcim.devicerole", required=True), relation("platform", "dcim.platform"), text("serial", 50),
        text("asset_tag", 50, null=True), relation("site", "dcim.site", required=True),
        relation("location", "dcim.location"),
        *absent("tenant", "rack", "oob_ip", "cluster", "config_template", "local_context_data"),
        number("position", 0.5, 1000), choice("face", of.FACE), number("latitude", -90, 90),
        number("longitude", -180, 180), choice("status", of.DEVICE_STATUS, "active"), choice("airflow", of.AIRFLOW),
        relation("primary_ip4", "ipam.ipaddress"), relation("primary_ip6", "ipam.ipaddress"),
        relation("virtual_chassis", "dcim.virtualchassis"), integer("vc_position", 0, 255),
        integer("vc_priority", 0, 255),
        *ABOUT,
    ), (*HEAD, "name", "description"), ("id", "url", "display_url", "display", "name"),
        display=_device,
        computed={
        "config_context": lambda _store, _row: {}, "parent_device": none,
        "interface_count": count("dcim.interface", "device"),
        **{f"{part}_count": zero for part in (
            "console_port", "console_server_port", "power_port", "power_outlet", "front_port", "rear_port",
            "device_bay", "module_bay", "inventory_item",
        )},
    }, unique=(("name", "site"), ("asset_tag",)), order=("name", "id"),
        sequential=True),
    Model("dcim.interface", "dcim/interfaces", "Interface", "interface", (
        relation("device", "dcim.device", required=True, cascade=True), *absent("module", "wwn", "rf_channel"),
        *absent("qinq_svlan", "vlan_translation_policy"), relation("primary_mac_address", "dcim.macaddress"),
        *absent("vdcs", shown=[]),
        text("name", 64, required=True), text("label", 64), choice("type", of.INTERFACE_TYPE, required=True),
        boolean("enabled", default=True), relation("parent", "dcim.interface", nested=True),
        relation("bridge", "dcim.interface", nested=True), relation("lag", "dcim.interface", nested=True),
        integer("mtu", 1, 65536), integer("speed", 0, 2**63 - 1), choice("duplex", of.DUPLEX), boolean("mgmt_only"),
        text("description", 200), *absent("owner"), choice("mode", of.MODE), choice("rf_role", of.RF_ROLE),
        choice("poe_mode", of.POE_MODE), choice("poe_type", of.POE_TYPE), number("rf_channel_frequency"),
        number("rf_channel_width"), integer("tx_power", -40, 127), relation("untagged_vlan", "ipam.vlan"),
        many("tagged_vlans", "ipam.vlan"), boolean("mark_connected"), many("wireless_lans", "wireless.wirelesslan"),
        relation("vrf", "ipam.vrf"),
    ), (*HEAD, "device", "name", "description", "cable", "_occupied"),
        ("id", "url", "display_url", "display", "device", "name", "cable", "_occupied"), computed={
        "count_ipaddresses": lambda store, row: len(store.assigned("dcim.interface", row["id"])),
        "count_fhrp_groups": zero, "l2vpn_termination": none, "wireless_link": none, "mac_address": _mac,
        "mac_addresses": lambda store, row: store.macs(row["id"]),
    }, unique=(("device", "name"),), order=("device", "name")),
    Model("dcim.macaddress", "dcim/mac-addresses", "MACAddress", "MAC address", (
        text("mac_address", 17, required=True), plain("assigned_object_type"), plain("assigned_object_id"), *ABOUT,
    ), (*HEAD, "mac_address", "description"), display=lambda _, row: row["mac_address"], order=("mac_address", "id")),
    Model("dcim.cable", "dcim/cables", "Cable", "cable", (
        choice("type", of.CABLE_TYPE, bare=True), plain("a_terminations", []), plain("b_terminations", []),
        choice("status", of.CABLE_STATUS, "connected"), choice("profile", of.CABLE_PROFILE),
        *absent("tenant", "bundle"),
        text("label", 100), text("color", 6), number("length"), choice("length_unit", of.LENGTH_UNIT), *ABOUT,
    ), (*HEAD, "label", "description"), display=lambda _, row: row["label"] or f"#{row['id']}", order=("id",)),
    Model("dcim.virtualchassis", "dcim/virtual-chassis", "VirtualChassis", "virtual chassis", (
        _name(64), text("domain", 30), relation("master", "dcim.device", nested=True), *ABOUT,
    ), (*HEAD, "name", "master", "description", "member_count"), computed={
        "member_count": count("dcim.device", "virtual_chassis"), "members": lambda _store, _row: [],
    }),
)  # fmt: skip

ADDRESSES = (
    Model("ipam.role", "ipam/roles", "Role", "role", (
        _name(), slug(), integer("weight", 0, 32767, default=1000), *ABOUT,
    ), NAMED, computed={
        "prefix_count": count("ipam.prefix", "role"), "vlan_count": count("ipam.vlan", "role"), "asn_count": zero,
    }, unique=(("name",), ("slug",)), order=("weight", "name")),
    Model("ipam.vlangroup", "ipam/vlan-groups", "VLANGroup", "VLAN group", (
        _name(), slug(), *SCOPE, Field("vid_ranges", Kind.PLAIN, default=[[1, 4094]]), *absent("tenant"), *ABOUT,
    ), NAMED, computed={
        "vlan_count": count("ipam.vlan", "group"), "total_vlan_ids": _total, "utilization": _used,
    }, unique=(("scope_type", "scope_id", "name"), ("scope_type", "scope_id", "slug")), scoped=True),
    Model("ipam.vlan", "ipam/vlans", "VLAN", "VLAN", (
        relation("site", "dcim.site"), relation("group", "ipam.vlangroup"), integer("vid", 1, 4094, required=True),
        _name(64),
        choice("status", of.VLAN_STATUS, "active"), relation("role", "ipam.role"), *absent("tenant", "qinq_svlan"),
        choice("qinq_role", of.QINQ_ROLE), *ABOUT,
    ), (*HEAD, "vid", "name", "description"), ("id", "url", "display", "vid", "name", "description"), display=_vlan,
        computed={"prefix_count": count("ipam.prefix", "vlan"), "l2vpn_termination": none},
        unique=(("group", "vid"), ("group", "name")), order=("site", "group", "vid", "id")),
    Model("ipam.vrf", "ipam/vrfs", "VRF", "VRF", (
        _name(), text("rd", 21, null=True), *absent("tenant"), boolean("enforce_unique", default=True), *ABOUT,
        *absent("import_targets", "export_targets", shown=[]),
    ), (*HEAD, "name", "rd", "description"), display=_vrf,
        computed={"ipaddress_count": count("ipam.ipaddress", "vrf"), "prefix_count": count("ipam.prefix", "vrf")},
        unique=(("rd",),), order=("name", "rd")),
    Model("ipam.prefix", "ipam/prefixes", "Prefix", "prefix", (
        Field("prefix", Kind.NETWORK, required=True), relation("vrf", "ipam.vrf"), *SCOPE, *absent("tenant"),
        relation("vlan", "ipam.vlan"), choice("status", of.PREFIX_STATUS, "active"), relation("role", "ipam.role"),
        boolean("is_pool"), boolean("mark_utilized"), *ABOUT,
    ), (*HEAD, "family", "prefix", "description", "_depth"), display=lambda _, row: row["prefix"],
        computed={"family": family("prefix"), "children": children, "_depth": network_depth},
        unique=(("vrf", "prefix"),), order=("vrf", "prefix", "id"), scoped=True),
    Model("ipam.iprange", "ipam/ip-ranges", "IPRange", "IP range", (
        Field("start_address", Kind.ADDRESS, required=True), Field("end_address", Kind.ADDRESS, required=True),
        relation("vrf", "ipam.vrf"), *absent("tenant"), choice("status", of.RANGE_STATUS, "active"),
        relation("role", "ipam.role"), boolean("mark_populated"), boolean("mark_utilized"), *ABOUT,
    ), (*HEAD, "family", "start_address", "end_address", "description"), display=_range,
        computed={"family": family("start_address"), "size": address_range_size}, order=("vrf", "start_address", "id")),
    Model("ipam.ipaddress", "ipam/ip-addresses", "IPAddress", "IP address", (
        Field("address", Kind.ADDRESS, required=True), relation("vrf", "ipam.vrf"), *absent("tenant", "nat_inside"),
        choice("status", of.IP_STATUS, "active"), choice("role", of.IP_ROLE), plain("assigned_object_type"),
        plain("assigned_object_id"), text("dns_name", 255), *ABOUT,
    ), (*HEAD, "family", "address", "nat_inside", "nat_outside", "dns_name", "description"),
        display=lambda _, row: row["address"],
        computed={"family": family("address"), "nat_outside": lambda _store, _row: []}, unique=(("vrf", "address"),),
        order=("address", "id")),
)  # fmt: skip

REST = (
    Model("wireless.wirelesslangroup", "wireless/wireless-lan-groups", "WirelessLANGroup", "wireless LAN group", (
        _name(), slug(), relation("parent", "wireless.wirelesslangroup", nested=True), *ABOUT,
    ), (*NAMED, "wirelesslan_count", "_depth"), (*NESTED, "_depth"), computed={
        "wirelesslan_count": count("wireless.wirelesslan", "group"), "_depth": depth("wireless.wirelesslangroup"),
    }, briefly={"wirelesslan_count": 0}, unique=(("name",), ("slug",))),
    Model("wireless.wirelesslan", "wireless/wireless-lans", "WirelessLAN", "wireless LAN", (
        text("ssid", 32, required=True), relation("group", "wireless.wirelesslangroup"),
        choice("status", of.WLAN_STATUS, "active"), relation("vlan", "ipam.vlan"), *SCOPE, *absent("tenant"),
        choice("auth_type", of.AUTH_TYPE), choice("auth_cipher", of.AUTH_CIPHER), text("auth_psk", 64), *ABOUT,
    ), (*HEAD, "ssid", "description"), display=lambda _, row: row["ssid"], order=("ssid", "id"), scoped=True),
    Model("extras.tag", "extras/tags", "Tag", "tag", (
        _name(), slug(), text("color", 6), text("description", 200), integer("weight", 0, 32767, default=1000),
        plain("object_types", []),
    ), (*NESTED, "color"), computed={"tagged_items": lambda store, row: store.tagged(row["id"])},
        unique=(("name",), ("slug",)), order=("weight", "name"), tags=False, custom_fields=False),
    Model("extras.journalentry", "extras/journal-entries", "JournalEntry", "journal entry", (
        plain("assigned_object_type", required=True), integer("assigned_object_id", 0, 2**63 - 1, required=True),
        plain("created_by"), choice("kind", of.JOURNAL_KIND, "info"), text("comments", required=True),
    ), (*HEAD, "created"), display=_entry, order=("-created",)),
    Model("extras.customfield", "extras/custom-fields", "CustomField", "custom field", (
        plain("object_types", [], required=True), choice("type", of.FIELD_TYPE, "text"), plain("related_object_type"),
        text("name", 50, required=True), text("label", 50), text("group_name", 50), text("description", 200),
        boolean("required"), boolean("unique"), integer("search_weight", 0, 32767, default=1000),
        choice("filter_logic", of.FILTER_LOGIC, "loose"), choice("ui_visible", of.UI_VISIBLE, "always"),
        choice("ui_editable", of.UI_EDITABLE, "yes"), boolean("is_cloneable"), plain("default"),
        plain("related_object_filter"), integer("weight", 0, 32767, default=100), number("validation_minimum"),
        number("validation_maximum"), text("validation_regex", 500), plain("validation_schema"),
        relation("choice_set", "extras.customfieldchoiceset"), text("comments"), *absent("owner"),
    ), (*HEAD, "name", "description"), display=_custom_field,
        unique=(("name",),), order=("group_name", "weight", "name"), tags=False, custom_fields=False),
    Model("extras.customfieldchoiceset", "extras/custom-field-choice-sets", "CustomFieldChoiceSet",
        "custom field choice set", (
        _name(), text("description", 200), choice("base_choices", of.BASE_CHOICES),
        plain("extra_choices", [], required=True), plain("choice_colors", {}), boolean("order_alphabetically"),
        *absent("owner"),
    ), (*HEAD, "name", "description", "choices_count"),
        computed={"choices_count": lambda _, row: len(row["extra_choices"])},
        unique=(("name",),), page="extras/custom-field-choices", tags=False, custom_fields=False),
)  # fmt: skip

MODELS: tuple[Model, ...] = (*ORGANISATION, *DEVICES, *ADDRESSES, *REST)
BY_NAME = {model.name: model for model in MODELS}
BY_PATH = {model.path: model for model in MODELS}
