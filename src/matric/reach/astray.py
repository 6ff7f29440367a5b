"""Frames where they do not belong: there no access list helps."""

from collections.abc import Iterator

from matric.reach.attachment import Attachment
from matric.reach.breach import Breach
from matric.reach.model import Model

__all__ = ("astray", "mixed")


def astray(model: Model) -> Iterator[Breach]:
    """Attachments whose VLAN is another network's, and ports that are meant for nothing and lead somewhere."""
    networks = {one.role: one for one in model.school.networks}
    for one in model.attachments:
        network = networks.get(one.role or "")
        found = {gate.address.ip for gate in model.gateways(one.place)}
        lands = f"{one.how} frames land in VLAN {one.vid}"
        if network is None or network.prefix is None:
            if found or _company(model, one):
                what = "nothing is meant to hang there" if network is None else f"{network.name} leads nowhere"
                yield Breach("astray", one.name, f"{what}, and its {lands}, which leads on")
        elif network.gateway not in found:
            yield Breach("astray", one.name, f"it is for {network.name}, and its {lands}, where its gateway is not")


def _company(model: Model, one: Attachment) -> bool:
    """True where something that belongs to a network hangs in the same domain as *one*."""
    spread = model.domains.spread(one.place)
    return any(other.place in spread for other in model.attachments if other.role is not None)


def mixed(model: Model) -> Iterator[Breach]:
    """Networks whose frames mix: no access list is between them."""
    homes: dict[str, set[tuple[str, int]]] = {}
    zones = {one.role: one.zone for one in model.school.networks}
    for one in model.attachments:
        if one.role is not None:
            homes.setdefault(one.role, set()).add(one.place)
    for network in model.school.networks:
        for name, held in model.holders.get(network.gateway, ()) if network.gateway is not None else ():
            if held.vid is not None:
                homes.setdefault(network.role, set()).add((name, held.vid))
    for role, places in homes.items():
        reached = {there for place in places for there in model.domains.spread(place)}
        for other, theirs in homes.items():
            if other != role and (both := reached & theirs) and (zones[role] != zones[other] or zones[role] is None):
                name, vid = min(both)
                yield Breach("mixed", f"{role} to {other}", f"their frames mix in VLAN {vid} of {name}")
