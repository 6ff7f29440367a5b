"""What the points of one examination share: the device as it was found, the change to try, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field

from matric import diff
from matric.doctor import trial
from matric.doctor.patient import Patient
from matric.doctor.trial import Trial
from matric.errors import DeviceError, StrangerError
from matric.platform.base import Candidate, Look, NetKind, Pending

__all__ = ("CouldNotLook", "Course", "Disproven", "State")

SHOWN = 4
_PROBES = 5
_BETWEEN_S = 5.0
_READS = 6
"""A timer must outlast this many reads of the device: one before it is armed is none too many."""
_SHORTEST_S = 10


class Disproven(Exception):
    """The device did otherwise, in words for the report."""


class CouldNotLook(Exception):
    """Nothing is known, and why."""


@dataclass(frozen=True, slots=True)
class State:
    """What a device holds, read over a login of its own."""

    running: str = field(repr=False)
    startup: str = field(repr=False)
    pending: Pending | None


@dataclass
class Course:
    """One examination as it goes on."""

    patient: Patient
    session: str
    look: Look | None = None
    net: NetKind | None = None
    trial: Trial | None = None
    read_s: float = 0.0
    """How long the slowest whole read took."""
    touched: bool = False
    """Something was changed in this examination."""
    dirty: bool = False
    """The device may not be as it was found."""
    measured: dict[str, float] = field(default_factory=dict[str, float])
    ask_power: Callable[[str], bool] | None = None
    say: Callable[[str], None] = lambda _words: None
    """Told what is waited for, where that takes long."""
    at_risk: Callable[[], None] = lambda: None
    """Called before the device may first be other than it was found: whoever keeps a record keeps it then."""

    @property
    def old(self) -> Look:
        """The device as it was found."""
        if self.look is None:
            raise CouldNotLook("it was not read")
        return self.look

    @property
    def tried(self) -> Trial:
        if self.trial is None:
            raise CouldNotLook("no harmless change is known for what it runs")
        return self.trial

    @property
    def chosen(self) -> NetKind:
        if self.net is None:
            raise CouldNotLook("it has no net that can be tried")
        return self.net

    def prepare(self) -> str:
        """Choose what to try; why not, or empty."""
        patient, running = self.patient, self.old.running
        self.trial = trial.chosen(patient.platform, running)
        if self.trial is None:
            return f"no harmless change is known for {patient.platform.title} and what it runs"
        patient.known[running] = "the configuration as it was found"
        patient.known[self.trial.config] = f"what runs, and {'; '.join(line.strip() for line in self.trial.lines)}"
        patient.before_write = self._mark
        return ""

    def _mark(self) -> None:
        if not self.dirty:
            self.at_risk()
        self.touched = self.dirty = True

    # -- what is sent ---------------------------------------------------------------------------------------------

    def new(self) -> Candidate:
        tried = self.tried
        return trial.way(self.patient.platform, self.chosen, self.old.running, tried.config, tried.lines)

    def back(self) -> Candidate:
        tried = self.tried
        return trial.way(self.patient.platform, self.chosen, tried.config, self.old.running, tried.undo)

    def timer_s(self, least_s: float = 0.0) -> int:
        """The smallest timer the platform has that leaves time to read the device while it runs."""
        can = self.patient.platform.capability
        step = max(1, can.timer_step_s)
        wanted = max(can.timer_min_s, _SHORTEST_S, _READS * self.read_s, least_s)
        whole = int(-(-wanted // step) * step)
        return min(whole, can.timer_max_s) if can.timer_max_s else whole

    def put(self, candidate: Candidate, timer_s: int) -> float:
        """Stage and arm *candidate*, each over its own login; the moment the arming was sent."""
        with self.patient.login() as device:
            device.stage(self.session, candidate)
        with self.patient.login() as device:
            sent = self.patient.clock.monotonic()
            device.arm(self.session, timer_s, candidate)
        return sent

    def confirm(self) -> None:
        with self.patient.login() as device:
            device.confirm(self.session)

    # -- what is read ---------------------------------------------------------------------------------------------

    def state(self) -> State:
        """What it holds now, over a new login; asked again for a while where it gives no answer."""
        for _ in range(_PROBES - 1):
            try:
                return self._state()
            except StrangerError:
                raise
            except DeviceError:  # a read that was cut short is no answer either
                self.patient.clock.sleep(_BETWEEN_S)
        return self._state()

    def _state(self) -> State:
        with self.patient.login() as device:
            return State(device.running(), device.startup(), device.pending())

    def is_old(self, text: str) -> bool:
        return self.patient.digest(text) == self.patient.digest(self.old.running)

    def is_old_startup(self, text: str) -> bool:
        return self.patient.digest(text) == self.patient.digest(self.old.startup)

    def is_new(self, text: str) -> bool:
        return not self.unlike(text, self.tried.config)

    def unlike(self, text: str, wanted: str) -> tuple[str, ...]:
        """Lines in which *text* is not *wanted*."""
        return diff.same(text, wanted, self.patient.platform.rules)

    def shown(self, lines: tuple[str, ...]) -> str:
        """Some of *lines*, for the report: redacted with their sections."""
        more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        return "; ".join(self.patient.scrub(line) for line in lines[:SHOWN]) + more

    def require_armed(self, state: State) -> Pending:
        """*state* is what a cut-over calls armed: new runs, startup is old, and the timer is ours."""
        if state.pending is None:
            raise Disproven("no timer is read to run after it was armed")
        if not self.patient.ours(state.pending, self.session):
            raise Disproven("the timer that is read after arming is not told to be ours")
        if not self.is_new(state.running):
            raise Disproven(f"while armed it does not run what was sent: {self._off(state.running)}")
        if not self.is_old_startup(state.startup):
            raise Disproven("startup was written by arming: a restart inside the window would keep the change")
        return state.pending

    def _off(self, text: str) -> str:
        return self.shown(self.unlike(text, self.tried.config))

    def answers(self) -> bool:
        """True where it can be logged in to."""
        try:
            with self.patient.login():
                return True
        except DeviceError:
            return False
