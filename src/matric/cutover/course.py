"""What a run knows while it is under way, and the effects every part of the protocol is made of."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from matric.cutover.effects import (
    Answer,
    Arm,
    Cancel,
    Clean,
    Cleaned,
    Confirm,
    DeviceEffect,
    Effect,
    Holds,
    Probe,
    Restore,
    Save,
    Seen,
    Silent,
    SiteEffect,
    Stage,
    Together,
    Unstage,
    Wait,
)
from matric.errors import ExitCode
from matric.plan import DevicePlan, Plan

__all__ = ("Course", "Failure", "Heard", "Steps", "words")

Heard = Answer | tuple[Answer, ...]
"""What a generator is sent: one answer, or those of a ``Together``."""

T = TypeVar("T")
Steps = Generator[Effect, Heard, T]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run does not go on."""

    reason: str
    exit_code: ExitCode = ExitCode.ERROR
    """The exit code while nothing has been active; once a device was armed it follows from what is read."""


@dataclass(slots=True)
class Course:
    """A run under way. Times are of a clock that never steps, in seconds."""

    plan: Plan
    session: str
    order: tuple[str, ...]
    """The devices to change, farthest first."""
    now_s: float = 0.0
    staged: list[str] = field(default_factory=list[str])
    armed: list[str] = field(default_factory=list[str])
    """In the order of arming, those whose answer was lost included."""
    doubtful: set[str] = field(default_factory=set[str])
    """Armed perhaps: the answer was lost, and the device may still be at it."""
    earliest_s: dict[str, float] = field(default_factory=dict[str, float])
    """Before this no timer of ours goes off."""
    latest_s: dict[str, float] = field(default_factory=dict[str, float])
    """After this every timer of ours has gone off, and the device is back."""
    confirming: set[str] = field(default_factory=set[str])
    """A confirm was begun: what it came to is read, and never undone behind anybody's back."""
    kept: list[str] = field(default_factory=list[str])
    """Confirmed, and read to be."""
    foreign: set[str] = field(default_factory=set[str])
    """Somebody else's hands were seen on it: matric does nothing more there."""
    seen: dict[str, Seen] = field(default_factory=dict[str, Seen])
    """The last reading of each device; gone as soon as the device does not answer."""
    backups: dict[str, str] = field(default_factory=dict[str, str])
    """Device -> digest of its recorded running configuration."""
    reasons: dict[str, str] = field(default_factory=dict[str, str])
    left: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def run(self) -> str:
        return self.session.removeprefix("matric-")

    def device(self, key: str) -> DevicePlan:
        return self.plan.by_key[key]

    # -- asking

    def one(self, effect: DeviceEffect | SiteEffect) -> Steps[Answer]:
        """Ask one thing."""
        heard = yield effect
        if not isinstance(heard, Answer):
            raise TypeError(f"{effect} was answered {heard!r}")
        self.now_s = max(self.now_s, heard.at_s)
        return heard

    def each(self, effects: Iterable[DeviceEffect]) -> Steps[dict[str, Answer]]:
        """Ask several devices at once."""
        asked = tuple(effects)
        if not asked:
            return {}
        heard = yield Together(effects=asked)
        if not isinstance(heard, tuple) or len(heard) != len(asked):
            raise TypeError(f"{len(asked)} effects were answered {heard!r}")
        self.now_s = max(self.now_s, *(answer.at_s for answer in heard))
        return {effect.device: answer for effect, answer in zip(asked, heard, strict=True)}

    def wait(self, seconds: float, why: str) -> Steps[None]:
        """Let time pass, if there is any to pass."""
        if seconds > 0:
            yield from self.one(Wait(seconds=seconds, why=why))

    def look(self, keys: Iterable[str]) -> Steps[dict[str, Answer]]:
        """Read devices by new logins, and remember what they are; a silent device is remembered as unread."""
        answers = yield from self.each(self.probe(key) for key in keys)
        for key, answer in answers.items():
            self.note(key, answer)
        return answers

    def note(self, key: str, answer: Answer) -> None:
        """Remember what a device was read to be, or that it no longer was."""
        if isinstance(answer, Seen):
            self.seen[key] = answer
            if answer.pending is not None and answer.ours:
                # The device's own count is the better one where it is the shorter.
                self.earliest_s[key] = min(self.earliest_s.get(key, float("inf")), answer.at_s + answer.pending.left_s)
        else:
            self.seen.pop(key, None)
            self.reasons.setdefault(key, words(answer))

    def leave(self, key: str) -> None:
        """Somebody else confirmed *key*: from now on it is named, and left alone."""
        self.foreign.add(key)
        self.confirming.discard(key)
        net = self.device(key).net
        restarted = "" if net is None or net.survives_reboot else ", or it restarted and kept it"
        self.reasons[key] = f"FOREIGN-CONFIRM: somebody else confirmed the change while its timer ran{restarted}"

    # -- effects of this run

    def probe(self, key: str) -> Probe:
        return Probe(**self._compared(key))

    def save(self, key: str) -> Save:
        return Save(**self._compared(key))

    def stage(self, key: str) -> Stage:
        return Stage(**self._compared(key), **self._sent(key))

    def arm(self, key: str, revert_after_s: int) -> Arm:
        return Arm(**self._compared(key), **self._sent(key), revert_after_s=revert_after_s)

    def restore(self, key: str) -> Restore:
        return Restore(**self._compared(key), backup=self.backups[key])

    def unstage(self, key: str) -> Unstage:
        return Unstage(device=key, session=self.session)

    def confirm(self, key: str) -> Confirm:
        return Confirm(device=key, session=self.session)

    def cancel(self, key: str) -> Cancel:
        return Cancel(device=key, session=self.session)

    def clean(self, keys: Iterable[str]) -> Steps[None]:
        """S13. Remove every leftover, and remember what remains."""
        answers = yield from self.each(Clean(device=key, session=self.session) for key in keys)
        for key, answer in answers.items():
            self.left[key] = answer.left if isinstance(answer, Cleaned) else (f"{self.session} (not looked at)",)

    def _compared(self, key: str) -> dict[str, Any]:
        device = self.device(key)
        compared = {"base_digest": device.base_digest, "target": device.target}
        return {"device": key, "session": self.session, **compared}

    def _sent(self, key: str) -> dict[str, Any]:
        device = self.device(key)
        if device.net is None:
            raise ValueError(f"{key}: changes without a net")
        return {"lines": device.lines, "net": device.net.kind}

    # -- what is known

    def away_s(self, key: str) -> int:
        """How long the device does not answer where it goes back by a restart."""
        net = self.device(key).net
        return net.away_s if net is not None else 0

    def is_new(self, key: str) -> bool:
        """Read to be new, and for good."""
        seen = self.seen.get(key)
        return seen is not None and seen.running is Holds.NEW and seen.pending is None

    def is_armed_new(self, key: str) -> bool:
        """Read to be new, under this run's timer, with the startup configuration as it was."""
        seen = self.seen.get(key)
        return (
            seen is not None
            and seen.running is Holds.NEW
            and seen.pending is not None
            and seen.ours
            and seen.startup is Holds.OLD
        )

    def gone_back(self, key: str) -> bool:
        """Read to be old, with no timer left."""
        seen = self.seen.get(key)
        return seen is not None and seen.running is Holds.OLD and seen.pending is None

    def left_s(self, key: str) -> float:
        """Seconds that are surely left on the device's timer."""
        return self.earliest_s.get(key, self.now_s) - self.now_s


def words(answer: Answer) -> str:
    """What an answer that is not the wanted one says."""
    said = str(getattr(answer, "words", ""))
    if isinstance(answer, Silent):
        return f"no answer: {said}" if said else "no answer"
    return said or type(answer).__name__.lower()
