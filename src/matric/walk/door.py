"""Where a device may be logged in to: the ports of an address that are tried, and what answers there first."""

import importlib
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from matric.errors import DeviceError, Unreachable
from matric.platform.transport import quiet

__all__ = ("Door", "Doors", "Greeting", "greeted", "lab_doors", "real_doors")

Kind = Literal["ssh", "eapi", "netconf"]
_SPEAKERS: Mapping[str, str] = {"eapi": r"\bArista\b|\bEOS\b", "netconf": r"\bJuniper\b|\bJUNOS\b"}
"""What a neighbour says of who speaks it."""


@dataclass(frozen=True, slots=True)
class Door:
    """One port of one device, and what is spoken there."""

    host: str
    port: int
    kind: Kind

    def fits(self, told: str) -> bool:
        """Whether it is worth trying on what says of itself *told*; nothing is known of what says nothing."""
        return self.kind == "ssh" or not told or re.search(_SPEAKERS[self.kind], told, re.IGNORECASE) is not None


Doors = Callable[[str], tuple[Door, ...]]
"""From an address to what is tried there, in this order; nothing else is ever connected to."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What answers at a door before anybody has logged in."""

    door: Door
    key: str
    """Host key or certificate, in the form that ``matric.pins`` keeps."""
    software: str = ""
    """What an SSH server calls itself."""


def real_doors(address: str) -> tuple[Door, ...]:
    """SSH, then eAPI over HTTPS, then NETCONF (RFC 6242): a switch that is managed has one of them."""
    return (Door(address, 22, "ssh"), Door(address, 443, "eapi"), Door(address, 830, "netconf"))


def lab_doors(lab: Path) -> Doors:
    """A lab's devices, each at a port of its own, by the management address it would have; nothing else is reached."""
    from matric.lab.client import Lab  # noqa: PLC0415 - only in a lab

    kinds: Mapping[str, Kind] = {"eos": "eapi", "junos": "netconf"}
    there = {
        str(one.get("management", "")): Door(str(one["host"]), int(one["port"]), kinds.get(str(one["platform"]), "ssh"))
        for one in Lab(lab).devices.values()
    }

    def doors(address: str) -> tuple[Door, ...]:
        return (there[address],) if address in there else ()

    return doors


def greeted(doors: tuple[Door, ...], timeout_s: float) -> Greeting:
    """The first of *doors* that answers, with its identity. No credential is sent. Unreachable where none does."""
    said: list[str] = []
    for door in doors:
        try:
            return _certificate(door, timeout_s) if door.kind == "eapi" else _host_key(door, timeout_s)
        except DeviceError as error:
            said.append(str(error))
        except OSError as error:
            said.append(f"port {door.port}: {_words(error)}")
    raise Unreachable("; ".join(said) or "the lab has nothing there")


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, ssl.SSLError):
        return "no TLS that this machine accepts"
    return (
        "refused"
        if isinstance(error, ConnectionRefusedError)
        else "closed"
        if isinstance(error, ConnectionError)
        else (error.strerror or "no answer")
    )


def _certificate(door: Door, timeout_s: float) -> Greeting:
    return Greeting(door, ssl.get_server_certificate((door.host, door.port), timeout=timeout_s))


def _host_key(door: Door, timeout_s: float) -> Greeting:
    quiet()
    paramiko: Any = importlib.import_module("paramiko")  # heavy, and without types

    connection = socket.create_connection((door.host, door.port), timeout=timeout_s)
    try:
        transport = paramiko.Transport(connection)
        transport.banner_timeout = timeout_s
    except BaseException:
        connection.close()
        raise
    try:
        transport.start_client(timeout=timeout_s)
        key = transport.get_remote_server_key()
        return Greeting(door, f"{key.get_name()} {key.get_base64()}", str(transport.remote_version))
    except (EOFError, paramiko.SSHException) as error:
        words = " ".join(str(error).split())[:120]
        raise Unreachable(f"port {door.port}: no SSH that this machine accepts ({words or 'closed'})") from error
    finally:
        transport.close()
