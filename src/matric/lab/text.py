"""Configuration text into a device's tree and out of it again, as the platform reads and shows it."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from matric.config import matcher, natural
from matric.lab import aoscx_grammar, eos_grammar, ios_grammar
from matric.lab.tree import Entry, Grammar, Invalid, Position, Section
from matric.platform.base import ConfigRules
from matric.secret import password

__all__ = ("DIALECTS", "Dialect", "loaded", "logical")

ORDER_LINES = 1000


@dataclass(frozen=True)
class Dialect:
    """How a platform reads and shows configuration."""

    slug: str
    grammar: Grammar
    rules: ConfigRules
    ranks: tuple[str, ...]
    late: str
    """Sections the ranks do not name are shown just before this one."""
    indent: str

    def show(self, tree: Section) -> str:
        """The whole configuration as the device shows it, without header and without ``end``."""
        rows: list[str] = []
        self._show(tree, 0, (), rows)
        return "".join(f"{row}\n" for row in rows)

    def _show(self, section: Section, depth: int, heads: tuple[str, ...], rows: list[str]) -> None:
        silent = self._silent
        before = ""
        for entry in self._ordered(section, heads):
            if silent(heads, entry.text):
                continue
            head = " ".join(entry.text.split()[:1])
            if not depth and before and (entry.below is not None or head != before):
                rows.append("!")
            before = head
            rows.append(f"{self.indent * depth}{entry.text}")
            if entry.below is not None:
                self._show(entry.below, depth + 1, (*heads, entry.text), rows)

    def _ordered(self, section: Section, heads: tuple[str, ...]) -> list[Entry]:
        entries = list(section.entries.values())
        if section.mode in self.grammar.stays:
            return sorted(entries, key=_sequence)
        if heads and not matcher(self.rules.unordered)((), heads[-1]):
            return entries
        return sorted(entries, key=lambda entry: (self._rank(entry.text, top=not heads), natural(self._family(entry))))

    def _family(self, entry: Entry) -> str:
        for pattern in self.rules.ordered:
            if found := re.match(pattern, entry.text):
                return found.group(1)
        return entry.text

    def _rank(self, text: str, *, top: bool) -> float:
        if not top:
            return 0 if text.startswith("description") else 1
        best = max((name for name in self.ranks if f"{text} ".startswith(name)), key=len, default="")
        return self.ranks.index(best) if best else self.ranks.index(self.late) - 0.5

    @cached_property
    def _silent(self) -> Callable[[tuple[str, ...], str], bool]:
        return matcher((*self.rules.defaults, *self.rules.hidden, "^end$"))

    def salted(self, tree: Section, before: Section | None) -> None:
        """Hash what came in the clear, disguise type 7 anew: with a salt of its own, as a device does at entry."""
        known: frozenset[str] = frozenset() if before is None else frozenset(entry.text for _, entry in before.walk())
        for _, entry in tree.walk():
            if entry.text not in known:
                entry.text = _salted(self.slug, entry.text)


def _sequence(entry: Entry) -> int:
    first = entry.text.split()[0]
    return int(first) if first.isdecimal() else ORDER_LINES * ORDER_LINES


def _salted(slug: str, text: str) -> str:
    if found := re.match(r"(username \S+ .*secret|enable (?:secret|password)) (?:0 )?(\S+)$", text):
        clear = found[2]
        if clear.startswith("$") or re.search(r" (?:sha512|[4-9]) \S+$", text):
            return text
        if slug == "eos":
            return f"{found[1]} sha512 {password.sha512(clear, secrets.token_hex(8))}"
        return f"{found[1]} 9 {password.scrypt(clear, secrets.token_hex(7))}"
    if found := re.match(r"(radius-server .*key|tacacs-server .*key|key|pac key|server-key) (?:([067]) )?(\S+)$", text):
        clear = password.undisguise(found[3]) if found[2] == "7" else found[3]
        if clear is None or found[2] == "6":
            return text
        return f"{found[1]} 7 {password.disguise(clear, secrets.randbelow(16))}"
    return text


def logical(slug: str, text: str) -> Iterator[tuple[bool, str]]:
    """Lines as the parser takes them: (indented, line); a heredoc is one line that holds its line ends."""
    rows = iter(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for raw in rows:
        bare = raw.strip()
        if not bare or (bare.startswith("!") and not bare.startswith("!!")):
            continue
        if slug == "eos" and re.fullmatch(r"banner (login|motd)", bare):
            yield False, "\n".join((bare, *_until(rows, lambda row: row.strip() == "EOF")))
        elif slug == "ios" and (start := re.match(r"banner \S+ (\^C|\x03|\S)", bare)):
            yield False, _banner(bare, start[1], start.end(), rows)
        elif slug == "ios" and bare.startswith("certificate "):
            yield True, "\n".join((bare, *_until(rows, lambda row: row.strip() == "quit")))
        else:
            yield raw[:1] in " \t", bare


def _until(rows: Iterator[str], last: Callable[[str], bool]) -> Iterator[str]:
    for raw in rows:
        yield raw.rstrip()
        if last(raw):
            return


def _banner(first: str, mark: str, at: int, rows: Iterator[str]) -> str:
    more = () if mark in first[at:] else _until(rows, lambda row: mark in row)
    whole = "\n".join((first, *more))
    head, body = whole[: at - len(mark)], whole[at:]
    return f"{head}^C{body.partition(mark)[0]}^C"


def loaded(dialect: Dialect, text: str, position: Position, *, indented: bool = True) -> list[Invalid]:
    """Take *text* line by line at *position*; what was refused is returned, all else is applied.

    With *indented*, a line that starts at the left edge is tried at the top first: a running configuration holds no
    ``exit``.
    """
    refused: list[Invalid] = []
    for inner, line in logical(dialect.slug, text):
        if line in ("end", "exit"):
            if line == "exit":
                position.leave()
            continue
        plain = line.split(" ", 1)[1] if line.startswith(("no ", "default ")) and " " in line else line
        if indented and not inner and dialect.grammar.rule("top", plain):
            position.top()
        try:
            position.apply(line)
        except Invalid as error:
            refused.append(error)
    return refused


def _dialects() -> dict[str, Dialect]:
    from matric.platform import aoscx_rules, eos_rules, ios_rules  # noqa: PLC0415 - data of another package, needed with this only

    return {
        "aoscx": Dialect(
            "aoscx", aoscx_grammar.GRAMMAR, aoscx_rules.RULES, aoscx_grammar.RANKS, "https-server", "    "
        ),
        "eos": Dialect("eos", eos_grammar.GRAMMAR, eos_rules.RULES, eos_grammar.RANKS, "management", "   "),
        "ios": Dialect("ios", ios_grammar.GRAMMAR, ios_rules.RULES, ios_grammar.RANKS, "control-plane", " "),
    }


DIALECTS = _dialects()
