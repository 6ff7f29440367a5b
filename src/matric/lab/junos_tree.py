"""A Junos configuration: a tree of statements, read and written as braces, as ``set`` lines and as XML.

What a statement means is data (``junos_grammar``). The tree is that of the other devices, so that a lab can hold it:
an ``Entry`` is one statement, its ``below`` what stands in its braces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from matric.lab.junos_xml import etree, local
from matric.lab.tree import Entry, Invalid, Section

__all__ = (
    "Node",
    "Statement",
    "apply",
    "braces",
    "compared",
    "element",
    "from_xml",
    "many",
    "schema",
    "set_lines",
    "statements",
    "values",
)

KINDS = {"=": "leaf", "[]": "leaves", "!": "flag", "*": "list", "*-": "short", "**": "grouped", "-": "brief"}
LISTS = ("list", "short")
BARE = "#"
"""In the schema: a value, or a list of values, without a name of its own."""
INDENT = "    "
_XML_NAMES = {"802.3ad": "ieee-802.3ad"}
"""Statements whose name is no name in XML."""
_TEXT_NAMES = {name: word for word, name in _XML_NAMES.items()}
_XML_BARE = {"leaf": "limit", "list": "address"}
SECRETS = frozenset({
    "authentication-key", "authentication-password", "encrypted-password", "privacy-key", "privacy-password", "secret",
})  # fmt: skip
"""Leaves that the device marks as holding a secret."""


@dataclass
class Node:
    """What may stand at one place."""

    name: str = ""
    kind: str = "container"
    below: dict[str, "Node"] = field(default_factory=dict[str, "Node"])
    takes: str = ""
    """Words (``a|b``) or numbers (``1..100``) that a leaf takes; empty where the lab takes anything."""

    def child(self, word: str, line: str) -> "Node":
        found = self.below.get(word) or self.below.get(BARE)
        if found is None:
            raise Invalid(line, "syntax error")
        return found

    def member(self, name: str) -> "Node":
        """One member of a list that is shown in one pair of braces."""
        return Node(name, "container", self.below)

    def place(self, entry: Entry) -> str:
        """The name in ``below`` of the statement *entry*."""
        word = entry.text.split()[0]
        return word if word in self.below else BARE

    def check(self, value: str, line: str) -> None:
        """Refuse a *value* that the leaf does not take."""
        bare = value.strip('"')
        if found := re.fullmatch(r"(\d+)\.\.(\d+)", self.takes):
            if not (bare.isdecimal() and int(found[1]) <= int(bare) <= int(found[2])):
                raise Invalid(line, f"Value {bare} is not within range ({self.takes})")
        elif self.takes and bare not in self.takes.split("|"):
            raise Invalid(line, f"syntax error, expecting {self.takes.replace('|', ' or ')}")


def schema(text: str) -> Node:
    """The statements written in *text*, one a line."""
    top = Node()
    stack: list[tuple[int, Node]] = [(-1, top)]
    for row in text.splitlines():
        words = row.split()
        if not words:
            continue
        depth = len(row) - len(row.lstrip())
        while stack[-1][0] >= depth:
            stack.pop()
        kind = words[1] if len(words) > 1 else ""
        takes = kind[1:] if kind.startswith("=") else ""
        node = Node(words[0], KINDS[kind.removesuffix(takes)] if kind else "container", takes=takes)
        stack[-1][1].below[node.name] = node
        stack.append((depth, node))
    _flatten(top)
    return top


def _flatten(top: Node) -> None:
    """``interfaces *`` at the top is a container whose members stand in it without a word of their own."""
    for name in ("interfaces", "vlans"):
        member = top.below[name]
        top.below[name] = Node(name, "members", member.below)


# -- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as ``set`` would take it."""

    words: tuple[str, ...]
    verb: str = "set"

    def __str__(self) -> str:
        return " ".join((self.verb, *self.words))


_TOKEN = re.compile(r'/\*.*?\*/|#[^\n]*|"(?:[^"\\]|\\.)*"|[{};\[\]]|[^\s{};\[\]"]+|\S', re.DOTALL)


def statements(text: str, form: str) -> Iterator[Statement]:
    """Every statement of *text* in *form* (``text`` or ``set``), as words from the top."""
    if form == "set":
        yield from _set_statements(text)
        return
    yield from _braced([token for token in _TOKEN.findall(text) if not token.startswith(("/*", "#"))])


def _set_statements(text: str) -> Iterator[Statement]:
    for row in text.splitlines():
        words = [token for token in _TOKEN.findall(row) if token not in "[]"]
        if not words or words[0].startswith(("#", "/*")):
            continue
        if words[0] not in ("set", "delete"):
            raise Invalid(row.strip(), "the lab takes set and delete only")
        yield Statement(tuple(words[1:]), words[0])


