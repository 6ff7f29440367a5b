"""The report of an examination: one JSON document, and the same as Markdown for people."""

from collections.abc import Iterator

from matric import canonical
from matric.doctor.outcome import Call, Outcome, Record, Verdict
from matric.doctor.point import POINTS
from matric.platform.base import Platform
from matric.report.markdown import code, prose

__all__ = ("as_json", "as_markdown", "headline")

_ORIGIN = {
    "real": "a **real** switch",
    "lab": "a **lab** stand-in: it proves nothing about a vendor's switch",
    "unknown": "something on this machine's own loopback: **whether it is a real switch is not known**",
}
_MARKS = {Verdict.PROVEN: "proven", Verdict.DISPROVEN: "**disproven**", Verdict.UNKNOWN: "could not look"}


def as_json(record: Record) -> str:
    """The document that is sent in."""
    return canonical.pretty_text(record.plain())


def headline(record: Record) -> str:
    """The examination in one line."""
    counts = {verdict: sum(one.verdict is verdict for one in record.outcomes) for verdict in Verdict}
    untried = sum(not one.tried for one in record.outcomes)
    words = f"{counts[Verdict.PROVEN]} proven, {counts[Verdict.DISPROVEN]} disproven"
    return f"{words}, {counts[Verdict.UNKNOWN] - untried} could not be looked at, {untried} not tried"


def as_markdown(record: Record, platform: Platform) -> str:
    """The same for people."""
    return "\n".join(_lines(record, platform)) + "\n"


def _lines(record: Record, platform: Platform) -> Iterator[str]:
    yield f"# matric doctor: {_cell(platform.title)}"
    yield ""
    yield f"Examined: {_ORIGIN[record.origin]}."
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in (
        ("model", record.model),
        ("operating system", record.os_version),
        ("net that was tried", record.net),
        ("from, to", f"{record.began} to {record.ended}"),
        ("matric", record.matric),
        ("examination", record.id),
        *record.device.items(),
    ):
        yield f"| {_cell(name)} | {_cell(value or 'not known')} |"
    yield ""
    yield f"{headline(record)}."
    if record.stopped:
        yield ""
        yield f"It was stopped before its end ({_cell(record.stopped)})."
    yield from _left(record)
    yield ""
    yield "| Point | What matric counts on | Verdict | What was seen |"
    yield "|---|---|---|---|"
    for one in record.outcomes:
        point = next(point for point in POINTS if point.slug == one.point)
        verdict = _MARKS[one.verdict] if one.tried else "not tried"
        yield f"| {_cell(point.title)} | {_cell(point.rests(platform))} | {verdict} | {_cell(one.words)}{_took(one)} |"
    yield from _unproven(record)
    yield from _calls(record)


def _took(one: Outcome) -> str:
    times = ", ".join(f"{_cell(what)} {seconds:.1f} s" for what, seconds in one.measured.items())
    return f" ({times})" if times else ""


def _left(record: Record) -> Iterator[str]:
    if not record.left:
        return
    yield ""
    yield "## Left on the device"
    yield ""
    for one in record.left:
        yield f"- {_cell(one.what)}. Do: {_cell(one.remedy)}"


def _unproven(record: Record) -> Iterator[str]:
    if not record.unproven:
        return
    yield ""
    yield "## What the platform's nets rest on"
    yield ""
    verdicts = {one.point: "not tried" if not one.tried else str(one.verdict) for one in record.outcomes}
    for words, points in record.unproven:
        tried = ", ".join(f"{name}: {verdicts.get(name, 'not reached')}" for name in points)
        yield f"- {_cell(words)} ({_cell(tried or 'no point tries this')})"


def _calls(record: Record) -> Iterator[str]:
    yield ""
    yield "## What it was asked and told"
    yield ""
    yield (
        "Reads send nothing but the platform's list of show commands. Of a configuration only what was added is put "
        "down. Each line is one login; the seconds are the device's answers."
    )
    for one in record.outcomes:
        if not one.calls:
            continue
        yield ""
        yield f"**{_cell(one.point)}**"
        yield ""
        for login in _logins(one.calls):
            yield f"- {'; '.join(_call(call) for call in login)}"


def _logins(calls: tuple[Call, ...]) -> Iterator[list[Call]]:
    found: list[Call] = []
    for call in calls:
        if call.what.startswith("log in") and found:
            yield found
            found = []
        found.append(call)
    if found:
        yield found


def _call(call: Call) -> str:
    said = f": {code(call.said)}" if call.said else ""
    times = f", {call.times} times" if call.times > 1 else ""
    return f"{_cell(call.what)} {call.seconds:.1f} s{times}{said}"


def _cell(text: str) -> str:
    """*text* that does not begin a line: its first letter needs no escape."""
    return prose(f"x{text}").removeprefix("x")
