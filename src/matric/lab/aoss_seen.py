"""Show commands of the lab's AOS-S switches about what hangs on their ports.

The tables follow the examples of the HPE ArubaOS-Switch 16.x guides.
"""

from collections.abc import Callable
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from matric.config import natural
from matric.lab.aoss_tree import lags, unquoted, vlan_ids
from matric.lab.attached import Heard, Seen, canonical, said
from matric.lab.facts import mac

if TYPE_CHECKING:
    from matric.lab.aoss import AossDevice

__all__ = ("SHOW", "dashed")

SILENT = "LLDP is not enabled."  # ours
RULE = "-" * 78


def dashed(address: str) -> str:
    """``02:ab:...`` as ``02ab01-020304``."""
    plain = address.replace(":", "")
    return f"{plain[:6]}-{plain[6:]}"


def _seen(device: "AossDevice") -> Seen:
    return device.lab.seen(device)


def _ports(device: "AossDevice") -> list[str]:
    every = set(device.spec.ports) | {port for port, _, _ in device.lab.neighbours(device)}
    return sorted(every, key=natural)


def _below(device: "AossDevice", port: str, line: str) -> bool:
    entry = device.running.entries.get(f"interface {port}")
    return entry is not None and entry.below is not None and bool(entry.below.find(line))


def brief(device: "AossDevice", only: str = "") -> str:
    inside = {port: name for name, found in lags(device.running).items() for port in found}
    linked = _seen(device).links
    rows = [
        "",
        " Status and Counters - Port Status",
        "",
        "                          | Intrusion                           MDI  Flow  Bcast",
        "  Port         Type       | Alert     Enabled Status Mode       Mode Ctrl  Limit",
        "  ------------ ---------- + --------- ------- ------ ---------- ---- ----- ------",
    ]
    for port in _ports(device):
        if only and port != only:
            continue
        shown = f"{port}-{inside[port]}" if port in inside else port
        enabled = not _below(device, port, "disable")
        up = "Up" if enabled and port.lower() in linked else "Down"
        rows.append(
            f"  {shown:<12} 100/1000T  | No        {'Yes' if enabled else 'No':<7} {up:<6} 1000FDx    MDI  off   0"
        )
    return "\n".join(rows) + "\n"


def _heard(device: "AossDevice", port: str = "") -> list[Heard]:
    return [one for one in _seen(device).heard if "lldp" in one.protocols and port in ("", "all", "detail", one.port)]


def lldp(device: "AossDevice") -> str:
    if device.running.find("no lldp run"):
        return SILENT
    rows = [
        "",
        " LLDP Remote Devices Information",
        "",
        "  LocalPort | ChassisId                 PortId PortDescr SysName",
        "  --------- + ------------------------- ------ --------- ----------------------",
    ]
    for one in _heard(device):
        chassis = one.mac.replace(":", " ")
        name, port = one.name.replace(" ", "-"), one.remote_port.replace(" ", "-")
        rows.append(f"  {one.port:<9} | {chassis:<25} {port[:6]:<6} {port[:9]:<9} {name[:22]:<22}")
    return "\n".join(rows) + "\n"


def lldp_detail(device: "AossDevice", port: str = "") -> str:
    if device.running.find("no lldp run"):
        return SILENT
    rows = ["", " LLDP Remote Device Information Detail"]
    for one in _heard(device, port):
        able = ", ".join(one.capabilities)
        rows += [
            "",
            f"  Local Port   : {one.port}",
            "  ChassisType  : mac-address",
            f"  ChassisId    : {dashed(one.mac)}",
            "  PortType     : interface-name",
            f"  PortId       : {one.remote_port}",
            f"  SysName      : {one.name}",
            f"  System Descr : {one.description}",
            f"  PortDescr    : {one.remote_port}",
            f"  Pvid         : {one.vid if one.vid is not None else ''}",
            "",
            f"  System Capabilities Supported  : {able}",
            f"  System Capabilities Enabled    : {able}",
            "",
        ]
        if one.address:
            rows += ["  Remote Management Address", "     Type    : ipv4", f"     Address : {one.address}", ""]
        if one.poe_class is not None:
            rows += [
                "  Poe Plus Information Detail",
                "",
                "    Poe Device Type              : Type1 PD",
                "    Power Source                 : Only PSE",
                "    Power Priority               : Unknown",
                f"    PD Requested Power Value     : {one.watts:.1f} Watts",
                f"    PSE Allocated Power Value    : {one.watts:.1f} Watts",
                "",
            ]
        rows.append(RULE)
    return "\n".join(rows) + "\n"


