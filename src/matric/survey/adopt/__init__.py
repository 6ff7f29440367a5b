"""Adopt or impose: what NetBox is to hold for a joining school, from survey, standard and what was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network

from matric.errors import Problem
from matric.intent import check
from matric.intent.record import Records
from matric.intent.rows import TrustRows
from matric.intent.standard import Standard
from matric.policy.agreement import Agreement
from matric.survey.adopt import conflict, rows
from matric.survey.adopt.block import SIZE, free, seen, taken
from matric.survey.adopt.choice import FILE, Choice, Choices, load
from matric.survey.adopt.facts import facts
from matric.survey.adopt.merge import merged
from matric.survey.model import Survey

__all__ = (
    "FILE",
    "SIZE",
    "Adoption",
    "Choice",
    "Choices",
    "adoption",
    "free",
    "load",
    "proposed",
    "seen",
    "taken",
    "with_block",
)


@dataclass(frozen=True)
class Adoption:
    """What NetBox is to hold of a joining school, and what has to be decided before."""

    slug: str
    standard: Standard
    records: Records
    """The trust's, with the school in them."""
    choices: Choices
    """Everything in which the sides differ, each with its decision where there is one."""
    chosen: frozenset[tuple[str, int, str]]
    """(table, id, field) of each value in NetBox that is to be overwritten, by decision."""
    macs: Mapping[int, str] = field(default_factory=dict[int, str])
    """Id of an interface in the records -> the MAC address that was seen there, ``aa:bb:cc:dd:ee:ff``."""
    elsewhere: tuple[Problem, ...] = ()
    """Devices that NetBox has at another school, and that cannot be moved as they are."""

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What the checks of the input refuse in these rows, warnings left out."""
        found = check.problems(self.records, self.standard, self.slug)
        return (*self.elsewhere, *(one for one in found if not one.warning))

    @property
    def open(self) -> tuple[Choice, ...]:
        """The choices for whose sake nothing may be written yet."""
        return tuple(one for one in self.choices.choices if one.open)

    @cached_property
    def school_rows(self) -> Records:
        """The school's rows alone, with what they lead to."""
        return _of(self.records, self.slug)

    def agreements(self, reason: str = "kept when the school joined") -> Iterator[Agreement]:
        """An entry of agreements.yaml for everything that is kept as the school's own."""
        for one in self.choices.choices:
            if one.decide == "agree" and one.area is not None and one.until is not None:
                vid = one.thing.removeprefix("VLAN ")
                names = {
                    "vlan": f"vlan {vid}",
                    "prefix": f"prefix {one.here}",
                    "ssid": one.thing,
                    "wireless": "wireless",
                }
                name = names[one.area]
                yield Agreement(
                    school=self.slug, area=one.area, object=f"{self.slug} {name}", owner=one.owner,
                    approver=one.approver, reason=one.why or reason, review=one.until,
                )  # fmt: skip


def adoption(survey: Survey, standard: Standard, records: Records, choices: Choices) -> Adoption:
    """What comes of *survey* in a trust whose NetBox holds *records*, with *choices* as far as they are made.

    What is not decided is as proposed, but never overwrites what NetBox holds. The school needs a block in *standard*
    (``with_block`` gives one).
    """
    known = facts(survey, standard, records, choices)
    fresh = rows.written(known)
    joined = merged(records, fresh.records, choices)
    trust = TrustRows(joined.records)
    site = next(row.id for row in joined.records.sites if row.slug == survey.school)
    management = {
        row.name or "": trust.addresses[row.primary_ip4_id].address
        for row in joined.records.devices
        if row.site_id == site and row.primary_ip4_id in trust.addresses
    }
    found = (*conflict.conflicts(known, management), *joined.conflicts)
    macs = {joined.interfaces.get(key, key): mac for key, mac in fresh.macs.items()}
    return Adoption(
        survey.school, standard, joined.records, choices.joined(found), joined.chosen, macs, joined.problems
    )


def proposed(survey: Survey, standard: Standard, records: Records, choices: Choices) -> Records:
    """*records* with everything NetBox is to hold for the surveyed school; ``adoption`` says more."""
    return adoption(survey, standard, records, choices).records


def with_block(standard: Standard, slug: str, block: IPv4Network) -> Standard:
    """*standard* with a block for school *slug*."""
    schools = {**standard.addresses.schools, slug: block}
    return standard.model_copy(update={"addresses": standard.addresses.model_copy(update={"schools": schools})})


def _of(records: Records, slug: str) -> Records:
    """The rows of one school, and those that they lead to."""
    trust = TrustRows(records)
    site = next(row for row in records.sites if row.slug == slug)
    devices = tuple(row for row in records.devices if row.site_id == site.id)
    ours = {row.id for row in devices}
    interfaces = tuple(row for row in records.interfaces if row.device_id in ours)
    ends = {row.id for row in interfaces}
    vlans = tuple(row for row in records.vlans if trust.site_of_vlan(row) == site.id)
    prefixes = tuple(row for row in records.prefixes if trust.site_of_prefix(row) == site.id)
    vrfs = {row.vrf_id for row in prefixes}
    homes = tuple(row for row in vrfs if row is not None)
    block = [IPv4Network(row.prefix) for row in prefixes if row.vrf_id is None and ":" not in row.prefix]
    inside = _Inside(block)
    addresses = tuple(
        row for row in records.ip_addresses
        if row.assigned_object_id in ends
        or (row.assigned_object_id is None and (row.vrf_id in homes or (row.vrf_id is None and inside(row.address))))
    )  # fmt: skip
    types = {row.device_type_id for row in devices}
    groups = {row.group_id for row in vlans}
    return Records(
        sites=(site,),
        locations=tuple(row for row in records.locations if row.site_id == site.id),
        device_types=tuple(row for row in records.device_types if row.id in types),
        devices=devices,
        interfaces=interfaces,
        cables=tuple(row for row in records.cables if {one.object_id for one in (*row.a, *row.b)} & ends),
        vlan_groups=tuple(row for row in records.vlan_groups if row.id in groups),
        vlans=vlans,
        vrfs=tuple(row for row in records.vrfs if row.id in homes),
        prefixes=prefixes,
        ip_ranges=tuple(row for row in records.ip_ranges if row.vrf_id is None and inside(row.start_address)),
        ip_addresses=addresses,
        wireless_lans=tuple(
            row for row in records.wireless_lans if row.scope_type == "dcim.site" and row.scope_id == site.id
        ),
    )


class _Inside:
    """Whether an address lies in any of some prefixes."""

    def __init__(self, prefixes: list[IPv4Network]) -> None:
        self.prefixes = prefixes

    def __call__(self, address: str) -> bool:
        text = address.partition("/")[0]
        if ":" in text:
            return False
        own = IPv4Network(text)
        return any(own.subnet_of(one) for one in self.prefixes)
