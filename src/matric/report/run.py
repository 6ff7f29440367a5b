"""The report of a run, made from the plan and the events in the journal alone: it can be made again at any time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from matric.intent.school import School
from matric.plan import DevicePlan, Plan, net
from matric.report.model import Answered, DeviceReport, Link, Moment, Node, RunReport

if TYPE_CHECKING:
    from matric.journal import Event, RunRecord

__all__ = ("of_run",)

_GOOD = {"Found", "BackedUp", "Staged", "Armed", "Seen", "Done", "Cleaned", "Checked", "Said", "Permitted"}
"""Answers that say a step was done; any other, or none, is shown as what it is."""

_UNTOLD = {"Permit", "Wait"}
"""Effects that are no step to a reader."""

_SENTENCES: Mapping[str, str] = {
    "all-new": "Every device was changed, reached over a new login, confirmed, saved, and read back as intended.",
    "all-old": "The change was taken back: every device was read to be exactly what it was before.",
    "refused": "Nothing was sent to any device.",
    "unstaged": "Candidates were loaded and removed again; nothing was ever active.",
    "nothing-to-do": "Every device was as intended already; nothing was sent.",
    "split": "Some devices kept the change and some went back; each is named below with its next command.",
    "hands": "At least one device could not be read, or is neither old nor new; each is named below.",
}


def of_run(  # noqa: PLR0913 - a report rests on all of it
    record: "RunRecord",
    plan: Plan,
    events: Iterable["Event"],
    school: School,
    *,
    approvals: tuple[str, ...] = (),
    waived: tuple[str, ...] = (),
    lab: bool = False,
) -> RunReport:
    """Everything the page says of one run."""
    told = tuple(events)
    outcome: Mapping[str, Any] = record.outcome or {}
    word = str(outcome.get("word", "unfinished"))
    reason = str(outcome.get("reason", "the run has not ended: matric recover"))
    ends = {one["device"]: one for one in (*outcome.get("devices", ()), *outcome.get("refused", ()))}
    devices = tuple(_device(one, ends.get(one.key), told) for one in plan.devices if one.changes)
    start = _moment(record.began)
    return RunReport(
        school=school.name,
        run=record.id,
        outcome=word.upper(),
        exit_code=int(outcome.get("exit_code", 1)),
        sentence=f"{_SENTENCES.get(word, '')} {reason[:1].upper()}{reason[1:]}.".strip(),
        began=record.began,
        ended=record.ended or "not ended",
        plan_digest=plan.digest,
        digests=tuple(sorted(plan.digests.model_dump().items())),
        approvals=approvals,
        devices=devices,
        moments=tuple(_moments(told, start)),
        results=plan.results,
        waived=waived,
        accepted=net.accepted(plan.nets),
        answers=tuple(_answers(told)),
        nodes=_nodes(school, {one.name: one.ended for one in devices}),
        links=_links(school),
        lab=lab,
    )


def _device(planned: DevicePlan, end: Mapping[str, Any] | None, events: tuple["Event", ...]) -> DeviceReport:
    kept = [event for event in events if event.kind == "keep" and event.device == planned.key]
    running = next((str(event.data["digest"]) for event in kept if event.effect == "running"), "")
    return DeviceReport(
        key=planned.key,
        name=planned.name,
        role=planned.role,
        platform=planned.platform,
        model=planned.model,
        serial=planned.serial,
        risk=planned.risk,
        ended=_ended(end),
        diff=planned.diff,
        added=planned.added,
        removed=planned.removed,
        base_digest=planned.base_digest,
        target_digest=planned.target_digest,
        backup_digest=running,
        next_command=str(end.get("next", "")) if end is not None else "",
    )


def _ended(end: Mapping[str, Any] | None) -> str:
    """``untouched`` where the run never came to the device; what is not plainly old or new needs hands."""
    if end is None:
        return "untouched"
    same = end["running"] == end["startup"] and end["running"] in {"old", "new"}
    return str(end["running"]) if same else "hands"


def _moments(events: tuple["Event", ...], start: datetime) -> Iterable[Moment]:
    ends = {event.of: event for event in events if event.kind == "end"}
    for event in events:
        if event.kind != "begin" or event.effect in _UNTOLD:
            continue
        end = ends.get(event.seq)
        yield Moment(
            device=event.device,
            step=event.effect,
            began_s=(_moment(event.at) - start).total_seconds(),
            ended_s=(_moment(end.at) - start).total_seconds() if end is not None else None,
            ok=end is not None and end.effect in _GOOD and not end.data.get("failed"),
            detail=_detail(event, end),
        )


def _detail(event: "Event", end: "Event | None") -> str:
    parts = [f"timer {event.data['revert_after_s']} s"] if "revert_after_s" in event.data else []
    if end is not None:
        parts += [] if end.effect in _GOOD else [end.effect.lower()]
        parts += [str(end.data[name]) for name in ("words", "detail") if end.data.get(name)]
        parts += [f"running {end.data['running']}"] if end.effect == "Seen" else []
        parts += [f"{len(end.data.get('passed', ()))} checks passed"] if end.effect == "Checked" else []
        parts += [str(line) for name in ("failed", "unread", "differing", "left") for line in end.data.get(name, ())]
    return "; ".join(parts)


def _answers(events: tuple["Event", ...]) -> Iterable[Answered]:
    ends = {event.of: event for event in events if event.kind == "end"}
    for event in events:
        end = ends.get(event.seq)
        if event.kind == "begin" and event.effect == "Ask" and end is not None:
            yes = bool(end.data.get("yes"))
            yield Answered(str(event.data["question"]), "yes" if yes else "no", str(end.data.get("by", "")), end.at)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _nodes(school: School, ended: Mapping[str, str]) -> tuple[Node, ...]:
    below = Counter(
        port.peer.device
        for device in school.devices
        if device.role == "access-point"
        for port in device.ports
        if port.peer
    )
    return tuple(
        Node(device.name, device.role, ended.get(device.name, "untouched"), below[device.name])
        for device in school.devices
        if device.role != "access-point"
    )


def _links(school: School) -> tuple[Link, ...]:
    shown = {device.name for device in school.devices if device.role != "access-point"}
    cables: dict[int, tuple[str, str]] = {}
    for device in school.devices:
        for port in device.ports:
            if port.peer is not None and {device.name, port.peer.device} <= shown:
                a, b = sorted((device.name, port.peer.device))
                cables[port.peer.cable_id] = (a, b)
    return tuple(Link(a, b, count) for (a, b), count in sorted(Counter(cables.values()).items()))
