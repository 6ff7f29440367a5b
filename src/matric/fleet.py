"""The typed edge of Nornir: the inventory, the login, and one question put to many devices.

A host is ``school/name``, for device names repeat between schools. Its address is the primary IPv4 address in the
snapshot, or what a lab says; a name is never resolved. No password is in the inventory: a login resolves its reference.
"""

import contextlib
import json
import logging
import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups
from nornir.core.task import AggregatedResult, Task
from pydantic import Field

from matric import pins, platform, secret, site
from matric.errors import DeviceError, StrangerError, UsageError
from matric.intent.base import Model
from matric.intent.record import DeviceRow
from matric.platform.base import Address, Driver, Platform

__all__ = (
    "Access",
    "Fleet",
    "Host",
    "LabState",
    "Login",
    "MatricInventory",
    "NoAnswer",
    "Nornir",
    "Task",
    "Told",
    "address",
    "ask",
    "lab_state",
    "login",
    "offer",
    "only",
    "platform_of",
    "start",
    "vault_in",
    "vault_of",
)

T = TypeVar("T")

LAB_TIMEOUT_S = 10.0
"""A lab answers at once; what does not answer there in this time never will."""

# Nornir writes a traceback for each failed task; who asked gets the error itself.
logging.getLogger("nornir").addHandler(logging.NullHandler())


# -- who is there -----------------------------------------------------------------------------------------------------


class Login(Model):
    """How to log in to one platform."""

    user: str
    secret: str
    """Reference to the password."""
    port: int = Field(ge=1, le=65535)
    timeout_s: float = Field(gt=0, le=600, strict=False)


class Access(Model):
    """``inventory/access.yaml``."""

    format_version: Literal[1]
    platforms: dict[str, Login]


class MatricInventory:
    """Nornir's inventory from the snapshot: ``InitNornir(config_file="inventory/nornir.yaml")``."""

    def __init__(self, root: str = ".", school: str | None = None, lab: str | None = None) -> None:
        """*root* is a site or a folder in one; *school* a slug, or None for the trust; *lab* a lab's state folder.

        Without *lab* the environment's ``MATRIC_LAB`` counts, so that no script has to know whether it runs in a lab.
        """
        self._site = site.load(site.find(Path(root)))
        self._school = school
        folder = lab or os.environ.get("MATRIC_LAB") or None
        self._lab = str(Path(folder).resolve()) if folder else None

    def load(self) -> Inventory:
        from matric import yaml_file  # noqa: PLC0415 - read on use

        records = self._site.snapshot.records
        access = yaml_file.model(self._site.inventory / "access.yaml", Access)
        schools = {row.id: row.slug for row in records.sites}
        if self._school is not None and self._school not in schools.values():
            raise UsageError(f"school {self._school!r} is not in the snapshot. Do: use {', '.join(schools.values())}")
        addresses = {row.id: row.address.partition("/")[0] for row in records.ip_addresses}
        hosts, groups, defaults = Hosts(), Groups(), Defaults()
        for row in records.devices:
            school = schools[row.site_id]
            if not _configured(row) or self._school not in (None, school):
                continue
            key = f"{school}/{row.name}"
            if key in hosts:
                raise UsageError(
                    f"{key} stands for devices #{hosts[key]['id']} and #{row.id}. Do: rename one in NetBox"
                )
            names = (f"school/{school}", f"role/{row.role}", f"platform/{row.platform}")
            for name in names:
                groups.setdefault(name, Group(name, defaults=defaults))
            host = self._host(row, school, access, addresses.get(row.primary_ip4_id or 0, ""))
            host.groups, host.defaults = ParentGroups([groups[name] for name in names]), defaults
            hosts[key] = host
        if self._lab is not None:
            _moved_into_lab(hosts, lab_state(self._lab))
        if not hosts:
            raise UsageError(f"no device of {self._school or 'the trust'} is one matric configures. Do: check NetBox")
        return Inventory(hosts=hosts, groups=groups, defaults=defaults)

    def _host(self, row: DeviceRow, school: str, access: Access, host: str) -> Host:
        given = access.platforms.get(row.platform or "")
        if given is None:
            raise UsageError(f"inventory/access.yaml has no platform {row.platform} (device #{row.id}). Do: add it")
        data: dict[str, Any] = {
            "id": row.id,
            "school": school,
            "name": row.name,
            "role": row.role,
            "serial": row.serial,
            "root": str(self._site.root),
            "lab": self._lab,
            "secret": given.secret,
            "timeout_s": given.timeout_s,
        }
        name = f"{school}/{row.name}"
        return Host(name, hostname=host, port=given.port, username=given.user, platform=row.platform, data=data)


