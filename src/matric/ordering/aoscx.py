"""AOS-CX: what its lines do, and what hier_config's driver for it lacks.

Lists of VLANs are held one VLAN a line. Source: AOS-CX 10.x command-line guide (6100, 6200, 6300); ``vlan trunk
allowed`` adds to the list that is there, ``vlan trunk native`` brings ``vlan trunk allowed all`` where there is none,
access and trunk exclude each other, and a port that joins a LAG leaves its VLANs (not seen on a switch of ours).
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Interface
from itertools import groupby

from matric.config import Config, Line
from matric.ordering.model import Lines, Model, NotTaken, changed, children, edited, sections
from matric.ordering.step import Step

__all__ = ("MODEL",)

TRUNK = "vlan trunk allowed"
ALL = f"{TRUNK} all"
PORT = re.compile(r"interface (?:\d+/\d+/\d+|lag \d+)$")
VLANS = re.compile(r"vlan (\d[\d,-]*)$")
LISTED = re.compile(rf"(?:no )?{TRUNK} (\d[\d,-]*)$")
USES = re.compile(r"vlan (?:access|trunk native|trunk allowed) (\d+)")

SLOTS = (
    r"hostname ",
    r"name ",
    r"description ",
    r"mtu ",
    r"speed ",
    r"lag ",
    r"lacp (?:mode|rate) ",
    r"vrf attach ",
    r"vlan access ",
    r"vlan trunk native ",
    r"(ip address) \S+$",
    r"ip mtu ",
    r"ip static ",
    r"default-gateway ",
    r"apply access-list (ip|ipv6|mac) \S+ (in|out|routed-in|routed-out|control-plane vrf \S+)$",
    r"banner \S+ ",
    r"ntp server \S+",
    r"logging (?:facility |console |\S+)",
    r"ssh (?:ciphers|macs|key-exchange-algorithms) ",
    r"aaa authentication (?:limit-login-attempts|console-login-attempts) ",
    r"rate-limit (?:broadcast|multicast|unknown-unicast|icmp) ",
    r"client-limit ",
    r"user \S+ ",
    r"snmpv3 user \S+ ",
    r"snmp-server (?:vrf|system-location|system-contact|system-description) ",
    r"radius-server host \S+",
    r"radius-server (?:key|timeout|retries|auth-type) ",
    r"tacacs-server host \S+",
    r"radius dyn-authorization client \S+",
    r"tacacs-server key ",
    r"clock timezone ",
    r"ntp vrf ",
    r"lldp (?:timer|holdtime|management-ipv4-address|transmit|receive) ",
    r"spanning-tree (?:mode|priority|config-name|config-revision|port-type|cost|port-priority|link-type) ",
    r"spanning-tree (?:hello-time|forward-delay|bpdu-guard timeout) ",
    r"loop-protect (?:action|re-enable-timer|transmit-interval) ",
    r"dhcpv4-snooping max-bindings ",
    r"power-over-ethernet (?:priority|allocate-by|assigned-class|threshold) ",
    r"aaa authentication login \S+ ",
    r"aaa authorization commands \S+ ",
    r"aaa accounting (?:all-mgmt \S+|port-access) ",
    r"aaa authentication port-access (?:client-limit|auth-mode|critical-role|reject-role|auth-role) ",
    r"(?:radius server-group|auth-method|addr-format|max-eapol-requests|max-retries) ",
    r"(?:reauth-period|cached-reauth-period|quiet-period|eapol-timeout) ",
    r"https-server rest access-mode ",
    r"ssh maximum-auth-attempts ",
    r"logging facility ",
    r"(?:access-level|view|type|router-id|poe-priority|trust-mode|auth-mode|session-timeout|timeout|max-per-user) ",
    r"(\d+) (?:permit|deny|comment|match|ignore|class) ",
)
"""Lines of which a section holds one. What a group takes, or the whole match, says which."""

TOGGLES = (
    r"^shutdown$",
    r"^routing$",
    r"^lldp(?: (?:transmit|receive))?$",
    r"^(?:cdp|usb|spanning-tree|power-over-ethernet|ip dhcp)$",
    r"^ip icmp ",
    r"^dhcpv4-snooping option 82$",
)

SILENT = (r"^(?:lldp|cdp|usb|power-over-ethernet|routing|dhcpv4-snooping option 82|ip icmp redirect)$",)

QUIET = (
    r"^(?:no )?(?:description|hostname|name|ntp|clock|logging|snmp-server|snmpv3|lldp|cdp|usb|banner|cli-session)\b",
    r"^(?:no )?(?:power-over-ethernet|loop-protect|errdisable|qos|ip dns|dhcpv4-snooping|radius-server|port-access)\b",
    r"^(?:no )?(?:aaa authentication port-access|aaa accounting|mtu|speed|tacacs-server|radius|rate-limit|arp)\b",
    r"^(?:no )?(?:ip helper-address|spanning-tree|allow-unsupported-transceiver|vsf|ip source-interface)\b",
    r"^(?:snmp-server|cli-session|logging|port-access|aaa group|vsf|aaa authentication port-access)\b.* > ",
    r" > aaa authentication port-access\b.* > ",
)


# ---- one fact a line ----


def vids(text: str) -> tuple[int, ...]:
    """``1,10-12`` as numbers."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal():
            found.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(found))


