"""What a platform promises, and the driver through which matric speaks to one device.

Vendor knowledge is data in one frozen ``Platform`` per operating system; the machine never tests for a platform.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

__all__ = (
    "Address",
    "Candidate",
    "Capability",
    "ConfigRules",
    "Driver",
    "Facts",
    "Look",
    "Neighbour",
    "NetKind",
    "Pending",
    "Platform",
    "Session",
)


@dataclass(frozen=True, slots=True)
class Capability:
    """What the operating system can promise. Unknown counts as no."""

    atomic_replace: bool
    timer_revert: bool
    timer_owner: Literal["device", "session", "nobody"]
    survives_reboot: bool
    """The change is gone after a reboot inside the window (startup is still old)."""
    survives_session_drop: bool
    """The timer keeps running when the session that armed it is closed."""
    timer_min_s: int
    timer_max_s: int
    timer_step_s: int
    other_commits_confirm: bool


@dataclass(frozen=True, slots=True)
class NetKind:
    """One way in which a device takes a change back by itself when nobody confirms it."""

    name: Literal["commit-timer", "checkpoint-timer", "restore-job", "reload"]
    words: str
    """What takes the change back and what that costs, in one plain sentence for whoever approves a plan."""
    atomic: bool
    """True where the whole configuration is put in place at once; else it goes line by line, in a proven order."""
    consent: bool = False
    """True where it costs people something (a restart drops PoE): never chosen but by a consent in the plan."""
    unproven: tuple[str, ...] = ()
    """What it rests on that nobody of ours has seen on a real device; ``matric doctor`` tries it."""
    away_s: int = 0
    """How long a device that goes back does not answer: where it restarts."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a device is to hold, and how it gets there. Resolved: it holds secrets, and lives in memory only."""

    config: str = field(repr=False)
    """The whole configuration."""
    lines: tuple[str, ...] = field(default=(), repr=False)
    """Where the net is not atomic: the commands that lead there, in the proven order, one line each; a line below a
    section stands after the line that opens the section, indented by one space per level."""
    net: str = "commit-timer"
    """Name of the net that was chosen for the device."""


@dataclass(frozen=True, slots=True)
class ConfigRules:
    """How configuration text of the platform is read, as data. Patterns are regular expressions on one line."""

    hier_config: str
    """Name of hier_config's platform: ARISTA_EOS, CISCO_IOS."""
    volatile: tuple[str, ...] = ()
    """Lines that change by themselves (time stamps, clock period): never compared."""
    device_owned: tuple[str, ...] = ()
    """Lines, with their children, that belong to the device (self-signed certificates, stack provision):
    carried from running into the candidate."""
    secret: tuple[str, ...] = ()
    """Lines with a secret in group ``secret``, whose hash the device re-salts: compared by keyed digest of what was
    sent, or by form where the device hides it."""
    hidden: tuple[str, ...] = ()
    """Lines a device accepts but never shows (IOS SNMPv3 users)."""
    defaults: tuple[str, ...] = ()
    """Lines that are the default and that a device leaves out of its own output."""
    heredocs: tuple[str, ...] = ()
    """Lines that start a block ended by a delimiter (banner, certificate)."""
    unordered: tuple[str, ...] = ()
    """Section heads (or ``^$`` for the top level) whose children a device may show in another order."""
    ordered: tuple[str, ...] = ()
    """Lines that keep their order among themselves inside an unordered section; group 1 is what they share."""


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how to log in to one device. ``host`` is never resolved from a name."""

    key: str
    """school/name."""
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    pin: str
    """Pinned identity: an OpenSSH public key line (ios) or a PEM certificate (eos)."""
    timeout_s: float = 30.0
    now: Callable[[], datetime] = field(default=_utc, repr=False, compare=False)
    """The clock a device's own is compared with: this machine's, or the lab's."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Who a device says it is."""

    hostname: str
    model: str
    serial: str
    os_version: str
    uptime_s: float


@dataclass(frozen=True, slots=True)
class Pending:
    """A committed change that goes back by itself unless confirmed."""

    session: str
    """Name of the session (eos), or ``user@since`` (ios)."""
    left_s: float
    """Seconds until the device goes back, as the device counts them (whole minutes on ios)."""
    owner: str
    held: str = ""
    """Who stands in the way of its confirm, where the device has one candidate for everybody; empty: nobody."""


