"""What a whole trust holds, before anybody decides how it looks."""

from matric.intent.base import Model
from matric.survey.holdings_ways import Way

__all__ = ("Holdings", "ModelHeld", "Role", "SchoolHeld", "Software")


class ModelHeld(Model):
    """One model, in the whole trust."""

    vendor: str
    model: str
    role: str
    platform: str
    count: int
    schools: tuple[str, ...]
    support_end: str = ""
    """ISO date; empty where nobody has said."""
    sold_until: str = ""
    """ISO date of the last sale; empty where nobody has said."""
    source: str = ""
    """The maker's document, and how well it is known."""


class Software(Model):
    """One release, in the whole trust; only of devices that were surveyed."""

    platform: str
    release: str
    count: int
    schools: tuple[str, ...]
    approved: bool | None
    """None where the standard approves none for the platform."""


class Role(Model):
    """What consolidating the devices of a role would take."""

    role: str
    count: int
    makers: int
    models: int
    commonest: str
    """The model most of them are."""
    others: int
    """Devices that would be replaced for all to be of that model's maker and platform."""
    ending: int
    """Of these, how many have to be replaced within two years anyway."""
    where: tuple[str, ...] = ()
    """The schools that have them, each with its number: ``oakfield 4``."""


class SchoolHeld(Model):
    """One school of the trust, or one that is joining."""

    school: str
    name: str
    joining: bool
    devices: int
    makers: tuple[str, ...]
    wireless: str
    """The wireless solution: controllers and access points, by model."""
    access_points: int
    ports: int
    spare_ports: int | None
    """Ports that nothing is plugged into, where a survey saw it; else ports that the plan has shut."""
    ports_measured: bool
    """A survey saw them."""
    poe_budget_w: float
    poe_used_w: float | None
    """What is drawn, where a survey saw it; else the most that the ports' profiles may ask for."""
    poe_measured: bool
    failing: int | None
    """Findings without a waiver; None for a joining school, which has a readiness report instead."""
    gaps: int | None = None
    """Of a joining school: what its readiness report finds that does not fit; None where none was made."""
    gap_hours: float | None = None
    """Of a joining school: the hours that closing them takes."""
    undecided: int | None
    waivers: int
    agreements: int
    past_support: int
    soon_past_support: int
    support_unknown: int
    surveyed: str = ""
    """When it was last surveyed; empty where it was not."""


class Holdings(Model):
    """The page that shows a trust what it holds."""

    format_version: int = 1
    trust: str
    made_at: str
    schools: tuple[SchoolHeld, ...]
    models: tuple[ModelHeld, ...]
    software: tuple[Software, ...]
    roles: tuple[Role, ...]
    ways: tuple[Way, ...]
    not_seen: tuple[str, ...]
