"""What a configuration says about the management of its device, without how a vendor says it.

Beside ``Switch``, and not in it: the search for an order of lines reads a ``Switch`` thousands of times, and none of
this changes who reaches whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matric.switch import Entry

__all__ = ("Community", "Door", "Management", "SnmpUser", "Speech", "Ssh", "Throttle")

SSH, NETCONF, HTTPS, HTTP, SNMP = 22, 830, 443, 80, 161
"""Ports that doors are at, whatever port a trust moves them to: lists are written for them."""


@dataclass(frozen=True, slots=True)
class Door:
    """One way in over the network."""

    name: str
    """As the configuration calls it: ``line vty 0 4``, ``management ssh``."""
    port: int
    entries: tuple[Entry, ...] | None
    """The list in front of it; None where there is none, and everybody may knock."""


@dataclass(frozen=True, slots=True)
class Ssh:
    """How the SSH server behaves. What is None is not written, and is the platform's own."""

    versions: frozenset[int]
    """Those it speaks."""
    wait_s: int | None = None
    """Seconds somebody may take to log in."""
    tries: int | None = None
    """Passwords somebody may try in one connection."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """What slows down somebody who guesses passwords."""

    attempts: int
    """Wrong passwords until it acts."""
    block_s: int
    """Seconds it then refuses."""
    window_s: int | None = None
    """Seconds in which the attempts are counted; None where they only have to follow each other."""
    locks: bool = True
    """True where it locks the account, and not the device's door."""

    def guesses(self, seconds: int) -> int:
        """How many passwords can be tried in *seconds*: at once and again after each block, or just below the count."""
        bursts = self.attempts * -(-seconds // max(self.block_s, 1))
        below = (self.attempts - 1) * -(-seconds // self.window_s) if self.window_s else 0
        return max(bursts, below)


@dataclass(frozen=True, slots=True)
class Community:
    """An SNMP community."""

    name: str
    """As good as a password: not for people to read."""
    writes: bool


@dataclass(frozen=True, slots=True)
class SnmpUser:
    """A user of SNMPv3."""

    name: str
    auth: str
    """sha, sha256, md5, or empty."""
    priv: str
    """aes, des, 3des, or empty."""


@dataclass(frozen=True, slots=True)
class Speech:
    """On which ports a protocol between neighbours (LLDP, CDP) is spoken."""

    everywhere: bool
    """What a port does that is not named."""
    named: Mapping[str, bool] = field(default_factory=dict[str, bool])

    def on(self, port: str) -> bool:
        """True where *port* speaks it."""
        return self.named.get(port, self.everywhere)


SILENCE, BY_DEFAULT = Speech(everywhere=False), Speech(everywhere=True)


@dataclass(frozen=True, slots=True)
class Management:
    """All of it. What the configuration does not say has the value the device falls back to."""

    hostname: str
    doors: tuple[Door, ...]
    """Where people and matric log in."""
    polls: tuple[Door, ...]
    """Where SNMP is answered."""
    ssh: Ssh
    login: tuple[str, ...]
    """What a login over the network asks, in order: central, local, none."""
    servers: int
    """Central servers that a login asks."""
    unguarded: tuple[str, ...]
    """Accounts that let in whoever knows their name, those the factory leaves open included."""
    idle_s: Mapping[str, int]
    """Kind of session -> seconds without a key pressed until it ends; 0 where it never does."""
    throttle: Throttle | None
    banner: str
    """What is shown before the login; empty where nothing is."""
    communities: tuple[Community, ...]
    old_snmp: tuple[str, ...]
    """What lets SNMP 1 or 2c in or out: lines that do, or the line that is missing. No community is in them."""
    snmp_users: tuple[SnmpUser, ...]
    loose_groups: tuple[str, ...]
    """Groups of SNMPv3 that answer without encryption."""
    collectors: Mapping[str, int]
    """Syslog server -> the highest severity number it is sent: 6 is informational."""
    stamped: bool
    """True where each line of the log has a time."""
    log_source: str
    """Interface or address the log is sent from; empty where the device chooses."""
    clocks: tuple[str, ...]
    """NTP servers."""
    zone: str
    """Time zone: ``UTC``, ``Europe/London``, or as it is written."""
    recorded: frozenset[str]
    """Of ``logins``, ``failed logins`` and ``commands``: what the device tells somebody else about."""
    needless: tuple[str, ...] | None
    """Services without a use that are on; None where the platform has none of them."""
    lldp: Speech
    med: Speech
    """LLDP-MED."""
    cdp: Speech
    """CDP as it is sent; a device that only listens to it tells nothing."""
    lacks: tuple[str, ...] = ()
    """Lines that are missing, and without which nobody can copy a file to it or have it go back by itself."""
