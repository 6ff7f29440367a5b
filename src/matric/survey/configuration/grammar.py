"""How a platform's configuration is taken apart, as data: which line means what, below which head."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matric.survey.configuration.draft import Draft

__all__ = ("Grammar", "Rule", "Scope", "Silent")


@dataclass(frozen=True, slots=True)
class Scope:
    """Below which head a line stands."""

    kind: str
    """Key of ``Grammar.rules`` and ``Grammar.silent``; empty: the top."""
    target: Any = None
    """What the head opened: ports, VLANs, ..."""


Action = Callable[[Draft, Any, "re.Match[str]"], Scope | None]
"""Takes what is said so far, the target of the scope and the line; gives the scope of the lines below it, if any."""
Rule = tuple[str, Action]
"""Pattern of a whole line (anchored at both ends), and what is done with it."""
Silent = tuple[str, str]
"""Topic, and the pattern of how a line begins that says nothing of it a survey needs; nor do the lines below it."""

_WORD = re.compile(r"[A-Za-z][\w.-]*(?=$|[ $])")


@dataclass(frozen=True)
class Grammar:
    """A platform whose configuration is lines and indentation."""

    vendor: str
    rules: Mapping[str, tuple[Rule, ...]]
    """Kind of scope -> rules; the first that fits counts."""
    silent: Mapping[str, tuple[Silent, ...]]
    """Kind of scope -> how lines begin that say nothing a survey needs."""
    finish: Callable[[Draft], None]
    """What follows from all lines together."""
    comment: str = "!"
    """What a comment begins with."""
    heredocs: tuple[str, ...] = ()
    """First lines of blocks, as in ``matric.platform.base.ConfigRules``."""
    secret: tuple[str, ...] = ()
    """As in ``ConfigRules``."""
    leaves: str = r"exit$|quit$|return$|end$|exit-address-family$"
    """What ends a section, where a platform writes it."""
    _found: dict[tuple[str, str], tuple[tuple["re.Pattern[str]", Action], ...]] = field(
        default_factory=dict[tuple[str, str], tuple[tuple["re.Pattern[str]", Action], ...]], repr=False, compare=False
    )

    def fitting(self, kind: str, text: str) -> "tuple[tuple[re.Pattern[str], Action], ...]":
        """The rules below a head of *kind* that may fit *text*, by its first word: there are many rules."""
        word = text.partition(" ")[0]
        key = (kind, word if word in self._words else "")
        found = self._found.get(key)
        if found is None:
            every = ((_first_word(pattern), pattern, action) for pattern, action in self.rules.get(kind, ()))
            found = tuple((re.compile(f"(?:{one})$"), action) for first, one, action in every if first in ("", key[1]))
            self._found[key] = found
        return found

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_first_word(pattern) for rules in self.rules.values() for pattern, _ in rules)

    @cached_property
    def hush(self) -> "Mapping[str, re.Pattern[str]]":
        """Kind of scope -> one pattern for all that is silent there."""
        return {kind: _any(pattern for _, pattern in silent) for kind, silent in self.silent.items()}


def _any(patterns: Iterable[str]) -> "re.Pattern[str]":
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _first_word(pattern: str) -> str:
    """The word every line begins with that *pattern* fits; empty where it may be several."""
    found = _WORD.match(pattern)
    return found[0] if found and "|" not in re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", pattern)) else ""
