"""What the drivers share: the pinned identity, the allow-list of reads, and errors in matric's own words.

A pin is compared for equality, before any credential is sent: a certificate chain or a date proves less.
"""

import contextlib
import importlib
import logging
import os
import re
import shutil
import socket
import ssl
import tempfile
import threading
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from matric.errors import DeviceError, Refused, StrangerError, Unreachable
from matric.platform.base import Address

__all__ = (
    "PinnedContext",
    "Watched",
    "allowed",
    "complete",
    "dialled",
    "heard_at_once",
    "known_hosts",
    "private_file",
    "private_folder",
    "quiet",
    "said",
    "strict_ssh",
    "translated",
    "within_time",
)

# pyeapi logs whole configurations (at debug level) and prints a traceback for each refused connection.
_LIBRARIES = ("netmiko", "paramiko", "pyeapi", "scp")


def quiet() -> None:
    """Keep the libraries from writing configurations, secrets and tracebacks anywhere."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def allowed(command: str, patterns: tuple[str, ...]) -> str:
    """*command*, if a pattern matches all of it: what reads can never send anything else."""
    if not any(re.fullmatch(pattern, command) for pattern in patterns):
        raise Refused(f"{command!r} is not on the list of show commands and was not sent. Do: report this as a defect")
    return command


def said(text: str, limit: int = 400) -> str:
    """A device's own words on one line, with every known secret out of them."""
    from matric import secret  # noqa: PLC0415 - read on use

    words = " ".join(secret.guarded(text).split())
    return words if len(words) <= limit else words[: limit - 3] + "..."


def complete(key: str, text: str, what: str) -> str:
    """*text* up to its end marker; a configuration that does not end in ``end`` was cut short."""
    lines = text.replace("\r\n", "\n").rstrip().split("\n")
    if lines[-1].strip() != "end":
        raise Refused(f"{key}: {what} does not end in 'end', so it was not read whole. Do: try again")
    return "\n".join(lines) + "\n"


