"""Show commands of the lab's AOS-S switches.

The tables follow the examples of the HPE ArubaOS-Switch 16.x guides; figures no configuration gives are constant.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from matric.config import natural
from matric.lab import aoss_seen
from matric.lab.aoss_seen import dashed
from matric.lab.aoss_tree import members, unquoted, vlan_ids
from matric.lab.facts import mac

if TYPE_CHECKING:
    from matric.lab.aoss import AossDevice

__all__ = ("answer", "dashed")

NO_RESTORE = "Invalid input: cfg-restore"


def version(device: "AossDevice") -> str:
    return (
        "\nImage stamp:    /ws/swbuildm/rel_zion_qaoff/code/build/lakes(swbuildm_rel_zion_qaoff_rel_zion)\n"
        f"                Mar 14 2023 09:17:24\n                {device.release}\n                305\n"
        "Boot Image:     Primary\n\nBoot ROM Version:    YA.15.20\nActive Boot ROM:     Primary\n"
    )


def system(device: "AossDevice") -> str:
    days, rest = divmod(int(device.uptime), 86400)
    hours, rest = divmod(rest, 3600)
    up = f"{days} days" if days else f"{hours} hours" if hours else f"{rest // 60} mins"
    tree = device.running
    return (
        "\n Status and Counters - General System Information\n\n"
        f"  System Name        : {device.hostname:<20}\n"
        f"  System Contact     : {unquoted(tree.value('snmp-server contact') or '')}\n"
        f"  System Location    : {unquoted(tree.value('snmp-server location') or '')}\n\n"
        "  MAC Age Time (sec) : 300\n\n  Time Zone          : 0\n  Daylight Time Rule : None\n\n"
        f"  Software revision  : {device.release:<21} Base MAC Addr      : {dashed(mac(device.spec.key))}\n"
        f"  ROM Version        : YA.15.20              Serial Number      : {device.spec.serial}\n\n"
        f"  Up Time            : {up:<21} Memory   - Total   : 67,108,864\n"
        "  CPU Util (%)       : 4                              Free    : 41,203,712\n\n"
        "  IP Mgmt  - Pkts Rx : 81,204               Packet   - Total   : 6600\n"
        "             Pkts Tx : 64,118               Buffers    Free    : 5022\n"
        "                                                       Lowest  : 4976\n"
        "                                                       Missed  : 0\n"
    )


def modules(device: "AossDevice") -> str:
    return (
        "\n Status and Counters - Module Information\n\n"
        f"  Chassis: {device.model}         Serial Number:   {device.spec.serial}\n"
    )


def running(device: "AossDevice") -> str:
    return f"\nRunning configuration:\n\n{device.whole(device.running)}\n"


def startup(device: "AossDevice") -> str:
    return f"\nStartup configuration: 1\n\n{device.whole(device.startup)}\n"


def named(device: "AossDevice", name: str) -> str:
    text = device.get(name)
    return f"File not found: {name}" if text is None else f"\nConfiguration file: {name}\n\n{text}\n"


def files(device: "AossDevice") -> str:
    rows = ["", "Configuration files:", "", " id | act pri sec | name", " ---+-------------+" + "-" * 48]
    rows.append("  1 |  *   *   *  | config")
    names = sorted(path.name for path in device.flash.iterdir())
    rows.extend(f"  {number} |             | {name}" for number, name in enumerate(names, 2))
    return "\n".join(rows) + "\n"


def status(device: "AossDevice") -> str:
    return (
        "\n The running configuration has been changed and needs to be saved.\n"
        if not device.saved()
        else "\n Running configuration is same as the startup configuration.\n"
    )


def vlans(device: "AossDevice") -> str:
    rows = [
        "",
        " Status and Counters - VLAN Information",
        "",
        "  Maximum VLANs to support : 256",
        "  Primary VLAN : DEFAULT_VLAN",
        "  Management VLAN :",
        "",
        "  VLAN ID Name                             | Status     Voice Jumbo",
        "  ------- -------------------------------- + ---------- ----- -----",
    ]
    rows.extend(f"  {vid:<7} {_name(device, vid)[:32]:<32} | Port-based No    No" for vid in vlan_ids(device.running))
    return "\n".join(rows) + "\n"


def _name(device: "AossDevice", vid: int) -> str:
    entry = device.running.entries.get(f"vlan {vid}")
    return unquoted((entry.below.value("name") if entry and entry.below else None) or f"VLAN{vid}")


def vlan(device: "AossDevice", number: str) -> str:
    vid = int(number)
    if vid not in vlan_ids(device.running):
        return f"VLAN {vid} not found."
    linked = device.lab.seen(device).links
    rows = [
        "",
        f" Status and Counters - VLAN Information - VLAN {vid}",
        "",
        f"  VLAN ID : {vid}",
        f"  Name : {_name(device, vid)}",
        "  Status : Port-based",
        "  Voice : No",
        "  Jumbo : No",
        "",
        "  Port Information Mode     Unknown VLAN Status",
        "  ---------------- -------- ------------ ----------",
    ]
    kinds = [(port, kind) for kind in ("untagged", "tagged") for port in members(device.running, vid, kind)]
    for port, kind in sorted(kinds, key=lambda row: natural(row[0])):
        rows.append(f"  {port:<16} {kind.title():<8} Learn        {'Up' if port in linked else 'Down'}")
    return "\n".join(rows) + "\n"


def job(device: "AossDevice") -> str:
    rows = [
        "",
        " Job Scheduler Status and Configuration",
        "",
        " Scheduler Status : Running",
        "",
        "                  Event or                  Repeat Save",
        " Name             Time                      Count  Cfg  Command",
        " ---------------- ------------------------- ------ ---- ------------------------",
    ]
    for one in device.jobs():
        every = f"Every {one.minutes // 1440}:{one.minutes // 60 % 24:02}:{one.minutes % 60:02} days"
        count = "--" if one.count is None else str(one.count)
        rows.append(f" {one.name:<16} {every:<25} {count:<6} No   {one.command}")
    return "\n".join(rows) + "\n"


def reload_after(device: "AossDevice") -> str:
    found = device.reload_left_s()
    if found is None:
        return "\nReload is not scheduled.\n"  # ours
    left = int(found)
    return f"\nReload scheduled in {left // 60} minutes {left % 60} seconds.\n"  # ours


def restore_status(device: "AossDevice") -> str:
    if not device.has_restore:
        return NO_RESTORE
    found = device.restored
    if found is None:
        return "\nConfiguration restore has not been performed.\n"  # ours
    return (
        f"\n Status                       : {found.status}\n Config File Name             : {found.file}\n"
        " Source                       : Flash\n Time Taken                   : 2 Seconds\n"
        f" Recovery Mode                : {'Enabled' if found.recovery else 'Disabled'}\n"
        f" Failure Reason               : {found.reason}\n Number of Add Commands       : {found.added}\n"
        f" Number of Remove Commands    : {found.removed}\n"
    )


def clock(device: "AossDevice") -> str:
    """The time where the switch stands: in UTC unless a rule for summer time is set."""
    british = device.running.value("time daylight-time-rule") == "western-europe"
    here = device.clock.astimezone(ZoneInfo("Europe/London" if british else "UTC"))
    return f"{here:%a %b} {here.day} {here:%H:%M:%S %Y}"


def routes(device: "AossDevice") -> str:
    rows = [
        "",
        "                                IP Route Entries",
        "",
        "  Destination        Gateway         VLAN Type      Sub-Type   Metric     Dist.",
        "  ------------------ --------------- ---- --------- ---------- ---------- -----",
    ]
    tree = device.running
    if not tree.find("ip routing"):
        return "\n".join(rows[:2]) + "\n"
    for entry in tree.find("ip route"):
        prefix = IPv4Network("/".join(entry.text.split()[2:4]) if "/" not in entry.text else entry.text.split()[2])
        rows.append(f"  {prefix!s:<18} {entry.text.split()[-1]:<15} {'':<4} static               1          1")
    for vid in vlan_ids(tree):
        entry = tree.entries[f"vlan {vid}"]
        address = (entry.below.value("ip address") if entry.below else None) or ""
        if address and address != "dhcp-bootp":
            network = IPv4Interface(address.replace(" ", "/")).network
            rows.append(f"  {network!s:<18} {_name(device, vid)[:15]:<15} {vid:<4} connected            1          0")
    return "\n".join(rows) + "\n"


SHOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"version", version),
    (r"system(?: information)?", system),
    (r"modules", modules),
    (r"run(?:ning-config)?", running),
    (r"conf(?:ig)?", startup),
    (r"config files", files),
    (r"config status", status),
    (r"config (\S+)", named),
    (r"vlans?", vlans),
    (r"vlans? (\d+)", vlan),
    (r"job", job),
    (r"reload after", reload_after),
    (r"cfg-restore status", restore_status),
    (r"time", clock),
    (r"ip route", routes),
    *aoss_seen.SHOW,
)


def answer(device: "AossDevice", command: str) -> str | None:
    """What ``show`` *command* says; None where the device does not know it."""
    for pattern, handler in SHOW:
        if found := re.fullmatch(pattern, command):
            return handler(device, *found.groups())
    return None
