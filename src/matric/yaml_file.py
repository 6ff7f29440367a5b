"""Strict YAML: what a file says, or every reason why it cannot be used, each with its line.

Scalars read as in YAML 1.2's core schema, so ``no``, ``off`` and ``17:00`` stay text. What two readers could take for
two things is refused: duplicate keys, anchors, tags, tabs, a second document, unquoted dates, leading zeros.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import BaseResolver

from matric.errors import BadInput, Problem

__all__ = ("MAX_BYTES", "load", "model", "read", "read_model", "text_of")

MAX_BYTES = 5_000_000
"""Largest file read, in bytes; the largest site files are a few hundred kilobytes."""

Lines = dict[tuple[str | int, ...], int]
"""Path of keys and indices -> line in the file, from 1."""

M = TypeVar("M", bound=BaseModel)

_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+|0[oO][0-7]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
_TWO_READINGS = re.compile(r"[\t\r\x85\u2028\u2029\ufeff]|\?(?=\s)|[|>][-+0-9]*#|[^\n]\Z")
"""Where PyYAML's own parser and libyaml, which is ten times as fast, do not say the same of a text."""
_CORE = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Composer(Composer, BaseResolver):
    """PyYAML's nodes and their lines, of events that were read already: values are made here, not by PyYAML."""

    def __init__(self, events: Iterable[yaml.Event]) -> None:
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._events = deque(events)

    def check_event(self, *choices: type[yaml.Event]) -> bool:
        """True where the next event is one of *choices*."""
        return bool(self._events) and isinstance(self._events[0], choices or yaml.Event)

    def peek_event(self) -> yaml.Event:
        """The next event, which stays the next."""
        return self._events[0]

    def get_event(self) -> yaml.Event:
        """The next event."""
        return self._events.popleft()


def load(path: Path) -> object:
    """What the file at *path* says, as plain values."""
    return read(text_of(path), path.name)


def model(path: Path, kind: type[M]) -> M:
    """The file at *path* as a *kind*; BadInput lists every field that does not fit, with its line."""
    return read_model(text_of(path), path.name, kind)


def read(text: str, name: str) -> object:
    """What *text*, from a file called *name*, says."""
    return _Reader(name).value(text)


def read_model(text: str, name: str, kind: type[M]) -> M:
    """*text*, from a file called *name*, as a *kind*."""
    reader = _Reader(name)
    value = reader.value(text)
    try:
        # JSON mode: a list may become a tuple and text an address, yet text never becomes a number or a boolean.
        return kind.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise BadInput(list(_field_problems(error, name, reader.lines))) from error


