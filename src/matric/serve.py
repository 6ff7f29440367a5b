"""A small receiver for NetBox's event rules: what it can do is to ask for a look at NetBox, never to deploy.

NetBox signs the body (HMAC-SHA512 over the raw bytes, in X-Hook-Signature). What is signed, recent and new is written
down before it is answered; many events become one ask after a quiet time; an ask that fails is made again, later and
later, until it is heard. It knows no device and holds no credential of one. Times are seconds.
"""

import asyncio
import hashlib
import hmac
import json
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from matric.clock import Clock
from matric.errors import MatricError, UsageError, escaped
from matric.plan import instant, timestamp
from matric.secret import redact

if TYPE_CHECKING:
    from matric.journal.book import Shelf

__all__ = ("KIND", "SHORTEST_SECRET", "Limits", "Receiver")

KIND = "webhook"
"""The shelf's kind."""
SHORTEST_SECRET = 16
"""Characters."""
OWN = ("dcim.site", "site", "extras.journalentry", "journalentry")
"""What matric itself writes at NetBox, as older and newer ones call it in a body."""
OVERFLOW = "overflow"
"""The record that stands for events beyond the rate."""
JSON = "application/json"
Handler = Callable[[web.Request], Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What it puts up with."""

    body_bytes: int = 1 << 20
    header_s: float = 10.0
    """From the connection to the whole head of its request."""
    body_s: float = 10.0
    connections: int = 256
    """That have not sent their head yet; beyond it the oldest goes."""
    at_once: int = 64
    """Requests being read."""
    window_s: float = 300.0
    """How far a body's own time may be from now."""
    per_s: float = 20.0
    """Signed and new events; *burst* of them may come at once."""
    burst: int = 600
    failures_per_s: float = 0.5
    """Requests without a good signature, all senders together: a proxy hides who they are."""
    failures_burst: int = 60
    quiet_s: float = 30.0
    """Silence after the last event before the ask."""
    longest_wait_s: float = 300.0
    """From the first event to the ask, however many follow."""
    retry_s: float = 30.0
    """Before an ask that failed is made again; doubled each time."""
    longest_retry_s: float = 900.0
    kept: int = 10_000
    """Events that are remembered."""
    kept_for: timedelta = timedelta(days=1)
    """How long one that was asked for is remembered: far longer than its time is accepted."""
    grace_s: float = 10.0
    """How long an ask under way is waited for at the end."""


class _Bucket:
    """So many a second, and some at once."""

    def __init__(self, per_s: float, burst: int, clock: Clock) -> None:
        self._per_s, self._burst, self._clock = per_s, burst, clock
        self._left, self._at = float(burst), clock.monotonic()

    def take(self) -> bool:
        now = self._clock.monotonic()
        self._left, self._at = min(float(self._burst), self._left + (now - self._at) * self._per_s), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class _No(Exception):
    """A request that is not taken."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Receiver:
    """The receiver: ``run`` serves until ``stop``, SIGTERM or SIGINT."""

    def __init__(  # noqa: PLR0913 - each is a choice of its own
        self,
        secret: str,
        shelf: "Shelf",
        ask: Callable[[frozenset[str]], str],
        clock: Clock,
        *,
        own: Callable[[], frozenset[str]] = frozenset,
        limits: Limits | None = None,
        told: Callable[[str], None] = lambda _words: None,
    ) -> None:
        """*own* gives the requests by which matric itself wrote to NetBox.

        *ask* is called in a thread, with them, and says what it did.
        """
        if len(secret) < SHORTEST_SECRET:
            what = "is empty" if not secret else f"is shorter than {SHORTEST_SECRET} characters"
            raise UsageError(
                f"the webhook's secret {what}: anybody could sign. Do: set a long random one, here and there"
            )
        self.url = ""
        self._key, self._shelf, self._ask, self._own, self._clock = secret.encode(), shelf, ask, own, clock
        self._limits = limits or Limits()
        self._told = told
        self._signed = _Bucket(self._limits.per_s, self._limits.burst, clock)
        self._failed = _Bucket(self._limits.failures_per_s, self._limits.failures_burst, clock)
        self._reading = 0
        self._slow: dict[Any, asyncio.TimerHandle] = {}
        """Connections whose head is not there yet, oldest first."""
        self._last = self._first = 0.0
        """When the newest and the oldest event came that wait, by the loop's clock."""
        self._failing = ""
        self._asking: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._new = asyncio.Event()
        self._end = asyncio.Event()

    def _say(self, words: str) -> None:
        self._told(redact(words))

    # ---- serving

    async def run(self, host: str, port: int, ready: Callable[[], None] = lambda: None) -> None:
        """Serve on this machine's address *host*; *ready* is called when the port (0: any) is open."""
        self._loop = loop = asyncio.get_running_loop()
        app = web.Application(client_max_size=self._limits.body_bytes, middlewares=[self._heard])
        app.router.add_post("/netbox", self._hook)
        app.router.add_get("/health", self._health)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
        await runner.setup()
        for name in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError, ValueError, RuntimeError):  # not in a thread of a test
                loop.add_signal_handler(name, self._end.set)
        serving = cast("Callable[[], Any]", runner.server)
        try:
            listening = await loop.create_server(lambda: self._guarded(serving()), host, port, backlog=128)
        except OSError as error:
            await runner.cleanup()
            raise UsageError(f"port {port} of {host} cannot be opened: {error.strerror}. Do: choose another") from None
        address = listening.sockets[0].getsockname()
        shown = f"[{address[0]}]" if ip_address(address[0]).version == 6 else address[0]  # noqa: PLR2004 - IPv6
        self.url = f"http://{shown}:{address[1]}"
        self._prune()
        if self._waiting():
            self._arrived()
        self._asking = work = asyncio.create_task(self._work())
        try:
            ready()
            await self._end.wait()
        finally:
            listening.close()
            for timer in self._slow.values():
                timer.cancel()
            await runner.cleanup()
            self._end.set()
            self._new.set()
            done, _ = await asyncio.wait({work}, timeout=self._limits.grace_s)
            if not done:
                self._say("the ask under way was left; its events are kept and asked for at the next start")
                work.cancel()

    def stop(self) -> None:
        """End ``run``; may be called from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._end.set)

    def _guarded(self, connection: Any) -> Any:
        """A connection has so long to say what it wants; of too many silent ones the oldest goes."""
        if len(self._slow) >= self._limits.connections:
            self._drop(next(iter(self._slow)))
        loop = asyncio.get_running_loop()
        self._slow[connection] = loop.call_later(self._limits.header_s, self._drop, connection)
        return connection

    def _drop(self, connection: Any) -> None:
        timer = self._slow.pop(connection, None)
        if timer is not None:
            timer.cancel()
        self._abort(connection)

    def _abort(self, connection: Any, *, once_more: bool = True) -> None:
        if connection.transport is not None:
            connection.transport.abort()
        elif once_more:
            # Many came at once and this one is not wired up yet, or it has gone by itself.
            asyncio.get_running_loop().call_later(0.1, partial(self._abort, connection, once_more=False))

    @web.middleware
    async def _heard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        timer = self._slow.pop(request.protocol, None)
        if timer is not None:
            timer.cancel()
        try:
            response: web.StreamResponse = await handler(request)
        except web.HTTPException as error:
            response = _said(error.status, {"error": error.reason})
        # One request a connection: a second head would have no time of its own.
        response.force_close()
        return response

    # ---- what it hears

    async def _health(self, _request: web.Request) -> web.Response:
        """How many events wait, and what keeps them, for whoever looks after it. No word of what they are."""
        if self._asking is None or self._asking.done():
            return _said(503, {"status": "ended"})
        return _said(200, {"failing": self._failing, "status": "ok", "waiting": len(self._waiting())})

    async def _hook(self, request: web.Request) -> web.Response:
        if self._reading >= self._limits.at_once:
            return _said(503, {"error": "busy"}, {"Retry-After": "5"})
        self._reading += 1
        try:
            body = await self._read(request)
            self._prove(request, body)
            return self._taken(body)
        except MatricError as error:
            # NetBox shows the event as failed; it was not written down.
            self._say(f"an event could not be kept: {error}")
            return _said(500, {"error": "it could not be kept"})
        except _No as no:
            self._say(f"refused ({no.status}): {no.why}")
            waits = {"Retry-After": "60"} if no.status == web.HTTPTooManyRequests.status_code else {}
            return _said(no.status, {"error": no.why}, waits)
        finally:
            self._reading -= 1

    async def _read(self, request: web.Request) -> bytes:
        if request.content_type != JSON or "Content-Encoding" in request.headers:
            raise _No(415, "only application/json, as it is")
        if (request.content_length or 0) > self._limits.body_bytes:
            raise _No(413, "the body is too large")
        try:
            return await asyncio.wait_for(request.read(), self._limits.body_s)
        except TimeoutError:
            raise _No(408, "the body did not come in time") from None
        except web.HTTPRequestEntityTooLarge:
            raise _No(413, "the body is too large") from None

    def _prove(self, request: web.Request, body: bytes) -> None:
        given = request.headers.get("X-Hook-Signature", "").strip().lower().encode("utf-8", "surrogateescape")
        ours = hmac.new(self._key, body, hashlib.sha512).hexdigest().encode()
        if hmac.compare_digest(given, ours):
            return
        if not self._failed.take():
            raise _No(429, "too many requests without a good signature")
        raise _No(403 if given else 401, "the signature is not ours" if given else "X-Hook-Signature is missing")

    def _taken(self, body: bytes) -> web.Response:
        """Written down, or known already; the answer is sent after that."""
        event = _event(body)
        request_id = _request_id(event) or hashlib.sha256(body).hexdigest()
        self._refuse_old(event)
        kind = str(event.get("object_type") or event.get("model") or "")
        key = request_id[:200]
        known = self._shelf.get(key)
        if known is not None:
            if known["state"] == "waiting":
                self._arrived()
            return _said(200, {"known": True})
        if kind in OWN and request_id in self._own():
            return _said(200, {"own": True})
        now = timestamp(self._clock.now())
        if not self._signed.take():
            # Not each of them is kept, but that there were some: nothing is lost, for an ask looks at all of NetBox.
            count = (self._shelf.get(OVERFLOW) or {"count": 0})["count"] + 1
            self._shelf.put(OVERFLOW, {"at": now, "count": count, "kind": "", "state": "waiting"})
            self._arrived()
            raise _No(429, "too many events")
        self._shelf.put(key, {"at": now, "kind": escaped(kind), "state": "waiting"})
        self._arrived()
        return _said(202, {"kept": True})

    def _refuse_old(self, event: dict[str, Any]) -> None:
        try:
            at = datetime.fromisoformat(str(event["timestamp"]))
        except (KeyError, ValueError):
            raise _No(400, "the body has no timestamp in ISO 8601") from None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        away = abs((self._clock.now() - at).total_seconds())
        if away > self._limits.window_s:
            raise _No(403, f"its time is {away:.0f} s from now, and not within {self._limits.window_s:.0f}")

    # ---- what it asks

    def _arrived(self) -> None:
        self._last = asyncio.get_running_loop().time()
        if not self._new.is_set():
            self._first = self._last
            self._new.set()

    def _waiting(self) -> dict[str, dict[str, Any]]:
        return {key: body for key, body in self._shelf.items() if body["state"] == "waiting"}

    async def _work(self) -> None:
        """Ask, once events have come and it is quiet; again and later where that failed."""
        retry = self._limits.retry_s
        while True:
            await self._new.wait()
            await self._quiet()
            if self._end.is_set():
                return
            self._new.clear()
            try:
                await self._once()
            except Exception as error:  # noqa: BLE001 - whatever it was, the events are kept and asked for again
                self._failing = type(error).__name__
                words = str(error) if isinstance(error, MatricError) else self._failing
                self._say(f"the events are kept, and asked for again in {retry:.0f} s: {words}")
                await self._pause(retry)
                retry = min(retry * 2, self._limits.longest_retry_s)
                self._arrived()
            else:
                retry, self._failing = self._limits.retry_s, ""

    async def _once(self) -> None:
        waiting = self._waiting()
        if not waiting:
            return
        said = await _in_thread(self._ask, self._own())
        self._say(f"{len(waiting)} event(s): {said}")
        for key, body in waiting.items():
            # What came again in the meantime waits for the next ask.
            self._shelf.swap(key, body, {**body, "state": "asked"})
        self._prune()

    async def _quiet(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._end.is_set():
            until = min(self._last + self._limits.quiet_s, self._first + self._limits.longest_wait_s)
            if loop.time() >= until:
                return
            await self._pause(until - loop.time())

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._end.wait(), max(seconds, 0.001))

    def _prune(self) -> None:
        """Forget what was asked for long ago, and of too many the oldest; what waits is never forgotten."""
        asked = [(body["at"], key) for key, body in self._shelf.items() if body["state"] == "asked"]
        now = self._clock.now()
        for number, (at, key) in enumerate(sorted(asked, reverse=True)):
            if number >= self._limits.kept or now - instant(at) > self._limits.kept_for:
                self._shelf.drop(key)


async def _in_thread(ask: Callable[[frozenset[str]], str], own: frozenset[str]) -> str:
    """What *ask* says. The thread is nobody's to wait for: a process that has to end ends."""
    loop = asyncio.get_running_loop()
    said: asyncio.Future[str] = loop.create_future()

    def settle(words: str, error: Exception | None) -> None:
        if said.done():
            return
        if error is None:
            said.set_result(words)
        else:
            said.set_exception(error)

    def work() -> None:
        try:
            words, error = ask(own), None
        except Exception as raised:  # noqa: BLE001 - it is raised again where it is waited for
            words, error = "", raised
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, words, error)

    threading.Thread(target=work, name="ask", daemon=True).start()
    return await said


def _event(body: bytes) -> dict[str, Any]:
    try:
        event: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise _No(400, "the body is no JSON") from None
    if not isinstance(event, dict):
        raise _No(400, "the body is no JSON object")
    return cast("dict[str, Any]", event)


def _request_id(event: dict[str, Any]) -> str:
    """What NetBox calls the request; newer ones say it within ``request``."""
    inner: Any = event.get("request")
    nested = cast("dict[str, Any]", inner).get("id") if isinstance(inner, dict) else None
    given = event.get("request_id") or nested
    return given if isinstance(given, str) else ""


def _said(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)
