"""From the records of an answer to the values of a survey, one function for each kind of thing that is told."""

# ruff: noqa: ARG001 - every topic takes the same two values

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from matric.survey.model import Address, Arp, Lease, Licence, Mac, Neighbour, Port, Power, Vlan, Wlan
from matric.survey.show.machine import Record
from matric.survey.show.words import capabilities, ip, mac, mbps, number, port, said, texts, vids
from matric.survey.unread import guarded

__all__ = ("TOPICS",)

Values = dict[str, Any]
"""Fields of ``Told``."""
VENDORS = {"ios": "Cisco", "eos": "Arista", "junos": "Juniper", "aoscx": "HPE Aruba", "aoss": "HPE Aruba",
           "comware": "HPE", "icx": "Ruckus"}  # fmt: skip
STATES = {
    "on": "delivering", "delivering": "delivering", "on-good": "delivering", "deliver": "delivering",
    "delivering-power": "delivering", "powered": "delivering",
    "off": "off", "disabled": "off", "searching": "searching", "detecting": "searching",
    "search": "searching", "denied": "denied", "power-deny": "denied", "fault": "fault", "faulty": "fault",
}  # fmt: skip
"""What devices call the state of a port that may give power."""


def system(platform: str, records: Sequence[Record]) -> Values:
    """Who the device is; the first member of a stack speaks for it."""
    found: Values = {"vendor": VENDORS[platform]} if records else {}
    names = {
        "name": ("HOSTNAME", "NAME"),
        "model": ("HARDWARE", "MODEL", "PRODUCT", "DEVICE_NAME", "CHASSIS_DESCRIPTION", "HW"),
        "serial": ("SERIAL", "SERIAL_NUMBER", "DEVICE_SERIAL_NUMBER", "CHASSIS_SERIAL_NUMBER"),
        "os_version": ("VERSION", "JUNOS_VERSION", "IMAGE", "SOFTWARE_VERSION", "SW_VERSION"),
    }
    for field, asked in names.items():
        text = next((text for record in records if (text := said(record, *asked))), "")
        if text:
            found[field] = guarded(text)
    base = next((one for record in records if (one := mac(said(record, "MAC_ADDRESS", "SYS_MAC", "BASE_MAC")))), "")
    return {**found, **({"mac": base} if base else {})}


def inventory(platform: str, records: Sequence[Record]) -> Values:
    """Model and serial of the chassis: the first part that is listed with both."""
    for record in records:
        if (model := said(record, "PID")) and (serial := said(record, "SN")):
            return {"vendor": VENDORS[platform], "model": model, "serial": serial}
    return {}


def vlans(platform: str, records: Sequence[Record]) -> Values:
    found: dict[int, str] = {}
    for record in records:
        vid = number(said(record, "VLAN_ID", "TAG"))
        if vid is not None and not (platform == "ios" and 1002 <= vid <= 1005):  # noqa: PLR2004 - token ring and FDDI
            found.setdefault(vid, guarded(said(record, "VLAN_NAME", "DESCRIPTION")))
    return {"vlans": tuple(Vlan(vid=vid, name=name) for vid, name in sorted(found.items()))}


def ports(platform: str, records: Sequence[Record]) -> Values:
    return {"ports": tuple(_ports(platform, records))}


def _ports(platform: str, records: Sequence[Record]) -> Iterator[Port]:
    for record in records:
        name = port(platform, said(record, "PORT", "INTERFACE"))
        if not name or name.lower().startswith(("vlan", "loopback", "null", "irb", "lo", "inloop", "ve", "tunnel")):
            continue
        word = said(record, "STATUS", "LINK", "LINKSTATE").lower()
        yield Port(
            name=name,
            description=_text(said(record, "DESCRIPTION", "NAME")),
            enabled=_enabled(record, word),
            up=word in {"connected", "up", "up(s)"} if word else None,
            speed_mbps=mbps(said(record, "SPEED", "MODE") if platform != "aoscx" else said(record, "SPEED")),
            transceiver=_media(said(record, "TYPE")),
            **_mode(record),
        )


