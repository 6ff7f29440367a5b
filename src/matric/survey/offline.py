"""A survey from what people have: folders, archives, backups of an old provider's tool, terminals' logs.

It keeps going: a file that cannot be read is named with the reason, and the rest is read. Every line that says
something is understood, or stands in a device's ``unread``, or is counted in a source with a fault or one that was set
aside.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
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
from matric.survey.model import Device, Lease, Source, Survey, Unseen
from matric.survey.recognise import Piece
from matric.survey.source import Raw
from matric.survey.told import Told

__all__ = ("Read", "read", "survey")

WHY = "named by a neighbour; no backup and no answer of it was given"
REMEDY = "give its configuration, or survey the school live"


@dataclass(frozen=True, slots=True)
class Read:
    """One piece of a source, read."""

    piece: Piece
    source: Source
    told: Told
    leases: tuple[Lease, ...] = ()


@dataclass(slots=True)
class _Device:
    """What belongs to one device, while it is gathered."""

    name: str
    """What its texts are gathered under."""
    reads: list[Read] = field(default_factory=list[Read])

    @property
    def host(self) -> str:
        """What it calls itself; what its file is called where it says nothing."""
        said = (
            one.told.name or (one.piece.device if one.piece.named_by in ("hostname", "prompt") else "")
            for one in self.reads
        )
        return next((name for name in said if name), self.name)

    @property
    def place(self) -> str:
        """The name of its files, where that tells it from others; else of the first of them."""
        return self.name if self.name != self.host else min(one.piece.name for one in self.reads)


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


# ---- whose it is ----


def _devices(reads: Sequence[Read]) -> tuple[list[Device], list[Source]]:
    found: dict[str, _Device] = {}
    nobodys: list[Read] = []
    sources: list[Source] = []
    sessions = _sessions(reads)
    homes: dict[int, str] = {}
    for one in sorted(reads, key=_sureness):
        if one.piece.kind == "leases" or (one.piece.kind == "unknown" and not _belongs(one, found)):
            fault = one.source.fault or "nothing says what it is"
            sources.append(one.source if one.piece.kind == "leases" else one.source.model_copy(update={"fault": fault}))
            continue
        name = _name(one)
        if not name or (one.piece.named_by == "folder" and not one.told.name):
            nobodys.append(one)
            continue
        session = sessions[id(one)]
        if id(session) not in homes:
            homes[id(session)] = _home(session, name, found)
        found.setdefault(homes[id(session)], _Device(name)).reads.append(one)
    for one in nobodys:
        _take_in(one, found)
    _by_address(found)
    devices, read = merge.named([(found[key].host, found[key].place, _parts(found[key])) for key in sorted(found)])
    for of in read:
        sources.extend(_summed(of))
    return devices, sorted(sources, key=lambda one: (one.name, one.device, one.command))


def _sessions(reads: Iterable[Read]) -> dict[int, list[Read]]:
    """Each piece of a terminal's log -> all that was said in the same login: of two switches of one name that somebody
    visited one after the other, each keeps its own answers.
    """
    found: dict[int, list[Read]] = {}
    open_ones: dict[tuple[str, str], list[Read]] = {}
    for one in sorted(reads, key=lambda one: (one.piece.name, one.piece.start)):
        if one.piece.whole:
            found[id(one)] = [one]
            continue
        at = (one.piece.name, recognise_name.key_of(one.piece.device))
        session = open_ones.setdefault(at, [])
        if _differ([one], session):
            session = open_ones[at] = []
        session.append(one)
        found[id(one)] = session
    return found


_SURE = ("hostname", "prompt", "file", "folder", "")


def _sureness(one: Read) -> tuple[int, bool, str, int]:
    """A configuration that names its device comes before what is only called after it."""
    return (_SURE.index(one.piece.named_by), one.piece.kind != "configuration", one.piece.name, one.piece.start)


def _belongs(one: Read, found: dict[str, _Device]) -> bool:
    """Whether a text that nothing reads is surely of a device: it stands in that device's capture."""
    return one.piece.named_by == "prompt" or (not one.piece.whole and recognise_name.key_of(one.piece.device) in found)


def _name(one: Read) -> str:
    """The name its device goes by: never one that every switch of its kind has from the factory."""
    for name in (one.told.name, one.piece.device):
        if name and not recognise_name.FACTORY.fullmatch(name):
            return name
    own = one.told.name or one.piece.device
    if not own:
        return ""
    by_file = recognise_name.by_file(one.piece.name.replace("!", "/").rsplit("/", 1)[-1])
    return by_file or own


def _home(session: Sequence[Read], name: str, found: dict[str, _Device]) -> str:
    """The key of the device of that name; another key where it is surely another device with the same name."""
    key = recognise_name.key_of(name)
    host = next((one.told.name for one in session if one.told.name), "")
    if host and recognise_name.FACTORY.fullmatch(host):  # its file names it: a log and a backup have two names for it
        key = next((at for at, one in found.items() if one.host == host and _is_same(session, one.reads)), key)
    own = found.get(key)
    count = 2
    while own is not None and _differ(session, own.reads):
        key = f"{recognise_name.key_of(name)} ({count})"
        own = found.get(key)
        count += 1
    return key


def _differ(session: Sequence[Read], reads: Sequence[Read]) -> bool:
    """Two devices with one name: other serial numbers, or configurations that share no address."""
    mine, theirs = (_serials(of) for of in (session, reads))
    if mine and theirs:
        return not mine & theirs
    ours, others = (_configured(of) for of in (session, reads))
    return bool(ours and others) and not ours & others


def _is_same(session: Sequence[Read], reads: Sequence[Read]) -> bool:
    """Surely one device: the same serial number, or an address that both configurations have."""
    mine, theirs = (_serials(of) for of in (session, reads))
    return bool(mine & theirs if mine and theirs else _configured(session) & _configured(reads))


def _serials(reads: Sequence[Read]) -> set[str]:
    return {one.told.serial for one in reads} - {""}


def _configured(reads: Sequence[Read]) -> set[str]:
    return {address for one in reads if one.piece.kind == "configuration" for address in _addresses(one)}


def _addresses(one: Read) -> set[str]:
    return {two.address.partition("/")[0] for two in one.told.addresses or () if "/" in two.address}


def _take_in(one: Read, found: dict[str, _Device]) -> None:
    """A text that names no device: the one device of its folder; else one called after its folder, or its file."""
    folder = one.piece.name.rpartition("/")[0]
    same = {key for key, own in found.items() for two in own.reads if two.piece.name.rpartition("/")[0] == folder}
    if len(same) == 1:
        found[same.pop()].reads.append(one)
        return
    last = one.piece.name.replace("!", "/").rsplit("/", 1)[-1]
    name = one.piece.device or re.sub(r"\.\w{1,4}$", "", last)
    found.setdefault(recognise_name.key_of(name), _Device(name)).reads.append(one)


def _by_address(found: dict[str, _Device]) -> None:
    """What is called after an address goes to the device that has it."""
    held = {
        address: key
        for key, own in sorted(found.items())
        for one in own.reads
        for address in _addresses(one)
        if one.piece.named_by != "file"
    }
    for key in sorted(found):
        owner = held.get(found[key].name)
        if owner and owner != key and re.fullmatch(r"\d+(?:\.\d+){3}", found[key].name):
            found[owner].reads.extend(found.pop(key).reads)


def _parts(own: _Device) -> list[merge.Part]:
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
