"""What is known of each platform's lines, as data: ``tables/<platform>.yaml``.

A row's ``line`` is a regular expression searched in the line, or, where it holds `` > ``, in the line with the heads
above it; one that begins with ``^`` and names no head speaks of lines that stand below none. The first row that finds a
line speaks for it. What the standard has at the same place by the same row, with the same group ``key`` where the row
has one, stands in the line's place; ``by`` finds more of it anywhere.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from matric.config import PATH
from matric.intent.base import Model
from matric.survey.ledger import set_form
from matric.survey.ledger.model import Residue

__all__ = ("COMMENTS", "Row", "Table", "table")

FOLDER = Path(__file__).parent / "tables"
ANY = "any"
"""The table that is asked last, whatever the platform."""
COMMENTS = {"comware": "#!", "icx": "!", "": "!#"}
"""Platform -> what a line of no meaning begins with; elsewhere the exclamation mark."""
_WORD = re.compile(r"\^([A-Za-z0-9][A-Za-z0-9-]*)(?= |\\b|\$)")


class Row(Model):
    """What one kind of line is."""

    line: Annotated[str, Field(min_length=1)]
    what: Annotated[str, Field(min_length=1)]
    why: str = ""
    """Why the standard drops it; empty: nobody can say without looking."""
    risk: str = ""
    """What depends on it."""
    by: tuple[str, ...] = ()
    """What says the same in the standard's own words, elsewhere: expressions searched in lines with their heads."""
    decide: bool = False
    """A person has to say what becomes of it, whatever the standard has."""
    volatile: bool = False
    """The device writes it, and it means nothing to anybody."""
    residue: Residue | None = None


class _Rows(Model):
    rows: tuple[Row, ...]


class Table:
    """The rows of one platform, and those of all."""

    def __init__(self, rows: tuple[Row, ...], common: tuple[Row, ...] = ()) -> None:
        """*rows* are the platform's own, *common* those that are asked last, whatever stands above a line."""
        own = len(rows)
        rows = (*rows, *common)
        self._rows = [
            (row, re.compile(row.line), at < own and row.line[0] == "^" and PATH not in row.line and not row.volatile)
            for at, row in enumerate(rows)
        ]
        self._by_word: dict[str, list[int]] = {}
        self._always: list[int] = []
        for at, row in enumerate(rows):
            last = row.line.rsplit(PATH, 1)[-1]
            word = _WORD.match(row.line) if PATH not in row.line else _WORD.match(f"^{last}")
            above = row.line.rpartition(PATH)[0]
            # Of a row that names a head in one of its alternatives the last words are those of that one alone.
            if above.count("(") != above.count(")") or word is None or "|" in re.sub(r"\([^()]*\)", "", row.line):
                self._always.append(at)
            else:
                self._by_word.setdefault(word[1], []).append(at)
        self._order: dict[str, list[int]] = {}
        self._known: dict[tuple[str, ...], Row | None] = {}

    def row(self, heads: tuple[str, ...], text: str) -> Row | None:
        """The first row that speaks for the line; None where none does."""
        name = (*heads, text)
        if name not in self._known:
            self._known[name] = self._found(heads, text)
        return self._known[name]

    def _found(self, heads: tuple[str, ...], text: str) -> Row | None:
        word = re.split(r"[ ;{]", text, maxsplit=1)[0]
        if word not in self._order:
            self._order[word] = sorted([*self._by_word.get(word, ()), *self._always])
        whole = PATH.join((*heads, text))
        for at in self._order[word]:
            row, pattern, top = self._rows[at]
            if not (top and heads) and pattern.search(whole if PATH in row.line else text):
                return row
        return None

    @staticmethod
    def key(row: Row, heads: tuple[str, ...], text: str) -> str | None:
        """What tells apart several settings that *row* speaks for: the account's name; empty where it has no key.

        None where the row does not speak for the line.
        """
        pattern = _compiled(row.line)
        found = pattern.search(PATH.join((*heads, text)) if PATH in row.line else text)
        if found is None:
            return None
        return found["key"] or "" if "key" in pattern.groupindex else ""


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern)


@lru_cache(maxsize=16)
def table(platform: str, *, as_set: bool = False) -> Table:
    """What is known of *platform*; of one that is not known, what is known of all. *as_set*: of Junos' set lines."""
    if as_set:
        return Table(tuple(_as_set(_read(platform))))
    return Table(_read(platform), _read(ANY))


def _as_set(rows: tuple[Row, ...]) -> Iterator[Row]:
    for row in rows:
        if line := set_form.rule(row.line):
            yield row.model_copy(update={"line": line, "by": tuple(one for by in row.by if (one := set_form.rule(by)))})


def _read(name: str) -> tuple[Row, ...]:
    from matric import yaml_file  # noqa: PLC0415 - heavy

    path: Any = FOLDER / f"{name}.yaml"
    return yaml_file.model(path, _Rows).rows if name and path.is_file() else ()
