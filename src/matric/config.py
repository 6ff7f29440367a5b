"""Configuration text as a frozen tree of lines, and the canonical form two texts are compared in.

What a platform's text looks like is data (``matric.platform.base.ConfigRules``); nothing here knows a vendor.

A pattern of the rules is searched in one line without its indentation. A pattern that holds `` > `` is searched in
the line with the heads above it: ``interface Vlan1 > shutdown``.

A heredoc (banner, certificate) is one line of the tree whose text holds line ends. The pattern of its first line says
where it ends: group ``end`` captures the delimiter the last line ends with; any other group's name is the last line.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matric.platform.base import ConfigRules

__all__ = ("Config", "Line", "aligned", "matcher", "natural", "normalised", "parse", "without")

STEP = re.compile(r"(\d+)")
PATH = " > "


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its indentation, and the lines below it."""

    text: str
    children: "tuple[Line, ...]" = ()

    def find(self, *patterns: str) -> "tuple[Line, ...]":
        """Lines below this one: one pattern per level."""
        return _found(self.children, patterns)


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration."""

    lines: tuple[Line, ...] = ()

    def text(self, indent: int = 1) -> str:
        """The text with one line per line; ``parse`` of it gives this value again."""
        return "".join(f"{' ' * (indent * depth)}{line.text}\n" for depth, line in self._deep())

    def find(self, *patterns: str) -> tuple[Line, ...]:
        """The lines reached by one pattern per level: ``find("^interface ", "^switchport mode trunk$")``."""
        return _found(self.lines, patterns)

    def walk(self) -> Iterator[tuple[tuple[str, ...], Line]]:
        """Every line with the heads above it, in order."""
        stack: list[tuple[tuple[str, ...], Line]] = [((), line) for line in reversed(self.lines)]
        while stack:
            heads, line = stack.pop()
            yield heads, line
            below = (*heads, line.text)
            stack.extend((below, child) for child in reversed(line.children))

    def _deep(self) -> Iterator[tuple[int, Line]]:
        return ((len(heads), line) for heads, line in self.walk())


def _found(lines: tuple[Line, ...], patterns: tuple[str, ...]) -> tuple[Line, ...]:
    if not patterns:
        return lines
    first, *rest = patterns
    start, hit = _searcher(first)
    hits = tuple(line for line in lines if line.text.startswith(start) and hit(line.text))
    if not rest:
        return hits
    return tuple(below for hit in hits for below in _found(hit.children, tuple(rest)))


_START = re.compile(r"\^([A-Za-z0-9_ /:-]*)(.?)")
_ESCAPED = re.compile(r"\\.")
_GROUP = re.compile(r"\([^()]*\)")
_STRANGE_CLASS = re.compile(r"\[[^\]]*[()|]")


@lru_cache(maxsize=4096)
def _searcher(pattern: str) -> "tuple[str, Callable[[str], re.Match[str] | None]]":
    """What every line begins with that *pattern* finds, and the search: to prove an order asks this a million times."""
    found = _START.match(pattern)
    if found is None or _branches(pattern):
        return "", re.compile(pattern).search
    start, after = found[1], found[2]
    # What may be there, or not, or many times, is no part of the start.
    return start[:-1] if after and after in "?*+{" else start, re.compile(pattern).match


def _branches(pattern: str) -> bool:
    """True where *pattern* may be several, each with a start of its own."""
    bare = _ESCAPED.sub("", pattern)
    if _STRANGE_CLASS.search(bare):
        return True
    while (less := _GROUP.sub("", bare)) != bare:
        bare = less
    return "|" in bare


class _Node:
    """A line being read: the only mutable thing here, and it never leaves ``parse``."""

    __slots__ = ("children", "depth", "text")

    def __init__(self, depth: int, text: str) -> None:
        self.depth = depth
        self.text = text
        self.children: list[_Node] = []

    def frozen(self) -> Line:
        return Line(self.text, tuple(child.frozen() for child in self.children) if self.children else ())


@lru_cache(maxsize=256)  # a cut-over reads the same text of a device many times
def parse(text: str, rules: ConfigRules) -> Config:
    """The tree of *text*: depth is indentation; comments (``!``) and empty lines are no lines of it."""
    starts = _heredocs(rules)
    root = _Node(-1, "")
    stack = [root]
    # IOS is sent a banner's delimiter as the byte 0x03, and shows it as ^C: one and the same to us.
    lines = iter(text.replace("\r\n", "\n").replace("\x03", "^C").split("\n"))
    for raw in lines:
        bare = raw.strip()
        if not bare or (bare[0] == "!" and bare[:2] != "!!"):
            continue
        depth = len(raw) - len(raw.lstrip())
        if starts is not None and (start := starts.match(bare)):
            bare = _heredoc(bare, start, lines)
        while stack[-1].depth >= depth:
            stack.pop()
        node = _Node(depth, bare)
        stack[-1].children.append(node)
        stack.append(node)
    return Config(tuple(node.frozen() for node in root.children))


def _heredoc(first: str, start: "re.Match[str]", lines: Iterator[str]) -> str:
    name = start.lastgroup or "end"
    delimiter = start.group("end") if name == "end" else None
    if delimiter is not None and delimiter in first[start.end("end") :]:
        return first
    block = [first]
    for raw in lines:
        block.append(raw.rstrip())
        if raw.strip() == name if delimiter is None else delimiter in raw:
            break
    return "\n".join(block)


@lru_cache(maxsize=32)
def _heredocs(rules: ConfigRules) -> "_Starts | None":
    return _Starts(rules.heredocs) if rules.heredocs else None


class _Starts:
    """First lines of heredocs. Apart from ``re`` alternation, because group names repeat between patterns."""

    __slots__ = ("patterns",)

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self.patterns = tuple(re.compile(pattern) for pattern in patterns)

    def match(self, bare: str) -> "re.Match[str] | None":
        for pattern in self.patterns:
            if found := pattern.match(bare):
                return found
        return None


Matcher = Callable[[tuple[str, ...], str], bool]


def matcher(patterns: tuple[str, ...]) -> Matcher:
    """A test of one line (with the heads above it) against all *patterns*."""
    return _matcher(patterns)


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> Matcher:
    single = [pattern for pattern in patterns if PATH not in pattern]
    pathed = [pattern for pattern in patterns if PATH in pattern]
    one = re.compile("|".join(f"(?:{pattern})" for pattern in single)).search if single else None
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in pathed)).search if pathed else None

    def matches(heads: tuple[str, ...], text: str) -> bool:
        if one is not None and one(text):
            return True
        return whole is not None and bool(heads) and whole(PATH.join((*heads, text))) is not None

    return matches


def natural(text: str) -> tuple[Any, ...]:
    """A sort key that puts ``Ethernet2`` before ``Ethernet10``."""
    return tuple(int(part) if part.isdecimal() else part for part in STEP.split(text))


def without(config: Config, *pattern_sets: tuple[str, ...]) -> Config:
    """*config* less every line, with what is below it, that one of the patterns finds."""
    patterns = tuple(pattern for patterns in pattern_sets for pattern in patterns)
    return Config(_kept(config.lines, (), _matcher(patterns))) if patterns else config


def _kept(lines: tuple[Line, ...], heads: tuple[str, ...], drop: Matcher) -> tuple[Line, ...]:
    return tuple(
        Line(line.text, _kept(line.children, (*heads, line.text), drop)) if line.children else line
        for line in lines
        if not drop(heads, line.text)
    )


def normalised(config: Config, rules: ConfigRules) -> Config:
    """The canonical form: volatile lines and defaults out, order made plain where the platform leaves it open."""
    return Config(_canonical(without(config, rules.volatile, rules.defaults).lines, "", rules))


def _canonical(lines: tuple[Line, ...], head: str, rules: ConfigRules) -> tuple[Line, ...]:
    families = _families(rules.ordered)
    free = _free(head, rules)
    deep = tuple(
        Line(line.text, _canonical(line.children, line.text, rules)) if line.children else line
        for line in (_merged(lines, families) if free else lines)
    )
    return tuple(sorted(deep, key=lambda line: natural(_family(line.text, families)))) if free else deep


def _free(head: str, rules: ConfigRules) -> bool:
    """True where the platform leaves the order of a section's lines open."""
    return bool(rules.unordered) and _matcher(rules.unordered)((), head)


