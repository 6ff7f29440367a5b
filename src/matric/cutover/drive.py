"""The loop: journal what is about to be done, have it done, journal what came back, until the run has ended."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, cast

from matric import canonical
from matric.clock import Clock
from matric.cutover.course import Heard, Steps
from matric.cutover.effects import (
    Answer,
    Ask,
    BackedUp,
    DeviceEffect,
    Done,
    Effect,
    Mark,
    Permit,
    Permitted,
    Said,
    SiteCheck,
    SiteEffect,
    Together,
    Wait,
)
from matric.cutover.outcome import Outcome

if TYPE_CHECKING:
    from matric.journal import Journal, Run

__all__ = ("Host", "Performer", "drive", "recorded")

SLICE_S = 60.0
"""Waits are cut into slices, so that the lock's lease is renewed while a run only waits."""


class Performer(Protocol):
    """Who performs effects on devices: ``matric.perform.Performer``, or a world in a test."""

    def perform(self, effect: DeviceEffect | SiteCheck) -> Answer: ...

    def together(self, effect: Together) -> tuple[Answer, ...]:
        """The answers, in the order of the effects."""
        ...


def _allowed(_worst_case_s: float) -> tuple[str, ...]:
    return ()


def _nobody(_effect: Ask) -> Said:
    return Said(yes=False, words="nobody was there to answer")


@dataclass(frozen=True, slots=True)
class Host:
    """What a run has beside the devices."""

    journal: "Journal"
    run: "Run"
    clock: Clock
    permit: Callable[[float], tuple[str, ...]] = _allowed
    """From the seconds of the worst case to what forbids it."""
    ask: Callable[[Ask], Said] = _nobody
    told: Callable[[Effect, Answer | None], None] = field(default=lambda _effect, _answer: None)
    """Progress: each effect before (None) and after it was performed."""


def drive(steps: Steps[Outcome], performer: Performer, host: Host) -> Outcome:
    """Carry *steps* out to their end, and seal the run.

    A ``JournalError`` or ``Locked`` ends the loop at once: what cannot be recorded is not sent, and timers run out.
    """
    heard: Heard | None = None
    try:
        while True:
            effect = next(steps) if heard is None else steps.send(heard)
            heard = (
                _together(effect, performer, host) if isinstance(effect, Together) else _one(effect, performer, host)
            )
    except StopIteration as end:
        outcome: Outcome = end.value
    host.journal.finish(host.run, outcome.record())
    return outcome


def _one(effect: DeviceEffect | SiteEffect, performer: Performer, host: Host) -> Answer:
    if isinstance(effect, Mark):
        host.journal.mark(host.run, effect.phase, effect.detail)
        host.told(effect, Done())
        return Done(sent_s=host.clock.monotonic(), at_s=host.clock.monotonic())

    begun = _begin(effect, host)
    sent = host.clock.monotonic()
    answer = dataclasses.replace(_answered(effect, performer, host), sent_s=sent, at_s=host.clock.monotonic())
    _end(effect, begun, answer, host)
    return answer


def _together(effect: Together, performer: Performer, host: Host) -> tuple[Answer, ...]:
    begun = [_begin(one, host) for one in effect.effects]
    sent = host.clock.monotonic()
    answers = performer.together(effect)
    at = host.clock.monotonic()
    stamped = tuple(dataclasses.replace(answer, sent_s=sent, at_s=at) for answer in answers)
    for one, seq, answer in zip(effect.effects, begun, stamped, strict=True):
        _end(one, seq, answer, host)
    return stamped


def _begin(effect: DeviceEffect | SiteEffect, host: Host) -> int:
    host.told(effect, None)
    return host.journal.begin(host.run, type(effect).__name__, _device(effect), recorded(effect))


def _end(effect: DeviceEffect | SiteEffect, begun: int, answer: Answer, host: Host) -> None:
    if isinstance(answer, BackedUp):
        host.journal.keep(host.run, _device(effect), "running", answer.running)
        host.journal.keep(host.run, _device(effect), "startup", answer.startup)
    host.journal.end(host.run, begun, type(answer).__name__, _device(effect), recorded(answer))
    host.told(effect, answer)


def _answered(effect: DeviceEffect | SiteEffect, performer: Performer, host: Host) -> Answer:
    match effect:
        case Wait():
            _wait(effect.seconds, host)
            return Done()
        case Permit():
            return Permitted(forbidden=host.permit(effect.worst_case_s))
        case Ask():
            return host.ask(effect)
        case Mark():
            return Done()
        case _:
            return performer.perform(effect)


def _wait(seconds: float, host: Host) -> None:
    until = host.clock.monotonic() + seconds
    while (left := until - host.clock.monotonic()) > 0:
        host.journal.check(host.run)
        host.clock.sleep(min(left, SLICE_S))


def _device(effect: DeviceEffect | SiteEffect) -> str:
    return effect.device if isinstance(effect, DeviceEffect) else ""


def recorded(value: DeviceEffect | SiteEffect | Answer) -> dict[str, Any]:
    """*value* as the journal has it: whole configurations by their digest only."""
    found: dict[str, Any] = {}
    for one in dataclasses.fields(value):
        given = getattr(value, one.name)
        if one.name in {"device", "sent_s", "at_s"}:
            continue
        if not one.repr:
            found[f"{one.name}_named"] = canonical.digest_of_text(given if isinstance(given, str) else "\n".join(given))
        else:
            found[one.name] = _plain(given)
    return found


def _plain(given: Any) -> Any:
    """*given* in the types of JSON. Values of ours only, so the exact type tells."""
    kind = cast("type[object]", type(given))
    if kind is tuple:
        return [_plain(one) for one in given]
    if kind is float:
        return round(given, 3)
    if dataclasses.is_dataclass(kind):
        return {one.name: _plain(getattr(given, one.name)) for one in dataclasses.fields(kind)}
    return given.value if issubclass(kind, StrEnum) else given
