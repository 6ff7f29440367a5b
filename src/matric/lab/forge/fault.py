"""What a forge does to its clients when it is not well; set by a regular expression over method and path."""

from dataclasses import dataclass, field
from typing import Any

from matric.lab.web_fault import WebFault, WebFaults

__all__ = ("KINDS", "Fault", "Faults")

KINDS = ("status", "cut-before", "cut-after", "slow", "html", "truncate", "short")
"""status: an answer with that status, the request is not carried out (carried out with ``done``).
cut-before, cut-after: the connection is closed before, after carrying it out. slow: waits ``seconds`` after carrying
it out. html: a page in place of the answer, not carried out. truncate: the answer's JSON breaks off, carried out.
short: the last item of a list is left out, and its count is not."""


@dataclass
class Fault(WebFault):
    """One fault, on requests whose ``METHOD /path?query`` it matches."""

    body: Any = field(default_factory=lambda: {"message": "fault"})
    done: bool = False
    """A status that comes although the request was carried out."""
    seconds: float = 0.0
    """How long ``slow`` waits; 0 until the faults are cleared."""


class Faults(WebFaults[Fault]):
    """Those that are set; a request meets one of them."""

    def __init__(self) -> None:
        super().__init__(KINDS)
