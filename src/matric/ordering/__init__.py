"""The lines that lead a device without atomic replace from one configuration to another, in a proven order.

After every line but the last, every way into the school that stood before still stands. What a device holds after some
of the lines is foretold by a model of its platform (``aoscx``, ``aoss``): pure, so a plan can be made and proven far
from any device, and the lab's devices are the judges in the tests.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matric.config import Config, normalised, parse, without
from matric.diff import difference
from matric.ordering import aoscx, aoss
from matric.ordering.model import Model, NotTaken, taken
from matric.ordering.remedy import remedy
from matric.ordering.search import Judge, proven
from matric.ordering.step import Step, steps, written
from matric.ordering.unsafe import Unsafe
from matric.ordering.way import plan_cut
from matric.platform.base import ConfigRules, Platform

if TYPE_CHECKING:
    from matric.switch import Switch

__all__ = ("MODELS", "Ordered", "Unsafe", "applied", "ordered", "plan_cut")

MODELS: Mapping[str, Model] = {"aoscx": aoscx.MODEL, "aoss": aoss.MODEL}
"""By platform slug."""
ROUNDS = 4
"""What a line does beside what it says is put right by as many rounds at most."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A change as it is sent."""

    lines: tuple[str, ...] = field(default=(), repr=False)
    """One command a line, one blank per level; a section may be opened again later. A banner holds its line ends."""
    after: str = field(default="", repr=False)
    """What the device holds after the last of them."""


def ordered(platform: Platform, running: str, intended: str, *, cut: "Callable[[Switch], tuple[str, ...]]") -> Ordered:
    """The lines from *running* to *intended*, in an order after each of which *cut* names no way that stood before.

    *cut* is given what the device holds after a line, and names the ways that are broken then: ``school/device`` or
    ``school/device: why`` (what stands before the colon names the way). A way that is to be broken may break at the
    last line only. Secrets may be references or concealed: lines are compared as they stand, and none is needed for a
    ``no``. ``Unsafe`` where no such order is found, or where the lines would not lead to *intended*.
    """
    model, rules = _model(platform), platform.rules
    whole = model.apart(without(parse(running, rules), rules.volatile))
    new = model.apart(_compared(intended, rules))
    lines = written(model.bundled(_row(model, Judge(platform.slug, model, cut, whole, new), whole, new, rules)))
    after = applied(platform, running, lines)
    if differs := _differs(model, after, intended, rules):
        raise Unsafe(differs[0], ("the change would not lead to what is intended",), _say(differs))
    return Ordered(lines, after)


def _row(model: Model, judge: Judge, state: Config, goal: Config, rules: ConfigRules) -> tuple[Step, ...]:
    """The proven steps from *state* to *goal*. What a line does beside what it says is put right in another round."""
    row: list[Step] = []
    cuts: tuple[str, ...] = ()
    for _ in range(ROUNDS):
        pending = remedy(model, model.apart(_plain(model.joined(state), rules)), goal)
        if not pending:
            break
        if cuts:
            raise Unsafe(row[-1].path, cuts, "keep what it takes away, and take it away in a second change")
        found = proven(model, judge, state, pending)
        row.extend(found.row)
        state, cuts = found.state, found.cuts
    return tuple(row)


def applied(platform: Platform, running: str, lines: Iterable[str]) -> str:
    """What a device that shows *running* shows after it took *lines*; ``Unsafe`` where it would refuse one."""
    model = _model(platform)
    state = model.apart(without(parse(running, platform.rules), platform.rules.volatile))
    for step in steps(lines):
        try:
            state = taken(model, state, step)
        except NotTaken as refused:
            raise Unsafe(step.path, (f"the device would refuse it: {refused}",), "plan again") from None
    return model.joined(state).text()


def _model(platform: Platform) -> Model:
    if platform.slug not in MODELS:
        known = ", ".join(MODELS)
        raise Unsafe(platform.slug, ("nothing here knows what its lines do",), f"order changes of {known} only")
    return MODELS[platform.slug]


def _compared(text: str, rules: ConfigRules) -> Config:
    """What is compared: without what changes by itself, is a default, is never shown, or belongs to the device."""
    return _plain(parse(text, rules), rules)


def _plain(config: Config, rules: ConfigRules) -> Config:
    return without(config, rules.volatile, rules.defaults, rules.hidden, rules.device_owned)


def _differs(model: Model, after: str, intended: str, rules: ConfigRules) -> tuple[str, ...]:
    """Lines in which they differ: secrets by what stands there, a reference is no hash of itself."""
    sides = (normalised(model.joined(model.apart(_compared(text, rules))), rules) for text in (after, intended))
    return tuple(
        " > ".join((*edit.heads, row)) for edit in difference(*sides).edits for row in edit.text().splitlines()
    )


def _say(differs: tuple[str, ...]) -> str:
    shown = ", ".join(differs[:3])
    return f"say in the template what is to become of it (running against intended: {shown})"
