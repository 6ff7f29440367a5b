"""Several sources of one device as one device: the newest and most complete configuration, and what each other adds.

What a configuration says of a port counts before what a show command says, for it is what the switch goes back to after
a restart; what only a show command knows (link, speed, MAC addresses) comes from the newest that knows it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from matric.intent.base import Model
from matric.survey import kit, redacted
from matric.survey.model import Address, Device, Neighbour, Origin, Port, Source, Survey, Unread, Unseen
from matric.survey.naming import Found, host_of, names
from matric.survey.recognise_name import key_of
from matric.survey.told import Told

__all__ = ("Named", "Part", "device", "named", "sorted_survey", "unseen_neighbours")

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Part:
    """What one source told of a device; its text is raw, and lives in memory only."""

    source: Source
    told: Told
    configuration: str = field(default="", repr=False)
    """The text, raw, where it is a configuration."""
    dated: str = ""
    """ISO 8601, as far as anything says it."""
    saved: bool = False
    """It is what the device keeps for its next start, not what runs."""
    demoted: bool = False
    """Its file is called old, or a copy."""
    start: int = 0
    """Lines of the source before it."""

    def rank(self) -> tuple[object, ...]:
        """Of two configurations the one with the higher rank is taken."""
        cut_short = self.source.fault.startswith("cut short")
        return (not cut_short, not self.saved, self.dated, not self.demoted, self.told.lines, self.source.name)


def device(name: str, parts: Sequence[Part]) -> tuple[Device, tuple[Source, ...]]:
    """The device *name* from all its *parts*, and their sources: those set aside say for which."""
    configured = sorted((one for one in parts if one.configuration), key=lambda one: one.rank(), reverse=True)
    chosen = configured[0] if configured else None
    shown = sorted(
        (one for one in parts if not one.configuration),
        key=lambda one: (one.dated, one.source.name, -one.start),
        reverse=True,
    )
    taken = [*([chosen] if chosen else []), *shown]
    sources = tuple(
        one.source.model_copy(update={"device": name, **_aside(one, chosen)})
        for one in sorted(parts, key=lambda one: (one.source.name, one.start))
    )
    tolds = [one.told for one in taken]
    # Who it is, a device says when it is asked; IOS puts no more than 17.9 of 17.09.04a into its configuration.
    asked = [one.told for one in (*shown, *([chosen] if chosen else []))]
    said = {
        of: next((value for one in (tolds if of == "gateway" else asked) if (value := getattr(one, of))), "")
        for of in ("vendor", "model", "serial", "os_version", "mac", "gateway")
    }
    platform = next((one.source.platform for one in taken if one.source.platform), "")
    addresses = _joined((one.addresses for one in tolds), lambda one: (one.interface, one.address), _filled)
    return (
        Device(
            name=name,
            platform=platform,
            **said,
            management=_management(addresses, said["gateway"]),
            configuration=redacted.configuration(chosen.source.platform, chosen.configuration) if chosen else "",
            configured_from=Origin(source=chosen.source.name, line=chosen.start + 1 if chosen.start else 0)
            if chosen
            else None,
            vlans=_joined((one.vlans for one in tolds), lambda one: one.vid, _filled),
            addresses=addresses,
            ports=_joined((one.ports for one in tolds), lambda one: one.name, _port),
            neighbours=_joined(
                (one.neighbours for one in tolds),
                lambda one: (one.port, one.protocol, key_of(one.name) or one.mac),
                _filled,
            ),
            macs=_joined((one.macs for one in tolds), lambda one: (one.mac, one.port, one.vid)),
            arps=_joined((one.arps for one in tolds), lambda one: (one.ip, one.mac)),
            leases=_joined((one.leases for one in tolds), lambda one: (one.ip, one.mac)),
            power=_joined((one.power for one in tolds), lambda one: one.port),
            power_budget_w=next((one.power_budget_w for one in tolds if one.power_budget_w is not None), None),
            wlans=_joined((one.wlans for one in tolds), lambda one: one.ssid),
            licences=_joined((one.licences for one in tolds), lambda one: one.name),
            unread=tuple(_unread(taken)),
        ),
        sources,
    )


def named(found: Sequence[tuple[str, str, Sequence[Part]]]) -> tuple[list[Device], list[tuple[Source, ...]]]:
    """The devices of a survey and the sources of each, from what each calls itself, where it was met, and its parts."""
    made = [device("", parts) for _, _, parts in found]
    called = names([Found(host, of, place) for (host, place, _), (of, _) in zip(found, made, strict=True)])
    devices = [of.model_copy(update={"name": name}) for name, (of, _) in zip(called, made, strict=True)]
    sources = [
        tuple(one.model_copy(update={"device": name}) for one in read)
        for name, (_, read) in zip(called, made, strict=True)
    ]
    return devices, sources


def _aside(one: Part, chosen: Part | None) -> dict[str, str]:
    return {"set_aside": chosen.source.name} if one.configuration and chosen and one is not chosen else {}


def _unread(parts: Iterable[Part]) -> list[Unread]:
    found = [
        line.model_copy(update={"origin": Origin(source=one.source.name, line=_shifted(line.origin.line, one.start))})
        for one in parts
        for line in one.told.unread
    ]
    return sorted(found, key=lambda one: (one.origin.source, one.origin.line))


def _shifted(line: int, start: int) -> int:
    return line + start if line else 0


# ---- lists of things ----


def _joined(
    lists: Iterable[tuple[T, ...] | None], key: Callable[[T], Hashable], both: Callable[[T, T], T] | None = None
) -> tuple[T, ...] | None:
    found: dict[Hashable, T] = {}
    seen = False
    for one in lists:
        seen = seen or one is not None
        for value in one or ():
            at = key(value)
            if at not in found:
                found[at] = value
            elif both is not None:
                found[at] = both(found[at], value)
    return tuple(found.values()) if seen else None


def _filled(first: M, second: M, *kept: str) -> M:
    """*first* with what only *second* says; the fields *kept* are never taken over."""
    more = {
        of: theirs
        for of in type(first).model_fields
        if of not in kept
        and getattr(first, of) in (None, "", ())
        and (theirs := getattr(second, of)) not in (None, "", ())
    }
    return first.model_copy(update=more) if more else first


def _port(first: Port, second: Port) -> Port:
    """What VLANs a port is in goes together: half of it from each source would be a port that is nowhere."""
    together = ("mode", "access", "native", "tagged")
    joined = _filled(first, second, *together)
    if first.mode or not second.mode:
        return joined
    return joined.model_copy(update={of: getattr(second, of) for of in together})


def _management(addresses: tuple[Address, ...] | None, gateway: str) -> str:
    """The address that a device is managed at, where it shows: its only one, or the one beside its gateway."""
    from ipaddress import ip_address, ip_interface  # noqa: PLC0415 - only here

    plain = [one for one in addresses or () if "/" in one.address]
    if len({one.address for one in plain}) == 1:
        return plain[0].address.partition("/")[0]
    try:
        way = ip_address(gateway)
        beside = [one.address for one in plain if way in ip_interface(one.address).network]
    except ValueError:
        return ""
    return beside[0].partition("/")[0] if len(beside) == 1 else ""


# ---- who is named and was not seen ----


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom neighbours name, and who is none of the devices that were seen."""

    name: str
    """What they call it; its address or its MAC address where they do not."""
    address: str
    """IPv4 address they give; empty: none."""
    mac: str
    there: str
    """Name of the device that was seen at that address; empty: none was."""
    told_by: tuple[str, ...]


