"""New rows joined with what NetBox holds already: blanks are filled, nothing is emptied, what differs is a choice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from matric.errors import Problem
from matric.estate import RELATIONS as WORDS
from matric.estate import Estate
from matric.intent import record
from matric.intent.limit import canonical
from matric.intent.record import Records, Row
from matric.survey.adopt.choice import MOVED, Choice, Choices, Way

__all__ = ("Merged", "merged")

ORDER = (
    "sites", "locations", "device_types", "vrfs", "vlan_groups", "vlans", "prefixes", "ip_ranges", "devices",
    "interfaces", "ip_addresses", "cables", "wireless_lans",
)  # fmt: skip
"""In which relations lead backwards, but for a device's primary address."""
TARGETS = {
    "site_id": "sites", "location_id": "locations", "parent_id": "locations", "device_type_id": "device_types",
    "device_id": "devices", "lag_id": "interfaces", "untagged_vlan_id": "vlans", "vlan_id": "vlans",
    "group_id": "vlan_groups", "vrf_id": "vrfs", "primary_ip4_id": "ip_addresses",
}  # fmt: skip
TYPED = {"dcim.site": "sites", "dcim.location": "locations", "dcim.interface": "interfaces"}
THEIRS: Mapping[str, frozenset[str]] = {
    "sites": frozenset({"name", "slug", "status", "time_zone"}),
    "locations": frozenset({"name", "slug"}),
    "device_types": frozenset({"slug", "manufacturer"}),
    "vlan_groups": frozenset({"name", "slug"}),
    "ip_addresses": frozenset({"address", "dns_name"}),
    "interfaces": frozenset({"name", "type"}),
    "cables": frozenset({"a", "b", "label"}),
}
"""Fields that stay as NetBox has them, without a word: how people there call things."""
FACTS: Mapping[str, str] = {
    "serial": "the device says so itself",
    "status": "it stands there and answers",
    "device_type_id": "the device says so itself",
    "platform": "the device says so itself",
    "enabled": "true is what NetBox holds where nobody typed anything, and the standard shuts what is unused",
}
"""Fields in which the survey knows better than a person who typed."""


@dataclass
class Merged:
    """Records with the new rows in them, and what differs."""

    records: Records
    conflicts: tuple[Choice, ...] = ()
    chosen: frozenset[tuple[str, int, str]] = frozenset()
    """(table, id, field) of each value in NetBox that is to be overwritten, by decision."""
    interfaces: Mapping[int, int] = field(default_factory=dict[int, int])
    """Id of an interface in the new rows -> its id in NetBox, where NetBox has it."""
    problems: tuple[Problem, ...] = ()
    """Devices that NetBox has at another school, and that cannot be moved as they are."""


@dataclass
class _Joining:
    held: Records
    choices: Choices
    ids: dict[str, dict[int, int]] = field(default_factory=lambda: {name: {} for name in ORDER})
    """Table -> id in the new rows -> id in NetBox."""
    conflicts: list[Choice] = field(default_factory=list[Choice])
    chosen: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])
    moved: dict[int, bool] = field(default_factory=dict[int, bool])
    """Id of a device that NetBox has at another school -> whether somebody decided to move it."""
    problems: list[Problem] = field(default_factory=list[Problem])


def merged(held: Records, fresh: Records, choices: Choices) -> Merged:
    """*held* with the rows of *fresh*, whose ids are none of *held*'s; relations of *fresh* may lead to either."""
    work = _Joining(held, choices)
    tables: dict[str, list[Row]] = {name: list(rows) for name, rows in held.tables()}
    pairs: list[tuple[str, Row, Row | None]] = []
    for name in ORDER:
        known = {key: row for row in getattr(held, name) for key in _keys(name, row, held)}
        sure = _by_serial(fresh, known, work, held) if name == "devices" else {}
        for row in getattr(fresh, name):
            moved = _moved(row, work.ids)
            keys = (key for key in _keys(name, moved, held) if key in known)
            found = next((known[key] for key in keys if key in sure or known[key].id not in sure.values()), None)
            if found is not None:
                work.ids[name][row.id] = found.id
            pairs.append((name, row, found))
    both = held.model_copy(
        update={name: (*getattr(held, name), *getattr(fresh, name)) for name in Records.model_fields}
    )  # fmt: skip
    words = Estate(both)
    places = {name: {row.id: at for at, row in enumerate(rows)} for name, rows in tables.items()}
    for name, row, found in pairs:
        moved = _moved(row, work.ids)
        if found is None:
            tables[name].append(moved)
        else:
            tables[name][places[name][found.id]] = _filled(work, words, name, found, moved)
    records = held.model_copy(update={name: tuple(rows) for name, rows in tables.items()})
    chosen = frozenset(work.chosen)
    return Merged(records, tuple(work.conflicts), chosen, work.ids["interfaces"], tuple(work.problems))


