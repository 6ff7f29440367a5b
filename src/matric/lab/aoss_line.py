"""Single lines of AOS-S: in the form the device shows them, and whether their values are ones it takes.

Source: HPE ArubaOS-Switch 16.x guides (access security, management and configuration, advanced traffic management).
"""

import hashlib
import re

from matric.lab.aoss_port import expanded
from matric.lab.tree import Invalid

__all__ = ("PORT_LISTS", "SILENT", "VID_LISTS", "canonical", "checked", "spread")

WORD = r'"?([^\s"]+)"?'
QUOTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"^hostname (\S.*)$",
        r"^(?:vlan \d+ |interface \S+ )?name (\S.*)$",
        r"^snmp-server (?:contact|location) (?!.* location )(\S.*)$",
        r"^banner (?:motd|exec) (\S.*)$",
        r"^ip dns domain-name (\S+)$",
        r"^ip access-list (?:standard|extended) (\S+)",
        r"\bip access-group (\S+) ",
        r"^(?:radius|tacacs)-server (?:host \S+ )?(?:.* )?(?:encrypted-)?key (\S+)",
        r"\bserver-group (?:radius )?(?!radius )(\S+)",
        r"\buser-name (\S+)",
        r"^aaa authentication local-user (\S+)",
        r"^aaa authentication local-user \S+ group (\S+)",
        r"\b(?:sha1|sha256) (\S+)$",
        r"^snmp-server community (\S+)",
        r"^snmpv3 (?:engineid|user|params|targetaddress|notify) (\S+)",
        r"^snmpv3 (?:group|params) \S+ user (\S+)",
        r"^snmpv3 user \S+ auth \S+ (\S+)",
        r"^snmpv3 user .* priv \S+ (\S+)",
        r"^snmpv3 .*\b(?:tagvalue|taglist) (\S+)",
        r"^snmpv3 targetaddress \S+ params (\S+)",
    )
)
"""Group 1 of each stands in quotes where the device shows it."""

PORT_LISTS = re.compile(r"^(loop-protect|aaa port-access (?:authenticator|mac-based)) (\d\S*|[A-Z]\d\S*|Trk\d\S*)$")
"""Lines of which there is one, with every port that has been named."""
VID_LISTS = re.compile(r"^((?:dhcp-snooping|arp-protect) vlan) (\d[\d ,-]*)$")
_PORT_LINES = re.compile(
    r"^(spanning-tree|port-security|loop-protect|aaa port-access(?: authenticator| mac-based)?) (\S+) "
    r"((?:admin-|auto-|bpdu-|root-|tcn-|point-|path-|priority|learn-|address-|action|receiver-|auth-|controlled-"
    r"|tx-|client-|addr-|quiet-|server-|supplicant-|reauth-|unauth-|max-|logoff-|initialize).*)$"
)
"""Lines that the device shows once for each port."""
SILENT = re.compile(
    r"power-over-ethernet(?: low)?|spanning-tree priority 8|aaa port-access authenticator \S+ tx-period 30"
    r"|aaa port-access mac-based \S+ (?:addr-limit 1|logoff-period 300)"
)
"""Defaults, which are not shown."""

