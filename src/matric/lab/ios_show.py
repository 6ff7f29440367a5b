"""Show commands of the lab's IOS devices that only look."""
# ruff: noqa: ARG001 - every handler takes the same arguments

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from matric.lab import ios_seen
from matric.lab.facts import mac, ports, routes, svis, users

if TYPE_CHECKING:
    from matric.lab.ios import IosDevice

__all__ = ("answer",)


def version(device: "IosDevice", user: str) -> str:
    spec = device.spec
    release = spec.os_version or "17.9.4a"
    days, rest = divmod(int(device.uptime), 86400)
    hours, rest = divmod(rest, 3600)
    model = spec.model or "C9300-48P"
    uptime = f"{days} days, {hours} hours, {rest // 60} minutes"
    tail = (
        ""
        if spec.role == "wireless-controller"
        else f"\nModel Number                       : {model}\nSystem Serial Number               : {spec.serial}\n"
    )
    return (
        f"Cisco IOS XE Software, Version {release}\n"
        "Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), "
        f"Version {release}, RELEASE SOFTWARE (fc3)\nCopyright (c) 1986-2023 by Cisco Systems, Inc.\n\n"
        f"{device.hostname} uptime is {uptime}\n"
        f'System image file is "flash:packages.conf"\n\n'
        f"cisco {model} (X86) processor with 1331521K/6147K bytes of memory.\nProcessor board ID {spec.serial}\n"
        f"2097152K bytes of non-volatile configuration memory.\n"
        f"Base Ethernet MAC Address          : {mac(spec.key)}{tail}"
        "\nConfiguration register is 0x102"
    )


def hosts(device: "IosDevice", user: str) -> str:
    domain = device.running.value("ip domain name") or device.running.value("ip domain-name") or "not set"
    return f"Default domain is {domain}\nName/address lookup uses static mappings"


def interface_brief(device: "IosDevice", user: str) -> str:
    addresses = {name.lower(): str(address.ip) for name, address in svis(device.running).items()}
    rows = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for port in ports(device):
        status = "administratively down" if port.shut else "up" if port.up else "down"
        address = addresses.get(port.name.lower(), "unassigned")
        rows.append(f"{port.name:<22} {address:<15} YES NVRAM  {status:<21} {'up' if port.up else 'down'}")
    return "\n".join(rows)


def who(device: "IosDevice", user: str) -> str:
    return (
        "    Line       User       Host(s)              Idle       Location\n"
        f"*  2 vty 0     {user:<10} idle                 00:00:00 10.63.0.10"
    )


def accounts(device: "IosDevice", user: str) -> str:
    return "\n".join(entry.text for entry in device.running.find("username")) or "\n".join(users(device))


def route(device: "IosDevice", user: str) -> str:
    rows = ["Codes: L - local, C - connected, S - static", ""]
    for prefix, hop, port in routes(device):
        mark = "S*" if prefix == "0.0.0.0/0" else "S " if hop else "C "
        rows.append(
            f"{mark}    {prefix} [1/0] via {hop}" if hop else f"{mark}       {prefix} is directly connected, {port}"
        )
    default = device.running.value("ip default-gateway")
    if default and not device.running.find("ip routing"):
        rows[:0] = [f"Default gateway is {default}", ""]
    return "\n".join(rows)


def clock(device: "IosDevice", user: str) -> str:
    now = device.clock
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {now:%a %b} {now.day} {now.year}"


def snmp_user(device: "IosDevice", user: str) -> str:
    names = [entry.text.split()[2] for entry in device.running.find("snmp-server user")]
    engine = hashlib.sha256(device.spec.key.encode()).hexdigest()[:24].upper()
    return "\n\n".join(
        f"User name: {name}\nEngine ID: {engine}\nstorage-type: nonvolatile\t active\n"
        f"Authentication Protocol: SHA\nPrivacy Protocol: AES128\nGroup-name: {name}"
        for name in names
    )


def snmp_community(device: "IosDevice", user: str) -> str:
    names = [entry.text.split()[2] for entry in device.running.find("snmp-server community")]
    return "\n".join(f"Community name: {name}\nCommunity Index: {name}\nstorage-type: nonvolatile" for name in names)


def lock(device: "IosDevice", user: str) -> str:
    if device.lock_owner is None:
        return "Parser Configure Lock\n---------------------\nOwner PID         : -1\nUser              : none"
    return (
        f"Parser Configure Lock\n---------------------\nOwner PID         : 10\nUser              : {device.lock_owner}"
    )


def verify(device: "IosDevice", user: str, target: str) -> str:
    name = target.removeprefix("flash:").lstrip("/")
    path = device.flash / name
    if not path.is_file():
        return f"%Error verifying {target} (No such file or directory)"
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    return f"................Done!\nverify /md5 ({target}) = {digest}"


def running(device: "IosDevice", user: str) -> str:
    return device.running_text()


def startup(device: "IosDevice", user: str) -> str:
    return device.startup_text()


def archive(device: "IosDevice", user: str) -> str:
    return device.archive_text()


def rollback_timer(device: "IosDevice", user: str) -> str:
    return device.rollback_timer()


def directory(device: "IosDevice", user: str, name: str = "") -> str:
    return device.directory(name)


SHOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"sh(?:ow)? ver(?:sion)?", version),
    (r"sh(?:ow)? run(?:ning-config)?(?: all)?", running),
    (r"sh(?:ow)? start(?:up-config)?", startup),
    (r"show hosts", hosts),
    (r"show ip interface brief", interface_brief),
    (r"show users", who),
    (r"show running-config \| include \^username", accounts),
    (r"show ip route", route),
    (r"show clock", clock),
    (r"show snmp user", snmp_user),
    (r"show snmp community", snmp_community),
    (r"show configuration lock", lock),
    (r"show archive", archive),
    (r"show archive config rollback timer", rollback_timer),
    (r"dir(?: flash:/?)?", directory),
    (r"dir flash:/?(\S+)", directory),
    (r"verify /md5 (flash:\S+)", verify),
    *ios_seen.SHOW,
)


def answer(device: "IosDevice", user: str, command: str) -> str | None:
    """What *command* shows; None where the device does not know it."""
    plain = " ".join(command.split())
    for pattern, handler in SHOW:
        if found := re.fullmatch(pattern, plain):
            return handler(device, user, *found.groups())
    return None
