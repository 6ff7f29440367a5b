"""Adding days to ``calendar.yaml`` without touching what somebody wrote there: lines are put in, and nothing is moved.

The new text is read as matric reads it before anything is written: it must say exactly what the old one said and the
new days beside it.
"""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from matric import window, yaml_file
from matric.errors import BadInput, Problem
from matric.term import Closure, Days, Term
from matric.window import Calendar, Freeze

__all__ = ("LISTS", "OF", "Kind", "added", "missing", "write")

Kind = Literal["freeze", "term", "closed"]
LISTS: dict[Kind, str] = {"freeze": "freezes", "term": "terms", "closed": "closed"}
"""What days may be -> the list of the file that holds them."""
OF: dict[Kind, type[Days]] = {"freeze": Freeze, "term": Term, "closed": Closure}
"""What days may be -> what an entry of that list is."""


def missing(calendar: Calendar, kind: Kind, days: Iterable[Days]) -> tuple[Days, ...]:
    """Those of *days* that the calendar does not hold: of the same name and the same schools, from first to last."""
    held = cast("tuple[Days, ...]", getattr(calendar, LISTS[kind]))
    return tuple(one for one in days if not any(_within(one, there) for there in held))


def _within(one: Days, there: Days) -> bool:
    same = one.name == there.name and (there.schools == "all" or set(one.schools) <= set(there.schools))
    return same and there.first <= one.first and one.last <= there.last


def added(text: str, kind: Kind, days: Iterable[Days], name: str = "calendar.yaml") -> str:
    """*text*, the file called *name*, with *days* behind what its list of that kind holds."""
    new = tuple(days)
    before = yaml_file.read_model(text, name, Calendar)
    after = _with(text, LISTS[kind], tuple(_line(one) for one in new), name)
    read = yaml_file.read_model(after, name, Calendar)
    held = cast("tuple[Days, ...]", getattr(before, LISTS[kind]))
    wanted = before.model_copy(update={LISTS[kind]: (*held, *(OF[kind](**one.model_dump()) for one in new))})
    if read != wanted or window.problems(read, name) != window.problems(before, name):
        raise _by_hand(name, LISTS[kind], "the lines cannot be put in so that the rest still says what it said")
    return after


def write(path: Path, text: str) -> None:
    """*text* in the place of what *path* held: the whole of it, or what was there."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="")
    fresh.chmod(path.stat().st_mode & 0o777)
    os.replace(fresh, path)  # noqa: PTH105 - as Path.replace, and said plainly


def _line(one: Days) -> str:
    """The entry as a line of YAML; a name that could be taken for something else stands in quotes."""
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9 ()/.+-]*[A-Za-z0-9)]", one.name)
    name = one.name if plain and one.name.lower() not in {"true", "false", "null"} else json.dumps(one.name)
    schools = "all" if one.schools == "all" else f"[{', '.join(one.schools)}]"
    return f'{{name: {name}, first: "{one.first}", last: "{one.last}", schools: {schools}}}'


def _with(text: str, key: str, entries: tuple[str, ...], name: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    held = _list(text, key)
    if held is not None and held.flow_style and held.value:
        raise _by_hand(name, key, "the list stands in brackets")
    if held is not None and held.flow_style:  # an empty one: the brackets give way to the lines
        text = text[: held.start_mark.index].rstrip(" ") + text[held.end_mark.index :]
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\r", "\n")):
        lines[-1] += newline
    indent = 2 if held is None or held.flow_style else held.start_mark.column
    at = len(lines) if held is None else _last_line(held) + 1
    new = [f"{' ' * indent}- {entry}{newline}" for entry in entries]
    if held is None:
        new = [newline, f"{key}:{newline}", *new]
    return "".join((*lines[:at], *new, *lines[at:]))


def _list(text: str, key: str) -> SequenceNode | None:
    """The list *key* of the file, with the marks of where it stands; None where there is none."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = cast("list[tuple[Node, Node]]", root.value) if isinstance(root, MappingNode) else []
    return next((value for name, value in pairs if name.value == key and isinstance(value, SequenceNode)), None)


def _last_line(node: Node) -> int:
    """The last line of what is said; a block's own end is where the next thing begins, behind comments."""
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        return node.end_mark.line
    last: list[Node] = []
    for one in node.value:
        last += one if isinstance(one, tuple) else [one]
    return max((_last_line(one) for one in last), default=node.start_mark.line)


def _by_hand(name: str, key: str, why: str) -> BadInput:
    return BadInput([Problem("ICS-FILE", name, why, "write the list with one line for each entry", key)])
