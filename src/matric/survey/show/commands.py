"""Which show commands a survey knows, per platform, and what a typed one means in full.

Sources: the vendors' command references (Cisco IOS-XE 17, Arista EOS 4.3x, Junos 23, AOS-CX 10.1x, ArubaOS-Switch 16.x,
HPE Comware 7, Ruckus FastIron 08.0.95).
"""

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ("ALIASES", "COMMANDS", "DETAILS", "KNOWN", "canonical_command", "details")

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "ios": (
        "show version",
        "show inventory",
        "show running-config",
        "show vlan brief",
        "show interfaces status",
        "show ip interface brief",
        "show etherchannel summary",
        "show lldp neighbors detail",
        "show cdp neighbors detail",
        "show mac address-table",
        "show ip arp",
        "show power inline",
        "show ip dhcp snooping binding",
        "show ip dhcp binding",
        "show spanning-tree root",
        "show wlan summary",
        "show license summary",
    ),
    "eos": (
        "show version",
        "show hostname",
        "show running-config",
        "show vlan",
        "show interfaces status",
        "show ip interface brief",
        "show port-channel summary",
        "show lldp neighbors detail",
        "show mac address-table",
        "show ip arp",
        "show poe",
        "show spanning-tree root",
    ),
    "junos": (
        "show version",
        "show chassis hardware",
        "show configuration",
        "show vlans",
        "show interfaces terse",
        "show lacp interfaces",
        "show lldp neighbors",
        "show ethernet-switching table",
        "show arp no-resolve",
        "show poe interface",
        "show dhcp-security binding",
        "show spanning-tree bridge",
        "show system license",
    ),
    "aoscx": (
        "show version",
        "show system",
        "show running-config",
        "show vlan",
        "show interface brief",
        "show lacp interfaces",
        "show lldp neighbor-info detail",
        "show cdp neighbor-info",
        "show mac-address-table",
        "show arp all-vrfs",
        "show power-over-ethernet",
        "show dhcpv4-snooping binding",
        "show spanning-tree",
    ),
    "aoss": (
        "show version",
        "show system",
        "show running-config",
        "show vlans",
        "show interfaces brief",
        "show trunks",
        "show lldp info remote-device detail",
        "show cdp neighbors detail",
        "show mac-address",
        "show arp",
        "show power-over-ethernet brief",
        "show dhcp-snooping binding",
        "show spanning-tree",
    ),
    "comware": (
        "display version",
        "display device manuinfo",
        "display current-configuration",
        "display vlan brief",
        "display interface brief",
        "display link-aggregation verbose",
        "display lldp neighbor-information verbose",
        "display mac-address",
        "display arp",
        "display poe interface",
        "display dhcp snooping binding",
        "display stp root",
    ),
    "icx": (
        "show version",
        "show running-config",
        "show vlan",
        "show interfaces brief",
        "show lag brief",
        "show lldp neighbors detail",
        "show mac-address",
        "show arp",
        "show inline power",
        "show ip dhcp snooping info",
        "show span",
    ),
}
"""Platform slug -> what a live walk asks, in this order. Each only shows."""

