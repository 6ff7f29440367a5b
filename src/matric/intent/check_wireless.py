"""SSIDs, and the ports and power that access points hang on."""

import unicodedata
from collections.abc import Iterator

from matric.errors import Problem
from matric.intent import own_ssid
from matric.intent.record import DeviceRow, InterfaceRow, WirelessLanRow
from matric.intent.rows import SchoolRows

__all__ = ("CHECKS",)

_SSID_BYTES = 32
_AUTH = {
    "wpa2-enterprise": "wpa-enterprise",
    "wpa3-enterprise": "wpa-enterprise",
    "wpa2-psk": "wpa-personal",
    "wpa3-sae": "wpa-personal",
    "owe": "open",
}
"""Security in the standard -> NetBox's auth_type (NetBox has no word of its own for OWE)."""

WATTS = {
    "type1-ieee802.3af": 15.4,
    "type2-ieee802.3at": 30.0,
    "type3-ieee802.3bt": 60.0,
    "type4-ieee802.3bt": 90.0,
    "passive-24v-2pair": 24.0,
    "passive-24v-4pair": 24.0,
    "passive-48v-2pair": 30.0,
    "passive-48v-4pair": 60.0,
}
"""NetBox's poe_type -> most power the port may give, watt (IEEE 802.3 classes at the switch)."""


def _thing(row: WirelessLanRow) -> str:
    return f"wlan (#{row.id})"


def ssids(rows: SchoolRows) -> Iterator[Problem]:
    first: dict[str, WirelessLanRow] = {}
    known = sorted(profile.ssid for profile in rows.standard.wlans.values())
    profiles = own_ssid.profiled(rows)
    for row in rows.wireless_lans:
        size = len(row.ssid.encode())
        if size > _SSID_BYTES:
            rule = f"{len(row.ssid)} characters, {size} bytes: the limit is {_SSID_BYTES} bytes"
            yield Problem("SSID-BYTES", _thing(row), rule, "shorten it", "ssid", row.ssid)
        why = _unfit(row.ssid)
        if why is not None:
            yield Problem("SSID-CHAR", _thing(row), why, "retype it", "ssid", row.ssid)
        other = first.setdefault(row.ssid, row)
        if other is not row:
            rule = f"#{other.id} {other.auth_type} and #{row.id} {row.auth_type}"
            yield Problem("SSID-DUP", rows.site.name, rule, "one SSID, one security type per site", "ssid", row.ssid)
        if row.id not in profiles:
            rule = f"the standard's SSIDs are {', '.join(known)}"
            remedy = "add it to standard.yaml or correct it"
            if "ssid" in rows.standard.agreements.may:
                rule += "; a name of the school's own stands for one of them without a shared key, by its VLAN's role"
                remedy = "correct it, or give it the VLAN of the one it stands for"
            yield Problem("SSID-UNKNOWN", _thing(row), rule, remedy, "ssid", row.ssid)


def _unfit(ssid: str) -> str | None:
    if not ssid:
        return "empty"
    if ssid != ssid.strip():
        return "leading or trailing space"
    for place, char in enumerate(ssid, start=1):
        if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp"):
            return f"control character (char {place} U+{ord(char):04X})"
        if char in '"?':
            return f"'{char}' cannot be sent to a command line (char {place})"
    return None


def security(rows: SchoolRows) -> Iterator[Problem]:
    profiles = own_ssid.profiled(rows)
    for row in rows.wireless_lans:
        thing, (_, profile) = f"wlan {row.ssid} (#{row.id})", profiles.get(row.id, ("", None))
        vlan = rows.trust.vlans.get(row.vlan_id or 0)
        wanted = _AUTH[profile.security] if profile else None
        if row.auth_type == "wep" or row.auth_cipher in ("tkip", "auto"):
            field = "auth_type" if row.auth_type == "wep" else "auth_cipher"
            remedy = "use aes, and WPA2 or WPA3"
            yield Problem(
                "WLAN-CIPHER", thing, "WEP, WPA and TKIP are not allowed", remedy, field, str(getattr(row, field))
            )
        if wanted is not None and row.auth_type != wanted:
            rule = f"the standard wants {wanted}" + (f" on VLAN {vlan.vid}" if vlan else "")
            yield Problem("WLAN-AUTH", thing, rule, "change auth_type", "auth_type", row.auth_type or "")


