"""An AOS-S configuration as the lab holds it: the tree of ``matric.lab.tree``, but membership belongs to the VLAN.

A port is untagged in at most one VLAN: ``untagged 5`` in one takes it out of the other. VLAN 1 has every port that is
in no other. ``no untagged`` that would leave a port in no VLAN at all is refused, in words of ours.
"""

import re
from collections.abc import Iterable

from matric.config import natural
from matric.lab.aoss_grammar import GRAMMAR, RANKS
from matric.lab.aoss_line import PORT_LISTS, SILENT, VID_LISTS, canonical, checked, spread
from matric.lab.aoss_port import collapsed, expanded
from matric.lab.text import Dialect
from matric.lab.tree import Entry, Invalid, Position, Rule, Section
from matric.platform.base import ConfigRules

__all__ = (
    "DIALECT",
    "LAST_VID",
    "AossPosition",
    "factory",
    "lags",
    "load",
    "lost",
    "members",
    "put",
    "unquoted",
    "vlan_ids",
)

LAST_VID = 4094
KINDS = ("untagged", "tagged", "forbid")
PLACES = (
    "disable",
    "name",
    "power-over-ethernet",
    "rate-limit",
    "dhcp-snooping",
    "arp-protect",
    "ip address",
    "ip access-group",
    "ip helper-address",
    "voice",
)
"""The order of lines in a section; the rest follows."""
ORPHAN = "Port(s) {} would be a member of no VLAN"


class AossDialect(Dialect):
    """How AOS-S shows its configuration: three blanks (five in an access list), ``exit`` at the end of a section."""

    def show(self, tree: Section) -> str:
        rows: list[str] = []
        for entry in sorted(tree.entries.values(), key=lambda one: (self._rank(one.text, top=True), natural(one.text))):
            if entry.below is None:
                rows.append(entry.text)
            elif entry.below.entries or entry.below.mode != "interface":
                blanks = " " * (5 if entry.below.mode == "acl" else 3)
                rows.extend((entry.text, *(f"{blanks}{row}" for row in _rows(entry, tree)), "   exit"))
        return "".join(f"{row}\n" for row in rows)

    def salted(self, tree: Section, before: Section | None) -> None:
        """Nothing: AOS-S shows what it was given, or hides it."""


def _rows(entry: Entry, tree: Section) -> list[str]:
    section = entry.below or Section("top")
    if section.mode == "acl":
        return sorted((child.text for child in section.entries.values()), key=natural)
    if section.mode == "interface":
        return sorted((child.text for child in section.entries.values()), key=_place)
    if section.mode != "vlan":
        return [child.text for child in section.entries.values()]
    name = section.value("name") or f'"VLAN{entry.text.split()[1]}"'
    rows = [f"name {name}"]
    if entry.text == "vlan 1":
        gone = lost(tree)
        rows.extend([f"no untagged {collapsed(gone)}"] if gone else [])
    rows.extend(section.entries[kind].text for kind in KINDS if kind in section.entries)
    if not section.find("ip address"):
        rows.append("no ip address")
    own = (child.text for key, child in section.entries.items() if key not in {"name", *KINDS})
    return [*rows, *sorted(own, key=_place)]


def _place(text: str) -> tuple[int, tuple[object, ...]]:
    """A switch shows what stands below a VLAN or a port in one order, whatever the order it came in."""
    plain = text.removeprefix("no ")
    best = next((at for at, start in enumerate(PLACES) if f"{plain} ".startswith(f"{start} ")), len(PLACES))
    return best, natural(text)


def lost(tree: Section) -> set[str]:
    """Ports whose untagged VLAN is another than 1, or none."""
    every: set[str] = set()
    for vid in vlan_ids(tree):
        every |= members(tree, vid, "untagged") | members(tree, vid, "tagged")
    return every - members(tree, 1, "untagged")


DIALECT = AossDialect("aoss", GRAMMAR, ConfigRules("HP_PROCURVE"), RANKS, "password", "   ")


def factory(ports: Iterable[str]) -> Section:
    """What stands before the first line: VLAN 1 with every port."""
    tree = Section("top")
    tree.entries["vlan 1"] = Entry("vlan 1", Section("vlan", {"name": Entry('name "DEFAULT_VLAN"')}))
    put(tree, 1, "untagged", set(ports))
    return tree


def unquoted(text: str) -> str:
    return text.strip().strip('"')


def vlan_ids(tree: Section) -> tuple[int, ...]:
    found = [
        int(entry.text.split()[1])
        for entry in tree.find("vlan")
        if entry.below is not None and entry.below.mode == "vlan"
    ]
    return tuple(sorted(found))


