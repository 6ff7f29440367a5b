"""AOS-S: what its lines do, and what hier_config's driver for it lacks.

The switch writes ``untagged 1-24`` below a VLAN; here, as hier_config has it, every port says ``untagged vlan 20``.
A port is untagged in one VLAN at most and a member of one at least; what joins a LAG leaves its VLANs, and a new LAG
begins in VLAN 1. Source: ArubaOS-Switch 16.x guides; nothing was seen on a switch of ours.
"""

import re
from ipaddress import IPv4Interface

from matric.config import Config, Line
from matric.intent.port_list import collapsed, expanded
from matric.ordering.model import Lines, Model, NotTaken, changed, children, edited, present, section, sections
from matric.ordering.step import Step

__all__ = ("MODEL",)

KINDS = ("untagged", "tagged", "forbid")
MEMBER = re.compile(r"(untagged|tagged|forbid) vlan (\d+)$")
LISTED = re.compile(r"(no )?(untagged|tagged|forbid) (\S+)$")
TRUNK = re.compile(r"trunk (\S+) (trk\d+)(?: (\S+))?$", re.IGNORECASE)
VLAN = re.compile(r"vlan (\d+)$")

SLOTS = (
    r"hostname ",
    r"name ",
    r"untagged vlan ",
    r"ip default-gateway ",
    r"console idle-timeout(?: serial-usb)? ",
    r"(?:max-vlans|primary-vlan|management-vlan) ",
    r"snmp-server (?:contact|location) ",
    r"snmp-server community \S+ ",
    r"snmpv3 user \S+ ",
    r"spanning-tree (?:mode|priority|force-version|config-name|config-revision|bpdu-protection-timeout) ",
    r"(spanning-tree \S+ priority) ",
    r"(?:speed-duplex|poe-value|poe-allocate-by|power-over-ethernet|flow-control|mdix-mode|lacp|unknown-vlans) ",
    r"time (?:timezone|daylight-time-rule) ",
    r"timesync ",
    r"sntp server priority \S+ ",
    r"logging (?:severity|facility) ",
    r"lldp refresh-interval ",
    r"lldp admin-status \S+ ",
    r"loop-protect (?:transmit-interval|disable-timer) ",
    r"(loop-protect \S+ receiver-action) ",
    r"aaa authentication (?:num-attempts|lockout-delay) ",
    r"aaa authentication local-user \S+ ",
    r"aaa accounting (?:exec|network|commands|update) ",
    r"rate-limit (?:all|bcast|mcast) ",
    r"ip source-interface \S+ ",
    r"snmpv3 (?:engineid|(?:params|targetaddress|notify) \S+) ",
    r"snmpv3 group \S+ user \S+ ",
    r"aaa authentication (?:port-access|mac-based) ",
    r"aaa authentication \S+ (?:login|enable) ",
    r"radius-server (?:key|timeout|retransmit|dead-time) ",
    r"aaa authentication local-user \S+",
    r"aaa authentication lockout-delay ",
    r"(radius-server host \S+) (?:encrypted-)?key ",
    r"tacacs-server host \S+",
    r"tacacs-server key ",
    r"dhcp-snooping option 82 ",
    r"(aaa port-access (?:authenticator |mac-based )?\S+ (?:[a-z]+-limit|[a-z]+-period|[a-z]+-timeout|[a-z]+-vid)) ",
    r"(aaa port-access \S+ (?:controlled-direction|auth-order|auth-priority)) ",
    r"(port-security \S+ (?:learn-mode|action|address-limit)) ",
    r"ip (?:dns domain-name|ssh timeout) ",
    r"ip dns server-address priority \S+ ",
    r"password (?:manager|operator) ",
    r"job \S+ ",
)

TOGGLES = (
    r"^(?:telnet-server|web-management|tftp (?:server|client)|autorun|ip ssh)$",
    r"^(?:dhcp|lldp|cdp|aruba-central)(?: |$)",
    r"^(?:allow-unsupported-transceiver|power-over-ethernet|energy-efficient-ethernet|stack-management)$",
    r"^(?:dhcp-snooping option|snmp-server enable|ip icmp|ip ssh (?:cipher|mac))\b",
)