def _configured(row: DeviceRow) -> bool:
    """True where matric writes the device: the same rule as ``matric.intent.school.Device.configured``."""
    return bool(row.name and row.platform is not None and row.status == "active" and row.role != "access-point")


class LabDevice(Model):
    """One device of a running lab."""

    host: str
    port: int
    platform: str
    pin: str
    serial: str = ""
    management: str = ""
    """The address it has had so far; empty where it has none."""


class LabState(Model):
    """What a running lab says of itself in ``lab.json``."""

    model_config = Model.model_config | {"extra": "ignore"}

    school: str
    secret_seed: str = Field(repr=False)
    devices: dict[str, LabDevice]


def lab_state(folder: str) -> LabState:
    """The lab in *folder*, as it is now."""
    path = Path(folder) / "lab.json"
    try:
        return LabState.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: no lab runs there ({type(error).__name__}). Do: `matric lab up SCHOOL`") from error


def _moved_into_lab(hosts: Hosts, lab: LabState) -> None:
    """Point every host at the lab. One that the lab lacks is left without an address: nothing real is contacted.

    A device that was given another name when its school joined is known by its serial number.
    """
    serials = {one.serial: one for one in lab.devices.values() if one.serial}
    for key, host in hosts.items():
        there = lab.devices.get(key) or (
            serials.get(host.data["serial"]) if host.data["school"] == lab.school else None
        )
        host.hostname = there.host if there else ""
        host.port = there.port if there else 0
        host.data["pin"] = there.pin if there else ""
        host.data["timeout_s"] = min(host.data["timeout_s"], LAB_TIMEOUT_S)


def offer(task: Task) -> pins.Offer:
    """The identity that answers at the host's address, for a person to confirm. No credential is sent."""
    host = task.host
    there, port = _addressed(host), host.port or 0
    pin = pins.fetch(platform_of(host), there, port, host.data["timeout_s"])
    return pins.Offer(host.name, there, port, pin, pins.fingerprint(pin))


# -- the login --------------------------------------------------------------------------------------------------------


def platform_of(host: Host) -> Platform:
    """What the host runs."""
    return platform.get(host.platform or "")


def vault_of(host: Host) -> secret.Vault:
    """Where the host's secrets come from: in a lab, ``lab:`` references too."""
    lab = host.data["lab"]
    return _vault(lab_state(lab).secret_seed if lab is not None else None)


def vault_in(lab: Path | None) -> secret.Vault:
    """Where secrets come from: in the lab whose state folder is *lab*, ``lab:`` references too."""
    return _vault(lab_state(str(lab)).secret_seed if lab is not None else None)


@cache
def _vault(seed: str | None) -> secret.Vault:
    return secret.vault(seed)


def _addressed(host: Host) -> str:
    """The host's address; an error where it has none. A name is never resolved instead."""
    try:
        return str(ip_address(host.hostname or ""))
    except ValueError:
        raise DeviceError(
            f"{host.name} has no primary IPv4 address, so it is not contacted. Do: set it in NetBox"
        ) from None


def address(host: Host) -> Address:
    """Where and how to log in. An error where no address or no pin is on record."""
    data = host.data
    there = _addressed(host)
    pin = data.get("pin") or pins.load(site.load(data["root"]).inventory, data["school"]).get(data["name"], "")
    if not pin:
        raise StrangerError(f"{host.name} was never enrolled. Do: `matric enrol {data['school']}`")
    extra: dict[str, Any] = {}
    if data["lab"] is not None:
        from matric.lab.client import Lab  # noqa: PLC0415 - only in a lab

        extra["now"] = Lab(Path(data["lab"])).clock().now
    return Address(
        key=host.name,
        host=there,
        port=host.port or 0,
        user=host.username or "",
        password=vault_of(host).get(data["secret"]),
        pin=pin,
        timeout_s=data["timeout_s"],
        **extra,
    )


