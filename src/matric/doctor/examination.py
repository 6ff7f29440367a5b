"""An examination from its first point to its last, and what is put back whatever happens on the way.

Points that only read come first. What changes the device comes after, and only where it was allowed; each such point
begins on the device as it was found, and ends there.
"""

import contextlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from matric.doctor import change, power, reading, settle
from matric.doctor.course import CouldNotLook, Course, Disproven
from matric.doctor.outcome import Left, Outcome, Record, Verdict
from matric.doctor.patient import Patient
from matric.doctor.point import POINTS, Point, unproven
from matric.errors import DeviceError, MatricError, UsageError
from matric.plan import timestamp
from matric.platform.base import Look

__all__ = ("Examination", "Permission")

Tell = Callable[[Point, Outcome | None], None]
"""Called when a point begins (None) and when it has ended."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be done to the device. Reads may always."""

    change: bool = False
    why_not: str = "nobody has allowed changes: give --spare and the device's name"
    net: str = ""
    """Name of the net to try; empty takes the best one that costs nobody anything."""
    power: Callable[[str], bool] | None = None
    """Asks a person to take the power away and give it back; False where they did not. None: nobody asked for that."""


@dataclass
class Examination:
    """One examination of one device."""

    patient: Patient
    tell: Tell = lambda _point, _outcome: None
    keep: Callable[[Record], None] = lambda _record: None
    """Given what is known so far before the device is first changed: should this process end, somebody can go on."""
    say: Callable[[str], None] = lambda _words: None
    """Told what is waited for, where that takes long."""
    identify: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(3))
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    left: tuple[Left, ...] = ()
    stopped: str = ""

    def __post_init__(self) -> None:
        self.course = Course(self.patient, f"matric-doctor-{self.id}")
        self.course.at_risk = self._at_risk
        self.course.say = self.say
        self._began = self.patient.clock.now()

    def read(self) -> Look | None:
        """The points that change nothing; what was seen, or None where the device gave no answer."""
        for point, how in (("identity", reading.identity), ("reads", reading.reads), ("whole", reading.whole)):
            self._try(point, how)
        return self.course.look

    def change(self, permission: Permission, look: Look | None) -> None:
        """The other points, as far as *permission* goes; the device ends as it was found, or ``left`` says how not."""
        course = self.course
        points = (
            ("refusal", change.refusal),
            ("stage", change.stage),
            ("revert", change.revert),
            ("confirm", change.confirm),
            ("owner", change.owner),
            ("cancel", change.cancel),
        )
        why = self._forbidden(permission, look)
        if why:
            for name in (*(name for name, _ in points), "power", "leftovers"):
                self._skip(name, why, tried=permission.change)
            return
        try:
            self._tidy(course.old)
            for name, how in points:
                self._changing(name, how)
            if permission.power is None:
                self._skip("power", "nobody asked for it: give --power, and stand at the device", tried=False)
            else:
                course.ask_power = permission.power
                self._changing("power", power.power)
        except BaseException as error:
            self.stopped = type(error).__name__
            raise
        finally:
            # Whatever happened, the device is put back first; then it is looked at.
            if course.dirty:
                self.left = settle.settle(course)
            if not self.stopped:
                self._try("leftovers", reading.leftovers)

    def record(self) -> Record:
        """Everything so far, as it is sent in."""
        course, patient = self.course, self.patient
        done = {one.point for one in self.outcomes}
        rest = tuple(
            Outcome(point.slug, Verdict.UNKNOWN, "not reached: the examination ended before it")
            for point in POINTS
            if point.slug not in done
        )
        facts = course.look.facts if course.look else None
        device: dict[str, str] = {}
        if self.identify:
            device = {"key": patient.address.key, "address": patient.address.host}
            if facts is not None:
                device |= {"name": facts.hostname, "serial": facts.serial}
        return Record(
            id=self.id,
            origin=patient.origin,
            platform=patient.platform.slug,
            title=patient.platform.title,
            model=facts.model if facts else "",
            os_version=facts.os_version if facts else "",
            net=course.net.name if course.net else "",
            began=timestamp(self._began),
            ended=timestamp(patient.clock.now()),
            matric=version("matric"),
            outcomes=(*self.outcomes, *rest),
            unproven=unproven(patient.platform),
            left=self.left,
            device=device,
            stopped=self.stopped,
        )

    def _at_risk(self) -> None:
        words = "the examination ended while it changed the device; its timer takes back what was armed"
        self.keep(
            replace(self.record(), left=(Left(words, settle.by_person(self.course)),), stopped="not heard of again")
        )

    # -- one point ------------------------------------------------------------------------------------------------

    def _forbidden(self, permission: Permission, look: Look | None) -> str:  # noqa: PLR0911 - one line for each reason
        course = self.course
        if not permission.change:
            return permission.why_not
        if look is None:
            return "it was not read, so nothing is changed on it"
        if any(one.verdict is Verdict.DISPROVEN for one in self.outcomes):
            return "a point that only reads was disproven, so nothing is changed on it"
        if look.pending is not None:
            return "somebody's timed change is pending on it: confirm it or let it go back first"
        held = [one.name for one in look.sessions if not re.match(r"matric-doctor-[0-9a-f]+\Z", one.name)]
        if held:
            return "somebody else's configuration session or lock is open on it: end it first"
        if self.patient.digest(look.running) != self.patient.digest(look.startup):
            return "startup is not what runs: save it or undo it first, for this ends with both as they were"
        if look.archive is False:
            return "its archive is off, and its timer needs it: switch it on and save first"
        course.net = self.patient.net(permission.net, look.nets)
        if course.net is None:
            return "no net of this platform can be tried without a cost to people: name one with --net"
        return course.prepare()

    def _tidy(self, look: Look) -> None:
        """Take away what an examination that was killed has left staged."""
        for name in {one.name for one in look.sessions}:
            with contextlib.suppress(DeviceError), self.patient.login() as device:
                device.clean(name)
        self.course.dirty = False

    def _changing(self, name: str, how: Callable[[Course], str]) -> None:
        """A point that changes the device: it is put back after it, and what cannot be ends the examination."""
        course = self.course
        if self.left:
            self._skip(name, "the device could not be put back as it was found", tried=True)
            return
        self._try(name, how)
        if course.dirty:
            self.left = settle.settle(course)

    def _try(self, name: str, how: Callable[[Course], str]) -> None:
        point = _point(name)
        self.tell(point, None)
        self.patient.taken()
        self.course.measured = {}
        try:
            verdict, words = Verdict.PROVEN, how(self.course)
        except Disproven as found:
            verdict, words = Verdict.DISPROVEN, str(found)
        except CouldNotLook as found:
            verdict, words = Verdict.UNKNOWN, str(found)
        except UsageError:
            raise
        except MatricError as error:
            said = self.patient.scrub(str(error).partition(". Do:")[0])
            verdict, words = Verdict.UNKNOWN, f"{type(error).__name__}: {said}"
        self._ended(point, Outcome(name, verdict, self.patient.scrub.named(words), measured=dict(self.course.measured)))

    def _skip(self, name: str, why: str, *, tried: bool) -> None:
        self.patient.taken()
        self._ended(_point(name), Outcome(name, Verdict.UNKNOWN, why, tried=tried))

    def _ended(self, point: Point, outcome: Outcome) -> None:
        made = Outcome(
            outcome.point, outcome.verdict, outcome.words, outcome.tried, outcome.measured, self.patient.taken()
        )
        self.outcomes.append(made)
        self.tell(point, made)


def _point(name: str) -> Point:
    return next(point for point in POINTS if point.slug == name)
