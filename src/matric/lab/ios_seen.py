"""Show commands of the lab's IOS devices about what hangs on their ports.

Formats: Cisco IOS-XE 17 command references.
"""
# ruff: noqa: ARG001 - every handler takes the same arguments

from collections.abc import Callable
from typing import TYPE_CHECKING

from matric.lab.attached import Heard, Seen, canonical, said
from matric.lab.facts import mac, ports
from matric.switch import Interface

if TYPE_CHECKING:
    from matric.lab.ios import IosDevice

__all__ = ("LONG", "SHOW", "short")

LONG = {
    "TwoGigabitEthernet": "Tw",
    "TenGigabitEthernet": "Te",
    "TwentyFiveGigE": "Twe",
    "GigabitEthernet": "Gi",
    "FortyGigabitEthernet": "Fo",
    "Port-channel": "Po",
    "Ethernet": "Et",
}
LETTERS = {
    "router": "R",
    "bridge": "B",
    "telephone": "T",
    "wlan-access-point": "W",
    "station": "S",
}
WORDS = {"router": "Router", "bridge": "Switch IGMP", "telephone": "Phone", "wlan-access-point": "Trans-Bridge"}
RULE = "-" * 48
LEASE_S = 86400


def short(port: str) -> str:
    """``Gi1/0/1``."""
    for name, brief in LONG.items():
        if port.startswith(name):
            return brief + port.removeprefix(name)
    return port


def dotted(address: str) -> str:
    """``0011.2233.4455``."""
    plain = address.replace(":", "")
    return ".".join(plain[at : at + 4] for at in (0, 4, 8))


def _seen(device: "IosDevice") -> Seen:
    return device.lab.seen(device)


def _heard(device: "IosDevice", protocol: str) -> list[Heard]:
    return [one for one in _seen(device).heard if protocol in one.protocols]


def interfaces_status(device: "IosDevice", user: str) -> str:
    rows = ["", "Port         Name               Status       Vlan       Duplex  Speed Type"]
    switch, _ = said("ios", device.text(device.running))
    known = {canonical(name): one for name, one in switch.interfaces.items()}
    for port in ports(device):
        if port.name.startswith(("Vlan", "Loopback")):
            continue
        one = known.get(canonical(port.name)) or Interface(port.name)
        carrier = switch.carrier(one.name) or one
        status = "disabled" if port.shut else "connected" if port.up else "notconnect"
        vlan = {"trunk": "trunk", "routed": "routed"}.get(carrier.mode, str(carrier.access))
        duplex, speed = ("a-full", "a-1000") if port.up else ("auto", "auto")
        kind = "" if port.name.startswith("Port") else "10/100/1000BaseTX"
        if port.name.startswith("Ten"):
            kind, speed = ("SFP-10GBase-SR", "10G") if port.up else ("Not Present", "auto")
        rows.append(
            f"{short(port.name):<12} {port.description[:18]:<18} {status:<12} {vlan:<10} {duplex:>6} {speed:>6} {kind}"
        )
    return "\n".join(rows)


def mac_table(device: "IosDevice", user: str) -> str:
    found = _seen(device).learnt
    own = dotted(mac(device.spec.key))
    rows = [
        "          Mac Address Table",
        "-------------------------------------------",
        "",
        "Vlan    Mac Address       Type        Ports",
        "----    -----------       --------    -----",
        " All    0100.0ccc.cccc    STATIC      CPU",
        f"   1    {own}    STATIC      Vl1",
    ]
    rows.extend(f"{one.vid:>4}    {dotted(one.mac)}    DYNAMIC     {short(one.port)}" for one in found)
    return "\n".join((*rows, f"Total Mac Addresses for this criterion: {len(found) + 2}"))


def arp(device: "IosDevice", user: str) -> str:
    rows = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]
    switch, _ = said("ios", device.text(device.running))
    rows.extend(
        f"Internet  {one.address.ip!s:<15} {'-':>10}  {dotted(mac(device.spec.key))}  ARPA   {one.name}"
        for one in switch.interfaces.values()
        if one.address is not None and one.enabled
    )
    rows.extend(
        f"Internet  {one.ip:<15} {number % 60:>10}  {dotted(one.mac)}  ARPA   Vlan{one.vid}"
        for number, one in enumerate(_seen(device).bound, 3)
    )
    return "\n".join(rows)


