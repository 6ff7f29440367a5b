"""Live against intended, by cause; and what people decided about each cause.

The same lines in the same kind of section are one cause, on however many devices and ports they are found: one hand
edit is one thing to decide. A cause is named by a digest of those lines, never of devices, so that it keeps its name
when another device shows it. A device that could not be looked at is no part of this: nothing is said of it.

A decision is a file, ``<inventory>/drift/<id>.yaml``. It is a record and changes no intended configuration: adopting
means that NetBox, standard or templates come to say so, reverting that the next plan removes it, as every plan does.
It holds for the devices it names and for no others.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from matric import canonical, secret, yaml_file
from matric.diff import Change, Edit
from matric.errors import BadInput, Problem, on_one_line
from matric.intent.base import Model
from matric.policy.waiver import LONGEST_DAYS

__all__ = (
    "FOLDER",
    "UNSAVED",
    "Cause",
    "Decision",
    "Difference",
    "Standing",
    "Word",
    "body",
    "causes",
    "decisions",
    "differences",
    "gone",
    "standings",
    "text_of",
    "title",
    "unsaved",
)

FOLDER = "drift"
"""The folder of the inventory that holds the decisions."""
UNSAVED = "startup"
"""The kind of section of what is running and was never saved."""

Kind = Literal["hand edit", "missing line", "unknown extra", "unsaved"]
Word = Literal["undecided", "pending", "adopted", "expired", "to be reverted"]


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One way in which one device differs from what is intended."""

    device: str
    """Key."""
    section: str
    """What kind of section it is in: ``interface``, ``username``."""
    lines: tuple[str, ...]
    """As in a unified view from running to intended: ``-`` is on the device and not meant, ``+`` the reverse."""
    place: str = ""
    """The section's own head, or empty at the top."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The same difference, wherever it was found."""

    section: str
    lines: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    """(device key, head of the section), sorted."""

    @property
    def id(self) -> str:
        return _id(self.section, self.lines)

    @property
    def devices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(device for device, _ in self.places))

    @property
    def schools(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(device.partition("/")[0] for device in self.devices))

    @property
    def kind(self) -> Kind:
        """What it looks like. Who did it, and whether by hand, no device tells."""
        if self.section == UNSAVED:
            return "unsaved"
        signs = {line[:1] for line in self.lines}
        if {"-", "+"} <= signs:
            return "hand edit"
        return "unknown extra" if "-" in signs else "missing line"


def _id(section: str, lines: tuple[str, ...]) -> str:
    return canonical.digest({"section": section, "lines": lines}).rpartition(":")[2][:12]


# ---- from what was compared to its causes ----


def differences(device: str, change: Change) -> tuple[Difference, ...]:
    """*change*, running to intended, in parts that somebody could have made one at a time. No secret is in them."""
    groups: dict[tuple[str, str], list[Edit]] = {}
    for edit in change.edits:
        groups.setdefault(_group(edit), []).append(edit)
    found: list[Difference] = []
    for (place, _), edits in groups.items():
        inner = tuple(Edit(edit.kind, edit.heads[1:], edit.where, edit.line) for edit in edits)
        lines = tuple(secret.guarded(Change(inner).text()).splitlines()[2:])
        found.append(Difference(device, _kind(place or edits[0].line.text), lines, place))
    return tuple(sorted(found))


def _group(edit: Edit) -> tuple[str, str]:
    """What an edit belongs to: its section, or at the top the lines that say the same thing another way."""
    if edit.heads:
        return edit.heads[0], ""
    first = edit.line.text.split("\n", 1)[0]
    if edit.line.children:
        return "", first
    return "", " ".join(first.removeprefix("no ").split()[:2])


def _kind(head: str) -> str:
    return (head.removeprefix("no ").split() or [""])[0]


def unsaved(device: str) -> Difference:
    """What is running was never saved: a power cut would change the device."""
    return Difference(device, UNSAVED, ("-startup configuration is not the running one",))


def causes(found: Iterable[Difference]) -> tuple[Cause, ...]:
    """One cause for each difference there is, those of most devices first. Their order in *found* is nothing."""
    places: dict[tuple[str, tuple[str, ...]], set[tuple[str, str]]] = {}
    for one in found:
        places.setdefault((one.section, one.lines), set()).add((one.device, one.place))
    made = (Cause(section, lines, tuple(sorted(at))) for (section, lines), at in places.items())
    return tuple(sorted(made, key=lambda cause: (-len(cause.devices), cause.section, cause.id)))