def cdp(device: "AossDevice") -> str:
    rows = ["", " CDP neighbors information", ""]
    if device.running.find("no cdp run"):
        return "\n".join(rows) + "\n"
    for one in (one for one in _seen(device).heard if "cdp" in one.protocols):
        able = ", ".join(one.capabilities)
        rows += [
            f"  Port : {one.port}",
            f"  Device ID : {one.name}",
            "  Address Type : IP",
            f"  Address      : {one.address or '0.0.0.0'}",
            f"  Platform     : {one.description}",
            f"  Capability   : {able}",
            f"  Device Port  : {one.remote_port}",
            f"  Version      : {one.description}",
            "",
            RULE,
        ]
    return "\n".join(rows) + "\n"


def macs(device: "AossDevice") -> str:
    rows = [
        "",
        " Status and Counters - Port Address Table",
        "",
        "  MAC Address   Port     VLAN",
        "  ------------- -------- ----",
    ]
    rows.extend(f"  {dashed(one.mac):<13} {one.port:<8} {one.vid}" for one in _seen(device).learnt)
    return "\n".join(rows) + "\n"


def arp(device: "AossDevice") -> str:
    rows = [
        "",
        " IP ARP table",
        "",
        "  IP Address       MAC Address       Type    Port",
        "  ---------------  ----------------- ------- ----",
    ]
    rows.extend(f"  {one.ip:<15}  {dashed(one.mac):<17} dynamic {one.port}" for one in _seen(device).bound)
    return "\n".join(rows) + "\n"


def poe(device: "AossDevice") -> str:
    seen = _seen(device)
    used, budget = sum(one.watts for one in seen.fed.values()), device.spec.poe_w
    rows = [
        "",
        " Status and Counters - Port Power Status",
        "",
        f"  Available: {budget:.0f} W  Used: {used:.0f} W  Remaining: {budget - used:.0f} W",
        "",
        "  PoE    Pwr  Pwr      Pre-std Alloc Alloc  PSE Pwr PD Pwr  PoE Port     PLC PLC",
        "  Port   Enab Priority Detect  Cfg   Actual Rsrvd   Draw    Status       Cls Type",
        "  ------ ---- -------- ------- ----- ------ ------- ------- ------------ --- ----",
    ]
    for port in device.spec.ports:
        off = _below(device, port, "no power-over-ethernet")
        fed = seen.fed.get(port.lower())
        watts, kind = (fed.watts, str(fed.poe_class)) if fed else (0.0, "0")
        state = "Disabled" if off else "Delivering" if fed else "Searching"
        given, drawn = f"{watts:.1f} W", f"{watts:.1f} W"
        rows.append(
            f"  {port:<6} {'No' if off else 'Yes':<4} low      off     usage usage  {given:<7} {drawn:<7} "
            f"{state:<12} {kind:<3} {'1' if fed else '-'}"
        )
    return "\n".join(rows) + "\n"


