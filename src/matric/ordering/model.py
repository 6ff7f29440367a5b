"""What a line does to a configuration, as data: one ``Model`` a platform, and how its lines are applied.

A configuration is held here *apart*: one fact a line (``vlan trunk allowed 10`` once a VLAN, ``untagged vlan 10`` below
each port), as hier_config wants it. ``Model.joined`` writes it as the device shows it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from matric.config import Config, Line
from matric.ordering.step import Step

__all__ = ("Model", "NotTaken", "changed", "children", "edited", "matches", "present", "section", "sections", "taken")

Lines = tuple[Line, ...]


class NotTaken(Exception):
    """The device would refuse the line where it stands."""


def _itself(config: Config) -> Config:
    return config


def _nothing(config: Config, step: Step) -> Config | None:
    del config, step
    return None


def _each(row: tuple[Step, ...]) -> tuple[Step, ...]:
    return row


def _no_wait(config: Config, step: Step) -> str:
    del config, step
    return ""


@dataclass(frozen=True, eq=False)  # equal only to itself: it is what is known is kept by
class Model:
    """How one platform's lines act. Patterns are regular expressions on a line, or on its path if with `` > ``."""

    hier_config: str
    """Name of hier_config's platform."""
    wrong: tuple[str, ...] = ()
    """Starts of lines that its driver takes for one setting and that are many."""
    short: tuple[str, ...] = ()
    """The shortest line that a ``no`` takes, without an old secret; `` ... `` stands before what must follow it."""
    weights: tuple[tuple[str, int], ...] = ()
    """Paths and how early (below 0) or late their lines come, before anything is proven; the last that fits counts."""
    port: str = r"(?!)"
    """Heads of ports: always there, never deleted."""
    whole_of: tuple[tuple[str, str], ...] = ()
    """(path of a line, path of a ``no``): the first takes all that the second would take away into something larger."""
    gathered: tuple[str, ...] = ()
    """Lines of a section that make one list: what the list gains is said at once, so that it is never less."""
    grouped: tuple[str, ...] = ()
    """Lines that are sent together with others whose groups are the same."""
    slots: tuple[str, ...] = ()
    """Lines of which a section holds one; its groups, or all it matches, say which: a later one takes its place."""
    toggles: tuple[str, ...] = ()
    """Lines whose ``no`` is shown."""
    silent: tuple[str, ...] = ()
    """Lines that only take a ``no`` back: the device does not show them."""
    unsaid: bool = False
    """True where a line that takes a ``no`` back leaves nothing behind."""
    whole: tuple[str, ...] = ()
    """Lines at the top about lists, shown as they were given: taken back as they stand, then given anew."""
    sequenced: tuple[str, ...] = ()
    """Heads whose lines stand in the order of their numbers."""
    applies: str = r"(?!)"
    """The line that applies an access list; group 1 is its name as written."""
    quiet: tuple[str, ...] = ()
    """Paths of lines that no way depends on: a description, a clock, a log server."""
    apart: Callable[[Config], Config] = _itself
    joined: Callable[[Config], Config] = _itself
    special: Callable[[Config, Step], Config | None] = _nothing
    """What a line does that no data says; None where it does nothing special. Raises ``NotTaken``."""
    waits: Callable[[Config, Step], str] = _no_wait
    """What a line had better wait for, though the device may take it; empty where it need not."""
    bundled: Callable[[tuple[Step, ...]], tuple[Step, ...]] = _each
    """Neighbours that can be said in one line, in one line."""


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    flat = [pattern for pattern in patterns if " > " not in pattern]
    deep = [pattern for pattern in patterns if " > " in pattern]
    made = [re.compile("|".join(f"(?:{one})" for one in some)) if some else None for some in (flat, deep)]
    return made[0], made[1]


def matches(patterns: tuple[str, ...], step: Step) -> bool:
    """True where one of *patterns* is found in the line or its path."""
    flat, deep = _compiled(patterns)
    return bool((flat and flat.search(step.text)) or (deep and deep.search(step.path)))


