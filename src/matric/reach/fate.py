"""What becomes of packets, and by which stations."""

from dataclasses import dataclass
from typing import Literal

from matric.reach.domain import Place
from matric.reach.header import Headers

__all__ = ("Fate", "Hop")


@dataclass(frozen=True, slots=True)
class Hop:
    """One station of a way."""

    device: str
    where: str
    """Port, VLAN interface or route."""
    does: str
    access_list: str = ""
    entry: str = ""
    """The entry that decided, as the configuration has it; empty at the end of the list."""

    def __str__(self) -> str:
        return f"{self.device} {self.where}: {self.does}"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of some packets on one way."""

    end: Literal["there", "out", "dropped"]
    headers: Headers
    hops: tuple[Hop, ...]
    why: str
    place: Place | None = None
    """Where they come out, if there: in which VLAN."""
    device: str = ""
    """The device whose own address it is, if there and not in a VLAN."""
    next_hop: str = ""
    """Whom they are given to, if out of the school."""
    filtered: bool = False
    """True where that is the school's router, behind which the trust's filter stands."""
