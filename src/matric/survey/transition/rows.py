"""What NetBox is to hold at each stage of a transition: the rows of the end, with what still runs beside."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from matric.intent.limit import LIMITS
from matric.intent.record import InterfaceRow, IpAddressRow, PrefixRow, Records, VlanRow
from matric.intent.school import LEAVING, NOT_CONFIGURED
from matric.policy.agreement import Agreement
from matric.survey.transition.model import Moved, Order, Side, Stage, Transition
from matric.survey.transition.trunk import Load, loads, used

if TYPE_CHECKING:
    from matric.survey.adopt.facts import Facts

__all__ = ("agreements", "ended", "role_of", "rows")

NAME = 32
"""Characters of a VLAN's name that every platform takes."""


def role_of(side: Side) -> str:
    """The IPAM role of an old network while it runs beside."""
    return f"{LEAVING}{side.vid}"


def rows(facts: "Facts", final: Records, way: Transition, stage: Stage) -> Records:
    """*final*, the rows of the end, as they are when *stage* of *way* is done."""
    alive = [side for side in way.sides if side.vid in stage.sides]
    if not alive:
        return final
    moved = {
        (one.device, one.port) for earlier in way.stages if earlier.number <= stage.number for one in earlier.moves
    }
    left = [one for later in way.stages for one in later.moves if (one.device, one.port) not in moved]
    return _Beside(facts, final, alive, left).rows()


def agreements(way: Transition, stage: Stage, order: Order, *, owner: str, approver: str) -> Iterator[Agreement]:
    """What has to be agreed so that the old networks of *stage* may run beside; until the day in *order*."""
    for side in way.sides:
        if side.vid in stage.sides and order.review is not None:
            yield Agreement(
                school=way.school, area="vlan", object=f"{way.school} vlan {side.vid_during}", owner=owner,
                approver=approver, reason=f"{side.name} runs beside until what is in it has moved", review=order.review,
            )  # fmt: skip


