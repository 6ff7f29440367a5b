"""Which show command a text answers: as typed, as its file is called, or as its first lines show."""

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ("answered", "in_full", "in_name", "is_configuration")

_SHOW = re.compile(r"(?:^|[\s_.\-(])(?P<command>(?:sh(?:ow?)?|disp?(?:lay)?)[\s_.-]+[a-z].*)$", re.IGNORECASE)
CONFIGURATION = re.compile(
    r"^(?:sh\w* (?:run[\w-]*|start[\w-]*|conf[\w-]*)(?: view full| all| structured)?(?: \|.*)?"
    r"|sh\w* (?:saved|candidate)-config\w*|dis\w* (?:cu\w*|sa\w*)(?:-\w+)?|wr\w* t\w*|more (?:nvram|system):\S+"
    r"|show configuration(?: \|.*)?)$"
)
FIRST_WORDS = (("sh", "show"), ("sho", "show"), ("dis", "display"), ("disp", "display"))
SIGNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "ios": (
        ("show version", r"^Cisco (?:IOS|Internetwork Operating System) "), ("show inventory", r"^NAME: \""),
        ("show vlan brief", r"^VLAN Name +Status +Ports"), ("show mac address-table", r"^ +Mac Address Table"),
        ("show interfaces status", r"^Port +Name +Status +Vlan"),
        ("show power inline", r"^Interface +Admin +Oper +Power"),
        ("show cdp neighbors detail", r"^Device ID: ?\S"), ("show cdp neighbors", r"^Device ID +Local Intrfce"),
        ("show lldp neighbors detail", r"^(?:Local Intf: |Chassis id: )"),
        ("show lldp neighbors", r"^Device ID +Local Intf"),
        ("show ip arp", r"^Protocol +Address +Age"), ("show ip interface brief", r"^Interface +IP-Address +OK\?"),
        ("show etherchannel summary", r"^Flags: +D - down +P"),
        ("show ip dhcp snooping binding", r"^MacAddress +IpAddress"),
        ("show ip dhcp binding", r"^Bindings from all pools"), ("show wlan summary", r"^Number of WLANs"),
    ),
    "eos": (
        ("show version", r"^Arista \S"), ("show vlan", r"^VLAN +Name +Status +Ports"),
        ("show interfaces status", r"^Port +Name +Status +Vlan"), ("show mac address-table", r"^ +Mac Address Table"),
        ("show lldp neighbors detail", r"^Interface \S+ detected \d+ LLDP"), ("show ip arp", r"^Address +Age"),
        ("show lldp neighbors", r"^Port +Neighbor Device ID"),
        ("show ip interface brief", r"^Interface +IP Address +Status"),
    ),
    "junos": (
        ("show version", r"^(?:Hostname|Model): \S"),
        ("show vlans", r"^(?:Routing instance +VLAN name|Name +Tag +Interfaces)"),
        ("show ethernet-switching table", r"^(?:Ethernet switching table|MAC flags)"),
        ("show interfaces terse", r"^Interface +Admin Link Proto"), ("show chassis hardware", r"^Hardware inventory:"),
        ("show arp no-resolve", r"^MAC Address +Address +(?:Name +)?Interface"),
        ("show lldp neighbors", r"^Local Interface +Parent Interface"),
        ("show poe interface", r"^Interface +Admin +Oper"),
    ),
    "aoscx": (
        ("show version", r"^(?:ArubaOS-CX|AOS-CX)$"), ("show system", r"^Hostname +:"),
        ("show vlan", r"^VLAN +Name +Status"),
        ("show mac-address-table", r"^MAC age-time"), ("show arp all-vrfs", r"^IPv4 Address +MAC"),
        ("show lldp neighbor-info detail", r"^Port +: \d"), ("show interface brief", r"^Port +Native +Mode"),
    ),
    "aoss": (
        ("show system", r"General System Information"), ("show vlans", r"VLAN Information"),
        ("show mac-address", r"Port Address Table"), ("show arp", r"IP ARP table"),
        ("show interfaces brief", r"Status and Counters - Port Status"), ("show version", r"^ *Image stamp:"),
        ("show lldp info remote-device detail", r"LLDP Remote Device Information Detail"),
        ("show trunks", r"Load Balancing"),
        ("show lldp info remote-device", r"LLDP Remote Devices Information"),
        ("show power-over-ethernet brief", r"Status and Counters - Port Power Status"),
    ),
    "comware": (
        ("display version", r"Comware (?:Platform )?Software"),
        ("display mac-address", r"^MAC A(?:DDR|ddress) +(?:STATE|VLAN)"),
        ("display vlan brief", r"^Brief information about all VLANs"), ("display vlan all", r"^ *VLAN ID: \d"),
        ("display interface brief", r"^Brief information (?:on|of) interface"), ("display arp", r"^ *Type: S-Static"),
        ("display lldp neighbor-information verbose", r"^LLDP neighbor-information of port"),
        ("display device manuinfo", r"^ *DEVICE_NAME"), ("display link-aggregation verbose", r"^Loadsharing Type"),
    ),
    "icx": (
        ("show version", r"^ *Copyright .*(?:Ruckus|Brocade|Foundry|ARRIS)"),
        ("show vlan", r"^Total PORT-VLAN entries"),
        ("show interfaces brief", r"^Port +Link +State"),
        ("show mac-address", r"^(?:Total active entries|MAC-Address +Port)"),
        ("show lldp neighbors detail", r"^Local port: "), ("show lldp neighbors", r"^Lcl Port +Chassis ID"),
        ("show arp", r"^(?:Total number of ARP|No\. +IP)"), ("show inline power", r"^ *Power Capacity:"),
    ),
}  # fmt: skip
_HEAD = 40
"""Lines at the beginning that say which command a text answers."""