def _merged(lines: tuple[Line, ...], families: tuple["re.Pattern[str]", ...]) -> tuple[Line, ...]:
    """A head given twice is one section, and a line given twice says nothing more than once."""
    if len({line.text for line in lines}) == len(lines):
        return lines
    whole: dict[object, Line] = {}
    for at, line in enumerate(lines):
        name: object = line.text if _family(line.text, families) == line.text else (at, line.text)
        twin = whole.get(name)
        whole[name] = line if twin is None else Line(line.text, twin.children + line.children)
    return tuple(whole.values())


def aligned(running: Config, intended: Config, rules: ConfigRules) -> tuple[Config, Config]:
    """Both without volatile lines and defaults, *running* in the order of *intended* where the order is open.

    For people: what is replaced stands beside what replaces it, and all in the order the templates have. Two
    configurations are equal after this exactly if their canonical forms are.
    """
    plain = _distinct(without(intended, rules.volatile, rules.defaults).lines, "", rules)
    shown = without(running, rules.volatile, rules.defaults).lines
    return Config(_beside(shown, plain, "", rules)), Config(plain)


def _distinct(lines: tuple[Line, ...], head: str, rules: ConfigRules) -> tuple[Line, ...]:
    """Sections merged and families together, else in their own order."""
    families = _families(rules.ordered)
    free = _free(head, rules)
    deep = tuple(
        Line(line.text, _distinct(line.children, line.text, rules)) if line.children else line
        for line in (_merged(lines, families) if free else lines)
    )
    if not free:
        return deep
    first: dict[str, int] = {}
    for at, line in enumerate(deep):
        first.setdefault(_family(line.text, families), at)
    return tuple(sorted(deep, key=lambda line: first[_family(line.text, families)]))


