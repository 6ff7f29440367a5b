"""A relay on this machine between matric and one device, so that a session can be dropped hard, in mid-air."""

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

__all__ = ("Relay",)

_CHUNK = 65536
_TICK_S = 0.2
_CONNECT_S = 15.0


class Relay:
    """Listens on the loopback and passes bytes on to *host*; ``cut`` resets both sides of every connection."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        for thread in self._threads:
            thread.join(_CONNECT_S)

    def cut(self) -> int:
        """Reset every connection, on both sides, and take no more; how many connections that ended."""
        self._done.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # whoever waits on it would keep it open a moment longer
        self._listener.close()
        with self._lock:
            ended, self._open = self._open, []
        for one in ended:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close is a reset
            one.close()
        return len(ended) // 2

    def _start(self, target: Callable[..., None], *given: socket.socket) -> None:
        thread = threading.Thread(target=target, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._done.is_set():
            try:
                ready, _, _ = select.select([self._listener], [], [], _TICK_S)
                if not ready:
                    continue
                near, _ = self._listener.accept()
            except (OSError, ValueError):  # closed
                return
            try:
                far = socket.create_connection(self._there, timeout=_CONNECT_S)
            except OSError:
                near.close()
                continue
            with self._lock:
                if self._done.is_set():
                    near.close()
                    far.close()
                    return
                self._open += [near, far]
            self._start(self._pass, near, far)

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        """Bytes both ways until either side ends or everything is cut."""
        other = {near: far, far: near}
        try:
            while not self._done.is_set():
                ready, _, _ = select.select([near, far], [], [], _TICK_S)
                for one in ready:
                    data = one.recv(_CHUNK)
                    if not data:
                        return
                    other[one].sendall(data)
        except (OSError, ValueError):
            return
        finally:
            if not self._done.is_set():
                with self._lock:
                    self._open = [one for one in self._open if one not in other]
                near.close()
                far.close()
