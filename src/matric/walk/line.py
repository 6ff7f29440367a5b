"""One login to a device nobody has documented, and the questions put over it. All of them go through one gate.

The terminal is netmiko's, without its preparation for a platform: that would send commands of its own before anybody
knows what stands there. eAPI and NETCONF are spoken as the drivers speak them.
"""

import importlib
import re
import socket
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import Any, Protocol

from matric.errors import DeviceError, Refused, Unreachable
from matric.platform.base import Address
from matric.platform.transport import (
    PinnedContext,
    Watched,
    dialled,
    private_folder,
    quiet,
    strict_ssh,
    translated,
    within_time,
)
from matric.walk.door import Greeting
from matric.walk.sent import RAISES, SETTINGS, Gate, refused

__all__ = ("Denied", "Line", "Unknown", "opened")

MAX_CHARACTERS = 8_000_000
"""No switch of a school says more; what does is nonsense, and is cut."""
_PROMPT = re.compile(r"(?:\A|[\r\n])(?P<prompt>[<\[]?[\w][\w.@()/:\- ]{0,62}[>#\]]) ?\Z")
_MORE = re.compile(r"-+ ?\(?more\)?(?: \d+%)? ?-+[^\r\n]*\Z|press any key to continue[^\r\n]*\Z", re.IGNORECASE)
_GREETING = re.compile(r"press any key to continue(?=\S)", re.IGNORECASE)
"""AOS-S: netmiko's first Enter was the key, and a cursor movement stands for the line end."""
_PASSWORD = re.compile(r"(?i)password: ?\Z")
_USER = re.compile(r"(?i)(?:user ?name|login(?: name)?) ?: ?\Z")
_REPEATS = 4
"""So often a dialogue of privileged mode is answered with an empty line; three refusals are common."""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[78EMDH=>]|\x08+ *\x08*|\x00|\x07")
_DENIED = frozenset(
    {
        "AuthenticationError",
        "AuthenticationException",
        "BadAuthenticationType",
        "ConnectAuthError",
        "NetmikoAuthenticationException",
    }
)
_READ_S = 0.01
_QUIET_S = 0.15
_ECHO = 16
"""Characters of a command by which its echo is known."""


class Denied(DeviceError):
    """The account was refused; the device answers."""


class Unknown(Refused):
    """The device does not know the question, or the account may not ask it."""


class Line(Protocol):
    """A login that stands."""

    platform: str
    """What speaks so can be nothing else; empty where it may be anything."""

    def ask(self, command: str) -> str:
        """The answer, whole. Unknown where it is refused, Unreachable where none came: the login is spent then."""
        ...

    def settle(self, platform: str) -> None:
        """What stands there is known now: keep it from answering page by page."""
        ...

    def close(self) -> None: ...


def opened(greeting: Greeting, address: Address, enable: str, watch: Callable[[socket.socket], None]) -> Line:
    """Log in at *address* to what has greeted. Denied where the account is refused; DeviceError where it is not known.

    *watch* is given each connection, so that whoever stops the survey can cut it.
    """
    kinds: dict[str, Callable[[], Line]] = {
        "ssh": lambda: _Shell(address, enable, watch),
        "eapi": lambda: _Eapi(address),
        "netconf": lambda: _Netconf(address, watch),
    }
    return kinds[greeting.door.kind]()


@contextmanager
def _login(address: Address) -> Generator[None]:
    try:
        with translated(address, "logging in"):
            try:
                yield
            except Exception as error:
                if _is_denied(error):
                    # Not "from error": the libraries' messages may repeat what was sent.
                    raise Denied(f"{address.host} port {address.port} refused {address.user}") from None
                raise
    except TimeoutError as error:
        raise Unreachable(f"{address.host} port {address.port} gave no answer while logging in") from error