@dataclass(frozen=True, slots=True)
class Session:
    """A configuration session or lock somebody holds."""

    name: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One LLDP neighbour."""

    port: str
    device: str
    remote_port: str


@dataclass(frozen=True, slots=True)
class Look:
    """A read-only look at a device for a plan. ``None`` means it could not be read, never that it is empty."""

    facts: Facts
    running: str
    startup: str
    neighbours: tuple[Neighbour, ...] | None = None
    users: tuple[str, ...] | None = None
    """Local account names."""
    snmp_communities: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None
    """Prefixes in the routing table, ``10.0.0.0/8 via 10.1.1.1``."""
    clock_skew_s: float | None = None
    sessions: tuple[Session, ...] = ()
    pending: Pending | None = None
    free_bytes: int | None = None
    nets: tuple[str, ...] | None = None
    """Names of the nets this device can hold, best first; None where every device of the platform holds them all."""
    archive: bool | None = None
    """True where the platform's archive (which its timer needs) is on; None where it needs none."""


class Driver(Protocol):
    """One device, over one login. Every method raises a DeviceError with the device's own words when it cannot.

    ``session`` is always ``matric-<run id>``: the name is journalled before it is used.
    """

    def open(self) -> None:
        """Log in; the pinned identity is checked before any credential is sent (StrangerError)."""
        ...

    def close(self) -> None:
        """Log out; never changes what is pending on the device."""
        ...

    def facts(self) -> Facts: ...

    def running(self) -> str:
        """The complete running configuration; proven complete (end marker), else Refused."""
        ...

    def startup(self) -> str: ...

    def look(self) -> Look:
        """Everything a plan wants to know, by show commands only."""
        ...

    def pending(self) -> Pending | None:
        """The pending timed commit, whoever made it; None only if the device says there is none."""
        ...

    def sessions(self) -> tuple[Session, ...]:
        """Open configuration sessions, ours included."""
        ...

    def stage(self, session: str, candidate: Candidate) -> str:
        """Load *candidate* as a full replacement; nothing becomes active. Returns what the device holds, read back.

        A platform that cannot hold a candidate proves here that the lines lead from what runs to the configuration,
        and returns what they lead to.
        """
        ...

    def unstage(self, session: str) -> None:
        """Remove the candidate. Done twice is done once."""
        ...

    def arm(self, session: str, revert_after_s: int, candidate: Candidate) -> str:
        """Make the staged candidate active with a timer that takes it back. Startup is not written.

        *candidate* is what was staged, for platforms that hold none; its net is armed, and read to be, before the first
        line. What comes back is the running configuration it replaced, as far as the device tells; else empty.
        """
        ...

    def confirm(self, session: str) -> None:
        """Stop the timer for good: NothingPending if none runs. The caller reads pending() again for the proof."""
        ...

    def cancel(self, session: str) -> None:
        """Go back now. NothingPending if no timer runs."""
        ...

    def restore(self, session: str, config: str) -> None:
        """Replace running by *config* at once, without a timer: only for recovery to a recorded backup."""
        ...

    def save(self) -> None:
        """Copy running to startup. The caller reads startup for the proof."""
        ...

    def clean(self, session: str) -> tuple[str, ...]:
        """Remove every leftover of *session* (files, sessions, prompt settings); what remains is returned by name."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """One network operating system."""

    slug: str
    title: str
    capability: Capability
    rules: ConfigRules
    name_limit: int
    """Longest VLAN name."""
    description_limit: int
    reserved_vids: tuple[tuple[int, int], ...]
    """Inclusive ranges of VLAN ids the platform keeps for itself."""
    ascii_only: bool
    show_commands: tuple[str, ...]
    """Allow-list, as regular expressions: all that a plan may send."""
    driver: Callable[[Address], Driver]
    nets: tuple[NetKind, ...] = ()
    """What takes a change back, best first."""
    extra: dict[str, Any] = field(default_factory=dict[str, Any])