def lags(tree: Section) -> dict[str, tuple[str, ...]]:
    """LAG -> its members."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in tree.find("trunk"):
        words = entry.text.split()
        name = f"Trk{words[2].lower().removeprefix('trk')}"
        found[name] = (*found.get(name, ()), *expanded(words[1]))
    return found


def _vlan(tree: Section, vid: int) -> Section | None:
    entry = tree.entries.get(f"vlan {vid}")
    return entry.below if entry is not None else None


def members(tree: Section, vid: int, kind: str) -> set[str]:
    section = _vlan(tree, vid)
    return set() if section is None else set(expanded(section.value(kind) or ""))


def put(tree: Section, vid: int, kind: str, ports: set[str]) -> None:
    """*ports*, and no others, are *kind* in the VLAN."""
    section = _vlan(tree, vid)
    if section is None:
        return
    if ports:
        section.entries[kind] = Entry(f"{kind} {collapsed(ports)}")
    else:
        section.entries.pop(kind, None)


class AossPosition(Position):
    """Where a session stands: at the top, in one VLAN, or in one or more interfaces."""

    def __init__(self, tree: Section, known: Iterable[str] = (), *, orphans: bool = False) -> None:
        super().__init__(GRAMMAR, tree)
        self.known = frozenset(known)
        self.orphans = orphans
        """True where a port may be left in no VLAN: while a whole file is read."""
        self.heads: tuple[str, ...] = ()

    @property
    def mode(self) -> str:
        return self._section(self.heads[0]).mode if self.heads else "top"

    def _section(self, head: str) -> Section:
        entry = self.tree.entries.get(head)
        return Section("top") if entry is None or entry.below is None else entry.below

    def leave(self) -> bool:
        left, self.heads = bool(self.heads), ()
        return left

    def top(self) -> None:
        self.heads = ()

    def apply(self, line: str) -> None:
        bare = canonical(" ".join(line.split()))
        checked(bare)
        negated = bare.startswith("no ")
        plain = bare.removeprefix("no ")
        if self.heads and any(head not in self.tree.entries for head in self.heads):
            self.heads = ()
        if self.heads and self._inside(plain, negated=negated):
            return
        self._top(plain, negated=negated)

    # ---- inside a section ----

    def _inside(self, plain: str, *, negated: bool) -> bool:
        words = plain.split()
        mode = self.mode
        if mode == "vlan" and words[0] in KINDS:
            self._membership(int(self.heads[0].split()[1]), words, negated=negated)
            return True
        if mode == "interface" and words[0] in KINDS and words[1:2] == ["vlan"]:
            for vid in _ids(words[2:], plain):
                for head in self.heads:
                    self._membership(vid, [words[0], head.split()[1]], negated=negated)
            return True
        rule = GRAMMAR.rule(mode, plain)
        if rule is None:
            return False
        for head in self.heads:
            self._one(self._section(head), rule, plain, negated=negated)
        return True

    def _one(self, section: Section, rule: Rule, plain: str, *, negated: bool) -> None:
        if section.mode == "interface" and plain in {"enable", "disable"}:
            section.entries.pop("disable", None)
            if (plain == "disable") != negated:
                section.entries["disable"] = Entry("disable")
        elif section.mode == "vlan" and plain.startswith("ip address"):
            self._address(section, plain, negated=negated)
        elif negated:
            self._remove(section, rule, plain, keep=True)
        else:
            self._set(section, rule, plain)

    def _address(self, section: Section, plain: str, *, negated: bool) -> None:
        """A VLAN may have several addresses, or be told to ask for one."""
        words = plain.split()[2:]
        asks = words == ["dhcp-bootp"]
        if words and not asks and not re.fullmatch(r"\d+(\.\d+){3}(/\d+| \d+(\.\d+){3})", " ".join(words)):
            raise Invalid(plain)
        if not words and not negated:
            raise Invalid(plain, "Incomplete input")
        for key in [key for key in section.entries if f"{key} ".startswith("ip address ")]:
            if (negated and f"{key} ".startswith(f"{plain} ")) or (not negated and asks != key.endswith("dhcp-bootp")):
                del section.entries[key]
        if not negated:
            section.entries[plain] = Entry(plain)

    def _membership(self, vid: int, words: list[str], *, negated: bool) -> None:
        kind, ports = words[0], self._checked(words, vid)
        if negated:
            self._less(vid, kind, ports)
            return
        put(self.tree, vid, kind, members(self.tree, vid, kind) | ports)
        for other in KINDS:
            if other != kind:
                put(self.tree, vid, other, members(self.tree, vid, other) - ports)
        if kind == "untagged":
            for other_vid in vlan_ids(self.tree):
                if other_vid != vid:
                    put(self.tree, other_vid, kind, members(self.tree, other_vid, kind) - ports)

    def _checked(self, words: list[str], vid: int) -> set[str]:
        """The ports of a membership line, all of which can take part."""
        if not words[1:]:
            raise Invalid(words[0], "Incomplete input")
        ports = set(expanded("".join(words[1:])))
        if not ports:
            raise Invalid(words[1])
        bound = lags(self.tree)
        if self.known and (missing := ports - self.known - set(bound)):
            raise Invalid(collapsed(missing), "Module not present for port or invalid port")
        if inside := ports & {port for found in bound.values() for port in found}:
            raise Invalid(collapsed(inside), "Invalid port: it is a member of a trunk")
        if f"vlan {vid}" not in self.tree.entries:
            raise Invalid(str(vid), "VLAN not found")
        return ports

    def _less(self, vid: int, kind: str, ports: set[str]) -> None:
        if kind == "forbid":
            put(self.tree, vid, kind, members(self.tree, vid, kind) - ports)
            return
        stay: set[str] = set()
        for other in vlan_ids(self.tree):
            for each in ("untagged", "tagged"):
                if (other, each) != (vid, kind):
                    stay |= members(self.tree, other, each)
        orphans = (ports & members(self.tree, vid, kind)) - stay
        if orphans and not self.orphans:
            raise Invalid(collapsed(orphans), ORPHAN.format(collapsed(orphans)))
        put(self.tree, vid, kind, members(self.tree, vid, kind) - ports)

    # ---- at the top ----

    def _top(self, plain: str, *, negated: bool) -> None:
        words = plain.split()
        if words[0] in ("vlan", "interface") and len(words) > 1:
            self._head(words, negated=negated)
            return
        if words[0] == "trunk":
            self._trunk(words, negated=negated)
            return
        lines = spread(plain)
        if lines != (plain,):
            for one in lines:
                self._ports(next(word for word in one.split() if expanded(word)))
                self._top_line(one, negated=negated)
            return
        if self._listed(plain, negated=negated):
            return
        self._top_line(plain, negated=negated)

    def _listed(self, plain: str, *, negated: bool) -> bool:
        """A line that is a list of ports or VLANs is added to, or taken from, the one that is there."""
        for pattern, joint in ((PORT_LISTS, ","), (VID_LISTS, " ")):
            found = pattern.match(plain)
            if found is None:
                continue
            held = next((entry.text for entry in self.tree.find(found[1]) if pattern.match(entry.text)), "")
            before = pattern.match(held)
            had = _members(before[2]) if before is not None else set[str]()
            named = set(self._ports(found[2])) if joint == "," else _members(found[2])
            self.tree.entries.pop(held, None)
            if now := (had - named if negated else had | named):
                text = collapsed(now) if joint == "," else " ".join(sorted(now, key=int))
                self.tree.entries[f"{found[1]} {text}"] = Entry(f"{found[1]} {text}")
            return True
        return False

    def _top_line(self, plain: str, *, negated: bool) -> None:
        words = plain.split()
        rule = GRAMMAR.rule("top", plain)
        if rule is None:
            raise Invalid(plain)
        off = self.tree.entries.get(GRAMMAR.key(rule, plain))
        if len(words) == len(rule.words) and rule.slot and not negated and (off is None or off.text != f"no {plain}"):
            raise Invalid(plain, "Incomplete input")
        if negated:
            self._remove(self.tree, rule, plain, keep=True)
            return
        self._set(self.tree, rule, plain)
        if rule.opens:
            entry = self.tree.entries[GRAMMAR.key(rule, plain)]
            entry.below = entry.below or Section(rule.opens)
            self.heads = (entry.text,)

    def _set(self, section: Section, rule: Rule, plain: str) -> None:
        """A line that takes back a ``no`` leaves nothing behind: the default is not shown."""
        key = GRAMMAR.key(rule, plain)
        entry = section.entries.get(key)
        if SILENT.fullmatch(plain):
            section.entries.pop(key, None)
        elif entry is not None and entry.text == f"no {plain}":
            del section.entries[key]
        elif entry is None:
            section.entries[key] = Entry(plain)
        else:
            entry.text = plain

    def _head(self, words: list[str], *, negated: bool) -> None:
        """``vlan 20``, ``vlan 20 tagged 5``, ``interface 1-4``, ``no vlan 20`` ..."""
        names = [str(vid) for vid in _ids(words[1:2], " ".join(words))] if words[0] == "vlan" else self._ports(words[1])
        heads = tuple(f"{words[0]} {name}" for name in names)
        rest = " ".join(words[2:])
        negated = negated or rest.startswith("no ")
        rest = rest.removeprefix("no ")
        if negated and not rest:
            for head in heads:
                self._gone(head)
            self.heads = ()
            return
        for head in heads:
            self.tree.entries.setdefault(head, Entry(head, Section(words[0])))
        before, self.heads = self.heads, heads
        if rest:
            try:
                if not self._inside(rest, negated=negated):
                    raise Invalid(rest)
            finally:
                self.heads = before

    def _ports(self, text: str) -> tuple[str, ...]:
        ports = expanded(text)
        if not ports:
            raise Invalid(text)
        if self.known and (missing := set(ports) - self.known - set(lags(self.tree))):
            raise Invalid(collapsed(missing), "Module not present for port or invalid port")
        return ports

    def moved(self, vid: int) -> set[str]:
        """Ports that would return to VLAN 1 if the VLAN went."""
        stay = {
            port
            for other in vlan_ids(self.tree)
            if other != vid
            for kind in KINDS[:2]
            for port in members(self.tree, other, kind)
        }
        return (members(self.tree, vid, "untagged") | members(self.tree, vid, "tagged")) - stay

    def _gone(self, head: str) -> None:
        """A VLAN goes: ports it alone had return to VLAN 1."""
        if head == "vlan 1":
            raise Invalid("1", "The default VLAN cannot be deleted")
        moved = self.moved(int(head.split()[1])) if head.startswith("vlan") else set[str]()
        if self.tree.entries.pop(head, None) is None:
            raise Invalid(head.split()[1], "VLAN not found" if head.startswith("vlan") else "Invalid input")
        put(self.tree, 1, "untagged", members(self.tree, 1, "untagged") | moved)

    def _trunk(self, words: list[str], *, negated: bool) -> None:
        """``trunk 25-26 trk1 lacp``: the ports leave every VLAN, a LAG that is new enters VLAN 1."""
        ports = self._ports(words[1]) if len(words) > 1 else ()
        if not ports:
            raise Invalid(" ".join(words), "Incomplete input")
        if negated:
            for entry in list(self.tree.find("trunk")):
                _, listed, name, kind = entry.text.split()
                if leaving := set(expanded(listed)) & set(ports):
                    self._bind(entry.text, set(expanded(listed)) - leaving, name, kind)
                    gone = f"Trk{name.removeprefix('trk')}"
                    self._swap({gone} - set(lags(self.tree)), leaving)
            return
        if len(words) < 3 or not re.fullmatch(r"trk\d+", words[2].lower()):  # noqa: PLR2004 - trunk PORTS NAME
            raise Invalid(" ".join(words), "Incomplete input")
        name, kind = words[2].lower(), words[3] if len(words) > 3 else "trunk"  # noqa: PLR2004
        lag = f"Trk{name.removeprefix('trk')}"
        before = lags(self.tree)
        held = next((entry.text for entry in self.tree.find("trunk") if entry.text.split()[2] == name), "")
        self._bind(held, {*before.get(lag, ()), *ports}, name, kind)
        self._swap(set(ports) - set(before.get(lag, ())), {lag} - set(before))

    def _bind(self, held: str, ports: set[str], name: str, kind: str) -> None:
        """The one line about a LAG says *ports*; without any the LAG is gone."""
        self.tree.entries.pop(held, None)
        if ports:
            text = f"trunk {collapsed(ports)} {name} {kind}"
            self.tree.entries[text] = Entry(text)

    def _swap(self, out: set[str], into: set[str]) -> None:
        for vid in vlan_ids(self.tree):
            for kind in KINDS:
                put(self.tree, vid, kind, members(self.tree, vid, kind) - out)
        put(self.tree, 1, "untagged", members(self.tree, 1, "untagged") | into)


def _members(text: str) -> set[str]:
    """``10 20-22`` or ``1-4,Trk1`` one by one."""
    return {name for part in text.split() for name in expanded(part)}


def _ids(words: list[str], plain: str) -> list[int]:
    found = [int(word) for word in "".join(words).split(",") if word.isdecimal()]
    if not found or any(not 1 <= vid <= LAST_VID for vid in found):
        raise Invalid(words[0] if words else plain)
    return found


def load(text: str, position: AossPosition) -> list[Invalid]:
    """Apply every line of *text*; the lines refused. A line that is not indented stands at the top."""
    refused: list[Invalid] = []
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if not line or line.startswith(";"):
            continue
        if line == "exit":
            position.leave()
            continue
        if raw[:1] not in " \t":
            position.top()
        try:
            position.apply(line)
        except Invalid as error:
            refused.append(Invalid(line, error.reason))
    return refused
