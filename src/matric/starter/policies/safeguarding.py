"""Safeguarding by what NetBox records: which filter covers whom."""

from collections.abc import Iterator

from matric import Finding, Network, Said, School, cannot_evaluate, checked, not_applicable
from matric.policy import policy


@policy("SAF-02")
def pupils_and_staff_do_not_share_a_filter_profile(school: School) -> Iterator[Said]:
    pupils, staff = _networks(school, "pupil"), _networks(school, "staff")
    if not pupils or not staff:
        raise not_applicable(f"no network for {'pupils' if not pupils else 'staff'}")
    yield checked(len(pupils) + len(staff))
    for network in (*pupils, *staff):
        if not network.filter_policy:
            yield cannot_evaluate(f"{_name(school, network)}: filter_policy of the VLAN in NetBox")
    of_staff = {network.filter_policy or "": network for network in staff}
    for network in pupils:
        other = of_staff.get(network.filter_policy or "")
        if network.filter_policy and other is not None:
            yield Finding(
                _name(school, network),
                f"{network.name} has the filtering policy {network.filter_policy}, and so has {other.name}",
                "give pupils a filtering policy of their own, and name it at the VLAN in NetBox",
            )


def _networks(school: School, role: str) -> tuple[Network, ...]:
    """The networks that are treated as that of *role* is: all of its zone."""
    known = school.standard.networks.get(role)
    zone = known.zone if known is not None else None
    return tuple(one for one in school.networks if one.role == role or (zone is not None and one.zone == zone))


def _name(school: School, network: Network) -> str:
    return f"{school.slug} vlan {network.vid}"
