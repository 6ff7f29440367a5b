"""How a joining school gets to the standard: in which stages, and what is true at the end of each."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matric.intent.base import Model

__all__ = ("Lead", "Moved", "Order", "Server", "Side", "Stage", "Transition", "Trunk")


class Server(Model):
    """A DHCP server of the school's that stands in one of its old networks."""

    address: str
    device: str = ""
    """Where it hangs; empty where nobody knows."""
    port: str = ""


class Side(Model):
    """An old network that runs beside the new ones until everything in it has moved."""

    vid: int
    """Its number today."""
    also: tuple[int, ...] = ()
    """Numbers it has beyond a cable whose ends differ in what they leave untagged: one network all the same."""
    name: str
    prefix: str = ""
    """Empty: no device has an address in it."""
    vid_during: int
    """Its number while it runs beside: its own, or another where the standard has that number for something else."""
    zone: str
    """Zone of the standard that it is treated as meanwhile."""
    filter_policy: str = ""
    routed: bool
    """The school's core answers as its gateway, at the address hosts know. False: nobody knows its gateway."""
    why: str = ""
    """Why it is not routed by the core."""
    gateway: str = ""
    """With length; empty where it is not routed by the core."""
    takes_over: bool = False
    """Another box has the gateway's address today: the core takes it over, and the box is unplugged."""
    box: str = ""
    """``device port`` of that box; empty where it is not known, or where there is none."""
    servers: tuple[Server, ...] = ()
    """DHCP servers that stand in it and go on. While one is there, none of the trust's is asked."""

    @property
    def vids(self) -> tuple[int, ...]:
        """Every number it has today."""
        return (self.vid, *self.also)


class Moved(Model):
    """A port whose network changes at a stage."""

    device: str
    port: str
    role: str
    """Network role it goes to."""
    vid_before: int
    voice_before: int | None = None
    """VLAN that telephones at the port use until then, where it runs beside too."""
    hosts: tuple[str, ...] | None = ()
    """What hangs there, as far as it is known; None: the switch's MAC table was not seen, nor anything else there."""
    fixed: tuple[str, ...] = ()
    """Addresses that are not known to come from DHCP: somebody has to change each by hand."""


class Trunk(Model):
    """What a port between two switches carries in the end, for a stage at which it carries less."""

    device: str
    port: str
    roles: tuple[str, ...]


class Lead(Model):
    """Something to be done some days before a stage."""

    days: Annotated[int, Field(ge=0)]
    what: str


class Stage(Model):
    """One evening: a plan of its own, through the gate like any other."""

    number: int
    kind: Literal["whole", "beside", "move", "clear"]
    """whole: everything at once. beside: the switches come onto the standard, old networks stay beside. move: networks
    move. clear: what is empty goes."""
    title: str
    roles: tuple[str, ...] = ()
    moves: tuple[Moved, ...] = ()
    sides: tuple[int, ...] = ()
    """Old networks (by their number today) that still run when it is done."""
    leads: tuple[Lead, ...] = ()
    changes: tuple[str, ...] = ()
    """What is another than before when it is done, besides the ports that move."""
    exit_tests: tuple[str, ...] = ()
    """What must be true before the next stage begins; commands where a command says it."""
    back: str = ""
    """How it goes back."""


class Transition(Model):
    """The whole way."""

    format_version: Literal[1] = 1
    school: str
    sides: tuple[Side, ...] = ()
    stages: tuple[Stage, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    at_once: tuple[str, ...] = ()
    """Networks that cannot run beside, each with the reason: what is in them moves with the first stage."""
    doubts: tuple[str, ...] = ()
    """What the survey did not show and the order rests on."""


class Order(Model):
    """The whole of ``transition.yaml``: what a trust decides about the way."""

    format_version: Literal[1] = 1
    stages: tuple[tuple[str, ...], ...] = ()
    """Network roles that move together, in order; roles that are not named follow in the usual order, one a stage."""
    whole: bool = False
    """Everything at once, nothing beside."""
    lease_hours: Annotated[int, Field(ge=1, le=24 * 365)] = 192
    """How long the school's DHCP leases last today; 8 days is what Windows Server gives unless told otherwise."""
    gateways: dict[int, Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+\.\d+$")]] = Field(default_factory=dict[int, str])
    """VLAN -> address of its gateway, where the survey does not show it or shows another."""
    review: Annotated[date, Field(strict=False)] | None = None
    """The day by which nothing runs beside any more."""
