"""From a whole configuration to what it tells, line by line: a line that nobody knows does not hide the next."""

import re
from collections.abc import Sequence
from functools import lru_cache

from matric import secret
from matric.survey.configuration.draft import Draft
from matric.survey.configuration.grammar import Grammar, Scope
from matric.survey.configuration.lines import Row, rows
from matric.survey.model import Unread
from matric.survey.told import Told
from matric.survey.unread import guarded, unread

__all__ = ("told",)

TOP = Scope("")
SILENT = Scope("silent")
STRANGE = Scope("strange")
"""Below a head that nobody knows."""
UNKNOWN = "no line of a configuration that is known here"
NO_VALUE = "what it names is out of range, or no list, address or name"
MOST_SHOWN = 200
"""Characters of a line that are kept."""


def told(grammar: Grammar, platform: str, text: str) -> Told:
    """What the configuration *text* tells, read by *grammar*. Never raises."""
    draft = Draft(platform=platform, vendor=grammar.vendor)
    every = tuple(rows(text, grammar.heredocs))
    flat = not any(row.depth for row in every if not row.block)
    left: list[Unread] = []
    stack: list[tuple[int, str, Scope]] = [(-1, "", TOP)]
    last = TOP
    for row in every:
        if row.block:
            continue
        while stack[-1][0] >= row.depth or (row.fresh and grammar.comment == "#" and len(stack) > 1):
            stack.pop()
        scope, fault = _line(grammar, draft, stack[-1][2], row.text)
        if fault and flat and last is not TOP:
            # Indentation was lost on the way here: the line may belong to the last section that was opened.
            below, again = _line(grammar, draft, last, row.text)
            scope, fault = (last, "") if not again else (scope, fault)
            scope = below if not again and below is not None else scope
        if scope is not None and scope is not STRANGE:
            last = scope
        if fault:
            left.append(_kept(grammar, row, tuple(head for _, head, _ in stack[1:]), fault))
        stack.append((row.depth, row.text, scope or STRANGE))
    grammar.finish(draft)
    return Told(**draft.values(), lines=len(every), understood=len(every) - len(left), unread=tuple(left))


def _line(grammar: Grammar, draft: Draft, scope: Scope, text: str) -> tuple[Scope | None, str]:
    """The scope of what is below the line, and why it is not understood: empty where it is."""
    if scope == SILENT:
        return SILENT, ""
    for pattern, action in grammar.fitting(scope.kind, text):
        if found := pattern.match(text):
            try:
                return action(draft, scope.target, found), ""
            except (ValueError, IndexError):
                return STRANGE, NO_VALUE
    if scope is STRANGE:
        return STRANGE, UNKNOWN
    hush = grammar.hush.get(scope.kind)
    if (hush is not None and hush.match(text)) or text.startswith(grammar.comment) or re.match(grammar.leaves, text):
        return SILENT, ""
    return STRANGE, UNKNOWN


@lru_cache(maxsize=16)
def _secret(patterns: tuple[str, ...]) -> "tuple[re.Pattern[str], ...]":
    return tuple(re.compile(pattern) for pattern in patterns)


def _kept(grammar: Grammar, row: Row, heads: Sequence[str], why: str) -> Unread:
    masked, values = (
        secret.masked_line(tuple(heads), row.text, _secret(grammar.secret)) if grammar.secret else (row.text, ())
    )
    text = secret.filled_line(masked, ("<secret>",) * len(values)) if values else row.text
    return unread(row.number, guarded(text)[:MOST_SHOWN], why)