QUIET = (
    r"^(?:no )?(?:hostname|name|sntp|ntp|timesync|time|logging|snmp-server|snmpv3|lldp|cdp|console|banner|job)\b",
    r"^(?:no )?(?:loop-protect|dhcp-snooping|arp-protect|power-over-ethernet|poe-\S+|spanning-tree|radius-server)\b",
    r"^(?:no )?(?:aaa port-access|aaa accounting|speed-duplex|tacacs-server|device-profile|ip dns)\b",
)

WHOLE = (
    r"^(?:dhcp-snooping trust|arp-protect (?:trust|validate)|lldp config|lldp admin-status|cdp enable) ",
    # hier_config takes the text of a banner for more than one line.
    r"^(?:no )?banner (?:motd|exec) ",
)

_OF_PORTS = r"loop-protect|spanning-tree|port-security|aaa port-access(?: authenticator| mac-based)?"
PORTED = re.compile(rf"((?:no )?(?:{_OF_PORTS}) )((?:\d|[A-Z]\d|Trk\d)[\dA-Zrk/,-]*)((?: .+)?)$")
"""Lines about ports. Of those without more words there is one with every port, of the others one for each port."""
FILTERED = re.compile(r"((?:no )?(?:dhcp-snooping|arp-protect) vlan )(\d[\d ,-]*)()$")
"""Lines about VLANs, of which there is one with every VLAN."""

SHORT = (
    r"(?:password (?:manager|operator))",
    r"aaa authentication local-user \S+",
    r"(?:snmp-server community|snmpv3 user|tacacs-server host|aaa authentication local-user|job|trunk) \S+",
    r"radius-server host \S+ ... (?:encrypted-)?key",
    r"sntp authentication key-id \d+",
    r"(?:radius-server|tacacs-server) key",
    r"(?:snmp-server (?:contact|location))",
    r"(?:name|speed-duplex|ip default-gateway)",
    r"aaa authentication \S+ (?:login|enable)",
    r"\d+",
)

WEIGHTS = (
    (r"^vlan \d", -90),
    (r"^ip access-list ", -80),
    (r"^(?:password|radius-server|tacacs-server|ip ssh|ip authorized-managers|snmp-server community) ?", -75),
    (r"^(?:no )?aaa ", -70),
    (r"^aaa authentication local-user ", -76),
    (r"^no (?:spanning-tree|loop-protect|dhcp-snooping|arp-protect|lldp|port-security|aaa port-access)\b", -68),
    (r"^trunk ", -60),
    (r"^interface \S+ > tagged vlan ", -50),
    (r"^interface \S+ > untagged vlan ", -40),
    (r"^vlan \d+ > ip address ", -20),
    (r"^(?:ip route|ip default-gateway) ", -10),
    (r"^(?:vlan|interface) \S+ > no ip access-group ", 4),
    (r"^(?:vlan|interface) \S+ > ip access-group ", 5),
    (r"^no ip route ", 40),
    (r"^interface \S+ > no (?:tagged|untagged|forbid) ", 50),
    (r"^interface \S+ > disable$", 52),
    (r"^no trunk ", 55),
    (r"^vlan \d+ > no ip address", 60),
    (r"^ip access-list .*> no ", 68),
    (r"^no ip access-list ", 70),
    (r"^no (?:radius-server|tacacs-server) ", 75),
    (r"^no (?:password|ip ssh|ip authorized-managers|aaa authentication local-user)", 80),
    (r"^no vlan \d", 90),
)


# ---- one fact a line ----


def apart(config: Config) -> Config:
    """Membership below the ports, one LAG member a line; what the switch shows by itself is left out."""
    found: dict[str, dict[str, Lines]] = {"vlan 1": {}}
    for line in config.lines:
        if trunk := TRUNK.match(line.text):
            kind = trunk[3] or "trunk"
            for port in expanded(trunk[1]):
                found[f"trunk {port} {trunk[2].lower()} {kind}"] = {}
            continue
        if len(each := spread(line.text)) > 1:
            found |= {text: {} for text in each}
            continue
        below = found.setdefault(line.text, {})
        for child in line.children:
            listed = LISTED.match(child.text)
            vlan = VLAN.match(line.text)
            if vlan and listed and not listed[1]:
                for port in expanded(listed[3]):
                    found.setdefault(f"interface {port}", {})[f"{listed[2]} vlan {vlan[1]}"] = ()
            elif not (vlan and (listed or _by_itself(vlan[1], child.text))) and child.text != "exit":
                below[child.text] = below.get(child.text, ()) + child.children
    found.pop("exit", None)
    return Config(tuple(Line(head, tuple(Line(*one) for one in below.items())) for head, below in found.items()))


