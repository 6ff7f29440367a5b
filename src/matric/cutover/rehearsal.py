"""A world of values to rehearse the protocol in: devices that hold text, timers that run, paths that break.

It is the smallest thing that behaves as the devices promise to (docs/limits.md says what that cannot prove), without a
socket: the protocol's own tests carry out every fault and every kill in it, and judge by its state alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from matric import canonical
from matric.cutover.effects import (
    Answer,
    Arm,
    Armed,
    BackedUp,
    Backup,
    Cancel,
    Checked,
    Clean,
    Cleaned,
    Confirm,
    Denied,
    DeviceEffect,
    Done,
    Found,
    Holds,
    Moved,
    Nothing,
    Probe,
    Read,
    Restore,
    Save,
    Seen,
    Silent,
    SiteCheck,
    Stage,
    Staged,
    Together,
    Unstage,
)
from matric.plan import Plan, named_backup
from matric.platform.base import Pending, Session

__all__ = ("Box", "World")

EFFECT_S = 2.0
"""How long any effect takes here."""


@dataclass(slots=True)
class Timer:
    session: str
    owner: str
    deadline_s: float
    before: str


@dataclass(slots=True)
class Box:
    """One device."""

    running: str
    startup: str
    serial: str
    candidate: str | None = None
    timer: Timer | None = None
    sessions: tuple[Session, ...] = ()
    silent_until_s: float = 0.0
    timer_broken: bool = False
    """True where the timer never fires."""
    archive: bool | None = None
    free_bytes: int | None = None


@dataclass
class World:
    """Every device of a plan, and the time. Performer, clock and judge's evidence in one."""

    plan: Plan
    boxes: dict[str, Box]
    backups: Callable[[str], str]
    """From digest to text."""
    lockstep: bool = False
    """True where the two ends of each link must be both old or both new to pass frames."""
    cuts: frozenset[str] = frozenset()
    """Devices whose new configuration cuts them, and all behind them, off."""
    school_fails: bool = False
    time_s: float = 1000.0
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list[tuple[float, Callable[[], None]]])
    """(when, what) of things that are still to happen by themselves."""
    log: list[str] = field(default_factory=list[str])
    """What was done to devices, in order: ``arm oakfield/sw-01``."""
    before: Callable[[DeviceEffect], Answer | None] = field(default=lambda _effect: None)
    """Called before each effect is performed; an answer stands in for it."""
    after: Callable[[DeviceEffect, Answer], Answer] = field(default=lambda _effect, answer: answer)
    """Called after it; what it returns is what the run is told."""

    # -- clock

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 18, 0, tzinfo=UTC) + timedelta(seconds=self.time_s)

    def monotonic(self) -> float:
        return self.time_s

    def sleep(self, seconds: float) -> None:
        """Time passes, and timers go off at their own moment."""
        until = self.time_s + max(0.0, seconds)
        for event in sorted((one for one in self.later if one[0] <= until), key=lambda one: one[0]):
            self.later.remove(event)
            self.sleep(event[0] - self.time_s)
            event[1]()
        while due := [box for box in self.boxes.values() if _due(box, until)]:
            first = min(due, key=lambda box: box.timer.deadline_s if box.timer else until)
            if first.timer is not None:
                self.time_s = max(self.time_s, first.timer.deadline_s)
                first.running, first.timer = first.timer.before, None
        self.time_s = until

    # -- performer

    def perform(self, effect: DeviceEffect | SiteCheck) -> Answer:
        self.sleep(EFFECT_S)
        if isinstance(effect, SiteCheck):
            return self._site_check()
        return self._performed(effect)

    def together(self, effect: Together) -> tuple[Answer, ...]:
        self.sleep(EFFECT_S)
        return tuple(self._performed(one) for one in effect.effects)

    def _performed(self, effect: DeviceEffect) -> Answer:
        stood_in = self.before(effect)
        if stood_in is not None:
            return stood_in
        if not self.reachable(effect.device):
            return Silent(words="timed out")
        answer = self._answer(effect, self.boxes[effect.device])
        if not isinstance(effect, Read | Probe | Backup):
            self.log.append(f"{type(effect).__name__.lower()} {effect.device} {type(answer).__name__}")
        if not self.reachable(effect.device):
            answer = Silent(words="cut off by its own change")
        return self.after(effect, answer)

    def apply(self, effect: DeviceEffect) -> Answer:
        """Have the device do it now, whoever is listening."""
        return self._answer(effect, self.boxes[effect.device])

    def reachable(self, key: str) -> bool:
        """True where every link from the engineer to the device passes frames."""
        path = (key, *self.plan.by_key[key].above)
        if any(self.boxes[one].silent_until_s > self.time_s for one in path):
            return False
        if any(one in self.cuts and self.is_new(one) for one in path):
            return False
        return not self.lockstep or len({self.is_new(one) for one in path}) == 1

    def is_new(self, key: str) -> bool:
        return self.holds(key, self.boxes[key].running) is Holds.NEW

    def holds(self, key: str, text: str) -> Holds:
        """What *text* is to the plan."""
        device = self.plan.by_key[key]
        if text == self.text(device.target):
            return Holds.NEW
        return Holds.OLD if canonical.digest_of_text(text) == device.base_digest else Holds.OTHER

    def text(self, target: str) -> str:
        digest = named_backup(target)
        return target if digest is None else self.backups(digest)

    def _answer(self, effect: DeviceEffect, box: Box) -> Answer:  # noqa: PLR0911 - one effect each
        match effect:
            case Read():
                return self._found(effect, box)
            case Backup():
                digests = (canonical.digest_of_text(box.running), canonical.digest_of_text(box.startup))
                return BackedUp(
                    running_digest=digests[0], startup_digest=digests[1], running=box.running, startup=box.startup
                )
            case Stage():
                if canonical.digest_of_text(box.running) != effect.base_digest:
                    return Moved(words="running moved")
                box.candidate = self.text(effect.target)
                return Staged(candidate_digest=canonical.digest_of_text(box.candidate))
            case Probe():
                return self._seen(effect.device, effect.session, box)
            case Unstage():
                box.candidate = None
                return Done()
            case Clean():
                box.candidate = None
                return Cleaned()
            case _:
                return self._changed(effect, box)

    def _changed(self, effect: DeviceEffect, box: Box) -> Answer:  # noqa: PLR0911 - ditto
        match effect:
            case Arm():
                return self._armed(effect, box)
            case Confirm() | Cancel():
                if box.timer is None:
                    return Nothing()
                if box.timer.session != effect.session:
                    return Denied(words=f"the timer is of {box.timer.owner}")
                if isinstance(effect, Cancel):
                    box.running = box.timer.before
                box.timer = None
                return Done()
            case Restore():
                if self.holds(effect.device, box.running) is not Holds.NEW:
                    return Moved(words="running is not the target")
                box.running, box.timer = self.backups(effect.backup), None
                return Done()
            case Save():
                if self.holds(effect.device, box.running) is not Holds.NEW or box.timer is not None:
                    return Moved(words="running is not the target for good")
                box.startup = box.running
                return self._seen(effect.device, effect.session, box)
            case _:
                raise TypeError(f"no answer here to {effect}")

    def _armed(self, effect: Arm, box: Box) -> Answer:
        if canonical.digest_of_text(box.running) != effect.base_digest or box.timer is not None:
            return Moved(words="running moved")
        if box.candidate is None:
            return Denied(words="no such session")
        deadline = self.time_s + effect.revert_after_s
        box.timer = Timer(effect.session, "matric", deadline, box.running)
        box.running, box.candidate = box.candidate, None
        return Armed(left_s=float(effect.revert_after_s))

    def _found(self, effect: Read, box: Box) -> Found:
        return Found(
            hostname=effect.device,
            serial=box.serial,
            running_digest=canonical.digest_of_text(box.running),
            startup_digest=canonical.digest_of_text(box.startup),
            sessions=box.sessions,
            pending=self._pending(box),
            archive=box.archive,
            free_bytes=box.free_bytes,
        )

    def _seen(self, key: str, session: str, box: Box) -> Seen:
        running, startup = self.holds(key, box.running), self.holds(key, box.startup)
        ours = box.timer is not None and box.timer.session == session
        differing = ("+ foreign",) if running is Holds.OTHER else ()
        return Seen(running=running, startup=startup, pending=self._pending(box), ours=ours, differing=differing)

    def _pending(self, box: Box) -> Pending | None:
        if box.timer is None:
            return None
        return Pending(
            session=box.timer.session, left_s=max(0.0, box.timer.deadline_s - self.time_s), owner=box.timer.owner
        )

    def _site_check(self) -> Checked:
        silent = tuple(f"{key} does not answer" for key in self.boxes if not self.reachable(key))
        if self.school_fails:
            return Checked(failed=("DNS does not answer",))
        return Checked(passed=("reachability",), failed=silent)


def _due(box: Box, until_s: float) -> bool:
    return box.timer is not None and not box.timer_broken and box.timer.deadline_s <= until_s
