"""What a lab Junos device answers to ``<command>``: show commands as text. Formats: Junos OS CLI reference for EX."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from matric.config import natural
from matric.lab import facts
from matric.lab.attached import Bound, Heard, Seen, canonical, said
from matric.lab.facts import mac
from matric.lab.junos_view import at
from matric.switch import Interface

if TYPE_CHECKING:
    from matric.lab.junos import JunosDevice

__all__ = ("answer", "heard", "snooped", "vlan_names")


def _seen(device: "JunosDevice") -> Seen:
    return device.lab.seen(device)


def _said(device: "JunosDevice") -> dict[str, Interface]:
    switch, _ = said("junos", device.text(device.running))
    return {canonical(name): one for name, one in switch.interfaces.items()}


def vlan_names(device: "JunosDevice") -> dict[int, str]:
    """VLAN id -> name; VLAN 1 always exists."""
    switch, _ = said("junos", device.text(device.running))
    return {1: "default", **switch.vlans}


def heard(device: "JunosDevice") -> list[Heard]:
    """Who introduced itself by LLDP."""
    if at(device.running, "protocols", "lldp") is None:
        return []
    return [one for one in _seen(device).heard if "lldp" in one.protocols]


def snooped(device: "JunosDevice") -> list[Bound]:
    """Leases in the VLANs with DHCP security, at ports that are not trusted: access ports."""
    switch, guards = said("junos", device.text(device.running))
    trunks = {canonical(name) for name, one in switch.interfaces.items() if one.mode == "trunk"}
    return [one for one in _seen(device).leases if one.vid in guards.snooped and canonical(one.port) not in trunks]


def version(device: "JunosDevice") -> str:
    spec = device.spec
    release = spec.os_version
    return (
        f"Hostname: {device.hostname}\nModel: {spec.model.lower()}\nJunos: {release}\n"
        f"JUNOS OS Kernel 64-bit  [20230518.{release}]\nJUNOS EX  Software Suite [{release}]\n"
    )


def hardware(device: "JunosDevice") -> str:
    spec = device.spec
    return (
        "Hardware inventory:\n"
        "Item             Version  Part number  Serial number     Description\n"
        f"Chassis                                {spec.serial:<17} {spec.model}\n"
        f"Routing Engine 0          BUILTIN      BUILTIN           RE-{spec.model}\n"
        f"FPC 0            REV 20   650-059881   {spec.serial:<17} {spec.model}\n"
        "  CPU                     BUILTIN      BUILTIN           FPC CPU\n"
        "  PIC 0          REV 20   BUILTIN      BUILTIN           24x10/100/1000 Base-T\n"
    )


def vlans(device: "JunosDevice") -> str:
    up, known = _seen(device).links, _said(device)
    rows = ["", "Routing instance        VLAN name             Tag          Interfaces"]
    for vid, name in sorted(vlan_names(device).items(), key=lambda row: row[1]):
        rows.append(f"default-switch          {name:<21} {vid:<12} ")
        for port in device.spec.ports:
            one = known.get(canonical(port)) or Interface(port)
            inside = (
                (one.allowed is None or vid in one.allowed) if one.mode == "trunk" else vid in (one.access, one.voice)
            )
            if inside and one.mode in ("access", "trunk"):
                rows.append(f"{'':<59}{port}.0{'*' if port.lower() in up else ''}")
    return "\n".join(rows) + "\n"


def terse(device: "JunosDevice") -> str:
    rows = ["Interface               Admin Link Proto    Local                 Remote"]
    known, addresses = _said(device), facts.svis(facts.seen(device))
    for port in facts.ports(device):
        name = port.name.replace("Port-channel", "ae")
        if name.startswith("Vlan"):
            continue
        admin, link = "down" if port.shut else "up", "up" if port.up else "down"
        rows.append(f"{name:<23} {admin:<5} {link}")
        one = known.get(canonical(name))
        if one is not None and one.lag is not None:
            rows.append(f"{name + '.0':<23} {admin:<5} {link:<4} aenet    --> ae{one.lag}.0")
        else:
            rows.append(f"{name + '.0':<23} {admin:<5} {link:<4} eth-switch")
    rows.append("irb                     up    up")
    rows.extend(
        f"{'irb.' + canonical(name)[4:]:<23} up    up   inet     {address}"
        for name, address in sorted(addresses.items(), key=lambda row: natural(row[0]))
    )
    return "\n".join(rows) + "\n"


def lacp(device: "JunosDevice") -> str:
    groups: dict[int, list[Interface]] = {}
    for one in _said(device).values():
        if one.lag is not None:
            groups.setdefault(one.lag, []).append(one)
    rows: list[str] = []
    for number, members in sorted(groups.items()):
        rows += [f"Aggregated interface: ae{number}", "    LACP state:       Role   Exp   Def  Dist  Col  Syn  Aggr"]
        rows += [f"      {one.name:<14} Actor    No    No   Yes  Yes  Yes   Yes" for one in members]
        rows.append("    LACP protocol:        Receive State  Transmit State          Mux State")
        rows += [f"      {one.name:<24} Current   Slow periodic Collecting distributing" for one in members]
        rows.append("")
    return "\n".join(rows) + "\n"


def _info(one: Heard) -> str:
    """The port at the other end, as one word: ntc-templates' table takes no other."""
    return one.remote_port.replace(" ", "-")


