"""A forge that is none: served over HTTP on this machine, in a thread of its own or in the foreground."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import unquote

from aiohttp import web

from matric.lab.forge.answer import Asked, Denied, Reply
from matric.lab.forge.fault import Fault, Faults
from matric.lab.forge.repository import UnmergeableError
from matric.lab.forge.state import Person, State
from matric.lab.web import WebStand

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


class Stand(WebStand):
    """One stand-in: its state, its faults, what it was asked; ``url`` once it is started."""

    def __init__(self, api: Api, state: State) -> None:
        super().__init__(api.name)
        self.api, self.state = api, state
        self.faults = Faults()
        self.seen: list[Seen] = []

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

    def clear(self) -> None:
        """No faults any more."""
        self.faults.clear()

    # Serving.

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = request.rel_url.raw_path
        content = await request.read()
        try:
            body = json.loads(content) if content else None
        except ValueError:
            return self._sent(self.api.denied(400, "Problems parsing JSON"))
        if raw.startswith("/_lab/"):
            return self._lab(request.method, raw.removeprefix("/_lab/"), cast("dict[str, Any]", body or {}))
        fault = self.faults.strike_once(request.method, request.rel_url.raw_path_qs)
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
                self.clear()
                return web.json_response({})
            case ("GET", "requests"):
                seen = [{"method": one.method, "path": one.path, "by": one.by, "status": one.status, "body": one.body,
                         "fault": one.fault} for one in list(self.seen)]  # fmt: skip
                return web.json_response(seen)
            case _:
                return web.json_response({"message": "no such address of the lab"}, status=404)
