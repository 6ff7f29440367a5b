"""What a forge does to its clients when it is not well; set by a regular expression over method and path."""

import re
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

__all__ = ("KINDS", "Fault", "Faults")

KINDS = ("status", "cut-before", "cut-after", "slow", "html", "truncate", "short")
"""status: an answer with that status, the request is not carried out (carried out with ``done``).
cut-before, cut-after: the connection is closed before, after carrying it out. slow: waits ``seconds`` after carrying
it out. html: a page in place of the answer, not carried out. truncate: the answer's JSON breaks off, carried out.
short: the last item of a list is left out, and its count is not."""


@dataclass
class Fault:
    """One fault, on requests whose ``METHOD /path?query`` it matches."""

    kind: str
    path: str = ""
    times: int | None = 1
    """How often it strikes; None for always."""
    skip: int = 0
    """Matching requests that go well before."""
    status: int = 503
    body: Any = field(default_factory=lambda: {"message": "fault"})
    headers: dict[str, str] = field(default_factory=dict[str, str])
    done: bool = False
    """A status that comes although the request was carried out."""
    seconds: float = 0.0
    """How long ``slow`` waits; 0 until the faults are cleared."""
    struck: int = 0
    over: Event = field(default_factory=Event)


class Faults:
    """Those that are set; safe to set from another thread than the server's."""

    def __init__(self) -> None:
        self._set: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> Fault:
        """Set one."""
        if fault.kind not in KINDS:
            raise ValueError(f"no fault is called {fault.kind}: {', '.join(KINDS)}")
        with self._lock:
            self._set.append(fault)
        return fault

    def clear(self) -> None:
        """None any more; what is slow goes on."""
        with self._lock:
            for fault in self._set:
                fault.over.set()
            self._set.clear()

    def strike(self, asked: str) -> Fault | None:
        """The first fault this request meets."""
        with self._lock:
            for fault in self._set:
                if not re.search(fault.path, asked) or (fault.times is not None and fault.struck >= fault.times):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.struck += 1
                return fault
        return None
