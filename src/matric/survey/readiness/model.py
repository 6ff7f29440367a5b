"""What a readiness report says, before anybody decides how it looks."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matric.intent.base import Model

__all__ = (
    "AREAS", "DECIDERS", "FIRST", "WHEN", "Area", "Decider", "Gap", "KitLine", "Move", "Readiness", "Seen", "Stage",
    "When", "counted", "day", "hours",
)  # fmt: skip

Area = Literal[
    "addresses", "vlans", "kit", "power", "resilience", "wireless", "licences", "provider", "broadband", "unseen"
]  # fmt: skip
AREAS: dict[Area, str] = {
    "addresses": "Addresses",
    "vlans": "Networks and their numbers",
    "kit": "Switches, controllers and access points",
    "power": "Power over Ethernet",
    "resilience": "Single points of failure",
    "wireless": "Wireless security",
    "licences": "Licences and subscriptions",
    "provider": "What the old provider left",
    "broadband": "Broadband",
    "unseen": "What was not seen",
}
Decider = Literal["trust", "business", "head", "owners", "provider"]
DECIDERS: dict[Decider, str] = {
    "business": "the school's business manager",
    "head": "the head teacher",
    "owners": "whoever owns the system",
    "provider": "the old provider, asked by the school",
    "trust": "the trust's network engineers",
}
When = Literal["before-joining", "before-cut-over", "cut-over", "later"]
WHEN: dict[When, str] = {
    "before-joining": "Before the school joins",
    "before-cut-over": "Before the evening of the cut-over",
    "cut-over": "On the evening of the cut-over",
    "later": "In the terms after it",
}
FIRST: frozenset[When] = frozenset({"before-joining", "before-cut-over"})
"""What has to be closed before the evening of the cut-over."""


def counted(number: int, one: str, many: str) -> str:
    """*number* and the words that go with it: ``counted(1, "switch is", "switches are")``."""
    return f"{number} {one if number == 1 else many}"


def hours(number: float) -> str:
    """*number* of hours as people write it: 1 hour, 2.25 hours."""
    return f"{number:g} {'hour' if number == 1 else 'hours'}"


def day(iso: str) -> str:
    """The ISO date *iso* as people write it: 26 December 2026."""
    found = date.fromisoformat(iso)
    return f"{found.day} {found:%B %Y}"


class KitLine(Model):
    """Something to be bought, by quantity; a price only where a price list was given."""

    item: str
    quantity: Annotated[int, Field(ge=1)]
    where: tuple[str, ...] = ()
    """The switch, port or room each is for; empty where it is for the whole school."""
    closes: tuple[int, ...] = ()
    """Places in ``Readiness.gaps`` of what it closes; empty in a gap's own line."""
    licence: bool = False
    """It is a licence or subscription, and no piece of kit."""
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
    decides: Decider = "trust"
    """Whose word closing it waits for."""

    @property
    def told(self) -> tuple[str, ...]:
        """The detail as a list, where it is one of all objects."""
        return self.objects if self.detail == "; ".join(self.objects) else (self.detail,)


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
    verdict: str
    """The report in one sentence."""
    earliest: str = ""
    """ISO date before which no cut-over is possible if all is ordered today; empty where nothing was read."""
    first: tuple[int, ...] = ()
    """Places in ``gaps`` of the five things that matter most."""
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
