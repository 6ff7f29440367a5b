"""Spanning tree: the core is root by design, and a loop is broken even where spanning tree does not hear of it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.switch.guard import LOWEST, Guard
from matric.switch.guarding import guards
from matric.switch.link import SWITCHES, name_of
from matric.switch.reading import intended

PER_VLAN = ("pvst", "rapid-pvst")
Tree = int | None
"""A VLAN with a tree of its own, or None for the one tree of RSTP and of MST's instance 0."""


@policy("L2-07")
def the_core_is_root_by_design(school: School, subject: Subject) -> Iterator[Said]:
    switches = [device for device in school.configured if device.role in SWITCHES]
    if len(switches) < 2:  # noqa: PLR2004 - a tree has two ends
        raise not_applicable("one switch alone is its own root")
    cores = [device for device in switches if device.role != "access"]
    if not cores:
        raise cannot_evaluate(f"{school.slug}: which switch is the core (its role in NetBox)")
    yield checked(switches)
    said: dict[Finding, list[Tree]] = {}
    for which in _trees(subject, switches):
        there = [one for one in switches if which is None or which in intended(subject, one).vlans]
        for finding in _election(subject, which, [one for one in cores if one in there], there):
            said.setdefault(finding, []).append(which)
    for finding, trees in said.items():
        vids = ", ".join(str(one) for one in trees if one is not None)
        where = f" (VLAN {vids})" if vids else ""
        yield Finding(finding.object, f"{finding.message}{where}", finding.remedy)


def _trees(subject: Subject, switches: list[Device]) -> tuple[Tree, ...]:
    """Every tree there is: one, or one for each VLAN where a switch makes them so."""
    written = [intended(subject, device) for device in switches]
    if not any(switch.spanning_tree in PER_VLAN for switch in written):
        return (None,)
    return tuple(sorted({vid for switch in written for vid in switch.vlans if vid != 1}))


def _election(subject: Subject, which: Tree, cores: list[Device], there: list[Device]) -> Iterator[Finding]:
    """What is wrong with how one tree finds its root."""
    bids = {device: guards(subject, device).priority_in(which) for device in there}
    for device in cores:
        if bids[device] is None:
            yield Finding(
                device.key,
                "no bridge priority is written on it, so whoever has the lowest address becomes root",
                "give its role a root_priority in the standard",
            )
    numbers = {device: LOWEST if bid is None else bid for device, bid in bids.items()}
    yield from _rivals(cores, numbers)


def _rivals(cores: list[Device], numbers: Mapping[Device, int]) -> Iterator[Finding]:
    ranked = sorted(cores, key=lambda device: numbers[device])
    for device, number in numbers.items():
        worst = ranked[-1] if ranked else None
        if worst is not None and device not in cores and number <= numbers[worst]:
            yield Finding(
                device.key,
                f"its bridge priority {number} is no worse than the {numbers[worst]} of {worst.name}, so it may become "
                "root",
                f"give {worst.name} a lower root_priority than access switches have",
            )
    for first, second in pairwise(ranked):
        if numbers[first] == numbers[second]:
            yield Finding(
                second.key,
                f"{first.name} has the bridge priority {numbers[first]} too, so an address decides which is root",
                "give the second core a priority of its own, between the first one's and the access switches'",
            )


@policy("L2-05")
def the_root_hears_of_no_better_one_from_an_access_switch(school: School, subject: Subject) -> Iterator[Said]:
    switches = [device for device in school.configured if device.role in SWITCHES]
    cores = [device for device in switches if device.role != "access"]
    if len(cores) == len(switches):
        raise not_applicable("no access switch")
    yield checked(cores)
    roots = {_root(subject, which, cores) for which in _trees(subject, switches)}
    # A second core hears of the root by an access switch once the cable between the cores is lost: it needs that.
    for device in roots if len(roots) == 1 else ():
        if device is None:
            continue
        switch, guard = intended(subject, device), guards(subject, device)
        downlinks = {
            one.name
            for port in device.ports
            if port.enabled and port.peer is not None and port.peer.device_role == "access"
            if (one := switch.carrier(port.name)) is not None and one.mode == "trunk"
        }
        for name in sorted(downlinks):
            if not guard.ports.get(name, Guard()).root:
                yield Finding(
                    name_of(device, name),
                    "an access switch is behind it, and a switch there that wants to be root would become it",
                    "set root guard on the port",
                )


def _root(subject: Subject, which: Tree, cores: list[Device]) -> Device | None:
    """The core that becomes root of one tree; None where two bid the same, or none bids, which is L2-07's."""
    bids = {device: guards(subject, device).priority_in(which) for device in cores}
    numbers = {device: LOWEST if bid is None else bid for device, bid in bids.items()}
    best = [device for device, number in numbers.items() if number == min(numbers.values())]
    return best[0] if len(best) == 1 else None


@policy("L2-08")
def a_loop_that_spanning_tree_does_not_hear_of_is_broken(device: Device, subject: Subject) -> Iterator[Said]:
    switch, guard = intended(subject, device), guards(subject, device)
    if device.role not in SWITCHES:
        raise not_applicable("it is no switch")
    carriers = [
        one
        for port in device.ports
        if port.enabled and port.address is None and port.profile.mode != "shutdown"
        if (one := switch.carrier(port.name)) is not None and one.mode in ("access", "trunk")
    ]
    # Root guard keeps a port from ever being the way to the root, and only on such a port does loop guard act.
    guarded = {one.name: guard.ports.get(one.name, Guard()) for one in carriers}
    every = {name: None if one.root else one.loop for name, one in guarded.items()}
    if all(loop is None for loop in every.values()):
        raise not_applicable("no port in use for which the platform has loop guard or loop detection")
    for name, loop in every.items():
        if loop is False:
            yield Finding(
                name_of(device, name),
                "neither loop guard nor loop detection is on",
                "switch loop guard on between switches, and loop detection on edge ports",
            )
