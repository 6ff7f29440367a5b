"""A survey from what people have: folders, archives, backups of an old provider's tool, terminals' logs.

It keeps going: a file that cannot be read is named with the reason, and the rest is read. Every line that says
something is understood, or stands in a device's ``unread``, or is counted in a source with a fault or one that was set
aside.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from matric.survey import (
    merge,
    naming,
    recognise,
    recognise_command,
    recognise_name,
    redacted,
    source,
    source_leases,
    source_text,
    unread,
)
from matric.survey.gathered import Gathered, Read, gathered
from matric.survey.model import Device, Lease, Source, Survey, Unseen
from matric.survey.recognise import Piece
from matric.survey.source import Raw
from matric.survey.told import Told

__all__ = ("Read", "read", "survey")

WHY = "named by a neighbour; no backup and no answer of it was given"
REMEDY = "give its configuration, or survey the school live"


def survey(
    school: str,
    paths: Sequence[Path],
    *,
    at: str = "",
    now: Callable[[], str],
    progress: Callable[[str], None] = lambda _message: None,
) -> Survey:
    """The survey of *school* (slug) from the files at *paths*: folders, archives, single files.

    *at* (ISO 8601, UTC) is when it was taken; without it the newest date that the files themselves give, else *now*.
    Raises UsageError for a path that is not there.
    """
    reads: list[Read] = []
    faulty: list[Source] = []
    for raw in source.raws(paths):
        progress(raw.name)
        found = read(raw)
        reads.extend(one for one in found if one.piece.text)
        faulty.extend(one.source for one in found if not one.piece.text)
    devices, sources = _devices(reads)
    dates = [one.piece.dated for one in reads if one.piece.dated]
    listed = {lease.model_dump_json(): lease for one in reads for lease in one.leases}.values()
    unseen = (
        *_not_read([*sources, *faulty]), *merge.unseen_neighbours(devices, _why), *naming.namesakes(devices),
        *_listed(reads, devices),
    )  # fmt: skip
    made = Survey(
        school=school, taken_at=at or (f"{max(dates)}Z" if dates else now()), how="folder", devices=tuple(devices),
        leases=tuple(listed), sources=(*sources, *faulty), unseen=unseen,
    )  # fmt: skip
    return merge.sorted_survey(made)


def read(raw: Raw) -> tuple[Read, ...]:
    """Every piece of one file, read by the reader of its platform. Never raises for what is in it."""
    digest = f"sha256:{hashlib.sha256(raw.data).hexdigest()}" if raw.data else ""
    if not raw.data and raw.fault:
        return (_unreadable(raw, digest, raw.fault),)
    text = source_text.text_of(raw.data)
    if text.fault.startswith("not text"):
        return (_unreadable(raw, digest, text.fault),)
    listed = source_leases.leases(text.text)
    if listed is not None:
        return (_leases(raw, digest, text.text, *listed),)
    found: list[Read] = []
    for piece in recognise.pieces(raw.name, text.text, raw.dated):
        fault = piece.fault or text.fault or raw.fault
        found.append(_piece(replace(piece, fault=fault), digest))
    return tuple(found)


def _unreadable(raw: Raw, digest: str, fault: str) -> Read:
    return Read(Piece(raw.name, "unknown"), Source(name=raw.name, kind="unknown", digest=digest, fault=fault), Told())


def _leases(raw: Raw, digest: str, text: str, found: tuple[Lease, ...], left: tuple[int, ...]) -> Read:
    lines = sum(map(source_text.says, text.split("\n")))
    fault = raw.fault or (f"{len(left)} lines are no leases, the first is line {left[0]}" if left else "")
    of = Source(name=raw.name, kind="leases", digest=digest, lines=lines, understood=lines - len(left), fault=fault)
    return Read(Piece(raw.name, "leases", text=text), of, Told(), found)


def _piece(piece: Piece, digest: str) -> Read:
    told = _told(piece)
    kind = piece.kind if piece.whole or piece.kind == "unknown" else "capture"
    of = Source(
        name=piece.name, kind=kind, platform=piece.platform, command=piece.command if piece.kind == "show" else "",
        digest=digest, lines=told.lines, understood=told.understood, fault=piece.fault,
    )  # fmt: skip
    return Read(piece, of, told)


def _told(piece: Piece) -> Told:
    from matric.survey import configuration, show  # noqa: PLC0415 - grammars and templates only where there is a text

    try:
        if piece.kind == "configuration" and piece.platform:
            return configuration.read(piece.platform, piece.text)
        if piece.kind == "show" and piece.platform:
            return show.read(piece.platform, piece.command, piece.text)
    except Exception as error:  # noqa: BLE001 - one text that a reader cannot bear must not cost the others
        return _nothing(piece.text, f"its reader failed: {type(error).__name__}")
    why = piece.fault or "before the first command, or the answer to a command that shows nothing"
    return _nothing(piece.text if piece.command else redacted.banner(piece.text), why)


def _nothing(text: str, why: str) -> Told:
    lines = text.split("\n")
    left = unread.lines_unread(lines, (at for at, line in enumerate(lines) if source_text.says(line)), why)
    return Told(lines=len(left), understood=0, unread=left)


# ---- devices ----


def _devices(reads: Sequence[Read]) -> tuple[list[Device], list[Source]]:
    found, sources = gathered(reads)
    devices, read = merge.named([(one.host, one.place, _parts(one)) for one in found])
    for of in read:
        sources.extend(_summed(of))
    return devices, sorted(sources, key=lambda one: (one.name, one.device, one.command))


def _parts(own: Gathered) -> list[merge.Part]:
    platform = next((one.piece.platform for one in own.reads if one.piece.platform), "")
    made: list[merge.Part] = []
    for one in own.reads:
        if platform and not one.piece.platform and one.piece.kind == "show":
            # Its device's other texts say what it is: now it can be read.
            command = recognise_command.in_full(platform, one.piece.command)
            one = _piece(replace(one.piece, platform=platform, command=command, fault=""), one.source.digest)  # noqa: PLW2901
        stem = one.piece.name.rsplit("/", 1)[-1]
        raw = one.piece.text if one.piece.kind == "configuration" else ""
        saved = re.search(r"start|saved|nvram", f"{one.piece.command} {stem.lower()}") is not None
        demoted = recognise_name.suffix(stem)
        made.append(merge.Part(one.source, one.told, raw, one.piece.dated, saved, demoted, one.piece.start))
    return made


def _summed(sources: Iterable[Source]) -> list[Source]:
    """The pieces of one file that are of one device as one source: a capture."""
    found: dict[str, Source] = {}
    for one in sources:
        before = found.get(one.name)
        found[one.name] = (
            one
            if before is None
            else before.model_copy(
                update={
                    "kind": "capture", "command": "", "lines": before.lines + one.lines,
                    "understood": before.understood + one.understood, "fault": before.fault or one.fault,
                    "set_aside": before.set_aside or one.set_aside, "platform": before.platform or one.platform,
                }
            )
        )  # fmt: skip
    return list(found.values())


# ---- what was not seen ----


def _why(one: merge.Named) -> tuple[str, str]:
    if one.there:
        return f"{one.address} is {one.there}'s, by its own texts", "find out which of the two is there"
    return WHY, REMEDY


def _not_read(sources: Iterable[Source]) -> list[Unseen]:
    found: list[Unseen] = []
    for one in sources:
        if not one.fault:
            continue
        why, _, remedy = one.fault.partition(". Do: ")
        found.append(Unseen(what="file", name=one.name, why=why, remedy=remedy or _remedy(why)))
    return sorted(set(found), key=lambda one: (one.name, one.why))


def _remedy(why: str) -> str:
    if why.startswith("cut short"):
        return "have the whole configuration sent again"
    if why.startswith("nothing says which command"):
        return "name the file after its command: sw-01_show_vlan.txt"
    if why.startswith(("not text", "JSON")):
        return "export it as text"
    return ""


_ROUTER_DB = re.compile(r"^(?P<name>[\w.\-]+)[:;](?P<rest>[\w.\-]+(?:[:;].*)?)$")


def _listed(reads: Iterable[Read], devices: Sequence[Device]) -> list[Unseen]:
    """Devices in the list of an Oxidized or RANCID (``router.db``) of which nothing else is there."""
    known = {recognise_name.key_of(naming.host_of(one.name)) for one in devices}
    known |= {one.management for one in devices}
    names = {
        found["name"]: one.piece.name
        for one in reads
        if one.piece.name.rsplit("/", 1)[-1] == "router.db"
        for line in one.piece.text.split("\n")
        if (found := _ROUTER_DB.match(line))
    }
    return [
        Unseen(
            what="device",
            name=name,
            told_by=(by,),
            why="in the backup tool's list, but no backup of it was given",
            remedy=REMEDY,
        )
        for name, by in sorted(names.items())
        if recognise_name.key_of(name) not in known
    ]
