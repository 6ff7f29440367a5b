"""Something that the standard does not say, or does say and that does not happen."""

from dataclasses import dataclass
from typing import Literal

from matric.reach.fate import Hop
from matric.reach.header import NOTHING, Headers

__all__ = ("Breach",)


@dataclass(frozen=True, slots=True)
class Breach:
    """One of them."""

    kind: Literal["more", "less", "mixed", "astray"]
    """Mixed: two networks in one broadcast domain. Astray: an attachment in another network's VLAN."""
    object: str
    """Network pair (``pupil to staff``) or attachment (``sw-01 Ethernet3``)."""
    message: str
    headers: Headers = NOTHING
    hops: tuple[Hop, ...] = ()
