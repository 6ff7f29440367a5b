"""What the tables of AOS-CX say, in NAPALM's shapes. Pure: text in, values out.

The tables follow HPE's AOS-CX command-line guide and the open ntc-templates; none was captured from a switch of ours.
"""

import re
from typing import Any

__all__ = (
    "arp",
    "environment",
    "interface_names",
    "interfaces",
    "lldp",
    "macs",
    "system",
    "vlans",
)

_UNITS = {"week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1}
UNKNOWN = -1


def _pairs(text: str) -> dict[str, str]:
    """``Key : value`` lines; the first of a key counts."""
    found: dict[str, str] = {}
    for key, value in re.findall(r"^ *(\S[^:\n]*?) *: *(.*?) *$", text, re.MULTILINE):
        found.setdefault(key, value)
    return found


def system(text: str) -> dict[str, Any]:
    """``show system``: vendor, model, serial number, version, uptime, host name."""
    pairs = _pairs(text)
    version = pairs.get("ArubaOS-CX Version") or pairs.get("AOS-CX Version") or ""
    wanted = {"Hostname": pairs.get("Hostname"), "Chassis Serial Nbr": pairs.get("Chassis Serial Nbr")}
    if absent := [key for key, value in wanted.items() if not value]:
        raise ValueError(f"`show system` does not say {' and '.join(absent)}")
    uptime = sum(
        int(number) * _UNITS[unit]
        for number, unit in re.findall(r"(\d+) (week|day|hour|minute|second)", pairs.get("Up Time", ""))
    )
    return {
        "hostname": pairs["Hostname"],
        "fqdn": pairs["Hostname"],
        "vendor": pairs.get("Vendor", "Aruba"),
        "model": pairs.get("Product Name", ""),
        "serial_number": pairs["Chassis Serial Nbr"],
        "os_version": version,
        "uptime": float(uptime),
    }


def interface_names(text: str) -> list[str]:
    """``show interface brief``."""
    return re.findall(r"^((?:\d+/\d+/\d+|lag\d+|vlan\d+|loopback\d+)\S*) ", text, re.MULTILINE)


def interfaces(text: str) -> dict[str, dict[str, Any]]:
    """``show interface``."""
    found: dict[str, dict[str, Any]] = {}
    blocks = re.split(r"^(?:Interface|Aggregate) (\S+) is ", text, flags=re.MULTILINE)[1:]
    for name, block in zip(blocks[::2], blocks[1::2], strict=True):
        description = re.search(r"^ *Description *:[ \t]*(.*?)[ \t]*$", block, re.MULTILINE)
        mac = re.search(r"MAC Address *: *([0-9A-Fa-f:]{17})", block)
        mtu = re.search(r"^ *(?:IP )?MTU:? (\d+)", block, re.MULTILINE)
        speed = re.search(r"^ *Speed:? (\d+) Mb/s", block, re.MULTILINE)
        found[name] = {
            "is_up": block.startswith("up"),
            "is_enabled": re.search(r"Admin state is up", block) is not None,
            "description": description[1] if description else "",
            "last_flapped": float(UNKNOWN),
            "mtu": int(mtu[1]) if mtu else UNKNOWN,
            "speed": float(speed[1]) if speed else float(UNKNOWN),
            "mac_address": mac[1].upper() if mac else "",
        }
    return found


def lldp(text: str) -> dict[str, list[dict[str, Any]]]:
    """``show lldp neighbor-info detail``."""
    found: dict[str, list[dict[str, Any]]] = {}
    blocks = re.split(r"^Port +: *(\S+) *$", text, flags=re.MULTILINE)[1:]
    for port, block in zip(blocks[::2], blocks[1::2], strict=True):
        # A port with several neighbours repeats the block from the name on.
        parts = re.split(r"^(?=Neighbor (?:System|Chassis)-Name)", block, flags=re.MULTILINE)[1:]
        for part in parts:
            pairs = _pairs(part)
            found.setdefault(port, []).append(
                {
                    "parent_interface": "",
                    "remote_port": pairs.get("Neighbor Port-ID", ""),
                    "remote_chassis_id": pairs.get("Neighbor Chassis-ID", ""),
                    "remote_port_description": pairs.get("Neighbor Port-Desc", ""),
                    "remote_system_name": pairs.get("Neighbor System-Name") or pairs.get("Neighbor Chassis-Name", ""),
                    "remote_system_description": pairs.get("Neighbor System-Description")
                    or pairs.get("Neighbor Chassis-Description", ""),
                    "remote_system_capab": _listed(pairs.get("Chassis Capabilities Available", "")),
                    "remote_system_enable_capab": _listed(pairs.get("Chassis Capabilities Enabled", "")),
                }
            )
    return found


def _listed(text: str) -> list[str]:
    return [word.strip().lower() for word in text.split(",") if word.strip()]


def vlans(text: str) -> dict[str, dict[str, Any]]:
    """``show vlan``; a long list of ports goes on in the next lines."""
    found: dict[str, dict[str, Any]] = {}
    members: list[str] = []
    for line in text.splitlines():
        if row := re.match(r"(\d+) +(\S+) +(\S+) +(\S+) +(\S+)(?: +(\S+))? *$", line):
            members = []
            found[row[1]] = {"name": row[2], "interfaces": members}
            members.extend(_ports(row[6] or ""))
        elif found and re.match(r" {6,}\S", line):
            members.extend(_ports(line.strip()))
    return found


def _ports(text: str) -> list[str]:
    """``1/1/2-1/1/4,lag1`` -> each port."""
    found: list[str] = []
    for part in filter(None, (word.strip() for word in text.split(","))):
        if span := re.fullmatch(r"(\d+/\d+/)(\d+)-(?:\d+/\d+/)?(\d+)", part):
            found.extend(f"{span[1]}{number}" for number in range(int(span[2]), int(span[3]) + 1))
        else:
            found.append(part)
    return found


def macs(text: str) -> list[dict[str, Any]]:
    """``show mac-address-table``."""
    return [
        {
            "mac": mac.upper(),
            "interface": port,
            "vlan": int(vlan),
            "static": kind == "static",
            "active": True,
            "moves": UNKNOWN,
            "last_move": float(UNKNOWN),
        }
        for mac, vlan, kind, port in re.findall(r"^([0-9a-fA-F:]{17}) +(\d+) +(\S+) +(\S+) *$", text, re.MULTILINE)
    ]


def arp(text: str) -> list[dict[str, Any]]:
    """``show arp``."""
    return [
        {"interface": port, "mac": mac.upper(), "ip": ip, "age": float(UNKNOWN)}
        for ip, mac, port in re.findall(r"^(\d+\.\d+\.\d+\.\d+) +([0-9a-fA-F:]{17}) +(\S+) ", text, re.MULTILINE)
    ]


def environment(fan: str, temperature: str, supply: str, general: str, poe: str) -> dict[str, Any]:
    """``show environment fan|temperature|power-supply``, ``show system`` and ``show power-over-ethernet`` together.

    PoE stands among the supplies, as ``PoE member N``: what it may give, and what it gives. Memory is known in per
    cent only, so both of its numbers are -1.
    """
    pairs = _pairs(general)
    fans = {
        name: {"status": status.lower() == "ok"}
        for name, status in re.findall(
            r"^(\S+/\S+) .*\b(ok|fault|empty|uninitialized)\b", fan, re.MULTILINE | re.IGNORECASE
        )
    }
    sensors = {
        name: {
            "temperature": float(degrees),
            "is_alert": status.lower() not in ("normal", "min", "max"),
            "is_critical": status.lower() in ("critical", "emergency"),
        }
        for name, degrees, status in re.findall(r"^(\S+) +\S+ +(-?[\d.]+) C +(\S+)", temperature, re.MULTILINE)
    }
    power = {
        f"PSU {name}": {"status": status == "OK", "capacity": float(watts), "output": float(UNKNOWN)}
        for name, status, watts in re.findall(
            r"^(\d+/\d+) .*?(OK|Absent|Input fault|Output fault|Warning)\b\*? .*?(\d+) *$", supply, re.MULTILINE
        )
        if status != "Absent"
    }
    for member, capacity, used in re.findall(
        r"Member (\d+) Power\s+Available(?: Power)? *: *([\d.]+) W.*?Used *: *([\d.]+) W", poe, re.DOTALL
    ):
        power[f"PoE member {member}"] = {"status": True, "capacity": float(capacity), "output": float(used)}
    return {
        "fans": fans,
        "temperature": sensors,
        "power": power,
        "cpu": {0: {"%usage": float(pairs.get("CPU Util (%)") or UNKNOWN)}},
        "memory": {"used_ram": UNKNOWN, "available_ram": UNKNOWN},
    }