def _keys(name: str, row: Any, held: Records) -> Iterator[tuple[Any, ...]]:
    """By what a row is known, the surest first."""
    if name == "devices":
        if row.serial.strip():
            yield "serial", row.site_id, row.serial.strip().casefold()
            yield "serial", None, row.serial.strip().casefold()  # at another school, or in store
        yield "name", row.site_id, (row.name or "").casefold()
        return
    yield KEYS[name](row, held)


def _by_serial(
    fresh: Records, known: Mapping[tuple[Any, ...], Any], work: _Joining, held: Records
) -> dict[tuple[Any, ...], int]:
    """Whom NetBox knows by its serial number is no other device, whatever somebody called it."""
    rows = [_moved(row, work.ids) for row in fresh.devices]
    keys = [key for row in rows for key in _keys("devices", row, held) if key[0] == "serial"]
    return {key: known[key].id for key in keys if key in known}


def _vlan_place(row: Any, held: Records) -> Any:
    if row.site_id is not None:
        return row.site_id
    group = next((one for one in held.vlan_groups if one.id == row.group_id), None)
    return group.scope_id if group and group.scope_type == "dcim.site" else None


def _host(text: str) -> str:
    return text.partition("/")[0]


KEYS: Mapping[str, Callable[[Any, Records], tuple[Any, ...]]] = {
    "sites": lambda row, _: (row.slug,),
    "locations": lambda row, _: (row.site_id, row.parent_id, row.name.casefold()),
    "device_types": lambda row, _: (row.model.casefold(),),
    "vrfs": lambda row, _: (row.name,),
    "vlan_groups": lambda row, _: (row.slug,),
    "vlans": lambda row, held: (_vlan_place(row, held), row.vid),
    "prefixes": lambda row, _: (row.prefix, row.vrf_id),
    "ip_ranges": lambda row, _: (_host(row.start_address), _host(row.end_address), row.vrf_id),
    "interfaces": lambda row, _: (row.device_id, canonical(row.name)),
    "ip_addresses": lambda row, _: (_host(row.address), row.vrf_id),
    "cables": lambda row, _: (frozenset((one.object_type, one.object_id) for one in (*row.a, *row.b)),),
    "wireless_lans": lambda row, _: (row.scope_type, row.scope_id, row.ssid),
}


def _moved(row: Row, ids: Mapping[str, Mapping[int, int]]) -> Row:
    """*row* with NetBox's id wherever it leads to something NetBox has."""
    update: dict[str, Any] = {}
    for name, value in row:
        if name in TARGETS and value is not None:
            update[name] = ids[TARGETS[name]].get(value, value)
        elif name == "tagged_vlan_ids" and isinstance(row, record.InterfaceRow):
            update[name] = tuple(sorted(ids["vlans"].get(one, one) for one in row.tagged_vlan_ids))
        elif name in ("scope_type", "assigned_object_type") and value in TYPED:
            other = name.replace("_type", "_id")
            key = getattr(row, other)
            update[other] = ids[TYPED[value]].get(key, key)
        elif name in ("a", "b") and isinstance(row, record.CableRow):
            update[name] = tuple(_led(end, ids["interfaces"]) for end in (row.a if name == "a" else row.b))
    return row.model_copy(update=update)


def _led(end: record.TerminationRow, ids: Mapping[int, int]) -> record.TerminationRow:
    return end.model_copy(update={"object_id": ids.get(end.object_id, end.object_id)})


def _filled(work: _Joining, words: Estate, table: str, found: Row, new: Row) -> Row:
    """What NetBox holds, its blanks filled from *new*, and what differs decided or named."""
    if isinstance(found, record.DeviceRow) and isinstance(new, record.DeviceRow) and found.site_id != new.site_id:
        return _brought(work, words, found, new)
    if isinstance(found, record.InterfaceRow) and found.device_id in work.moved:
        return _along(work, table, found, new, SWITCHING)
    update: dict[str, Any] = {}
    skipped = _switching(work, words, found, new, update)
    defaults = {name: about.default for name, about in type(found).model_fields.items() if not about.is_required()}
    for name, ours in new:
        theirs = getattr(found, name)
        if (
            name in skipped
            or name in ("id", "last_updated")
            or name in THEIRS.get(table, ())
            or _blank(ours)
            or ours == theirs
        ):
            continue
        if name == "tags":
            update[name] = tuple(sorted({*theirs, *ours}))
        elif name == "custom_fields":
            update[name] = _fields(work, words, table, found, cast("dict[str, Any]", ours))
        elif (
            _blank(theirs)
            or (name in defaults and theirs == defaults[name] and name != "enabled")
            or _decided(work, words, table, found, (name, ours, theirs))
        ):
            update[name] = ours
    return found.model_copy(update=update)


