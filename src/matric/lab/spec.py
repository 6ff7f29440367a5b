"""What a lab is built from: plain values that fit a file, so that the lab's process needs nothing else."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

__all__ = ("CableSpec", "DeviceSpec", "EndpointSpec", "LabSpec", "SilentSpec", "read", "write")


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device that answers. ``boot`` is its startup configuration."""

    key: str
    name: str
    platform: str
    role: str = "access"
    model: str = ""
    serial: str = ""
    os_version: str = ""
    management: str = ""
    """Its management address, without length; the lab asks whether the engineer's path still ends there."""
    ports: tuple[str, ...] = ()
    boot: str = ""
    users: dict[str, str] | None = None
    """Name -> password it takes beside the lab's own, each as long as its configuration has the account. None: it takes
    the lab's, whatever its configuration says."""
    poe_w: float = 0.0
    """Watts it can give to its ports in all; 0 where it gives none."""
    faults: tuple[dict[str, Any], ...] = ()
    """Faults it has from the start: ``kind``, ``on``, and their settings. They act each time, until cleared."""


@dataclass(frozen=True, slots=True)
class SilentSpec:
    """Kit that takes no login: a switch nobody has a password for, the provider's router."""

    name: str
    """As cables name it."""
    says: str = ""
    """Its system name in LLDP and CDP."""
    mac: str = ""
    """Empty: derived from its name."""
    address: str = ""
    description: str = ""
    capabilities: tuple[str, ...] = ("bridge",)
    """In the words of IEEE 802.1AB."""
    speaks: tuple[str, ...] = ("lldp",)
    """lldp, cdp; nothing where it is silent."""


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """What hangs on a port. Several on one port are behind a telephone, or behind a switch nobody manages."""

    name: str
    device: str
    port: str
    mac: str
    kind: str = "pc"
    address: str = ""
    """Its static address, or the last one it was leased."""
    static: bool = False
    host: str = ""
    """Its host name, where it tells one to the DHCP server."""
    tagged: bool = False
    """It puts itself into the port's voice VLAN, where the port has one."""
    speaks: tuple[str, ...] = ()
    """lldp, cdp; nothing where it is silent."""
    says: str = ""
    """Its system name in LLDP and CDP."""
    description: str = ""
    capabilities: tuple[str, ...] = ()
    remote_port: str = ""
    poe_class: int | None = None
    """PoE class of what the port feeds; None where it has a power supply of its own."""
    watts: float = 0.0
    dot1x: bool = False
    """It can log in by 802.1X; otherwise its MAC address stands for it."""
    admitted: tuple[int, ...] | None = None
    """VLANs of ports that let it in where they authenticate; None: all of them."""
    fixed: int | None = None
    """The only VLAN in which it works. A static address needs its own network in any case."""


@dataclass(frozen=True, slots=True)
class CableSpec:
    """Two ports joined. The far end may be a device that does not answer (router, access point)."""

    a_device: str
    a_port: str
    b_device: str
    b_port: str


@dataclass(frozen=True, slots=True)
class LabSpec:
    """A whole lab."""

    school: str
    seed: str
    entry: str = ""
    """Name of the device behind which the engineer sits; empty: every device is reachable, whatever it says."""
    routers: tuple[str, ...] = ()
    devices: tuple[DeviceSpec, ...] = ()
    cables: tuple[CableSpec, ...] = ()
    users: dict[str, str] = field(default_factory=dict[str, str])
    """Name -> password; every device takes each."""
    vlan: int = 99
    """VLAN of management."""
    epoch: float = 0.0
    """Seconds since 1970 at which lab time starts; 0 is now."""
    cut: Literal["refuse", "hang"] = "refuse"
    """What a connection to a device that is cut off meets: a reset, or silence."""
    endpoints: tuple[EndpointSpec, ...] = ()
    silent: tuple[SilentSpec, ...] = ()
    moving: bool = False
    """A device is reached at any address it holds: the school moves from its old addresses to the trust's."""


def write(spec: LabSpec, path: Path) -> None:
    """Keep *spec* for the lab's process; readable by the owner only."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(spec)), encoding="utf-8")


def read(path: Path) -> LabSpec:
    """The description that ``write`` kept."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    kinds: dict[str, type] = {
        "devices": DeviceSpec,
        "cables": CableSpec,
        "endpoints": EndpointSpec,
        "silent": SilentSpec,
    }
    for name, kind in kinds.items():
        found[name] = tuple(kind(**_frozen(row)) for row in found[name])
    return LabSpec(**_frozen(found))


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    """JSON knows lists only."""
    return {name: tuple(cast("Iterable[Any]", one)) if isinstance(one, list) else one for name, one in row.items()}
