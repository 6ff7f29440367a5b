"""What a lab is built from: plain values that fit a file, so that the lab's process needs nothing else."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ("CableSpec", "DeviceSpec", "LabSpec", "read", "write")


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


def write(spec: LabSpec, path: Path) -> None:
    """Keep *spec* for the lab's process; readable by the owner only."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(spec)), encoding="utf-8")


def read(path: Path) -> LabSpec:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = found.pop("devices")
    devices = tuple(DeviceSpec(ports=tuple(row.pop("ports")), **row) for row in rows)
    cables = tuple(CableSpec(**row) for row in found.pop("cables"))
    routers = tuple(found.pop("routers"))
    return LabSpec(devices=devices, cables=cables, routers=routers, **found)
