"""AOS-CX configuration as text, and what its lines mean beyond the grammar: lists that add, VLANs that must exist."""

import base64
import re
import secrets
from collections.abc import Iterator
from itertools import groupby

from matric.config import matcher, natural
from matric.lab import aoscx_entry
from matric.lab.aoscx_grammar import CHILD_RANKS, GRAMMAR, RANKS
from matric.lab.facts import LAST_VID, listed, vlans
from matric.lab.tree import Entry, Invalid, Position, Section
from matric.platform.aoscx_rules import RULES

__all__ = ("BANNER", "AoscxPosition", "ranges", "show", "take")

INDENT = "    "
_SEQUENCE = re.compile(r"\d+")
BANNER = re.compile(r"banner (?:motd|exec) (?P<end>\S)(?P<text>.*)$")
"""The first line of a banner: it goes on to the next delimiter."""
_SILENT = matcher(RULES.defaults)
_APPLIED = re.compile(r"(apply access-list (?:ip|ipv6|mac)) \S+ (.+)$")


def ranges(vids: frozenset[int]) -> str:
    """``10,20-22``."""
    parts: list[str] = []
    for _, run in groupby(enumerate(sorted(vids)), key=lambda pair: pair[1] - pair[0]):
        found = [vid for _, vid in run]
        parts.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return ",".join(parts)


def show(tree: Section) -> str:
    """The configuration as ``show running-config`` prints it, without its header and what is a default."""
    rows: list[str] = []
    bare: set[int] = set()
    for entry in _ordered(tree):
        plain = re.fullmatch(r"vlan (\d+)", entry.text) if not (entry.below and entry.below.entries) else None
        if plain:
            bare.add(int(plain[1]))  # neighbours without a name share one line
            continue
        if bare:
            rows.append(f"vlan {ranges(frozenset(bare))}")
            bare.clear()
        _rows(entry, (), rows)
    if bare:
        rows.append(f"vlan {ranges(frozenset(bare))}")
    return "".join(f"{row}\n" for row in rows)


def _rows(entry: Entry, heads: tuple[str, ...], rows: list[str]) -> None:
    if _SILENT(heads, entry.text):
        return
    rows.append(f"{INDENT * len(heads)}{entry.text}")
    if entry.below is not None:
        for child in _ordered(entry.below):
            _rows(child, (*heads, entry.text), rows)


def _ordered(section: Section) -> list[Entry]:
    entries = list(section.entries.values())
    if section.mode in GRAMMAR.stays:
        return sorted(entries, key=lambda entry: int(found[0]) if (found := _SEQUENCE.match(entry.text)) else 0)
    ranks, late = (RANKS, len(RANKS) - 1.5) if section.mode == "top" else (CHILD_RANKS, len(CHILD_RANKS))
    return sorted(entries, key=lambda entry: (_rank(entry.text, ranks, late), natural(entry.text)))


def _rank(text: str, ranks: tuple[str, ...], late: float) -> float:
    best = max((name for name in ranks if f"{text} ".startswith(f"{name} ")), key=len, default="")
    return ranks.index(best) if best else late


