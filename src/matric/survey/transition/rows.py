"""What NetBox is to hold at each stage of a transition: the rows of the end, with what still runs beside."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matric.intent.limit import LIMITS
from matric.intent.record import InterfaceRow, IpAddressRow, PrefixRow, Records, VlanRow
from matric.intent.school import NOT_CONFIGURED
from matric.policy.agreement import Agreement
from matric.survey.transition.model import Moved, Order, Side, Stage, Transition

if TYPE_CHECKING:
    from matric.survey.adopt.facts import Facts

__all__ = ("agreements", "ended", "role_of", "rows")

NAME = 32
"""Characters of a VLAN's name that every platform takes."""


def role_of(side: Side) -> str:
    """The IPAM role of an old network while it runs beside."""
    return f"old-{side.vid}"


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
    back = {"status": "deprecated", "vrf_id": vrf, "vlan_id": None, "role": None}
    interfaces: list[InterfaceRow] = []
    for row in base.interfaces:
        end = ends.get((devices.get(row.device_id) or "", row.name))
        if row.untagged_vlan_id in old and end is not None:
            interfaces.append(row.model_copy(update={"untagged_vlan_id": end}))
        elif old.keys() & set(row.tagged_vlan_ids):
            tagged = tuple(vid for vid in row.tagged_vlan_ids if vid not in old)
            interfaces.append(row.model_copy(update={"tagged_vlan_ids": tagged}))
        elif row.id not in gone:
            interfaces.append(row)
    return base.model_copy(
        update={
            "vlans": tuple(row for row in base.vlans if row.id not in old),
            "prefixes": tuple(row.model_copy(update=back) if row.vlan_id in old else row for row in base.prefixes),
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
        self.left = {(one.device, one.port): one for one in left if one.vid_before in self.sides}
        self.site = next(row for row in final.sites if row.slug == facts.slug)
        ours = [row for row in final.devices if row.site_id == self.site.id and row.role not in NOT_CONFIGURED]
        self.devices = {row.name or "": row for row in ours}
        self.names = {row.id: name for name, row in self.devices.items()}
        self.vlans = {
            vid: max(row.id for row in final.vlans) + number for number, vid in enumerate(sorted(self.sides), 1)
        }

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
            fields = {"zone": side.zone} | ({"filter_policy": side.filter_policy} if side.filter_policy else {})
            yield VlanRow(
                id=self.vlans[vid], vid=side.vid_during, name=_named(side), status="active",
                site_id=self.site.id, group_id=group, role=role_of(side), custom_fields=fields,
            )  # fmt: skip

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
        trunks = self.trunks()
        found: list[InterfaceRow] = []
        for row in self.final.interfaces:
            device = self.names.get(row.device_id)
            one = self.left.get((device or "", row.name))
            carried = trunks.get((device or "", row.name), set())
            if one is not None:
                found.append(row.model_copy(update={"untagged_vlan_id": self.vlans[one.vid_before]}))
            elif carried:
                found.append(row.model_copy(update={"tagged_vlan_ids": (*row.tagged_vlan_ids, *sorted(carried))}))
            else:
                found.append(row)
        svis, addresses = self.gateways()
        return (*found, *svis), addresses

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

    def trunks(self) -> dict[tuple[str, str], set[int]]:
        """(device, port or LAG) -> ids of the old VLANs that it has to carry."""
        lags = {row.id: row.name for row in self.final.interfaces}
        ends = {
            row.id: (name, lags[row.lag_id] if row.lag_id else row.name)
            for row in self.final.interfaces
            for name in [self.names.get(row.device_id)]
            if name is not None
        }
        joins = [
            (ends[row.a[0].object_id], ends[row.b[0].object_id])
            for row in self.final.cables
            if row.a[0].object_id in ends and row.b[0].object_id in ends and "stp-redundant" not in row.tags
        ]
        beside: dict[str, set[str]] = {}
        for (a, _), (b, _) in joins:
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
        parent, order = self.towards(beside)
        needed: dict[str, set[int]] = {}
        for name in reversed(order):
            own = {self.vlans[one.vid_before] for (device, _), one in self.left.items() if device == name}
            needed[name] = own.union(*(needed[child] for child in order if parent.get(child) == name))
        found: dict[tuple[str, str], set[int]] = {}
        for near, far in joins:
            lower = near[0] if parent.get(near[0]) == far[0] else far[0] if parent.get(far[0]) == near[0] else ""
            for end in (near, far):
                found.setdefault(end, set()).update(needed.get(lower, set()))
        return found

    def towards(self, beside: dict[str, set[str]]) -> tuple[dict[str, str], list[str]]:
        """Device -> the next one towards the core; and all of them, the core first."""
        core = self.facts.core
        order = [core.name] if core is not None else []
        parent: dict[str, str] = {}
        for name in order:
            for other in sorted(beside.get(name, set())):
                if other not in parent and other != order[0]:
                    parent[other] = name
                    order.append(other)
        return parent, order