Why = Callable[[Named], tuple[str, str]]
"""Why somebody was not seen, and the remedy."""
WIRELESS = (
    "an access point: its wireless networks are kept by its controller or cloud, which was not looked at",
    "export the wireless networks from the controller",
)


def unseen_neighbours(
    devices: Sequence[Device], why: Why, answered: Mapping[str, str] = MappingProxyType({})
) -> tuple[Unseen, ...]:
    """Switches, routers and access points that LLDP or CDP of *devices* name and that are not among them.

    Phones and stations are endpoints, and no kit to log in to. *answered*: address -> name of the device that was met
    there, beside those that devices say they have.
    """
    places = _Places(devices, answered)
    told: dict[tuple[str, str], list[tuple[Neighbour, str]]] = {}
    for one in devices:
        for near in one.neighbours or ():
            if (near.name or near.address or near.mac) and not places.has(near):
                named = key_of(near.name) or near.address or near.mac
                told.setdefault((named, _v4(near.address)), []).append((near, f"{one.name} {near.port}"))
    for key in [key for key in told if not key[1]]:
        same = [other for other in told if other[0] == key[0] and other[1]]
        if len(same) == 1:  # one neighbour gives its address, another does not
            told[same[0]] += told.pop(key)
    return tuple(made for words in told.values() if (made := _unseen(words, places, why)) is not None)


