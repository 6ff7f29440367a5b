"""Where the device to examine is: one of the site, by its key, or any switch by its address.

Nothing is contacted here, and no secret is resolved before ``address`` is called.
"""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matric import fleet, pins, platform
from matric.doctor.patient import Origin
from matric.errors import UsageError
from matric.fleet import Access, LabState
from matric.platform.base import Address, Look, Platform

if TYPE_CHECKING:
    from matric.site import Site

__all__ = ("SPARE", "Where", "by_address", "in_site", "is_address")

SPARE = ("planned", "staged", "inventory")
"""NetBox's words for a device that is not at work yet."""
_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Where:
    """A device, and what is on record about it."""

    key: str
    """school/name, or the address."""
    name: str
    """What a person types to say that it may be changed; empty where only the device itself can say it."""
    platform: Platform
    host: str
    port: int
    user: str
    secret: str
    pin: str
    """Empty where no identity is on record: a person is asked."""
    origin: Origin
    timeout_s: float
    working: str = ""
    """Why it is taken to be at work; empty where it is spare."""
    lab: Path | None = None
    now: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    def named(self, spare: str, in_use: str) -> None:
        """Whoever types a name types this device's: UsageError else, before anything is contacted."""
        for option, name in (("--spare", spare), ("--in-use", in_use)):
            if name and self.name and name != self.name:
                raise UsageError(
                    f"{option} {name} is not the name of {self.key}. Do: type {self.name}, if it is the one"
                )
        if in_use and not spare:
            raise UsageError("--in-use goes with --spare. Do: give both, with the device's name")
        if spare and self.working and in_use != self.name:
            raise UsageError(
                f"{self.key} is no spare: {self.working}. Do: examine another; set its status in NetBox; "
                "or leave --spare out, and it is only read"
            )

    def busy(self, look: Look) -> str:
        """Why it looks as if it were at work; empty where it does not. A lab's device never is."""
        beside = {found.device for found in look.neighbours or ()}
        if self.lab is not None or len(beside) <= 1:
            return ""
        return f"it has {len(beside)} neighbours by LLDP: traffic may pass through it"

    def objection(self, look: Look | None, spare: str, in_use: str) -> tuple[str, str]:
        """Why it may not be changed although *spare* was typed, and the remedy; empty where it may, or nobody did."""
        if not spare or look is None:
            return "", ""
        own = self.name or look.facts.hostname
        if spare != own:
            return f"it calls itself {own}, and {spare} was typed", "find out which device it is"
        busy = self.busy(look)
        if busy and in_use != own:
            return busy, f"take it out of use; or, if you have looked, give --in-use {own} as well"
        return "", ""

    def address(self, pin: str) -> Address:
        """With the identity a person or the record has confirmed, and with the password."""
        password = fleet.vault_in(self.lab).get(self.secret)
        return Address(self.key, self.host, self.port, self.user, password, pin, timeout_s=self.timeout_s, **self.now)


def in_site(site: "Site", key: str, lab: Path | None) -> Where:
    """The device *key* (school/name) of *site*, whatever NetBox says of its status."""
    from matric import yaml_file  # noqa: PLC0415 - read on use

    school, _, name = key.partition("/")
    records = site.snapshot.records
    ids = {row.slug: row.id for row in records.sites}
    rows = [row for row in records.devices if row.name == name and row.site_id == ids.get(school)]
    if len(rows) != 1:
        raise UsageError(f"the snapshot has no device {key}. Do: write school/name, see 'matric devices'")
    row = rows[0]
    if row.platform is None:
        raise UsageError(
            f"{key} (device #{row.id}) has no platform in NetBox. Do: set it, or give address and --platform"
        )
    known = platform.get(row.platform)
    login = yaml_file.model(site.inventory / "access.yaml", Access).platforms.get(row.platform)
    if login is None:
        raise UsageError(f"inventory/access.yaml has no platform {row.platform}. Do: add it")
    if lab is not None:
        there = _lab(lab).devices.get(key)
        if there is None:
            raise UsageError(f"the lab in {lab} has no device {key}. Do: 'matric lab up {school}'")
        where = (there.host, there.port, login.user, login.secret, there.pin)
        return Where(key, name, known, *where, "lab", fleet.LAB_TIMEOUT_S, lab=lab, now=_clocked(lab))
    host = next((one.address.partition("/")[0] for one in records.ip_addresses if one.id == row.primary_ip4_id), "")
    if not host:
        raise UsageError(f"{key} (device #{row.id}) has no primary IPv4 address in NetBox. Do: set it")
    working = "" if row.status in SPARE else f"NetBox says that it is {row.status}, and not {' or '.join(SPARE)}"
    pin = pins.load(site.inventory, school).get(name, "")
    found = (host, login.port, login.user, login.secret, pin)
    return Where(key, name, known, *found, _origin(host), login.timeout_s, working=working)


def by_address(  # noqa: PLR0913, PLR0917 - what the command line is given
    host: str, slug: str, user: str, secret: str, port: int, lab: Path | None
) -> Where:
    """A switch that is not in NetBox. In a lab only the lab's own: nothing real is contacted by mistake."""
    host = str(ip_address(host))
    known = platform.get(slug)
    if lab is None:
        return Where(host, "", known, host, port, user, secret, "", _origin(host), _TIMEOUT_S)
    of_lab = [(key, one) for key, one in _lab(lab).devices.items() if (one.host, one.port) == (host, port)]
    if not of_lab:
        raise UsageError(
            f"the lab in {lab} has nothing at {host} port {port}. Do: leave MATRIC_LAB out for a real switch"
        )
    found = (host, port, user, secret, "")
    return Where(host, "", known, *found, "lab", fleet.LAB_TIMEOUT_S, lab=lab, now=_clocked(lab))


def is_address(text: str) -> bool:
    """True for an IP address: a name is never resolved."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _origin(host: str) -> Origin:
    """What answers on the loopback may be a forwarded port or a stand-in: nobody can tell from here."""
    return "unknown" if ip_address(host).is_loopback else "real"


def _lab(folder: Path) -> LabState:
    return fleet.lab_state(str(folder))


def _clocked(folder: Path) -> dict[str, Any]:
    from matric.lab.client import Lab  # noqa: PLC0415 - only in a lab

    return {"now": Lab(folder).clock().now}
