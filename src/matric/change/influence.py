"""Which schools a changed input may reach, worked out from the data alone: nothing is built, rendered or run.

Rows of the snapshot and sections of the standard are tied to schools where they can be; what cannot be tied to one
reaches all. It may name a school too many, never one too few: rendering decides afterwards.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Network, ip_address, ip_interface
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matric.intent.record import (
    CableRow,
    DeviceRow,
    DeviceTypeRow,
    InterfaceRow,
    IpAddressRow,
    IpRangeRow,
    LocationRow,
    PrefixRow,
    Records,
    Row,
    SiteRow,
    VlanGroupRow,
    VlanRow,
    WirelessLanRow,
)
from matric.intent.rows import INTERFACE, SITE, TrustRows

if TYPE_CHECKING:
    from matric.intent.standard import Standard
    from matric.policy.waiver import Waiver
    from matric.term import Closure, SchoolDay, Term
    from matric.window import Calendar, Freeze

__all__ = ("Reached", "Trust", "agreed", "answered", "calendars", "files", "rows", "sections", "templates", "waived")

NO_SITE = -1


@dataclass(frozen=True)
class Trust:
    """One side of the comparison: the schools there are, and what ties rows to them."""

    records: Records
    standard: "Standard"

    @cached_property
    def rows(self) -> TrustRows:
        return TrustRows(self.records)

    @cached_property
    def schools(self) -> dict[str, int]:
        """Slug -> NetBox id of every site that has a block in the standard: what matric calls a school."""
        return {row.slug: row.id for row in self.records.sites if row.slug in self.standard.addresses.schools}

    @cached_property
    def by_id(self) -> dict[int, str]:
        return {number: slug for slug, number in self.schools.items()}

    @cached_property
    def devices(self) -> dict[str, tuple[DeviceRow, ...]]:
        """School -> the devices matric writes."""
        found: dict[str, list[DeviceRow]] = {slug: [] for slug in self.schools}
        for row in self.records.devices:
            slug = self.by_id.get(row.site_id)
            if slug is not None and row.platform is not None and row.status == "active" and row.role != "access-point":
                found[slug].append(row)
        return {slug: tuple(of) for slug, of in found.items()}

    @cached_property
    def profiles(self) -> dict[str, set[str]]:
        """Port profile -> the schools with a port for it."""
        found: dict[str, set[str]] = {}
        for row in self.records.interfaces:
            device = self.rows.devices.get(row.device_id)
            if device is not None:
                name = str(row.custom_fields.get("port_profile") or "")
                found.setdefault(name, set()).update(self._of_sites([device.site_id]))
        return found

    @cached_property
    def networks(self) -> dict[str, set[str]]:
        """Network role -> the schools with a VLAN for it."""
        found: dict[str, set[str]] = {}
        for row in self.records.vlans:
            site = self.rows.site_of_vlan(row)
            found.setdefault(row.role or "", set()).update(self.schools if site is None else self._of_sites([site]))
        return found

    @cached_property
    def ssids(self) -> dict[str, set[str]]:
        """SSID -> the schools that have it."""
        found: dict[str, set[str]] = {}
        for row in self.records.wireless_lans:
            found.setdefault(row.ssid, set()).update(self.owners(row))
        return found

    @cached_property
    def _prefixes(self) -> tuple[tuple[IPv4Network, int], ...]:
        found = (
            (IPv4Network(row.prefix, strict=False), self.rows.site_of_prefix(row))
            for row in self.records.prefixes
            if ":" not in row.prefix
        )
        return tuple((prefix, site) for prefix, site in found if site is not None)

    def owners(self, row: Row) -> Collection[str]:
        """The schools that *row* belongs to; all of them where that cannot be told."""
        try:
            sites = set(self._sites(row))
        except ValueError:  # an address that is none
            sites = set[int | None]()
        if not sites or None in sites:
            return self.schools
        return self._of_sites(site for site in sites if site is not None)

    def _of_sites(self, sites: Iterable[int]) -> set[str]:
        """Sites that are no school reach none."""
        return {self.by_id[site] for site in sites if site in self.by_id}

    def _sites(self, row: Row) -> Iterator[int | None]:  # noqa: C901, PLR0912 - one case for each table
        rows = self.rows
        match row:
            case SiteRow():
                yield row.id
            case LocationRow():
                yield row.site_id
            case DeviceRow():
                yield row.site_id
                for one in rows.interfaces_of.get(row.id, ()):
                    yield from self._beyond(one.id)
            case DeviceTypeRow():
                used = [device.site_id for device in self.records.devices if device.device_type_id == row.id]
                yield from used or (NO_SITE,)
            case InterfaceRow():
                device = rows.devices.get(row.device_id)
                yield device.site_id if device else None
                yield from self._beyond(row.id)
            case CableRow():
                for end in (*row.a, *row.b):
                    interface = rows.interfaces.get(end.object_id) if end.object_type == INTERFACE else None
                    device = rows.devices.get(interface.device_id) if interface else None
                    yield device.site_id if device else None
            case VlanGroupRow():
                yield row.scope_id if row.scope_type == SITE else None
            case VlanRow():
                yield rows.site_of_vlan(row)
            case PrefixRow():
                yield rows.site_of_prefix(row)
            case IpRangeRow():
                yield from self._around(row.start_address)
                yield from self._around(row.end_address)
            case IpAddressRow():
                site = rows.site_of_address(row)
                if site is not None:
                    yield site.id
                    yield from self._beyond(row.assigned_object_id or 0)
                else:
                    yield from self._around(row.address)
            case WirelessLanRow():
                yield row.scope_id if row.scope_type == SITE else None
            case _:
                yield None

    def _beyond(self, interface: int) -> Iterator[int]:
        """The site at the far end of the interface's cable: a port is described by what it leads to."""
        end = self.rows.far_end.get(interface)
        if end is not None:
            yield end.device.site_id

    def _around(self, text: str) -> Iterator[int | None]:
        """The sites whose prefixes hold the address."""
        address = ip_interface(text).ip if "/" in text else ip_address(text)
        found = {site for prefix, site in self._prefixes if address.version == prefix.version and address in prefix}
        if found:
            yield from found
        else:
            yield None


