"""What a report of a run says, before anybody decides how it looks. Made from the saved plan and journal alone."""

from dataclasses import dataclass

from matric.policy import Result

__all__ = ("Answered", "DeviceReport", "Link", "Moment", "Node", "RunReport")


@dataclass(frozen=True, slots=True)
class Moment:
    """One step on one device, as the journal has it."""

    device: str
    """Device key, or empty for the whole school."""
    step: str
    began_s: float
    """Seconds since the run began, by the run's clock."""
    ended_s: float | None
    """None where the step never ended: the run was killed, or the answer was lost."""
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One device of the run."""

    key: str
    name: str
    role: str
    platform: str
    model: str
    serial: str
    risk: str
    ended: str
    """``new``, ``old``, ``hands`` or ``unknown``: what was read back."""
    diff: str
    """running -> intended, redacted."""
    added: int
    removed: int
    base_digest: str
    target_digest: str
    backup_digest: str = ""
    next_command: str = ""
    """What to type, where hands are needed."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question to people, and what they said."""

    question: str
    answer: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Node:
    """A device on the drawing."""

    name: str
    role: str
    state: str
    """``new``, ``old``, ``hands``, ``untouched``."""
    below: int = 0
    """Access points hanging on it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A cable, or several between the same two devices."""

    a: str
    b: str
    cables: int = 1


@dataclass(frozen=True, slots=True)
class RunReport:
    """The whole report."""

    school: str
    run: str
    outcome: str
    """ALL-NEW, ALL-OLD, SPLIT, HANDS, ...: the words of the protocol."""
    exit_code: int
    sentence: str
    """What happened, in one sentence for somebody who was not there."""
    began: str
    ended: str
    plan_digest: str
    digests: tuple[tuple[str, str], ...]
    """(what, digest) of everything the run rests on."""
    approvals: tuple[str, ...]
    devices: tuple[DeviceReport, ...]
    moments: tuple[Moment, ...]
    results: tuple[Result, ...]
    waived: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    """What the approver accepted with a net that costs people something."""
    answers: tuple[Answered, ...] = ()
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    lab: bool = False
    """True where the devices were stand-ins: 0 real switches."""
