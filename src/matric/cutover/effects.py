"""What a cut-over asks of the world, and what the world answers: frozen values, without a socket or a clock.

``matric.fleet`` performs the effects on devices; ``matric.cutover.drive`` performs those that need no device (``Wait``,
``Permit``, ``Ask``, ``Mark``) and journals every one of them before it is performed.

Rules for whoever performs an effect on a device:

* it logs in anew for each effect, checks the pin first, and closes the login after it;
* no answer of a device is believed: what is returned was read back;
* ``answer_to(error)`` turns every ``DeviceError`` into the answer that says no more than is known;
* target text holds ``<secret:REF>`` tokens, or is one ``<backup:DIGEST>`` token: both are resolved in memory only;
* OLD is ``plan.fingerprint(running, rules) == base_digest``, NEW is ``diff.same(running, resolved target)`` empty.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from matric import canonical
from matric.errors import DeviceError, NothingPending, Refused, StrangerError
from matric.platform.base import Pending, Session

__all__ = (
    "Answer",
    "Arm",
    "Armed",
    "Ask",
    "BackedUp",
    "Backup",
    "Cancel",
    "Checked",
    "Clean",
    "Cleaned",
    "Confirm",
    "Denied",
    "DeviceEffect",
    "Done",
    "Effect",
    "Found",
    "Holds",
    "Mark",
    "Moved",
    "Nothing",
    "Permit",
    "Permitted",
    "Probe",
    "Read",
    "Restore",
    "Said",
    "Save",
    "Seen",
    "Silent",
    "SiteCheck",
    "SiteEffect",
    "Stage",
    "Staged",
    "Stranger",
    "Together",
    "Unstage",
    "Wait",
    "answer_to",
)


class Holds(StrEnum):
    """What one configuration of a device was read to be."""

    OLD = "old"
    NEW = "new"
    OTHER = "other"
    """Neither: somebody else's lines, or ours in part."""
    UNREAD = "unread"