@dataclass
class Reached:
    """School -> why it may be touched, each reason once and in order. The only mutable thing here."""

    reasons: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])

    def add(self, schools: Iterable[str], reason: str) -> None:
        for slug in schools:
            self.reasons.setdefault(slug, {})[reason] = None

    def of(self, school: str) -> tuple[str, ...]:
        return tuple(self.reasons.get(school, ()))


# ---- the snapshot ----


def rows(base: Trust, head: Trust, reached: Reached) -> None:
    """The schools of every row that is not the same in both."""
    count: dict[str, dict[str, int]] = {}
    for (name, before), (_, after) in zip(base.records.tables(), head.records.tables(), strict=True):
        then, now = {row.id: row for row in before}, {row.id: row for row in after}
        for key in sorted(then.keys() | now.keys()):
            old, new = then.get(key), now.get(key)
            if old is new or (old is not None and new is not None and _plain(old) == _plain(new)):
                continue
            owners = {
                *(base.owners(old) if old is not None else ()),
                *(head.owners(new) if new is not None else ()),
            }
            for slug in owners:
                tables = count.setdefault(slug, {})
                tables[name] = tables.get(name, 0) + 1
    for slug, tables in count.items():
        told = ", ".join(f"{number} of {name}" for name, number in tables.items())
        reached.add([slug], f"the snapshot ({told})")


def _plain(row: Row) -> Row:
    return row if not row.last_updated else row.model_copy(update={"last_updated": ""})


# ---- the standard ----


def sections(base: Trust, head: Trust, reached: Reached) -> None:
    """The schools of every section of the standard that does not say the same."""
    before, after = base.standard.model_dump(mode="json"), head.standard.model_dump(mode="json")
    every = {*base.schools, *head.schools}
    for section in after:
        if _said(before[section]) == _said(after[section]):
            continue
        if section == "addresses" and before[section]["block"] == after[section]["block"]:
            own = _names(before[section]["schools"], after[section]["schools"])
            reached.add((slug for slug in own if slug in every), "standard.yaml (its block of addresses)")
            continue
        narrow = _NARROW.get(section)
        if narrow is None:
            reached.add(every, f"standard.yaml ({section})")
            continue
        names = _names(before[section], after[section])
        schools: set[str] = set()
        for name in names:
            schools |= narrow(base, name) | narrow(head, name)
        order_only = not names
        told = section if order_only else f"{section}: {', '.join(names)}"
        reached.add(sorted(every if order_only else schools), f"standard.yaml ({told})")


def _said(value: Any) -> str:
    """*value* with the order of its keys: a template may walk through them."""
    return json.dumps(value)


def _names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*before, *after} if _said(before.get(name, None)) != _said(after.get(name, None)))


def _of_profile(trust: Trust, name: str) -> set[str]:
    return trust.profiles.get(name, set())


def _of_network(trust: Trust, name: str) -> set[str]:
    standard = trust.standard
    if name in (standard.native, standard.parking, standard.management.network):
        return set(trust.schools)
    return trust.networks.get(name, set())