def lldp(device: "JunosDevice") -> str:
    rows = [
        "Local Interface    Parent Interface    Chassis Id                               Port info          System Name"
    ]
    rows.extend(f"{one.port:<18} {'-':<19} {one.mac:<40} {_info(one):<18} {one.name}" for one in heard(device))
    return "\n".join(rows) + "\n"


_WORDS = {"wlan-access-point": "WLAN Access Point", "station": "Station Only"}


def lldp_at(device: "JunosDevice", port: str) -> str:
    """``show lldp neighbors interface``: what the neighbour at *port* says of itself, in full."""
    return "\n".join(_introduced(one) for one in heard(device) if one.port == port)


def _introduced(one: Heard) -> str:
    able = " ".join(_WORDS.get(word, word.title()) for word in one.capabilities)
    address = f"\nManagement address\n        Address Type      : IPv4\n        Address           : {one.address}\n"
    return (
        "LLDP Neighbor Information:\nLocal Information:\nIndex: 1 Time to live: 120 Age: 20 secs\n"
        f"Local Interface    : {one.port}\nParent Interface   : -\nLocal Port ID      : 513\nAgeout Count       : 0\n\n"
        f"Neighbour Information:\nChassis type       : Mac address\nChassis ID         : {one.mac}\n"
        f"Port type          : Interface name\nPort ID            : {one.remote_port}\n"
        f"Port description   : {_info(one)}\nSystem name        : {one.name}\n\n"
        f"System Description : {one.description}\n\n"
        f"System capabilities\n        Supported         : {able}\n        Enabled           : {able}\n"
        f"{address if one.address else ''}"
    )


def table(device: "JunosDevice") -> str:
    found, names = _seen(device).learnt, vlan_names(device)
    rows = [
        "",
        "MAC flags (S - static MAC, D - dynamic MAC, L - locally learned, P - Persistent static",
        "           SE - statistics enabled, NM - non configured MAC, R - remote PE MAC, O - ovsdb MAC)",
        "",
        "",
        f"Ethernet switching table : {len(found)} entries, {len(found)} learned",
        "Routing instance : default-switch",
        "   Vlan                MAC                 MAC      Age    Logical                NH        RTR",
        "   name                address             flags           interface              Index     ID",
    ]
    rows.extend(
        f"   {names.get(one.vid, str(one.vid)):<19} {one.mac:<19} {'D':<10} -    {f'{one.port}.0':<22} 0         0"
        for one in found
    )
    return "\n".join(rows) + "\n"


