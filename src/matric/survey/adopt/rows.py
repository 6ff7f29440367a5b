"""The rows that NetBox is to hold for a joining school, from the outside in: plan, devices, cables, addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import count
from typing import Any

from matric.intent.limit import HARDWARE, LIMITS, speed_of_type
from matric.intent.record import Records
from matric.intent.rows import natural
from matric.intent.standard import PortProfile
from matric.intent.swap import as_model
from matric.survey.adopt.conflict import ROUTER, Fixed, fixed
from matric.survey.adopt.facts import Facts, network_of
from matric.survey.adopt.kit import Kit, clean, slugged
from matric.survey.adopt.placing import Placing
from matric.survey.adopt.plan import Book
from matric.survey.adopt.wire import Cable
from matric.survey.model import Port

__all__ = ("written",)

POE = {"high": "type2-ieee802.3at", "critical": "type1-ieee802.3af", "low": "type1-ieee802.3af"}
WATTS = {"type2-ieee802.3at": 30.0, "type1-ieee802.3af": 15.4}
RANKS = {"critical": 2, "high": 3, "low": 4}
ROUTER_MODEL = "C1121-8P"
CONTROLLER_HOST, SWITCH_HOST = 5, 11
"""Hosts of the management prefix: the core has the first, controllers from 5 on, other switches from 11 on."""
DESCRIPTION = min(limit.description for limit in LIMITS.values())


@dataclass(frozen=True)
class Written:
    """The rows of a joining school alone; their ids are above those of the trust's records, where they may lead."""

    records: Records
    macs: Mapping[int, str]
    """Id of an interface -> the MAC address it has."""


def written(facts: Facts) -> Written:
    """What NetBox is to hold of the school."""
    base = {name: max((row.id for row in rows), default=0) for name, rows in facts.records.tables()}
    writer = _Writer(facts, Book(base))
    writer.all()
    fresh = writer.book.rows()
    held = facts.records
    for kit in facts.kits:
        if kit.replaced_by is not None:
            whole = fresh.model_copy(
                update={
                    "sites": (*held.sites, *fresh.sites), "device_types": (*held.device_types, *fresh.device_types),
                }
            )  # fmt: skip
            swapped = as_model(whole, f"{facts.slug}/{kit.name}", kit.replaced_by.model)
            types = tuple(row for row in swapped.device_types if row not in held.device_types)
            fresh = swapped.model_copy(update={"sites": fresh.sites, "device_types": types})
    used = {row.device_type_id for row in fresh.devices}
    left = {row.id for row in fresh.interfaces}
    return Written(
        fresh.model_copy(update={"device_types": tuple(row for row in fresh.device_types if row.id in used)}),
        {key: mac for key, mac in writer.macs.items() if key in left},
    )