# ---- decisions ----


class Decision(Model):
    """``<inventory>/drift/<id>.yaml``."""

    format_version: Literal[1]
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    section: Annotated[str, Field(min_length=1)]
    devices: Annotated[tuple[Annotated[str, Field(pattern=r"^[^/\s]+/[^/\s]+$")], ...], Field(min_length=1)]
    """The devices it holds for."""
    lines: Annotated[tuple[str, ...], Field(min_length=1)]
    """What was decided about, without secrets."""
    decision: Literal["pending", "adopt", "revert"]
    by: str = ""
    reason: str = ""
    until: str = ""
    """The last day it holds; empty where it holds until it is done."""

    @property
    def last_day(self) -> date | None:
        """None where it has none; ValueError where until is no day written YYYY-MM-DD."""
        return datetime.strptime(self.until, "%Y-%m-%d").replace(tzinfo=UTC).date() if self.until else None

    def expired(self, today: date) -> bool:
        return self.last_day is not None and self.last_day < today


def decisions(folder: Path, today: date) -> dict[str, Decision]:
    """Every decision in *folder*, by id; BadInput with everything that is wrong with any. No folder, no decisions."""
    found: dict[str, Decision] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.suffix != ".yaml":
            problems.append(_wrong(path, "only decisions lie here", "name it <id>.yaml, or put it elsewhere"))
            continue
        try:
            one = yaml_file.model(path, Decision)
        except BadInput as error:
            problems.extend(error.problems)
            continue
        problems.extend(_wrong(path, rule, remedy) for rule, remedy in faults(one, path.stem, today))
        found[one.id] = one
    if problems:
        raise BadInput(problems)
    return found


def faults(one: Decision, stem: str, today: date) -> Iterator[tuple[str, str]]:
    """(what is wrong with a decision in the file *stem*, what to do)."""
    if stem != one.id or _id(one.section, one.lines) != one.id:
        yield (
            "its name, its id and its lines do not belong together",
            "take section and lines as 'matric drift' gave them, or decide again with 'matric drift --decide'",
        )
    if one.decision == "pending":
        return
    if not one.by.strip() or not one.reason.strip():
        yield "it does not say who decided, and why", "fill in by and reason"
    try:
        last = one.last_day
    except ValueError:
        yield f"until {one.until} is no day", "write YYYY-MM-DD in quotes"
        return
    if one.decision == "adopt" and last is None:
        yield "what is adopted needs a last day", "fill in until"
    if last is not None and (last - today).days > LONGEST_DAYS:
        yield f"it holds until {one.until}", f"let it end within {LONGEST_DAYS} days"


def _wrong(path: Path, rule: str, remedy: str) -> Problem:
    return Problem("DRIFT-DECISION", f"{FOLDER}/{path.name}", rule, remedy)


def text_of(one: Decision) -> str:
    """The file: every value in quotes, one line of the configuration on each line."""
    devices = "".join(f"  - {_quoted(device)}\n" for device in one.devices)
    lines = "".join(f"  - {_quoted(line)}\n" for line in one.lines)
    return (
        "# matric drift: a decision about lines that differ from what is intended. It changes no configuration.\n"
        "# Lines with - are on the device and not meant; lines with + are meant and not there.\n"
        "# decision: pending, adopt (until a day; change NetBox or the template by then) or revert (the next plan).\n"
        f"format_version: 1\nid: {_quoted(one.id)}\nsection: {_quoted(one.section)}\n"
        f"devices:\n{devices}lines:\n{lines}"
        f"decision: {one.decision}\nby: {_quoted(one.by)}\nreason: {_quoted(one.reason)}\nuntil: {_quoted(one.until)}\n"
    )


def _quoted(text: str) -> str:
    """*text* in YAML's double quotes: JSON's, with what no YAML file may hold written out."""
    plain = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[^\x20-\x7e]", lambda found: f"\\U{ord(found[0]):08x}", plain)


# ---- how each cause stands ----


