"""The ledger as values: one entry for each line that says something, and what becomes of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

from matric.config import PATH

__all__ = ("CLASSES", "RESIDUES", "Account", "Class", "Entry", "Fault", "Ledger", "Residue", "counted")

Class = Literal["owned", "replaced", "kept", "removed", "volatile", "unknown"]
CLASSES: tuple[Class, ...] = ("owned", "replaced", "kept", "removed", "volatile", "unknown")
"""owned: the standard renders the same line at the same place. replaced: it says the same thing with another value.
kept: somebody agreed that it stays. removed: the cut-over takes it away, and it is known why. volatile: nobody means
it, the device or the format writes it. unknown: nobody has said yet."""

Residue = Literal[
    "account", "snmp", "trap", "aaa", "vpn", "cloud", "ntp", "syslog", "dns", "acl", "route", "relay", "boot", "banner",
    "contact",
]  # fmt: skip
RESIDUES: dict[Residue, str] = {
    "account": "log in to the device whenever they can reach it",
    "snmp": "read the device by SNMP, and change it where the community may write",
    "trap": "hear by SNMP trap what happens in the school",
    "aaa": "decide who logs in, or see every login",
    "vpn": "come in from outside, past the school's firewall",
    "cloud": "see and change the device from a cloud account that is not the trust's",
    "ntp": "set the device's clock, and with it the times in every log",
    "syslog": "read what the device logs",
    "dns": "answer what the device asks by name",
    "acl": "reach the device's management from addresses that the list names",
    "route": "have the school's traffic sent where the route points",
    "relay": "hand out the addresses, and with them the DNS servers, of a network",
    "boot": "give the device, or what starts from the network, its software or configuration",
    "banner": "be named as those who run the device",
    "contact": "be named as those to call about the device",
}
"""Kind of what an old provider left behind -> what it lets them do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of one device, and what becomes of it."""

    device: str
    """Name in the survey."""
    number: int
    """Line in the configuration, from 1."""
    heads: tuple[str, ...]
    """The lines above it; of a banner or certificate its first line."""
    text: str
    kind: Class
    what: str = ""
    """What it is, in a few words: "local account"."""
    why: str = ""
    """Why it is classed so."""
    risk: str = ""
    """What depends on it; empty: nothing that is known."""
    template: str = ""
    """``ios/_aaa.j2:3`` where the standard writes it."""
    new: tuple[str, ...] = ()
    """Of what is replaced: the lines that stand for it afterwards."""
    by: str = ""
    """Who decided, and until when, where somebody did."""
    lost: bool = False
    """It is to be kept, and no template renders it: the cut-over takes it away."""
    carried: bool = False
    """The cut-over carries it over: it belongs to the device."""
    stays: bool = False
    """matric does not configure the device: the line stays as long as the device does."""
    residue: Residue | None = None
    """What an old provider left behind."""

    @property
    def path(self) -> str:
        """The line with the heads above it, as decisions name it."""
        return PATH.join((*self.heads, self.text))

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "line": self.number,
            "path": self.path,
            "class": self.kind,
            "what": self.what,
            "why": self.why,
            "risk": self.risk,
            "template": self.template,
            "new": list(self.new),
            "by": self.by,
            "lost": self.lost,
            "carried": self.carried,
            "residue": self.residue,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """One device's lines."""

    device: str
    platform: str
    wanted: str
    """Key of the device that the standard has in its place; empty where there is none."""
    entries: tuple[Entry, ...]
    why: str = ""
    """Why its lines are held against no rendering; empty where they are."""
    read: bool = True
    """False where its configuration was not seen: that no line is open means nothing then."""
    replaced: bool = False
    """Another box takes the device's place: what is open of it is asked line by line."""
    waits: bool = False
    """Nobody can say yet what the standard has in its place: nothing of it is asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a decision, or with what the ledger rests on."""

    object: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.object}: {self.rule}. Do: {self.remedy}"


@dataclass(frozen=True)
class Ledger:
    """A school's lines, all of them."""

    school: str
    taken_at: str
    accounts: tuple[Account, ...]
    faults: tuple[Fault, ...] = ()
    """Of decisions."""
    bare: tuple[Account, ...] = ()
    """The same before anything was decided: what decisions are held against."""
    age_days: int = 0
    max_age_days: int = 0
    joined: date | None = None
    """The day the school was done with: the ledger is history from then on."""

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for account in self.accounts for entry in account.entries)

    def of(self, *kinds: Class) -> tuple[Entry, ...]:
        """The entries of these classes."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)

    @property
    def unknown(self) -> tuple[Entry, ...]:
        return self.of("unknown")

    @property
    def lost(self) -> tuple[Entry, ...]:
        """What is to be kept and that no template renders."""
        return tuple(entry for entry in self.entries if entry.lost)

    @property
    def unread(self) -> tuple[str, ...]:
        """Devices whose configuration nobody has seen."""
        return tuple(account.device for account in self.accounts if not account.read)

    @property
    def residue(self) -> tuple[Entry, ...]:
        """What an old provider left behind: what of these kinds the standard does not write itself."""
        return tuple(entry for entry in self.entries if entry.residue is not None)

    @property
    def stale(self) -> bool:
        """True where the survey is older than the standard lets it be."""
        return self.joined is None and self.age_days > self.max_age_days

    @property
    def complete(self) -> bool:
        """True where every line is accounted for, and nothing kept gets lost; never of no device at all."""
        return bool(self.accounts) and not (self.unknown or self.lost or self.unread or self.faults)


def counted(entries: Iterable[Entry]) -> dict[Class, int]:
    """How many of each class, none left out."""
    found = Counter(entry.kind for entry in entries)
    return {kind: found[kind] for kind in CLASSES}
