"""What is known of a joining school, with what was decided applied: the rows and the choices are both made from it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, ip_interface
from itertools import count

from matric.intent.limit import HARDWARE, LIMITS, Hardware
from matric.intent.record import DeviceRow, Records
from matric.intent.rows import End, TrustRows, natural
from matric.intent.standard import Standard
from matric.survey.adopt import equipment, use, wire
from matric.survey.adopt.choice import Choices
from matric.survey.adopt.kit import Kit, clean, core_of, kits
from matric.survey.adopt.use import Meaning, Use
from matric.survey.endpoint.census import census
from matric.survey.endpoint.kind import kinds
from matric.survey.endpoint.model import Census
from matric.survey.meaning import meaning
from matric.survey.model import Device, Survey, Wlan
from matric.survey.naming import host_of

__all__ = ("Facts", "Named", "facts")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}")
_FACTORY = re.compile(
    r"(switch[-_]?[0-9]*|hostname|aruba|hpe?|procurve|router|localhost|cisco|juniper|ex\d{4}.*|hp-\d{4}.*|"
    r"(aruba-)?(hp-)?(aruba-)?\d{4}[a-z]?-.*(poe|xf|sfp).*)",
    re.IGNORECASE,
)
_LOCATION = re.compile(
    r'^\s*(?:set snmp location|snmp-server location|snmp location|location)\s+"?([^"\n;]+?)"?;?\s*$', re.MULTILINE
)
FEWEST, MOST_OF = 2, 0.9
"""So many names, and such a share of all, make a custom."""
SPARE_MODEL = "6200F-48G-PoE (JL727A)"


@dataclass(frozen=True, slots=True)
class Named:
    """The name a device is proposed to have in NetBox, and why it is another than its own."""

    name: str
    why: str = ""


@dataclass(frozen=True)
class Facts:
    """A survey, the standard, what NetBox holds, and what was decided."""

    survey: Survey
    standard: Standard
    records: Records
    choices: Choices
    names: Mapping[str, Named]
    """By the survey's name."""
    kits: tuple[Kit, ...]
    """The core first."""

    @property
    def slug(self) -> str:
        return self.survey.school

    @property
    def block(self) -> IPv4Network:
        return self.standard.addresses.schools[self.slug]

    @cached_property
    def core(self) -> Kit | None:
        return self.kits[0] if self.kits else None

    @cached_property
    def by_name(self) -> dict[str, Kit]:
        return {kit.name: kit for kit in self.kits}

    @cached_property
    def wires(self) -> wire.Wiring:
        return wire.wiring(self.kits)

    @cached_property
    def seen_meanings(self) -> dict[int, Meaning]:
        """Without what was decided."""
        return use.meanings(self.kits, self.standard)

    @cached_property
    def meanings(self) -> dict[int, Meaning]:
        found: dict[int, Meaning] = {}
        for vid, one in self.seen_meanings.items():
            said = self.choices.value(f"VLAN {vid}", "meaning")
            found[vid] = Meaning(vid, one.name, said, "it was decided") if said in self.standard.networks else one
        return found

    @cached_property
    def prefixes(self) -> dict[int, str]:
        """VLAN id -> the prefix the school has in it today."""
        return use.addresses_of(self.kits)

    @cached_property
    def cabled(self) -> frozenset[tuple[str, str]]:
        """(device, port) of every end of a cable between surveyed devices."""
        return frozenset(
            end for one in self.wires.cables for end in ((one.upper, one.upper_port), (one.lower, one.lower_port))
        )

    @cached_property
    def by_seen(self) -> dict[str, Kit]:
        """By the survey's name."""
        return {kit.seen.name: kit for kit in self.kits}

    @cached_property
    def census(self) -> Census:
        """Everything that hangs at the edge."""
        return census(self.survey)

    @cached_property
    def access_points(self) -> tuple[wire.Point, ...]:
        """Those that say so by LLDP or CDP, and those that are heard and have other good signs.

        One that nobody hears is left out: after a cut-over it could not be looked for (CUT-07, site check).
        """
        told = {(one.device, one.port): one for one in self.wires.points}
        for one in self.census.endpoints:
            kit = self.by_seen.get(one.place.device)
            port = kit.port(one.place.port) if kit is not None and one.place.how == "port" else ""
            if kit is None or not port or one.kind != "access-point" or one.confidence not in equipment.GOOD:
                continue
            near = (heard for heard in kit.seen.neighbours or () if kit.port(heard.port) == port and heard.name)
            point = told.get((kit.name, port))
            heard = point.neighbour if point is not None else next(near, None)
            if heard is not None and (kit.name, port) not in self.cabled:
                platform = heard.platform or f"{equipment.maker_of(one)} access point".strip()
                more = {"platform": platform, "mac": heard.mac or one.mac}
                told[kit.name, port] = wire.Point(kit.name, port, heard.model_copy(update=more))
        return tuple(told.values())

    @cached_property
    def points(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.device, one.port) for one in self.access_points)

    @cached_property
    def items(self) -> tuple[equipment.Item, ...]:
        """Fixed equipment to be recorded, where no cable, access point or router is."""
        taken = {*self.cabled, *self.points, *self.strangers, *((kit.name, self.router_port) for kit in self.kits[:1])}
        found = equipment.items(self.census, self.by_seen, self.choices)
        return tuple(one for one in found if (one.device, one.port) not in taken)

    @cached_property
    def _mine(self) -> tuple[DeviceRow, ...]:
        """The school's devices in NetBox."""
        site = next((row.id for row in self.records.sites if row.slug == self.slug), None)
        return tuple(row for row in self.records.devices if row.site_id == site)

    @cached_property
    def cabled_names(self) -> frozenset[str]:
        """Names, in small letters, of the school's devices that NetBox has a cable for."""
        trust = TrustRows(self.records)
        return frozenset(
            (row.name or "").casefold() for row in self._mine
            if any(port.id in trust.far_end for port in trust.interfaces_of.get(row.id, ()))
        )  # fmt: skip

    def serial_heard(self, device: str, port: str) -> str:
        """The serial number that what hangs on a port tells by LLDP-MED; empty where it tells none that is its own."""
        kit = self.by_name[device]
        near = (heard for heard in kit.seen.neighbours or () if kit.port(heard.port) == port)
        told = (clean(heard.serial, 50) for heard in near)
        return next((serial for serial in told if len(self._who_tells.get(serial, ())) == 1), "")

    @cached_property
    def _who_tells(self) -> Mapping[str, set[str]]:
        """Serial number told by LLDP-MED -> who tells it. Makers fill in noughts, or one number for every piece."""
        found: dict[str, set[str]] = {}
        for kit in self.kits:
            for heard in kit.seen.neighbours or ():
                serial = clean(heard.serial, 50)
                if len(set(serial.casefold())) > 1 and any(char.isdigit() for char in serial):
                    found.setdefault(serial, set()).add(heard.mac or f"{kit.name} {heard.port}")
        return found

    def serial_held(self, name: str, end: tuple[str, str] | None = None) -> str:
        """The serial number that NetBox has for what hangs at *end*, else for the device of that name."""
        held = self.held.get(end) if end else None
        rows = [held.device] if held is not None else [row for row in self._mine if row.name == name]
        return next((row.serial for row in rows if row.serial), "")

    @cached_property
    def held(self) -> Mapping[tuple[str, str], End]:
        """(device, port) -> what NetBox's cable in it leads to, where it has that device and a cable there."""
        trust = TrustRows(self.records)
        mine = self._mine
        found: dict[tuple[str, str], End] = {}
        for kit in self.kits:
            same = (row for row in mine if kit.serial and row.serial.strip().casefold() == kit.serial.casefold())
            named = (row for row in mine if (row.name or "").casefold() == kit.name.casefold())
            row = next(same, None) or next(named, None)
            for port in trust.interfaces_of.get(row.id, ()) if row is not None else ():
                if (own := kit.port(port.name)) and port.id in trust.far_end:
                    found[kit.name, own] = trust.far_end[port.id]
        return found

    @cached_property
    def strangers(self) -> Mapping[tuple[str, str], str]:
        """(device, port) -> name of the switch behind it that was not read."""
        return {(one.device, one.port): one.neighbour.name or "a switch" for one in self.wires.strangers}

    @cached_property
    def ssids(self) -> Mapping[str, tuple[Wlan, str | None]]:
        """SSID of the school that the standard has not -> (as it was seen, network role it lands on)."""
        known = {profile.ssid for profile in self.standard.wlans.values()}
        found: dict[str, tuple[Wlan, str | None]] = {}
        for one in (wlan for device in self.survey.devices for wlan in device.wlans or ()):
            home = self.meanings.get(one.vid or 0)
            if one.ssid not in known:
                found.setdefault(one.ssid, (one, home.role if home and home.role else meaning(one.ssid)))
        return found

    @cached_property
    def router_port(self) -> str:
        """Port of the core to the router: decided, seen, or the last copper port that nothing uses."""
        core = self.core
        if core is None:
            return ""
        said = core.port(self.choices.value(core.seen.name, "router port"))
        if said:
            return said
        if self.wires.router is not None:
            return self.wires.router[0]
        free = [
            name for name, _ in core.ports if (core.name, name) not in self.cabled and not _used(core, name)
        ]  # fmt: skip
        copper = [name for name, kind in core.ports if name in free and "base-t" in kind]
        return (copper or free or [""])[-1]

    def seen_use(self, kit: Kit, port: str) -> Use:
        """What a port is for, by what was seen."""
        stranger = self.strangers.get((kit.name, port))
        if stranger and "downlink" in self.standard.profiles:
            return Use("downlink", f"{stranger} is behind it, and was not read", sure=False)
        if (kit.name, port) in self.points and "access-point" in self.standard.profiles:
            return Use("access-point", "an access point says so by LLDP or CDP")
        seen = kit.seen_ports.get(port)
        busy = None if kit.seen.macs is None else port in self._busy[kit.name]
        if kit.seen.ports is None:
            return Use("unused", "its ports were not seen", sure=False)
        return use.port_use(seen, self.meanings, self.standard, busy=busy, told=self._told(kit, port))

    def use(self, kit: Kit, port: str) -> Use:
        """What a port is for: decided, else by what was seen."""
        said = self.choices.value(f"{kit.seen.name} {port}", "profile")
        return Use(said, "it was decided") if said in self.standard.profiles else self.seen_use(kit, port)

    @cached_property
    def _busy(self) -> dict[str, frozenset[str]]:
        return {kit.name: frozenset(kit.port(one.port) for one in kit.seen.macs or ()) for kit in self.kits}

    @cached_property
    def _hanging(self) -> dict[tuple[str, str], frozenset[str]]:
        """(survey's device, port) -> kinds of what hangs there, as far as its signs are good."""
        found: dict[tuple[str, str], set[str]] = {}
        for one in self.census.endpoints:
            if one.place.how == "port" and one.confidence in equipment.GOOD:
                found.setdefault((one.place.device, one.place.port), set()).add(one.kind)
        return {key: frozenset(names) for key, names in found.items()}

    def _kind(self, kit: Kit, port: str) -> str:
        """The port profile for what hangs there, where it is one thing that belongs in one network."""
        seen = kit.seen_ports.get(port)
        names = self._hanging.get((kit.seen.name, seen.name), frozenset()) if seen else frozenset[str]()
        roles = {kinds()[name].networks for name in names}
        if len(roles) != 1 or len(only := next(iter(roles))) != 1:
            return ""
        return use.profile_of(only[0], self.standard) or ""

    def _told(self, kit: Kit, port: str) -> str:
        """The port profile of what the neighbour tables and other signs say is plugged in, where they say it."""
        for one in kit.seen.neighbours or ():
            if kit.port(one.port) == port and "telephone" in one.capabilities:
                seen = kit.seen_ports.get(port)
                own = self.meanings.get(seen.access or 0) if seen else None
                with_voice = use.profile_of(own.role if own else None, self.standard, voice=True)
                return with_voice or ("phone" if "phone" in self.standard.profiles else "")
        return self._kind(kit, port)

    def room(self, kit: Kit) -> str:
        """Where it stands: decided, or as its SNMP location says; empty where it says nothing."""
        said = self.choices.value(kit.seen.name, "room")
        if said:
            return said
        found = _LOCATION.search(kit.seen.configuration)
        return found[1].strip() if found and "***" not in found[1] else ""