_ADDRESS = r"\d+\.\d+\.\d+\.\d+"
_SIDE = rf"(?:any|host {_ADDRESS}|{_ADDRESS}/\d+|{_ADDRESS} {_ADDRESS})(?: (?:eq|gt|lt|neq) \S+| range \S+ \S+)?"
_METHOD = "(?:authenticator|mac-based|web-based)"
VALUES = (
    (r"spanning-tree (?:vlan \S+ )?priority\b", r".* priority (?:\d|1[0-5])"),
    (r"console idle-timeout \d", r"console idle-timeout \d{1,4}"),
    (
        r"power-over-ethernet\b",
        r"power-over-ethernet(?: (?:low|high|critical|pre-std-detect|\d.*|slot.*|threshold.*))?",
    ),
    (
        r"rate-limit\b",
        r"rate-limit (?:all|bcast|icmp|mcast|unknown-unicast) (?:in|out) (?:percent (?:\d{1,2}|100)|kbps \d+)",
    ),
    (r"aaa port-access authenticator \S+ client-limit", r".* (?:[1-9]|[12]\d|3[0-2])"),
    (r"aaa port-access mac-based \S+ addr-limit", r".* (?:\d{1,2}|1\d\d|2[0-4]\d|25[0-6])"),
    (r"aaa port-access \S+ auth-(?:order|priority)", rf".* auth-(?:order|priority)(?: {_METHOD}){{1,3}}"),
    (r"aaa authentication num-attempts", r".* (?:[1-9]|10)"),
    (r"aaa authentication lockout-delay", r".* \d{1,4}"),
    (r"ip dns server-address", rf"ip dns server-address priority [1-3] (?:{_ADDRESS}|[0-9a-f:]+)"),
    (
        r"ip authorized-managers",
        (
            rf"ip authorized-managers {_ADDRESS}(?: {_ADDRESS})?(?: access (?:manager|operator))?"
            r"(?: access-method (?:all|ssh|telnet|web|snmp|tftp))?"
        ),
    ),
    (r"logging severity", r"logging severity (?:major|error|warning|info|debug)"),
    (r"timesync", r"timesync (?:ntp|sntp|timep|timep-or-sntp)"),
    (
        r"time daylight-time-rule",
        (
            r".* (?:none|alaska|continental-us-and-canada|middle-europe-and-portugal|southern-hemisphere"
            r"|western-europe|user-defined.*)"
        ),
    ),
    (r"arp-protect validate", r"arp-protect validate(?: (?:src-mac|dest-mac|ip)){1,3}"),
    (
        r"port-security \S+ learn-mode",
        (
            r"\S+ \S+ learn-mode (?:continuous|static|port-access|configured|limited-continuous)"
            r"(?: address-limit (?:[1-9]|[1-5]\d|6[0-4]))?(?: action (?:none|send-alarm|send-disable))?"
        ),
    ),
    (rf"(?:\d+ )?(?:permit|deny) \S+ {_SIDE}", rf"(?:\d+ )?(?:permit|deny) \S+ {_SIDE}(?: {_SIDE}(?: \S+)*)?"),
    (r"(?:vlan \d+ )?name ", r'(?:vlan \d+ )?name "[^"]{1,64}"'),
    (r"ip ssh cipher", r".*(?:3des-cbc|aes(?:128|192|256)-(?:cbc|ctr)|rijndael-cbc@lysator\.liu\.se)"),
    (r"ip ssh mac", r".*hmac-(?:md5|sha1)(?:-96)?|.*hmac-sha2-(?:256|512)"),
    (r"snmpv3 group", r"snmpv3 group \S+ user \S+ sec-model (?:ver1|ver2c|ver3)"),
)
"""Start of a line -> what the whole line must then be."""


def canonical(line: str) -> str:
    """*line* as the device shows it: names in quotes, passwords hashed. Invalid where a quote is not closed."""
    if line.count('"') % 2:
        raise Invalid(line, "Incomplete input")
    negated, plain = line.startswith("no "), line.removeprefix("no ")
    if found := re.fullmatch(rf"(password .*|aaa authentication local-user .* password) plaintext {WORD}", plain):
        plain = f'{found[1]} sha256 "{hashlib.sha256(found[2].encode()).hexdigest()}"'
    for pattern in QUOTED:
        found = pattern.search(plain)
        if found is not None and not found[1].startswith('"'):
            plain = f'{plain[: found.start(1)]}"{found[1]}"{plain[found.end(1) :]}'
    return f"no {plain}" if negated else plain


def checked(plain: str) -> None:
    """Invalid where *plain* has a value the device does not take."""
    for start, whole in VALUES:
        if re.match(start, plain) and not re.fullmatch(whole, plain):
            raise Invalid(plain.rsplit(maxsplit=1)[-1])


def spread(plain: str) -> tuple[str, ...]:
    """*plain* for each port of its list, where the device shows one line a port."""
    found = _PORT_LINES.match(plain)
    ports = expanded(found[2]) if found is not None else ()
    if found is None or not ports:
        return (plain,)
    return tuple(f"{found[1]} {port} {found[3]}" for port in ports)
