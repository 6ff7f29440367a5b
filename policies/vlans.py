"""VLANs: 1 carries nothing, a native VLAN is nobody's, and a trunk carries what is needed behind it."""

from collections.abc import Iterator

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.plan.path import tree
from matric.policy import policy
from matric.switch import Interface
from matric.switch.link import Link, below, links, name_of
from matric.switch.reading import intended


@policy("SEG-01")
def every_mandatory_vlan_exists_with_its_id_and_name(school: School) -> Iterator[Said]:
    there = {network.role: network for network in school.networks}
    for role, wanted in school.standard.networks.items():
        found = there.get(role)
        if found is None and wanted.mandatory:
            yield Finding(
                f"{school.slug} vlan {wanted.vid}",
                f"the school has no VLAN with the role {role}, and the standard wants one",
                f"create VLAN {wanted.vid} {wanted.name} with this role in NetBox",
            )
        elif found is not None:
            yield checked(1)
            if (found.vid, found.name) != (wanted.vid, wanted.name):
                yield Finding(
                    f"{school.slug} vlan {found.vid}",
                    f"{found.name} with the role {role} is {wanted.vid} {wanted.name} in the standard",
                    "give the VLAN the standard's id and name in NetBox",
                )


@policy("SEG-08")
def no_host_facing_port_is_in_vlan_1(device: Device, subject: Subject) -> Iterator[Said]:
    switch = intended(subject, device)
    for port in device.ports:
        written = switch.carrier(port.name)
        if written is None:
            yield Finding(
                name_of(device, port.name),
                "nothing is configured on it, so it falls back to VLAN 1",
                "give the port a profile in NetBox",
            )
        elif written.mode == "access" and written.enabled and written.access == 1:
            yield Finding(
                name_of(device, port.name), "it is an access port in VLAN 1", "give the port a profile in NetBox"
            )


@policy("SEG-09")
def vlan_1_carries_no_management_address(device: Device, subject: Subject) -> Iterator[Said]:
    if device.management is None:
        raise cannot_evaluate(f"{device.key}: primary address in NetBox")
    switch = intended(subject, device)
    holder = switch.holder(device.management.ip)
    default = next((one for one in switch.interfaces.values() if one.vid == 1), None)
    if holder is not None and holder.vid == 1:
        yield Finding(device.key, f"its management address {device.management.ip} is on VLAN 1", _MOVE)
    elif default is not None and default.address is not None:
        yield Finding(device.key, f"VLAN 1 has the address {default.address.ip}", _MOVE)


_MOVE = "put the address on the management VLAN's interface"


@policy("SEG-11")
def the_native_vlan_is_a_dedicated_unused_one_equal_at_both_ends(school: School, subject: Subject) -> Iterator[Said]:
    used = {network.vid: network for network in school.networks if network.prefix is not None}
    wanted = school.standard.networks[school.standard.native].vid
    for link, near, far in _trunks(school, subject):
        yield checked(1)
        for (device, port), end in zip(link.ends, (near, far), strict=True):
            if end.native in used or end.native in {1, *(p.access.vid for p in device.ports if p.access)}:
                yield Finding(
                    name_of(device, port.name),
                    f"its native VLAN {end.native} is in use, not a dedicated unused one",
                    f"make {wanted} the native VLAN of the trunk",
                )
        if near.native != far.native:
            yield Finding(
                link.name,
                f"the native VLAN is {near.native} at one end and {far.native} at the other",
                f"make {wanted} the native VLAN at both ends",
            )


def _trunks(school: School, subject: Subject) -> Iterator[tuple[Link, Interface, Interface]]:
    """Every cable that carries VLANs, with what both ends are to say of it; a LAG says it for its members."""
    found = False
    for link in links(school):
        if link.near_port.address is not None:
            continue
        ends: list[Interface] = []
        for device, port in link.ends:
            end = intended(subject, device).carrier(port.name)
            if end is None:
                raise cannot_evaluate(f"{name_of(device, port.name)}: intended configuration of the port")
            ends.append(end)
        if "trunk" in {end.mode for end in ends}:
            found = True
            yield link, ends[0], ends[1]
    if not found:
        raise not_applicable("no trunk between devices")


@policy("SEG-14")
def allowed_lists_are_explicit_and_consistent(school: School, subject: Subject) -> Iterator[Said]:
    for link, near, far in _trunks(school, subject):
        yield checked(1)
        for (device, port), end in zip(link.ends, (near, far), strict=True):
            yield from _list(subject, device, port.name, end)
        if near.tagged is not None and far.tagged is not None:
            yield from _both(school, link, near.tagged, far.tagged)


def _list(subject: Subject, device: Device, port: str, end: Interface) -> Iterator[Finding]:
    if end.mode != "trunk":
        yield Finding(name_of(device, port), "it is no trunk, and the other end is", "give both ends a trunk profile")
    elif end.allowed is None:
        yield Finding(
            name_of(device, port),
            "the trunk names no allowed VLANs and so carries all",
            "list the tagged VLANs in NetBox",
        )
    else:
        for vid in sorted(end.allowed - intended(subject, device).vlans.keys()):
            yield Finding(
                name_of(device, port),
                f"VLAN {vid} is allowed and does not exist on the switch",
                f"create VLAN {vid} on {device.name}, or take it off the trunk in NetBox",
            )


def _both(school: School, link: Link, near: frozenset[int], far: frozenset[int]) -> Iterator[Finding]:
    for vid in sorted(near ^ far):
        missing = link.far if vid in near else link.near
        yield Finding(
            link.name,
            f"VLAN {vid} is allowed at one end and not on {missing.name}",
            f"tag VLAN {vid} at both ends in NetBox, or at neither",
        )
    path = tree(school)
    child = next((one for one in (link.near, link.far) if _hangs(path.parents.get(one.name), link, one)), None)
    if child is None:
        return
    needed = _needed(school, below(path, child.name))
    for vid in sorted((near & far) - needed):
        yield Finding(
            link.name,
            f"VLAN {vid} is allowed and nothing behind {child.name} needs it",
            f"take VLAN {vid} off the trunk in NetBox",
        )


def _hangs(parent: str | None, link: Link, device: Device) -> bool:
    other = link.far if device is link.near else link.near
    return parent == other.name


def _needed(school: School, names: frozenset[str]) -> frozenset[int]:
    """VLANs that something on the devices *names* is in."""
    vids = {school.standard.networks[school.standard.management.network].vid}
    for device in (one for one in school.configured if one.name in names):
        vids |= {port.access.vid for port in device.ports if port.access is not None and port.enabled}
        vids |= {port.voice.vid for port in device.ports if port.voice is not None and port.enabled}
        vids |= {svi.network.vid for svi in device.svis}
        if device.role == "wireless-controller":
            vids |= {wlan.network.vid for wlan in school.wlans}
    return frozenset(vids)
