"""Agreements: what a school keeps its own way is allowed, owned, and looked at again."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from matric import Finding, Network, Said, School, Subject, cannot_evaluate, checked
from matric.intent.record import Records
from matric.policy import policy
from matric.policy.agreement import Agreement

OTHERS = frozenset({"transit"})
"""Roles of prefixes without a VLAN that every school has: the link to the provider's router."""


@policy(
    "MAT-03",
    title="What a school keeps its own way is agreed, owned and looked at again",
    severity="warning",
    sources=("the trust's standard",),
)
def what_a_school_keeps_its_own_way_is_agreed(school: School, subject: Subject) -> Iterator[Said]:
    if subject.agreements is None:
        raise cannot_evaluate(f"{school.slug}: agreements.yaml")
    if subject.records is None:
        raise cannot_evaluate(f"{school.slug}: prefixes in NetBox")
    own = {**_own(school), **_alone(school, subject.records), **_wireless(school)}
    yield checked(school.networks)
    agreed = {one.object: one for one in subject.agreements.agreements if one.school == school.slug}
    for thing, (area, why) in own.items():
        agreement = agreed.get(thing)
        if agreement is None or agreement.area != area:
            yield Finding(
                thing,
                f"{why}, and nobody has agreed to it as {area}",
                "bring it onto the standard, or agree it in inventory/agreements.yaml",
            )
    for network in school.networks:
        if network.role not in school.standard.networks and network.prefix is not None and network.zone is None:
            yield Finding(
                f"{school.slug} vlan {network.vid}",
                f"{network.name} has addresses and no zone, so that nothing says whom it may reach or by which filter",
                "name the zone of the standard that it is treated as, in the VLAN's custom field zone in NetBox",
            )
    for agreement in subject.agreements.agreements:
        if agreement.school == school.slug:
            yield checked(1)
            yield from _faults(agreement, school, subject, own)
        elif agreement.school not in school.standard.addresses.schools:
            yield Finding(
                f"{school.slug} agreement {agreement.object}",
                f"it is agreed for {agreement.school}, which is no school of the trust",
                "correct the school in inventory/agreements.yaml, or delete the agreement",
            )


Own = Mapping[str, tuple[str, str]]
"""What a school keeps its own way, as findings name it -> (area, how it differs)."""


def _own(school: School) -> Own:
    """VLANs and their prefixes. A VLAN of the school's own brings its prefix with it."""
    found: dict[str, tuple[str, str]] = {}
    for network in school.networks:
        if network.role not in school.standard.networks:
            found[f"{school.slug} vlan {network.vid}"] = (
                "vlan",
                f"{network.name} has the role {network.role or '(none)'}, which the standard has not",
            )
        elif network.prefix is not None and (wanted := _elsewhere(school, network, network.prefix)):
            found[f"{school.slug} prefix {network.prefix}"] = (
                "prefix",
                f"it is the prefix of {network.name}, for which the standard has {wanted}",
            )
    return found


def _elsewhere(school: School, network: Network, prefix: IPv4Network) -> str:
    """What the standard has in place of *prefix*; empty where it is the standard's."""
    role = school.standard.networks[network.role]
    if role.prefix_length is None:
        return "none"
    if role.offset is None:
        return "" if prefix.prefixlen == role.prefix_length else f"a /{role.prefix_length}"
    start = int(school.block.network_address) + role.offset * 256
    wanted = IPv4Network((start, role.prefix_length), strict=False)
    return "" if prefix == wanted else str(wanted)


def _alone(school: School, records: Records) -> Own:
    """Prefixes that lie on no VLAN."""
    return {
        f"{school.slug} prefix {row.prefix}": ("prefix", "it lies on no VLAN, so it is none of the standard's")
        for row in records.prefixes
        if (row.scope_type, row.scope_id) == ("dcim.site", school.id)
        and (row.status, row.vlan_id) == ("active", None)
        and row.role not in OTHERS
    }


def _wireless(school: School) -> Own:
    """SSIDs under a name of the school's own, and wireless that no controller of matric's serves."""
    known = {profile.ssid for profile in school.standard.wlans.values()}
    found = {
        f"{school.slug} SSID {wlan.ssid}": (
            "ssid",
            f"it is the school's own name for what the standard has for {wlan.network.name}",
        )
        for wlan in school.wlans
        if wlan.ssid not in known
    }
    points = [one for one in school.devices if one.role == "access-point" and one.status == "active"]
    ours = any(one.role == "wireless-controller" for one in school.configured)
    if not ours and (points or school.wlans):
        found[f"{school.slug} wireless"] = ("wireless", "no controller that matric configures serves its wireless")
    return found


def _faults(agreement: Agreement, school: School, subject: Subject, own: Own) -> Iterator[Finding]:
    today = subject.now.date()
    thing = agreement.object if agreement.object.startswith(f"{school.slug} ") else f"{school.slug} {agreement.object}"
    if agreement.object not in own:
        yield Finding(
            thing,
            "it is agreed as the school's own, and nothing there differs from the standard",
            "delete the agreement, or name the object as the finding does",
        )
    if agreement.area not in school.standard.agreements.may:
        yield Finding(
            thing,
            f"it is agreed as {agreement.area}, which the standard lets no school keep its own way",
            "bring it onto the standard, or let standard.yaml allow it (agreements: may)",
        )
    if agreement.review < today:
        yield Finding(
            thing,
            f"{agreement.owner} was to look at its agreement again by {agreement.review}",
            "look at it again, then name the next day in inventory/agreements.yaml",
        )
    if agreement.owner.split(",")[0].casefold().strip() == agreement.approver.split(",")[0].casefold().strip():
        yield Finding(
            thing,
            f"{agreement.owner} owns the agreement and has approved it",
            "have somebody else of the trust approve it",
        )
