"""The outside of a joining school's rows: its site and rooms, its VLANs, prefixes, pools and SSIDs."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any, get_args

from matric.intent.check_standard import planned
from matric.intent.own_ssid import fitting
from matric.intent.record import Records
from matric.survey.adopt.block import note
from matric.survey.adopt.facts import Facts
from matric.survey.adopt.kit import clean, slugged

__all__ = ("Book", "Plan")

AUTH = {
    "wpa2-enterprise": "wpa-enterprise",
    "wpa3-enterprise": "wpa-enterprise",
    "wpa2-psk": "wpa-personal",
    "wpa3-sae": "wpa-personal",
    "owe": "open",
}
"""Security in the standard -> NetBox's auth_type."""
POOL_SKIPS = (19, -6)
"""Hosts of a DHCP pool: the first twenty and the last five stay free for what has a fixed address."""
LONGEST_NAME = 32
"""Characters of a VLAN's name: the shortest limit of the platforms."""


@dataclass
class Book:
    """Rows being written, with ids of their own above those that are there."""

    base: dict[str, int]
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    def add(self, table: str, **row: Any) -> dict[str, Any]:
        rows = self.tables.setdefault(table, [])
        made = {"id": self.base.get(table, 0) + len(rows) + 1, **row}
        rows.append(made)
        return made

    def rows(self) -> Records:
        """What was written."""
        kinds = {name: get_args(about.annotation)[0] for name, about in Records.model_fields.items()}
        return Records(**{name: tuple(kinds[name](**row) for row in rows) for name, rows in self.tables.items()})


