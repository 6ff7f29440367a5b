"""What NetBox works out of other objects when it shows one: counts, link peers, families, children."""

from collections.abc import Callable
from ipaddress import ip_interface, ip_network
from typing import TYPE_CHECKING, Any

from matric.lab.netbox.model import Row

if TYPE_CHECKING:
    from matric.lab.netbox.store import Store

__all__ = (
    "address_range_size",
    "cabled",
    "children",
    "count",
    "counted_scope",
    "depth",
    "family",
    "network_depth",
    "none",
    "zero",
)

Compute = Callable[["Store", Row], Any]


def zero(_store: "Store", _row: Row) -> int:
    """A count of what this stand-in has no model for."""
    return 0


def none(_store: "Store", _row: Row) -> None:
    """A relation this stand-in has no model for."""
    return


def count(model: str, by: str) -> Compute:
    """How many objects of *model* lead here by their field *by*; without regard to permissions, as NetBox counts."""
    return lambda store, row: len(store.leading(model, by, row["id"]))


def counted_scope(model: str, scope: str) -> Compute:
    """How many objects of *model* are scoped to this one: to a site, by a location of it too."""

    def counted(store: "Store", row: Row) -> int:
        own = len([one for one in store.scoped(model, row["id"]) if one["scope_type"] == scope])
        if scope != "dcim.site":
            return own
        rooms = store.leading("dcim.location", "site", row["id"])
        within = [one for room in rooms for one in store.scoped(model, room) if one["scope_type"] == "dcim.location"]
        return own + len(within)

    return counted


def depth(model: str) -> Compute:
    """How many ancestors it has."""

    def counted(store: "Store", row: Row) -> int:
        level = 0
        while row.get("parent") is not None:
            row = store.get(model, row["parent"])
            level += 1
        return level

    return counted


def family(field: str) -> Compute:
    """4 or 6."""

    def told(_store: "Store", row: Row) -> dict[str, Any]:
        version = ip_interface(row[field]).version
        return {"value": version, "label": f"IPv{version}"}

    return told


def _networks(store: "Store", row: Row) -> tuple[Any, list[Any]]:
    """The row's own network, and the others of its VRF and family."""
    own = ip_network(row["prefix"])
    others = (ip_network(one["prefix"]) for one in store.rows("ipam.prefix") if one["vrf"] == row["vrf"])
    return own, [other for other in others if other.version == own.version and other != own]


def children(store: "Store", row: Row) -> int:
    """Prefixes within this one."""
    own, others = _networks(store, row)
    return len([other for other in others if other.subnet_of(own)])


def network_depth(store: "Store", row: Row) -> int:
    """Prefixes this one is within."""
    own, others = _networks(store, row)
    return len([other for other in others if own.subnet_of(other)])


def address_range_size(_store: "Store", row: Row) -> int:
    """Addresses from start to end, both included."""
    return int(ip_interface(row["end_address"]).ip) - int(ip_interface(row["start_address"]).ip) + 1


def cabled(store: "Store", row: Row) -> Row:
    """The fields of an interface that follow from its cable."""
    found = store.cable_of("dcim.interface", row["id"])
    if found is None:
        return {"cable": None, "cable_end": None, "peers": [], "reachable": False}
    cable, end = found
    far = cable["b_terminations" if end == "A" else "a_terminations"]
    peers = [one["object_id"] for one in far if one["object_type"] == "dcim.interface"]
    return {"cable": cable["id"], "cable_end": end, "peers": peers, "reachable": cable["status"] == "connected"}
