"""What is free inside a prefix, and the next of it given away: ``ipam/prefixes/{id}/available-prefixes/``.

As NetBox 4 does it: children of any status are taken, the smallest free piece that fits is used from its start, one
request is all or nothing, and requests come one after the other (NetBox holds a lock, here the server does).
"""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, cast

from matric.lab.netbox.body import Complaint
from matric.lab.netbox.model import Row
from matric.lab.netbox.store import Store

__all__ = ("SHORT", "free", "taken")

Net = IPv4Network | IPv6Network
SHORT: Mapping[str, str] = {"detail": "Insufficient resources are available to satisfy the request"}
"""NetBox's answer (409) where nothing of the length is left."""


def free(store: Store, key: int) -> list[Row]:
    """The free pieces of a prefix, as NetBox lists them."""
    parent = store.get("ipam.prefix", key)
    vrf = store.get("ipam.vrf", parent["vrf"]) if parent["vrf"] else None
    shown = {"id": vrf["id"], "name": vrf["name"]} if vrf else None
    return [{"family": one.version, "prefix": str(one), "vrf": shown} for one in _left(store, parent)]


def taken(store: Store, key: int, given: Any) -> list[Row] | None:
    """Each object of a request with the prefix it is given; None where there is not enough."""
    parent = store.get("ipam.prefix", key)
    many: list[Any] = given if isinstance(given, list) else [given]  # pyright: ignore[reportUnknownVariableType]
    wanted = [cast("Row", one) if isinstance(one, dict) else {} for one in many]
    wrong = [_wrong(one, ip_network(parent["prefix"]).max_prefixlen) for one in wanted]
    if any(wrong):
        raise Complaint(wrong if isinstance(given, list) else wrong[0])
    left = _left(store, parent)
    made: list[Row] = []
    for one in wanted:
        found = _next(left, int(one["prefix_length"]))
        if found is None:
            return None
        left = _without(left, found)
        rest = {name: value for name, value in one.items() if name != "prefix_length"}
        made.append({**rest, "prefix": str(found), "vrf": parent["vrf"]})
    return made


def _wrong(one: Row, most: int) -> Row:
    length = one.get("prefix_length")
    if length is None:
        return {"prefix_length": ["This field is required."]}
    if not isinstance(length, int) or isinstance(length, bool):
        return {"prefix_length": ["A valid integer is required."]}
    return {} if 0 <= length <= most else {"prefix_length": [f"Invalid prefix length ({length})"]}


def _left(store: Store, parent: Row) -> list[Net]:
    whole = ip_network(parent["prefix"])
    left: list[Net] = [whole]
    for row in store.rows("ipam.prefix"):
        # A container of the global table looks at the children of every VRF.
        counts = row["vrf"] == parent["vrf"] or (parent["vrf"] is None and parent["status"] == "container")
        if counts and row["id"] != parent["id"]:
            left = _without(left, ip_network(row["prefix"]))
    return left


def _without(pieces: list[Net], child: Net) -> list[Net]:
    left: list[Net] = []
    for piece in pieces:
        if not piece.overlaps(child):  # of two families never
            left.append(piece)
        elif _inside(child, piece) and child != piece:
            left += piece.address_exclude(child)  # type: ignore[arg-type] # of one family, or they would not overlap
    return sorted(left, key=lambda one: int(one.network_address))


def _inside(one: Net, other: Net) -> bool:
    return one.prefixlen >= other.prefixlen and one.version == other.version


def _next(pieces: list[Net], length: int) -> Net | None:
    """The start of the smallest piece that is big enough."""
    fitting = [one for one in pieces if one.prefixlen <= length]
    best = max(fitting, key=lambda one: (one.prefixlen, -int(one.network_address)), default=None)
    return ip_network(f"{best.network_address}/{length}") if best is not None else None
