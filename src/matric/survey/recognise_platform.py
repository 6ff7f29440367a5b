"""Whose words a text is in: what each platform alone writes into its configurations and answers, with its weight."""

import re
from collections.abc import Mapping

__all__ = ("STRANGERS", "platform_of", "stranger_of", "told_by_path")

_ENOUGH = 3
"""Weight from which a platform is said; below it nothing is."""
_SURE = 7
"""Weight by which a text must be another platform's before what its path says is not believed."""
_MOST_LINES = 6000
"""Of a longer text the beginning is looked at: where it comes from shows there."""

Marks = tuple[tuple[int, str], ...]
MARKS: Mapping[str, Marks] = {
    "ios": (
        (9, r"^Cisco (?:IOS|Internetwork Operating System) "), (9, r"^Current configuration : \d+ bytes"),
        (9, r"^Using \d+ out of \d+ bytes"), (4, r"^boot-start-marker$"), (4, r"^version 1[0-9]\.\d+$"),
        (4, r"^interface (?:Fast|Gigabit|TenGigabit|TwoGigabit|FiveGigabit|FortyGigabit)Ethernet\d"),
        (4, r"^interface (?:Twenty-?FiveGig|HundredGig|AppGigabit)"), (3, r"^line (?:con 0|vty \d+ \d+)$"),
        (3, r"^service timestamps "), (2, r"^ip classless$"), (1, r"^interface Vlan\d+$"),
        (1, r"^ +ip address \d[\d.]+ 255\."),
        (2, r"^ip access-list (?:extended|standard) \S"), (1, r"^(?:  description|no ip http) "),
        (3, r"^wireless (?:tag|profile) "),
        (3, r"^(?:crypto pki certificate chain|license udi|ip forward-protocol nd|archive$|ip subnet-zero)"),
        (3, r"^Gi\d+/\d+(?:/\d+)?\s"), (3, r"^ *\d+ +[0-9a-f.]{14} +(?:DYNAMIC|STATIC) +(?:Gi|Fa|Te|Po)\d"),
        (3, r"^Internet  \d"), (4, r"^VLAN Name {20,}Status    Ports"), (3, r"^NAME: \""),
        (3, r"^(?:Device ID|Local Intf|Local Interface): ?"), (3, r"^Port +Name +Status +Vlan +Duplex +Speed Type"),
        (2, r"^ (?:switchport (?:mode|access|trunk|voice|nonegotiate)|spanning-tree portfast)"),
        (3, r"^(?:radius server |aaa new-model$|no aaa new-model$|vtp mode |ip http (?:secure-)?server$)"),
        (2, r"^interface Port-channel\d"), (2, r"^enable (?:secret|password) "), (2, r"^username \S+ privilege "),
        (3, r"^(?:Switch Ports Model|System returned to ROM|Interface +IP-Address +OK\? +Method)"),
    ),
    "eos": (
        (9, r"^! (?:Command: show (?:running|startup)-config|device: \S+ \()"), (9, r"^Arista \S+-\S+"),
        (9, r"^! boot system flash:/?EOS"), (4, r"^management (?:api http-commands|ssh|console|security)$"),
        (4, r"^(?:transceiver qsfp|service routing protocols model|vlan internal order|daemon TerminAttr)"),
        (3, r"^interface (?:Ethernet\d+(?:/\d+)*|Management[01](?:/\d+)?|Port-Channel\d+)$"),
        (4, r"^(?:spanning-tree mode mstp|switchport default mode routed|mlag configuration)$"),
        (3, r"^username \S+ (?:privilege \d+ )?(?:role \S+ )?secret (?:sha512|5) "),
        (4, r"^VLAN  Name {20,}Status    Ports"), (4, r"^Port +Name +Status +Vlan +Duplex +Speed +Type +Flags"),
        (3, r"^Et\d+(?:/\d+)?\s"), (3, r"^ *\d+ +[0-9a-f.]{14} +(?:DYNAMIC|STATIC) +(?:Et|Po)\d"),
        (3, r"^Port +Neighbor Device ID"), (3, r"^Interface Ethernet\d+(?:/\d+)? detected \d+ LLDP neighbors"),
        (3, r"^ip routing vrf "), (1, r"^interface Vlan\d+$"), (2, r"^ {2,3}ip address \d[\d.]+/\d+$"),
        (4, r"^Address +Age \((?:sec|min)\) +Hardware Addr"),
    ),
    "junos": (
        (9, r"^## Last (?:commit|changed): "), (6, r"^(?:Junos|JUNOS|JUNOS Software Release|Model): ?\S"),
        (4, r"^(?:system|interfaces|vlans|protocols|groups|chassis|routing-options|access|snmp|poe) \{"),
        (4, r"^(?:set|deactivate|delete) (?:system|interfaces|vlans|protocols|groups|chassis|routing-options|snmp) "),
        (3, r"^ {4}(?:host-name|root-authentication|login|services|syslog|ge-\d)"), (3, r"^version \S+;$"),
        (3, r"^(?:ge|xe|et|ae|irb|me|em)-?\d+(?:/\d+/\d+)?(?:\.\d+)? "), (4, r"^\{(?:master|linecard|primary|backup)"),
        (3, r"^Routing instance +VLAN name"), (3, r"^Interface +Admin Link Proto"),
        (4, r"^Ethernet switching table"),
    ),
    "aoscx": (
        (9, r"^!Version (?:ArubaOS-CX|AOS-CX)"), (9, r"^(?:ArubaOS-CX|AOS-CX)$"), (4, r"^!export-password: "),
        (4, r"^(?:ssh server|https-server|ntp) vrf "), (4, r"^interface \d+/\d+/\d+ *$"), (4, r"^interface lag \d+"),
        (4, r"^ {4}vlan (?:access|trunk native|trunk allowed) "), (3, r"^user \S+ group administrators password "),
        (3, r"^(?:led locator|vsf member \d+|profile leaf|vsx$)"), (3, r"^ {4}(?:no shutdown|no routing)$"),
        (3, r"^\d+/\d+/\d+ +(?:\d+|--) +(?:access|trunk|native|routed)"),
        (5, r"^(?:Version|Service OS Version) +: [A-Z]{2}\."),
        (3, r"^[0-9a-f:]{17} +\d+ +(?:dynamic|port-access-security|evpn) +(?:\d+/\d+/\d+|lag)"),
        (4, r"^Port +: \d+/\d+/\d+$"), (4, r"^Hostname +: \S"), (3, r"^VLAN +Name +Status +Reason +Type"),
        (4, r"^(?:IPv4 Address +MAC|MAC age-time +:)"),
    ),
    "aoss": (
        (9, r"^; (?:J\w+|hpStack\w*|\w+) Configuration Editor; Created on release"), (9, r"^; Ver #"),
        (5, r"^ *Status and Counters - "), (3, r"^hostname \""), (4, r'^snmp-server community "\S+"(?: \w+)*$'),
        (4, r"^ {3}(?:un)?tagged (?:[A-Z]?\d+|Trk\d)"), (4, r"^ {3}no untagged "), (4, r"^trunk \S+ trk\d"),
        (3, r"^ {3}exit *$"), (3, r'^ {1,3}name "'), (3, r"^  (?:un)?tagged vlan \d"), (4, r"^module \d+ type "),
        (4, r"^(?:password manager|ip default-gateway \d|no web-management|include-credentials|console inactivity)"),
        (4, r"^ *LLDP Remote Device"), (4, r"^Image stamp:"), (3, r"^ *(?:IP ARP table|CDP neighbors information)"),
        (3, r"^  ChassisId +:"), (4, r"^sntp server (?:priority \d|\d)"),
        (3, r"^ +(?:Trk\d+|[A-Z]?\d{1,2}) +\d+/1000"),
    ),
    "comware": (
        (9, r"^(?:HPE? |H3C )?Comware (?:Platform )?Software"), (6, r"^ *sysname \S"),
        (5, r"^ *port link-(?:type|mode) "),
        (5, r"^interface (?:Vlan-interface|Bridge-Aggregation|Ten-GigabitEthernet|M-GigabitEthernet|NULL0)"),
        (4, r"^ *(?:port access vlan|port trunk permit|port hybrid|undo )"), (4, r"^ version \d\.\d"),
        (3, r"^return$"),
        (4, r"^(?:user-interface|line class|local-user|irf |ip route-static|ntp-service|snmp-agent) ?"),
        (4, r"^(?:GE|XGE|BAGG|MGE)\d+(?:/\d+)*\s"), (4, r"^Brief information on interfaces? in (?:route|bridge) mode"),
        (3, r"^MAC A(?:DDR|ddress) +(?:VLAN ID|STATE)"), (4, r"^(?:LLDP neighbor-information of port|System Name +:)"),
        (4, r"^ ?(?:VLAN ID: \d|Type: S-Static +D-Dynamic)"), (3, r"^ *Aggregation Interface: "),
        (4, r"^VLAN ID +Name +Port"), (4, r"^IP [aA]ddress +MAC [aA]ddress +VLAN(?:/VSI| ID)"),
    ),
    "icx": (
        (9, r"Copyright .* (?:Ruckus|Brocade|Foundry|ARRIS)"), (5, r"^ver \d\d\.\d"), (4, r"^stack unit \d"),
        (4, r"^ module \d+ (?:icx|fi|fcx)"), (5, r"^vlan \d+ (?:name .+ )?by port$"), (5, r"^ (?:un)?tagged ethe "),
        (4, r"^interface ethernet \d+(?:/\d+)*$"), (3, r"^interface ve \d+$"), (4, r"^ (?:dual-mode|inline power)"),
        (3, r"^ router-interface ve "), (4, r"^lag \S+ (?:dynamic|static) id \d"),
        (4, r"^Port +Link +State +Dupl? +Speed +Trunk"), (4, r"^PORT-VLAN \d+, Name "), (3, r"^  ?UNIT \d+: "),
        (3, r"^Total active entries from all ports"), (4, r"^(?:enable super-user-password|Local port: \d+/)"),
        (3, r"^Lcl Port +Chassis ID"), (4, r"^No\. +IP(?: Address)? +MAC"),
        (3, r"^MAC-Address +Port +Type +(?:Index +)?VLAN"),
    ),
}  # fmt: skip
STRANGERS: Mapping[str, Marks] = {
    "NX-OS": (
        (9, r"^Cisco Nexus Operating System"), (5, r"^vdc \S+ id \d"),
        (5, r"^feature (?:lacp|vpc|interface-vlan|hsrp)$"),
        (6, r"^version \d\.\d\(\d+\)"), (6, r"^!Command: show running-config"), (4, r"^vrf context "),
    ),
    "IOS-XR": (
        (9, r"^!! (?:IOS XR|Last configuration change)"), (6, r"^interface (?:MgmtEth|Bundle-Ether)\d"),
        (4, r"^(?:route-policy|prefix-set|end-policy)"), (4, r"^ ipv4 address \d"),
    ),
    "FortiOS": ((9, r"^#config-version="), (6, r"^config (?:system|firewall|vpn|switch) "), (2, r"^    edit \S")),
    "VyOS or EdgeOS": ((6, r"^(?:firewall|service|interfaces) \{$"), (6, r"^ {4}ethernet eth\d+ \{"),
        (9, r"vyatta-config"),
                       (4, r"^set interfaces (?:ethernet|loopback|bonding) (?:eth|lo|bond)")),
    "RouterOS": ((9, r"by RouterOS "), (6, r"^/interface (?:bridge|ethernet|vlan)"), (4, r"^/ip (?:address|firewall)")),
    "Netgear": ((9, r'^!System Description ".*(?:NETGEAR|ProSafe|GS\d)'), (6, r"^vlan database$"),
        (3, r"^interface [01]/\d+$")),
    "pfSense or OPNsense": ((9, r"<(?:pfsense|opnsense)>"),),
}  # fmt: skip
"""What is known and not read; it is named, so that nobody waits for it to be."""

