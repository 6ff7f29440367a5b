"""A lab by its own description, ``inventory/lab/<school>/lab.yaml``: a school NetBox has not heard of yet."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from matric import yaml_file
from matric.errors import BadInput, Problem
from matric.intent.base import Model
from matric.intent.limit import HARDWARE
from matric.intent.standard import Standard
from matric.lab.build import credentials
from matric.lab.spec import CableSpec, DeviceSpec, EndpointSpec, LabSpec, SilentSpec
from matric.secret import resolve, vault

__all__ = ("FILE", "Description", "described")

FILE = "lab.yaml"
Speech = Literal["lldp", "cdp"]


class Credential(Model):
    """A name and a password somebody has."""

    user: str
    secret: str
    """Reference to the password; ``lab:NAME`` is derived from the lab's seed."""


class Trouble(Model):
    """A fault a device has from the start; it acts each time."""

    kind: str
    on: str = ""
    settings: dict[str, str | int] = Field(default_factory=dict)


class DeviceRow(Model):
    """A device that answers."""

    name: str
    platform: Literal["aoscx", "aoss", "eos", "ios", "junos"]
    role: str = "access"
    model: str
    """One of ``matric.intent.limit.HARDWARE``: it says which ports there are, and what PoE there is."""
    serial: str
    os_version: str
    management: str
    """IPv4 address it is reached at, without a length."""
    boot: str = ""
    """File of its startup configuration beside the description; ``<name>.conf`` where not given."""
    credentials: tuple[str, ...]
    """Names of those it takes."""
    faults: tuple[Trouble, ...] = ()


class SilentRow(Model):
    """Kit that takes no login."""

    name: str
    says: str = ""
    mac: str = ""
    address: str = ""
    description: str = ""
    capabilities: tuple[str, ...] = ("bridge",)
    speaks: tuple[Speech, ...] = ("lldp",)


class EndpointRow(Model):
    """What hangs on a port; see ``matric.lab.spec.EndpointSpec``."""

    at: str
    """``<device> <port>``."""
    mac: str = Field(pattern=r"^([0-9a-f]{2}:){5}[0-9a-f]{2}$")
    kind: str
    address: str = ""
    static: bool = False
    host: str = ""
    tagged: bool = False
    speaks: tuple[Speech, ...] = ()
    says: str = ""
    description: str = ""
    capabilities: tuple[str, ...] = ()
    remote_port: str = ""
    poe_class: int | None = Field(default=None, ge=0, le=8)
    watts: float = Field(default=0.0, ge=0, le=90, strict=False)
    dot1x: bool = False
    admitted: tuple[int, ...] | None = None
    fixed: int | None = Field(default=None, ge=1, le=4094)


class Description(Model):
    """``lab.yaml``."""

    format_version: Literal[1]
    entry: str
    """Name of the device behind which the engineer sits."""
    routers: tuple[str, ...]
    credentials: dict[str, Credential]
    devices: tuple[DeviceRow, ...]
    silent: tuple[SilentRow, ...] = ()
    cables: tuple[tuple[str, str], ...]
    """Two ends, each ``<device> <port>``."""
    endpoints: dict[str, EndpointRow] = Field(default_factory=dict)


def described(folder: Path, standard: Standard, seed: str) -> LabSpec:
    """The lab that *folder*/lab.yaml describes; BadInput where it names what is not there."""
    path = folder / FILE
    found = yaml_file.model(path, Description)
    _checked(found, str(path))
    secrets = vault(seed)
    passwords = {name: (one.user, secrets.get(one.secret)) for name, one in found.credentials.items()}
    return LabSpec(
        school=folder.name,
        seed=seed,
        entry=found.entry,
        routers=found.routers,
        devices=tuple(_device(row, folder, seed, passwords) for row in found.devices),
        cables=tuple(CableSpec(*a.split(maxsplit=1), *b.split(maxsplit=1)) for a, b in found.cables),
        users=credentials(standard, seed),
        vlan=standard.networks[standard.management.network].vid,
        endpoints=tuple(_endpoint(name, row) for name, row in found.endpoints.items()),
        silent=tuple(SilentSpec(**row.model_dump()) for row in found.silent),
        moving=True,
    )


def _device(row: DeviceRow, folder: Path, seed: str, passwords: dict[str, tuple[str, str]]) -> DeviceSpec:
    hardware = HARDWARE[row.model]
    text = (folder / (row.boot or f"{row.name}.conf")).read_text(encoding="utf-8")
    return DeviceSpec(
        key=f"{folder.name}/{row.name}",
        name=row.name,
        platform=row.platform,
        role=row.role,
        model=row.model,
        serial=row.serial,
        os_version=row.os_version,
        management=row.management,
        ports=hardware.names(),
        boot=resolve(text, vault(seed), row.name),
        users=dict(passwords[name] for name in row.credentials),
        poe_w=float(hardware.poe_budget_w or 0),
        faults=tuple({"kind": one.kind, "on": one.on, **one.settings} for one in row.faults),
    )


def _endpoint(name: str, row: EndpointRow) -> EndpointSpec:
    device, port = row.at.split(maxsplit=1)
    return EndpointSpec(name=name, device=device, port=port, **row.model_dump(exclude={"at"}))


def _checked(found: Description, path: str) -> None:
    """Every name leads to something, and every port is one its model has."""
    ports = {row.name: HARDWARE[row.model].names() for row in found.devices if row.model in HARDWARE}
    silent = {row.name for row in found.silent} | set(found.routers)
    wrong = [f"{row.name}: the model {row.model} is not known" for row in found.devices if row.model not in HARDWARE]
    for row in found.devices:
        wrong += [f"{row.name}: no credential {name}" for name in row.credentials if name not in found.credentials]
    ends = [*(end for cable in found.cables for end in cable), *(row.at for row in found.endpoints.values())]
    for end in ends:
        device, _, port = end.partition(" ")
        if not port or (port not in ports.get(device, ()) and device not in silent):
            wrong.append(f"{end!r}: there is no such device and port")
    if found.entry not in ports:
        wrong.append(f"entry {found.entry}: there is no such device")
    if wrong:
        raise BadInput([Problem("LAB-DESCRIPTION", path, one, "correct it in the description") for one in wrong])