def _beside(running: tuple[Line, ...], intended: tuple[Line, ...], head: str, rules: ConfigRules) -> tuple[Line, ...]:
    families = _families(rules.ordered)
    free = _free(head, rules)
    twins: dict[str, list[tuple[Line, ...]]] = {}
    for line in reversed(intended):
        twins.setdefault(line.text, []).append(line.children)
    deep: list[Line] = []
    for line in _merged(running, families) if free else running:
        below = twins[line.text].pop() if twins.get(line.text) else ()
        deep.append(Line(line.text, _beside(line.children, below, line.text, rules)) if line.children else line)
    if not free:
        return tuple(deep)
    places = _places(intended, families)

    def place(line: Line) -> tuple[Any, ...]:
        family = _family(line.text, families)
        exact = places.get((family,))
        if exact is not None:
            return (exact, 1, ())
        words = _words(family)
        near = next((places[words[:size]] for size in range(len(words), 0, -1) if words[:size] in places), len(places))
        return (near, 0, natural(family))

    return tuple(sorted(deep, key=place))


def _words(text: str) -> tuple[str, ...]:
    """The words of a line, its ``no`` apart; the empty one keeps a single word from passing for a whole line."""
    return ("", *text.removeprefix("no ").split())


def _places(lines: tuple[Line, ...], families: tuple["re.Pattern[str]", ...]) -> dict[tuple[str, ...], int]:
    """Where each line stands, by its text, and where each beginning of one first occurs, by its words."""
    places: dict[tuple[str, ...], int] = {}
    for at, line in enumerate(lines):
        family = _family(line.text, families)
        places.setdefault((family,), at)
        words = _words(family)
        for size in range(2, len(words) + 1):
            places.setdefault(words[:size], at)
    return places


@lru_cache(maxsize=32)
def _families(patterns: tuple[str, ...]) -> tuple["re.Pattern[str]", ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _family(text: str, families: tuple["re.Pattern[str]", ...]) -> str:
    """What a line is sorted by: itself, or the start it shares with the lines it must stay in order with."""
    for pattern in families:
        if found := pattern.match(text):
            return found.group(1)
    return text
