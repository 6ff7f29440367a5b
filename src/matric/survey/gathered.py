"""Which texts of a folder are of one device: by prompt, host name, number, address, file and folder."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matric.survey import recognise, recognise_name
from matric.survey.model import Lease, Source
from matric.survey.recognise import Piece
from matric.survey.told import Told

__all__ = ("Gathered", "Read", "gathered")


@dataclass(frozen=True, slots=True)
class Read:
    """One piece of a source, read."""

    piece: Piece
    source: Source
    told: Told
    leases: tuple[Lease, ...] = ()


@dataclass(slots=True)
class Gathered:
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


def gathered(reads: Sequence[Read]) -> tuple[list[Gathered], list[Source]]:
    """What is of one device together, and the sources that are of none."""
    found: dict[str, Gathered] = {}
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
        found.setdefault(homes[id(session)], Gathered(name)).reads.append(one)
    for one in nobodys:
        _take_in(one, found)
    _by_address(found)
    _by_nickname(found)
    return [found[key] for key in sorted(found)], sources


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


def _belongs(one: Read, found: dict[str, Gathered]) -> bool:
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


def _home(session: Sequence[Read], name: str, found: dict[str, Gathered]) -> str:
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


def _take_in(one: Read, found: dict[str, Gathered]) -> None:
    """A text that names no device: the one device of its folder; else one called after its folder, or its file."""
    folder = one.piece.name.rpartition("/")[0]
    same = {key for key, own in found.items() for two in own.reads if two.piece.name.rpartition("/")[0] == folder}
    if len(same) == 1:
        found[same.pop()].reads.append(one)
        return
    last = one.piece.name.replace("!", "/").rsplit("/", 1)[-1]
    name = one.piece.device or re.sub(r"\.\w{1,4}$", "", last)
    found.setdefault(recognise_name.key_of(name), Gathered(name)).reads.append(one)


def _by_address(found: dict[str, Gathered]) -> None:
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


def _by_nickname(found: dict[str, Gathered]) -> None:
    """Answers in files called ``library_show_vlan.txt`` go to the one device that another file of that name is of,
    whatever it calls itself there.
    """
    whose: dict[str, set[str]] = {}
    for key, own in found.items():
        for one in own.reads:
            if one.piece.named_by != "file":
                whose.setdefault(_nickname(one), set()).add(key)
    for key in sorted(found):
        own = found[key]
        if all(one.piece.named_by == "file" and not one.told.name for one in own.reads):
            there = whose.get(key, set()) - {key}
            if len(there) == 1:
                found[there.pop()].reads.extend(found.pop(key).reads)


def _nickname(one: Read) -> str:
    name, by = recognise.of_file(one.piece.name.replace("!", "/"))
    return recognise_name.key_of(name) if by == "file" else ""