def _of_wlan(trust: Trust, name: str) -> set[str]:
    profile = trust.standard.wlans.get(name)
    return trust.ssids.get(profile.ssid, set()) if profile is not None else set()


_NARROW: Mapping[str, Callable[[Trust, str], set[str]]] = {
    "profiles": _of_profile,
    "networks": _of_network,
    "wlans": _of_wlan,
}


# ---- templates ----


def files(folder: Path) -> dict[str, str]:
    """Every file below *folder* by its path: a digest of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def templates(base: Path, head: Path) -> dict[str, frozenset[str]]:
    """Each changed file of the two template folders: the entry templates (``eos/access.j2``) it is a part of.

    Read, never run. A file that cannot be parsed, or that names its parts by an expression, may be part of anything.
    """
    before, after = files(base), files(head)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if not changed:
        return {}
    users = [_users(folder, names) for folder, names in ((base, before), (head, after))]
    return {name: frozenset().union(*(of(name) for of in users)) for name in changed}


def _users(folder: Path, names: Collection[str]) -> Callable[[str], frozenset[str]]:
    """Answers which templates of *folder* take part in which: themselves, and everything that names them."""
    import jinja2  # noqa: PLC0415 - slow to load, and only where a template changed
    from jinja2 import meta  # noqa: PLC0415 - ditto

    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - it parses, and renders nothing
    named_by: dict[str, set[str]] = {}
    of_anything: set[str] = set()
    for name in names:
        try:
            parts = list(meta.find_referenced_templates(environment.parse((folder / name).read_text("utf-8"))))
        except (jinja2.TemplateError, UnicodeDecodeError, RecursionError):
            parts = [None]
        for part in parts:
            if part is None:
                of_anything.add(name)
            else:
                named_by.setdefault(part, set()).add(name)

    def users(name: str) -> frozenset[str]:
        found: set[str] = {name}
        ahead = [name]
        while ahead:
            one = ahead.pop()
            for user in (named_by.get(one, set()) | of_anything) - found:
                found.add(user)
                ahead.append(user)
        return frozenset(found)

    return users


# ---- what only the verdict rests on ----


def waived(base: Iterable["Waiver"], head: Iterable["Waiver"], schools: Collection[str], reached: Reached) -> None:
    """The schools of every waiver that was added, changed or taken away."""
    from matric.policy.waiver import school_of  # noqa: PLC0415 - read on use

    before, after = ({replace(one, line=0) for one in side} for side in (base, head))
    for one in sorted(before ^ after):
        of = school_of(one)
        reached.add(
            [of] if of in schools else schools if not of else [], f"its waivers changed ({one.rule} {one.object})"
        )


def calendars(base: "Calendar", head: "Calendar", schools: Collection[str], reached: Reached) -> None:
    """The schools whose windows, freezes, terms or school day changed."""
    if base.time_zone != head.time_zone:
        reached.add(schools, "calendar.yaml changed (time zone)")
    windows = [one for one in (*base.windows, *head.windows) if (one in base.windows) != (one in head.windows)]
    for window in windows:
        reached.add(schools if window.school == "all" else {window.school} & {*schools}, "its windows changed")
    lists: tuple[tuple[str, Callable[[Calendar], Sequence[Freeze | Term | Closure | SchoolDay]]], ...] = (
        ("freezes", lambda calendar: calendar.freezes),
        ("terms", lambda calendar: calendar.terms),
        ("closures", lambda calendar: calendar.closed),
        ("school day", lambda calendar: calendar.school_day),
    )
    for what, of in lists:
        for one in (*of(base), *of(head)):
            if (one in of(base)) != (one in of(head)):
                reached.add([slug for slug in schools if one.concerns(slug)], f"its {what} changed")


def answered(base: Iterable[Any], head: Iterable[Any], schools: Collection[str], reached: Reached) -> None:
    """The schools about which somebody vouches for something else."""
    before, after = ({one.model_dump_json(): one.school for one in side} for side in (base, head))
    for of in sorted({(before | after)[text] for text in before.keys() ^ after.keys()} & {*schools}):
        reached.add([of], "its answers changed")


def agreed(base: Iterable[Any], head: Iterable[Any], schools: Collection[str], reached: Reached) -> None:
    """The schools that keep something else their own way. One of no school is told at all of them."""
    before, after = ({one.model_dump_json(): one.school for one in side} for side in (base, head))
    for of in sorted({(before | after)[text] for text in before.keys() ^ after.keys()}):
        reached.add([of] if of in schools else schools, "its agreements changed")