class PinnedContext(ssl.SSLContext):
    """A TLS context that knows exactly one certificate. The check is done before a byte of the request is sent."""

    _pinned: bytes

    @classmethod
    def of(cls, pem: str) -> "PinnedContext":
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # the address is not in the certificate: the pin is the stronger check
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=pem)
        context._pinned = ssl.PEM_cert_to_DER_cert(pem.strip())
        return context

    def wrap_socket(self, sock: socket.socket, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        sock.getpeername()  # a connection that is gone already is an error here: ssl would raise, and leave it open
        wrapped = super().wrap_socket(sock, *args, **kwargs)
        try:
            if wrapped.getpeercert(binary_form=True) != self._pinned:
                raise ssl.SSLCertVerificationError("the certificate is not the pinned one")
        except OSError:
            wrapped.close()
            raise
        except ValueError:
            # The connection went between the two lines above, so ssl made no handshake at all.
            wrapped.close()
            raise ConnectionResetError("the connection was gone before TLS began") from None
        return wrapped


class Watched:
    """An SSH channel that says when its other end is gone: netmiko would wait for the whole time-out."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def recv_ready(self) -> bool:
        channel = self._channel
        return bool(channel.recv_ready() or channel.closed or channel.eof_received)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


_QUIET_S = 5
"""A connection that says nothing for so long is asked whether it still stands, and again every so many seconds."""
_ASKED = 3
_LOGIN_FACTOR = 3
"""A login is several waits, each as long as one time-out: name, key exchange, password, shell."""


def dialled(address: Address) -> socket.socket:
    """A TCP connection to *address* that the kernel ends when the path is lost: with a packet not acknowledged for
    one time-out, or with nobody there when nothing is said (RFC 1122, 4.2.3.6; RFC 5482).

    The libraries open their own without either. paramiko waits for the answer to "open a shell" without an end, so that
    a path lost in the middle of a login would hold a cut-over until somebody kills it.
    """
    made = socket.create_connection((address.host, address.port), timeout=address.timeout_s)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _QUIET_S),
        ("TCP_KEEPINTVL", _QUIET_S),
        ("TCP_KEEPCNT", _ASKED),
        ("TCP_USER_TIMEOUT", round(address.timeout_s * 1000)),
    ):
        if hasattr(socket, name):  # not every system has all four
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return made


@contextlib.contextmanager
def within_time(address: Address, connection: socket.socket) -> Generator[None]:
    """A login over *connection*, cut when it takes longer than three time-outs: also where the far end still
    acknowledges and says nothing more.
    """

    def cut() -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_LOGIN_FACTOR * address.timeout_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def private_folder() -> Generator[Path]:
    """A folder only this user can read, gone afterwards: configurations hold secrets.

    What a killed process left is removed by the next one.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_PREFIX = "matric-private-"


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdecimal() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def private_file(path: Path, text: str) -> Path:
    """*path* with *text*, readable by this user only from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


def known_hosts(folder: Path, address: Address) -> Path:
    """A known_hosts file in *folder* with nothing but the pinned key of *address*."""
    fields = address.pin.split()
    start = next((at for at, word in enumerate(fields) if re.fullmatch(r"(ssh|ecdsa)-\S+", word)), None)
    if start is None or len(fields) < start + 2:
        raise StrangerError(f"{address.key} has no usable host key on record. Do: `matric enrol`")
    host = address.host if address.port == 22 else f"[{address.host}]:{address.port}"  # noqa: PLR2004 - ssh's own port
    path = private_file(folder / "known_hosts", f"{host} {fields[start]} {fields[start + 1]}\n")
    if not path.is_file():
        # netmiko goes on without the file if it is not there; strict mode would still refuse, but not say why.
        raise StrangerError(f"{address.key}: the record of its host key could not be written. Do: free some disk space")
    return path


@cache
def heard_at_once() -> None:
    """Have paramiko notice an answer to a password that comes before it waits for one.

    Its ``AuthOnlyHandler.send_auth_request`` (3.2 to 5.1) makes the event that an answer sets only after the request
    was sent: an answer in between is lost, and the login waits for its whole time-out, at a device that let us in.
    """
    handler: Any = importlib.import_module("paramiko.auth_handler").AuthOnlyHandler
    sent, waited, refused = handler.send_auth_request, handler.wait_for_response, handler._parse_userauth_failure  # noqa: SLF001 - there is no other way to hear it

    def send(self: Any, *given: Any, **named: Any) -> Any:
        self.refused_early = False
        return sent(self, *given, **named)

    def refuse(self: Any, message: Any) -> None:
        self.refused_early = True
        refused(self, message)

    def wait(self: Any, event: threading.Event) -> Any:
        if self.is_authenticated() or getattr(self, "refused_early", False):
            event.set()
        return waited(self, event)

    handler.send_auth_request, handler.wait_for_response, handler._parse_userauth_failure = send, wait, refuse  # noqa: SLF001 - ditto


def strict_ssh(address: Address, folder: Path, connection: socket.socket) -> dict[str, Any]:
    """Netmiko's options for a login over *connection* to *address* that takes the pinned host key, in *folder*, and no
    other key of any kind: the password is not sent before that is proven.
    """
    heard_at_once()
    return {
        "sock": connection,
        "port": address.port,
        "ssh_strict": True,
        "system_host_keys": False,
        "alt_host_keys": True,
        "alt_key_file": str(known_hosts(folder, address)),
        "use_keys": False,
        "allow_agent": False,
        "conn_timeout": address.timeout_s,
        "auth_timeout": address.timeout_s,
        "banner_timeout": address.timeout_s,
    }


@contextlib.contextmanager
def translated(address: Address, doing: str) -> Generator[None]:
    """Every exception of the libraries below, as one of ours."""
    try:
        yield
    except DeviceError:
        raise
    except Exception as error:  # noqa: BLE001 - napalm, netmiko, paramiko, pyeapi, scp and http.client share no root
        # Not "from error": the libraries' messages repeat configuration lines, and a traceback would print them.
        raise _as_ours(address, doing, error) from None


def _as_ours(address: Address, doing: str, error: Exception) -> DeviceError:
    chain = tuple(_chain(error))
    where = f"{address.key} ({address.host} port {address.port})"
    if any(_is_stranger(one) for one in chain):
        return StrangerError(
            f"{where} is not the device that was enrolled: its key or certificate is another one, and no password was "
            "sent. Do: find out what answers there; if the device was replaced, `matric enrol` it again"
        )
    # paramiko calls an answer that did not come in time an authentication error: that is no refusal.
    timed_out = any("authentication timeout" in str(one).lower() for one in chain)
    if timed_out:
        return Unreachable(f"{where} gave no answer while {doing}. Do: check the path to it, then ask its state")
    if any(type(one).__name__ in _LOGIN_REFUSED or _is_unauthorised(one) for one in chain):
        return Refused(f"{where} refused the login. Do: check the account and its secret reference")
    if any(isinstance(one, OSError | EOFError) or type(one).__name__ in _NO_ANSWER for one in chain):
        return Unreachable(f"{where} gave no answer while {doing}. Do: check the path to it, then ask its state")
    return Refused(f"{where} refused while {doing}: {said(str(error))}. Do: read its state before anything else")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """*error*, and whatever it replaced: NAPALM and netmiko hide the reason behind an error of their own."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "socket_error", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__


_LOGIN_REFUSED = frozenset({"AuthenticationException", "BadAuthenticationType", "NetmikoAuthenticationException"})
_NO_ANSWER = frozenset(
    {
        "BadStatusLine",
        "CommandTimeoutException",
        "ConnectionClosedException",
        "ConnectionException",
        "IncompleteRead",
        "NetmikoTimeoutException",
        "ReadException",
        "ReadTimeout",
        "RemoteDisconnected",
        "SCPException",
        "SSHException",
    }
)


def _is_stranger(error: BaseException) -> bool:
    if isinstance(error, ssl.SSLCertVerificationError) or type(error).__name__ == "BadHostKeyException":
        return True
    # paramiko's RejectPolicy has no exception of its own; with one pinned key it means a key of another type.
    return type(error).__name__ == "SSHException" and "not found in known_hosts" in str(error)


def _is_unauthorised(error: BaseException) -> bool:
    """Pyeapi has no exception of its own for 401: it says the HTTP reason."""
    return type(error).__module__.startswith("pyeapi") and str(getattr(error, "message", "")).startswith("Unauthorized")
