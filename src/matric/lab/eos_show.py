"""Show commands of the lab's EOS that only look: the switch, its ports, its neighbours, its routes."""
# ruff: noqa: ARG001 - every handler takes the same arguments

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matric.config import natural
from matric.lab import eos_seen
from matric.lab.facts import mac, ports, routes, svis, users

if TYPE_CHECKING:
    from matric.lab.eos import EosDevice, Request

__all__ = ("HANDLERS",)

Answer = dict[str, Any] | str


def version(device: "EosDevice", request: "Request") -> Answer:
    spec = device.spec
    found: dict[str, Any] = {
        "mfgName": "Arista",
        "modelName": spec.model or "CCS-720XP-48Y6",
        "hardwareRevision": "11.02",
        "serialNumber": spec.serial,
        "systemMacAddress": mac(spec.key),
        "version": spec.os_version,
        "internalVersion": f"{spec.os_version}-32151645.{spec.os_version.replace('.', '')}",
        "architecture": "x86_64",
        "imageFormatVersion": "3.0",
        "bootupTimestamp": device.time.epoch() - device.uptime,
        "uptime": device.uptime,
        "memTotal": 8098984,
        "memFree": 6021648,
        "isIntlVersion": False,
    }
    if not request.text:
        return found
    return (
        f"Arista {found['modelName']}\nHardware version: 11.02\nSerial number: {spec.serial}\n"
        f"System MAC address: {found['systemMacAddress']}\n\nSoftware image version: {spec.os_version}\n"
        f"Internal build version: {found['internalVersion']}\n\nUptime: {device.uptime / 60:.0f} minutes\n"
        "Total memory: 8098984 kB\nFree memory: 6021648 kB\n"
    )


def hostname(device: "EosDevice", request: "Request") -> Answer:
    domain = device.running.value("dns domain") or device.running.value("ip domain-name") or ""
    full = f"{device.hostname}.{domain}" if domain else device.hostname
    if request.text:
        return f"Hostname: {device.hostname}\nFQDN:     {full}\n"
    return {"hostname": device.hostname, "fqdn": full}


def interfaces(device: "EosDevice", request: "Request") -> Answer:
    rows: dict[str, Any] = {}
    for port in ports(device):
        rows[port.name] = {
            "name": port.name,
            "forwardingModel": "bridged",
            "lineProtocolStatus": "up" if port.up else "down",
            "interfaceStatus": "disabled" if port.shut else "connected" if port.up else "notconnect",
            "hardware": "vlan" if port.name.startswith("Vlan") else "ethernet",
            "description": port.description,
            "mtu": 1500 if port.name.startswith("Vlan") else 9214,
            "bandwidth": 1000000000,
            "physicalAddress": mac(f"{device.spec.key}/{port.name}"),
            "lastStatusChangeTimestamp": device.time.epoch() - device.uptime,
        }
    if not request.text:
        return {"interfaces": rows}
    return "".join(f"{name} is {'up' if row['lineProtocolStatus'] == 'up' else 'down'}\n" for name, row in rows.items())


def accounts(device: "EosDevice", request: "Request") -> Answer:
    found = users(device)
    if not request.text:
        return {"users": {name: {"role": "network-admin", "privLevel": 15} for name in found}}
    return "".join(f"user: {name}\n       role: network-admin\n" for name in found)


def route(device: "EosDevice", request: "Request") -> Answer:
    found = routes(device)
    if request.text:
        lines = [
            f" C        {prefix} is directly connected, {port}" if not hop else f" S        {prefix} [1/0] via {hop}"
            for prefix, hop, port in found
        ]
        return "VRF: default\n\n" + "\n".join(lines) + "\n"
    rows = {
        prefix: {
            "kernelProgrammed": True,
            "directlyConnected": not hop,
            "routeType": "static" if hop else "connected",
            "routeAction": "forward",
            "hardwareProgrammed": True,
            "vias": [{"nexthopAddr": hop, "interface": port}] if hop else [{"interface": port}],
        }
        for prefix, hop, port in found
    }
    routing = "no ip routing" not in {entry.text for entry in device.running.entries.values()}
    return {"vrfs": {"default": {"routes": rows, "routingDisabled": not routing, "allRoutesProgrammedHardware": True}}}