def _unseen(words: list[tuple[Neighbour, str]], places: "_Places", why: Why) -> Unseen | None:
    ends = [(one.mac, by) for one, by in words if kit.sort_of(one) == "edge"]
    macs, ports = {mac for mac, _ in ends if mac}, {by for _, by in ends}
    # A name is no proof: a computer called as a switch is, at another port, does not hide the switch.
    words = [(one, by) for one, by in words if one.mac not in macs and by not in ports]
    if not words:
        return None
    sorts = {kit.sort_of(one) for one, _ in words}
    near = max((one for one, _ in words), key=lambda one: (bool(one.name), len(one.capabilities), one.name))
    named = Named(
        name=near.name or near.address or near.mac,
        address=next((one.address for one, _ in words if _v4(one.address)), ""),
        mac=next((one.mac for one, _ in words if one.mac), ""),
        there=next((there for one, _ in words if (there := places.at.get(_v4(one.address), ""))), ""),
        told_by=tuple(sorted({by for _, by in words})),
    )
    if "wireless" in sorts:
        return Unseen(what="wireless", name=named.name, told_by=named.told_by, why=WIRELESS[0], remedy=WIRELESS[1])
    reason, remedy = why(named)
    return Unseen(what="device", name=named.name, told_by=named.told_by, why=reason, remedy=remedy)


class _Places:
    """The devices that were seen, by what neighbours may call them."""

    def __init__(self, devices: Sequence[Device], answered: Mapping[str, str]) -> None:
        self.at: dict[str, str] = dict(answered)
        self._own: dict[str, list[set[str]]] = {}
        self._macs = {one.mac for one in devices if one.mac}
        for one in devices:
            addresses = {_v4(two.address.partition("/")[0]) for two in one.addresses or ()} - {""}
            addresses |= {_v4(one.management)} - {""}
            self.at |= dict.fromkeys(addresses, one.name)
            met = {address for address, name in answered.items() if name == one.name}
            self._own.setdefault(key_of(host_of(one.name)), []).append(addresses | met if addresses else set())

    def has(self, near: Neighbour) -> bool:
        """Whether *near* is one of them: by its MAC address or its name, unless it gives an address that no device of
        that name has; where it gives no name, by its address.
        """
        address = _v4(near.address)
        if near.mac in self._macs:
            return True
        if not near.name:
            return address in self.at
        own = self._own.get(key_of(near.name), ())
        return any(not address or not held or address in held for held in own)


def _v4(text: str) -> str:
    return text if text.count(".") == 3 and text.replace(".", "").isdecimal() else ""  # noqa: PLR2004 - dots of IPv4


def sorted_survey(survey: Survey) -> Survey:
    """*survey* in the one order it is kept in: the same inputs give the same bytes."""
    return survey.model_copy(
        update={
            "devices": tuple(sorted(survey.devices, key=lambda one: one.name)),
            "leases": tuple(sorted(survey.leases, key=lambda one: (one.ip, one.mac, one.server))),
            "unseen": tuple(sorted(survey.unseen, key=lambda one: (one.what, one.name, one.why))),
        }
    )
