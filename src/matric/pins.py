"""Pinned identities: the host key or certificate a person has confirmed once, and that must never change by itself.

Kept in ``inventory/pins/<school>.yaml``, one entry per device; a lab keeps its own in ``lab.json``. Reading an identity
sends no credential.
"""

import base64
import hashlib
import importlib
import os
import socket
import ssl
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from matric.errors import StrangerError, Unreachable, UsageError
from matric.intent.base import Model

if TYPE_CHECKING:
    from matric.platform.base import Platform

__all__ = ("Offer", "Pins", "digest", "enrol", "fetch", "fingerprint", "load", "save")

_KEY = r"(?:ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+(?: \S+)?"
_CERTIFICATE = r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----"
PinText = Annotated[str, Field(pattern=rf"^(?:{_KEY}|{_CERTIFICATE})\s*$")]


class Pins(Model):
    """``inventory/pins/<school>.yaml``."""

    format_version: Literal[1]
    pins: dict[str, PinText]
    """Device name -> OpenSSH public key line, or PEM certificate."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An identity a device shows, for a person to compare with the device's own console."""

    key: str
    """school/name."""
    host: str
    port: int
    pin: str
    fingerprint: str


def load(inventory: Path, school: str) -> Mapping[str, str]:
    """Device name -> pin; empty where nothing of *school* was enrolled yet."""
    path = _path(inventory, school)
    if not path.exists():
        return {}
    from matric import yaml_file  # noqa: PLC0415 - read on use

    return yaml_file.model(path, Pins).pins


def save(inventory: Path, school: str, pins: Mapping[str, str]) -> None:
    """Write all of *school*'s pins at once, or none."""
    import yaml  # noqa: PLC0415 - read on use

    path = _path(inventory, school)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({"format_version": 1, "pins": dict(sorted(pins.items()))}, sort_keys=False, width=1000)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{school}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"# Host keys and certificates of {school}, confirmed by a person with `matric enrol`.\n{text}")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def fetch(platform: "Platform", host: str, port: int, timeout_s: float = 10.0) -> str:
    """The identity that answers at *host*, in the form pins have. No credential is sent."""
    if not _is_address(host):
        raise Unreachable(f"{host!r} is no IP address, and a name is never resolved. Do: set the address in NetBox")
    readers: dict[str, Callable[[str, int, float], str]] = {"ssh": _host_key, "tls": _served_certificate}
    try:
        return readers[platform.extra["identity"]](host, port, timeout_s)
    except OSError as error:
        raise Unreachable(f"{host} port {port} showed no identity: {error}. Do: check address and path") from error


def fingerprint(pin: str) -> str:
    """*pin* as the device's own console shows it: OpenSSH's form for a key, SHA-256 in pairs for a certificate."""
    if pin.lstrip().startswith("-----BEGIN"):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pin.strip())).digest().hex(":").upper()
    raw = base64.b64decode(pin.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def digest(pin: str) -> str:
    """``sha256:<hex>`` of what is pinned, whatever the white space and the comment around it."""
    if pin.lstrip().startswith("-----BEGIN"):
        raw = ssl.PEM_cert_to_DER_cert(pin.strip())
    else:
        raw = base64.b64decode(pin.split()[1])
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def enrol(
    inventory: Path, school: str, offers: tuple[Offer, ...], confirmed: Callable[[Offer], bool]
) -> tuple[str, ...]:
    """Pin what *confirmed* says yes to, and return the keys newly pinned.

    A device that shows another identity than its pin is an error and is never asked about: whoever replaced it removes
    the old pin by hand. Nothing is written then.
    """
    known = dict(load(inventory, school))
    changed = [offer for offer in offers if _name(offer) in known and digest(known[_name(offer)]) != digest(offer.pin)]
    if changed:
        shown = "; ".join(
            f"{offer.key} shows {offer.fingerprint}, pinned is {fingerprint(known[_name(offer)])}" for offer in changed
        )
        raise StrangerError(
            f"{shown}. Do: find out what answers there; if the device was replaced, delete its line in "
            f"{_path(inventory, school)} and enrol again"
        )
    fresh = tuple(offer for offer in offers if _name(offer) not in known and confirmed(offer))
    if fresh:
        save(inventory, school, known | {_name(offer): offer.pin for offer in fresh})
    return tuple(offer.key for offer in fresh)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _name(offer: Offer) -> str:
    return offer.key.partition("/")[2]


def _path(inventory: Path, school: str) -> Path:
    if not school or not all(letter.isalnum() or letter in "-_" for letter in school):
        raise UsageError(f"{school!r} is no school's slug. Do: use letters, digits, - and _")
    return inventory / "pins" / f"{school}.yaml"


def _served_certificate(host: str, port: int, timeout_s: float) -> str:
    return ssl.get_server_certificate((host, port), timeout=timeout_s)


def _host_key(host: str, port: int, timeout_s: float) -> str:
    from matric.platform.transport import quiet  # noqa: PLC0415 - read on use

    quiet()
    paramiko: Any = importlib.import_module("paramiko")  # heavy, and without types

    connection = socket.create_connection((host, port), timeout=timeout_s)
    transport = paramiko.Transport(connection)
    try:
        transport.start_client(timeout=timeout_s)
        key = transport.get_remote_server_key()
        return f"{key.get_name()} {key.get_base64()}"
    except (EOFError, paramiko.SSHException) as error:
        raise Unreachable(f"{host} port {port} does not speak SSH: {error}. Do: check the address") from error
    finally:
        transport.close()