@dataclass(frozen=True, slots=True)
class Standing:
    """A cause, and what was decided about it."""

    cause: Cause
    word: Word
    decision: Decision | None = None
    new: tuple[str, ...] = ()
    """Devices that show it and that the decision does not name: undecided, whatever was decided for others."""

    @property
    def open(self) -> bool:
        """True where somebody has to decide."""
        return bool(self.new) or self.word in {"undecided", "pending", "expired"}

    @property
    def tells(self) -> str:
        """How it stands, in a sentence without full stop."""
        one = self.decision
        if one is None:
            return "undecided"
        until = f" until {one.until}" if one.until else ""
        said = {
            "undecided": "undecided",
            "pending": "the decision is pending",
            "adopted": f"adopted by {one.by}{until}",
            "expired": f"was decided by {one.by}{until}: decide again",
            "to be reverted": f"to be reverted by the next cut-over (decided by {one.by})",
        }[self.word]
        return f"{said}; undecided on {', '.join(self.new)}" if self.new and self.word != "pending" else said


def standings(found: Iterable[Cause], held: Mapping[str, Decision], today: date) -> tuple[Standing, ...]:
    """Each cause with its decision of today."""
    return tuple(_standing(cause, held.get(cause.id), today) for cause in found)


def _standing(cause: Cause, one: Decision | None, today: date) -> Standing:
    if one is None:
        return Standing(cause, "undecided")
    new = tuple(device for device in cause.devices if device not in one.devices)
    if set(new) == set(cause.devices):
        # Somebody decided about other devices: nothing was said of these.
        return Standing(cause, "undecided", one, new)
    if one.decision == "pending":
        return Standing(cause, "pending", one, new)
    if one.expired(today):
        return Standing(cause, "expired", one, new)
    return Standing(cause, "adopted" if one.decision == "adopt" else "to be reverted", one, new)


def gone(devices: Iterable[str], looked: Collection[str], asked: Collection[str], known: Collection[str]) -> bool:
    """True where a cause that nobody shows now, and that *devices* showed, is known to be no longer there.

    *looked*: devices that answered; *asked*: schools looked at; *known*: every device matric configures. A device that
    was silent, or whose school was not asked, may well show it still; one that is no longer configured does not.
    """
    return all(device in looked or (device not in known and device.partition("/")[0] in asked) for device in devices)


# ---- what people are told ----


def title(standing: Standing) -> str:
    """One line for an issue or a merge request."""
    cause = standing.cause
    count = len(cause.devices)
    where = cause.devices[0] if count == 1 else f"{count} devices at {', '.join(cause.schools)}"
    head = f"Drift: {cause.kind} in {cause.section} on {where}"
    most = 200
    return _plain(head if len(head) <= most else f"{head[: most - 3]}...")


def body(standing: Standing, *, since: str = "") -> str:
    """The issue's or merge request's text, in Markdown. *since* is when it was first not there any more, or empty."""
    cause = standing.cause
    places = "\n".join(f"{device}{f' {place}' if place else ''}" for device, place in cause.places)
    if since:
        head = f"**Gone since {since}.** The devices no longer differ in this. Close this; delete any decision file."
    else:
        head = f"The devices differ from what is intended: {cause.kind} in `{_code(cause.section)}`."
    decided = standing.decision
    why = f" Reason: `{_code(decided.reason)}`" if decided is not None and decided.reason else ""
    most = 400
    lines = (*cause.lines[:most], *((f"... and {len(cause.lines) - most} more",) if len(cause.lines) > most else ()))
    shown = _fenced("\n".join(lines), "diff")
    text = (
        f"{head}\n\n{shown}\n\n"
        "Lines with - are on the device and not meant; lines with + are meant and not there.\n\nWhere:\n\n"
        f"{_fenced(places)}\n\nStands: {_plain(standing.tells)}.{why}\n\n"
        "**To adopt**: change NetBox, the standard or the template so that a plan is empty; until then record it:\n\n"
        f"    matric drift --decide {cause.id} --adopt --by NAME --reason TEXT --until YYYY-MM-DD\n\n"
        "**To revert**: the next plan removes it. Record who decided:\n\n"
        f"    matric drift --decide {cause.id} --revert --by NAME --reason TEXT\n"
    )
    return secret.redact(text)


def _fenced(text: str, language: str = "") -> str:
    """*text* in a fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _code(text: str) -> str:
    return on_one_line(text).replace("`", "'")


def _plain(text: str) -> str:
    """*text* on one line, without what a forge would take for a link, a name or HTML."""
    return re.sub(r"[`<>@#!|\[\]*~\\]", " ", secret.redact(on_one_line(text)))