def _by_itself(vid: str, text: str) -> bool:
    return text in {"no ip address", f'name "VLAN{vid}"', f"name VLAN{vid}"} or (
        vid == "1" and text in {'name "DEFAULT_VLAN"', "name DEFAULT_VLAN"}
    )


def spread(text: str) -> tuple[str, ...]:
    """``loop-protect 1-4`` as four lines; other lines are one."""
    if found := PORTED.match(text):
        return tuple(f"{found[1]}{port}{found[3]}" for port in expanded(found[2])) or (text,)
    if found := FILTERED.match(text):
        return tuple(f"{found[1]}{vid}" for vid in expanded(found[2].replace(" ", ","))) or (text,)
    return (text,)


def _lists(config: Config) -> Lines:
    """The lines of which there is one with every port or VLAN."""
    found: dict[str, list[str]] = {}
    for line in config.lines:
        if one := _one_of_many(line.text):
            found.setdefault(one[1], []).append(one[2])
    return tuple(
        Line(f"{start}{' '.join(sorted(names, key=int)) if start.endswith(' vlan ') else collapsed(names)}")
        for start, names in found.items()
    )


def _one_of_many(text: str) -> re.Match[str] | None:
    found = PORTED.match(text) or FILTERED.match(text)
    return found if found and not found[3] and not text.startswith("no ") else None


def joined(config: Config) -> Config:
    """As the switch shows it."""
    members: dict[tuple[str, str], list[str]] = {}
    trunks: dict[tuple[str, str], list[str]] = {}
    for line in config.lines:
        for found in (MEMBER.match(child.text) for child in line.children):
            if found:
                members.setdefault((found[2], found[1]), []).append(line.text[10:])
        if found := TRUNK.match(line.text):
            trunks.setdefault((found[2], found[3]), []).append(found[1])
    lags = (Line(f"trunk {collapsed(ports)} {name} {kind}") for (name, kind), ports in trunks.items())
    return Config((*lags, *(one for line in config.lines for one in _shown(line, members)), *_lists(config)))


def _shown(line: Line, members: dict[tuple[str, str], list[str]]) -> Lines:
    if vlan := VLAN.match(line.text):
        return (_vlan(line, vlan[1], members),)
    if line.text.startswith("interface "):
        own = tuple(child for child in line.children if not MEMBER.match(child.text))
        return (Line(line.text, own),) if own else ()
    return () if TRUNK.match(line.text) or _one_of_many(line.text) else (line,)


def _vlan(line: Line, vid: str, members: dict[tuple[str, str], list[str]]) -> Line:
    texts = [child.text for child in line.children]
    rows = [] if any(text.startswith("name ") for text in texts) else [_named(vid)]
    if vid == "1":
        inside = {port for (_, kind), ports in members.items() if kind != "forbid" for port in ports}
        if gone := inside - set(members.get(("1", "untagged"), ())):
            rows.append(f"no untagged {collapsed(gone)}")
    rows += [f"{kind} {collapsed(ports)}" for kind in KINDS if (ports := members.get((vid, kind)))]
    if not any(text.startswith("ip address ") for text in texts):
        rows.append("no ip address")
    return Line(line.text, (*(Line(row) for row in rows), *line.children))


def _named(vid: str) -> str:
    return 'name "DEFAULT_VLAN"' if vid == "1" else f'name "VLAN{vid}"'


# ---- what lines do ----

DATA = Model(hier_config="HP_PROCURVE", slots=SLOTS, toggles=TOGGLES, sequenced=(r"^ip access-list ",), unsaid=True)


def special(config: Config, step: Step) -> Config | None:
    text = step.text
    if not step.heads:
        return _top(config, text)
    head = step.heads[0]
    if head.startswith("interface "):
        if text in {"enable", "no disable"}:
            return edited(config, step.heads, lambda lines: tuple(line for line in lines if line.text != "disable"))
        if found := MEMBER.match(text.removeprefix("no ")):
            return _member(config, step, found[1], found[2])
    if head.startswith("vlan ") and (listed := LISTED.match(text)):
        for port in expanded(listed[3]):
            member = f"{listed[1] or ''}{listed[2]} vlan {head[5:]}"
            config = special(present(config, f"interface {port}"), Step((f"interface {port}",), member)) or config
        return config
    if head.startswith("vlan ") and text.startswith("ip address "):
        _overlap(config, head, text)
    number = text.partition(" ")[0]
    held = children(config, head) if head.startswith("ip access-list ") and number.isdecimal() else ()
    if any(one.startswith(f"{number} ") and one != text for one in held):
        raise NotTaken(f"number {number} of the list is taken")
    return None