def ranges(numbers: Iterable[int]) -> str:
    parts: list[str] = []
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        parts.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return ",".join(parts)


def apart(config: Config) -> Config:
    """``vlan 1,10-12`` is four lines, and so is a trunk's list; VLAN 1 is always there."""
    return Config(_once([Line("vlan 1"), *(one for line in config.lines for one in _apart(line))]))


def _apart(line: Line) -> Lines:
    if (found := VLANS.match(line.text)) and not line.text[5:].isdecimal():
        return tuple(Line(f"vlan {vid}", line.children) for vid in vids(found[1]))
    if PORT.match(line.text):
        return (Line(line.text, _once([one for child in line.children for one in _split(child)])),)
    return (line,)


def _split(child: Line) -> Lines:
    if found := LISTED.match(child.text):
        return tuple(Line(f"{TRUNK} {vid}") for vid in vids(found[1]))
    return (child,)


def _once(lines: list[Line]) -> Lines:
    merged: dict[str, Lines] = {}
    for line in lines:
        merged[line.text] = merged.get(line.text, ()) + line.children
    return tuple(Line(text, below) for text, below in merged.items())


def joined(config: Config) -> Config:
    """As the switch shows it: one list a trunk, VLANs that say nothing on one line."""
    lines: list[Line] = []
    bare: list[int] = []
    for line in config.lines:
        if VLANS.match(line.text) and not line.children:
            bare.append(int(line.text[5:]))
        else:
            lines.append(_listed(line) if PORT.match(line.text) else line)
    named = sorted(int(line.text[5:]) for line in lines if VLANS.match(line.text))
    runs: dict[int, list[int]] = {}
    for vid in sorted(bare):  # neighbours share a line, as far as no VLAN with lines of its own stands between
        runs.setdefault(sum(1 for other in named if other < vid), []).append(vid)
    return Config((*(Line(f"vlan {ranges(run)}") for run in runs.values()), *lines))


def _listed(line: Line) -> Line:
    listed = [int(child.text.rsplit(" ", 1)[1]) for child in line.children if LISTED.match(child.text)]
    if not listed:
        return line
    rest = tuple(child for child in line.children if not LISTED.match(child.text))
    return Line(line.text, (*rest, Line(f"{TRUNK} {ranges(listed)}")))


# ---- what lines do ----

DATA = Model(hier_config="ARUBA_AOSCX", slots=SLOTS, toggles=TOGGLES, silent=SILENT)


def special(config: Config, step: Step) -> Config | None:
    if step.heads and PORT.match(step.heads[0]):
        return _port(config, step)
    if step.heads:
        if step.text.startswith("ip address ") and step.heads[0].startswith("interface "):
            _overlap(config, step)
        return None
    if found := re.match(r"no interface (lag) (\d+)$", step.text):
        if members := _holders(config, f"lag {found[2]}"):
            raise NotTaken(f"{members[0]} is still a member")
    elif step.text == "no vlan 1":
        raise NotTaken("VLAN 1 cannot be deleted")
    return None