def arp(device: "JunosDevice") -> str:
    found = _seen(device).bound
    rows = ["MAC Address       Address         Interface                Flags"]
    rows.extend(f"{one.mac} {one.ip:<15} {f'irb.{one.vid} [{one.port}.0]':<24} none" for one in found)
    return "\n".join((*rows, f"Total entries: {len(found)}")) + "\n"


def poe(device: "JunosDevice") -> str:
    _, guards = said("junos", device.text(device.running))
    giving = {canonical(name): one.power for name, one in guards.ports.items()}
    seen = _seen(device)
    rows = [
        "Interface    Admin       Oper    Max        Priority       Power          Class",
        "             status      status  power                     consumption",
    ]
    for port in device.spec.ports:
        if not port.startswith("ge-"):
            continue
        on, fed = giving.get(canonical(port), True), seen.fed.get(port.lower())
        state, most = ("ON", "30.0W") if fed else ("OFF", "0.0W")
        rows.append(
            f" {port:<12} {'Enabled' if on else 'Disabled':<11} {state:<7} {most:<10} {'Low':<14} "
            f"{fed.watts if fed else 0.0:.1f}W{'':<11} {fed.poe_class if fed else 'not-applicable'}"
        )
    return "\n".join(rows) + "\n"


def binding(device: "JunosDevice") -> str:
    names = vlan_names(device)
    rows = ["IP address        MAC address         Vlan     Expires State   Interface"]
    rows.extend(
        f"{one.ip:<17} {one.mac:<19} {names.get(one.vid, str(one.vid)):<8} 86000   BOUND   {one.port}.0"
        for one in snooped(device)
    )
    return "\n".join(rows) + "\n"


def bridge(device: "JunosDevice") -> str:
    own = mac(device.spec.key)
    return (
        "STP bridge parameters\nRouting instance name               : GLOBAL\n"
        "Enabled protocol                    : RSTP\n"
        f"  Root ID                           : 32768.{own}\n  Hello time                        : 2 seconds\n"
        "  Maximum age                       : 20 seconds\n  Forward delay                     : 15 seconds\n"
        f"  Local parameters\n    Bridge ID                         : 32768.{own}\n"
    )


def licences(device: "JunosDevice") -> str:  # noqa: ARG001 - every answer is given the device
    """A switch that nobody bought a feature for."""
    return (
        "License usage:\n"
        "                                 Licenses     Licenses    Licenses    Expiry\n"
        "  Feature name                       used    installed      needed\n"
        "  bgp                                   0            0           0    invalid\n\n"
        "Licenses installed: none\n"
    )


def configuration(device: "JunosDevice") -> str:
    return f"## Last commit: by {device.history[0].user}\n{device.text(device.running)}"


SHOW: tuple[tuple[str, Callable[["JunosDevice"], str]], ...] = (
    (r"show version", version),
    (r"show chassis hardware", hardware),
    (r"show configuration", configuration),
    (r"show vlans", vlans),
    (r"show interfaces terse", terse),
    (r"show lacp interfaces", lacp),
    (r"show lldp neighbors", lldp),
    (r"show ethernet-switching table", table),
    (r"show arp(?: no-resolve)?", arp),
    (r"show poe interface", poe),
    (r"show dhcp-security binding", binding),
    (r"show spanning-tree bridge", bridge),
    (r"show system license", licences),
)


def answer(device: "JunosDevice", command: str) -> str | None:
    """What *command* shows as text; None where the device does not know it."""
    plain = re.sub(r" *\| *no-more$", "", " ".join(command.split()))
    if at_port := re.fullmatch(r"show lldp neighbors interface (\S+)", plain):
        return lldp_at(device, at_port[1])
    return next((handler(device) for pattern, handler in SHOW if re.fullmatch(pattern, plain)), None)
