"""MAC addresses in NetBox (4.2 and later): objects of their own, each assigned to an interface.

What is missing is made, what is assigned to nothing is assigned, and an interface without a primary one gets one. What
NetBox has at another interface stays there: nothing is moved, changed or deleted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from matric.errors import SourceError
from matric.netbox.client import Client
from matric.netbox.transport import InvalidError

__all__ = ("Macs",)

PATH = "dcim/mac-addresses/"
INTERFACE = "dcim.interface"
CHUNK = 50
"""Interfaces of one request: their ids are in its address."""
T = TypeVar("T")
WITHOUT_ANSWER = frozenset({"NB-UNAVAILABLE", "NB-PARTIAL"})


@dataclass
class Macs:
    """The MAC addresses of a NetBox, as they were when it was asked. SourceError where it cannot be read."""

    client: Client
    message: str = ""
    """For NetBox's change log; empty where this version takes none."""
    there: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    """By address, in capitals."""

    def __post_init__(self) -> None:
        self.read()

    def read(self) -> None:
        """Ask NetBox anew."""
        self.there = {}
        for row in self.client.rows(PATH, fields="id,mac_address,assigned_object_type,assigned_object_id"):
            self.there.setdefault(str(row["mac_address"]).upper(), []).append(row)

    def write(self, wanted: Mapping[int, str], called: Mapping[int, str], *, dry_run: bool) -> tuple[str, ...]:
        """Give each interface (by id; below 0 while it is not there) its address; one line for each that is written.

        A write without an answer is looked for before it is tried again. An address that two interfaces are said to
        have is nobody's: which of the two was misread, nobody knows.
        """
        said_of = Counter(mac.upper() for mac in wanted.values())
        wanted = {key: mac for key, mac in wanted.items() if said_of[mac.upper()] == 1}
        primaries = self._primaries([key for key in wanted if key > 0])
        new = [(key, mac) for key, mac in wanted.items() if not self._rows(mac)]
        free = [(key, mac) for key, mac in wanted.items() if self._free(key, mac) is not None]
        bare = [
            (key, mac) for key, mac in wanted.items() if self._at(key, mac) is not None and primaries.get(key) is None
        ]
        said = [f"MAC address {mac.upper()} on {called[key]}" for key, mac in (*new, *free)]
        said += [f"{called[key]}: primary_mac_address" for key, _ in bare]
        if not dry_run:
            self._make(new)
            self._assign(free)
            fresh = self._primaries([key for key, _ in (*new, *free, *bare)])
            self._name_primary({key: mac for key, mac in (*new, *free, *bare) if fresh.get(key) is None})
        return tuple(said)

    def _rows(self, mac: str) -> list[dict[str, Any]]:
        return self.there.get(mac.upper(), [])

    def _at(self, key: int, mac: str) -> dict[str, Any] | None:
        at = (row for row in self._rows(mac) if row["assigned_object_type"] == INTERFACE)
        return next((row for row in at if row["assigned_object_id"] == key), None)

    def _free(self, key: int, mac: str) -> dict[str, Any] | None:
        """The address where NetBox has it at nothing; None also where the interface has it."""
        if self._at(key, mac) is not None:
            return None
        return next((row for row in self._rows(mac) if row["assigned_object_id"] is None), None)

    def _primaries(self, keys: list[int]) -> dict[int, int | None]:
        """Interface -> the id of its primary address."""
        found: dict[int, int | None] = {}
        for some in _chunks(keys):
            for row in self.client.rows("dcim/interfaces/", id=some, fields="id,primary_mac_address"):
                found[row["id"]] = row["primary_mac_address"]["id"] if row["primary_mac_address"] else None
        return found

    def _make(self, new: list[tuple[int, str]]) -> None:
        for some in _chunks(new):
            left = some
            try:
                self._create(left)
            except SourceError as error:
                if isinstance(error, InvalidError) or not any(one.code in WITHOUT_ANSWER for one in error.problems):
                    raise
                self.read()
                left = [(key, mac) for key, mac in some if not self._rows(mac)]
                if left:
                    self._create(left)
        if new:
            self.read()

    def _create(self, some: list[tuple[int, str]]) -> None:
        given = ({"mac_address": mac.upper(), "assigned_object_type": INTERFACE, "assigned_object_id": key}
                 for key, mac in some)  # fmt: skip
        self.client.create(PATH, [self._said(one) for one in given])

    def _assign(self, free: list[tuple[int, str]]) -> None:
        for some in _chunks(free):
            rows = ((key, self._free(key, mac)) for key, mac in some)
            given = ({"id": row["id"], "assigned_object_type": INTERFACE, "assigned_object_id": key}
                     for key, row in rows if row is not None)  # fmt: skip
            self.client.update(PATH, [self._said(one) for one in given])
        if free:
            self.read()

    def _name_primary(self, bare: Mapping[int, str]) -> None:
        found = [(key, row["id"]) for key, mac in bare.items() if (row := self._at(key, mac)) is not None]
        for some in _chunks(found):
            given = ({"id": key, "primary_mac_address": one} for key, one in some)
            self.client.update("dcim/interfaces/", [self._said(one) for one in given])

    def _said(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload | {"changelog_message": self.message} if self.message else payload


def _chunks(rows: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
