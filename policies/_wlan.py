"""Which WLANs a controller offers, and whose devices they carry."""

from collections.abc import Iterator
from dataclasses import dataclass

from matric import Device, Network, School, Subject, cannot_evaluate, not_applicable
from matric.policy.subject import CannotEvaluate
from matric.switch.wlan import Controller, Wlan, intended

__all__ = ("Offered", "access_points", "controllers", "managed", "offered", "people", "strangers", "unknown")

PEOPLE = frozenset({"pupil", "staff"})
"""Zones of people, whatever the standard says of their ports."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A WLAN that a controller offers."""

    device: Device
    controller: Controller
    wlan: Wlan
    networks: tuple[Network, ...]
    """Where its clients belong by NetBox, and where the controller puts them; empty where neither is known."""

    @property
    def name(self) -> str:
        """How findings name it."""
        return f"{self.device.key} WLAN {self.wlan.name}"


def access_points(school: School) -> list[Device]:
    """The school's access points; the rule does not apply where there is none."""
    points = [device for device in school.devices if device.role == "access-point" and device.status == "active"]
    if not points:
        raise not_applicable("no access point")
    return points


def controllers(school: School, subject: Subject) -> list[Device]:
    """The wireless controllers that matric configures; without one, somebody vouches for whose it is."""
    found = [device for device in school.configured if device.role == "wireless-controller"]
    if not found:
        given = subject.answer("wireless-elsewhere")
        if not given.answer:
            missing = f"{school.slug}: no wireless controller that matric configures, and {given.by} said no"
            raise cannot_evaluate(missing)
        raise not_applicable(f"no controller of matric's serves it; {given.by} vouches for it")
    return found


def offered(school: School, subject: Subject) -> Iterator[Offered]:
    """Every WLAN that is on; the rule does not apply to a school without wireless."""
    if not school.wlans and not any(
        device.role in {"access-point", "wireless-controller"} for device in school.devices
    ):
        raise not_applicable("no wireless LAN")
    for device in controllers(school, subject):
        controller = intended(subject, device)
        for name, wlan in controller.wlans.items():
            if wlan.offered:
                yield Offered(device, controller, wlan, tuple(_networks(school, controller, name)))


def _networks(school: School, controller: Controller, name: str) -> Iterator[Network]:
    belongs = {wlan.network.vid for wlan in school.wlans if wlan.profile_name == name}
    lands = controller.lands(name)
    for network in school.networks:
        if network.vid in belongs or network.name in lands or str(network.vid) in lands:
            yield network


def unknown(one: Offered) -> CannotEvaluate:
    """The answer where nobody says whose devices a WLAN carries."""
    return cannot_evaluate(f"{one.name}: the network its clients land on")


def strangers(school: School, one: Offered) -> bool:
    """True where devices that the trust does not manage use the WLAN, or should."""
    zones = school.standard.zones
    return any(network.zone in zones and not zones[network.zone].managed for network in one.networks)


def managed(school: School, one: Offered) -> bool:
    """True where devices of the trust use the WLAN, or may: nobody says where its clients land."""
    zones = school.standard.zones
    return not one.networks or any(network.zone not in zones or zones[network.zone].managed for network in one.networks)


def people(school: School, one: Offered) -> bool:
    """True where the WLAN carries devices of staff or pupils, which log in by 802.1X at a port too."""
    roles = {profile.network for profile in school.standard.profiles.values() if profile.dot1x}
    return any(network.role in roles or {network.role, network.zone} & PEOPLE for network in one.networks)