PATH_WORDS: Mapping[str, tuple[str, ...]] = {
    "ios": ("cisco", "ios", "iosxe", "catalyst", "cisco_ios", "c2960", "c3750", "c9300"),
    "eos": ("arista", "eos", "arista_eos"),
    "junos": ("juniper", "junos", "juniper_junos"),
    "aoscx": ("aoscx", "aos-cx", "cx", "aruba_aoscx"),
    "aoss": ("procurve", "aoss", "aos-s", "arubaos-switch", "hp_procurve", "provision"),
    "comware": ("comware", "h3c", "hp_comware", "comware5", "comware7"),
    "icx": ("icx", "fastiron", "brocade", "ruckus", "foundry", "brocade_fastiron", "ruckus_fastiron"),
}
"""Words of a path by which people, Oxidized and RANCID sort what they keep; they count less than any text."""


def _compiled(marks: Mapping[str, Marks]) -> "dict[str, tuple[tuple[int, re.Pattern[str]], ...]]":
    return {name: tuple((weight, re.compile(text, re.MULTILINE)) for weight, text in of) for name, of in marks.items()}


_MARKS = _compiled(MARKS)
_STRANGERS = _compiled(STRANGERS)


def _best(text: str, marks: "Mapping[str, tuple[tuple[int, re.Pattern[str]], ...]]") -> tuple[int, str]:
    head = _head(text)
    weighed = ((sum(weight for weight, mark in of if mark.search(head)), name) for name, of in marks.items())
    return max(weighed, key=lambda one: (one[0], one[1]))


