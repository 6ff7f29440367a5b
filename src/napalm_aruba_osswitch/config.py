"""A configuration of AOS-S as a set of facts, so that two can be compared and a merge can be foretold.

Membership belongs to VLANs (``untagged 1-24``) and is written as lists: here it is one fact a port. What the device
adds by itself (``no ip address``, the default name of a VLAN, ``no untagged`` in VLAN 1) is no fact.
Source: HPE ArubaOS-Switch 16.x guides.
"""

import difflib
import re
from collections.abc import Iterable, Iterator

__all__ = ("Config", "collapsed", "expanded", "typed")

KINDS = ("untagged", "tagged", "forbid")
SECTIONS = r"(?:vlan|interface|ip access-list|oobm|device-profile|stacking|policy|class)\b.*"
SINGLE = (
    "hostname",
    "name",
    "ip default-gateway",
    "console idle-timeout",
    "max-vlans",
    "primary-vlan",
    "management-vlan",
    "snmp-server contact",
    "snmp-server location",
    "spanning-tree priority",
    "spanning-tree mode",
    "spanning-tree force-version",
    "spanning-tree config-name",
    "spanning-tree config-revision",
    "speed-duplex",
    "time timezone",
    "time daylight-time-rule",
    "timesync",
    "banner motd",
    "logging severity",
    "logging facility",
    "lldp refresh-interval",
    "loop-protect transmit-interval",
    "loop-protect disable-timer",
)
"""Starts of lines of which a section holds one: a later one replaces it. Others stand beside each other."""
SINGLE_OF = re.compile(
    r"(?:aaa port-access (?:authenticator|mac-based) \S+ (?:addr-limit|client-limit|quiet-period|tx-period)"
    r"|aaa port-access \S+ (?:auth-order|auth-priority|controlled-direction)|port-security \S+ learn-mode"
    r"|rate-limit (?:all|bcast|mcast)|power-over-ethernet|spanning-tree (?:vlan )?\S+ (?:priority|path-cost)"
    r"|(?:radius|tacacs)-server (?:host \S+|key|timeout|retransmit|dead-time)|ip dns server-address priority \S+"
    r"|ip dns domain-name|ip source-interface \S+|aaa authentication (?:num-attempts|lockout-delay|mac-based)"
    r"|aaa authentication (?:port-access|local-user \S+|\S+ login|\S+ enable)|aaa accounting \S+|arp-protect validate"
    r"|password (?:manager|operator)|snmpv3 (?:engineid|user \S+|params \S+|targetaddress \S+|notify \S+)"
    r"|snmpv3 group \S+ user \S+)(?= |$)"
)
"""The same, where a name or a port stands in the start."""
LISTS = re.compile(
    r"(loop-protect|spanning-tree|port-security|aaa port-access(?: authenticator| mac-based)?) (\S+)( .+|)$"
)
"""Lines with a list of ports: each port is a fact of its own."""
DEFAULTS = re.compile(
    r"(power-over-ethernet)(?: low)?|(spanning-tree mode) mstp|(spanning-tree priority) 8"
    r"|(aaa port-access authenticator \S+ tx-period) 30"
    r"|(aaa port-access mac-based \S+ addr-limit) 1|(aaa port-access mac-based \S+ logoff-period) 300"
)
"""Defaults, which are not shown; the group is the start of what they take the place of."""
VID_LISTS = re.compile(r"((?:dhcp-snooping|arp-protect) vlan) (\d[\d ,-]*)$")
_PORT = re.compile(r"(?i)(trk|(?:\d+/)?[a-z]?)(\d+)")
_MOST = 1000


def expanded(text: str) -> tuple[str, ...]:
    """Every port of the list ``1-24,A1,Trk1``; empty where it is none."""
    names: dict[str, None] = {}
    for part in re.sub(r"(?i)ethernet|\s", "", text).split(","):
        first, dash, last = part.partition("-")
        low, high = _PORT.fullmatch(first), _PORT.fullmatch(last if dash else first)
        if low is None or high is None or low[1].lower() != high[1].lower() or int(high[2]) - int(low[2]) > _MOST:
            return ()
        prefix = "Trk" if low[1].lower() == "trk" else low[1].upper()
        names |= dict.fromkeys(f"{prefix}{number}" for number in range(int(low[2]), int(high[2]) + 1))
    return tuple(names)


