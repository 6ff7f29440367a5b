"""Whether every endpoint has come back after the cut-over: where, and in the VLAN that was promised.

What could not be read says nothing: an endpoint of a device that did not answer is neither back nor missing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matric import canonical
from matric.errors import BadInput, Problem
from matric.intent.base import Model
from matric.survey import folder
from matric.survey.endpoint import kind
from matric.survey.endpoint.census import delivers, unseen
from matric.survey.endpoint.model import Endpoint, Fated, Place
from matric.survey.endpoint.place import placed
from matric.survey.endpoint.wiring import Wiring
from matric.survey.model import Device, Survey

__all__ = ("FILE", "Back", "Clock", "Returned", "State", "checked", "keep", "kept", "label", "wait")

FILE = "after.json"
State = Literal["back", "elsewhere", "missing", "could-not-look"]
"""elsewhere: it is there, at another port or in another VLAN than promised."""
GRAVEST: tuple[State, ...] = ("missing", "could-not-look", "elsewhere", "back")


class Back(Model):
    """How one endpoint was found after the cut-over."""

    endpoint: str
    """Its key."""
    label: str
    room: str
    critical: bool
    state: State
    where: str = ""
    """``device port, VLAN 80``; empty where it was not found."""
    why: str = ""


class Returned(Model):
    """Every endpoint after the cut-over."""

    school: str
    before: str
    """When the survey was taken that says what hung there."""
    taken_at: str
    backs: tuple[Back, ...]

    def of(self, *states: State) -> tuple[Back, ...]:
        """Those in one of *states*."""
        return tuple(one for one in self.backs if one.state in states)

    @property
    def complete(self) -> bool:
        """True where each has been looked for and found where it was promised."""
        return all(one.state == "back" for one in self.backs)


def checked(before: Iterable[Fated], taken_at: str, now: Survey) -> Returned:
    """How each endpoint of *before*, a list made from a survey of *taken_at*, is found in the survey *now*."""
    wanted = tuple(before)
    look = _Look(now, {one.fate.device for one in wanted if one.fate.device}, _names(wanted))
    backs = [look.back(one) for one in wanted]
    backs.sort(key=lambda one: (not one.critical, GRAVEST.index(one.state), one.room, one.endpoint))
    return Returned(school=now.school, before=taken_at, taken_at=now.taken_at, backs=tuple(backs))


def _names(wanted: Iterable[Fated]) -> dict[str, str]:
    """Old name -> new one of each switch, as most of what hung on it was promised."""
    found: dict[str, Counter[str]] = {}
    for one in wanted:
        if one.endpoint.place.device and one.fate.device:
            found.setdefault(one.endpoint.place.device, Counter())[one.fate.device] += 1
    return {old: new.most_common(1)[0][0] for old, new in found.items()}


class _Look:
    """One survey after the cut-over."""

    def __init__(self, now: Survey, promised: Collection[str], names: Mapping[str, str]) -> None:
        self.now = now
        self.names = names
        self.wiring = Wiring(now)
        self.places = {one.mac: one.place for one in placed(self.wiring)}
        there = {device.name for device in now.devices}
        self.unread = tuple(dict.fromkeys((*unseen(now), *sorted({*promised} - there))))

    def back(self, one: Fated) -> Back:
        state, where, why = self._found(one) if one.endpoint.mac else self._silent(one)
        return Back(
            endpoint=one.endpoint.key,
            label=label(one.endpoint),
            room=one.endpoint.room,
            critical=one.endpoint.critical,
            state=state,
            where=where,
            why=why,
        )

    def _found(self, one: Fated) -> tuple[State, str, str]:
        place = self.places.get(one.endpoint.mac)
        if place is None or place.how == "unknown":
            return self._not_found(one, place)
        if place.blind and (not one.fate.device or self._blind(one.fate.device)):
            behind = place.behind.replace("was not surveyed", "was not read").replace("not seen", "not read")
            return "could-not-look", "", f"it is behind {behind}"
        if one.endpoint.place.behind.startswith("the access point"):
            return "back", _where(place), ""  # on wireless any access point will do
        return self._as_promised(one, place)

    def _as_promised(self, one: Fated, place: Place) -> tuple[State, str, str]:
        where, fate = _where(place), one.fate
        if not fate.device:
            return "elsewhere", where, "nobody had said where it would be"
        blind = self._blind(fate.device)
        if blind and place.device != fate.device:
            # Where it was seen may lead to the switch that nobody could ask.
            return "could-not-look", where, blind
        if (place.device, place.port) != (fate.device, self.wiring.full(fate.device, fate.port)):
            return "elsewhere", where, f"it was to be at {fate.device} {fate.port}"
        if fate.vid is not None and not place.vids:
            return "could-not-look", where, f"its VLAN was not seen; it was to be in VLAN {fate.vid}"
        if fate.vid is not None and fate.vid not in place.vids:
            return "elsewhere", where, f"it was to be in VLAN {fate.vid}"
        return "back", where, ""

    def _not_found(self, one: Fated, place: Place | None) -> tuple[State, str, str]:
        promised = one.fate.device or self._renamed(one.endpoint.place.device)
        blind = self._blind(promised)
        if blind:
            return "could-not-look", "", blind
        if not promised and self.unread:
            return "could-not-look", "", f"{', '.join(self.unread)}: not read"
        more = f"; {place.why}" if place is not None and place.why else ""
        to = f"it was to be at {one.fate.device} {one.fate.port}, and " if one.fate.device else ""
        return "missing", "", f"{to}no table holds its address{more}"

    def _renamed(self, old: str) -> str:
        """What the switch that was called *old* is called now."""
        return old if self.now.device(old) is not None else self.names.get(old, old)

    def _blind(self, name: str) -> str:
        """Why what hangs on the device *name* cannot be said; empty where its table was read."""
        if not name:
            return ""
        device = self.now.device(name)
        if device is None:
            return f"{name} was not read"
        return f"{name}: its table of addresses was not read" if device.macs is None else ""

    def _silent(self, one: Fated) -> tuple[State, str, str]:
        """Of what shows no address: its neighbour, the power it takes, or the link of its port."""
        name = one.fate.device or self._renamed(one.endpoint.place.device)
        device = self.now.device(name)
        if device is None:
            return "could-not-look", "", f"{name} was not read"
        port = self.wiring.full(name, one.fate.port or one.endpoint.place.port)
        signs = tuple(_signs(one.endpoint, device, port, self.wiring))
        told = f"{name} {port}"
        if True in signs:
            return "back", told, ""
        if not signs or None in signs:
            return "could-not-look", "", f"{told}: link and power were not read"
        return "missing", "", f"{told} shows nothing of it"


def _signs(one: Endpoint, device: Device, port: str, wiring: Wiring) -> Iterable[bool | None]:
    """What speaks for something silent being there: True, False, or None where it was not read."""
    heard = [said for said in device.neighbours or () if wiring.full(device.name, said.port) == port]
    if one.system or one.capabilities:
        yield None if device.neighbours is None else any(not one.host or said.name == one.host for said in heard)
    if one.watts:
        fed = [said for said in device.power or () if wiring.full(device.name, said.port) == port]
        yield None if device.power is None else any(delivers(said) for said in fed)
    if not (one.system or one.capabilities or one.watts):
        there = device.port(port)
        yield there.up if there is not None else None


def _where(place: Place) -> str:
    vids = ", ".join(map(str, place.vids))
    return f"{place.device} {place.port}" + (f", VLAN {vids}" if vids else "")


def label(one: Endpoint) -> str:
    """What it is, and no surer than that."""
    told = " or ".join(kind.label(name) for name in (one.kind, *one.also))
    return f"could be: {told}" if one.confidence == "could-be" else told


# ---- kept, and waited for ----


def keep(inventory: Path, found: Returned) -> Path:
    """Write *found* beside the survey."""
    path = folder(inventory, found.school) / FILE
    path.write_text(canonical.pretty_text(found.model_dump(mode="json")), encoding="utf-8")
    return path


def kept(inventory: Path, school: str) -> Returned | None:
    """What was found after the cut-over; None where nobody has looked. BadInput where the file is not one."""
    path = folder(inventory, school) / FILE
    if not path.is_file():
        return None
    try:
        return Returned.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        rule = f"this version reads no such list ({str(error).splitlines()[0]})"
        problem = Problem("AFTER-FORM", str(path), rule, f"look again: matric endpoints {school} --after")
        raise BadInput((problem,)) from error


@dataclass(frozen=True)
class Clock:
    """What waiting needs of the world."""

    now: Callable[[], float]
    """Seconds, from any beginning."""
    pause: Callable[[float], None]


def wait(
    look: Callable[[], Returned], minutes: float, clock: Clock, told: Callable[[Returned], None], every_s: float = 20.0
) -> Returned:
    """Look until everything is back, at most *minutes* long; *told* hears of each look.

    The last look is what counts, and not the best one: what was back and has gone again is missing.
    """
    end = clock.now() + minutes * 60
    while True:
        found = look()
        told(found)
        left = end - clock.now()
        if found.complete or left <= 0:
            return found
        clock.pause(min(every_s, left))
