"""What a readiness report says, before anybody decides how it looks."""

from typing import Annotated, Literal

from pydantic import Field

from matric.intent.base import Model

__all__ = ("AREAS", "WHEN", "Area", "Gap", "KitLine", "Move", "Readiness", "Seen", "Stage", "When", "counted")

Area = Literal["addresses", "vlans", "kit", "power", "resilience", "wireless", "provider", "broadband", "unseen"]
AREAS: dict[Area, str] = {
    "addresses": "Addresses",
    "vlans": "Networks and their numbers",
    "kit": "Switches, controllers and access points",
    "power": "Power over Ethernet",
    "resilience": "Single points of failure",
    "wireless": "Wireless security",
    "provider": "What the old provider left",
    "broadband": "Broadband",
    "unseen": "What was not seen",
}
When = Literal["before-joining", "before-cut-over", "cut-over", "later"]
WHEN: dict[When, str] = {
    "before-joining": "Before the school joins",
    "before-cut-over": "Before the evening of the cut-over",
    "cut-over": "On the evening of the cut-over",
    "later": "In the terms after it",
}


def counted(number: int, one: str, many: str) -> str:
    """*number* and the words that go with it: ``counted(1, "switch is", "switches are")``."""
    return f"{number} {one if number == 1 else many}"


class KitLine(Model):
    """Something to be bought, by quantity; a price only where a price list was given."""

    item: str
    quantity: Annotated[int, Field(ge=1)]
    price: float | None = None
    """Pounds for one, without VAT; None where no price list names it."""


class Gap(Model):
    """One way in which a school does not fit, and what closing it costs."""

    kind: str
    """What kind of gap it is: the key of its hours in ``effort.yaml``."""
    area: Area
    when: When
    title: str
    """One sentence for whoever decides; no jargon, no full stop."""
    detail: str
    """The same for engineers."""
    objects: tuple[str, ...] = ()
    """Everything it is true of."""
    remedy: str
    """In the imperative."""
    source: str = ""
    """Where the rule comes from; empty where it is the trust's own standard."""
    hours: float = 0.0
    kit: tuple[KitLine, ...] = ()


class Move(Model):
    """A network before and after."""

    name: str
    before: tuple[str, ...]
    """Prefixes, in full."""
    after: str
    """Prefix; empty where none is allocated, or the network is not kept."""
    vid_before: int | None = None
    vid_after: int | None = None
    overlaps: tuple[str, ...] = ()
    """Schools and prefixes of the trust that the old one collides with."""


class Stage(Model):
    """A part of the way: what is done together, in this order."""

    when: When
    gaps: tuple[int, ...]
    """Places in ``Readiness.gaps``."""
    hours: float
    lead_days: int = 0
    """Days to wait for what is ordered."""


class Seen(Model):
    """How much of the school the report rests on."""

    taken_at: str
    how: str
    devices: int
    models: int
    ports: int
    ports_used: int | None
    unseen: int
    lines: int
    understood: int


class Readiness(Model):
    """Whether a school fits its trust's standard, and what it takes."""

    format_version: Literal[1] = 1
    school: str
    name: str
    trust: str
    made_at: str
    seen: Seen
    fits: tuple[str, ...]
    gaps: tuple[Gap, ...]
    moves: tuple[Move, ...]
    stages: tuple[Stage, ...]
    hours: float
    kit: tuple[KitLine, ...]
    cost: float | None = None
    """Pounds for kit and hours together; None without a price list, or where it lacks an item."""
    unpriced: tuple[str, ...] = ()
    """Items that the price list does not name."""
    not_judged: tuple[str, ...] = ()
    """What could not be judged, and what to do about it."""
