"""What NetBox is told of a run, in words: one note at the school, one at each device, and how far the school is."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from matric.cutover.outcome import End, Outcome, Word
from matric.errors import on_one_line
from matric.intent.base import Model
from matric.plan import Instant, Plan, timestamp
from matric.secret import redact

if TYPE_CHECKING:
    from matric.journal import RunRecord

__all__ = ("Letter", "of_run", "under_way")

KINDS: dict[Word, Literal["success", "warning", "danger"]] = {
    Word.NOTHING: "success",
    Word.ALL_NEW: "success",
    Word.REFUSED: "warning",
    Word.UNSTAGED: "warning",
    Word.ALL_OLD: "warning",
    Word.SPLIT: "danger",
    Word.HANDS: "danger",
}
TOUCHED = (Word.ALL_NEW, Word.UNSTAGED, Word.ALL_OLD, Word.SPLIT, Word.HANDS)
"""After these, a candidate was on a device at least: the cut-over is under way."""
SHOWN = 600
"""Longest reason, in characters; the report has the whole of it."""


class Letter(Model):
    """One thing that NetBox is to hear, kept until it has."""

    format_version: Literal[1] = 1
    about: str
    """The run, or the digest of the plan that is under way."""
    school: str
    device: str = ""
    """Name of the device; empty where the school itself is meant."""
    netbox_id: int = 0
    """What the plan's snapshot calls the device; 0 for the school, which is known by its slug."""
    kind: Literal["", "success", "warning", "danger"] = ""
    """Of a journal entry; empty where the letter is about the school's status."""
    status: Literal["", "staging", "active"] = ""
    """What the school is to become; empty for a journal entry."""
    text: str = ""
    """The entry. Emptied once it is sent: NetBox has it."""
    message: str
    """For NetBox's change log."""
    at: Instant
    state: Literal["waiting", "tried", "sent", "refused"] = "waiting"
    """``tried``: it was sent and no answer came, so that it is looked for before it is sent again."""
    request_id: str = ""
    """What NetBox calls the request that wrote it."""
    why: str = ""
    """Why it is still here."""

    @property
    def key(self) -> str:
        """One run says one thing of one object."""
        return f"{self.about} {self.school}/{self.device} {self.status or 'journal'}"

    @property
    def thing(self) -> str:
        """``oakfield/sw-01``, or ``school oakfield``."""
        return f"{self.school}/{self.device}" if self.device else f"school {self.school}"

    @property
    def mark(self) -> str:
        """The line by which the entry is known again among those of its object."""
        return f"`matric {self.about}`"


def under_way(plan: Plan, now: datetime) -> Letter:
    """The school is on its way: a plan for it is merged, or being carried out."""
    message = f"matric: a plan for {plan.school} is under way"
    return Letter(about=plan.digest, school=plan.school, status="staging", message=message, at=timestamp(now))


def of_run(record: "RunRecord", outcome: Outcome, plan: Plan, now: datetime) -> Iterator[Letter]:
    """Everything that NetBox is to hear of a run that has ended."""
    what = f"recovery of run {record.of}" if record.of else "way back" if plan.reverts else "cut-over"
    at, message = timestamp(now), f"matric run {record.id}: {what}, {outcome.word}"
    kind = KINDS[outcome.word]

    def letter(device: str, netbox_id: int, kind: Literal["success", "warning", "danger"], *words: str) -> Letter:
        made = Letter(
            about=record.id, school=plan.school, device=device, netbox_id=netbox_id, kind=kind, message=message, at=at
        )
        text = "\n\n".join(redact(on_one_line(word)) for word in words if word)
        return made.model_copy(update={"text": f"{text}\n\n{made.mark}"})

    head = f"matric: {what} of {plan.school}, **{outcome.word}**."
    reason = outcome.reason[:SHOWN]
    yield letter("", 0, kind, head, reason, _counted(outcome, plan), f"Plan {plan.digest}, made by {plan.author}.")
    left_out = {end.device for end in outcome.refused}
    ends = {end.device: end for end in (*outcome.devices, *outcome.refused)}
    for device in plan.devices:
        name = device.key.partition("/")[2]
        said = _read(ends.get(device.key), moved=device.key in left_out, changes=device.changes)
        yield letter(name, device.netbox_id, "warning" if device.key in left_out else kind, head, said, reason)
    if plan.reverts or outcome.word not in TOUCHED:
        return
    # A school of which a device was left out is not there yet.
    status: Literal["staging", "active"] = "active" if outcome.word is Word.ALL_NEW and not left_out else "staging"
    yield Letter(about=record.id, school=plan.school, status=status, message=message, at=at)


def _counted(outcome: Outcome, plan: Plan) -> str:
    new = sum(end.running == "new" for end in outcome.devices)
    left_out = ", ".join(end.device for end in outcome.refused)
    words = f"{new} of {len(plan.order)} devices to change were read to be new."
    return f"{words} Left out, because they had moved: {left_out}." if left_out else words


def _read(end: End | None, *, moved: bool, changes: bool) -> str:
    """What one device was last read to be."""
    if end is None:
        return "Nothing was sent to it." if changes else "It was as intended already; nothing was sent to it."
    reason = f" {end.reason[:SHOWN]}" if end.reason else ""
    if moved:
        return f"It was left out: it had moved since it was reviewed.{reason}"
    then = f" Next: {end.next[:SHOWN]}" if end.next else ""
    return f"Last read: running configuration {end.running}, startup configuration {end.startup}.{reason}{then}"