def _used(kit: Kit, port: str) -> bool:
    seen = kit.seen_ports.get(port)
    return seen is not None and bool(seen.up or seen.description)


def facts(survey: Survey, standard: Standard, records: Records, choices: Choices) -> Facts:
    """Everything known, with what is decided in *choices* and, where nothing is, what is proposed."""
    names = dict(_names(survey, records, choices))
    models = dict(_models(survey, records, choices))
    serials = {one.name: choices.value(one.name, "serial") for one in survey.devices}
    found = kits(survey, {key: one.name for key, one in names.items()}, models, serials)
    return Facts(survey, standard, records, choices, names, found)


def _names(survey: Survey, records: Records, choices: Choices) -> Iterator[tuple[str, Named]]:
    """Survey's name -> name in NetBox: its own, where it says what it is and the trust has no custom that it breaks."""
    core = core_of(survey.devices)
    customs = {role: _custom(records, role, survey.school) for role in ("core", "access")}
    whys = {one.name: _unfit(one, core, customs) for one in survey.devices}
    taken = {choices.value(one.name, "name").casefold() for one in survey.devices}
    taken |= {name.casefold() for name, why in whys.items() if not why}
    for one in sorted(survey.devices, key=lambda one: (_address(one), natural(one.name))):
        said, why = choices.value(one.name, "name"), whys[one.name]
        if said or not why:
            yield one.name, Named(said or one.name, why)
            continue
        start, width = customs["core" if one is core else "access"] or (("core", 1) if one is core else ("sw", 2))
        name = next(new for number in count(1) if (new := f"{start}-{number:0{width}d}") not in taken)
        taken.add(name)
        yield one.name, Named(name, why)