class _Writer(Placing):
    """The same, with its devices, cables and addresses."""

    def all(self) -> None:
        self.place()
        self.networks()
        self.wireless()
        for kit in self.facts.kits:
            self.kit(kit)
        for point in self.facts.access_points:
            self.point(point)
        for item in self.facts.items:
            self.item(item)
        self.trunks()
        self.router()
        self.addresses()
        self.power()
        self.past()

    # Devices and their ports.

    def kit(self, kit: Kit) -> None:
        budget = kit.seen.power_budget_w
        kind = self.kind(kit.hardware, kit.seen.vendor, kit.model, poe_budget_w=round(budget) if budget else None)
        row = self.new_device(kit.name, kit.role, kind, platform=kit.platform, serial=kit.serial,
                              location_id=self.locate(self.facts.room(kit)))  # fmt: skip
        copper = {name for name, form in kit.ports if "base-t" in form}
        for name, form in kit.ports:
            port = self.book.add("interfaces", device_id=row["id"], name=name, type=form, enabled=False,
                                 custom_fields={"port_profile": "unused"})  # fmt: skip
            self.port[kit.name, name] = port
            if (kit.name, name) not in self.facts.cabled and not (
                kit is self.facts.core and name == self.facts.router_port
            ):
                self.purpose(kit, name, port, parked=name in copper and kit.role == "access")

    def purpose(self, kit: Kit, name: str, port: dict[str, Any], *, parked: bool) -> None:
        """Give an access port its profile and VLAN."""
        profile_name = self.facts.use(kit, name).profile
        profile = self.standard.profiles[profile_name]
        seen = kit.seen_ports.get(name)
        text = self.facts.choices.value(f"{kit.seen.name} {name}", "description") or (seen.description if seen else "")
        port["description"] = clean(text, DESCRIPTION)
        port["custom_fields"] = {"port_profile": profile_name}
        if profile.mode == "access" and profile.network in self.vlan:
            port |= {"enabled": True, "mode": "access", "untagged_vlan_id": self.vlan[profile.network]}
            own = self.facts.meanings.get((seen.access if seen else None) or 0)
            agreed = self.facts.choices.of(f"VLAN {own.vid}", "meaning") if own else None
            if own is not None and agreed is not None and agreed.decide == "agree":
                port["untagged_vlan_id"] = self.vlan.get(
                    slugged(own.name or f"own-{own.vid}"), port["untagged_vlan_id"]
                )
        elif profile.mode == "trunk":
            port |= {
                "enabled": True, "mode": "tagged", "untagged_vlan_id": self.vlan[self.standard.native],
                "tagged_vlan_ids": tuple(
                    sorted(self.vlan[role] for role in self.carried(kit, name, seen) if role in self.vlan)
                ),
            }  # fmt: skip
        elif parked:
            port |= {"mode": "access", "untagged_vlan_id": self.vlan[self.standard.parking]}

    def carried(self, kit: Kit, name: str, seen: Port | None) -> set[str]:
        """Network roles that a trunk to a switch nobody read has a use for: what is tagged there; of one that tags all,
        or names no VLAN, what hosts behind it were seen in; every one only where no host was looked for.
        """
        standard, known = self.standard, self.facts.meanings
        vids = set(known)
        if seen is not None and seen.mode == "access":
            vids = {vid for vid in (seen.access, seen.voice) if vid is not None}
        elif seen is not None and seen.tagged is not None:
            vids = {vid for vid in (*seen.tagged, seen.native, seen.access) if vid is not None}
        elif kit.seen.macs is not None:
            vids = {one.vid for one in kit.seen.macs if one.vid is not None and kit.port(one.port) == name}
        roles = {known[vid].role for vid in vids if vid in known}
        return {role for role in roles if role and role not in (standard.native, standard.parking)} | {
            standard.management.network
        }

    # Cables, trunks and LAGs.

    def needed(self, name: str) -> set[str]:
        """Network roles that a device and everything behind it needs."""
        kit = self.facts.by_name[name]
        found = {self.standard.management.network}
        if kit.role == "wireless-controller":
            found |= {profile.network for profile in self.standard.wlans.values()}
        for port in (self.port[name, own] for own, _ in kit.ports):
            profile: PortProfile = self.standard.profiles[port["custom_fields"]["port_profile"]]
            found |= {role for role, key in self.vlan.items() if key in port.get("tagged_vlan_ids", ())}
            if port["enabled"] and profile.mode == "access":
                found |= {role for role, key in self.vlan.items() if key == port["untagged_vlan_id"]}
                found |= {profile.voice} if profile.voice else set()
        return found.union(*(self.needed(child) for child in self.facts.wires.children(name)))

    def trunks(self) -> None:
        between: dict[tuple[str, str], list[Cable]] = {}
        for one in self.facts.wires.cables:
            between.setdefault((one.upper, one.lower), []).append(one)
        numbers = {name: count(1) for name in self.device}
        for (upper, lower), cables in sorted(
            between.items(), key=lambda item: (natural(item[0][0]), natural(item[0][1]))
        ):
            tree = self.facts.wires.parent.get(lower) == upper
            roles = self.needed(lower) if tree else {self.standard.management.network}
            controller = self.facts.by_name[lower].role == "wireless-controller"
            profiles = ("wireless-controller" if controller else "downlink", "uplink")
            groups = self.grouped(cables)
            for number, group in enumerate(groups):
                tags = () if tree and number == 0 else ("stp-redundant",)
                self.trunk(group, roles, profiles, tags, numbers)

    def grouped(self, cables: Iterable[Cable]) -> list[list[Cable]]:
        """The cables of a pair of devices by the kind of their ports: those of one kind become a LAG."""
        found: dict[tuple[str, str], list[Cable]] = {}
        for one in cables:
            key = (self.port[one.upper, one.upper_port]["type"], self.port[one.lower, one.lower_port]["type"])
            found.setdefault(key, []).append(one)
        return sorted(found.values(), key=len, reverse=True)

    def trunk(
        self, cables: list[Cable], roles: set[str], profiles: tuple[str, str], tags: tuple[str, ...], numbers: Any
    ) -> None:
        trunk = {
            "enabled": True, "mode": "tagged", "untagged_vlan_id": self.vlan[self.standard.native],
            "tagged_vlan_ids": tuple(sorted(self.vlan[role] for role in roles if role in self.vlan)),
        }  # fmt: skip
        first = cables[0]
        ends = ((first.upper, first.lower, profiles[0]), (first.lower, first.upper, profiles[1]))
        # A LAG even of one cable: it notices where frames pass in one direction only, and a second is easily added.
        lags = [
            self.book.add(
                "interfaces", device_id=self.device[name]["id"], name=f"{self.word(name).lag}{next(numbers[name])}",
                type="lag", description=other, custom_fields={"port_profile": profile}, **trunk,
            )
            for name, other, profile in ends
        ]  # fmt: skip
        for one in cables:
            ports = (self.port[one.upper, one.upper_port], self.port[one.lower, one.lower_port])
            for port, lag, (_, other, profile) in zip(ports, lags, ends, strict=True):
                port.update(enabled=True, description=other, custom_fields={"port_profile": profile}, lag_id=lag["id"])
                port.update(mode=None, untagged_vlan_id=None)
            self.matched(*ports)
            self.cable(*ports, "" if one.seen == "both ends" else f"seen by {one.seen} only", *tags)

    @staticmethod
    def matched(one: dict[str, Any], two: dict[str, Any]) -> None:
        """A link has one speed: a faster port that leads to copper has a copper transceiver in it."""
        slow, fast = sorted((one, two), key=lambda port: speed_of_type(port["type"]) or 0)
        if (speed_of_type(fast["type"]) or 0) > (speed_of_type(slow["type"]) or 0) and "base-t" in slow["type"]:
            fast["type"] = slow["type"]

    def word(self, name: str) -> Any:
        """How a device's operating system names LAGs and SVIs."""
        kit = self.facts.by_name[name]
        platform = kit.platform or (kit.replaced_by.platform if kit.replaced_by else None)
        return LIMITS[platform or "aoscx"]

    def router(self) -> None:
        """The trust's router, and the routed link the school's traffic leaves by."""
        core = self.facts.core
        if core is None or not self.facts.router_port:
            return
        types = {row.id: row for row in self.facts.records.device_types}
        used = next((types[row.device_type_id].model for row in self.facts.records.devices
                     if row.role == "router" and row.device_type_id in types), ROUTER_MODEL)  # fmt: skip
        hardware = HARDWARE.get(used, HARDWARE[ROUTER_MODEL])
        row = self.new_device(
            ROUTER,
            "router",
            self.kind(hardware, "", ""),
            location_id=self.device[core.name]["location_id"],
            serial=self.facts.choices.value(ROUTER, "serial"),
        )
        ports = [self.book.add("interfaces", device_id=row["id"], name=name, type=hardware.ports[0][3])
                 for name in hardware.names()]  # fmt: skip
        near = self.port[core.name, self.facts.router_port]
        near |= {"enabled": True, "mode": None, "untagged_vlan_id": None, "description": ROUTER,
                 "custom_fields": {"port_profile": "router"}}  # fmt: skip
        ports[0]["description"] = core.name
        self.cable(near, ports[0], "" if self.facts.wires.router else "to be laid")
        self.give(core.name, near["id"], self.transit, self.transit[1], primary=False)
        self.give(ROUTER, ports[0]["id"], self.transit, self.transit[2], primary=True)

    # Addresses.

    def svi(self, device: str, vid: int) -> int:
        row = self.book.add("interfaces", device_id=self.device[device]["id"], name=f"{self.word(device).svi}{vid}",
                            type="virtual", enabled=True)  # fmt: skip
        return int(row["id"])

    def addresses(self) -> None:
        core, home = self.facts.core, self.standard.management.network
        if core is None:
            return
        rows = sorted(self.book.tables["vlans"], key=lambda row: row["vid"])
        by_vlan = {row.get("vlan_id"): row for row in self.book.tables["prefixes"]}
        for row in rows:
            found = by_vlan.get(row["id"])
            if found is not None:
                prefix = IPv4Network(found["prefix"])
                svi = self.svi(core.name, row["vid"])
                self.give(core.name, svi, prefix, prefix[1], primary=row["role"] == home)
                if row["role"] == home:
                    self.base_mac(core, svi)
        whole = self.prefix(home)
        if whole is None:
            return
        controllers, switches = count(CONTROLLER_HOST), count(SWITCH_HOST)
        for kit in sorted(self.facts.kits[1:], key=lambda kit: natural(kit.name)):
            host = next(controllers if kit.role == "wireless-controller" else switches)
            said = self.facts.choices.value(kit.seen.name, "management").partition("/")[0]
            address = IPv4Address(said) if said and IPv4Address(said) in whole else whole[host]
            svi = self.svi(kit.name, self.standard.networks[home].vid)
            self.give(kit.name, svi, whole, address, primary=True)
            self.base_mac(kit, svi)

    def base_mac(self, kit: Kit, svi: int) -> None:
        """A device's base address, at the interface it is managed by; not that of one that is replaced."""
        if kit.seen.mac and kit.replaced_by is None:
            self.macs[svi] = kit.seen.mac

    def power(self) -> None:
        """PoE as far as the budget goes: access points, what was seen to draw, then by the priority of the profile."""
        for kit in self.facts.kits:
            hardware = kit.replaced_by or kit.hardware
            left = float((hardware.poe_budget_w if hardware else kit.seen.power_budget_w) or 0)
            drawing = {
                kit.port(one.port) for one in kit.seen.power or () if one.state == "delivering" or (one.watts or 0) > 0
            }
            wanted: list[tuple[int, str, str]] = []
            for name, form in kit.ports:
                port = self.port[kit.name, name]
                profile: PortProfile = self.standard.profiles[port["custom_fields"]["port_profile"]]
                if profile.poe == "off" or not port["enabled"] or "base-t" not in form:
                    continue
                rank = 0 if (kit.name, name) in self.facts.points else 1 if name in drawing else RANKS[profile.poe]
                wanted.append((rank, name, POE[profile.poe]))
            for rank, name, form in sorted(wanted, key=lambda item: item[0]):
                left -= WATTS[form]
                if left >= 0 or rank == 0:
                    self.port[kit.name, name] |= {"poe_mode": "pse", "poe_type": form}

    def past(self) -> None:
        """The prefixes and addresses of today, as the way in until every device has moved."""
        found = {prefix for kit in self.facts.kits for one in kit.seen.addresses or ()
                 if (prefix := network_of(one.address)) is not None}  # fmt: skip
        kept = {IPv4Network(row["prefix"]) for row in self.book.tables["prefixes"] if row["status"] == "active"}
        old = sorted(prefix for prefix in found if prefix not in kept)
        if not old and not any(kit.seen.management for kit in self.facts.kits):
            return
        vrf = self.book.add("vrfs", name=f"{self.facts.slug}-legacy")["id"]
        for prefix in old:
            self.book.add("prefixes", prefix=str(prefix), status="deprecated", vrf_id=vrf, tags=("legacy",),
                          description="From before the trust, until every device has moved", **self.scope)  # fmt: skip
        seen: set[str] = set()
        for kit in self.facts.kits:
            address = kit.seen.management
            if not address or ":" in address or address in seen:
                continue
            seen.add(address)
            length = next((one.prefixlen for one in old if IPv4Address(address) in one), 32)
            self.book.add("ip_addresses", address=f"{address}/{length}", status="deprecated", vrf_id=vrf,
                          description=f"{kit.name} until its cut-over")  # fmt: skip
        for ip, one in fixed(self.facts).items():
            decided = self.facts.choices.of(f"address {ip}", "address")
            if decided is None or decided.way in ("adopt", "impose"):
                self.following(ip, one, self.facts.choices.value(f"address {ip}", "address") or one.address)

    def following(self, ip: str, one: Fixed, address: str) -> None:
        """The address that follows one of today's; of equipment it is the primary one of its device."""
        home = next((home for row in self.book.tables["prefixes"] if row["status"] == "active"
                     and IPv4Address(address) in (home := IPv4Network(row["prefix"]))), None)  # fmt: skip
        if home is None:
            return
        row, far = self.equipment.get(one.end, (None, None)) if one.end else (None, None)
        assigned = {"assigned_object_type": "dcim.interface", "assigned_object_id": far["id"]} if far else {}
        made = self.book.add("ip_addresses", address=f"{address}/{home.prefixlen}", status="reserved",
                             description=f"{clean(one.name, 60)} had {ip}".strip(), **assigned)  # fmt: skip
        if row is not None:
            row["primary_ip4_id"] = made["id"]
