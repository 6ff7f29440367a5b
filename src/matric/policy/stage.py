"""When a rule can say something: found by judging healthy schools from which data is withheld, not claimed.

source -> rendered -> before (the change, devices read) -> after (devices read, nothing left to change)
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from matric.policy import Outcome, Policy
from matric.policy.subject import Configuration, Subject

__all__ = ("SAYS", "STAGES", "Stage", "decides", "withheld")

Stage = Literal["source", "rendered", "before", "after"]
STAGES: tuple[Stage, ...] = ("source", "rendered", "before", "after")
SAYS: Mapping[Stage, str] = {
    "source": "from NetBox, the standard and what people vouch for",
    "rendered": "from intended configurations",
    "before": "from the devices and the plan, before a change",
    "after": "from the devices, after a change",
}
"""What there is at each stage, beside all that there was at the one before it."""


def withheld(whole: Subject, stage: Stage) -> Subject:
    """What there is of *whole*, a school about to be changed, at *stage*."""
    if stage == "before":
        return whole
    if stage == "after":
        return replace(whole, steps=(), window=None)
    rendered: Mapping[str, Configuration] = whole.rendered if stage == "rendered" else {}
    return replace(whole, rendered=rendered, running={}, looks={}, steps=None, window=None)


def decides(rule: Policy, schools: Iterable[Subject]) -> tuple[Stage, ...]:
    """The stages at which *rule* passes or finds something at one of *schools*.

    Of a rule that applies at none of them: the stages at which it can say so.
    """
    given = tuple(schools)
    said: dict[Stage, set[Outcome]] = {
        stage: {rule.judge(withheld(one, stage)).outcome for one in given} for stage in STAGES
    }
    found: tuple[Stage, ...] = tuple(one for one in STAGES if said[one] & {Outcome.PASS, Outcome.FAIL})
    spared: tuple[Stage, ...] = tuple(one for one in STAGES if Outcome.NOT_APPLICABLE in said[one])
    return found or spared
