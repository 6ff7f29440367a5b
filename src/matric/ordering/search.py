"""An order of steps, proven step by step: each is tried where it would stand, and waits where it would cut."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from matric.config import Config, Line
from matric.ordering.detour import detour
from matric.ordering.door import Door
from matric.ordering.model import Model, NotTaken, matches, taken
from matric.ordering.step import Step
from matric.ordering.unsafe import Unsafe
from matric.switch import Entry, Switch
from matric.switch.reading import read

__all__ = ("Judge", "Proven", "proven")


class Judge:
    """Knows which ways stood before, and names those that a state would cut."""

    def __init__(
        self, slug: str, model: Model, cut: Callable[[Switch], tuple[str, ...]], before: Config, after: Config
    ) -> None:
        self._slug = slug
        self._model = model
        self._cut = cut
        self._lists: set[str] = set()
        for side in (before, after):
            self._lists |= _filters(read(slug, model.joined(side)))
        self._last = self._read(before)
        self._door = Door(self._last, self._read(after))
        self._broken = _names(self._all(self._last))
        self._found: tuple[str, ...] = ()

    def cuts(self, state: Config, step: Step) -> tuple[str, ...]:
        """The ways that stood before and do not stand in *state*, which *step* led to from one that cut nothing."""
        if matches(self._model.quiet, step) or self._idle(step):
            return ()
        now = self._read(state)
        if now == self._last:
            return self._found
        found = tuple(one for one in self._all(now) if not _names((one,)) & self._broken)
        self._last, self._found = now, found
        return found

    def watch(self, around: Iterable[Step]) -> None:
        """Lists that are applied on the way only."""
        self._lists |= {_list_name(step.text) for step in around if _is_list(self._model, step.text)}

    def _idle(self, step: Step) -> bool:
        """True for an entry of an access list that nothing applies, before, after or on the way."""
        head = step.heads[0] if step.heads else step.text.removeprefix("no ")
        return _is_list(self._model, head) and _list_name(head) not in self._lists

    def _read(self, state: Config) -> Switch:
        """What *state* says, of what a way may depend on."""
        lists = [line for line in state.lines if _is_list(self._model, line.text)]
        rest = (line for line in state.lines if not _is_list(self._model, line.text))
        switch = read(self._slug, self._model.joined(Config(tuple(self._told(line) for line in rest))))
        found = (_read_list(self._slug, line) for line in lists if _list_name(line.text) in self._lists)
        return replace(
            switch, access_lists=dict(switch.access_lists) | {name: one for each in found for name, one in each}
        )

    def _told(self, line: Line) -> Line:
        return _slim(self._model, line) if line.children else line

    def _all(self, switch: Switch) -> tuple[str, ...]:
        return (*self._cut(switch), *self._door.cuts(switch))


def _filters(switch: Switch) -> frozenset[str]:
    """The access lists that are applied."""
    ports = switch.interfaces.values()
    return frozenset((*switch.doors, *(one.access_list for one in ports), *(one.access_list_out for one in ports)))


@lru_cache(maxsize=8192)
def _is_list(model: Model, head: str) -> bool:
    return any(re.search(pattern, head) for pattern in model.sequenced)


def _list_name(head: str) -> str:
    return head.rsplit(maxsplit=1)[-1].strip('"')


@lru_cache(maxsize=8192)
def _slim(model: Model, line: Line) -> Line:
    """*line* without what no way depends on below it."""
    return Line(
        line.text, tuple(one for one in line.children if not matches(model.quiet, Step((line.text,), one.text)))
    )


@lru_cache(maxsize=1024)
def _read_list(slug: str, line: Line) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """An access list by its name: they are long, and most lines of a change leave them alone."""
    return tuple(item for item in read(slug, Config((line,))).access_lists.items() if item[0] == _list_name(line.text))


def _names(ways: Iterable[str]) -> frozenset[str]:
    return frozenset(way.partition(": ")[0] for way in ways)


@dataclass(frozen=True, slots=True)
class Proven:
    """Steps in a proven order."""

    row: tuple[Step, ...]
    state: Config
    """What is held after them."""
    cuts: tuple[str, ...] = ()
    """What the last of them cuts: nothing may come after it."""


def proven(model: Model, judge: Judge, state: Config, pending: tuple[Step, ...]) -> Proven:
    """*pending* in an order after which nothing is cut at any step but the last; ``Unsafe`` where there is none.

    Sweeps over what is left until a sweep takes nothing: a step that would cut, be refused or had better wait is left
    for the next sweep. A step without effect is left out.
    """
    row: list[Step] = []
    left = list(pending)
    patient = True
    while left:
        waiting: list[tuple[Step, tuple[str, ...]]] = []
        for step in left:
            after, why = _tried(model, judge, state, step, patient=patient)
            if why:
                waiting.append((step, why))
            elif after != state:
                row.append(step)
                state = after
        if len(waiting) == len(left):
            if patient:
                patient = False
                continue
            stuck = [step for step, _ in waiting]
            goal = _all(model, state, stuck)
            if (last := _last(model, state, goal, stuck)) is not None:
                return Proven((*row, last), taken(model, state, last), waiting[stuck.index(last)][1])
            if not (around := detour(model, state, goal, tuple(stuck))):
                raise Unsafe(*_stuck(waiting, len(pending)))
            judge.watch(around)
            patient, left = True, [*around, *stuck]
            continue
        patient = True
        left = [step for step, _ in waiting]
    return Proven(tuple(row), state)


def _stuck(waiting: list[tuple[Step, tuple[str, ...]]], whole: int) -> tuple[str, tuple[str, ...], str]:
    """The line to name: one that cuts before one that only waits for it."""
    step, why = next(((step, why) for step, why in waiting if any(": " in one for one in why)), waiting[0])
    return step.path, why, _remedy(len(waiting), whole)


def _tried(model: Model, judge: Judge, state: Config, step: Step, *, patient: bool) -> tuple[Config, tuple[str, ...]]:
    """*state* after *step*, and why it must not stand here: nothing where it may."""
    if patient and (reason := model.waits(state, step)):
        return state, (reason,)
    try:
        after = taken(model, state, step)
    except NotTaken as refused:
        return state, (str(refused),)
    return after, () if after == state else judge.cuts(after, step)


def _last(model: Model, state: Config, goal: Config, left: list[Step]) -> Step | None:
    """The one step that does what all of *left* do together: it may cut, for nothing comes after it."""
    wanted = _facts(goal)
    for step in left:
        try:
            if _facts(taken(model, state, step)) == wanted:
                return step
        except NotTaken:
            continue
    return None


def _all(model: Model, state: Config, left: list[Step]) -> Config:
    """*state* after all of *left*, whatever they cut, as far as the device takes them."""
    while left:
        refused: list[Step] = []
        for step in left:
            try:
                state = taken(model, state, step)
            except NotTaken:
                refused.append(step)
        if len(refused) == len(left):
            break
        left = refused
    return state


def _facts(config: Config) -> frozenset[tuple[tuple[str, ...], str]]:
    return frozenset((heads, line.text) for heads, line in config.walk())


def _remedy(left: int, whole: int) -> str:
    if left == 1:
        return "keep what it takes away in the intended configuration, cut over, and take it away in a second change"
    return (
        f"make it two changes: {left} of the {whole} lines wait for one another. Keep the old way (its VLAN, its "
        "address, its port) in the intended configuration, cut over, and take it away in a second change"
    )
