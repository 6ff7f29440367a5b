"""Sockets of the lab: one listener per device on the loopback, eAPI over TLS or SSH behind it.

A device that is cut off keeps its listener, so that its port stays its own: what connects meets a reset, or silence.
Where the lab's packets are carried, a device answers in its own network namespace instead, and there only.
"""

import asyncio
import base64
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

import asyncssh
from aiohttp import web

from matric.lab import junos_wire
from matric.lab.aoscx import AoscxDevice
from matric.lab.aoscx_shell import AoscxShell
from matric.lab.aoss import AossDevice
from matric.lab.aoss_shell import AossShell
from matric.lab.aoss_wire import files as aoss_files
from matric.lab.attached import accounts
from matric.lab.device import Device, Dropped
from matric.lab.eos import EapiError, EosDevice, Request
from matric.lab.identity import Identity
from matric.lab.ios import IosDevice
from matric.lab.ios_shell import IosShell
from matric.lab.junos import JunosDevice
from matric.lab.login import Terminal
from matric.lab.netns import inside

__all__ = ("SshTerminal", "Wire")

Abort = Callable[[], None]
Serve = Callable[[Terminal, str], Awaitable[None]]
"""One login: its terminal and its user."""
ACCEPT_AGAIN_S = 0.05


class Wire:
    """The listener of one device."""

    def __init__(self, device: Device, identity: Identity, *, silent: bool) -> None:
        self.device = device
        self.identity = identity
        self.silent = silent
        self.open = True
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)
        self._socket.setblocking(False)  # noqa: FBT003 - the socket's own signature
        self.port = int(self._socket.getsockname()[1])
        self._held: list[socket.socket] = []
        self._aborts: dict[int, Abort] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._place = ""
        self._door: tuple[asyncio.Task[None], socket.socket] | None = None

    async def serve(self) -> None:
        await self._accept(self._socket)

    def move(self, namespace: str) -> None:
        """Answer in the network namespace *namespace* only, at the same port; empty: on the loopback again."""
        self._close_door()
        self.drop()
        self._place = namespace
        if namespace and self.open:
            self._open_door()

    def _open_door(self) -> None:
        with inside(self._place):
            door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("", self.port))
        door.listen(64)
        door.setblocking(False)  # noqa: FBT003 - the socket's own signature
        self._door = asyncio.create_task(self._accept(door)), door

    def _close_door(self) -> None:
        if self._door is not None:
            task, door = self._door
            self._door = None
            task.cancel()
            # The loop lets go of the socket when the task ends, and must do so before it is closed.
            task.add_done_callback(lambda _: door.close())

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:  # out of file descriptors for a moment, or gone before it was taken
                await asyncio.sleep(ACCEPT_AGAIN_S)
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self.open or (self._place and listener is self._socket):
                self._turn_away(connection)
                continue
            if self.device.faults.take("new-host-key"):
                self.device.log("fault", kind="new-host-key")
                self.identity = self.identity.another()
            task = asyncio.create_task(self._connected(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _turn_away(self, connection: socket.socket) -> None:
        if self.silent:
            self._held.append(connection)
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def shut(self) -> None:
        """Cut off: open connections are reset, new ones are turned away."""
        self.open = False
        self._close_door()
        self.drop()

    def drop(self) -> None:
        """Reset every open connection."""
        aborts = list(self._aborts.values())
        self._aborts.clear()
        for abort in aborts:
            # Python 3.11.2, which Debian 12 has, raises where a TLS connection is closed already.
            with contextlib.suppress(AttributeError):
                abort()

    def reopen(self) -> None:
        self.open = True
        if self._place and self._door is None:
            self._open_door()
        for connection in self._held:
            connection.close()
        self._held.clear()

    def close(self) -> None:
        self.shut()
        self._socket.close()

    async def _connected(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, asyncssh.Error, ssl.SSLError, ConnectionError):
            device = self.device
            if isinstance(device, EosDevice):
                await self._eapi(connection)
            elif isinstance(device, JunosDevice):
                key, admits = self.identity.ssh_key, partial(login, device)
                await junos_wire.serve(device, connection, key, admits, self._remember, self._forget)
            elif isinstance(device, IosDevice):
                await self._ssh(
                    connection,
                    lambda terminal, user: IosShell(device, terminal, user).serve(),
                    "Cisco-1.25",
                    flash=lambda channel: _flash_server(device, channel),
                )
            elif isinstance(device, AoscxDevice):
                await self._ssh(
                    connection, lambda terminal, user: AoscxShell(device, terminal, user).serve(), "OpenSSH_8.8"
                )
            elif isinstance(device, AossDevice):
                await self._ssh(
                    connection,
                    lambda terminal, user: AossShell(device, terminal, user).serve(),
                    "Mocana SSH 6.3",
                    flash=lambda channel: aoss_files(device, channel),
                )

    def _remember(self, key: object, abort: Abort) -> None:
        self._aborts[id(key)] = abort

    def _forget(self, key: object) -> None:
        self._aborts.pop(id(key), None)

    # ---- eAPI ----

    async def _eapi(self, connection: socket.socket) -> None:
        server = web.Server(self._answer)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_accepted_socket(server, connection, ssl=self.identity.tls())
        self._remember(transport, transport.abort)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        device = cast("EosDevice", self.device)
        user = self._login(request.headers.get("Authorization", ""))
        if user is None:
            return web.Response(
                status=401, text="Unauthorized", headers={"WWW-Authenticate": 'Basic realm="COMMAND_API_AUTH"'}
            )
        if request.path != "/command-api" or request.method != "POST":
            return web.Response(status=404, text="not found")
        with device.time.busy():
            call: dict[str, Any] = json.loads(await request.text())
            params: dict[str, Any] = call.get("params", {})
            body: dict[str, Any] = {"jsonrpc": "2.0", "id": call.get("id")}
            cut: Dropped | None = None
            try:
                text = params.get("format", "json") == "text"
                body["result"] = await device.run(params.get("cmds", []), Request(user, text))
            except EapiError as error:
                body["error"] = {"code": error.code, "message": error.message, "data": error.data}
            except Dropped as dropped:
                cut = dropped
                body["result"] = []
            if cut is not None:
                return await self._cut(request, cut, json.dumps(body))
        return web.Response(text=json.dumps(body), content_type="application/json")

    def _login(self, header: str) -> str | None:
        kind, _, rest = header.partition(" ")
        if kind != "Basic":
            return None
        user, _, password = base64.b64decode(rest).decode().partition(":")
        return user if login(self.device, user, password) else None

    async def _cut(self, request: web.BaseRequest, cut: Dropped, body: str) -> web.StreamResponse:
        left = cut.left
        if left == "hang":
            await self.device.hang()
            left = ""
        response = web.StreamResponse(headers={"Content-Length": str(len(body) + 65536)})
        if left and int(left):
            await response.prepare(request)
            await response.write(body.encode().ljust(int(left))[: int(left)])
        if request.transport is not None:
            request.transport.abort()
        return response

    # ---- SSH ----

    async def _ssh(
        self,
        connection: socket.socket,
        serve: Serve,
        version: str,
        *,
        flash: Callable[[Any], asyncssh.SFTPServer] | None = None,
    ) -> None:
        """Serve every login on *connection*; with *flash*, files by SCP and SFTP too."""
        wire, device = self, self.device

        class Server(asyncssh.SSHServer):
            connection: Any

            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                self.connection = conn
                wire._remember(conn, conn.abort)

            def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh names it
                wire._forget(self.connection)

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return login(device, username, password)

        async def shell(process: "asyncssh.SSHServerProcess[str]") -> None:
            user = str(process.get_extra_info("username"))
            with contextlib.suppress(asyncssh.Error, OSError):
                await serve(SshTerminal(process), user)

        await asyncssh.run_server(
            connection,
            server_factory=Server,
            server_host_keys=[self.identity.ssh_key],
            process_factory=shell,
            sftp_factory=flash,
            allow_scp=flash is not None,
            line_editor=False,
            encoding="utf-8",
            errors="replace",
            server_version=version,
        )


def login(device: Device, user: str, password: str) -> bool:
    """Whether *device* lets *user* in."""
    if device.faults.take("reject-login", command="login"):
        device.log("fault", kind="reject-login", user=user)
        return False
    good = bool(password) and _password(device, user) == password
    device.log("login" if good else "login-refused", user=user)
    return good


def _password(device: Device, user: str) -> str | None:
    """What *user* must know; None where the device does not have the account."""
    own = device.spec.users
    if own is None:
        return device.lab.users.get(user)

    return {**device.lab.users, **own}.get(user) if user in accounts(device) else None


class SshTerminal:
    """A shell's end of an SSH channel. What is written in one go is sent in one go, as a switch fills its packets."""

    def __init__(self, process: "asyncssh.SSHServerProcess[str]") -> None:
        self._process = process
        self._unsent: list[str] = []

    async def read(self) -> str:
        self._send()
        while True:
            try:
                return await self._process.stdin.read(4096)
            except (asyncssh.TerminalSizeChanged, asyncssh.SignalReceived, asyncssh.BreakReceived):
                continue

    def write(self, text: str) -> None:
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._send)
        self._unsent.append(text)

    def _send(self) -> None:
        text = "".join(self._unsent)
        self._unsent.clear()
        if text:
            with contextlib.suppress(asyncssh.Error, OSError):  # whoever reads learns that nobody is there any more
                self._process.stdout.write(text)

    def abort(self) -> None:
        self._send()
        connection: Any = self._process.get_extra_info("connection")
        connection.abort()

    def close(self) -> None:
        self._send()
        self._process.exit(0)


def _flash_server(device: IosDevice, channel: Any) -> asyncssh.SFTPServer:
    """The device's flash for SCP; refused unless the configuration enables it."""

    class Flash(asyncssh.SFTPServer):
        def map_path(self, path: bytes) -> bytes:
            name = path.decode().removeprefix("flash:").lstrip("/")
            return str(device.flash / name.replace("/", "_")).encode() if name else str(device.flash).encode()

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            device.log("scp", file=path.decode())
            if not device.scp_on():
                raise asyncssh.SFTPPermissionDenied("Administratively disabled.")
            if device.full(path.decode()):
                raise asyncssh.SFTPFailure("No space left on device")
            return super().open(path, pflags, attrs)

        _cut_at: int | None = None

        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            if self._cut_at is None and (fault := device.faults.take("drop", command="scp")):
                device.log("fault", kind="drop", command="scp")
                self._cut_at = int(fault.number("at", 0))
            if self._cut_at is None:
                return int(cast("Any", super()).write(file_obj, offset, data))
            if offset < self._cut_at:
                cast("Any", super()).write(file_obj, offset, data[: self._cut_at - offset])
            if offset + len(data) >= self._cut_at:
                channel.get_connection().abort()  # what still lies in its buffer is not written
            return len(data)

    return Flash(channel)