def _braced(tokens: list[str]) -> Iterator[Statement]:
    stack: list[tuple[str, ...]] = [()]
    words: list[str] = []
    for token in tokens:
        if token == "{":
            stack.append((*stack[-1], *words))
            yield Statement(stack[-1], "open")
            words = []
        elif token == "}":
            if words or len(stack) == 1:
                raise Invalid(" ".join(words) or "}", "syntax error")
            stack.pop()
        elif token == ";":
            if words:
                yield Statement((*stack[-1], *words))
            words = []
        elif token.endswith(":") and not words:
            raise Invalid(token, "the lab knows no such tag")
        elif token not in "[]":
            words.append(token)
    if words or len(stack) > 1:
        raise Invalid(" ".join(words) or "end of input", "missing closing brace or semicolon")


def apply(top: Node, tree: Section, statement: Statement) -> None:
    """Do *statement* to *tree*, or raise ``Invalid``."""
    line = str(statement)
    section, node, words = tree, top, list(statement.words)
    if not words:
        raise Invalid(line, "syntax error")
    while words:
        key, entry_words, child = _step(node, words, line)
        if child.kind in ("leaf", "leaves", "flag"):
            _leaf(section, child, entry_words, words, statement)
            return
        if statement.verb == "delete" and not words:
            if section.entries.pop(key, None) is None:
                raise Invalid(line, "statement not found")
            return
        if key not in section.entries:
            if statement.verb == "delete":
                raise Invalid(line, "statement not found")
            section.entries[key] = Entry(key, Section(child.name or "member"))
        below = section.entries[key].below
        section, node = below if below is not None else Section("member"), child


def _step(node: Node, words: list[str], line: str) -> tuple[str, list[str], Node]:
    """The key of the next statement in *words*, which are taken from them."""
    if node.kind in ("members", "grouped"):
        name = words.pop(0)
        return name, [name], node.member(name)
    word = words.pop(0)
    child = node.child(word, line)
    if child.name == BARE and child.kind == "leaf":
        words.insert(0, word)
        return BARE, [BARE], child
    if child.name == BARE:
        return word, [word], child
    if child.kind in LISTS:
        if not words:
            raise Invalid(line, "missing argument")
        name = words.pop(0)
        return f"{word} {name}", [word, name], child
    return word, [word], child


def _leaf(section: Section, node: Node, name: list[str], values_: list[str], statement: Statement) -> None:
    key = name[0]
    if statement.verb == "delete":
        _remove_leaf(section, node, key, values_, statement)
    elif node.kind == "flag":
        if values_:
            raise Invalid(str(statement), "syntax error")
        section.entries[key] = Entry(key)
    elif node.kind == "leaf":
        if len(values_) != 1:
            raise Invalid(str(statement), "missing or extra argument")
        node.check(values_[0], str(statement))
        value = _quoted(values_[0])
        section.entries[key] = Entry(value if key == BARE else f"{key} {value}")
    else:
        if not values_:
            raise Invalid(str(statement), "missing argument")
        had = values(section.entries[key]) if key in section.entries else ()
        section.entries[key] = Entry(many(key, tuple(dict.fromkeys((*had, *values_)))))


def _remove_leaf(section: Section, node: Node, key: str, given: list[str], statement: Statement) -> None:
    entry = section.entries.get(key)
    have = () if entry is None else (entry.text,) if key == BARE else values(entry)
    if entry is None or any(value not in have for value in given):
        raise Invalid(str(statement), "statement not found")
    left = tuple(value for value in have if value not in given) if given else ()
    if node.kind == "leaves" and left:
        section.entries[key] = Entry(many(key, left))
    else:
        del section.entries[key]


def _quoted(value: str) -> str:
    """In quotes where the device would show them."""
    bare = value[1:-1] if value.startswith('"') else value
    return bare if re.fullmatch(r"[\w.:/@+,=-]+", bare) else f'"{bare}"'


def many(key: str, given: tuple[str, ...]) -> str:
    """The leaf *key* with these values."""
    return f"{key} {given[0]}" if len(given) == 1 else f"{key} [ {' '.join(given)} ]"


def values(entry: Entry) -> tuple[str, ...]:
    """The values of a leaf."""
    return tuple(token for token in _TOKEN.findall(entry.text)[1:] if token not in "[]")


def from_xml(given: Any, node: Node, path: tuple[str, ...] = ()) -> Iterator[Statement]:
    """The statements of an XML ``<configuration>``."""
    for one in given:
        word = _TEXT_NAMES.get(local(one), local(one))
        if not word:
            continue  # a comment
        if node.kind == "members":
            yield from _member_from_xml(one, node, path)
            continue
        if word == "name" and "name" not in node.below:
            continue
        child = node.child(word, " ".join((*path, word)))
        here = path if child.name == BARE else (*path, word)
        if child.kind in (*LISTS, "grouped"):
            here = (*here, _quoted(one.findtext("{*}name") or ""))
        if "delete" in (one.get("delete"), one.get("operation")):
            yield Statement(here, "delete")
        elif child.kind in ("leaf", "leaves"):
            yield Statement((*here, _quoted((one.text or "").strip())))
        elif child.kind == "flag":
            yield Statement(here)
        else:
            yield Statement(here, "open")
            yield from from_xml(one, child.member(word) if child.kind == "grouped" else child, here)