def networks(rows: SchoolRows) -> Iterator[Problem]:
    """An SSID has the VLAN the standard gives it, and that VLAN reaches it."""
    profiles = own_ssid.profiled(rows)
    for row in rows.wireless_lans:
        thing, vlan = f"wlan {row.ssid} (#{row.id})", rows.trust.vlans.get(row.vlan_id or 0)
        _, profile = profiles.get(row.id, ("", None))
        if vlan is None or rows.trust.site_of_vlan(vlan) != rows.site.id:
            yield Problem(
                "WLAN-VLAN",
                thing,
                "an SSID needs a VLAN of the school",
                "set it",
                "vlan",
                str(vlan.vid) if vlan else "",
            )
            continue
        if profile is not None and vlan.role != profile.network:
            rule = f"the standard lands it on {profile.network}"
            yield Problem("WLAN-VLAN", thing, rule, "choose the VLAN of this role", "vlan", str(vlan.vid))
        for device, port in _wireless_ports(rows):
            if vlan.id not in port.tagged_vlan_ids and port.untagged_vlan_id != vlan.id:
                rule = f"not on {rows.label(port)} to {rows.label(device)}"
                yield Problem("WLAN-VLAN", thing, rule, f"tag VLAN {vlan.vid} on the port", "vlan", str(vlan.vid))


def _wireless_ports(rows: SchoolRows) -> Iterator[tuple[DeviceRow, InterfaceRow]]:
    """Ports through which SSIDs reach the wired network: those to the controller, and those of access points
    that switch locally (their port is a trunk).
    """
    seen: set[int] = set()
    for device in rows.devices:
        if device.role not in ("wireless-controller", "access-point"):
            continue
        for port in rows.interfaces(device):
            end = rows.trust.far_end.get(port.id)
            if end is None:
                continue
            here = rows.trust.interfaces.get(end.interface.lag_id or 0, end.interface)
            if here.id not in seen and (device.role == "wireless-controller" or here.mode == "tagged"):
                seen.add(here.id)
                yield device, here


def power(rows: SchoolRows) -> Iterator[Problem]:
    """No more power promised than the switch has (device type's custom field ``poe_budget_w``)."""
    for device in rows.configured:
        kind = rows.trust.device_types.get(device.device_type_id)
        value = kind.custom_fields.get("poe_budget_w") if kind else None
        budget = float(value) if isinstance(value, int | float) else 0.0
        used = 0.0
        for port in rows.interfaces(device):
            draw = WATTS.get(port.poe_type or "", 0.0) if port.poe_mode == "pse" else 0.0
            end = rows.trust.far_end.get(port.id)
            if end is not None and end.device.role == "access-point":
                yield from _access_point(rows, end.device, port, draw, budget - used)
            used += draw
        if used > budget:
            rule = f"{used:g} W promised, the switch has {budget:g} W"
            yield Problem("POE-BUDGET", rows.label(device), rule, "move devices or raise the budget")


def _access_point(
    rows: SchoolRows, point: DeviceRow, port: InterfaceRow, draw: float, left: float
) -> Iterator[Problem]:
    thing = f"{rows.label(point)} on {rows.label(port)}"
    profile = rows.profile(port)
    if draw <= 0 or (profile is not None and profile.poe == "off"):
        yield Problem("AP-PORT", thing, "the port gives no power", "set its PoE mode and type, or move the AP")
    elif draw > left:
        rule = f"{draw:g} W needed, {max(left, 0):g} W left"
        yield Problem("AP-PORT", thing, rule, "move the AP or raise the budget")


CHECKS = (ssids, security, networks, power)
