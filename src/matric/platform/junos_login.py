"""NAPALM's junos driver, logging in to none but the enrolled device; and what its libraries raise, in our words."""

import importlib
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from matric.errors import DeviceError, Refused, StrangerError, Unreachable
from matric.platform.base import Address
from matric.platform.transport import known_hosts, private_file, quiet, said

__all__ = ("as_ours", "pinned")

_LOOK_S = 0.01
"""So often ncclient looks for something to send; with its own 0.1 s every question waits that long before it leaves."""
_STRANGERS = frozenset({"SSHUnknownHostError", "BadHostKeyException"})
_LOGIN_REFUSED = frozenset({"AuthenticationError", "AuthenticationException", "ConnectAuthError"})
_NO_ANSWER = frozenset(
    {
        "ConnectClosedError",
        "ConnectError",
        "ConnectRefusedError",
        "ConnectTimeoutError",
        "ConnectUnknownHostError",
        "ConnectionException",
        "RpcTimeoutError",
        "SSHError",
        "SSHException",
        "SessionCloseError",
        "SessionError",
        "TimeoutExpiredError",
        "TransportError",
    }
)


def pinned(address: Address, folder: Path, connection: socket.socket) -> Any:
    """NAPALM's driver, not yet open, that speaks over *connection* and takes no host key but the pinned one; its files
    lie in *folder*.
    """
    quiet()
    for name in ("ncclient", "jnpr"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # they log whole configurations
    vars(importlib.import_module("ncclient.transport.session"))["TICK"] = _LOOK_S
    known = known_hosts(folder, address)
    _readable(address, str(known))
    return _driver(address, connection, str(private_file(folder / "ssh_config", f"UserKnownHostsFile {known}\n")))


def _readable(address: Address, known: str) -> None:
    """Refuse a pin that is no key: ncclient would take it for a device that does not answer."""
    paramiko: Any = importlib.import_module("paramiko")  # heavy, and without types
    try:
        found = len(paramiko.HostKeys(known))
    except (paramiko.SSHException, paramiko.hostkeys.InvalidHostKey, ValueError):
        found = 0
    if not found:
        raise StrangerError(
            f"{address.key} has no usable host key on record, and no password was sent. Do: `matric enrol`"
        )


def _driver(address: Address, connection: socket.socket, ssh_config: str) -> Any:
    """NAPALM's driver, over a PyEZ device that takes no host key but the one in *ssh_config*'s known_hosts."""
    from napalm.junos import junos  # noqa: PLC0415 - heavy

    module: Any = junos
    base: Any = junos.JunOSDriver
    options = {"port": address.port, "ssh_config_file": ssh_config}
    device = module.Device(
        address.host,
        user=address.user,
        password=address.password,
        port=address.port,
        sock_fd=connection.fileno(),
        ssh_config=ssh_config,
        hostkey_verify=True,
        look_for_keys=False,
        allow_agent=False,
        gather_facts=False,
        conn_open_timeout=int(address.timeout_s),
    )
    # PyEZ reads no such file for a connection that it is given, and then knows no host key: nobody could log in.
    device._sshconf_lkup = lambda: ssh_config  # noqa: SLF001 - there is no other way to tell it

    def made(self: Any) -> None:
        base.__init__(
            self, address.host, address.user, address.password, timeout=int(address.timeout_s), optional_args=options
        )
        self.device = device

    return type("PinnedJunOSDriver", (base,), {"__init__": made})()


def as_ours(address: Address, doing: str, error: Exception) -> DeviceError:
    where = f"{address.key} ({address.host} port {address.port})"
    chain = tuple(_chain(error))
    names = {type(one).__name__ for one in chain}
    if names & _STRANGERS or any("no acceptable host key" in str(one) for one in chain):
        return StrangerError(
            f"{where} is not the device that was enrolled: its host key is another one, and no password was sent. "
            "Do: find out what answers there; if the device was replaced, `matric enrol` it again"
        )
    if names & _LOGIN_REFUSED:
        return Refused(f"{where} refused the login. Do: check the account and its secret reference")
    if names & _NO_ANSWER or any(isinstance(one, OSError | EOFError) for one in chain):
        return Unreachable(f"{where} gave no answer while {doing}. Do: check the path to it, then ask its state")
    return Refused(f"{where} refused while {doing}: {said(_told(error))}. Do: read its state before anything else")


def _told(error: Exception) -> str:
    """The device's own words. NAPALM hands on PyEZ's list of everything each complaint consists of."""
    given: Any = error.args[0] if error.args else ""
    if isinstance(given, list):
        return "; ".join(str(one.get("message", "")) for one in cast("list[dict[str, Any]]", given))
    return str(getattr(error, "message", None) or error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "_orig", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