def _top(config: Config, text: str) -> Config | None:
    if text == "no vlan 1":
        raise NotTaken("VLAN 1 cannot be deleted")
    if found := re.match(r"no vlan (\d+)$", text):
        return _without_vlan(config, found[1])
    if found := TRUNK.match(text):
        return _bound(config, expanded(found[1]), found[2].lower(), found[3] or "trunk")
    if found := re.match(r"no trunk (\S+)", text):
        return _unbound(config, frozenset(expanded(found[1])))
    if len(each := spread(text)) > 1:
        for one in each:
            config = _top(config, one) or changed(DATA, config, Step((), one))
        return config
    if text.startswith("no ") and _one_of_many(text[3:]):  # not the lines that say more of the port
        return Config(tuple(line for line in config.lines if line.text != text[3:]))
    return None


def _member(config: Config, step: Step, kind: str, vid: str) -> Config:
    port = step.heads[0][10:]
    if step.text.startswith("no "):
        if section(config, step.heads[0]) is None:
            return config
        after = changed(DATA, config, step)
        if kind != "forbid" and after != config and not _memberships(after, step.heads[0]):
            raise NotTaken(f"port {port} would be a member of no VLAN")
        return after
    if section(config, f"vlan {vid}") is None:
        raise NotTaken(f"VLAN {vid} does not exist yet")
    lags = _lags(config)
    if port in lags:
        raise NotTaken(f"port {port} is a member of {lags[port]}")
    if port.startswith("Trk") and port not in lags.values():
        raise NotTaken(f"{port} does not exist yet")
    others = {f"{other} vlan {vid}" for other in KINDS if other != kind}
    after = changed(DATA, config, step)
    return edited(after, step.heads, lambda lines: tuple(line for line in lines if line.text not in others))


def _memberships(config: Config, head: str) -> list[str]:
    return [text for text in children(config, head) if MEMBER.match(text) and not text.startswith("forbid ")]


def _lags(config: Config) -> dict[str, str]:
    """Member -> its LAG."""
    found = (TRUNK.match(line.text) for line in config.lines)
    return {port: f"Trk{one[2][3:]}" for one in found if one for port in expanded(one[1])}


def _without_vlan(config: Config, vid: str) -> Config:
    """The VLAN goes; ports it alone had return to VLAN 1."""
    gone = {f"{kind} vlan {vid}" for kind in KINDS}
    lines: list[Line] = []
    for line in config.lines:
        if line.text == f"vlan {vid}":
            continue
        left = tuple(child for child in line.children if child.text not in gone)
        orphan = left != line.children and not any(
            MEMBER.match(child.text) and not child.text.startswith("forbid ") for child in left
        )
        lines.append(Line(line.text, (*left, Line("untagged vlan 1")) if orphan else left))
    return Config(tuple(lines))


def _bound(config: Config, ports: tuple[str, ...], name: str, kind: str) -> Config:
    lags = _lags(config)
    lag = f"Trk{name[3:]}"
    for port in ports:
        if lags.get(port, lag) != lag:
            raise NotTaken(f"port {port} is a member of {lags[port]}")
    lines = [_no_member(line) if line.text[10:] in ports and line.text.startswith("interface ") else line
             for line in config.lines]  # fmt: skip
    lines += [Line(f"trunk {port} {name} {kind}") for port in ports if port not in lags]
    after = Config(tuple(lines))
    if lag in lags.values():
        return after
    after = present(after, f"interface {lag}")
    return edited(
        after, (f"interface {lag}",), lambda below: (*_no_member(Line("", below)).children, Line("untagged vlan 1"))
    )


def _no_member(line: Line) -> Line:
    return Line(line.text, tuple(child for child in line.children if not MEMBER.match(child.text)))


def _unbound(config: Config, ports: frozenset[str]) -> Config:
    """The ports leave their LAG for VLAN 1; a LAG without members is gone."""
    lags = _lags(config)
    lines = [line for line in config.lines if not ((one := TRUNK.match(line.text)) and set(expanded(one[1])) & ports)]
    after = Config(tuple(lines))
    left = _lags(after)
    for port in sorted(ports & lags.keys()):
        after = present(after, f"interface {port}")
        after = edited(after, (f"interface {port}",), lambda below: (*below, Line("untagged vlan 1")))
        if lags[port] not in left.values():
            after = Config(tuple(line for line in after.lines if line.text != f"interface {lags[port]}"))
    return after