def _natural(name: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    parts = [part for part in re.split(r"(\d+)", name) if part]
    return name.startswith("Trk"), [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts
    ]


def collapsed(ports: Iterable[str]) -> str:
    """The shortest list of *ports*."""
    runs: list[list[str]] = []
    for name in sorted(set(ports), key=_natural):
        found = _PORT.fullmatch(runs[-1][-1]) if runs else None
        if found is not None and name == f"{found[1]}{int(found[2]) + 1}":
            runs[-1].append(name)
        else:
            runs.append([name])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def typed(text: str) -> Iterator[tuple[bool, str]]:
    """Lines as they are to be typed: (stands at the top, line); comments and empty lines are left out."""
    for raw in text.replace("\r", "").split("\n"):
        line = _spaced(raw)
        if line and not line.startswith(";"):
            yield raw[:1] not in " \t", line


def _each(plain: str) -> tuple[str, ...]:
    """*plain* once for each port or VLAN of its list."""
    if found := VID_LISTS.match(plain):
        vids = [vid for part in found[2].split() for vid in expanded(part)]
        return tuple(f"{found[1]} {vid}" for vid in vids) or (plain,)
    if (found := LISTS.match(plain)) and (ports := expanded(found[2])):
        return tuple(f"{found[1]} {port}{found[3]}" for port in ports)
    return (plain,)


def _spaced(line: str) -> str:
    """Blanks outside quotes made single; a quoted word that needs no quotes loses them."""
    parts = re.findall(r'"[^"]*"|[^\s"]+', line)
    return " ".join(part[1:-1] if re.fullmatch(r'"[^\s";]+"', part) else part for part in parts)


class Config:
    """Facts: ``(head of the section or empty, line)``, and who is in which VLAN."""

    def __init__(self, text: str = "") -> None:
        self.lines: dict[tuple[str, str], None] = {}
        self.heads: dict[str, None] = {}
        self.members: dict[tuple[str, str], set[str]] = {}
        self.either: set[tuple[str, str]] = set()
        """Facts that may or may not be shown: the device decides what is a default."""
        self._at: tuple[str, ...] = ()
        self.take(text, reading=True)

    def copy(self) -> "Config":
        made = Config()
        made.lines, made.heads, made.either = dict(self.lines), dict(self.heads), set(self.either)
        made.members = {key: set(ports) for key, ports in self.members.items()}
        return made

    # ---- taking lines ----

    def take(self, text: str, *, reading: bool = False) -> None:
        """Every line of *text*, as the device would take it; *reading*: it is what the device shows."""
        self._at = ()
        for top, line in typed(text):
            if top:
                self._at = ()
            if line in {"exit", "end"}:
                self._at = ()
                continue
            self._take(line, reading=reading)
        self._at = ()

    def _take(self, line: str, *, reading: bool) -> None:
        if found := re.fullmatch(r"(snmp-server) (contact .+) (location .+)", line):  # the device puts both in one
            for half in found.groups()[1:]:
                self._take(f"snmp-server {half}", reading=reading)
            return
        negated = line.startswith("no ")
        plain = line.removeprefix("no ")
        if found := re.fullmatch(r"(vlan|interface) (\S+)(?: (no )?(.+))?", plain):
            heads = self._named(found[1], found[2])
            if heads and not (found[1] == "vlan" and found[2].isdecimal() is False):
                self._section(heads, found[4] or "", negated=negated or bool(found[3]), reading=reading)
                return
        if re.fullmatch(SECTIONS, plain) and not plain.startswith(("vlan", "interface")):
            if negated:
                self._gone(plain)
            else:
                self.heads[plain] = None
                self._at = (plain,)
            return
        if not self._at and (found := re.fullmatch(r"trunk (\S+) (trk\d+)(?: \S+)?", plain)) and not reading:
            self._trunk(found[1], found[2], plain, negated=negated)
            return
        for head in self._at or ("",):
            for one in _each(plain) if not head else (plain,):
                self._fact(head, one, negated=negated, reading=reading)

    @staticmethod
    def _named(kind: str, names: str) -> tuple[str, ...]:
        if kind == "vlan":
            return (f"vlan {int(names)}",) if names.isdecimal() else ()
        return tuple(f"interface {port}" for port in expanded(names))

    def _section(self, heads: tuple[str, ...], rest: str, *, negated: bool, reading: bool) -> None:
        if not rest:
            if negated:
                for head in heads:
                    self._gone(head)
                self._at = ()
            else:
                self._at = heads
                self.heads |= dict.fromkeys(head for head in heads if head.startswith("vlan"))
            return
        for head in heads:
            if head.startswith("vlan"):
                self.heads[head] = None
            self._fact(head, rest, negated=negated, reading=reading)

    def _gone(self, head: str) -> None:
        self.heads.pop(head, None)
        for key in [key for key in self.lines if key[0] == head]:
            del self.lines[key]
        had: set[str] = set()
        for kind in KINDS:
            had |= self.members.pop((head, kind), set())
        left = {port for ports in self.members.values() for port in ports}
        if had - left:
            self.members.setdefault(("vlan 1", "untagged"), set()).update(had - left)

    def _trunk(self, ports: str, name: str, plain: str, *, negated: bool) -> None:
        lag = f"Trk{name[3:]}"
        out, into = (set(expanded(ports)), {lag}) if not negated else ({lag}, set(expanded(ports)))
        if negated:
            for key in [key for key in self.lines if key[1].startswith("trunk ") and key[1].split()[2] == name]:
                del self.lines[key]
        else:
            self.lines["", plain] = None
        for members in self.members.values():
            members.difference_update(out)
        self.members.setdefault(("vlan 1", "untagged"), set()).update(into)

    def _fact(self, head: str, plain: str, *, negated: bool, reading: bool) -> None:
        word, _, rest = plain.partition(" ")
        if head.startswith("vlan") and word in KINDS:
            if not (reading and negated):
                self._membership(head, word, set(expanded(rest)), negated=negated)
        elif head.startswith("interface") and word in KINDS and rest.startswith("vlan "):
            for vid in rest.removeprefix("vlan ").split(","):
                self._membership(f"vlan {vid}", word, {head.split()[1]}, negated=negated)
        elif reading:
            line = f"no {plain}" if negated else plain
            if not self._by_itself(head, line):
                self.lines[head, line] = None
        elif head.startswith("interface") and plain in {"enable", "disable"}:
            self.lines.pop((head, "disable"), None)
            if (plain == "disable") != negated:
                self.lines[head, "disable"] = None
        elif negated:
            self._remove(head, plain)
        else:
            self._add(head, plain)

    @staticmethod
    def _by_itself(head: str, line: str) -> bool:
        """What the device adds, or leaves out because it is the default."""
        if not head.startswith("vlan"):
            return DEFAULTS.fullmatch(line) is not None
        number = head.split()[1]
        return line in {"no ip address", f"name VLAN{number}"} or (head, line) == ("vlan 1", "name DEFAULT_VLAN")

    def _remove(self, head: str, plain: str) -> None:
        for key in [key for key in self.lines if key[0] == head and f"{key[1]} ".startswith(f"{plain} ")]:
            del self.lines[key]
        self.either.add((head, f"no {plain}"))

    def _add(self, head: str, plain: str) -> None:
        if self._by_itself(head, plain):
            found = DEFAULTS.fullmatch(plain)
            self._remove(head, next((start for start in found.groups() if start), "") if found else "name")
            self.lines.pop((head, f"no {plain}"), None)
            return
        if (head, f"no {plain}") in self.lines:
            del self.lines[head, f"no {plain}"]
            self.either.add((head, plain))
            return
        found = SINGLE_OF.match(plain)
        starts = (*SINGLE, *((found[0],) if found is not None else ()))
        single = max((start for start in starts if f"{plain} ".startswith(f"{start} ")), key=len, default="")
        if single:
            self._remove(head, single)
            self.either.discard((head, f"no {single}"))
        self.lines[head, plain] = None

    def _membership(self, head: str, kind: str, ports: set[str], *, negated: bool) -> None:
        if negated:
            self.members.setdefault((head, kind), set()).difference_update(ports)
            return
        self.members.setdefault((head, kind), set()).update(ports)
        for key, members in self.members.items():
            if key != (head, kind) and (key[0] == head or (kind == "untagged" and key[1] == kind)):
                members.difference_update(ports)

    # ---- comparing ----

    def facts(self) -> set[tuple[str, str]]:
        found = set(self.lines) | {("", head) for head in self.heads}
        for (head, kind), ports in self.members.items():
            found |= {(head, f"{kind} {port}") for port in ports}
        return found

    def difference(self, actual: "Config") -> list[str]:
        """What *actual* lacks of this and has beyond it, one a line; empty where they are the same."""
        loose = self.either | actual.either
        here, there = self.facts() - loose, actual.facts() - loose
        rows = [f"- {head} {line}".replace("  ", " ") for head, line in sorted(here - there)]
        return rows + [f"+ {head} {line}".replace("  ", " ") for head, line in sorted(there - here)]

    def text(self) -> str:
        """In one order, whatever the order it came in: for a diff a person reads."""
        rows = sorted(line for head, line in self.lines if not head)
        heads = dict.fromkeys((*self.heads, *(head for head, _ in self.lines if head)))
        for head in sorted(heads, key=_natural):
            rows.append(head)
            rows.extend(f"   {kind} {collapsed(ports)}" for kind in KINDS if (ports := self.members.get((head, kind))))
            own = [line for at, line in self.lines if at == head]
            rows.extend(f"   {line}" for line in (own if head.startswith("ip access-list") else sorted(own)))
        return "".join(f"{row}\n" for row in rows)

    def diff(self, after: "Config") -> str:
        """What changes from this to *after*, as a unified diff without file names; empty where nothing does."""
        rows = difflib.unified_diff(self.text().splitlines(), after.text().splitlines(), lineterm="", n=1000)
        kept = [row for row in rows if not row.startswith(("---", "+++", "@@"))]
        changed = [at for at, row in enumerate(kept) if row[:1] in "+-"]
        heads = {max((up for up in range(at + 1) if kept[up][1:2] != " "), default=at) for at in changed}
        return "\n".join(row for at, row in enumerate(kept) if at in heads or at in set(changed))
