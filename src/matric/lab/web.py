"""What the lab serves over HTTP on this machine: in a thread of its own for a test, or in the foreground."""

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Self

from aiohttp import web

from matric.errors import UsageError

__all__ = ("WebStand",)


class WebStand(ABC):
    """A server that stands in for another; ``url`` once it is started."""

    def __init__(self, name: str) -> None:
        self.url = ""
        self.lock = threading.RLock()
        """Held while what it serves is looked at or changed."""
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: asyncio.Event | None = None

    @abstractmethod
    async def _handle(self, request: web.Request, /) -> web.StreamResponse:
        """The answer to a request, whatever its method and path."""

    @abstractmethod
    def clear(self) -> None:
        """No faults any more."""

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

        self._thread = threading.Thread(target=work, name=self._name, daemon=True)
        self._thread.start()
        ready.wait()
        if failed and isinstance(failed[0], UsageError):
            raise failed[0]
        if failed:
            raise UsageError(f"port {port} of {host} cannot be opened: {failed[0]}. Do: choose another") from failed[0]
        return self

    def stop(self) -> None:
        """Close the port and end the thread."""
        self.clear()
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