def _overlap(config: Config, head: str, text: str) -> None:
    own = _address(text)
    for line in sections(config, "vlan "):
        for child in line.children:
            other = _address(child.text)
            same = line.text == head and child.text == text
            if own and other and not same and own.network.overlaps(other.network):
                raise NotTaken(f"{line.text} has an address in the same network")


def _address(text: str) -> IPv4Interface | None:
    if not text.startswith("ip address "):
        return None
    try:
        return IPv4Interface(text.removeprefix("ip address ").replace(" ", "/"))
    except ValueError:
        return None


def waits(config: Config, step: Step) -> str:
    """What AOS-S may take at once, and had better not."""
    text = step.text
    if found := re.match(r"no vlan (\d+)$", text):
        # What is still in it would fall back to VLAN 1, for good where that is what is wanted.
        address = next((one for one in children(config, f"vlan {found[1]}") if one.startswith("ip address ")), "")
        users = [line.text for line in config.lines if any(_in(child.text, found[1]) for child in line.children)]
        return f"{users[0]} is still in it" if users else (f"it still has {address}" if address else "")
    if found := re.match(r"no ip access-list \S+ (\S+)$", text):
        held = f"ip access-group {_bare(found[1])} "
        used = next(
            (line.text for line in config.lines if any(_bare(one.text).startswith(held) for one in line.children)), ""
        )
        return f"{used} still applies it" if used else ""
    if found := re.match(r"aaa authentication \S+ (?:login|enable) .*\bserver-group (\S+)", text):
        start = f"aaa server-group radius {found[1]} "
        asked = any(line.text.startswith(start) for line in config.lines)
        return "" if asked else f"nobody answers for the group {found[1]} yet"
    if found := re.match(r"ip access-group (\S+) ", text):
        there = [
            line for line in sections(config, "ip access-list ") if _bare(line.text).split()[-1] == _bare(found[1])
        ]
        return "" if there and there[0].children else f"the access list {found[1]} does not exist or is empty"
    return ""


def bundled(row: tuple[Step, ...]) -> tuple[Step, ...]:
    """Neighbours that say the same of ports, or put them into a VLAN: one line below the VLAN as the switch has it."""
    made: list[tuple[Step, tuple[str, ...], str]] = []
    for step in row:
        start, name, rest = _named_in(step)
        if name and made and (made[-1][0], made[-1][2]) == (start, rest):
            made[-1] = (start, (*made[-1][1], name), rest)
        else:
            made.append((start, (name,) if name else (), rest))
    return tuple(Step(one.heads, f"{one.text}{collapsed(names)}{rest}") if names else one for one, names, rest in made)


def _named_in(step: Step) -> tuple[Step, str, str]:
    """*step* without the port it names, the port, and what follows it: ``vlan 20 > no tagged``, ``5``, nothing."""
    found = MEMBER.match(step.text.removeprefix("no "))
    if found and step.heads and step.heads[0].startswith("interface "):
        return Step((f"vlan {found[2]}",), step.text.partition(" vlan ")[0] + " "), step.heads[0][10:], ""
    listed = None if step.heads else PORTED.match(step.text)
    return (Step((), listed[1]), listed[2], listed[3]) if listed else (step, "", "")


def _in(text: str, vid: str) -> bool:
    return bool((found := MEMBER.match(text)) and found[2] == vid)


def _bare(text: str) -> str:
    return text.replace('"', "")


MODEL = Model(
    hier_config="HP_PROCURVE",
    short=SHORT,
    weights=WEIGHTS,
    whole=WHOLE,
    slots=SLOTS,
    toggles=TOGGLES,
    unsaid=True,
    sequenced=(r"^ip access-list ",),
    quiet=QUIET,
    port=r"interface (?!vlan)",
    apart=apart,
    joined=joined,
    special=special,
    waits=waits,
    bundled=bundled,
    applies=r"ip access-group (\S+) ",
    grouped=(
        r"^((?:no )?(?:untagged|tagged|forbid) vlan .*)",
        rf"^((?:no )?(?:{_OF_PORTS})) (?:\d|[A-Z]\d|Trk\d)\S*( .*)?$",
    ),
)
