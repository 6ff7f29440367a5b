"""A stand-in for an access list that cannot be changed entry by entry without refusing what it lets through.

The stand-in is what the list is to become. It is applied wherever the list is; then the list changes unapplied, is
applied again by the next round, and the stand-in goes.
"""

import re

from matric.config import Config
from matric.ordering.model import Model, children
from matric.ordering.step import Step

__all__ = ("detour", "filters", "stand_in")

SUFFIX = "-NEW"


def detour(model: Model, state: Config, goal: Config, stuck: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that put stand-ins in the place of the lists that *stuck* steps are about; none where none helps."""
    heads = dict.fromkeys(
        head
        for step in stuck
        if (head := _list_of(model, state, step)) and not any(line.text == stand_in(head) for line in state.lines)
    )
    return tuple(
        made
        for head in heads
        if (places := filters(model, state, head)) and (entries := children(goal, head))
        for made in (
            Step((), stand_in(head)),
            *(Step((stand_in(head),), entry) for entry in entries),
            *(one for place in places for one in _moved(model, place, head)),
        )
    )


def stand_in(head: str) -> str:
    """``access-list ip A-NEW``."""
    return f'{head[:-1]}{SUFFIX}"' if head.endswith('"') else f"{head}{SUFFIX}"


def _list_of(model: Model, state: Config, step: Step) -> str:
    """The list that *step* changes, or whose form it waits for before it applies it."""
    if step.heads:
        if any(re.search(pattern, step.heads[0]) for pattern in model.sequenced):
            return step.heads[0]
        if found := re.match(model.applies, step.text):
            name = found[1]
            return next((line.text for line in state.lines if _is(model, line.text) and _named(line.text) == name), "")
    return ""


def _is(model: Model, head: str) -> bool:
    return any(re.search(pattern, head) for pattern in model.sequenced)


def _named(head: str) -> str:
    return head.rsplit(maxsplit=1)[-1]


def filters(model: Model, config: Config, head: str) -> tuple[Step, ...]:
    """Where the list is applied."""
    return tuple(
        Step(heads, line.text)
        for heads, line in config.walk()
        if (found := re.match(model.applies, line.text)) and found[1] == _named(head)
    )


def _moved(model: Model, place: Step, head: str) -> tuple[Step, ...]:
    """The stand-in instead of the list: where the platform holds both beside each other, the list goes first."""
    instead = Step(place.heads, place.text.replace(f" {_named(head)} ", f" {_named(stand_in(head))} ", 1))
    one = any(re.match(pattern, place.text) for pattern in model.slots)
    return (instead,) if one else (Step(place.heads, f"no {place.text}"), instead)