def _address(device: Device) -> tuple[int, ...]:
    """Sorts by management address; what has none comes last."""
    return tuple(int(part) for part in device.management.split(".") if part.isdecimal()) or (256,)


def _custom(records: Records, role: str, school: str) -> tuple[str, int] | None:
    """How the other schools' devices of *role* are called: (start, digits); None where they have no custom."""
    roles = ("core", "collapsed-core") if role == "core" else (role,)
    own = {row.id for row in records.sites if row.slug == school}
    names = [row.name or "" for row in records.devices if row.role in roles and row.site_id not in own]
    forms = Counter((found[1], len(found[2])) for name in names if (found := re.fullmatch(r"([a-z]+)-([0-9]+)", name)))
    for form, number in forms.most_common(1):
        if number >= FEWEST and number >= len(names) * MOST_OF:
            return form
    return None


def _unfit(device: Device, core: Device | None, customs: Mapping[str, tuple[str, int] | None]) -> str:
    """Why a device is to have another name; empty where its own will do."""
    name = device.name
    if host_of(name) != name:
        return "another device calls itself the same"
    if not _NAME.fullmatch(name):
        return f"{name} breaks prompts and file names: letters, digits and hyphens, a letter first"
    if _FACTORY.fullmatch(name):
        return f"{name} is what it came with, and says nothing"
    if device is not core and re.search(r"(^|[-_])core([-_0-9]|$)", name.casefold()):
        return f"{name} is called a core and is none"
    custom = customs["core" if device is core else "access"]
    if custom is not None and device.platform in LIMITS and not re.fullmatch(rf"{custom[0]}-[0-9]+", name.casefold()):
        return f"the trust numbers such devices, from {custom[0]}-{'1'.zfill(custom[1])} on"
    return ""


