"""What must be said to lead one configuration to another, by hier_config with our rules; not yet in a safe order."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from matric.config import Config, Line
from matric.ordering.model import Model, matches
from matric.ordering.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("driver", "remedy")


def remedy(model: Model, running: Config, intended: Config) -> tuple[Step, ...]:
    """The steps from *running* to *intended* (both apart), early ones first by the model's weights."""
    import hier_config  # noqa: PLC0415 - a quarter of a second of CPU

    api = cast("Any", hier_config)
    made = driver(model)
    left, right = _differing(model, running, intended)
    lists = [tuple(line.text for line in side if _listed(model, line)) for side in (left, right)]
    old, new = (
        api.get_hconfig(made, Config(tuple(line for line in side if not _listed(model, line))).text())
        for side in (left, right)
    )
    delta = api.WorkflowRemediation(old, new).remediation_config
    there = {line.text for line in running.lines}
    found = list(_steps(model, delta, (), 0, there))
    for text in (*_taken_back(lists[0], lists[1]), *lists[1]):
        step = Step((), text)
        found.append((_weight(model, step, 0), step))
    found.sort(key=lambda one: (one[0], _group(model, one[1].text)))
    return _whole_lists(model, _without_idle(model, tuple(step for _, step in found)))


def _without_idle(model: Model, row: tuple[Step, ...]) -> tuple[Step, ...]:
    """*row* without each ``no`` that would take a part away from what another line of its section makes whole."""
    for given, idle in model.whole_of:
        sections = {step.heads for step in row if re.search(given, step.path)}
        row = tuple(step for step in row if step.heads not in sections or not re.search(idle, step.path))
    return row


def _group(model: Model, text: str) -> str:
    hits = (re.match(pattern, text) for pattern in model.grouped)
    return next((" ".join(part or "" for part in hit.groups()) for hit in hits if hit), "")


def _whole_lists(model: Model, row: tuple[Step, ...]) -> tuple[Step, ...]:
    """What a section's lists gain is said in one line, where its first is: a list is never less than it was."""
    gains: dict[tuple[str, ...], list[Step]] = {}
    for step in row:
        if not step.text.startswith("no "):
            gains.setdefault(step.heads, []).append(step)
    made = {step: one for steps in gains.values() for step, one in _together(model, steps)}
    return tuple(one for step in row if (one := made.get(step, step)) is not None)


def _together(model: Model, steps: list[Step]) -> "Iterator[tuple[Step, Step | None]]":
    """Each of *steps* with what is said in its place: None where it is said elsewhere."""
    lists = [step for step in steps if model.gathered and matches(model.gathered, step)]
    for at, step in enumerate(lists):
        yield step, model.bundled(tuple(lists))[0] if at == 0 else None


def _listed(model: Model, line: Line) -> bool:
    """True for what is no line of hier_config's kind: a list shown as it was given, or a block of text (a banner)."""
    return "\n" in line.text or matches(model.whole, Step((), line.text))


def _taken_back(old: tuple[str, ...], new: tuple[str, ...]) -> "Iterator[str]":
    """Lists as they stand. A block by its name, and only where none takes its place."""
    given = {_name(text) for text in new if "\n" in text}
    for text in old:
        if "\n" not in text:
            yield text[3:] if text.startswith("no ") else f"no {text}"
        elif _name(text) not in given:
            yield f"no {_name(text)}"


def _name(block: str) -> str:
    """``banner motd``."""
    return " ".join(block.split(" ", 2)[:2])


def _steps(
    model: Model, node: Any, heads: tuple[str, ...], above: int, there: set[str]
) -> "Iterator[tuple[int, Step]]":
    for child in node.children:
        step = Step(heads, child.text)
        weight = _weight(model, step, above)
        if not child.children:
            yield weight, step
            continue
        below = list(_steps(model, child, (*heads, child.text), weight, there))
        if heads or not (child.text in there or re.match(model.port, child.text)):
            yield min((weight, *(one for one, _ in below))), step
        yield from below


def _weight(model: Model, step: Step, above: int) -> int:
    own = [weight for pattern, weight in model.weights if re.search(pattern, step.path)]
    return own[-1] if own else above


def _differing(model: Model, running: Config, intended: Config) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The sections that are not the same on both sides. A port one side does not name is empty there."""
    old, new = ({line.text: line for line in side.lines} for side in (running, intended))
    for text in old.keys() - new.keys():
        if re.match(model.port, text):
            new[text] = Line(text)
    for text in new.keys() - old.keys():
        if re.match(model.port, text):
            old[text] = Line(text)
    left = tuple(line for line in old.values() if new.get(line.text) != line)
    right = tuple(line for line in new.values() if old.get(line.text) != line)
    return left, right


@cache
def driver(model: Model) -> Any:
    """hier_config's driver of the platform with our rules on top: more slots, the shortest ``no``."""
    import hier_config  # noqa: PLC0415 - a quarter of a second of CPU
    from hier_config.models import IdempotentCommandsRule, MatchRule, NegationSubRule  # noqa: PLC0415 - ditto

    api = cast("Any", hier_config)
    made = api.get_hconfig_driver(getattr(api.Platform, model.hier_config))
    rules = made.rules
    for rule in [rule for rule in rules.idempotent_commands if rule.match_rules[-1].startswith in model.wrong]:
        rules.idempotent_commands.remove(rule)
    anything = MatchRule(re_search=".")
    for depth in range(3):
        for pattern in model.slots:
            levels = (*(anything,) * depth, MatchRule(re_search=f"^{pattern}"))
            rules.idempotent_commands.append(IdempotentCommandsRule(match_rules=levels))
        for kept, _, rest in (pattern.partition(" ... ") for pattern in model.short):
            levels = (*(anything,) * depth, MatchRule(re_search=f"^{kept} {rest} " if rest else f"^{kept}( |$)"))
            rules.negation_sub.append(
                NegationSubRule(match_rules=levels, search=f"^no ({kept})( .*)?$", replace=r"no \1")
            )
    return made