def lldp(device: "IosDevice", user: str) -> str:
    if not device.running.find("lldp run"):
        return "% LLDP is not enabled"
    head = (
        "Capability codes:\n    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n\n"
        "Device ID           Local Intf     Hold-time  Capability      Port ID\n"
    )
    found = _heard(device, "lldp")
    rows = "".join(
        f"{one.name[:20]:<20}{short(one.port):<15}120        {_letters(one):<16}{short(one.remote_port)}\n"
        for one in found
    )
    return f"{head}{rows}\nTotal entries displayed: {len(found)}"


def _letters(one: Heard) -> str:
    return ",".join(sorted(LETTERS[word] for word in one.capabilities if word in LETTERS))


def lldp_detail(device: "IosDevice", user: str) -> str:
    if not device.running.find("lldp run"):
        return "% LLDP is not enabled"
    found = _heard(device, "lldp")
    blocks = [_lldp_block(one) for one in found]
    return "\n".join((*blocks, "", f"Total entries displayed: {len(found)}"))


def _lldp_block(one: Heard) -> str:
    letters = _letters(one)
    caps = letters or "- not advertised"
    address = (
        f"Management Addresses:\n    IP: {one.address}" if one.address else "Management Addresses - not advertised"
    )
    med = ""
    if "telephone" in one.capabilities:
        med = (
            "\nMED Information:\n\n    MED Codes:\n          (NP) Network Policy, (LI) Location Identification\n"
            "          (PS) Power Source Entity, (PD) Power Device\n          (IN) Inventory\n\n"
            f"    Model: {one.description}\n    Capabilities: NP, PD, IN\n    Device type: Endpoint Class III\n"
            "    Network Policy(Voice): VLAN untagged, unknown\n    Location - not advertised\n"
        )
    return (
        f"{RULE}\nLocal Intf: {short(one.port)}\nChassis id: {dotted(one.mac)}\nPort id: {short(one.remote_port)}\n"
        f"Port Description: {one.remote_port}\nSystem Name: {one.name}\n\n"
        f"System Description: \n{one.description or 'none'}\n\nTime remaining: 104 seconds\n"
        f"System Capabilities: {caps}\nEnabled Capabilities: {caps}\n{address}\n"
        "Auto Negotiation - supported, enabled\nPhysical media capabilities:\n    1000baseT(FD)\n"
        f"Media Attachment Unit type: 30\nVlan ID: {one.vid if one.vid is not None else '- not advertised'}\n{med}"
    )


def cdp(device: "IosDevice", user: str) -> str:
    if device.running.find("no cdp run"):
        return "% CDP is not enabled"
    found = _heard(device, "cdp")
    return "\n".join((*(_cdp_block(one) for one in found), "", f"Total cdp entries displayed : {len(found)}"))


def _cdp_block(one: Heard) -> str:
    address = f"  IP address: {one.address}\n" if one.address else ""
    words = " ".join(WORDS[word] for word in one.capabilities if word in WORDS) or "Host"
    return (
        f"-------------------------\nDevice ID: {one.name}\nEntry address(es): \n{address}"
        f"Platform: {one.description.split(',')[0] or 'unknown'},  Capabilities: {words} \n"
        f"Interface: {one.port},  Port ID (outgoing port): {one.remote_port}\nHoldtime : 142 sec\n\n"
        f"Version :\n{one.description or 'unknown'}\n\nadvertisement version: 2\n"
    )


