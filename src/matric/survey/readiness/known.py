"""What a readiness report is worked out from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from ipaddress import IPv4Network

from matric.intent.record import Records
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.survey.adopt.kit import hardware
from matric.survey.endpoint.room import location
from matric.survey.kit import platform_in, sort_of
from matric.survey.model import Device, Neighbour, Survey
from matric.survey.readiness.effort import Effort
from matric.survey.readiness.facts import Facts
from matric.survey.readiness.graph import Graph, graph
from matric.survey.support import Support

__all__ = ("CONFIGURED", "Known", "points", "strangers")

CONFIGURED = frozenset({"ios", "eos", "junos", "aoscx", "aoss"})
"""Platforms that matric brings onto the standard."""


@dataclass(frozen=True)
class Known:
    """A survey, and everything it is held against."""

    survey: Survey
    standard: Standard
    records: Records
    """The trust's rows, the joining school's included where there are any."""
    effort: Effort
    support: Support
    today: date
    facts: Facts = field(default_factory=Facts)
    school: School | None = None
    """The school as it is to be, where that can be said already."""
    why_not: str = ""
    """Why ``school`` cannot be said."""
    unaccounted: int | None = None
    """Lines of the ledger that nobody has decided on; None where there is no ledger."""
    residue: tuple[str, ...] | None = None
    """What the old provider left, one line each; None where it was not looked for."""
    unacknowledged: tuple[str, ...] | None = None
    """Critical endpoints whose owner has not said yes; None where endpoints were not judged."""

    @cached_property
    def graph(self) -> Graph:
        return graph(self.survey)

    @cached_property
    def before(self) -> dict[IPv4Network, tuple[str, ...]]:
        """Prefix the school has an address in -> where."""
        found: dict[IPv4Network, list[str]] = {}
        for device in self.survey.devices:
            for one in device.addresses or ():
                net = network(one.address)
                if net is not None:
                    found.setdefault(net, []).append(f"{device.name} {one.interface}")
        return {net: tuple(where) for net, where in sorted(found.items())}

    @cached_property
    def others(self) -> Mapping[IPv4Network, str]:
        """Prefixes of the trust's other schools, and their blocks -> whose."""
        slug = self.survey.school
        sites = {site.id: site.slug for site in self.records.sites}
        found = {block: school for school, block in self.standard.addresses.schools.items() if school != slug}
        for row in self.records.prefixes:
            net = network(row.prefix)
            school = sites.get(row.scope_id or 0, "") if row.scope_type == "dcim.site" else ""
            if net is not None and school != slug:
                found.setdefault(net, school or "the trust")
        return found

    @cached_property
    def block(self) -> IPv4Network | None:
        """The school's block of the trust's addresses; None where none is allocated."""
        return self.standard.addresses.schools.get(self.survey.school)

    @cached_property
    def models(self) -> dict[str, str]:
        """Device -> model of ``HARDWARE`` that it is; empty where it is none of them."""
        return {device.name: known_model(device) for device in self.survey.devices}

    def place(self, device: Device, port: str = "") -> str:
        """*device*, its *port* where one is named, and the room or use that the device itself says."""
        found = device.port(port) if port else None
        said = found.description if found is not None else location(device.configuration)
        return f"{f'{device.name} {port}'.rstrip()}{f' ({said})' if said else ''}"


def points(survey: Survey) -> tuple[tuple[Device, Neighbour], ...]:
    """Each access point that a neighbour table names, once, with the switch it hangs on."""
    found: dict[str, tuple[Device, Neighbour]] = {}
    for device in survey.devices:
        for one in device.neighbours or ():
            if sort_of(one) == "wireless":
                found.setdefault(one.mac or one.name or f"{device.name} {one.port}", (device, one))
    return tuple(found.values())


def strangers(survey: Survey) -> tuple[tuple[str, Neighbour, Device], ...]:
    """Switches that nobody could look at and that are none the standard runs on, by their neighbours' word.

    Each with what its neighbour says of it, and the neighbour.
    """
    hidden = {one.name for one in survey.unseen if one.what == "device"}
    found: dict[str, tuple[str, Neighbour, Device]] = {}
    for device in survey.devices:
        for one in device.neighbours or ():
            platform = platform_in(one.platform)
            if one.name in hidden and platform and platform not in CONFIGURED:
                found.setdefault(one.name, (one.name, one, device))
    return tuple(found.values())


def network(address: str) -> IPv4Network | None:
    """The network of ``10.1.1.1/24``; None for what has no length, is a host's own, or is no IPv4 address."""
    try:
        found = IPv4Network(address, strict=False)
    except ValueError:
        return None
    return found if found.prefixlen < 31 else None  # noqa: PLR2004 - links and loopbacks hold no hosts


def known_model(device: Device) -> str:
    """The model of ``HARDWARE`` that *device* says it is, by its name or part number; empty where it says none."""
    found = hardware(device.model, device.platform)
    return found.model if found is not None else ""