class Plan:
    """A school being written: what stands around its devices."""

    def __init__(self, facts: Facts, book: Book) -> None:
        self.facts, self.book, self.standard = facts, book, facts.standard
        self.site = 0
        self.vlan: dict[str, int] = {}
        self.device: dict[str, dict[str, Any]] = {}
        self.port: dict[tuple[str, str], dict[str, Any]] = {}
        self.room: dict[str, int] = {}
        self.macs: dict[int, str] = {}
        """Id of an interface -> the MAC address it has."""
        self.equipment: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}
        """(device, port) -> rows of the equipment there and of its interface."""

    # The site, its networks and prefixes.

    def place(self) -> None:
        records, slug = self.facts.records, self.facts.slug
        known = next((row for row in records.sites if row.slug == slug), None)
        name = known.name if known else self.facts.choices.value("site", "name") or slug.replace("-", " ").title()
        self.name = name
        self.site = known.id if known else self.book.add("sites", name=name, slug=slug, status="staging")["id"]
        self.scope = {"scope_type": "dcim.site", "scope_id": self.site}
        for kit in self.facts.kits:
            self.locate(self.facts.room(kit))

    def locate(self, room: str) -> int | None:
        """The location of a room, made with its building where it is told (``Main / Server room``)."""
        if not room:
            return None
        parts = [clean(part, 80) for part in re.split(r" / |, | - ", room) if part.strip()]
        parent: int | None = None
        path = ""
        for part in parts[:3]:
            path = f"{path} / {part}" if path else part
            if path not in self.room:
                row = self.book.add("locations", name=part, slug=slugged(path), site_id=self.site, parent_id=parent)
                self.room[path] = row["id"]
            parent = self.room[path]
        return parent

    def networks(self) -> None:
        book, standard = self.book, self.standard
        group = book.add("vlan_groups", name=self.name, slug=self.facts.slug, **self.scope)["id"]
        book.add("prefixes", prefix=str(self.facts.block), status="container", description=note(self.facts.slug),
                 **self.scope)  # fmt: skip
        for role, network in sorted(standard.networks.items(), key=lambda item: item[1].vid):
            if not network.mandatory and role not in {one.role for one in self.facts.meanings.values()}:
                continue
            policy = {"filter_policy": network.filter_policy} if network.filter_policy else {}
            row = book.add("vlans", vid=network.vid, name=network.name, status="active", site_id=self.site,
                           group_id=group, role=role, custom_fields=policy)  # fmt: skip
            self.vlan[role] = row["id"]
            prefix = self.prefix(role)
            if prefix is None:
                continue
            book.add("prefixes", prefix=str(prefix), status="active", vlan_id=row["id"], role=role, **self.scope)
            if network.dhcp_relay:
                hosts = list(prefix.hosts())
                first, last = (hosts[index] for index in POOL_SKIPS)
                ends = {"start_address": f"{first}/{prefix.prefixlen}", "end_address": f"{last}/{prefix.prefixlen}"}
                text = f"{self.name} {network.name}"
                book.add("ip_ranges", status="active", role=role, description=text, **ends)
        self.own_networks(group)
        book.add("prefixes", prefix=str(self.transit), status="active", role="transit", description="Core to router",
                 **self.scope)  # fmt: skip

    def own_networks(self, group: int) -> None:
        """VLANs that are agreed as the school's own."""
        for vid, one in self.facts.meanings.items():
            found = self.facts.choices.of(f"VLAN {vid}", "meaning")
            if found is None or found.decide != "agree" or found.area != "vlan":
                continue
            role, name = slugged(one.name or f"own-{vid}"), clean(one.name, LONGEST_NAME) or f"Own-{vid}"
            zone = {"zone": found.value} if found.value else {}
            row = self.book.add(
                "vlans", vid=vid, name=name, status="active", site_id=self.site, group_id=group, role=role,
                custom_fields=zone,
            )  # fmt: skip
            self.vlan[role] = row["id"]
            if vid in self.facts.prefixes:
                own = {"prefix": self.facts.prefixes[vid], "vlan_id": row["id"], "role": role}
                self.book.add("prefixes", status="active", **own, **self.scope)

    def prefix(self, role: str) -> IPv4Network | None:
        """The prefix of a network role: the school's own where that is agreed, else the standard's."""
        for vid, one in self.facts.meanings.items():
            found = self.facts.choices.of(f"VLAN {vid}", "prefix")
            if one.role == role and found is not None and found.decide == "agree" and vid in self.facts.prefixes:
                return IPv4Network(self.facts.prefixes[vid])
        return planned(self.standard, self.facts.slug, role)

    @property
    def transit(self) -> IPv4Network:
        """A /30 between core and router: where other schools have theirs, else the first of the block that is free."""
        block, taken = self.facts.block, [found for role in self.standard.networks if (found := self.prefix(role))]
        places = [int(IPv4Network(row.prefix).network_address) - int(home.network_address)
                  for row in self.facts.records.prefixes if row.role == "transit"
                  for home in self.standard.addresses.schools.values()
                  if IPv4Network(row.prefix).subnet_of(home)]  # fmt: skip
        offers = (
            IPv4Network((int(block.network_address) + place, 30))
            for place in (*sorted(places), *range(0, block.num_addresses, 256))
        )
        return next(one for one in offers if one.subnet_of(block) and not any(one.overlaps(other) for other in taken))

    def wireless(self) -> None:
        """The standard's SSIDs, and those agreed as the school's own name for one of them."""
        for ssid, (_, role) in self.facts.ssids.items():
            found = self.facts.choices.of(f"SSID {ssid}", "ssid")
            names = fitting(self.standard, role)
            if found is not None and found.decide == "agree" and len(names) == 1 and role in self.vlan:
                auth = AUTH[self.standard.wlans[names[0]].security]
                home = self.vlan[role or ""]
                self.book.add("wireless_lans", ssid=ssid, status="active", vlan_id=home, auth_type=auth,
                              auth_cipher="aes", **self.scope)  # fmt: skip
        for profile in self.standard.wlans.values():
            if profile.network in self.vlan:
                self.book.add(
                    "wireless_lans", ssid=profile.ssid, status="active", vlan_id=self.vlan[profile.network],
                    auth_type=AUTH[profile.security], auth_cipher="aes",
                    custom_fields={"psk_ref": profile.psk} if profile.psk else {}, **self.scope,
                )  # fmt: skip
