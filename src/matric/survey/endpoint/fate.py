"""What becomes of each endpoint: its port as it is today against the port that the standard intends for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, ip_address

from matric.intent.school import Device, Port, School
from matric.survey.endpoint import port_change
from matric.survey.endpoint.census import prefixes
from matric.survey.endpoint.kept import Kept
from matric.survey.endpoint.model import Census, Change, Endpoint, Fate, Fated, Word
from matric.survey.endpoint.port_name import Ports, same_number
from matric.survey.endpoint.wiring import Wiring, base_name
from matric.survey.model import Device as OldDevice
from matric.survey.model import Port as OldPort
from matric.survey.model import Survey

__all__ = ("fated", "pairs")


def pairs(survey: Survey, school: School, kept: Kept) -> dict[str, str]:
    """Old device -> device of the school that it is, or that takes its place.

    By what people said (``endpoints.yaml``), serial number, name, and management address. *kept* may name more.
    """
    by_serial = {one.serial.casefold(): one.name for one in school.devices if one.serial}
    by_name = {base_name(one.name): one.name for one in school.devices}
    by_address = {str(one.management.ip): one.name for one in school.devices if one.management is not None}
    found = {old.name: kept.devices[old.name] for old in survey.devices if kept.devices.get(old.name)}
    ways: tuple[Callable[[OldDevice], str | None], ...] = (
        lambda old: by_serial.get(old.serial.casefold()),
        lambda old: by_name.get(base_name(old.name)),
        lambda old: by_address.get(old.management),
    )
    for way in ways:
        # What a surer way has found is not also another device; of two old ones by one name neither is it.
        taken = set(found.values())
        meant = {old.name: new for old in survey.devices if old.name not in found and (new := way(old))}
        several = Counter(meant.values())
        found |= {old: new for old, new in meant.items() if new not in taken and several[new] == 1}
    return found


def fated(census: Census, survey: Survey, school: School, kept: Kept) -> tuple[Fated, ...]:
    """Every endpoint of *census* with what becomes of it in *school*, and who has agreed."""
    judge = _Judge(survey, school, kept, census)
    return tuple(_agreed(one, judge.fate(one), kept) for one in census.endpoints)


def _agreed(one: Endpoint, fate: Fate, kept: Kept) -> Fated:
    entry = kept.entry(one.key, one.place)
    said = entry.acknowledged if entry is not None else None
    if said is None:
        return Fated(endpoint=one, fate=fate)
    told = f"{said.by} on {said.on}"
    return Fated(
        endpoint=one,
        fate=fate,
        acknowledged=told if said.fate == fate.digest else "",
        lapsed=told if said.fate != fate.digest else "",
    )


@dataclass(frozen=True)
class _Judge:
    survey: Survey
    school: School
    kept: Kept
    census: Census

    @cached_property
    def _wiring(self) -> Wiring:
        return Wiring(self.survey)

    @cached_property
    def _pairs(self) -> dict[str, str]:
        return pairs(self.survey, self.school, self.kept)

    @cached_property
    def _prefixes(self) -> dict[int, IPv4Network]:
        return prefixes(self.survey)

    @cached_property
    def _ports(self) -> dict[str, Ports]:
        return {one.name: Ports(port.name for port in one.ports) for one in self.school.devices}

    @cached_property
    def _crowd(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for one in self.census.endpoints:
            if one.mac and one.place.how != "unknown":
                end = (one.place.device, one.place.port)
                found[end] = found.get(end, 0) + 1
        return found

    def fate(self, one: Endpoint) -> Fate:
        if one.place.how == "unknown":
            nowhere = Change(
                what="place", old="not known", new="not known", weight="at-risk",
                reason=f"nobody can say which port: {one.place.why}",
                do="find it, or say in endpoints.yaml where it will hang (to)",
            )  # fmt: skip
            if not self._sent(one):
                return Fate(endpoint=one.key, changes=(nowhere,))
        where = self._where(one)
        edge = not isinstance(where, Change) and where[1].profile.mode in {"access", "shutdown"}
        if port_change.unread(one) and not edge and not self._sent(one):
            return Fate(endpoint=one.key, changes=(port_change.hidden(one),))
        if isinstance(where, Change):
            return Fate(endpoint=one.key, changes=(where,))
        device, port, moved = where
        if one.place.behind.startswith("the access point"):
            return Fate(endpoint=one.key, device=device.name, port=port.name, changes=(*moved, *self._wireless(one)))
        return self._at(one, device, port, moved)

    # ---- where ----

    def _sent(self, one: Endpoint) -> str:
        entry = self.kept.entry(one.key, one.place)
        return entry.to if entry is not None else ""

    def _where(self, one: Endpoint) -> "tuple[Device, Port, tuple[Change, ...]] | Change":
        """Device and port it will hang on, or why there is none."""
        old = f"{one.place.device} {one.place.port}".strip() or "not known"
        sent = self._sent(one)
        name, _, wanted = sent.partition(" ") if sent else (self._pairs.get(one.place.device, ""), "", one.place.port)
        device = self.school.by_name.get(name)
        if device is None:
            told = name or one.place.device
            return Change(
                what="device", old=old, new="nowhere", weight="lost", reason=f"{told} is no device of the school to be",
                do=f"name what takes the place of {told} in endpoints.yaml (devices), or where it will hang (to)",
            )  # fmt: skip
        found = self._ports[name].known(wanted)
        if not found and not sent and self._replaced(one.place.device, device):
            # Another model has other names for its ports; the cables go to the same numbers.
            found = same_number(wanted, (port.name for port in device.ports))
        port = next((port for port in device.ports if port.name == found), None)
        if port is None:
            return Change(
                what="port", old=old, new=name, weight="lost", reason=f"{name} has no port {wanted}",
                do="say in endpoints.yaml which port it will hang on (to)",
            )  # fmt: skip
        new = f"{name} {port.name}"
        if one.place.how == "unknown" or self._elsewhere(one.place.device, device):
            return device, port, (Change(
                what="device", old=old, new=new, weight="changes", reason=f"it moves to {new}",
                do=f"plug it into {new}",
            ),)  # fmt: skip
        if self._ports[name].known(one.place.port) != port.name:
            return device, port, (Change(
                what="port", old=old, new=new, weight="changes", reason=f"it moves to {new}", do=f"plug it into {new}"
            ),)  # fmt: skip
        return device, port, ()

    def _elsewhere(self, old: str, new: Device) -> bool:
        """True where *new* is not the old box, which may have got another name."""
        return self._pairs.get(old) != new.name or self._replaced(old, new)

    def _replaced(self, old: str, new: Device) -> bool:
        """True where another box takes the old one's place, for all that was seen of the two."""
        device = self.survey.device(old)
        if device is None or not device.serial or not new.serial:
            return device is not None and bool(device.model) and device.model.casefold() != new.model.casefold()
        return device.serial.casefold() != new.serial.casefold()

    # ---- what is otherwise there ----

    def _at(self, one: Endpoint, device: Device, port: Port, moved: tuple[Change, ...]) -> Fate:
        old = self._old(one)
        if not port.enabled or port.profile.mode == "shutdown":
            shut = Change(
                what="mode", old="open", new="shut", weight="lost",
                reason=f"{device.name} {port.name} is to be shut ({port.profile_name})",
                do=f"give the port the profile for {port_change.a(one)} in NetBox, or write down that it goes",
            )  # fmt: skip
            return Fate(endpoint=one.key, device=device.name, port=port.name, changes=(*moved, shut))
        network = port.access
        if port.voice is not None and self._talks(one, old):
            network = port.voice
        elif port.profile.mode == "trunk":
            network = next((net for net in port.allowed if net.vid in one.place.vids), port.native)
        changes = [
            *moved,
            *self._mode(one, old, port),
            *self._vlan(one, old, network.vid if network else None, network.prefix if network else None),
            *self._voice(one, old, port),
            *port_change.power(one, old, port),
            *port_change.login(one, old, port),
            *port_change.guard(one, self.survey.device(one.place.device), network),
            *self._limit(one, port),
            *port_change.speed(old, port),
            *port_change.profile(one, network.role if network else "", port),
        ]
        return Fate(
            endpoint=one.key,
            device=device.name,
            port=port.name,
            vid=network.vid if network else None,
            network=network.role if network else "",
            changes=tuple(changes),
        )

    def _old(self, one: Endpoint) -> OldPort:
        device = self.survey.device(one.place.device)
        port = device.port(one.place.port) if device is not None else None
        return port or OldPort(name=one.place.port)

    def _talks(self, one: Endpoint, old: OldPort) -> bool:
        """True where it is a telephone in a voice VLAN today, or one by all signs."""
        voice = old.voice is not None and old.voice in one.place.vids
        return voice or (one.kind in {"phone", "emergency-phone"} and one.confidence != "could-be")

    def _today(self, one: Endpoint, old: OldPort) -> tuple[int, ...]:
        """The VLANs it is in today; without a table, the port's own."""
        if one.place.vids:
            return one.place.vids
        own = old.access if old.access is not None else old.native
        return (own,) if own is not None else ()

    def _mode(self, one: Endpoint, old: OldPort, port: Port) -> Iterator[Change]:
        wanted = port.profile.mode
        if old.mode in {"access", "trunk"} and old.mode != wanted:
            weight: Word = "at-risk" if wanted != "access" or len(one.place.vids) > 1 else "changes"
            yield Change(
                what="mode", old=old.mode, new=wanted, weight=weight,
                reason=f"the port was {port_change.an(old.mode)} port and becomes {port_change.an(wanted)} one",
                do="check which VLAN it speaks in, tagged or not" if weight == "at-risk" else "",
            )  # fmt: skip

    def _vlan(self, one: Endpoint, old: OldPort, vid: int | None, prefix: IPv4Network | None) -> Iterator[Change]:
        today = self._today(one, old)
        if vid is None:
            return
        if not today:
            yield Change(
                what="vlan", old="not seen", new=str(vid), weight="at-risk",
                reason=f"its VLAN today was not seen; it will be in VLAN {vid}", do="read the port, or ask its owner",
            )  # fmt: skip
        elif vid not in today:
            told = ", ".join(map(str, today))
            yield Change(
                what="vlan", old=told, new=str(vid), weight="changes", reason=f"VLAN {told} becomes VLAN {vid}"
            )
        yield from self._address(one, today, prefix)

    def _address(self, one: Endpoint, today: tuple[int, ...], prefix: IPv4Network | None) -> Iterator[Change]:
        if prefix is None:
            return
        ips = [ip_address(ip) for ip in one.ips]
        known = [self._prefixes[vid] for vid in today if vid in self._prefixes]
        olds = [net for net in known if any(ip in net for ip in ips if ip.version == 4)] or known  # noqa: PLR2004
        if prefix in olds or (not olds and any(ip in prefix for ip in ips if ip.version == 4)):  # noqa: PLR2004
            return
        if not olds and not ips:
            yield Change(
                what="address", old="not seen", new=str(prefix), weight="at-risk",
                reason=f"its address today was not seen; it will need one of {prefix}",
                do="find out its address, and whether it is set by hand",
            )  # fmt: skip
            return
        old = str(olds[0]) if olds else one.ips[0]
        how = {"dhcp": "by DHCP", "reserved": "by a reservation", "static": "set by hand"}.get(one.addressing, "")
        weight: Word = "changes" if one.addressing == "dhcp" else "at-risk"
        do = {
            "dhcp": "let its lease run out, or restart it after the cut-over",
            "reserved": f"reserve an address of {prefix} for it on the new DHCP servers",
            "static": f"set an address of {prefix}, mask and gateway by hand, and tell whatever asks for the old one",
        }.get(one.addressing, f"find out whether its address is set by hand; if so, set one of {prefix}")
        reason = f"its address moves from {old} to {prefix}" + (
            f" ({how})" if how else " (how it is given is not known)"
        )
        yield Change(what="address", old=old, new=str(prefix), weight=weight, reason=reason, do=do)

    def _voice(self, one: Endpoint, old: OldPort, port: Port) -> Iterator[Change]:
        if old.voice is None or old.voice not in one.place.vids or port.voice is not None:
            return
        if port.access is not None and port.access.role == "voice":
            return
        yield Change(
            what="voice", old=str(old.voice), new="none", weight="at-risk",
            reason="it speaks in a voice VLAN, and the port will have none",
            do="give the port a profile with voice in NetBox",
        )  # fmt: skip

    def _limit(self, one: Endpoint, port: Port) -> Iterator[Change]:
        there = self._crowd.get((one.place.device, one.place.port), 1)
        most = port.profile.max_macs
        if most is not None and there > most:
            yield Change(
                what="limit", old="more", new=f"at most {most}", weight="at-risk",
                reason=f"{there} addresses are on the port, and it will take {most}",
                do="run a cable of its own to each, or put a managed switch there",
            )  # fmt: skip
        if port_change.unread(one) and port.profile.edge and port.profile.mode == "access":
            yield Change(
                what="limit", old="a switch", new="an edge port with BPDU guard", weight="lost",
                reason=f"it is behind {one.place.behind}, and the port shuts when a switch speaks there",
                do="survey that switch, or plan a port for it",
            )  # fmt: skip

    def _wireless(self, one: Endpoint) -> Iterator[Change]:
        """A host behind an access point goes where its SSID goes, whatever the access point's own port is."""
        vids = set(one.place.vids)
        today = sorted({wlan.ssid for device in self.survey.devices for wlan in device.wlans or () if wlan.vid in vids})
        offered = {wlan.ssid for wlan in self.school.wlans}
        new = ", ".join(sorted(offered)) or "none"
        if today and set(today) <= offered:
            return
        told = " or ".join(today) if today else "not seen"
        yield Change(
            what="wireless", old=told, new=new, weight="at-risk" if one.critical or not today else "changes",
            reason=f"it is on wireless ({told}), and the school will offer {new}",
            do="let it join one of the new networks" if offered else "keep its wireless, or give it a port",
        )  # fmt: skip