def text_of(path: Path) -> str:
    """The text of the file at *path*, where it may be read at all."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise BadInput([_unsafe(path.name, None, f"cannot be read: {error.strerror}", "check the path")]) from error
    if data is None:
        raise BadInput([_unsafe(path.name, None, f"larger than {MAX_BYTES} bytes", "split the file")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput([_unsafe(path.name, line, "not UTF-8", "save the file as UTF-8")]) from error


def _unsafe(name: str, line: int | None, rule: str, remedy: str) -> Problem:
    return Problem("YAML-UNSAFE", f"{name} line {line}" if line else name, rule, remedy)


class _Reader:
    """One file being read: its problems, and the line of every value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: Lines = {}
        self.problems: list[Problem] = []

    def value(self, text: str) -> object:
        if len(text) > MAX_BYTES:
            raise BadInput([_unsafe(self.name, None, f"larger than {MAX_BYTES} bytes", "split the file")])
        events = tuple(self._scan(text))
        if self.problems:
            raise BadInput(self.problems)
        try:
            node = _Composer(events).get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else None
            raise BadInput([_unsafe(self.name, line, f"not YAML: {error.problem}", "correct the line")]) from error
        value = None if node is None else self._value(node, ())
        if self.problems:
            raise BadInput(self.problems)
        return value

    def _say(self, line: int, rule: str, remedy: str) -> None:
        self.problems.append(_unsafe(self.name, line, rule, remedy))

    def _scan(self, text: str) -> Iterator[yaml.Event]:
        """The events of the text, and what must be found before a node is built: an anchor bomb is not expanded."""
        for number, content in enumerate(text.split("\n"), start=1):
            if "\t" in content[: len(content) - len(content.lstrip())]:
                self._say(number, "a tab is used to indent", "indent with spaces")
        if self.problems:
            return
        documents = 0
        try:
            for event in _events(text):
                documents += isinstance(event, yaml.DocumentStartEvent)
                self._event(event, documents)
                yield event
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self._say(mark.line + 1 if mark else 1, f"not YAML: {_first_line(error)}", "correct the line")

    def _event(self, event: yaml.Event, documents: int) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.DocumentStartEvent) and documents > 1:
            self._say(line, "a second document starts here", "keep one document in a file")
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._say(line, "anchors and aliases are not allowed", "write the value out")
        elif tag is not None:
            self._say(line, f"tag {tag} is not allowed", "remove the tag")

    def _value(self, node: Node, path: tuple[str | int, ...]) -> object:
        line = node.start_mark.line + 1
        self.lines[path] = line
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, line)

    def _mapping(self, node: MappingNode, path: tuple[str | int, ...]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._say(line, "a key is not plain text", "use a plain word as key")
                continue
            key = str(key_node.value)
            if key in found:
                self._say(line, f"key '{key}' appears twice", "merge the two")
            if key == "<<":
                self._say(line, "merge keys are not allowed", "write the values out")
            found[key] = self._value(value_node, (*path, key))
            self.lines.setdefault((*path, key), line)
        return found

    def _scalar(self, node: Node, line: int) -> object:
        text = str(node.value)
        if not isinstance(node, ScalarNode) or node.style:
            return text
        if text in _CORE:
            return _CORE[text]
        if _LEADING_ZERO.fullmatch(text):
            self._say(line, f"'{text}' looks like an octal number", f"write '{text}' in quotes if it is text")
        elif _DATE.fullmatch(text):
            self._say(line, f"'{text}' looks like a date", f"write '{text}' in quotes")
        elif _INT.fullmatch(text):
            return int(text)
        elif _FLOAT.fullmatch(text):
            return float(text)
        return text


def _events(text: str) -> Iterable[yaml.Event]:
    """What *text* consists of. What is wrong with it is found and said by PyYAML's own parser."""
    if yaml.__with_libyaml__ and not _TWO_READINGS.search(text):
        try:
            return tuple(yaml.parse(text, Loader=yaml.CSafeLoader))
        except yaml.YAMLError:
            pass
    return yaml.parse(text, Loader=yaml.SafeLoader)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]


def _line(lines: Lines, where: tuple[str | int, ...]) -> int:
    """The line of the closest thing to *where* that is in the file."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)


_OCTAL_ADDRESS = re.compile(r"(?=.*(^|\.)0[0-9])[0-9.]+(/[0-9]+)?")
_SERVERS = {"dns", "ntp", "syslog", "dhcp", "radius", "managers"}


def _field_problems(error: ValidationError, name: str, lines: Lines) -> Iterator[Problem]:
    for found in error.errors(include_url=False, include_context=False):
        where = tuple(part for part in found["loc"] if part != "function-after")
        key = next((str(part) for part in reversed(where) if isinstance(part, str)), "")
        code, rule, remedy = _explain(key, found["type"], found["msg"], found["input"])
        value = found["input"]
        hide = found["type"] == "missing" or isinstance(value, dict | list)
        shown = "" if hide else json.dumps(value, ensure_ascii=False).strip('"')
        yield Problem(code, f"{name} line {_line(lines, where)}", rule, remedy, ".".join(map(str, where)), shown)


def _explain(key: str, kind: str, message: str, value: object) -> tuple[str, str, str]:
    """Code, rule and remedy for one field that does not fit."""
    if key == "vid" and kind.endswith(("_type", "_parsing")):
        found = ("VLAN-TYPE", f"{_kind_of(value)} is not a VLAN id", "write the plain decimal number")
    elif key == "vid" and kind in {"greater_than_equal", "less_than_equal"}:
        found = ("VLAN-RANGE", "outside 2-4094", "choose an id from 2 to 4094")
    elif isinstance(value, str) and _OCTAL_ADDRESS.fullmatch(value):
        found = ("IP-OCTAL", "a leading zero is ambiguous octal", "write the address without leading zeros")
    elif key in _SERVERS and kind == "too_short":
        found = ("SRV-LIST", "too few servers", "add the trust's servers")
    elif kind == "multiple_of":
        found = ("STP-ROOT", "a bridge priority is a multiple of 4096", "choose one of 0, 4096, 8192, ...")
    elif kind == "extra_forbidden":
        found = ("FILE-FIELD", "unknown key", "correct the spelling or remove it")
    elif kind == "missing":
        found = ("FILE-FIELD", "required and missing", "add it")
    else:
        found = ("FILE-FIELD", message[0].lower() + message[1:], "correct the value")
    return found


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "text" if value.isascii() else "text with digits outside ASCII"
    return f"{type(value).__name__}"