# ---------------------------------------------------------------------------------------------------------------------
# Effects on one device


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEffect:
    """Something asked of one device."""

    device: str
    """Key, school/name."""
    session: str
    """``matric-<run id>``: every session, file and candidate of the run bears it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(DeviceEffect):
    """S6. Look, by show commands only. Answer: ``Found``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup(DeviceEffect):
    """S6. Read running and startup whole, each proven complete. Answer: ``BackedUp``; the run's loop keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(DeviceEffect):
    """S7. Read running; ``Moved`` unless it is *base_digest*. Load target, with the device's own lines carried over, as
    a full replacement; nothing becomes active. Read the candidate back. Answer: ``Staged``.
    """

    base_digest: str
    target: str = field(repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    """Where the net is not atomic: the commands, with ``<secret:REF>`` tokens, in the proven order."""
    net: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstage(DeviceEffect):
    """Remove the candidate; done twice is done once. Never touches an armed change. Answer: ``Done``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm(DeviceEffect):
    """S8. Read running; ``Moved`` unless it is *base_digest* and no foreign session or timer is there. Make the
    candidate active with a timer of *revert_after_s*. Startup is not written. Answer: ``Armed``.
    """

    base_digest: str
    target: str = field(repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    net: str
    revert_after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(DeviceEffect):
    """S9, and whenever an answer was lost: NEW login over the path as it is now; read running, startup and what is
    pending, each of them compared with old (*base_digest*) and new (*target*). Answer: ``Seen``.
    """

    base_digest: str
    target: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(DeviceEffect):
    """S11. NEW login; read what is pending: ``Nothing`` if nothing is, ``Denied`` if it is not ours. Stop the timer,
    and read again that nothing is pending. Answer: ``Done``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(DeviceEffect):
    """R. Go back now. ``Nothing`` if no timer runs, ``Denied`` if it is not ours (it is then left alone).
    Answer: ``Done``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(DeviceEffect):
    """R, where a timer did not fire. Put back the backup *backup* (its digest in the journal), without a timer; only if
    running is exactly the target, else ``Moved``. Answer: ``Done``.
    """

    backup: str
    base_digest: str
    target: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Save(DeviceEffect):
    """S12. Read that running is the target and nothing is pending, else ``Moved`` and nothing is written. Copy running
    to startup, and read startup back. Answer: ``Seen``.
    """

    base_digest: str
    target: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean(DeviceEffect):
    """S13. Remove every leftover of the session. Never touches an armed change. Answer: ``Cleaned``."""


# ---------------------------------------------------------------------------------------------------------------------
# Effects on no device, or on all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Several effects, each on another device, at once. Answer: a tuple of theirs, in the same order.

    Never of ``Arm``, ``Confirm``, ``Cancel`` or ``Restore``: their order is the safety.
    """

    effects: tuple[DeviceEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheck:
    """S10. The school as a whole, over the new paths: every device is reached and is who it should be, and sees each
    switch, controller and access point cabled to it. What only a client can tell (DHCP, RADIUS, DNS, the filtering
    path) is for the people on site. Answer: ``Checked``.
    """

    school: str
    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """S10. A question to the people on site; a no lets the school go back. Answer: ``Said``."""

    question: str
    within_s: float
    """Seconds left before the answer is taken as no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """May devices (still) be changed: window, freeze, approval, lock. Answer: ``Permitted`` with what forbids it."""

    worst_case_s: float
    """Seconds to the end of the worst case, rollback included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Let time pass, by the run's clock. Answer: ``Done``."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A step of the protocol is reached; recovery reads it. Answer: ``Done``."""

    phase: Literal["S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "R"]
    detail: str


SiteEffect = SiteCheck | Ask | Permit | Wait | Mark
Effect = DeviceEffect | SiteEffect | Together


# ---------------------------------------------------------------------------------------------------------------------
# Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. The two times are stamped by the driver of the run, from a clock that never steps."""

    sent_s: float = 0.0
    at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Answer):
    """Done, and read back to be done."""

    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied(Answer):
    """The device answered, and said no. It may have done part of it all the same: read it."""

    words: str
    """The device's own, redacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent(Answer):
    """UNKNOWN: no answer, or half of one. Neither success nor failure."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger(Answer):
    """Host key, certificate or serial is not the pinned one; no password was sent."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Answer):
    """Nothing is pending: the device has gone back, or somebody else confirmed. Read it."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Answer):
    """What was read is not what the effect is bound to; nothing was sent."""

    words: str
    differing: tuple[str, ...] = ()
    """Redacted lines, at most some of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Answer):
    """``Read``: the device before anything is done to it."""

    hostname: str
    serial: str
    running_digest: str
    startup_digest: str
    """Both by ``plan.fingerprint``."""
    sessions: tuple[Session, ...] = ()
    """Open ones only."""
    pending: Pending | None = None
    free_bytes: int | None = None
    archive: bool | None = None
    """False where the timer needs the archive and it is off."""
    clock_skew_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp(Answer):
    """``Backup``: the texts, which go to the journal's folder and nowhere else."""

    running_digest: str
    """By ``plan.fingerprint``."""
    startup_digest: str
    running: str = field(repr=False)
    startup: str = field(repr=False)

    @property
    def backup(self) -> str:
        """The digest the running configuration is kept by."""
        return canonical.digest_of_text(self.running)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged(Answer):
    """``Stage``: the candidate as the device holds it."""

    candidate_digest: str
    differing: tuple[str, ...] = ()
    """Lines of the target that the candidate lacks, or has too many; redacted. Empty is what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed(Answer):
    """``Arm``: the timer is read to be running on the device, and to be ours."""

    left_s: float | None = None
    """Seconds left, as the device counts them, if it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Answer):
    """``Probe`` and ``Save``: what the device is now. A device whose old and new are the same reads as NEW."""

    running: Holds
    startup: Holds
    pending: Pending | None = None
    ours: bool = False
    """True where what is pending is this run's."""
    differing: tuple[str, ...] = ()
    """Where running is OTHER: the lines that are not the target's; redacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned(Answer):
    """``Clean``: what could not be removed, by name."""

    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Answer):
    """``SiteCheck``: what held, what did not, and what could not be looked at (which is no pass)."""

    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Answer):
    """``Ask``: what the people on site said."""

    yes: bool
    words: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted(Answer):
    """``Permit``: allowed only where nothing forbids it."""

    forbidden: tuple[str, ...] = ()


def answer_to(error: DeviceError, words: str = "") -> Answer:
    """What *error* says about a device; *words* (redacted) replace the error's own."""
    said = words or str(error)
    match error:
        case NothingPending():
            return Nothing(words=said)
        case StrangerError():
            return Stranger(words=said)
        case Refused():
            return Denied(words=said)
        case _:
            # Unreachable, and whatever an edge did not name: nothing is known about the device.
            return Silent(words=said)