def _named(side: Side) -> str:
    """Letters that every platform takes for a VLAN's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", f"Old-{side.name}").strip("-")[:NAME]


def ended(base: Records, slug: str, way: Transition) -> Records:
    """*base*, the rows of any stage of *way*, as they are at the end: nothing runs beside."""
    site = next((row for row in base.sites if row.slug == slug), None)
    ours = {role_of(side) for side in way.sides}
    old = {row.id: row for row in base.vlans if site is not None and row.site_id == site.id and row.role in ours}
    if site is None or not old:
        return base
    devices = {row.id: row.name for row in base.devices if row.site_id == site.id}
    words = {f"{limit.svi}{row.vid}".lower() for limit in LIMITS.values() for row in old.values()}
    gone = {row.id for row in base.interfaces if row.device_id in devices and row.name.lower() in words}
    home = {row.role: row.id for row in base.vlans if row.site_id == site.id and row.role}
    ends = {(one.device, one.port): home.get(one.role) for stage in way.stages for one in stage.moves}
    vrf = next((row.id for row in base.vrfs if row.name == f"{slug}-legacy"), None)
    ends_of = {(one.device, one.port): [home[role] for role in one.roles if role in home] for one in way.trunks}
    back = {"status": "deprecated", "vrf_id": vrf, "vlan_id": None, "role": None}
    # NetBox that was given a stage has the old prefix twice: nothing was deleted there.
    there = {row.prefix for row in base.prefixes if row.vrf_id == vrf and row.scope_id == site.id and vrf is not None}
    interfaces: list[InterfaceRow] = []
    for row in base.interfaces:
        here = (devices.get(row.device_id) or "", row.name)
        end = ends.get(here)
        if row.untagged_vlan_id in old and end is not None:
            plain = {"untagged_vlan_id": end, "mode": "access", "tagged_vlan_ids": ()}
            interfaces.append(row.model_copy(update=plain))
        elif old.keys() & set(row.tagged_vlan_ids):
            wanted = ends_of.get(here, [])
            more = (vid for vid in row.tagged_vlan_ids if vid not in old and vid not in wanted)
            interfaces.append(row.model_copy(update={"tagged_vlan_ids": (*wanted, *more)}))
        elif row.id not in gone:
            interfaces.append(row)
    return base.model_copy(
        update={
            "vlans": tuple(row for row in base.vlans if row.id not in old),
            "prefixes": tuple(
                row.model_copy(update=back) if row.vlan_id in old else row
                for row in base.prefixes
                if row.vlan_id not in old or row.prefix not in there
            ),
            "interfaces": tuple(interfaces),
            "ip_addresses": tuple(
                row
                for row in base.ip_addresses
                if row.assigned_object_type != "dcim.interface" or row.assigned_object_id not in gone
            ),
        }
    )


class _Beside:
    """The rows being changed."""

    def __init__(self, facts: "Facts", final: Records, sides: list[Side], left: list[Moved]) -> None:
        self.facts, self.final = facts, final
        self.sides = {side.vid: side for side in sides}
        self.site = next(row for row in final.sites if row.slug == facts.slug)
        ours = [row for row in final.devices if row.site_id == self.site.id and row.role not in NOT_CONFIGURED]
        self.devices = {row.name or "": row for row in ours}
        self.names = {row.id: name for name, row in self.devices.items()}
        self.home = {row.role: row.id for row in final.vlans if row.site_id == self.site.id and row.role}
        self.vlans = {
            vid: max(row.id for row in final.vlans) + number for number, vid in enumerate(sorted(self.sides), 1)
        }
        self.vlans |= {vid: self.vlans[side.vid] for side in sides for vid in side.also}
        self.left = {(one.device, one.port): one for one in left if one.vid_before in self.vlans}

    def rows(self) -> Records:
        interfaces, addresses = self.interfaces()
        return self.final.model_copy(
            update={
                "vlans": (*self.final.vlans, *self.new_vlans()),
                "prefixes": tuple(self.prefixes()),
                "interfaces": interfaces,
                "ip_addresses": (*self.final.ip_addresses, *addresses),
            }
        )

    def new_vlans(self) -> Iterator[VlanRow]:
        group = next((row.id for row in self.final.vlan_groups if row.scope_id == self.site.id), None)
        for vid, side in sorted(self.sides.items()):
            fields: dict[str, Any] = {"zone": side.zone, "dhcp_relay": side.routed and not self.served(side)}
            fields |= {"filter_policy": side.filter_policy} if side.filter_policy else {}
            yield VlanRow(
                id=self.vlans[vid], vid=side.vid_during, name=_named(side), status="active",
                site_id=self.site.id, group_id=group, role=role_of(side), custom_fields=fields,
            )  # fmt: skip

    def served(self, side: Side) -> bool:
        """Whether a DHCP server of its own still stands in it."""
        return any(not one.port or (one.device, one.port) in self.left for one in side.servers)

    def prefixes(self) -> Iterator[PrefixRow]:
        """The school's old prefixes come out of their VRF where the core routes them."""
        routed = {side.prefix: vid for vid, side in self.sides.items() if side.routed}
        for row in self.final.prefixes:
            vid = routed.get(row.prefix)
            if vid is None or "legacy" not in row.tags or row.scope_id != self.site.id:
                yield row
                continue
            yield row.model_copy(
                update={
                    "status": "active",
                    "vrf_id": None,
                    "vlan_id": self.vlans[vid],
                    "role": role_of(self.sides[vid]),
                }
            )

    def interfaces(self) -> tuple[tuple[InterfaceRow, ...], tuple[IpAddressRow, ...]]:
        ports = [self.port(row) for row in self.final.interfaces]
        trunks = self.trunks(ports)
        found: list[InterfaceRow] = []
        for row in ports:
            load = trunks.get((self.names.get(row.device_id, ""), row.name))
            tagged = load.of(row.tagged_vlan_ids) if load is not None else row.tagged_vlan_ids
            found.append(row if tagged == row.tagged_vlan_ids else row.model_copy(update={"tagged_vlan_ids": tagged}))
        svis, addresses = self.gateways()
        return (*found, *svis), addresses

    def port(self, row: InterfaceRow) -> InterfaceRow:
        """A port that moves later has its old network, and telephones in front of what hangs there have theirs."""
        one = self.left.get((self.names.get(row.device_id, ""), row.name))
        if one is None:
            return row
        phones = {"mode": "tagged", "tagged_vlan_ids": (self.vlans[one.voice_before],)} if one.voice_before else {}
        return row.model_copy(update={"untagged_vlan_id": self.vlans[one.vid_before], **phones})

    def gateways(self) -> tuple[tuple[InterfaceRow, ...], tuple[IpAddressRow, ...]]:
        """The core keeps the addresses that hosts know as their gateway."""
        core = self.facts.core
        routed = [side for _, side in sorted(self.sides.items()) if side.routed]
        if core is None or not routed:
            return (), ()
        device = self.devices[core.name]
        word = LIMITS[device.platform or "aoscx"].svi
        first = max(row.id for row in self.final.interfaces) + 1
        address = max(row.id for row in self.final.ip_addresses) + 1
        svis = tuple(
            InterfaceRow(id=first + number, device_id=device.id, name=f"{word}{side.vid_during}", type="virtual")
            for number, side in enumerate(routed)
        )
        given = tuple(
            IpAddressRow(
                id=address + number, address=side.gateway, status="active", assigned_object_type="dcim.interface",
                assigned_object_id=svis[number].id,
            )
            for number, side in enumerate(routed)
        )  # fmt: skip
        return svis, given

    def trunks(self, rows: list[InterfaceRow]) -> "dict[tuple[str, str], Load]":
        """(device, port or LAG) -> how it differs from the end: only old networks come in addition."""
        old = frozenset(self.vlans.values())
        here: dict[str, set[int]] = {}
        late: dict[str, set[int]] = {}
        for before, row in zip(self.final.interfaces, rows, strict=True):
            device = self.names.get(row.device_id, "")
            here.setdefault(device, set()).update(self.used(row))
            if before is not row:
                late.setdefault(device, set()).update(self.used(before))
        for name, one in self.devices.items():
            if one.role == "wireless-controller":
                here.setdefault(name, set()).update(lan.vlan_id or 0 for lan in self.final.wireless_lans)
        core = self.facts.core.name if self.facts.core is not None else ""
        found = loads(self.final, self.names, core, here, late)
        managed = {self.home.get(self.facts.standard.management.network)}
        return {end: Load(one.more & old, one.less - managed) for end, one in found.items()}

    def used(self, row: InterfaceRow) -> set[int]:
        """VLANs of an access port in use; none of any other port."""
        standard = self.facts.standard
        profile = standard.profiles.get(str(row.custom_fields.get("port_profile") or ""))
        if profile is None or profile.mode != "access" or not row.enabled:
            return set()
        home, voice = self.home.get(profile.network or ""), self.home.get(profile.voice or "")
        return used(row, home, voice)