def _enabled(record: Record, word: str) -> bool | None:
    said_so = said(record, "ENABLED", "ADMIN_STATUS").lower()
    if said_so in {"yes", "up", "no", "down"}:
        return said_so in {"yes", "up"}
    if word:
        return word not in {"disabled", "disable", "adm", "admin", "admin down"}
    return None


def _text(text: str) -> str:
    return "" if text in {"--", "-"} else guarded(text)


def _media(text: str) -> str:
    return "" if text.lower() in {"", "--", "not present", "unknown", "none", "a", "t", "h"} else text


def _mode(record: Record) -> Values:
    """Mode and untagged VLAN, where a list of ports tells them."""
    word, kind = said(record, "MODE").lower(), said(record, "TYPE")
    vlan = said(record, "VLAN_ID", "PVID", "VLAN_UNTAGGED").lower()
    vid = number(vlan)
    if lag := re.search(r"-(Trk\d+)$", said(record, "PORT")):
        return {"mode": "member", "lag": lag[1]}
    if vlan.startswith("in "):
        return {"mode": "member"}
    if vlan in {"trunk", "routed"}:
        return {"mode": vlan}
    # Comware: T is a trunk, H a hybrid port, of which the list does not tell enough.
    tagged = said(record, "VLAN_TAGGED", "TAG", "TAGONLY").lower()
    if word == "trunk" or kind == "T" or tagged not in {"", "no"}:
        return {"mode": "trunk", "native": vid}
    return {"mode": "access", "access": vid} if vid is not None and kind != "H" else {}


def switchports(platform: str, records: Sequence[Record]) -> Values:
    """How ports switch: mode, VLANs, voice."""
    found: list[Port] = []
    for record in records:
        trunk = "trunk" in (said(record, "MODE") or said(record, "ADMIN_MODE"))
        text = ",".join(texts(record.get("TRUNKING_VLANS", "")))
        untagged = number(said(record, "NATIVE_VLAN"))
        tagged = vids(text)
        found.append(
            Port(
                name=port(platform, said(record, "INTERFACE")),
                mode="trunk" if trunk else "access",
                access=None if trunk else number(said(record, "ACCESS_VLAN")),
                voice=number(said(record, "VOICE_VLAN")),
                native=untagged if trunk else None,
                tagged=tuple(vid for vid in tagged if vid != untagged) if trunk and tagged is not None else None,
            )
        )
    return {"ports": tuple(found)}


def addresses(platform: str, records: Sequence[Record]) -> Values:
    found: list[Address] = []
    for record in records:
        name = said(record, "INTERFACE")
        name = name if platform == "junos" else port(platform, name)
        address = ip(said(record, "IP_ADDRESS"))
        if address:
            digits = name.lower().removeprefix("vlan")
            found.append(Address(interface=name, address=address, vid=number(digits)))
    return {"addresses": tuple(found)}


def terse(platform: str, records: Sequence[Record]) -> Values:
    """Ports and addresses of Junos: a port is an interface without a unit."""
    units = [record for record in records if "." in said(record, "INTERFACE")]
    lags = {port(platform, said(one, "INTERFACE")): said(one, "LAG").partition(".")[0] for one in units}
    plain = [one for one in records if _physical(said(one, "INTERFACE"))]
    found = tuple(
        one.model_copy(update={"lag": lags[one.name], "mode": "member"}) if lags.get(one.name) else one
        for one in _ports(platform, plain)
    )
    return {"ports": found, **addresses(platform, units)}


def _physical(name: str) -> bool:
    return name.startswith(("ge-", "xe-", "et-", "mge-", "fe-", "ae")) and "." not in name