@contextlib.contextmanager
def login(host: Host) -> Generator[Driver]:
    """A new login to *host*, ended afterwards. Never kept: a probe must prove the path as it is now."""
    driver = platform_of(host).driver(address(host))
    driver.open()
    try:
        yield driver
    finally:
        # What was asked has been answered or has failed by now; a login that ends badly changes neither.
        with contextlib.suppress(DeviceError):
            driver.close()


# -- one question, many devices ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What a device answered."""

    value: T


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no answer; never to be read as an empty one."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Fleet(Generic[T]):
    """Every device in scope with its answer, those without one included."""

    answers: Mapping[str, Told[T] | NoAnswer]

    def __post_init__(self) -> None:
        if not self.answers:
            raise UsageError("no device was asked. Do: check school, role and names given")

    @property
    def told(self) -> dict[str, T]:
        return {key: given.value for key, given in self.answers.items() if isinstance(given, Told)}

    @property
    def silent(self) -> dict[str, BaseException]:
        return {key: given.error for key, given in self.answers.items() if isinstance(given, NoAnswer)}

    def all(self) -> dict[str, T]:
        """Every device's answer; the first missing one is raised."""
        for error in self.silent.values():
            raise error
        return self.told


def ask(nornir: Nornir, question: Callable[..., T], **given: Any) -> Fleet[T]:
    """Put *question*, a Nornir task, to every host of *nornir*, those that failed before included."""
    keys = tuple(nornir.inventory.hosts)
    if not keys:
        raise UsageError("no device matches. Do: check school, role and names given")
    results = nornir.run(task=question, on_failed=True, **given)
    return Fleet({key: _answer(results, key) for key in keys})


def _answer(results: AggregatedResult, key: str) -> Told[Any] | NoAnswer:
    if key not in results:
        return NoAnswer(RuntimeError(f"{key} was skipped by Nornir"))
    root = results[key][0]  # Nornir's own contract: the first result is the task's, the others its sub-tasks'
    if root.exception is not None:
        return NoAnswer(root.exception)
    if root.failed:
        return NoAnswer(RuntimeError(f"{key}: the task says it failed"))
    return Told(root.result)


def only(nornir: Nornir, *keys: str) -> Nornir:
    """*nornir* with the hosts *keys*, each of which must be there."""
    missing = [key for key in keys if key not in nornir.inventory.hosts]
    if missing or not keys:
        raise UsageError(f"no such device: {', '.join(missing) or 'none named'}. Do: see `matric devices`")

    def wanted(host: Host) -> bool:
        return host.name in keys

    return nornir.filter(filter_func=wanted)


def start(found: site.Site, school: str | None = None, lab: Path | None = None, workers: int = 20) -> Nornir:
    """Nornir over *found*, as ``inventory/nornir.yaml`` would give it from the site's root.

    Where *found* has its Python from a trusted checkout, logins and pinned identities come from there as well: a change
    nobody has reviewed may say where a device is, and never who is trusted to be it, nor with which password.
    """
    from nornir import InitNornir  # noqa: PLC0415 - loads every plugin

    options = {"root": str(found.root), "school": school, "lab": str(lab) if lab else None}
    made = InitNornir(
        inventory={"plugin": "MatricInventory", "options": options},
        runner={"plugin": "threaded", "options": {"num_workers": workers}},
        logging={"enabled": False},
    )
    if found.code is not None:
        _trusting(made.inventory.hosts, found.code)
    return made


def _trusting(hosts: Hosts, trusted: site.Site) -> None:
    """Log in to *hosts* as the trusted checkout says, and believe only the identities it has pinned."""
    from matric import yaml_file  # noqa: PLC0415 - read on use

    access = yaml_file.model(trusted.inventory / "access.yaml", Access)
    for host in hosts.values():
        given = access.platforms.get(host.platform or "")
        if given is None:
            raise UsageError(
                f"the protected branch's access.yaml has no platform {host.platform} ({host.name}). "
                "Do: add it there first"
            )
        host.username = given.user
        host.data.update(secret=given.secret, root=str(trusted.root))
        if host.data["lab"] is None:
            host.port = given.port
            host.data["timeout_s"] = given.timeout_s