def _is_denied(error: BaseException | None) -> bool:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        # paramiko calls an answer that did not come in time an authentication error: that is no refusal.
        timed_out = "authentication timeout" in str(error).lower()
        named = type(error).__name__ in _DENIED and not timed_out
        if named or str(getattr(error, "message", "")).startswith("Unauthorized"):
            return True
        inner = getattr(error, "_orig", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return False


# ---- a terminal ----


class _Shell:
    """A terminal over SSH, of whatever make."""

    platform = ""

    def __init__(self, address: Address, enable: str, watch: Callable[[socket.socket], None]) -> None:
        quiet()
        self.gate = Gate()
        self.address = address
        self._enable = enable
        self._prompt = ""
        self._lost = False
        self._stack = ExitStack()
        try:
            with _login(address):
                self._device = self._connected(watch)
                self._prompt = self._first_prompt()
        except BaseException:
            self._stack.close()
            raise

    def _first_prompt(self) -> str:
        """The prompt, once nothing more comes: a banner may have a line that looks like one."""
        text, _ = self._until(lambda text: _PROMPT.search(text) is not None)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET_S:
            if more := self._device.read_channel():
                text, quiet_since = _plain(text + more), time.monotonic()
            time.sleep(_READ_S)
        found = _PROMPT.search(text)
        if found is None:
            raise Refused(f"it shows no prompt but {' '.join(text.split())[-60:]!r}")
        return found["prompt"]

    def _connected(self, watch: Callable[[socket.socket], None]) -> Any:
        folder = self._stack.enter_context(private_folder())
        connection = self._stack.enter_context(dialled(self.address))
        watch(connection)
        # netmiko opens the session as it is made, and closes it again where that fails.
        with within_time(self.address, connection):
            device = _terminal()(
                host=self.address.host,
                username=self.address.user,
                password=self.address.password,
                **strict_ssh(self.address, folder, connection),
            )
        self._stack.callback(device.paramiko_cleanup)
        device.channel.remote_conn = Watched(device.channel.remote_conn)
        send = device.write_channel

        def gated(text: str) -> None:
            send(self.gate.passed(text))

        device.write_channel = gated
        return device

    def settle(self, platform: str) -> None:
        self.gate.platform = platform
        for setting in SETTINGS.get(platform, ()):
            with suppress(Unknown):
                self.ask(setting)
        if self._enable and self._prompt.endswith(">") and platform in ("ios", "eos", "aoss", "icx"):
            self._raise()

    def ask(self, command: str) -> str:
        if self._lost:
            raise Unreachable("the login is gone")
        text = self._talk(command)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if command in lines[0]:
            lines = lines[1:]
        answer = "\n".join(lines[:-1]).strip("\n")
        if refused(answer):
            raise Unknown(" ".join(answer.split())[:120])
        return answer + "\n"

    def close(self) -> None:
        with suppress(Exception):  # whatever ends badly here changes nothing that was seen
            self._stack.close()

    def _raise(self) -> None:
        """Privileged mode, as the account's own user where it asks for one (AOS-S with local users or RADIUS).

        It is tried once: where the password is refused, the login stays as it was.
        """
        prompt = re.compile(rf"(?:\A|[\r\n]){re.escape(self._prompt[:-1])}[>#] ?\Z", re.IGNORECASE)

        def said(line: str) -> str:
            self._write(line)
            return self._until(lambda text: any(one.search(text) for one in (_USER, _PASSWORD, prompt)))[0]

        shown = said(RAISES)
        for asks, answer in ((_USER, self.address.user), (_PASSWORD, self._enable)):
            if asks.search(shown):
                self.gate.once(answer)
                shown = said(answer)
        for _ in range(_REPEATS):
            if prompt.search(shown):
                break
            shown = said("")  # it asks again; once was enough
        else:
            self._lost = True
            raise Refused("its privileged mode asks again and again, and does not come back to a prompt")
        if shown.rstrip().endswith("#"):
            self._prompt = f"{self._prompt[:-1]}#"

    def _talk(self, command: str) -> str:
        self._write(command)
        return self._until(lambda text: command[:_ECHO] in text and self._at_prompt(text))[0]

    def _at_prompt(self, text: str) -> bool:
        rest = text.rstrip(" ")
        before = rest[: -len(self._prompt)]
        return rest.endswith(self._prompt) and (not before or before[-1] in "\r\n")

    def _write(self, line: str) -> None:
        with self._edge(f"asked {line!r}" if line != self._enable else "entering privileged mode"):
            self._device.write_channel(f"{line}\n")

    def _until(self, done: Callable[[str], Any]) -> tuple[str, Any]:
        """What came, without the terminal's own sequences, once *done* says something of it, and what it said."""
        text, ends = "", time.monotonic() + self.address.timeout_s
        with self._edge("answering"):
            while time.monotonic() < ends:
                more = self._device.read_channel()
                if not more:
                    time.sleep(_READ_S)
                    continue
                ends = time.monotonic() + self.address.timeout_s
                text = _plain(text + more)
                if _MORE.search(text):
                    text = _MORE.sub("", text)
                    self._device.write_channel(" ")
                elif found := done(text):
                    return text, found
                if len(text) > MAX_CHARACTERS:
                    self._lost = True
                    raise Refused(f"it said more than {MAX_CHARACTERS} characters")
        self._lost = True
        raise Unreachable(f"no answer within {self.address.timeout_s:.0f} s")

    @contextmanager
    def _edge(self, doing: str) -> Generator[None]:
        try:
            with translated(self.address, doing):
                yield
        except Unreachable:
            self._lost = True
            raise


@cache
def _terminal() -> Any:
    """Netmiko's terminal of no platform, which also logs in where a device asks for the password in a dialogue (RFC
    4256): paramiko's usual transport asks for the service a second time then, and some end the connection.
    """
    base: Any = importlib.import_module("netmiko.terminal_server").TerminalServerSSH  # heavy
    paramiko: Any = importlib.import_module("paramiko")

    def parameters(self: Any) -> dict[str, Any]:
        return {**base._connect_params_dict(self), "transport_factory": paramiko.ServiceRequestingTransport}  # noqa: SLF001 - there is no other way to tell it

    return type("Terminal", (base,), {"_connect_params_dict": parameters})


def _plain(text: str) -> str:
    """*text* without what moves a cursor; ``ESC E`` ends a line. A sequence that has come in part stays."""
    if "\x1b" not in text and "\x08" not in text and "\x00" not in text:
        return text
    return _GREETING.sub("\n", _CONTROL.sub("", text.replace("\x1bE", "\r\n")))


# ---- eAPI ----


class _Eapi:
    """Arista's eAPI over HTTPS, as text."""

    platform = "eos"

    def __init__(self, address: Address) -> None:
        quiet()
        client: Any = importlib.import_module("pyeapi.client")
        self.gate = Gate()
        self.address = address
        with _login(address):
            self._connection = client.connect(
                transport="https",
                host=address.host,
                username=address.user,
                password=address.password,
                port=address.port,
                timeout=address.timeout_s,
                context=PinnedContext.of(address.pin),
            )
            self._first = self._sent("show version")

    def settle(self, platform: str) -> None:
        self.gate.platform = platform

    def ask(self, command: str) -> str:
        if command == "show version":
            return self._first
        with translated(self.address, f"asked `{command}`"):
            return self._sent(command)

    def close(self) -> None:
        with suppress(Exception):  # an HTTP connection that ends badly changes nothing that was seen
            self._connection.transport.close()

    def _sent(self, command: str) -> str:
        commands = [self.gate.passed(one) for one in (RAISES, command)]
        try:
            answer = self._connection.execute(commands, encoding="text")
        except Exception as error:
            if type(error).__name__ == "CommandError":
                raise Unknown(f"refused `{command}`") from None
            raise
        return str(answer["result"][-1].get("output", ""))


# ---- NETCONF ----


class _Netconf:
    """Junos over NETCONF, as text."""

    platform = "junos"

    def __init__(self, address: Address, watch: Callable[[socket.socket], None]) -> None:
        from matric.platform import junos_login  # noqa: PLC0415 - heavy

        self.gate = Gate()
        self.gate.platform = "junos"
        self.address = address
        self._ours = junos_login.as_ours
        self._stack = ExitStack()
        try:
            with _login(address):
                folder = self._stack.enter_context(private_folder())
                connection = self._stack.enter_context(dialled(address))
                watch(connection)
                self._driver = junos_login.pinned(address, folder, connection)
                with within_time(address, connection):
                    self._driver.open()
                self._stack.callback(self._driver.close)
        except BaseException:
            self._stack.close()
            raise

    def settle(self, platform: str) -> None:
        self.gate.platform = platform

    def ask(self, command: str) -> str:
        asked = self.gate.passed(command)
        try:
            if asked == "show configuration":
                found = self._driver.device.rpc.get_config(options={"format": "text"})
                return f"{(found.text or '').strip()}\n"
            return f"{self._driver.device.cli(asked, warning=False).strip()}\n"
        except Exception as error:  # noqa: BLE001 - PyEZ and ncclient share no root
            if type(error).__name__ == "RpcError":
                raise Unknown(f"refused `{command}`") from None
            raise self._ours(self.address, f"asked `{command}`", error) from None

    def close(self) -> None:
        with suppress(Exception):  # whatever ends badly here changes nothing that was seen
            self._stack.close()