# ---- sections ----


def section(config: Config, head: str) -> Line | None:
    """The section at the top that *head* opens."""
    return next((line for line in config.lines if line.text == head), None)


def sections(config: Config, start: str) -> Lines:
    """The sections at the top whose head begins with *start*."""
    return tuple(line for line in config.lines if line.text.startswith(start))


def children(config: Config, head: str) -> tuple[str, ...]:
    found = section(config, head)
    return () if found is None else tuple(line.text for line in found.children)


def present(config: Config, head: str) -> Config:
    """*config* with the section *head*, empty where it was not there."""
    return config if section(config, head) is not None else Config((*config.lines, Line(head)))


def edited(config: Config, heads: tuple[str, ...], change: Callable[[Lines], Lines]) -> Config:
    """*config* with the lines below *heads* as *change* makes them; ``NotTaken`` where there is no such section."""
    return Config(_edited(config.lines, heads, change))


def _edited(lines: Lines, heads: tuple[str, ...], change: Callable[[Lines], Lines]) -> Lines:
    if not heads:
        return change(lines)
    for at, line in enumerate(lines):
        if line.text == heads[0]:
            below = _edited(line.children, heads[1:], change)
            return lines if below == line.children else (*lines[:at], Line(line.text, below), *lines[at + 1 :])
    raise NotTaken(f"there is no {heads[0]!r} yet")


# ---- lines ----


def taken(model: Model, config: Config, step: Step) -> Config:
    """*config* after the device took *step*; ``NotTaken`` where it would not."""
    if step.heads and not step.text.startswith("no ") and re.match(model.port, step.heads[0]):
        config = present(config, step.heads[0])
    special = model.special(config, step)
    return changed(model, config, step) if special is None else special


def changed(model: Model, config: Config, step: Step) -> Config:
    """What *step* does by the data alone."""
    if step.text.startswith("no "):
        plain = Step(step.heads, step.text[3:])
        keep = matches(model.toggles, plain)
        try:
            return edited(config, step.heads, lambda lines: _removed(lines, plain.text, keep=keep))
        except NotTaken:  # the section is gone, and the line with it
            return config
    return edited(config, step.heads, lambda lines: _given(model, lines, step))


def _removed(lines: Lines, plain: str, *, keep: bool) -> Lines:
    start = f"{plain} "
    left = tuple(line for line in lines if not f"{line.text} ".startswith(start))
    shown = f"no {plain}"
    if keep and all(line.text != shown for line in left):
        return (*left, Line(shown))
    return left


def _given(model: Model, lines: Lines, step: Step) -> Lines:
    text = step.text
    if any(line.text == text for line in lines):
        return lines
    left = tuple(line for line in lines if line.text != f"no {text}")
    if matches(model.silent, step) or (model.unsaid and len(left) < len(lines)):
        return left
    slot = _slot(model, step.heads, text)
    if slot:
        same = [at for at, line in enumerate(left) if _slot(model, step.heads, line.text) == slot]
        if same:
            return tuple(Line(text) if at == same[0] else line for at, line in enumerate(left) if at not in same[1:])
    if step.heads and any(re.search(pattern, step.heads[-1]) for pattern in model.sequenced):
        return tuple(sorted((*left, Line(text)), key=lambda line: _number(line.text)))
    return (*left, Line(text))


@lru_cache(maxsize=65536)
def _slot(model: Model, heads: tuple[str, ...], text: str) -> str:
    return next((found for pattern in model.slots if (found := _hit(pattern, heads, text))), "")


def _hit(pattern: str, heads: tuple[str, ...], text: str) -> str:
    subject = " > ".join((*heads, text)) if " > " in pattern else text
    found = re.match(pattern, subject)
    return f"{pattern}: {' '.join(found.groups() or (found[0],))}" if found else ""


def _number(text: str) -> int:
    first = text.split(" ", 1)[0]
    return int(first) if first.isdecimal() else 1 << 31
