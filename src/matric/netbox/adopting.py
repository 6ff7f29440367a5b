"""A joining school's rows written into NetBox: blanks are filled, nothing that was typed is overwritten or emptied.

Every request is all or nothing. Where a write had no answer, NetBox is read before it is tried again: what is there
already is not written twice. After a break a second run goes on where the first one stopped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matric.errors import SourceError
from matric.estate import Estate
from matric.intent.record import Records, Row
from matric.netbox.client import Client
from matric.netbox.macs import Macs
from matric.netbox.reading import Progress, models, version
from matric.netbox.rows import Table
from matric.netbox.transport import InvalidError
from matric.netbox.writing import MESSAGE_FROM, Writing, at_least, written

__all__ = ("Adopted", "adopt")

UNKNOWN = frozenset({"NB-UNAVAILABLE", "NB-PARTIAL"})
"""Codes of a write of which nobody knows whether it was done."""
DEFAULTS: Mapping[str, Any] = {"enabled": True, "mgmt_only": False, "status": "active", "time_zone": "Europe/London"}
"""What a field of NetBox holds though nobody typed it."""
DECIDED = frozenset({"dcim/sites/", "dcim/devices/"})
"""Where a status is typed: a site's, a device's."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was written, or with a dry run would be."""

    writes: tuple[str, ...]
    """One object each: ``thornfield/sw-01`` where it is new, ``thornfield/sw-01: serial`` where fields are filled."""
    requests: tuple[str, ...] = ()
    """What NetBox calls the requests that wrote, in its change log."""


def adopt(  # noqa: PLR0913 - each is a choice of its own
    client: Client,
    rows: Records,
    held: Records,
    *,
    chosen: frozenset[tuple[str, int, str]] = frozenset(),
    macs: Mapping[int, str] | None = None,
    message: str,
    dry_run: bool = True,
    on_progress: Progress | None = None,
) -> Adopted:
    """Write a school's *rows* into *client*'s NetBox, which held *held* when they were worked out.

    A row with an id of *held* is that object. Of an object that is there, only fields that hold nothing are written,
    and those of *chosen* (table, id, field). *macs* is the MAC address of an interface, by its id in *rows*; one that
    NetBox has elsewhere stays there. Nothing is deleted. SourceError where NetBox gives no answer or refuses:
    what was written until then stays, and a second run goes on.
    """
    full, _ = version(client)
    text = message if at_least(full, MESSAGE_FROM) else ""
    work = _Adopting(client, rows, dry_run=dry_run, message=text, chosen=chosen)
    for name, own in rows.tables():
        known = {row.id for row in getattr(held, name)}
        work.ids[name].update({row.id: row.id for row in own if row.id in known})
    before = len(client.written_as)
    known_macs = Macs(client, text) if macs else None  # a token that may not view them is refused before a write
    done = written(work, on_progress)
    also: tuple[str, ...] = ()
    if known_macs is not None and macs:
        estate, ids = Estate(rows), done.ids["interfaces"]
        wanted = {ids[key]: mac for key, mac in macs.items() if key in ids}
        called = {ids[key]: estate.interface(key) for key in macs if key in ids}
        also = known_macs.write(wanted, called, dry_run=dry_run)
    return Adopted((*done.writes, *also), tuple(client.written_as[before:]))


@dataclass
class _Adopting(Writing):
    chosen: frozenset[tuple[str, int, str]] = frozenset()

    def found(self, name: str, row: Row, alike: Row | None) -> Row | None:
        """By its id, where it was known when the rows were worked out; else what somebody has put there meanwhile."""
        known = self.ids[name].get(row.id)
        return next((one for one in self.there[name] if one.id == known), alike) if known is not None else alike

    def different(self, table: Table, key: int, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in super().different(table, key, ours, theirs).items():
            held: Any = theirs.get(name)
            if name == "custom_fields":
                filled = {one: new for one, new in value.items() if self._may(table, key, one, held.get(one), new)}
                fields |= {name: filled} if filled else {}
            elif name == "tags":
                missing = [tag for tag in value if tag not in held]
                fields |= {name: [*held, *missing]} if missing else {}
            elif self._may(table, key, name, held, value):
                fields[name] = value
        return fields

    def _may(self, table: Table, key: int, name: str, held: Any, new: Any) -> bool:
        """Whether a field may be written: it was decided, or it holds nothing; undecided never with nothing."""
        if held == new:
            return False
        if any((table.name, key, one) in self.chosen for one in (name, f"{name}_id", _field(name))):
            return True
        typed = name == "status" and table.path in DECIDED
        return not _blank(new) and (_blank(held) or (name in DEFAULTS and held == DEFAULTS[name] and not typed))

    def create(self, table: Table, rows: list[Row], payloads: list[dict[str, Any]]) -> list[int]:
        try:
            return super().create(table, rows, payloads)
        except SourceError as error:
            if not _unknown(error):
                raise
            there = self._look(table, rows)
            if len(there) not in (0, len(rows)):
                raise
            return there or super().create(table, rows, payloads)

    def _now(self, table: Table) -> tuple[Row, ...]:
        return models(table, self.client.rows(table.path, fields=",".join(table.asked)), table.row)

    def _look(self, table: Table, rows: list[Row]) -> list[int]:
        """The ids of those of *rows* that NetBox has now, in their order."""
        there: dict[str, Any] = {**self.there, table.name: self._now(table)}
        ours, theirs = Estate(self.records), Estate(Records(**there))
        keys = {row.id: key for key, row in ours.keys[table.name].items()}
        found = [theirs.keys[table.name].get(keys[row.id]) for row in rows]
        return [row.id for row in found if row is not None]

    def update(self, table: Table, payloads: list[dict[str, Any]]) -> None:
        try:
            super().update(table, payloads)
        except SourceError as error:
            if not _unknown(error):
                raise
            now = {row.id: self._payload(table, row, (), translate=False) for row in self._now(table)}
            left: list[dict[str, Any]] = []
            for payload in payloads:
                also = {name: payload[name] for name in ("id", "changelog_message") if name in payload}
                fields = {name: value for name, value in payload.items() if name not in also}
                if rest := self.different(table, payload["id"], fields, now.get(payload["id"], fields)):
                    left.append(also | rest)
            if left:
                super().update(table, left)


def _unknown(error: SourceError) -> bool:
    return not isinstance(error, InvalidError) and any(one.code in UNKNOWN for one in error.problems)


def _field(name: str) -> str:
    """The row's name of a payload's field."""
    return {"tagged_vlans": "tagged_vlan_ids", "a_terminations": "a", "b_terminations": "b"}.get(name, name)


def _blank(value: Any) -> bool:
    return value is None or value in ("", [], {}, ())
