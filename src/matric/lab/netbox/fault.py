"""What may go wrong between a NetBox and a client, put there on purpose."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, cast

__all__ = ("KINDS", "Fault", "Faults", "altered")

KINDS = ("status", "truncate", "html", "short", "duplicate", "hide", "change", "hang", "redirect", "drop", "text")
"""
status     answer *status* with *body*; *headers* may hold Retry-After
truncate   break the JSON off after *at* bytes, with an honest Content-Length
drop       close the connection in the middle of the body
html       a login page, with status 200
redirect   302 to *location*
hang       no answer until the fault is cleared
short      a page without its last row, though it is counted
duplicate  a page whose last row is its first again
hide       rows whose id is in *ids* are neither shown nor counted
change     *act* is called with the store before the request is answered
text       *old* in the answer's text becomes *new*
"""


@dataclass
class Fault:
    """One fault, on requests whose method and path (with its query) it matches."""

    kind: str
    path: str = ""
    """Regular expression, searched in the path and query."""
    method: str = ""
    times: int | None = 1
    """How often it strikes; None for always."""
    skip: int = 0
    """Matching requests that go well before."""
    status: int = 503
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    at: int = 20
    ids: frozenset[int] = frozenset()
    location: str = "https://elsewhere.invalid/"
    old: str = ""
    new: str = ""
    act: Callable[[Any], None] = lambda _store: None
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
        """None any more; what hangs is let go."""
        with self._lock:
            for fault in self._set:
                fault.over.set()
            self._set.clear()

    def strike(self, method: str, path: str) -> list[Fault]:
        """The faults this request meets."""
        with self._lock:
            return [fault for fault in self._set if self._meets(fault, method, path)]

    def _meets(self, fault: Fault, method: str, path: str) -> bool:
        if fault.method and fault.method != method:
            return False
        if not re.search(fault.path, path) or (fault.times is not None and fault.struck >= fault.times):
            return False
        if fault.skip:
            fault.skip -= 1
            return False
        fault.struck += 1
        return True


def altered(answer: Any, fault: Fault) -> Any:
    """A REST or GraphQL answer with its lists made short, doubled or thinned."""
    if not isinstance(answer, dict):
        return answer
    said = cast("dict[str, Any]", answer)
    if isinstance(said.get("data"), dict):
        data = cast("dict[str, Any]", said["data"])
        return {**said, "data": {key: _rows(rows, fault) for key, rows in data.items()}}
    if "results" not in said:
        return said
    rows = _rows(said["results"], fault)
    gone = len(said["results"]) - len(rows) if fault.kind == "hide" else 0
    return {**said, "results": rows, "count": said["count"] - gone if said["count"] is not None else None}


def _rows(rows: Any, fault: Fault) -> Any:
    if not isinstance(rows, list):
        return rows
    many: list[Any] = rows  # pyright: ignore[reportUnknownVariableType]
    return _list(many, fault)


def _list(rows: list[Any], fault: Fault) -> list[Any]:
    if fault.kind == "short":
        return rows[:-1]
    if fault.kind == "duplicate":
        return [*rows[:-1], rows[0]] if len(rows) > 1 else rows
    if fault.kind == "hide":
        return [row for row in rows if int(row["id"]) not in fault.ids]
    return rows