def _brought(work: _Joining, words: Estate, found: record.DeviceRow, new: record.DeviceRow) -> Row:
    """A device that NetBox has at another school: whether it is moved is one choice for all that goes along with it."""
    here, there = words.site(new.site_id), words.device(found.id)
    given = Choice(
        thing=new.name or there, field=MOVED, here=here, there=there, propose="adopt", value=here,
        why=f"its serial number {found.serial} was read here; its name, place and ports' settings are moved with it",
    )  # fmt: skip
    work.conflicts.append(given)
    decided = work.choices.of(*given.key)
    work.moved[found.id] = decided is not None and decided.decide == "adopt"
    ports = {row.id for row in work.held.interfaces if row.device_id == found.id}
    cabled = any(end.object_id in ports for row in work.held.cables for end in (*row.a, *row.b))
    if cabled:
        rule = f"its serial number was read at {here}, and NetBox has cables on it where it was"
        work.problems.append(Problem("DEV-ELSEWHERE", there, rule, "take them off in NetBox, and run again"))
    return _along(work, "devices", found, new, frozenset({"location_id"}))


def _along(
    work: _Joining, table: str, found: record.DeviceRow | record.InterfaceRow, new: Row, emptied: frozenset[str]
) -> Row:
    """*found* with all that *new* says, and without those of *emptied* that it does not say: it is elsewhere now."""
    update: dict[str, Any] = {}
    decided = work.moved[found.id if isinstance(found, record.DeviceRow) else found.device_id]
    for name, ours in new:
        theirs = getattr(found, name)
        if name in ("id", "last_updated") or ours == theirs or (_blank(ours) and name not in emptied):
            continue
        update[name] = ours
        names = [name]
        if name == "tags":
            update[name] = tuple(sorted({*theirs, *ours}))
        elif name == "custom_fields":
            update[name], names = {**theirs, **ours}, list(cast("dict[str, Any]", ours))
        if decided:
            work.chosen.update((table, found.id, one) for one in names)
    return found.model_copy(update=update)


SWITCHING = frozenset({"mode", "untagged_vlan_id", "tagged_vlan_ids", "lag_id"})


def _switching(work: _Joining, words: Estate, found: Row, new: Row, update: dict[str, Any]) -> frozenset[str]:
    """How a port switches is one thing: where NetBox has another mode, all four of its fields are one choice."""
    if not isinstance(found, record.InterfaceRow) or not isinstance(new, record.InterfaceRow):
        return frozenset()
    if found.mode in (None, new.mode) or (new.mode is None and new.lag_id is None):
        return frozenset()
    ours = new.mode or f"member of {words.port(new.lag_id)}"
    if _decided(work, words, "interfaces", found, ("mode", ours, found.mode)):
        update.update({name: getattr(new, name) for name in SWITCHING})
        work.chosen.update(("interfaces", found.id, name) for name in SWITCHING)
    return SWITCHING


def _fields(work: _Joining, words: Estate, table: str, found: Row, ours: dict[str, Any]) -> dict[str, Any]:
    fields = dict(found.custom_fields)
    for key, value in ours.items():
        held = fields.get(key)
        if _blank(value) or value == held:
            continue
        if _blank(held) or _decided(work, words, table, found, (key, value, held)):
            fields[key] = value
    return fields


def _decided(work: _Joining, words: Estate, table: str, found: Row, what: tuple[str, Any, Any]) -> bool:
    """Whether *ours* is to replace what NetBox holds; the choice is named either way."""
    name, ours, theirs = what
    thing = words.thing(table, found).removeprefix(f"{_school(words, found)}/")
    why = FACTS.get(name, "") if name != "enabled" or theirs else ""
    propose: Way = "adopt" if why else "impose"
    given = Choice(
        thing=thing, field=f"netbox {WORDS[name][0] if name in WORDS else name}", here=_said(words, name, ours),
        there=_said(words, name, theirs), propose=propose, why=why or "somebody typed it into NetBox",
        value=_said(words, name, ours if why else theirs),
    )  # fmt: skip
    work.conflicts.append(given)
    decided = work.choices.of(*given.key)
    if decided is None or decided.way != "adopt" or decided.decide is None:
        return False
    work.chosen.add((table, found.id, name))
    return True


def _school(words: Estate, found: Row) -> str:
    device = found.device_id if isinstance(found, record.InterfaceRow) else found.id
    row = words.rows["devices"].get(device)
    return words.site(row.site_id) if row else ""


def _said(words: Estate, name: str, value: Any) -> str:
    if name in WORDS:
        return WORDS[name][1](words, value)
    if name == "tagged_vlan_ids":
        return ", ".join(words.vid(one) for one in value)
    return str(value)


def _blank(value: Any) -> bool:
    return value is None or value in ("", (), [], {})