def _models(survey: Survey, records: Records, choices: Choices) -> Iterator[tuple[str, str]]:
    """Survey's name -> the model that takes a device's place: decided, or proposed for what matric cannot write."""
    for one in survey.devices:
        found = choices.of(one.name, "model")
        if found is not None and found.decide == "adopt":
            continue
        if found is not None and found.decide == "impose" and found.value in HARDWARE:
            yield one.name, found.value
        elif one.platform not in LIMITS and not _is_accessory(one):
            yield one.name, replacement(one, records).model


def _is_accessory(device: Device) -> bool:
    """An access point or the like: matric never writes it, so nothing has to take its place."""
    return bool(device.wlans) and device.platform not in LIMITS


def replacement(device: Device, records: Records) -> Hardware:
    """The model most used for access in this trust that has the ports *device* uses."""
    kinds = {row.id: row.model for row in records.device_types}
    used = Counter(kinds.get(row.device_type_id, "") for row in records.devices if row.role == "access")
    busy = sum(bool(port.up or port.description) for port in device.ports or ())
    for model, _ in used.most_common():
        known = HARDWARE.get(model)
        if known is not None and known.platform and len(known.names()) >= max(busy, 1):
            return known
    return HARDWARE[SPARE_MODEL]


def network_of(address: str) -> IPv4Network | None:
    """The prefix of an address of the survey; None where its length was not seen, or it is no IPv4 address."""
    if "/" not in address or ":" in address:
        return None
    found = ip_interface(address).network
    return found if isinstance(found, IPv4Network) else None
