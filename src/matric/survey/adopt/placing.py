"""Devices of a joining school's rows, and what hangs at their ports: access points and fixed equipment."""

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from matric.intent.limit import HARDWARE, Hardware
from matric.intent.record import TerminationRow
from matric.intent.rows import End
from matric.intent.school import EDGE
from matric.survey.adopt.equipment import Item, fresh_name, made_by, made_of, plain
from matric.survey.adopt.kit import clean, slugged
from matric.survey.adopt.plan import Plan
from matric.survey.adopt.wire import Point

__all__ = ("Placing",)


@dataclass(frozen=True, slots=True)
class _Hanging:
    """What is about to be recorded at a port."""

    name: str
    held: End | None
    """What NetBox has there already."""


class Placing(Plan):
    """A school being written: its devices, and their cables to what hangs on them."""

    def kind(self, hardware: Hardware | None, manufacturer: str, model: str, **limits: Any) -> int:
        """The device type of a model, made where NetBox and this book have none."""
        name = hardware.model if hardware else clean(model, 100) or "unknown"
        for known in self.facts.records.device_types:
            if known.model.casefold() == name.casefold():
                return known.id
        for made in self.book.tables.get("device_types", ()):
            if made["model"].casefold() == name.casefold():
                return int(made["id"])
        if hardware is not None:
            limits |= {"poe_budget_w": hardware.poe_budget_w, "max_vlans": hardware.max_vlans}
        row = self.book.add(
            "device_types", manufacturer=hardware.manufacturer if hardware else manufacturer or "Unknown", model=name,
            slug=slugged(name), custom_fields={key: value for key, value in limits.items() if value is not None},
        )  # fmt: skip
        return int(row["id"])

    def new_device(self, name: str, role: str, kind: int, **more: Any) -> dict[str, Any]:
        self.device[name] = self.book.add("devices", name=name, site_id=self.site, role=role, device_type_id=kind,
                                          status="active", **more)  # fmt: skip
        return self.device[name]

    def cable(self, a: dict[str, Any], b: dict[str, Any], label: str, *tags: str) -> None:
        ends = [(TerminationRow(object_type="dcim.interface", object_id=port["id"]),) for port in (a, b)]
        self.book.add("cables", a=ends[0], b=ends[1], label=label, tags=tags)

    def give(self, device: str, interface: int, prefix: IPv4Network, address: IPv4Address, *, primary: bool) -> None:
        dns = f"{device}.{self.facts.slug}.{self.standard.trust.domain}".lower() if primary else ""
        row = self.book.add("ip_addresses", address=f"{address}/{prefix.prefixlen}", status="active", dns_name=dns,
                            assigned_object_type="dcim.interface", assigned_object_id=interface)  # fmt: skip
        if primary:
            self.device[device]["primary_ip4_id"] = row["id"]

    # What hangs at a port.

    @cached_property
    def _ends(self) -> frozenset[tuple[str, str]]:
        items = ((one.device, one.port) for one in self.facts.items)
        return frozenset((*self.facts.points, *items))

    @cached_property
    def _reserved(self) -> frozenset[str]:
        """Names of what NetBox has at a port on which something hangs still."""
        return frozenset(held.device.name or "" for end, held in self.facts.held.items() if end in self._ends)

    def hanging(self, end: tuple[str, str], name: str, roles: frozenset[str]) -> _Hanging | None:
        """What is to be recorded at *end*; None where NetBox has something of no such role there, or has it elsewhere.

        A cable that somebody recorded is not laid again: CUT-08 tells where it differs from what is heard.
        """
        held = self.facts.held.get(end)
        if held is not None:
            mine = held.device.site_id == self.site and held.device.role in roles and held.device.name
            return _Hanging(held.device.name or "", held) if mine and held.device.name not in self.device else None
        name = fresh_name(name, (*self.device, *self._reserved))
        return None if name.casefold() in self.facts.cabled_names else _Hanging(name, None)

    def place_at(
        self, end: tuple[str, str], hanging: _Hanging, role: str, kind: int, port: tuple[str, str], **more: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The rows of a device at *end* and of its interface *port* (name, type), cabled; what NetBox has stays."""
        switch, near, held = self.device[end[0]], self.port[end], hanging.held
        if held is not None:
            role, kind = held.device.role, held.device.device_type_id
            port = (held.interface.name, held.interface.type)
        row = self.new_device(hanging.name, role, kind, location_id=switch["location_id"], **more)
        far = self.book.add("interfaces", device_id=row["id"], name=port[0], type=port[1])
        self.cable(near, far, "")
        return row, far

    def point(self, point: Point) -> None:
        """An access point, and the cable to it."""
        told, end = point.neighbour, (point.device, point.port)
        hanging = self.hanging(end, plain(told.name) or "ap", frozenset({"access-point"}))
        if hanging is None:
            return
        hardware = next(
            (one for model, one in HARDWARE.items() if one.platform is None and model in told.platform), None
        )
        thing = f"{self.facts.by_name[point.device].seen.name} {point.port}"
        fields = {"ap_location": self.facts.choices.value(thing, "ap_location") or "indoor"}
        own = hardware.names()[0] if hardware else clean(told.remote_port, 60) or "eth0"
        form = hardware.ports[0][3] if hardware else "1000base-t"
        row, far = self.place_at(
            end, hanging, "access-point", self.kind(hardware, *_made(told.platform)), (own, form), custom_fields=fields,
            serial=self.facts.choices.value(thing, "serial") or self.facts.serial_heard(*end),
        )  # fmt: skip
        near = self.port[end]
        row["description"], near["description"] = near["description"], row["name"]  # where it hangs, as somebody wrote
        if told.mac:
            self.macs[far["id"]] = told.mac

    def item(self, item: Item) -> None:
        """A piece of fixed equipment, and the cable to it. What speed its interface has nobody saw."""
        end = (item.device, item.port)
        hanging = self.hanging(end, item.own_name, EDGE)
        if hanging is None:
            return
        row, far = self.place_at(
            end, hanging, item.kind, self.kind(None, *made_of(item)), ("eth0", "other"),
            serial=self.facts.serial_heard(*end),
        )  # fmt: skip
        self.equipment[end] = (row, far)
        if item.endpoint.mac:
            self.macs[far["id"]] = item.endpoint.mac


def _made(told: str) -> tuple[str, str]:
    """Maker and model of an access point by what it says of itself; its release is neither."""
    said = re.split(r",|/\s*SW Version|\bVersion\b", told)[0].removeprefix("cisco ").strip(" /")
    return made_by(said.split(" ")[0]), said or "unknown access point"