@lru_cache(maxsize=1)
def _signs() -> "dict[str, tuple[tuple[str, re.Pattern[str]], ...]]":
    return {slug: tuple((one, re.compile(text, re.MULTILINE)) for one, text in of) for slug, of in SIGNS.items()}


def is_configuration(command: str) -> bool:
    """Whether the answer to *command* is a whole configuration."""
    return CONFIGURATION.match(command) is not None


def in_full(platform: str, typed: str) -> str:
    """*typed* as the platform's reader knows it; else in lower case, its first word in full."""
    from matric.survey.show import canonical_command  # noqa: PLC0415 - templates only where there is an answer

    plain = " ".join(typed.split()).lower()
    first, _, rest = plain.partition(" ")
    plain = f"{dict(FIRST_WORDS).get(first, first)} {rest}".strip()
    if platform:
        if is_configuration(plain) and "| i" not in plain:
            return "display current-configuration" if plain.startswith("dis") else plain
        return canonical_command(platform, plain) or plain
    return plain


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str, str], ...]:
    """Each known command as letters and digits alone, its platform and itself; the longest first."""
    from matric.survey.show.commands import KNOWN  # noqa: PLC0415 - ditto

    found = {(_bare(one), slug, one) for slug, known in KNOWN.items() for one in known}
    return tuple(sorted(found, key=lambda one: (-len(one[0]), one)))


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def in_name(platform: str, stem: str) -> tuple[str, str]:
    """The command a file is named after, in full, and what its name says before that; empty where it says none."""
    found = _SHOW.search(stem)
    if found is None:
        return "", stem
    first, *words = _bare(found["command"]).split()
    before = stem[: found.start()].rstrip(" _.-(")
    # A count behind the command is the file's, not the command's: show_vlan2, show_vlan_01.
    said = re.sub(r"(?: ?\d+)+$", "", " ".join((dict(FIRST_WORDS).get(first, first), *words)))
    for bare, slug, command in _names():
        if platform in ("", slug) and (said == bare or said.startswith(f"{bare} ")):
            rest = said[len(bare) :].split()
            if not rest or rest[0] not in _NARROWS:
                return in_full(platform, command), before
    short = in_full(platform, said)
    return (short if re.fullmatch(r"(?:show|display) [a-z][a-z0-9 |-]*", short) else ""), before


_NARROWS = frozenset({
    "all", "address", "brief", "count", "counters", "database", "detail", "dynamic", "extensive", "inactive", "include",
    "information", "interface", "interfaces", "module", "neighbors", "partition", "port", "ports", "private", "running",
    "static", "statistics", "status", "summary", "system", "transceiver", "trunk", "verbose", "vlan", "vrf", "exclude",
    "section", "begin",
})  # fmt: skip
"""Words that make another command of the one before them; any other is the file's own."""


def answered(platform: str, text: str) -> str:
    """The command whose answer begins as *text* does, in full; empty where none does."""
    head = "\n".join(text.split("\n", _HEAD)[:_HEAD])
    hits = [(found.start(), at, one) for at, (one, sign) in enumerate(_signs().get(platform, ()))
            if (found := sign.search(head))]  # fmt: skip
    return min(hits)[2] if hits else ""
