"""Show commands of the lab's AOS-CX switches about what hangs on their ports.

The tables follow HPE's AOS-CX command-line guide and what the open ntc-templates read; empty tables are ours.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from matric.lab.attached import Heard, Seen, canonical, said
from matric.lab.facts import mac

if TYPE_CHECKING:
    from matric.lab.aoscx import AoscxDevice

__all__ = ("SHOW",)

RULE = "-" * 80
WORDS = {
    "bridge": "Bridge",
    "router": "Router",
    "telephone": "Telephone",
    "wlan-access-point": "WLAN",
    "station": "Station only",
}


def _seen(device: "AoscxDevice") -> Seen:
    return device.lab.seen(device)


def _heard(device: "AoscxDevice") -> list[Heard]:
    if device.running.find("no lldp"):
        return []
    return [one for one in _seen(device).heard if "lldp" in one.protocols]


def lldp(device: "AoscxDevice") -> str:
    rows = "".join(
        f"{one.port:<10}  {one.mac:<17}  {one.remote_port:<27}  {one.remote_port:<23}  120      {one.name:<30}\n"
        for one in _heard(device)
    )
    return (
        f"{_lldp_head(device)}"
        "LOCAL-PORT  CHASSIS-ID         PORT-ID                      PORT-DESC                TTL      SYS-NAME\n"
        f"{'-' * 107}\n{rows}"
    )


def _lldp_head(device: "AoscxDevice") -> str:
    return (
        "\nLLDP Neighbor Information\n=========================\n\n"
        f"Total Neighbor Entries          : {len(_heard(device))}\nTotal Neighbor Entries Deleted  : 0\n"
        "Total Neighbor Entries Dropped  : 0\nTotal Neighbor Entries Aged-Out : 0\n\n"
    )


def lldp_detail(device: "AoscxDevice") -> str:
    blocks = "".join(_block(one) for one in _heard(device))
    return f"{_lldp_head(device)}{blocks}"


def _block(one: Heard) -> str:
    able = ", ".join(WORDS[word] for word in one.capabilities if word in WORDS)
    address = f"Neighbor Management-Address    : {one.address}\n" if one.address else ""
    power = "" if one.poe_class is None else f"PD Requested Power Value       : {one.watts:.1f} W\n"
    return (
        f"{RULE}\n\nPort                           : {one.port}\nNeighbor Entries               : 1\n"
        "Neighbor Entries Deleted       : 0\nNeighbor Entries Dropped       : 0\nNeighbor Entries Aged-Out      : 0\n"
        f"Neighbor System-Name           : {one.name}\nNeighbor System-Description    : {one.description}\n"
        f"Neighbor Chassis-ID            : {one.mac}\n{address}"
        f"Chassis Capabilities Available : {able}\nChassis Capabilities Enabled   : {able}\n"
        f"Neighbor Port-ID               : {one.remote_port}\nNeighbor Port-Desc             : {one.remote_port}\n"
        f"Neighbor Port VLAN ID          : {one.vid if one.vid is not None else ''}\n"
        f"TTL                            : 120\n{power}\n"
    )


def cdp(device: "AoscxDevice") -> str:
    head = ["Port        Device ID            Platform                        Capability", RULE]
    if device.running.find("no cdp"):
        return "\n".join(head)
    rows = (
        f"{one.port:<11} {one.name.replace(' ', '-'):<20} {(one.description.split(',')[0])[:30]:<31} "
        f"{', '.join(WORDS[word] for word in one.capabilities if word in WORDS)}"
        for one in _seen(device).heard
        if "cdp" in one.protocols
    )
    return "\n".join((*head, *rows))


def mac_table(device: "AoscxDevice") -> str:
    rows = [f"{one.mac:<20} {one.vid:<8} {'dynamic':<25} {one.port}" for one in _seen(device).learnt]
    head = f"MAC age-time            : 300 seconds\nNumber of MAC addresses : {len(rows)}\n"
    return "\n".join((head, "MAC Address          VLAN     Type                      Port", "-" * 62, *rows))


def arp(device: "AoscxDevice") -> str:
    rows = [
        f"{one.ip:<16} {one.mac:<18} {f'vlan{one.vid}':<12} {one.port:<26} {'reachable':<10} default"
        for one in _seen(device).bound
    ]
    if not rows:
        return "No ARP entries found."
    line = "-" * 114
    head = f"{'IPv4 Address':<16} {'MAC':<18} {'Port':<12} {'Physical Port':<26} {'State':<10} VRF"
    return "\n".join((head, line, *rows, f"Total Number Of ARP Entries Listed- {len(rows)}.", line))


def poe(device: "AoscxDevice") -> str:
    seen, budget = _seen(device), device.spec.poe_w
    used = sum(one.watts for one in seen.fed.values())
    _, guards = said("aoscx", device.text(device.running))
    giving = {canonical(name): one.power for name, one in guards.ports.items()}
    rows = [
        " Status and Configuration Information",
        "",
        "  Member 1 Power",
        f"   Available Power : {budget:.2f} W",
        f"   Total Reserved : {used:.2f} W",
        f"   Total Used : {used:.2f} W",
        f"   Remaining Power : {budget - used:.2f} W",
        "",
        "PoE       Pwr  Power     Pre-std Alloc   PSE Pwr  PD Pwr   PoE Port     PD   Cls",
        "Port      Enab Priority  Detect  Act     Rsrvd    Draw     Status       Sign Type",
        RULE,
    ]
    for port in device.spec.ports[:-4]:
        on, fed = giving.get(canonical(port), True), seen.fed.get(port.lower())
        watts = fed.watts if fed else 0.0
        state = "Delivering" if fed else "Searching" if on else "Disabled"
        rows.append(
            f" {port:<9} {'Yes' if on else 'No':<4} low       off     {watts:.1f} W    {watts:.1f} W    "
            f"{state:<12} {fed.poe_class if fed else 'N/A'}"
        )
    return "\n".join(rows)


def snooped(device: "AoscxDevice") -> str:
    if not device.running.find("dhcpv4-snooping"):
        return "DHCPv4 snooping is disabled."  # ours
    switch, guards = said("aoscx", device.text(device.running))
    trusted = {canonical(name) for name, one in switch.interfaces.items() if one.trusted}
    rows = [
        "MacAddress         IP               VLAN     Interface         Time-Left",
        "------------------ ---------------- -------- ----------------- ---------",
    ]
    rows.extend(
        f"{one.mac:<18} {one.ip:<16} {one.vid:<8} {one.port:<17} 86000"
        for one in _seen(device).leases
        if one.vid in guards.snooped and canonical(one.port) not in trusted
    )
    return "\n".join(rows)


def lacp(device: "AoscxDevice") -> str:
    switch, _ = said("aoscx", device.text(device.running))
    up = _seen(device).links
    rows = [
        "State abbreviations :",
        "A - Active        P - Passive      F - Aggregable I - Individual",
        "S - Short-timeout L - Long-timeout N - InSync     O - OutofSync",
        "C - Collecting    D - Distributing X - State m/c expired E - Default neighbor state",
        "",
        "Actor details of all interfaces:",
        "----------------------------------------------------------------------------------",
        "Intf       Aggr       Port    Port    State   System-ID         System   Aggr Forwarding",
        "           Name       Id      Pri                               Pri      Key  State",
        "----------------------------------------------------------------------------------",
    ]
    members = (one for one in switch.interfaces.values() if one.lag is not None)
    rows.extend(
        f"{one.name:<10} lag{one.lag:<7} {number:<7} 1       {'ALFNCD' if one.name in up else 'ALFOE':<7} "
        f"{mac(device.spec.key)} 65534    {one.lag:<4} {'up' if one.name in up else 'down'}"
        for number, one in enumerate(members, 1)
    )
    return "\n".join(rows)


def tree(device: "AoscxDevice") -> str:
    if not device.running.find("spanning-tree"):
        return "Spanning tree status : Disabled"
    own = mac(device.spec.key)
    return (
        "Spanning tree status         : Enabled Protocol: MSTP\n\nMST0\n"
        f"  Root ID    Priority   : 32768\n             MAC-Address: {own}\n"
        "             This bridge is the root\n             Hello time(in seconds):2  Max Age(in seconds):20\n"
        f"  Bridge ID  Priority  : 32768\n             MAC-Address: {own}\n"
    )


SHOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"lldp neighbors?(?:-info)?", lldp),
    (r"lldp neighbors?(?:-info)? detail", lldp_detail),
    (r"cdp neighbors?-info", cdp),
    (r"mac-address-table", mac_table),
    (r"arp(?: all-vrfs)?", arp),
    (r"power-over-ethernet(?: brief)?", poe),
    (r"dhcpv4-snooping binding", snooped),
    (r"lacp interfaces", lacp),
    (r"spanning-tree", tree),
)
