"""NETCONF 1.0 over SSH: hello, requests and replies that end in ``]]>]]>`` (RFC 4742, RFC 6242 section 4.3)."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Callable
from typing import Any, cast

import asyncssh

from matric.lab import junos_rpc
from matric.lab.device import Dropped
from matric.lab.junos import JunosDevice
from matric.lab.junos_rpc import BASE, CAPABILITIES
from matric.lab.junos_xml import etree, local

__all__ = ("END", "Peer", "serve")

END = "]]>]]>"
LIMIT = 16_000_000
_NUMBERS = itertools.count(20001)
Peer = Callable[[object, Callable[[], None]], None]


async def serve(  # noqa: PLR0913, PLR0917 - what the listener owns
    device: JunosDevice,
    connection: socket.socket,
    host_key: Any,
    login: Callable[[str, str], bool],
    remember: Peer,
    forget: Callable[[object], None],
) -> None:
    """One SSH connection to *device*."""

    class Server(asyncssh.SSHServer):
        connection: Any

        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self.connection = conn
            remember(conn, conn.abort)

        def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh names it
            forget(self.connection)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return login(username, password)

    async def process(found: "asyncssh.SSHServerProcess[str]") -> None:
        with contextlib.suppress(asyncssh.Error, OSError):
            if cast("Any", found).subsystem == "netconf":
                await _Session(device, found).serve()
            else:
                found.stdout.write("error: the lab has no CLI on Junos\n")
                found.exit(1)

    await asyncssh.run_server(
        connection,
        server_factory=Server,
        server_host_keys=[host_key],
        process_factory=process,
        line_editor=False,
        encoding="utf-8",
        errors="replace",
        server_version="OpenSSH_7.5",
    )


class _Session:
    """One NETCONF session."""

    def __init__(self, device: JunosDevice, process: "asyncssh.SSHServerProcess[str]") -> None:
        self.device = device
        self.process = process
        self.login = device.login(str(process.get_extra_info("username")))
        self._buffer = ""
        self._ended = False

    async def serve(self) -> None:
        self._send(self._hello())
        try:
            while not self._ended:
                message = await self._message()
                if message is None:
                    return
                with self.device.time.busy():
                    if not await self._answer(message):
                        return
        finally:
            self.device.left(self.login)
            self.process.exit(0)

    def _hello(self) -> str:
        shown = "".join(f"<capability>{one}</capability>" for one in CAPABILITIES)
        return (
            f'<hello xmlns="{BASE}"><capabilities>{shown}</capabilities>'
            f"<session-id>{next(_NUMBERS)}</session-id></hello>\n"
        )

    def _send(self, text: str) -> None:
        self.process.stdout.write(f"{text}{END}\n")

    async def _message(self) -> str | None:
        """The next message; None at the end."""
        while END not in self._buffer:
            more = await self._read()
            if not more or len(self._buffer) > LIMIT:
                return None
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(END)
        return message.strip()

    async def _read(self) -> str:
        while True:
            try:
                return await self.process.stdin.read(65536)
            except (asyncssh.TerminalSizeChanged, asyncssh.SignalReceived, asyncssh.BreakReceived):
                continue

    async def _answer(self, message: str) -> bool:
        """Answer *message*; False where a fault ended the connection."""
        try:
            root = etree.fromstring(message.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            self.process.exit(1)
            return False
        calls = [child for child in root if local(child)]
        if local(root) != "rpc" or not calls:
            return True  # the client's hello
        head = tuple((str(name), str(value)) for name, value in root.attrib.items())
        try:
            inner = await junos_rpc.run(self.device, self.login, calls[0])
        except Dropped as dropped:
            await self._cut(dropped)
            return False
        self._ended = local(calls[0]) == "close-session"
        self._send(junos_rpc.reply(self.device, head, inner))
        return True

    async def _cut(self, dropped: Dropped) -> None:
        if dropped.left == "hang":
            await self.device.hang()
        else:
            self.process.stdout.write(dropped.left)
            await asyncio.sleep(0)  # what is left goes out first
        connection: Any = self.process.get_extra_info("connection")
        connection.abort()
