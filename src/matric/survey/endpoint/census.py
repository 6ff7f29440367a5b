"""Everything at the edge of a school: each address where it is, and each silent thing that a port gives power to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Interface, IPv4Network, ip_address

from matric.survey.endpoint import kind, maker, place
from matric.survey.endpoint.kept import Entry, Kept
from matric.survey.endpoint.model import Census, Confidence, Endpoint, Evidence, Place
from matric.survey.endpoint.port_name import hosts
from matric.survey.endpoint.room import Rooms
from matric.survey.endpoint.wiring import Wiring, base_name
from matric.survey.model import Device, Lease, Neighbour, Port, Power, Survey

__all__ = ("census", "delivers", "prefixes", "unseen", "why_unseen")

End = tuple[str, str]
CLASSES = "class {}"
_DELIVERS = ("delivering", "on", "deliver")


def census(survey: Survey, kept: Kept | None = None, locations: Mapping[str, str] | None = None) -> Census:
    """Everything at the edge of *survey*; *kept* is what people said of it, *locations* where each device stands."""
    return _Counting(survey, kept or Kept(), locations or {}).all()


def unseen(survey: Survey) -> tuple[str, ...]:
    """Devices whose table of addresses was not read: nobody knows what hangs on them."""
    wiring = Wiring(survey)
    unread = [device.name for device in survey.devices if device.macs is None]
    already = {base_name(name) for name in unread}
    managed = {device.management for device in survey.devices if device.management}
    # What is behind an access point stands in the table of the switch it hangs on.
    told = (
        one.name
        for one in survey.unseen
        if one.what == "device" and base_name(one.name) not in already and _address_in(one.name) not in managed
    )
    heard = (one for device in survey.devices for one in device.neighbours or ())
    strangers = (
        one.name or one.mac
        for one in heard
        if "bridge" in one.capabilities and wiring.passes_on(one)
        if wiring.known(one) is None and not wiring.has_name(one.name)
    )
    named = dict.fromkeys((*unread, *told))
    bare = {one.partition(" (")[0] for one in named}
    return (*named, *(one for one in dict.fromkeys(strangers) if one not in bare))


def why_unseen(survey: Survey, name: str) -> str:
    """What of the device *name*, one of ``unseen``, was not seen, and the remedy."""
    if survey.device(name) is None:
        return "nobody has looked at it, so what hangs on it is not known. Do: survey it"
    do = (
        "survey again"
        if survey.how == "live"
        else "give its answer to 'show mac address-table' as well, and survey again"
    )
    return (
        "its table of addresses, so what hangs on it is known only where a port gives power, has link or hears a "
        f"neighbour. Do: {do}"
    )


def _address_in(name: str) -> str:
    """A walk may name a device with its address: ``sw-9 (10.1.1.9)``."""
    return name.partition(" (")[2].rstrip(")")


def prefixes(survey: Survey) -> dict[int, IPv4Network]:
    """VLAN -> the prefix on it today, where one device has an address with its length there."""
    found: dict[int, IPv4Network] = {}
    for device in survey.devices:
        for one in device.addresses or ():
            if one.vid is not None and "/" in one.address and ":" not in one.address:
                found.setdefault(one.vid, IPv4Interface(one.address).network)
    return found


@dataclass(frozen=True)
class _Heard:
    """A neighbour that is no switch, and where."""

    end: End
    neighbour: Neighbour


class _Counting:
    """One survey being gone through."""

    def __init__(self, survey: Survey, kept: Kept, locations: Mapping[str, str]) -> None:
        self.survey = survey
        self.kept = kept
        self.wiring = Wiring(survey)
        self.rooms = Rooms(survey, locations)

    def all(self) -> Census:
        found = [*self._with_address(), *self._silent()]
        return Census(
            school=self.survey.school,
            taken_at=self.survey.taken_at,
            endpoints=tuple(sorted(found, key=lambda one: (one.place.device, one.place.port, one.key))),
            own=place.own(self.wiring),
            unseen=unseen(self.survey),
        )

    # ---- what is known of each end ----

    @cached_property
    def _placed(self) -> tuple[place.Placed, ...]:
        return place.placed(self.wiring)

    @cached_property
    def _at(self) -> dict[End, list[str]]:
        """(device, port) -> the addresses that are there."""
        found: dict[End, list[str]] = defaultdict(list)
        for one in self._placed:
            if one.place.how != "unknown":
                found[one.place.device, one.place.port].append(one.mac)
        return dict(found)

    @cached_property
    def _heard(self) -> dict[End, list[Neighbour]]:
        """(device, port) -> the neighbours there that are no switch; LLDP before CDP, one of a name."""
        found: dict[End, dict[str, Neighbour]] = defaultdict(dict)
        for device in self.survey.devices:
            for one in sorted(device.neighbours or (), key=lambda one: one.protocol != "lldp"):
                if not self.wiring.passes_on(one):
                    found[device.name, self.wiring.full(device.name, one.port)].setdefault(one.name or one.mac, one)
        return {end: list(of.values()) for end, of in found.items()}

    @cached_property
    def _whose(self) -> dict[str, Neighbour]:
        """Address -> the neighbour that has it: by its chassis id, its maker, or because nobody else is there."""
        found: dict[str, Neighbour] = {}
        for end, heard in self._heard.items():
            macs = self._at.get(end, [])
            for one in sorted(heard, key=lambda one: one.mac not in macs):
                free = [mac for mac in macs if mac not in found]
                fits = next((some for some in self._fitting(one, end, free) if len(some) == 1), None)
                if fits is not None:
                    found[fits[0]] = one
        return found

    def _fitting(self, heard: Neighbour, end: End, free: list[str]) -> Iterator[list[str]]:
        """The addresses at *end* that may be the neighbour's, by one sign after another, the best first."""
        yield [mac for mac in free if mac == heard.mac]
        if heard.mac in self._macs:
            return  # its own address is elsewhere: what is here is somebody else's
        yield [mac for mac in free if mac.replace(":", "") in heard.name.casefold()]
        port = self._ports.get(end)
        if "telephone" in heard.capabilities and port is not None and port.voice is not None:
            yield [mac for mac in free if port.voice in self._vids.get(mac, ())]
        yield [mac for mac in free if _is_of(maker.maker(mac), heard)]
        yield free

    @cached_property
    def _macs(self) -> frozenset[str]:
        return place.every_mac(self.survey)

    @cached_property
    def _vids(self) -> dict[str, tuple[int, ...]]:
        return {one.mac: one.place.vids for one in self._placed}

    @cached_property
    def _touched(self) -> frozenset[End]:
        """Ports on which any address was seen, be it a gateway's."""
        return frozenset(
            (device.name, self.wiring.full(device.name, one.port))
            for device in self.survey.devices
            for one in device.macs or ()
        )

    @cached_property
    def _ports(self) -> dict[End, Port]:
        return {(device.name, port.name): port for device in self.survey.devices for port in device.ports or ()}

    @cached_property
    def _power(self) -> dict[End, Power]:
        return {
            (device.name, self.wiring.full(device.name, one.port)): one
            for device in self.survey.devices
            for one in device.power or ()
        }

    @cached_property
    def _leases(self) -> dict[str, list[Lease]]:
        found: dict[str, list[Lease]] = defaultdict(list)
        of_devices = (lease for device in self.survey.devices for lease in device.leases or ())
        for lease in (*self.survey.leases, *of_devices):
            found[lease.mac].append(lease)
        return found

    @cached_property
    def _ips(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for device in self.survey.devices:
            for arp in device.arps or ():
                found[arp.mac][arp.ip] = None
        for mac, leases in self._leases.items():
            found[mac].update(dict.fromkeys(lease.ip for lease in leases))
        return {mac: tuple(sorted(ips, key=lambda ip: (len(ip), ip))) for mac, ips in found.items()}

    @cached_property
    def _leased(self) -> tuple[IPv4Network, ...]:
        """The networks of which leases were seen."""
        known = tuple(prefixes(self.survey).values())
        ips = [ip_address(lease.ip) for leases in self._leases.values() for lease in leases]
        return tuple(one for one in known if any(ip.version == 4 and ip in one for ip in ips))  # noqa: PLR2004 - IPv4

    # ---- each endpoint ----

    def _with_address(self) -> Iterator[Endpoint]:
        first = {one.mac: self._one(one.mac, one.place) for one in self._placed}
        crowds: dict[End, list[Endpoint]] = defaultdict(list)
        for one in first.values():
            if one.place.how == "port":
                crowds[one.place.device, one.place.port].append(one)
        behind = {key: what for end, crowd in crowds.items() for key, what in self._between(end, crowd).items()}
        for key, one in first.items():
            if key in behind:
                there = one.place.model_copy(update={"how": "behind", "behind": behind[key]})
                yield one.model_copy(update={"place": there})
            else:
                yield one

    def _between(self, end: End, crowd: list[Endpoint]) -> dict[str, str]:
        """Key -> what is between it and the port, where several addresses are on one port."""
        if len(crowd) < 2:  # noqa: PLR2004 - one hangs there itself
            # Behind a telephone or access point that shows no address of its own in the table there may be just one.
            silent = [one for one in self._heard.get(end, ()) if one not in self._whose.values()]
            return {crowd[0].key: f"{silent[0].name or 'a neighbour'}"} if silent else {}
        virtual = [one for one in crowd if one.kind == "virtual"]
        if len(crowd) - len(virtual) == 1 and virtual:
            host = next(one for one in crowd if one not in virtual)
            return {one.key: f"the server {host.host or host.key}" for one in virtual}
        for word in ("access-point", "phone", "emergency-phone", "lift"):
            first = next((one for one in crowd if one.kind == word and one.confidence != "could-be"), None)
            if first is not None and (word == "access-point" or len(crowd) <= 3):  # noqa: PLR2004 - it has one socket
                what = f"the {kind.label(word)} {first.host or first.key}"
                return {one.key: what for one in crowd if one is not first}
        return {one.key: "an unmanaged switch or access point" for one in crowd}

    def _one(self, mac: str, where: Place) -> Endpoint:
        entry = self.kept.entry(mac, where)
        end = (where.device, where.port)
        heard = self._whose.get(mac)
        leases = self._leases.get(mac, [])
        alone = where.how == "port" and len(self._at.get(end, ())) == 1
        host = next((one.hostname for one in leases if one.hostname), "") or (heard.name if heard else "")
        names = " ".join(filter(None, (host, heard.name if heard else "")))
        signs = self._signs(maker.maker(mac), heard, names, end, where.vids, alone=alone)
        return self._made(
            Endpoint(key=mac, mac=mac, maker=maker.maker(mac), place=where), signs, entry, heard
        ).model_copy(
            update={
                "ips": self._ips.get(mac, ()),
                "addressing": self._addressing(mac),
                "host": host,
                "watts": self._watts(end) if alone or heard is not None else None,
            }
        )

    def _made(
        self, one: Endpoint, signs: tuple[Evidence, ...], entry: Entry | None, heard: Neighbour | None
    ) -> Endpoint:
        """*one* with its kind and its room."""
        what, sure, also = kind.named(signs)
        told: Confidence = sure
        if entry is not None and entry.kind:
            what, told, also = entry.kind, "confirmed", ()
        room, told_by = (entry.room, "endpoints.yaml") if entry is not None and entry.room else self._room(one.place)
        return one.model_copy(
            update={
                "kind": what,
                "confidence": told,
                "also": also,
                "evidence": signs,
                "critical": kind.critical(what) or any(kind.critical(other) for other in also),
                "system": heard.platform if heard else "",
                "capabilities": heard.capabilities if heard else (),
                "room": room,
                "room_from": told_by if room else "",
                "owner": entry.owner if entry is not None else "",
                "note": entry.note if entry is not None else "",
            }
        )

    def _signs(  # noqa: PLR0913 - each is a sign
        self, made_by: str, heard: Neighbour | None, names: str, end: End, vids: tuple[int, ...], *, alone: bool
    ) -> tuple[Evidence, ...]:
        port, power = self._ports.get(end), self._power.get(end)
        # Of several on one port nobody knows whom the description is about, or who takes the power.
        return kind.signs_of(
            {
                "maker": made_by,
                "lldp": " ".join(heard.capabilities) if heard else "",
                "system": f"{heard.platform} {heard.name}".strip() if heard else "",
                "name": names,
                "description": port.description if port is not None and (alone or heard is not None) else "",
                "vlan": " ".join(filter(None, (self.wiring.vlan_name(vid) for vid in vids))),
                "power": CLASSES.format(power.device_class.removeprefix("class ").strip())
                if power is not None and alone and power.device_class
                else "",
            }
        )

    def _silent(self) -> Iterator[Endpoint]:
        """What shows no address: a port that gives power, has link, or hears a neighbour, and no address is there."""
        of_lags = {(end[0], port.lag) for end, port in self._ports.items() if port.lag}
        read = {device.name for device in self.survey.devices if device.macs is not None}
        ends = dict.fromkeys((*self._ports, *self._power, *self._heard))
        matched = {id(one) for one in self._whose.values()}
        for end in ends:
            port = self._ports.get(end)
            if end in self.wiring.links or end in of_lags or (port is not None and port.lag) or not hosts(end[1]):
                continue
            heard = [one for one in self._heard.get(end, ()) if id(one) not in matched]
            power = self._power.get(end)
            fed = power is not None and delivers(power)
            linked = port is not None and bool(port.up) and port.mode != "routed" and end[0] in read
            if heard or (fed and end not in self._at) or (linked and end not in self._touched):
                yield from self._nameless(end, heard, fed=fed)

    def _nameless(self, end: End, heard: list[Neighbour], *, fed: bool) -> Iterator[Endpoint]:
        port = self._ports.get(end)
        why = "it announces itself" if heard else "it takes power" if fed else "the port has link"
        for number, one in enumerate(heard or (None,)):
            more = f" {one.name or number + 1}" if one is not None and (len(heard) > 1 or end in self._at) else ""
            key = f"{end[0]} {end[1]}{more}"
            vids = tuple(filter(None, (port.access,))) if port is not None else ()
            where = Place(how="port", device=end[0], port=end[1], vids=vids, why=f"{why}, and shows no address")
            signs = self._signs("", one, one.name if one else "", end, vids, alone=not more)
            base = Endpoint(key=key, place=where, host=one.name if one else "", watts=self._watts(end))
            yield self._made(base, signs, self.kept.entry(key, where), one)

    # ---- single facts ----

    def _watts(self, end: End) -> float | None:
        power = self._power.get(end)
        if power is None:
            device: Device | None = self.survey.device(end[0])
            # Where the device was asked what it gives, a port that it does not name gives nothing.
            return 0.0 if device is not None and device.power is not None else None
        return power.watts if power.watts is not None else (None if delivers(power) else 0.0)

    def _addressing(self, mac: str) -> str:
        leases = self._leases.get(mac)
        if leases:
            return "reserved" if any(one.reserved for one in leases) else "dhcp"
        ips = [ip_address(ip) for ip in self._ips.get(mac, ())]
        return "static" if any(ip in one for ip in ips if ip.version == 4 for one in self._leased) else ""  # noqa: PLR2004

    def _room(self, where: Place) -> tuple[str, str]:
        port = self._ports.get((where.device, where.port))
        return self.rooms.of(where.device, port.description if port is not None else "")


def delivers(power: Power) -> bool:
    """True where the port gives power now."""
    return bool(power.watts) or power.state.casefold().startswith(_DELIVERS)


def _is_of(made_by: str, heard: Neighbour) -> bool:
    """True where the maker of an address is named by what a neighbour says of itself."""
    first = made_by.partition(" ")[0].casefold().strip(",.")
    return len(first) > 2 and first in f"{heard.platform} {heard.name}".casefold()  # noqa: PLR2004 - HP is no proof