def _port(config: Config, step: Step) -> Config | None:
    text = step.text
    for vid in _used(text):
        if all(line.text != f"vlan {vid}" for line in config.lines):
            raise NotTaken(f"VLAN {vid} does not exist yet")
    if found := LISTED.match(text):
        return edited(config, step.heads, lambda lines: _list(lines, vids(found[1]), gone=text.startswith("no ")))
    if text.startswith("lag ") and all(line.text != f"interface {text}" for line in config.lines):
        raise NotTaken(f"{text} does not exist yet")
    if text.startswith("ip address "):
        _overlap(config, step)
    lost = next((starts for start, starts in LOST if text.startswith(start)), None)
    if lost is None:
        return None
    after = changed(DATA, config, step)
    after = edited(
        after, step.heads, lambda lines: tuple(one for one in lines if one.text == text or not _is(one, lost))
    )
    return edited(after, step.heads, _native) if text.startswith("vlan trunk native ") else after


LOST = (
    (ALL, ("vlan access ", f"{TRUNK} ")),
    ("vlan trunk native ", ("vlan access ",)),
    ("vlan access ", ("vlan trunk ",)),
    ("lag ", ("vlan ",)),
    ("routing", ("vlan ",)),
)
"""What a line of a port takes away: access and trunk exclude each other, a member and a routed port have no VLANs."""


def _is(line: Line, starts: tuple[str, ...]) -> bool:
    return line.text.startswith(starts)


def _used(text: str) -> tuple[int, ...]:
    if text.startswith("no "):
        return ()
    if found := LISTED.match(text):
        return vids(found[1])
    found = USES.match(text)
    return (int(found[1]),) if found else ()


def _list(lines: Lines, given: tuple[int, ...], *, gone: bool) -> Lines:
    names = {f"{TRUNK} {vid}" for vid in given}
    if gone:
        if any(line.text == ALL for line in lines):
            left = [vid for vid in range(1, 4095) if f"{TRUNK} {vid}" not in names]
            return (*(line for line in lines if line.text != ALL), *(Line(f"{TRUNK} {vid}") for vid in left))
        return tuple(line for line in lines if line.text not in names)
    kept = tuple(line for line in lines if line.text not in names and line.text != ALL)
    return (*_without(kept, "vlan access "), *(Line(f"{TRUNK} {vid}") for vid in given))


def _native(lines: Lines) -> Lines:
    """A native VLAN brings every VLAN with it where no list is there."""
    return lines if any(line.text.startswith(f"{TRUNK} ") for line in lines) else (*lines, Line(ALL))


def _without(lines: Lines, *starts: str) -> Lines:
    return tuple(line for line in lines if not line.text.startswith(starts))


def _holders(config: Config, text: str) -> list[str]:
    return [line.text for line in sections(config, "interface ") if any(one.text == text for one in line.children)]


def _overlap(config: Config, step: Step) -> None:
    """Two interfaces in one network: AOS-CX takes no such address."""
    own = _address(step.text)
    for line in sections(config, "interface "):
        for child in line.children:
            other = _address(child.text)
            if line.text != step.heads[0] and own and other and own.network.overlaps(other.network):
                raise NotTaken(f"{line.text} has an address in the same network")


def _address(text: str) -> IPv4Interface | None:
    try:
        return IPv4Interface(text.removeprefix("ip address ").removesuffix(" secondary"))
    except ValueError:
        return None


BUILT_IN = frozenset({"radius", "tacacs", "local"})
"""Groups that nobody has to make."""


def waits(config: Config, step: Step) -> str:
    """What AOS-CX may take at once, and had better not."""
    text = step.text
    if found := re.match(r"no vlan (\d+)$", text):
        used = next((line.text for line in sections(config, "interface ") if _mentions(line, found[1])), "")
        return f"{used} still uses VLAN {found[1]}" if used else ""
    if found := re.match(r"no access-list ip (\S+)$", text):
        used = _holding(config, found[1])
        return f"{used} still applies it" if used else ""
    if found := re.match(r"interface vlan (\d+)$", text):
        return (
            "" if any(line.text == f"vlan {found[1]}" for line in config.lines) else f"VLAN {found[1]} does not exist"
        )
    if found := re.match(r"apply access-list ip (\S+) ", text):
        there = children(config, f"access-list ip {found[1]}")
        return "" if there else f"the access list {found[1]} does not exist or is empty"
    return ""


