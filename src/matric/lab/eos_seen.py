"""Show commands of the lab's EOS about what hangs on its ports, in JSON and in text.

Formats: Arista's EOS user manual.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matric.lab.attached import Heard, Seen, canonical, said
from matric.lab.facts import mac, ports
from matric.lab.ios_seen import dotted
from matric.switch import Interface

if TYPE_CHECKING:
    from matric.lab.eos import EosDevice, Request

__all__ = ("HANDLERS",)

Answer = dict[str, Any] | str
WORDS = {
    "bridge": "bridge",
    "router": "router",
    "telephone": "telephone",
    "wlan-access-point": "wlanAccessPoint",
    "station": "stationOnly",
}


def _short(port: str) -> str:
    return re.sub(r"^(Et|Ma|Vl|Lo)[a-z]+", r"\1", port).replace("Port-Channel", "Po").replace("Port-channel", "Po")


def _seen(device: "EosDevice") -> Seen:
    return device.lab.seen(device)


def _heard(device: "EosDevice") -> list[Heard]:
    return [one for one in _seen(device).heard if "lldp" in one.protocols]


def interfaces_status(device: "EosDevice", request: "Request") -> Answer:
    switch, _ = said("eos", device.text(device.running))
    known = {canonical(name): one for name, one in switch.interfaces.items()}
    rows: dict[str, dict[str, Any]] = {}
    for port in ports(device):
        if port.name.startswith(("Vlan", "Loopback")):
            continue
        one = known.get(canonical(port.name)) or Interface(port.name)
        carrier = switch.carrier(one.name) or one
        vlan = {"trunk": "trunk", "routed": "routed"}.get(carrier.mode, str(carrier.access))
        rows[port.name] = {
            "description": port.description,
            "linkStatus": "disabled" if port.shut else "connected" if port.up else "notconnect",
            "lineProtocolStatus": "up" if port.up else "down",
            "bandwidth": 1_000_000_000 if port.up else 0,
            "duplex": "duplexFull" if port.up else "duplexUnknown",
            "interfaceType": "1000BASE-T",
            "vlanInformation": {"interfaceMode": carrier.mode, "vlanId": carrier.access, "vlanExplanation": vlan},
        }
    if not request.text:
        return {"interfaceStatuses": rows}
    head = "Port       Name                 Status       Vlan     Duplex Speed  Type            Flags Encapsulation\n"
    return head + "".join(
        f"{_short(name):<10} {row['description'][:20]:<20} {row['linkStatus']:<12} "
        f"{row['vlanInformation']['vlanExplanation']:<8} {'a-full' if row['bandwidth'] else 'auto':<6} "
        f"{'a-1G' if row['bandwidth'] else 'auto':<6} {row['interfaceType']}\n"
        for name, row in rows.items()
    )


def lldp(device: "EosDevice", request: "Request") -> Answer:
    found = _heard(device)
    if not request.text:
        return {
            "tablesLastChangeTime": device.time.epoch() - device.uptime,
            "lldpNeighbors": [
                {"port": one.port, "neighborDevice": one.name, "neighborPort": one.remote_port, "ttl": 120}
                for one in found
            ],
        }
    head = "Port          Neighbor Device ID       Neighbor Port ID    TTL\n"
    return head + "".join(f"{_short(one.port):<14}{one.name:<25}{one.remote_port:<20}120\n" for one in found)


def lldp_detail(device: "EosDevice", request: "Request") -> Answer:
    found = _heard(device)
    if not request.text:
        return {"lldpNeighbors": {one.port: {"lldpNeighborInfo": [_neighbour(device, one)]} for one in found}}
    return "".join(f"Interface {one.port} detected 1 LLDP neighbors:\n\n{_worded(one)}\n" for one in found)


def _neighbour(device: "EosDevice", one: Heard) -> dict[str, Any]:
    return {
        "chassisIdType": "macAddress",
        "chassisId": dotted(one.mac),
        "systemName": one.name,
        "systemDescription": one.description,
        "systemCapabilities": {WORDS[word]: True for word in one.capabilities if word in WORDS},
        "managementAddresses": [{"addressType": "ipv4", "address": one.address}] if one.address else [],
        "neighborInterfaceInfo": {
            "interfaceIdType": "interfaceName",
            "interfaceId": f'"{one.remote_port}"',
            "interfaceDescription": one.remote_port,
        },
        "lastContactTime": device.time.epoch(),
    }


def _worded(one: Heard) -> str:
    able = ", ".join(word.replace("wlan-access-point", "WLAN Access Point").title() for word in one.capabilities)
    address = (
        f"    - Management Address Subtype: IPv4\n      Management Address        : {one.address}\n"
        if one.address
        else ""
    )
    return (
        f'  Neighbor {dotted(one.mac)}/"{one.remote_port}", age 12 seconds\n'
        "  Discovered 25 days, 1:02:03 ago; Last changed 25 days, 1:02:03 ago\n"
        f"  - Chassis ID type: MAC address (4)\n    Chassis ID     : {dotted(one.mac)}\n"
        f'  - Port ID type: Interface name(5)\n    Port ID     : "{one.remote_port}"\n'
        f'  - Time To Live: 120 seconds\n  - Port Description: "{one.remote_port}"\n  - System Name: "{one.name}"\n'
        f'  - System Description: "{one.description}"\n  - System Capabilities : {able}\n'
        f"    Enabled Capabilities: {able}\n{address}"
    )


def macs(device: "EosDevice", request: "Request") -> Answer:
    found = _seen(device).learnt
    if not request.text:
        entries = [
            {
                "vlanId": one.vid,
                "macAddress": one.mac,
                "entryType": "dynamic",
                "interface": one.port,
                "moves": 1,
                "lastMove": device.time.epoch() - 3600,
            }
            for one in found
        ]
        return {
            "unicastTable": {"tableEntries": entries},
            "multicastTable": {"tableEntries": []},
            "disabledMacLearningVlans": [],
        }
    rows = "".join(
        f"{one.vid:>4}    {dotted(one.mac)}    DYNAMIC     {_short(one.port):<10} 1       1:00:00 ago\n"
        for one in found
    )
    return (
        "          Mac Address Table\n------------------------------------------------------------------\n\n"
        "Vlan    Mac Address       Type        Ports      Moves   Last Move\n"
        f"----    -----------       ----        -----      -----   ---------\n{rows}"
        f"Total Mac Addresses for this criterion: {len(found)}\n\n"
        "          Multicast Mac Address Table\n"
        "------------------------------------------------------------------\n\n"
        "Vlan    Mac Address       Type        Ports\n----    -----------       ----        -----\n"
        "Total Mac Addresses for this criterion: 0\n"
    )


def arp(device: "EosDevice", request: "Request") -> Answer:
    found = _seen(device).bound
    rows = [
        {"hwAddress": dotted(one.mac), "address": one.ip, "interface": f"Vlan{one.vid}, {one.port}", "age": 60}
        for one in found
    ]
    if not request.text:
        body = {"ipV4Neighbors": rows, "totalEntries": len(rows), "staticEntries": 0, "dynamicEntries": len(rows)}
        return {**body, "notLearnedEntries": 0, "vrfs": {"default": body}}
    head = "Address         Age (sec)  Hardware Addr   Interface\n"
    return head + "".join(
        f"{one.ip:<15} {'0:01:00':>9}  {dotted(one.mac)}  Vlan{one.vid}, {one.port}\n" for one in found
    )


def poe(device: "EosDevice", request: "Request") -> Answer:
    seen = _seen(device)
    _, guards = said("eos", device.text(device.running))
    giving = {canonical(name): one.power for name, one in guards.ports.items()}
    rows: dict[str, dict[str, Any]] = {}
    for port in device.spec.ports[:24]:
        fed = seen.fed.get(port.lower())
        rows[port] = {
            "portPresent": True,
            "pseEnabled": giving.get(canonical(port), True),
            "powerGranted": fed.watts if fed else 0.0,
            "portState": "powered" if fed else "detecting",
            "portClass": f"class{fed.poe_class}" if fed else "unknown",
            "power": fed.watts if fed else 0.0,
            "portPriority": "low",
        }
    if not request.text:
        return {"poePorts": rows}
    head = (
        "            PSE                 Power\n"
        "Port        Enabled  Priority   Granted   State        Class      Power\n"
        "----------- -------- ---------- --------- ------------ ---------- ---------\n"
    )
    return head + "".join(
        f"{_short(name):<11} {'True' if row['pseEnabled'] else 'False':<8} {'low':<10} {row['powerGranted']:.2f}W     "
        f"{row['portState']:<12} {row['portClass'].replace('unknown', '-'):<10} {row['power']:.2f}W\n"
        for name, row in rows.items()
    )


def vlan(device: "EosDevice", request: "Request") -> Answer:
    switch, _ = said("eos", device.text(device.running))
    names = {1: "default", **switch.vlans}
    known = {canonical(name): one for name, one in switch.interfaces.items()}
    up = _seen(device).links
    rows: dict[str, dict[str, Any]] = {}
    for vid, name in sorted(names.items()):
        inside = [
            port
            for port in device.spec.ports
            if port.lower() in up and _member(known.get(canonical(port)) or Interface(port), vid)
        ]
        members = {port: {"privatePromoted": False} for port in inside}
        rows[str(vid)] = {"name": name, "status": "active", "dynamic": False, "interfaces": members}
    if not request.text:
        return {"vlans": rows, "sourceDetail": ""}
    head = f"VLAN  Name                             Status    Ports\n----- {'-' * 32} --------- {'-' * 31}\n"
    return head + "".join(
        f"{vid:<6}{row['name']:<33}active    {', '.join(_short(port) for port in row['interfaces'])}".rstrip() + "\n"
        for vid, row in rows.items()
    )


def _member(one: Interface, vid: int) -> bool:
    if one.mode == "trunk":
        return one.allowed is None or vid in one.allowed
    return one.mode == "access" and vid in (one.access, one.voice)


def port_channels(device: "EosDevice", request: "Request") -> Answer:
    switch, _ = said("eos", device.text(device.running))
    up = _seen(device).links
    groups: dict[int, list[Interface]] = {}
    for one in switch.interfaces.values():
        if one.lag is not None:
            groups.setdefault(one.lag, []).append(one)
    if not request.text:
        return {
            "portChannels": {
                f"Port-Channel{number}": {
                    "protocol": "lacp" if any(one.lacp for one in members) else "static",
                    "ports": {one.name: {"lacpMode": "active"} for one in members},
                    "linkState": "up" if any(one.name.lower() in up for one in members) else "down",
                }
                for number, members in groups.items()
            },
            "numberOfChannelsInUse": len(groups),
            "numberOfAggregators": len(groups),
        }
    rows = "".join(
        f"   Po{number}({'U' if any(one.name.lower() in up for one in members) else 'D'})      LACP(a)      "
        f"{' '.join(f'{_short(one.name)}(PG+)' for one in members)}\n"
        for number, members in sorted(groups.items())
    )
    return (
        "                 Flags\n-------------------------- ---------------------------- -------------------------\n"
        "  a - LACP Active             p - LACP Passive           * - static fallback\n"
        "  F - Fallback enabled        f - Fallback configured    ^ - individual fallback\n"
        "  U - In Use                  D - Down\n"
        "  + - In-Sync                 - - Out-of-Sync            i - incompatible with agg\n"
        "  P - bundled in Po           s - suspended              G - Aggregable\n"
        "  I - Individual              S - ShortTimeout           w - wait for agg\n"
        "  E - Inactive. The number of configured port channels exceeds the config limit\n"
        "  M - Exceeds maximum weight\n\n"
        f"Number of channels in use: {len(groups)}\nNumber of aggregators: {len(groups)}\n\n"
        f"   Port-Channel       Protocol    Ports\n------------------ -------------- ------------------\n{rows}"
    )


def tree_root(device: "EosDevice", request: "Request") -> Answer:
    own = mac(device.spec.key)
    if not request.text:
        return {"instances": {"MST0": {"rootBridge": {"priority": 32768, "macAddress": own}, "rootPort": None}}}
    return (
        "                 Root ID       Root    Hello Max Fwd\n"
        "Instance   Priority         MAC addr   Cost  Time Age Dly  Root Port\n"
        "---------- -------------------------- ----- --- --- ---  ------------\n"
        f"MST0            32768 {own}     0   2  20  15\n"
    )


HANDLERS: tuple[tuple[str, Callable[..., Answer | None]], ...] = (
    (r"show interfaces status", interfaces_status),
    (r"show lldp neighbors", lldp),
    (r"show lldp neighbors +detail", lldp_detail),
    (r"show mac address-table", macs),
    (r"show (?:ip )?arp(?: vrf all)?", arp),
    (r"show poe", poe),
    (r"show vlan(?: brief)?", vlan),
    (r"show port-channel(?: dense| summary)", port_channels),
    (r"show spanning-tree root", tree_root),
)
