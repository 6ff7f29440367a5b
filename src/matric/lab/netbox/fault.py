"""What may go wrong between a NetBox and a client, put there on purpose."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from matric.lab.web_fault import WebFault, WebFaults

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
class Fault(WebFault):
    """One fault, on requests with its method whose path (with its query) it matches."""

    method: str = ""
    """Empty for any."""
    body: Any = None
    at: int = 20
    ids: frozenset[int] = frozenset()
    location: str = "https://elsewhere.invalid/"
    old: str = ""
    new: str = ""
    act: Callable[[Any], None] = lambda _store: None

    def matches(self, method: str, path: str) -> bool:
        """Whether a request to *path* (with its query) is one of those it is for."""
        return self.method in ("", method) and re.search(self.path, path) is not None


class Faults(WebFaults[Fault]):
    """Those that are set; a request meets all that match it."""

    def __init__(self) -> None:
        super().__init__(KINDS)


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