def interface_brief(device: "EosDevice", request: "Request") -> Answer:
    addresses = tuple(svis(device.running).items())
    rows = {
        name: {"interfaceAddress": {"ipAddr": {"address": str(address.ip), "maskLen": address.network.prefixlen}}}
        for name, address in addresses
    }
    if not request.text:
        return {"interfaces": rows}
    head = (
        "                                                                               Address\n"
        "Interface         IP Address           Status       Protocol            MTU    Owner\n"
        "----------------- -------------------- ------------ -------------- ----------- -------\n"
    )
    return head + "".join(
        f"{name:<17} {address!s:<20} up           up                1500\n" for name, address in addresses
    )


def clock(device: "EosDevice", request: "Request") -> Answer:
    now = device.clock
    if request.text:
        return f"{now:%a %b %d %H:%M:%S %Y}\nTimezone: UTC\nClock source: NTP server (10.63.0.11)\n"
    return {
        "utcTime": now.timestamp(),
        "timezone": "UTC",
        "localTime": {
            "year": now.year,
            "month": now.month,
            "dayOfMonth": now.day,
            "hour": now.hour,
            "min": now.minute,
            "sec": now.second,
            "dayOfWeek": now.weekday(),
            "dayOfYear": now.timetuple().tm_yday,
            "daylightSavingsAdjust": 0,
        },
        "clockSource": {"ntp": True},
    }


def snmp_community(device: "EosDevice", request: "Request") -> Answer:
    names = [entry.text.split()[2] for entry in device.running.find("snmp-server community")]
    if not request.text:
        return {"communities": {name: {"access": "ro"} for name in names}}
    return "".join(f"Community name: {name}\nCommunity access: read-only\n" for name in names)


def snmp_user(device: "EosDevice", request: "Request") -> Answer:
    names = [entry.text.split()[2] for entry in device.running.find("snmp-server user")]
    if not request.text:
        return {"usersByVersion": {"v3": {"users": {name: {} for name in names}}}}
    return "".join(f"User name: {name}\nSecurity model: v3\n" for name in names)


def directory(device: "EosDevice", request: "Request") -> Answer:
    names = sorted((path.name for path in device.flash.iterdir()), key=natural)
    if not request.text:
        free = device.free_bytes()
        return {"urls": {"flash:/": {"entries": {name: {"permission": "-rw-"} for name in names}, "bytesFree": free}}}
    rows = "".join(f"       -rw-        5592            Nov 2 09:00  {name}\n" for name in ("EOS64.swi", *names))
    return f"Directory of flash:/\n\n{rows}\n3519041536 bytes total ({device.free_bytes()} bytes free)\n"


def ping(device: "EosDevice", request: "Request", target: str) -> Answer:
    answer = (
        f"PING {target} ({target}) 72(100) bytes of data.\n"
        f"80 bytes from {target}: icmp_seq=1 ttl=64 time=0.400 ms\n\n--- {target} ping statistics ---\n"
        "1 packets transmitted, 1 received, 0% packet loss, time 0ms\n"
        "rtt min/avg/max/mdev = 0.400/0.400/0.400/0.000 ms\n"
    )
    return answer if request.text else {"messages": [answer]}


HANDLERS: tuple[tuple[str, Callable[..., Answer | None]], ...] = (
    (r"show version(?: detail)?", version),
    (r"show hostname", hostname),
    (r"show interfaces", interfaces),
    (r"show users(?: accounts| detail)?|show user-account", accounts),
    (r"show ip route", route),
    (r"show ip interface brief", interface_brief),
    (r"show clock", clock),
    (r"show snmp community", snmp_community),
    (r"show snmp user", snmp_user),
    (r"dir(?: flash:/?)?", directory),
    (r"ping (\S+).*", ping),
    *eos_seen.HANDLERS,
)
