"""A Junos configuration as statements in braces: what every reader of one asks by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from matric.config import Line
from matric.policy.subject import CannotEvaluate

__all__ = ("Part", "active", "words_of")

ELSEWHERE = ("apply-groups", "apply-path", "interface-range", "logical-systems")
"""Statements that say more than their own line shows."""


def active(lines: tuple[Line, ...]) -> Iterator[Line]:
    """*lines* less those the device passes over (``inactive:``)."""
    for line in lines:
        words = line.text.split()
        if words[0] in ELSEWHERE:
            raise CannotEvaluate(f"the statement {words[0]}: what it brings in is shown by the device only")
        if words[0] != "inactive:":
            yield Line(line.text, tuple(active(line.children)))


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one pair of braces."""

    lines: tuple[Line, ...] = field(default=())

    def at(self, *names: str) -> "Part":
        """What stands below *names*; nothing where they are not there."""
        here = self
        for name in names:
            here = Part(tuple(child for line in here.lines if line.text == f"{name} {{" for child in line.children))
        return here

    def parts(self, word: str = "") -> "Iterator[tuple[str, Part]]":
        """Name and inside of every statement ``word NAME``, or of every statement where no word is given."""
        for line in self.lines:
            words = words_of(line.text)
            if words and (not word or words[0] == word):
                names = words[1:] if word else words
                if names:
                    yield " ".join(names[:1]), Part(line.children)

    def has(self, name: str) -> bool:
        """True where *name* stands here, with or without something in it."""
        return any(words_of(line.text)[:1] == (name,) for line in self.lines)

    def values(self, name: str) -> tuple[str, ...]:
        """The values of the statement *name*."""
        return tuple(word for line in self.lines if (words := words_of(line.text))[:1] == (name,) for word in words[1:])

    def value(self, name: str) -> str:
        """The value of the statement *name*; empty where it is not there."""
        return next(iter(self.values(name)), "")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a statement, its value in quotes as one, without braces, brackets and remarks."""
    bare = text.partition("; ##")[0].rstrip("{; ")
    head, quote, rest = bare.partition('"')
    words = tuple(word for word in head.split() if word not in ("[", "]", "}"))
    return (*words, rest.rpartition('"')[0]) if quote else words