def bundled(row: tuple[Step, ...]) -> tuple[Step, ...]:
    """VLANs of one trunk that come, or go, one after another: one line."""
    made: list[Step] = []
    for step in row:
        here, last = LISTED.match(step.text), LISTED.match(made[-1].text) if made else None
        sign = step.text[: here.start(1)] if here else ""
        if here and last and made[-1].heads == step.heads and made[-1].text[: last.start(1)] == sign:
            made[-1] = Step(step.heads, f"{sign}{ranges((*vids(last[1]), *vids(here[1])))}")
        else:
            made.append(step)
    return tuple(made)


def _mentions(line: Line, vid: str) -> bool:
    if line.text == f"interface vlan {vid}":
        return True
    return any((found := USES.match(child.text)) and found[1] == vid for child in line.children)


def _holding(config: Config, name: str) -> str:
    for line in config.lines:
        if any(child.text.startswith(f"apply access-list ip {name} ") for child in line.children):
            return line.text
    return ""


# ---- for hier_config ----

SHORT = (
    r"(?:user|snmpv3 user|snmp-server community|vrf|radius-server host|tacacs-server host) \S+",
    r"(?:ntp server|logging) \S+",
    r"radius dyn-authorization client \S+",
    r"(?:radius-server|tacacs-server) key",
    r"(?:description|name|hostname|mtu|speed|vlan access|vlan trunk native|clock timezone|vrf attach)",
    r"aaa authentication login \S+",
    r"snmp-server (?:system-location|system-contact|system-description|vrf)",
    r"snmp-server host \S+ \S+ version \S+",
    r"\d+",
)
"""The shortest line that a ``no`` takes: none needs an old secret."""

WEIGHTS = (
    (r"^vrf ", -95),
    (r"^vlan \d", -90),
    (r"^(?:access-list|class|policy) ", -80),
    (r"^(?:user|user-group|ssh|radius-server|tacacs-server) ", -75),
    (r"^aaa group ", -70),
    (r"^interface lag \d+$", -60),
    (r"^interface \S+ > vlan trunk allowed ", -50),
    (r"^interface \S+ > vlan trunk native ", -45),
    (r"^interface lag \d+ > vlan trunk native ", -58),
    (r"^interface lag \d+ > vlan trunk allowed ", -60),
    (r"^interface vlan \d+$", -20),
    (r"^ip route ", -10),
    (r"^interface lag \d+ > no vlan trunk ", 50),
    (r"^interface \S+ > lag \d+$", 48),
    (r"^interface \S+ > no (?:vlan|lag) ", 50),
    (r"^interface .*> no apply ", 50),
    (r"^interface .*> shutdown$", 52),
    (r"^no ip route ", 40),
    (r"^no interface vlan ", 60),
    (r"^no interface lag ", 65),
    (r"^(?:access-list|class|policy) .*> no ", 68),
    (r"^no (?:access-list|class|policy) ", 70),
    (r"^no aaa (?:authentication|authorization|accounting) ", 71),
    (r"^no aaa group ", 72),
    (r"^no (?:radius-server|tacacs-server) ", 75),
    (r"^no (?:user|user-group|ssh|https-server) ", 80),
    (r"^no vlan \d", 90),
    (r"^no vrf ", 95),
)
"""What comes early and what comes late, before anything is proven."""

MODEL = Model(
    hier_config="ARUBA_AOSCX",
    wrong=("logging ",),
    short=SHORT,
    weights=WEIGHTS,
    slots=SLOTS,
    toggles=TOGGLES,
    silent=SILENT,
    sequenced=(r"^(?:access-list|class|policy|user-group) ",),
    quiet=QUIET,
    port=r"interface \d+/\d+/\d+$",
    apart=apart,
    joined=joined,
    special=special,
    waits=waits,
    bundled=bundled,
    applies=r"apply access-list ip (\S+) ",
    whole_of=((rf"> {ALL}$", rf"> no {TRUNK} \d"),),
    gathered=(rf"^{TRUNK} \d",),
)
