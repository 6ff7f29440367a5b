"""A NetBox that is none: served over HTTP on this machine, in a thread of its own or in the foreground."""

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from matric.intent.record import Records
from matric.lab.netbox.access import V1, V2, Access, Denied, recognised
from matric.lab.netbox.fault import Fault, Faults, altered
from matric.lab.netbox.graph import Graph
from matric.lab.netbox.rest import VERSION, Answer, Request, allowed, answer
from matric.lab.netbox.seed import fill, prepare
from matric.lab.netbox.store import Store
from matric.lab.web import WebStand

__all__ = ("NetBox", "main", "serve")

LOGIN = "<!DOCTYPE html>\n<html><head><title>Home | NetBox</title></head><body>Log In</body></html>\n"
JSON = "application/json"
ALTERING = ("short", "duplicate", "hide")


class NetBox(WebStand):
    """One stand-in: its store, its tokens, its faults; ``url`` once it is started."""

    def __init__(self, store: Store, tokens: Mapping[str, Access], token: str) -> None:
        super().__init__("netbox")
        self.store, self.tokens, self.token = store, dict(tokens), token
        self.faults = Faults()
        self.graph = Graph(store)
        self.requests: list[tuple[str, str]] = []
        """Method and path of every request, in order."""
        self.bodies: list[tuple[str, str, Any]] = []
        """Method, path and JSON of every request that had a body."""
        self.version = VERSION

    # For tests and demos: all of it may be called from any thread.

    def fault(self, kind: str, path: str = "", **more: Any) -> Fault:
        """Set a fault: ``netbox.fault("status", "dcim/devices", status=503, times=2)``."""
        return self.faults.add(Fault(kind, path, **more))

    def clear(self) -> None:
        """No faults any more."""
        self.faults.clear()

    def admit(self, token: str, access: Access) -> str:
        """Let a token in, or change what it may do."""
        self.tokens[token] = access
        return token

    def change(self, act: Callable[[Store], None]) -> None:
        """Change the store in one transaction, as a person at NetBox's web page would."""
        with self.lock, self.store.transaction((2, "editor")):
            act(self.store)

    # Serving.

    async def _handle(self, asked: web.Request) -> web.StreamResponse:
        self.requests.append((asked.method, asked.path_qs))
        faults = self.faults.strike(asked.method, asked.path_qs)
        for fault in faults:
            if fault.kind == "hang":
                await asyncio.get_running_loop().run_in_executor(None, fault.over.wait)
            if fault.kind == "change":
                self.change(fault.act)
        early = next((one for one in faults if one.kind in ("status", "html", "redirect")), None)
        if early:
            return _early(early)
        body = await asked.read()
        request_id = str(uuid.uuid4())
        with self.lock:
            said = self._answer(asked, body, request_id)
        for fault in faults:
            if fault.kind in ALTERING:
                said = Answer(said.status, altered(said.body, fault), said.headers)
        said = Answer(said.status, said.body, {**said.headers, "X-Request-ID": request_id})
        return await self._sent(asked, said, faults)

    def _answer(self, asked: web.Request, body: bytes, request_id: str) -> Answer:  # noqa: PLR0911 - one line per kind of address
        """NetBox's answer, before anything goes wrong on its way."""
        path = asked.path.strip("/")
        if not (path == "graphql" or path.startswith("api")):
            return Answer(404, LOGIN, {"Content-Type": "text/html; charset=utf-8"})
        if not asked.path.endswith("/"):
            return Answer(301, "", {"Location": f"{asked.path}/", "Content-Type": "text/html; charset=utf-8"})
        try:
            access = recognised(asked.headers.get("Authorization"), self.tokens)
        except Denied as denied:
            if path == "graphql":
                return Answer(
                    302, "", {"Location": "/login/?next=/graphql/", "Content-Type": "text/html; charset=utf-8"}
                )
            return Answer(denied.status, {"detail": denied.said}, allowed(path.removeprefix("api").strip("/")))
        try:
            given = json.loads(body) if body else None
        except ValueError as error:
            return Answer(400, {"detail": f"JSON parse error - {error}"})
        if given is not None:
            self.bodies.append((asked.method, asked.path, given))
        if path == "graphql":
            return Answer(200, self.graph.answer(given, access))
        params: dict[str, list[str]] = {}
        for name, value in asked.query.items():
            params.setdefault(name, []).append(value)
        base = f"{asked.scheme}://{asked.host}"
        said = answer(self.store, Request(asked.method, path.removeprefix("api").strip("/"), params, given,
                                          asked.headers.get("If-Match"), access, base, request_id))  # fmt: skip
        if path == "api/status" and said.status == 200:  # noqa: PLR2004 - HTTP's own
            said = Answer(
                200, {**said.body, "netbox-version": self.version, "netbox-full-version": self.version}, said.headers
            )
        return said

    async def _sent(self, asked: web.Request, said: Answer, faults: list[Fault]) -> web.StreamResponse:
        headers = {"Content-Type": JSON, "Vary": "HX-Request, Accept, Cookie, origin", **said.headers}
        if asked.path.startswith("/api/"):
            headers["API-Version"] = ".".join(self.version.split(".")[:2])
        text = said.body if isinstance(said.body, str) else "" if said.body is None else json.dumps(said.body)
        for fault in faults:
            if fault.kind == "text":
                text = text.replace(fault.old, fault.new)
            if fault.kind == "truncate":
                text = text[: fault.at]
        if any(fault.kind == "drop" for fault in faults):
            response = web.StreamResponse(
                status=said.status, headers={**headers, "Content-Length": str(len(text) + 100)}
            )
            await response.prepare(asked)
            await response.write(text[: len(text) // 2].encode())
            if asked.transport:
                asked.transport.close()
            return response
        if said.status == 204:  # noqa: PLR2004 - no content
            headers.pop("Content-Type")
            return web.Response(status=204, headers=headers)
        return web.Response(status=said.status, body=text.encode(), headers=headers)


def _early(fault: Fault) -> web.Response:
    """An answer that is not NetBox's own."""
    if fault.kind == "html":
        return web.Response(text=LOGIN, content_type="text/html")
    if fault.kind == "redirect":
        return web.Response(status=302, headers={"Location": fault.location, **fault.headers})
    body = fault.body if fault.body is not None else {"detail": f"fault {fault.status}"}
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else JSON
    return web.Response(status=fault.status, text=text, content_type=kind, headers=fault.headers)


def _made(records: Records | None, state: Path | None, *, prepared: bool) -> Store:
    """A store from the state file if there is one, else from the rows."""
    store = Store(path=state)
    if state and state.exists():
        store.load(state)
        return store
    if prepared:
        prepare(store)
    if records is not None:
        fill(store, records)
    return store


def serve(  # noqa: PLR0913 - each is a choice of its own
    records: Records | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    token: str = V2,
    *,
    tokens: Mapping[str, Access] | None = None,
    state: Path | None = None,
    prepared: bool = True,
) -> NetBox:
    """A NetBox that holds *records*, served in the background; stop it, or use it as a context.

    *prepared* means that it holds what the data contract asks for. *state* is a file the store is kept in.
    *tokens* are more tokens and what they may do; *token* and a v1 token of the same user may do everything.
    """
    store = _made(records, state, prepared=prepared)
    return NetBox(store, {token: Access(), V1: Access(), **(tokens or {})}, token).start(host, port)


def main(  # noqa: PLR0913 - each is a choice of its own
    records: Records | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str = V2,
    state: Path | None = None,
    prepared: bool = True,
    ready: Callable[[NetBox], None] = lambda _: None,
) -> None:
    """Serve in the foreground until interrupted; *ready* is called with the NetBox when its port is open."""
    netbox = NetBox(_made(records, state, prepared=prepared), {token: Access(), V1: Access()}, token)

    def opened() -> None:
        ready(netbox)

    with suppress(KeyboardInterrupt):
        asyncio.run(netbox.run(host, port, opened))