def snooped(device: "AossDevice") -> str:
    head = [
        "",
        "  MacAddress    IP              VLAN Interface Time Left",
        "  ------------- --------------- ---- --------- ---------",
    ]
    if not device.running.find("dhcp-snooping"):
        return "\n  DHCP snooping is not enabled.\n"  # ours
    switch, guards = said("aoss", device.text(device.running))
    trusted = {canonical(name) for name, one in switch.interfaces.items() if one.trusted}
    found = [one for one in _seen(device).leases if one.vid in guards.snooped and canonical(one.port) not in trusted]
    rows = [
        f"  {dashed(one.mac)} {one.ip:<15} {one.vid:<4} {one.port:<9} {86400 - 60 * at}" for at, one in enumerate(found)
    ]
    return "\n".join((*head, *rows)) + "\n"


def trunks(device: "AossDevice") -> str:
    rows = [
        "",
        " Load Balancing Method:  L3-based (default)",
        "",
        "  Port   | Name                             Type      | Group  Type    ",
        "  ------ + -------------------------------- --------- + ------ --------",
    ]
    speaking = {
        word: "LACP" if "lacp" in entry.text.split() else "Trunk"
        for entry in device.running.find("trunk")
        for word in entry.text.split()
    }
    for name, found in lags(device.running).items():
        for port in sorted(found, key=natural):
            entry = device.running.entries.get(f"interface {port}")
            label = unquoted((entry.below.value("name") if entry and entry.below else None) or "")
            kind = speaking.get(name.lower(), "LACP")
            rows.append(f"  {port:<6} | {label[:32]:<32} 100/1000T | {name:<6} {kind:<8}")
    return "\n".join(rows) + "\n"


def tree(device: "AossDevice") -> str:
    if not device.running.find("spanning-tree"):
        return "\n Multiple Spanning Tree (MST) Information\n\n  STP Enabled   : No\n"
    base = dashed(mac(device.spec.key))
    return (
        "\n Multiple Spanning Tree (MST) Information\n\n  STP Enabled   : Yes\n  Force Version : MSTP-operation\n"
        f"  IST Mapped VLANs : 1-4094\n  Switch MAC Address : {base}\n  Switch Priority    : 32768\n"
        "  Max Age  : 20\n  Max Hops : 20\n  Forward Delay : 15\n\n"
        f"  CST Root MAC Address : {base}\n  CST Root Priority    : 32768\n  CST Root Path Cost   : 0\n"
        "  CST Root Port        : This switch is root\n"
    )


def addresses(device: "AossDevice") -> str:
    rows = [
        "",
        " Internet (IP) Service",
        "",
        f"  IP Routing : {'Enabled' if device.running.find('ip routing') else 'Disabled'}",
        "",
        f"  Default Gateway : {device.running.value('ip default-gateway') or ''}",
        "  Default TTL     : 64",
        "  Arp Age         : 20",
        "",
        "                       |                                            Proxy ARP",
        "  VLAN                 | IP Config  IP Address      Subnet Mask     Std  Local",
        "  -------------------- + ---------- --------------- --------------- ----------",
    ]
    for vid in vlan_ids(device.running):
        below = device.running.entries[f"vlan {vid}"].below
        name = unquoted((below.value("name") if below else None) or f"VLAN{vid}")
        given = (below.value("ip address") if below else None) or ""
        if given and given != "dhcp-bootp":
            one = IPv4Interface(given.replace(" ", "/"))
            rows.append(f"  {name[:20]:<20} | Manual     {one.ip!s:<15} {one.netmask!s:<15} No    No")
        else:
            rows.append(f"  {name[:20]:<20} | Disabled")
    return "\n".join(rows) + "\n"


SHOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"interfaces brief", brief),
    (r"interfaces brief (\S+)", brief),
    (r"lldp info remote-device", lldp),
    (r"lldp info remote-device (\S+)", lldp_detail),
    (r"cdp neighbors detail", cdp),
    (r"mac-address", macs),
    (r"arp", arp),
    (r"power-over-ethernet brief", poe),
    (r"dhcp-snooping binding", snooped),
    (r"trunks", trunks),
    (r"spanning-tree", tree),
    (r"ip", addresses),
)
