"""Show commands of the lab's AOS-CX switches.

The tables follow HPE's AOS-CX command-line guide and what the open ntc-templates read. ``show power-over-ethernet``
and ``show arp`` on an empty table are our own wording.
"""
# ruff: noqa: ARG001 - every handler takes the same arguments

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from matric.lab import aoscx_seen
from matric.lab.aoscx_text import show
from matric.lab.facts import PortState, interfaces, listed, mac, ports, routes, svis, vlans

if TYPE_CHECKING:
    from matric.lab.aoscx import AoscxDevice

__all__ = ("answer",)

RULE = "-" * 80


def version(device: "AoscxDevice") -> str:
    return (
        f"{RULE}\nArubaOS-CX\n(c) Copyright 2017-2024 Hewlett Packard Enterprise Development LP\n{RULE}\n"
        f"Version      : {device.release}\nBuild Date   : 2024-05-28 10:00:00 UTC\n"
        f"Build ID     : ArubaOS-CX:{device.release}:lab:202405281000\nBuild SHA    : none\nActive Image : primary\n\n"
        "Service OS Version : FL.01.14.0002\nBIOS Version       : FL.01.0002"
    )


def system(device: "AoscxDevice") -> str:
    weeks, rest = divmod(int(device.uptime), 604800)
    days, rest = divmod(rest, 86400)
    hours, rest = divmod(rest, 3600)
    parts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((weeks, "week"), (days, "day"), (hours, "hour"), (rest // 60, "minute"))
        if number
    ]
    location = device.running.value("snmp-server system-location") or ""
    return (
        f"Hostname           : {device.hostname}\nSystem Description : {device.release}\nSystem Contact     :\n"
        f"System Location    : {location}\n\nVendor             : Aruba\n"
        f"Product Name       : {device.spec.model or 'JL661A 6300M 48G CL4 PoE 4SFP56 Sw'}\n"
        f"Chassis Serial Nbr : {device.spec.serial}\nBase MAC Address   : {_base(device)}\n"
        f"ArubaOS-CX Version : {device.release}\n\nTime Zone          : UTC\n\n"
        f"Up Time            : {', '.join(parts) or 'under a minute'}\nCPU Util (%)       : 7\nMemory Usage (%)   : 24"
    )


def _base(device: "AoscxDevice") -> str:
    plain = mac(device.spec.key).replace(":", "")
    return f"{plain[:6]}-{plain[6:]}"


def _ports(device: "AoscxDevice") -> tuple[PortState, ...]:
    return tuple(port for port in ports(device) if not port.name.startswith(("vlan", "loopback", "mgmt")))


def _mode(device: "AoscxDevice", name: str) -> tuple[str, str]:
    """(native VLAN, mode) of a port."""
    section = interfaces(device.running).get(name.lower())
    if section is None:
        return "1", "access"
    if section.find("routing") or (section.find("ip address") and not section.find("no routing")):
        return "--", "routed"
    if (native := section.value("vlan trunk native")) is not None:
        return native.split()[0], "trunk"
    if section.value("vlan trunk allowed") is not None:
        return "1", "trunk"
    return section.value("vlan access") or "1", "access"


def interface_brief(device: "AoscxDevice") -> str:
    rows = [
        RULE,
        "Port         Native  Mode   Type           Enabled Status  Reason                  Speed   Description",
        "             VLAN                                                                 (Mb/s)",
        RULE,
    ]
    for port in _ports(device):
        native, mode = _mode(device, port.name)
        why = "Administratively down" if port.shut else "" if port.up else "Waiting for link"
        rows.append(
            f"{port.name:<12} {native:<7} {mode:<6} {'1GbT':<14} {'no' if port.shut else 'yes':<7} "
            f"{'up' if port.up else 'down':<7} {why:<23} {'1000' if port.up else '--':<7} {port.description or '--'}"
        )
    for name, address in svis(device.running).items():
        rows.append(f"{name:<12} {'--':<7} {'--':<6} {'--':<14} {'yes':<7} {'up':<7} {'':<23} {'--':<7} {address.ip}")
    return "\n".join(rows)


def interface(device: "AoscxDevice") -> str:
    blocks: list[str] = []
    for port in _ports(device):
        section = interfaces(device.running).get(port.name.lower())
        mtu = (section.value("mtu") if section is not None else None) or "1500"
        up = "up" if port.up else "down"
        admin = f"Admin state is {'down' if port.shut else 'up'}"
        why = "" if port.up else f" State information: {'Administratively down' if port.shut else 'Waiting for link'}\n"
        blocks.append(
            f"Interface {port.name} is {up}\n {admin}\n{why} Link transitions: {int(port.up)}\n"
            f" Description: {port.description}\n Hardware: Ethernet, MAC Address: {mac(device.spec.key + port.name)}\n"
            f" MTU {mtu}\n Type 1GbT\n Full-duplex\n qos trust none\n Speed {1000 if port.up else 0} Mb/s\n"
            " Auto-negotiation is on\n Flow-control: off\n Error-control: off\n"
        )
    for name, address in svis(device.running).items():
        blocks.append(
            f"Interface {name} is up\n Admin state is up\n Description:\n"
            f" Hardware: Ethernet, MAC Address: {mac(device.spec.key)}\n IPv4 address {address}\n"
        )
    return "\n".join(blocks)


def vlan(device: "AoscxDevice") -> str:
    line = "-" * 114
    rows = [
        line,
        f"{'VLAN':<5} {'Name':<33} {'Status':<7} {'Reason':<23} {'Type':<9} Interfaces",
        line,
    ]
    for vid, name in sorted(vlans(device.running).items()):
        given = "DEFAULT_VLAN_1" if vid == 1 and name in ("default", "VLAN0001") else _name(vid, name)
        members = [port.name for port in _ports(device) if _member(device, port.name, vid)]
        up, why = ("up", "ok") if members else ("down", "no_member_port")
        kind = "default" if vid == 1 else "static"
        rows.append(f"{vid:<5} {given:<33} {up:<7} {why:<23} {kind:<9} {','.join(members)}")
    return "\n".join(rows)


def _name(vid: int, name: str) -> str:
    return f"VLAN{vid}" if name == f"VLAN{vid:04}" else name


def _member(device: "AoscxDevice", name: str, vid: int) -> bool:
    native, mode = _mode(device, name)
    if mode != "trunk":
        return native == str(vid)
    section = interfaces(device.running)[name.lower()]
    return vid in listed(section.value("vlan trunk allowed") or native)


def route(device: "AoscxDevice") -> str:
    rows = ["", "Displaying ipv4 routes selected for forwarding", "", "'[x/y]' denotes [distance/metric]", ""]
    for prefix, hop, port in routes(device):
        rows.append(f"{prefix}, vrf default")
        rows.append(f"\tvia  {hop},  [1/0],  static" if hop else f"\tvia  {port},  [0/0],  connected")
    return "\n".join(rows)


def clock(device: "AoscxDevice") -> str:
    now = device.clock
    return f"{now:%a %b} {now.day} {now:%H:%M:%S} UTC {now.year}\nSystem is configured for timezone : UTC"


def checkpoint_list(device: "AoscxDevice") -> str:
    return "\n".join((*device.checkpoints, "startup-config"))


def checkpoints(device: "AoscxDevice") -> str:
    rows = ["|NAME                          |TYPE        |WRITER |DATE                |HARDWARE |IMAGE VERSION |"]
    rows.extend(
        f"|{name:<30}|checkpoint  |{one.writer:<7}|{one.when:%Y-%m-%d %H:%M:%S} |         |{device.release:<14}|"
        for name, one in device.checkpoints.items()
    )
    return "\n".join(rows)


def checkpoint(device: "AoscxDevice", name: str) -> str:
    tree = device.held(name)
    if tree is None:
        return f"Checkpoint {name} does not exist."
    return f"!\n!Version ArubaOS-CX {device.release}\n!export-password: default\n{show(tree)}".rstrip("\n")


def running(device: "AoscxDevice") -> str:
    return device.whole(device.running)


def startup(device: "AoscxDevice") -> str:
    return device.whole(device.startup, "Startup configuration:")


def fan(device: "AoscxDevice") -> str:
    rows = "".join(
        f"1/{number}/1        N/A            N/A      slow    front-to-back  ok             4560\n" for number in (1, 2)
    )
    head = "Mbr/Tray/Fan  Product  Serial Number  Speed   Direction      Status         RPM"
    return f"\nFan information\n{RULE}\n{head}\n{RULE}\n{rows}"


def temperature(device: "AoscxDevice") -> str:
    return (
        f"\nTemperature information\n{RULE}\n{'':<53}Current\n"
        f"Mbr/Slot-Sensor                 Module Type        temperature  Status\n{RULE}\n"
        "1/1-PHY-01-08                   line-card-module   41.00 C      normal\n"
        "1/1-Switch-ASIC-Internal        line-card-module   52.50 C      normal"
    )


def power_supply(device: "AoscxDevice") -> str:
    return (
        f"\n         Product  Serial            PSU           Input Voltage    Wattage\n"
        f"Mbr/PSU  Number   Number            Status        Type Range       Maximum\n{RULE}\n"
        f"1/1      JL086A   {device.spec.serial or 'N/A':<17} OK            AC   100V-240V        680\n"
        "1/2      N/A      N/A               Absent        --   --               0"
    )


SHOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"version", version),
    (r"system", system),
    (r"running(?:-config)?", running),
    (r"startup(?:-config)?", startup),
    (r"interface brief", interface_brief),
    (r"interface", interface),
    (r"vlan", vlan),
    (r"ip route(?: all-vrfs)?", route),
    (r"clock", clock),
    (r"checkpoint list", checkpoint_list),
    (r"checkpoint(?: list all)?", checkpoints),
    (r"checkpoint (\S+)", checkpoint),
    (r"environment fan", fan),
    (r"environment temperature", temperature),
    (r"environment power-supply", power_supply),
    *aoscx_seen.SHOW,
)


def answer(device: "AoscxDevice", command: str) -> str | None:
    """What *command* shows; None where the device does not know it."""
    plain = " ".join(command.split())
    if not (found := re.match(r"sh(?:ow)? ", plain)):
        return None
    for pattern, handler in SHOW:
        if given := re.fullmatch(pattern, plain[found.end() :]):
            return handler(device, *given.groups())
    return None