def _member_from_xml(one: Any, node: Node, path: tuple[str, ...]) -> Iterator[Statement]:
    here = (*path, one.findtext("{*}name") or "")
    if "delete" in (one.get("delete"), one.get("operation")):
        yield Statement(here, "delete")
        return
    yield Statement(here, "open")
    yield from from_xml(one, node.member(here[-1]), here)


# -- writing --------------------------------------------------------------------------------------------------------


def braces(tree: Section, top: Node, depth: int = 0) -> Iterator[str]:
    """*tree* as the device shows it."""
    for entry, node in _children(tree, top):
        yield from _shown(entry, node, depth)


def _shown(entry: Entry, node: Node, depth: int) -> Iterator[str]:
    pad = INDENT * depth
    below = entry.below
    if below is None or not below.entries:
        if node.kind != "grouped":
            yield f"{pad}{entry.text};{' ## SECRET-DATA' if entry.text.split()[0] in SECRETS else ''}"
    elif node.kind in ("short", "brief") and len(below.entries) == 1:
        (only,) = below.entries.values()
        yield f"{pad}{entry.text} {only.text};"
    elif entry.text == "family":
        for child, inner in _children(below, node):
            yield from _shown(Entry(f"family {child.text}", child.below), inner, depth)
    else:
        yield f"{pad}{entry.text} {{"
        yield from braces(below, node, depth + 1)
        yield f"{pad}}}"


def _children(section: Section, node: Node) -> Iterator[tuple[Entry, Node]]:
    """The statements of *section* in the order of the schema, those of a list in the order they came."""
    if node.kind in ("members", "grouped"):
        for entry in section.entries.values():
            yield entry, node.member(entry.text)
        return
    order = list(node.below)
    for entry in sorted(section.entries.values(), key=lambda one: order.index(node.place(one))):
        yield entry, node.below[node.place(entry)]


def set_lines(tree: Section, before: tuple[str, ...] = ()) -> Iterator[str]:
    """*tree* as ``set`` lines."""
    for entry in tree.entries.values():
        if entry.below is not None and entry.below.entries:
            yield from set_lines(entry.below, (*before, entry.text))
            continue
        found = values(entry)
        head = entry.text.split()[0] if "[" in entry.text else ""
        for value in found if head else ("",):
            yield " ".join(("set", *before, f"{head} {value}" if head else entry.text))


def element(tree: Section, top: Node, name: str = "configuration") -> Any:
    """*tree* as an XML element."""
    root = etree.Element(name)
    for entry, node in _children(tree, top):
        if top.kind == "members":
            word = "interface" if tree.mode == "interfaces" else "vlan"
            child = element(entry.below or Section("member"), node, word)
            etree.SubElement(child, "name").text = entry.text
            child.insert(0, child[-1])
            root.append(child)
            continue
        word = entry.text.split()[0]
        word = _XML_BARE[node.kind] if node.name == BARE else _XML_NAMES.get(word, word)
        if node.kind == "grouped":
            for member in (entry.below or Section(word)).entries.values():
                child = element(member.below or Section(word), node.member(member.text), word)
                child.insert(0, _naming(member.text))
                root.append(child)
        elif node.kind in ("leaf", "leaves"):
            for value in (entry.text,) if node.name == BARE else values(entry):
                etree.SubElement(root, word).text = value.strip('"')
        elif node.kind == "flag":
            etree.SubElement(root, word)
        else:
            child = element(entry.below or Section(word), node, word)
            if node.kind in LISTS:
                child.insert(0, _naming(entry.text if node.name == BARE else entry.text.split(" ", 1)[1]))
            root.append(child)
    return root


def _naming(name: str) -> Any:
    found = etree.Element("name")
    found.text = name.strip('"')
    return found


def compared(old: Section, new: Section, top: Node, path: tuple[str, ...] = ()) -> list[str]:
    """What ``show | compare`` shows: ``[edit ...]`` and the lines that go and come below it."""
    gone: list[str] = []
    inner: list[str] = []
    for entry, node in _children(old, top):
        twin = new.entries.get(_key(old, entry))
        if twin is None or (twin.below is None and twin.text != entry.text):
            gone.extend(f"-  {row}" for row in _shown(entry, node, 0))
        elif twin.below is not None and entry.below is not None:
            inner.extend(compared(entry.below, twin.below, node, (*path, entry.text)))
    for entry, node in _children(new, top):
        twin = old.entries.get(_key(new, entry))
        if twin is None or (twin.below is None and twin.text != entry.text):
            gone.extend(f"+  {row}" for row in _shown(entry, node, 0))
    head = [f"[{' '.join(('edit', *path))}]"] if gone else []
    return [*head, *gone, *inner]


def _key(section: Section, entry: Entry) -> str:
    return next(key for key, found in section.entries.items() if found is entry)
