"""Values altered as a case says. A name that nothing reads is refused: a case that changes nothing is always silent."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from matric.intent.base import Model
from matric.intent.record import Records

__all__ = ("MissedError", "altered", "hit", "known", "rows", "understood")

Change = Mapping[str, Any]
Thing = TypeVar("Thing")

WORDS: Mapping[str, tuple[str, ...]] = {
    "agreement": ("may",),
    "answer": ("set",),
    "capability": ("set",),
    "inherited": (),
    "look": ("set", "hears", "silent"),
    "model": ("is",),
    "netbox": ("where", "set", "custom_fields"),
    "network": ("set",),
    "rendered": ("replace", "by"),
    "running": ("replace", "by"),
    "steps": ("device", "action", "net"),
    "surveyed": ("unseen", "after"),
    "wlan": ("network",),
}
"""What may stand behind the word that a change begins with; behind any other, nothing."""


class MissedError(Exception):
    """A change that changes nothing: any case would be silent under it."""


def hit(there: object, otherwise: str) -> None:
    """MissedError where nothing is *there*."""
    if not there:
        raise MissedError(otherwise)


def understood(change: Change) -> None:
    """MissedError where a word stands in *change* that is not read there."""
    first, *others = change
    known(others, WORDS.get(first, ()), f"behind {first}")


def known(given: Iterable[str], names: Iterable[str], where: str) -> None:
    """MissedError where one of *given* is none of the *names* that there are; *where* is told."""
    there = sorted(names)
    for name in given:
        hit(name in there, f"there is no {name} {where}; there is {', '.join(there) or 'nothing more'}")


def altered(thing: Thing, values: Change) -> Thing:
    """*thing*, a dataclass, with some fields replaced; which ones is the case's business."""
    kind = cast("Any", thing)
    known(values, (field.name for field in fields(kind)), f"in a {type(kind).__name__.lower()}")
    return cast("Thing", replace(kind, **values))


def rows(records: Records, change: Change) -> Records:
    """NetBox says something else of the rows that match."""
    table = change["netbox"]
    known([table], Records.model_fields, "in the snapshot")
    found = False
    told: list[Any] = []
    for row in getattr(records, table):
        if all(_value(row, name) == value for name, value in change["where"].items()):
            found = True
            known(change.get("set", ()), cast("type[Model]", type(row)).model_fields, f"in {table}")
            custom = {**row.custom_fields, **change.get("custom_fields", {})}
            told.append(row.model_copy(update={**change.get("set", {}), "custom_fields": custom}))
        else:
            told.append(row)
    hit(found, f"nothing in {table} matches {change['where']}")
    return records.model_copy(update={table: tuple(told)})


def _value(row: Any, name: str) -> Any:
    return getattr(row, name) if hasattr(row, name) else row.custom_fields.get(name)