def lags(platform: str, records: Sequence[Record]) -> Values:
    found: dict[str, str] = {}
    for record in records:
        lag = port(platform, said(record, "BUNDLE_NAME", "TRUNK", "INTERFACE", "LAGNAMESHORT"))
        names = record.get("MEMBER_INTERFACE", record.get("LOCAL_INTERFACES", record.get("LOCAL_PORT", "")))
        for name in texts(names):
            if name and lag:
                found[port(platform, name)] = lag
    return {"ports": tuple(Port(name=name, mode="member", lag=lag) for name, lag in found.items())}


def lldp(platform: str, records: Sequence[Record]) -> Values:
    return {"neighbours": tuple(_neighbours(platform, records, "lldp"))}


def cdp(platform: str, records: Sequence[Record]) -> Values:
    return {"neighbours": tuple(_neighbours(platform, records, "cdp"))}


def _neighbours(platform: str, records: Sequence[Record], protocol: Literal["lldp", "cdp"]) -> Iterator[Neighbour]:
    for record in records:
        name = said(record, "NEIGHBOR_NAME", *(("CHASSIS_ID",) if protocol == "cdp" else ()))
        local = port(platform, said(record, "LOCAL_INTERFACE"))
        remote = said(record, "NEIGHBOR_PORT_ID", "NEIGHBOR_INTERFACE")
        if mac(remote) or not remote:
            remote = said(record, "NEIGHBOR_INTERFACE", "NEIGHBOR_PORT_ID")
        if not local and not name:
            continue
        address = ip(said(record, "MGMT_ADDRESS"))
        chassis = mac(said(record, "CHASSIS_ID")) or mac(said(record, "MAC_ADDRESS")) or mac(remote)
        yield Neighbour(
            port=local,
            protocol=protocol,
            name=guarded(name if mac(name) or name.replace(".", "").isdecimal() else name.partition(".")[0]),
            remote_port=guarded(remote),
            platform=guarded(said(record, "PLATFORM", "NEIGHBOR_DESCRIPTION")),
            capabilities=capabilities(said(record, "CAPABILITIES"), cdp=protocol == "cdp"),
            address=address,
            mac=chassis,
            serial=guarded(said(record, "SERIAL")) if protocol == "lldp" else "",
        )


def macs(platform: str, records: Sequence[Record]) -> Values:
    """Stations that were heard: not the device's own addresses, nor groups."""
    found: list[Mac] = []
    for record in records:
        address = mac(said(record, "MAC_ADDRESS", "DESTINATION_ADDRESS"))
        name = port(platform, said(record, "DESTINATION_PORT", "PORT", "INTERFACE", "LOGICAL_INTERFACE"))
        if address and name and name.upper() not in {"CPU", "ROUTER", "SWITCH", "DROP"} and not int(address[1], 16) & 1:
            found.append(Mac(mac=address, port=name, vid=number(said(record, "VLAN_ID"))))
    return {"macs": tuple(found)}


def arps(platform: str, records: Sequence[Record]) -> Values:
    found: list[Arp] = []
    for record in records:
        address = mac(said(record, "MAC_ADDRESS"))
        if address and (found_ip := ip(said(record, "IP_ADDRESS"))):
            name = said(record, "INTERFACE", "PORT_ID", "PORT").split(",")[0]
            found.append(Arp(ip=found_ip, mac=address, interface=name if platform == "junos" else port(platform, name)))
    return {"arps": tuple(found)}


def leases(platform: str, records: Sequence[Record]) -> Values:
    found: list[Lease] = []
    for record in records:
        raw = said(record, "MAC_ADDRESS", "HARDWARE_ADDRESS")
        # A client id begins with the kind of hardware: 01 is Ethernet (RFC 2132, 9.14).
        address = mac(raw) or mac(raw.replace(".", "").removeprefix("01"))
        if address and (found_ip := ip(said(record, "IP_ADDRESS"))):
            fixed = said(record, "TYPE").lower() in {"manual", "static"}
            found.append(Lease(ip=found_ip, mac=address, reserved=fixed))
    return {"leases": tuple(found)}


