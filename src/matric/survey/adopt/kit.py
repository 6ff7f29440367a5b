"""What each surveyed device is to NetBox: its role, operating system, model, and the ports that model has."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from matric.intent.limit import HARDWARE, LIMITS, Hardware, canonical
from matric.survey.model import Device, Port, Survey
from matric.survey.naming import host_of

__all__ = ("Kit", "clean", "core_of", "hardware", "kits", "slugged")

_SFP = re.compile(r"(SX|LX|LH|ZX|BX|SFP)", re.IGNORECASE)
_FAST = re.compile(r"(SR|LR|LRM|SFP\+|10G)", re.IGNORECASE)
_VIRTUAL = re.compile(r"(vlan|irb|loopback|lo|null|mgmt|oobm|management|me|vme|fxp|em)[-. ]?[0-9/.]*", re.IGNORECASE)
TEN_GIGABIT = 10_000


@dataclass(frozen=True)
class Kit:
    """A device of the survey as NetBox is to know it."""

    seen: Device
    name: str
    """Its name in NetBox."""
    role: str
    platform: str | None
    """Operating system as matric writes it; None where matric writes none for it."""
    hardware: Hardware | None
    """The model as matric knows it."""
    replaced_by: Hardware | None = None
    """The model that takes its place, by somebody's choice."""
    serial: str = ""
    lags: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def hostname(self) -> str:
        """What it calls itself: of two of one name, the survey knows one by its address too."""
        return host_of(self.seen.name)

    @cached_property
    def ports(self) -> tuple[tuple[str, str], ...]:
        """(name, NetBox interface type) of every physical port, in order."""
        if self.hardware is not None:
            ranges = (*self.hardware.ports, *self.hardware.uplinks)
            return tuple(
                (f"{prefix}{at}", kind) for prefix, first, last, kind in ranges for at in range(first, last + 1)
            )
        return tuple((port.name, _type(port)) for port in self.seen.ports or () if _physical(port.name, self.seen))

    @cached_property
    def _known(self) -> dict[str, str]:
        return {canonical(name): name for name, _ in self.ports}

    def port(self, name: str) -> str:
        """The port of that name as the model has it; empty where it has none."""
        return self._known.get(canonical(name), "")

    @cached_property
    def seen_ports(self) -> dict[str, Port]:
        """Port of the model -> what was seen of it."""
        return {own: port for port in self.seen.ports or () if (own := self.port(port.name))}

    @property
    def model(self) -> str:
        return self.hardware.model if self.hardware else self.seen.model or f"unknown {self.seen.platform or 'switch'}"


def _physical(name: str, device: Device) -> bool:
    lag = LIMITS[device.platform].lag.lower() if device.platform in LIMITS else "port-channel"
    low = name.lower()
    if re.fullmatch(rf"{re.escape(lag)}[0-9]+", low) or re.fullmatch(r"(trk|lag|ae|port-channel|po)[0-9]+", low):
        return False
    return _VIRTUAL.fullmatch(low) is None


def _type(port: Port) -> str:
    word = f"{port.transceiver} {port.name}"
    if _FAST.search(port.transceiver) or (port.speed_mbps or 0) >= TEN_GIGABIT or "TenGig" in port.name:
        return "10gbase-x-sfpp"
    if _SFP.search(port.transceiver):
        return "1000base-x-sfp"
    return "100base-tx" if "FastEthernet" in word else "1000base-t"


def hardware(model: str, platform: str = "") -> Hardware | None:
    """The model matric knows by the name *model*: NetBox's, the maker's, or its part number."""
    said = model.casefold().strip()
    if not said:
        return None
    plain = _plain(said)
    for known in HARDWARE.values():
        if platform and known.platform not in (platform, None):
            continue
        name, inside = known.model.casefold(), re.search(r"\(([^)]+)\)", known.model)
        part = inside[1].casefold() if inside else ""
        if said == name or (part and re.search(rf"\b{re.escape(part)}\b", said)) or plain.startswith(_plain(name)):
            return known
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", re.sub(r"\(.*?\)", "", text.removeprefix("ws-")))


def slugged(name: str) -> str:
    """*name* as a slug of NetBox."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def clean(text: str, limit: int) -> str:
    """*text* as every platform here takes it for a description: ASCII on one line, nothing a command line eats."""
    kept = "".join(char if char.isascii() and char.isprintable() and char not in '"?|\\^`' else " " for char in text)
    return " ".join(kept.split()).lstrip("!").strip()[:limit].strip()


def kits(
    survey: Survey, names: Mapping[str, str], models: Mapping[str, str], serials: Mapping[str, str]
) -> tuple[Kit, ...]:
    """Every surveyed device that is a switch or a wireless controller, the core first.

    *names*, *models* and *serials* are what was decided, by the survey's name of the device.
    """
    switches = [one for one in survey.devices if not _is_point(one)]
    core = core_of(switches)
    found: list[Kit] = []
    for one in sorted(switches, key=lambda one: one is not core):
        instead = HARDWARE.get(models.get(one.name, ""))
        own = hardware(one.model, one.platform)
        if not one.model and instead is not None and instead.platform == one.platform:
            own = instead  # nobody saw which model it is: somebody has said so since
        supported = one.platform if one.platform in LIMITS else None
        found.append(
            Kit(
                seen=one,
                name=names.get(one.name) or one.name,
                role="collapsed-core" if one is core else "wireless-controller" if _is_controller(one) else "access",
                platform=supported,
                hardware=own,
                replaced_by=instead if instead is not own else None,
                serial=serials.get(one.name) or ("" if instead is not None and instead is not own else one.serial),
                lags=_lags(one),
            )
        )
    return tuple(found)


def _is_point(device: Device) -> bool:
    known = hardware(device.model)
    return known is not None and known.platform is None


def _is_controller(device: Device) -> bool:
    return "C9800" in device.model.upper()


def core_of(devices: Iterable[Device]) -> Device | None:
    """The device that routes for the school: most addresses, then most neighbours."""
    ranked = [one for one in devices if not _is_controller(one)]
    return max(ranked, key=lambda one: (len(one.addresses or ()), len(one.neighbours or ()), one.name), default=None)


def _lags(device: Device) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for port in device.ports or ():
        if port.lag:
            found.setdefault(port.lag, []).append(port.name)
    return {name: tuple(ports) for name, ports in found.items()}
