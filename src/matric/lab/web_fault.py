"""What goes wrong with an answer over HTTP on purpose: faults that are set, met by requests, and used up."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

__all__ = ("WebFault", "WebFaults")


@dataclass
class WebFault:
    """One fault; what it does to a request is the server's to say."""

    kind: str
    path: str = ""
    """Regular expression, searched in what ``asked`` makes of a request."""
    times: int | None = 1
    """How often it strikes; None for always."""
    skip: int = 0
    """Matching requests that go well before."""
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict[str, str])
    struck: int = 0
    over: Event = field(default_factory=Event)
    """Set when the faults are cleared: what it holds up goes on."""

    def matches(self, method: str, path: str) -> bool:
        """Whether a request to *path* (with its query) is one of those it is for."""
        return re.search(self.path, f"{method} {path}") is not None


F = TypeVar("F", bound=WebFault)


class WebFaults(Generic[F]):
    """Those that are set, each of one of *kinds*; safe to set from another thread than the server's."""

    def __init__(self, kinds: Collection[str]) -> None:
        self._kinds = kinds
        self._set: list[F] = []
        self._lock = Lock()

    def add(self, fault: F) -> F:
        """Set one."""
        if fault.kind not in self._kinds:
            raise ValueError(f"no fault is called {fault.kind}: {', '.join(self._kinds)}")
        with self._lock:
            self._set.append(fault)
        return fault

    def clear(self) -> None:
        """None any more; what one holds up goes on."""
        with self._lock:
            for fault in self._set:
                fault.over.set()
            self._set.clear()

    def strike(self, method: str, path: str) -> list[F]:
        """Every fault that this request meets."""
        with self._lock:
            return list(self._met(method, path))

    def strike_once(self, method: str, path: str) -> F | None:
        """The first fault that this request meets; those behind it wait for another."""
        with self._lock:
            return next(self._met(method, path), None)

    def _met(self, method: str, path: str) -> Iterator[F]:
        for fault in self._set:
            if not fault.matches(method, path) or (fault.times is not None and fault.struck >= fault.times):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.struck += 1
            yield fault