def power(device: "IosDevice", user: str) -> str:
    budget = device.spec.poe_w
    if not budget:
        return "%No inline power card on switch"
    seen = _seen(device)
    used = sum(one.watts for one in seen.fed.values())
    _, guards = said("ios", device.text(device.running))
    rows = [
        "Module   Available     Used     Remaining",
        "          (Watts)     (Watts)    (Watts)",
        "------   ---------   --------   ---------",
        f"1          {budget:>7.1f}    {used:>7.1f}     {budget - used:>7.1f}",
        "Interface Admin  Oper       Power   Device              Class Max",
        "                            (Watts)                            ",
        "--------- ------ ---------- ------- ------------------- ----- ----",
    ]
    giving = {canonical(name): one.power for name, one in guards.ports.items()}
    for port in device.spec.ports:
        if port.startswith("TenGigabitEthernet1/1/"):
            continue
        on = giving.get(canonical(port), True)
        fed = seen.fed.get(port.lower())
        state, watts, name, kind = (
            ("on", fed.watts, "Ieee PD", str(fed.poe_class)) if fed else ("off", 0.0, "n/a", "n/a")
        )
        rows.append(
            f"{short(port):<9} {'auto' if on else 'off':<6} {state:<10} {watts:<7.1f} {name:<19} {kind:<5} 30.0"
        )
    return "\n".join(rows)


def snooped(device: "IosDevice", user: str) -> str:
    """Leases heard in the VLANs that are snooped, at ports that are not trusted."""
    switch, guards = said("ios", device.text(device.running))
    on = bool(device.running.find("ip dhcp snooping"))
    trusted = {canonical(name) for name, one in switch.interfaces.items() if one.trusted}
    found = [
        one for one in _seen(device).leases if on and one.vid in guards.snooped and canonical(one.port) not in trusted
    ]
    rows = [
        "MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface",
        "------------------  ---------------  ----------  -------------  ----  --------------------",
    ]
    rows.extend(
        f"{one.mac.upper():<18}  {one.ip:<15}  {LEASE_S - 60 * number:<10}  dhcp-snooping  {one.vid:<4}  {one.port}"
        for number, one in enumerate(found, 1)
    )
    return "\n".join((*rows, f"Total number of bindings: {len(found)}"))


def dhcp_binding(device: "IosDevice", user: str) -> str:
    head = (
        "Bindings from all pools not associated with VRF:\n"
        "IP address          Client-ID/              Lease expiration        Type\n"
        "                    Hardware address/\n                    User name"
    )
    pools = [entry.below.value("network") or "" for entry in device.running.find("ip dhcp pool") if entry.below]
    starts = [pool.split()[0].rsplit(".", 1)[0] for pool in pools if pool]
    rows = [
        f"{one.ip:<19} {_client(one.mac):<23} Infinite                Automatic"
        for one in _seen(device).bound
        if one.leased and one.ip.rsplit(".", 1)[0] in starts
    ]
    return "\n".join((head, *rows))


def _client(address: str) -> str:
    plain = f"01{address.replace(':', '')}"
    return ".".join(plain[at : at + 4] for at in range(0, 14, 4))


def inventory(device: "IosDevice", user: str) -> str:
    spec = device.spec
    rows = [
        f'NAME: "c92xxL Stack", DESCR: "c92xxL Stack"\nPID: {spec.model:<18}, VID: V03  , SN: {spec.serial}\n',
        f'NAME: "Switch 1", DESCR: "{spec.model}"\nPID: {spec.model:<18}, VID: V03  , SN: {spec.serial}\n',
    ]
    return "\n".join(rows)


def etherchannel(device: "IosDevice", user: str) -> str:
    switch, _ = said("ios", device.text(device.running))
    groups: dict[int, list[Interface]] = {}
    for one in switch.interfaces.values():
        if one.lag is not None:
            groups.setdefault(one.lag, []).append(one)
    up = _seen(device).links
    rows = [
        "Flags:  D - down        P - bundled in port-channel",
        "        I - stand-alone s - suspended",
        "        H - Hot-standby (LACP only)",
        "        R - Layer3      S - Layer2",
        "        U - in use      f - failed to allocate aggregator",
        "",
        f"Number of channel-groups in use: {len(groups)}",
        f"Number of aggregators:           {len(groups)}",
        "",
        "Group  Port-channel  Protocol    Ports",
        "------+-------------+-----------+-----------------------------------------------",
    ]
    for number, members in sorted(groups.items()):
        shown = " ".join(f"{short(one.name)}({'P' if one.name.lower() in up else 'D'})" for one in members)
        live = any(one.name.lower() in up for one in members)
        protocol = "LACP" if any(one.lacp for one in members) else "-"
        rows.append(f"{number:<6} Po{number}({'SU' if live else 'SD'}){'':<6} {protocol:^11} {shown}")
    return "\n".join(rows)


