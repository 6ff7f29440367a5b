"""Reachability: what the configurations of a whole school come to together, over every packet there is."""

from collections.abc import Iterator, Sequence

from matric import Finding, Network, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.reach.inward import inward
from matric.reach.matrix import zone_matrix
from matric.reach.model import Model
from matric.reach.way_out import only_ways_out
from matric.reach.words import said
from matric.switch.reading import intended

REMEDY = {
    "more": "refuse it in the network's access list, on its gateway",
    "less": "let it through in the network's access list, or mend the way that is named",
    "mixed": "keep the two VLANs apart on every trunk and port",
    "astray": "put it into the VLAN of its network, or shut it",
}

LONG = 120
"""Letters of packets in words that people still read."""


def _model(school: School, subject: Subject) -> Model:
    """The school as it is to be; CannotEvaluate where a device was not rendered."""
    return Model(school, {device.name: intended(subject, device) for device in school.configured})


def _unrouted(school: School, networks: Sequence[Network]) -> Iterator[Said]:
    """Of a network whose gateway nobody reads it is not known where it leads; the model lets it lead nowhere."""
    routed = {svi.network.vid for device in school.configured for svi in device.svis}
    for network in networks:
        if network.vid not in routed:
            yield cannot_evaluate(
                f"{school.slug} vlan {network.vid}: its gateway is on no device that matric configures"
            )


@policy(
    "SEG-51",
    title="Every zone reaches what the standard lets it reach, and nothing else",
    severity="blocker",
    sources=("The trust's standard, zones of inventory/standard.yaml",),
)
def every_zone_reaches_what_the_standard_says(school: School, subject: Subject) -> Iterator[Said]:
    matrix = zone_matrix(_model(school, subject))
    yield checked(matrix.pairs)
    for breach in matrix.breaches:
        packets = said(breach.headers)
        what = f" ({packets[0]}{' and more' if len(packets) > 1 else ''})" if packets else ""
        yield Finding(f"{school.slug} {breach.object}", f"{breach.message}{what}", REMEDY[breach.kind])


@policy(
    "SAF-51",
    title="No network leaves the school but through the router, behind which the filter stands",
    severity="blocker",
    sources=(
        "DfE Filtering and monitoring (core standard), block harmful content",
        "Keeping children safe in education (statutory), online safety; filtering and monitoring",
    ),
)
def every_way_out_leads_through_the_filter(school: School, subject: Subject) -> Iterator[Said]:
    yield checked(school.networks)
    yield from _unrouted(school, tuple(one for one in school.networks if one.prefix is not None))
    for way in only_ways_out(_model(school, subject)):
        yield Finding(
            f"{school.slug} {way.network}",
            f"it leaves the school by {way.next_hop}, from {way.start} by {way.hops[-1]}",
            "let every route to the internet lead to the school's router",
        )


@policy("SEG-03")
def guests_reach_the_internet_only(school: School, subject: Subject) -> Iterator[Said]:
    zones = school.standard.zones
    unmanaged = [one for one in school.networks if one.zone in zones and not zones[one.zone].managed and one.prefix]
    if not unmanaged:
        raise not_applicable("no guest, BYOD or other unmanaged network")
    model = _model(school, subject)
    yield from _unrouted(school, unmanaged)
    for network in unmanaged:
        yield checked(1)
        stranger = _is_for_strangers(school, network)
        for way in inward(model, network, row=not stranger):
            packets = said(way.headers)[0]
            yield Finding(
                f"{school.slug} {way.network} to {way.destination}",
                f"{'guests reach' if stranger else 'unmanaged devices reach'} what is inside: {way.how}"
                + (f" ({packets})" if len(packets) <= LONG else ""),
                "refuse it in the network's access list, and leave the reaches of a guest zone in the standard empty",
            )


def _is_for_strangers(school: School, network: Network) -> bool:
    """True but where everybody who comes in has logged in by 802.1X: whoever is not known is owed nothing inside."""
    wlans = [wlan for wlan in school.wlans if wlan.network.role == network.role]
    known = bool(wlans) and all(wlan.profile.security.endswith("-enterprise") for wlan in wlans)
    return not known or "guest" in network.role or "guest" in (network.zone or "")