def _head(text: str) -> str:
    at = -1
    for _ in range(_MOST_LINES):
        at = text.find("\n", at + 1)
        if at < 0:
            return text
    return text[:at]


def platform_of(text: str, path: str = "") -> str:
    """The slug of the platform that wrote *text*; empty where it does not say. *path* decides where it says little."""
    told = told_by_path(path)
    weight, name = _best(text, _MARKS)
    if weight < _ENOUGH:
        return told
    if told and told != name:
        head = _head(text)
        own = sum(one for one, mark in _MARKS[told] if mark.search(head))
        return told if own + _SURE >= weight else name
    return name


def stranger_of(text: str) -> str:
    """The name of an operating system that is known and not read, where *text* is more its than any other's."""
    weight, name = _best(text, _STRANGERS)
    return name if weight > 5 and weight > _best(text, _MARKS)[0] else ""  # noqa: PLR2004 - one sure mark, or two


def told_by_path(path: str) -> str:
    """The platform that a folder or the file is named after, alone."""
    words = {word for part in path.lower().split("/") for word in (part, *re.split(r"[.\s_!-]+", part))}
    words |= {slug for part in path.lower().split("/") for name in PATH_WORDS.values() for slug in name
              if "_" in slug and part.startswith(slug)}  # fmt: skip
    found = [slug for slug, names in PATH_WORDS.items() if words & set(names)]
    return found[0] if len(found) == 1 else ""
