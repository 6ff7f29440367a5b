"""A forge that is none: served over HTTP on this machine, in a thread of its own or in the foreground."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Protocol, Self, cast
from urllib.parse import unquote

from aiohttp import web

from matric.errors import UsageError
from matric.lab.forge.answer import Asked, Denied, Reply
from matric.lab.forge.fault import Fault, Faults
from matric.lab.forge.repository import UnmergeableError
from matric.lab.forge.state import Person, State

__all__ = ("Api", "Seen", "Stand")

PAGE = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>\n"
HIDDEN = ("authorization", "private-token", "job-token")


class Api(Protocol):
    """One forge's way of speaking."""

    name: str
    base: str
    """Where its API begins: ``/api/v4`` or nothing."""

    def token(self, headers: Mapping[str, str]) -> str:
        """The token a request carries."""
        ...

    def answer(self, asked: Asked) -> Reply:
        """The answer; Denied where it is no."""
        ...

    def denied(self, status: int, said: str) -> Reply:
        """No, in the forge's shape."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came, and what was answered before any fault."""

    method: str
    path: str
    """With its query."""
    body: Any
    headers: Mapping[str, str]
    """Names in small letters; the token is not kept."""
    by: str
    status: int
    reply: Any
    fault: str


class Stand:
    """One stand-in: its state, its faults, what it was asked; ``url`` once it is started."""

    def __init__(self, api: Api, state: State) -> None:
        self.api, self.state = api, state
        self.faults = Faults()
        self.url = ""
        self.seen: list[Seen] = []
        self.lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: asyncio.Event | None = None

    # For tests and demos: all of it may be called from any thread.

    def fault(self, kind: str, path: str = "", **more: Any) -> Fault:
        """Set a fault: ``stand.fault("status", "GET .*/notes", status=503, times=2)``."""
        return self.faults.add(Fault(kind, path, **more))

    def person(self, login: str, role: str = "write", token: str = "") -> Person:
        """Somebody with an account, or with another role from now on."""
        with self.lock:
            return self.state.admit(login, token or f"token-of-{login}", role)

    def asked(self, method: str = "", path: str = "") -> list[Seen]:
        """The requests with this method whose path holds *path*, in order."""
        return [one for one in self.seen if (not method or one.method == method) and path in one.path]

    # Serving.

    def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Serve in a thread; returns when the port is open."""
        ready = threading.Event()
        failed: list[BaseException] = []

        def work() -> None:
            try:
                asyncio.run(self.run(host, port, ready.set))
            except (OSError, UsageError) as error:
                failed.append(error)
            finally:
                ready.set()

        self._thread = threading.Thread(target=work, name=self.api.name, daemon=True)
        self._thread.start()
        ready.wait()
        if failed:
            if isinstance(failed[0], UsageError):
                raise failed[0]
            raise UsageError(f"port {port} of {host} cannot be opened: {failed[0]}. Do: choose another") from failed[0]
        return self

    def stop(self) -> None:
        """Close the port and end the thread."""
        self.faults.clear()
        if self._loop and self._end and self._thread and self._thread.is_alive():
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def run(self, host: str, port: int, ready: Callable[[], None]) -> None:
        """Serve until ``stop``; *ready* is called when the port is open."""
        if not ip_address(host).is_loopback:
            raise UsageError(f"{host} is not of this machine: the lab's tokens are no secret. Do: use 127.0.0.1")
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            opened: Any = runner.addresses[0]
            self.url = f"http://{host}:{opened[1]}"
            ready()
            await self._end.wait()
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = request.rel_url.raw_path
        content = await request.read()
        try:
            body = json.loads(content) if content else None
        except ValueError:
            return self._sent(self.api.denied(400, "Problems parsing JSON"))
        if raw.startswith("/_lab/"):
            return self._lab(request.method, raw.removeprefix("/_lab/"), cast("dict[str, Any]", body or {}))
        fault = self.faults.strike(f"{request.method} {request.rel_url.raw_path_qs}")
        reply = await asyncio.get_running_loop().run_in_executor(None, self._answer, request, raw, body, fault)
        return await self._faulty(request, reply, fault) if fault else self._sent(reply)

    def _answer(self, request: web.Request, raw: str, body: Any, fault: Fault | None) -> Reply:
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self.lock:
            person = self.state.by_token(self.api.token(headers))
            if fault and not (fault.done or fault.kind in ("cut-after", "slow", "truncate", "short")):
                reply = Reply(fault.status, fault.body, fault.headers)
            else:
                reply = self._carried_out(request, raw, body, person)
            kept = {name: value for name, value in headers.items() if name not in HIDDEN}
            self.seen.append(
                Seen(
                    request.method,
                    request.rel_url.raw_path_qs,
                    body,
                    kept,
                    person.login if person else "",
                    reply.status,
                    reply.body,
                    fault.kind if fault else "",
                )
            )
            return reply

    def _carried_out(self, request: web.Request, raw: str, body: Any, person: Person | None) -> Reply:
        if not raw.startswith(f"{self.api.base}/"):
            return self.api.denied(404, "Not Found")
        if person is None:
            return self.api.denied(401, "401 Unauthorized" if self.api.base else "Bad credentials")
        parts = tuple(unquote(part) for part in raw.removeprefix(self.api.base).strip("/").split("/"))
        given = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
        root = f"{request.scheme}://{request.host}"
        try:
            self.state.refresh()
            asked = Asked(request.method, parts, dict(request.query), given, person, root, f"{root}{raw}")
            return self.api.answer(asked)
        except Denied as denied:
            return self.api.denied(denied.status, denied.said)
        except UnmergeableError as error:
            return self.api.denied(409, str(error))

    async def _faulty(self, request: web.Request, reply: Reply, fault: Fault) -> web.StreamResponse:
        if fault.kind.startswith("cut"):
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        if fault.kind == "slow":
            wait = fault.seconds or None
            await asyncio.get_running_loop().run_in_executor(None, fault.over.wait, wait)
        if fault.kind == "html":
            return web.Response(text=PAGE, content_type="text/html")
        if fault.kind == "status":
            return self._sent(Reply(fault.status, fault.body, fault.headers))
        if fault.kind == "short" and isinstance(reply.body, list):
            rows: list[Any] = reply.body  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            return self._sent(Reply(reply.status, rows[:-1], reply.headers))
        return self._sent(reply, cut=fault.kind == "truncate")

    @staticmethod
    def _sent(reply: Reply, *, cut: bool = False) -> web.Response:
        if reply.body is None:
            return web.Response(status=reply.status, headers=reply.headers)
        text = json.dumps(reply.body)
        if cut:
            text = text[: max(1, len(text) // 2)]
        return web.Response(
            status=reply.status, text=text, content_type="application/json", charset="utf-8", headers=reply.headers
        )

    def _lab(self, method: str, what: str, given: dict[str, Any]) -> web.Response:
        """What only a stand-in has: people, faults, and what was asked."""
        match (method, what):
            case ("POST", "person"):
                person = self.person(str(given["login"]), str(given.get("role", "write")), str(given.get("token", "")))
                return web.json_response({"login": person.login, "token": person.token, "role": person.role})
            case ("POST", "fault"):
                self.fault(**given)
                return web.json_response({})
            case ("POST", "clear"):
                self.faults.clear()
                return web.json_response({})
            case ("GET", "requests"):
                seen = [{"method": one.method, "path": one.path, "by": one.by, "status": one.status, "body": one.body,
                         "fault": one.fault} for one in list(self.seen)]  # fmt: skip
                return web.json_response(seen)
            case _:
                return web.json_response({"message": "no such address of the lab"}, status=404)
