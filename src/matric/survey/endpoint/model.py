"""What hangs on a port, and what becomes of it, as values."""

from typing import Literal

from pydantic import Field

from matric import canonical
from matric.intent.base import Model

__all__ = (
    "ORDER",
    "WORDS",
    "Census",
    "Change",
    "Confidence",
    "Endpoint",
    "Evidence",
    "Fate",
    "Fated",
    "Own",
    "Place",
    "Sight",
    "Word",
)

Word = Literal["stays", "changes", "at-risk", "lost"]
"""What becomes of an endpoint: nothing; something it takes along by itself; it may not work until somebody does
something; it will not work."""
ORDER: tuple[Word, ...] = ("stays", "changes", "at-risk", "lost")
WORDS = {"stays": "stays", "changes": "changes", "at-risk": "at risk", "lost": "lost"}

Confidence = Literal["confirmed", "sure", "likely", "could-be", "unknown"]
"""confirmed: a person said so. sure: it says so itself, or several signs agree. could-be: one weak sign, or two kinds
that the signs fit alike."""


class Sight(Model):
    """Where something was seen."""

    device: str
    port: str
    vid: int | None = None


class Place(Model):
    """Where an endpoint is."""

    how: Literal["port", "behind", "unknown"]
    """port: it hangs on the port itself. behind: something between passes frames on (``behind``). unknown: it was
    seen, and no port could be said to be its own."""
    device: str = ""
    port: str = ""
    vids: tuple[int, ...] = ()
    """VLANs it was seen in, at this port."""
    behind: str = ""
    """What is between: "an unmanaged switch or access point", "the telephone SEP0004F2...", "sw-3, which was not
    surveyed"."""
    blind: bool = False
    """What is between is a switch that was not surveyed, or whose table of addresses was not seen."""
    sights: tuple[Sight, ...] = ()
    """Every other port it was seen on: uplinks, and where it was before."""
    why: str = ""
    """Why the place is not known."""


class Evidence(Model):
    """One sign that something is of a kind."""

    kind: str
    source: str
    """maker, lldp, system, name, host, description, vlan, power."""
    text: str
    """What was seen, as told."""
    points: int


class Endpoint(Model):
    """One thing at the edge of the network."""

    key: str
    """Its MAC address; ``device port`` where no address was seen."""
    mac: str = ""
    maker: str = ""
    """Whom the IEEE gave the address to; "random address" where nobody (locally administered)."""
    kind: str = "unknown"
    """Name in ``kinds.yaml``."""
    confidence: Confidence = "unknown"
    also: tuple[str, ...] = ()
    """Other kinds that the signs fit about as well."""
    evidence: tuple[Evidence, ...] = ()
    critical: bool = False
    """Of a kind, or perhaps of a kind, that people depend on for safety or their daily work."""
    place: Place
    ips: tuple[str, ...] = ()
    addressing: Literal["dhcp", "reserved", "static", ""] = ""
    """Empty: not known. static is said only where the leases of its network were seen and it has none."""
    host: str = ""
    """Name of its lease, or the one it announces."""
    system: str = ""
    """What it says of itself over LLDP or CDP."""
    capabilities: tuple[str, ...] = ()
    watts: float | None = None
    """Power it takes from its port; None: not seen."""
    room: str = ""
    room_from: str = ""
    """endpoints.yaml, port description, location of the device."""
    owner: str = ""
    note: str = ""


class Own(Model):
    """An address of the network itself."""

    mac: str
    of: str
    """Name of the device, "group address" or "virtual router"."""


class Census(Model):
    """Everything that was seen at the edge of a school. Each address is here once, as an endpoint or as ``own``."""

    school: str
    taken_at: str
    endpoints: tuple[Endpoint, ...]
    own: tuple[Own, ...]
    unseen: tuple[str, ...]
    """Devices whose table of addresses was not read: what hangs on them is not known."""


class Change(Model):
    """One thing that will be otherwise."""

    what: Literal[
        "place", "device", "port", "mode", "vlan", "address", "voice", "power", "login", "guard", "limit", "speed",
        "wireless", "profile",
    ]  # fmt: skip
    old: str
    new: str
    weight: Word
    reason: str
    """Without full stop."""
    do: str = ""
    """In the imperative; empty where nothing is to be done."""


class Fate(Model):
    """What becomes of one endpoint."""

    endpoint: str
    """Its key."""
    device: str = ""
    port: str = ""
    """Where it will be; empty where that is not known."""
    vid: int | None = None
    """The VLAN it will be in."""
    network: str = ""
    """Role of that network."""
    changes: tuple[Change, ...] = Field(default=())

    @property
    def word(self) -> Word:
        """The gravest of its changes."""
        grave: Word = "stays"
        for one in self.changes:
            grave = one.weight if ORDER.index(one.weight) > ORDER.index(grave) else grave
        return grave

    @property
    def digest(self) -> str:
        """What an acknowledgement is bound to: where it goes, and everything that will be otherwise there."""
        told = [[one.what, one.old, one.new, one.weight] for one in self.changes if one.weight != "stays"]
        return canonical.digest([self.endpoint, self.device, self.port, self.vid, sorted(told)])


class Fated(Model):
    """An endpoint with its fate, and who has agreed to it."""

    endpoint: Endpoint
    fate: Fate
    acknowledged: str = ""
    """"A. Patel on 2026-11-20"; empty where nobody has, or what was agreed to is not what will happen."""
    lapsed: str = ""
    """Who agreed to something else: the fate has changed since."""

    @property
    def owed(self) -> bool:
        """An owner's word is owed: it is critical, something changes, and nobody has said that this is well."""
        return self.endpoint.critical and self.fate.word != "stays" and not self.acknowledged