def power(platform: str, records: Sequence[Record]) -> Values:
    found: list[Power] = []
    budget: float | None = None
    for record in records:
        if given := said(record, "BUDGET"):
            budget = (budget or 0.0) + _watts(given)
        elif given := said(record, "BUDGET_MILLIWATTS"):
            budget = (budget or 0.0) + _watts(given) / 1000
        else:
            found.append(_power(platform, record))
    return {"power": tuple(found), **({} if budget is None else {"power_budget_w": budget})}


def _power(platform: str, record: Record) -> Power:
    given, milliwatts = said(record, "POWER"), said(record, "MILLIWATTS")
    word = said(record, "OPERATIONAL_STATUS").lower()
    told = said(record, "CLASS").lower().removeprefix("class").strip()
    if said(record, "ADMIN_STATUS").lower() in {"off", "no", "disabled", "disable", "never", "false"}:
        word = "off"
    return Power(
        port=port(platform, said(record, "INTERFACE")),
        watts=_watts(given) if given else _watts(milliwatts) / 1000 if milliwatts else None,
        device_class=told if told.isdecimal() else "",
        state=STATES.get(word, word),
    )


def _watts(text: str) -> float:
    """A number of watts; ValueError where it is none, which names the line as not understood."""
    return float(text)


def wlans(platform: str, records: Sequence[Record]) -> Values:
    return {
        "wlans": tuple(
            Wlan(
                ssid=guarded(said(record, "SSID")),
                security=_security(said(record, "SECURITY").lower()),
                enabled=said(record, "STATUS") == "UP",
            )
            for record in records
        )
    }


def _security(text: str) -> Literal["open", "wep", "wpa", "wpa2-psk", "wpa3-sae", "enterprise", ""]:
    if "802.1x" in text:
        return "enterprise"
    if "sae" in text:
        return "wpa3-sae"
    if "psk" in text:
        return "wpa2-psk"
    return "open" if "open" in text or "none" in text else ""


def licences(platform: str, records: Sequence[Record]) -> Values:
    """A term is told by few: where none is, none is taken for the end, or for permanent."""
    return {"licences": tuple(_licence(record) for record in records if said(record, "FEATURE", "TAG"))}


def _licence(record: Record) -> Licence:
    expiry = said(record, "EXPIRY", "PERIOD_LEFT").lower()
    word = f"{said(record, 'STATE')} {said(record, 'LICENSE_STATE')} {said(record, 'LICENSE_TYPE')}".lower()
    dated = re.match(r"\d{4}-\d\d-\d\d", expiry)
    count, used, needed = (number(said(record, name)) for name in ("COUNT", "USED", "NEEDED"))
    state: Literal["in use", "not in use", "evaluation", "missing", "expired", ""] = ""
    if needed or "out of compliance" in word or "not authorized" in word:
        state = "missing"
    elif "expired" in word or "expired" in expiry:
        state = "expired"
    elif "not in use" in word or used == 0:
        state = "not in use"
    elif "eval" in word:
        state = "evaluation"
    elif "in use" in word or used:
        state = "in use"
    return Licence(
        name=guarded(said(record, "FEATURE", "TAG")),
        count=count,
        used=used,
        end=dated[0] if dated else "",
        state=state,
        permanent=expiry in {"permanent", "life time"},
        holder=guarded(said(record, "HOLDER")),
    )


def nothing(platform: str, records: Sequence[Record]) -> Values:
    """An answer that is understood, and of which the model of a survey has no field."""
    return {}


TOPICS: Mapping[str, Callable[[str, Sequence[Record]], Values]] = {
    "system": system,
    "inventory": inventory,
    "vlans": vlans,
    "ports": ports,
    "switchports": switchports,
    "addresses": addresses,
    "terse": terse,
    "lags": lags,
    "lldp": lldp,
    "cdp": cdp,
    "macs": macs,
    "arps": arps,
    "leases": leases,
    "power": power,
    "wlans": wlans,
    "licences": licences,
    "nothing": nothing,
}
"""Name of a topic -> from records to fields of ``Told``."""
