"""A configuration as a device holds it: a tree of lines keyed per mode, edited one line at a time.

What a line means is data (``Grammar``). A mode is left without indentation, as a real parser does it: a line that
fits nothing in the current mode is tried one level up, to the top, then refused.

A rule of a mode is a line of text:

    ntp server             accepted; the whole line is its own identity (many may stand beside each other)
    hostname =             a slot: a later line that starts the same replaces the earlier one
    interface * > interface    opens the mode named; ``*`` is any one word, ``#`` any number
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ("Entry", "Grammar", "Invalid", "Position", "Rule", "Section", "rules")


class Invalid(Exception):
    """A line the device does not take."""

    def __init__(self, line: str, reason: str = "Invalid input") -> None:
        super().__init__(f"{reason}: {line}")
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class Entry:
    """One line and, where it opened a mode, what stands below it."""

    text: str
    below: "Section | None" = None

    def copy(self) -> "Entry":
        return Entry(self.text, None if self.below is None else self.below.copy())


@dataclass(slots=True)
class Section:
    """The lines of one mode, by key, in the order they came."""

    mode: str
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])

    def copy(self) -> "Section":
        return Section(self.mode, {key: entry.copy() for key, entry in self.entries.items()})

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Entry]]:
        """Every line with its depth."""
        for entry in self.entries.values():
            yield depth, entry
            if entry.below is not None:
                yield from entry.below.walk(depth + 1)

    def find(self, start: str) -> tuple[Entry, ...]:
        """Lines that are *start* or begin with it and a blank."""
        return tuple(
            entry for entry in self.entries.values() if entry.text == start or entry.text.startswith(f"{start} ")
        )

    def value(self, start: str) -> str | None:
        """What follows *start* on the first line that begins with it; empty if nothing does."""
        for entry in self.find(start):
            return entry.text[len(start) :].strip()
        return None


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of line."""

    words: tuple[str, ...]
    slot: bool = False
    opens: str = ""

    def fits(self, words: list[str]) -> bool:
        if len(words) < len(self.words):
            return False
        return all(
            want in ("*", have) or (want == "#" and have.isdecimal())
            for want, have in zip(self.words, words, strict=False)
        )


def rules(text: str) -> tuple[Rule, ...]:
    """The rules written in *text*, one a line."""
    found: list[Rule] = []
    for line in text.strip().splitlines():
        bare, _, opens = line.partition(" > ")
        slot = bare.rstrip().endswith("=")
        found.append(Rule(tuple(bare.rstrip("= ").split()), slot, opens.strip()))
    return tuple(found)


@dataclass(frozen=True)
class Grammar:
    """The lines a platform takes, mode by mode; ``top`` is where every configuration starts."""

    modes: dict[str, tuple[Rule, ...]]
    kept_no: tuple[str, ...] = ()
    """Starts of lines whose ``no`` is shown in the configuration; with ``$`` at the end, whole lines."""
    stays: tuple[str, ...] = ()
    """Modes whose lines keep the order they came in."""

    @cached_property
    def _index(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        index: dict[tuple[str, str], list[Rule]] = {}
        for mode, found in self.modes.items():
            for rule in found:
                index.setdefault((mode, rule.words[0]), []).append(rule)
        return {key: tuple(sorted(found, key=lambda rule: -len(rule.words))) for key, found in index.items()}

    def rule(self, mode: str, line: str) -> Rule | None:
        """The most exact rule of *mode* that *line* fits."""
        words = line.split()
        for first in (words[0], "#", "*"):
            for rule in self._index.get((mode, first), ()):
                if rule.fits(words):
                    return rule
        return None

    def key(self, rule: Rule, line: str) -> str:
        """What identifies *line*: two lines with one key cannot stand beside each other."""
        return " ".join(line.split()[: len(rule.words)]) if rule.slot else " ".join(line.split("\n", 1)[0].split())


class Position:
    """Where a session stands in a tree: lines given to it are applied there."""

    def __init__(self, grammar: Grammar, tree: Section) -> None:
        self.grammar = grammar
        self.tree = tree
        self._stack: list[Section] = [tree]

    @property
    def mode(self) -> str:
        return self._stack[-1].mode

    def leave(self) -> bool:
        """One level up; False at the top."""
        if len(self._stack) == 1:
            return False
        self._stack.pop()
        return True

    def top(self) -> None:
        del self._stack[1:]

    def apply(self, line: str) -> None:
        """Take *line* (a heredoc holds its line ends) or raise ``Invalid``; the tree is unchanged then."""
        bare = line if "\n" in line else " ".join(line.split())
        negated = bare.startswith(("no ", "default "))
        plain = bare.split(" ", 1)[1] if negated else bare
        for depth in range(len(self._stack), 0, -1):
            section = self._stack[depth - 1]
            rule = self.grammar.rule(section.mode, plain)
            if rule is None:
                continue
            del self._stack[depth:]
            if negated:
                self._remove(section, rule, plain, keep=bare.startswith("no "))
            else:
                self._add(section, rule, bare)
            return
        raise Invalid(line.split("\n", 1)[0])

    def _add(self, section: Section, rule: Rule, line: str) -> None:
        key = self.grammar.key(rule, line)
        text = line.removesuffix(" exit") if rule.opens else line
        entry = section.entries.get(key)
        if entry is None:
            entry = section.entries[key] = Entry(text)
        elif entry.text != text:
            entry.text = text
        if rule.opens:
            if entry.below is None:
                entry.below = Section(rule.opens)
            self._stack.append(entry.below)

    def _remove(self, section: Section, rule: Rule, plain: str, *, keep: bool) -> None:
        key = self.grammar.key(rule, plain)
        start = key if rule.slot else plain
        for name in [
            name for name, entry in section.entries.items() if name == key or f"{entry.text} ".startswith(f"{start} ")
        ]:
            del section.entries[name]
        if keep and any(f"{plain} $".startswith(f"{kept} ".replace("$ ", " $")) for kept in self.grammar.kept_no):
            section.entries[key] = Entry(f"no {plain}")