def vlan(device: "IosDevice", user: str) -> str:
    switch, _ = said("ios", device.text(device.running))
    known = {canonical(name): one for name, one in switch.interfaces.items()}
    members: dict[int, list[str]] = {}
    for port in device.spec.ports:
        one = known.get(canonical(port)) or Interface(port)
        if one.mode == "access":
            members.setdefault(one.access, []).append(short(port))
    rows = ["", "VLAN Name                             Status    Ports", f"{'-' * 4} {'-' * 32} {'-' * 9} {'-' * 31}"]
    names = {1: "default", **switch.vlans}
    for vid, name in sorted(names.items()):
        inside = members.get(vid, [])
        lines = [", ".join(inside[at : at + 4]) for at in range(0, len(inside), 4)] or [""]
        rows.append(f"{vid:<4} {name:<32} {'active':<9} {lines[0]}".rstrip())
        rows.extend(f"{'':<48}{line}" for line in lines[1:])
    rows.extend(
        f"{vid} {name:<32} act/unsup"
        for vid, name in (
            (1002, "fddi-default"), (1003, "token-ring-default"), (1004, "fddinet-default"), (1005, "trnet-default")
        )
    )  # fmt: skip
    return "\n".join(rows)


def tree_root(device: "IosDevice", user: str) -> str:
    """Our own bridge is shown as the root, where nothing says otherwise: the lab runs no spanning tree."""
    switch, _ = said("ios", device.text(device.running))
    rows = [
        "",
        "                                        Root    Hello Max Fwd",
        "Vlan                   Root ID          Cost    Time  Age Dly  Root Port",
        "---------------- -------------------- --------- ----- --- ---  ------------",
    ]
    priority = next((entry.text.split()[-1] for entry in device.running.find("spanning-tree vlan")), "32768")
    uplink = next(iter(device.lab.uplinks(device)), "")
    rows.extend(
        f"VLAN{vid:04}         {int(priority) + vid:>5} {dotted(mac(device.spec.key))} {0 if not uplink else 4:>9} "
        f"   2   20  15  {short(uplink)}"
        for vid in sorted({1, *switch.vlans})
    )
    return "\n".join(rows)


def licences(device: "IosDevice", user: str) -> str:
    """What a switch of this family leaves the factory with: a permanent level, and a subscription beside it."""
    family = device.spec.model.partition("-")[0]
    return (
        "Account Information:\n  Smart Account: <none>\n  Virtual Account: <none>\n\nLicense Usage:\n"
        "  License                 Entitlement Tag               Count Status\n"
        f"  {'-' * 77}\n"
        f"  network-essentials      {f'({family} Network Essen...)':<32} 1 IN USE\n"
        f"  dna-essentials          {f'({family} DNA Essentials)':<32} 1 IN USE\n"
    )


SHOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"show interfaces status", interfaces_status),
    (r"show mac[ -]address-table(?: dynamic)?", mac_table),
    (r"show (?:ip )?arp", arp),
    (r"show lldp neighbors", lldp),
    (r"show lldp neighbors detail", lldp_detail),
    (r"show cdp neighbors detail", cdp),
    (r"show power inline", power),
    (r"show ip dhcp snooping binding", snooped),
    (r"show ip dhcp binding", dhcp_binding),
    (r"show inventory", inventory),
    (r"show etherchannel summary", etherchannel),
    (r"show vlan(?: brief)?", vlan),
    (r"show spanning-tree root", tree_root),
    (r"show license summary", licences),
)