ALIASES: Mapping[str, Mapping[str, str]] = {
    "ios": {
        "show run": "show running-config",
        "show running-config view full": "show running-config",
        "show startup-config": "show running-config",
        "show configuration": "show running-config",
        "show vlan": "show vlan brief",
        "show vlan-switch": "show vlan brief",
        "show vlan-switch brief": "show vlan brief",
        "show mac-address-table": "show mac address-table",
        "show mac address-table dynamic": "show mac address-table",
        "show mac-address-table dynamic": "show mac address-table",
        "show arp": "show ip arp",
        "show lldp neighbors": "show lldp neighbors",
        "show cdp neighbors": "show cdp neighbors",
        "show interfaces description": "show interfaces description",
        "show interfaces switchport": "show interfaces switchport",
        "show cdp entry *": "show cdp neighbors detail",
        "show license": "show license",
    },
    "eos": {
        "show startup-config": "show running-config",
        "show vlan brief": "show vlan",
        "show arp": "show ip arp",
        "show mac address-table dynamic": "show mac address-table",
        "show lldp neighbors": "show lldp neighbors",
        "show interfaces description": "show interfaces description",
        "show inventory": "show inventory",
    },
    "junos": {
        "show configuration | display set": "show configuration",
        "show arp": "show arp no-resolve",
        "show vlans brief": "show vlans",
        "show system license usage": "show system license",
        "show lldp neighbors interface": "show lldp neighbors interface",
    },
    "aoscx": {
        "show startup-config": "show running-config",
        "show arp": "show arp all-vrfs",
        "show arp vrf default": "show arp all-vrfs",
        "show lldp neighbors-info detail": "show lldp neighbor-info detail",
        "show lldp neighbor-info": "show lldp neighbor-info",
        "show power-over-ethernet brief": "show power-over-ethernet",
    },
    "aoss": {
        "show config": "show running-config",
        "show running-config structured": "show running-config",
        "show vlan": "show vlans",
        "show interface brief": "show interfaces brief",
        "show interfaces status": "show interfaces status",
        "show trunk": "show trunks",
        "show lldp info remote-device": "show lldp info remote-device",
        "show power-over-ethernet all": "show power-over-ethernet brief",
        "show mac-address-table": "show mac-address",
    },
    "comware": {
        "display saved-configuration": "display current-configuration",
        "display vlan all": "display vlan all",
        "display mac-address dynamic": "display mac-address",
        "display arp all": "display arp",
        "display dhcp-snooping": "display dhcp snooping binding",
        "display lldp neighbor-information list": "display lldp neighbor-information list",
    },
    "icx": {
        "show configuration": "show running-config",
        "show vlans": "show vlan",
        "show mac-address all": "show mac-address",
        "show lldp neighbors": "show lldp neighbors",
        "show interfaces ethernet brief": "show interfaces brief",
        "show ip dhcp-snooping info": "show ip dhcp snooping info",
    },
}
"""Platform slug -> other commands, or other ways to write one -> the command in full whose reader reads its answer."""

_JUNOS_PORT = r"(?:ge|xe|et|mge|fe|me|em)-?\d{1,3}(?:/\d{1,3}){0,2}(?::\d)?(?:\.\d{1,5})?"
DETAILS: Mapping[str, "re.Pattern[str]"] = {
    "junos": re.compile(rf"show lldp neighbors interface {_JUNOS_PORT}"),
}
"""Platform slug -> what a live walk also asks, port by port: Junos lists neighbours without what they are."""
_MOST_DETAILS = 480
"""The ports of the largest Virtual Chassis that EX switches make: ten members of 48."""
_LISTED = re.compile(rf"^({_JUNOS_PORT})\s", re.MULTILINE)

KNOWN: Mapping[str, Mapping[str, str]] = {
    slug: {**{one: one for one in asked}, **ALIASES[slug]} for slug, asked in COMMANDS.items()
}
"""Platform slug -> every command that is known -> the command in full."""

_PLAIN = ("| no-more", "| no page", "| nomore", "| display set", "page")
"""What may follow a command without taking anything from its answer."""


def details(platform: str, command: str, text: str) -> tuple[str, ...]:
    """What to ask next where *text* is the answer to *command*: one question for each port it names."""
    if platform != "junos" or command != "show lldp neighbors":
        return ()
    ports = dict.fromkeys(found.partition(".")[0] for found in _LISTED.findall(text))
    return tuple(f"show lldp neighbors interface {port}" for port in list(ports)[:_MOST_DETAILS])


def canonical_command(platform: str, typed: str) -> str | None:
    """The command in full that *typed* is short for; None where no survey reads its answer, or it may be two.

    A word may be cut short where that leaves one command: ``sh lldp nei det``. A filter (``| include``) takes lines
    away, so what it leaves is no answer; ``| no-more`` and the like do not count.
    """
    return _canonical(platform, " ".join(typed.split()).lower())


@lru_cache(maxsize=1024)
def _canonical(platform: str, typed: str) -> str | None:
    known = KNOWN.get(platform, {})
    while (
        shorter := next((typed.removesuffix(end).rstrip() for end in _PLAIN if typed.endswith(f" {end}")), "")
    ) != "":
        typed = shorter
    if typed in known:
        return known[typed]
    words = typed.split()
    if platform in DETAILS and re.fullmatch(_JUNOS_PORT, words[-1] if words else ""):
        rest = _canonical(platform, " ".join(words[:-1]))
        return rest if rest == "show lldp neighbors interface" else None
    found = {known[full] for full in known if _short(words, full.split())}
    return found.pop() if len(found) == 1 else None


def _short(words: list[str], full: list[str]) -> bool:
    """Whether each of *words* begins the word of *full* in its place."""
    pairs = zip(words, full, strict=False)
    return len(words) == len(full) and all(whole.startswith(word) for word, whole in pairs)