class AoscxPosition(Position):
    """Where a session stands; lines mean here what they mean to AOS-CX.

    ``vlan trunk allowed`` adds to the list that is there (to ``all`` it does not: then the list is what is given),
    ``no vlan trunk allowed`` takes from it, ``vlan trunk native`` brings ``vlan trunk allowed all`` with it where no
    list is there, access and trunk exclude each other, and a VLAN that does not exist is refused. A port that joins a
    LAG leaves its VLANs: the LAG says them.
    """

    def __init__(self, tree: Section) -> None:
        super().__init__(GRAMMAR, tree)

    @property
    def context(self) -> str:
        """The line that opened the current mode; empty at the top."""
        here = self._stack[-1]
        for _, entry in self.tree.walk():
            if entry.below is here:
                return entry.text
        return ""

    def apply(self, line: str) -> None:
        if "\n" in line:
            self._banner(line)
            return
        bare = _ciphered(" ".join(line.split()))
        if found := re.fullmatch(r"(no )?vlan (\d[\d,-]*[,-]\d+)", bare):
            self.top()
            for vid in sorted(self._checked(found[2], line)):
                super().apply(f"{found[1] or ''}vlan {vid}")
                self.top()
        elif self.mode == "interface" and bare.removeprefix("no ").startswith("vlan "):
            self._switching(bare, line)
        elif self.mode == "interface" and re.fullmatch(r"lag \d+", bare):
            super().apply(bare)
            for key in [key for key in self._stack[-1].entries if key.startswith("vlan ")]:
                del self._stack[-1].entries[key]
        elif bare in ("no vlan 1", "vlan 0") or (
            (found := re.fullmatch(r"vlan (\d+)", bare)) and int(found[1]) > LAST_VID
        ):
            raise Invalid(line)
        elif not self._own(bare):
            self._one_filter(bare)
            super().apply(bare)

    def _own(self, bare: str) -> bool:
        """Lines that no grammar tells of."""
        if self.mode == "acl" and re.match(r"\d|permit |deny |comment ", bare):
            self._entry(bare)
        elif BANNER.match(bare):
            raise Invalid(bare)  # it has no end
        elif bare == "routing" and self.mode == "interface":
            self._routing()
        else:
            return False
        return True

    def _banner(self, line: str) -> None:
        first, _, rest = line.partition("\n")
        begun = BANNER.match(first)
        if begun is None or begun["end"] not in rest:
            raise Invalid(first)
        self.top()
        super().apply(line)

    def _routing(self) -> None:
        """Layer 3 is what a port is without a word: nothing is shown, and the VLANs are gone."""
        section = self._stack[-1]
        for key in [key for key in section.entries if key == "routing" or key.startswith("vlan ")]:
            del section.entries[key]

    def _entry(self, bare: str) -> None:
        """An entry, or a comment, takes the place of the one with its number."""
        section = self._stack[-1]
        text = aoscx_entry.shown(bare, max((int(key.split()[0]) for key in section.entries), default=0))
        for key in list(section.entries):
            same = key.split()[0] == text.split()[0] and (" comment " in key) == (" comment " in text)
            if same:
                del section.entries[key]
        section.entries[text] = Entry(text)

    def _one_filter(self, bare: str) -> None:
        """A direction has one list of a kind: the next takes its place."""
        found = _APPLIED.match(bare)
        if found is None:
            return
        section = self.tree if "control-plane" in bare else self._stack[-1]
        for key, entry in list(section.entries.items()):
            other = _APPLIED.match(entry.text)
            if other is not None and other.groups() == found.groups():
                del section.entries[key]

    def _switching(self, bare: str, line: str) -> None:
        section = self._stack[-1]
        if found := re.fullmatch(r"vlan trunk allowed (\S+)", bare):
            now = section.value("vlan trunk allowed")
            vids = found[1]
            if vids != "all":
                given = self._existing(vids, line)
                vids = ranges(given | (listed(now) if now and now != "all" else frozenset[int]()))
            super().apply(f"vlan trunk allowed {vids}")
            section.entries.pop("vlan access", None)
        elif found := re.fullmatch(r"no vlan trunk allowed (\S+)", bare):
            left = listed(section.value("vlan trunk allowed") or "") - self._checked(found[1], line)
            super().apply(f"vlan trunk allowed {ranges(left)}" if left else "no vlan trunk allowed")
        elif found := re.fullmatch(r"vlan trunk native (\S+)(?: tag)?", bare):
            self._existing(found[1], line)
            super().apply(bare)
            section.entries.pop("vlan access", None)
            if section.value("vlan trunk allowed") is None:
                super().apply("vlan trunk allowed all")
        elif found := re.fullmatch(r"vlan access (\S+)", bare):
            self._existing(found[1], line)
            super().apply(bare)
            for key in ("vlan trunk native", "vlan trunk allowed"):
                section.entries.pop(key, None)
        else:
            super().apply(bare)

    def _checked(self, text: str, line: str) -> frozenset[int]:
        if text == "all":
            return frozenset(range(1, LAST_VID + 1))
        found = listed(text)
        if not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", text) or not found or not found <= listed("all"):
            raise Invalid(line)
        return found

    def _existing(self, text: str, line: str) -> frozenset[int]:
        found = self._checked(text, line)
        if missing := found - frozenset(vlans(self.tree)):
            raise Invalid(line, f"VLAN {min(missing)} is not configured")
        return found


def _ciphered(line: str) -> str:
    """*line* with what came in the clear made unreadable, differently each time."""
    return re.sub(r"\bplaintext (\S+)", lambda found: f"ciphertext AQBap{_disguised(found[1])}", line)


def _disguised(clear: str) -> str:
    return base64.b64encode(secrets.token_bytes(36 + len(clear) % 3)).decode()


def _whole(first: str, rows: Iterator[str]) -> str:
    """*first*, and where it begins a banner all its lines."""
    found = BANNER.match(first)
    if found is None or found["end"] in found["text"]:
        return first
    block = [first]
    for raw in rows:
        block.append(raw.rstrip())
        if found["end"] in raw:
            break
    return "\n".join(block)


def take(tree: Section, text: str) -> list[Invalid]:
    """Take configuration *text* into *tree*, a line at the left edge at the top; what was refused is returned."""
    position = AoscxPosition(tree)
    refused: list[Invalid] = []
    rows = iter(text.replace("\r\n", "\n").split("\n"))
    for raw in rows:
        line = _whole(raw.strip(), rows)
        if not line or line.startswith("!") or line in ("end", "exit") or line.endswith("configuration:"):
            continue
        if raw[:1] not in " \t":
            position.top()
        try:
            position.apply(line)
        except Invalid as error:
            refused.append(error)
    return refused
